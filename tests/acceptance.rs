//! The cases A1–A15 by which the law of gateways is known, on the topology that this repository ships.
//!
//! They hold what must be lawful, what must not, and which rule says so; exact lengths are nobody's business here.

use std::path::Path;

use crossborder::network::Metric;
use crossborder::policy::{Law, Policy, Profile, Query, Rule, Side, Walk, share_violations, splice_violation, violations};
use crossborder::problem::Problems;
use crossborder::route::{Way, search};
use crossborder::topology::{CableKind, Service, SiteId, Topology, build, read};
use crossborder::units::{Bandwidth, parse_date};

fn belt_and_road() -> Topology {
    let mut problems = Problems::new();
    let raw =
        read::folder(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/topologies/belt-and-road")), &mut problems, &mut Vec::new());
    let topology = raw.and_then(|raw| build::topology(raw, &mut problems));
    topology.unwrap_or_else(|| panic!("{:#?}", problems.list()))
}

fn lawful_on(day: &str) -> Policy {
    Policy::new(Profile::Lawful, parse_date(day).expect("a date"))
}

/// A topology, and where things are in it.
struct World(Topology);

impl World {
    fn site(&self, id: &str) -> SiteId {
        self.0.find_site(id).unwrap_or_else(|| panic!("belt-and-road has no site {id}"))
    }

    fn query(&self, service: Service, from: &str, to: &str, operator: Option<&str>) -> Query {
        Query { from: self.site(from), to: self.site(to), service, operator: operator.map(str::to_owned) }
    }

    fn ids(&self, sites: &[SiteId]) -> Vec<&str> {
        sites.iter().map(|&site| self.0.site(site).id.as_str()).collect()
    }

    /// The shortest route by latency, and that it breaks no rule.
    fn route(&self, policy: &Policy, query: &Query) -> Option<Way> {
        let law = Law::new(&self.0, policy);
        let way = search::shortest(&law, Metric::Latency, std::slice::from_ref(query)).remove(0)?;
        assert_eq!(violations(&law, query, &way.walk()), []);
        Some(way)
    }

    fn broken(&self, policy: &Policy, query: &Query, walk: &Walk) -> Vec<(Rule, String)> {
        let law = Law::new(&self.0, policy);
        violations(&law, query, walk).into_iter().map(|v| (v.rule, self.0.site(v.site).id.clone())).collect()
    }

    /// The shortest physical walk through these sites in order, every stretch the shortest there is.
    fn walk(&self, day: &str, through: &[&str], switched_at: Option<&[&str]>) -> Walk {
        let policy = Policy::new(Profile::Physical, parse_date(day).expect("a date"));
        let mut walk = Walk { sites: vec![self.site(through[0])], segments: Vec::new(), switched_at: None };
        for pair in through.windows(2) {
            let way = self.route(&policy, &self.query(Service::Leased, pair[0], pair[1], None)).expect("they are joined");
            walk.sites.extend(&way.sites[1..]);
            walk.segments.extend(&way.segments);
        }
        walk.switched_at = switched_at.map(|ids| ids.iter().map(|id| self.site(id)).collect());
        walk
    }
}

#[test]
fn a1_internet_from_urumqi_hairpins_through_an_internet_gateway() {
    let world = World(belt_and_road());
    let policy = lawful_on("2017-06-01");
    let query = world.query(Service::Internet, "Urumqi", "Almaty", Some("CT"));
    let way = world.route(&policy, &query).expect("a lawful route");
    let gateway = world.ids(&way.switched_at)[0];
    assert!(["Beijing", "Shanghai", "Guangzhou"].contains(&gateway), "switched at {gateway}");
    let borders = world.ids(&way.border_sites(&Law::new(&world.0, &policy)));
    assert!(borders.contains(&"Horgos") || borders.contains(&"Alashankou"), "{borders:?}");
    let physical = Policy::new(Profile::Physical, policy.as_of);
    let direct = world.route(&physical, &query).expect("a physical route");
    let hairpin_km = way.length.km() - direct.length.km();
    assert!(hairpin_km > 4000.0, "the hairpin is {hairpin_km} km");
    let broken = world.broken(&policy, &query, &direct.walk());
    assert_eq!(broken, [(Rule::R4, "Urumqi".to_owned())], "the direct way fails by R4");
}

#[test]
fn a2_voice_from_urumqi_goes_straight_through_its_own_gateway() {
    let world = World(belt_and_road());
    let policy = lawful_on("2017-06-01");
    let voice = world.route(&policy, &world.query(Service::Voice, "Urumqi", "Almaty", None)).expect("a lawful route");
    let internet = world.route(&policy, &world.query(Service::Internet, "Urumqi", "Almaty", None)).expect("a lawful route");
    assert_eq!(world.ids(&voice.switched_at)[0], "Urumqi");
    // Published: about 5,000 km shorter and 60 ms (round trip) faster than through Shanghai.
    let shorter_km = internet.length.km() - voice.length.km();
    let faster_ms = 2.0 * (internet.latency.ms() - voice.latency.ms());
    assert!((4000.0..9000.0).contains(&shorter_km), "{shorter_km} km shorter");
    assert!((40.0..90.0).contains(&faster_ms), "{faster_ms} ms faster");
}

#[test]
fn a3_voice_from_beijing_cannot_use_the_gateway_of_urumqi() {
    let world = World(belt_and_road());
    let policy = lawful_on("2017-06-01");
    let query = world.query(Service::Voice, "Beijing", "Almaty", None);
    let law = Law::new(&world.0, &policy);
    let side = Side { domestic: query.from, far: world.0.find_territory("KZ") };
    assert_eq!(law.refusals(world.site("Urumqi"), &query, side), [Rule::R5]);
    let way = world.route(&policy, &query).expect("a lawful route");
    assert_eq!(world.ids(&way.switched_at)[0], "Beijing");
}

#[test]
fn a4_voice_from_chengdu_to_hanoi_goes_through_kunming() {
    let world = World(belt_and_road());
    let way =
        world.route(&lawful_on("2017-06-01"), &world.query(Service::Voice, "Chengdu", "Hanoi", None)).expect("a lawful route");
    assert_eq!(world.ids(&way.switched_at)[0], "Kunming");
}

#[test]
fn a5_border_local_traffic_crosses_at_its_border_gateway() {
    let world = World(belt_and_road());
    let query = world.query(Service::BorderLocal, "Heihe", "Blagoveshchensk", None);
    let way = world.route(&lawful_on("2017-06-01"), &query).expect("a lawful route");
    assert_eq!(world.ids(&way.sites), ["Heihe", "Blagoveshchensk"]);
}

#[test]
fn a6_voice_from_harbin_may_not_use_the_border_gateway_of_heihe() {
    let world = World(belt_and_road());
    let policy = lawful_on("2017-06-01");
    let query = world.query(Service::Voice, "Harbin", "Moscow", None);
    let walk = world.walk("2017-06-01", &["Harbin", "Heihe", "Blagoveshchensk", "Moscow"], Some(&["Heihe", "Moscow"]));
    let broken = world.broken(&policy, &query, &walk);
    assert!(broken.contains(&(Rule::R9, "Heihe".to_owned())), "{broken:?}");
}

#[test]
fn a7_internet_through_a_channel_gateway_alone_is_unlawful() {
    let world = World(belt_and_road());
    let policy = lawful_on("2017-06-01");
    let query = world.query(Service::Internet, "Guangzhou", "Singapore", None);
    let walk = world.walk("2017-06-01", &["Guangzhou", "Shantou", "Singapore"], Some(&[]));
    let rules: Vec<Rule> = world.broken(&policy, &query, &walk).into_iter().map(|(rule, _)| rule).collect();
    assert!(rules.contains(&Rule::R3), "{rules:?}");
    let claimed = Walk { switched_at: Some(vec![world.site("Guangzhou")]), ..walk };
    let rules: Vec<Rule> = world.broken(&policy, &query, &claimed).into_iter().map(|(rule, _)| rule).collect();
    assert!(!rules.contains(&Rule::R3), "with Guangzhou's gateway the rule is kept: {rules:?}");
}

#[test]
fn a8_hong_kong_to_frankfurt_crosses_the_mainland_as_optical_transit() {
    let world = World(belt_and_road());
    let mut policy = lawful_on("2018-06-01");
    let query = world.query(Service::Internet, "Hong-Kong", "Frankfurt", None);
    let way = world.route(&policy, &query).expect("a lawful route");
    let china = world.0.find_territory("CN").expect("China is there");
    assert!(way.third_territories(&world.0).contains(&china), "the shortest way crosses the mainland");
    policy.avoid = ["KZ", "MN"].map(|code| world.0.find_territory(code).expect("they are there")).to_vec();
    let way = world.route(&policy, &query).expect("a lawful route");
    let sites = world.ids(&way.sites);
    assert!(sites.contains(&"Shenzhen") && sites.contains(&"Manzhouli"), "{sites:?}");
    assert!(
        way.switched_at.iter().all(|&site| world.0.site(site).territory != Some(china)),
        "no gateway of the mainland switches it"
    );
}

#[test]
fn a9_the_same_way_switched_on_the_mainland_is_unlawful() {
    let world = World(belt_and_road());
    let mut policy = lawful_on("2018-06-01");
    policy.avoid = ["KZ", "MN"].map(|code| world.0.find_territory(code).expect("they are there")).to_vec();
    let query = world.query(Service::Internet, "Hong-Kong", "Frankfurt", None);
    let walk = world.walk("2018-06-01", &["Hong-Kong", "Shenzhen", "Shanghai", "Manzhouli", "Frankfurt"], Some(&["Shanghai"]));
    assert!(world.broken(&policy, &query, &walk).contains(&(Rule::R12, "Shanghai".to_owned())));
    let unswitched = Walk { switched_at: None, ..walk };
    let broken = world.broken(&policy, &query, &unswitched);
    assert!(!broken.iter().any(|(rule, site)| *rule == Rule::R12 && site == "Shanghai"), "{broken:?}");
}

#[test]
fn a10_nepal_reaches_hong_kong_over_tibet_as_optical_transit() {
    let world = World(belt_and_road());
    let way =
        world.route(&lawful_on("2018-06-01"), &world.query(Service::Internet, "Kathmandu", "Hong-Kong", None)).expect("a route");
    let sites = world.ids(&way.sites);
    assert!(sites.contains(&"Gyirong"), "{sites:?}");
    // Published: 73 ms there and back.
    assert!((40.0..90.0).contains(&(2.0 * way.latency.ms())), "{} ms", 2.0 * way.latency.ms());
}

#[test]
fn a11_kunming_carries_internet_from_its_opening_and_not_from_its_licence() {
    let world = World(belt_and_road());
    let query = world.query(Service::Internet, "Kunming", "Vientiane", None);
    let licensed = world.route(&lawful_on("2024-08-01"), &query).expect("a lawful route");
    assert_ne!(world.ids(&licensed.switched_at)[0], "Kunming");
    let open = world.route(&lawful_on("2026-12-01"), &query).expect("a lawful route");
    assert_eq!(world.ids(&open.switched_at)[0], "Kunming");
    assert!(open.length < licensed.length);
}

#[test]
fn a12_a_leased_circuit_needs_channel_gateways_and_no_service_gateway() {
    let world = World(belt_and_road());
    let policy = lawful_on("2017-06-01");
    let query = world.query(Service::Leased, "Shanghai", "Prague", None);
    let walk = world.walk("2017-06-01", &["Shanghai", "Alashankou", "Dostyk", "Prague"], Some(&[]));
    assert_eq!(world.broken(&policy, &query, &walk), []);
    let internet = world.query(Service::Internet, "Shanghai", "Prague", None);
    let rules: Vec<Rule> = world.broken(&policy, &internet, &walk).into_iter().map(|(rule, _)| rule).collect();
    assert_eq!(rules, [Rule::R3], "as Internet traffic it would need one");
    let way = world.route(&policy, &query).expect("a lawful route");
    assert_eq!(way.switched_at, []);
}

#[test]
fn a13_leased_circuits_spliced_to_resell_internet_are_unlawful() {
    let world = World(belt_and_road());
    let policy = lawful_on("2017-06-01");
    let law = Law::new(&world.0, &policy);
    let legs = [world.query(Service::Leased, "Shanghai", "Almaty", None), world.query(Service::Leased, "Almaty", "Prague", None)];
    let violation = splice_violation(&law, Service::Internet, &legs).expect("it is unlawful");
    assert_eq!((violation.rule, violation.site), (Rule::R11, world.site("Almaty")));
    assert_eq!(splice_violation(&law, Service::Internet, &legs[..1]), None);
}

#[test]
fn a14_an_open_territory_needs_no_service_gateway() {
    let world = World(belt_and_road());
    let way = world
        .route(&lawful_on("2017-06-01"), &world.query(Service::Internet, "Shanghai", "London", None))
        .expect("a lawful route");
    assert_eq!(world.ids(&way.switched_at), ["Shanghai"], "switched at home, and in London by nobody in particular");
}

#[test]
fn a15_bangladesh_may_not_carry_most_of_its_traffic_by_land() {
    let world = World(belt_and_road());
    let policy = lawful_on("2025-06-01");
    let law = Law::new(&world.0, &policy);
    let way = |to: &str| world.route(&policy, &world.query(Service::Internet, "Dhaka", to, None)).expect("a lawful route");
    let exit = |way: &Way| {
        let at = way.sites.windows(2).position(|pair| law.is_international(pair[0], pair[1])).expect("it leaves");
        world.0.cable(world.0.segment(way.segments[at]).cable).kind
    };
    let (by_land, by_sea) = (way("Mumbai"), way("Singapore"));
    assert_eq!((exit(&by_land), exit(&by_sea)), (CableKind::Terrestrial, CableKind::Submarine));
    let share = |land: u64| {
        let routed = [(by_land.walk(), Bandwidth::from_mbps(land)), (by_sea.walk(), Bandwidth::from_mbps(100 - land))];
        share_violations(&law, routed).into_iter().map(|(_, violation)| violation.rule).collect::<Vec<_>>()
    };
    assert_eq!(share(60), [Rule::R17]);
    assert_eq!(share(50), []);
    let earlier = lawful_on("2024-06-01");
    let law = Law::new(&world.0, &earlier);
    let by_land = (by_land.walk(), Bandwidth::from_mbps(60));
    assert_eq!(share_violations(&law, [by_land]), [], "the limit is of 2025");
}
