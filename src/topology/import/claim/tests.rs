//! Claims of small sketches, and that `build` takes them.

use super::*;
use crate::topology::import::{Options, gml, node_link};
use crate::topology::{Topology, build};

fn build_all(sketch: Sketch) -> (Topology, Findings) {
    let mut problems = Problems::new();
    let (raw, findings) = claim(sketch, "test", &mut problems);
    let topology = build::topology(raw, &mut problems);
    let errors: Vec<&str> = problems.list().iter().map(|problem| problem.message.as_str()).collect();
    (topology.unwrap_or_else(|| panic!("{errors:?}")), findings)
}

fn graph(nodes: &str, edges: &str) -> Sketch {
    gml::read(format!("graph [ multigraph 1 {nodes} {edges} ]").as_bytes(), &Options::default()).unwrap()
}

#[test]
fn a_graph_without_any_place_still_becomes_a_topology() {
    let sketch = graph("node [ id 0 label \"A\" ] node [ id 1 label \"A\" ]", "edge [ source 0 target 1 ]");
    let (topology, findings) = build_all(sketch);
    assert_eq!(topology.segments().next().unwrap().1.length.km(), FLAT);
    for kind in [finding::NO_TERRITORY, finding::NO_POSITION] {
        assert_eq!(findings.count(kind), 2, "{}", kind.what);
    }
    assert_eq!(findings.count(finding::DUPLICATE_NAME), 1);
}
const FLAT: f64 = 100.0;

#[test]
fn lengths_come_from_the_great_circle_and_say_so() {
    // One degree on the equator is 111.3 km.
    let nodes = "node [ id 0 lat 0 lon 0.5 ] node [ id 1 lat 0 lon 1.5 ]";
    let (topology, _) = build_all(graph(nodes, "edge [ source 0 target 1 ]"));
    let (_, segment) = topology.segments().next().unwrap();
    assert!((segment.length.km() - 111.319 * 1.35).abs() < 0.01, "{}", segment.length.km());
    assert!(topology.is_imputed(&segment.length_sources));
}

#[test]
fn impossible_lengths_are_replaced_and_told() {
    let nodes = "node [ id 0 lat 0 lon 0.5 ] node [ id 1 lat 0 lon 1.5 ]";
    let edges = "edge [ source 0 target 1 length_km 5 ] edge [ source 0 target 1 length_km 9999 ] edge [ source 0 target 1 length_km 200 ]";
    let (topology, findings) = build_all(graph(nodes, edges));
    assert_eq!(findings.count(finding::LENGTH_IMPOSSIBLE), 2);
    assert_eq!(topology.segments().filter(|(_, segment)| segment.length.km() == 200.0).count(), 1);
}

#[test]
fn lengths_without_unit_are_metres_where_that_fits() {
    let nodes = "node [ id 0 lat 0 lon 0.5 ] node [ id 1 lat 0 lon 1.5 ]";
    let (topology, findings) = build_all(graph(nodes, "edge [ source 0 target 1 distance 120000 ]"));
    assert_eq!(topology.segments().next().unwrap().1.length.km(), 120.0);
    assert_eq!(findings.count(finding::LENGTH_UNIT), 1);
}

#[test]
fn a_long_segment_between_guessed_places_keeps_its_latency() {
    let sketch = graph("node [ id 0 ] node [ id 1 ]", "edge [ source 0 target 1 length_km 5000 ]");
    let (topology, _) = build_all(sketch);
    let (_, segment) = topology.segments().next().unwrap();
    assert_eq!(segment.latency.ns(), 24_485_000);
    assert!(segment.length.km() < 1_010.0);
}

#[test]
fn countries_are_known_by_name_and_others_get_a_code() {
    let nodes = "node [ id 0 lat 1 lon 1 Country \"Côte d'Ivoire\" ] node [ id 1 lat 1 lon 2 Country \"Elbonia\" ]";
    let (topology, findings) = build_all(graph(nodes, "edge [ source 0 target 1 ]"));
    let codes: Vec<&str> = topology.territories().iter().map(|territory| territory.code.as_str()).collect();
    assert_eq!(codes, ["CI", "Elbonia"]);
    assert_eq!(findings.count(finding::TERRITORY_UNKNOWN), 1);
}

#[test]
fn bandwidths_are_rounded_but_never_to_nothing() {
    let text = r#"{"nodes":[{"id":"a"},{"id":"b"}],"edges":[{"source":"a","target":"b","capacity_kbps":64}],
        "graph":{"demands":{"a":{"b":0.0123}}}}"#;
    let (topology, findings) = build_all(node_link::read(text.as_bytes(), &Options::default()).unwrap());
    assert_eq!(topology.segments().next().unwrap().1.capacity.lit, Some(Bandwidth::from_mbps(1)));
    assert_eq!(topology.demands()[0].traffic, Bandwidth::from_mbps(12));
    assert_eq!(findings.count(finding::ROUNDED), 2);
}
