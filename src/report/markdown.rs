//! A report as Markdown, with tables as GitHub draws them.
//!
//! Text of files is escaped, so that a name can neither break a table nor become a link, an image or HTML.

use std::io;

use super::{Kind, Report, Table, plain};

pub(super) fn write(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    section(report, 1, out)
}

fn section(report: &Report, level: usize, out: &mut dyn io::Write) -> io::Result<()> {
    let hashes = "#".repeat(level.min(5));
    writeln!(out, "{hashes} {}", escape(&report.title))?;
    if !report.facts.is_empty() {
        writeln!(out)?;
    }
    for fact in &report.facts {
        writeln!(out, "- {}: **{}**", escape(&fact.label), escape(&fact.for_people()))?;
    }
    for table in &report.tables {
        titled(table, &hashes, out)?;
    }
    for note in &report.notes {
        writeln!(out, "\n> {}", escape(note))?;
    }
    if report.is_partial {
        writeln!(out, "\n> Interrupted; what was done until then is above.")?;
    }
    for part in &report.parts {
        writeln!(out)?;
        section(part, level + 1, out)?;
    }
    report.expectation_table().map_or(Ok(()), |table| titled(&table, &hashes, out))
}

fn titled(table: &Table, hashes: &str, out: &mut dyn io::Write) -> io::Result<()> {
    writeln!(out, "\n{hashes}# {}\n", escape(&table.title))?;
    rows(table, out)
}

fn rows(table: &Table, out: &mut dyn io::Write) -> io::Result<()> {
    let headings: Vec<String> = table.columns().iter().map(|column| escape(&column.title())).collect();
    let rules: Vec<&str> = table
        .columns()
        .iter()
        .map(|column| match column.kind {
            Kind::Text | Kind::Bool => "---",
            Kind::Number(_) | Kind::Estimate(_) => "---:",
        })
        .collect();
    writeln!(out, "| {} |\n| {} |", headings.join(" | "), rules.join(" | "))?;
    for row in table.rows() {
        let cells: Vec<String> =
            table.columns().iter().zip(row).map(|(column, value)| escape(&value.for_people(column.decimals()))).collect();
        writeln!(out, "| {} |", cells.join(" | "))?;
    }
    Ok(())
}

fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in plain(text).chars() {
        match c {
            '\\' | '|' | '`' | '*' | '_' | '[' | ']' | '#' | '~' | '!' => safe.extend(['\\', c]),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '&' => safe.push_str("&amp;"),
            _ => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::super::tests::sample;
    use super::*;

    #[test]
    fn a_report_is_headings_lists_and_tables() {
        let mut bytes = Vec::new();
        write(&sample(), &mut bytes).unwrap();
        let expected = "\
# Urumqi → Almaty

- Latency: **101.25 ms**
- Lawful: **yes**

## Routes

| From | Latency ms | Note |
| --- | ---: | --- |
| Urumqi | 101.25 | =1+1 |
| 乌鲁木齐 | 50.60 | a\\|b, \\\\u{202e}c |
| \"Khan\"\\\\u{a}Tash | – | – |

> Lengths are along the cable.

## A part

- Sites: **12,345**

## Expectations

| Claim | Found | Held |
| --- | --- | --- |
| latency under | 101.25 ms | no |
";
        assert_eq!(String::from_utf8(bytes).unwrap(), expected);
    }

    #[test]
    fn a_name_cannot_become_markup() {
        assert_eq!(escape("<img src=x> ![a](b)"), "&lt;img src=x&gt; \\!\\[a\\](b)");
    }
}
