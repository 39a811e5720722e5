//! Routes against the slow obvious way, against petgraph, and against what must always hold.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod oracle;

use std::collections::BTreeSet;

use crossborder::algorithm::Route;
use crossborder::algorithm::ecmp;
use crossborder::algorithm::k_shortest::{self, list_routes};
use crossborder::algorithm::shortest_path::{Workspace, find_route, grow_reverse_tree, grow_tree};
use crossborder::network::{ArcId, LaneId, Network, Outage, Surviving, UNREACHABLE, VertexId};
use crossborder::topology::{SegmentId, SiteId};
use oracle::{Question, all_routes, lawful, physical};
use petgraph::algo::dijkstra;
use petgraph::visit::{EdgeRef, Reversed};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

fn shortest(question: &Question) -> Option<Route> {
    find_route(&question.network, &question.outage, question.ends, &mut Workspace::new())
}

/// Whether the route leads from source to target over arcs that are up, and costs what it says.
fn is_sound(question: &Question, route: &Route) -> bool {
    let Question { network, outage, ends: [source, target] } = question;
    let ends_are_right = match (route.arcs.first(), route.arcs.last()) {
        (Some(&first), Some(&last)) => {
            let (start, end) = (network.arc(first).tail, network.arc(last).head);
            network.starts(*source).any(|v| v == start) && network.ends(*target).any(|v| v == end)
        }
        _ => source == target && network.vertices_of(*source).any(|v| network.vertex(v).is_start && network.vertex(v).is_end),
    };
    let is_up = route.arcs.iter().all(|&arc| !outage.is_lost(network.arc(arc).lane.segment()));
    ends_are_right && is_up && *route == Route::new(network, route.arcs.clone())
}

/// All routes that a lister should give: of those with the same lanes, the first.
fn distinct_lanes(network: &Network, routes: Vec<Route>) -> Vec<Route> {
    let mut seen = BTreeSet::new();
    let lanes = |route: &Route| route.arcs.iter().map(|&arc| network.arc(arc).lane).collect::<Vec<_>>();
    routes.into_iter().filter(|route| seen.insert(lanes(route))).collect()
}

/// Splits an amount over the lanes that lead on, and over the states each leads to; by recursion, without sums by distance.
fn push(network: &Network, arcs: &BTreeSet<ArcId>, at: VertexId, amount: f64, loads: &mut [f64]) {
    let next: Vec<ArcId> = arcs.iter().copied().filter(|&arc| network.arc(arc).tail == at).collect();
    let lanes: BTreeSet<LaneId> = next.iter().map(|&arc| network.arc(arc).lane).collect();
    for lane in &lanes {
        let states: Vec<_> = next.iter().filter(|&&arc| network.arc(arc).lane == *lane).collect();
        loads[lane.index()] += amount / lanes.len() as f64;
        for &&arc in &states {
            push(network, arcs, network.arc(arc).head, amount / (lanes.len() * states.len()) as f64, loads);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_shortest_route_is_the_first_of_all_routes(question in prop_oneof![physical(), lawful()]) {
        let ours = shortest(&question);
        let best = all_routes(&question).into_iter().next();
        prop_assert_eq!(ours.as_ref().map(|r| (r.cost, r.arcs.len())), best.map(|r| (r.cost, r.arcs.len())));
        prop_assert!(ours.is_none_or(|route| is_sound(&question, &route)));
    }

    #[test]
    fn trees_agree_with_petgraph_both_ways(question in prop_oneof![physical(), lawful()]) {
        let Question { network, outage, .. } = &question;
        let view = Surviving::new(network, outage);
        let mut workspace = Workspace::new();
        for root in (0..network.vertex_count()).map(VertexId::from_index) {
            let theirs = dijkstra(view, root, None, |arc| u64::from(*arc.weight()));
            let tree = grow_tree(network, outage, [root], &mut workspace);
            for vertex in (0..network.vertex_count()).map(VertexId::from_index) {
                prop_assert_eq!(tree.distance(vertex), theirs.get(&vertex).copied().unwrap_or(UNREACHABLE));
            }
            let theirs = dijkstra(Reversed(view), root, None, |arc| u64::from(*arc.weight()));
            let tree = grow_reverse_tree(network, outage, [root], &mut workspace);
            for vertex in (0..network.vertex_count()).map(VertexId::from_index) {
                prop_assert_eq!(tree.distance(vertex), theirs.get(&vertex).copied().unwrap_or(UNREACHABLE));
            }
        }
    }

    #[test]
    fn stopping_early_changes_no_route(question in prop_oneof![physical(), lawful()]) {
        let Question { network, outage, ends: [source, target] } = &question;
        let mut workspace = Workspace::new();
        let whole = grow_tree(network, outage, network.starts(*source), &mut workspace).route_at(*target);
        // The same workspace again: what the last search left behind must not show.
        let stopped = find_route(network, outage, [*source, *target], &mut workspace);
        prop_assert_eq!(whole, stopped);
    }

    #[test]
    fn every_part_of_a_shortest_route_is_shortest(question in physical()) {
        let Question { network, outage, .. } = &question;
        if let Some(route) = shortest(&question) {
            let sites: Vec<SiteId> = route.sites(network).collect();
            for from in 0..sites.len() {
                for to in from + 1..sites.len() {
                    let part = Route::new(network, route.arcs[from..to].to_vec());
                    let best = find_route(network, outage, [sites[from], sites[to]], &mut Workspace::new()).unwrap();
                    prop_assert_eq!(part.cost, best.cost);
                }
            }
        }
    }

    #[test]
    fn the_list_of_routes_is_all_routes_in_order(question in prop_oneof![physical(), lawful()]) {
        let Question { network, outage, ends } = &question;
        let ours: Vec<Route> = list_routes(network, outage, *ends, &mut k_shortest::Workspace::new()).collect();
        let all = distinct_lanes(network, all_routes(&question));
        let rank = |route: &Route| (route.cost, route.arcs.len());
        prop_assert_eq!(ours.iter().map(rank).collect::<Vec<_>>(), all.iter().map(rank).collect::<Vec<_>>());
        prop_assert!(ours.iter().all(|route| is_sound(&question, route)));
        prop_assert_eq!(distinct_lanes(network, ours.clone()).len(), ours.len());
        prop_assert_eq!(ours.into_iter().next(), shortest(&question));
    }

    #[test]
    fn equal_cost_loads_are_those_of_all_shortest_routes(question in prop_oneof![physical(), lawful()]) {
        let Question { network, outage, ends: [source, target] } = &question;
        let (mut workspace, mut loads) = (ecmp::Workspace::default(), vec![0.0; 2 * network.segment_count()]);
        let mut towards = ecmp::aim(network, outage, *target, &mut workspace);
        let unrouted = towards.split_per_hop(&[(*source, 1.0)], &mut loads);
        let all = all_routes(&question);
        let shortest: Vec<&Route> = all.iter().take_while(|route| route.cost == all[0].cost).collect();
        let arcs: BTreeSet<ArcId> = shortest.iter().flat_map(|route| route.arcs.iter().copied()).collect();
        prop_assert_eq!(towards.arcs_from(*source), arcs.iter().copied().collect::<Vec<_>>());
        prop_assert_eq!(unrouted, if all.is_empty() { 1.0 } else { 0.0 });
        let starts: BTreeSet<VertexId> = shortest.iter().filter_map(|r| r.arcs.first()).map(|&arc| network.arc(arc).tail).collect();
        let mut expected = vec![0.0; loads.len()];
        for &start in &starts {
            push(network, &arcs, start, 1.0 / starts.len() as f64, &mut expected);
        }
        for (ours, theirs) in loads.iter().zip(&expected) {
            prop_assert!((ours - theirs).abs() < 1e-12, "{:?} {:?}", loads, expected);
        }
    }

    #[test]
    fn losing_a_segment_shortens_nothing(question in prop_oneof![physical(), lawful()], lost in any::<prop::sample::Index>()) {
        prop_assume!(question.network.segment_count() > 0);
        let mut worse = question.clone();
        worse.outage.lose(SegmentId::from_index(lost.index(question.network.segment_count())));
        let cost = |route: Option<Route>| route.map_or(UNREACHABLE, |route| route.cost);
        prop_assert!(cost(shortest(&worse)) >= cost(shortest(&question)));
    }

    #[test]
    fn physical_distances_are_a_metric(question in physical()) {
        let Question { network, outage, .. } = &question;
        let mut workspace = Workspace::new();
        let mut table = Vec::new();
        for site in (0..network.site_count()).map(VertexId::from_index) {
            let tree = grow_tree(network, outage, [site], &mut workspace);
            table.push((0..network.site_count()).map(|to| tree.distance(VertexId::from_index(to))).collect::<Vec<_>>());
        }
        for (a, row) in table.iter().enumerate() {
            prop_assert_eq!(row[a], 0);
            for (b, &direct) in row.iter().enumerate() {
                prop_assert_eq!(direct, table[b][a]);
                for via in 0..row.len() {
                    prop_assert!(direct <= row[via].saturating_add(table[via][b]));
                }
            }
        }
    }

    #[test]
    fn the_order_of_arcs_on_input_changes_no_route(question in lawful(), turn in any::<prop::sample::Index>()) {
        let Question { network, outage, ends } = &question;
        let mut arcs: Vec<_> = (0..network.arc_count()).map(|i| network.arc(ArcId::from_index(i))).collect();
        let vertices = (0..network.vertex_count()).map(|i| network.vertex(VertexId::from_index(i))).collect();
        if !arcs.is_empty() {
            let by = turn.index(arcs.len());
            arcs.rotate_left(by);
        }
        let capacity = vec![1; network.segment_count() * 2];
        let turned = Network::new(vertices, arcs, capacity, vec![1; network.site_count()]);
        let theirs = find_route(&turned, outage, *ends, &mut Workspace::new());
        prop_assert_eq!(shortest(&question), theirs);
    }
}

#[test]
fn a_parallel_segment_takes_over() {
    let network = Network::of_sites(2, &[(SiteId(0), SiteId(1), 3, [0, 0]), (SiteId(0), SiteId(1), 2, [0, 0])]);
    let outage = Outage::of(2, [SegmentId(1)]);
    let route = find_route(&network, &outage, [SiteId(1), SiteId(0)], &mut Workspace::new()).unwrap();
    assert_eq!(route.cost, 3);
}

/// Properties of nothing hold always: of a thousand random networks a fair part has several routes to tell apart.
#[test]
fn random_networks_offer_choices() {
    for strategy in [physical().boxed(), lawful().boxed()] {
        let mut runner = TestRunner::deterministic();
        let questions = (0..1000).map(|_| strategy.new_tree(&mut runner).unwrap().current());
        let with_choice = questions.filter(|question| all_routes(question).len() >= 4).count();
        assert!(with_choice >= 200, "{with_choice} of 1000");
    }
}
