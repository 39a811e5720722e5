//! Reads the explicit part of NetGraph's YAML (0.24): nodes, links, risk groups, one set of demands.
//!
//! Blueprints, groups of nodes, rules and patterns need NetGraph to expand them; they are left out, with a finding, and
//! so are failure policies and workflows. Capacities and volumes are Gbit/s per direction. Costs have no unit: they are
//! left out unless the user says what they are, as in `cost=length_km`.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{Deserializer, Error, IgnoredAny, MapAccess, Visitor};

use super::attributes::{LinkDraft, LinkField, Options, SiteDraft, SiteField};
use super::finding::{self, Findings};
use super::json::{Attributes, Scalar, Things, set_link, set_site};
use super::sketch::{Direction, Flow, Link, RiskGroup, Sketch};
use super::text::{COUNT_LIMIT, Refusal, admit, decode};
use crate::file::FILE_LIMIT;

/// Keys that nobody asked for, with their names only.
type Rest = BTreeMap<String, IgnoredAny>;

#[derive(Deserialize)]
struct Document {
    network: Network,
    #[serde(default)]
    risk_groups: Things<Attributes>,
    #[serde(default)]
    demands: Named<Things<Attributes>>,
    #[serde(flatten)]
    rest: Rest,
}

#[derive(Deserialize)]
struct Network {
    name: Option<String>,
    #[serde(default)]
    nodes: Named<Option<Node>>,
    #[serde(default)]
    links: Things<Wire>,
    #[serde(flatten)]
    rest: Rest,
}

#[derive(Default, Deserialize)]
struct Node {
    #[serde(default)]
    attrs: Attributes,
    #[serde(default)]
    risk_groups: Things<String>,
    #[serde(flatten)]
    rest: Rest,
}

#[derive(Deserialize)]
struct Wire {
    source: Scalar,
    target: Scalar,
    capacity: Option<Scalar>,
    cost: Option<Scalar>,
    count: Option<u64>,
    #[serde(default)]
    attrs: Attributes,
    #[serde(default)]
    risk_groups: Things<String>,
    #[serde(flatten)]
    rest: Rest,
}

/// Things under names of the file's own choice, in its order.
struct Named<T>(Vec<(String, T)>);

impl<T> Default for Named<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Named<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pairs<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Pairs<T> {
            type Value = Named<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("things under their names")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut pairs: A) -> Result<Named<T>, A::Error> {
                let mut found = Vec::new();
                while let Some(pair) = pairs.next_entry()? {
                    found.push(pair);
                    if found.len() > COUNT_LIMIT {
                        return Err(A::Error::custom(format_args!("more than {COUNT_LIMIT} names")));
                    }
                }
                Ok(Named(found))
            }
        }
        deserializer.deserialize_map(Pairs(PhantomData))
    }
}

/// Reads a file.
///
/// # Errors
/// If it is no YAML, has no `network`, is nested too deep, or repeats parts by aliases beyond all use.
pub fn read(bytes: &[u8], options: &Options) -> Result<Sketch, Refusal> {
    let mut sketch = Sketch::default();
    let text = decode(bytes, &mut sketch.findings)?;
    let Document { network, risk_groups, demands, rest } = parse(&text)?;
    note_rest(&rest, &["seed"], "", &mut sketch.findings);
    note_rest(&network.rest, &["version"], "network's ", &mut sketch.findings);
    sketch.title = network.name;
    sketch.risk_groups = risk_groups.0.iter().filter_map(|group| risk_group(group, &mut sketch.findings)).collect();
    let mut members: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (name, node) in network.nodes.0 {
        site(name, node.unwrap_or_default(), options, &mut sketch, &mut members);
    }
    for group in &mut sketch.risk_groups {
        group.sites = members.remove(&group.key).unwrap_or_default();
    }
    sketch.risk_groups.extend(members.into_iter().map(|(key, sites)| RiskGroup { key, sites, segments: Vec::new() }));
    let mut links = Vec::new();
    for wire in network.links.0 {
        wires(wire, options, &mut links, &mut sketch.findings)?;
    }
    sketch.tell_sites_apart();
    sketch.connect(links, Direction::Both);
    let flows = flows(demands, options, &mut sketch.findings);
    sketch.offer(flows);
    Ok(sketch)
}

fn parse(text: &str) -> Result<Document, Refusal> {
    let budget = serde_saphyr::budget! {
        max_events: 16 * COUNT_LIMIT,
        max_nodes: 16 * COUNT_LIMIT,
        max_total_scalar_bytes: FILE_LIMIT,
        max_depth: 32,
        max_documents: 1,
    };
    let options = serde_saphyr::options! { budget: budget };
    serde_saphyr::from_str_with_options(text, options).map_err(|error| {
        let message = error.without_snippet().to_string();
        Refusal::new(format!("no scenario of NetGraph: {message}"), "check that the file is whole and has a `network`")
    })
}

fn note_rest(rest: &Rest, harmless: &[&str], whose: &str, findings: &mut Findings) {
    for name in rest.keys().filter(|name| !harmless.contains(&name.as_str())) {
        findings.note(finding::NOT_EXPLICIT, || format!("{whose}{name}"));
    }
}

fn risk_group(group: &Attributes, findings: &mut Findings) -> Option<RiskGroup> {
    // A group may be its bare name.
    let key = group.text("name").or_else(|| group.text("id"))?.to_owned();
    for (name, _) in group.0.iter().filter(|(name, _)| !matches!(name.as_str(), "name" | "id")) {
        findings.note(finding::NOT_EXPLICIT, || format!("risk group's {name}"));
    }
    Some(RiskGroup { key, ..RiskGroup::default() })
}

fn site(name: String, node: Node, options: &Options, sketch: &mut Sketch, members: &mut BTreeMap<String, Vec<usize>>) {
    let findings = &mut sketch.findings;
    let is_group = ["count", "template", "blueprint", "nodes"].iter().any(|key| node.rest.contains_key(*key));
    if is_group || name.contains(['[', '*', '$']) {
        findings.note(finding::NOT_EXPLICIT, || format!("group of nodes `{name}`"));
        return;
    }
    note_rest(&node.rest, &[], "node's ", findings);
    let mut draft = SiteDraft::default();
    for (name, value) in &node.attrs.0 {
        // Links say the node's own name, not what a program may have kept under that word.
        if options.site_field(name) != Some(SiteField::Key) {
            set_site(&mut draft, name, value, options, findings);
        }
    }
    draft.site.key = name;
    for group in node.risk_groups.0 {
        members.entry(group).or_default().push(sketch.sites.len());
    }
    sketch.sites.push(draft.finish());
}

/// Adds the links, for several may be given as one.
fn wires(wire: Wire, options: &Options, links: &mut Vec<Link>, findings: &mut Findings) -> Result<(), Refusal> {
    note_rest(&wire.rest, &["pattern"], "link's ", findings);
    let mut draft = LinkDraft::default();
    let parts = [("capacity_gbps", wire.capacity), ("cost", wire.cost)];
    let parts = parts.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    for (name, value) in wire.attrs.0.into_iter().chain(parts) {
        if !matches!(options.link_field(&name), Some(LinkField::From | LinkField::To)) {
            set_link(&mut draft, &name, &value, options, findings);
        }
    }
    draft.link.ends = [wire.source, wire.target].map(|end| name_of(&end, findings));
    draft.link.risk_groups.extend(wire.risk_groups.0);
    let link = draft.finish(super::GBPS, findings);
    for _ in 0..wire.count.unwrap_or(1) {
        links.push(link.clone());
        admit(links.len(), "links")?;
    }
    Ok(())
}

/// The node that a pattern means which matches one name alone: `^Vilnius$`.
fn name_of(end: &Scalar, findings: &mut Findings) -> String {
    match end {
        Scalar::Text(text) | Scalar::Plain(text) => {
            let name = text.strip_prefix('^').unwrap_or(text);
            name.strip_suffix('$').unwrap_or(name).replace("\\.", ".").replace("\\-", "-")
        }
        Scalar::Null | Scalar::Numbers(_) | Scalar::Texts(_) | Scalar::Other => {
            findings.note(finding::NOT_EXPLICIT, || "rule that picks nodes".to_owned());
            String::new()
        }
    }
}

/// The demands of the set `default`, else of the first one.
fn flows(sets: Named<Things<Attributes>>, options: &Options, findings: &mut Findings) -> Vec<Flow> {
    let chosen = sets.0.iter().position(|(name, _)| name == "default").unwrap_or(0);
    let mut flows = Vec::new();
    for (i, (name, demands)) in sets.0.into_iter().enumerate() {
        if i != chosen {
            findings.note(finding::NOT_EXPLICIT, || format!("set of demands `{name}`"));
            continue;
        }
        for demand in demands.0 {
            flows.push(flow(&demand, options, findings));
        }
    }
    flows
}

fn flow(demand: &Attributes, options: &Options, findings: &mut Findings) -> Flow {
    let mut draft = LinkDraft::default();
    let mut ends = [String::new(), String::new()];
    for (name, value) in &demand.0 {
        match name.as_str() {
            "source" => ends[0] = name_of(value, findings),
            "target" | "sink" => ends[1] = name_of(value, findings),
            "volume" | "demand" => set_link(&mut draft, "traffic_gbps", value, options, findings),
            "mode" | "attrs" => {}
            _ => set_link(&mut draft, name, value, options, findings),
        }
    }
    draft.link.ends = ends;
    draft.finish_demand(super::GBPS, findings)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: &str = r#"
seed: 42
blueprints:
  clos: {groups: {}}
network:
  name: two
  nodes:
    A: {attrs: {latitude: 1.5, longitude: 100, country: Elbonia}, risk_groups: [G]}
    B.x:
    spine: {count: 4, template: "s{n}"}
  links:
  - source: A
    target: B.x
    capacity: 66.041
    cost: 180
    risk_groups: [G]
  - {source: "^A$", target: "^B\\.x$", count: 2, capacity: 10, attrs: {length_km: 300}}
  - {source: A, target: {path: "B.*"}}
risk_groups:
- name: G
- H
demands:
  other: []
  default:
  - {source: ^A$, target: ^B\.x$, volume: 0.179, mode: pairwise, priority: 2}
"#;

    fn sketch(text: &str) -> Sketch {
        read(text.as_bytes(), &Options::default()).unwrap_or_else(|refusal| panic!("{}", refusal.message))
    }

    #[test]
    fn what_is_explicit_is_read() {
        let sketch = sketch(TWO);
        assert_eq!((sketch.sites.len(), sketch.segments.len(), sketch.demands.len()), (2, 3, 1));
        assert_eq!(sketch.segments[0].lit_mbps, Some(66_041.0));
        assert_eq!(sketch.segments[2].length_km, Some(300.0));
        assert_eq!(sketch.sites[0].territory.as_deref(), Some("Elbonia"));
        assert_eq!((sketch.demands[0].traffic_mbps, sketch.demands[0].priority), (179.0, Some(2)));
    }

    #[test]
    fn risk_groups_have_their_sites_and_segments() {
        let groups: Vec<_> = sketch(TWO).risk_groups.into_iter().map(|group| (group.key, group.sites, group.segments)).collect();
        assert_eq!(groups, [("G".to_owned(), vec![0], vec![0]), ("H".to_owned(), vec![], vec![])]);
    }

    #[test]
    fn what_needs_expansion_is_told() {
        let findings = sketch(TWO).findings;
        // Blueprints, the group of nodes, the rule for a target, the other set of demands.
        assert_eq!(findings.count(finding::NOT_EXPLICIT), 4);
        assert_eq!(findings.count(finding::END_UNKNOWN), 1);
        assert_eq!(findings.count(finding::ATTRIBUTE_DROPPED), 1, "the cost");
    }

    #[test]
    fn a_cost_is_a_length_if_the_user_says_so() {
        let rename = BTreeMap::from([("cost".to_owned(), "length_km".to_owned())]);
        let sketch = read(TWO.as_bytes(), &Options { rename, ..Options::default() }).unwrap();
        assert_eq!(sketch.segments[0].length_km, Some(180.0));
    }

    #[test]
    fn alias_bombs_deep_nests_and_other_files_are_refused() {
        let mut bomb = String::from("a: &a [x, x, x, x, x, x, x, x, x, x]\n");
        for (this, last) in ["b", "c", "d", "e", "f", "g", "h", "i"].iter().zip(["a", "b", "c", "d", "e", "f", "g", "h"]) {
            bomb += &format!(
                "{this}: &{this} [*{last}, *{last}, *{last}, *{last}, *{last}, *{last}, *{last}, *{last}, *{last}, *{last}]\n"
            );
        }
        bomb += "network: {nodes: {}}\n";
        let deep = format!("network: {}", "[".repeat(100_000));
        for text in [bomb.as_str(), &deep, "nodes: {}", "", "- a", "network: {nodes: [a]}", "a: b: c"] {
            assert!(read(text.as_bytes(), &Options::default()).is_err(), "{}", &text[..text.len().min(40)]);
        }
    }
}
