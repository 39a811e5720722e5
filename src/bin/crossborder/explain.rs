//! `explain [CODE]`: the text of an input error or a rule of law; without a code, all of them.

use clap::Args;
use crossborder::policy::Rule;
use crossborder::report::{Column, Report, Table};

use crate::answer;
use crate::arguments::Global;
use crate::failure::{Ending, Failure};

/// Explain an error (E021) or a rule of law (R4) at length
#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// A code as messages print it; without one, all codes with their titles
    code: Option<String>,
}

pub(crate) fn run(arguments: &Arguments, global: &Global) -> Result<Ending, Failure> {
    let report = match &arguments.code {
        None => all(),
        Some(code) => one(code)?,
    };
    answer::report(&report, None, &[], global)?;
    Ok(Ending::Done)
}

fn all() -> Report {
    let mut report = Report::new("explain", "What the codes mean");
    let mut table = Table::new("rules", "Rules of law", vec![Column::text("code", "Code"), Column::text("rule", "Rule")]);
    for rule in Rule::ALL {
        table.push(vec![rule.code().into(), rule.summary().into()]);
    }
    report.tables.push(table);
    report
}

fn one(code: &str) -> Result<Report, Failure> {
    let unknown =
        || Failure::Usage(format!("there is no code `{code}`"), Some("`crossborder explain` lists all codes".to_owned()));
    let rule = Rule::from_code(&code.to_ascii_uppercase()).ok_or_else(unknown)?;
    let mut report = Report::new("explain", format!("{}: {}", rule.code(), rule.summary()));
    report.fact("code", "Code", rule.code());
    Ok(report)
}
