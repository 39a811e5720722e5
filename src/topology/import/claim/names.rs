//! Ids for things that foreign files call by numbers, names with accents, or nothing at all.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use crate::file::Text;
use crate::topology::gazetteer::plain_letter;

/// No id is longer than this; more of a name tells nobody anything.
const LONGEST: usize = 80;

/// Ids that were given, so that none is given twice.
#[derive(Default)]
pub(super) struct Ids(BTreeMap<Text, u32>);

impl Ids {
    /// An id from the first word that yields one, else from `rest`; a number behind it if it was given before.
    /// Tells whether it needed one.
    pub(super) fn give(&mut self, words: &[&str], rest: &str) -> (String, bool) {
        let slug = words.iter().map(|word| slug(word)).find(|slug| !slug.is_empty()).unwrap_or_else(|| rest.to_owned());
        let mut id = slug.clone();
        let mut is_again = false;
        loop {
            match self.0.entry(id.as_str().into()) {
                Entry::Vacant(free) => {
                    free.insert(1);
                    return (id, is_again);
                }
                Entry::Occupied(mut taken) => {
                    *taken.get_mut() += 1;
                    id = format!("{slug}-{}", taken.get());
                    is_again = true;
                }
            }
        }
    }

    /// Takes an id as it is, if it is one and was not given before.
    pub(super) fn keep(&mut self, id: &str) -> bool {
        let is_id = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
        let is_new = is_id && !self.0.contains_key(&Text::from(id));
        if is_new {
            self.reserve(id);
        }
        is_new
    }

    /// Keeps an id from being given.
    pub(super) fn reserve(&mut self, id: &str) {
        self.0.insert(id.into(), 1);
    }
}

/// Tells whether an id of a file means anything to people: it has letters and is no machine's number.
pub(super) fn is_speaking(key: &str) -> bool {
    let is_uuid = key.len() == 36 && key.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    let is_numbered = |prefix: &str| key.strip_prefix(prefix).is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_digit()));
    key.chars().any(char::is_alphabetic) && !is_uuid && !["point-", "end-", "n", "node"].iter().any(|prefix| is_numbered(prefix))
}

/// A name in the letters of ids: accents off, blanks and the like as `-`, all else left out.
fn slug(name: &str) -> String {
    let is_of_id = |byte: u8| byte.is_ascii_alphanumeric() || b"_.".contains(&byte);
    if name.len() < LONGEST && name.bytes().all(is_of_id) {
        return name.to_owned();
    }
    let mut slug = String::new();
    for c in name.trim().chars().flat_map(plain_letters) {
        if c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-') {
            slug.push(c);
        } else if (c.is_whitespace() || c.is_ascii_punctuation()) && !slug.ends_with('-') {
            slug.push('-');
        }
        if slug.len() == LONGEST {
            break;
        }
    }
    slug.trim_matches('-').to_owned()
}

fn plain_letters(c: char) -> impl Iterator<Item = char> {
    let is_upper = c.is_uppercase();
    let plain = plain_letter(c.to_lowercase().next().unwrap_or(c));
    std::iter::once(if is_upper { plain.to_ascii_uppercase() } else { plain })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_ids() {
        for (name, id) in [
            ("Hong-Kong", "Hong-Kong"),
            ("São Paulo", "Sao-Paulo"),
            ("Changi South, Singapore", "Changi-South-Singapore"),
            ("0_Sydney1", "0_Sydney1"),
            ("bu:asia:115", "bu-asia-115"),
            ("厦门", ""),
        ] {
            assert_eq!(slug(name), id, "{name}");
        }
    }

    #[test]
    fn no_id_is_given_twice() {
        let mut ids = Ids::default();
        let given: Vec<String> = ["a", "a", "a-2", "", ""].iter().map(|name| ids.give(&[name], "x").0).collect();
        assert_eq!(given, ["a", "a-2", "a-2-2", "x", "x-2"]);
    }

    #[test]
    fn numbers_of_machines_say_nothing() {
        for key in ["17", "ed2d26cf-5d3f-46d1-876e-d4d99ed9745a", "point-3", "n0"] {
            assert!(!is_speaking(key), "{key}");
        }
        assert!(is_speaking("Nairobi") && is_speaking("N1a"));
    }
}
