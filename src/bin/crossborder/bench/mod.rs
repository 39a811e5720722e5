//! `bench`: how long studies take on topologies of several sizes, on one thread and on many, as a report that anyone can
//! repeat.
//!
//! Each row is measured by a program of its own (see [`row`]), so that its peak of memory is its own. A result that differs
//! between thread counts makes the whole void. It times no kernels: those are in `benches/`, and what criterion wrote of
//! them is taken over, as is what other libraries took.

mod chart;
mod kernels;
mod machine;
mod page;
mod peers;
mod row;
mod table;

use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use clap::Args;
use crossborder::demand;
use crossborder::problem::Problems;
use crossborder::report::{self, Format, Report, Style};
use crossborder::topology::export;
use crossborder::topology::raw::RawTopology;
use crossborder::topology::synthetic::{self, SITES, Wish};

use crate::arguments::Global;
use crate::failure::{Ending, Failure};
use crate::{answer, talk};

use row::{Row, STUDIES, Study};

/// Measure the studies on topologies of several sizes and write a benchmark report
#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// Topologies to measure beside the synthetic ones
    topologies: Vec<PathBuf>,
    /// Sizes of synthetic topologies, in sites
    #[arg(long, value_name = "N", value_delimiter = ',', default_values_t = [100, 1_000, 10_000], value_parser = sites())]
    sites: Vec<u32>,
    /// Repeat each study for so many seconds, but run it at least three times where that takes no longer than ten times that
    #[arg(long, value_name = "S", default_value_t = 2.0, value_parser = budget)]
    budget: f64,
    /// Only these studies
    #[arg(long, value_name = "STUDY", value_delimiter = ',', value_parser = STUDIES.map(|study| study.key))]
    only: Vec<String>,
    /// Take over what criterion wrote into this folder, such as target/criterion
    #[arg(long, value_name = "FOLDER")]
    kernels: Option<PathBuf>,
    /// Take over what benches/peers/compare.py wrote into this file
    #[arg(long, value_name = "FILE")]
    peers: Option<PathBuf>,
    /// Measure this study of the one topology and print the row; `bench` calls itself with it
    #[arg(long, value_name = "STUDY", hide = true)]
    row: Option<String>,
}

/// A topology to measure.
struct Subject {
    name: String,
    path: PathBuf,
    /// Sites, of a synthetic one with all its demands.
    size: Option<u32>,
    /// Whether it is another with fewer demands, on which outages alone are measured: how cost grows while the network stays
    /// the same, or the demands.
    is_thinned: bool,
}

/// Of a network of so many sites, the outages are measured with fewer demands too.
const THINNED_SITES: u32 = 3_000;
/// Only one of so many demands is left.
const THINNED_BY: [usize; 3] = [4, 16, 64];

pub(crate) fn run(arguments: &Arguments, global: &Global) -> Result<Ending, Failure> {
    global.takes_no_scenario_flags()?;
    if let Some(study) = &arguments.row {
        return row::print(study, &arguments.topologies, arguments.budget, global);
    }
    let folder = global.output.clone().unwrap_or_else(|| PathBuf::from("benchmarks"));
    // What cannot be read is said before anything is measured.
    let kernels = arguments.kernels.as_deref().map(kernels::read).transpose()?;
    let peers = arguments.peers.as_deref().map(peers::read).transpose()?;
    let scratch = tempfile::tempdir().map_err(Failure::file(&std::env::temp_dir()))?;
    let subjects = subjects(arguments, scratch.path())?;
    let threads = thread_counts(global);
    let mut rows = Vec::new();
    for subject in &subjects {
        for study in chosen(arguments, subject) {
            for &threads in &threads {
                if global.dry_run {
                    talk::remark(&format!("{} of {} on {threads} threads", study.key, subject.name), global);
                    continue;
                }
                let row = measure(study, subject, threads, arguments.budget)?;
                talk::remark(&row.told(), global);
                rows.push(row);
            }
        }
    }
    if global.dry_run {
        return Ok(Ending::Done);
    }
    let report = table::report(&rows, kernels.into_iter().chain(peers));
    write(&folder, &report, &rows)?;
    let told = Report { tables: report.tables.into_iter().filter(|table| table.key != "runs").collect(), ..report };
    answer::report(&told, None, &[], &Global { output: None, ..global.clone() })?;
    Ok(if table::is_void(&rows) { Ending::Failed } else { Ending::Done })
}

/// Makes the synthetic topologies in a folder that goes away, and adds those that were named.
fn subjects(arguments: &Arguments, scratch: &Path) -> Result<Vec<Subject>, Failure> {
    let mut subjects = Vec::new();
    for path in &arguments.topologies {
        let name = path.file_stem().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned());
        subjects.push(Subject { name, path: path.clone(), size: None, is_thinned: false });
    }
    for &sites in &arguments.sites {
        let name = format!("synthetic-{sites}");
        let mut raw = synthetic::network(Wish { sites, seed: 1 });
        let mut problems = Problems::new();
        if demand::impute(&mut raw, &mut problems).is_none() {
            return Err(Failure::Input(problems, name));
        }
        let mut fewer: Vec<(String, RawTopology)> = Vec::new();
        for by in THINNED_BY.into_iter().filter(|_| sites == THINNED_SITES) {
            let mut thinned = raw.clone();
            thinned.demands = raw.demands.iter().step_by(by).cloned().collect();
            fewer.push((format!("{name}, one demand of {by}"), thinned));
        }
        let places = synthetic::places(&raw);
        if places > 1 {
            fewer.push((format!("{name}, users in one place"), raw.clone()));
            demand::spread(&mut raw, places);
        }
        let all = std::iter::once((name, Some(sites), raw));
        for (name, size, raw) in all.chain(fewer.into_iter().map(|(name, raw)| (name, None, raw))) {
            let path = scratch.join(&name);
            write_topology(&raw, &path)?;
            subjects.push(Subject { name, path, size, is_thinned: size.is_none() });
        }
    }
    Ok(subjects)
}

fn write_topology(raw: &RawTopology, path: &Path) -> Result<(), Failure> {
    let format = export::Format::Native;
    answer::topology(path, format, &export::write(raw, format).0, &[])
}

fn chosen<'a>(arguments: &'a Arguments, subject: &'a Subject) -> impl Iterator<Item = &'static Study> + 'a {
    let is_asked = |study: &&Study| arguments.only.is_empty() || arguments.only.iter().any(|key| key == study.key);
    let is_fit = |study: &&Study| subject.size.is_none_or(|sites| sites <= study.sites_max);
    STUDIES.iter().filter(is_asked).filter(is_fit).filter(|study| !subject.is_thinned || study.key == "outages")
}

/// One, and doubling up to all.
fn thread_counts(global: &Global) -> Vec<usize> {
    let all = global.threads.or_else(|| std::thread::available_parallelism().ok()).map_or(1, NonZeroUsize::get);
    let mut counts: Vec<usize> =
        std::iter::successors(Some(1), |count| Some(count * 2)).take_while(|&count| count < all).collect();
    counts.push(all);
    counts
}

/// Lets a program of its own measure a row.
fn measure(study: &Study, subject: &Subject, threads: usize, budget: f64) -> Result<Row, Failure> {
    let program =
        std::env::current_exe().map_err(|error| Failure::Machine(format!("the program cannot find itself: {error}")))?;
    let output = Command::new(program)
        .args(["bench", "--quiet", "--row", study.key, "--budget", &budget.to_string(), "--threads", &threads.to_string()])
        .arg(&subject.path)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| Failure::Machine(format!("a row cannot be measured: {error}")))?;
    let words = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        let help = words.trim().to_owned();
        return Err(Failure::Usage(format!("{} of {} could not be measured", study.key, subject.name), Some(help)));
    }
    let row: Row = serde_json::from_slice(&output.stdout)
        .map_err(|error| Failure::Machine(format!("a row cannot be read back: {error}")))?;
    Ok(Row { topology: subject.name.clone(), synthetic_sites: subject.size, ..row })
}

/// Writes the report for people, as a page with charts, and with its raw data.
fn write(folder: &Path, report: &Report, rows: &[Row]) -> Result<(), Failure> {
    fs::create_dir_all(folder).map_err(Failure::file(folder))?;
    let written = |report: &Report, format: Format| {
        let mut bytes = Vec::new();
        report::write(report, None, format, Style::default(), &mut bytes).expect("a vector takes every write");
        bytes
    };
    let short = Report { tables: report.tables.iter().filter(|table| table.key != "runs").cloned().collect(), ..report.clone() };
    answer::to_file(&folder.join("BENCHMARKS.md"), &written(&short, Format::Markdown), &[])?;
    answer::to_file(&folder.join("benchmarks.html"), page::html(&short, &chart::all(rows, report)).as_bytes(), &[])?;
    answer::to_file(&folder.join("benchmarks.json"), &written(report, Format::Json), &[])
}

fn sites() -> impl clap::builder::TypedValueParser<Value = u32> {
    clap::value_parser!(u32).range(i64::from(*SITES.start())..=i64::from(*SITES.end()))
}

fn budget(text: &str) -> Result<f64, &'static str> {
    text.parse().ok().filter(|seconds: &f64| (0.0..=3_600.0).contains(seconds)).ok_or("not a number of seconds from 0 to 3600")
}
