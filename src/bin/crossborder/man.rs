//! `man [VERB]`: the manual page of the program or of a verb, in roff.

use clap::{Args, CommandFactory as _};

use crate::answer;
use crate::arguments::Global;
use crate::failure::{Ending, Failure};

/// Print the manual page, as in `crossborder man route | man -l -`
#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// Of this verb instead of the whole program
    verb: Option<String>,
}

pub(crate) fn run(arguments: &Arguments, global: &Global) -> Result<Ending, Failure> {
    let mut program = crate::arguments::Arguments::command();
    program.build();
    let command = match &arguments.verb {
        None => program,
        Some(verb) => {
            let found = program.get_subcommands().find(|command| command.get_name() == verb).cloned();
            found.ok_or_else(|| Failure::Usage(format!("there is no verb `{verb}`"), None))?
        }
    };
    let mut page = Vec::new();
    clap_mangen::Man::new(command).render(&mut page).expect("a vector takes every write");
    answer::deliver(&page, &[], global)?;
    Ok(Ending::Done)
}
