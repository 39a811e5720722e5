//! What the program says on standard error: failures and what would help, remarks.
//!
//! Where standard error takes nothing, nothing is said: that is no reason to fail, nor to panic as `eprintln!` does.

use std::io::{self, IsTerminal as _, Write as _};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

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

/// How far a run is: one line that comes after half a second, if someone watches, and goes away again.
pub(crate) struct Progress {
    start: Instant,
    is_wanted: bool,
    of: usize,
    done: AtomicUsize,
    /// Milliseconds after the start before which the line is not written again.
    next_ms: AtomicUsize,
}

impl Progress {
    /// Begins with nothing done of so many steps.
    pub(crate) fn new(of: usize, global: &Global) -> Self {
        let is_watched = io::stderr().is_terminal() && std::env::var_os("CI").is_none();
        Self {
            start: Instant::now(),
            is_wanted: is_watched && !global.quiet,
            of,
            done: AtomicUsize::new(0),
            next_ms: AtomicUsize::new(500),
        }
    }

    /// One more step begins.
    pub(crate) fn step(&self) {
        let done = self.done.fetch_add(1, Ordering::Relaxed);
        if !self.is_wanted {
            return;
        }
        let elapsed = self.start.elapsed();
        let (ms, next) = (usize::try_from(elapsed.as_millis()).unwrap_or(usize::MAX), self.next_ms.load(Ordering::Relaxed));
        let is_mine = || self.next_ms.compare_exchange(next, ms + 100, Ordering::Relaxed, Ordering::Relaxed).is_ok();
        if ms >= next && is_mine() {
            let seconds = elapsed.as_secs_f64();
            let _ = write!(io::stderr().lock(), "\r\x1b[K{done} of {} done, {seconds:.1} s", self.of);
        }
    }

    /// Takes the line away.
    pub(crate) fn clear(&self) {
        if self.is_wanted && self.start.elapsed().as_secs_f64() >= 0.5 {
            let _ = write!(io::stderr().lock(), "\r\x1b[K");
        }
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
