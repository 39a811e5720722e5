//! TOML text to a tree of values with places; every syntax mistake is reported, and what can be read is.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::file::{Entry, Form, Record, Table, Value, fill};
use crate::problem::{FileId, Place, Problem, Problems, code};

/// Puts a whole TOML file into a record.
pub fn document(file: FileId, record: &mut dyn Record, problems: &mut Problems) {
    let table = tree(file, problems);
    fill(record, table, problems);
}

/// A whole TOML file as a tree.
pub fn tree(file: FileId, problems: &mut Problems) -> Table {
    let text = problems.file(file).text.clone();
    let (root, errors) = DeTable::parse_recoverable(&text);
    for error in errors {
        let span = error.span().unwrap_or(0..0);
        let span = span.start.min(text.len())..span.end.min(text.len());
        let problem = Problem::new(code::TOML_SYNTAX, error.message().trim()).at(Place::new(file, span), "");
        problems.push(problem.help("see https://toml.io for how TOML is written; texts stand in quotes"));
    }
    let walk = Walk { file, text: &text };
    let mut table = walk.table(root.get_ref());
    table.place = Some(Place { file, span: 0..0 });
    table
}

struct Walk<'a> {
    file: FileId,
    text: &'a str,
}

impl Walk<'_> {
    fn place(&self, span: std::ops::Range<usize>) -> Option<Place> {
        Some(Place::new(self.file, span))
    }

    fn table(&self, table: &DeTable<'_>) -> Table {
        let mut pairs: Vec<_> = table.iter().collect();
        pairs.sort_by_key(|(key, _)| key.span().start);
        let pairs = pairs.into_iter().map(|(key, value)| (self.string(key.get_ref(), key.span()), self.value(value))).collect();
        Table { pairs, place: None }
    }

    fn value(&self, value: &Spanned<DeValue<'_>>) -> Value {
        let span = value.span();
        let entry = |text: String, form| Value::Entry(Entry { text: text.into(), form, place: self.place(span.clone()) });
        match value.get_ref() {
            DeValue::String(text) => Value::Entry(self.string(text, span)),
            DeValue::Integer(number) => entry(
                i64::from_str_radix(number.as_str(), number.radix()).map_or_else(|_| number.to_string(), |n| n.to_string()),
                Form::Number,
            ),
            DeValue::Float(number) => entry(number.as_str().to_owned(), Form::Number),
            DeValue::Boolean(value) => entry(value.to_string(), Form::Boolean),
            DeValue::Datetime(value) => entry(value.to_string(), Form::Date),
            DeValue::Array(values) => Value::List(values.iter().map(|value| self.value(value)).collect(), self.place(span)),
            DeValue::Table(table) => Value::Table(Table { place: self.place(span), ..self.table(table) }),
        }
    }

    /// A string or key; its place leaves the quotes out where nothing is escaped, so that parts of it have places.
    fn string(&self, text: &str, span: std::ops::Range<usize>) -> Entry {
        let inner = span.start + 1..span.end.saturating_sub(1);
        let span = if self.text.get(inner.clone()) == Some(text) { inner } else { span };
        Entry { text: text.into(), form: Form::String, place: self.place(span) }
    }
}
