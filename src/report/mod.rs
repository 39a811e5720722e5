//! What a study found, in people's words and units, ready to be written in any format.
//!
//! A [`Report`] has key facts, tables, notes, claims that were to hold, and parts that are reports themselves. It
//! computes nothing and knows no study: each study turns its own outcome into one. Every number carries its unit in
//! its key (`latency_ms`), every estimate its standard error. [`write()`] gives the same bytes for the same report;
//! what differs from run to run (time, threads, host) is in [`Run`], beside it.

pub mod capacity;
mod csv;
pub mod failure;
mod json;
mod markdown;
pub mod route;
pub mod show;
mod table;
mod text;

use std::borrow::Cow;
use std::io;

pub use json::digest;
pub use text::{plain, width};

use crate::statistics::Estimate;

/// One thing that is known, or not.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Not known, or does not apply.
    Unknown,
    /// Words.
    Text(String),
    /// A count, or a quantity in whole units.
    Integer(u64),
    /// A finite number.
    Number(f64),
    /// Yes or no.
    Bool(bool),
    /// A number that was estimated from samples.
    Estimate {
        /// The mean of the samples.
        mean: f64,
        /// Standard error of the mean, in the same unit.
        standard_error: f64,
    },
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<u64> for Value {
    fn from(count: u64) -> Self {
        Self::Integer(count)
    }
}

impl From<usize> for Value {
    fn from(count: usize) -> Self {
        Self::Integer(count as u64)
    }
}

impl From<u32> for Value {
    fn from(count: u32) -> Self {
        Self::Integer(count.into())
    }
}

impl From<f64> for Value {
    /// A number that is not finite is no number, and becomes unknown.
    fn from(number: f64) -> Self {
        if number.is_finite() { Self::Number(number) } else { Self::Unknown }
    }
}

impl From<bool> for Value {
    fn from(truth: bool) -> Self {
        Self::Bool(truth)
    }
}

impl From<Estimate> for Value {
    /// An estimate without a finite error, as of a single sample, is unknown.
    fn from(estimate: Estimate) -> Self {
        let Estimate { mean, standard_error, .. } = estimate;
        if mean.is_finite() && standard_error.is_finite() { Self::Estimate { mean, standard_error } } else { Self::Unknown }
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Unknown, Into::into)
    }
}

impl Value {
    /// As people read it, without its unit: thousands are set apart from five digits on, `–` is unknown or nothing.
    #[must_use]
    pub fn for_people(&self, decimals: usize) -> Cow<'_, str> {
        match self {
            Self::Unknown => Cow::Borrowed("–"),
            Self::Text(text) if text.is_empty() => Cow::Borrowed("–"),
            Self::Text(text) => plain(text),
            Self::Integer(count) => Cow::Owned(grouped(&count.to_string())),
            Self::Number(number) => Cow::Owned(grouped(&fixed(*number, decimals))),
            Self::Bool(true) => Cow::Borrowed("yes"),
            Self::Bool(false) => Cow::Borrowed("no"),
            Self::Estimate { mean, standard_error } => {
                Cow::Owned(format!("{} ± {}", grouped(&fixed(*mean, decimals)), fixed(*standard_error, decimals)))
            }
        }
    }

    pub(crate) fn magnitude(&self) -> Option<f64> {
        match self {
            #[expect(clippy::cast_precision_loss, reason = "counts stay below 2^53")]
            Self::Integer(count) => Some(*count as f64),
            Self::Number(number) => Some(*number),
            Self::Estimate { mean, .. } => Some(*mean),
            Self::Unknown | Self::Text(_) | Self::Bool(_) => None,
        }
    }
}

/// Rounds to so many decimals, ties to even in the binary value; never prints a minus before zero.
fn fixed(number: f64, decimals: usize) -> String {
    let text = format!("{number:.decimals$}");
    match text.strip_prefix('-') {
        Some(rest) if rest.bytes().all(|b| matches!(b, b'0' | b'.')) => rest.to_owned(),
        _ => text,
    }
}

/// Puts a comma between thousands where the whole part has five digits or more.
fn grouped(number: &str) -> String {
    let start = usize::from(number.starts_with('-'));
    let end = number.find('.').unwrap_or(number.len());
    if end - start < 5 {
        return number.to_owned();
    }
    let mut text = number[..start].to_owned();
    for (i, digit) in number[start..end].char_indices() {
        if i > 0 && (end - start - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text + &number[end..]
}

/// The unit that a key ends in, as people write it: `latency_ms` is in `ms`.
#[must_use]
pub fn unit(key: &str) -> Option<&'static str> {
    const UNITS: [(&str, &str); 13] = [
        ("ms", "ms"),
        ("s", "s"),
        ("h", "h"),
        ("days", "days"),
        ("years", "years"),
        ("km", "km"),
        ("mbps", "Mbit/s"),
        ("gbps", "Gbit/s"),
        ("tbps", "Tbit/s"),
        ("tb", "TB"),
        ("percent", "%"),
        ("usd", "USD"),
        ("deg", "°"),
    ];
    let (_, last) = key.rsplit_once('_')?;
    UNITS.iter().find(|(suffix, _)| *suffix == last).map(|&(_, unit)| unit)
}

/// What the cells of a column hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Words, to the left.
    Text,
    /// Yes or no.
    Bool,
    /// Numbers, to the right, with so many decimals for people; machines get them in full.
    Number(usize),
    /// Estimates with so many decimals; machines get a second column, `<key>_se`, with the standard error.
    Estimate(usize),
}

/// A column of a [`Table`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Name for machines, its unit last: `latency_ms`.
    pub key: Cow<'static, str>,
    /// Name for people, without unit.
    pub heading: Cow<'static, str>,
    /// What its cells hold.
    pub kind: Kind,
    /// Whether the table for people draws a bar beside each number.
    pub has_bar: bool,
}

impl Column {
    fn new(key: impl Into<Cow<'static, str>>, heading: impl Into<Cow<'static, str>>, kind: Kind) -> Self {
        Self { key: key.into(), heading: heading.into(), kind, has_bar: false }
    }

    /// A column of words.
    #[must_use]
    pub fn text(key: impl Into<Cow<'static, str>>, heading: impl Into<Cow<'static, str>>) -> Self {
        Self::new(key, heading, Kind::Text)
    }

    /// A column of yes and no.
    #[must_use]
    pub fn truth(key: impl Into<Cow<'static, str>>, heading: impl Into<Cow<'static, str>>) -> Self {
        Self::new(key, heading, Kind::Bool)
    }

    /// A column of numbers.
    #[must_use]
    pub fn number(key: impl Into<Cow<'static, str>>, heading: impl Into<Cow<'static, str>>, decimals: usize) -> Self {
        Self::new(key, heading, Kind::Number(decimals))
    }

    /// A column of estimates.
    #[must_use]
    pub fn estimate(key: impl Into<Cow<'static, str>>, heading: impl Into<Cow<'static, str>>, decimals: usize) -> Self {
        Self::new(key, heading, Kind::Estimate(decimals))
    }

    /// Draws a bar beside each number, the largest of the column being the longest.
    #[must_use]
    pub fn bar(mut self) -> Self {
        self.has_bar = true;
        self
    }

    /// Decimals for people.
    #[must_use]
    pub fn decimals(&self) -> usize {
        match self.kind {
            Kind::Number(decimals) | Kind::Estimate(decimals) => decimals,
            Kind::Text | Kind::Bool => 0,
        }
    }

    fn takes(&self, value: &Value) -> bool {
        match (self.kind, value) {
            (_, Value::Unknown)
            | (Kind::Text, Value::Text(_))
            | (Kind::Bool, Value::Bool(_))
            | (Kind::Number(_), Value::Integer(_) | Value::Number(_))
            | (Kind::Estimate(_), Value::Estimate { .. }) => true,
            (Kind::Text | Kind::Bool | Kind::Number(_) | Kind::Estimate(_), _) => false,
        }
    }

    /// Heading with its unit: `Latency ms`.
    #[must_use]
    pub fn title(&self) -> String {
        match unit(&self.key) {
            Some(unit) => format!("{} {unit}", self.heading),
            None => self.heading.clone().into_owned(),
        }
    }
}

/// Rows of one kind of thing.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// Name for machines; a file name too, so ASCII letters, digits, `-` and `_`.
    pub key: Cow<'static, str>,
    /// Name for people.
    pub title: String,
    columns: Vec<Column>,
    rows: Vec<Vec<Value>>,
}

impl Table {
    /// A table without rows.
    #[must_use]
    pub fn new(key: impl Into<Cow<'static, str>>, title: impl Into<String>, columns: Vec<Column>) -> Self {
        Self { key: key.into(), title: title.into(), columns, rows: Vec::new() }
    }

    /// Adds a row.
    ///
    /// # Panics
    /// If the row has not one value for each column, or a value is not of its column's kind.
    pub fn push(&mut self, row: Vec<Value>) {
        assert_eq!(row.len(), self.columns.len(), "a row of `{}` has one value for each column", self.key);
        for (column, value) in self.columns.iter().zip(&row) {
            assert!(column.takes(value), "`{}` of `{}` does not take {value:?}", column.key, self.key);
        }
        self.rows.push(row);
    }

    /// Its columns, from the left.
    #[must_use]
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// Its rows, from the top; each has one value for each column.
    #[must_use]
    pub fn rows(&self) -> &[Vec<Value>] {
        &self.rows
    }
}

/// One key fact.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact {
    /// Name for machines, its unit last.
    pub key: Cow<'static, str>,
    /// Name for people, without unit.
    pub label: Cow<'static, str>,
    /// What is known.
    pub value: Value,
    /// Decimals for people; machines get the number in full.
    pub decimals: usize,
}

impl Fact {
    /// A fact whose number is whole, or whose value is words.
    #[must_use]
    pub fn new(key: impl Into<Cow<'static, str>>, label: impl Into<Cow<'static, str>>, value: impl Into<Value>) -> Self {
        Self { key: key.into(), label: label.into(), value: value.into(), decimals: 0 }
    }

    /// Value and unit for people.
    pub(crate) fn for_people(&self) -> String {
        let value = self.value.for_people(self.decimals);
        match (&self.value, unit(&self.key)) {
            (Value::Unknown, _) | (_, None) => value.into_owned(),
            (_, Some(unit)) => format!("{value} {unit}"),
        }
    }
}

/// A claim of the scenario, and what was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expectation {
    /// What was to hold: `latency of Urumqi-Almaty under 80 ms`.
    pub claim: String,
    /// What was found: `101.3 ms`.
    pub found: String,
    /// Whether it held.
    pub held: bool,
}

/// What a study found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// Name for machines: `route`. The whole answer's schema is `crossborder.<key>/1`.
    pub key: Cow<'static, str>,
    /// One line for people.
    pub title: String,
    /// What matters most, first things first.
    pub facts: Vec<Fact>,
    /// The details.
    pub tables: Vec<Table>,
    /// Sentences: what to bear in mind, why something is as it is.
    pub notes: Vec<String>,
    /// Claims that were to hold.
    pub expectations: Vec<Expectation>,
    /// Reports that this one is made of, in order.
    pub parts: Vec<Report>,
    /// Whether an interruption left something undone.
    pub is_partial: bool,
}

impl Report {
    /// A report without content.
    #[must_use]
    pub fn new(key: impl Into<Cow<'static, str>>, title: impl Into<String>) -> Self {
        Self { key: key.into(), title: title.into(), ..Self::default() }
    }

    /// Adds a fact whose number is whole, or whose value is words.
    pub fn fact(&mut self, key: impl Into<Cow<'static, str>>, label: impl Into<Cow<'static, str>>, value: impl Into<Value>) {
        self.facts.push(Fact::new(key, label, value));
    }

    /// Adds a fact that people see with so many decimals.
    pub fn quantity(
        &mut self,
        key: impl Into<Cow<'static, str>>,
        label: impl Into<Cow<'static, str>>,
        value: impl Into<Value>,
        decimals: usize,
    ) {
        self.facts.push(Fact { key: key.into(), label: label.into(), value: value.into(), decimals });
    }

    /// Adds a sentence.
    pub fn note(&mut self, sentence: impl Into<String>) {
        self.notes.push(sentence.into());
    }

    /// The number among the facts that has this key; of an estimate its mean, of yes and no 1 and 0.
    ///
    /// `table.row.column` is the number in a cell: of the table with that key, in the first row whose first cell reads so.
    #[must_use]
    pub fn number(&self, key: &str) -> Option<f64> {
        let fact = self.facts.iter().find(|fact| fact.key == key).map(|fact| &fact.value);
        let value = fact.or_else(|| self.cell(key))?;
        match value {
            Value::Bool(truth) => Some(f64::from(u8::from(*truth))),
            Value::Unknown | Value::Text(_) | Value::Integer(_) | Value::Number(_) | Value::Estimate { .. } => value.magnitude(),
        }
    }

    /// The cell that `table.row.column` names; the row's name may have dots in it.
    fn cell(&self, key: &str) -> Option<&Value> {
        let (table, rest) = key.split_once('.')?;
        let (row, column) = rest.rsplit_once('.')?;
        let table = self.tables.iter().find(|found| found.key == table)?;
        let column = table.columns.iter().position(|found| found.key == column)?;
        table.rows.iter().find(|cells| cells.first() == Some(&Value::from(row)))?.get(column)
    }

    /// Tells whether every claim held, those of the parts too.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.expectations.iter().all(|expectation| expectation.held) && self.parts.iter().all(Self::holds)
    }

    /// Tells whether an interruption left something undone, here or in a part.
    #[must_use]
    pub fn is_unfinished(&self) -> bool {
        self.is_partial || self.parts.iter().any(Self::is_unfinished)
    }

    /// The claims as a table, for formats that have nothing else; `None` without claims.
    fn expectation_table(&self) -> Option<Table> {
        let columns = vec![Column::text("claim", "Claim"), Column::text("found", "Found"), Column::truth("held", "Held")];
        let mut table = Table::new("expectations", "Expectations", columns);
        for Expectation { claim, found, held } in &self.expectations {
            table.push(vec![claim.as_str().into(), found.as_str().into(), (*held).into()]);
        }
        (!table.rows.is_empty()).then_some(table)
    }
}

/// What differs from run to run and is no part of the result.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// Version of the program.
    pub version: String,
    /// Threads that worked.
    pub threads: usize,
    /// Wall-clock time of the work.
    pub elapsed_s: f64,
    /// Operating system and architecture.
    pub host: String,
}

/// How a report is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// Aligned columns for people.
    #[default]
    Table,
    /// One JSON value.
    Json,
    /// One JSON object per line: the report, each row, the run.
    Jsonl,
    /// The tables alone, as comma-separated values.
    Csv,
    /// Markdown with tables as GitHub draws them.
    Markdown,
}

impl Format {
    /// All formats, the usual first.
    pub const ALL: [Self; 5] = [Self::Table, Self::Json, Self::Jsonl, Self::Csv, Self::Markdown];

    /// The word in arguments.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Json => "json",
            Self::Jsonl => "jsonl",
            Self::Csv => "csv",
            Self::Markdown => "markdown",
        }
    }
}

/// How a terminal is served; only [`Format::Table`] looks at it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Style {
    /// Columns of the terminal; `None` = as many as it takes.
    pub width: Option<usize>,
    /// Whether headings stand out by escape sequences.
    pub has_color: bool,
}

/// Writes a report; the same bytes for the same arguments.
///
/// # Errors
/// What `out` says.
pub fn write(report: &Report, run: Option<&Run>, format: Format, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
    match format {
        Format::Table => table::write(report, style, out),
        Format::Json => json::write(report, run, out),
        Format::Jsonl => json::write_lines(report, run, out),
        Format::Csv => csv::write(report, out),
        Format::Markdown => markdown::write(report, out),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One of everything, with names that try to do harm.
    pub(super) fn sample() -> Report {
        let mut report = Report::new("route", "Urumqi → Almaty");
        report.quantity("latency_ms", "Latency", 101.25, 2);
        report.fact("lawful", "Lawful", true);
        let columns =
            vec![Column::text("from", "From"), Column::number("latency_ms", "Latency", 2).bar(), Column::text("note", "Note")];
        let mut table = Table::new("routes", "Routes", columns);
        table.push(vec!["Urumqi".into(), 101.25.into(), "=1+1".into()]);
        table.push(vec!["乌鲁木齐".into(), 50.600_000_000_000_01.into(), "a|b, \u{202e}c".into()]);
        table.push(vec!["\"Khan\"\nTash".into(), Value::Unknown, Value::Unknown]);
        report.tables.push(table);
        report.note("Lengths are along the cable.");
        report.expectations.push(Expectation { claim: "latency under".into(), found: "101.25 ms".into(), held: false });
        let mut part = Report::new("show", "A part");
        part.fact("sites", "Sites", 12_345_u64);
        report.parts.push(part);
        report
    }

    #[test]
    fn numbers_for_people_are_rounded_and_grouped() {
        for (value, decimals, text) in [
            (Value::from(1234.5678), 2, "1234.57"),
            (Value::from(-0.001), 2, "0.00"),
            (Value::from(-12345.6), 0, "-12,346"),
            (Value::from(12_345_678_u64), 0, "12,345,678"),
            (Value::from(f64::NAN), 2, "–"),
            (Value::Estimate { mean: 0.5, standard_error: 0.01 }, 3, "0.500 ± 0.010"),
        ] {
            assert_eq!(value.for_people(decimals), text, "{value:?}");
        }
    }

    #[test]
    fn a_unit_is_the_last_word_of_a_key() {
        assert_eq!(unit("latency_ms"), Some("ms"));
        assert_eq!(unit("share_percent"), Some("%"));
        assert_eq!(unit("sites"), None);
        assert_eq!(unit("hops"), None);
    }

    #[test]
    fn one_failed_claim_in_a_part_fails_the_whole() {
        let mut part = Report::new("route", "");
        part.expectations.push(Expectation { claim: "a".into(), found: "b".into(), held: false });
        let mut whole = Report::new("run", "");
        assert!(whole.holds());
        whole.parts.push(part);
        assert!(!whole.holds());
    }
}
