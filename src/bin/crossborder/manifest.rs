//! What a run was made from and what came out, so that anyone can repeat it and compare.
//!
//! It holds no result, only the result's digest: SHA-256 of the report's JSON without the `run` block, which neither
//! the number of threads nor the machine changes. Digests of files are those of coreutils' `sha256sum`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crossborder::file::Input;
use crossborder::report::{self, Column, Report, Run, Table};
use crossborder::scenario::Scenario;
use serde::{Deserialize, Serialize};

use crate::failure::Failure;

const SCHEMA: &str = "crossborder.manifest/1";

/// A run, in short.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct Manifest {
    pub(crate) schema: String,
    /// Version of the program.
    pub(crate) version: String,
    /// The scenario file, from the manifest's folder; `-` for standard input.
    pub(crate) scenario: String,
    /// For a scenario from standard input: where its paths count from, as seen from the manifest's folder.
    pub(crate) base: Option<String>,
    /// Overrides in the order they were given.
    pub(crate) set: Vec<String>,
    pub(crate) seed: u64,
    pub(crate) policy: String,
    pub(crate) as_of: String,
    /// Every file that was read, from the manifest's folder.
    pub(crate) inputs: Vec<Digest>,
    /// The scenario as TOML, with all overrides made.
    pub(crate) effective_scenario: String,
    /// False if an interruption left something undone.
    pub(crate) complete: bool,
    /// Digest of the result.
    pub(crate) result_sha256: String,
    pub(crate) run: RunBlock,
}

/// A file and its digest.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub(crate) struct Digest {
    pub(crate) path: String,
    pub(crate) bytes: usize,
    pub(crate) sha256: String,
}

/// What differs from run to run.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct RunBlock {
    pub(crate) threads: usize,
    pub(crate) elapsed_s: f64,
    pub(crate) host: String,
}

impl Manifest {
    /// Describes a run; paths are written from the folder of `at`, where the manifest will stand.
    pub(crate) fn new(at: &Path, path: &Path, set: &[String], scenario: &Scenario, report: &Report, run: &Run) -> Self {
        let folder = folder(at);
        let digest = |input: &Input| Digest {
            path: from(&folder, Path::new(&input.path)),
            bytes: input.bytes,
            sha256: input.sha256.clone(),
        };
        Self {
            schema: SCHEMA.to_owned(),
            version: run.version.clone(),
            scenario: from(&folder, path),
            base: (path == Path::new("-")).then(|| from(&folder, Path::new("."))),
            set: set.to_vec(),
            seed: scenario.seed,
            policy: report::route::policy(&scenario.topology, &scenario.policy),
            as_of: scenario.policy.as_of.to_string(),
            inputs: scenario.inputs.iter().map(digest).collect(),
            effective_scenario: scenario.effective.clone(),
            complete: !report.is_unfinished(),
            result_sha256: report::digest(report),
            run: RunBlock { threads: run.threads, elapsed_s: run.elapsed_s, host: run.host.clone() },
        }
    }

    /// Reads a manifest.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let text = std::fs::read_to_string(path).map_err(Failure::file(path))?;
        let wrong = |why: String| Failure::Usage(format!("{} is no manifest: {why}", path.display()), None);
        let manifest: Self = serde_json::from_str(&text).map_err(|error| wrong(error.to_string()))?;
        if manifest.schema == SCHEMA { Ok(manifest) } else { Err(wrong(format!("its schema is `{}`", manifest.schema))) }
    }

    /// The manifest as JSON.
    pub(crate) fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("a struct of texts and numbers is always JSON") + "\n"
    }

    /// Where the scenario is, for a manifest that stands at a place.
    pub(crate) fn scenario_path(&self, at: &Path) -> PathBuf {
        if self.base.is_some() { PathBuf::from("-") } else { folder(at).join(&self.scenario) }
    }

    /// Tells whether a repetition read the same and found the same; the version may differ.
    pub(crate) fn is_same(&self, again: &Self) -> bool {
        self.result_sha256 == again.result_sha256 && self.files() == again.files()
    }

    /// Every file with its digest, by path; standard input is known by the effective scenario instead.
    fn files(&self) -> BTreeMap<&str, &str> {
        let files = self.inputs.iter().filter(|input| input.path != "-");
        files.map(|input| (input.path.as_str(), input.sha256.as_str())).collect()
    }

    /// What differs between this manifest and that of a repetition, as a report.
    pub(crate) fn compare(&self, again: &Self) -> Report {
        let mut report = Report::new("verify", "Repetition of a run");
        let columns = vec![Column::text("what", "What"), Column::text("recorded", "Recorded"), Column::text("now", "Now")];
        let mut table = Table::new("differences", "What differs", columns);
        let mut compare = |what: &str, recorded: &str, now: &str| {
            if recorded != now {
                table.push(vec![what.into(), recorded.into(), now.into()]);
            }
        };
        compare("result", &self.result_sha256, &again.result_sha256);
        compare("complete", &self.complete.to_string(), &again.complete.to_string());
        compare("policy", &self.policy, &again.policy);
        compare("as of", &self.as_of, &again.as_of);
        compare("seed", &self.seed.to_string(), &again.seed.to_string());
        compare("version", &self.version, &again.version);
        let (before, now) = (self.files(), again.files());
        let paths: BTreeSet<&str> = before.keys().chain(now.keys()).copied().collect();
        for path in paths {
            compare(path, before.get(path).unwrap_or(&"not read"), now.get(path).unwrap_or(&"not read"));
        }
        report.fact("same", "Same result", self.result_sha256 == again.result_sha256);
        report.fact("inputs", "Input files", again.inputs.len());
        report.fact("result_sha256", "Result SHA-256", again.result_sha256.as_str());
        report.tables.push(table);
        report
    }
}

/// The folder that a file is in.
pub(crate) fn folder(path: &Path) -> PathBuf {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_owned()
}

/// A path as seen from a folder; as it is where that cannot be said.
fn from(folder: &Path, path: &Path) -> String {
    let (Ok(base), Ok(target)) = (folder.canonicalize(), path.canonicalize()) else { return path.display().to_string() };
    let shared = base.components().zip(target.components()).take_while(|(a, b)| a == b).count();
    let up = base.components().skip(shared).map(|_| std::path::Component::ParentDir);
    let path: PathBuf = up.chain(target.components().skip(shared)).collect();
    path.display().to_string()
}
