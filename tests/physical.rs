//! Under physics the product's router is plain shortest paths: petgraph, on the topology's own graph, must agree.

use std::path::Path;

use crossborder::network::Metric;
use crossborder::policy::{Law, Policy, Profile, Query};
use crossborder::problem::Problems;
use crossborder::route::search;
use crossborder::topology::{SegmentId, Service, SiteId, Topology, build, read};
use crossborder::units::parse_date;
use petgraph::algo::dijkstra;
use petgraph::graph::NodeIndex;
use petgraph::visit::{EdgeFiltered, EdgeRef};

fn load(name: &str) -> Topology {
    let mut problems = Problems::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("topologies").join(name);
    let raw = read::folder(&folder, &mut problems, &mut Vec::new());
    let topology = raw.and_then(|raw| build::topology(raw, &mut problems));
    topology.unwrap_or_else(|| panic!("{:#?}", problems.list()))
}

#[test]
fn physical_routes_cost_what_petgraph_says() {
    let mut compared = 0;
    for (name, day) in [
        ("belt-and-road", "2008-06-01"),
        ("belt-and-road", "2017-06-01"),
        ("east-africa", "2017-06-01"),
        ("pacific", "2015-01-01"),
    ] {
        let topology = load(name);
        let policy = Policy::new(Profile::Physical, parse_date(day).expect("a date"));
        let law = Law::new(&topology, &policy);
        let in_service = EdgeFiltered::from_fn(topology.graph(), |edge| {
            topology.in_service(SegmentId::from_index(edge.id().index()), policy.as_of)
        });
        for from in (0..topology.site_count()).step_by(29).map(SiteId::from_index) {
            let expected = dijkstra(&in_service, from.into(), None, |edge| edge.weight().latency.ns().max(1));
            let queries: Vec<Query> =
                topology.sites().map(|(to, _)| Query { from, to, service: Service::Leased, operator: None }).collect();
            for (query, way) in queries.iter().zip(search::shortest(&law, Metric::Latency, &queries)) {
                assert_eq!(
                    way.map(|way| way.cost),
                    expected.get(&NodeIndex::from(query.to)).copied(),
                    "{name} on {day}: {query:?}"
                );
                compared += 1;
            }
        }
    }
    assert!(compared > 20_000, "{compared} pairs prove little");
}
