//! The automaton and the predicates against each other, and each against small cases worked by hand.

use super::{Automaton, Law, Policy, Profile, Query, Rule, RuleSet, State, Walk, violations};
use crate::testing::{Chance, Toy, day, every_walk, random_ends, random_international};
use crate::topology::{Regime, Role, Service, SiteId, TerritoryId, Topology, Transit};

/// Runs the automaton over a walk, as the set of states it may be in.
fn accepts(automaton: &Automaton<'_>, walk: &Walk) -> bool {
    let mut states: Vec<State> = automaton.starts(walk.sites[0]).into_iter().map(|(state, _)| state).collect();
    let mut steps = Vec::new();
    for (pair, &segment) in walk.sites.windows(2).zip(&walk.segments) {
        if !automaton.allows(segment) {
            return false;
        }
        for &state in &states {
            automaton.steps(state, pair[0], pair[1], &mut steps);
        }
        states = steps.drain(..).map(|step| step.state).collect();
    }
    let last = walk.sites[walk.sites.len() - 1];
    states.into_iter().any(|state| automaton.is_end(state, last))
}

#[test]
fn automaton_accepts_exactly_the_walks_without_violation() {
    let mut walks = 0u32;
    let mut lawful = [0u32; 6];
    for seed in 0..1500 {
        let topology = random_international(seed);
        let mut chance = Chance(seed ^ 0xABCD);
        let mut policy = Policy::new(Profile::Lawful, day());
        for rule in Rule::ALL {
            if seed % 3 != 0 && chance.one_in(6) {
                policy.rules = policy.rules.without(rule);
            }
        }
        let law = Law::new(&topology, &policy);
        for _ in 0..6 {
            let (from, to) = random_ends(&topology, &mut chance);
            let operator = chance.pick(&[None, Some("P"), Some("Q")]).map(str::to_owned);
            let query = Query {
                from,
                to,
                service: if chance.one_in(3) { Service::BorderLocal } else { chance.pick(&Service::ALL) },
                operator,
            };
            let mut automaton = Automaton::new(&law, &query);
            if policy.rules.has(Rule::R15) {
                automaton = (0..4).map(TerritoryId).fold(automaton, Automaton::watching);
            }
            let mut walk = Walk { sites: vec![from], segments: Vec::new(), switched_at: None };
            every_walk(&topology, &mut walk, to, 5, &mut |walk| {
                let found = violations(&law, &query, walk);
                let accepted = accepts(&automaton, walk);
                assert_eq!(accepted, found.is_empty(), "seed {seed} {query:?} {:?} {walk:?} {found:?}", policy.rules);
                walks += 1;
                lawful[query.service as usize] += u32::from(accepted);
            });
        }
    }
    assert!(
        walks > 100_000 && lawful.iter().all(|&n| n > 1_000),
        "{lawful:?} of {walks} walks are lawful: too few to prove anything"
    );
}

#[test]
fn without_rules_everything_that_is_in_service_is_allowed() {
    let topology = random_international(1);
    let policy = Policy::new(Profile::Physical, day());
    let law = Law::new(&topology, &policy);
    let query = Query { from: SiteId(0), to: SiteId(1), service: Service::Voice, operator: Some("Q".into()) };
    let automaton = Automaton::new(&law, &query);
    assert!(topology.segments().all(|(id, _)| automaton.allows(id)));
    assert_eq!(automaton.starts(SiteId(3)), [(State(0), false)]);
}

#[test]
fn emergency_suspends_what_a_regulator_may_suspend() {
    let suspended: Vec<_> = Rule::ALL.into_iter().filter(|&rule| !Profile::Emergency.rules().has(rule)).collect();
    assert_eq!(suspended, [Rule::R5, Rule::R6, Rule::R10, Rule::R17]);
    assert_eq!(Profile::Lawful.rules().iter().count(), 20);
    assert_eq!(Profile::Physical.rules(), RuleSet::NONE);
}

/// ```text
///   west (hub) ── gate (comprehensive) ── coast (channel) ── abroad (pop)
///        └──────────────────────────────────┘
/// ```
fn coast() -> Topology {
    Toy::new()
        .territory("A", Regime::Strict, Transit::Transmission)
        .territory("B", Regime::Open, Transit::Service)
        .site("west", "A", &[Role::Hub])
        .site("gate", "A", &[Role::Hub, Role::Comprehensive])
        .site("coast", "A", &[Role::Channel])
        .site("abroad", "B", &[Role::Pop])
        .segment("west", "gate", 10)
        .segment("gate", "coast", 10)
        .segment("coast", "abroad", 10)
        .segment("west", "coast", 1)
        .build()
}

fn rules_broken(topology: &Topology, service: Service, way: &[&str], switched_at: Option<&[&str]>) -> Vec<(Rule, String)> {
    let policy = Policy::new(Profile::Lawful, day());
    let law = Law::new(topology, &policy);
    let site = |id: &&str| topology.find_site(id).expect("the toy has it");
    let sites: Vec<SiteId> = way.iter().map(site).collect();
    let segments = sites
        .windows(2)
        .map(|pair| {
            topology.segments().find(|(_, s)| s.ends.contains(&pair[0]) && s.ends.contains(&pair[1])).expect("the toy has it").0
        })
        .collect();
    let query = Query { from: sites[0], to: sites[sites.len() - 1], service, operator: None };
    let walk = Walk { sites, segments, switched_at: switched_at.map(|ids| ids.iter().map(site).collect()) };
    violations(&law, &query, &walk).into_iter().map(|v| (v.rule, topology.site(v.site).id.clone())).collect()
}

#[test]
fn public_service_must_pass_the_service_gateway_before_the_coast() {
    let topology = coast();
    assert_eq!(rules_broken(&topology, Service::Internet, &["west", "coast", "abroad"], None), [(Rule::R3, "coast".to_owned())]);
    assert_eq!(rules_broken(&topology, Service::Internet, &["west", "gate", "coast", "abroad"], None), []);
    assert_eq!(rules_broken(&topology, Service::Leased, &["west", "coast", "abroad"], None), []);
}

#[test]
fn a_channel_gateway_neither_begins_traffic_nor_joins_domestic_segments() {
    let topology = coast();
    assert_eq!(rules_broken(&topology, Service::Leased, &["coast", "abroad"], None), [(Rule::R1, "coast".to_owned())]);
    assert_eq!(rules_broken(&topology, Service::Leased, &["west", "coast", "gate"], None), [(Rule::R1, "coast".to_owned())]);
}

#[test]
fn switching_in_transit_needs_a_territory_and_a_gateway_that_allow_it() {
    let topology = Toy::new()
        .territory("A", Regime::Open, Transit::Service)
        .territory("B", Regime::Open, Transit::Service)
        .territory("T", Regime::Strict, Transit::Transmission)
        .site("a", "A", &[Role::Pop])
        .site("b", "B", &[Role::Pop])
        .site("t", "T", &[Role::Hub, Role::Channel, Role::Comprehensive])
        .segment("a", "t", 1)
        .segment("t", "b", 1)
        .build();
    assert_eq!(rules_broken(&topology, Service::Internet, &["a", "t", "b"], None), []);
    let switched = rules_broken(&topology, Service::Internet, &["a", "t", "b"], Some(&["t"]));
    assert_eq!(switched, [(Rule::R12, "t".to_owned()), (Rule::R13, "t".to_owned())]);
}
