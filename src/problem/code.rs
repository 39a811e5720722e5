//! The stable codes of problems and rules, each with a title and a long text for `crossborder explain`.
//!
//! A code never changes its meaning and is never used again.

use std::fmt;

/// A stable code: `E` for input errors, `R` for rules of law.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Code(pub &'static str);

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0)
    }
}
