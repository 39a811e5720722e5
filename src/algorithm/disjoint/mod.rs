//! Pairs of routes that avoid each other: by segment, by site, by risk group, or by any of them together.
//!
//! Taking the shortest route and then the best that avoids it is the classic trap, for it may leave nothing:
//!
//! ```text
//!        1       3
//!    S ----- A ----- T      shortest: S-A-B-T, 3; without its segments no route is left
//!    |       | 1     |      cheapest pair: S-A-T and S-B-T, 4 + 4
//!    `-- 3 - B - 1 --'
//! ```
//!
//! Where a vertex is a site and only segments and sites count, the cheapest pair is a flow of two units, found exactly in
//! two searches (`flow`). Under law several vertices are one site, and risk groups are sets: then it is hard, and `branch`
//! searches within a budget and says what it could prove.

mod branch;
mod flow;
mod groups;

pub use groups::{Groups, Shared};

use super::Route;
use super::guided;
use crate::network::{Network, Outage, UNREACHABLE};
use crate::topology::SiteId;

/// Memory of the pair searches, kept from one to the next.
#[derive(Clone, Debug, Default)]
pub struct Workspace {
    guided: guided::Workspace,
    flow: flow::Scratch,
}

/// A question for a pair of routes.
#[derive(Clone, Copy, Debug)]
pub struct Query<'a> {
    /// Where to look.
    pub network: &'a Network,
    /// What is out of service.
    pub outage: &'a Outage,
    /// Source and target of both routes; these two sites are always shared.
    pub ends: [SiteId; 2],
    /// What must not be shared.
    pub groups: &'a Groups,
    /// What to do where no two routes are apart.
    pub wanted: Wanted,
    /// How many searches for a route the hard cases may take; [`BUDGET`] is usual.
    pub budget: u32,
}

/// Searches for a route that a hard question is worth: about a second on a map of two thousand sites.
pub const BUDGET: u32 = 20_000;

/// What to do where no two routes are apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Say so.
    Disjoint,
    /// Find the pair that shares the fewest groups and, of these, costs least. Every group counts 1: a shared segment is one,
    /// and so is each interior site or listed group that it brings along.
    LeastShared,
}

/// How good a pair is; less is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Value {
    /// How many groups both routes use.
    pub shared: usize,
    /// Sum of both routes' costs; [`UNREACHABLE`] where there is no pair.
    pub cost: u64,
}

/// Two routes, and what is known about better ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The cheaper first; `None` where there is no such pair, or none was found (see `is_proven`).
    pub routes: Option<[Route; 2]>,
    /// What both use, ascending; empty where they are apart.
    pub shared: Vec<Shared>,
    /// No pair is better than this.
    pub bound: Value,
    /// Whether no pair is better than the one found (or, without one, whether none exists).
    pub is_proven: bool,
}

impl Value {
    const NONE: Self = Self { shared: usize::MAX, cost: UNREACHABLE };
}

/// Finds the pair of routes of least total cost that share no group; where there is none, does what [`Wanted`] says.
///
/// Exact where only segments and sites count and a vertex is a site: O((|V| + |E|) log |V|), Suurballe and Tarjan 1984.
/// Otherwise exact within `query.budget` searches (the problem is NP-hard: Hu 2003), else the best pair found and a
/// bound. The same question gives the same pair on every machine, as the budget counts searches, not time.
pub fn find_pair(query: &Query<'_>, workspace: &mut Workspace) -> Pair {
    let Query { network, outage, ends: [_, target], groups, wanted, .. } = *query;
    workspace.guided.aim(network, outage, target);
    if !groups.are_physical() {
        return branch::find_pair(query, None, &mut workspace.guided);
    }
    // Forgetting the listed groups leaves a flow, whose value no pair can beat.
    match flow::find_pair(query, workspace) {
        None => Pair::none(),
        Some((_, bound)) if wanted == Wanted::Disjoint && bound.shared > 0 => Pair::none(),
        Some((routes, bound)) => {
            let pair = Pair::new(query, routes, bound);
            if pair.is_proven { pair } else { branch::find_pair(query, Some(pair), &mut workspace.guided) }
        }
    }
}

impl Pair {
    /// Proof that there is no such pair.
    fn none() -> Self {
        Self { routes: None, shared: Vec::new(), bound: Value::NONE, is_proven: true }
    }

    /// Two routes, of which no better ones than `bound` exist.
    fn new(query: &Query<'_>, mut routes: [Route; 2], bound: Value) -> Self {
        routes.sort_by(|a, b| (a.cost, a.arcs.len(), &a.arcs).cmp(&(b.cost, b.arcs.len(), &b.arcs)));
        let shared = shared_groups(query, &routes).into_iter().map(|group| query.groups.name(group)).collect();
        let mut pair = Self { routes: Some(routes), shared, bound, is_proven: false };
        pair.is_proven = pair.value() <= bound;
        pair
    }

    /// How good the pair is; what no pair at all is worth where there is none.
    fn value(&self) -> Value {
        let cost = |routes: &[Route; 2]| routes.iter().map(|route| route.cost).sum();
        self.routes.as_ref().map_or(Value::NONE, |routes| Value { shared: self.shared.len(), cost: cost(routes) })
    }
}

/// The groups that count and that both routes use, ascending.
fn shared_groups(query: &Query<'_>, routes: &[Route; 2]) -> Vec<u32> {
    let [first, second] = [&routes[0], &routes[1]].map(|route| used_groups(query, route));
    first.into_iter().filter(|group| second.binary_search(group).is_ok()).collect()
}

/// The groups that count and that a route uses, ascending.
fn used_groups(query: &Query<'_>, route: &Route) -> Vec<u32> {
    let segments = route.arcs.iter().map(|arc| query.network.lanes()[arc.index()].segment());
    query.groups.used(segments, query.ends)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::{Arc, LaneId, Vertex, VertexId};
    use crate::topology::SegmentId;

    /// The network drawn at the head of this file: S, A, B, T are sites 0 to 3; segments S-A, A-B, B-T, S-B, A-T.
    fn trap() -> Network {
        let list = [(0, 1, 1), (1, 2, 1), (2, 3, 1), (0, 2, 3), (1, 3, 3)];
        Network::of_sites(4, &list.map(|(a, b, cost)| (SiteId(a), SiteId(b), cost, [0, 0])))
    }

    fn ask(network: &Network, groups: &Groups, ends: [u32; 2], wanted: Wanted) -> (Option<[u64; 2]>, Vec<Shared>) {
        let outage = Outage::none_of(network);
        let query = Query { network, outage: &outage, ends: ends.map(SiteId), groups, wanted, budget: BUDGET };
        let pair = find_pair(&query, &mut Workspace::default());
        assert!(pair.is_proven);
        (pair.routes.map(|[a, b]| [a.cost, b.cost]), pair.shared)
    }

    #[test]
    fn the_shortest_route_may_be_in_no_pair() {
        let network = trap();
        for groups in [Groups::of_segments(&network), Groups::of_sites(&network)] {
            assert_eq!(ask(&network, &groups, [0, 3], Wanted::Disjoint), (Some([4, 4]), vec![]));
        }
    }

    #[test]
    fn a_risk_group_across_both_routes_leaves_no_pair() {
        let network = trap();
        // One trench holds S-A and S-B: whichever way one leaves S, it is in the trench.
        let groups = Groups::of_segments(&network).with_listed([vec![SegmentId(0), SegmentId(3)]]);
        assert_eq!(ask(&network, &groups, [0, 3], Wanted::Disjoint), (None, vec![]));
        assert_eq!(ask(&network, &groups, [0, 3], Wanted::LeastShared), (Some([4, 4]), vec![Shared::Listed(0)]));
    }

    #[test]
    fn a_bridge_is_shared_and_the_rest_is_not() {
        // 0 - 1 === 2: the bridge, then a parallel pair.
        let list = [(0, 1, 5), (1, 2, 1), (1, 2, 2)];
        let network = Network::of_sites(3, &list.map(|(a, b, cost)| (SiteId(a), SiteId(b), cost, [0, 0])));
        let groups = Groups::of_segments(&network);
        assert_eq!(ask(&network, &groups, [0, 2], Wanted::Disjoint), (None, vec![]));
        let bridge = Shared::Segment(SegmentId(0));
        assert_eq!(ask(&network, &groups, [0, 2], Wanted::LeastShared), (Some([6, 7]), vec![bridge]));
        let groups = Groups::of_sites(&network);
        let shared = vec![bridge, Shared::Site(SiteId(1))];
        assert_eq!(ask(&network, &groups, [0, 2], Wanted::LeastShared), (Some([6, 7]), shared));
    }

    #[test]
    fn under_law_both_routes_share_the_hairpin_once() {
        // Site 0 in states 0 and 1, site 1 the gateway that changes the state, site 2 the far end; segment 0 joins 0 and 1,
        // segments 1 and 2 join 0 and 2, lawful from state 1 only. Both routes go up to the gateway and back.
        let vertex = |site, state, is_end| Vertex {
            site: SiteId(site),
            state,
            is_start: site == 0 && state == 0,
            starts_switched: false,
            is_end,
        };
        let vertices = vec![vertex(0, 0, false), vertex(0, 1, false), vertex(1, 0, false), vertex(2, 0, true)];
        let arc =
            |tail, head, lane, cost| Arc { tail: VertexId(tail), head: VertexId(head), lane: LaneId(lane), cost, switch: None };
        let arcs = vec![arc(0, 2, 0, 1), arc(2, 1, 1, 1), arc(1, 3, 2, 5), arc(1, 3, 4, 6)];
        let network = Network::new(vertices, arcs, vec![1; 6], vec![1; 3]);
        let groups = Groups::of_segments(&network);
        assert_eq!(ask(&network, &groups, [0, 2], Wanted::Disjoint), (None, vec![]));
        let hairpin = vec![Shared::Segment(SegmentId(0))];
        assert_eq!(ask(&network, &groups, [0, 2], Wanted::LeastShared), (Some([7, 8]), hairpin));
    }
}
