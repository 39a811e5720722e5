//! `convert IN OUT`: a topology from one format to another, and all that was dropped or guessed on the way.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use crossborder::file::Input;
use crossborder::problem::Problems;
use crossborder::report::{self, Column, Report, Table};
use crossborder::topology::enrich::{self, CapacityRow, Step};
use crossborder::topology::import::{Findings, Opened, Request};
use crossborder::topology::raw::RawTopology;
use crossborder::topology::{build, export, import};
use crossborder::{demand, file};

use crate::arguments::{Global, Reading};
use crate::failure::{Ending, Failure};
use crate::{answer, load, talk};

/// The word that asks for every step of enrichment.
const EVERY_STEP: &str = "all";

/// Convert a topology from one format to another, and say all that was dropped or guessed
#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// File or folder to read
    #[arg(value_name = "IN")]
    input: PathBuf,
    /// File or folder to write; without extension or `--to` a native folder, which every verb takes
    #[arg(value_name = "OUT")]
    out: PathBuf,
    /// Write it in this format [default: as the extension of OUT tells]
    #[arg(long, value_name = "FORMAT", value_parser = to())]
    to: Option<export::Format>,
    /// Add what a plain map leaves out, marked imputed, in this order: country, roles, domestic, borders, latency, capacity,
    /// demands; or `all`
    #[arg(long, value_name = "STEP", value_delimiter = ',', value_parser = steps())]
    enrich: Vec<String>,
    /// Table of cables' capacities for `--enrich capacity`: columns cable (id or name), design, lit
    #[arg(long, value_name = "FILE", requires = "enrich")]
    capacities: Option<PathBuf>,
    /// Write nothing and end with 2 if anything was dropped or guessed
    #[arg(long)]
    strict: bool,
    #[command(flatten)]
    reading: Reading,
}

fn to() -> impl TypedValueParser<Value = export::Format> {
    let find = |word: String| export::Format::ALL.into_iter().find(|format| format.word() == word);
    let words = PossibleValuesParser::new(export::Format::ALL.map(export::Format::word));
    words.map(move |word| find(word).expect("clap takes no word but these"))
}

fn steps() -> PossibleValuesParser {
    PossibleValuesParser::new(Step::ALL.map(Step::word).into_iter().chain([EVERY_STEP]))
}

pub(crate) fn run(arguments: &Arguments, global: &Global) -> Result<Ending, Failure> {
    global.takes_no_scenario_flags()?;
    let to = arguments.to.or_else(|| export::Format::of_path(&arguments.out)).ok_or_else(|| unknown_extension(&arguments.out))?;
    let (mut problems, mut inputs) = (Problems::new(), Vec::new());
    let shown = arguments.input.display().to_string();
    let name = arguments.out.file_stem().map(|name| name.to_string_lossy().into_owned());
    let request = Request { name, ..arguments.reading.request(&arguments.input) };
    let Some(Opened { mut raw, format, mut findings }) = import::open(&request, &mut problems, &mut inputs) else {
        return Err(Failure::Input(problems, shown));
    };
    let Some(added) = enrich(&mut raw, arguments, &mut problems, &mut inputs) else {
        return Err(Failure::Input(problems, shown));
    };
    let (files, more) = export::write(&raw, to);
    findings.extend(more);
    let mut report = Report::new("convert", format!("{shown} to {}", arguments.out.display()));
    report.fact("from", "Read as", format.word());
    report.fact("to", "Written as", to.word());
    let Some(topology) = build::topology(raw, &mut problems) else { return Err(Failure::Input(problems, shown)) };
    report.fact("territories", "Territories", topology.territories().len());
    report.fact("sites", "Sites", topology.site_count());
    report.fact("cables", "Cables", topology.cables().len());
    report.fact("segments", "Segments", topology.segment_count());
    report.fact("risk_groups", "Risk groups", topology.risk_groups().len());
    report.fact("demands", "Demands", topology.demands().len());
    report.fact("findings", "Kinds of things dropped or guessed", findings.iter().count());
    tell(&findings, global);
    if !added.is_empty() {
        report.tables.push(table_of_steps(&added));
    }
    if arguments.strict && !findings.is_empty() {
        let help = "`crossborder explain CODE` says what each means; without --strict it is written all the same".to_owned();
        return Err(Failure::Usage(format!("{shown}: something was dropped or guessed, and nothing written"), Some(help)));
    }
    let inputs: Vec<PathBuf> = inputs.into_iter().map(|input| PathBuf::from(input.path)).collect();
    if !global.dry_run {
        answer::topology(&arguments.out, to, &files, &inputs)?;
    }
    if global.format() != report::Format::Table {
        report.tables.push(table(&findings));
    }
    load::warn(&problems, &arguments.input, global);
    answer::report(&report, None, &inputs, global)?;
    Ok(Ending::Done)
}

/// Takes the steps of enrichment that were asked for; `None`, with the problems, if a table cannot be read or the claims make
/// no topology.
fn enrich(
    raw: &mut RawTopology,
    arguments: &Arguments,
    problems: &mut Problems,
    inputs: &mut Vec<Input>,
) -> Option<Vec<enrich::Added>> {
    let is_wanted = |step: &Step| arguments.enrich.iter().any(|word| word == step.word() || word == EVERY_STEP);
    let steps: BTreeSet<Step> = Step::ALL.into_iter().filter(is_wanted).collect();
    let mut capacities = Vec::new();
    if let Some(path) = &arguments.capacities {
        let file = file::read(path, problems, inputs)?;
        capacities = file::table::<CapacityRow>(file, &["cable"], &mut BTreeSet::new(), problems);
        if problems.has_errors() {
            return None;
        }
    }
    let mut added = enrich::run(raw, &steps, &capacities);
    if steps.contains(&Step::Demands) {
        added.push((Step::Demands, demand::impute(raw, problems)?));
    }
    Some(added)
}

fn table_of_steps(added: &[enrich::Added]) -> Table {
    let columns = vec![
        Column::text("step", "Step"),
        Column::number("count", "Count", 0),
        Column::text("source", "Source"),
        Column::text("rule", "What was added, by which rule"),
    ];
    let mut table = Table::new("enriched", "Added, and marked imputed", columns);
    for (step, count) in added {
        let count = u64::try_from(*count).unwrap_or(u64::MAX);
        table.push(vec![step.word().into(), count.into(), step.source().into(), step.rule().into()]);
    }
    table
}

fn unknown_extension(out: &Path) -> Failure {
    let words = export::Format::ALL.map(export::Format::word).join(", ");
    let help = format!("say `--to` one of {words}; a name without extension is a native folder");
    Failure::Usage(format!("the extension of `{}` stands for no format", out.display()), Some(help))
}

/// Says what was dropped or guessed, each kind with its count and first examples.
fn tell(findings: &Findings, global: &Global) {
    for finding in findings.iter() {
        talk::remark(&format!("{}: {} × {}", finding.kind.code, finding.count, finding.kind.what), global);
        talk::remark(&format!("      {}", finding.such_as()), global);
    }
}

fn table(findings: &Findings) -> Table {
    let columns = vec![
        Column::text("code", "Code"),
        Column::number("count", "Count", 0),
        Column::text("what", "What was found, and what was made of it"),
        Column::text("examples", "First examples"),
    ];
    let mut table = Table::new("findings", "Dropped or guessed", columns);
    for finding in findings.iter() {
        let examples = finding.examples.join("; ");
        table.push(vec![finding.kind.code.0.into(), finding.count.into(), finding.kind.what.into(), examples.into()]);
    }
    table
}
