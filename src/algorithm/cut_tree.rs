//! A tree that holds a minimum cut between every two sites of a network whose segments carry the same both ways.
//!
//! It costs one maximum flow per site instead of one per pair. Where capacities differ by direction no such tree
//! exists, nor where sites have capacities; ask `max_flow` pair by pair there.

use super::max_flow::{Limits, MaxFlow, Value};
use crate::network::{LaneId, Network, Outage};
use crate::topology::{SegmentId, SiteId};

/// A Gomory–Hu tree: taking away any of its edges parts the sites as a minimum cut between the edge's ends does.
///
/// ```text
///   0 --5-- 1 --5-- 3        minimum cut of 2 and 3: the least on the way 2 - 0 - 1 - 3
///   |7
///   2
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CutTree {
    /// The root is its own; length = sites.
    parent: Vec<SiteId>,
    /// Value of the cut between each site and its parent; [`Value::Unbounded`] at the root.
    value: Vec<Value>,
    /// Edges up to the root.
    depth: Vec<u32>,
}

impl CutTree {
    /// Builds the tree; `None` if some segment in service carries more one way than the other.
    ///
    /// Takes sites − 1 maximum flows, O(sites²) besides, and O(sites + segments) space. Gusfield 1990.
    ///
    /// # Panics
    /// As [`MaxFlow::new`]; or if capacities, with every unlimited one counted as the sum of the others, exceed 2⁶³.
    #[must_use]
    pub fn new(network: &Network, outage: &Outage) -> Option<Self> {
        if !is_symmetric(network, outage) {
            return None;
        }
        let mut flow = MaxFlow::new(network, Limits::Lanes);
        let most = u128::from(flow.unlimited()) * (network.segment_count() as u128 * 2 + 1);
        assert!(most < 1 << 63, "capacities stay below 2^63");
        let sites = network.site_count();
        let mut parent = vec![SiteId(0); sites];
        let mut cut = vec![u64::MAX; sites];
        for site in (1..sites).map(SiteId::from_index) {
            let other = parent[site.index()];
            let value = flow.solve_with_stand_in(site, other, outage);
            for i in (0..sites).filter(|&i| i != site.index() && i != other.index()) {
                if parent[i] == other && flow.is_source_side(SiteId::from_index(i)) {
                    parent[i] = site;
                }
            }
            // The new site takes the place of its neighbour if the neighbour's parent is on the new site's side.
            let above = parent[other.index()];
            if above != other && flow.is_source_side(above) {
                (parent[site.index()], parent[other.index()]) = (above, site);
                (cut[site.index()], cut[other.index()]) = (cut[other.index()], value);
            } else {
                cut[site.index()] = value;
            }
        }
        let is_bounded = |&cut: &u64| cut < flow.unlimited();
        let value = cut.iter().map(|cut| if is_bounded(cut) { Value::Bounded(*cut) } else { Value::Unbounded }).collect();
        let depth = depths(&parent);
        Some(Self { parent, value, depth })
    }

    /// The minimum cut, that is the maximum flow, between two sites. O(sites), a few steps in practice.
    ///
    /// # Panics
    /// If a site does not exist.
    #[must_use]
    pub fn min_cut(&self, a: SiteId, b: SiteId) -> Value {
        self.narrowest(a, b).map_or(Value::Unbounded, |site| self.value[site.index()])
    }

    /// The sites on the side of `a` in a minimum cut between two sites, ascending; all if they are one site. O(sites).
    #[must_use]
    pub fn side(&self, a: SiteId, b: SiteId) -> Vec<SiteId> {
        let all = (0..self.parent.len()).map(SiteId::from_index);
        let Some(top) = self.narrowest(a, b) else { return all.collect() };
        let mut is_below = vec![false; self.parent.len()];
        let mut by_depth: Vec<SiteId> = all.clone().collect();
        by_depth.sort_by_key(|site| self.depth[site.index()]);
        for site in by_depth {
            is_below[site.index()] = site == top || is_below[self.parent[site.index()].index()];
        }
        let wanted = is_below[a.index()];
        all.filter(|site| is_below[site.index()] == wanted).collect()
    }

    /// The edges of the tree: each site but the root, its parent, and the minimum cut between the two.
    pub fn edges(&self) -> impl Iterator<Item = (SiteId, SiteId, Value)> {
        let site = |i| (SiteId::from_index(i), self.parent[i], self.value[i]);
        (0..self.parent.len()).map(site).filter(|(site, parent, _)| site != parent)
    }

    /// The least cut that parts the network at all; `None` for fewer than two sites.
    #[must_use]
    pub fn global_min_cut(&self) -> Option<Value> {
        self.edges().map(|(.., value)| value).min()
    }

    /// The lower end of the least edge between two sites (the one nearer `a` of equal ones); `None` for one site.
    fn narrowest(&self, mut a: SiteId, mut b: SiteId) -> Option<SiteId> {
        let mut least: Option<SiteId> = None;
        while a != b {
            let lower = if self.depth[a.index()] >= self.depth[b.index()] { &mut a } else { &mut b };
            if least.is_none_or(|least| self.value[lower.index()] < self.value[least.index()]) {
                least = Some(*lower);
            }
            *lower = self.parent[lower.index()];
        }
        least
    }
}

fn is_symmetric(network: &Network, outage: &Outage) -> bool {
    let carried = |segment: SegmentId, backwards: u32| {
        let lane = LaneId::new(segment, backwards);
        let has_arc = network.arcs_of(segment).any(|arc| network.arc(arc).lane == lane);
        if has_arc { network.lane_capacity(lane) } else { 0 }
    };
    let mut segments = (0..network.segment_count()).map(SegmentId::from_index);
    segments.all(|segment| outage.is_lost(segment) || carried(segment, 0) == carried(segment, 1))
}

fn depths(parent: &[SiteId]) -> Vec<u32> {
    let mut depth = vec![u32::MAX; parent.len()];
    let mut way = Vec::new();
    for i in 0..parent.len() {
        let mut at = i;
        while depth[at] == u32::MAX && parent[at].index() != at {
            way.push(at);
            at = parent[at].index();
        }
        if parent[at].index() == at {
            depth[at] = 0;
        }
        let mut below = depth[at];
        while let Some(site) = way.pop() {
            below += 1;
            depth[site] = below;
        }
    }
    depth
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ```text
    ///   0 --4-- 1        1 | 2: the link of 3 and the way over 0, 5 in all
    ///   |2      |3       3 hangs by 1, and 4 by nothing
    ///   2 ------+ --1-- 3     4
    /// ```
    fn tree() -> CutTree {
        let segments = [(0, 1, 4), (0, 2, 2), (1, 2, 3), (2, 3, 1)];
        let segments: Vec<_> = segments.iter().map(|&(a, b, capacity)| (SiteId(a), SiteId(b), 1, [capacity; 2])).collect();
        let network = Network::of_sites(5, &segments);
        CutTree::new(&network, &Outage::none_of(&network)).unwrap()
    }

    #[test]
    fn every_pair_has_its_minimum_cut() {
        let cut = |a, b| tree().min_cut(SiteId(a), SiteId(b)).bounded();
        assert_eq!([cut(0, 1), cut(0, 2), cut(1, 2), cut(3, 0), cut(4, 2)], [Some(6), Some(5), Some(5), Some(1), Some(0)]);
        assert_eq!(tree().min_cut(SiteId(2), SiteId(2)), Value::Unbounded);
        assert_eq!(tree().global_min_cut(), Some(Value::Bounded(0)));
    }

    #[test]
    fn sides_of_a_cut_are_named() {
        assert_eq!(tree().side(SiteId(3), SiteId(1)), [SiteId(3)]);
        let (side, other) = (tree().side(SiteId(1), SiteId(2)), tree().side(SiteId(2), SiteId(1)));
        assert!(side.starts_with(&[SiteId(0), SiteId(1)]));
        assert!(other.starts_with(&[SiteId(2), SiteId(3)]));
        // Site 4 hangs by nothing and may stand on either side, but on one.
        assert_eq!(side.len() + other.len(), 5);
    }

    #[test]
    fn a_segment_that_carries_more_one_way_has_no_tree() {
        let network = Network::of_sites(2, &[(SiteId(0), SiteId(1), 1, [2, 3])]);
        assert_eq!(CutTree::new(&network, &Outage::none_of(&network)), None);
        assert!(CutTree::new(&network, &Outage::of(1, [SegmentId(0)])).is_some());
    }
}
