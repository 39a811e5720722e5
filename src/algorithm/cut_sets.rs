//! Which few groups of segments, lost together, part one place from another.
//!
//! Every such set hits any surviving route. So one route is found, each group on it is lost in turn, and so on: the
//! number of searches grows with the groups on a route, not with the number of all sets. Cheapest cuts by capacity are in
//! `max_flow`.

use std::collections::VecDeque;

use crate::network::{ArcId, Network, VertexId};
use crate::topology::SegmentId;

/// Finds all sets of at most `size_max` groups whose loss leaves no route from `sources` to `targets`, and of which no
/// member is superfluous.
///
/// Groups are positions in `groups`; each set is ascending, the sets by size, then lexicographic. Segments in no group
/// never fail. The empty set alone is found where nothing leads from the start.
///
/// O(lᵏ (|V| + |E|)) time at worst for sets of k and routes of l groups; routes are taken with the fewest arcs.
///
/// # Panics
/// If a group or vertex does not exist.
#[must_use]
pub fn cut_sets(
    network: &Network,
    groups: &[Vec<SegmentId>],
    [sources, targets]: [&[VertexId]; 2],
    size_max: usize,
) -> Vec<Vec<usize>> {
    let mut search = Search::new(network, groups, sources, targets);
    search.branch(size_max);
    let mut found = std::mem::take(&mut search.found);
    found.retain(|set| search.is_minimal(set));
    found.iter_mut().for_each(|set| set.sort_unstable());
    found.sort_by(|a, b| a.len().cmp(&b.len()).then_with(|| a.cmp(b)));
    found
}

struct Search<'a> {
    network: &'a Network,
    groups: &'a [Vec<SegmentId>],
    sources: &'a [VertexId],
    is_target: Vec<bool>,
    /// By segment, its groups.
    groups_of: Vec<Vec<usize>>,
    /// By segment, how many of its groups are lost.
    hits: Vec<u32>,
    lost: Vec<usize>,
    /// Groups that other branches lose.
    kept: Vec<bool>,
    found: Vec<Vec<usize>>,
    /// By vertex, the arc it was reached by in the search of that number.
    reached: Vec<(u32, u32)>,
    round: u32,
    queue: VecDeque<VertexId>,
}

const START: u32 = u32::MAX;

impl<'a> Search<'a> {
    fn new(network: &'a Network, groups: &'a [Vec<SegmentId>], sources: &'a [VertexId], targets: &[VertexId]) -> Self {
        let mut is_target = vec![false; network.vertex_count()];
        targets.iter().for_each(|target| is_target[target.index()] = true);
        let mut groups_of = vec![Vec::new(); network.segment_count()];
        for (group, members) in groups.iter().enumerate() {
            for segment in members {
                let groups_of = &mut groups_of[segment.index()];
                if groups_of.last() != Some(&group) {
                    groups_of.push(group);
                }
            }
        }
        Self {
            network,
            groups,
            sources,
            is_target,
            groups_of,
            hits: vec![0; network.segment_count()],
            lost: Vec::new(),
            kept: vec![false; groups.len()],
            found: Vec::new(),
            reached: vec![(0, START); network.vertex_count()],
            round: 0,
            queue: VecDeque::new(),
        }
    }

    /// Finds all sets that contain the lost groups, none of the kept ones, and at most `left` more.
    fn branch(&mut self, left: usize) {
        let Some(route) = self.route() else {
            self.found.push(self.lost.clone());
            return;
        };
        if left == 0 {
            return;
        }
        let mut choices: Vec<usize> = Vec::new();
        for segment in route {
            let fresh = |group: &usize| !self.kept[*group] && !choices.contains(group);
            let fresh: Vec<usize> = self.groups_of[segment.index()].iter().copied().filter(fresh).collect();
            choices.extend(fresh);
        }
        for &group in &choices {
            self.lose(group);
            self.branch(left - 1);
            self.restore(group);
            self.kept[group] = true;
        }
        choices.into_iter().for_each(|group| self.kept[group] = false);
    }

    fn lose(&mut self, group: usize) {
        self.lost.push(group);
        self.groups[group].iter().for_each(|segment| self.hits[segment.index()] += 1);
    }

    fn restore(&mut self, group: usize) {
        self.lost.retain(|&lost| lost != group);
        self.groups[group].iter().for_each(|segment| self.hits[segment.index()] -= 1);
    }

    /// Tells whether every member is needed.
    fn is_minimal(&mut self, set: &[usize]) -> bool {
        set.iter().for_each(|&group| self.lose(group));
        let is_needed = |search: &mut Self, group: usize| {
            search.restore(group);
            let leads = search.route().is_some();
            search.lose(group);
            leads
        };
        let minimal = set.iter().all(|&group| is_needed(self, group));
        set.iter().for_each(|&group| self.restore(group));
        minimal
    }

    /// The segments of a surviving route with the fewest arcs, from its end; `None` where nothing leads.
    fn route(&mut self) -> Option<Vec<SegmentId>> {
        self.round += 1;
        self.queue.clear();
        for &source in self.sources {
            self.reached[source.index()] = (self.round, START);
            self.queue.push_back(source);
        }
        while let Some(vertex) = self.queue.pop_front() {
            if self.is_target[vertex.index()] {
                return Some(self.walk_back(vertex));
            }
            for arc in self.network.out_arcs(vertex) {
                let head = self.network.heads()[arc.index()] as usize;
                let segment = self.network.lanes()[arc.index()].segment();
                if self.reached[head].0 != self.round && self.hits[segment.index()] == 0 {
                    self.reached[head] = (self.round, arc.0);
                    self.queue.push_back(VertexId::from_index(head));
                }
            }
        }
        None
    }

    fn walk_back(&self, mut vertex: VertexId) -> Vec<SegmentId> {
        let mut segments = Vec::new();
        loop {
            let (_, arc) = self.reached[vertex.index()];
            if arc == START {
                return segments;
            }
            let arc = self.network.arc(ArcId(arc));
            segments.push(arc.lane.segment());
            vertex = arc.tail;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::algorithm::components::components;
    use crate::network::Outage;
    use crate::testing::Chance;
    use crate::topology::SiteId;

    #[test]
    fn sets_are_those_that_going_through_all_finds() {
        for seed in 0..150 {
            let mut chance = Chance(seed);
            let sites = 3 + chance.below(6);
            let mut end = || SiteId(u32::try_from(chance.below(sites)).unwrap());
            let segments: Vec<_> = (0..2 * sites).map(|_| (end(), end(), 1, [1; 2])).collect();
            let network = Network::of_sites(usize::try_from(sites).unwrap(), &segments);
            let member = |chance: &mut Chance| {
                (0..segments.len()).filter(|_| chance.one_in(4)).map(SegmentId::from_index).collect::<Vec<_>>()
            };
            let groups: Vec<_> = (0..7).map(|_| member(&mut chance)).collect();
            let parts = |set: u32| {
                let lost = groups.iter().enumerate().filter(|(g, _)| set >> g & 1 == 1).flat_map(|(_, members)| members);
                let pieces = components(&network, &Outage::of(segments.len(), lost.copied()));
                pieces.of(VertexId(0)) != pieces.of(VertexId(1))
            };
            let is_minimal = |set: u32| parts(set) && (0..7).all(|g| set >> g & 1 == 0 || !parts(set & !(1 << g)));
            let mut expected: Vec<Vec<usize>> = (0..128u32)
                .filter(|&set| set.count_ones() <= 3 && is_minimal(set))
                .map(|set| (0..7).filter(|g| set >> g & 1 == 1).collect())
                .collect();
            expected.sort_by(|a, b| a.len().cmp(&b.len()).then_with(|| a.cmp(b)));
            assert_eq!(cut_sets(&network, &groups, [&[VertexId(0)], &[VertexId(1)]], 3), expected, "seed {seed}");
        }
    }
}
