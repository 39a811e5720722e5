//! Where the answer goes: standard output, or a file that is there whole or not at all.
//!
//! An answer is made in memory first, so an interruption never leaves half of one. A pipe that the reader closed is
//! no error: who reads `| head` has what they wanted.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use crossborder::demand::{self, Request};
use crossborder::report::{self, Column, Format, Report, Run, Style, Table, Value};
use crossborder::topology::{Topology, export};

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

/// Writes requests as a table of demands, which a topology or a scenario reads as the same.
pub(crate) fn demands(
    path: &Path,
    topology: &Topology,
    requests: &[Request],
    inputs: &[PathBuf],
    global: &Global,
) -> Result<(), Failure> {
    if global.output.as_deref() == Some(path) {
        return Err(Failure::Usage("the answer and its demands cannot be one file".to_owned(), None));
    }
    let mut table = Table::new("demands", "Demands", demand::COLUMNS.map(|column| Column::text(column, column)).to_vec());
    for row in demand::rows(topology, requests) {
        table.push(row.map(Value::from).to_vec());
    }
    let report = Report { tables: vec![table], ..Report::new("demands", "Demands") };
    let mut bytes = Vec::new();
    report::write(&report, None, Format::Csv, Style::default(), &mut bytes).expect("a vector takes every write");
    to_file(path, &bytes, inputs)
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

/// Writes a folder beside its final place and renames it. One that is there is replaced only if it holds nothing but such
/// files, and none of the inputs.
fn to_folder(path: &Path, files: &[(&str, &str)], inputs: &[PathBuf]) -> Result<(), Failure> {
    let is_there = fs::symlink_metadata(path).is_ok();
    if is_there {
        may_go(path, files, inputs)?;
    }
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    replace_folder(&target, files, is_there).map_err(Failure::file(path))
}

/// Writes a topology's files: a folder, or the one file of its format; whole or not at all.
pub(crate) fn topology(out: &Path, to: export::Format, files: &[export::File], inputs: &[PathBuf]) -> Result<(), Failure> {
    if to.is_folder() {
        let files: Vec<(&str, &str)> = files.iter().map(|file| (file.name, file.text.as_str())).collect();
        return to_folder(out, &files, inputs);
    }
    files.iter().try_for_each(|file| to_file(out, file.text.as_bytes(), inputs))
}

/// Refuses to replace a folder that holds anything else.
fn may_go(path: &Path, files: &[(&str, &str)], inputs: &[PathBuf]) -> Result<(), Failure> {
    let refuse = |what: String| Failure::Usage(what, Some("name a new folder".to_owned()));
    if !path.is_dir() {
        return Err(refuse(format!("`{}` is a file, and a folder is to be written", path.display())));
    }
    let here = fs::canonicalize(path).map_err(Failure::file(path))?;
    if inputs.iter().any(|input| fs::canonicalize(input).is_ok_and(|input| input.starts_with(&here))) {
        return Err(refuse(format!("`{}` holds the input and will not be overwritten", path.display())));
    }
    for entry in fs::read_dir(path).map_err(Failure::file(path))? {
        let name = entry.map_err(Failure::file(path))?.file_name();
        let is_ours = files.iter().any(|(file, _)| name == *file) || name == "demands.csv";
        if !is_ours {
            let name = name.to_string_lossy().into_owned();
            return Err(refuse(format!("`{}` holds `{name}`, which is no part of a topology", path.display())));
        }
    }
    Ok(())
}

fn replace_folder(target: &Path, files: &[(&str, &str)], is_there: bool) -> io::Result<()> {
    let parent = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let new = temporary_folder(parent)?;
    for (name, text) in files {
        let mut file = File::create_new(new.path().join(name))?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
    }
    if is_there {
        let old = temporary_folder(parent)?;
        let aside = old.path().join("old");
        fs::rename(target, &aside)?;
        if let Err(error) = fs::rename(new.path(), target) {
            fs::rename(&aside, target)?;
            return Err(error);
        }
    } else {
        fs::rename(new.path(), target)?;
    }
    // It has its name now, and shall stay.
    let _ = new.keep();
    if let Ok(folder) = File::open(parent) {
        folder.sync_all()?;
    }
    Ok(())
}

/// A hidden folder that goes away unless it is kept.
#[cfg(unix)]
fn temporary_folder(parent: &Path) -> io::Result<tempfile::TempDir> {
    let permissions = std::os::unix::fs::PermissionsExt::from_mode(0o777);
    tempfile::Builder::new().prefix(".crossborder-").permissions(permissions).tempdir_in(parent)
}

/// A hidden folder that goes away unless it is kept.
#[cfg(not(unix))]
fn temporary_folder(parent: &Path) -> io::Result<tempfile::TempDir> {
    tempfile::Builder::new().prefix(".crossborder-").tempdir_in(parent)
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
