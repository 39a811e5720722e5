//! What criterion wrote of the kernels in `benches/`: the median of each and its interval.

use std::fs;
use std::path::{Path, PathBuf};

use crossborder::report::{Column, Table};
use serde::Deserialize;

use crate::failure::Failure;

/// `estimates.json`, as far as it is read.
#[derive(Deserialize)]
struct Estimates {
    median: Estimate,
}

#[derive(Deserialize)]
struct Estimate {
    point_estimate: f64,
    confidence_interval: Interval,
}

#[derive(Deserialize)]
struct Interval {
    lower_bound: f64,
    upper_bound: f64,
}

/// `benchmark.json`, as far as it is read.
#[derive(Deserialize)]
struct Benchmark {
    full_id: String,
    throughput: Option<serde_json::Value>,
}

/// The kernels that criterion measured last, by name.
pub(super) fn read(folder: &Path) -> Result<Table, Failure> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).map_err(Failure::file(&folder))? {
            let path = entry.map_err(Failure::file(&folder))?.path();
            if path.is_dir() && path.file_name().is_some_and(|name| name == "new") {
                found.extend(kernel(&path));
            } else if path.is_dir() {
                folders.push(path);
            }
        }
    }
    if found.is_empty() {
        let help = "measure the kernels first, by `cargo bench`";
        return Err(Failure::Usage(format!("criterion wrote nothing into `{}`", folder.display()), Some(help.to_owned())));
    }
    found.sort_by(|a: &(String, [Option<f64>; 4]), b| a.0.cmp(&b.0));
    let columns = vec![
        Column::text("kernel", "Kernel"),
        Column::number("median_ms", "Median", 4),
        Column::number("low_ms", "From", 4),
        Column::number("high_ms", "To", 4),
        Column::number("each_ns", "Each ns", 1),
    ];
    let mut table = Table::new("kernels", "Kernels, and peers beside them in the same run", columns);
    for (name, numbers) in found {
        table.push(std::iter::once(name.into()).chain(numbers.map(Into::into)).collect());
    }
    Ok(table)
}

/// Name, median, its interval, and the time of one element.
fn kernel(folder: &Path) -> Option<(String, [Option<f64>; 4])> {
    let text = |name: &str| fs::read_to_string(PathBuf::from(folder).join(name)).ok();
    let Estimates { median } = serde_json::from_str(&text("estimates.json")?).ok()?;
    let benchmark: Benchmark = serde_json::from_str(&text("benchmark.json")?).ok()?;
    let elements = benchmark.throughput.and_then(|throughput| throughput.get("Elements")?.as_f64());
    let Interval { lower_bound, upper_bound } = median.confidence_interval;
    let [middle, low, high] = [median.point_estimate, lower_bound, upper_bound].map(|ns| Some(ns / 1e6));
    Some((benchmark.full_id, [middle, low, high, elements.map(|elements| median.point_estimate / elements)]))
}
