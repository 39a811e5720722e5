//! A benchmark report as one page of HTML that needs nothing else: facts, charts, tables.

use std::fmt::Write as _;

use crossborder::report::{Kind, Report, Table};

use super::chart::Chart;

const STYLE: &str = include_str!("page.css");

/// The page.
pub(super) fn html(report: &Report, charts: &[Chart]) -> String {
    let mut page = String::from("<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n");
    page.push_str("<meta name=\"viewport\" content=\"width=device-width\">\n");
    page.push_str("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n");
    let _ = write!(page, "<title>{0}</title>\n<style>\n{STYLE}</style>\n<main>\n<h1>{0}</h1>\n", escaped(&report.title));
    let mut facts = report.facts.iter();
    if let Some(claim) = facts.next() {
        let _ = writeln!(page, "<p class=\"claim\">{}.</p>", escaped(&claim.value.for_people(claim.decimals)));
    }
    page.push_str("<dl>\n");
    for fact in facts {
        let value = fact.value.for_people(fact.decimals);
        let _ = writeln!(page, "<dt>{}</dt><dd>{}</dd>", escaped(&fact.label), escaped(&value));
    }
    page.push_str("</dl>\n");
    for Chart { title, words, svg } in charts {
        let _ = write!(page, "<h2>{}</h2>\n<p>{}</p>\n<figure>{svg}</figure>\n", escaped(title), escaped(words));
    }
    report.tables.iter().for_each(|table| add(&mut page, table));
    page.push_str("<h2>How it was measured</h2>\n<ul>\n");
    for note in &report.notes {
        let _ = writeln!(page, "<li>{}</li>", escaped(note));
    }
    page.push_str("</ul>\n</main>\n</html>\n");
    page
}

fn add(page: &mut String, table: &Table) {
    let _ = write!(page, "<h2>{}</h2>\n<div class=\"wide\"><table>\n<tr>", escaped(&table.title));
    let is_number = |kind: Kind| matches!(kind, Kind::Number(_) | Kind::Estimate(_));
    let class = |kind: Kind| if is_number(kind) { " class=\"number\"" } else { "" };
    for column in table.columns() {
        let _ = write!(page, "<th{}>{}</th>", class(column.kind), escaped(&column.title()));
    }
    page.push_str("</tr>\n");
    for row in table.rows() {
        page.push_str("<tr>");
        for (column, value) in table.columns().iter().zip(row) {
            let _ = write!(page, "<td{}>{}</td>", class(column.kind), escaped(&value.for_people(column.decimals())));
        }
        page.push_str("</tr>\n");
    }
    page.push_str("</table></div>\n");
}

pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
