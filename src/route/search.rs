//! Finds lawful routes: the kernels on the compiled networks, and rule R15 where a finite automaton alone cannot hold it.
//!
//! That no territory is entered twice (R15) would need a state per set of territories. Instead the product is searched
//! without it; where a route found enters a territory twice, that territory is watched by further states and the search
//! repeated, until no route does. As each relaxation admits every lawful route, what comes out is the true optimum
//! (decremental state-space relaxation, Righini and Salani 2008).

use std::collections::BTreeMap;

use crate::algorithm::Route;
use crate::algorithm::k_shortest::{self, list_routes};
use crate::algorithm::once;
use crate::algorithm::shortest_path::grow_tree;
use crate::network::{Compiled, Metric, Network, Outage, compile, product};
use crate::policy::{Automaton, Law, Query, Rule};
use crate::topology::{SiteId, TerritoryId};

use super::Way;

/// The shortest lawful route of each query; `None` where there is none. Length = queries, in their order.
///
/// Queries from one site share a tree. Deterministic at any thread count.
#[must_use]
pub fn shortest(law: &Law<'_>, metric: Metric, queries: &[Query]) -> Vec<Option<Way>> {
    shortest_on(law, &compile(law, metric, queries), queries)
}

/// The same on the networks that were compiled for these queries under this law.
///
/// # Panics
/// If they are for fewer queries.
#[must_use]
pub fn shortest_on(law: &Law<'_>, compiled: &Compiled, queries: &[Query]) -> Vec<Option<Way>> {
    let mut groups: BTreeMap<(usize, SiteId), Vec<usize>> = BTreeMap::new();
    for (i, query) in queries.iter().enumerate() {
        groups.entry((compiled.of_query[i], query.from)).or_default().push(i);
    }
    let groups: Vec<_> = groups.into_iter().collect();
    let found = crate::parallel::map(groups.len(), Default::default, |workspace, group| {
        let ((network, from), members) = &groups[group];
        let network = &compiled.networks[*network];
        let tree = grow_tree(network, &Outage::none_of(network), network.starts(*from), workspace);
        let way = |&i: &usize| {
            let route = tree.route_at(queries[i].to)?;
            Some(Way::new(law.topology(), network, *from, &route))
        };
        members.iter().map(way).collect::<Vec<_>>()
    });
    let mut ways = vec![None; queries.len()];
    for ((_, members), found) in groups.iter().zip(found) {
        for (&i, way) in members.iter().zip(found) {
            ways[i] = way;
        }
    }
    let suspects: Vec<usize> =
        (0..queries.len()).filter(|&i| ways[i].as_ref().is_some_and(|way| !entered_twice(law, way).is_empty())).collect();
    let mended = crate::parallel::map(suspects.len(), Default::default, |workspace, i| {
        let (query, network) = (&queries[suspects[i]], &compiled.networks[compiled.of_query[suspects[i]]]);
        let watched = ways[suspects[i]].as_ref().map_or_else(Vec::new, |way| entered_twice(law, way));
        enter_once(law, (network, &Outage::none_of(network)), query, watched, workspace)
    });
    for (i, way) in suspects.into_iter().zip(mended) {
        ways[i] = way;
    }
    ways
}

/// The shortest lawful route of a query on its network, as far as that is up, where some territories are known to be entered
/// twice by shorter ways; more are watched as long as the way found enters another one twice.
pub fn enter_once(
    law: &Law<'_>,
    (network, outage): (&Network, &Outage),
    query: &Query,
    mut watched: Vec<TerritoryId>,
    workspace: &mut once::Workspace,
) -> Option<Way> {
    loop {
        let of_site = |site: SiteId| law.territory(site);
        let route = once::find_route(network, outage, [query.from, query.to], (&watched, of_site), workspace)?;
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
