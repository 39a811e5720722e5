//! A report as HTML: facts, expectations, tables with bars, and the charts that some tables are drawn as.
//!
//! It shows what is there and computes nothing. Long tables end early and say so; the JSON of the run has every row.

use super::Manifest;
use super::chart;
use super::markup::escape;
use crate::report::{Expectation, Fact, Kind, Report, Table, Value};

/// Rows of a table that a page shows, at most.
const ROWS: usize = 20;

/// Rows that are open to see; a longer table is folded.
const OPEN: usize = 12;

/// The facts of the whole run.
pub(super) fn facts(report: &Report) -> String {
    list(&report.facts)
}

fn list(facts: &[Fact]) -> String {
    let item = |fact: &Fact| format!("<div><dt>{}</dt><dd>{}</dd></div>", escape(&fact.label), escape(&fact.for_people()));
    format!("<dl class=\"facts\">{}</dl>", facts.iter().map(item).collect::<String>())
}

/// What was to hold, then every part of the run.
pub(super) fn studies(report: &Report) -> String {
    let mut html = expectations(&report.expectations);
    for (i, part) in report.parts.iter().enumerate() {
        html += &format!(
            "<section class=\"study\" aria-labelledby=\"study-{i}\"><h2 id=\"study-{i}\">{}</h2>\n{}{}</section>\n",
            escape(&part.title),
            list(&part.facts),
            content(part, i)
        );
    }
    if report.is_unfinished() {
        html += "<p class=\"note\">The run was interrupted; something is left undone.</p>";
    }
    html
}

fn content(part: &Report, number: usize) -> String {
    let mut html: String = part.tables.iter().filter(|table| !table.rows().is_empty()).map(|t| figure(t, number)).collect();
    html += &expectations(&part.expectations);
    let notes: String = part.notes.iter().map(|note| format!("<li>{}</li>", escape(note))).collect();
    if !notes.is_empty() {
        html += &format!("<ul class=\"notes\">{notes}</ul>");
    }
    html
}

fn figure(table: &Table, number: usize) -> String {
    let chart = chart::of(table).map(|svg| format!("<figure>{svg}</figure>")).unwrap_or_default();
    let count = table.rows().len();
    let is_open = if count <= OPEN && chart.is_empty() { " open" } else { "" };
    let rest = if count > ROWS { format!("<p class=\"note\">The first {ROWS} of {count} rows.</p>") } else { String::new() };
    format!(
        "<h3 id=\"t-{number}-{key}\">{title}</h3>{chart}<details{is_open}><summary>Table, {count} {rows}</summary>{body}{rest}</details>\n",
        key = table.key,
        title = escape(&table.title),
        rows = if count == 1 { "row" } else { "rows" },
        body = self::table(table),
    )
}

/// One table, in a frame that scrolls sideways.
pub(super) fn table(table: &Table) -> String {
    let is_number: Vec<bool> =
        table.columns().iter().map(|column| matches!(column.kind, Kind::Number(_) | Kind::Estimate(_))).collect();
    let class = |i: usize| if is_number[i] { " class=\"n\"" } else { "" };
    let heads: String = table
        .columns()
        .iter()
        .enumerate()
        .map(|(i, column)| format!("<th scope=\"col\"{}>{}</th>", class(i), escape(&column.title())))
        .collect();
    let largest: Vec<f64> = (0..table.columns().len())
        .map(|i| table.rows().iter().filter_map(|row| row[i].magnitude()).fold(0.0, f64::max))
        .collect();
    let mut body = String::new();
    for row in table.rows().iter().take(ROWS) {
        body += "<tr>";
        for (i, (column, value)) in table.columns().iter().zip(row).enumerate() {
            let bar = if column.has_bar { bar(value, largest[i]) } else { String::new() };
            body += &format!("<td{}>{}{bar}</td>", class(i), escape(&value.for_people(column.decimals())));
        }
        body += "</tr>\n";
    }
    format!(
        "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"{}\"><table><thead><tr>{heads}</tr></thead>\n<tbody>\n{body}</tbody></table></div>",
        escape(&table.title)
    )
}

fn bar(value: &Value, largest: f64) -> String {
    let share = value.magnitude().filter(|_| largest > 0.0).map_or(0.0, |magnitude| (magnitude / largest).clamp(0.0, 1.0));
    format!(
        "<svg class=\"bar\" viewBox=\"0 0 60 6\" aria-hidden=\"true\"><rect width=\"{:.1}\" height=\"6\" rx=\"1\"/></svg>",
        60.0 * share
    )
}

fn expectations(expectations: &[Expectation]) -> String {
    if expectations.is_empty() {
        return String::new();
    }
    let held = expectations.iter().filter(|expectation| expectation.held).count();
    let item = |expectation: &Expectation| {
        let (class, mark) = if expectation.held { ("held", "✓ held") } else { ("failed", "✗ failed") };
        format!(
            "<li class=\"{class}\"><span class=\"mark\">{mark}</span><span>{}</span><span class=\"found\">found {}</span></li>",
            escape(&expectation.claim),
            escape(&expectation.found)
        )
    };
    format!(
        "<section aria-labelledby=\"expectations\"><h2 id=\"expectations\">Expectations: {held} of {} held</h2><ul class=\"claims\">{}</ul></section>\n",
        expectations.len(),
        expectations.iter().map(item).collect::<String>()
    )
}

/// What the page was made from.
pub(super) fn manifest(manifest: &Manifest) -> String {
    let inputs: String = manifest
        .inputs
        .iter()
        .map(|(path, digest)| format!("<tr><td>{}</td><td><code>{}</code></td></tr>\n", escape(path), escape(digest)))
        .collect();
    let fact = |label: &str, value: &str| format!("<div><dt>{label}</dt><dd>{}</dd></div>", escape(value));
    let facts =
        [("Made from", &manifest.source), ("crossborder", &manifest.version), ("Result SHA-256", &manifest.result_sha256)];
    let facts: String = facts.into_iter().map(|(label, value)| fact(label, value)).collect();
    format!(
        "<dl class=\"facts\">{facts}</dl><details><summary>Inputs, {} files</summary><div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"Inputs\"><table><thead><tr><th scope=\"col\">File</th><th scope=\"col\">SHA-256</th></tr></thead><tbody>\n{inputs}</tbody></table></div></details>",
        manifest.inputs.len()
    )
}
