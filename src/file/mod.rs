//! Reads text files that may be hostile, and turns TOML and CSV into values that remember where they stand.
//!
//! It knows no topology and no scenario: what a key means is said by the `record!` that the value is put into.
//! Nothing here stops at the first mistake; each goes to [`Problems`].

mod csv;
mod entry;
mod matrix;
mod record;
mod short;
mod toml;
mod write;

pub use csv::{table, unguarded};
pub use entry::{Entry, Form, Interval, List, Number, suggest, validity};
pub use matrix::{Matrix, matrix};
pub use record::{Field, Lists, Pairs, Record, Table, Tables, Value, fill, values};
pub(crate) use record::{plain, record};
pub use short::Text;
pub use toml::{document, tree};
pub use write::{cell, document_text, table_text};

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::problem::{FileId, Place, Problem, Problems, code};

/// No file may be longer than this many bytes.
pub const FILE_LIMIT: usize = 256 << 20;

/// No line may be longer than this many bytes.
pub const LINE_LIMIT: usize = 1 << 20;

/// A file as it was read, for manifests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// Path as the user would write it.
    pub path: String,
    /// How many bytes.
    pub bytes: usize,
    /// SHA-256 of the bytes, in hexadecimal.
    pub sha256: String,
}

impl Input {
    fn new(path: String, bytes: &[u8]) -> Self {
        Self { path, bytes: bytes.len(), sha256: sha256(bytes) }
    }
}

/// Reads a text file of bounded size; `None`, with the problem, if it is not one.
///
/// A byte-order mark is left out of the text. At most [`LINE_LIMIT`] bytes of a line and [`FILE_LIMIT`] of a file are
/// ever held.
pub fn read(path: &Path, problems: &mut Problems, inputs: &mut Vec<Input>) -> Option<FileId> {
    let bytes = bytes(path, LINE_LIMIT).map_err(|refusal| refusal.tell(path, problems)).ok()?;
    take(&path.display().to_string(), bytes, problems, inputs)
}

/// Reads a file in whatever encoding, with lines of any length; `None`, with the problem, if it cannot be read.
///
/// At most [`FILE_LIMIT`] bytes are ever held.
pub fn read_bytes(path: &Path, problems: &mut Problems, inputs: &mut Vec<Input>) -> Option<Vec<u8>> {
    let bytes = bytes(path, usize::MAX).map_err(|refusal| refusal.tell(path, problems)).ok()?;
    inputs.push(Input::new(path.display().to_string(), &bytes));
    Some(bytes)
}

/// Takes bytes as a text file that was read by other means, such as from standard input.
pub fn take(shown: &str, bytes: Vec<u8>, problems: &mut Problems, inputs: &mut Vec<Input>) -> Option<FileId> {
    inputs.push(Input::new(shown.to_owned(), &bytes));
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            not_utf8(shown.to_owned(), &error, problems);
            return None;
        }
    };
    let has_mark = text.starts_with('\u{feff}');
    let text = if has_mark { text['\u{feff}'.len_utf8()..].to_owned() } else { text };
    let nul = text.find('\0');
    let windows = text.match_indices('\r').map(|(at, _)| at).find(|at| text[at + 1..].starts_with('\n'));
    let file = problems.add_file(shown, text);
    let place = |start: usize, end: usize| Place::new(file, start..end);
    if has_mark {
        let problem = Problem::new(code::BYTE_ORDER_MARK, "file begins with a byte-order mark, which is left out");
        problems.push(problem.at(place(0, 0), "").help("save it as UTF-8 without a byte-order mark"));
    }
    if let Some(at) = windows {
        let problem = Problem::new(code::WINDOWS_LINES, "lines end with CR LF, which is read as LF");
        problems.push(problem.at(place(at, at), "").help("save it with Unix line endings, so that diffs stay small"));
    }
    if let Some(at) = nul {
        let problem = Problem::new(code::NUL_BYTE, format!("NUL byte at byte {at}"));
        problems.push(problem.at(place(at, at + 1), "here").help("this is no text file; save it as UTF-8 text"));
        return None;
    }
    Some(file)
}

/// The program that packed a file which begins so, and the one that unpacks it; `None` if it is not compressed.
#[must_use]
pub fn compression(beginning: &[u8]) -> Option<[&'static str; 2]> {
    match beginning {
        [0x1f, 0x8b, ..] => Some(["gzip", "gunzip"]),
        [b'P', b'K', 3, 4, ..] => Some(["zip", "unzip"]),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Some(["zstd", "unzstd"]),
        [0xfd, b'7', b'z', b'X', b'Z', ..] => Some(["xz", "unxz"]),
        [b'B', b'Z', b'h', b'1'..=b'9', ..] => Some(["bzip2", "bunzip2"]),
        _ => None,
    }
}

/// SHA-256 of some bytes, in hexadecimal.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn not_utf8(shown: String, error: &std::string::FromUtf8Error, problems: &mut Problems) {
    let bytes = error.as_bytes();
    let at = error.utf8_error().valid_up_to();
    let help = match bytes {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => "it looks like UTF-16; save it as UTF-8",
        bytes if compression(bytes).is_some() => "it is compressed; unpack it first",
        _ => "save it as UTF-8; spreadsheets call this `CSV UTF-8`",
    };
    let file = problems.add_file(shown, String::from_utf8_lossy(&bytes[..at]));
    let message = format!("not UTF-8: byte 0x{:02x} at byte {at}", bytes[at]);
    problems.push(Problem::new(code::NOT_UTF8, message).at(Place::new(file, at..at), "after this").help(help));
}

struct Refusal {
    code: crate::problem::Code,
    message: String,
    help: String,
    /// What had been read of the file, so that the place can be shown.
    before: Vec<u8>,
}

impl Refusal {
    fn new(code: crate::problem::Code, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { code, message: message.into(), help: help.into(), before: Vec::new() }
    }

    fn tell(self, path: &Path, problems: &mut Problems) {
        let Self { code, message, help, before } = self;
        let file = problems.add_file(path.display().to_string(), String::from_utf8_lossy(&before));
        let end = problems.file(file).text.len();
        problems.push(Problem::new(code, message).at(Place::new(file, end..end), "").help(help));
    }
}

fn bytes(path: &Path, line_limit: usize) -> Result<Vec<u8>, Refusal> {
    let unreadable = |error: std::io::Error| match error.kind() {
        ErrorKind::NotFound => {
            Refusal::new(code::UNREADABLE, "no such file", "check the spelling; paths count from the file that names them")
        }
        ErrorKind::PermissionDenied => Refusal::new(code::UNREADABLE, "permission denied", "make the file readable"),
        _ => Refusal::new(code::UNREADABLE, format!("cannot be read: {error}"), "check the file and its disk"),
    };
    let metadata = std::fs::metadata(path).map_err(unreadable)?;
    if metadata.is_dir() {
        return Err(Refusal::new(code::NOT_A_FILE, "is a folder, not a file", "name a file in it"));
    }
    if !metadata.is_file() {
        return Err(Refusal::new(code::NOT_A_FILE, "is a pipe or device, not a file", "give a file, or `-` for standard input"));
    }
    let too_long = || {
        let help = "split it, or leave out what the study does not need";
        Refusal::new(code::TOO_LARGE, format!("longer than {} MiB", FILE_LIMIT >> 20), help)
    };
    let length = usize::try_from(metadata.len()).ok().filter(|length| *length <= FILE_LIMIT).ok_or_else(too_long)?;
    let mut file = File::open(path).map_err(unreadable)?;
    let (mut bytes, mut line_start) = (Vec::with_capacity(length), 0);
    // No block holds a whole line that is too long: only the one that it ends, and the one that it begins, may be.
    let mut block = vec![0; 64 << 10];
    loop {
        let count = file.read(&mut block).map_err(unreadable)?;
        if count == 0 {
            return Ok(bytes);
        }
        let (old, block) = (bytes.len(), &block[..count]);
        bytes.extend_from_slice(block);
        let is_end = |byte: &u8| *byte == b'\n';
        if old + block.iter().position(is_end).unwrap_or(count) - line_start > line_limit {
            return Err(too_long_line(bytes, line_start));
        }
        if let Some(last) = block.iter().rposition(is_end) {
            line_start = old + last + 1;
        }
        if bytes.len() > FILE_LIMIT {
            return Err(too_long());
        }
    }
}

fn too_long_line(mut before: Vec<u8>, line_start: usize) -> Refusal {
    before.truncate(line_start);
    let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
    let message = format!("line {line} is longer than {} KiB", LINE_LIMIT >> 10);
    let help = "check that it is a topology or scenario file, and that quotes and line ends are where they should be";
    Refusal { before, ..Refusal::new(code::TOO_LARGE, message, help) }
}
