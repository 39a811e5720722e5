//! Charts as SVG, made from the tables of a report that are better seen than read.
//!
//! Which table is drawn how is decided by its key. Errors are drawn as bars of two standard errors each way. Colours come
//! from the page's style by class; a figure that stands alone carries a style of its own.

use std::fmt::Write as _;

use super::markup::escape;
use crate::report::{Table, Value};

/// Rows of a chart that lists things, at most.
const LISTED: usize = 16;

const WIDTH: f64 = 640.0;

/// The chart of a table; `None` where a table says it better.
pub(super) fn of(table: &Table) -> Option<String> {
    if table.rows().len() < 2 {
        return None;
    }
    match &*table.key {
        "curve" => curve(table),
        "exhaustion" => exhaustion(table),
        "years" => years(table),
        key if key.ends_with("_interruptions") => durations(table),
        _ => None,
    }
}

/// A chart as a figure that stands alone, with a style of its own.
pub(super) fn alone(svg: &str) -> String {
    const STYLE: &str = "<style>text{font:12px sans-serif;fill:#4f606b}.grid{stroke:#d8dedf}.range{stroke:#4b83a0;stroke-width:2}\
        .error{stroke:#17222a;stroke-width:1.2}.line{fill:none;stroke:#0b6b66;stroke-width:2}\
        .line-1{stroke:#a87400;stroke-dasharray:6 4}.line-2{stroke:#6b3fb5;stroke-dasharray:2 3}.half{fill:#0b6b66}\
        .nine{fill:#fff;stroke:#0b6b66;stroke-width:3}.rare{fill:none;stroke:#0b6b66;stroke-width:1.5}</style>";
    match svg.split_once('>') {
        Some((head, rest)) => format!("{head}>{STYLE}{rest}\n"),
        None => svg.to_owned(),
    }
}

fn column(table: &Table, key: &str) -> Option<usize> {
    table.columns().iter().position(|column| column.key == key)
}

fn error(value: &Value) -> f64 {
    match value {
        Value::Estimate { standard_error, .. } => 2.0 * standard_error,
        Value::Unknown | Value::Text(_) | Value::Integer(_) | Value::Number(_) | Value::Bool(_) => 0.0,
    }
}

/// A number, or words that are one, such as a year.
fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Text(words) => words.parse().ok(),
        Value::Unknown | Value::Integer(_) | Value::Number(_) | Value::Bool(_) | Value::Estimate { .. } => value.magnitude(),
    }
}

/// From a number to a place along an axis.
#[derive(Clone, Copy)]
struct Axis {
    from: f64,
    to: f64,
    start: f64,
    end: f64,
    is_log: bool,
}

impl Axis {
    fn at(&self, number: f64) -> f64 {
        let place = |number: f64| if self.is_log { number.max(self.from).log10() } else { number };
        let span = place(self.to) - place(self.from);
        let share = if span > 0.0 { (place(number) - place(self.from)) / span } else { 0.5 };
        self.start + share.clamp(0.0, 1.0) * (self.end - self.start)
    }

    /// Round numbers along it: powers of ten, or steps of 1, 2 or 5.
    fn ticks(&self) -> Vec<f64> {
        let mut ticks = Vec::new();
        if self.is_log {
            let mut tick = 10_f64.powf(self.from.log10().ceil());
            while tick <= self.to * 1.000_001 {
                ticks.push(tick);
                tick *= 10.0;
            }
            return ticks;
        }
        let rough = (self.to - self.from) / 5.0;
        let power = 10_f64.powf(rough.log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0].into_iter().map(|step| step * power).find(|&step| step >= rough).unwrap_or(rough);
        let mut tick = (self.from / step).ceil() * step;
        while tick <= self.to + step * 1e-6 {
            ticks.push(tick);
            tick += step;
        }
        ticks
    }
}

fn label(number: f64) -> String {
    let text = format!("{number:.6}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn svg(height: f64, title: &str, body: &str) -> String {
    format!(
        "<svg class=\"chart\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-label=\"{}\">{body}</svg>",
        escape(title)
    )
}

fn text(x: f64, y: f64, anchor: &str, words: &str) -> String {
    format!("<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{}</text>", escape(words))
}

fn line(class: &str, [x1, y1]: [f64; 2], [x2, y2]: [f64; 2]) -> String {
    format!("<line class=\"{class}\" x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\"/>")
}

/// How much is carried for how much of the time, as steps with errors.
fn curve(table: &Table) -> Option<String> {
    let (served, available) = (column(table, "served_percent")?, column(table, "availability_percent")?);
    let mut points: Vec<(f64, f64, f64)> = table
        .rows()
        .iter()
        .filter_map(|row| Some((row[served].magnitude()?, row[available].magnitude()?, error(&row[available]))))
        .collect();
    points.sort_by(|a, b| a.0.total_cmp(&b.0));
    let least = points.iter().map(|&(_, y, error)| y - error).fold(100.0, f64::min).max(0.0);
    let low = if least > 99.0 { (least * 10.0).floor() / 10.0 } else { least.floor() };
    // The last tick's label stands half beyond the end.
    let x = Axis { from: 0.0, to: 100.0, start: 64.0, end: WIDTH - 24.0, is_log: false };
    let y = Axis { from: low, to: 100.0, start: 232.0, end: 14.0, is_log: false };
    let mut body = String::new();
    for tick in y.ticks() {
        body += &line("grid", [x.start, y.at(tick)], [x.end, y.at(tick)]);
        body += &text(x.start - 8.0, y.at(tick) + 4.0, "end", &format!("{} %", label(tick)));
    }
    for tick in x.ticks() {
        body += &text(x.at(tick), y.start + 18.0, "middle", &format!("{} %", label(tick)));
    }
    let mut path = String::new();
    for (i, &(served, available, error)) in points.iter().enumerate() {
        let at = [x.at(served), y.at(available)];
        let _ = write!(path, "{}{:.1} {:.1}", if i == 0 { "M" } else { "L" }, at[0], at[1]);
        body += &line("error", [at[0], y.at(available - error)], [at[0], y.at(available + error)]);
    }
    body += &format!("<path class=\"line\" d=\"{path}\"/>");
    body += &text((x.start + x.end) / 2.0, y.start + 38.0, "middle", "at least so much of the traffic carried");
    body += &text(x.start, 10.0, "start", "of the time");
    Some(svg(276.0, &table.title, &body))
}

/// Half, nine in ten and ninety-nine in a hundred interruptions end within, on a scale of powers of ten.
fn durations(table: &Table) -> Option<String> {
    let keys = ["duration_p50_h", "duration_p90_h", "duration_p99_h"];
    let columns: Vec<usize> = keys.into_iter().map(|key| column(table, key)).collect::<Option<_>>()?;
    let name = column(table, "name")?;
    let rows: Vec<&Vec<Value>> =
        table.rows().iter().filter(|row| columns.iter().all(|&i| row[i].magnitude().is_some())).take(LISTED).collect();
    let all = || rows.iter().flat_map(|row| columns.iter().filter_map(|&i| row[i].magnitude())).filter(|&h| h > 0.0);
    let (least, most) = (all().fold(f64::INFINITY, f64::min), all().fold(0.0, f64::max));
    if rows.is_empty() || most <= 0.0 {
        return None;
    }
    let power = |number: f64, round: fn(f64) -> f64| 10_f64.powf(round(number.log10()));
    let x = Axis { from: power(least, f64::floor), to: power(most, f64::ceil), start: 200.0, end: WIDTH - 24.0, is_log: true };
    let bottom = 26.0 + 22.0 * count(rows.len());
    let mut body = String::new();
    for tick in x.ticks() {
        body += &line("grid", [x.at(tick), 14.0], [x.at(tick), bottom - 8.0]);
        body += &text(x.at(tick), bottom + 10.0, "middle", &format!("{} h", label(tick)));
    }
    for (i, row) in rows.iter().enumerate() {
        let y = 26.0 + 22.0 * count(i);
        let Value::Text(name) = &row[name] else { continue };
        body += &text(x.start - 10.0, y + 4.0, "end", &clipped(name));
        let hours: Vec<f64> = columns.iter().filter_map(|&i| row[i].magnitude()).collect();
        body += &line("range", [x.at(hours[0]), y], [x.at(hours[2]), y]);
        for (&column, (&hours, class)) in columns.iter().zip(hours.iter().zip(["half", "nine", "rare"])) {
            let error = error(&row[column]);
            body += &line("error", [x.at(hours - error), y], [x.at(hours + error), y]);
            body += &format!("<circle class=\"{class}\" cx=\"{:.1}\" cy=\"{y:.1}\" r=\"4\"/>", x.at(hours));
        }
    }
    body += &text(x.start, bottom + 30.0, "start", "● half end within   ◍ nine in ten   ○ ninety-nine in a hundred");
    Some(svg(bottom + 40.0, &table.title, &body))
}

/// The first year in which each thing is full: a dot as things are, a ring with what is planned.
fn exhaustion(table: &Table) -> Option<String> {
    let name = column(table, "name")?;
    let columns = [column(table, "full_in")?, column(table, "full_in_planned")?];
    let years = |row: &[Value]| columns.map(|i| number(&row[i]));
    let rows: Vec<(&Value, [Option<f64>; 2])> =
        table.rows().iter().map(|row| (&row[name], years(row))).filter(|(_, years)| years[0].is_some()).take(LISTED).collect();
    let all = || rows.iter().flat_map(|(_, years)| years.iter().flatten().copied());
    if rows.is_empty() {
        return None;
    }
    let (first, last) = (all().fold(f64::INFINITY, f64::min), all().fold(0.0, f64::max));
    let x = Axis { from: first - 1.0, to: last + 1.0, start: 220.0, end: WIDTH - 24.0, is_log: false };
    let bottom = 26.0 + 20.0 * count(rows.len());
    let mut body = String::new();
    for tick in x.ticks().into_iter().filter(|tick| tick.fract().abs() < 1e-6) {
        body += &line("grid", [x.at(tick), 14.0], [x.at(tick), bottom - 8.0]);
        body += &text(x.at(tick), bottom + 10.0, "middle", &label(tick));
    }
    for (i, (name, years)) in rows.iter().enumerate() {
        let y = 26.0 + 20.0 * count(i);
        let Value::Text(name) = name else { continue };
        body += &text(x.start - 10.0, y + 4.0, "end", &clipped(name));
        for (year, class) in years.iter().zip(["half", "rare"]) {
            if let Some(year) = year {
                let radius = if class == "half" { 4 } else { 6 };
                body += &format!("<circle class=\"{class}\" cx=\"{:.1}\" cy=\"{y:.1}\" r=\"{radius}\"/>", x.at(*year));
            }
        }
    }
    body += &text(x.start, bottom + 30.0, "start", "● as it is   ○ with what is planned");
    Some(svg(bottom + 40.0, &table.title, &body))
}

/// Shares in per cent over the years; absent where the table has none.
fn years(table: &Table) -> Option<String> {
    let year = column(table, "year")?;
    let drawn: Vec<usize> =
        (0..table.columns().len()).filter(|&i| table.columns()[i].key.ends_with("_percent")).take(3).collect();
    let points = |i: usize| table.rows().iter().filter_map(move |row| Some((number(&row[year])?, row[i].magnitude()?)));
    let all = || drawn.iter().flat_map(|&i| points(i));
    let most = all().map(|point| point.1).fold(0.0, f64::max);
    if most <= 0.0 {
        return None;
    }
    let (first, last) = (all().map(|p| p.0).fold(f64::INFINITY, f64::min), all().map(|p| p.0).fold(0.0, f64::max));
    let x = Axis { from: first, to: last, start: 64.0, end: WIDTH - 160.0, is_log: false };
    let y = Axis { from: 0.0, to: most * 1.05, start: 232.0, end: 14.0, is_log: false };
    let mut body = String::new();
    for tick in y.ticks() {
        body += &line("grid", [x.start, y.at(tick)], [x.end, y.at(tick)]);
        body += &text(x.start - 8.0, y.at(tick) + 4.0, "end", &format!("{} %", label(tick)));
    }
    for tick in x.ticks().into_iter().filter(|tick| tick.fract().abs() < 1e-6) {
        body += &text(x.at(tick), y.start + 18.0, "middle", &label(tick));
    }
    for (n, &i) in drawn.iter().enumerate() {
        let (mut path, mut end) = (String::new(), y.start);
        for (k, (year, percent)) in points(i).enumerate() {
            end = y.at(percent);
            let _ = write!(path, "{}{:.1} {end:.1}", if k == 0 { "M" } else { "L" }, x.at(year));
        }
        body += &format!("<path class=\"line line-{n}\" d=\"{path}\"/>");
        body += &text(x.end + 8.0, end + 4.0, "start", &table.columns()[i].heading);
    }
    Some(svg(262.0, &table.title, &body))
}

#[expect(clippy::cast_precision_loss, reason = "charts have few rows")]
const fn count(number: usize) -> f64 {
    number as f64
}

fn clipped(name: &str) -> String {
    if name.chars().count() <= 28 { name.to_owned() } else { name.chars().take(27).chain(['…']).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Column;

    #[test]
    fn ticks_are_round() {
        let axis = Axis { from: 0.0, to: 100.0, start: 0.0, end: 1.0, is_log: false };
        assert_eq!(axis.ticks(), [0.0, 20.0, 40.0, 60.0, 80.0, 100.0]);
        let axis = Axis { from: 0.1, to: 1000.0, start: 0.0, end: 4.0, is_log: true };
        assert_eq!(axis.ticks().len(), 5);
        assert!((axis.at(10.0) - 2.0).abs() < 1e-9);
    }

    #[test]
    fn a_curve_has_a_bar_of_two_standard_errors_at_each_point() {
        let columns = vec![Column::number("served_percent", "S", 0), Column::estimate("availability_percent", "A", 2)];
        let mut table = Table::new("curve", "<b>", columns);
        for (served, mean) in [(10_u64, 99.9), (100, 99.0)] {
            table.push(vec![served.into(), Value::Estimate { mean, standard_error: 0.1 }]);
        }
        let svg = of(&table).unwrap();
        assert_eq!(svg.matches("class=\"error\"").count(), 2);
        assert!(svg.contains("aria-label=\"&lt;b&gt;\""), "{svg}");
        // The axis begins at the whole per cent below 98.8, the lowest end of a bar: 99 is half of the way from 98 to 100.
        assert!(svg.contains("L616.0 123.0") && !svg.contains("NaN"), "{svg}");
    }

    #[test]
    fn a_table_that_says_it_better_is_not_drawn() {
        assert_eq!(of(&Table::new("routes", "", vec![Column::text("a", "A")])), None);
    }
}
