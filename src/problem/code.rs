//! The stable codes of problems, and the long text of each code and rule for `crossborder explain`.
//!
//! A code never changes its meaning and is never used again. The texts stand in `explanations.md`, so that they can be
//! read and mended as prose. It decides nothing about when a code applies.

use std::fmt;

/// A stable code: `E` for errors and `W` for warnings of input, `R` for rules of law.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Code(pub &'static str);

/// Whether a problem forbids to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing is computed from such an input.
    Error,
    /// The input means something, perhaps not what was meant.
    Warning,
}

impl Severity {
    /// The word in messages.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

impl Code {
    /// `W` codes warn, all others are errors.
    #[must_use]
    pub fn severity(self) -> Severity {
        if self.0.starts_with('W') { Severity::Warning } else { Severity::Error }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0)
    }
}

macro_rules! codes {
    ($($(#[$meta:meta])* $name:ident = $code:literal;)*) => {
        $($(#[$meta])* pub const $name: Code = Code($code);)*

        /// Every code of input, in order.
        pub const ALL: &[Code] = &[$($name),*];
    };
}

codes! {
    /// A file cannot be opened or read.
    UNREADABLE = "E001";
    /// A folder, pipe or device stands where a file should.
    NOT_A_FILE = "E002";
    /// A file or a line is longer than the limit.
    TOO_LARGE = "E003";
    /// A file is not UTF-8.
    NOT_UTF8 = "E004";
    /// A file holds a NUL byte.
    NUL_BYTE = "E005";
    /// TOML that is none.
    TOML_SYNTAX = "E006";
    /// A quote that never ends, or characters after a closing quote.
    QUOTES = "E007";
    /// A row with more or fewer cells than the header.
    RAGGED_ROW = "E008";
    /// A table without a header.
    NO_HEADER = "E009";
    /// A column that stands twice in the header.
    DUPLICATE_COLUMN = "E010";
    /// A column nobody knows.
    UNKNOWN_COLUMN = "E011";
    /// A key nobody knows.
    UNKNOWN_KEY = "E012";
    /// A column that must be there.
    MISSING_COLUMN = "E013";
    /// A value that must be there.
    MISSING_VALUE = "E014";
    /// A list where a word should be, a word where a number should be, and so on.
    WRONG_TYPE = "E015";
    /// A format number this version cannot read.
    UNKNOWN_FORMAT = "E016";
    /// A foreign file that is not what its format says it is.
    NOT_OF_FORMAT = "E017";
    /// A file or folder in a format that nobody can tell.
    UNKNOWN_KIND = "E018";
    /// An id with characters that ids do not have.
    BAD_ID = "E020";
    /// One id for two things.
    DUPLICATE_ID = "E021";
    /// An id that nothing has.
    UNKNOWN_ID = "E022";
    /// A zone that no site is in.
    UNKNOWN_ZONE = "E023";
    /// A word that is not one of the words allowed there.
    UNKNOWN_WORD = "E030";
    /// Something that is no number where a number should be.
    NOT_A_NUMBER = "E031";
    /// A number that cannot be: NaN, infinite, negative, out of range.
    IMPOSSIBLE_NUMBER = "E032";
    /// A bandwidth without unit, or with one that is none.
    BAD_BANDWIDTH = "E033";
    /// A latitude or longitude that is not on Earth.
    BAD_POSITION = "E034";
    /// Something that is no date where a date should be.
    BAD_DATE = "E035";
    /// A time that ends before it begins.
    ENDS_BEFORE_BEGINNING = "E036";
    /// A time outside the time of what it belongs to.
    OUTSIDE_DATES = "E037";
    /// A segment shorter than the Earth allows.
    TOO_SHORT = "E040";
    /// A segment far longer than its ends are apart.
    TOO_LONG = "E041";
    /// A topology without sites.
    EMPTY_TOPOLOGY = "E050";
    /// A site without territory that is no branching unit.
    NO_TERRITORY = "E051";
    /// An international segment that does not end at a gateway.
    NO_GATEWAY = "E052";
    /// A scope for a role that the site does not have.
    SCOPE_WITHOUT_ROLE = "E053";
    /// Keys that contradict each other or do not apply.
    KEY_DOES_NOT_APPLY = "E054";
    /// A demand at a territory that has no main site.
    NO_MAIN_SITE = "E055";
    /// A demand that ends where it begins.
    DEMAND_TO_ITSELF = "E056";
    /// A branching unit with a second role.
    NOT_ONLY_BRANCHING = "E057";
    /// A question whose answer nothing bounds.
    UNBOUNDED = "E058";
    /// An edit that cannot be made.
    BAD_EDIT = "E060";
    /// A `--set` that is no assignment.
    BAD_OVERRIDE = "E061";
    /// A byte-order mark.
    BYTE_ORDER_MARK = "W001";
    /// Lines that end as on Windows.
    WINDOWS_LINES = "W002";
    /// A site that no segment reaches.
    UNCONNECTED_SITE = "W003";
    /// A demand whose end has no capacity at all.
    NO_CAPACITY = "W004";
    /// A site whose segments are never in service while it exists.
    NEVER_IN_SERVICE = "W005";
    /// A risk group without members.
    EMPTY_RISK_GROUP = "W006";
    /// A segment from a site to itself.
    LOOP = "W007";
    /// A scenario without study or expectation.
    NOTHING_ASKED = "W008";
    /// Demands that go with a removed site.
    DEMANDS_GO_WITH_SITE = "W009";
}

/// The long text of a code or rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// `E021`, `W003`, `R4`.
    pub code: &'static str,
    /// One line.
    pub title: &'static str,
    /// What it means, why it matters, how to mend it, an example; Markdown.
    pub text: &'static str,
}

const EXPLANATIONS: &str = include_str!("explanations.md");

/// All explanations, in the order of the codes.
pub fn explanations() -> impl Iterator<Item = Explanation> {
    EXPLANATIONS.split("\n## ").skip(1).map(|section| {
        let (heading, text) = section.split_once('\n').unwrap_or((section, ""));
        let (code, title) = heading.split_once(": ").unwrap_or((heading, ""));
        Explanation { code, title, text: text.trim() }
    })
}

/// The explanation of a code or rule, whatever its case; `None` if there is no such code.
#[must_use]
pub fn explain(code: &str) -> Option<Explanation> {
    explanations().find(|explanation| explanation.code.eq_ignore_ascii_case(code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_finding_and_rule_is_explained_once_in_order() {
        let findings = crate::topology::import::finding::ALL.iter().map(|kind| kind.code);
        let codes: Vec<String> = ALL.iter().copied().chain(findings).map(|code| code.to_string()).collect();
        let codes: Vec<String> = codes.into_iter().chain((1..=20).map(|number| format!("R{number}"))).collect();
        let explained: Vec<&str> = explanations().map(|explanation| explanation.code).collect();
        assert_eq!(explained, codes);
    }

    #[test]
    fn the_explanation_of_a_finding_carries_its_words() {
        for kind in crate::topology::import::finding::ALL {
            assert_eq!(explain(kind.code.0).map(|explanation| explanation.title), Some(kind.what), "{}", kind.code);
        }
    }

    #[test]
    fn every_explanation_says_what_why_and_how() {
        for explanation in explanations() {
            assert!(!explanation.title.is_empty(), "{}", explanation.code);
            assert!(explanation.text.len() > 120, "{} is too short to help", explanation.code);
        }
    }

    #[test]
    fn codes_are_found_whatever_their_case() {
        assert_eq!(explain("r4").map(|e| e.code), Some("R4"));
        assert_eq!(explain("E999"), None);
    }
}
