//! Charts of a benchmark report as SVG: growth on logarithmic axes, and thread scaling.

use std::fmt::Write as _;

use super::row::{Row, STUDIES};
use super::table::{exponent, fullest};

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 400.0;
const LEFT: f64 = 64.0;
const RIGHT: f64 = 150.0;
const TOP: f64 = 16.0;
const BOTTOM: f64 = 48.0;

/// A title, what is told of it, and the drawing.
pub(super) struct Chart {
    pub(super) title: &'static str,
    pub(super) words: String,
    pub(super) svg: String,
}

/// All that the rows have enough points for.
pub(super) fn all(rows: &[Row]) -> Vec<Chart> {
    #[expect(clippy::cast_precision_loss, reason = "counts")]
    let by_sites = lines(rows, STUDIES.iter().map(|study| study.key), |row| row.sites as f64, "sites");
    let by_work = lines(rows, std::iter::once("outages"), |row| row.work, "demands rerouted");
    let growth = exponent(rows, "outages", |row| row.work);
    let growth = growth.map_or_else(String::new, |[exponent, _]| format!("The fitted exponent is {exponent:.2}; 1 is linear."));
    let charts = [
        ("Growth with the size of the network", "Median time of each study on the most threads.".to_owned(), by_sites),
        ("All single outages: time against demands that they touch", growth, by_work),
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
