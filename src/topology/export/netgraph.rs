//! The explicit part of NetGraph's YAML (0.24): nodes, links, risk groups, demands. Capacities and volumes are Gbit/s,
//! costs kilometres.
//!
//! Every text stands in double quotes, as JSON writes it, which YAML 1.2 reads alike.

use std::fmt::Write as _;

use serde_json::json;

use super::attributes::{Attributes, Members, cables, cables_are_not_held, capacity, end_of, head_is_not_held, segment, site};
use super::node_link::json;
use crate::topology::import::{Findings, finding};
use crate::topology::raw::{RawDemand, RawTopology};
use crate::units::Bandwidth;

/// The file.
pub(super) fn text(raw: &RawTopology, findings: &mut Findings) -> String {
    head_is_not_held(raw, findings);
    cables_are_not_held(raw, findings);
    let members = Members::new(raw, findings);
    let mut out = String::from("network:\n");
    // A key without a value is no empty list in YAML.
    out.push_str(if raw.sites.is_empty() { "  nodes: {}\n" } else { "  nodes:\n" });
    for row in &raw.sites {
        let _ = writeln!(out, "    {}:", quoted(&row.id.text));
        groups(&mut out, "      ", members.of_site.get(row.id.text.as_str()));
        attributes(&mut out, "      ", &without_sources(site(row)));
    }
    out.push_str(if raw.segments.is_empty() { "  links: []\n" } else { "  links:\n" });
    let cables = cables(raw);
    for row in &raw.segments {
        if capacity(row).is_none() {
            findings
                .note(finding::NOT_HELD, || format!("that nobody knows the capacity of segment {}; 0 was written", row.id.text));
        }
        let cost = row.length_km.text.parse::<f64>().map_or(1.0, |km| km.round().max(1.0));
        let _ = writeln!(out, "  - source: {}\n    target: {}", quoted(&row.a.text), quoted(&row.b.text));
        let _ = writeln!(out, "    capacity: {}\n    cost: {cost}", gbps(capacity(row).unwrap_or(Bandwidth::ZERO)));
        groups(&mut out, "    ", members.of_segment.get(row.id.text.as_str()));
        let mut known = without_sources(segment(row, cables.get(row.cable.text.as_str()).copied()));
        known.retain(|(name, _)| *name != "capacity_mbps");
        known.insert(0, ("id", super::attributes::Cell::Text(row.id.text.to_string())));
        attributes(&mut out, "    ", &known);
    }
    if !raw.head.risk_group.is_empty() {
        out.push_str("risk_groups:\n");
    }
    for group in &raw.head.risk_group {
        let _ = writeln!(out, "- name: {}", quoted(&group.id.text));
    }
    if !raw.demands.is_empty() {
        out.push_str("demands:\n  default:\n");
    }
    for row in &raw.demands {
        demand(&mut out, row, raw, findings);
    }
    out
}

/// A demand between two sites; NetGraph takes both ends for patterns.
fn demand(out: &mut String, row: &RawDemand, raw: &RawTopology, findings: &mut Findings) {
    let [from, to] = [&row.from, &row.to].map(|end| end_of(row, end, raw, findings));
    let Ok(traffic) = Bandwidth::parse(&row.traffic.text) else {
        return findings.note(finding::NOT_HELD, || format!("demand {} of `{}`", row.id.text, row.traffic.text));
    };
    if row.service.text != "internet" {
        findings.note(finding::NOT_HELD, || format!("service of demand {} for those who read it", row.id.text));
    }
    let RawDemand { operator, latency_max_ms, valid_from, valid_to, confidence, note, .. } = row;
    let times = [("beginning", valid_from), ("end", valid_to)];
    let others = [("operator", operator), ("latency bound", latency_max_ms), ("confidence", confidence), ("note", note)];
    for (what, entry) in times.into_iter().chain(others) {
        if !entry.is_blank() {
            findings.note(finding::NOT_HELD, || format!("{what} of demand {}", row.id.text));
        }
    }
    let pattern = |id: &str| quoted(&format!("^{}$", id.replace('.', "\\.")));
    let priority = row.priority.get().and_then(|text| text.parse::<u8>().ok()).unwrap_or(5);
    let _ = writeln!(out, "  - source: {}\n    target: {}", pattern(&from), pattern(&to));
    let _ = writeln!(out, "    volume: {}\n    mode: pairwise\n    priority: {priority}", gbps(traffic));
    let known = [("id", &row.id), ("service", &row.service)].map(|(name, entry)| format!("{name}: {}", quoted(&entry.text)));
    let _ = writeln!(out, "    attrs: {{{}}}", known.join(", "));
}

fn groups(out: &mut String, indent: &str, groups: Option<&Vec<&str>>) {
    if let Some(groups) = groups {
        let names: Vec<String> = groups.iter().map(|name| quoted(name)).collect();
        let _ = writeln!(out, "{indent}risk_groups: [{}]", names.join(", "));
    }
}

fn attributes(out: &mut String, indent: &str, attributes: &Attributes) {
    let pairs: Vec<String> =
        attributes.iter().map(|(name, value)| format!("{name}: {}", escaped(&json(value).to_string()))).collect();
    let _ = writeln!(out, "{indent}attrs: {{{}}}", pairs.join(", "));
}

/// Attributes without those that name sources, which have no place in the file.
pub(super) fn without_sources(mut attributes: Attributes) -> Attributes {
    attributes.retain(|(name, _)| !matches!(*name, "provenance" | "length_source" | "capacity_source"));
    attributes
}

/// Whole Mbit/s as Gbit/s, to the last digit.
fn gbps(rate: Bandwidth) -> String {
    let (whole, rest) = (rate.mbps() / 1_000, rate.mbps() % 1_000);
    if rest == 0 { whole.to_string() } else { format!("{whole}.{rest:03}").trim_end_matches('0').to_owned() }
}

fn quoted(text: &str) -> String {
    escaped(&json!(text).to_string())
}

/// JSON as YAML: what YAML holds no printable character for is escaped, as JSON may too (YAML 1.2.2, section 5.1).
fn escaped(json: &str) -> String {
    let mut out = String::new();
    for c in json.chars() {
        if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}') {
            let _ = write!(out, "\\u{:04x}", u32::from(c));
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_keep_their_last_digit() {
        for (mbps, text) in [(0, "0"), (1, "0.001"), (66_041, "66.041"), (3_840_000, "3840"), (1_500, "1.5")] {
            assert_eq!(gbps(Bandwidth::from_mbps(mbps)), text);
        }
    }

    #[test]
    fn no_name_is_taken_for_another_type_or_ends_its_quotes() {
        for (text, written) in [("NO", "\"NO\""), ("a\": [b", "\"a\\\": [b\""), ("x\ny\u{85}", "\"x\\ny\\u0085\"")] {
            assert_eq!(quoted(text), written);
        }
    }
}
