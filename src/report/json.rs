//! A report for programs: JSON, JSON Lines, and the digest of a result.
//!
//! The first key names the schema; keys are only ever added within its version. Numbers are written in full and read
//! back to the same value; units are in the keys. Characters that could mislead a terminal are written as `\u`
//! escapes, which lose nothing. One row of a table is one line, so that results can be compared line by line.

use std::fmt::Write as _;
use std::io;

use sha2::{Digest, Sha256};

use super::text::is_unsafe;
use super::{Column, Fact, Kind, Report, Run, Table, Value};

/// SHA-256 of the report's JSON without the run, in lower-case hexadecimal: equal exactly if the results are.
#[must_use]
pub fn digest(report: &Report) -> String {
    let mut bytes = Vec::new();
    write(report, None, &mut bytes).expect("a vector takes every write");
    Sha256::digest(&bytes).iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

pub(super) fn write(report: &Report, run: Option<&Run>, out: &mut dyn io::Write) -> io::Result<()> {
    let mut text = String::new();
    let schema = string(&format!("crossborder.{}/1", report.key));
    let _ = write!(text, "{{\n  \"schema\": {schema},\n");
    content(report, 1, &mut text);
    if let Some(run) = run {
        let _ = write!(text, ",\n  \"run\": {}", run_object(run));
    }
    text.push_str("\n}\n");
    out.write_all(text.as_bytes())
}

pub(super) fn write_lines(report: &Report, run: Option<&Run>, out: &mut dyn io::Write) -> io::Result<()> {
    let schema = string(&format!("crossborder.{}/1", report.key));
    lines(report, &format!("\"schema\": {schema}, "), "", out)?;
    if let Some(run) = run {
        writeln!(out, "{{\"record\": \"run\", {}", &run_object(run)[1..])?;
    }
    Ok(())
}

/// The members of a report's object, without the braces, at so many levels of indent.
fn content(report: &Report, level: usize, text: &mut String) {
    let pad = "  ".repeat(level);
    let _ = write!(text, "{pad}\"title\": {},\n{pad}\"complete\": {},\n", string(&report.title), !report.is_partial);
    let _ = write!(text, "{pad}\"facts\": {}", facts_object(&report.facts));
    if !report.tables.is_empty() {
        let _ = write!(text, ",\n{pad}\"tables\": {{");
        for (i, table) in report.tables.iter().enumerate() {
            let comma = if i == 0 { "" } else { "," };
            let _ = write!(text, "{comma}\n{pad}  {}: [", string(&table.key));
            let row = |_: &mut (), i: usize| format!("{pad}    {{{}}}", members(table, &table.rows()[i]));
            let rows = crate::parallel::map(table.rows().len(), || (), row);
            list(&rows, &format!("{pad}  "), text);
        }
        let _ = write!(text, "\n{pad}}}");
    }
    if !report.expectations.is_empty() {
        let _ = write!(text, ",\n{pad}\"expectations\": [");
        let rows: Vec<String> = report.expectations.iter().map(|claim| format!("{pad}  {}", claim_object(claim))).collect();
        list(&rows, &pad, text);
    }
    let notes: Vec<String> = report.notes.iter().map(|note| format!("{pad}  {}", string(note))).collect();
    let _ = write!(text, ",\n{pad}\"notes\": [");
    list(&notes, &pad, text);
    if !report.parts.is_empty() {
        let _ = write!(text, ",\n{pad}\"parts\": [");
        let parts: Vec<String> = report.parts.iter().map(|part| part_object(part, level + 1)).collect();
        list(&parts, &pad, text);
    }
}

fn part_object(part: &Report, level: usize) -> String {
    let pad = "  ".repeat(level);
    let mut text = format!("{pad}{{\n{pad}  \"key\": {},\n", string(&part.key));
    content(part, level + 1, &mut text);
    let _ = write!(text, "\n{pad}}}");
    text
}

/// Closes a list that was opened with `[`: items on lines of their own, or none.
fn list(items: &[String], pad: &str, text: &mut String) {
    if !items.is_empty() {
        let _ = write!(text, "\n{}\n{pad}", items.join(",\n"));
    }
    text.push(']');
}

fn lines(report: &Report, first: &str, path: &str, out: &mut dyn io::Write) -> io::Result<()> {
    let notes: Vec<String> = report.notes.iter().map(|note| string(note)).collect();
    let part = string(path);
    write!(out, "{{{first}\"record\": \"report\", \"part\": {part}, \"title\": {}, ", string(&report.title))?;
    write!(out, "\"complete\": {}, ", !report.is_partial)?;
    writeln!(out, "\"facts\": {}, \"notes\": [{}]}}", facts_object(&report.facts), notes.join(", "))?;
    for claim in &report.expectations {
        writeln!(out, "{{\"record\": \"expectation\", \"part\": {part}, {}", &claim_object(claim)[1..])?;
    }
    for table in &report.tables {
        for row in table.rows() {
            let cells = members(table, row);
            writeln!(out, "{{\"record\": \"row\", \"part\": {part}, \"table\": {}, {cells}}}", string(&table.key))?;
        }
    }
    for (i, child) in report.parts.iter().enumerate() {
        let number = i + 1;
        let path = if path.is_empty() { format!("{number}-{}", child.key) } else { format!("{path}/{number}-{}", child.key) };
        lines(child, "", &path, out)?;
    }
    Ok(())
}

fn run_object(run: &Run) -> String {
    format!(
        "{{\"version\": {}, \"threads\": {}, \"elapsed_s\": {}, \"host\": {}}}",
        string(&run.version),
        run.threads,
        number(run.elapsed_s),
        string(&run.host)
    )
}

fn claim_object(claim: &super::Expectation) -> String {
    format!("{{\"claim\": {}, \"found\": {}, \"held\": {}}}", string(&claim.claim), string(&claim.found), claim.held)
}

fn facts_object(facts: &[Fact]) -> String {
    let members: Vec<String> =
        facts.iter().map(|fact| member(&fact.key, &fact.value, matches!(fact.value, Value::Estimate { .. }))).collect();
    format!("{{{}}}", members.join(", "))
}

fn members(table: &Table, row: &[Value]) -> String {
    let member = |(column, value): (&Column, &Value)| member(&column.key, value, matches!(column.kind, Kind::Estimate(_)));
    table.columns().iter().zip(row).map(member).collect::<Vec<_>>().join(", ")
}

fn member(key: &str, value: &Value, is_estimate: bool) -> String {
    let (value, error) = match value {
        Value::Unknown => ("null".to_owned(), "null".to_owned()),
        Value::Text(text) => (string(text), String::new()),
        Value::Integer(count) => (count.to_string(), String::new()),
        Value::Number(value) => (number(*value), String::new()),
        Value::Bool(truth) => (truth.to_string(), String::new()),
        Value::Estimate { mean, standard_error } => (number(*mean), number(*standard_error)),
    };
    if is_estimate {
        format!("{}: {value}, {}: {error}", string(key), string(&format!("{key}_se")))
    } else {
        format!("{}: {value}", string(key))
    }
}

/// The shortest text that reads back to the same number.
fn number(value: f64) -> String {
    serde_json::Number::from_f64(value).map_or_else(|| "null".to_owned(), |number| number.to_string())
}

fn string(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    if !quoted.contains(is_unsafe) {
        return quoted;
    }
    let mut safe = String::with_capacity(quoted.len() + 16);
    for c in quoted.chars() {
        if is_unsafe(c) {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                let _ = write!(safe, "\\u{unit:04x}");
            }
        } else {
            safe.push(c);
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::super::tests::sample;
    use super::*;

    fn parsed(run: Option<&Run>) -> serde_json::Value {
        let mut bytes = Vec::new();
        write(&sample(), run, &mut bytes).unwrap();
        serde_json::from_slice(&bytes).unwrap()
    }

    #[test]
    fn the_first_key_names_the_schema() {
        let value = parsed(None);
        assert_eq!(value.as_object().unwrap().iter().next().unwrap(), (&"schema".to_owned(), &"crossborder.route/1".into()));
    }

    #[test]
    fn every_value_reads_back_as_it_was() {
        let value = parsed(None);
        assert_eq!(value["facts"]["latency_ms"].as_f64(), Some(101.25));
        assert_eq!(value["tables"]["routes"][1]["latency_ms"].as_f64(), Some(50.600_000_000_000_01));
        assert_eq!(value["tables"]["routes"][1]["note"], "a|b, \u{202e}c");
        assert_eq!(value["tables"]["routes"][2]["from"], "\"Khan\"\nTash");
        assert_eq!(value["tables"]["routes"][2]["latency_ms"], serde_json::Value::Null);
        assert_eq!(value["expectations"][0]["held"], false);
        assert_eq!(value["parts"][0]["facts"]["sites"], 12345);
    }

    #[test]
    fn no_unsafe_character_is_written_raw() {
        let quoted = string("\u{202e}\u{7f}\u{9b}\u{e0041}");
        assert!(!quoted.contains(is_unsafe), "{quoted}");
        assert_eq!(serde_json::from_str::<String>(&quoted).unwrap(), "\u{202e}\u{7f}\u{9b}\u{e0041}");
    }

    #[test]
    fn the_digest_is_the_sha_256_of_the_text_without_the_run() {
        // Of `printf` the bytes below; computed with coreutils' sha256sum.
        let text = "{\n  \"schema\": \"crossborder.show/1\",\n  \"title\": \"t\",\n  \"complete\": true,\n  \"facts\": {},\n  \"notes\": []\n}\n";
        let mut bytes = Vec::new();
        let report = Report::new("show", "t");
        write(&report, None, &mut bytes).unwrap();
        assert_eq!(String::from_utf8(bytes).unwrap(), text);
        assert_eq!(digest(&report), "ad27712a4c1377b1e94650f5691bb677ef1b9536ad830a7b429753b5599d3525");
    }

    #[test]
    fn every_line_of_json_lines_is_an_object() {
        let run = Run { version: "1".into(), threads: 2, elapsed_s: 0.5, host: "h".into() };
        let mut bytes = Vec::new();
        write_lines(&sample(), Some(&run), &mut bytes).unwrap();
        let lines: Vec<serde_json::Value> =
            bytes.split(|&b| b == b'\n').filter(|l| !l.is_empty()).map(|l| serde_json::from_slice(l).unwrap()).collect();
        let records: Vec<&str> = lines.iter().map(|line| line["record"].as_str().unwrap()).collect();
        assert_eq!(records, ["report", "expectation", "row", "row", "row", "report", "run"]);
        assert_eq!(lines[5]["part"], "1-show");
    }
}
