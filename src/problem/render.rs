//! Draws problems for people: the line, the offending characters underlined, what would fix it; or as JSON Lines for
//! programs. What is drawn is capped, what was collected is not. It does not know whether anyone is looking at a terminal.

use std::borrow::Cow;

use annotate_snippets::{AnnotationKind, Element, Group, Level, Origin, Renderer, Snippet};
use serde::Serialize;

use crate::problem::{Place, Problem, Problems, Severity};

/// How many problems are drawn; the rest is counted.
pub const SHOWN: usize = 20;

/// Whether to use colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// With ANSI escapes.
    Styled,
    /// Text alone.
    Plain,
}

/// Draws the first [`SHOWN`] problems, errors before warnings, and a line that counts them all.
///
/// Ends with a line end; empty if there is no problem. `name` is what was read, for the last line.
#[must_use]
pub fn text(problems: &Problems, name: &str, colour: Colour) -> String {
    let renderer = match colour {
        Colour::Styled => Renderer::styled(),
        Colour::Plain => Renderer::plain(),
    };
    let mut shown: Vec<&Problem> = problems.list().iter().collect();
    shown.sort_by_key(|problem| problem.code.severity());
    let mut text = String::new();
    for problem in shown.iter().take(SHOWN) {
        text.push_str(&renderer.render(&[group(problems, problem)]));
        text.push_str("\n\n");
    }
    if !shown.is_empty() {
        text.push_str(&renderer.render(&[summary(problems, name)]));
        text.push('\n');
    }
    text
}

/// One JSON object per problem and line: code, severity, file, line, column, message, help. All of them.
#[must_use]
pub fn json_lines(problems: &Problems) -> String {
    #[derive(Serialize)]
    struct Line<'a> {
        code: &'a str,
        severity: &'a str,
        file: Option<&'a str>,
        line: Option<usize>,
        column: Option<usize>,
        message: &'a str,
        help: Option<&'a str>,
    }
    let mut text = String::new();
    for problem in problems.list() {
        let at = problem.place.as_ref().map(|place| problems.line_column(place));
        let line = Line {
            code: problem.code.0,
            severity: problem.code.severity().word(),
            file: problem.place.as_ref().map(|place| problems.file(place.file).path.as_str()),
            line: at.map(|(line, _)| line),
            column: at.map(|(_, column)| column),
            message: &problem.message,
            help: problem.help.as_deref(),
        };
        text.push_str(&serde_json::to_string(&line).expect("a struct of texts and numbers is always JSON"));
        text.push('\n');
    }
    text
}

fn summary<'a>(problems: &Problems, name: &str) -> Group<'a> {
    let (errors, warnings) = (problems.count(Severity::Error), problems.count(Severity::Warning));
    let counted = |count: usize, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
    let what = match (errors, warnings) {
        (0, _) => counted(warnings, "warning"),
        (_, 0) => counted(errors, "problem"),
        _ => format!("{} and {}", counted(errors, "problem"), counted(warnings, "warning")),
    };
    let rest = match (errors + warnings).saturating_sub(SHOWN) {
        0 => String::new(),
        hidden => format!("; {hidden} more not shown"),
    };
    let level = if errors > 0 { Level::ERROR } else { Level::WARNING };
    Group::with_title(level.primary_title(format!("{what} in {}{rest}", visible(name))))
}

fn group<'a>(problems: &'a Problems, problem: &'a Problem) -> Group<'a> {
    let level = match problem.code.severity() {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mut group = level.primary_title(visible(&problem.message)).id(problem.code.0).elements(None::<Element<'_>>);
    let own = problem.place.iter().map(|place| (place, AnnotationKind::Primary, problem.label.as_str()));
    let also = problem.also.iter().map(|(place, label)| (place, AnnotationKind::Context, label.as_str()));
    let marks: Vec<Mark<'a>> = own.chain(also).collect();
    let line = |mark: &Mark<'_>| (mark.0.file, problems.file(mark.0.file).line_of(mark.0.bytes().start));
    for (i, mark) in marks.iter().enumerate() {
        if marks[..i].iter().all(|earlier| line(earlier) != line(mark)) {
            let of_line: Vec<Mark<'a>> = marks[i..].iter().copied().filter(|other| line(other) == line(mark)).collect();
            group = group.element(element(problems, &of_line));
        }
    }
    match &problem.help {
        Some(help) => group.element(Level::HELP.message(visible(help))),
        None => group,
    }
}

/// A place to underline, how, and with which words.
type Mark<'a> = (&'a Place, AnnotationKind, &'a str);

/// The line of some places, or only the path where there is no text to show. A place over several lines ends with its
/// first.
fn element<'a>(problems: &'a Problems, marks: &[Mark<'a>]) -> Element<'a> {
    let first = marks[0].0;
    let file = problems.file(first.file);
    if file.text.is_empty() {
        return Origin::path(visible(&file.path)).into();
    }
    let line = file.line_of(first.bytes().start);
    let bytes = file.line_range(line);
    let clamp = |byte: usize| byte.clamp(bytes.start, bytes.end) - bytes.start;
    let annotations = marks.iter().map(|(place, kind, label)| {
        let label = (!label.is_empty()).then(|| visible(label));
        kind.span(clamp(place.bytes().start)..clamp(place.bytes().end)).label(label)
    });
    let snippet = Snippet::source(masked(&file.text[bytes.clone()])).line_start(line + 1).path(visible(&file.path));
    snippet.annotations(annotations).into()
}

/// Tells whether a character controls a terminal, hides or turns the direction of text.
fn is_hidden(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Makes control characters and marks that turn the direction of text visible, so that no input can disguise itself.
fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(is_hidden) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(|c| if is_hidden(c) { c.escape_unicode().to_string() } else { c.to_string() }).collect())
}

/// The same for a line to be drawn: what the renderer would let through, each as one of as many bytes, so that places stay
/// where they are. ASCII is the renderer's business.
fn masked(line: &str) -> Cow<'_, str> {
    let is_let_through = |c: char| !c.is_ascii() && is_hidden(c);
    if !line.contains(is_let_through) {
        return Cow::Borrowed(line);
    }
    let mask = |c: char| match c.len_utf8() {
        2 if is_let_through(c) => '·',
        3 if is_let_through(c) => '\u{fffd}',
        _ => c,
    };
    Cow::Owned(line.chars().map(mask).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::code;

    fn one(text: &str, span: std::ops::Range<usize>, message: &str) -> Problems {
        let mut problems = Problems::new();
        let file = problems.add_file("sites.csv", text);
        let problem = Problem::new(code::UNKNOWN_WORD, message).at(Place::new(file, span), "unknown word");
        problems.push(problem.help("did you mean `hub`?"));
        problems
    }

    #[test]
    fn a_problem_shows_its_line_underlined_and_what_would_fix_it() {
        let problems = one("id,roles\nA,hubb\n", 11..15, "`hubb` is no role");
        let expected = "\
error[E030]: `hubb` is no role
 --> sites.csv:2:3
  |
2 | A,hubb
  |   ^^^^ unknown word
  |
  = help: did you mean `hub`?

error: 1 problem in x
";
        assert_eq!(text(&problems, "x", Colour::Plain), expected);
    }

    #[test]
    fn colour_is_escapes_and_plain_is_none() {
        let problems = one("id\nA\n", 3..4, "wrong");
        assert!(text(&problems, "x", Colour::Styled).contains('\u{1b}'));
        assert!(!text(&problems, "x", Colour::Plain).contains('\u{1b}'));
    }

    #[test]
    fn no_input_can_hide_characters_or_turn_the_terminal() {
        let evil = "a\u{202e}b\u{1b}[31mc\u{7}";
        let problems = one(evil, 0..evil.len(), &format!("`{evil}` is no role"));
        let shown = text(&problems, evil, Colour::Plain);
        assert!(!shown.contains(['\u{202e}', '\u{1b}', '\u{7}']), "{shown:?}");
    }

    #[test]
    fn a_very_long_line_is_trimmed_around_the_mistake() {
        let line = format!("{}WRONG{}", "a,".repeat(200_000), ",b".repeat(200_000));
        let problems = one(&line, 400_000..400_005, "wrong");
        let shown = text(&problems, "x", Colour::Plain);
        assert!(shown.len() < 2_000, "{}", shown.len());
        assert!(shown.contains("WRONG") && shown.contains(":1:400001"), "{shown}");
    }

    #[test]
    fn a_drawn_line_controls_no_terminal_and_marks_the_same_place() {
        let line = "\u{9b}31m,\u{1b}[31m,\u{feff}\u{202e},hubb";
        let start = line.find("hubb").unwrap();
        let shown = text(&one(line, start..line.len(), "`hubb` is no role"), "x", Colour::Plain);
        assert!(!shown.contains(|c: char| c != '\n' && is_hidden(c)), "{shown:?}");
        assert!(shown.contains("·31m") && shown.contains("hubb\n") && shown.contains("^^^^"), "{shown}");
    }

    #[test]
    fn what_is_drawn_is_capped_and_counted() {
        let mut problems = Problems::new();
        for i in 0..25 {
            problems.push(Problem::new(code::UNKNOWN_ID, format!("number {i}")));
        }
        problems.push(Problem::new(code::LOOP, "odd"));
        let shown = text(&problems, "x", Colour::Plain);
        assert_eq!(shown.matches("error[E022]").count(), SHOWN);
        assert!(shown.ends_with("error: 25 problems and 1 warning in x; 6 more not shown\n"), "{shown}");
        assert_eq!(json_lines(&problems).lines().count(), 26);
    }

    #[test]
    fn the_machine_form_names_file_line_and_column() {
        let problems = one("id,roles\nA,hubb\n", 11..15, "`hubb` is no role");
        let expected = r#"{"code":"E030","severity":"error","file":"sites.csv","line":2,"column":3,"message":"`hubb` is no role","help":"did you mean `hub`?"}"#;
        assert_eq!(json_lines(&problems).trim_end(), expected);
    }

    #[test]
    fn a_place_in_a_file_without_text_names_the_file() {
        let problems = one("", 0..0, "no such file");
        assert!(text(&problems, "x", Colour::Plain).contains("--> sites.csv"), "{}", text(&problems, "x", Colour::Plain));
    }
}
