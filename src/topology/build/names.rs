//! The ids of one kind of thing: that they are well formed and given once, and what each refers to.

use std::collections::{BTreeMap, BTreeSet};

use crate::file::{Entry, suggest};
use crate::problem::{Place, Problems, code};

/// Past so many problems no more time is spent on what may have been meant.
const SUGGESTIONS: usize = 100;

/// Positions by id.
pub(super) struct Names {
    kind: &'static str,
    positions: BTreeMap<String, usize>,
    /// Ids that exist but whose thing could not be built.
    broken: BTreeSet<String>,
    places: BTreeMap<String, Option<Place>>,
}

impl Names {
    pub(super) fn new(kind: &'static str, broken: BTreeSet<String>) -> Self {
        Self { kind, positions: BTreeMap::new(), broken, places: BTreeMap::new() }
    }

    /// Keeps the rows whose id is well formed and not given before; the others are problems.
    pub(super) fn distinct<T>(
        &mut self,
        rows: Vec<T>,
        id: impl Fn(&T) -> (&Entry, &Option<Place>),
        problems: &mut Problems,
    ) -> Vec<T> {
        let kind = self.kind;
        let places = &mut self.places;
        let mut keep = |row: &T| {
            let (entry, place) = id(row);
            if entry.is_blank() {
                super::missing(entry, "id", place, &format!("give the {kind} an id"), problems);
                return false;
            }
            if !entry.text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)) {
                let message = format!("`{}` cannot be the id of a {kind}", entry.text);
                let help = "use ASCII letters, digits, `-`, `_` and `.`; the name may hold anything";
                problems.push(entry.problem(code::BAD_ID, message, "not an id").help(help));
            }
            if let Some(first) = places.get(&entry.text) {
                let message = format!("{kind} `{}` is given twice", entry.text);
                let mut problem = entry.problem(code::DUPLICATE_ID, message, "again");
                problem.also.extend(first.clone().map(|place| (place, "first".to_owned())));
                problems.push(problem.help("give one of them another id, or leave it out"));
                return false;
            }
            places.insert(entry.text.clone(), entry.place.clone());
            true
        };
        rows.into_iter().filter(|row| keep(row)).collect()
    }

    /// Where each id was first given.
    pub(super) fn into_places(self) -> BTreeMap<String, Option<Place>> {
        self.places
    }

    /// Says at which position each id has come to stand.
    pub(super) fn place(&mut self, ids: impl Iterator<Item = String>) {
        self.positions = ids.enumerate().map(|(position, id)| (id, position)).collect();
    }

    /// Says that an id exists, although what it names cannot be built.
    pub(super) fn spoil(&mut self, id: &str) {
        self.broken.insert(id.to_owned());
    }

    /// The position an id refers to, without complaint.
    pub(super) fn find(&self, id: &str) -> Option<usize> {
        self.positions.get(id).copied()
    }

    /// Tells whether an id exists, be it that its thing could not be built.
    pub(super) fn knows(&self, id: &str) -> bool {
        self.positions.contains_key(id) || self.broken.contains(id)
    }

    /// All ids.
    pub(super) fn ids(&self) -> impl Iterator<Item = &str> {
        self.positions.keys().map(String::as_str)
    }

    /// The position an id refers to; an unknown id is a problem.
    pub(super) fn resolve(&self, entry: &Entry, problems: &mut Problems) -> Option<usize> {
        let id = entry.get()?;
        let found = self.find(id);
        if found.is_none() && !self.broken.contains(id) {
            unknown(entry, self.kind, self.ids(), problems);
        }
        found
    }
}

/// Says that there is no such id, and which may have been meant.
pub(super) fn unknown<'a>(entry: &Entry, kind: &str, known: impl Iterator<Item = &'a str>, problems: &mut Problems) {
    let guess = if problems.list().len() < SUGGESTIONS { suggest(&entry.text, known) } else { None };
    let help = guess.map_or_else(|| format!("name a {kind} that is given"), |id| format!("did you mean `{id}`?"));
    problems.push(entry.problem(code::UNKNOWN_ID, format!("unknown {kind} `{}`", entry.text), "unknown").help(help));
}
