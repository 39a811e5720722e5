//! A report for people on a terminal: facts, aligned tables, small bars, notes.
//!
//! Where a table is wider than the terminal its headings first break between words, then its bars become shorter and go,
//! then its longest words lose their ends, and at last each row stands on its own. Into a file or a pipe nothing is cut.

use std::io;

use super::text::{truncate, width, wrap};
use super::{Kind, Report, Style, Table, plain};

const INDENT: usize = 2;
const GAP: usize = 2;
const BAR: usize = 16;
/// Lengths that bars may have, the longest first; 0 is none.
const BARS: [usize; 4] = [BAR, 8, 4, 0];
const NARROWEST_TEXT: usize = 10;

pub(super) fn write(report: &Report, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
    heading(&report.title, style, out)?;
    body(report, style, out)
}

fn heading(title: &str, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
    let title = plain(title);
    if style.has_color { writeln!(out, "\x1b[1m{title}\x1b[0m") } else { writeln!(out, "{title}") }
}

fn body(report: &Report, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
    facts(report, style, out)?;
    for table in &report.tables {
        titled(table, style, out)?;
    }
    if !report.notes.is_empty() {
        writeln!(out)?;
    }
    for note in &report.notes {
        hanging("note: ", &plain(note), style, out)?;
    }
    if report.is_partial {
        writeln!(out)?;
        hanging("note: ", "interrupted; what was done until then is above", style, out)?;
    }
    for part in &report.parts {
        writeln!(out)?;
        write(part, style, out)?;
    }
    report.expectation_table().map_or(Ok(()), |table| titled(&table, style, out))
}

fn titled(table: &Table, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
    writeln!(out)?;
    heading(&table.title, style, out)?;
    rows(table, style, out)
}

fn facts(report: &Report, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
    let labels = report.facts.iter().map(|fact| width(&plain(&fact.label))).max().unwrap_or(0);
    for fact in &report.facts {
        let label = plain(&fact.label);
        let lead = format!("{:INDENT$}{label}{:pad$}", "", "", pad = labels + GAP - width(&label));
        hanging(&lead, &fact.for_people(), style, out)?;
    }
    Ok(())
}

/// Writes `lead`, then the text, its further lines indented to where the first began.
fn hanging(lead: &str, text: &str, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
    let indent = width(lead);
    let limit = style.width.map_or(usize::MAX, |width| width.saturating_sub(indent).max(NARROWEST_TEXT));
    for (i, line) in wrap(text, limit).iter().enumerate() {
        if i == 0 {
            writeln!(out, "{lead}{line}")?;
        } else {
            writeln!(out, "{:indent$}{line}", "")?;
        }
    }
    Ok(())
}

fn rows(table: &Table, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
    if table.rows().is_empty() {
        return writeln!(out, "{:INDENT$}(none)", "");
    }
    let cells: Vec<Vec<String>> = table.rows().iter().map(|row| texts(table, row)).collect();
    let headings: Vec<String> = table.columns().iter().map(|column| plain(&column.title()).into_owned()).collect();
    let room = style.width.map_or(usize::MAX, |width| width.saturating_sub(INDENT + GAP * (headings.len() - 1)));
    let Some((widths, bar)) = layout(table, &headings, &cells, room) else { return records(&headings, &cells, style, out) };
    for cells in broken(&headings, &widths) {
        line(table, &cells, &widths, &vec![None; widths.len()], bar, out)?;
    }
    let largest = largest(table);
    for (row, cells) in table.rows().iter().zip(&cells) {
        let shares: Vec<Option<f64>> = row.iter().zip(&largest).map(|(v, max)| Some(v.magnitude()? / (*max)?)).collect();
        line(table, cells, &widths, &shares, bar, out)?;
    }
    Ok(())
}

/// Widths of the columns and of their bars that fit; `None` if a table is not to be had in that room.
fn layout(table: &Table, headings: &[String], cells: &[Vec<String>], room: usize) -> Option<(Vec<usize>, usize)> {
    let of = |heading: fn(&str) -> usize| -> Vec<usize> {
        let widest = |i: usize| cells.iter().map(|row| width(&row[i])).fold(heading(&headings[i]), usize::max);
        (0..headings.len()).map(widest).collect()
    };
    let (whole, narrow) = (of(width), of(|heading| heading.split(' ').map(width).max().unwrap_or(0)));
    let barred = table.columns().iter().filter(|column| column.has_bar).count();
    let fits = |widths: &[usize], bar: usize| widths.iter().sum::<usize>() + barred * (bar + usize::from(bar > 0)) <= room;
    if fits(&whole, BAR) {
        return Some((whole, BAR));
    }
    if let Some(bar) = BARS.into_iter().find(|&bar| fits(&narrow, bar)) {
        return Some((narrow, bar));
    }
    let mut widths = narrow;
    shrink(&mut widths, table, room).then_some((widths, 0))
}

/// Headings in as many lines as the longest takes, all ending in the last one.
fn broken(headings: &[String], widths: &[usize]) -> Vec<Vec<String>> {
    let lines: Vec<Vec<String>> = headings.iter().zip(widths).map(|(heading, &width)| wrap(heading, width)).collect();
    let height = lines.iter().map(Vec::len).max().unwrap_or(0);
    let at =
        |lines: &[String], row: usize| (row + lines.len()).checked_sub(height).map_or_else(String::new, |i| lines[i].clone());
    (0..height).map(|row| lines.iter().map(|lines| at(lines, row)).collect()).collect()
}

fn texts(table: &Table, row: &[super::Value]) -> Vec<String> {
    table.columns().iter().zip(row).map(|(column, value)| value.for_people(column.decimals()).into_owned()).collect()
}

/// The largest number of each column, where it is above zero.
fn largest(table: &Table) -> Vec<Option<f64>> {
    let of = |i: usize| table.rows().iter().filter_map(|row| row[i].magnitude()).fold(0.0, f64::max);
    (0..table.columns().len()).map(of).map(|max| (max > 0.0).then_some(max)).collect()
}

/// Takes from the widest columns of words until the sum fits; false if it cannot.
fn shrink(widths: &mut [usize], table: &Table, room: usize) -> bool {
    while widths.iter().sum::<usize>() > room {
        let words = (0..widths.len()).filter(|&i| table.columns()[i].kind == Kind::Text && widths[i] > NARROWEST_TEXT);
        let Some(widest) = words.max_by_key(|&i| (widths[i], i)) else { return false };
        widths[widest] -= 1;
    }
    true
}

fn line(
    table: &Table,
    cells: &[String],
    widths: &[usize],
    shares: &[Option<f64>],
    bar_width: usize,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let mut text = " ".repeat(INDENT);
    for (i, column) in table.columns().iter().enumerate() {
        let cell = truncate(&cells[i], widths[i]);
        let pad = " ".repeat(widths[i] - width(&cell));
        match column.kind {
            Kind::Text | Kind::Bool => text.extend([&*cell, &pad]),
            Kind::Number(_) | Kind::Estimate(_) => text.extend([&*pad, &cell]),
        }
        if column.has_bar && bar_width > 0 {
            let bar = shares[i].map_or_else(String::new, |share| bar(share, bar_width));
            text.extend([" ", &bar, &" ".repeat(bar_width - width(&bar))]);
        }
        text.push_str(&" ".repeat(GAP));
    }
    writeln!(out, "{}", text.trim_end())
}

/// A bar of up to so many columns, in eighths of a column.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share lies in 0..=1")]
fn bar(share: f64, length: usize) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let eighths = (share.clamp(0.0, 1.0) * (length * 8) as f64).round() as usize;
    "█".repeat(eighths / 8) + EIGHTHS[eighths % 8]
}

fn records(headings: &[String], cells: &[Vec<String>], style: Style, out: &mut dyn io::Write) -> io::Result<()> {
    let widest = headings.iter().map(|heading| width(heading)).max().unwrap_or(0);
    for (i, row) in cells.iter().enumerate() {
        if i > 0 {
            writeln!(out)?;
        }
        for (heading, cell) in headings.iter().zip(row) {
            let lead = format!("{:INDENT$}{heading}{:pad$}", "", "", pad = widest + GAP - width(heading));
            hanging(&lead, cell, style, out)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::tests::sample;
    use super::*;

    fn written(width: Option<usize>) -> String {
        let mut bytes = Vec::new();
        write(&sample(), Style { width, has_color: false }, &mut bytes).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn columns_are_aligned_whatever_the_script() {
        let expected = "\
Urumqi → Almaty
  Latency  101.25 ms
  Lawful   yes

Routes
  From             Latency ms                   Note
  Urumqi               101.25 ████████████████  =1+1
  乌鲁木齐              50.60 ████████          a|b, \\u{202e}c
  \"Khan\"\\u{a}Tash           –                   –

note: Lengths are along the cable.

A part
  Sites  12,345

Expectations
  Claim          Found      Held
  latency under  101.25 ms  no
";
        assert_eq!(written(None), expected);
    }

    #[test]
    fn no_line_is_wider_than_the_terminal() {
        for limit in 30..80 {
            let text = written(Some(limit));
            assert!(text.lines().all(|line| width(line) <= limit), "{limit}:\n{text}");
        }
    }

    #[test]
    fn a_narrow_terminal_gets_one_row_at_a_time() {
        assert!(written(Some(30)).contains("  From        Urumqi\n  Latency ms  101.25\n"), "{}", written(Some(30)));
    }

    #[test]
    fn headings_break_and_bars_shorten_before_a_table_falls_apart() {
        let lines = [
            format!("{:19}Latency", ""),
            format!("  {:15}  {:>7} {:4}  Note", "From", "ms", ""),
            format!("  {:15}  {:>7} ████  =1+1", "Urumqi", "101.25"),
        ];
        let text = written(Some(48));
        assert!(text.contains(&lines.join("\n")), "{text}");
    }

    #[test]
    fn bars_are_as_long_as_their_share() {
        assert_eq!(bar(1.0, BAR), "█".repeat(16));
        assert_eq!(bar(0.5, BAR), "█".repeat(8));
        assert_eq!(bar(0.0, BAR), "");
        assert_eq!(bar(1.0 / 128.0, BAR), "▏");
    }
}
