//! What is wrong with an input: a stable code, the place to the character, the value, and what would fix it.
//!
//! Readers and checks collect problems and go on, so that a user sees all of them at once. How a problem is drawn
//! (underlines, colour) is in [`render`]; what each code means at length is in [`code`].

pub mod code;
pub mod render;

use std::num::NonZeroU32;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

pub use code::{Code, Severity};

/// Position of a file in [`Problems`], counted from 1 so that no place takes no more room than a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FileId(NonZeroU32);

/// A stretch of bytes in a file that was read; small, for every value of a topology has one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Which file.
    pub file: FileId,
    /// From which byte to before which byte.
    pub span: Range<u32>,
}

impl Place {
    /// The place of some bytes of a file.
    ///
    /// # Panics
    /// If a byte is past 4 GiB; no file that is read is so long.
    #[must_use]
    pub fn new(file: FileId, bytes: Range<usize>) -> Self {
        let short = |byte| u32::try_from(byte).expect("files are far shorter than 4 GiB");
        Self { file, span: short(bytes.start)..short(bytes.end) }
    }

    /// From which byte to before which byte.
    #[must_use]
    pub const fn bytes(&self) -> Range<usize> {
        self.span.start as usize..self.span.end as usize
    }
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Stable code, such as `E021`.
    pub code: Code,
    /// What is wrong, naming the value; lower case, no full stop.
    pub message: String,
    /// Where; `None` if it is nowhere in particular (a missing file).
    pub place: Option<Place>,
    /// Short words under the underline.
    pub label: String,
    /// Other places that belong to it, with short words.
    pub also: Vec<(Place, String)>,
    /// What would fix it.
    pub help: Option<String>,
}

impl Problem {
    /// A problem with nothing but its message.
    #[must_use]
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), place: None, label: String::new(), also: Vec::new(), help: None }
    }

    /// Says where, with short words for under the underline.
    #[must_use]
    pub fn at(mut self, place: Place, label: impl Into<String>) -> Self {
        self.place = Some(place);
        self.label = label.into();
        self
    }

    /// Points to another place that belongs to it.
    #[must_use]
    pub fn and(mut self, place: Place, label: impl Into<String>) -> Self {
        self.also.push((place, label.into()));
        self
    }

    /// Says what would fix it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// A file that was read, kept so that problems can show its lines.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// Path as the user would write it.
    pub path: String,
    /// Its text; empty if it could not be read.
    pub text: Arc<str>,
    /// Byte at which each line begins, once anybody asks.
    lines: OnceLock<Vec<usize>>,
}

impl SourceFile {
    fn lines(&self) -> &[usize] {
        self.lines.get_or_init(|| std::iter::once(0).chain(self.text.match_indices('\n').map(|(i, _)| i + 1)).collect())
    }

    /// Zero-based number of the line that holds a byte.
    fn line_of(&self, byte: usize) -> usize {
        self.lines().partition_point(|&start| start <= byte) - 1
    }

    /// Bytes of a line (zero-based), its end of line left out.
    fn line_range(&self, line: usize) -> Range<usize> {
        let start = self.lines()[line];
        let end = self.lines().get(line + 1).map_or(self.text.len(), |&next| next - 1);
        let text = &self.text[start..end];
        start..start + text.strip_suffix('\r').unwrap_or(text).len()
    }
}

/// Everything wrong with an input so far, and the files it was found in.
#[derive(Clone, Debug, Default)]
pub struct Problems {
    files: Vec<SourceFile>,
    list: Vec<Problem>,
}

impl Problems {
    /// Nothing wrong yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Remembers a file's text, so that places can point into it.
    pub fn add_file(&mut self, path: impl Into<String>, text: impl Into<Arc<str>>) -> FileId {
        self.files.push(SourceFile { path: path.into(), text: text.into(), lines: OnceLock::new() });
        let count = u32::try_from(self.files.len()).ok().and_then(NonZeroU32::new);
        FileId(count.expect("one was added, and there are fewer than 2^32"))
    }

    /// Adds a problem.
    pub fn push(&mut self, problem: Problem) {
        self.list.push(problem);
    }

    /// A file that was read.
    #[must_use]
    pub fn file(&self, file: FileId) -> &SourceFile {
        &self.files[file.0.get() as usize - 1]
    }

    /// Tells whether nothing is wrong, not even a warning.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Tells whether anything is wrong that forbids to go on.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.list.iter().any(|problem| problem.code.severity() == Severity::Error)
    }

    /// How many problems have this severity.
    #[must_use]
    pub fn count(&self, severity: Severity) -> usize {
        self.list.iter().filter(|problem| problem.code.severity() == severity).count()
    }

    /// All problems, in the order they were found, or in the files' order after [`Problems::sort`].
    #[must_use]
    pub fn list(&self) -> &[Problem] {
        &self.list
    }

    /// Orders problems by file and place, stable; those without a place come first.
    pub fn sort(&mut self) {
        self.list.sort_by_key(|problem| problem.place.as_ref().map(|place| (place.file, place.span.start)));
    }

    /// One-based line and column (in characters) of a place's first byte.
    #[must_use]
    pub fn line_column(&self, place: &Place) -> (usize, usize) {
        let file = self.file(place.file);
        let start = place.bytes().start;
        let line = file.line_of(start);
        (line + 1, file.text[file.lines()[line]..start].chars().count() + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_and_lines_from_one() {
        let mut problems = Problems::new();
        let file = problems.add_file("x", "é,b\r\nüü,d");
        let place = |start| Place::new(file, start..start);
        assert_eq!(problems.line_column(&place(0)), (1, 1));
        assert_eq!(problems.line_column(&place(3)), (1, 3));
        assert_eq!(problems.line_column(&place(11)), (2, 4));
        assert_eq!(problems.file(file).line_range(0), 0..4);
    }
}
