//! CSV text (RFC 4180: comma, header, quotes doubled inside quotes) to rows of cells with exact places.
//!
//! Written here because a place must cover the cell's own characters, which the `csv` crate does not tell.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::file::{Entry, Form, Record, Value, suggest};
use crate::parallel;
use crate::problem::{FileId, Place, Problem, Problems, code};

/// Tells whether a spreadsheet may take a text for a formula, be it after spaces, tabs or apostrophes.
pub(super) fn is_formula(text: &str) -> bool {
    text.trim_start_matches(|c: char| c == '\'' || c.is_whitespace()).starts_with(['=', '+', '-', '@'])
}

/// Reads a table into records, one per row; `required` are the columns that must be there.
///
/// Unknown columns, rows that are too long or short, and broken quotes are problems. A row that cannot be read is left
/// out, and its id put into `broken`, so that nobody complains of an unknown id because of it.
pub fn table<T: Record + Default + Send>(
    file: FileId,
    required: &[&str],
    broken: &mut BTreeSet<String>,
    problems: &mut Problems,
) -> Vec<T> {
    let text = problems.file(file).text.clone();
    let mut scanner = Scanner::new(file, &text);
    let known = T::default().keys();
    let Some(header) = scanner.row(problems) else {
        let problem = Problem::new(code::NO_HEADER, "the table has no header");
        let help = format!("the first line names the columns: {}", known.join(","));
        problems.push(problem.at(Place { file, span: 0..0 }, "").help(help));
        return Vec::new();
    };
    check_header(&header, known, required, problems);
    let columns = Columns {
        fields: header.cells.iter().map(|cell| known.iter().position(|name| cell.text == *name)).collect(),
        id: header.cells.iter().position(|cell| cell.text == "id"),
    };
    if text[scanner.at..].contains('"') {
        return columns.rows(&mut scanner, broken, problems);
    }
    columns.lines(&scanner, broken, problems)
}

/// What the cells of a row are.
struct Columns {
    /// Position of each cell's field in the record; length = cells of the header.
    fields: Vec<Option<usize>>,
    /// The cell that is the row's id.
    id: Option<usize>,
}

impl Columns {
    /// All rows that are left.
    fn rows<T: Record + Default>(
        &self,
        scanner: &mut Scanner<'_>,
        broken: &mut BTreeSet<String>,
        problems: &mut Problems,
    ) -> Vec<T> {
        let mut records = Vec::new();
        while let Some(row) = scanner.row(problems) {
            records.extend(self.record(row, broken, problems));
        }
        records
    }

    /// All rows that are left, where without quotes each is a line: side by side, and those in which something is wrong
    /// once more, in order.
    fn lines<T: Record + Default + Send>(
        &self,
        scanner: &Scanner<'_>,
        broken: &mut BTreeSet<String>,
        problems: &mut Problems,
    ) -> Vec<T> {
        let mut starts = Vec::new();
        let mut at = scanner.at;
        for line in scanner.text[at..].split('\n') {
            if !line.trim().is_empty() {
                starts.push(at);
            }
            at += line.len() + 1;
        }
        let read = |start: usize, broken: &mut BTreeSet<String>, problems: &mut Problems| {
            let row = Scanner { at: start, ..*scanner }.row(problems)?;
            self.record(row, broken, problems)
        };
        let mut records: Vec<T> = parallel::map(
            starts.len(),
            || (),
            |(), at| {
                let mut wrong = Problems::new();
                let record = read(starts[at], &mut BTreeSet::new(), &mut wrong);
                record.filter(|_| wrong.is_empty()).unwrap_or_default()
            },
        );
        let mut starts = starts.into_iter();
        records.retain_mut(|record| {
            let start = starts.next().expect("a line for each record");
            if record.place_mut().is_none() {
                match read(start, broken, problems) {
                    Some(again) => *record = again,
                    None => return false,
                }
            }
            true
        });
        records
    }

    /// A row's record; `None` if it cannot be read.
    fn record<T: Record + Default>(&self, row: Row, broken: &mut BTreeSet<String>, problems: &mut Problems) -> Option<T> {
        if row.is_cut || row.cells.len() != self.fields.len() {
            broken.extend(self.id.and_then(|at| row.cells.get(at)).map(|cell| cell.text.as_str().to_owned()));
            ragged(&row, self.fields.len()).into_iter().filter(|_| !row.is_cut).for_each(|problem| problems.push(problem));
            return None;
        }
        let mut record = T::default();
        *record.place_mut() = Some(row.place());
        for (field, cell) in self.fields.iter().zip(row.cells) {
            if let Some(field) = *field {
                record.field_at(field).set(Value::Entry(cell), problems);
            }
        }
        Some(record)
    }
}

/// What is wrong with a row that has not as many cells as the header.
pub(super) fn ragged(row: &Row, width: usize) -> Option<Problem> {
    let message = format!("row has {} cells, but the header has {width}", row.cells.len());
    let at = row.cells.get(width).and_then(|cell| cell.place.clone()).unwrap_or_else(|| row.place());
    let help = "a comma inside a cell needs quotes around the cell; an unknown value is an empty cell";
    (row.cells.len() != width).then(|| Problem::new(code::RAGGED_ROW, message).at(at, "").help(help))
}

fn check_header(header: &Row, known: &[&str], required: &[&str], problems: &mut Problems) {
    for (i, cell) in header.cells.iter().enumerate() {
        if let Some(first) = header.cells[..i].iter().find(|other| other.text == cell.text) {
            let mut problem = cell.problem(code::DUPLICATE_COLUMN, format!("column `{}` stands twice", cell.text), "again");
            problem.also.extend(first.place.clone().map(|place| (place, "first".to_owned())));
            problems.push(problem.help("leave one of them out"));
        } else if !known.contains(&cell.text.as_str()) {
            let help = unknown_column_help(&cell.text, known);
            problems.push(cell.problem(code::UNKNOWN_COLUMN, format!("unknown column `{}`", cell.text), "unknown").help(help));
        }
    }
    for &name in required {
        if header.cells.iter().all(|cell| cell.text != name) {
            let problem = Problem::new(code::MISSING_COLUMN, format!("column `{name}` is missing")).at(header.place(), "");
            problems.push(problem.help(format!("add `{name}` to the header and a value to each row")));
        }
    }
}

fn unknown_column_help(name: &str, known: &[&str]) -> String {
    if let Some(word) = suggest(name, known.iter().copied()) {
        return format!("did you mean `{word}`?");
    }
    match name.chars().find(|c| matches!(c, ';' | '\t')) {
        Some(';') => "the table is separated by semicolons; save it with commas".to_owned(),
        Some(_) => "the table is separated by tabs; save it with commas".to_owned(),
        None => format!("known here: {}", known.join(", ")),
    }
}

/// The text of a cell without the apostrophe that [`cell`](super::cell) puts before what looks like a formula.
#[must_use]
pub fn unguarded(text: &str) -> &str {
    let rest = text.strip_prefix('\'');
    rest.filter(|rest| is_formula(rest)).unwrap_or(text)
}

pub(super) struct Row {
    file: FileId,
    pub(super) cells: Vec<Entry>,
    span: Range<usize>,
    /// A quote in it never ends.
    pub(super) is_cut: bool,
}

impl Row {
    fn place(&self) -> Place {
        Place::new(self.file, self.span.clone())
    }
}

pub(super) struct Scanner<'a> {
    file: FileId,
    text: &'a str,
    at: usize,
    is_cut: bool,
    /// Cells of the row before.
    width: usize,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(file: FileId, text: &'a str) -> Self {
        Self { file, text, at: 0, is_cut: false, width: 0 }
    }

    /// The next row that is not blank; `None` at the end.
    pub(super) fn row(&mut self, problems: &mut Problems) -> Option<Row> {
        loop {
            let rest = &self.text[self.at..];
            if rest.is_empty() {
                return None;
            }
            if rest.starts_with(|first: char| !first.is_whitespace()) {
                break;
            }
            let line = rest.split('\n').next().unwrap_or_default();
            if !line.trim().is_empty() {
                break;
            }
            self.at = (self.at + line.len() + 1).min(self.text.len());
        }
        let start = self.at;
        let mut cells = Vec::with_capacity(self.width);
        let mut end;
        loop {
            cells.push(self.cell(problems));
            end = self.at;
            match self.text.as_bytes().get(self.at) {
                Some(b',') => self.at += 1,
                Some(_) => {
                    self.at = self.text[self.at..].find('\n').map_or(self.text.len(), |i| self.at + i + 1);
                    break;
                }
                None => break,
            }
        }
        self.width = cells.len();
        let span = start..start + self.text[start..end].trim_end().len();
        Some(Row { file: self.file, cells, span, is_cut: self.is_cut })
    }

    /// Reads a cell and stops at the comma, end of line or end of text after it.
    fn cell(&mut self, problems: &mut Problems) -> Entry {
        let start = self.at;
        if self.text[start..].starts_with('"') {
            return self.quoted(problems);
        }
        self.at = self.end_of_cell(start);
        let raw = &self.text[start..self.at];
        let first = start + raw.len() - raw.trim_start().len();
        let text = raw.trim();
        self.entry(text, first..first + text.len())
    }

    /// The comma, end of line or end of text that comes first.
    fn end_of_cell(&self, from: usize) -> usize {
        let rest = &self.text.as_bytes()[from..];
        rest.iter().position(|byte| matches!(byte, b',' | b'\n')).map_or(self.text.len(), |i| from + i)
    }

    fn quoted(&mut self, problems: &mut Problems) -> Entry {
        let start = self.at;
        let mut close = start + 1;
        loop {
            match self.text[close..].find('"').map(|i| close + i) {
                Some(quote) if self.text[quote + 1..].starts_with('"') => close = quote + 2,
                Some(quote) => {
                    close = quote;
                    break;
                }
                None => return self.unterminated(start, problems),
            }
        }
        let inner = &self.text[start + 1..close];
        let text = inner.trim();
        let first = start + 1 + inner.len() - inner.trim_start().len();
        let entry = self.entry(&text.replace("\"\"", "\""), first..first + text.len());
        let after = close + 1;
        self.at = self.end_of_cell(after);
        let stray = &self.text[after..self.at];
        if !stray.trim().is_empty() {
            let place = Place::new(self.file, after..after + stray.trim_end().len());
            let problem = Problem::new(code::QUOTES, "characters after the closing quote").at(place, "");
            problems.push(problem.help("write a quote inside a quoted cell twice"));
        }
        entry
    }

    fn unterminated(&mut self, start: usize, problems: &mut Problems) -> Entry {
        let place = Place::new(self.file, start..start + 1);
        let problem = Problem::new(code::QUOTES, "this quote never ends").at(place, "opened here");
        problems.push(problem.help("close it with `\"`; what follows was not read"));
        self.at = self.text.len();
        self.is_cut = true;
        self.entry("", start..start)
    }

    /// An apostrophe that guards a text from being taken for a formula is no part of it; see [`cell`](super::cell).
    fn entry(&self, text: &str, span: Range<usize>) -> Entry {
        let bare = unguarded(text);
        let start = span.start + text.len() - bare.len();
        Entry { text: bare.into(), form: Form::Plain, place: Some(Place::new(self.file, start..span.end)) }
    }
}
