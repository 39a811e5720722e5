//! Records to text that reads back to the same records: TOML documents and CSV tables.
//!
//! The same records give the same bytes. It knows no topology; which keys hold numbers is said by whoever asks.

use std::borrow::Cow;
use std::fmt::Write as _;

use super::csv::is_formula;
use super::record::values;
use super::{Entry, Record, Value};

/// A record as a TOML document: single values and lists first, then tables, in the order of the struct.
///
/// Values of the keys in `numbers` are written bare where they are numbers; all else stands in quotes.
#[must_use]
pub fn document_text(record: &dyn Record, numbers: &[&str]) -> String {
    let mut writer = Document { numbers, text: String::new() };
    let pairs: Vec<(String, Value)> = values(record).into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
    writer.table("", &pairs);
    writer.text
}

struct Document<'n> {
    numbers: &'n [&'n str],
    text: String,
}

impl Document<'_> {
    fn table(&mut self, path: &str, pairs: &[(String, Value)]) {
        let is_rows = |value: &Value| match value {
            Value::List(items, _) => matches!(items.first(), Some(Value::Table(_))),
            Value::Entry(_) | Value::Table(_) => false,
        };
        for (key, value) in pairs.iter().filter(|(_, value)| !is_rows(value)) {
            let value = self.value(key, value);
            let _ = writeln!(self.text, "{} = {value}", bare_key(key));
        }
        for (key, value) in pairs.iter().filter(|(_, value)| is_rows(value)) {
            let path = if path.is_empty() { bare_key(key) } else { format!("{path}.{}", bare_key(key)) };
            let Value::List(items, _) = value else { continue };
            for item in items {
                let Value::Table(row) = item else { continue };
                let pairs: Vec<_> = row.pairs.iter().map(|(key, value)| (key.text.to_string(), value.clone())).collect();
                let _ = writeln!(self.text, "\n[[{path}]]");
                self.table(&path, &pairs);
            }
        }
    }

    fn value(&self, key: &str, value: &Value) -> String {
        match value {
            Value::Entry(entry) if self.numbers.contains(&key) && is_number(&entry.text) => entry.text.to_string(),
            Value::Entry(entry) => quoted(&entry.text),
            Value::List(items, _) => {
                let items: Vec<String> = items.iter().map(|item| self.value(key, item)).collect();
                format!("[{}]", items.join(", "))
            }
            Value::Table(table) => {
                let pair = |(key, value): &(Entry, Value)| format!("{} = {}", bare_key(&key.text), self.value(&key.text, value));
                let pairs: Vec<String> = table.pairs.iter().map(pair).collect();
                format!("{{ {} }}", pairs.join(", "))
            }
        }
    }
}

/// Tells whether TOML takes the text for a number, and for the same one.
fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, rest) = digits.split_at(digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len()));
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let is_whole = is_digits(whole) && (whole.len() == 1 || !whole.starts_with('0')) && whole.len() < 18;
    is_whole && (rest.is_empty() || rest.strip_prefix('.').is_some_and(is_digits))
}

fn bare_key(key: &str) -> String {
    let is_bare = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if !key.is_empty() && key.chars().all(is_bare) { key.to_owned() } else { quoted(key) }
}

/// A TOML string; one of several lines stands on several lines.
fn quoted(text: &str) -> String {
    let (open, close) = if text.contains('\n') { ("\"\"\"\n", "\"\"\"") } else { ("\"", "\"") };
    let mut out = open.to_owned();
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' | '\t' => out.push(c),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out + close
}

/// Records as a CSV table; the members of a list are joined by `+`. Columns that nobody fills are left out, unless they
/// are among the `required`.
#[must_use]
pub fn table_text<T: Record + Default>(records: &[T], required: &[&str]) -> String {
    let keys = T::default().keys();
    let mut is_wanted: Vec<bool> = keys.iter().map(|key| required.contains(key)).collect();
    for record in records {
        for (wanted, field) in is_wanted.iter_mut().zip(record.fields()) {
            *wanted = *wanted || field.is_said();
        }
    }
    let header: Vec<&str> = keys.iter().zip(&is_wanted).filter(|(_, wanted)| **wanted).map(|(key, _)| *key).collect();
    let mut text = header.join(",") + "\n";
    for record in records {
        let fields = record.fields().into_iter().zip(&is_wanted).filter(|(_, wanted)| **wanted);
        for (i, (field, _)) in fields.enumerate() {
            if i > 0 {
                text.push(',');
            }
            text.push_str(&cell(&field.flat()));
        }
        text.push('\n');
    }
    text
}

/// A text as the cell of a CSV table: in quotes where need be, and with an apostrophe before what a spreadsheet would
/// take for a formula, which readers of this program take off again. Numbers and coordinates stay as they are.
#[must_use]
pub fn cell(text: &str) -> Cow<'_, str> {
    let are_numbers = || text.split([' ', ';']).all(|part| part.is_empty() || part.parse::<f64>().is_ok_and(f64::is_finite));
    let is_guarded = is_formula(text) && !are_numbers();
    let guard = if is_guarded { "'" } else { "" };
    let is_plain = |byte| !matches!(byte, b',' | b'"' | b'\n' | b'\r');
    if !text.bytes().all(is_plain) || text.starts_with(' ') || text.ends_with(' ') {
        format!("\"{guard}{}\"", text.replace('"', "\"\"")).into()
    } else if is_guarded {
        format!("{guard}{text}").into()
    } else {
        text.into()
    }
}

#[cfg(test)]
#[expect(unreachable_pub, reason = "`record!` makes public structs")]
mod tests {
    use super::*;
    use crate::file::{List, Lists, document, record, table};
    use crate::problem::Problems;

    record! {
        /// A thing.
        pub struct Thing {
            /// Name.
            #[schemars(skip)]
            pub name: Entry,
            /// Weight.
            #[schemars(skip)]
            pub weight: Entry,
            /// Parts.
            #[schemars(skip)]
            pub parts: List,
        }

        /// A box of things.
        pub struct Case {
            /// Name.
            #[schemars(skip)]
            pub name: Entry,
            /// Corners.
            #[schemars(skip)]
            pub corners: Lists,
            /// Lid.
            #[schemars(skip)]
            pub lid: Option<Thing>,
            /// Things.
            #[schemars(skip)]
            pub thing: Vec<Thing>,
        }
    }

    const HOSTILE: [&str; 12] = [
        "=1+1",
        "'=1+1",
        "''+x",
        "-a",
        "@SUM(A1)",
        "a,b",
        "say \"hi\"",
        "two\nlines",
        "\"\"\"",
        "back\\slash",
        "'tis",
        "\u{7}é\u{202e}",
    ];

    fn thing(name: &str) -> Thing {
        let parts = [name.replace('+', ""), "b".to_owned()].into_iter().collect();
        Thing { name: Entry::from(name), weight: Entry::from("-2.50"), parts, place: None }
    }

    #[test]
    fn documents_read_back_whatever_they_say() {
        let point = |x: &str| vec![Entry::from(x), Entry::from("-7.25")];
        let case = Case {
            name: Entry::from("first\nsecond \"\"\" \\"),
            corners: Lists(Some(vec![point("1"), point("2.5")])),
            lid: Some(thing("lid")),
            thing: HOSTILE.iter().map(|name| thing(name)).collect(),
            place: None,
        };
        let text = document_text(&case, &["weight", "corners"]);
        let (mut problems, mut again) = (Problems::new(), Case::default());
        let file = problems.add_file("case", text.clone());
        document(file, &mut again, &mut problems);
        assert!(problems.is_empty(), "{text}\n{:?}", problems.list());
        assert_eq!(document_text(&again, &["weight", "corners"]), text);
        assert!(again.thing.iter().map(|thing| thing.name.text.as_str()).eq(HOSTILE));
        assert!(text.contains("corners = [[1, -7.25], [2.5, -7.25]]\nlid = { name = \"lid\", weight = -2.50,"), "{text}");
    }

    #[test]
    fn tables_read_back_whatever_they_say() {
        let things: Vec<Thing> = HOSTILE.iter().map(|name| thing(name)).collect();
        let text = table_text(&things, &["name"]);
        let mut problems = Problems::new();
        let file = problems.add_file("things.csv", text.clone());
        let again: Vec<Thing> = table(file, &["name"], &mut std::collections::BTreeSet::new(), &mut problems);
        assert!(problems.is_empty(), "{text}\n{:?}", problems.list());
        assert!(again.iter().map(|thing| thing.name.text.as_str()).eq(HOSTILE), "{text}");
        assert_eq!(table_text(&again, &["name"]), text);
    }

    #[test]
    fn no_cell_is_taken_for_a_formula_and_numbers_stay() {
        for text in ["=cmd|'/c calc'!A0", "+SUM(A1)", "-A1", "@SUM(A1)", "'=1", "+1+1", "-2-3", "\t=1", "\u{a0}@A1"] {
            assert!(cell(text).trim_start_matches('"').starts_with('\''), "{text}");
        }
        for text in ["-12.5", "-12.5 30;-13 31", "-12.5 30; -13 31", "-1e3", "+3", "'tis"] {
            assert_eq!(cell(text), text);
        }
    }

    #[test]
    fn only_what_toml_reads_alike_is_a_number() {
        for (text, is) in
            [("12", true), ("-0.5", true), ("007", false), ("1.", false), ("1e3", false), ("inf", false), ("", false)]
        {
            assert_eq!(is_number(text), is, "{text}");
        }
    }
}
