//! How a scenario says that its topology is to be read, where it is in another format.

use std::path::{Path, PathBuf};

use crate::file::Entry;
use crate::problem::{Problems, code};
use crate::scenario::raw::RawScenario;
use crate::topology::import::{Format, Options, Request, UNITS};

/// What is to be read, and how; paths count from the folder `base`.
pub(super) fn request(raw: &RawScenario, path: PathBuf, base: &Path, problems: &mut Problems) -> Request {
    let Some(reading) = &raw.reading else { return Request::new(path) };
    let header = reading.header.said().map(|names| names.iter().map(text).collect());
    Request {
        from: reading.from.word("format", &Format::WORDS, problems),
        nodes: beside(&reading.nodes, base, problems),
        demands: beside(&reading.demands, base, problems),
        options: Options {
            rename: reading.columns.0.iter().map(|(theirs, ours)| (text(theirs), text(ours))).collect(),
            mbps_per_unit: reading.unit.word("unit", &UNITS, problems),
            header,
        },
        ..Request::new(path)
    }
}

fn text(entry: &Entry) -> String {
    entry.text.to_string()
}

/// A file that the scenario names; that it is not there is a problem at the name.
fn beside(entry: &Entry, base: &Path, problems: &mut Problems) -> Option<PathBuf> {
    let path = base.join(entry.get()?);
    if path.exists() {
        return Some(path);
    }
    let problem = entry.problem(code::UNREADABLE, format!("no file `{}`", entry.text), "no such file");
    problems.push(problem.help("paths count from the folder of the scenario"));
    None
}
