//! Placement by hand on small cases, and what must hold on all.

use super::*;
use crate::capacity::place::{Outcome, Spec, run};
use crate::capacity::*;
use crate::network::{LaneId, Metric};
use crate::policy::violations;
use crate::topology::{CableId, CableKind, RiskGroup, RiskGroupKind, SegmentId, TerritoryId};
use crate::units::Latency;

fn spec(requests: Vec<Request>) -> Spec {
    Spec { requests, metric: Metric::Distance, routing: Routing::Shortest, mode: Mode::Offered, bounds: Bounds::Ignored }
}

fn carried(outcome: &Outcome) -> Vec<f64> {
    outcome.placements.iter().map(Placement::carried_mbps).collect()
}

#[test]
fn offered_load_passes_capacity_and_says_by_how_much() {
    let topology = square();
    let policy = lawful();
    let law = Law::new(&topology, &policy);
    let outcome = run(&law, &spec(vec![request(&topology, "a", "d", 600), request(&topology, "b", "d", 100)]));
    assert_eq!(outcome.loads.lanes, [600.0, 0.0, 700.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
    let usage = outcome.loads.lane(&law, LaneId(0)).usage;
    assert_eq!((usage.utilisation(), usage.headroom_mbps()), (Some(2.0), Some(-300.0)));
    assert_eq!(outcome.loads.worst(&law), 2.0);
}

#[test]
fn admission_carries_what_fits_and_names_what_binds() {
    let topology = square();
    let policy = lawful();
    let law = Law::new(&topology, &policy);
    let spec = Spec { mode: Mode::Admission, ..spec(vec![request(&topology, "a", "d", 600)]) };
    let outcome = run(&law, &spec);
    assert_eq!(carried(&outcome), [300.0]);
    let at = vec![Bottleneck::Lane(LaneId(0))];
    assert_eq!(outcome.placements[0].shortfall, Some(Shortfall::Full { at }));
    // The other way round takes 400 more, and then the last span is full.
    let outcome = run(&law, &Spec { routing: Routing::Split { routes: 2 }, ..spec.clone() });
    assert_eq!(carried(&outcome), [600.0]);
    assert_eq!(outcome.loads.lanes, [300.0, 0.0, 300.0, 0.0, 300.0, 0.0, 300.0, 0.0]);
    let more = vec![request(&topology, "a", "d", 800)];
    let outcome = run(&law, &Spec { routing: Routing::Split { routes: 2 }, requests: more, ..spec });
    assert_eq!(carried(&outcome), [700.0]);
    let at = [0, 6].map(|lane| Bottleneck::Lane(LaneId(lane))).to_vec();
    assert_eq!(outcome.placements[0].shortfall, Some(Shortfall::Full { at }));
}

#[test]
fn what_a_rule_drops_fits_elsewhere_or_is_cut_off() {
    let topology = square();
    let policy = lawful();
    let law = Law::new(&topology, &policy);
    let spec = Spec { mode: Mode::Admission, ..spec(vec![request(&topology, "a", "d", 600)]) };
    // The way by c has room for 400 more than the shortest takes.
    let found = elsewhere(&law, &spec, &run(&law, &spec));
    let [(0, Room::Left(way, mbps))] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((*mbps, way.segments.as_slice()), (400.0, [SegmentId(2), SegmentId(3)].as_slice()));
    let mut late = spec.clone();
    late.requests[0].latency_max = Some(Latency::from_ns(10));
    late.bounds = Bounds::Held;
    let cut = vec![Bottleneck::Lane(LaneId(0))];
    assert_eq!(elsewhere(&law, &late, &run(&law, &late)), [(0, Room::Cut(cut))]);
    let more = Spec { requests: vec![request(&topology, "a", "d", 800)], routing: Routing::Split { routes: 2 }, ..spec };
    let cut = [0, 6].map(|lane| Bottleneck::Lane(LaneId(lane))).to_vec();
    assert_eq!(elsewhere(&law, &more, &run(&law, &more)), [(0, Room::Cut(cut))]);
    // What is carried in full has nothing to explain.
    let all = Spec { requests: vec![request(&topology, "a", "d", 300)], ..more };
    assert_eq!(elsewhere(&law, &all, &run(&law, &all)), []);
}

#[test]
fn the_better_priority_goes_first_and_the_earlier_of_equals() {
    let topology = square();
    let policy = lawful();
    let law = Law::new(&topology, &policy);
    let mut requests = vec![request(&topology, "a", "b", 200), request(&topology, "a", "b", 200)];
    let spec = Spec { mode: Mode::Admission, ..spec(requests.clone()) };
    assert_eq!(carried(&run(&law, &spec)), [200.0, 100.0]);
    requests[1].priority = 1;
    assert_eq!(carried(&run(&law, &Spec { requests, ..spec })), [100.0, 200.0]);
}

#[test]
fn a_split_is_even_to_the_last_mbps() {
    let topology = square();
    let policy = lawful();
    let law = Law::new(&topology, &policy);
    let outcome = run(&law, &Spec { routing: Routing::Split { routes: 5 }, ..spec(vec![request(&topology, "a", "d", 601)]) });
    let parts: Vec<f64> = outcome.placements[0].parts.iter().map(|part| part.mbps).collect();
    assert_eq!(parts, [301.0, 300.0]);
}

#[test]
fn a_bound_is_kept_where_a_faster_route_allows_it() {
    // Fewest hops by the slow direct segment (9 m, 45 ns); fastest round by b (10 ns).
    let topology = Toy::new()
        .territory("A", Regime::Open, Transit::Service)
        .site("a", "A", &[Role::Hub])
        .site("b", "A", &[Role::Hub])
        .site("d", "A", &[Role::Hub])
        .segment("a", "d", 9)
        .segment("a", "b", 1)
        .segment("b", "d", 1)
        .build();
    let policy = lawful();
    let law = Law::new(&topology, &policy);
    let bounded = |ns| Request { latency_max: Some(Latency::from_ns(ns)), ..request(&topology, "a", "d", 7) };
    let spec = Spec { metric: Metric::Hops, bounds: Bounds::Held, ..spec(vec![bounded(45), bounded(44), bounded(9)]) };
    let outcome = run(&law, &spec);
    assert_eq!(outcome.loads.lanes, [7.0, 0.0, 7.0, 0.0, 7.0, 0.0]);
    let shortfalls: Vec<_> = outcome.placements.into_iter().map(|placement| placement.shortfall).collect();
    assert_eq!(shortfalls, [None, None, Some(Shortfall::TooSlow { fastest: Latency::from_ns(10) })]);
    let outcome = run(&law, &Spec { bounds: Bounds::Ignored, ..spec });
    assert_eq!(outcome.loads.lanes[0], 21.0);
}

/// ```text
///   west (hub, A) ──1── gate (comprehensive + channel, A) ──1── sea ──1── abroad (hub, B open)     lone (B)
/// ```
fn abroad() -> Topology {
    let mut topology = Toy::new()
        .territory("A", Regime::Strict, Transit::Transmission)
        .territory("B", Regime::Open, Transit::Service)
        .cable("X", CableKind::Submarine, &[])
        .site("west", "A", &[Role::Hub])
        .site("gate", "A", &[Role::Comprehensive, Role::Channel])
        .site("sea", "", &[Role::BranchingUnit])
        .site("abroad", "B", &[Role::Hub])
        .site("lone", "B", &[Role::Hub])
        .segment("west", "gate", 1)
        .segment_of("X", "gate", "sea", 1)
        .segment_of("X", "sea", "abroad", 1)
        .build();
    set_switching(&mut topology, "gate", 250);
    set_capacity(&mut topology, 2, 500);
    topology
}

#[test]
fn switching_capacity_counts() {
    let topology = abroad();
    let policy = lawful();
    let law = Law::new(&topology, &policy);
    let requests = vec![request(&topology, "west", "abroad", 200), request(&topology, "abroad", "west", 100)];
    let spec = Spec { mode: Mode::Admission, ..spec(requests) };
    let outcome = run(&law, &spec);
    assert_eq!(carried(&outcome), [200.0, 50.0]);
    let gate = topology.find_site("gate").unwrap();
    assert_eq!(outcome.placements[1].shortfall, Some(Shortfall::Full { at: vec![Bottleneck::Gateway(gate)] }));
    let gateways = outcome.loads.gateways(&law);
    let usage = |load_mbps, capacity| Usage { load_mbps, capacity_mbps: Some(capacity) };
    let whole = GatewayLoad { site: gate, switched: usage(250.0, 250), outward: usage(200.0, 1000), inward: usage(50.0, 1000) };
    assert_eq!(gateways, [whole]);
    // Physics knows no switching.
    let policy = physical();
    assert_eq!(carried(&run(&Law::new(&topology, &policy), &spec)), [200.0, 100.0]);
}

#[test]
fn what_has_no_route_says_whether_law_or_physics_forbids_it() {
    let mut topology = abroad();
    topology.graph[petgraph::graph::NodeIndex::new(1)].roles.retain(|&(role, _)| role == Role::Channel);
    let policy = lawful();
    let requests = vec![request(&topology, "west", "abroad", 1), request(&topology, "west", "lone", 1)];
    let outcome = run(&Law::new(&topology, &policy), &spec(requests));
    let shortfalls: Vec<_> = outcome.placements.into_iter().map(|placement| placement.shortfall).collect();
    assert_eq!(shortfalls, [Some(Shortfall::Unlawful), Some(Shortfall::Unconnected)]);
}

#[test]
fn cables_groups_borders_and_pairs_count_each_route_once() {
    let mut topology = abroad();
    topology.risk_groups.push(RiskGroup {
        id: "strait".into(),
        kind: RiskGroupKind::Strait,
        segments: vec![SegmentId(1), SegmentId(2)],
        sites: vec![topology.find_site("sea").unwrap()],
        area: None,
        provenance: crate::topology::Provenance::default(),
    });
    let policy = lawful();
    let law = Law::new(&topology, &policy);
    let requests = vec![
        request(&topology, "west", "abroad", 100),
        request(&topology, "abroad", "west", 30),
        request(&topology, "west", "lone", 5),
    ];
    let outcome = run(&law, &spec(requests.clone()));
    let cables = outcome.loads.cables(&law, &outcome.placements);
    assert_eq!(cables.iter().map(|cable| cable.traffic_mbps).collect::<Vec<_>>(), [130.0, 130.0]);
    // The cable's fullest part is the span of 500.
    assert_eq!((cables[1].cable, cables[1].fullest.lane), (CableId(1), LaneId(4)));
    assert_eq!(cables[1].fullest.usage.utilisation(), Some(0.2));
    let groups = outcome.loads.groups(&law, &outcome.placements);
    let usage = Usage { load_mbps: 200.0, capacity_mbps: Some(1500) };
    assert_eq!((groups[0].traffic_mbps, groups[0].usage), (130.0, usage));
    let borders = borders(&law, &outcome.placements);
    let [a, b] = [TerritoryId(0), TerritoryId(1)];
    let border = |from, to, load_mbps| BorderLoad { from, to, usage: Usage { load_mbps, capacity_mbps: Some(500) } };
    assert_eq!(borders, [border(a, b, 100.0), border(b, a, 30.0)]);
    let pair = |from, to, offered_mbps, carried_mbps| PairLoad { from: Some(from), to: Some(to), offered_mbps, carried_mbps };
    assert_eq!(pairs(&law, &requests, &outcome.placements), [pair(a, b, 105, 100.0), pair(b, a, 30, 30.0)]);
}

#[test]
fn unknown_capacity_is_told_from_none() {
    let mut topology = square();
    set_capacity(&mut topology, 0, 0);
    topology.graph[petgraph::graph::EdgeIndex::new(1)].capacity.lit = None;
    let policy = lawful();
    let law = Law::new(&topology, &policy);
    let outcome = run(&law, &spec(vec![request(&topology, "a", "d", 600)]));
    let utilisation = |lane| outcome.loads.lane(&law, LaneId(lane)).usage.utilisation();
    assert_eq!([utilisation(0), utilisation(1), utilisation(2)], [Some(f64::INFINITY), Some(0.0), None]);
}

/// ```text
///         T              T          all hops alike; T may be entered once
///       /   \          /   \
///     a       x (X)  x       b
///       \   /          \   /
///         U              V
/// ```
fn diamonds(segments: &[(&str, &str)]) -> Topology {
    let mut toy = Toy::new();
    for code in ["A", "T", "U", "V", "X"] {
        toy = toy.territory(code, Regime::Open, Transit::Service);
    }
    for (site, territory) in [("a", "A"), ("b", "V"), ("t1", "T"), ("t2", "T"), ("u", "U"), ("v", "V"), ("x", "X")] {
        toy = toy.site(site, territory, &[Role::Hub]);
    }
    segments.iter().fold(toy, |toy, (a, b)| toy.segment(a, b, 1)).build()
}

#[test]
fn an_even_split_keeps_to_lawful_routes() {
    let straight = [("a", "t1"), ("a", "u"), ("t1", "x"), ("u", "x"), ("x", "t2"), ("x", "v"), ("t2", "b"), ("v", "b")];
    // The other way round, two lawful routes make up the unlawful split, and only a third shows that it is one.
    let mut turned = straight;
    turned.swap(4, 5);
    turned.swap(6, 7);
    let loads = |segments: &[(&str, &str)], policy: &Policy| -> Vec<f64> {
        let topology = diamonds(segments);
        let requests = vec![request(&topology, "a", "b", 400)];
        let spec = Spec { metric: Metric::Hops, routing: Routing::EqualCost, ..spec(requests) };
        let outcome = run(&Law::new(&topology, policy), &spec);
        outcome.loads.lanes.chunks(2).map(|lanes| lanes[0] + lanes[1]).collect()
    };
    assert_eq!(loads(&straight, &physical()), [200.0; 8]);
    // The half that came through T must go on by V, as does half of the other.
    assert_eq!(loads(&straight, &lawful()), [200.0, 200.0, 200.0, 200.0, 100.0, 300.0, 100.0, 300.0]);
    assert_eq!(loads(&turned, &lawful()), [200.0, 200.0, 200.0, 200.0, 300.0, 100.0, 300.0, 100.0]);
}

#[test]
fn an_even_split_loads_what_the_kernel_says() {
    let policy = physical();
    for seed in 0..100 {
        let (topology, requests) = random_case(seed, SALT);
        let law = Law::new(&topology, &policy);
        let spec = Spec { metric: Metric::Hops, routing: Routing::EqualCost, ..spec(requests) };
        let outcome = run(&law, &spec);
        let network = &crate::network::compile(&law, Metric::Hops, &[spec.requests[0].query.clone()]).networks[0];
        let sound = crate::network::Outage::none_of(network);
        let mut workspace = crate::algorithm::ecmp::Workspace::default();
        let mut loads = vec![0.0; topology.segment_count() * 2];
        for request in &spec.requests {
            #[expect(clippy::cast_precision_loss, reason = "small")]
            let demand = [(request.query.from, request.traffic.mbps() as f64)];
            crate::algorithm::ecmp::aim(network, &sound, request.query.to, &mut workspace).split_per_hop(&demand, &mut loads);
        }
        assert!(loads.iter().zip(&outcome.loads.lanes).all(|(a, b)| is_near(*a, *b)), "seed {seed}");
    }
}

#[test]
fn an_even_split_costs_what_the_shortest_route_does() {
    let policy = lawful();
    for seed in 0..300 {
        let (topology, requests) = random_case(seed, SALT);
        let law = Law::new(&topology, &policy);
        let one = Spec { metric: Metric::Hops, ..spec(requests) };
        let all = run(&law, &Spec { routing: Routing::EqualCost, ..one.clone() });
        for (one, all) in run(&law, &one).placements.iter().zip(&all.placements) {
            assert_eq!(one.parts.is_empty(), all.parts.is_empty(), "seed {seed}");
            assert!(all.parts.iter().all(|part| part.way.cost == one.parts[0].way.cost), "seed {seed}");
        }
    }
}

const ROUTINGS: [Routing; 4] =
    [Routing::Shortest, Routing::EqualCost, Routing::Split { routes: 1 }, Routing::Split { routes: 3 }];

const SALT: u64 = 0xCA9A;

/// Even splits lose their last digits; a millionth of a Mbit/s is more than enough for that.
fn is_near(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-6
}

/// Calls `judge` for every routing, mode and profile on many random networks.
fn on_all(judge: impl Fn(&Law<'_>, &Spec, &Outcome, u64)) {
    let mut placed = 0;
    for seed in 0..150 {
        let (topology, requests) = random_case(seed, SALT);
        for policy in [lawful(), physical()] {
            let law = Law::new(&topology, &policy);
            for routing in ROUTINGS {
                for mode in [Mode::Offered, Mode::Admission] {
                    let bounds = if seed % 2 == 0 { Bounds::Held } else { Bounds::Ignored };
                    let spec = Spec { routing, mode, bounds, ..spec(requests.clone()) };
                    let outcome = run(&law, &spec);
                    placed += outcome.placements.iter().map(|placement| placement.parts.len()).sum::<usize>();
                    judge(&law, &spec, &outcome, seed);
                }
            }
        }
    }
    assert!(placed > 3000, "{placed} parts prove little");
}

#[test]
fn traffic_is_conserved_at_every_site() {
    on_all(|law, spec, outcome, seed| {
        let mut balance = vec![0.0; law.topology().site_count()];
        for lane in outcome.loads.lanes(law) {
            let ends = law.topology().segment(lane.lane.segment()).ends;
            let [from, to] = if lane.lane.0 % 2 == 0 { ends } else { [ends[1], ends[0]] };
            balance[from.index()] -= lane.usage.load_mbps;
            balance[to.index()] += lane.usage.load_mbps;
        }
        for (request, placement) in spec.requests.iter().zip(&outcome.placements) {
            balance[request.query.from.index()] += placement.carried_mbps();
            balance[request.query.to.index()] -= placement.carried_mbps();
        }
        assert!(balance.iter().all(|&rest| is_near(rest, 0.0)), "seed {seed} {spec:?} {balance:?}");
    });
}

#[test]
fn loads_sum_to_traffic_times_hops() {
    on_all(|_, spec, outcome, seed| {
        let parts = outcome.placements.iter().flat_map(|placement| &placement.parts);
        #[expect(clippy::cast_precision_loss, reason = "small")]
        let hops: f64 = parts.map(|part| part.mbps * part.way.segments.len() as f64).sum();
        assert!(is_near(outcome.loads.lanes.iter().sum(), hops), "seed {seed} {spec:?}");
    });
}

#[test]
fn every_part_is_lawful_and_within_the_bound_that_is_held() {
    on_all(|law, spec, outcome, seed| {
        for (request, placement) in spec.requests.iter().zip(&outcome.placements) {
            for part in &placement.parts {
                assert_eq!(violations(law, &request.query, &part.way.walk()), [], "seed {seed} {request:?}");
                let late = request.latency_max.is_some_and(|bound| part.way.latency > bound);
                assert!(spec.bounds == Bounds::Ignored || !late, "seed {seed} {request:?}");
            }
        }
    });
}

#[test]
fn what_is_offered_is_placed_whole_or_not_at_all() {
    on_all(|_, spec, outcome, seed| {
        for (request, placement) in spec.requests.iter().zip(&outcome.placements) {
            #[expect(clippy::cast_precision_loss, reason = "small")]
            let offered = request.traffic.mbps() as f64;
            let carried = placement.carried_mbps();
            let is_whole = is_near(carried, offered);
            assert_eq!(placement.shortfall.is_none(), is_whole, "seed {seed} {request:?}");
            let is_sound = is_whole || carried == 0.0 || spec.mode == Mode::Admission && carried < offered;
            assert!(is_sound, "seed {seed} {request:?}");
        }
    });
}

#[test]
fn admission_fills_nothing_past_capacity_and_drops_nothing_that_fits() {
    on_all(|law, spec, outcome, seed| {
        if spec.mode == Mode::Offered {
            return;
        }
        assert!(outcome.loads.worst(law) <= 1.0 + 1e-6, "seed {seed} {spec:?}");
        for placement in &outcome.placements {
            if let Some(Shortfall::Full { at }) = &placement.shortfall {
                assert!(!at.is_empty());
                for &bottleneck in at {
                    let usage = match bottleneck {
                        Bottleneck::Lane(lane) => outcome.loads.lane(law, lane).usage,
                        Bottleneck::Gateway(site) => outcome.loads.switching(law, site),
                    };
                    assert!(usage.headroom_mbps().unwrap() < 2.0, "seed {seed} {bottleneck:?} {usage:?}");
                }
            }
        }
    });
}

#[test]
fn twice_the_traffic_is_twice_the_load() {
    on_all(|law, spec, outcome, seed| {
        if spec.mode == Mode::Offered {
            let double = |request: &Request| Request { traffic: request.traffic + request.traffic, ..request.clone() };
            let twice = run(law, &Spec { requests: spec.requests.iter().map(double).collect(), ..spec.clone() });
            for (once, twice) in outcome.loads.lanes.iter().zip(&twice.loads.lanes) {
                // An even split rounds each part by less than 1 Mbit/s, twelve requests at most.
                assert!((2.0 * once - twice).abs() <= 36.0, "seed {seed}");
                assert!(matches!(spec.routing, Routing::Split { .. }) || is_near(2.0 * once, *twice), "seed {seed}");
            }
        }
    });
}
