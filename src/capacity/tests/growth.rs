//! Years of exhaustion by hand, and the failure-safe limit against taking away every cable in full.

use super::*;
use crate::capacity::growth::{Course, Outcome, Spec, run};
use crate::capacity::place::{self, Bounds, Mode, Routing};
use crate::capacity::{Bottleneck, Safety, Step, Stranded, Upgrade, published_prices};
use crate::demand::Growth;
use crate::network::{LaneId, Metric};
use crate::testing::{Chance, random_ends, random_international};
use crate::topology::{CableId, CableKind, RiskGroup, RiskGroupId, RiskGroupKind, SegmentId};
use crate::units::{Date, Length, Validity};

const NOW: i16 = 2017;

fn spec(requests: Vec<Request>, per_year: f64, years: u32) -> Spec {
    let placement = place::Spec {
        requests,
        metric: Metric::Distance,
        routing: Routing::Shortest,
        mode: Mode::Offered,
        bounds: Bounds::Ignored,
    };
    Spec { placement, growth: Growth::at(per_year).unwrap(), years, full: 1.0 }
}

/// a and b, joined by 2 km of the cable C (1000 Mbit/s) and by 1 km of the submarine cable X (1500) from a day on.
fn relief(from: Date) -> Topology {
    let mut topology = Toy::new()
        .territory("A", Regime::Open, Transit::Service)
        .cable("X", CableKind::Submarine, &[])
        .site("a", "A", &[Role::Hub])
        .site("b", "A", &[Role::Hub])
        .segment("a", "b", 2000)
        .segment_of("X", "a", "b", 1000)
        .build();
    set_capacity(&mut topology, 1, 1500);
    topology.graph[petgraph::graph::EdgeIndex::new(1)].validity = Validity { from: Some(from), to: None };
    topology.risk_groups.push(RiskGroup {
        id: "both".into(),
        kind: RiskGroupKind::Corridor,
        segments: vec![SegmentId(0), SegmentId(1)],
        sites: Vec::new(),
        area: None,
        provenance: crate::topology::Provenance::default(),
    });
    topology
}

fn grow(topology: &Topology, spec: &Spec) -> Outcome {
    run(topology, &lawful(), spec)
}

fn full(course: &Course, cable: usize) -> Option<i16> {
    course.cables[cable]
}

#[test]
fn a_cable_is_full_in_the_year_in_which_growth_fills_it() {
    // 500 Mbit/s at 10 % a year: 974 after seven years, 1072 after eight. C has 1000.
    let topology = relief(Date::constant(2090, 1, 1));
    let requests = vec![request(&topology, "a", "b", 500)];
    let outcome = grow(&topology, &spec(requests.clone(), 0.1, 10));
    assert_eq!(full(&outcome.alone, 0), Some(NOW + 8));
    assert_eq!(outcome.alone.groups, [Some(NOW + 8)]);
    assert_eq!(outcome.alone, outcome.planned);
    assert_eq!(outcome.alone.years[7].worst, 0.5 * 1.1f64.powi(7));
    // Half full counts: in the year itself.
    let half = Spec { full: 0.5, ..spec(requests.clone(), 0.1, 10) };
    assert_eq!(full(&grow(&topology, &half).alone, 0), Some(NOW));
    assert_eq!(full(&grow(&topology, &spec(requests, 0.1, 7)).alone, 0), None);
}

#[test]
fn a_planned_cable_takes_the_traffic_over_in_its_year() {
    // X takes all from 2020; its 1500 last until 500 × 1.1^12 = 1569. The group is never full: 1569 of 2500.
    let topology = relief(Date::constant(2019, 12, 31));
    let outcome = grow(&topology, &spec(vec![request(&topology, "a", "b", 500)], 0.1, 12));
    assert_eq!([full(&outcome.alone, 0), full(&outcome.alone, 1)], [Some(NOW + 8), None]);
    assert_eq!([full(&outcome.planned, 0), full(&outcome.planned, 1)], [None, Some(NOW + 12)]);
    assert_eq!(outcome.planned.groups, [None]);
}

#[test]
fn what_is_dark_is_lit_before_anything_is_built() {
    let mut topology = relief(Date::constant(2090, 1, 1));
    let edge = petgraph::graph::EdgeIndex::new(0);
    topology.graph[edge].capacity.design = Some(Bandwidth::from_mbps(4000));
    let spec = spec(vec![request(&topology, "a", "b", 500)], 0.1, 25);
    // 4000 are full after 22 years (4070); twice 1000 after 15 (2089).
    let step = |upgrade, decide_by, lasts| Step {
        cable: CableId(0),
        year: NOW + 8,
        segments: vec![SegmentId(0)],
        upgrade,
        decide_by,
        lasts_until: Some(lasts),
    };
    assert_eq!(grow(&topology, &spec).steps, [step(Upgrade::Light, NOW + 7, NOW + 22)]);
    topology.graph[edge].capacity.design = None;
    let build = |usd_million| Upgrade::Build { length: Length::from_m(2000), usd_million };
    // 2 km at the median of six land projects, 29,500 USD; of seven at sea, 41,000.
    assert_eq!(grow(&topology, &spec).steps, [step(build(Some(0.059)), NOW + 5, NOW + 15)]);
    topology.cables[0].kind = CableKind::Submarine;
    assert_eq!(grow(&topology, &spec).steps, [step(build(Some(0.082)), NOW + 4, NOW + 15)]);
    topology.cables[0].kind = CableKind::Satellite;
    assert_eq!(grow(&topology, &spec).steps, [step(build(None), NOW + 5, NOW + 15)]);
}

#[test]
fn published_prices_are_in_order_as_the_median_wants_them() {
    let prices = published_prices();
    assert!(prices.is_sorted_by(|a, b| (a.kind, a.usd_per_km) <= (b.kind, b.usd_per_km)));
}

#[test]
fn the_first_limit_may_be_passed_only_without_a_cable() {
    // Up: 300 by b on X. Down: by c on C, 400 at its end, where 350 go already.
    let mut topology = square();
    topology.cables.push(crate::topology::Cable { id: "X".into(), ..topology.cables[0].clone() });
    for segment in [0, 1] {
        topology.graph[petgraph::graph::EdgeIndex::new(segment)].cable = CableId(1);
    }
    let safety = |mbps| -> Safety {
        let requests = vec![request(&topology, "a", "d", mbps), request(&topology, "c", "d", 350)];
        grow(&topology, &spec(requests, 0.1, 10)).safety
    };
    let found = safety(100);
    assert_eq!((found.factor, found.bottleneck), (1.0 / (450.0 / 400.0), Some(Bottleneck::Lane(LaneId(6)))));
    // From c there is no way but C.
    let stranded = vec![Stranded { cable: CableId(0), mbps: 350.0 }];
    assert_eq!((found.lost, found.year, found.stranded), (Some(CableId(1)), Some(NOW), stranded));
    // With 10, 360 of 400 without X: safe for one year (396), not for two (436). Sound, 350 of 400 last as long.
    let found = safety(10);
    assert_eq!((found.factor, found.lost, found.year), (400.0 / 360.0, Some(CableId(1)), Some(NOW + 2)));
}

#[test]
fn at_best_all_traffic_is_routed_anew_without_a_cable() {
    // Both cables carry 2500 together, X 1500 alone and C 1000.
    let topology = relief(Date::constant(2000, 1, 1));
    let mut spec = spec(vec![request(&topology, "a", "b", 300), request(&topology, "a", "b", 200)], 0.1, 12);
    spec.placement.routing = Routing::Optimal { gap: 0.0 };
    let found = grow(&topology, &spec);
    assert!((found.alone.years[0].worst - 0.2).abs() < 1e-6, "{:?}", found.alone.years[0]);
    let safety = found.safety;
    assert!((safety.factor - 2.0).abs() < 1e-6 && safety.lost == Some(CableId(1)), "{safety:?}");
    // 974 after seven years, 1072 after eight.
    assert_eq!((safety.year, safety.stranded), (Some(NOW + 8), Vec::new()));
}

#[test]
fn what_hangs_on_one_cable_is_stranded_without_it() {
    let topology = relief(Date::constant(2090, 1, 1));
    let found = grow(&topology, &spec(vec![request(&topology, "a", "b", 500)], 0.1, 3)).safety;
    assert_eq!(found.stranded, [Stranded { cable: CableId(0), mbps: 500.0 }]);
    assert_eq!((found.factor, found.lost, found.year), (2.0, None, None));
}

#[test]
fn nothing_grows_where_nothing_is_asked() {
    let topology = relief(Date::constant(2019, 1, 1));
    let outcome = grow(&topology, &spec(Vec::new(), 0.1, 3));
    assert_eq!((outcome.safety.factor, outcome.safety.bottleneck), (f64::INFINITY, None));
    assert_eq!(outcome.alone.years.len(), 4);
    assert!(outcome.alone.cables.iter().chain(&outcome.planned.groups).all(Option::is_none));
}

/// The highest utilisation with any one cable or none taken away, everything routed anew.
fn worst_of_all(law: &Law<'_>, placement: &place::Spec) -> f64 {
    let topology = law.topology();
    let without = |cable: Option<usize>| {
        let lost = topology.segments().filter(|(_, segment)| Some(segment.cable.index()) == cable).map(|(id, _)| id);
        let law = law.without(lost);
        place::run(&law, placement).loads.worst(&law)
    };
    (0..topology.cables().len()).map(|cable| without(Some(cable))).fold(without(None), f64::max)
}

#[test]
fn the_safe_factor_is_what_the_worst_loss_leaves() {
    let policy = lawful();
    let mut bound = 0;
    for seed in 0..120 {
        let topology = random_international(seed);
        let mut chance = Chance(seed ^ 0x5AFE);
        let requests: Vec<Request> = (0..8)
            .map(|i| {
                let (from, to) = random_ends(&topology, &mut chance);
                let query = Query { from, to, service: chance.pick(&Service::ALL), operator: None };
                Request { traffic: Bandwidth::from_mbps(chance.below(400)), ..Request::question(format!("r{i}"), query) }
            })
            .collect();
        let mut spec = spec(requests, 0.25, 6);
        spec.placement.routing = Routing::EqualCost;
        spec.placement.metric = Metric::Hops;
        let law = Law::new(&topology, &policy);
        let safety = run(&topology, &policy, &spec).safety;
        let worst = worst_of_all(&law, &spec.placement);
        assert!((1.0 / safety.factor - worst).abs() < 1e-9, "seed {seed}: {safety:?}, not {worst}");
        let years = (0..=6).find(|&years| worst * 1.25f64.powi(years) > 1.0 + 1e-9);
        assert_eq!(safety.year.map(|year| i32::from(year - NOW)), years, "seed {seed}: {safety:?}, {worst}");
        bound += usize::from(worst > 0.0);
    }
    assert!(bound > 40, "{bound} cases with traffic prove little");
}

#[test]
fn groups_are_full_later_than_their_fullest_part() {
    let mut topology = relief(Date::constant(2000, 1, 1));
    topology.graph[petgraph::graph::EdgeIndex::new(1)].length = Length::from_m(2000);
    let requests = vec![request(&topology, "a", "b", 900)];
    let outcome = grow(&topology, &spec(requests, 0.1, 12));
    // All on the first of two alike: 990 after a year, 1089 after two; the group of 2500 takes 11 years.
    assert_eq!(full(&outcome.alone, 0), Some(NOW + 2));
    assert_eq!(outcome.alone.groups[RiskGroupId(0).index()], Some(NOW + 11));
}
