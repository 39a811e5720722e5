//! How the program ends: the exit codes, and why it could not do what was asked.
//!
//! It prints nothing; [`crate::talk`] does.

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crossborder::problem::Problems;

/// How it ended when something was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// 0: it ran, and every expectation held.
    Done,
    /// 1: it ran, and an expectation failed or a repetition differs.
    Failed,
    /// 2: the input or the usage is wrong.
    Wrong,
    /// 3: a file, the disk or the machine gave out.
    Unable,
    /// 128 + the signal: interrupted, and what was done is kept.
    Interrupted(u8),
}

impl From<Ending> for ExitCode {
    fn from(ending: Ending) -> Self {
        Self::from(match ending {
            Ending::Done => 0,
            Ending::Wrong => 2,
            Ending::Failed => 1,
            Ending::Unable => 3,
            Ending::Interrupted(signal) => 128 + signal,
        })
    }
}

/// Why it could not do what was asked.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The usage is wrong; one sentence, and what would be right.
    Usage(String, Option<String>),
    /// The input is wrong: everything that is, and what was read.
    Input(Problems, String),
    /// A file, the disk or the machine gave out.
    File(PathBuf, io::Error),
    /// Standard output took no more, other than by a closed pipe.
    Stdout(io::Error),
    /// The machine gave out, in one sentence.
    Machine(String),
}

impl Failure {
    pub(crate) fn file(path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |error| Self::File(path.to_owned(), error)
    }

    pub(crate) fn ending(&self) -> Ending {
        match self {
            Self::Usage(..) | Self::Input(..) => Ending::Wrong,
            Self::File(..) | Self::Stdout(_) | Self::Machine(_) => Ending::Unable,
        }
    }
}
