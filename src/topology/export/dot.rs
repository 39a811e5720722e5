//! Graphviz DOT for pictures: sites at their places, segments in the colours of their media. It is not read back.

use std::fmt::Write as _;

use super::attributes::{cables, capacity, head_is_not_held, position};
use crate::topology::import::{Findings, finding};
use crate::topology::raw::RawTopology;

/// The file; `neato -n` draws it as a map of one inch per ten degrees.
pub(super) fn text(raw: &RawTopology, findings: &mut Findings) -> String {
    head_is_not_held(raw, findings);
    findings.note(finding::NOT_HELD, || "all but names, places, media and capacities of sites and segments".to_owned());
    for group in &raw.head.risk_group {
        findings.note(finding::NOT_HELD, || format!("risk group {}", group.id.text));
    }
    for demand in &raw.demands {
        findings.note(finding::NOT_HELD, || format!("demand {}", demand.id.text));
    }
    let mut out = format!("graph {} {{\n  node [shape=box, fontsize=8];\n  edge [fontsize=7];\n", quoted(&raw.head.name.text));
    for site in &raw.sites {
        let label = site.name.get().unwrap_or(&site.id.text);
        let _ = write!(out, "  {} [label={}", quoted(&site.id.text), quoted(label));
        if let Some(place) = position(site) {
            // Points are 1/72 inch.
            let _ = write!(out, ", pos=\"{:.2},{:.2}\"", place.lon() * 7.2, place.lat() * 7.2);
        }
        out.push_str("];\n");
    }
    let cables = cables(raw);
    for segment in &raw.segments {
        let cable = cables.get(segment.cable.text.as_str());
        let style = match cable.map(|cable| cable.kind.text.as_str()) {
            Some("submarine") => "color=\"#1f77b4\"",
            Some("microwave") => "color=\"#7f7f7f\", style=dashed",
            Some("satellite") => "color=\"#7f7f7f\", style=dotted",
            _ => "color=\"#8c564b\"",
        };
        let mut label = cable.and_then(|cable| cable.name.get()).unwrap_or(&segment.cable.text).to_owned();
        if let Some(capacity) = capacity(segment) {
            label += &format!("\n{capacity}");
        }
        let [a, b, label] = [segment.a.text.as_str(), segment.b.text.as_str(), label.as_str()].map(quoted);
        let _ = writeln!(out, "  {a} -- {b} [id={}, label={label}, {style}];", quoted(&segment.id.text));
    }
    out + "}\n"
}

/// A DOT string. A backslash would begin an escape of Graphviz and is doubled; a line end becomes one.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            c if c.is_control() => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out + "\""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_breaks_out_of_its_quotes() {
        assert_eq!(quoted("a\" ]; b [label=\"\\\n\u{7}"), "\"a\\\" ]; b [label=\\\"\\\\\\n\u{fffd}\"");
    }
}
