//! The routes between two sites in order of cost, none visiting a vertex twice.
//!
//! Parallel segments give distinct routes. Under law a route may pass a site twice in different states (the hairpin).
//! It does not look for routes that avoid each other (see `disjoint`).

use std::collections::{BTreeMap, BTreeSet};

use super::Route;
use super::guided::{Begin, Way};
use crate::network::{ArcId, LaneId, Network, Outage, UNREACHABLE, VertexId};
use crate::topology::SiteId;

pub use super::guided::Workspace;

/// Lists the routes from a site to another, cheapest first; see [`KShortest`].
///
/// The first is the route of `shortest_path::find_route`. Ties go to fewer arcs, then to an order that depends on the
/// network and the outage alone. Where routes use the same lanes in the same order (in different states), the first of them
/// stands for all.
///
/// Each route after the first costs at most one search per vertex of the route before, and usually far fewer: a search is put
/// off until its lower bound is next in line. Yen 1971, Lawler 1972; bounds from the reverse tree.
pub fn list_routes<'a>(
    network: &'a Network,
    outage: &'a Outage,
    ends: [SiteId; 2],
    workspace: &'a mut Workspace,
) -> KShortest<'a> {
    let [source, target] = ends;
    workspace.aim(network, outage, target);
    let mut routes =
        KShortest { network, outage, ends, workspace, queue: BTreeMap::new(), entries: 0, lanes_seen: BTreeSet::new() };
    let starts = network.starts(source).collect();
    routes.open(Part { root: None, arcs: Vec::new(), starts, banned: Vec::new(), may_stay: true });
    routes
}

/// An iterator over routes in non-decreasing cost.
#[derive(Debug)]
pub struct KShortest<'a> {
    network: &'a Network,
    outage: &'a Outage,
    ends: [SiteId; 2],
    workspace: &'a mut Workspace,
    /// By cost (or the least it can be), then arcs (0 while unknown), then age.
    queue: BTreeMap<(u64, usize, u32), Entry>,
    entries: u32,
    lanes_seen: BTreeSet<Vec<LaneId>>,
}

/// A part of all routes: those that begin with given arcs and do not go on in certain ways. The parts never overlap, so no
/// route is found twice.
#[derive(Debug)]
struct Part {
    /// Where the routes begin; `None` = at any of `starts`.
    root: Option<VertexId>,
    /// The arcs they all begin with.
    arcs: Vec<ArcId>,
    /// Where they may begin while `root` is open.
    starts: Vec<VertexId>,
    /// Arcs that they do not go on with.
    banned: Vec<ArcId>,
    /// Whether they may end after `arcs`.
    may_stay: bool,
}

#[derive(Debug)]
enum Entry {
    /// A part whose best route is not yet known.
    Open(Part),
    /// A part and its best route, with the vertex where it begins.
    Solved(Part, VertexId, Route),
}

impl Iterator for KShortest<'_> {
    type Item = Route;

    fn next(&mut self) -> Option<Route> {
        loop {
            match self.queue.pop_first()?.1 {
                Entry::Open(part) => self.solve(part),
                Entry::Solved(part, start, route) => {
                    self.split(part, start, &route);
                    let lanes = route.arcs.iter().map(|arc| self.network.lanes()[arc.index()]).collect();
                    if self.lanes_seen.insert(lanes) {
                        return Some(route);
                    }
                }
            }
        }
    }
}

impl KShortest<'_> {
    /// Where the part's arcs lead.
    fn tip(&self, part: &Part) -> Option<VertexId> {
        part.arcs.last().map_or(part.root, |arc| Some(VertexId(self.network.heads()[arc.index()])))
    }

    fn cost(&self, arcs: &[ArcId]) -> u64 {
        arcs.iter().map(|arc| u64::from(self.network.costs()[arc.index()])).sum()
    }

    fn enqueue(&mut self, cost: u64, hops: usize, entry: Entry) {
        self.queue.insert((cost, hops, self.entries), entry);
        self.entries += 1;
    }

    /// Forbids the part's vertices before its tip, or allows them again.
    fn set_blocked(&mut self, part: &Part, is_blocked: bool) {
        for arc in &part.arcs {
            self.workspace.set_blocked(VertexId(self.network.tails()[arc.index()]), is_blocked);
        }
    }

    /// Puts a part in line by the least that its routes can cost; drops it where nothing leads on.
    fn open(&mut self, part: Part) {
        self.set_blocked(&part, true);
        let to_go = match self.tip(&part) {
            None => part.starts.iter().map(|&start| self.workspace.bound(start)).min(),
            Some(tip) => {
                let target = self.ends[1];
                let is_end = self.network.vertex(tip).is_end && self.network.site(tip) == target;
                let stay = (part.may_stay && is_end).then_some(0);
                let go = self.network.out_arcs(tip).filter_map(|arc| {
                    let next = self.network.arc(arc);
                    let is_lost = self.outage.is_lost(next.lane.segment());
                    let is_open = !is_lost && !self.workspace.is_blocked(next.head) && !part.banned.contains(&arc);
                    is_open.then(|| u64::from(next.cost).saturating_add(self.workspace.bound(next.head)))
                });
                go.chain(stay).min()
            }
        };
        self.set_blocked(&part, false);
        if let Some(to_go) = to_go.filter(|&cost| cost != UNREACHABLE) {
            self.enqueue(self.cost(&part.arcs) + to_go, 0, Entry::Open(part));
        }
    }

    /// Finds the best route of a part and puts it in line.
    fn solve(&mut self, part: Part) {
        self.set_blocked(&part, true);
        let tip = self.tip(&part);
        let roots = tip.as_ref().map_or(&part.starts[..], std::slice::from_ref);
        let begin = Begin { roots, banned: &part.banned, may_stay: part.may_stay };
        let found = self.workspace.search(self.network, self.outage, self.ends[1], begin);
        self.set_blocked(&part, false);
        if let Some(Way { root, arcs, cost }) = found {
            let start = part.root.unwrap_or(root);
            let route = Route { cost: self.cost(&part.arcs) + cost, arcs: [&part.arcs[..], &arcs].concat() };
            self.enqueue(route.cost, route.arcs.len(), Entry::Solved(part, start, route));
        }
    }

    /// Splits what is left of a part, once its best route is taken, by where the others leave that route.
    fn split(&mut self, part: Part, start: VertexId, route: &Route) {
        let Part { root, arcs: mut kept, starts, mut banned, mut may_stay } = part;
        if root.is_none() {
            let others = starts.into_iter().filter(|&other| other != start).collect();
            self.open(Part { root: None, arcs: Vec::new(), starts: others, banned: Vec::new(), may_stay: true });
        }
        for &arc in &route.arcs[kept.len()..] {
            banned.push(arc);
            self.open(Part { root: Some(start), arcs: kept.clone(), starts: Vec::new(), banned, may_stay });
            kept.push(arc);
            (banned, may_stay) = (Vec::new(), true);
        }
        self.open(Part { root: Some(start), arcs: kept, starts: Vec::new(), banned, may_stay: false });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::{Arc, Vertex};
    use crate::topology::SegmentId;

    fn costs(network: &Network, ends: [u32; 2]) -> Vec<u64> {
        let outage = Outage::none_of(network);
        list_routes(network, &outage, ends.map(SiteId), &mut Workspace::new()).map(|route| route.cost).collect()
    }

    #[test]
    fn parallel_segments_are_distinct_routes() {
        // 0 === 1 === 2, each pair at 1 and 2: 1+1, 1+2, 2+1, 2+2.
        let list = [(0, 1, 1), (0, 1, 2), (1, 2, 1), (1, 2, 2)];
        let network = Network::of_sites(3, &list.map(|(a, b, cost)| (SiteId(a), SiteId(b), cost, [1, 1])));
        assert_eq!(costs(&network, [0, 2]), [2, 3, 3, 4]);
    }

    #[test]
    fn a_site_reaches_itself_by_one_route_and_others_by_none() {
        let network = Network::of_sites(3, &[(SiteId(0), SiteId(1), 1, [0, 0])]);
        assert_eq!(costs(&network, [0, 0]), [0]);
        assert!(costs(&network, [0, 2]).is_empty());
    }

    #[test]
    fn the_same_lanes_in_other_states_are_no_other_route() {
        // One segment 0 - 1; site 1 has two states, both ends, reached at cost 1 and 2.
        let vertex =
            |site, state| Vertex { site: SiteId(site), state, is_start: site == 0, starts_switched: false, is_end: site == 1 };
        let arc =
            |head, cost| Arc { tail: VertexId(0), head: VertexId(head), lane: LaneId::new(SegmentId(0), 0), cost, switch: None };
        let vertices = vec![vertex(0, 0), vertex(1, 0), vertex(1, 1)];
        let network = Network::new(vertices, vec![arc(1, 2), arc(2, 1)], vec![1, 1], vec![1, 1]);
        assert_eq!(costs(&network, [0, 1]), [1]);
    }
}
