//! What nodes and links of foreign formats say of sites and segments: the names that the importers know.

use std::collections::{BTreeMap, BTreeSet};

use crate::file::{Entry, List};
use crate::topology::import::{Findings, finding};
use crate::topology::raw::{RawCable, RawDemand, RawSegment, RawSite, RawTopology};
use crate::units::{Bandwidth, Position};

/// A value of an attribute.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cell {
    Text(String),
    Number(f64),
}

impl Cell {
    pub(super) fn to_text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
        }
    }
}

/// Names with values, in a fixed order, without those that nobody says.
pub(super) type Attributes = Vec<(&'static str, Cell)>;

/// The attributes of sites in their order, and which of them are numbers.
pub(super) const SITE: &[(&str, bool)] = &[
    ("name", false),
    ("territory", false),
    ("lat", true),
    ("lon", true),
    ("zone", false),
    ("roles", false),
    ("switching", false),
    ("valid_from", false),
    ("valid_to", false),
    ("provenance", false),
    ("confidence", false),
    ("note", false),
];

/// The attributes of segments in their order, and which of them are numbers. `capacity_mbps` is the one that counts:
/// lit, else design, else imputed; `kind` is the cable's.
pub(super) const SEGMENT: &[(&str, bool)] = &[
    ("cable", false),
    ("kind", false),
    ("length_km", true),
    ("latency_ms", true),
    ("capacity_mbps", true),
    ("length_source", false),
    ("design", false),
    ("lit", false),
    ("imputed", false),
    ("design_back", false),
    ("lit_back", false),
    ("capacity_source", false),
    ("terrain", false),
    ("tariff", true),
    ("path", false),
    ("valid_from", false),
    ("valid_to", false),
    ("provenance", false),
    ("confidence", false),
    ("note", false),
];

/// The text of a list in one attribute.
pub(super) fn joined(list: &List) -> String {
    list.entries().iter().map(|entry| entry.text.as_str()).collect::<Vec<_>>().join("+")
}

fn gather(names: &'static [(&'static str, bool)], values: impl IntoIterator<Item = String>) -> Attributes {
    let cell = |((name, is_number), text): (&(&'static str, bool), String)| {
        let number = text.parse::<f64>().ok().filter(|number| *is_number && number.is_finite());
        (!text.is_empty()).then(|| (*name, number.map_or(Cell::Text(text), Cell::Number)))
    };
    names.iter().zip(values).filter_map(cell).collect()
}

/// What a site's node says.
pub(super) fn site(site: &RawSite) -> Attributes {
    let text = |entry: &Entry| entry.text.to_string();
    let values = [
        text(&site.name),
        text(&site.territory),
        text(&site.lat),
        text(&site.lon),
        text(&site.zone),
        joined(&site.roles),
        text(&site.switching),
        text(&site.valid_from),
        text(&site.valid_to),
        joined(&site.source),
        text(&site.confidence),
        text(&site.note),
    ];
    gather(SITE, values)
}

/// What a segment's link says.
pub(super) fn segment(segment: &RawSegment, cable: Option<&RawCable>) -> Attributes {
    let text = |entry: &Entry| entry.text.to_string();
    let values = [
        text(&segment.cable),
        cable.map(|cable| text(&cable.kind)).unwrap_or_default(),
        text(&segment.length_km),
        text(&segment.latency_ms),
        capacity(segment).map(|capacity| capacity.mbps().to_string()).unwrap_or_default(),
        joined(&segment.length_source),
        text(&segment.design),
        text(&segment.lit),
        text(&segment.imputed),
        text(&segment.design_back),
        text(&segment.lit_back),
        joined(&segment.capacity_source),
        text(&segment.terrain),
        text(&segment.tariff),
        text(&segment.path),
        text(&segment.valid_from),
        text(&segment.valid_to),
        joined(&segment.source),
        text(&segment.confidence),
        text(&segment.note),
    ];
    gather(SEGMENT, values)
}

/// The capacity that counts, from a to b.
pub(super) fn capacity(segment: &RawSegment) -> Option<Bandwidth> {
    [&segment.lit, &segment.design, &segment.imputed].into_iter().find_map(|entry| Bandwidth::parse(entry.get()?).ok())
}

/// Cables by id.
pub(super) fn cables(raw: &RawTopology) -> BTreeMap<&str, &RawCable> {
    raw.cables.iter().map(|cable| (cable.id.text.as_str(), cable)).collect()
}

/// Where a site is, if its coordinates are on Earth.
pub(super) fn position(site: &RawSite) -> Option<Position> {
    Position::new(site.lat.text.parse().ok()?, site.lon.text.parse().ok()?)
}

/// The parts of a native topology that travel as attributes of the whole graph.
pub(super) fn native_parts(raw: &RawTopology) -> Vec<(&'static str, String)> {
    let mut parts =
        vec![("crossborder_topology", super::head_text(&raw.head)), ("crossborder_cables", super::cables_text(&raw.cables))];
    if !raw.demands.is_empty() {
        parts.push(("crossborder_demands", super::demands_text(&raw.demands)));
    }
    parts
}

/// The risk groups of each segment and each site, by id, as far as they are given by name; areas are a finding.
pub(super) struct Members<'r> {
    pub(super) of_segment: BTreeMap<&'r str, Vec<&'r str>>,
    pub(super) of_site: BTreeMap<&'r str, Vec<&'r str>>,
}

impl<'r> Members<'r> {
    pub(super) fn new(raw: &'r RawTopology, findings: &mut Findings) -> Self {
        let mut on_cable: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        let (mut of_segment, mut of_site) = (BTreeMap::<&str, Vec<&str>>::new(), BTreeMap::<&str, Vec<&str>>::new());
        for segment in &raw.segments {
            on_cable.entry(&segment.cable.text).or_default().push(&segment.id.text);
        }
        for group in &raw.head.risk_group {
            let id = group.id.text.as_str();
            if group.kind.text != "other" || !group.confidence.is_blank() {
                findings.note(finding::NOT_HELD, || format!("kind of risk group {id}"));
            }
            if group.circle.is_some() || group.polygon.0.is_some() {
                findings.note(finding::NOT_HELD, || format!("area of risk group {id}"));
            }
            let of_cables =
                group.cables.entries().iter().filter_map(|cable| on_cable.get(cable.text.as_str())).flatten().copied();
            for segment in group.segments.entries().iter().map(|segment| segment.text.as_str()).chain(of_cables) {
                let groups = of_segment.entry(segment).or_default();
                if groups.last() != Some(&id) {
                    groups.push(id);
                }
            }
            for site in group.sites.entries() {
                of_site.entry(&site.text).or_default().push(id);
            }
        }
        Self { of_segment, of_site }
    }
}

/// The site that an end of a demand means: itself, or the main site of a territory, which is a finding.
pub(super) fn end_of(row: &RawDemand, end: &Entry, raw: &RawTopology, findings: &mut Findings) -> String {
    let word = end.text.as_str();
    let is_site = raw.sites.iter().any(|site| site.id.text == word);
    let territory = raw.head.territory.iter().find(|territory| !is_site && territory.id.text == word);
    let Some(main) = territory.and_then(|territory| territory.main.owned()) else { return word.to_owned() };
    findings
        .note(finding::NOT_HELD, || format!("territory {word} at the end of demand {}; its main site was written", row.id.text));
    main
}

/// Says what of cables has no place where they are but a word of their segments.
pub(super) fn cables_are_not_held(raw: &RawTopology, findings: &mut Findings) {
    let used: BTreeSet<&str> = raw.segments.iter().map(|segment| segment.cable.text.as_str()).collect();
    for cable in &raw.cables {
        let RawCable { name, length_km, fibre_pairs, valid_from, valid_to, confidence, note, .. } = cable;
        let is_more =
            [name, length_km, fibre_pairs, valid_from, valid_to, confidence, note].iter().any(|entry| !entry.is_blank());
        if is_more || cable.owners.said().is_some() || cable.licensees.said().is_some() || !used.contains(cable.id.text.as_str())
        {
            findings.note(finding::NOT_HELD, || format!("name, owners, length and dates of cable {}", cable.id.text));
        }
    }
}

/// Says that the rest of the head has no place in a format.
pub(super) fn head_is_not_held(raw: &RawTopology, findings: &mut Findings) {
    let head = &raw.head;
    for (what, entry) in [("title", &head.title), ("description", &head.description)] {
        if !entry.is_blank() {
            findings.note(finding::NOT_HELD, || what.to_owned());
        }
    }
    for territory in &head.territory {
        findings.note(finding::NOT_HELD, || format!("regime and figures of territory {}", territory.id.text));
    }
    for scope in &head.scope {
        findings.note(finding::NOT_HELD, || format!("scope of {}", scope.site.text));
    }
    for source in &head.source {
        findings.note(finding::NOT_HELD, || format!("source {}", source.id.text));
    }
}
