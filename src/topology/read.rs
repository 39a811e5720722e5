//! Reads a topology folder into a [`RawTopology`]. It checks the files' shape, not what they say.

use std::path::Path;

use crate::file::{self, Input};
use crate::problem::{Place, Problem, Problems, code};
use crate::topology::raw::RawTopology;

/// Columns that `sites.csv` must have.
pub(super) const SITES: &[&str] = &["id", "territory", "lat", "lon", "roles"];
/// Columns that `cables.csv` must have.
pub(super) const CABLES: &[&str] = &["id", "kind"];
/// Columns that `segments.csv` must have.
pub(super) const SEGMENTS: &[&str] = &["id", "cable", "a", "b", "length_km"];
/// Columns that `demands.csv` must have.
pub(super) const DEMANDS: &[&str] = &["id", "from", "to", "service", "traffic"];

/// Reads `topology.toml`, `sites.csv`, `cables.csv`, `segments.csv` and, if it is there, `demands.csv`.
///
/// Remembers each file in `inputs`. `None` if any of them cannot be read at all; what can be read is checked all the same.
pub fn folder(path: &Path, problems: &mut Problems, inputs: &mut Vec<Input>) -> Option<RawTopology> {
    if !path.is_dir() {
        let file = problems.add_file(path.display().to_string(), "");
        let message = if path.exists() { "is a file, not a topology's folder" } else { "no such folder" };
        let problem = Problem::new(code::UNREADABLE, message).at(Place { file, span: 0..0 }, "");
        problems.push(problem.help("name a folder that holds topology.toml, sites.csv, cables.csv and segments.csv"));
        return None;
    }
    let mut raw = RawTopology::default();
    let head = file::read(&path.join("topology.toml"), problems, inputs);
    if let Some(file) = head {
        file::document(file, &mut raw.head, problems);
    }
    let mut is_whole = head.is_some();
    let mut open = |name: &str, problems: &mut Problems| {
        let file = file::read(&path.join(name), problems, inputs);
        is_whole &= file.is_some();
        file
    };
    let (sites, cables, segments) = (open("sites.csv", problems), open("cables.csv", problems), open("segments.csv", problems));
    let demands = path.join("demands.csv").exists().then(|| open("demands.csv", problems)).flatten();
    let broken = &mut raw.broken;
    if let Some(file) = sites {
        raw.sites = file::table(file, SITES, broken, problems);
    }
    if let Some(file) = cables {
        raw.cables = file::table(file, CABLES, broken, problems);
    }
    if let Some(file) = segments {
        raw.segments = file::table(file, SEGMENTS, broken, problems);
    }
    if let Some(file) = demands {
        raw.demands = file::table(file, DEMANDS, broken, problems);
    }
    is_whole.then_some(raw)
}
