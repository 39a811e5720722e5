//! `completions SHELL`: what makes a shell complete the verbs and flags.

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use crate::answer;
use crate::arguments::Global;
use crate::failure::{Ending, Failure};

/// Print a completion script for a shell
#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// Which shell
    shell: Shell,
}

pub(crate) fn run(arguments: &Arguments, global: &Global) -> Result<Ending, Failure> {
    let mut script = Vec::new();
    let mut command = crate::arguments::Arguments::command();
    clap_complete::generate(arguments.shell, &mut command, "crossborder", &mut script);
    answer::deliver(&script, &[], global)?;
    Ok(Ending::Done)
}
