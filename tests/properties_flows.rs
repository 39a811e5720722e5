//! Flows on random networks: against petgraph, against every route there is, and against what must always hold.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod oracle;

use crossborder::algorithm::cut_tree::CutTree;
use crossborder::algorithm::max_flow::{Limits, MaxFlow, Value};
use crossborder::algorithm::multicommodity::{Commodity, Duplex, EXACT, Question, Solution, max_carried, max_concurrent};
use crossborder::network::{LaneId, Network, Outage};
use crossborder::parallel::with_threads;
use crossborder::topology::{SegmentId, SiteId};
use petgraph::algo::dinics;
use petgraph::graph::{DiGraph, NodeIndex};
use proptest::prelude::*;

type Segments = Vec<(SiteId, SiteId, u32, [u64; 2])>;

/// Up to 8 sites, parallel segments, loops, several components, directions that differ, nothing, and an outage.
fn segments() -> impl Strategy<Value = (usize, Segments, Outage)> {
    (2u32..=8, 0usize..=16).prop_flat_map(|(sites, count)| {
        let capacity = prop_oneof![3 => 0u64..=20, 1 => Just(0)];
        let segment = (0..sites, 0..sites, 1u32..=4, [capacity.clone(), capacity])
            .prop_map(|(a, b, cost, capacity)| (SiteId(a), SiteId(b), cost, capacity));
        let lost = prop::collection::vec(any::<prop::sample::Index>(), 0..=1);
        (prop::collection::vec(segment, count), lost).prop_map(move |(list, lost)| {
            let lost = lost.iter().filter(|_| !list.is_empty()).map(|index| SegmentId::from_index(index.index(list.len())));
            let outage = Outage::of(list.len(), lost);
            (sites as usize, list, outage)
        })
    })
}

/// The maximum flow by petgraph, over a graph in which every site is split in two.
fn theirs(sites: usize, list: &Segments, outage: &Outage, site_capacity: &[u64], [source, sink]: [usize; 2]) -> u64 {
    let mut graph = DiGraph::<(), u64>::new();
    for _ in 0..2 * sites {
        graph.add_node(());
    }
    let (enter, leave) = (|site: usize| NodeIndex::new(2 * site), |site: usize| NodeIndex::new(2 * site + 1));
    for (site, &capacity) in site_capacity.iter().enumerate() {
        graph.add_edge(enter(site), leave(site), capacity);
    }
    for (i, &(a, b, _, [there, back])) in list.iter().enumerate() {
        if !outage.is_lost(SegmentId::from_index(i)) {
            graph.add_edge(leave(a.index()), enter(b.index()), there);
            graph.add_edge(leave(b.index()), enter(a.index()), back);
        }
    }
    dinics(&graph, leave(source), enter(sink)).0
}

/// Sums what leaves a set of sites over the lanes in service.
fn capacity_out(list: &Segments, outage: &Outage, side: &[SiteId]) -> u64 {
    let surviving = list.iter().enumerate().filter(|&(i, _)| !outage.is_lost(SegmentId::from_index(i)));
    let out = surviving.map(|(_, &(a, b, _, [there, back]))| match (side.contains(&a), side.contains(&b)) {
        (true, false) => there,
        (false, true) => back,
        (true, true) | (false, false) => 0,
    });
    out.sum()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn maximum_flow_is_petgraphs_and_equals_its_cut((sites, list, outage) in segments()) {
        let network = Network::of_sites(sites, &list);
        let mut flow = MaxFlow::new(&network, Limits::Lanes);
        let value = flow.solve(&[SiteId(0)], &[SiteId(1)], &outage).bounded().unwrap();
        prop_assert_eq!(value, theirs(sites, &list, &outage, &vec![1000; sites], [0, 1]));
        let cut = flow.cut().unwrap();
        prop_assert_eq!(value, capacity_out(&list, &outage, &cut.source_side));
        let mut net = vec![0i64; sites];
        for (i, &(a, b, _, capacity)) in list.iter().enumerate() {
            for (backwards, (tail, head)) in [(a, b), (b, a)].into_iter().enumerate() {
                let lane = LaneId::new(SegmentId::from_index(i), backwards as u32);
                prop_assert!(flow.lane_flow(lane) <= capacity[backwards]);
                net[tail.index()] -= flow.lane_flow(lane) as i64;
                net[head.index()] += flow.lane_flow(lane) as i64;
            }
        }
        prop_assert_eq!((-net[0], net[1]), (value as i64, value as i64));
        prop_assert!(net[2..].iter().all(|&net| net == 0));
    }

    #[test]
    fn site_capacities_limit_what_passes((sites, list, outage) in segments(), limits in prop::collection::vec(0u64..=12, 8)) {
        let network = Network::of_sites(sites, &list);
        let value = MaxFlow::new(&network, Limits::LanesAndSites(&limits[..sites])).solve(&[SiteId(0)], &[SiteId(1)], &outage);
        prop_assert_eq!(value, Value::Bounded(theirs(sites, &list, &outage, &limits[..sites], [0, 1])));
    }

    #[test]
    fn the_cut_tree_holds_every_pairs_cut((sites, list, outage) in segments()) {
        let even: Segments = list.iter().map(|&(a, b, cost, [there, _])| (a, b, cost, [there; 2])).collect();
        let network = Network::of_sites(sites, &even);
        let tree = CutTree::new(&network, &outage).unwrap();
        let mut flow = MaxFlow::new(&network, Limits::Lanes);
        for a in (0..sites).map(SiteId::from_index) {
            for b in (0..sites).map(SiteId::from_index) {
                let value = flow.solve(&[a], &[b], &outage);
                prop_assert_eq!(tree.min_cut(a, b), value);
                if a != b {
                    let side = tree.side(a, b);
                    prop_assert!(side.contains(&a) && !side.contains(&b));
                    prop_assert_eq!(Value::Bounded(capacity_out(&even, &outage, &side)), value);
                }
            }
        }
    }
}

/// A demand as it is drawn: ends, Mbit/s, weight, limit of cost.
type Demand = (SiteId, SiteId, f64, f64, Option<u64>);

fn demands() -> impl Strategy<Value = Vec<Demand>> {
    let limit = prop::option::of(1u64..=8);
    let demand = (0u32..9, 0u32..9, 1u32..=9, 1u32..=4, limit)
        .prop_map(|(a, b, amount, weight, limit)| (SiteId(a), SiteId(b), f64::from(amount), f64::from(weight), limit));
    prop::collection::vec(demand, 1..=5)
}

/// Asks about the demands whose ends exist.
fn ask(how: fn(&Question<'_>) -> Solution, (network, outage): (&Network, &Outage), demands: &[Demand]) -> Solution {
    let commodities: Vec<Commodity<'_>> = demands
        .iter()
        .filter(|(a, b, ..)| a.index().max(b.index()) < network.site_count())
        .map(|(a, b, amount, weight, limit)| {
            let (from, to) = (std::slice::from_ref(a), std::slice::from_ref(b));
            Commodity { network: 0, from, to, amount_mbps: *amount, weight: *weight, cost_limit: *limit }
        })
        .collect();
    let networks = std::slice::from_ref(network);
    how(&Question { networks, outage, duplex: Duplex::Full, commodities: &commodities, gap: EXACT })
}

/// Asserts the answer from both sides with every route written out: the routing fits and attains the value, and the
/// prices prove that nothing attains more.
fn check(question: &oracle::Question, demands: &[Demand], carried: bool) -> Result<(), TestCaseError> {
    let network = &question.network;
    let demands: Vec<Demand> = demands.iter().copied().filter(|d| d.0.index().max(d.1.index()) < network.site_count()).collect();
    let how = if carried { max_carried } else { max_concurrent };
    verify(question, &demands, carried, &ask(how, (network, &question.outage), &demands))
}

/// As [`check`], for an answer from anywhere.
fn verify(question: &oracle::Question, demands: &[Demand], carried: bool, ours: &Solution) -> Result<(), TestCaseError> {
    let network = &question.network;
    let mut load = vec![0.0; network.segment_count() * 2];
    let mut fraction = vec![0.0; demands.len()];
    let (mut value, mut priced) = (0.0, 0.0);
    for (i, &(from, to, amount, weight, limit)) in demands.iter().enumerate() {
        let within = oracle::Question { ends: [from, to], ..question.clone() };
        let mut routes = oracle::all_routes(&within);
        let has_capacity = |arc| network.lane_capacity(network.arc(arc).lane) > 0;
        routes.retain(|route| limit.is_none_or(|limit| route.cost <= limit) && route.arcs.iter().all(|&arc| has_capacity(arc)));
        prop_assert_eq!(routes.is_empty(), ours.unroutable.contains(&i));
        for share in ours.shares.iter().filter(|share| share.commodity == i) {
            prop_assert!(routes.iter().any(|route| route.arcs == share.arcs), "{:?} is no route", share.arcs);
            fraction[i] += share.fraction;
            share.arcs.iter().for_each(|&arc| load[network.arc(arc).lane.index()] += amount * share.fraction);
        }
        value += amount * weight * fraction[i];
        let price = |route: &crossborder::algorithm::Route| -> f64 {
            route.arcs.iter().map(|&arc| ours.lane_price[network.arc(arc).lane.index()]).sum()
        };
        let cheapest = routes.iter().map(price).fold(f64::INFINITY, f64::min);
        if !routes.is_empty() {
            priced += amount * if carried { (weight - cheapest).max(0.0) } else { cheapest };
            let is_whole = (fraction[i] - 1.0).abs() <= 1e-9;
            prop_assert!(is_whole || carried && fraction[i] < 1.0);
        }
    }
    let capacity = |lane: usize| network.lane_capacity(LaneId::from_index(lane)) as f64;
    let used = (0..load.len()).filter(|&lane| load[lane] > 0.0).map(|lane| load[lane] / capacity(lane));
    let worst = used.fold(0.0, f64::max);
    let paid: f64 = (0..load.len()).map(|lane| capacity(lane) * ours.lane_price[lane]).sum();
    prop_assert!(ours.value <= ours.bound);
    let is_load = |(ours, load): (&f64, &f64)| (ours - load).abs() <= 1e-9 * load;
    prop_assert!(ours.lane_load.iter().zip(&load).all(is_load), "{:?} and {load:?}", ours.lane_load);
    if carried {
        prop_assert!(paid + priced <= ours.bound * (1.0 + 1e-9) + 1e-12, "{} and {}", paid + priced, ours.bound);
        prop_assert!(worst <= 1.0 + 1e-9);
        prop_assert!((value - ours.value).abs() <= 1e-9 * value);
        prop_assert!(paid + priced <= ours.value * (1.0 + 2e-7) + 1e-9, "{} and {}", paid + priced, ours.value);
    } else if ours.value.is_finite() {
        prop_assert!(paid / priced <= ours.bound * (1.0 + 1e-9), "{} and {}", paid / priced, ours.bound);
        prop_assert!((worst * ours.value - 1.0).abs() <= 1e-9);
        prop_assert!(paid / priced <= ours.value * (1.0 + 2e-7), "{} and {}", paid / priced, ours.value);
    } else {
        prop_assert!(worst == 0.0);
    }
    Ok(())
}

/// What a planner gets who places every demand an eighth at a time where it does least harm; demands without a route are
/// left out.
fn greedy_multiplier(question: &oracle::Question, demands: &[Demand]) -> f64 {
    let network = &question.network;
    let capacity = |lane: usize| network.lane_capacity(LaneId::from_index(lane)) as f64;
    let routes: Vec<(f64, Vec<Vec<usize>>)> = demands
        .iter()
        .filter(|(a, b, ..)| a.index().max(b.index()) < network.site_count())
        .map(|&(from, to, amount, _, limit)| {
            let within = oracle::Question { ends: [from, to], ..question.clone() };
            let in_time = oracle::all_routes(&within).into_iter().filter(|route| limit.is_none_or(|limit| route.cost <= limit));
            let lanes = |route: crossborder::algorithm::Route| -> Vec<usize> {
                route.arcs.iter().map(|&arc| network.arc(arc).lane.index()).collect()
            };
            (amount, in_time.map(lanes).filter(|lanes| lanes.iter().all(|&lane| capacity(lane) > 0.0)).collect())
        })
        .collect();
    let mut load = vec![0.0; network.segment_count() * 2];
    for _ in 0..8 {
        for (amount, routes) in routes.iter().filter(|(_, routes)| !routes.is_empty()) {
            let harm = |route: &&Vec<usize>| -> f64 {
                let after = |lane: usize| {
                    let times = route.iter().filter(|&&other| other == lane).count() as f64;
                    (load[lane] + times * amount / 8.0) / capacity(lane)
                };
                route.iter().map(|&lane| after(lane)).fold(0.0, f64::max)
            };
            let best = routes.iter().min_by(|a, b| harm(a).total_cmp(&harm(b))).unwrap().clone();
            best.iter().for_each(|&lane| load[lane] += amount / 8.0);
        }
    }
    1.0 / (0..load.len()).filter(|&lane| load[lane] > 0.0).map(|lane| load[lane] / capacity(lane)).fold(0.0, f64::max)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn multipliers_are_proven_by_every_route_there_is(
        question in prop_oneof![oracle::physical(), oracle::lawful()], demands in demands()
    ) {
        check(&question, &demands, false)?;
    }

    #[test]
    fn totals_are_proven_by_every_route_there_is(
        question in prop_oneof![oracle::physical(), oracle::lawful()], demands in demands()
    ) {
        check(&question, &demands, true)?;
    }

    #[test]
    fn no_greedy_routing_beats_the_multiplier(
        question in prop_oneof![oracle::physical(), oracle::lawful()], demands in demands()
    ) {
        let greedy = greedy_multiplier(&question, &demands);
        let ours = ask(max_concurrent, (&question.network, &question.outage), &demands);
        prop_assert!(ours.value >= greedy * (1.0 - 2e-7), "{} and {greedy}", ours.value);
    }

    #[test]
    fn one_commoditys_multiplier_is_its_maximum_flow((sites, list, outage) in segments()) {
        let network = Network::of_sites(sites, &list);
        let flow = MaxFlow::new(&network, Limits::Lanes).solve(&[SiteId(0)], &[SiteId(1)], &outage).bounded().unwrap();
        let ours = ask(max_concurrent, (&network, &outage), &[(SiteId(0), SiteId(1), 1.0, 1.0, None)]);
        if flow == 0 {
            prop_assert_eq!(ours.unroutable, [0]);
        } else {
            prop_assert!((ours.value - flow as f64).abs() <= 1e-6 * flow as f64);
        }
    }

    #[test]
    fn multipliers_follow_the_capacities((sites, list, outage) in segments(), demands in demands()) {
        let value = |list: &Segments, outage: &Outage| {
            let ours = ask(max_concurrent, (&Network::of_sites(sites, list), outage), &demands);
            (ours.value, ours.unroutable)
        };
        let (before, unroutable) = value(&list, &outage);
        let same = |(after, _): (f64, Vec<usize>), factor: f64| {
            after == before * factor || (after / (before * factor) - 1.0).abs() <= 3e-7
        };
        let scaled = |factor: u64| list.iter().map(|&(a, b, c, [x, y])| (a, b, c, [x * factor, y * factor])).collect::<Segments>();
        prop_assert!(same(value(&scaled(3), &outage), 3.0));
        // The first segment in two halves, of twice everything.
        let mut halved = scaled(2);
        if let Some(first) = halved.first().copied().filter(|_| !outage.is_lost(SegmentId(0))) {
            halved[0].3 = [first.3[0] / 2, first.3[1] / 2];
            halved.push(halved[0]);
            let lost = Outage::of(halved.len(), outage.lost());
            prop_assert!(same(value(&halved, &lost), 2.0));
        }
        let mut more = list.clone();
        more.push((SiteId(0), SiteId(1), 1, [5, 5]));
        let (after, still) = value(&more, &Outage::of(more.len(), outage.lost()));
        // A demand that had no route may have one now, and then it counts.
        prop_assert!(still.len() < unroutable.len() || after >= before * (1.0 - 2e-7));
    }
}

#[test]
fn one_thread_and_two_and_eight_give_the_same_answer() {
    let segments: Segments =
        (0..60u32).map(|i| (SiteId(i % 20), SiteId((i * 7 + 3) % 20), 1, [u64::from(i % 5 + 1); 2])).collect();
    let network = Network::of_sites(20, &segments);
    let demands: Vec<Demand> =
        (0..80u32).map(|i| (SiteId(i % 20), SiteId((i * 11 + 5) % 20), f64::from(i % 7 + 1), 1.0, None)).collect();
    let with = |threads: usize| {
        let work = || ask(max_concurrent, (&network, &Outage::none_of(&network)), &demands);
        with_threads(std::num::NonZeroUsize::new(threads), work).unwrap()
    };
    assert_eq!(with(1), with(2));
    assert_eq!(with(1), with(8));
}

/// ```text
///   0 --2-- 1     3 Mbit/s from 0 to 1, 1 from 2 to 1
///    \     /
///     1   1
///      \ /
///       2
/// ```
#[test]
fn a_tampered_answer_is_caught() {
    let triangle: Segments = [(0, 1, 2), (0, 2, 1), (2, 1, 1)].map(|(a, b, c)| (SiteId(a), SiteId(b), 1, [c; 2])).to_vec();
    let network = Network::of_sites(3, &triangle);
    let outage = Outage::none_of(&network);
    let question = oracle::Question { network, outage, ends: [SiteId(0), SiteId(1)] };
    let demands = [(SiteId(0), SiteId(1), 3.0, 1.0, None), (SiteId(2), SiteId(1), 1.0, 2.0, None)];
    type Tamper = fn(&mut Solution);
    let tampers: [(&str, Tamper); 10] = [
        ("a higher value", |ours| ours.value *= 1.0 + 1e-5),
        ("a lower value", |ours| ours.value *= 1.0 - 1e-5),
        ("a lower bound", |ours| (ours.value, ours.bound) = (ours.value * 0.99, ours.bound * 0.99)),
        ("a part left out", |ours| drop(ours.shares.pop())),
        ("a smaller part", |ours| ours.shares[0].fraction *= 0.9),
        ("another demand's route", |ours| ours.shares[0].commodity = 1),
        ("a broken route", |ours| _ = ours.shares[0].arcs.pop()),
        ("a lighter lane", |ours| *ours.lane_load.iter_mut().find(|load| **load > 0.0).unwrap() *= 0.9),
        ("a free lane", |ours| *ours.lane_price.iter_mut().find(|price| **price > 0.0).unwrap() = 0.0),
        ("a demand forgotten", |ours| ours.unroutable.push(0)),
    ];
    for (carried, how) in [(false, max_concurrent as fn(&Question<'_>) -> Solution), (true, max_carried)] {
        let ours = ask(how, (&question.network, &question.outage), &demands);
        verify(&question, &demands, carried, &ours).unwrap();
        for (name, tamper) in tampers {
            let mut tampered = ours.clone();
            tamper(&mut tampered);
            assert!(verify(&question, &demands, carried, &tampered).is_err(), "{name} is not caught, carried: {carried}");
        }
    }
}
