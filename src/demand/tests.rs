//! Claims about the demand room: totals exact, order no matter, growth compounds.

use std::f64::consts::TAU;

use proptest::prelude::*;

use super::*;
use crate::testing::{Chance, Toy};
use crate::topology::{Regime, Role, Service, TerritoryId, Transit};
use crate::units::{Length, Position};

/// A topology with a hub per territory; `codes` in the order of the file, the rest follows from the code.
fn world(codes: &[&str]) -> Topology {
    let mut codes = codes.to_vec();
    codes.sort_unstable();
    let mut toy = Toy::new();
    for code in &codes {
        toy = toy.territory(code, Regime::Open, Transit::Service);
    }
    for code in &codes {
        toy = toy.site(&format!("{code}-hub"), code, &[Role::Hub]);
    }
    let mut topology = toy.build();
    for (i, code) in codes.iter().enumerate() {
        let mut chance = Chance(code.bytes().map(u64::from).sum());
        let site = SiteId::from_index(i);
        let degrees = |chance: &mut Chance, bound: u32| f64::from(u32::try_from(chance.below(u64::from(bound))).unwrap());
        let position = Position::new(degrees(&mut chance, 120) - 60.0, degrees(&mut chance, 360) - 180.0).unwrap();
        topology.graph[petgraph::graph::NodeIndex::from(site)].position = position;
        let territory = &mut topology.territories[i];
        territory.main = Some(site);
        territory.users_million = Some(degrees(&mut chance, 500) / 10.0);
        territory.kbps_per_user = Some(degrees(&mut chance, 340));
        territory.hub_weight = 1.0 + degrees(&mut chance, 5);
        territory.region = Some(chance.pick(&["Africa", "Asia", "Arab States"]).to_owned());
    }
    topology
}

const CODES: [&str; 7] = ["AA", "BA", "CE", "DK", "EQ", "FX", "GZ"];

fn requests(topology: &Topology) -> Vec<Request> {
    gravity(topology, &Gravity::internet()).requests
}

#[test]
fn each_territory_gets_exactly_its_usage() {
    let topology = world(&CODES);
    let decay = Length::from_km(5000.0);
    for (flow, decay) in [(Flow::ToUsers, None), (Flow::FromUsers, decay)] {
        let matrix = gravity(&topology, &Gravity { flow, decay, ..Gravity::internet() });
        for territory in topology.territories() {
            let users = territory.main.unwrap();
            let of_users = |request: &&Request| match flow {
                Flow::ToUsers => request.query.to == users,
                Flow::FromUsers => request.query.from == users,
            };
            let sum: u64 = matrix.requests.iter().filter(of_users).map(|request| request.traffic.mbps()).sum();
            let usage = territory.users_million.unwrap() * territory.kbps_per_user.unwrap() * 1e3;
            assert_eq!(sum, Bandwidth::from_mbps_f64(usage).unwrap().mbps(), "{}", territory.code);
        }
    }
}

#[test]
fn gravity_follows_users_hubs_and_distance() {
    // A's 2 million users at 500 kbit/s are 1,000,000 Mbit/s, shared by B and C. Equal but for hub weight 3: one to three.
    let mut topology = world(&["A", "B", "C"]);
    for (territory, hub) in topology.territories.iter_mut().zip([1.0, 1.0, 3.0]) {
        territory.users_million = Some(2.0);
        territory.kbps_per_user = Some(500.0);
        territory.hub_weight = hub;
    }
    for (i, lon) in [(0u32, 0.0), (1, 10.0), (2, 20.0)] {
        topology.graph[petgraph::graph::NodeIndex::from(SiteId(i))].position = Position::new(0.0, lon).unwrap();
    }
    let to_a = |model: &Gravity| -> Vec<u64> {
        let matrix = gravity(&topology, model).requests;
        matrix.iter().filter(|request| request.query.to == SiteId(0)).map(|request| request.traffic.mbps()).collect()
    };
    let model = Gravity::internet();
    assert_eq!(to_a(&model), [250_000, 750_000]);
    assert_eq!(to_a(&Gravity { attraction: 2.0, ..model.clone() }), [100_000, 900_000]);
    // Over as much as B and C differ in distance, attraction falls to 1/e: 1 to 3/e.
    let step = Length::from_km(crate::topology::geography::EARTH_RADIUS_M * 10f64.to_radians() / 1e3);
    assert_eq!(to_a(&Gravity { decay: step, ..model }), [475_367, 524_633]);
}

#[test]
fn territories_nobody_knows_are_left_out_and_named() {
    let mut topology = world(&CODES);
    topology.territories[2].users_million = None;
    topology.territories[5].main = None;
    let matrix = gravity(&topology, &Gravity::internet());
    assert_eq!(matrix.left_out, [TerritoryId(2), TerritoryId(5)]);
    assert!(matrix.requests.iter().all(|request| ![request.query.from, request.query.to].contains(&SiteId(2))));
}

#[test]
fn the_order_of_sites_changes_nothing() {
    let topology = world(&CODES);
    let total = Bandwidth::from_mbps(1001);
    let [straight, turned] = [[0, 3, 5, 6], [6, 5, 0, 3]].map(|ids| ids.map(SiteId));
    let both = [straight, turned].map(|sites| uniform(&topology, &sites, Service::Voice, total));
    assert_eq!(both[0], both[1]);
    assert_eq!(super::total(&both[0]), total);
    let both = [straight, turned].map(|sites| one_to_many(&topology, SiteId(3), &sites, Service::Voice, total));
    assert_eq!(both[0], both[1]);
    assert_eq!(both[0].iter().map(|request| request.traffic.mbps()).collect::<Vec<_>>(), [334, 334, 333]);
}

#[test]
fn only_demands_of_the_day_are_offered() {
    let mut topology = world(&CODES);
    let demand = |id: &str, from: i16| Demand {
        id: id.into(),
        from: SiteId(0),
        to: SiteId(1),
        service: Service::Leased,
        traffic: Bandwidth::from_mbps(10),
        operator: Some("P".into()),
        priority: 2,
        latency_max: Latency::from_ms(80.5),
        validity: crate::units::Validity { from: Some(Date::constant(from, 1, 1)), to: None },
        provenance: crate::topology::Provenance::default(),
    };
    topology.demands = vec![demand("now", 2010), demand("later", 2020)];
    let requests = offered(&topology, crate::testing::day());
    assert_eq!(requests.len(), 1);
    assert_eq!(
        rows(&topology, &requests),
        [["now", "AA-hub", "BA-hub", "leased", "10 Mbit/s", "P", "2", "80.5"].map(str::to_owned)]
    );
}

#[test]
fn a_service_rate_goes_before_a_region_and_the_faster_region_before_the_slower() {
    let mut topology = world(&["A", "B", "C"]);
    for (territory, region) in topology.territories.iter_mut().zip(["Africa", "Arab States", "Asia"]) {
        territory.region = Some(region.into());
    }
    let growth = Growth::published().with_service(Service::Voice, -0.05).unwrap();
    let rate = |from, to, service| {
        let query = Query { from: SiteId(from), to: SiteId(to), service, operator: None };
        growth.rate(&topology, &Request::question("q", query))
    };
    assert_eq!(rate(0, 1, Service::Internet), 0.38);
    assert_eq!(rate(2, 1, Service::Internet), 0.27);
    assert_eq!(rate(2, 2, Service::Internet), 0.24);
    assert_eq!(rate(0, 1, Service::Voice), -0.05);
}

#[test]
fn what_is_no_rate_is_refused() {
    assert_eq!(Growth::at(-1.0), None);
    assert_eq!(Growth::at(f64::NAN), None);
    assert_eq!(Growth::published().with_region("Asia", f64::INFINITY), None);
}

#[test]
fn the_evening_table_is_its_formula() {
    for hour in 0..24 {
        let share = Profile::evening().share(hour);
        let formula = 0.58 + 0.42 * (TAU * (f64::from(hour) - 21.0) / 24.0).cos();
        assert!((share - formula).abs() <= 0.5e-3, "{hour}: {share} {formula}");
    }
}

#[test]
fn clocks_go_by_the_sun() {
    let hour = |lon| local_hour(Position::new(0.0, lon).unwrap(), 20);
    assert_eq!([0.0, 7.0, 8.0, 121.47, -74.0, -179.0].map(hour), [20, 20, 21, 4, 15, 8]);
}

#[test]
fn the_busy_hour_is_where_both_evenings_meet() {
    // Both ends at 30 degrees east: 21 h there is 19 h UTC. One end at 90 degrees east instead (17 h there at 19 h UTC less
    // four): the mean of two equal waves crests half way, at 17 h UTC.
    let mut topology = world(&["A", "B"]);
    let place = |topology: &mut Topology, site: u32, lon| {
        topology.graph[petgraph::graph::NodeIndex::from(SiteId(site))].position = Position::new(0.0, lon).unwrap();
    };
    place(&mut topology, 0, 30.0);
    place(&mut topology, 1, 30.0);
    let requests = one_to_many(&topology, SiteId(0), &[SiteId(1)], Service::Internet, Bandwidth::from_mbps(100_000));
    assert_eq!(busy_hour(&topology, &requests, &Profile::evening()), 19);
    assert_eq!(at_hour(&topology, &requests, &Profile::evening(), 19), requests);
    place(&mut topology, 1, 90.0);
    assert_eq!(busy_hour(&topology, &requests, &Profile::evening()), 17);
    assert_eq!(busy_hour(&topology, &requests, &Profile::flat()), 0);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn scaled_totals_are_exact_and_each_part_near(traffic in prop::collection::vec(0u64..1_000_000, 0..20), factor in 0.0..20.0f64) {
        let parts = apportion::scaled(&traffic, factor);
        let total: u64 = traffic.iter().sum();
        prop_assert_eq!(parts.iter().sum::<u64>(), Bandwidth::from_mbps_f64(total as f64 * factor).unwrap().mbps());
        for (&before, &after) in traffic.iter().zip(&parts) {
            // One for its own rounding and half of one, shared, for the total's.
            prop_assert!((before as f64 * factor - after as f64).abs() < 1.5);
        }
    }

    #[test]
    fn growing_in_two_steps_is_growing_at_once(first in 0u32..8, second in 0u32..8, rate in -0.5..0.6f64) {
        let topology = world(&CODES);
        let growth = Growth::at(rate).unwrap().with_region("Africa", rate / 2.0).unwrap();
        let base = requests(&topology);
        let at_once = growth.after(&topology, &base, first + second);
        let in_steps = growth.after(&topology, &growth.after(&topology, &base, first), second);
        // The first step's rounding, less than 1.5, grows with the second.
        let slack = 1.5 + 1.5 * (1.0 + rate.max(rate / 2.0)).powi(second as i32).max(1.0);
        for (a, b) in at_once.iter().zip(&in_steps) {
            prop_assert!((a.traffic.mbps() as f64 - b.traffic.mbps() as f64).abs() <= slack, "{a:?} {b:?}");
        }
    }

    #[test]
    fn no_years_and_factor_one_change_nothing(rate in -0.5..2.0f64) {
        let topology = world(&CODES);
        let base = requests(&topology);
        prop_assert_eq!(&Growth::at(rate).unwrap().after(&topology, &base, 0), &base);
        prop_assert_eq!(&scale(&base, 1.0), &base);
    }

    #[test]
    fn the_order_of_requests_changes_none_of_them(turn in any::<prop::sample::Index>(), factor in 0.0..3.0f64) {
        let topology = world(&CODES);
        let sites: Vec<SiteId> = (0..7).map(SiteId).collect();
        // All alike, so that every rounding is a tie.
        let base = uniform(&topology, &sites, Service::Internet, Bandwidth::from_mbps(42 * 9));
        let mut turned = base.clone();
        turned.rotate_left(turn.index(base.len()));
        let growth = Growth::published();
        for change in [
            &|requests: &[Request]| scale(requests, factor),
            &|requests: &[Request]| growth.after(&topology, requests, 3),
            &|requests: &[Request]| at_hour(&topology, requests, &Profile::evening(), 5),
        ] as [&dyn Fn(&[Request]) -> Vec<Request>; 3] {
            let [mut a, mut b] = [change(&base), change(&turned)];
            for requests in [&mut a, &mut b] {
                requests.sort_by(|x, y| x.name.cmp(&y.name));
            }
            prop_assert_eq!(a, b);
        }
    }

    #[test]
    fn no_hour_passes_the_peak(hour in 0u8..24) {
        let topology = world(&CODES);
        let base = requests(&topology);
        for (peak, now) in base.iter().zip(at_hour(&topology, &base, &Profile::evening(), hour)) {
            prop_assert!(now.traffic <= peak.traffic + Bandwidth::from_mbps(1));
        }
    }
}
