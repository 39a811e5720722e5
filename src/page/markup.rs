//! Text as HTML and SVG: escaped, made harmless, cut where it is far too long.

use std::borrow::Cow;

use crate::report::plain;

/// Characters of one name that a page shows, at most.
const LONGEST: usize = 200;

/// Text for an element or a quoted attribute: nothing in it is markup, hides or turns around.
pub(super) fn escape(text: &str) -> String {
    let text = shown(text);
    let mut escaped = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

/// Text that hides nothing and turns nothing around, and ends after two hundred characters.
pub(super) fn shown(text: &str) -> Cow<'_, str> {
    let text = plain(text);
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => Cow::Owned(format!("{}…", &text[..end])),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_is_markup() {
        assert_eq!(escape("<script>\"a\" & 'b'"), "&lt;script&gt;&quot;a&quot; &amp; &#39;b&#39;");
        assert_eq!(escape("a\u{202e}b"), "a\\u{202e}b");
    }

    #[test]
    fn a_very_long_name_is_cut() {
        assert_eq!(shown(&"é".repeat(10_000)).chars().count(), 201);
        assert_eq!(shown("short"), "short");
    }
}
