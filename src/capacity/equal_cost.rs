//! All cheapest lawful routes of a query, with the share that each carries when traffic is split evenly at every step.
//!
//! The split is a kernel's (`algorithm::ecmp`); here rule R15 is held, which a network alone does not.

use std::collections::BTreeSet;
use std::collections::btree_map::{BTreeMap, Entry};

use super::place::Bundle;
use crate::algorithm::{Route, ecmp};
use crate::network::{ArcId, Metric, Network, Outage, VertexId, compile};
use crate::policy::{Law, Query, Rule};
use crate::route::{Way, search};
use crate::topology::TerritoryId;

/// The cheapest lawful routes of each query that make up its split; none where nothing leads.
///
/// Where one of the cheapest routes enters a territory twice (R15), that territory is watched and all are found again, so
/// that the split is over lawful routes alone. Deterministic at any thread count.
pub(super) fn bundles(law: &Law<'_>, metric: Metric, queries: &[Query]) -> Vec<Bundle> {
    let compiled = compile(law, metric, queries);
    crate::parallel::map(queries.len(), ecmp::Workspace::default, |workspace, i| {
        let (query, network) = (&queries[i], &compiled.networks[compiled.of_query[i]]);
        let (routes, shares) = split(law, network, query, workspace);
        let ways: Vec<Way> = routes.iter().map(|route| Way::new(law.topology(), network, query.from, route)).collect();
        if ways.iter().all(|way| search::entered_twice(law, way).is_empty()) {
            return ways.into_iter().zip(shares).collect();
        }
        let mut shares = Vec::new();
        let ways = search::watched(law, metric, query, |network| {
            let (routes, parts) = split(law, network, query, workspace);
            shares = parts;
            routes
        });
        ways.into_iter().zip(shares).collect()
    })
}

/// The routes of one query and their shares; in front, with no share, one that enters a territory twice, if there is any.
fn split(law: &Law<'_>, network: &Network, query: &Query, workspace: &mut ecmp::Workspace) -> (Vec<Route>, Vec<f64>) {
    let sound = Outage::none_of(network);
    let mut all = ecmp::aim(network, &sound, query.to, workspace);
    let split = all.split_from(query.from);
    let witness = if law.holds(Rule::R15) && split.len() > 1 { witness(law, network, &all.arcs_from(query.from)) } else { None };
    witness.map(|route| (route, 0.0)).into_iter().chain(split).unzip()
}

/// Where a route stands with a territory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Visit {
    NotYet,
    Inside,
    Left,
}

/// A route over the arcs of a split that enters a territory twice, if there is one.
fn witness(law: &Law<'_>, network: &Network, arcs: &[ArcId]) -> Option<Route> {
    let territory = |vertex: VertexId| law.territory(network.site(vertex));
    let territories: BTreeSet<TerritoryId> = arcs.iter().filter_map(|&arc| territory(network.arc(arc).head)).collect();
    let heads: BTreeSet<VertexId> = arcs.iter().map(|&arc| network.arc(arc).head).collect();
    let starts: BTreeSet<VertexId> =
        arcs.iter().map(|&arc| network.arc(arc).tail).filter(|vertex| !heads.contains(vertex)).collect();
    let next = |vertex: VertexId| network.out_arcs(vertex).filter(|arc| arcs.binary_search(arc).is_ok());
    for watched in territories {
        let begin = |vertex: VertexId| if territory(vertex) == Some(watched) { Visit::Inside } else { Visit::NotYet };
        let mut came_by: BTreeMap<(VertexId, Visit), Option<(ArcId, Visit)>> = BTreeMap::new();
        let mut stack: Vec<(VertexId, Visit)> = starts.iter().map(|&start| (start, begin(start))).collect();
        came_by.extend(stack.iter().map(|&start| (start, None)));
        while let Some((at, visit)) = stack.pop() {
            for arc in next(at) {
                let head = network.arc(arc).head;
                let then = match (visit, territory(head)) {
                    (visit, None) => visit,
                    (Visit::Left, Some(entered)) if entered == watched => {
                        return Some(route_through(network, &came_by, (at, visit), arc, next));
                    }
                    (Visit::NotYet | Visit::Inside, Some(entered)) if entered == watched => Visit::Inside,
                    (Visit::NotYet, Some(_)) => Visit::NotYet,
                    (Visit::Inside | Visit::Left, Some(_)) => Visit::Left,
                };
                if let Entry::Vacant(place) = came_by.entry((head, then)) {
                    place.insert(Some((arc, visit)));
                    stack.push((head, then));
                }
            }
        }
    }
    None
}

/// The route that came to a vertex, takes an arc, and goes on anyhow.
fn route_through<I: Iterator<Item = ArcId>>(
    network: &Network,
    came_by: &BTreeMap<(VertexId, Visit), Option<(ArcId, Visit)>>,
    mut at: (VertexId, Visit),
    arc: ArcId,
    next: impl Fn(VertexId) -> I,
) -> Route {
    let mut arcs = vec![arc];
    while let Some((arc, visit)) = came_by[&at] {
        arcs.push(arc);
        at = (network.arc(arc).tail, visit);
    }
    arcs.reverse();
    while let Some(arc) = next(network.arc(arcs[arcs.len() - 1]).head).next() {
        arcs.push(arc);
    }
    Route::new(network, arcs)
}
