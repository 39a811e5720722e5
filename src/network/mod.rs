//! The compiled graph that every algorithm runs on: integer ids, flat arrays, no names, no dates, no rules.
//!
//! A network is a set of *vertices* joined by one-way *arcs*. Under physics a vertex is a site. Under law it is a
//! site in a state of the legality automaton, so that a walk along arcs from a start to an end *is* a lawful route:
//! algorithms never ask whether a step is allowed. It is immutable and shared by all threads; what fails is said
//! beside it, in an [`Outage`].
//!
//! ```text
//!   segment s, ends a < b      lane 2s   : a -> b      (capacity per lane)
//!                              lane 2s+1 : b -> a
//!   arc  = lane + state before + state after           (many arcs may share a lane, and its capacity)
//! ```

use std::sync::Arc as Shared;

mod compile;
mod outage;
mod steps;
mod visit;

pub(crate) use compile::Classes;
pub use compile::{Compiled, Metric, compile, compile_watching, lane_capacities, product, switching_capacities};
pub use outage::Outage;
pub use steps::{Step, Steps};
pub use visit::{Surviving, SurvivingArc};

use std::sync::OnceLock;

use crate::topology::{SegmentId, SiteId, id};

id! {
    /// Position of a vertex; ordered by site, then state.
    VertexId
}
id! {
    /// Position of an arc; ordered by tail, then segment, then head.
    ArcId
}
id! {
    /// One direction of a segment: twice the segment's id, plus one for the direction from the higher end to the lower.
    LaneId
}

impl LaneId {
    /// The lane of a segment from its first end to its second (`backwards` = 0) or the other way (1).
    #[must_use]
    pub const fn new(segment: SegmentId, backwards: u32) -> Self {
        Self(segment.0 * 2 + backwards)
    }

    /// The segment it is a direction of.
    #[must_use]
    pub const fn segment(self) -> SegmentId {
        SegmentId(self.0 / 2)
    }

    /// The other direction of the segment.
    #[must_use]
    pub const fn reverse(self) -> Self {
        Self(self.0 ^ 1)
    }
}

/// No distance: nothing leads there.
pub const UNREACHABLE: u64 = u64::MAX;

/// Capacity without limit.
pub const UNLIMITED: u64 = u64::MAX;

/// One arc as it is put into a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arc {
    /// Where it leaves.
    pub tail: VertexId,
    /// Where it arrives.
    pub head: VertexId,
    /// Which direction of which segment it uses.
    pub lane: LaneId,
    /// What it costs in the network's metric; at least 1.
    pub cost: u32,
    /// The site whose service gateway switches the traffic on arrival, if this step is that.
    pub switch: Option<SiteId>,
}

/// A vertex as it is put into a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Vertex {
    /// The site it stands at.
    pub site: SiteId,
    /// State of the automaton; 0 under physics.
    pub state: u32,
    /// Whether a route may begin here.
    pub is_start: bool,
    /// Whether what begins here is switched by the site's own service gateway.
    pub starts_switched: bool,
    /// Whether a route may end here.
    pub is_end: bool,
}

/// The compiled graph.
#[derive(Clone, Debug)]
pub struct Network {
    vertices: Vec<Vertex>,
    /// Length = vertices + 1.
    first_out: Vec<u32>,
    /// The next five have length = arcs, ordered by tail, then segment, then head.
    tail: Vec<u32>,
    head: Vec<u32>,
    cost: Vec<u32>,
    lane: Vec<LaneId>,
    switch: Vec<u32>,
    /// Length = vertices + 1; positions in `in_arc`.
    first_in: Vec<u32>,
    /// Arc ids by head, ascending within one head.
    in_arc: Vec<u32>,
    /// Length = sites + 1; the vertices of a site are consecutive.
    first_vertex: Vec<u32>,
    /// Length = segments + 1; positions in `segment_arc`.
    first_segment_arc: Vec<u32>,
    segment_arc: Vec<u32>,
    /// Length = 2 × segments.
    lane_capacity: Shared<[u64]>,
    /// Length = sites; [`UNLIMITED`] where nothing is known.
    switching: Shared<[u64]>,
    max_cost: u32,
    steps: OnceLock<steps::Kept>,
}

const NO_SWITCH: u32 = u32::MAX;

impl Network {
    /// Puts a network together.
    ///
    /// `vertices` must be ordered by site, then state; `lane_capacity`, which networks may share, has one entry in Mbit/s
    /// per lane (twice the segments), `switching` one per site ([`UNLIMITED`] where unknown). Arcs may come in any order;
    /// they are sorted by (tail, segment, head, lane, switch, cost).
    ///
    /// # Panics
    /// If vertices are out of order, an arc names what does not exist or costs nothing, or there are 2²⁴ vertices
    /// or more (the kernels' limit); or if a vertex and the cost of a route do not fit in 64 bits together, which
    /// takes more than 2¹⁶ vertices.
    #[must_use]
    pub fn new(
        vertices: Vec<Vertex>,
        mut arcs: Vec<Arc>,
        lane_capacity: impl Into<Shared<[u64]>>,
        switching: impl Into<Shared<[u64]>>,
    ) -> Self {
        let (lane_capacity, switching) = (lane_capacity.into(), switching.into());
        let (sites, lanes) = (switching.len(), lane_capacity.len());
        assert!(vertices.len() < 1 << 24, "kernels pack vertices into 24 bits");
        assert!(vertices.is_sorted_by_key(|v| (v.site, v.state)), "vertices are ordered by site and state");
        assert!(lanes.is_multiple_of(2), "a segment has two lanes");
        arcs.sort_by_key(|arc| (arc.tail, arc.lane.segment(), arc.head, arc.lane, arc.switch, arc.cost));
        for arc in &arcs {
            assert!(arc.tail.index() < vertices.len() && arc.head.index() < vertices.len(), "arcs join vertices");
            assert!(arc.lane.index() < lanes, "arcs use lanes that exist");
            assert!(arc.cost >= 1, "a free step would leave ties to chance");
        }
        let longest: u64 =
            arcs.chunk_by(|a, b| a.tail == b.tail).filter_map(|out| out.iter().map(|arc| arc.cost).max()).map(u64::from).sum();
        assert!(longest.leading_zeros() + vertices.len().leading_zeros() >= 64, "kernels pack a cost and a vertex into 64 bits");
        let first_out = firsts(vertices.len(), arcs.iter().map(|arc| arc.tail.index()));
        let (first_in, in_arc) = group(vertices.len(), arcs.iter().map(|arc| arc.head.index()));
        let first_vertex = firsts(sites, vertices.iter().map(|vertex| vertex.site.index()));
        let (first_segment_arc, segment_arc) = group(lanes / 2, arcs.iter().map(|arc| arc.lane.segment().index()));
        Self {
            first_out,
            tail: arcs.iter().map(|arc| arc.tail.0).collect(),
            head: arcs.iter().map(|arc| arc.head.0).collect(),
            cost: arcs.iter().map(|arc| arc.cost).collect(),
            max_cost: arcs.iter().map(|arc| arc.cost).max().unwrap_or(0),
            lane: arcs.iter().map(|arc| arc.lane).collect(),
            switch: arcs.iter().map(|arc| arc.switch.map_or(NO_SWITCH, |site| site.0)).collect(),
            first_in,
            in_arc,
            first_vertex,
            first_segment_arc,
            segment_arc,
            vertices,
            lane_capacity,
            switching,
            steps: OnceLock::new(),
        }
    }

    /// A network in which a vertex is a site: for physics, for tests, for graphs from elsewhere.
    ///
    /// `segments` holds (first end, second end, cost, capacity of each lane in Mbit/s); both directions cost the same.
    ///
    /// # Panics
    /// As [`Network::new`].
    #[must_use]
    pub fn of_sites(sites: usize, segments: &[(SiteId, SiteId, u32, [u64; 2])]) -> Self {
        let vertices = (0..sites)
            .map(|i| Vertex { site: SiteId::from_index(i), state: 0, is_start: true, starts_switched: false, is_end: true })
            .collect();
        let mut arcs = Vec::with_capacity(segments.len() * 2);
        let mut lane_capacity = Vec::with_capacity(segments.len() * 2);
        for (i, &(a, b, cost, capacity)) in segments.iter().enumerate() {
            let (a, b, segment) = (VertexId(a.0), VertexId(b.0), SegmentId::from_index(i));
            arcs.push(Arc { tail: a, head: b, lane: LaneId::new(segment, 0), cost, switch: None });
            arcs.push(Arc { tail: b, head: a, lane: LaneId::new(segment, 1), cost, switch: None });
            lane_capacity.extend(capacity);
        }
        Self::new(vertices, arcs, lane_capacity, vec![UNLIMITED; sites])
    }

    /// How many vertices.
    #[must_use]
    pub fn vertex_count(&self) -> usize {
        self.vertices.len()
    }

    /// How many arcs.
    #[must_use]
    pub fn arc_count(&self) -> usize {
        self.head.len()
    }

    /// How many sites, whether they have vertices or not.
    #[must_use]
    pub fn site_count(&self) -> usize {
        self.switching.len()
    }

    /// How many segments, whether they have arcs or not.
    #[must_use]
    pub fn segment_count(&self) -> usize {
        self.lane_capacity.len() / 2
    }

    /// One vertex.
    #[must_use]
    pub fn vertex(&self, vertex: VertexId) -> Vertex {
        self.vertices[vertex.index()]
    }

    /// The site a vertex stands at.
    #[must_use]
    pub fn site(&self, vertex: VertexId) -> SiteId {
        self.vertices[vertex.index()].site
    }

    /// One arc.
    #[must_use]
    pub fn arc(&self, arc: ArcId) -> Arc {
        let i = arc.index();
        Arc {
            tail: VertexId(self.tail[i]),
            head: VertexId(self.head[i]),
            lane: self.lane[i],
            cost: self.cost[i],
            switch: (self.switch[i] != NO_SWITCH).then(|| SiteId(self.switch[i])),
        }
    }

    /// All vertices of a site, ascending.
    pub fn vertices_of(&self, site: SiteId) -> impl DoubleEndedIterator<Item = VertexId> + use<> {
        (self.first_vertex[site.index()]..self.first_vertex[site.index() + 1]).map(VertexId)
    }

    /// Vertices of a site where a route may begin.
    pub fn starts(&self, site: SiteId) -> impl DoubleEndedIterator<Item = VertexId> {
        self.vertices_of(site).filter(|vertex| self.vertices[vertex.index()].is_start)
    }

    /// Vertices of a site where a route may end.
    pub fn ends(&self, site: SiteId) -> impl DoubleEndedIterator<Item = VertexId> {
        self.vertices_of(site).filter(|vertex| self.vertices[vertex.index()].is_end)
    }

    /// Arcs that leave a vertex, ascending.
    pub fn out_arcs(&self, vertex: VertexId) -> impl ExactSizeIterator<Item = ArcId> + DoubleEndedIterator + use<> {
        (self.first_out[vertex.index()]..self.first_out[vertex.index() + 1]).map(ArcId)
    }

    /// Arcs that arrive at a vertex, ascending.
    pub fn in_arcs(&self, vertex: VertexId) -> impl ExactSizeIterator<Item = ArcId> + DoubleEndedIterator {
        let range = self.first_in[vertex.index()] as usize..self.first_in[vertex.index() + 1] as usize;
        self.in_arc[range].iter().map(|&arc| ArcId(arc))
    }

    /// Arcs of a segment, both ways, ascending.
    pub fn arcs_of(&self, segment: SegmentId) -> impl ExactSizeIterator<Item = ArcId> {
        let i = segment.index();
        let range = self.first_segment_arc[i] as usize..self.first_segment_arc[i + 1] as usize;
        self.segment_arc[range].iter().map(|&arc| ArcId(arc))
    }

    /// Capacity of a lane, Mbit/s.
    #[must_use]
    pub fn lane_capacity(&self, lane: LaneId) -> u64 {
        self.lane_capacity[lane.index()]
    }

    /// Switching capacity of a site's service gateway, Mbit/s.
    #[must_use]
    pub fn switching(&self, site: SiteId) -> u64 {
        self.switching[site.index()]
    }

    /// First outgoing arc of each vertex, length = vertices + 1: for kernels.
    #[must_use]
    pub fn first_out(&self) -> &[u32] {
        &self.first_out
    }

    /// Head of each arc: for kernels.
    #[must_use]
    pub fn heads(&self) -> &[u32] {
        &self.head
    }

    /// Tail of each arc: for kernels.
    #[must_use]
    pub fn tails(&self) -> &[u32] {
        &self.tail
    }

    /// Cost of each arc: for kernels.
    #[must_use]
    pub fn costs(&self) -> &[u32] {
        &self.cost
    }

    /// Cost of the dearest arc; 0 without arcs: for kernels.
    #[must_use]
    pub const fn max_cost(&self) -> u32 {
        self.max_cost
    }

    /// Lane of each arc: for kernels.
    #[must_use]
    pub fn lanes(&self) -> &[LaneId] {
        &self.lane
    }
}

/// For `count` groups, where each begins in a table that is sorted by them; the end of the last too.
fn firsts(count: usize, keys: impl Iterator<Item = usize>) -> Vec<u32> {
    let mut first = vec![0u32; count + 1];
    for key in keys {
        first[key + 1] += 1;
    }
    for i in 0..count {
        first[i + 1] += first[i];
    }
    first
}

/// Counting sort: for `count` groups, where each group begins, and the items in order of group, stable.
fn group(count: usize, keys: impl ExactSizeIterator<Item = usize> + Clone) -> (Vec<u32>, Vec<u32>) {
    let total = u32::try_from(keys.len()).expect("tables hold fewer than 2^32 entries");
    let first = firsts(count, keys.clone());
    let mut next = first.clone();
    let mut items = vec![0u32; total as usize];
    for (item, key) in (0..total).zip(keys) {
        items[next[key] as usize] = item;
        next[key] += 1;
    }
    (first, items)
}
