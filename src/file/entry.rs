//! A value as it was written, and the conversions that say what is wrong with it.

use std::ops::Bound;

use crate::file::Text;
use crate::problem::{Place, Problem, Problems, code};
use crate::units::{Bandwidth, Date, Validity, parse_date};

/// How a value was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// In a table or by a program, where everything is text.
    #[default]
    Plain,
    /// As a TOML string.
    String,
    /// As a TOML integer or float.
    Number,
    /// As a TOML boolean.
    Boolean,
    /// As a TOML date.
    Date,
}

/// One value as it was written; empty text means that nobody says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// What was written, without quotes and outer spaces.
    pub text: Text,
    /// How it was written.
    pub form: Form,
    /// Where; `None` if a program made it.
    pub place: Option<Place>,
}

/// Several values, written as a TOML array or joined with `+`, or nothing that anybody says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct List(Said);

#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum Said {
    #[default]
    Nothing,
    /// Most lists of a large topology, without an allocation.
    One(Entry),
    /// None, or several.
    Many(Vec<Entry>),
}

impl<T: ToString> From<T> for Entry {
    /// The text without outer spaces, which no table keeps.
    fn from(value: T) -> Self {
        let text = value.to_string();
        let whole = text.trim();
        let text = if whole.len() < text.len() { whole.into() } else { text.into() };
        Self { text, ..Self::default() }
    }
}

impl<T: ToString> FromIterator<T> for List {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        values.into_iter().map(Entry::from).collect::<Vec<_>>().into()
    }
}

impl From<Entry> for List {
    fn from(entry: Entry) -> Self {
        Self(Said::One(entry))
    }
}

impl From<Vec<Entry>> for List {
    fn from(mut entries: Vec<Entry>) -> Self {
        Self(match entries.len() {
            1 => Said::One(entries.remove(0)),
            _ => Said::Many(entries),
        })
    }
}

impl List {
    /// The values; none where nobody says.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        self.said().unwrap_or_default()
    }

    /// The values; `None` where nobody says.
    #[must_use]
    pub fn said(&self) -> Option<&[Entry]> {
        match &self.0 {
            Said::Nothing => None,
            Said::One(entry) => Some(std::slice::from_ref(entry)),
            Said::Many(entries) => Some(entries),
        }
    }

    /// Takes the values out; `None` where nobody says.
    pub fn take(&mut self) -> Option<Vec<Entry>> {
        match std::mem::take(&mut self.0) {
            Said::Nothing => None,
            Said::One(entry) => Some(vec![entry]),
            Said::Many(entries) => Some(entries),
        }
    }

    /// Adds a value that is not there yet.
    pub fn add(&mut self, text: &str) {
        let mut entries = self.take().unwrap_or_default();
        if entries.iter().all(|entry| entry.text != text) {
            entries.push(text.into());
        }
        *self = entries.into();
    }

    /// Leaves out the values of which the test does not hold.
    pub fn retain(&mut self, test: impl FnMut(&Entry) -> bool) {
        if let Some(mut entries) = self.take() {
            entries.retain(test);
            *self = entries.into();
        }
    }
}

/// What a number may be.
#[derive(Clone, Copy, Debug)]
pub struct Interval(pub Bound<f64>, pub Bound<f64>);

impl Interval {
    /// Zero or more.
    pub const FROM_ZERO: Self = Self(Bound::Included(0.0), Bound::Unbounded);
    /// More than zero.
    pub const POSITIVE: Self = Self(Bound::Excluded(0.0), Bound::Unbounded);

    /// From one number to another, both included.
    #[must_use]
    pub const fn closed(low: f64, high: f64) -> Self {
        Self(Bound::Included(low), Bound::Included(high))
    }

    fn holds(self, value: f64) -> bool {
        use std::ops::RangeBounds;
        (self.0, self.1).contains(&value)
    }

    fn words(self) -> String {
        let low = match self.0 {
            Bound::Included(low) => Some(format!("{low} or more")),
            Bound::Excluded(low) => Some(format!("more than {low}")),
            Bound::Unbounded => None,
        };
        let high = match self.1 {
            Bound::Included(high) => Some(format!("at most {high}")),
            Bound::Excluded(high) => Some(format!("less than {high}")),
            Bound::Unbounded => None,
        };
        [low, high].into_iter().flatten().collect::<Vec<_>>().join(" and ")
    }
}

/// What kind of number is wanted.
#[derive(Clone, Copy, Debug)]
pub struct Number {
    /// What it is, for messages: `length in km`.
    pub name: &'static str,
    /// What it may be.
    pub interval: Interval,
}

impl Entry {
    /// Tells whether nobody says.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.text.is_empty()
    }

    /// The text, if anybody says.
    #[must_use]
    pub fn get(&self) -> Option<&str> {
        (!self.is_blank()).then_some(self.text.as_str())
    }

    /// The text on its own, if anybody says.
    #[must_use]
    pub fn owned(&self) -> Option<String> {
        self.get().map(str::to_owned)
    }

    /// A problem at this value.
    #[must_use]
    pub fn problem(&self, code: crate::problem::Code, message: impl Into<String>, label: impl Into<String>) -> Problem {
        let problem = Problem::new(code, message);
        match &self.place {
            Some(place) => problem.at(place.clone(), label),
            None => problem,
        }
    }

    /// Splits at a separator, each part with its own place where the text stands in the file as it is.
    #[must_use]
    pub fn split(&self, separator: char) -> Vec<Self> {
        let mut parts = Vec::new();
        let mut from = 0;
        for piece in self.text.split(separator) {
            let start = from + piece.len() - piece.trim_start().len();
            let text = piece.trim();
            from += piece.len() + separator.len_utf8();
            if !text.is_empty() {
                parts.push(self.part(start, text.len()));
            }
        }
        parts
    }

    /// A piece of this value, from a byte of its text on.
    #[must_use]
    pub fn part(&self, start: usize, len: usize) -> Self {
        let place = self.place.clone().map(|mut place| {
            // Where escapes make the written text longer, the parts have no place of their own.
            let bytes = place.bytes();
            if bytes.len() == self.text.len() {
                place = Place::new(place.file, bytes.start + start..bytes.start + start + len);
            }
            place
        });
        Self { text: self.text[start..start + len].into(), form: Form::Plain, place }
    }

    /// Reads one of some words.
    pub fn word<T: Copy>(&self, name: &str, words: &[(&str, T)], problems: &mut Problems) -> Option<T> {
        let text = self.get()?;
        if let Some(&(_, value)) = words.iter().find(|(word, _)| *word == text) {
            return Some(value);
        }
        let all = words.iter().map(|(word, _)| *word);
        let help = suggest(text, all.clone()).map_or_else(
            || format!("write {}", all.map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")),
            |word| format!("did you mean `{word}`?"),
        );
        problems.push(self.problem(code::UNKNOWN_WORD, format!("`{text}` is no {name}"), "unknown word").help(help));
        None
    }

    /// Reads a number.
    pub fn number(&self, wanted: Number, problems: &mut Problems) -> Option<f64> {
        let text = self.get()?;
        let Number { name, interval } = wanted;
        if matches!(self.form, Form::String | Form::Boolean | Form::Date) {
            let problem = self.problem(code::WRONG_TYPE, format!("`{text}` is a text, but {name} is a number"), "not a number");
            problems.push(
                problem
                    .help(format!("write it without quotes, such as `{}`", if text.parse::<f64>().is_ok() { text } else { "1" })),
            );
            return None;
        }
        let Ok(value) = text.parse::<f64>() else {
            let help = if text.contains(',') {
                "write a decimal point and no thousands separators"
            } else {
                "write digits only; the unit is in the column's name"
            };
            problems.push(self.problem(code::NOT_A_NUMBER, format!("`{text}` is no {name}"), "not a number").help(help));
            return None;
        };
        if value.is_finite() && interval.holds(value) {
            return Some(value);
        }
        let wanted = if interval.words().is_empty() { "a finite number".to_owned() } else { interval.words() };
        let problem = self.problem(code::IMPOSSIBLE_NUMBER, format!("{name} cannot be {text}"), "impossible");
        problems.push(problem.help(format!("it must be {wanted}; leave it empty if unknown")));
        None
    }

    /// Reads a whole number.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "checked to be whole, not negative and at most 2^53"
    )]
    pub fn whole(&self, name: &'static str, low: u32, high: u64, problems: &mut Problems) -> Option<u64> {
        #[expect(clippy::cast_precision_loss, reason = "bounds are small")]
        let interval = Interval::closed(f64::from(low), high as f64);
        let value = self.number(Number { name, interval }, problems)?;
        if value.fract() == 0.0 {
            return Some(value as u64);
        }
        let message = format!("{name} cannot be {}", self.text);
        problems.push(self.problem(code::IMPOSSIBLE_NUMBER, message, "not whole").help("it must be a whole number"));
        None
    }

    /// Reads a bandwidth with its unit.
    pub fn bandwidth(&self, problems: &mut Problems) -> Option<Bandwidth> {
        let text = self.get()?;
        match Bandwidth::parse(text) {
            Ok(value) => Some(value),
            Err(why) => {
                let number = text.trim_end_matches(|c: char| !c.is_ascii_digit());
                let example = if number.parse::<f64>().is_ok_and(|n| n >= 0.0) { number } else { "100" };
                let message = format!("`{text}` is no bandwidth: {why}");
                let help = format!("write a number and a unit, such as `{example} Gbit/s`");
                problems.push(self.problem(code::BAD_BANDWIDTH, message, why).help(help));
                None
            }
        }
    }

    /// Reads a date: `2017`, `2017-06` or `2017-06-01`.
    pub fn date(&self, problems: &mut Problems) -> Option<Date> {
        let text = self.get()?;
        match parse_date(text) {
            Ok(date) => Some(date),
            Err(why) => {
                let help = "write the year, the month or the day, as ISO 8601 does; leave it empty if unknown";
                problems.push(self.problem(code::BAD_DATE, format!("`{text}` is {why}"), "no such date").help(help));
                None
            }
        }
    }

    /// Tells whether it is `true`; anything but a boolean is a problem.
    pub fn boolean(&self, problems: &mut Problems) -> Option<bool> {
        match (self.get()?, self.form) {
            ("true", Form::Boolean | Form::Plain) => Some(true),
            ("false", Form::Boolean | Form::Plain) => Some(false),
            (text, _) => {
                let problem = self.problem(code::WRONG_TYPE, format!("`{text}` is neither true nor false"), "not a boolean");
                problems.push(problem.help("write `true` or `false`, without quotes"));
                None
            }
        }
    }
}

/// Reads the time between two dates.
pub fn validity(from: &Entry, to: &Entry, problems: &mut Problems) -> Validity {
    let validity = Validity { from: from.date(problems), to: to.date(problems) };
    if let (Some(first), Some(end)) = (validity.from, validity.to)
        && end <= first
    {
        let message = format!("ends on {end}, but begins on {first}");
        let mut problem = to.problem(code::ENDS_BEFORE_BEGINNING, message, "the first day it is no more");
        if let Some(place) = from.place.clone().filter(|place| Some(place) != to.place.as_ref()) {
            problem = problem.and(place, "the first day it is");
        }
        problems.push(problem.help("give an end after the beginning, or leave it empty if it still is"));
        return Validity::ALWAYS;
    }
    validity
}

/// The candidate that was most likely meant; ties go to the first in order. `None` if none is near.
///
/// The same but for case wins; else the least edit distance (with transpositions), at most a third of the length.
pub fn suggest<'a>(text: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    const LONGEST: usize = 64;
    if text.len() > LONGEST {
        return None;
    }
    let limit = (text.chars().count() / 3).max(1);
    let distance = |candidate: &str| {
        if candidate.eq_ignore_ascii_case(text) {
            Some(0)
        } else if candidate.len().abs_diff(text.len()) > limit * 2 {
            None
        } else {
            Some(strsim::osa_distance(text, candidate)).filter(|&distance| distance <= limit)
        }
    };
    candidates
        .into_iter()
        .filter_map(|candidate| distance(candidate).map(|d| (d, candidate)))
        .min()
        .map(|(_, candidate)| candidate)
}
