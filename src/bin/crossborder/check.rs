//! `check PATH...`: every problem of topologies and scenarios at once, and nothing else.

use std::path::{Path, PathBuf};

use clap::Args;
use crossborder::problem::{Problems, Severity, render};
use crossborder::report::{self, Column, Report, Table};
use crossborder::scenario;
use crossborder::topology::{self, import::Format};

use crate::answer;
use crate::arguments::{Global, Reading};
use crate::failure::{Ending, Failure};

/// Check topologies and scenarios: every problem at once, with its place and what would fix it
#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// Topologies in any format, and scenario files
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    reading: Reading,
}

pub(crate) fn run(arguments: &Arguments, global: &Global) -> Result<Ending, Failure> {
    global.takes_no_scenario_flags()?;
    let mut inputs = Vec::new();
    let checked: Vec<(String, Problems)> = arguments
        .paths
        .iter()
        .map(|path| (path.display().to_string(), problems(path, &arguments.reading, &mut inputs)))
        .collect();
    let errors: usize = checked.iter().map(|(_, problems)| problems.count(Severity::Error)).sum();
    if global.format() == report::Format::Table {
        let colour = if answer::has_color(global) { render::Colour::Styled } else { render::Colour::Plain };
        let text: String = checked.iter().map(|(name, problems)| drawn(name, problems, colour)).collect();
        answer::deliver(text.as_bytes(), &inputs, global)?;
    } else {
        answer::report(&report(&checked), None, &inputs, global)?;
    }
    Ok(if errors == 0 { Ending::Done } else { Ending::Wrong })
}

/// Everything that is wrong with what a path names.
fn problems(path: &Path, reading: &Reading, inputs: &mut Vec<PathBuf>) -> Problems {
    if path.is_file() && reading.format.is_none() && Format::of(path).is_none() {
        inputs.push(path.to_owned());
        return match scenario::load(path, &[]) {
            Ok(scenario) => {
                inputs.extend(scenario.inputs.iter().map(|input| PathBuf::from(&input.path)));
                scenario.warnings
            }
            Err(problems) => problems,
        };
    }
    let (mut problems, mut read) = (Problems::new(), Vec::new());
    let raw = topology::open(&reading.request(path), &mut problems, &mut read);
    if let Some(raw) = raw {
        topology::build::topology(raw, &mut problems);
    }
    inputs.extend(read.into_iter().map(|input| PathBuf::from(input.path)));
    problems
}

fn drawn(name: &str, problems: &Problems, colour: render::Colour) -> String {
    if problems.is_empty() { format!("{name}: nothing wrong\n") } else { render::text(problems, name, colour) }
}

fn report(checked: &[(String, Problems)]) -> Report {
    let mut report = Report::new("check", "What is wrong with the input");
    let count = |severity| checked.iter().map(|(_, problems)| problems.count(severity)).sum::<usize>();
    report.fact("paths", "Paths", checked.len());
    report.fact("errors", "Errors", count(Severity::Error));
    report.fact("warnings", "Warnings", count(Severity::Warning));
    let columns = vec![
        Column::text("code", "Code"),
        Column::text("severity", "Severity"),
        Column::text("file", "File"),
        Column::number("line", "Line", 0),
        Column::number("column", "Column", 0),
        Column::text("message", "Message"),
        Column::text("help", "Help"),
    ];
    let mut table = Table::new("problems", "Problems", columns);
    for (name, problems) in checked {
        for problem in problems.list() {
            let at = problem.place.as_ref().map(|place| problems.line_column(place));
            let file = problem.place.as_ref().map_or(name.as_str(), |place| problems.file(place.file).path.as_str());
            table.push(vec![
                problem.code.0.into(),
                problem.code.severity().word().into(),
                file.into(),
                at.map(|(line, _)| line).into(),
                at.map(|(_, column)| column).into(),
                problem.message.as_str().into(),
                problem.help.as_deref().into(),
            ]);
        }
    }
    report.tables.push(table);
    report
}
