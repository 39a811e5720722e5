//! Maximum flow and minimum cut between sets of sites: one kind of traffic, any number of routes, physics only.
//!
//! Under law a maximum flow is not a matter of arcs: many arcs of a lawful network share one lane and its capacity, and
//! only whole routes are lawful. There the question is a linear program over routes; ask `multicommodity`
//! for the most of one commodity that can be carried. How a search proceeds is in `residual`.
//!
//! A segment whose two directions share one capacity `c` needs no mode of its own here: flows of one commodity in
//! opposite directions cancel, so it is a segment with `c` in each direction.

mod residual;

use crate::network::{LaneId, Network, Outage, UNLIMITED};
use crate::topology::{SegmentId, SiteId};
use residual::Residual;

/// How much flows at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    /// This much, Mbit/s (or routes, where every capacity is one).
    Bounded(u64),
    /// As much as one likes: a path of unlimited capacity leads from a source to a sink, or a site is both.
    Unbounded,
}

impl Value {
    /// The amount, or `None` if there is no bound.
    #[must_use]
    pub const fn bounded(self) -> Option<u64> {
        match self {
            Self::Bounded(value) => Some(value),
            Self::Unbounded => None,
        }
    }
}

/// A set of lanes and sites without which nothing flows; its capacity equals the maximum flow, which proves both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    /// Sites on the sources' side, ascending.
    pub source_side: Vec<SiteId>,
    /// Lanes that lead out of it, those in service with a capacity, ascending.
    pub lanes: Vec<LaneId>,
    /// Sites that are cut through because their own capacity binds, ascending.
    pub sites: Vec<SiteId>,
    /// Sum of the capacities of both.
    pub capacity: u64,
}

/// What limits the flow.
#[derive(Clone, Copy, Debug)]
pub enum Limits<'a> {
    /// The capacity of each lane.
    Lanes,
    /// The capacity of each lane, and of each site for what passes through it (Mbit/s, length = sites;
    /// [`UNLIMITED`] for none). What begins or ends at a site does not count.
    LanesAndSites(&'a [u64]),
    /// One route per segment, whatever its capacity: the flow is the number of routes that share no segment (Menger 1927).
    DisjointSegments,
    /// One route per segment and per site on the way: the number of routes that share neither.
    DisjointSites,
}

/// A physical network made ready for maximum flows, with the memory of one worker; one query after another.
#[derive(Clone, Debug)]
pub struct MaxFlow {
    residual: Residual,
    /// First node of each site, or [`NONE`] for a site that has no vertex; length = sites. Flow enters here.
    entry: Vec<u32>,
    /// Where flow leaves each site: the entry, or a node behind it if the site has a capacity.
    exit: Vec<u32>,
    /// The half that carries each lane, or [`NONE`]; length = lanes.
    of_lane: Vec<u32>,
    /// The half within each site that has a capacity, or [`NONE`]; length = sites.
    of_site: Vec<u32>,
    /// Stands for unlimited capacity: more than all finite capacities together.
    unlimited: u64,
    has_unlimited: bool,
    ends: [Vec<u32>; 2],
    lost: Vec<SegmentId>,
    value: Value,
}

const NONE: u32 = u32::MAX;

impl MaxFlow {
    /// Prepares a network. O(sites + segments) time and space.
    ///
    /// # Panics
    /// If it is not physical (a site has several vertices, or a lane several arcs), if site capacities are not one per
    /// site, or if finite capacities add up to 2⁶² Mbit/s or more.
    #[must_use]
    pub fn new(network: &Network, limits: Limits<'_>) -> Self {
        let entry = entries(network);
        let (mut nodes, mut exit) = (network.vertex_count(), entry.clone());
        let lane = |lane: LaneId| match limits {
            Limits::Lanes | Limits::LanesAndSites(_) => network.lane_capacity(lane),
            Limits::DisjointSegments | Limits::DisjointSites => 1,
        };
        let site = |site: usize| match limits {
            Limits::Lanes | Limits::DisjointSegments => UNLIMITED,
            Limits::LanesAndSites(capacity) => capacity[site],
            Limits::DisjointSites => 1,
        };
        if let Limits::LanesAndSites(capacity) = limits {
            assert!(capacity.len() == network.site_count(), "every site has a capacity, if only an unlimited one");
        }
        let mut pairs = Vec::new();
        let mut of_site = vec![NONE; network.site_count()];
        for (i, &vertex) in entry.iter().enumerate() {
            if vertex != NONE && site(i) != UNLIMITED {
                exit[i] = u32::try_from(nodes).expect("networks have fewer than 2^24 vertices");
                nodes += 1;
                of_site[i] = u32::try_from(pairs.len()).expect("networks have fewer than 2^24 vertices");
                pairs.push((vertex, exit[i], site(i), 0));
            }
        }
        let of_lane = add_segments(network, [&entry, &exit], lane, &mut pairs);
        let (unlimited, has_unlimited) = bound_unlimited(&mut pairs);
        let (residual, positions) = Residual::new(nodes, &pairs);
        let half = |pair: u32, backwards: bool| match pair {
            NONE => NONE,
            pair if backwards => residual.halves[positions[pair as usize] as usize].partner,
            pair => positions[pair as usize],
        };
        let of_lane = of_lane.into_iter().map(|(pair, backwards)| half(pair, backwards)).collect();
        let of_site = of_site.into_iter().map(|pair| half(pair, false)).collect();
        let (ends, lost, value) = ([Vec::new(), Vec::new()], Vec::new(), Value::Bounded(0));
        Self { residual, entry, exit, of_lane, of_site, unlimited, has_unlimited, ends, lost, value }
    }

    /// Finds how much flows at most from `sources` to `sinks`, all of them together, while `outage` lasts.
    ///
    /// Nothing flows from or to an empty set; a site in both sets makes it unbounded. The flow and the cut can be
    /// asked for afterwards. O(V² E) in the worst case; in practice a small part of the graph is touched, and nothing
    /// is allocated.
    ///
    /// # Panics
    /// If a site does not exist.
    pub fn solve(&mut self, sources: &[SiteId], sinks: &[SiteId], outage: &Outage) -> Value {
        self.prepare(sources, sinks, outage);
        let [from, to] = &self.ends;
        let is_unbounded = sources.iter().any(|site| sinks.contains(site))
            || self.has_unlimited && self.residual.connects(from, to, self.unlimited);
        self.value = if is_unbounded { Value::Unbounded } else { Value::Bounded(self.residual.saturate(from, to)) };
        debug_assert!(self.is_certified(), "a flow and a cut of the same size prove each other");
        self.value
    }

    /// As [`MaxFlow::solve`] between two sites, with [`MaxFlow::unlimited`] in place of unlimited capacity: there is
    /// always a cut, and only one that is truly unlimited is as large as that.
    pub(super) fn solve_with_stand_in(&mut self, source: SiteId, sink: SiteId, outage: &Outage) -> u64 {
        self.prepare(&[source], &[sink], outage);
        let value = self.residual.saturate(&self.ends[0], &self.ends[1]);
        self.value = Value::Bounded(value);
        debug_assert!(self.is_certified(), "a flow and a cut of the same size prove each other");
        value
    }

    /// Tells whether a site lies on the sources' side of the last answer's cut; one without vertices does not.
    pub(super) fn is_source_side(&self, site: SiteId) -> bool {
        let node = self.entry[site.index()];
        node != NONE && self.residual.is_source_side(node as usize)
    }

    /// What stands for unlimited capacity: more than all finite capacities together.
    pub(super) const fn unlimited(&self) -> u64 {
        self.unlimited
    }

    /// Undoes the last flow, takes what is lost out of service and notes the ends.
    fn prepare(&mut self, sources: &[SiteId], sinks: &[SiteId], outage: &Outage) {
        self.residual.reset();
        self.lost.clear();
        if !outage.is_empty() {
            self.lost.extend(outage.lost());
        }
        for lane in self.lost.iter().flat_map(|&segment| [LaneId::new(segment, 0), LaneId::new(segment, 1)]) {
            let half = self.of_lane[lane.index()];
            if half != NONE {
                self.residual.close(half);
            }
        }
        for (ends, (sites, node)) in self.ends.iter_mut().zip([(sources, &self.exit), (sinks, &self.entry)]) {
            ends.clear();
            ends.extend(sites.iter().map(|site| node[site.index()]).filter(|&node| node != NONE));
            ends.sort_unstable();
            ends.dedup();
        }
    }

    /// How much the last answer sends over a lane, Mbit/s; what would flow both ways is cancelled. No flow is shown
    /// where there is no bound.
    #[must_use]
    pub fn lane_flow(&self, lane: LaneId) -> u64 {
        let [there, back] = [lane, lane.reverse()].map(|lane| self.half_flow(self.of_lane[lane.index()]));
        there.saturating_sub(back)
    }

    /// A minimum cut for the last answer; `None` if there is no bound. O(sites + segments).
    #[must_use]
    pub fn cut(&self) -> Option<Cut> {
        self.value.bounded()?;
        let is_source_side = |node: u32| node != NONE && self.residual.is_source_side(node as usize);
        let half_is_cut = |half: u32| {
            half != NONE && {
                let (pair, capacity) = (self.residual.halves[half as usize], self.residual.capacity[half as usize]);
                let tail = self.residual.halves[pair.partner as usize].head;
                capacity > 0 && is_source_side(tail) && !is_source_side(pair.head)
            }
        };
        let sites = || (0..self.entry.len()).map(SiteId::from_index);
        let lanes = (0..self.of_lane.len()).map(LaneId::from_index);
        let lanes: Vec<LaneId> = lanes
            .filter(|&lane| half_is_cut(self.of_lane[lane.index()]) && self.lost.binary_search(&lane.segment()).is_err())
            .collect();
        let cut_sites: Vec<SiteId> = sites().filter(|site| half_is_cut(self.of_site[site.index()])).collect();
        let halves = lanes.iter().map(|lane| self.of_lane[lane.index()]);
        let halves = halves.chain(cut_sites.iter().map(|site| self.of_site[site.index()]));
        Some(Cut {
            capacity: halves.map(|half| self.residual.capacity[half as usize]).sum(),
            source_side: sites()
                .filter(|site| is_source_side(self.entry[site.index()]) || is_source_side(self.exit[site.index()]))
                .collect(),
            lanes,
            sites: cut_sites,
        })
    }

    /// Net flow over a half.
    fn half_flow(&self, half: u32) -> u64 {
        if half == NONE {
            return 0;
        }
        let Self { residual, .. } = self;
        let partner = residual.halves[half as usize].partner as usize;
        // Over a closed pair nothing flows, whatever its capacity.
        residual.halves[partner].residual.saturating_sub(residual.capacity[partner])
    }

    /// Re-checks the last answer: conservation at every node, no lane over its capacity, and a cut as large as the flow.
    fn is_certified(&self) -> bool {
        let (Value::Bounded(value), Some(cut)) = (self.value, self.cut()) else { return true };
        let Residual { first, halves, capacity, .. } = &self.residual;
        let mut net = vec![0i128; first.len() - 1];
        for (i, half) in halves.iter().enumerate() {
            let flow = self.half_flow(u32::try_from(i).expect("halves are counted in 32 bits"));
            if flow > capacity[i] {
                return false;
            }
            net[half.head as usize] += i128::from(flow);
            net[halves[half.partner as usize].head as usize] -= i128::from(flow);
        }
        let mut take = |ends: &[u32]| ends.iter().map(|&node| std::mem::take(&mut net[node as usize])).sum::<i128>();
        let (sent, received) = (-take(&self.ends[0]), take(&self.ends[1]));
        sent == i128::from(value) && received == sent && cut.capacity == value && net.iter().all(|&net| net == 0)
    }
}

/// The vertex of each site, or [`NONE`].
fn entries(network: &Network) -> Vec<u32> {
    let vertex = |site: usize| {
        let mut vertices = network.vertices_of(SiteId::from_index(site));
        let vertex = vertices.next().map_or(NONE, |vertex| vertex.0);
        assert!(vertices.next().is_none(), "a flow on arcs needs a physical network: one vertex per site");
        vertex
    };
    (0..network.site_count()).map(vertex).collect()
}

/// Adds a pair for every segment with arcs; says for each lane which pair and whether it is the pair's way back.
fn add_segments(
    network: &Network,
    [entry, exit]: [&[u32]; 2],
    capacity: impl Fn(LaneId) -> u64,
    pairs: &mut Vec<(u32, u32, u64, u64)>,
) -> Vec<(u32, bool)> {
    let mut of_lane = vec![(NONE, false); network.segment_count() * 2];
    for segment in (0..network.segment_count()).map(SegmentId::from_index) {
        let mut lane_capacity = [0, 0];
        let mut ends = None;
        for arc in network.arcs_of(segment).map(|arc| network.arc(arc)) {
            let (tail, head) = (network.site(arc.tail).index(), network.site(arc.head).index());
            let backwards = arc.lane.index() % 2;
            let own = if backwards == 0 { (tail, head) } else { (head, tail) };
            assert!(*ends.get_or_insert(own) == own, "a lane has one arc, and the other lane leads back");
            lane_capacity[backwards] = capacity(arc.lane);
        }
        // A segment from a site to itself carries nothing anywhere.
        if let Some((a, b)) = ends.filter(|(a, b)| a != b) {
            let pair = u32::try_from(pairs.len()).expect("segments are counted in 32 bits");
            // With site capacities a lane leaves behind its tail and arrives before its head, so each is its own pair.
            if exit[a] == entry[a] && exit[b] == entry[b] {
                pairs.push((entry[a], entry[b], lane_capacity[0], lane_capacity[1]));
                of_lane[LaneId::new(segment, 0).index()] = (pair, false);
                of_lane[LaneId::new(segment, 1).index()] = (pair, true);
            } else {
                pairs.push((exit[a], entry[b], lane_capacity[0], 0));
                pairs.push((exit[b], entry[a], lane_capacity[1], 0));
                of_lane[LaneId::new(segment, 0).index()] = (pair, false);
                of_lane[LaneId::new(segment, 1).index()] = (pair + 1, false);
            }
        }
    }
    of_lane
}

/// Replaces unlimited capacities by one more than all finite ones together; says which, and whether there were any.
///
/// No flow that has a bound exceeds the sum of the finite capacities, and augmenting along paths puts no more than the
/// flow on any arc; so the stand-in never binds.
fn bound_unlimited(pairs: &mut [(u32, u32, u64, u64)]) -> (u64, bool) {
    let capacities = pairs.iter().flat_map(|&(_, _, there, back)| [there, back]);
    let finite: u128 = capacities.clone().filter(|&capacity| capacity != UNLIMITED).map(u128::from).sum();
    assert!(finite < 1 << 62, "finite capacities add up to less than 2^62");
    let has_unlimited = capacities.clone().any(|capacity| capacity == UNLIMITED);
    let unlimited = u64::try_from(finite).expect("checked above") + 1;
    for (_, _, there, back) in pairs {
        (*there, *back) = ((*there).min(unlimited), (*back).min(unlimited));
    }
    (unlimited, has_unlimited)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sites 0.. and segments (a, b, capacity there, capacity back).
    fn network(sites: usize, segments: &[(u32, u32, u64, u64)]) -> Network {
        let segments: Vec<_> = segments.iter().map(|&(a, b, there, back)| (SiteId(a), SiteId(b), 1, [there, back])).collect();
        Network::of_sites(sites, &segments)
    }

    fn value(network: &Network, limits: Limits<'_>, [source, sink]: [u32; 2]) -> Value {
        MaxFlow::new(network, limits).solve(&[SiteId(source)], &[SiteId(sink)], &Outage::none_of(network))
    }

    /// ```text
    ///   0 --4-- 1 --3-- 3      both ways over 1, 3 of the 4; over 2, 2 of the 5: 5 in all,
    ///   0 --2-- 2 --5-- 3      cut at 1-3 and 0-2
    /// ```
    fn diamond() -> Network {
        network(4, &[(0, 1, 4, 4), (1, 3, 3, 3), (0, 2, 2, 2), (2, 3, 5, 5)])
    }

    #[test]
    fn the_diamond_carries_five_and_is_cut_where_it_is_narrow() {
        let network = diamond();
        let mut flow = MaxFlow::new(&network, Limits::Lanes);
        assert_eq!(flow.solve(&[SiteId(0)], &[SiteId(3)], &Outage::none_of(&network)), Value::Bounded(5));
        let cut = flow.cut().unwrap();
        assert_eq!((cut.capacity, cut.lanes, cut.sites), (5, vec![LaneId(2), LaneId(4)], vec![]));
        assert_eq!(cut.source_side, [SiteId(0), SiteId(1)]);
        assert_eq!([0, 2, 4, 6, 1].map(|lane| flow.lane_flow(LaneId(lane))), [3, 3, 2, 2, 0]);
    }

    #[test]
    fn a_query_leaves_nothing_behind_for_the_next() {
        let network = diamond();
        let mut flow = MaxFlow::new(&network, Limits::Lanes);
        let cut = Outage::of(4, [SegmentId(1)]);
        for _ in 0..2 {
            assert_eq!(flow.solve(&[SiteId(0)], &[SiteId(3)], &cut), Value::Bounded(2));
            assert_eq!(flow.solve(&[SiteId(3)], &[SiteId(0)], &Outage::none_of(&network)), Value::Bounded(5));
        }
    }

    #[test]
    fn groups_of_sites_act_together() {
        let network = diamond();
        let mut flow = MaxFlow::new(&network, Limits::Lanes);
        assert_eq!(flow.solve(&[SiteId(1), SiteId(2)], &[SiteId(3)], &Outage::none_of(&network)), Value::Bounded(8));
        assert_eq!(flow.solve(&[], &[SiteId(3)], &Outage::none_of(&network)), Value::Bounded(0));
    }

    #[test]
    fn a_site_on_the_way_can_be_the_limit() {
        let network = diamond();
        let sites = [0, 1, UNLIMITED, 0];
        let mut flow = MaxFlow::new(&network, Limits::LanesAndSites(&sites));
        assert_eq!(flow.solve(&[SiteId(0)], &[SiteId(3)], &Outage::none_of(&network)), Value::Bounded(3));
        let cut = flow.cut().unwrap();
        assert_eq!((cut.lanes, cut.sites), (vec![LaneId(4)], vec![SiteId(1)]));
    }

    #[test]
    fn parallel_segments_are_disjoint_routes_and_sites_are_shared() {
        let network = network(3, &[(0, 1, 9, 9), (0, 1, 0, 0), (1, 2, 9, 9), (1, 2, 9, 9)]);
        assert_eq!(value(&network, Limits::DisjointSegments, [0, 2]), Value::Bounded(2));
        assert_eq!(value(&network, Limits::DisjointSites, [0, 2]), Value::Bounded(1));
        assert_eq!(value(&network, Limits::DisjointSites, [0, 1]), Value::Bounded(2));
    }

    #[test]
    fn unlimited_capacity_is_not_a_number() {
        let network = network(3, &[(0, 1, UNLIMITED, UNLIMITED), (1, 2, 7, 7), (1, 2, UNLIMITED, 0), (2, 2, 5, 5)]);
        assert_eq!(value(&network, Limits::Lanes, [0, 2]), Value::Unbounded);
        assert_eq!(value(&network, Limits::Lanes, [2, 0]), Value::Bounded(7));
        assert_eq!(value(&network, Limits::Lanes, [2, 2]), Value::Unbounded);
    }
}
