//! Text that is safe to show: control and direction marks made visible, widths as a terminal counts them.
//!
//! Names come from files that anyone may have written. A name must not move the cursor, hide its neighbour or turn
//! a line around (Unicode TR 36, "bidi spoofing"), whatever the format it is written in.

use std::borrow::Cow;
use std::fmt::Write as _;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Tells whether a character may change how its neighbours look, or nothing of it is seen.
///
/// These are the control characters (C0, DEL, C1), line and paragraph separators, direction marks, zero-width
/// characters except the two joiners that scripts need, interlinear and tag characters, and the byte-order mark.
#[must_use]
pub(super) fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}')
        || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
        || matches!(c, '\u{e0000}'..='\u{e0fff}')
}

/// Writes each unsafe character as `\u{…}` and leaves the rest alone.
#[must_use]
pub fn plain(text: &str) -> Cow<'_, str> {
    if !text.contains(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_unsafe(c) {
            let _ = write!(safe, "\\u{{{:x}}}", u32::from(c));
        } else {
            safe.push(c);
        }
    }
    Cow::Owned(safe)
}

/// Columns that a text takes on a terminal.
#[must_use]
pub fn width(text: &str) -> usize {
    text.width()
}

/// Cuts a text to at most `limit` columns, the last of them `…` if anything was cut.
#[must_use]
pub(super) fn truncate(text: &str, limit: usize) -> Cow<'_, str> {
    if width(text) <= limit {
        return Cow::Borrowed(text);
    }
    let mut used = 0;
    let mut end = 0;
    for (at, c) in text.char_indices() {
        used += c.width().unwrap_or(0);
        if used >= limit {
            break;
        }
        end = at + c.len_utf8();
    }
    Cow::Owned(format!("{}…", &text[..end]))
}

/// Breaks a text into lines of at most `limit` columns at spaces; a longer word is left whole.
#[must_use]
pub(super) fn wrap(text: &str, limit: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut used = 0;
    for word in text.split(' ') {
        let w = width(word);
        if !line.is_empty() && used + 1 + w > limit {
            lines.push(std::mem::take(&mut line));
            used = 0;
        } else if !line.is_empty() {
            line.push(' ');
            used += 1;
        }
        line.push_str(word);
        used += w;
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_shows_what_would_hide_or_turn() {
        assert_eq!(plain("Urumqi"), "Urumqi");
        assert_eq!(plain("a\u{1b}[31mb"), "a\\u{1b}[31mb");
        assert_eq!(plain("abc\u{202e}cba\n"), "abc\\u{202e}cba\\u{a}");
        assert_eq!(plain("\u{feff}x\u{9b}"), "\\u{feff}x\\u{9b}");
        assert_eq!(plain("می\u{200c}خواهم"), "می\u{200c}خواهم", "joiners are letters' business");
    }

    #[test]
    fn wide_characters_count_twice() {
        assert_eq!(width("乌鲁木齐"), 8);
        assert_eq!(truncate("乌鲁木齐", 5), "乌鲁…");
        assert_eq!(truncate("乌鲁木齐", 8), "乌鲁木齐");
        assert_eq!(truncate("Urumqi", 4), "Uru…");
        assert_eq!(truncate("Urumqi", 1), "…");
    }

    #[test]
    fn wrapping_loses_no_word() {
        let text = "one two three four";
        assert_eq!(wrap(text, 8), ["one two", "three", "four"]);
        assert_eq!(wrap("averyveryverylongword x", 5), ["averyveryverylongword", "x"]);
        assert_eq!(wrap(text, 8).join(" "), text);
    }
}
