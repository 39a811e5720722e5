//! Plain CSV tables for spreadsheets and other programs: nodes, links, demands. Sources, scopes and areas have no place.

use super::File;
use super::attributes::{
    Attributes, Members, SEGMENT, SITE, cables, cables_are_not_held, end_of, head_is_not_held, segment, site,
};
use crate::file::cell;
use crate::topology::import::{Findings, finding};
use crate::topology::raw::RawTopology;
use crate::units::Bandwidth;

/// Columns that name sources.
const SOURCES: [&str; 3] = ["provenance", "length_source", "capacity_source"];

/// The folder; `demands.csv` only if there are any.
pub(super) fn files(raw: &RawTopology, findings: &mut Findings) -> Vec<File> {
    head_is_not_held(raw, findings);
    let members = Members::new(raw, findings);
    for (site, groups) in &members.of_site {
        findings.note(finding::NOT_HELD, || format!("site {site} in risk group {}", groups.join(", ")));
    }
    let mut nodes = header(&["id"], SITE, &[]);
    for row in &raw.sites {
        nodes += &line(&[&row.id.text], SITE, &site(row), &[]);
    }
    let mut links = header(&["id", "from", "to"], SEGMENT, &["risk_groups"]);
    let cables = cables(raw);
    for row in &raw.segments {
        let groups = members.of_segment.get(row.id.text.as_str()).map(|groups| groups.join("+")).unwrap_or_default();
        let known = segment(row, cables.get(row.cable.text.as_str()).copied());
        links += &line(&[&row.id.text, &row.a.text, &row.b.text], SEGMENT, &known, &[&groups]);
    }
    cables_are_not_held(raw, findings);
    let mut files = vec![File { name: "nodes.csv", text: nodes }, File { name: "links.csv", text: links }];
    if !raw.demands.is_empty() {
        files.push(File { name: "demands.csv", text: demands(raw, findings) });
    }
    files
}

fn header(first: &[&str], names: &[(&str, bool)], last: &[&str]) -> String {
    let names = names.iter().map(|(name, _)| *name).filter(|name| !SOURCES.contains(name));
    first.iter().copied().chain(names).chain(last.iter().copied()).collect::<Vec<_>>().join(",") + "\n"
}

fn line(first: &[&str], names: &[(&str, bool)], known: &Attributes, last: &[&str]) -> String {
    let value = |name: &str| known.iter().find(|(known, _)| *known == name).map(|(_, value)| value.to_text()).unwrap_or_default();
    let named = names.iter().map(|(name, _)| *name).filter(|name| !SOURCES.contains(name)).map(value);
    let own = |text: &&str| (*text).to_owned();
    let all: Vec<String> = first.iter().map(own).chain(named).chain(last.iter().map(own)).collect();
    all.iter().map(|text| cell(text)).collect::<Vec<_>>().join(",") + "\n"
}

fn demands(raw: &RawTopology, findings: &mut Findings) -> String {
    let mut text =
        String::from("id,from,to,traffic_mbps,priority,service,operator,latency_max_ms,valid_from,valid_to,confidence,note\n");
    for row in &raw.demands {
        let mbps = Bandwidth::parse(&row.traffic.text).map(|traffic| traffic.mbps().to_string()).unwrap_or_default();
        let [from, to] = [&row.from, &row.to].map(|end| end_of(row, end, raw, findings));
        let cells = [
            row.id.text.as_str(),
            from.as_str(),
            to.as_str(),
            mbps.as_str(),
            row.priority.text.as_str(),
            row.service.text.as_str(),
            row.operator.text.as_str(),
            row.latency_max_ms.text.as_str(),
            row.valid_from.text.as_str(),
            row.valid_to.text.as_str(),
            row.confidence.text.as_str(),
            row.note.text.as_str(),
        ];
        text += &(cells.map(|text| cell(text)).join(",") + "\n");
    }
    text
}
