//! The network of a synthetic topology, the same for whoever runs a bench.

use crossborder::network::Network;
use crossborder::problem::Problems;
use crossborder::topology::synthetic::{self, Wish};
use crossborder::topology::{CableId, CapacityBasis, SegmentId, SiteId, Topology, build};

/// What kernels are timed and counted on.
pub(crate) struct Input {
    pub(crate) network: Network,
    /// The segments of each cable.
    pub(crate) groups: Vec<Vec<SegmentId>>,
    #[allow(dead_code, reason = "counting needs no more than the network")]
    pub(crate) edges: Vec<(SiteId, SiteId, u32, [u64; 2])>,
}

/// The physical network in whole microseconds; capacities in Gbit/s.
pub(crate) fn input(sites: u32) -> Input {
    let mut problems = Problems::new();
    let raw = synthetic::network(Wish { sites, seed: 1 });
    let topology: Topology = build::topology(raw, &mut problems).expect("a synthetic topology is sound");
    let edge = |(_, segment): (SegmentId, &crossborder::topology::Segment)| {
        let [a, b] = segment.ends;
        let micros = u32::try_from(segment.latency.ns() / 1_000).unwrap().max(1);
        let gbps = segment.capacity.on(CapacityBasis::Lit).mbps() / 1_000;
        (a, b, micros, [gbps.max(1); 2])
    };
    let edges: Vec<_> = topology.segments().map(edge).collect();
    let mut groups = vec![Vec::new(); topology.cables().len()];
    for (id, segment) in topology.segments() {
        let CableId(cable) = segment.cable;
        groups[cable as usize].push(id);
    }
    Input { network: Network::of_sites(topology.site_count(), &edges), groups, edges }
}
