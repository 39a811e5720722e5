//! `new`: a commented scenario to begin from, which runs as it is.

use clap::Args;

use crate::answer;
use crate::arguments::Global;
use crate::failure::{Ending, Failure};

/// What the starter says; a test runs it.
const STARTER: &str = include_str!("starter.toml");

/// Write a commented scenario to begin from, which runs as it is
#[derive(Args, Debug)]
pub(crate) struct Arguments {}

pub(crate) fn run(_: &Arguments, global: &Global) -> Result<Ending, Failure> {
    global.takes_no_scenario_flags()?;
    if let Some(path) = global.output.as_ref().filter(|path| path.is_file()) {
        let help = Some("name a new file, or remove the old one".to_owned());
        return Err(Failure::Usage(format!("`{}` exists and will not be overwritten", path.display()), help));
    }
    answer::deliver(STARTER.as_bytes(), &[], global)?;
    Ok(Ending::Done)
}
