//! The cheapest pair apart by any groups: branch and bound on who avoids what both would use.
//!
//! Each open node says which groups the first route avoids, which the second, and which both may share. Its bound is the
//! cheapest route for each alone. If these two share a group that is not yet decided, then in every better pair the first
//! avoids it, or the second does, or (where sharing is wanted rather than nothing) both use it and pay for it.
//! The group whose decision raises the bound most is taken (strong branching: Applegate, Bixby, Chvátal, Cook 1995).

use std::collections::BTreeMap;

use super::super::guided::{self, Begin, Way};
use super::{Pair, Query, Route, Value, Wanted, shared_groups, used_groups};
use crate::network::{Outage, UNREACHABLE, VertexId};

/// Shared groups that are tried before one is chosen, those with the most segments first.
const CANDIDATES: usize = 12;

/// Finds the pair that shares the fewest groups, then costs least, within the budget; `workspace` must be aimed.
///
/// `known` is a pair and what no pair can beat, if that is known.
pub(super) fn find_pair(query: &Query<'_>, known: Option<Pair>, workspace: &mut guided::Workspace) -> Pair {
    let bound = known.as_ref().map_or(Value { shared: 0, cost: 0 }, |pair| pair.bound);
    let mut search = Search {
        query,
        workspace,
        starts: query.network.starts(query.ends[0]).collect(),
        outage: query.outage.clone(),
        spent: 0,
        best: Pair::none(),
        bound,
        queue: BTreeMap::new(),
        nodes: 0,
    };
    if let Some(routes) = known.and_then(|pair| pair.routes) {
        search.consider(routes);
    }
    let Some(shortest) = search.route_without(&[]) else { return Pair::none() };
    search.enqueue(Node { avoided: Default::default(), both: Vec::new(), routes: [shortest.clone(), shortest] });
    search.run()
}

/// A part of all pairs of routes.
#[derive(Clone, Debug)]
struct Node {
    /// Groups that the first route avoids, and the second.
    avoided: [Vec<u32>; 2],
    /// Groups that both use.
    both: Vec<u32>,
    /// The cheapest routes that avoid what they must; they may share anything else.
    routes: [Route; 2],
}

/// A group to decide on, and what comes of it.
struct Choice {
    group: u32,
    /// How much dearer either route gets if it avoids the group, the lesser rise first.
    rise: [u64; 2],
    /// The first route that avoids the group, and the second.
    routes: [Option<Route>; 2],
}

struct Search<'a> {
    query: &'a Query<'a>,
    workspace: &'a mut guided::Workspace,
    starts: Vec<VertexId>,
    outage: Outage,
    spent: u32,
    best: Pair,
    /// No pair is better.
    bound: Value,
    /// By bound, then age.
    queue: BTreeMap<(Value, u32), Node>,
    nodes: u32,
}

impl Search<'_> {
    /// Takes the most promising node until none can hold a better pair, or the budget is spent.
    fn run(mut self) -> Pair {
        while let Some(((value, _), node)) = self.queue.pop_first() {
            self.bound = self.bound.max(value);
            if self.bound >= self.best.value() {
                break;
            }
            if self.spent >= self.query.budget {
                return Pair { bound: self.bound, is_proven: false, ..self.best };
            }
            self.expand(node);
        }
        Pair { bound: self.best.value(), is_proven: true, ..self.best }
    }

    /// Keeps a pair if it is of the wanted kind and better than the best so far.
    fn consider(&mut self, routes: [Route; 2]) {
        let pair = Pair::new(self.query, routes, self.bound);
        let is_wanted = pair.shared.is_empty() || self.query.wanted == Wanted::LeastShared;
        if is_wanted && pair.value() < self.best.value() {
            self.best = pair;
        }
    }

    fn enqueue(&mut self, node: Node) {
        let value = Value { shared: node.both.len(), cost: node.routes[0].cost + node.routes[1].cost };
        if value < self.best.value() {
            self.queue.insert((value, self.nodes), node);
            self.nodes += 1;
        }
    }

    /// The cheapest route that avoids these groups.
    fn route_without(&mut self, lists: &[&[u32]]) -> Option<Route> {
        let query = self.query;
        self.spent += 1;
        self.outage.clone_from(query.outage);
        for &group in lists.iter().copied().flatten() {
            query.groups.lose(group, &mut self.outage);
        }
        let begin = Begin { roots: &self.starts, banned: &[], may_stay: true };
        let Way { arcs, cost, .. } = self.workspace.search(query.network, &self.outage, query.ends[1], begin)?;
        Some(Route { arcs, cost })
    }

    fn expand(&mut self, node: Node) {
        let mut open = shared_groups(self.query, &node.routes);
        open.retain(|group| !node.both.contains(group));
        self.consider(node.routes.clone());
        if open.is_empty() {
            return;
        }
        for side in [0, 1] {
            let used = used_groups(self.query, &node.routes[side]);
            if let Some(other) = self.route_without(&[&node.avoided[1 - side], &used]) {
                self.consider([node.routes[side].clone(), other]);
            }
        }
        open.sort_by_key(|&group| (std::cmp::Reverse(self.query.groups.size(group)), group));
        open.truncate(CANDIDATES);
        self.branch(node, &open);
    }

    /// Chooses among groups that both routes of a node use, and opens what follows from deciding.
    fn branch(&mut self, mut node: Node, open: &[u32]) {
        let may_share = self.query.wanted == Wanted::LeastShared;
        let is_symmetric = node.avoided[0] == node.avoided[1];
        let mut chosen: Option<Choice> = None;
        let mut inevitable = Vec::new();
        for &group in open {
            let first = self.route_without(&[&node.avoided[0], &[group]]);
            let second = if is_symmetric { first.clone() } else { self.route_without(&[&node.avoided[1], &[group]]) };
            let routes = [first, second];
            let rise_of = |side: usize| routes[side].as_ref().map_or(UNREACHABLE, |r| r.cost - node.routes[side].cost);
            let mut rise = [rise_of(0), rise_of(1)];
            rise.sort_unstable();
            if rise[0] == UNREACHABLE {
                inevitable.push(group);
                if !may_share {
                    return;
                }
            } else if chosen.as_ref().is_none_or(|best| rise > best.rise) {
                chosen = Some(Choice { group, rise, routes });
            }
        }
        if !inevitable.is_empty() {
            // Neither route can do without these: both share them, whatever else is decided.
            node.both.extend(inevitable);
            self.enqueue(node);
            return;
        }
        let Some(Choice { group, routes, .. }) = chosen else { return };
        for (side, route) in routes.into_iter().enumerate() {
            // Where both routes face the same prohibitions, swapping them makes one case of two.
            if let Some(route) = route.filter(|_| side == 0 || !is_symmetric) {
                let mut child = node.clone();
                child.avoided[side].push(group);
                child.routes[side] = route;
                self.enqueue(child);
            }
        }
        if may_share {
            node.both.push(group);
            self.enqueue(node);
        }
    }
}
