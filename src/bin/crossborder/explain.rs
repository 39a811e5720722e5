//! `explain [CODE]`: the long text of an input error or a rule of law; without a code, all of them by title.

use clap::Args;
use crossborder::problem::code::{self, Explanation};
use crossborder::report::{Column, Format, Report, Table};

use crate::answer;
use crate::arguments::Global;
use crate::failure::{Ending, Failure};

/// Explain an error (E021), a warning (W003) or a rule of law (R4) at length
#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// A code as messages print it; without one, all codes with their titles
    code: Option<String>,
}

pub(crate) fn run(arguments: &Arguments, global: &Global) -> Result<Ending, Failure> {
    global.takes_no_scenario_flags()?;
    let Some(code) = &arguments.code else {
        answer::report(&all(), None, &[], global)?;
        return Ok(Ending::Done);
    };
    let help = || Some("`crossborder explain` lists all codes".to_owned());
    let explanation = code::explain(code).ok_or_else(|| Failure::Usage(format!("there is no code `{code}`"), help()))?;
    if matches!(global.format(), Format::Table | Format::Markdown) {
        let Explanation { code, title, text } = explanation;
        answer::deliver(format!("# {code}: {title}\n\n{text}\n").as_bytes(), &[], global)?;
    } else {
        answer::report(&one(explanation), None, &[], global)?;
    }
    Ok(Ending::Done)
}

fn all() -> Report {
    let mut report = Report::new("explain", "What the codes mean");
    let mut table = Table::new("codes", "Codes", vec![Column::text("code", "Code"), Column::text("title", "Title")]);
    for explanation in code::explanations() {
        table.push(vec![explanation.code.into(), explanation.title.into()]);
    }
    report.tables.push(table);
    report
}

fn one(explanation: Explanation) -> Report {
    let Explanation { code, title, text } = explanation;
    let mut report = Report::new("explain", format!("{code}: {title}"));
    let columns = vec![Column::text("code", "Code"), Column::text("title", "Title"), Column::text("text", "Text")];
    let mut table = Table::new("codes", "Codes", columns);
    table.push(vec![code.into(), title.into(), text.into()]);
    report.tables.push(table);
    report
}
