//! Reads GraphML (Brandes et al. 2002): nodes and edges with declared attributes.
//!
//! Hyperedges, ports and graphs inside nodes are left out, with a finding. Document types are refused, and with them
//! entity bombs.

use std::collections::BTreeMap;

use roxmltree::Node;

use super::attributes::{LinkDraft, LinkField, Options, SiteDraft, SiteField};
use super::finding::{self, Findings};
use super::sketch::{Direction, Link, Site, Sketch};
use super::text::{Refusal, admit, decode};
use super::xml::{child, children, parse, text};

/// Reads a file.
///
/// # Errors
/// If it is no XML, has a document type, or holds no graph.
pub fn read(bytes: &[u8], options: &Options) -> Result<Sketch, Refusal> {
    let mut sketch = Sketch::default();
    let content = decode(bytes, &mut sketch.findings)?;
    let document = parse(&content)?;
    let root = document.root_element();
    let Some(graph) = child(root, "graph").filter(|_| root.tag_name().name() == "graphml") else {
        return Err(Refusal::new("there is no <graphml> with a <graph>", "check that it is a GraphML file"));
    };
    let keys: Keys<'_> = children(root, "key").filter_map(|key| Some((key.attribute("id")?, Key::new(key)))).collect();
    let mut links = Vec::new();
    for element in graph.children().filter(Node::is_element) {
        match element.tag_name().name() {
            "node" => {
                sketch.sites.push(site(element, &keys, options, &mut sketch.findings));
                admit(sketch.sites.len(), "nodes")?;
            }
            "edge" => {
                links.push(link(element, &keys, options, &mut sketch.findings));
                admit(links.len(), "edges")?;
            }
            "data" => {}
            other => sketch.findings.note(finding::NOT_EXPLICIT, || format!("<{other}>")),
        }
    }
    for (name, value) in data(graph, &keys, "graph") {
        if !(sketch.native.take(name, value) || name == "label" || name == "name") {
            sketch.findings.note(finding::ATTRIBUTE_DROPPED, || format!("graph attribute `{name}`"));
        }
    }
    let title = data(graph, &keys, "graph").into_iter().find(|(name, _)| matches!(*name, "label" | "name"));
    sketch.title = title.map(|(_, value)| value.to_owned()).filter(|title| !title.is_empty());
    sketch.tell_sites_apart();
    let is_directed = graph.attribute("edgedefault") == Some("directed");
    sketch.connect(links, if is_directed { Direction::OneWay } else { Direction::Both });
    Ok(sketch)
}

/// An attribute that a file declares.
struct Key<'a> {
    name: &'a str,
    whose: &'a str,
    default: Option<&'a str>,
}

type Keys<'a> = BTreeMap<&'a str, Key<'a>>;

impl<'a> Key<'a> {
    fn new(key: Node<'a, '_>) -> Self {
        let name = key.attribute("attr.name").or(key.attribute("id")).unwrap_or_default();
        Self { name, whose: key.attribute("for").unwrap_or("all"), default: text(key, "default") }
    }
}

/// The name and value of each attribute of an element, defaults first.
fn data<'a>(element: Node<'a, '_>, keys: &Keys<'a>, whose: &str) -> Vec<(&'a str, &'a str)> {
    let is_for = |key: &&Key<'_>| key.whose == whose || key.whose == "all";
    let mut found: Vec<(&str, &str)> = keys.values().filter(is_for).filter_map(|key| Some((key.name, key.default?))).collect();
    for item in children(element, "data") {
        let id = item.attribute("key").unwrap_or_default();
        let name = keys.get(id).map_or(id, |key| key.name);
        found.retain(|(known, _)| *known != name);
        found.push((name, item.text().unwrap_or_default()));
    }
    found
}

fn site(element: Node<'_, '_>, keys: &Keys<'_>, options: &Options, findings: &mut Findings) -> Site {
    let mut draft = SiteDraft::default();
    for (name, value) in data(element, keys, "node") {
        match options.site_field(name) {
            // Edges say the element's own id, not what a program may have kept under that name.
            Some(SiteField::Key) => {}
            Some(field) => draft.set(field, value, findings),
            None => findings.note(finding::ATTRIBUTE_DROPPED, || format!("node attribute `{name}`")),
        }
    }
    draft.site.key = element.attribute("id").unwrap_or_default().to_owned();
    for part in element.children().filter(|part| part.is_element() && part.tag_name().name() != "data") {
        findings.note(finding::NOT_EXPLICIT, || format!("<{}> in a node", part.tag_name().name()));
    }
    draft.finish()
}

fn link(element: Node<'_, '_>, keys: &Keys<'_>, options: &Options, findings: &mut Findings) -> Link {
    let mut draft = LinkDraft::default();
    for (name, value) in data(element, keys, "edge") {
        match options.link_field(name) {
            Some(LinkField::From | LinkField::To) => {}
            Some(field) => draft.set(field, value, findings),
            None => findings.note(finding::ATTRIBUTE_DROPPED, || format!("edge attribute `{name}`")),
        }
    }
    let attribute = |name| element.attribute(name).unwrap_or_default().to_owned();
    draft.link.ends = [attribute("source"), attribute("target")];
    if let Some(id) = element.attribute("id") {
        id.clone_into(&mut draft.link.segment.key);
    }
    draft.finish(options.mbps_per_unit.unwrap_or(super::GBPS), findings)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: &str = r#"<?xml version="1.0" encoding="utf-8"?>
        <graphml xmlns="http://graphml.graphdrawing.org/xmlns">
          <key id="d0" for="node" attr.name="Country" attr.type="string"><default>Elbonia</default></key>
          <key id="d1" for="edge" attr.name="capacity" attr.type="string"/>
          <key id="d2" for="graph" attr.name="label" attr.type="string"/>
          <graph edgedefault="directed"><data key="d2">Two</data>
            <node id="a"><data key="d9">x</data></node>
            <node id="b"><data key="d0">Molvania</data><graph edgedefault="directed"/></node>
            <edge source="a" target="b"><data key="d1">10 Gbit/s</data></edge>
            <edge source="b" target="a"><data key="d1">2</data></edge>
            <hyperedge/>
          </graph>
        </graphml>"#;

    #[test]
    fn attributes_have_names_and_defaults() {
        let sketch = read(TWO.as_bytes(), &Options::default()).unwrap();
        let countries: Vec<_> = sketch.sites.iter().map(|site| site.territory.as_deref()).collect();
        assert_eq!(countries, [Some("Elbonia"), Some("Molvania")]);
        assert_eq!(sketch.title.as_deref(), Some("Two"));
    }

    #[test]
    fn a_directed_pair_is_one_segment() {
        let sketch = read(TWO.as_bytes(), &Options::default()).unwrap();
        assert_eq!(sketch.segments.len(), 1);
        assert_eq!((sketch.segments[0].lit_mbps, sketch.segments[0].lit_back_mbps), (Some(10_000.0), Some(2_000.0)));
    }

    #[test]
    fn what_is_left_out_is_told() {
        let sketch = read(TWO.as_bytes(), &Options::default()).unwrap();
        assert_eq!(sketch.findings.count(finding::ATTRIBUTE_DROPPED), 1);
        assert_eq!(sketch.findings.count(finding::NOT_EXPLICIT), 2);
    }

    #[test]
    fn entity_bombs_and_deep_nests_are_refused() {
        let bomb = r#"<!DOCTYPE g [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><graphml><graph>&b;</graph></graphml>"#;
        let deep = "<a>".repeat(1_000_000);
        for text in [bomb, deep.as_str(), "<graphml/>", "<gml><graph/></gml>", "", "graph"] {
            assert!(read(text.as_bytes(), &Options::default()).is_err(), "{}", &text[..text.len().min(20)]);
        }
    }
}
