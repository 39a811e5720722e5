//! Equal-cost multipath: all shortest routes to a target at once, and how traffic that is split evenly at every step loads
//! the lanes.
//!
//! It splits per hop, as routers do (RFC 2992), not per route. It knows no capacities: a load may exceed what a lane carries.
//! Loads under one outage after another are found by touching what each changes (see [`repair`]).

pub mod repair;

use std::collections::BTreeMap;

use super::Route;
use super::shortest_path::{self, Tree, grow_reverse_tree};
use crate::network::{ArcId, Network, Outage, UNREACHABLE, VertexId};
use crate::topology::SiteId;

/// Memory of the splits, kept from one target to the next.
#[derive(Clone, Debug, Default)]
pub struct Workspace {
    tree: shortest_path::Workspace,
    /// Length = vertices; all zero between questions.
    amounts: Vec<f64>,
    /// The arcs that lead on from one vertex.
    next: Vec<ArcId>,
}

/// All shortest routes to one target, until the workspace is used again.
#[derive(Debug)]
pub struct EqualCost<'a> {
    routes: Shortest<'a>,
    amounts: &'a mut Vec<f64>,
    next: &'a mut Vec<ArcId>,
}

/// Tells which arcs shortest routes take.
#[derive(Clone, Copy, Debug)]
struct Shortest<'a> {
    network: &'a Network,
    outage: &'a Outage,
    tree: Tree<'a>,
}

/// Finds all shortest routes from everywhere to a target. The cost of one reverse tree.
pub fn aim<'a>(network: &'a Network, outage: &'a Outage, target: SiteId, workspace: &'a mut Workspace) -> EqualCost<'a> {
    let Workspace { tree, amounts, next } = workspace;
    amounts.clear();
    amounts.resize(network.vertex_count(), 0.0);
    let tree = grow_reverse_tree(network, outage, network.ends(target), tree);
    EqualCost { routes: Shortest { network, outage, tree }, amounts, next }
}

impl EqualCost<'_> {
    /// Adds the loads of demands towards the target to `loads` (length = lanes) and returns what nothing leads for.
    ///
    /// A demand is a source and an amount in any unit, the same as that of the loads. It is split evenly over the nearest
    /// starts of its source, then at every vertex over the lanes that lead on at least cost, and over the states that a lane
    /// leads to. Amounts are added up in order of distance, farthest first, then of arc: the same sum every time.
    ///
    /// O(|V| + |E|) for all demands together.
    ///
    /// # Panics
    /// If `loads` has another length.
    pub fn split_per_hop(&mut self, demands: &[(SiteId, f64)], loads: &mut [f64]) -> f64 {
        let lanes = self.routes.network.lanes();
        assert_eq!(loads.len(), 2 * self.routes.network.segment_count(), "one load per lane");
        let unrouted = self.put_in(demands);
        self.spread(|arcs, part| loads[lanes[arcs[0].index()].index()] += part);
        unrouted
    }

    /// Lets demands begin at their nearest starts; returns what nothing leads for.
    fn put_in(&mut self, demands: &[(SiteId, f64)]) -> f64 {
        let mut unrouted = 0.0;
        for &(source, amount) in demands {
            let count = self.routes.starts(source).count();
            if count == 0 {
                unrouted += amount;
            }
            for start in self.routes.starts(source) {
                self.amounts[start.index()] += amount / as_f64(count);
            }
        }
        unrouted
    }

    /// The shortest routes from a site by which all traffic can go that is split evenly at every step, each with its share.
    ///
    /// Shares sum to 1; nothing where nothing leads. There may be more shortest routes than these: a split at every step
    /// fixes the load of every arc, and these routes make it up, no more of them than arcs. O(|V| + |E|) and their length.
    pub fn split_from(&mut self, source: SiteId) -> Vec<(Route, f64)> {
        let starts: Vec<VertexId> = self.routes.starts(source).collect();
        let at_start = 1.0 / as_f64(starts.len().max(1));
        for start in &starts {
            self.amounts[start.index()] = at_start;
        }
        let mut left: BTreeMap<ArcId, f64> = BTreeMap::new();
        self.spread(|arcs, part| left.extend(arcs.iter().map(|&arc| (arc, part / as_f64(arcs.len())))));
        let mut found: Vec<(Route, f64)> = Vec::new();
        for start in starts {
            let mut unsent = at_start;
            while unsent > CRUMB {
                let route = self.routes.widest(start, &left);
                let share = route.arcs.iter().map(|arc| left[arc]).fold(unsent, f64::min);
                if share == 0.0 {
                    break;
                }
                for arc in &route.arcs {
                    left.entry(*arc).and_modify(|left| *left -= share);
                }
                unsent -= share;
                found.push((route, share));
            }
            found.last_mut().expect("a start has a route").1 += unsent;
        }
        found
    }

    /// The arcs on any shortest route from a site, ascending; none where nothing leads. O(|V| + |E|).
    pub fn arcs_from(&mut self, source: SiteId) -> Vec<ArcId> {
        let mut arcs = Vec::new();
        for start in self.routes.starts(source) {
            self.amounts[start.index()] = 1.0;
        }
        for vertex in self.routes.tree.order().rev() {
            if std::mem::take(&mut self.amounts[vertex.index()]) > 0.0 {
                for arc in self.routes.arcs_at(vertex) {
                    arcs.push(arc);
                    self.amounts[self.routes.network.heads()[arc.index()] as usize] = 1.0;
                }
            }
        }
        arcs.sort_unstable();
        arcs
    }

    /// Sends the amounts on, farthest vertex first: `take` is told the arcs of each lane, and what they carry together.
    fn spread(&mut self, mut take: impl FnMut(&[ArcId], f64)) {
        let Shortest { network, tree, .. } = self.routes;
        for vertex in tree.order().rev() {
            let amount = std::mem::take(&mut self.amounts[vertex.index()]);
            if amount == 0.0 || tree.distance(vertex) == 0 {
                continue;
            }
            self.next.clear();
            self.next.extend(self.routes.arcs_at(vertex));
            // Arcs of a vertex are ordered by segment, so those that share a lane are neighbours.
            let same_lane = |a: &ArcId, b: &ArcId| network.lanes()[a.index()] == network.lanes()[b.index()];
            let part = amount / as_f64(self.next.chunk_by(same_lane).count());
            for arcs in self.next.chunk_by(same_lane) {
                take(arcs, part);
                for arc in arcs {
                    self.amounts[network.heads()[arc.index()] as usize] += part / as_f64(arcs.len());
                }
            }
        }
    }
}

/// What rounding may leave of a share, too little for a route of its own.
const CRUMB: f64 = 1e-12;

impl<'a> Shortest<'a> {
    /// The route that goes on, at every vertex, by the arc that has most left; ties to the lower arc.
    fn widest(self, start: VertexId, left: &BTreeMap<ArcId, f64>) -> Route {
        let mut arcs = Vec::new();
        let mut at = start;
        while self.tree.distance(at) > 0 {
            let widest =
                self.arcs_at(at).rev().max_by(|a, b| left[a].total_cmp(&left[b])).expect("the tree reached it by an arc");
            arcs.push(widest);
            at = VertexId(self.network.heads()[widest.index()]);
        }
        Route { arcs, cost: self.tree.distance(start) }
    }

    /// The starts of a site from which the way is shortest; none where nothing leads.
    fn starts(self, source: SiteId) -> impl Iterator<Item = VertexId> + 'a {
        let nearest = self.network.starts(source).map(|start| self.tree.distance(start)).min().unwrap_or(UNREACHABLE);
        let is_nearest = move |vertex: &VertexId| nearest != UNREACHABLE && self.tree.distance(*vertex) == nearest;
        self.network.starts(source).filter(is_nearest)
    }

    /// The arcs by which a shortest way goes on from a vertex that reaches the target, ascending.
    fn arcs_at(self, vertex: VertexId) -> impl DoubleEndedIterator<Item = ArcId> + 'a {
        let Self { network, outage, tree } = self;
        network.out_arcs(vertex).filter(move |arc| {
            let i = arc.index();
            let to_go = tree.distance(VertexId(network.heads()[i]));
            // A lost arc may lead to where another arc leads too, so its cost alone does not tell.
            to_go != UNREACHABLE
                && tree.distance(vertex) == to_go + u64::from(network.costs()[i])
                && !outage.is_lost(network.lanes()[i].segment())
        })
    }
}

fn as_f64(count: usize) -> f64 {
    f64::from(u32::try_from(count).expect("counts arcs of one vertex"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 0 - 3 by a parallel pair at 2 each, and by way of 1 or 2 at 1 + 1; site 4 stands alone.
    fn toy() -> Network {
        let list = [(0, 3, 2), (0, 3, 2), (0, 1, 1), (1, 3, 1), (0, 2, 1), (2, 3, 1)];
        Network::of_sites(5, &list.map(|(a, b, cost)| (SiteId(a), SiteId(b), cost, [0, 0])))
    }

    #[test]
    fn every_next_lane_takes_an_equal_part() {
        let (network, mut workspace, mut loads) = (toy(), Workspace::default(), vec![0.0; 12]);
        let outage = Outage::none_of(&network);
        let lonely =
            aim(&network, &outage, SiteId(3), &mut workspace).split_per_hop(&[(SiteId(0), 8.0), (SiteId(4), 5.0)], &mut loads);
        assert_eq!(loads, [2.0, 0.0, 2.0, 0.0, 2.0, 0.0, 2.0, 0.0, 2.0, 0.0, 2.0, 0.0]);
        assert_eq!(lonely, 5.0);
    }

    #[test]
    fn routes_with_shares_make_up_the_split() {
        // 0 - 1 by a parallel pair, then 1 - 2 by three: halves, then thirds.
        let list = [(0, 1, 1), (0, 1, 1), (1, 2, 1), (1, 2, 1), (1, 2, 1)];
        let network = Network::of_sites(3, &list.map(|(a, b, cost)| (SiteId(a), SiteId(b), cost, [0, 0])));
        let (outage, mut workspace) = (Outage::none_of(&network), Workspace::default());
        let routes = aim(&network, &outage, SiteId(2), &mut workspace).split_from(SiteId(0));
        assert!(routes.len() <= 5, "no more routes than arcs: {routes:?}");
        let mut loads = [0.0; 10];
        for (route, share) in &routes {
            assert_eq!((route.cost, route.arcs.len()), (2, 2));
            route.arcs.iter().for_each(|&arc| loads[network.arc(arc).lane.index()] += share);
        }
        let exact = [1.0 / 2.0, 0.0, 1.0 / 2.0, 0.0, 1.0 / 3.0, 0.0, 1.0 / 3.0, 0.0, 1.0 / 3.0, 0.0];
        assert!(loads.iter().zip(exact).all(|(load, exact)| (load - exact).abs() < 1e-12), "{loads:?}");
    }

    #[test]
    fn the_equal_cost_set_of_a_pair_is_all_its_shortest_routes() {
        let (network, mut workspace) = (toy(), Workspace::default());
        let outage = Outage::none_of(&network);
        let mut to_three = aim(&network, &outage, SiteId(3), &mut workspace);
        let segments = |arcs: Vec<ArcId>| arcs.iter().map(|&arc| network.arc(arc).lane.segment().0).collect::<Vec<_>>();
        assert_eq!(segments(to_three.arcs_from(SiteId(0))), [0, 1, 2, 4, 3, 5]);
        assert_eq!(segments(to_three.arcs_from(SiteId(2))), [5]);
        assert!(to_three.arcs_from(SiteId(4)).is_empty());
    }
}
