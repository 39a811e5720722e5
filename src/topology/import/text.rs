//! Bytes of foreign files to text, and words to numbers, with patience for what people and programs write.
//!
//! Every guess is a finding; nothing here knows what a value means.

use std::borrow::Cow;

use super::finding::{self, Findings};

/// Why a file cannot be read at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What is wrong, with line and column where known; lower case, no full stop.
    pub message: String,
    /// What would fix it.
    pub help: String,
}

impl Refusal {
    /// A refusal with its way out.
    #[must_use]
    pub fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { message: message.into(), help: help.into() }
    }
}

/// No file may hold more things of one kind than this, so that memory stays bounded.
pub const COUNT_LIMIT: usize = 3_000_000;

/// Refuses absurd counts.
///
/// # Errors
/// If there are more than [`COUNT_LIMIT`].
pub fn admit(count: usize, what: &str) -> Result<(), Refusal> {
    if count <= COUNT_LIMIT {
        return Ok(());
    }
    let message = format!("the file has more than {COUNT_LIMIT} {what}");
    Err(Refusal::new(message, "split it, or leave out what the study does not need"))
}

/// Text of a file: UTF-8 without its byte-order mark, else Latin-1.
///
/// # Errors
/// If it is UTF-16, or holds NUL bytes.
pub fn decode<'a>(bytes: &'a [u8], findings: &mut Findings) -> Result<Cow<'a, str>, Refusal> {
    const HELP: &str = "save it as UTF-8 text";
    if let [0xff, 0xfe, ..] | [0xfe, 0xff, ..] = bytes {
        return Err(Refusal::new("the file is UTF-16", HELP));
    }
    if bytes.contains(&0) {
        return Err(Refusal::new("the file holds NUL bytes and is no text", HELP));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(Cow::Borrowed(text)),
        Err(error) => {
            findings
                .note(finding::LATIN_1, || format!("byte 0x{:02x} at byte {}", bytes[error.valid_up_to()], error.valid_up_to()));
            Ok(Cow::Owned(bytes.iter().map(|&byte| char::from(byte)).collect()))
        }
    }
}

/// Tells whether a word says that nobody knows, as `NA` and `<NA>` do.
#[must_use]
pub fn is_unknown(word: &str) -> bool {
    const WORDS: [&str; 12] = ["na", "<na>", "n/a", "nan", "null", "none", "nil", "-", "?", "unknown", "undefined", "n.a."];
    WORDS.iter().any(|unknown| word.eq_ignore_ascii_case(unknown))
}

/// The word, unless it is blank or says that nobody knows.
pub fn known<'a>(word: &'a str, findings: &mut Findings) -> Option<&'a str> {
    let word = word.trim();
    if word.is_empty() {
        return None;
    }
    if is_unknown(word) {
        findings.note(finding::NO_VALUE, || word.to_owned());
        return None;
    }
    Some(word)
}

/// A finite number such as `12.5`, `1,234` or `45,000 km`; whatever follows the number must be one of `units`.
pub fn number(word: &str, units: &[&str], findings: &mut Findings) -> Option<f64> {
    let word = known(word, findings)?;
    if let Ok(value) = word.parse::<f64>()
        && value.is_finite()
    {
        return Some(value);
    }
    let end =
        word.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ',' | '-' | '+' | ' ' | '\u{a0}'))).unwrap_or(word.len());
    let (digits, unit) = word.split_at(end);
    let value = plain(digits).parse::<f64>().ok().filter(|_| unit.is_empty() || units.contains(&unit.trim()));
    if value.is_none() {
        findings.note(finding::BAD_NUMBER, || word.to_owned());
    }
    value
}

/// Digits without separators of thousands, and with a point for a decimal comma.
fn plain(digits: &str) -> String {
    let digits: String = digits.chars().filter(|c| !matches!(c, ' ' | '\u{a0}')).collect();
    let is_group = |group: &str| group.split('.').next().is_some_and(|whole| whole.len() == 3);
    if digits.split(',').skip(1).all(is_group) {
        digits.replace(',', "")
    } else if digits.matches(',').count() == 1 && !digits.contains('.') {
        digits.replace(',', ".")
    } else {
        digits
    }
}

/// The lines of a text with their numbers from one on, comments and blank lines left out.
pub fn lines<'a>(text: &'a str, comment: &'static str) -> impl Iterator<Item = (usize, &'a str)> {
    let numbered = text.lines().enumerate().map(|(i, line)| (i + 1, line.trim()));
    numbered.filter(move |(_, line)| !line.is_empty() && !line.starts_with(comment))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_that_is_not_utf_8_is_read_as_latin_1() {
        let mut findings = Findings::default();
        assert_eq!(decode(b"S\xe3o Paulo", &mut findings).unwrap(), "São Paulo");
        assert_eq!(findings.count(finding::LATIN_1), 1);
        assert_eq!(decode(b"\xef\xbb\xbfid", &mut findings).unwrap(), "id");
        assert!(decode(b"\xff\xfei\0d\0", &mut findings).is_err());
        assert!(decode(b"a\0b", &mut findings).is_err());
    }

    #[test]
    fn numbers_are_read_with_separators_and_units() {
        let mut findings = Findings::default();
        let mut read = |word| number(word, &["km"], &mut findings);
        assert_eq!(read("45,000 km"), Some(45_000.0));
        assert_eq!(read(" -1.5e3 "), Some(-1_500.0));
        assert_eq!(read("1,234,567.5"), Some(1_234_567.5));
        assert_eq!(read("12,5"), Some(12.5));
        assert_eq!(read("1,2,3"), None);
        assert_eq!(read("12 miles"), None);
        assert_eq!(read("inf"), None);
        assert_eq!(read("<NA>"), None);
        assert_eq!(read(""), None);
        assert_eq!(findings.count(finding::BAD_NUMBER), 3);
        assert_eq!(findings.count(finding::NO_VALUE), 1);
    }
}
