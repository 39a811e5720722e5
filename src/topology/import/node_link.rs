//! Reads the node-link JSON of networkx, with `edges` or the older `links`, and TopoHub's positions and demands.
//!
//! Nested attributes (TopoHub's link loads) are left out, with a finding.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::attributes::{LinkDraft, Options, SiteDraft};
use super::finding;
use super::json::{Attributes, Scalar, Things, parse, set_link, set_site};
use super::sketch::{Demand, Direction, Flow, Sketch};
use super::text::{Refusal, admit, decode};

#[derive(Deserialize)]
struct Document {
    #[serde(default)]
    directed: bool,
    #[serde(default)]
    multigraph: bool,
    #[serde(default)]
    graph: Graph,
    nodes: Things<Attributes>,
    edges: Option<Things<Attributes>>,
    links: Option<Things<Attributes>>,
}

/// Attributes of the whole graph.
#[derive(Default)]
struct Graph {
    demands: BTreeMap<String, BTreeMap<String, f64>>,
    rest: Attributes,
}

impl<'de> Deserialize<'de> for Graph {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pairs;
        impl<'de> Visitor<'de> for Pairs {
            type Value = Graph;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("attributes of the graph")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut pairs: A) -> Result<Graph, A::Error> {
                let mut graph = Graph::default();
                while let Some(key) = pairs.next_key::<String>()? {
                    if key == "demands" {
                        graph.demands = pairs.next_value()?;
                    } else {
                        graph.rest.0.push((key, pairs.next_value()?));
                    }
                }
                Ok(graph)
            }

            /// Old versions wrote a list of pairs, mostly empty.
            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Graph, A::Error> {
                while items.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Graph::default())
            }
        }
        deserializer.deserialize_any(Pairs)
    }
}

/// Reads a file.
///
/// # Errors
/// If it is no JSON, or has no nodes and links.
pub fn read(bytes: &[u8], options: &Options) -> Result<Sketch, Refusal> {
    let mut sketch = Sketch::default();
    let text = decode(bytes, &mut sketch.findings)?;
    let document: Document = parse(&text)?;
    let Some(edges) = document.edges.or(document.links) else {
        return Err(Refusal::new("there are neither `edges` nor `links`", "check that it is node-link JSON"));
    };
    for attributes in document.nodes.0 {
        let mut draft = SiteDraft::default();
        for (name, value) in &attributes.0 {
            set_site(&mut draft, name, value, options, &mut sketch.findings);
        }
        sketch.sites.push(draft.finish());
    }
    let unit = options.mbps_per_unit.unwrap_or(super::GBPS);
    let mut links = Vec::new();
    for attributes in edges.0 {
        let mut draft = LinkDraft::default();
        for (name, value) in &attributes.0 {
            set_link(&mut draft, name, value, options, &mut sketch.findings);
        }
        links.push(draft.finish(unit, &mut sketch.findings));
    }
    graph_attributes(&document.graph.rest, &mut sketch);
    sketch.tell_sites_apart();
    sketch.connect(links, if document.directed { Direction::OneWay } else { Direction::Both });
    if !document.multigraph {
        sketch.note_parallel();
    }
    let flows: Vec<Flow> = flows(document.graph.demands, unit, &mut sketch).collect();
    admit(flows.len(), "demands")?;
    sketch.offer(flows);
    Ok(sketch)
}

fn graph_attributes(attributes: &Attributes, sketch: &mut Sketch) {
    for (name, value) in &attributes.0 {
        match value {
            Scalar::Text(text) if name == "name" || name == "label" => sketch.title = Some(text.clone()),
            Scalar::Text(text) if sketch.native.take(name, text) => {}
            _ => sketch.findings.note(finding::ATTRIBUTE_DROPPED, || format!("graph's {name}")),
        }
    }
}

fn flows(demands: BTreeMap<String, BTreeMap<String, f64>>, unit: f64, sketch: &mut Sketch) -> impl Iterator<Item = Flow> + '_ {
    demands.into_iter().flat_map(|(from, row)| row.into_iter().map(move |(to, value)| ([from.clone(), to], value))).map(
        move |(ends, value)| {
            sketch.findings.note(finding::TRAFFIC_UNIT, || format!("{value} read as {} Mbit/s", value * unit));
            Flow { ends, demand: Demand { traffic_mbps: value * unit, ..Demand::default() } }
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topology::import::sketch::Spot;

    const TWO: &str = r#"{"directed": false, "multigraph": false,
        "graph": {"name": "two", "demands": {"0": {"1": 2.5, "0": 1}}, "stats": {"nodes": 2}},
        "nodes": [{"pos": [31.92, -30.97], "type": "City", "name": "A", "id": 0},
                  {"latitude": "1.5", "lon": 3, "type": "Seacable Waypoint", "id": 1}],
        "EDGES": [{"source": 0, "target": 1, "dist": 12.5, "type": "seacable", "ecmp_fwd": {"uni": 0.5}},
                  {"source": 1, "target": 0, "capacity": "10 Gbit/s"}]}"#;

    #[test]
    fn edges_and_links_are_the_same() {
        for name in ["edges", "links"] {
            let sketch = read(TWO.replace("EDGES", name).as_bytes(), &Options::default()).unwrap();
            assert_eq!(sketch.segments.len(), 2, "{name}");
        }
        assert!(read(TWO.as_bytes(), &Options::default()).is_err());
    }

    #[test]
    fn positions_lengths_and_demands_of_topohub_are_understood() {
        let sketch = read(TWO.replace("EDGES", "edges").as_bytes(), &Options::default()).unwrap();
        assert_eq!(sketch.sites[0].spot, Spot::Plane { x: 31.92, y: -30.97 });
        assert_eq!(sketch.sites[1].spot, Spot::Plane { x: 3.0, y: 1.5 });
        assert_eq!(sketch.segments[0].length_km, Some(12.5));
        assert_eq!(sketch.demands.len(), 1);
        assert_eq!(sketch.findings.count(finding::NUMBER_AS_TEXT), 1);
        assert_eq!(sketch.findings.count(finding::UNDECLARED_PARALLEL), 1);
        assert_eq!(sketch.findings.count(finding::ATTRIBUTE_DROPPED), 2);
    }
}
