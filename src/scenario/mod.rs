//! A scenario: one file that names a topology, a day, a policy, demands, changes, studies and what is to hold.
//!
//! [`load`] reads a file and all it names, [`parse`] one that came from elsewhere; both give a checked [`Scenario`] or
//! every problem of scenario and topology at once. Nothing is computed here.

mod ask;
mod capacity;
pub mod change;
mod demands;
mod edit;
mod failure;
mod hazards;
mod outages;
mod overrides;
mod places;
pub mod raw;
mod reading;
mod schema;
pub mod words;

pub use schema::schema;

use std::path::{Path, PathBuf};

use crate::demand::Request;
use crate::failure::Chance;
use crate::file::{self, Input};
use crate::network::Metric;
use crate::policy::Policy;
use crate::problem::{FileId, Place, Problem, Problems, code};
use crate::random::Seed;
use crate::route::{self, Claim};
use crate::scenario::places::Places;
use crate::scenario::raw::{FORMAT, RawScenario};
use crate::topology::raw::RawTopology;
use crate::topology::{self, Topology};

/// A checked scenario.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// Short name.
    pub name: String,
    /// What it shows.
    pub description: Option<String>,
    /// The topology with all changes made.
    pub topology: Topology,
    /// Which routes are allowed, on which day.
    pub policy: Policy,
    /// Who asks for how much on that day: generated, grown and scaled as the scenario says.
    pub demands: Vec<Request>,
    /// What is computed, in the order of the file.
    pub studies: Vec<Study>,
    /// What is to hold, in the order of the file.
    pub expectations: Vec<Expectation>,
    /// Where chance begins.
    pub seed: u64,
    /// Word of the report's format, if the scenario says.
    pub output_format: Option<String>,
    /// Where the report goes, if the scenario says.
    pub output_file: Option<PathBuf>,
    /// The scenario as TOML with all overrides made; keys in order of the alphabet.
    pub effective: String,
    /// Digest of all that decides what its studies find; how long single samplings go on is no part of it.
    pub identity: String,
    /// Every file that was read.
    pub inputs: Vec<Input>,
    /// What is odd without being wrong.
    pub warnings: Problems,
}

/// One thing to compute.
#[derive(Clone, Debug)]
pub struct Study {
    /// Unique among the scenario's studies.
    pub name: String,
    /// What it is.
    pub question: Question,
}

/// What a study asks.
#[derive(Clone, Debug)]
pub enum Question {
    /// Which way, how long, and what the law costs.
    Route(route::Spec),
    /// How much fits.
    Capacity(Box<crate::capacity::Spec>),
    /// What breaks, how often, and who notices.
    Failure(Box<crate::failure::Spec>),
}

/// What all pairs are of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PairSet {
    /// All sites.
    Sites,
    /// The main sites of all territories.
    Territories,
}

/// Where demands come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DemandSource {
    /// Those of the topology.
    #[default]
    Topology,
    /// None but the scenario's own.
    None,
    /// Users and hubs.
    Gravity,
    /// All pairs of main sites alike.
    Uniform,
    /// From one place to all main sites alike.
    OneToMany,
}

/// What is to hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Expectation {
    /// Name for people, if it has one.
    pub name: Option<String>,
    /// What it is about.
    pub about: About,
}

/// What an expectation is about.
#[derive(Clone, Debug, PartialEq)]
pub enum About {
    /// A route by some metric.
    Route(Metric, Claim),
    /// A number that a study reports.
    Measure {
        /// Position in [`Scenario::studies`].
        study: usize,
        /// Key of the number in the study's report.
        key: String,
        /// It is this or more.
        at_least: Option<f64>,
        /// It is this or less.
        at_most: Option<f64>,
    },
}

/// Reads a scenario file and what it names; `overrides` are keys with values, as in `--set policy.profile=physical`.
///
/// # Errors
/// Every problem of the scenario, the overrides and the topology, in the order of the files.
pub fn load(path: &Path, overrides: &[(String, String)]) -> Result<Scenario, Problems> {
    let (mut problems, mut inputs) = (Problems::new(), Vec::new());
    let base = path.parent().unwrap_or(Path::new(""));
    match file::read(path, &mut problems, &mut inputs) {
        Some(file) => check(file, base, overrides, inputs, problems),
        None => Err(problems),
    }
}

/// Checks a scenario whose text came from elsewhere, such as standard input, under a name; its paths count from `base`.
///
/// # Errors
/// As [`load`].
pub fn parse(name: &str, bytes: Vec<u8>, base: &Path, overrides: &[(String, String)]) -> Result<Scenario, Problems> {
    let (mut problems, mut inputs) = (Problems::new(), Vec::new());
    match file::take(name, bytes, &mut problems, &mut inputs) {
        Some(file) => check(file, base, overrides, inputs, problems),
        None => Err(problems),
    }
}

fn check(
    file: FileId,
    base: &Path,
    overrides: &[(String, String)],
    mut inputs: Vec<Input>,
    mut problems: Problems,
) -> Result<Scenario, Problems> {
    let mut raw = RawScenario::default();
    file::document(file, &mut raw, &mut problems);
    let effective = overrides::apply(file, overrides, &mut raw, &mut problems);
    check_head(&raw, &mut problems);
    let as_of = raw.as_of.date(&mut problems);
    let topology = topology(&mut raw, base, &mut problems, &mut inputs);
    let places = &topology.0;
    let policy = ask::policy(raw.policy.as_ref(), as_of, places, &mut problems);
    let demands = demands::requests(raw.demands.as_ref(), as_of, (places, topology.1.as_ref()), &mut problems);
    let seed = raw.seed.whole("seed", 0, 1 << 53, &mut problems).unwrap_or(0);
    let hazards = hazards::hazards(raw.hazards.as_ref(), topology.1.as_ref(), &mut problems);
    let chance = Chance { seed: Seed(seed), hazards, storm: None };
    let studies = {
        let known = ask::Known { topology: topology.1.as_ref(), policy: policy.as_ref(), chance: &chance };
        ask::studies(std::mem::take(&mut raw.study), &demands, places, known, &mut problems)
    };
    let expectations = ask::expectations(&raw.expect, &studies, places, &mut problems);
    let output = raw.output.clone().unwrap_or_default();
    output.format.word("format", words::FORMATS, &mut problems);
    if studies.is_empty() && expectations.is_empty() && !problems.has_errors() {
        let problem = Problem::new(code::NOTHING_ASKED, "the scenario asks nothing").at(Place { file, span: 0..0 }, "");
        problems.push(problem.help("add a `[[study]]` or an `[[expect]]`"));
    }
    problems.sort();
    match (topology.1, policy) {
        (Some(topology), Some(policy)) if !problems.has_errors() => Ok(Scenario {
            name: raw.name.text.into(),
            description: raw.description.owned(),
            topology,
            policy,
            demands,
            studies,
            expectations,
            seed,
            output_format: output.format.owned(),
            output_file: output.file.get().map(|file| base.join(file)),
            identity: overrides::identity(&effective, &inputs),
            effective,
            inputs,
            warnings: problems,
        }),
        _ => Err(problems),
    }
}

fn check_head(raw: &RawScenario, problems: &mut Problems) {
    for (entry, key, help) in [
        (&raw.format, "format", "write `format = 1`"),
        (&raw.name, "name", "give the scenario a short name"),
        (&raw.as_of, "as_of", "give the day that counts, such as `as_of = \"2017-06-01\"`"),
    ] {
        if entry.is_blank() {
            let problem = Problem::new(code::MISSING_VALUE, format!("`{key}` is missing"));
            problems.push(Problem { place: raw.place.clone(), ..problem }.help(help));
        }
    }
    if let Some(text) = raw.format.get().filter(|&text| text != FORMAT.to_string()) {
        let message = format!("format {text} is not known to this version");
        let help = format!("this version reads format {FORMAT}; a newer one may read it");
        problems.push(raw.format.problem(code::UNKNOWN_FORMAT, message, "unknown").help(help));
    }
}

/// Reads the topology, changes it, and builds it. What names there are is known even if it cannot be built.
fn topology(raw: &mut RawScenario, base: &Path, problems: &mut Problems, inputs: &mut Vec<Input>) -> (Places, Option<Topology>) {
    let mut parts = match raw.topology.get() {
        Some(path) if !base.join(path).exists() => {
            let problem = raw.topology.problem(code::UNREADABLE, format!("no topology `{path}`"), "no such file or folder");
            problems.push(problem.help("paths count from the folder of the scenario"));
            return (Places::unknown(), None);
        }
        Some(path) => match topology::open(&reading::request(raw, base.join(path), base, problems), problems, inputs) {
            Some(parts) => parts,
            None => return (Places::unknown(), None),
        },
        None => {
            if let Some(reading) = &raw.reading {
                let problem = Problem::new(code::KEY_DOES_NOT_APPLY, "there is no topology, so there is nothing to read");
                problems.push(Problem { place: reading.place.clone(), ..problem }.help("name one, or leave this out"));
            }
            let mut parts = RawTopology::default();
            parts.head.format = FORMAT.into();
            parts.head.name = if raw.name.is_blank() { "scenario".into() } else { raw.name.clone() };
            parts.head.place.clone_from(&raw.place);
            parts
        }
    };
    demands::gather(raw, base, &mut parts, problems, inputs);
    edit::apply(std::mem::take(&mut raw.edit), &mut parts, problems);
    demands::gather_matrix(raw, base, &mut parts, problems, inputs);
    let mut places = Places::claimed(&parts);
    let built = topology::build::topology(parts, problems);
    if let Some(topology) = &built {
        places.found(topology);
    }
    (places, built)
}
