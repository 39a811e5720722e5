//! A checkpoint file: begun anew or gone on with, whole lines at its end, made durable every second.
//!
//! What the lines say is the library's. A kill loses what was simulated since the last line, at most one round of blocks;
//! a power failure, the last second before that, too.

use std::fs::{File, OpenOptions};
use std::io::{self, BufReader, Seek, SeekFrom, Write as _};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crossborder::failure::checkpoint::{Keeper, Refusal};
use crossborder::report::Report;
use crossborder::scenario::Scenario;
use crossborder::study;

use crate::failure::Failure;

/// How often lines are made durable.
const INTERVAL: Duration = Duration::from_secs(1);

/// Whether a checkpoint is begun or gone on with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// There is to be none yet.
    Begin,
    /// Goes on with it, if there is one.
    Resume,
}

/// An open checkpoint.
pub(crate) struct Checkpoint {
    path: PathBuf,
    file: File,
    mode: Mode,
}

/// What lines are written to.
struct Lines<'a> {
    file: &'a File,
    synced: Instant,
    /// Why no more could be written.
    error: Option<io::Error>,
}

impl Checkpoint {
    /// Opens it; the scenario has to have something that is kept.
    pub(crate) fn open(path: &Path, mode: Mode, scenario: &Scenario) -> Result<Self, Failure> {
        if study::parts(scenario).is_empty() {
            let help = "only failure studies of outages, `years` or `samples` are kept";
            return Err(Failure::Usage("no study of this scenario can be kept in a checkpoint".into(), Some(help.into())));
        }
        let mut options = OpenOptions::new();
        options.read(true).write(true);
        let options = if mode == Mode::Begin { options.create_new(true) } else { options.create(true).truncate(false) };
        match options.open(path) {
            Ok(file) => Ok(Self { path: path.to_owned(), file, mode }),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                let help = "go on with it by `--resume`, or remove it";
                Err(Failure::Usage(format!("the checkpoint `{}` is there already", path.display()), Some(help.into())))
            }
            Err(error) => Err(Failure::File(path.to_owned(), error)),
        }
    }

    /// Runs the scenario, keeping what its studies come to.
    pub(crate) fn run(&mut self, scenario: &Scenario, goes_on: impl Fn() -> bool + Sync) -> Result<Report, Failure> {
        let parts = study::parts(scenario);
        let mut lines = Lines { file: &self.file, synced: Instant::now(), error: None };
        let mut write = |line: &str| lines.write(line);
        let report = match self.mode {
            Mode::Begin => study::run_kept(scenario, goes_on, &mut Keeper::new(parts, &mut write)),
            Mode::Resume => {
                let resumed = Keeper::resume(parts, &mut BufReader::new(&self.file), &mut write);
                let (mut keeper, good_bytes) = resumed.map_err(|refusal| self.refused(refusal))?;
                self.cut(good_bytes).map_err(Failure::file(&self.path))?;
                study::run_kept(scenario, goes_on, &mut keeper)
            }
        };
        match lines.error.map_or_else(|| self.file.sync_all(), Err) {
            Ok(()) => Ok(report),
            Err(error) => Err(Failure::File(self.path.clone(), error)),
        }
    }

    /// Cuts off what is torn, and goes on behind the rest.
    fn cut(&self, good_bytes: u64) -> io::Result<()> {
        self.file.set_len(good_bytes)?;
        (&self.file).seek(SeekFrom::Start(good_bytes)).map(drop)
    }

    fn refused(&self, refusal: Refusal) -> Failure {
        match refusal {
            Refusal::Io(error) => Failure::File(self.path.clone(), error),
            refusal => {
                let help = "remove it or name another file to begin anew";
                Failure::Usage(format!("{}: {refusal}", self.path.display()), Some(help.to_owned()))
            }
        }
    }
}

impl Lines<'_> {
    fn write(&mut self, line: &str) -> ControlFlow<()> {
        let written = self.file.write_all(line.as_bytes()).and_then(|()| {
            if self.synced.elapsed() >= INTERVAL {
                self.synced = Instant::now();
                self.file.sync_data()?;
            }
            Ok(())
        });
        match written {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                self.error.get_or_insert(error);
                ControlFlow::Break(())
            }
        }
    }
}
