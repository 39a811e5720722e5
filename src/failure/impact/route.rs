//! Routes as the lanes and gateways they load, packed one after the other.
//!
//! A resource is a lane or, after all lanes, the switching of a site.

use crate::capacity::Bottleneck;
use crate::network::{ArcId, LaneId, Network};
use crate::route::Way;
use crate::topology::{SiteId, Topology};

/// Position of a lane, or of a site after all lanes.
pub(super) type Resource = u32;

/// Lists of resources by position.
#[derive(Clone, Debug)]
pub(super) struct Lists {
    /// Length = lists + 1.
    first: Vec<u32>,
    all: Vec<Resource>,
}

impl Default for Lists {
    fn default() -> Self {
        Self { first: vec![0], all: Vec::new() }
    }
}

impl Lists {
    pub(super) fn clear(&mut self) {
        self.first.truncate(1);
        self.all.clear();
    }

    pub(super) fn push(&mut self, list: impl IntoIterator<Item = Resource>) {
        self.all.extend(list);
        self.first.push(u32::try_from(self.all.len()).expect("routes hold fewer than 2^32 steps"));
    }

    /// Adds some of other lists.
    pub(super) fn append(&mut self, other: &Self, range: std::ops::Range<usize>) {
        let firsts = &other.first[range.start..=range.end];
        let [from, to] = [firsts[0], firsts[firsts.len() - 1]];
        let shift = u32::try_from(self.all.len()).expect("routes hold fewer than 2^32 steps");
        self.all.extend_from_slice(&other.all[from as usize..to as usize]);
        self.first.extend(firsts[1..].iter().map(|first| first - from + shift));
    }

    /// How long all lists are together.
    pub(super) fn steps(&self) -> usize {
        self.all.len()
    }

    pub(super) fn get(&self, i: usize) -> &[Resource] {
        &self.all[self.first[i] as usize..self.first[i + 1] as usize]
    }
}

/// What a resource is.
pub(super) fn bottleneck(resource: Resource, lanes: usize) -> Bottleneck {
    match (resource as usize).checked_sub(lanes) {
        None => Bottleneck::Lane(LaneId(resource)),
        Some(site) => Bottleneck::Gateway(SiteId::from_index(site)),
    }
}

/// What the arcs of a route load, the last arc first, and the gateway that switches it where it begins.
pub(super) fn of_arcs(network: &Network, back: impl Iterator<Item = ArcId>, into: &mut Vec<Resource>) {
    let lanes = 2 * network.segment_count();
    let site = |site: SiteId| u32::try_from(lanes + site.index()).expect("ids are small");
    into.clear();
    let mut first = None;
    for arc in back {
        let step = network.arc(arc);
        into.push(step.lane.0);
        into.extend(step.switch.map(site));
        first = Some(step.tail);
    }
    into.extend(first.filter(|&vertex| network.vertex(vertex).starts_switched).map(|vertex| site(network.site(vertex))));
}

/// What a way loads.
pub(super) fn of_way(topology: &Topology, way: &Way, into: &mut Vec<Resource>) {
    let lanes = 2 * topology.segment_count();
    into.clear();
    for (&segment, &from) in way.segments.iter().zip(&way.sites) {
        into.push(LaneId::new(segment, u32::from(topology.segment(segment).ends[0] != from)).0);
    }
    into.extend(way.switched_at.iter().map(|site| u32::try_from(lanes + site.index()).expect("ids are small")));
}
