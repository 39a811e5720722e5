//! `schema [FILE]`: the JSON Schema of scenarios or of `topology.toml`, for editors that complete and check.

use clap::{Args, ValueEnum};
use crossborder::{scenario, topology};

use crate::answer;
use crate::arguments::Global;
use crate::failure::{Ending, Failure};

/// Print the JSON Schema of a file format
#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// Of which file
    #[arg(default_value = "scenario")]
    of: Of,
}

/// Which file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Of {
    /// A scenario
    Scenario,
    /// A topology's `topology.toml`
    Topology,
}

pub(crate) fn run(arguments: &Arguments, global: &Global) -> Result<Ending, Failure> {
    let schema = match arguments.of {
        Of::Scenario => scenario::schema(),
        Of::Topology => topology::schema::schema(),
    };
    let text = serde_json::to_string_pretty(&schema).expect("a JSON value is always JSON");
    answer::deliver(format!("{text}\n").as_bytes(), &[], global)?;
    Ok(Ending::Done)
}
