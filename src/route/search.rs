//! Finds lawful routes: the kernels on the compiled networks, and rule R15 where a finite automaton alone cannot hold it.
//!
//! That no territory is entered twice (R15) would need a state per set of territories. Instead the product is searched
//! without it; where a route found enters a territory twice, that territory is watched by further states and the search
//! repeated, until no route does. As each relaxation admits every lawful route, what comes out is the true optimum
//! (decremental state-space relaxation, Righini and Salani 2008).

use std::borrow::Cow;

use crate::algorithm::Route;
use crate::algorithm::k_shortest::{self, list_routes};
use crate::algorithm::once;
use crate::algorithm::shortest_path::grow_tree;
use crate::network::{Classes, Compiled, Metric, Network, Outage, VertexId, compile, product};
use crate::policy::{Automaton, Law, Query, Rule};
use crate::topology::{SiteId, TerritoryId};

use super::Way;

/// The shortest lawful route of each query; `None` where there is none. Length = queries, in their order.
///
/// Queries from one site share a tree; a network is there only while its queries are answered. Deterministic at any thread
/// count.
#[must_use]
pub fn shortest(law: &Law<'_>, metric: Metric, queries: &[Query]) -> Vec<Option<Way>> {
    let classes = Classes::of(law, metric, queries.iter().map(|query| (query, &[][..])));
    of_each(law, queries, &classes.of_query, classes.count(), |class| Cow::Owned(classes.network(class)))
}

/// The same on the networks that were compiled for these queries under this law.
///
/// # Panics
/// If they are for fewer queries.
#[must_use]
pub fn shortest_on(law: &Law<'_>, compiled: &Compiled, queries: &[Query]) -> Vec<Option<Way>> {
    let network = |class: usize| Cow::Borrowed(&compiled.networks[class]);
    of_each(law, queries, &compiled.of_query, compiled.networks.len(), network)
}

fn of_each<'n>(
    law: &Law<'_>,
    queries: &[Query],
    of_query: &[usize],
    classes: usize,
    network: impl Fn(usize) -> Cow<'n, Network> + Sync + Send,
) -> Vec<Option<Way>> {
    let mut members = vec![Vec::new(); classes];
    (0..queries.len()).for_each(|i| members[of_query[i]].push(i));
    members.iter_mut().for_each(|members| members.sort_by_key(|&i| queries[i].from));
    let found = crate::parallel::map(
        classes,
        || (),
        |(), class| {
            let network = &*network(class);
            let sound = Outage::none_of(network);
            let groups: Vec<&[usize]> = members[class].chunk_by(|&a, &b| queries[a].from == queries[b].from).collect();
            let ways = crate::parallel::map(groups.len(), Default::default, |(trees, search), group| {
                let from = queries[groups[group][0]].from;
                let tree = grow_tree(network, &sound, network.starts(from), trees);
                let mut way = |&i: &usize| {
                    let route = tree.route_at(queries[i].to)?;
                    let way = Way::new(law.topology(), network, from, &route);
                    let watched = entered_twice(law, &way);
                    if watched.is_empty() {
                        return Some(way);
                    }
                    enter_once(law, (network, &sound), |vertex| tree.distance(vertex), &queries[i], watched, search)
                };
                groups[group].iter().map(&mut way).collect::<Vec<_>>()
            });
            ways.into_iter().flatten().collect::<Vec<_>>()
        },
    );
    let mut ways = vec![None; queries.len()];
    for (&i, way) in members.iter().flatten().zip(found.into_iter().flatten()) {
        ways[i] = way;
    }
    ways
}

/// The shortest lawful route of a query on its network, as far as that is up, where some territories are known to be entered
/// twice by shorter ways; more are watched as long as the way found enters another one twice.
///
/// `bound` is the cost to a vertex on the tree of what the query begins at, under the same outage.
pub fn enter_once(
    law: &Law<'_>,
    (network, outage): (&Network, &Outage),
    bound: impl Fn(VertexId) -> u64,
    query: &Query,
    mut watched: Vec<TerritoryId>,
    workspace: &mut once::Workspace,
) -> Option<Way> {
    loop {
        let of_site = |site: SiteId| law.territory(site);
        let route = once::find_route((network, outage), [query.from, query.to], &bound, (&watched, of_site), workspace)?;
        let way = Way::new(law.topology(), network, query.from, &route);
        let again = entered_twice(law, &way);
        if again.is_empty() {
            return Some(way);
        }
        watched.extend(again);
    }
}

/// The `k` shortest lawful routes of a query in order of cost, each sequence of segments once; fewer if there are fewer.
///
/// A route may pass a site twice where the law sends it to a gateway and back, never twice in the same state of the law.
#[must_use]
pub fn alternatives(law: &Law<'_>, metric: Metric, query: &Query, k: usize) -> Vec<Way> {
    let mut workspace = k_shortest::Workspace::default();
    watched(law, metric, query, |network| {
        let sound = Outage::none_of(network);
        list_routes(network, &sound, [query.from, query.to], &mut workspace).take(k).collect()
    })
}

/// The `k` shortest lawful routes of each query, as [`alternatives`]. Length = queries, in their order.
///
/// Queries share networks. Deterministic at any thread count.
#[must_use]
pub fn alternatives_of_each(law: &Law<'_>, metric: Metric, queries: &[Query], k: usize) -> Vec<Vec<Way>> {
    let compiled = compile(law, metric, queries);
    crate::parallel::map(queries.len(), k_shortest::Workspace::default, |workspace, i| {
        let (query, network) = (&queries[i], &compiled.networks[compiled.of_query[i]]);
        let sound = Outage::none_of(network);
        let routes = list_routes(network, &sound, [query.from, query.to], workspace).take(k);
        let ways: Vec<Way> = routes.map(|route| Way::new(law.topology(), network, query.from, &route)).collect();
        if ways.iter().all(|way| entered_twice(law, way).is_empty()) { ways } else { alternatives(law, metric, query, k) }
    })
}

/// Searches the product of one query with whatever `find` finds, watching territories until no way enters one twice.
pub fn watched(law: &Law<'_>, metric: Metric, query: &Query, mut find: impl FnMut(&Network) -> Vec<Route>) -> Vec<Way> {
    let mut automaton = Automaton::new(law, query);
    loop {
        let network = product(&automaton, metric);
        let ways: Vec<Way> = find(&network).iter().map(|route| Way::new(law.topology(), &network, query.from, route)).collect();
        let again: Vec<TerritoryId> = ways.iter().flat_map(|way| entered_twice(law, way)).collect();
        if again.is_empty() {
            return ways;
        }
        automaton = again.into_iter().fold(automaton, Automaton::watching);
    }
}

/// Territories that a way enters twice where R15 forbids it.
#[must_use]
pub fn entered_twice(law: &Law<'_>, way: &Way) -> Vec<TerritoryId> {
    if !law.holds(Rule::R15) {
        return Vec::new();
    }
    let mut seen = Vec::new();
    let mut twice = Vec::new();
    for territory in way.territories(law.topology()) {
        if seen.contains(&territory) && !twice.contains(&territory) {
            twice.push(territory);
        }
        seen.push(territory);
    }
    twice
}
