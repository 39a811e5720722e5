//! Shortest-path trees from many starts or to many ends, and the shortest route from site to site.
//!
//! Routes are chosen by cost, then by number of arcs, then by the lower last arc, so that the same network gives the same
//! route on every machine. It does not list further routes (see `k_shortest`) and knows no rules.

use super::Route;
use super::queue::BucketQueue;
use crate::network::{ArcId, Network, Outage, UNREACHABLE, VertexId};
use crate::topology::SiteId;

/// Memory of the searches, kept from one to the next.
#[derive(Clone, Debug, Default)]
pub struct Workspace {
    /// Length = vertices: cost of the settled ones, [`UNREACHABLE`] for all others. Apart from the steps, because most arcs
    /// lead to where something cheaper has been and need no more than this.
    costs: Vec<u64>,
    /// Length = vertices: how the settled ones were reached.
    steps: Vec<Step>,
    /// Settled vertices in order of distance.
    order: Vec<u32>,
    queue: BucketQueue,
}

/// How a vertex was reached; of two at equal cost, the lesser is the better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Step {
    hops: u32,
    arc: u32,
}

const NO_ARC: u32 = u32::MAX;

const ROOT: Step = Step { hops: 0, arc: NO_ARC };

/// Which way a tree grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Along the arcs, away from the starts of routes.
    Forward,
    /// Against the arcs, away from the ends of routes.
    Reverse,
}

/// A shortest-path tree, until its workspace is used again.
#[derive(Clone, Copy, Debug)]
pub struct Tree<'a> {
    network: &'a Network,
    workspace: &'a Workspace,
    direction: Direction,
}

/// Grows the shortest-path tree of several starts, all at cost 0, over the arcs that are up.
///
/// Ties go to fewer arcs, then to the lower incoming arc id.
///
/// O((|V| + |E|) log |V|) time, O(|V|) space, held in `workspace`. Dijkstra 1959.
pub fn grow_tree<'a>(
    network: &'a Network,
    outage: &Outage,
    starts: impl IntoIterator<Item = VertexId>,
    workspace: &'a mut Workspace,
) -> Tree<'a> {
    workspace.begin(network, starts);
    workspace.settle(network, outage, Direction::Forward, None);
    Tree { network, workspace, direction: Direction::Forward }
}

/// Grows the tree of shortest routes to several ends, all at cost 0, over the arcs that are up.
///
/// Ties go to fewer arcs, then to the lower outgoing arc id. Costs as [`grow_tree`].
pub fn grow_reverse_tree<'a>(
    network: &'a Network,
    outage: &Outage,
    ends: impl IntoIterator<Item = VertexId>,
    workspace: &'a mut Workspace,
) -> Tree<'a> {
    workspace.begin(network, ends);
    workspace.settle(network, outage, Direction::Reverse, None);
    Tree { network, workspace, direction: Direction::Reverse }
}

/// Finds the shortest route from a site to another, or `None` where nothing leads; it stops as soon as it is sure.
///
/// It begins at any start of the source and ends at any end of the target. Ties go to fewer arcs, then to the lower end
/// vertex, then to the lower incoming arc at each vertex, as in the tree of the source's starts.
///
/// O((|V| + |E|) log |V|) time for the part of the network that is nearer than the target.
pub fn find_route(network: &Network, outage: &Outage, [source, target]: [SiteId; 2], workspace: &mut Workspace) -> Option<Route> {
    workspace.begin(network, network.starts(source));
    workspace.settle(network, outage, Direction::Forward, Some(target));
    Tree { network, workspace, direction: Direction::Forward }.route_at(target)
}

impl Tree<'_> {
    /// Cost from the nearest root (or to it, in a reverse tree); [`UNREACHABLE`] where nothing leads.
    #[must_use]
    pub fn distance(&self, vertex: VertexId) -> u64 {
        self.workspace.costs[vertex.index()]
    }

    /// Arcs between the vertex and its root; `None` where nothing leads.
    #[must_use]
    pub fn hops(&self, vertex: VertexId) -> Option<u32> {
        self.step(vertex).map(|step| step.hops)
    }

    /// The arc by which the shortest route arrives (in a reverse tree: leaves); `None` at roots and where nothing leads.
    #[must_use]
    pub fn parent(&self, vertex: VertexId) -> Option<ArcId> {
        self.step(vertex).filter(|step| step.arc != NO_ARC).map(|step| ArcId(step.arc))
    }

    fn step(&self, vertex: VertexId) -> Option<Step> {
        (self.distance(vertex) != UNREACHABLE).then(|| self.workspace.steps[vertex.index()])
    }

    /// The vertices reached, nearest first, so that each comes after all that its shortest routes pass.
    pub fn order(&self) -> impl DoubleEndedIterator<Item = VertexId> + ExactSizeIterator {
        self.workspace.order.iter().map(|&vertex| VertexId(vertex))
    }

    /// The best vertex of a site where a route may end (in a reverse tree: begin); ties to fewer arcs, then lower vertex.
    #[must_use]
    pub fn best_at(&self, site: SiteId) -> Option<VertexId> {
        let rank = |vertex: &VertexId| (self.distance(*vertex), self.hops(*vertex));
        let best = match self.direction {
            Direction::Forward => self.network.ends(site).min_by_key(rank),
            Direction::Reverse => self.network.starts(site).min_by_key(rank),
        };
        best.filter(|&vertex| self.distance(vertex) != UNREACHABLE)
    }

    /// Cost of the best route to the site (in a reverse tree: from it); [`UNREACHABLE`] where nothing leads.
    #[must_use]
    pub fn distance_at(&self, site: SiteId) -> u64 {
        self.best_at(site).map_or(UNREACHABLE, |vertex| self.distance(vertex))
    }

    /// The best route to the site (in a reverse tree: from it), in order of travel; `None` where nothing leads.
    #[must_use]
    pub fn route_at(&self, site: SiteId) -> Option<Route> {
        self.best_at(site).and_then(|vertex| self.route(vertex))
    }

    /// The best route to the vertex (in a reverse tree: from it), in order of travel; `None` where nothing leads.
    #[must_use]
    pub fn route(&self, vertex: VertexId) -> Option<Route> {
        let hops = self.hops(vertex)?;
        let mut arcs = Vec::with_capacity(hops as usize);
        let mut at = vertex;
        while let Some(arc) = self.parent(at) {
            arcs.push(arc);
            at = match self.direction {
                Direction::Forward => VertexId(self.network.tails()[arc.index()]),
                Direction::Reverse => VertexId(self.network.heads()[arc.index()]),
            };
        }
        if self.direction == Direction::Forward {
            arcs.reverse();
        }
        Some(Route { arcs, cost: self.distance(vertex) })
    }
}

impl Workspace {
    /// Memory that grows to fit the first network it meets.
    #[must_use]
    pub const fn new() -> Self {
        Self { costs: Vec::new(), steps: Vec::new(), order: Vec::new(), queue: BucketQueue::new() }
    }

    /// Forgets the last search and puts the roots in the queue.
    fn begin(&mut self, network: &Network, roots: impl IntoIterator<Item = VertexId>) {
        for &vertex in &self.order {
            self.costs[vertex as usize] = UNREACHABLE;
        }
        self.costs.resize(network.vertex_count(), UNREACHABLE);
        self.steps.resize(network.vertex_count(), ROOT);
        self.order.clear();
        self.queue.begin(network.max_cost(), vertex_bits(network));
        for root in roots {
            if self.costs[root.index()] == UNREACHABLE {
                self.costs[root.index()] = 0;
                self.steps[root.index()] = ROOT;
                self.queue.push(u64::from(root.0));
            }
        }
    }

    /// Settles vertices in order of cost: all of them, or until the best end of `target` is sure.
    fn settle(&mut self, network: &Network, outage: &Outage, direction: Direction, target: Option<SiteId>) {
        let (lanes, heads, tails) = (network.lanes(), network.heads(), network.tails());
        let is_lost = |arc: usize| outage.is_lost(lanes[arc].segment());
        // The sound network has a loop of its own, which saves a twentieth.
        match (direction, outage.is_empty()) {
            (Direction::Forward, true) => self.run(network, target, heads, |vertex| network.out_arcs(vertex), |_| false),
            (Direction::Forward, false) => self.run(network, target, heads, |vertex| network.out_arcs(vertex), is_lost),
            (Direction::Reverse, true) => self.run(network, target, tails, |vertex| network.in_arcs(vertex), |_| false),
            (Direction::Reverse, false) => self.run(network, target, tails, |vertex| network.in_arcs(vertex), is_lost),
        }
    }

    /// The loop itself, one copy per way to walk (a generic, because it is the innermost loop of every study).
    ///
    /// Costs are positive, so every arc that ties for a vertex comes from one settled before it, and the best step stands
    /// when the vertex is popped.
    fn run<A: Iterator<Item = ArcId>>(
        &mut self,
        network: &Network,
        target: Option<SiteId>,
        far_ends: &[u32],
        arcs_at: impl Fn(VertexId) -> A,
        is_lost: impl Fn(usize) -> bool,
    ) {
        let bits = vertex_bits(network);
        let arc_costs = network.costs();
        let mut sure = UNREACHABLE;
        while let Some(key) = self.queue.pop() {
            let (cost, vertex) = (key >> bits, VertexId((key & ((1 << bits) - 1)) as u32));
            if self.costs[vertex.index()] != cost {
                continue;
            }
            if cost > sure {
                // Promised, but not needed any more.
                self.costs[vertex.index()] = UNREACHABLE;
                continue;
            }
            self.order.push(vertex.0);
            if target.is_some_and(|site| network.site(vertex) == site && network.vertex(vertex).is_end) {
                sure = cost;
            }
            let hops = self.steps[vertex.index()].hops + 1;
            for arc in arcs_at(vertex) {
                if is_lost(arc.index()) {
                    continue;
                }
                let (far, step) = (far_ends[arc.index()], Step { hops, arc: arc.0 });
                let offer = cost + u64::from(arc_costs[arc.index()]);
                let known = &mut self.costs[far as usize];
                if offer < *known {
                    *known = offer;
                    self.steps[far as usize] = step;
                    self.queue.push(offer << bits | u64::from(far));
                } else if offer == *known && step < self.steps[far as usize] {
                    self.steps[far as usize] = step;
                }
            }
        }
    }
}

/// Bits that a vertex takes in a packed key; [`Network::new`] checks that costs fit in the rest.
pub(super) fn vertex_bits(network: &Network) -> u32 {
    usize::BITS - network.vertex_count().leading_zeros()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topology::SegmentId;

    /// ```text
    ///        2        2
    ///    0 ----- 1 ------- 3      0-1-3 and 0-3 (by way of the parallel pair) cost 4; 0-2-3 costs 6
    ///    | \     4        /|
    ///    |  `------------' |
    ///    |       5         |
    ///    |  3         3    |
    ///    `------ 2 --------'      4 stands alone
    /// ```
    fn toy() -> Network {
        let segment = |a, b, cost| (SiteId(a), SiteId(b), cost, [1, 1]);
        let list = [(0, 1, 2), (1, 3, 2), (0, 3, 4), (0, 3, 5), (0, 2, 3), (2, 3, 3)];
        Network::of_sites(5, &list.map(|(a, b, cost)| segment(a, b, cost)))
    }

    fn segments(network: &Network, route: &Route) -> Vec<u32> {
        route.arcs.iter().map(|&arc| network.arc(arc).lane.segment().0).collect()
    }

    fn best(lost: &[u32], ends: [u32; 2]) -> Option<(u64, Vec<u32>)> {
        let network = toy();
        let outage = Outage::of(6, lost.iter().map(|&segment| SegmentId(segment)));
        let route = find_route(&network, &outage, ends.map(SiteId), &mut Workspace::new());
        route.map(|route| (route.cost, segments(&network, &route)))
    }

    #[test]
    fn of_equal_routes_the_one_with_fewer_arcs_wins() {
        assert_eq!(best(&[], [0, 3]), Some((4, vec![2])));
    }

    #[test]
    fn outages_lead_round() {
        assert_eq!(best(&[2], [0, 3]), Some((4, vec![0, 1])));
        assert_eq!(best(&[2, 1], [0, 3]), Some((5, vec![3])));
        assert_eq!(best(&[2, 1, 3], [0, 3]), Some((6, vec![4, 5])));
        assert_eq!(best(&[2, 1, 3, 5], [0, 3]), None);
    }

    #[test]
    fn a_lonely_site_reaches_itself_and_nothing_else() {
        assert_eq!(best(&[], [4, 4]), Some((0, vec![])));
        assert_eq!(best(&[], [4, 0]), None);
    }

    #[test]
    fn a_reverse_tree_gives_routes_in_order_of_travel() {
        let network = toy();
        let mut workspace = Workspace::new();
        let tree = grow_reverse_tree(&network, &Outage::of(6, [SegmentId(2)]), network.ends(SiteId(3)), &mut workspace);
        let route = tree.route_at(SiteId(0)).unwrap();
        assert_eq!((route.cost, segments(&network, &route)), (4, vec![0, 1]));
    }

    #[test]
    fn several_starts_share_one_tree() {
        let network = toy();
        let mut workspace = Workspace::new();
        let tree = grow_tree(&network, &Outage::none_of(&network), [VertexId(1), VertexId(2)], &mut workspace);
        let distances: Vec<u64> = (0..5).map(|vertex| tree.distance(VertexId(vertex))).collect();
        assert_eq!(distances, [2, 0, 0, 2, UNREACHABLE]);
    }
}
