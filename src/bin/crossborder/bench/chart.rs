//! Charts of a benchmark report as SVG: growth on logarithmic axes, thread scaling, and the peers.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crossborder::report::{Report, Table, Value};

use super::page::escaped;
use super::row::{Row, STUDIES};
use super::table::{by_study, exponent, fullest};

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 400.0;
const LEFT: f64 = 64.0;
const RIGHT: f64 = 150.0;
const TOP: f64 = 16.0;
const BOTTOM: f64 = 48.0;

/// Of charts of bars: what names take, and how far one bar is from the next.
const NAMES: f64 = 350.0;
const STEP: f64 = 22.0;

/// A title, what is told of it, and the drawing.
pub(super) struct Chart {
    pub(super) title: &'static str,
    pub(super) words: String,
    pub(super) svg: String,
}

/// All that the rows have enough points for, and the peers of the report.
pub(super) fn all(rows: &[Row], report: &Report) -> Vec<Chart> {
    #[expect(clippy::cast_precision_loss, reason = "counts")]
    let by_sites = lines(rows, STUDIES.iter().map(|study| study.key), |row| row.sites as f64, "sites");
    let by_work = lines(rows, std::iter::once("outages"), |row| row.work, "demands rerouted");
    let growth = exponent(rows, "outages", |row| row.work);
    let growth = growth.map_or_else(String::new, |[exponent, _]| format!("The fitted exponent is {exponent:.2}; 1 is linear."));
    let charts = [
        ("Growth with the size of the network", "Median time of each study on the most threads.".to_owned(), by_sites),
        ("All single outages: time against demands that they touch", growth, by_work),
        ("Times as fast on all threads as on one", "The largest synthetic topology of each study.".to_owned(), threads(rows)),
        (
            "Times as fast as others on the same work",
            "One thread each; the axis is logarithmic, and left of 1 they are faster.".to_owned(),
            report.tables.iter().find(|table| table.key == "peers").and_then(peers),
        ),
    ];
    charts.into_iter().filter_map(|(title, words, svg)| Some(Chart { title, words, svg: svg? })).collect()
}

/// One line for each study over the synthetic topologies, both axes logarithmic; `None` without two points.
fn lines<'a>(rows: &[Row], studies: impl Iterator<Item = &'a str>, size: impl Fn(&Row) -> f64, what: &str) -> Option<String> {
    let fullest = fullest(rows);
    let points_of = |study: &str| -> Vec<[f64; 2]> {
        let rows = fullest.iter().filter(|row| row.study == study && row.synthetic_sites.is_some());
        rows.map(|row| [size(row), row.median_s()[0]]).filter(|point| point[0] > 0.0).collect()
    };
    let lines: Vec<(&str, Vec<[f64; 2]>)> =
        studies.map(|study| (study, points_of(study))).filter(|line| line.1.len() > 1).collect();
    let bounds = [0, 1].map(|axis| {
        let numbers = || lines.iter().flat_map(|line| &line.1).map(|point| point[axis].log10());
        [numbers().fold(f64::INFINITY, f64::min).floor(), numbers().fold(f64::NEG_INFINITY, f64::max).ceil()]
    });
    if lines.is_empty() {
        return None;
    }
    let x = |number: f64| at(number, bounds[0], [LEFT, WIDTH - RIGHT]);
    let y = |number: f64| at(number, bounds[1], [HEIGHT - BOTTOM, TOP]);
    let mut svg = format!("<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"Time against {what}\">\n");
    for power in powers(bounds[0]) {
        let (at, low, high) = (x(10f64.powi(power)), HEIGHT - BOTTOM, TOP);
        let _ = write!(svg, "<path class=\"grid\" d=\"M{at:.1} {low}V{high}\"/>");
        let _ = writeln!(svg, "<text x=\"{at:.1}\" y=\"{}\" text-anchor=\"middle\">{}</text>", low + 18.0, count(power));
    }
    for power in powers(bounds[1]) {
        let at = y(10f64.powi(power));
        let _ = write!(svg, "<path class=\"grid\" d=\"M{LEFT} {at:.1}H{}\"/>", WIDTH - RIGHT);
        let _ = writeln!(svg, "<text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>", LEFT - 8.0, at + 4.0, time(power));
    }
    let _ =
        writeln!(svg, "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">{what}</text>", (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 8.0);
    let mut labels: Vec<(f64, usize)> = Vec::new();
    for (i, (_, points)) in lines.iter().enumerate() {
        let places: Vec<[f64; 2]> = points.iter().map(|point| [x(point[0]), y(point[1])]).collect();
        let path: Vec<String> = places.iter().map(|[x, y]| format!("{x:.1} {y:.1}")).collect();
        let _ = writeln!(svg, "<path class=\"line c{i}\" d=\"M{}\"/>", path.join("L"));
        for [x, y] in &places {
            let _ = writeln!(svg, "<circle class=\"c{i}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4\"/>");
        }
        labels.push((places[places.len() - 1][1], i));
    }
    // Labels keep off each other.
    labels.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut free = TOP;
    for (place, i) in labels {
        let place = place.max(free);
        free = place + 16.0;
        let end = lines[i].1[lines[i].1.len() - 1][0];
        let _ = writeln!(svg, "<text class=\"c{i}\" x=\"{:.1}\" y=\"{:.1}\">{}</text>", x(end) + 10.0, place + 4.0, lines[i].0);
    }
    svg.push_str("</svg>\n");
    Some(svg)
}

/// How many times as fast the largest synthetic topology of each study is on the most threads; `None` without any.
fn threads(rows: &[Row]) -> Option<String> {
    // Topologies of a study grow, so the last to come is the largest.
    let mut largest = BTreeMap::new();
    for ((study, ..), rows) in by_study(rows) {
        let (one, many) = (rows[0], rows[rows.len() - 1]);
        if one.synthetic_sites.is_some() && one.threads < many.threads {
            largest.insert(study, (format!("{}, {}", many.study, many.topology), one.median_s()[0] / many.median_s()[0]));
        }
    }
    let bars: Vec<(String, f64)> = largest.into_values().collect();
    let most = rows.iter().map(|row| row.threads).max()?;
    #[expect(clippy::cast_precision_loss, reason = "a count of threads")]
    let place = |times: f64| (times / most as f64).min(1.0);
    let ticks: Vec<(f64, String)> = [0, most.div_ceil(2), most].map(|tick| (tick as f64 / most as f64, tick.to_string())).into();
    (!bars.is_empty()).then(|| bar_chart("Times as fast on all threads", &bars, &ticks, 0.0, place))
}

/// How many times as fast we are as each peer at each task; `None` without any.
fn peers(table: &Table) -> Option<String> {
    let column = |key: &str| table.columns().iter().position(|column| column.key == key);
    let [task, peer, times] = [column("task")?, column("peer")?, column("times")?];
    let bar = |row: &Vec<Value>| {
        let word = |column: usize| row[column].for_people(0).into_owned();
        match row[times] {
            Value::Number(times) if times > 0.0 => Some((format!("{}: {}", word(task), word(peer)), times)),
            _ => None,
        }
    };
    let bars: Vec<(String, f64)> = table.rows().iter().filter_map(bar).collect();
    let powers_of = || bars.iter().map(|(_, times)| times.log10());
    let bounds = [powers_of().fold(0.0, f64::min).floor(), powers_of().fold(1.0, f64::max).ceil()];
    let place = |times: f64| at(times, bounds, [0.0, 1.0]);
    let ticks: Vec<(f64, String)> = powers(bounds).map(|power| (place(10f64.powi(power)), count(power))).collect();
    (!bars.is_empty()).then(|| bar_chart("Times as fast as others", &bars, &ticks, place(1.0), place))
}

/// Bars, each from `begin` to the place of its number, with its name and number; places go from 0 to 1.
fn bar_chart(what: &str, bars: &[(String, f64)], ticks: &[(f64, String)], begin: f64, place: impl Fn(f64) -> f64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "a few bars")]
    let bottom = TOP + STEP * bars.len() as f64;
    let x = |place: f64| NAMES + place * (WIDTH - NAMES - 56.0);
    let mut svg = format!("<svg viewBox=\"0 0 {WIDTH} {}\" role=\"img\" aria-label=\"{what}\">\n", bottom + 28.0);
    for (place, label) in ticks {
        let _ = write!(svg, "<path class=\"grid\" d=\"M{:.1} {bottom}V{TOP}\"/>", x(*place));
        let _ = writeln!(svg, "<text x=\"{:.1}\" y=\"{}\" text-anchor=\"middle\">{label}</text>", x(*place), bottom + 18.0);
    }
    let mut top = TOP;
    for (name, number) in bars {
        let [low, high] = [begin.min(place(*number)), begin.max(place(*number))].map(x);
        let class = if *number < 1.0 { "bar behind" } else { "bar" };
        let text = top + 14.0;
        let _ = write!(svg, "<text x=\"{}\" y=\"{text}\" text-anchor=\"end\">{}</text>", NAMES - 8.0, escaped(name));
        let _ = write!(svg, "<path class=\"{class}\" d=\"M{low:.1} {}H{high:.1}v{}H{low:.1}Z\"/>", top + 4.0, STEP - 8.0);
        let digits = usize::from(*number < 100.0) + usize::from(*number < 10.0);
        let _ = writeln!(svg, "<text x=\"{:.1}\" y=\"{text}\">{number:.digits$}</text>", high + 6.0);
        top += STEP;
    }
    svg.push_str("</svg>\n");
    svg
}

/// Where a number lies along a logarithmic axis.
fn at(number: f64, [low, high]: [f64; 2], [start, end]: [f64; 2]) -> f64 {
    start + (number.log10() - low) / (high - low).max(1.0) * (end - start)
}

#[expect(clippy::cast_possible_truncation, reason = "a few powers of ten")]
fn powers([low, high]: [f64; 2]) -> std::ops::RangeInclusive<i32> {
    low as i32..=high as i32
}

fn count(power: i32) -> String {
    match power {
        0..=2 => 10u32.pow(power.unsigned_abs()).to_string(),
        3..=5 => format!("{} k", 10u32.pow(power.unsigned_abs() - 3)),
        6..=8 => format!("{} M", 10u32.pow(power.unsigned_abs() - 6)),
        _ => format!("1e{power}"),
    }
}

fn time(power: i32) -> String {
    match power {
        0..=4 => format!("{} s", 10u32.pow(power.unsigned_abs())),
        -3..=-1 => format!("{} ms", 10u32.pow((power + 3).unsigned_abs())),
        -6..=-4 => format!("{} µs", 10u32.pow((power + 6).unsigned_abs())),
        _ => format!("1e{power} s"),
    }
}

#[cfg(test)]
mod tests {
    use crossborder::report::Column;

    use super::*;

    fn row(study: &str, sites: u32, threads: usize, seconds: f64) -> Row {
        Row {
            study: study.to_owned(),
            topology: format!("synthetic-{sites}"),
            synthetic_sites: Some(sites),
            sites: sites as usize,
            segments: 0,
            demands: 0,
            threads,
            work: 1.0,
            reading_s: 0.0,
            runs_s: vec![seconds],
            peak_mib: None,
            digest: String::new(),
        }
    }

    #[test]
    fn threads_are_drawn_of_the_largest_topology_alone() {
        let rows = [row("load", 100, 1, 3.0), row("load", 100, 2, 3.0), row("load", 300, 1, 9.0), row("load", 300, 2, 6.0)];
        let svg = threads(&rows).unwrap();
        assert!(svg.contains(">load, synthetic-300<") && svg.contains(">1.50<"), "{svg}");
        assert!(!svg.contains("synthetic-100"), "{svg}");
        assert!(threads(&rows[..1]).is_none(), "one thread is no comparison");
    }

    #[test]
    fn who_is_faster_than_we_are_is_left_of_one() {
        let columns = vec![Column::text("task", "Task"), Column::text("peer", "Peer"), Column::number("times", "Times", 2)];
        let mut table = Table::new("peers", "Peers", columns);
        table.push(vec!["a < b".into(), "quick".into(), 0.5.into()]);
        table.push(vec!["a < b".into(), "slow".into(), 200.0.into()]);
        let svg = peers(&table).unwrap();
        // From 0.1 to 1,000 there are four powers on 314 units; 1 lies behind the first.
        assert!(svg.contains("<path class=\"bar behind\" d=\"M404.9 20H428.5") && svg.contains(">0.50<"), "{svg}");
        assert!(svg.contains("<path class=\"bar\" d=\"M428.5 42H609.1") && svg.contains(">200<"), "{svg}");
        assert!(svg.contains("a &lt; b: quick"), "{svg}");
    }
}
