//! The ids of one kind of thing: that they are well formed and given once, and what each refers to.

use std::collections::BTreeSet;

use crate::file::{Entry, Text, suggest};
use crate::problem::{Place, Problems, code};
use crate::topology::index::Index;

/// Past so many problems no more time is spent on what may have been meant.
const SUGGESTIONS: usize = 100;

/// What is known of an id.
struct Known {
    id: Text,
    /// Where it was first given.
    place: Option<Place>,
    /// Where its thing has come to stand; [`NOWHERE`] until that is known, or if it could not be built.
    position: u32,
}

/// The position of what stands nowhere.
const NOWHERE: u32 = u32::MAX;

/// Positions by id.
pub(super) struct Names {
    kind: &'static str,
    /// In the order of the file.
    known: Vec<Known>,
    index: Index,
    /// Ids that exist but whose thing could not be built.
    broken: BTreeSet<String>,
}

impl Names {
    pub(super) fn new(kind: &'static str, broken: BTreeSet<String>) -> Self {
        Self { kind, known: Vec::new(), index: Index::default(), broken }
    }

    /// Keeps the rows whose id is well formed and not given before; the others are problems. O(n log n).
    pub(super) fn distinct<T>(
        &mut self,
        rows: Vec<T>,
        id: impl Fn(&T) -> (&Entry, &Option<Place>),
        problems: &mut Problems,
    ) -> Vec<T> {
        let (index, again) = Index::new(rows.len(), |number| id(&rows[number]).0.text.as_str());
        let mut again = again.into_iter().peekable();
        let kind = self.kind;
        let mut is_kept = Vec::with_capacity(rows.len());
        self.known.reserve_exact(rows.len());
        for (number, row) in rows.iter().enumerate() {
            let (entry, place) = id(row);
            if entry.is_blank() {
                super::missing(entry, "id", place, &format!("give the {kind} an id"), problems);
            } else if !entry.text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)) {
                let message = format!("`{}` cannot be the id of a {kind}", entry.text);
                let help = "use ASCII letters, digits, `-`, `_` and `.`; the name may hold anything";
                problems.push(entry.problem(code::BAD_ID, message, "not an id").help(help));
            }
            let first = again.next_if(|[later, _]| *later == number);
            if let Some([_, first]) = first {
                let message = format!("{kind} `{}` is given twice", entry.text);
                let mut problem = entry.problem(code::DUPLICATE_ID, message, "again");
                problem.also.extend(id(&rows[first]).0.place.clone().map(|place| (place, "first".to_owned())));
                problems.push(problem.help("give one of them another id, or leave it out"));
            }
            is_kept.push(!entry.is_blank() && first.is_none());
            self.known.push(Known { id: entry.text.clone(), place: entry.place.clone(), position: NOWHERE });
        }
        self.index = index;
        let mut is_kept = is_kept.into_iter();
        rows.into_iter().filter(|_| is_kept.next().expect("one for each row")).collect()
    }

    /// Where an id was first given.
    pub(super) fn place_of(&self, id: &str) -> Option<Place> {
        self.known[self.search(id)?].place.clone()
    }

    /// Says at which position each id has come to stand.
    pub(super) fn place<'a>(&mut self, ids: impl Iterator<Item = &'a str>) {
        for (position, id) in ids.enumerate() {
            if let Some(at) = self.search(id) {
                self.known[at].position = u32::try_from(position).expect("tables hold fewer than 2^32 entries");
            }
        }
    }

    /// Says that an id exists, although what it names cannot be built.
    pub(super) fn spoil(&mut self, id: &str) {
        self.broken.insert(id.to_owned());
    }

    fn search(&self, id: &str) -> Option<usize> {
        self.index.find(id, |number| self.known[number].id.as_str())
    }

    /// The position an id refers to, without complaint. O(log n).
    pub(super) fn find(&self, id: &str) -> Option<usize> {
        let position = self.known[self.search(id)?].position;
        (position != NOWHERE).then_some(position as usize)
    }

    /// Tells whether an id exists, be it that its thing could not be built.
    pub(super) fn knows(&self, id: &str) -> bool {
        self.find(id).is_some() || self.broken.contains(id)
    }

    /// All ids.
    pub(super) fn ids(&self) -> impl Iterator<Item = &str> {
        let known = self.index.numbers().map(|number| &self.known[number]);
        known.filter(|known| known.position != NOWHERE).map(|known| known.id.as_str())
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
