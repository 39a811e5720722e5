//! Shortest-path trees under one outage after another, by growing anew only what the outage cuts off.
//!
//! A vertex whose route survives keeps its route, for an outage makes no other route better. So only the subtrees behind
//! lost arcs are searched, from the intact vertices around them. The result is the tree that a fresh search would grow,
//! ties included. Forward trees only; loads are for others to put on them.

use super::heap::MinHeap;
use super::shortest_path::{self, grow_tree, vertex_bits};
use crate::network::{ArcId, Network, Outage, UNREACHABLE, VertexId};
use crate::topology::{SegmentId, SiteId};

/// The shortest-path tree of the sound network, ready to be repaired.
#[derive(Clone, Debug)]
pub struct SoundTree<'a> {
    network: &'a Network,
    /// Length = vertices.
    labels: Vec<Label>,
    /// Vertices so that each subtree is a stretch; those that nothing leads to are left out.
    walk: Vec<u32>,
    /// Where each vertex stands in `walk`, and where its subtree ends.
    stretch: Vec<[u32; 2]>,
}

/// How a vertex is reached; the least of two is the better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Label {
    cost: u64,
    hops: u32,
    parent: u32,
}

const NO_ARC: u32 = u32::MAX;
const NONE: Label = Label { cost: UNREACHABLE, hops: u32::MAX, parent: NO_ARC };

/// Memory of repairs, kept from one to the next.
#[derive(Clone, Debug, Default)]
pub struct Workspace {
    /// Length = vertices; the new label of each that was cut off.
    labels: Vec<Label>,
    /// Whether a vertex was cut off by the last repair.
    is_cut: Vec<bool>,
    cut: Vec<u32>,
    stretches: Vec<[u32; 2]>,
    /// Vertices cut off next to others that are not, nearest first, as keys of cost and vertex.
    seeds: Vec<u64>,
    /// Those that were offered a better way since.
    heap: MinHeap<u64>,
}

/// A tree under an outage, until its workspace is used again.
#[derive(Clone, Copy, Debug)]
pub struct Repaired<'a> {
    sound: &'a SoundTree<'a>,
    workspace: &'a Workspace,
}

impl Repaired<'_> {
    fn label(&self, vertex: VertexId) -> Label {
        if self.workspace.is_cut[vertex.index()] {
            self.workspace.labels[vertex.index()]
        } else {
            self.sound.labels[vertex.index()]
        }
    }

    /// Cost of the route to a vertex; [`UNREACHABLE`] where nothing leads.
    #[must_use]
    pub fn distance(&self, vertex: VertexId) -> u64 {
        self.label(vertex).cost
    }

    /// How many vertices the outage cut off: what the repair searched.
    #[must_use]
    pub fn cut_off(&self) -> usize {
        self.workspace.cut.len()
    }

    /// The best vertex of a site where a route may end; ties to fewer arcs, then the lower vertex, as in a fresh tree.
    #[must_use]
    pub fn best_at(&self, site: SiteId) -> Option<VertexId> {
        let rank = |vertex: &VertexId| {
            let label = self.label(*vertex);
            (label.cost, label.hops)
        };
        self.sound.network.ends(site).min_by_key(rank).filter(|&vertex| self.distance(vertex) != UNREACHABLE)
    }

    /// The arcs of the route to a vertex, the last first; none for a start, and where nothing leads.
    pub fn arcs_back(&self, vertex: VertexId) -> impl Iterator<Item = ArcId> {
        let mut at = vertex;
        std::iter::from_fn(move || {
            let parent = self.label(at).parent;
            if parent == NO_ARC {
                return None;
            }
            at = VertexId(self.sound.network.tails()[parent as usize]);
            Some(ArcId(parent))
        })
    }
}

/// One vertex whose route was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// Which vertex.
    pub vertex: VertexId,
    /// Cost of its route in the sound network.
    pub before: u64,
    /// Cost under the outage; [`UNREACHABLE`] where nothing leads any more.
    pub after: u64,
    /// The arc its new route arrives by.
    pub parent: Option<ArcId>,
}

impl<'a> SoundTree<'a> {
    /// Grows the tree of several starts without any outage. The cost of one search.
    #[must_use]
    pub fn new(
        network: &'a Network,
        starts: impl IntoIterator<Item = VertexId>,
        workspace: &mut shortest_path::Workspace,
    ) -> Self {
        let tree = grow_tree(network, &Outage::none_of(network), starts, workspace);
        let count = network.vertex_count();
        let mut labels = vec![NONE; count];
        let mut sizes = vec![1u32; count];
        let order: Vec<VertexId> = tree.order().collect();
        for &vertex in &order {
            let hops = tree.hops(vertex).expect("what is in order was reached");
            let parent = tree.parent(vertex).map_or(NO_ARC, |arc| arc.0);
            labels[vertex.index()] = Label { cost: tree.distance(vertex), hops, parent };
        }
        let above = |vertex: VertexId| match labels[vertex.index()].parent {
            NO_ARC => None,
            arc => Some(network.tails()[arc as usize] as usize),
        };
        for &vertex in order.iter().rev() {
            if let Some(above) = above(vertex) {
                sizes[above] += sizes[vertex.index()];
            }
        }
        // Each subtree takes the next free place inside that of its parent.
        let mut stretch = vec![[0; 2]; count];
        let mut free = vec![0; count];
        let mut next_root = 0;
        let mut walk = vec![0; order.len()];
        for &vertex in &order {
            let place = above(vertex).map_or(&mut next_root, |above| &mut free[above]);
            let first = *place;
            *place += sizes[vertex.index()];
            stretch[vertex.index()] = [first, first + sizes[vertex.index()]];
            free[vertex.index()] = first + 1;
            walk[first as usize] = vertex.0;
        }
        Self { network, labels, walk, stretch }
    }

    /// Cost in the sound network; [`UNREACHABLE`] where nothing leads.
    #[must_use]
    pub fn distance(&self, vertex: VertexId) -> u64 {
        self.labels[vertex.index()].cost
    }

    /// Repairs the tree under an outage of exactly the segments in `lost`, and lists the vertices whose routes were lost.
    ///
    /// All others keep theirs. `outage` and `lost` must say the same. O(c log c) time for a total of c vertices cut off
    /// and arcs around them (Ramalingam and Reps 1996).
    pub fn repair<'w>(
        &'w self,
        outage: &Outage,
        lost: &[SegmentId],
        workspace: &'w mut Workspace,
    ) -> impl ExactSizeIterator<Item = Change> + use<'w, 'a> {
        let Repaired { workspace, .. } = self.repaired(outage, lost, workspace);
        workspace.cut.iter().map(move |&vertex| {
            let label = workspace.labels[vertex as usize];
            Change {
                vertex: VertexId(vertex),
                before: self.labels[vertex as usize].cost,
                after: label.cost,
                parent: (label.parent != NO_ARC).then_some(ArcId(label.parent)),
            }
        })
    }

    /// The tree under an outage of exactly the segments in `lost`, as [`SoundTree::repair`], to be read until the workspace
    /// is used again.
    pub fn repaired<'w>(&'w self, outage: &Outage, lost: &[SegmentId], workspace: &'w mut Workspace) -> Repaired<'w> {
        self.cut_off(lost, workspace);
        if !workspace.cut.is_empty() {
            self.offer_from_around(outage, workspace);
            self.settle(outage, workspace);
        }
        Repaired { sound: self, workspace }
    }

    /// Collects the vertices behind lost arcs.
    fn cut_off(&self, lost: &[SegmentId], workspace: &mut Workspace) {
        let Workspace { labels, is_cut, cut, stretches, .. } = workspace;
        // What the last repair marked; it may have been of a larger network.
        for &vertex in &*cut {
            is_cut[vertex as usize] = false;
        }
        labels.resize(self.labels.len().max(labels.len()), NONE);
        is_cut.resize(self.labels.len().max(is_cut.len()), false);
        stretches.clear();
        for arc in lost.iter().flat_map(|&segment| self.network.arcs_of(segment)) {
            let head = self.network.heads()[arc.index()] as usize;
            if self.labels[head].parent == arc.0 {
                stretches.push(self.stretch[head]);
            }
        }
        stretches.sort_unstable();
        cut.clear();
        let mut done = 0;
        for &[first, end] in &*stretches {
            if first >= done {
                cut.extend_from_slice(&self.walk[first as usize..end as usize]);
                done = end;
            }
        }
        for &vertex in &*cut {
            is_cut[vertex as usize] = true;
            labels[vertex as usize] = NONE;
        }
    }

    /// Gives each vertex cut off its best way from those that are not.
    fn offer_from_around(&self, outage: &Outage, workspace: &mut Workspace) {
        let (steps, shift) = (self.network.steps(), vertex_bits(self.network));
        let Workspace { labels, is_cut, cut, seeds, .. } = workspace;
        seeds.clear();
        for &vertex in &*cut {
            let mut best = NONE;
            for step in steps.to(vertex) {
                let tail = step.end as usize;
                if !is_cut[tail] && !outage.is_lost(step.lane.segment()) {
                    let from = self.labels[tail];
                    let cost = from.cost.saturating_add(u64::from(step.cost));
                    if cost <= best.cost && from.cost != UNREACHABLE {
                        best = best.min(Label { cost, hops: from.hops + 1, parent: step.arc.0 });
                    }
                }
            }
            if best != NONE {
                labels[vertex as usize] = best;
                // Nothing is behind a leaf.
                if !steps.is_leaf(vertex) {
                    seeds.push(best.cost << shift | u64::from(vertex));
                }
            }
        }
        seeds.sort_unstable();
    }

    /// Settles the vertices cut off, nearest first, as a fresh search would.
    fn settle(&self, outage: &Outage, workspace: &mut Workspace) {
        let (steps, shift) = (self.network.steps(), vertex_bits(self.network));
        let Workspace { labels, is_cut, seeds, heap, .. } = workspace;
        let mut seeds = seeds.iter().copied().peekable();
        loop {
            let key = match (seeds.peek(), heap.peek()) {
                (Some(&seed), Some(least)) if least < seed => heap.pop(),
                (None, _) => heap.pop(),
                _ => seeds.next(),
            };
            let Some(key) = key else { break };
            let vertex = (key & ((1 << shift) - 1)) as u32;
            let label = labels[vertex as usize];
            if label.cost != key >> shift {
                continue;
            }
            for step in steps.from(vertex) {
                let head = step.end as usize;
                let known = &mut labels[head];
                let cost = label.cost + u64::from(step.cost);
                // The labels of those that are not cut off are left from other repairs.
                if !is_cut[head] || cost > known.cost || outage.is_lost(step.lane.segment()) {
                    continue;
                }
                let offer = Label { cost, hops: label.hops + 1, parent: step.arc.0 };
                if offer < *known {
                    if offer.cost < known.cost && !steps.is_leaf(step.end) {
                        heap.push(cost << shift | u64::from(step.end));
                    }
                    *known = offer;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Chance;

    #[test]
    fn a_repaired_tree_is_the_tree_a_fresh_search_grows() {
        for seed in 0..300 {
            let mut chance = Chance(seed);
            let sites = 3 + chance.below(12);
            let mut end = |_| SiteId(u32::try_from(chance.below(sites)).unwrap());
            let ends: Vec<_> = (0..2 * sites).map(|i| [end(i), end(i)]).collect();
            // Few different costs, so that ties are common.
            let mut cost = || 1 + u32::try_from(chance.below(3)).unwrap();
            let segments: Vec<_> = ends.iter().map(|&[a, b]| (a, b, cost(), [1; 2])).collect();
            let network = Network::of_sites(usize::try_from(sites).unwrap(), &segments);
            let sound = SoundTree::new(&network, [VertexId(0)], &mut shortest_path::Workspace::new());
            let mut workspace = Workspace::default();
            for _ in 0..10 {
                let lost: Vec<_> = (0..segments.len()).filter(|_| chance.one_in(4)).map(SegmentId::from_index).collect();
                let outage = Outage::of(segments.len(), lost.iter().copied());
                let changes: Vec<Change> = sound.repair(&outage, &lost, &mut workspace).collect();
                let mut fresh_workspace = shortest_path::Workspace::new();
                let fresh = grow_tree(&network, &outage, [VertexId(0)], &mut fresh_workspace);
                for vertex in (0..network.vertex_count()).map(VertexId::from_index) {
                    let label = sound.labels[vertex.index()];
                    let kept = (label.cost, (label.parent != NO_ARC).then_some(ArcId(label.parent)));
                    let change = changes.iter().find(|change| change.vertex == vertex);
                    let got = change.map_or(kept, |change| (change.after, change.parent));
                    assert_eq!(got, (fresh.distance(vertex), fresh.parent(vertex)), "seed {seed} {vertex:?} {lost:?}");
                }
                let repaired = sound.repaired(&outage, &lost, &mut workspace);
                for site in (0..network.site_count()).map(SiteId::from_index) {
                    let arcs = repaired.best_at(site).map(|vertex| {
                        let mut arcs: Vec<ArcId> = repaired.arcs_back(vertex).collect();
                        arcs.reverse();
                        arcs
                    });
                    assert_eq!(arcs, fresh.route_at(site).map(|route| route.arcs), "seed {seed} {site:?} {lost:?}");
                }
            }
        }
    }
}
