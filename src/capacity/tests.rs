//! What the claims about capacity share: small topologies, requests, policies.

mod between;
mod growth;
mod optimal;
mod place;

use crate::demand::Request;
use crate::policy::{Law, Policy, Profile, Query};
use crate::testing::{Chance, Toy, day, random_ends, random_international};
use crate::topology::{Regime, Role, Service, Topology, Transit};
use crate::units::{Bandwidth, Latency};

fn lawful() -> Policy {
    Policy::new(Profile::Lawful, day())
}

fn physical() -> Policy {
    Policy::new(Profile::Physical, day())
}

fn set_capacity(topology: &mut Topology, segment: usize, mbps: u64) {
    let edge = petgraph::graph::EdgeIndex::new(segment);
    topology.graph[edge].capacity.lit = Some(Bandwidth::from_mbps(mbps));
}

fn set_switching(topology: &mut Topology, site: &str, mbps: u64) {
    let id = topology.find_site(site).unwrap();
    topology.graph[petgraph::graph::NodeIndex::from(id)].switching = Some(Bandwidth::from_mbps(mbps));
}

fn request(topology: &Topology, from: &str, to: &str, mbps: u64) -> Request {
    let [from, to] = [from, to].map(|id| topology.find_site(id).unwrap());
    let query = Query { from, to, service: Service::Internet, operator: None };
    Request { traffic: Bandwidth::from_mbps(mbps), ..Request::question(format!("{from:?}-{to:?}"), query) }
}

/// ```text
///        1 (S0, 300)      1 (S1, 1000)
///     a ------------- b ------------- d
///      `------ 3 ---- c ----- 3 -----'
///          (S2, 500)     (S3, 400)
/// ```
fn square() -> Topology {
    let mut topology = Toy::new()
        .territory("A", Regime::Open, Transit::Service)
        .site("a", "A", &[Role::Hub])
        .site("b", "A", &[Role::Hub])
        .site("c", "A", &[Role::Hub])
        .site("d", "A", &[Role::Hub])
        .segment("a", "b", 1)
        .segment("b", "d", 1)
        .segment("a", "c", 3)
        .segment("c", "d", 3)
        .build();
    for (segment, mbps) in [(0, 300), (2, 500), (3, 400)] {
        set_capacity(&mut topology, segment, mbps);
    }
    topology
}

/// A random network of any kind with random traffic, capacities, switching and bounds; the salt chooses all but the network.
fn random_case(seed: u64, salt: u64) -> (Topology, Vec<Request>) {
    let mut topology = random_international(seed);
    let mut chance = Chance(seed ^ salt);
    for segment in 0..topology.segment_count() {
        set_capacity(&mut topology, segment, chance.below(900));
    }
    for i in 0..topology.site_count() {
        if chance.one_in(2) {
            set_switching(&mut topology, &format!("s{i}"), chance.below(900));
        }
    }
    let requests = (0..12)
        .map(|i| {
            let (from, to) = random_ends(&topology, &mut chance);
            let query = Query { from, to, service: chance.pick(&Service::ALL), operator: None };
            Request {
                name: format!("r{i}"),
                traffic: Bandwidth::from_mbps(1 + chance.below(500)),
                priority: chance.pick(&[1, 5, 9]),
                latency_max: chance.one_in(3).then(|| Latency::from_ns(chance.below(60))),
                query,
            }
        })
        .collect();
    (topology, requests)
}
