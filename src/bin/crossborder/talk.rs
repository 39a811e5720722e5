//! What the program says on standard error: failures and what would help, remarks.
//!
//! Where standard error takes nothing, nothing is said: that is no reason to fail, nor to panic as `eprintln!` does.

use std::io::{self, Write as _};

use crossborder::problem::render::{self, Colour};
use crossborder::report::plain;

use crate::arguments::Global;
use crate::failure::Failure;

/// Says why it could not be done.
pub(crate) fn failure(failure: &Failure, global: &Global) {
    let (message, help) = match failure {
        Failure::Input(problems, name) => {
            let colour = if has_color(global) { Colour::Styled } else { Colour::Plain };
            let _ = io::stderr().lock().write_all(render::text(problems, name, colour).as_bytes());
            return;
        }
        Failure::Usage(message, help) => (message.clone(), help.as_deref()),
        Failure::File(path, error) => (format!("{}: {}", path.display(), reason(error)), None),
        Failure::Machine(message) => (message.clone(), None),
        Failure::Stdout(error) => (format!("standard output: {}", reason(error)), None),
    };
    let error = if has_color(global) { "\x1b[1;31merror\x1b[0m" } else { "error" };
    line(&format!("{error}: {}", plain(&message)));
    if let Some(help) = help {
        line(&format!("help: {}", plain(help)));
    }
}

/// Says something in passing, unless told to be quiet.
pub(crate) fn remark(text: &str, global: &Global) {
    if !global.quiet {
        line(&plain(text));
    }
}

/// Says something that only the curious want to know.
pub(crate) fn detail(text: &str, global: &Global) {
    if global.verbose {
        line(&plain(text));
    }
}

/// Tells whether standard error is to have colour.
pub(crate) fn has_color(global: &Global) -> bool {
    match global.color.into() {
        anstream::ColorChoice::Auto => anstream::AutoStream::choice(&io::stderr()) != anstream::ColorChoice::Never,
        choice => choice == anstream::ColorChoice::Always,
    }
}

fn line(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// The system's words without Rust's number behind them.
fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    text.split_once(" (os error").map_or(text.clone(), |(words, _)| words.to_lowercase())
}
