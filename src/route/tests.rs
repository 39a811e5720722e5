//! Lawful routes against every walk there is, and against small cases worked by hand.

use super::{Claim, Condition, Disjoint, Hairpin, Spec, Way, disjoint, judge, run, search, why_not};
use crate::demand::Request;
use crate::network::Metric;
use crate::policy::{Law, Policy, Profile, Query, Rule, RuleSet, Walk, violations};
use crate::testing::{Chance, Toy, day, every_walk, random_ends, random_international};
use crate::topology::{Regime, Role, SegmentId, Service, Topology, Transit};
use crate::units::Latency;

const STEPS: usize = 6;

fn length_m(topology: &Topology, walk: &Walk) -> u64 {
    walk.segments.iter().map(|&segment| topology.segment(segment).length.m()).sum()
}

#[test]
fn shortest_lawful_route_is_the_shortest_lawful_walk() {
    let mut routed = 0;
    for seed in 0..700 {
        let topology = random_international(seed);
        let mut chance = Chance(seed ^ 0x1234);
        let policy = Policy::new(chance.pick(&[Profile::Lawful, Profile::Lawful, Profile::Emergency]), day());
        let law = Law::new(&topology, &policy);
        let queries: Vec<Query> = (0..8)
            .map(|_| {
                let (from, to) = random_ends(&topology, &mut chance);
                let operator = chance.pick(&[None, Some("P")]).map(str::to_owned);
                Query { from, to, service: chance.pick(&Service::ALL), operator }
            })
            .collect();
        for (query, way) in queries.iter().zip(search::shortest(&law, Metric::Distance, &queries)) {
            let mut best: Option<u64> = None;
            let mut walk = Walk { sites: vec![query.from], segments: Vec::new(), switched_at: None };
            every_walk(&topology, &mut walk, query.to, STEPS, &mut |walk| {
                let length = length_m(&topology, walk);
                if best.is_none_or(|best| length < best) && violations(&law, query, walk).is_empty() {
                    best = Some(length);
                }
            });
            match &way {
                None => assert_eq!(best, None, "seed {seed} {query:?}"),
                Some(way) => {
                    assert_eq!(violations(&law, query, &way.walk()), [], "seed {seed} {query:?} {way:?}");
                    assert_eq!(way.cost, way.length.m());
                    assert!(best.is_none_or(|best| way.cost <= best), "seed {seed} {query:?} {way:?} {best:?}");
                    assert!(way.segments.len() > STEPS || Some(way.cost) == best, "seed {seed} {query:?} {way:?} {best:?}");
                    routed += 1;
                }
            }
        }
    }
    assert!(routed > 500, "{routed} routes prove little");
}

#[test]
fn alternatives_are_the_cheapest_lawful_walks_in_order() {
    let mut compared = 0;
    for seed in 0..400 {
        let topology = random_international(seed);
        let mut chance = Chance(seed ^ 0x77);
        let policy = Policy::new(Profile::Lawful, day());
        let law = Law::new(&topology, &policy);
        let (from, to) = random_ends(&topology, &mut chance);
        let query = Query { from, to, service: chance.pick(&Service::ALL), operator: None };
        let ways = search::alternatives(&law, Metric::Distance, &query, 4);
        assert!(ways.is_sorted_by_key(|way| way.cost), "seed {seed}");
        for (i, way) in ways.iter().enumerate() {
            assert_eq!(violations(&law, &query, &way.walk()), [], "seed {seed}");
            assert!(ways[..i].iter().all(|earlier| earlier.segments != way.segments), "seed {seed}: a route came twice");
        }
        let first = search::shortest(&law, Metric::Distance, std::slice::from_ref(&query)).remove(0);
        assert_eq!(first.map(|way| way.cost), ways.first().map(|way| way.cost), "seed {seed}");
        // Every lawful walk that visits no site twice is a loopless route; none cheaper than the last may be missing.
        let mut simple = Vec::new();
        let mut walk = Walk { sites: vec![from], segments: Vec::new(), switched_at: None };
        every_walk(&topology, &mut walk, to, STEPS, &mut |walk| {
            let mut sites = walk.sites.clone();
            sites.sort();
            sites.dedup();
            if sites.len() == walk.sites.len() && violations(&law, &query, walk).is_empty() {
                simple.push((length_m(&topology, walk), walk.segments.clone()));
            }
        });
        let bound = if ways.len() < 4 { u64::MAX } else { ways[3].cost };
        for (length, segments) in simple.into_iter().filter(|(length, _)| *length < bound) {
            assert!(ways.iter().any(|way| way.segments == segments), "seed {seed}: {segments:?} of {length} m is missing");
            compared += 1;
        }
    }
    assert!(compared > 100, "{compared} walks prove little");
}

/// ```text
///   west (hub, voice gateway) ──1── border (channel) ──1── abroad (hub, B open)
///     └────100──── east (hub, comprehensive)
/// ```
fn hairpin() -> Topology {
    Toy::new()
        .territory("A", Regime::Strict, Transit::Transmission)
        .territory("B", Regime::Open, Transit::Service)
        .site("west", "A/W", &[Role::Hub, Role::Regional])
        .site("east", "A/E", &[Role::Hub, Role::Comprehensive])
        .site("border", "A/W", &[Role::Channel])
        .site("abroad", "B", &[Role::Hub, Role::Pop])
        .scope("west", Role::Regional, &[Service::Voice], |_| ())
        .segment("west", "border", 1)
        .segment("border", "abroad", 1)
        .segment("west", "east", 100)
        .build()
}

fn query(topology: &Topology, from: &str, to: &str, service: Service) -> Query {
    let site = |id| topology.find_site(id).expect("the toy has it");
    Query { from: site(from), to: site(to), service, operator: None }
}

fn ids<'a>(topology: &'a Topology, way: &Way) -> Vec<&'a str> {
    way.sites.iter().map(|&site| topology.site(site).id.as_str()).collect()
}

#[test]
fn internet_goes_back_and_forth_to_its_gateway_and_voice_does_not() {
    let topology = hairpin();
    let policy = Policy::new(Profile::Lawful, day());
    let law = Law::new(&topology, &policy);
    let requests = [Service::Internet, Service::Voice]
        .map(|service| Request {
            latency_max: Some(Latency::from_ns(100)),
            ..Request::question(service.word(), query(&topology, "west", "abroad", service))
        })
        .to_vec();
    let outcome = run(&law, &Spec::new(requests));
    let [internet, voice] = &outcome.answers[..] else { panic!("two questions, two answers") };
    assert_eq!(ids(&topology, &internet.ways[0]), ["west", "east", "west", "border", "abroad"]);
    assert_eq!(internet.hairpin, Some(Hairpin { length_km: 0.2, latency_ms: 0.001, hops: 2 }));
    assert_eq!(internet.within_bound, Some(false));
    assert_eq!(ids(&topology, &voice.ways[0]), ["west", "border", "abroad"]);
    assert_eq!(voice.within_bound, Some(true));
}

#[test]
fn what_forbids_a_route_is_named_with_the_way_its_suspension_opens() {
    let topology = Toy::new()
        .territory("A", Regime::Strict, Transit::Transmission)
        .territory("B", Regime::Open, Transit::Service)
        .site("west", "A/W", &[Role::Hub, Role::Regional])
        .site("border", "A/W", &[Role::Channel])
        .site("abroad", "B", &[Role::Hub, Role::Pop])
        .scope("west", Role::Regional, &[Service::Voice], |_| ())
        .segment("west", "border", 1)
        .segment("border", "abroad", 1)
        .build();
    let policy = Policy::new(Profile::Lawful, day());
    let law = Law::new(&topology, &policy);
    let why = why_not(&law, Metric::Latency, &query(&topology, "west", "abroad", Service::Internet));
    let broken: Vec<_> = why.violations.iter().map(|v| (v.rule, topology.site(v.site).id.as_str())).collect();
    assert_eq!(broken, [(Rule::R4, "west")]);
    let remedies: Vec<RuleSet> = why.remedies.iter().map(|(rules, _)| *rules).collect();
    assert_eq!(remedies, [RuleSet::NONE.with(Rule::R3), RuleSet::NONE.with(Rule::R4)]);
    let law = law.without([SegmentId(1)]);
    let why = why_not(&law, Metric::Latency, &query(&topology, "west", "abroad", Service::Internet));
    assert_eq!((why.physical, why.remedies), (None, Vec::new()), "no rule stands in the way where no cable leads");
}

#[test]
fn claims_are_judged_by_the_route_that_is_found() {
    let topology = hairpin();
    let policy = Policy::new(Profile::Lawful, day());
    let law = Law::new(&topology, &policy);
    let site = |id| topology.find_site(id).expect("the toy has it");
    let query = query(&topology, "west", "abroad", Service::Internet);
    let latency = Latency::from_ns(1010);
    let conditions = [
        (Condition::Lawful(true), true),
        (Condition::Lawful(false), false),
        (Condition::LatencyMax(latency), true),
        (Condition::LatencyMax(latency - Latency::from_ns(1)), false),
        (Condition::LatencyMin(latency), true),
        (Condition::LatencyMin(latency + Latency::from_ns(1)), false),
        (Condition::HairpinMinKm(0.2), true),
        (Condition::HairpinMinKm(0.3), false),
        (Condition::HairpinMaxKm(0.1), false),
        (Condition::Via(vec![site("east")]), true),
        (Condition::SwitchedAt(vec![site("east")]), true),
        (Condition::SwitchedAt(vec![site("west")]), false),
        (Condition::Avoids(vec![topology.find_territory("B").expect("the toy has it")]), false),
    ];
    let claim = Claim { query, conditions: conditions.iter().map(|(condition, _)| condition.clone()).collect() };
    for (verdict, (condition, held)) in judge(&law, Metric::Latency, &claim).into_iter().zip(conditions) {
        assert_eq!(verdict.held, held, "{condition:?}: {verdict:?}");
    }
}

#[test]
fn a_study_lists_as_many_routes_as_it_is_asked_for() {
    let topology = random_international(3);
    let policy = Policy::new(Profile::Physical, day());
    let law = Law::new(&topology, &policy);
    for (from, to) in [("s0", "s1"), ("s2", "s5"), ("s3", "s6")] {
        let query = query(&topology, from, to, Service::Leased);
        let expected = search::alternatives(&law, Metric::Latency, &query, 3);
        let spec = Spec { k: 3, equal_cost: true, ..Spec::new(vec![Request::question("q", query)]) };
        let answer = run(&law, &spec).answers.remove(0);
        assert_eq!(answer.ways, expected);
        let least = expected.iter().filter(|way| way.cost == expected[0].cost).count();
        assert!(answer.equal_cost.len() >= least && answer.equal_cost.iter().all(|way| way.cost == expected[0].cost));
    }
}

/// Every pair of lawful walks without repeated sites, at most `STEPS` long, that share no segment (and no interior site).
fn cheapest_pair(law: &Law<'_>, query: &Query, apart_by_site: bool) -> Option<u64> {
    let topology = law.topology();
    let mut lawful: Vec<(u64, Walk)> = Vec::new();
    let mut walk = Walk { sites: vec![query.from], segments: Vec::new(), switched_at: None };
    every_walk(topology, &mut walk, query.to, STEPS, &mut |walk| {
        if violations(law, query, walk).is_empty() {
            lawful.push((length_m(topology, walk), walk.clone()));
        }
    });
    let inner = |walk: &Walk| walk.sites[1..walk.sites.len() - 1].to_vec();
    let apart = |a: &Walk, b: &Walk| {
        a.segments.iter().all(|segment| !b.segments.contains(segment))
            && (!apart_by_site
                || inner(a).iter().all(|site| *site == query.from || *site == query.to || !inner(b).contains(site)))
    };
    let pairs = lawful.iter().flat_map(|a| lawful.iter().map(move |b| (a, b)));
    pairs.filter(|((_, a), (_, b))| apart(a, b)).map(|((a, _), (b, _))| a + b).min()
}

#[test]
fn disjoint_lawful_pairs_are_the_cheapest_there_are() {
    let mut found = 0;
    for seed in 0..250 {
        let topology = random_international(seed);
        let mut chance = Chance(seed ^ 0x55);
        let policy = Policy::new(chance.pick(&[Profile::Lawful, Profile::Physical]), day());
        let law = Law::new(&topology, &policy);
        let (from, to) = random_ends(&topology, &mut chance);
        let query =
            Query { from, to, service: chance.pick(&[Service::Leased, Service::Internet, Service::Voice]), operator: None };
        for kind in [Disjoint::Segment, Disjoint::Site] {
            let pair = disjoint(&law, Metric::Distance, &query, kind);
            assert!(pair.is_proven, "seed {seed}: toys fit the budget");
            let Some(ways) = pair.ways.filter(|_| pair.shared.is_empty()) else {
                assert_eq!(cheapest_pair(&law, &query, kind == Disjoint::Site), None, "seed {seed} {kind:?} {query:?}");
                continue;
            };
            assert!(ways.iter().all(|way| violations(&law, &query, &way.walk()).is_empty()));
            let cost: u64 = ways.iter().map(|way| way.cost).sum();
            if ways.iter().all(|way| way.segments.len() <= STEPS) {
                assert_eq!(Some(cost), cheapest_pair(&law, &query, kind == Disjoint::Site), "seed {seed} {kind:?} {query:?}");
                found += 1;
            }
        }
    }
    assert!(found > 40, "{found} pairs prove little");
}
