//! Where the answer goes: standard output, or a file that is there whole or not at all.
//!
//! An answer is made in memory first, so an interruption never leaves half of one. A pipe that the reader closed is
//! no error: who reads `| head` has what they wanted.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use crossborder::report::{self, Format, Report, Run, Style};

use crate::arguments::Global;
use crate::failure::Failure;

/// Delivers a report in the form and to the place that were asked for.
///
/// `inputs` are the files it was made from: none of them is ever overwritten.
pub(crate) fn report(report: &Report, run: Option<&Run>, inputs: &[PathBuf], global: &Global) -> Result<(), Failure> {
    let mut bytes = Vec::new();
    report::write(report, run, global.format(), style(global), &mut bytes).expect("a vector takes every write");
    deliver(&bytes, inputs, global)
}

/// Delivers bytes to the place that was asked for.
pub(crate) fn deliver(bytes: &[u8], inputs: &[PathBuf], global: &Global) -> Result<(), Failure> {
    match &global.output {
        Some(path) => to_file(path, bytes, inputs),
        None => to_stdout(bytes),
    }
}

fn style(global: &Global) -> Style {
    if global.output.is_some() || global.format() != Format::Table {
        return Style::default();
    }
    let width = terminal_size::terminal_size_of(io::stdout()).map(|(width, _)| usize::from(width.0).max(1));
    Style { width, has_color: has_color(global) }
}

/// Tells whether the answer is to have colour; a file never has.
pub(crate) fn has_color(global: &Global) -> bool {
    global.output.is_none()
        && match global.color.into() {
            anstream::ColorChoice::Auto => anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never,
            choice => choice == anstream::ColorChoice::Always,
        }
}

fn to_stdout(bytes: &[u8]) -> Result<(), Failure> {
    let mut out = BufWriter::new(io::stdout().lock());
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::Stdout(error)),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Writes a file beside its final place, makes it durable, and renames it; a link keeps pointing where it does.
///
/// What is no regular file (a device, a named pipe) is written to directly.
pub(crate) fn to_file(path: &Path, bytes: &[u8], inputs: &[PathBuf]) -> Result<(), Failure> {
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    if inputs.iter().any(|input| fs::canonicalize(input).is_ok_and(|input| input == target)) {
        let help = "name another file with -o";
        return Err(Failure::Usage(format!("`{}` is an input and will not be overwritten", path.display()), Some(help.into())));
    }
    match fs::metadata(&target) {
        Ok(existing) if existing.is_dir() => {
            Err(Failure::File(path.to_owned(), io::Error::new(io::ErrorKind::IsADirectory, "is a folder, not a file")))
        }
        Ok(existing) if !existing.is_file() => into_device(&target, bytes).map_err(Failure::file(path)),
        Ok(existing) => replace(&target, bytes, Some(existing.permissions())).map_err(Failure::file(path)),
        Err(_) => replace(&target, bytes, None).map_err(Failure::file(path)),
    }
}

fn into_device(path: &Path, bytes: &[u8]) -> io::Result<()> {
    match File::options().write(true).open(path)?.write_all(bytes) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}

fn replace(target: &Path, bytes: &[u8], permissions: Option<fs::Permissions>) -> io::Result<()> {
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = temporary(folder, permissions)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(target).map_err(|error| error.error)?;
    // The name is durable only once its folder is; not every system lets a folder be opened.
    if let Ok(folder) = File::open(folder) {
        folder.sync_all()?;
    }
    Ok(())
}

/// A hidden file that goes away unless it is renamed. It may be read by whom the old one could, or the user's mask lets.
#[cfg(unix)]
fn temporary(folder: &Path, permissions: Option<fs::Permissions>) -> io::Result<tempfile::NamedTempFile> {
    let permissions = permissions.unwrap_or_else(|| std::os::unix::fs::PermissionsExt::from_mode(0o666));
    tempfile::Builder::new().prefix(".crossborder-").permissions(permissions).tempfile_in(folder)
}

/// A hidden file that goes away unless it is renamed.
#[cfg(not(unix))]
fn temporary(folder: &Path, _: Option<fs::Permissions>) -> io::Result<tempfile::NamedTempFile> {
    tempfile::Builder::new().prefix(".crossborder-").tempfile_in(folder)
}
