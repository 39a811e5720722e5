//! The pieces a network falls into under one outage, and the segments and vertices whose loss splits it further.
//!
//! Directions do not count here: a piece is what arcs join either way. For 512 states at once see `connectivity`; for
//! which sets of groups cut a pair, see `cut_sets`.

use crate::network::{Network, Outage, VertexId};
use crate::topology::SegmentId;

/// A partition of the vertices into pieces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Components {
    /// Length = vertices; pieces are numbered by their lowest vertex.
    of: Vec<u32>,
    /// Length = pieces.
    sizes: Vec<u32>,
}

impl Components {
    /// How many pieces.
    #[must_use]
    pub fn count(&self) -> usize {
        self.sizes.len()
    }

    /// The piece a vertex is in.
    #[must_use]
    pub fn of(&self, vertex: VertexId) -> usize {
        self.of[vertex.index()] as usize
    }

    /// How many vertices each piece has.
    #[must_use]
    pub fn sizes(&self) -> &[u32] {
        &self.sizes
    }

    /// Unordered pairs of vertices in different pieces.
    #[must_use]
    pub fn parted_pairs(&self) -> u64 {
        let pairs = |n: u64| n * n.saturating_sub(1) / 2;
        pairs(self.of.len() as u64) - self.sizes.iter().map(|&size| pairs(u64::from(size))).sum::<u64>()
    }
}

/// Finds the pieces by union-find with path halving. O(|E| α(|V|)) time.
#[must_use]
pub fn components(network: &Network, outage: &Outage) -> Components {
    let mut parent: Vec<u32> = (0..).take(network.vertex_count()).collect();
    let (tails, heads, lanes) = (network.tails(), network.heads(), network.lanes());
    for i in 0..network.arc_count() {
        if !outage.is_lost(lanes[i].segment()) {
            let [a, b] = [tails[i], heads[i]].map(|vertex| root(&mut parent, vertex));
            // The lowest vertex leads, so that pieces are numbered in order.
            parent[a.max(b) as usize] = a.min(b);
        }
    }
    let mut sizes: Vec<u32> = Vec::new();
    let mut of = vec![0; parent.len()];
    for vertex in (0..).take(parent.len()) {
        let root = root(&mut parent, vertex);
        if root == vertex {
            of[vertex as usize] = u32::try_from(sizes.len()).expect("no more pieces than vertices");
            sizes.push(0);
        } else {
            of[vertex as usize] = of[root as usize];
        }
        sizes[of[vertex as usize] as usize] += 1;
    }
    Components { of, sizes }
}

fn root(parent: &mut [u32], mut vertex: u32) -> u32 {
    while parent[vertex as usize] != vertex {
        let above = parent[parent[vertex as usize] as usize];
        parent[vertex as usize] = above;
        vertex = above;
    }
    vertex
}

/// What alone holds the network together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WeakPoints {
    /// Segments whose loss splits a piece, ascending; parallel segments never do.
    pub bridges: Vec<SegmentId>,
    /// Vertices whose loss splits the rest of their piece, ascending.
    pub cut_vertices: Vec<VertexId>,
}

/// Finds bridges and cut vertices in one depth-first walk. O(|V| + |E|) time. Tarjan 1974.
#[must_use]
pub fn weak_points(network: &Network, outage: &Outage) -> WeakPoints {
    let mut walk = Walk {
        neighbours: neighbours(network, outage),
        entered: vec![0; network.vertex_count()],
        low: vec![0; network.vertex_count()],
        clock: 0,
        found: WeakPoints::default(),
    };
    for root in (0..).take(network.vertex_count()) {
        if walk.entered[root as usize] == 0 {
            walk.from(root);
        }
    }
    walk.found.bridges.sort_unstable();
    walk.found.cut_vertices.sort_unstable();
    walk.found.cut_vertices.dedup();
    walk.found
}

/// By vertex: each segment up and the vertex at its other end, once however many arcs it has.
fn neighbours(network: &Network, outage: &Outage) -> Vec<Vec<(u32, SegmentId)>> {
    let mut neighbours = vec![Vec::new(); network.vertex_count()];
    for i in 0..network.arc_count() {
        let (tail, head, segment) = (network.tails()[i], network.heads()[i], network.lanes()[i].segment());
        if tail != head && !outage.is_lost(segment) {
            neighbours[tail as usize].push((head, segment));
            neighbours[head as usize].push((tail, segment));
        }
    }
    for neighbours in &mut neighbours {
        neighbours.sort_unstable();
        neighbours.dedup();
    }
    neighbours
}

struct Walk {
    neighbours: Vec<Vec<(u32, SegmentId)>>,
    /// When each vertex was entered, from 1; 0 = not yet.
    entered: Vec<u32>,
    /// Earliest vertex that the subtree reaches by one segment outside the tree.
    low: Vec<u32>,
    clock: u32,
    found: WeakPoints,
}

impl Walk {
    fn from(&mut self, root: u32) {
        // (vertex, segment it was entered by, next neighbour to look at)
        let mut stack: Vec<(u32, Option<SegmentId>, usize)> = vec![(root, None, 0)];
        let mut root_children = 0;
        self.enter(root);
        while let Some((vertex, by, next)) = stack.last_mut() {
            let (vertex, by) = (*vertex, *by);
            if let Some(&(other, segment)) = self.neighbours[vertex as usize].get(*next) {
                *next += 1;
                if self.entered[other as usize] == 0 {
                    self.enter(other);
                    stack.push((other, Some(segment), 0));
                } else if Some(segment) != by {
                    self.low[vertex as usize] = self.low[vertex as usize].min(self.entered[other as usize]);
                }
                continue;
            }
            stack.pop();
            let Some(&(parent, ..)) = stack.last() else { break };
            let low = self.low[vertex as usize];
            self.low[parent as usize] = self.low[parent as usize].min(low);
            if low > self.entered[parent as usize] {
                self.found.bridges.extend(by);
            }
            if parent == root {
                root_children += 1;
            } else if low >= self.entered[parent as usize] {
                self.found.cut_vertices.push(VertexId(parent));
            }
        }
        if root_children > 1 {
            self.found.cut_vertices.push(VertexId(root));
        }
    }

    fn enter(&mut self, vertex: u32) {
        self.clock += 1;
        self.entered[vertex as usize] = self.clock;
        self.low[vertex as usize] = self.clock;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Chance;
    use crate::topology::SiteId;

    fn network(sites: usize, ends: &[(u32, u32)]) -> Network {
        let segments: Vec<_> = ends.iter().map(|&(a, b)| (SiteId(a), SiteId(b), 1, [1; 2])).collect();
        Network::of_sites(sites, &segments)
    }

    #[test]
    fn parallel_segments_are_no_bridges() {
        // 0 ══ 1 ── 2, and 3 alone
        let network = network(4, &[(0, 1), (0, 1), (1, 2)]);
        let found = weak_points(&network, &Outage::none_of(&network));
        assert_eq!(found, WeakPoints { bridges: vec![SegmentId(2)], cut_vertices: vec![VertexId(1)] });
    }

    #[test]
    fn pieces_are_numbered_by_their_lowest_vertex() {
        let network = network(5, &[(4, 1), (2, 3)]);
        let pieces = components(&network, &Outage::none_of(&network));
        assert_eq!([0, 1, 2, 3, 4].map(|v| pieces.of(VertexId(v))), [0, 1, 2, 2, 1]);
        assert_eq!(pieces.sizes(), [1, 2, 2]);
        assert_eq!(pieces.parted_pairs(), 8);
    }

    #[test]
    fn weak_points_are_those_whose_loss_makes_more_pieces() {
        for seed in 0..300 {
            let mut chance = Chance(seed);
            let sites = 1 + u32::try_from(chance.below(9)).unwrap();
            let mut end = || u32::try_from(chance.below(u64::from(sites))).unwrap();
            let ends: Vec<_> = (0..sites + 1).map(|_| (end(), end())).collect();
            let network = network(sites as usize, &ends);
            let sound = components(&network, &Outage::none_of(&network)).count();
            let lost = |outage: &Outage| components(&network, outage).count();
            let bridges: Vec<_> = (0..network.segment_count())
                .map(SegmentId::from_index)
                .filter(|&segment| lost(&Outage::of(network.segment_count(), [segment])) > sound)
                .collect();
            let cut_vertices: Vec<_> = (0..sites)
                .filter(|&site| {
                    let at_site = (0u32..).zip(&ends).filter(|(_, (a, b))| *a == site || *b == site).map(|(i, _)| SegmentId(i));
                    let alone = ends.iter().all(|&(a, b)| (a != site && b != site) || a == b);
                    // The lost site itself is one piece; any more than that are new.
                    lost(&Outage::of(network.segment_count(), at_site)) - usize::from(!alone) > sound
                })
                .map(VertexId)
                .collect();
            assert_eq!(weak_points(&network, &Outage::none_of(&network)), WeakPoints { bridges, cut_vertices }, "{seed}");
        }
    }
}
