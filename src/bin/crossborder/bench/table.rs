//! What the rows say together: medians, thread scaling, growth, and whether the answers agree.

use std::collections::BTreeMap;

use crossborder::report::{Column, Report, Table};

use super::machine;
use super::row::{Row, STUDIES};

/// So much of a digest tells results apart.
const SHOWN: usize = 12;

/// Whether any result differs between thread counts.
pub(super) fn is_void(rows: &[Row]) -> bool {
    by_study(rows).values().any(|rows| rows.iter().any(|row| row.digest != rows[0].digest))
}

/// The whole report, with tables that others have measured.
pub(super) fn report(rows: &[Row], taken_over: impl IntoIterator<Item = Table>) -> Report {
    let mut report = Report::new("bench", "Benchmarks");
    report.fact("claim", "In one sentence", claim(rows));
    report.fact("valid", "Same results on any number of threads", !is_void(rows));
    report.fact("version", "Version", env!("CARGO_PKG_VERSION"));
    report.fact("commit", "Commit", machine::commit());
    report.fact("processor", "Processor", machine::processor());
    report.fact("processors", "Processors", std::thread::available_parallelism().ok().map(std::num::NonZeroUsize::get));
    report.quantity("memory_gib", "Memory GiB", machine::memory_gib(), 1);
    report.fact("system", "System", format!("{} {}", std::env::consts::OS, std::env::consts::ARCH));
    report.fact("command", "Command", std::env::args().skip(1).fold("crossborder".to_owned(), |text, word| text + " " + &word));
    report.tables.extend([studies(rows), scaling(rows), growth(rows)]);
    report.tables.extend(taken_over);
    report.tables.push(runs(rows));
    report.note("wall-clock time of a study on a topology that is in memory, its report included; reading is told by itself");
    report.note("the interval holds the median with 95 % confidence; of fewer than six runs it is the fastest and the slowest");
    for study in &STUDIES {
        report.note(format!("{}: {}; work is counted in {}", study.key, study.what, study.unit));
    }
    report
}

/// Rows of one study and topology, by growing number of threads; studies in order of weight.
pub(super) fn by_study(rows: &[Row]) -> BTreeMap<(usize, usize, &str), Vec<&Row>> {
    let mut groups: BTreeMap<(usize, usize, &str), Vec<&Row>> = BTreeMap::new();
    for row in rows {
        let place = STUDIES.iter().position(|study| study.key == row.study).unwrap_or(STUDIES.len());
        groups.entry((place, row.sites, &row.topology)).or_default().push(row);
    }
    groups.values_mut().for_each(|rows| rows.sort_by_key(|row| row.threads));
    groups
}

/// The row on the most threads of each study and topology.
pub(super) fn fullest(rows: &[Row]) -> Vec<&Row> {
    by_study(rows).into_values().filter_map(|rows| rows.last().copied()).collect()
}

fn claim(rows: &[Row]) -> String {
    let outages = fullest(rows).into_iter().filter(|row| row.study == "outages");
    let Some(row) = outages.max_by(|a, b| a.work.total_cmp(&b.work)) else { return "no outages were measured".to_owned() };
    let growth = exponent(rows, "outages", |row| row.work)
        .map_or_else(String::new, |[exponent, _]| format!("; over all sizes, cost grows as (demands rerouted)^{exponent:.2}"));
    format!(
        "every cable of {} ({} sites, {} segments) lost in turn and {} demands rerouted in {:.2} s on {} threads{growth}",
        row.topology,
        row.sites,
        row.segments,
        row.work,
        row.median_s()[0],
        row.threads
    )
}

fn studies(rows: &[Row]) -> Table {
    let columns = vec![
        Column::text("study", "Study"),
        Column::text("topology", "Topology"),
        Column::number("sites", "Sites", 0),
        Column::number("segments", "Segments", 0),
        Column::number("demands", "Demands", 0),
        Column::number("work", "Work", 0),
        Column::number("threads", "Threads", 0),
        Column::number("median_ms", "Median", 2),
        Column::number("low_ms", "From", 2),
        Column::number("high_ms", "To", 2),
        Column::number("work_per_second", "Work a second", 0),
        Column::number("reading_ms", "Reading", 1),
        Column::number("peak_mib", "Peak MiB", 0),
        Column::text("result", "Result"),
    ];
    let mut table = Table::new("studies", "Studies", columns);
    for row in by_study(rows).values().flatten() {
        let [median, low, high] = row.median_s();
        table.push(vec![
            row.study.as_str().into(),
            row.topology.as_str().into(),
            row.sites.into(),
            row.segments.into(),
            row.demands.into(),
            row.work.into(),
            row.threads.into(),
            (median * 1e3).into(),
            (low * 1e3).into(),
            (high * 1e3).into(),
            (row.work / median).into(),
            (row.reading_s * 1e3).into(),
            row.peak_mib.into(),
            row.digest.get(..SHOWN).into(),
        ]);
    }
    table
}

/// One thread against many.
fn scaling(rows: &[Row]) -> Table {
    let columns = vec![
        Column::text("study", "Study"),
        Column::text("topology", "Topology"),
        Column::number("threads", "Threads", 0),
        Column::number("one_ms", "On one", 2),
        Column::number("many_ms", "On these", 2),
        Column::number("times", "Times as fast", 2),
        Column::number("efficiency_percent", "Efficiency", 0),
        Column::truth("same", "Same result"),
    ];
    let mut table = Table::new("scaling", "Thread scaling", columns);
    for rows in by_study(rows).values() {
        for row in &rows[1..] {
            let [one, many] = [rows[0], row].map(|row| row.median_s()[0]);
            #[expect(clippy::cast_precision_loss, reason = "a count")]
            let threads = row.threads as f64;
            table.push(vec![
                row.study.as_str().into(),
                row.topology.as_str().into(),
                row.threads.into(),
                (one * 1e3).into(),
                (many * 1e3).into(),
                (one / many).into(),
                (one / many / threads * 100.0).into(),
                (row.digest == rows[0].digest).into(),
            ]);
        }
    }
    table
}

/// How cost grows over the synthetic topologies.
fn growth(rows: &[Row]) -> Table {
    let columns = vec![
        Column::text("study", "Study"),
        Column::number("sizes", "Sizes", 0),
        Column::number("by_sites", "Exponent in sites", 2),
        Column::text("unit", "Work"),
        Column::number("by_work", "Exponent in work", 2),
    ];
    let mut table =
        Table::new("growth", "Growth of the median: time = constant × size^exponent, by least squares of logarithms", columns);
    #[expect(clippy::cast_precision_loss, reason = "a count")]
    for study in &STUDIES {
        if let Some([by_sites, sizes]) = exponent(rows, study.key, |row| row.sites as f64) {
            let by_work = exponent(rows, study.key, |row| row.work).map(|[exponent, _]| exponent);
            table.push(vec![study.key.into(), sizes.into(), by_sites.into(), study.unit.into(), by_work.into()]);
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "counts")]
    let total = exponent(rows, "outages", |row| row.demands as f64 * row.segments as f64);
    let also =
        [("outages", "all demands × all segments", total), ("outages, on one network", "demands rerouted", of_one_network(rows))];
    for (study, unit, fitted) in also {
        if let Some([exponent, sizes]) = fitted {
            table.push(vec![study.into(), sizes.into(), None::<f64>.into(), unit.into(), exponent.into()]);
        }
    }
    table
}

/// The exponent of outages in demands rerouted where the network stays the same and the demands are thinned.
fn of_one_network(rows: &[Row]) -> Option<[f64; 2]> {
    let rows: Vec<&Row> = fullest(rows).into_iter().filter(|row| row.study == "outages").collect();
    let same = |row: &Row| rows.iter().copied().filter(|other| other.segments == row.segments).collect::<Vec<_>>();
    let most = rows.iter().map(|row| same(row)).max_by_key(Vec::len)?;
    fit(&most.into_iter().map(|row| [row.work, row.median_s()[0]]).collect::<Vec<_>>())
}

/// The exponent, and from how many sizes; `None` of fewer than three, or of work that does not grow.
pub(super) fn exponent(rows: &[Row], study: &str, size: impl Fn(&Row) -> f64) -> Option<[f64; 2]> {
    let points = fullest(rows).into_iter().filter(|row| row.study == study && row.synthetic_sites.is_some());
    fit(&points.map(|row| [size(row), row.median_s()[0]]).collect::<Vec<_>>())
}

/// The exponent of a power law through points, and how many they are.
fn fit(points: &[[f64; 2]]) -> Option<[f64; 2]> {
    let points: Vec<[f64; 2]> = points.iter().map(|point| point.map(f64::ln)).collect();
    #[expect(clippy::cast_precision_loss, reason = "a few sizes")]
    let n = points.len() as f64;
    let mean = |axis: usize| points.iter().map(|point| point[axis]).sum::<f64>() / n;
    let means = [mean(0), mean(1)];
    let sum = |axis: usize| points.iter().map(|point| (point[0] - means[0]) * (point[axis] - means[axis])).sum::<f64>();
    (points.len() >= 3 && sum(0) > 1e-9).then(|| [sum(1) / sum(0), n])
}

/// Every run: the raw data.
fn runs(rows: &[Row]) -> Table {
    let columns = vec![
        Column::text("study", "Study"),
        Column::text("topology", "Topology"),
        Column::number("threads", "Threads", 0),
        Column::number("run", "Run", 0),
        Column::number("elapsed_s", "Elapsed", 6),
        Column::text("result", "Result"),
    ];
    let mut table = Table::new("runs", "Every run", columns);
    for row in by_study(rows).values().flatten() {
        for (number, &elapsed) in (1u64..).zip(&row.runs_s) {
            table.push(vec![
                row.study.as_str().into(),
                row.topology.as_str().into(),
                row.threads.into(),
                number.into(),
                elapsed.into(),
                row.digest.as_str().into(),
            ]);
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(study: &str, threads: usize, sites: u32, runs_s: &[f64], digest: &str) -> Row {
        Row {
            study: study.to_owned(),
            topology: format!("synthetic-{sites}"),
            synthetic_sites: Some(sites),
            sites: sites as usize,
            segments: 1,
            demands: 1,
            threads,
            work: f64::from(sites) * 3.0,
            reading_s: 0.1,
            runs_s: runs_s.to_vec(),
            peak_mib: None,
            digest: digest.to_owned(),
        }
    }

    #[test]
    fn a_result_that_differs_between_thread_counts_makes_the_whole_void() {
        let same = [row("load", 1, 100, &[2.0], "a"), row("load", 2, 100, &[1.0], "a"), row("load", 2, 200, &[1.0], "b")];
        assert!(!is_void(&same));
        let report = report(&same, None);
        assert_eq!(report.number("scaling.load.times"), Some(2.0));
        assert_eq!(report.number("scaling.load.efficiency_percent"), Some(100.0));
        assert!(is_void(&[row("load", 1, 100, &[2.0], "a"), row("load", 2, 100, &[1.0], "c")]));
    }

    #[test]
    fn the_exponent_is_that_of_the_power_law_behind_the_medians() {
        let rows = [100, 1_000, 10_000].map(|sites| row("outages", 1, sites, &[f64::from(sites).powf(1.25)], "a"));
        let [by_sites, sizes] = exponent(&rows, "outages", |row| row.sites as f64).unwrap();
        assert!((by_sites - 1.25).abs() < 1e-9 && sizes == 3.0);
        assert_eq!(exponent(&rows[..2], "outages", |row| row.sites as f64), None, "two points fit any law");
        assert_eq!(exponent(&rows, "outages", |_| 7.0), None, "nothing grows");
    }

    #[test]
    fn the_interval_of_a_median_lies_within_its_runs() {
        assert_eq!(row("load", 1, 100, &[3.0, 1.0, 2.0], "").median_s(), [2.0, 1.0, 3.0]);
        let many: Vec<f64> = (1..=50).map(f64::from).collect();
        let [median, low, high] = row("load", 1, 100, &many, "").median_s();
        assert_eq!(median, 25.5);
        // Order statistics 19 and 32 hold the median of 50 with at least 93 % by the binomial itself.
        assert_eq!([low, high], [19.0, 32.0]);
    }
}
