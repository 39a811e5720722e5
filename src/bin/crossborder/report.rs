//! `report SCENARIO`: a run as one page with a map to cut, in one file that needs nothing else.

use std::path::PathBuf;

use clap::Args;
use crossborder::page::{self, Subject};
use crossborder::report::{self, Report};
use crossborder::scenario::Scenario;
use crossborder::study;

use crate::arguments::Global;
use crate::failure::{Ending, Failure};
use crate::{answer, run, work};

/// Run a scenario and show it as one page: a map whose cables can be cut, all tables, charts, what was to hold
#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// Scenario file; `-` reads one from standard input, whose paths count from here
    scenario: PathBuf,
    /// Write figures to this folder too: map and charts as SVG, loads as GeoJSON, each table as CSV
    #[arg(long, value_name = "FOLDER")]
    figures: Option<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments, global: &Global) -> Result<Ending, Failure> {
    if let Some(format) = global.format {
        let help = "`crossborder run` writes the other forms".to_owned();
        return Err(Failure::Usage(format!("a page is HTML, not {}", format.word()), Some(help)));
    }
    let scenario = run::open(&arguments.scenario, &global.set, global)?;
    if global.dry_run {
        answer::report(&study::plan(&scenario), None, &run::paths(&scenario), global)?;
        return Ok(Ending::Done);
    }
    let (report, _, interruption) = run::work(&scenario, None, global)?;
    if let Some(signal) = interruption.signal() {
        return Ok(Ending::Interrupted(signal));
    }
    let ((html, figures), _) = work::timed(global, || {
        let manifest = manifest(&arguments.scenario.display().to_string(), &scenario, &report);
        let subject = Subject::of_scenario(&scenario, &report, manifest);
        (page::html(&subject), arguments.figures.as_ref().map(|_| page::figures(&subject)).unwrap_or_default())
    })?;
    if let Some(folder) = &arguments.figures {
        std::fs::create_dir_all(folder).map_err(Failure::file(folder))?;
        for (name, content) in &figures {
            answer::to_file(&folder.join(name), content.as_bytes(), &run::paths(&scenario))?;
        }
    }
    answer::deliver(html.as_bytes(), &run::paths(&scenario), global)?;
    Ok(if report.holds() { Ending::Done } else { Ending::Failed })
}

/// What the page says it was made from.
pub(crate) fn manifest(source: &str, scenario: &Scenario, report: &Report) -> page::Manifest {
    page::Manifest {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        source: source.to_owned(),
        result_sha256: report::digest(report),
        inputs: scenario.inputs.iter().map(|input| (input.path.clone(), input.sha256.clone())).collect(),
    }
}
