//! The text of a value. Short ones need no allocation of their own, for the files of a large topology hold millions.

use std::cmp::Ordering;
use std::fmt;
use std::ops::Deref;

/// So many bytes stand in the value itself: most ids, numbers, dates and words of a table.
const SHORT: usize = 14;

/// A text that does not change, in 16 bytes and, past `SHORT` bytes of text, an allocation.
#[derive(Clone, PartialEq, Eq)]
pub struct Text(Store);

#[derive(Clone, PartialEq, Eq)]
enum Store {
    /// Length and bytes, with zeros behind them, so that equal texts are stored the same.
    Short(u8, [u8; SHORT]),
    /// The second box makes the pointer thin, and so every short text smaller by a third.
    Long(Box<Box<str>>),
}

impl Text {
    /// The text itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Store::Short(length, bytes) => {
                std::str::from_utf8(&bytes[..usize::from(*length)]).expect("the bytes are those of a text")
            }
            Store::Long(text) => text,
        }
    }

    /// Its bytes, whose order is that of texts.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        match &self.0 {
            Store::Short(length, bytes) => &bytes[..usize::from(*length)],
            Store::Long(text) => text.as_bytes(),
        }
    }

    /// Tells whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        matches!(self.0, Store::Short(0, _))
    }
}

impl Default for Text {
    fn default() -> Self {
        Self(Store::Short(0, [0; SHORT]))
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        let mut bytes = [0; SHORT];
        match (bytes.get_mut(..text.len()), u8::try_from(text.len())) {
            (Some(place), Ok(length)) => {
                place.copy_from_slice(text.as_bytes());
                Self(Store::Short(length, bytes))
            }
            _ => Self(Store::Long(Box::new(text.into()))),
        }
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        if text.len() > SHORT { Self(Store::Long(Box::new(text.into_boxed_str()))) } else { text.as_str().into() }
    }
}

impl From<Text> for String {
    fn from(text: Text) -> Self {
        text.as_str().to_owned()
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl PartialEq<str> for Text {
    fn eq(&self, other: &str) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl PartialEq<&str> for Text {
    fn eq(&self, other: &&str) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl PartialEq<Text> for String {
    fn eq(&self, other: &Text) -> bool {
        self == other.as_str()
    }
}

impl PartialOrd for Text {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Text {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_bytes().cmp(other.as_bytes())
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.as_str(), f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::Entry;

    #[test]
    fn texts_of_any_length_are_what_they_were_made_from() {
        for text in ["", "a", "fourteen bytes", "fifteen bytes !", "7 é und 14: ééé", "ééééééé", &"x".repeat(300)] {
            assert_eq!((Text::from(text).as_str(), Text::from(text.to_owned()).as_str()), (text, text));
            assert_eq!(Text::from(text), Text::from(text.to_owned()));
            assert_eq!(Text::from(text).is_empty(), text.is_empty());
        }
        assert!(["", "a", "aaaaaaaaaaaaaaaaaaaa", "ab", "é"].map(Text::from).is_sorted());
    }

    #[test]
    fn values_are_small_for_a_topology_has_millions() {
        assert_eq!((size_of::<Text>(), size_of::<Entry>()), (16, 32));
        assert_eq!(size_of::<crate::file::List>(), 32);
    }
}
