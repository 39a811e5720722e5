//! What is wrong with an input: a stable code, the place to the character, the value, and what would fix it.
//!
//! Readers and checks collect problems and go on, so that a user sees all of them at once. How a problem is drawn
//! (underlines, colour) is in [`render`]; what each code means at length is in [`code`].

pub mod code;
pub mod render;

use std::ops::Range;

pub use code::Code;

/// Position of a file in [`Problems`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FileId(usize);

/// A stretch of bytes in a file that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Which file.
    pub file: FileId,
    /// From which byte to before which byte.
    pub span: Range<usize>,
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
    /// Its text.
    pub text: String,
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
    pub fn add_file(&mut self, path: impl Into<String>, text: impl Into<String>) -> FileId {
        self.files.push(SourceFile { path: path.into(), text: text.into() });
        FileId(self.files.len() - 1)
    }

    /// Adds a problem.
    pub fn push(&mut self, problem: Problem) {
        self.list.push(problem);
    }

    /// A file that was read.
    #[must_use]
    pub fn file(&self, file: FileId) -> &SourceFile {
        &self.files[file.0]
    }

    /// Tells whether nothing is wrong.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// All problems, in the order they were found.
    #[must_use]
    pub fn list(&self) -> &[Problem] {
        &self.list
    }

    /// One-based line and column (in characters) of a place's first byte.
    #[must_use]
    pub fn line_column(&self, place: &Place) -> (usize, usize) {
        let before = &self.file(place.file).text[..place.span.start];
        let line = before.bytes().filter(|&byte| byte == b'\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        (line, column)
    }
}
