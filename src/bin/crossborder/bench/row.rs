//! One row of a benchmark report: a study of a topology, run again and again on so many threads.
//!
//! It runs in a program of its own, which prints the row as one line of JSON.

use std::path::{Path, PathBuf};
use std::time::Instant;

use crossborder::parallel;
use crossborder::report::{self, Report};
use crossborder::scenario::{self, Scenario};
use crossborder::study;
use serde::{Deserialize, Serialize};

use super::machine;
use crate::arguments::{Global, Reading};
use crate::failure::{Ending, Failure};
use crate::{answer, load};

/// A study that is measured.
#[derive(Debug)]
pub(super) struct Study {
    pub(super) key: &'static str,
    /// What it does, for people.
    pub(super) what: &'static str,
    /// Its table in a scenario.
    text: &'static str,
    /// What its work is counted in.
    pub(super) unit: &'static str,
    /// The largest synthetic topology it is run on.
    pub(super) sites_max: u32,
}

/// All of them, in order of weight.
pub(super) const STUDIES: [Study; 6] = [
    Study {
        key: "routes",
        what: "the shortest lawful route of every demand, beside the physical one",
        text: "kind = \"route\"",
        unit: "demands",
        sites_max: 100_000,
    },
    Study {
        key: "load",
        what: "every demand on its shortest lawful route: the load of everything",
        text: "kind = \"capacity\"",
        unit: "demands",
        sites_max: 100_000,
    },
    Study {
        key: "outages",
        what: "every cable lost in turn, all that it touches rerouted",
        text: "kind = \"failure\"\neach = \"cable\"",
        unit: "demands rerouted",
        sites_max: 100_000,
    },
    Study {
        key: "snapshots",
        what: "sampled states of everything that may break: who is interrupted, who is cut off",
        text: "kind = \"failure\"\nsamples = 65536",
        unit: "states",
        sites_max: 3_000,
    },
    Study {
        key: "years",
        what: "years of faults and repairs, all losses by the minute",
        text: "kind = \"failure\"\nyears = 64",
        unit: "years",
        sites_max: 1_000,
    },
    Study {
        key: "optimum",
        what: "how far all demands may grow at once over any lawful routes, to within a certified hundredth",
        text: "kind = \"capacity\"\nobjective = \"concurrent\"\ngap_percent = 1",
        unit: "demands",
        sites_max: 1_000,
    },
];

/// Runs are no more than this.
const RUNS_MAX: usize = 50;
/// A median of fewer runs says little.
const RUNS_MIN: usize = 3;
/// So many budgets may be spent on the fewest runs.
const PATIENCE: f64 = 10.0;

/// What was measured.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Row {
    pub(super) study: String,
    pub(super) topology: String,
    /// Sites of a synthetic topology.
    pub(super) synthetic_sites: Option<u32>,
    pub(super) sites: usize,
    pub(super) segments: usize,
    pub(super) demands: usize,
    pub(super) threads: usize,
    /// How much was done, in the study's unit.
    pub(super) work: f64,
    /// Reading and checking the topology, once.
    pub(super) reading_s: f64,
    /// Each run, in order.
    pub(super) runs_s: Vec<f64>,
    /// Of the whole program, where the system tells.
    pub(super) peak_mib: Option<f64>,
    /// Of the result.
    pub(super) digest: String,
}

impl Row {
    /// The middle run, and the two between which the true median lies with 95 % confidence (binomial, by its normal
    /// approximation: Conover 1999, 3.2); of fewer than six runs, the fastest and the slowest.
    pub(super) fn median_s(&self) -> [f64; 3] {
        let mut runs = self.runs_s.clone();
        runs.sort_by(f64::total_cmp);
        let n = runs.len();
        let middle = (runs[(n - 1) / 2] + runs[n / 2]) / 2.0;
        #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few runs")]
        let low = ((n as f64 - 1.96 * (n as f64).sqrt()) / 2.0).max(0.0) as usize;
        [middle, runs[low], runs[n - 1 - low]]
    }

    /// In one line, for whoever waits.
    pub(super) fn told(&self) -> String {
        let Self { study, topology, threads, .. } = self;
        format!("{study} of {topology} on {threads}: {:.1} ms, {} runs", self.median_s()[0] * 1e3, self.runs_s.len())
    }
}

/// Measures a row and prints it.
pub(super) fn print(study: &str, topologies: &[PathBuf], budget: f64, global: &Global) -> Result<Ending, Failure> {
    let study = STUDIES.iter().find(|known| known.key == study);
    let (Some(study), [path]) = (study, topologies) else {
        return Err(Failure::Usage("a row is one known study of one topology".to_owned(), None));
    };
    let began = Instant::now();
    let loaded = load::topology(path, &Reading::default(), global)?;
    let reading_s = began.elapsed().as_secs_f64();
    let day = load::day(&loaded.topology, None);
    let (sites, segments) = (loaded.topology.site_count(), loaded.topology.segment_count());
    let scenario = scenario(study, path, &day.to_string())?;
    drop(loaded);
    let measured = parallel::with_threads(global.threads, || (runs(&scenario, budget), parallel::threads()));
    let ((runs_s, report), threads) = measured.map_err(Failure::Machine)?;
    let part = &report.parts[0];
    let found = ["rerouted", "samples", "simulated_years"].into_iter().find_map(|key| part.number(key));
    #[expect(clippy::cast_precision_loss, reason = "a count")]
    let row = Row {
        study: study.key.to_owned(),
        topology: String::new(),
        synthetic_sites: None,
        sites,
        segments,
        demands: scenario.demands.len(),
        threads,
        work: found.unwrap_or(scenario.demands.len() as f64),
        reading_s,
        runs_s,
        peak_mib: machine::peak_mib(),
        digest: report::digest(&report),
    };
    let line = serde_json::to_string(&row).expect("plain numbers and words");
    answer::deliver(line.as_bytes(), &[], &Global { output: None, ..global.clone() })?;
    Ok(Ending::Done)
}

fn scenario(study: &Study, path: &Path, day: &str) -> Result<Scenario, Failure> {
    let text =
        format!("format = 1\nname = \"{}\"\ntopology = {:?}\nas_of = \"{day}\"\n[[study]]\n{}\n", study.key, path, study.text);
    scenario::parse("row", text.into_bytes(), Path::new(""), &[]).map_err(|problems| Failure::Input(problems, "row".to_owned()))
}

/// Runs until the budget is spent.
fn runs(scenario: &Scenario, budget: f64) -> (Vec<f64>, Report) {
    let (mut runs, mut spent) = (Vec::new(), 0.0);
    loop {
        let began = Instant::now();
        let report = study::run(scenario, || true);
        runs.push(began.elapsed().as_secs_f64());
        spent += runs[runs.len() - 1];
        let is_enough = runs.len() >= RUNS_MIN && spent >= budget;
        if is_enough || runs.len() >= RUNS_MAX || spent >= PATIENCE * budget {
            return (runs, report);
        }
    }
}
