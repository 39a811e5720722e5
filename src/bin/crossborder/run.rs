//! `run SCENARIO`: every study of a scenario, what was to hold, and a manifest to repeat it by.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use clap::Args;
use crossborder::file::FILE_LIMIT;
use crossborder::problem::Problems;
use crossborder::report::{Format, Report, Run};
use crossborder::scenario::{self, Scenario};
use crossborder::study;

use crate::arguments::Global;
use crate::checkpoint::{Checkpoint, Mode};
use crate::failure::{Ending, Failure};
use crate::manifest::{self, Manifest};
use crate::signals::Interruption;
use crate::{answer, load, talk, work};

/// Run a scenario: its studies, and what is to hold
#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// Scenario file; `-` reads one from standard input, whose paths count from here
    #[arg(required_unless_present = "verify")]
    scenario: Option<PathBuf>,
    /// Write a manifest of the run to this file [default with -o FILE: FILE.manifest.json]
    #[arg(long, value_name = "FILE")]
    manifest: Option<PathBuf>,
    /// Write the scenario's demands to this file too, generated, grown and scaled as they are, as a table of demands
    #[arg(long, value_name = "FILE", conflicts_with = "verify")]
    write_demands: Option<PathBuf>,
    /// Repeat the run of a manifest and compare; ends with 1 if the result or an input differs
    #[arg(long, value_name = "MANIFEST", conflicts_with_all = ["scenario", "manifest", "set", "seed"])]
    verify: Option<PathBuf>,
    /// Keep what long studies have come to in this file, so that a run can be stopped at any moment and go on
    #[arg(long, value_name = "FILE", conflicts_with = "verify")]
    checkpoint: Option<PathBuf>,
    /// Go on from the checkpoint to the result of an unbroken run; begin it if there is none
    #[arg(long, requires = "checkpoint")]
    resume: bool,
}

pub(crate) fn run(arguments: &Arguments, global: &Global) -> Result<Ending, Failure> {
    if let Some(path) = &arguments.verify {
        return verify(path, global);
    }
    let path = arguments.scenario.as_deref().expect("clap asks for a scenario unless it verifies");
    let scenario = open(path, &global.set, global)?;
    let global = &wanted(&scenario, global);
    if global.dry_run {
        answer::report(&study::plan(&scenario), None, &paths(&scenario), global)?;
        return Ok(Ending::Done);
    }
    let mode = if arguments.resume { Mode::Resume } else { Mode::Begin };
    let checkpoint = arguments.checkpoint.as_deref().map(|path| Checkpoint::open(path, mode, &scenario)).transpose()?;
    let (report, run, interruption) = work(&scenario, checkpoint, global)?;
    if let Some(path) = &arguments.write_demands {
        answer::demands(path, &scenario.topology, &scenario.demands, &paths(&scenario), global)?;
    }
    answer::report(&report, Some(&run), &paths(&scenario), global)?;
    if let (Some(_), Some(path)) = (interruption.signal(), &arguments.checkpoint) {
        talk::remark(&format!("interrupted; `--checkpoint {} --resume` goes on", path.display()), global);
    }
    let beside = || Some(PathBuf::from(format!("{}.manifest.json", global.output.as_ref()?.display())));
    if let Some(at) = arguments.manifest.clone().or_else(beside) {
        if global.output.as_ref() == Some(&at) {
            return Err(Failure::Usage("the answer and its manifest cannot be one file".to_owned(), None));
        }
        let manifest = Manifest::new(&at, path, &assignments(&global.set, global), &scenario, &report, &run);
        answer::to_file(&at, manifest.to_json().as_bytes(), &paths(&scenario))?;
        talk::detail(&format!("manifest in {}", at.display()), global);
    }
    Ok(match interruption.signal() {
        Some(signal) => Ending::Interrupted(signal),
        None if report.holds() => Ending::Done,
        None => Ending::Failed,
    })
}

fn verify(at: &Path, global: &Global) -> Result<Ending, Failure> {
    let recorded = Manifest::read(at)?;
    let path = recorded.scenario_path(at);
    let scenario = match &recorded.base {
        Some(base) => parse(recorded.effective_scenario.clone().into_bytes(), &manifest::folder(at).join(base), &[])?,
        None => open(&path, &recorded.set, global)?,
    };
    let (report, run, interruption) = work(&scenario, None, global)?;
    if let Some(signal) = interruption.signal() {
        return Ok(Ending::Interrupted(signal));
    }
    let again = Manifest::new(at, &path, &recorded.set, &scenario, &report, &run);
    let comparison = recorded.compare(&again);
    let mut inputs = paths(&scenario);
    inputs.push(at.to_owned());
    answer::report(&comparison, None, &inputs, global)?;
    Ok(if recorded.is_same(&again) { Ending::Done } else { Ending::Failed })
}

/// Reads a scenario with the overrides that were given.
pub(crate) fn open(path: &Path, set: &[String], global: &Global) -> Result<Scenario, Failure> {
    let set = assignments(set, global);
    let overrides = set.iter().map(|assignment| split(assignment)).collect::<Result<Vec<_>, _>>()?;
    let scenario = if path == Path::new("-") {
        let mut bytes = Vec::new();
        let limit = FILE_LIMIT as u64 + 1;
        std::io::stdin().lock().take(limit).read_to_end(&mut bytes).map_err(Failure::file(path))?;
        parse(bytes, Path::new(""), &overrides)?
    } else {
        scenario::load(path, &overrides).map_err(|problems| wrong(problems, path))?
    };
    load::warn(&scenario.warnings, path, global);
    Ok(scenario)
}

fn parse(bytes: Vec<u8>, base: &Path, overrides: &[(String, String)]) -> Result<Scenario, Failure> {
    scenario::parse("-", bytes, base, overrides).map_err(|problems| wrong(problems, Path::new("-")))
}

fn wrong(problems: Problems, path: &Path) -> Failure {
    Failure::Input(problems, path.display().to_string())
}

/// The overrides with the seed among them.
fn assignments(set: &[String], global: &Global) -> Vec<String> {
    set.iter().cloned().chain(global.seed.map(|seed| format!("seed={seed}"))).collect()
}

fn split(assignment: &str) -> Result<(String, String), Failure> {
    let help = || Some("write `--set KEY=VALUE`, such as `--set policy.profile=physical`".to_owned());
    let parts = assignment.split_once('=').map(|(key, value)| (key.trim().to_owned(), value.trim().to_owned()));
    parts.ok_or_else(|| Failure::Usage(format!("`--set {assignment}` sets nothing"), help()))
}

/// The flags with what the scenario says where the command line says nothing.
fn wanted(scenario: &Scenario, global: &Global) -> Global {
    let format = scenario.output_format.as_deref();
    let format = format.and_then(|word| Format::ALL.into_iter().find(|format| format.word() == word));
    let output = scenario.output_file.clone();
    Global { format: global.format.or(format), output: global.output.clone().or(output), ..global.clone() }
}

pub(crate) fn paths(scenario: &Scenario) -> Vec<PathBuf> {
    scenario.inputs.iter().map(|input| PathBuf::from(&input.path)).collect()
}

/// Computes it on the threads that were asked for; Ctrl-C stops it before the next step.
pub(crate) fn work(
    scenario: &Scenario,
    checkpoint: Option<Checkpoint>,
    global: &Global,
) -> Result<(Report, Run, Interruption), Failure> {
    let interruption = Interruption::arm();
    let progress = talk::Progress::new(study::steps(scenario), global);
    let goes_on = || {
        progress.step();
        interruption.signal().is_none()
    };
    let result = work::timed(global, || match checkpoint {
        Some(mut checkpoint) => checkpoint.run(scenario, goes_on),
        None => Ok(study::run(scenario, goes_on)),
    });
    progress.clear();
    let (report, run) = result?;
    Ok((report?, run, interruption))
}
