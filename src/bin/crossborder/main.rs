//! The program: arguments in, the answer on standard output, talk on standard error, one exit code.
//!
//! It decides nothing about networks: each verb reads its arguments, calls the library, and hands a report to
//! [`answer`]. Nothing here panics on what a user, a disk or a pipe may do.

mod answer;
mod arguments;
mod bench;
mod capacity;
mod check;
mod checkpoint;
mod completions;
mod convert;
mod cut;
mod explain;
mod failure;
mod load;
mod man;
mod manifest;
mod new;
mod report;
mod route;
mod run;
mod schema;
#[cfg(feature = "serve")]
mod serve;
mod show;
mod signals;
mod talk;
mod work;

use std::process::ExitCode;

use clap::Parser;

use arguments::{Arguments, Global, Verb};
use failure::{Ending, Failure};

fn main() -> ExitCode {
    signals::prepare();
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(message) => return usage(&message).into(),
    };
    let global = &arguments.global;
    let ending = perform(&arguments.verb, global).unwrap_or_else(|failure| {
        talk::failure(&failure, global);
        failure.ending()
    });
    ending.into()
}

fn perform(verb: &Verb, global: &Global) -> Result<Ending, Failure> {
    match verb {
        Verb::Run(arguments) => run::run(arguments, global),
        Verb::Report(arguments) => report::run(arguments, global),
        #[cfg(feature = "serve")]
        Verb::Serve(arguments) => serve::run(arguments, global),
        Verb::Route(arguments) => route::run(arguments, global),
        Verb::Capacity(arguments) => capacity::run(arguments, global),
        Verb::Cut(arguments) => cut::run(arguments, global),
        Verb::Check(arguments) => check::run(arguments, global),
        Verb::Show(arguments) => show::run(arguments, global),
        Verb::Convert(arguments) => convert::run(arguments, global),
        Verb::Explain(arguments) => explain::run(arguments, global),
        Verb::New(arguments) => new::run(arguments, global),
        Verb::Bench(arguments) => bench::run(arguments, global),
        Verb::Schema(arguments) => schema::run(arguments, global),
        Verb::Completions(arguments) => completions::run(arguments, global),
        Verb::Man(arguments) => man::run(arguments, global),
    }
}

/// Prints clap's message: help and version are answers, the rest is wrong usage.
fn usage(message: &clap::Error) -> Ending {
    let printed = message.print();
    match (message.use_stderr(), printed) {
        (true, _) => Ending::Wrong,
        (false, Err(error)) if error.kind() != std::io::ErrorKind::BrokenPipe => Ending::Unable,
        (false, _) => Ending::Done,
    }
}
