//! Optima by hand, against the rules they must beat, and under a law that no automaton holds.

use super::*;
use crate::capacity::optimal::{Goal, Outcome, Spec, run, weight};
use crate::capacity::place;
use crate::capacity::*;
use crate::network::{LaneId, Metric};
use crate::policy::violations;
use crate::units::Latency;

fn spec(requests: Vec<Request>, goal: Goal) -> Spec {
    Spec { requests, goal, bounds: Bounds::Held, gap: 0.0 }
}

fn is_near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-6 * b.abs()
}

#[test]
fn a_demand_alone_grows_to_its_maximum_flow() {
    // 300 by b and 400 by c.
    let topology = square();
    let policy = lawful();
    let law = Law::new(&topology, &policy);
    let outcome = run(&law, &spec(vec![request(&topology, "a", "d", 100)], Goal::Concurrent));
    assert!(is_near(outcome.value, 7.0) && outcome.is_exact(), "{outcome:?}");
    let binding: Vec<Bottleneck> = outcome.binding.iter().map(|binding| binding.what).collect();
    assert!(binding.contains(&Bottleneck::Lane(LaneId(0))) && binding.contains(&Bottleneck::Lane(LaneId(6))));
    assert!(outcome.binding.iter().all(|binding| is_near(binding.price, 0.01)), "{:?}", outcome.binding);
    assert!(is_near(outcome.binding.iter().map(|binding| binding.share).sum(), 1.0));
    // What is offered is placed, 3 : 4.
    let placement = &outcome.placed.placements[0];
    assert!(is_near(placement.carried_mbps(), 100.0) && placement.shortfall.is_none());
    assert!(is_near(outcome.placed.loads.worst(&law), 1.0 / 7.0));
}

#[test]
fn a_latency_bound_shuts_out_the_slow_way() {
    let topology = square();
    let policy = lawful();
    let law = Law::new(&topology, &policy);
    let mut request = request(&topology, "a", "d", 600);
    // 2 m by b, 6 m by c.
    request.latency_max = Some(Latency::from_ns(10));
    let held = spec(vec![request], Goal::Concurrent);
    assert!(is_near(run(&law, &held).value, 0.5));
    assert!(is_near(run(&law, &Spec { bounds: Bounds::Ignored, ..held.clone() }).value, 700.0 / 600.0));
    let outcome = run(&law, &Spec { goal: Goal::Carried, ..held.clone() });
    assert!(is_near(outcome.value, 300.0));
    // The way by c has room, and is too slow to help.
    let by = vec![Bottleneck::Lane(LaneId(0))];
    assert_eq!(outcome.placed.placements[0].shortfall, Some(Shortfall::CutOff { by }));
    let mut never = held;
    never.requests[0].latency_max = Some(Latency::from_ns(9));
    let outcome = run(&law, &never);
    let fastest = Latency::from_ns(10);
    assert_eq!(outcome.placed.placements[0].shortfall, Some(Shortfall::TooSlow { fastest }));
    assert_eq!(outcome.placed.placements[0].carried_mbps(), 0.0);
}

#[test]
fn the_better_priority_is_carried_and_the_other_told_what_cuts_it_off() {
    let topology = square();
    let policy = lawful();
    let law = Law::new(&topology, &policy);
    let mut requests = vec![request(&topology, "a", "d", 700), request(&topology, "a", "d", 500)];
    requests[1].priority = 4;
    let outcome = run(&law, &spec(requests, Goal::Carried));
    assert!(is_near(outcome.value, 500.0 * weight(4) + 200.0) && outcome.is_exact(), "{outcome:?}");
    let carried: Vec<f64> = outcome.placed.placements.iter().map(Placement::carried_mbps).collect();
    assert!(is_near(carried[0], 200.0) && is_near(carried[1], 500.0), "{carried:?}");
    let by = [0, 6].map(|lane| Bottleneck::Lane(LaneId(lane))).to_vec();
    assert_eq!(outcome.placed.placements[0].shortfall, Some(Shortfall::CutOff { by }));
    assert_eq!(outcome.placed.placements[1].shortfall, None);
}

#[test]
fn what_leads_over_no_capacity_is_cut_off_there() {
    let mut topology = square();
    set_capacity(&mut topology, 0, 0);
    set_capacity(&mut topology, 2, 0);
    let policy = lawful();
    let law = Law::new(&topology, &policy);
    for goal in [Goal::Concurrent, Goal::Carried] {
        let requests = vec![request(&topology, "a", "d", 1), request(&topology, "b", "d", 500)];
        let outcome = run(&law, &spec(requests, goal));
        let by = [0, 4].map(|lane| Bottleneck::Lane(LaneId(lane))).to_vec();
        assert_eq!(outcome.placed.placements[0].shortfall, Some(Shortfall::CutOff { by }));
        assert!(is_near(outcome.value, if goal == Goal::Concurrent { 2.0 } else { 500.0 }));
    }
}

#[test]
fn nothing_to_carry_has_no_bound_and_no_worth() {
    let topology = square();
    let policy = lawful();
    let law = Law::new(&topology, &policy);
    for requests in [Vec::new(), vec![request(&topology, "a", "d", 0)]] {
        assert_eq!(run(&law, &spec(requests.clone(), Goal::Concurrent)).value, f64::INFINITY);
        let outcome = run(&law, &spec(requests, Goal::Carried));
        assert_eq!((outcome.value, outcome.gap()), (0.0, 0.0));
    }
}

const SALT: u64 = 0x0971;

/// Calls `judge` for both goals, with and without law, on many random networks.
fn on_all(judge: impl Fn(&Law<'_>, &Spec, &Outcome, u64)) {
    let mut carried = 0.0;
    for seed in 0..150 {
        let (topology, requests) = random_case(seed, SALT);
        for policy in [lawful(), physical()] {
            let law = Law::new(&topology, &policy);
            for goal in [Goal::Concurrent, Goal::Carried] {
                let bounds = if seed % 2 == 0 { Bounds::Held } else { Bounds::Ignored };
                let spec = Spec { bounds, ..spec(requests.clone(), goal) };
                let outcome = run(&law, &spec);
                carried += outcome.placed.placements.iter().map(Placement::carried_mbps).sum::<f64>();
                judge(&law, &spec, &outcome, seed);
            }
        }
    }
    assert!(carried > 1e5, "{carried} Mbit/s prove little");
}

#[test]
fn every_route_of_an_optimum_is_lawful_and_in_time_and_the_gap_is_closed() {
    on_all(|law, spec, outcome, seed| {
        assert!(outcome.is_exact(), "seed {seed} {spec:?} {} {}", outcome.value, outcome.bound);
        for (request, placement) in spec.requests.iter().zip(&outcome.placed.placements) {
            for part in &placement.parts {
                assert_eq!(violations(law, &request.query, &part.way.walk()), [], "seed {seed} {request:?}");
                let late = request.latency_max.is_some_and(|bound| part.way.latency > bound);
                assert!(spec.bounds == Bounds::Ignored || !late, "seed {seed} {request:?}");
            }
        }
    });
}

#[test]
fn an_optimum_conserves_traffic_at_every_site() {
    on_all(|law, spec, outcome, seed| {
        let mut balance = vec![0.0; law.topology().site_count()];
        for lane in outcome.placed.loads.lanes(law) {
            let ends = law.topology().segment(lane.lane.segment()).ends;
            let [from, to] = if lane.lane.0 % 2 == 0 { ends } else { [ends[1], ends[0]] };
            balance[from.index()] -= lane.usage.load_mbps;
            balance[to.index()] += lane.usage.load_mbps;
        }
        for (request, placement) in spec.requests.iter().zip(&outcome.placed.placements) {
            balance[request.query.from.index()] += placement.carried_mbps();
            balance[request.query.to.index()] -= placement.carried_mbps();
        }
        assert!(balance.iter().all(|rest| rest.abs() < 1e-6), "seed {seed} {balance:?}");
    });
}

#[test]
fn what_is_routed_is_whole_and_what_is_dropped_is_cut_off() {
    on_all(|law, spec, outcome, seed| {
        for (request, placement) in spec.requests.iter().zip(&outcome.placed.placements) {
            #[expect(clippy::cast_precision_loss, reason = "small")]
            let offered = request.traffic.mbps() as f64;
            let carried = placement.carried_mbps();
            match &placement.shortfall {
                None => assert!((carried - offered).abs() < 2e-3, "seed {seed} {request:?} {carried}"),
                Some(Shortfall::CutOff { by }) => {
                    assert!(!by.is_empty() && carried < offered, "seed {seed} {request:?}");
                    for &what in by {
                        let usage = match what {
                            Bottleneck::Lane(lane) => outcome.placed.loads.lane(law, lane).usage,
                            Bottleneck::Gateway(site) => outcome.placed.loads.switching(law, site),
                        };
                        let is_full = usage.headroom_mbps().unwrap() < 2e-3;
                        assert!(is_full, "seed {seed} {what:?} {usage:?}");
                    }
                }
                Some(_) => assert_eq!(carried, 0.0),
            }
        }
        let worst = outcome.placed.loads.worst(law);
        match spec.goal {
            Goal::Concurrent if outcome.value.is_finite() => assert!(is_near(worst * outcome.value, 1.0), "seed {seed}"),
            Goal::Concurrent => assert_eq!(worst, 0.0, "seed {seed}"),
            Goal::Carried => assert!(worst <= 1.0 + 1e-6, "seed {seed} {worst}"),
        }
    });
}

#[test]
fn an_optimum_is_no_worse_than_any_rule() {
    on_all(|law, spec, outcome, seed| {
        let mode = if spec.goal == Goal::Concurrent { Mode::Offered } else { Mode::Admission };
        // What the optimum leaves out, no rule may carry either, or it is judged by other traffic.
        let routed = |i: usize| outcome.placed.placements[i].shortfall.is_none() || mode == Mode::Admission;
        let requests: Vec<Request> = (0..spec.requests.len()).filter(|&i| routed(i)).map(|i| spec.requests[i].clone()).collect();
        for routing in [Routing::Shortest, Routing::EqualCost, Routing::Split { routes: 3 }] {
            let requests = requests.clone();
            let spec = place::Spec { requests, metric: Metric::Latency, routing, mode, bounds: spec.bounds };
            let rule = place::run(law, &spec);
            if mode == Mode::Offered {
                let best = outcome.placed.loads.worst(law);
                assert!(best <= rule.loads.worst(law) * (1.0 + 2e-7), "seed {seed} {routing:?}");
            } else {
                let worth: f64 =
                    spec.requests.iter().zip(&rule.placements).map(|(r, p)| weight(r.priority) * p.carried_mbps()).sum();
                assert!(worth <= outcome.bound * (1.0 + 1e-9), "seed {seed} {routing:?}");
            }
        }
    });
}

#[test]
fn law_never_makes_more_possible() {
    for seed in 0..150 {
        let (topology, mut requests) = random_case(seed, SALT);
        let lawful = run(&Law::new(&topology, &lawful()), &spec(requests.clone(), Goal::Carried));
        let physical_policy = physical();
        let law = Law::new(&topology, &physical_policy);
        assert!(lawful.value <= run(&law, &spec(requests.clone(), Goal::Carried)).bound * (1.0 + 1e-9), "seed {seed}");
        // The multiplier of what has a lawful route.
        let routed: Vec<bool> = lawful.placed.placements.iter().map(|p| p.carried_mbps() > 0.0).collect();
        let mut routed = routed.into_iter();
        requests.retain(|_| routed.next().unwrap());
        let value = |policy: &Policy| {
            let law = Law::new(&topology, policy);
            run(&law, &spec(requests.clone(), Goal::Concurrent)).value
        };
        let (bound, free) = (value(&super::lawful()), value(&physical_policy));
        assert!(bound <= free * (1.0 + 2e-7), "seed {seed} {bound} {free}");
    }
}

#[test]
fn an_optimum_is_the_same_at_any_number_of_threads() {
    let (topology, requests) = random_case(7, SALT);
    let policy = lawful();
    let law = Law::new(&topology, &policy);
    for goal in [Goal::Concurrent, Goal::Carried] {
        let spec = spec(requests.clone(), goal);
        let with = |threads| crate::parallel::with_threads(std::num::NonZeroUsize::new(threads), || run(&law, &spec)).unwrap();
        assert_eq!(with(1), with(2));
        assert_eq!(with(1), with(8));
    }
}
