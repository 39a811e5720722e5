//! What a file said as a tree of values, and the records that such a tree is put into, key by key, and taken out of.
//!
//! Filling never stops: an unknown key or a value of the wrong shape is a problem, and the rest is read all the same.
//! A record is filled twice where something overrides it, such as `--set` a scenario.

use std::borrow::Cow;

use crate::file::{Entry, Form, List, suggest};
use crate::problem::{Place, Problem, Problems, code};

/// A value of any shape.
#[derive(Clone, Debug)]
pub enum Value {
    /// A single value.
    Entry(Entry),
    /// An array, and where.
    List(Vec<Value>, Option<Place>),
    /// Keys with values.
    Table(Table),
}

/// Keys with values, in the order of the file.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// Each key with its value; no key twice.
    pub pairs: Vec<(Entry, Value)>,
    /// Where it stands.
    pub place: Option<Place>,
}

impl Table {
    /// Takes the value of a key out, if it is there.
    pub fn take(&mut self, key: &str) -> Option<Value> {
        let at = self.pairs.iter().position(|(name, _)| name.text == key)?;
        Some(self.pairs.remove(at).1)
    }

    /// Takes over the other table's values; where both have a table, its values.
    pub fn merge(&mut self, other: Self) {
        self.place = self.place.take().or(other.place);
        for (key, value) in other.pairs {
            match (self.pairs.iter_mut().find(|(name, _)| name.text == key.text), value) {
                (Some((_, Value::Table(old))), Value::Table(new)) => old.merge(new),
                (Some((_, old)), new) => *old = new,
                (None, new) => self.pairs.push((key, new)),
            }
        }
    }
}

impl Value {
    /// Where it stands.
    #[must_use]
    pub fn place(&self) -> Option<&Place> {
        match self {
            Self::Entry(entry) => entry.place.as_ref(),
            Self::List(_, place) => place.as_ref(),
            Self::Table(table) => table.place.as_ref(),
        }
    }

    fn shape(&self) -> &'static str {
        match self {
            Self::Entry(entry) => match entry.form {
                Form::Plain => "a value",
                Form::String => "a string",
                Form::Number => "a number",
                Form::Boolean => "true or false",
                Form::Date => "a date",
            },
            Self::List(..) => "a list",
            Self::Table(_) => "a table",
        }
    }

    /// Says that another shape was expected here.
    pub fn refuse(&self, wanted: &str, problems: &mut Problems) {
        let mut problem = Problem::new(code::WRONG_TYPE, format!("expected {wanted}, found {}", self.shape()));
        if let Some(place) = self.place() {
            problem = problem.at(place.clone(), self.shape());
        }
        problems.push(problem.help(format!("write {wanted} here")));
    }
}

/// A place in a record that a value can be put into.
pub trait Field {
    /// Takes the value, or says why not.
    fn set(&mut self, value: Value, problems: &mut Problems);

    /// What it holds; `None` where nobody says.
    fn get(&self) -> Option<Value>;

    /// Tells whether anybody says.
    fn is_said(&self) -> bool {
        self.get().is_some()
    }

    /// What it holds as the cell of a table: the members of a list joined by `+`, nothing for a table.
    fn flat(&self) -> Cow<'_, str> {
        Cow::Borrowed("")
    }
}

/// A struct whose fields are filled by the names they have in files.
pub trait Record {
    /// The names, in the order of the struct.
    fn keys(&self) -> &'static [&'static str];

    /// The field at a position of [`Record::keys`].
    ///
    /// # Panics
    /// If there are not so many.
    fn field_at(&mut self, at: usize) -> &mut dyn Field;

    /// The field of that name.
    fn field(&mut self, key: &str) -> Option<&mut dyn Field> {
        let at = self.keys().iter().position(|known| *known == key)?;
        Some(self.field_at(at))
    }

    /// All fields, in the order of [`Record::keys`].
    fn fields(&self) -> Vec<&dyn Field>;

    /// Where the record stands.
    fn place_mut(&mut self) -> &mut Option<Place>;
}

/// Puts a table into a record; unknown keys are problems.
pub fn fill(record: &mut dyn Record, table: Table, problems: &mut Problems) {
    let place = record.place_mut();
    *place = place.take().or(table.place);
    for (key, value) in table.pairs {
        match record.field(&key.text) {
            Some(field) => field.set(value, problems),
            None => unknown_key(&key, record.keys(), problems),
        }
    }
}

/// The values of a record that anybody says, by their keys, in the order of the struct.
pub fn values(record: &dyn Record) -> Vec<(&'static str, Value)> {
    record.keys().iter().zip(record.fields()).filter_map(|(key, field)| Some((*key, field.get()?))).collect()
}

/// The values of a record as a tree.
fn tree(record: &dyn Record) -> Value {
    let pairs = values(record).into_iter().map(|(key, value)| (Entry::from(key), value)).collect();
    Value::Table(Table { pairs, place: None })
}

/// Says that there is no such key, and which may have been meant.
fn unknown_key(key: &Entry, known: &[&str], problems: &mut Problems) {
    let help = suggest(&key.text, known.iter().copied())
        .map_or_else(|| format!("known here: {}", known.join(", ")), |word| format!("did you mean `{word}`?"));
    problems.push(key.problem(code::UNKNOWN_KEY, format!("unknown key `{}`", key.text), "unknown").help(help));
}

impl Field for Entry {
    fn set(&mut self, value: Value, problems: &mut Problems) {
        match value {
            Value::Entry(entry) => *self = entry,
            Value::List(..) | Value::Table(_) => value.refuse("a single value", problems),
        }
    }

    fn get(&self) -> Option<Value> {
        self.is_said().then(|| Value::Entry(self.clone()))
    }

    fn is_said(&self) -> bool {
        !self.is_blank()
    }

    fn flat(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.text)
    }
}

impl Field for List {
    fn set(&mut self, value: Value, problems: &mut Problems) {
        match value {
            Value::Entry(entry) if entry.is_blank() => *self = Self::default(),
            Value::Entry(entry) if entry.text.contains('+') || entry.text.trim() != &*entry.text => {
                *self = entry.split('+').into();
            }
            Value::Entry(entry) => *self = Entry { form: Form::Plain, ..entry }.into(),
            Value::List(values, _) => {
                let mut entries = Vec::new();
                for value in values {
                    match value {
                        Value::Entry(entry) => entries.push(entry),
                        Value::List(..) | Value::Table(_) => value.refuse("a single value", problems),
                    }
                }
                *self = entries.into();
            }
            Value::Table(_) => value.refuse("a list", problems),
        }
    }

    fn get(&self) -> Option<Value> {
        Some(Value::List(self.said()?.iter().cloned().map(Value::Entry).collect(), None))
    }

    fn is_said(&self) -> bool {
        self.said().is_some()
    }

    fn flat(&self) -> Cow<'_, str> {
        match self.entries() {
            [one] if !one.text.contains('+') => Cow::Borrowed(&one.text),
            // The sign that joins cannot stand in a member.
            all => Cow::Owned(all.iter().map(|entry| entry.text.replace('+', "&")).collect::<Vec<_>>().join("+")),
        }
    }
}

/// A list of lists of values, such as pairs of sites or of coordinates; `None` means that nobody says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lists(pub Option<Vec<Vec<Entry>>>);

impl Field for Lists {
    fn set(&mut self, value: Value, problems: &mut Problems) {
        let Value::List(rows, _) = value else { return value.refuse("a list of lists", problems) };
        let mut lists = Vec::new();
        for row in rows {
            let mut list = List::default();
            match row {
                Value::List(..) => list.set(row, problems),
                Value::Entry(_) | Value::Table(_) => row.refuse("a list", problems),
            }
            lists.extend(list.take());
        }
        self.0 = Some(lists);
    }

    fn get(&self) -> Option<Value> {
        let row = |row: &Vec<Entry>| Value::List(row.iter().cloned().map(Value::Entry).collect(), None);
        Some(Value::List(self.0.as_ref()?.iter().map(row).collect(), None))
    }
}

/// Keys of the file's own choice with values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pairs(pub Vec<(Entry, Entry)>);

impl Field for Pairs {
    fn set(&mut self, value: Value, problems: &mut Problems) {
        let Value::Table(table) = value else { return value.refuse("a table", problems) };
        for (key, value) in table.pairs {
            match value {
                Value::Entry(entry) => {
                    self.0.retain(|(old, _)| old.text != key.text);
                    self.0.push((key, entry));
                }
                Value::List(..) | Value::Table(_) => value.refuse("a single value", problems),
            }
        }
    }

    fn get(&self) -> Option<Value> {
        let pairs: Vec<_> = self.0.iter().map(|(key, value)| (key.clone(), Value::Entry(value.clone()))).collect();
        (!pairs.is_empty()).then_some(Value::Table(Table { pairs, place: None }))
    }
}

/// Tables whose keys depend on what one of them says, kept until that is known.
#[derive(Clone, Debug, Default)]
pub struct Tables(pub Vec<Table>);

impl Field for Tables {
    fn set(&mut self, value: Value, problems: &mut Problems) {
        set_rows(&mut self.0, value, problems, |row, table, _| row.merge(table));
    }

    fn get(&self) -> Option<Value> {
        let rows: Vec<Value> = self.0.iter().cloned().map(Value::Table).collect();
        (!rows.is_empty()).then_some(Value::List(rows, None))
    }
}

impl<T: Record + Default> Field for Option<T> {
    fn set(&mut self, value: Value, problems: &mut Problems) {
        match value {
            Value::Table(table) => fill(self.get_or_insert_default(), table, problems),
            Value::Entry(_) | Value::List(..) => value.refuse("a table", problems),
        }
    }

    fn get(&self) -> Option<Value> {
        self.as_ref().map(|record| tree(record))
    }
}

impl<T: Record + Default> Field for Vec<T> {
    fn set(&mut self, value: Value, problems: &mut Problems) {
        set_rows(self, value, problems, |row, table, problems| fill(row, table, problems));
    }

    fn get(&self) -> Option<Value> {
        (!self.is_empty()).then(|| Value::List(self.iter().map(|record| tree(record)).collect(), None))
    }
}

/// A list of tables replaces what is there; a table with numbers as keys changes the rows at those positions.
fn set_rows<T: Default>(rows: &mut Vec<T>, value: Value, problems: &mut Problems, put: impl Fn(&mut T, Table, &mut Problems)) {
    match value {
        Value::List(values, _) => {
            rows.clear();
            for value in values {
                match value {
                    Value::Table(table) => {
                        let mut row = T::default();
                        put(&mut row, table, problems);
                        rows.push(row);
                    }
                    Value::Entry(_) | Value::List(..) => value.refuse("a table", problems),
                }
            }
        }
        Value::Table(table) if table.pairs.iter().all(|(key, _)| key.text.parse::<usize>().is_ok()) => {
            for (key, value) in table.pairs {
                match (key.text.parse::<usize>().ok().and_then(|at| rows.get_mut(at)), value) {
                    (Some(row), Value::Table(table)) => put(row, table, problems),
                    (Some(_), value) => value.refuse("a table", problems),
                    (None, _) => {
                        let message = format!("there is no number {} here", key.text);
                        let problem = key.problem(code::BAD_OVERRIDE, message, "counted from 0");
                        problems.push(problem.help("only what the scenario has can be changed"));
                    }
                }
            }
        }
        Value::Entry(_) | Value::Table(_) => value.refuse("a list of tables, such as `[[...]]`", problems),
    }
}

/// The name without the mark that lets a keyword be a field.
pub(crate) const fn plain(name: &'static str) -> &'static str {
    match name.as_bytes() {
        [b'r', b'#', ..] => name.split_at(2).1,
        _ => name,
    }
}

/// Declares a struct that is filled from files by the names of its fields.
///
/// Doc comments become the hover texts of the JSON Schema; `#[schemars(...)]` says what the schema allows.
macro_rules! record {
    ($($(#[$meta:meta])* pub struct $name:ident { $($(#[$field_meta:meta])* pub $field:ident: $type:ty,)* })*) => {$(
        $(#[$meta])*
        #[derive(Clone, Debug, Default, schemars::JsonSchema)]
        #[schemars(deny_unknown_fields)]
        pub struct $name {
            $($(#[$field_meta])* pub $field: $type,)*
            /// Where it stands.
            #[schemars(skip)]
            pub place: Option<$crate::problem::Place>,
        }

        impl $name {
            /// The names of its fields in files.
            pub const KEYS: &[&str] = &[$($crate::file::plain(stringify!($field))),*];
        }

        impl $crate::file::Record for $name {
            fn keys(&self) -> &'static [&'static str] {
                Self::KEYS
            }

            fn field_at(&mut self, at: usize) -> &mut dyn $crate::file::Field {
                let rest = at;
                $(let Some(rest) = rest.checked_sub(1) else { return &mut self.$field };)*
                panic!("no field at {rest} past the last")
            }

            fn fields(&self) -> Vec<&dyn $crate::file::Field> {
                vec![$(&self.$field),*]
            }

            fn place_mut(&mut self) -> &mut Option<$crate::problem::Place> {
                &mut self.place
            }
        }
    )*};
}
pub(crate) use record;
