//! Flows, cuts and diverse routes by hand, and against every route there is.

use super::*;
use crate::algorithm::max_flow::{Limits, MaxFlow, Value};
use crate::capacity::between::{AllPairs, Borders, Place, SiteLimits, Spec, all_pairs, run};
use crate::capacity::optimal::{self, Goal};
use crate::capacity::{Bounds, Hazard};
use crate::network::{LaneId, Metric, Outage, compile};
use crate::policy::Walk;
use crate::testing::{Chance, every_walk, random_ends, random_international};
use crate::topology::{CableKind, RiskGroup, RiskGroupId, RiskGroupKind, SegmentId, SiteId, TerritoryId};

fn place(topology: &Topology, sites: &[&str]) -> Place {
    Place { name: sites.join(" and "), sites: sites.iter().map(|id| topology.find_site(id).unwrap()).collect() }
}

fn spec(topology: &Topology, from: &[&str], to: &[&str]) -> Spec {
    Spec { from: place(topology, from), to: place(topology, to), sites: SiteLimits::None, service: Service::Internet }
}

fn group(id: &str, segments: &[u32], sites: &[u32]) -> RiskGroup {
    RiskGroup {
        id: id.into(),
        kind: RiskGroupKind::Corridor,
        segments: segments.iter().map(|&i| SegmentId(i)).collect(),
        sites: sites.iter().map(|&i| SiteId(i)).collect(),
        area: None,
        provenance: crate::topology::Provenance::default(),
    }
}

#[test]
fn the_cut_is_what_the_flow_fills() {
    // 300 by b and 400 by c; what binds is the first span of one way and the last of the other.
    let topology = square();
    let policy = lawful();
    let law = Law::new(&topology, &policy);
    let outcome = run(&law, &spec(&topology, &["a"], &["d"]));
    assert_eq!(outcome.flow, Value::Bounded(700));
    let cut = outcome.cut.unwrap();
    assert_eq!((cut.capacity, cut.lanes), (700, vec![LaneId(0), LaneId(6)]));
    assert_eq!([outcome.segment_disjoint, outcome.site_disjoint], [Value::Bounded(2); 2]);
    let outcome = run(&law, &spec(&topology, &["a", "b"], &["d"]));
    assert_eq!(outcome.flow, Value::Bounded(1400));
    let outcome = run(&law, &spec(&topology, &["a", "d"], &["d"]));
    assert_eq!((outcome.flow, outcome.diverse), (Value::Unbounded, None));
}

#[test]
fn what_is_out_of_service_carries_nothing() {
    let topology = square();
    let policy = lawful();
    let law = Law::new(&topology, &policy).without([SegmentId(0)]);
    assert_eq!(run(&law, &spec(&topology, &["a"], &["d"])).flow, Value::Bounded(400), "what went by c");
    let ends = ["a", "d"].map(|id| topology.find_site(id).unwrap());
    assert_eq!(all_pairs(&law, &ends).flows[0][1], Value::Bounded(400));
    let law = law.without([SegmentId(3)]);
    assert_eq!(run(&law, &spec(&topology, &["a"], &["d"])).flow, Value::Bounded(0), "both together");
}

#[test]
fn a_site_may_be_what_binds() {
    let mut topology = square();
    set_switching(&mut topology, "c", 150);
    let policy = lawful();
    let law = Law::new(&topology, &policy);
    let outcome = run(&law, &Spec { sites: SiteLimits::Switching, ..spec(&topology, &["a"], &["d"]) });
    let cut = outcome.cut.unwrap();
    assert_eq!((outcome.flow, cut.sites), (Value::Bounded(450), vec![topology.find_site("c").unwrap()]));
}

#[test]
fn all_pairs_agree_with_each_pair_by_itself() {
    let mut topology = square();
    let policy = physical();
    let sites: Vec<SiteId> = (0..4).map(SiteId).collect();
    for one_way in [false, true] {
        if one_way {
            // Then no cut tree exists.
            let edge = petgraph::graph::EdgeIndex::new(1);
            topology.graph[edge].capacity_back = Some(crate::topology::Capacity::default());
        }
        let law = Law::new(&topology, &policy);
        let AllPairs { flows: table, is_by_tree } = all_pairs(&law, &sites);
        assert_eq!(is_by_tree, !one_way);
        for (i, from) in ["a", "b", "c", "d"].iter().enumerate() {
            for (j, to) in ["a", "b", "c", "d"].iter().enumerate() {
                assert_eq!(table[i][j], run(&law, &spec(&topology, &[from], &[to])).flow, "{from} {to}");
            }
        }
    }
}

#[test]
fn the_lawful_flow_of_one_pair_is_its_multiplier_and_no_more_than_physics_allows() {
    let mut less = 0;
    for seed in 0..200 {
        let mut topology = random_international(seed);
        let mut chance = Chance(seed ^ 0x1AF);
        for segment in 0..topology.segment_count() {
            set_capacity(&mut topology, segment, chance.below(900));
        }
        for i in 0..topology.site_count() {
            if chance.one_in(3) {
                set_switching(&mut topology, &format!("s{i}"), chance.below(900));
            }
        }
        let (from, to) = random_ends(&topology, &mut chance);
        let policy = lawful();
        let law = Law::new(&topology, &policy);
        let [a, b] = [from, to].map(|site| Place { name: String::new(), sites: vec![site] });
        let service = chance.pick(&Service::ALL);
        let outcome = run(&law, &Spec { from: a, to: b, sites: SiteLimits::None, service });
        let flow = outcome.lawful.unwrap();
        #[expect(clippy::cast_precision_loss, reason = "small")]
        let physical = outcome.flow.bounded().unwrap() as f64;
        assert!(flow.mbps <= flow.bound_mbps && flow.mbps <= physical * (1.0 + 1e-9), "seed {seed} {flow:?}");
        assert!(flow.bound_mbps <= flow.mbps * (1.0 + 2e-7) + 1e-6, "seed {seed} {flow:?}");
        let query = Query { from, to, service, operator: None };
        let request = Request { traffic: Bandwidth::from_mbps(1), ..Request::question("", query) };
        let spec = optimal::Spec { requests: vec![request], goal: Goal::Concurrent, bounds: Bounds::Ignored, gap: 0.0 };
        let best = optimal::run(&law, &spec);
        assert!(best.is_exact(), "seed {seed} {} {}", best.value, best.bound);
        let multiplier = if best.placed.placements[0].parts.is_empty() { 0.0 } else { best.value };
        assert!((flow.mbps - multiplier).abs() <= 1e-6 * multiplier + 1e-6, "seed {seed} {} {multiplier}", flow.mbps);
        less += usize::from(0.0 < flow.mbps && flow.mbps < physical * 0.99);
    }
    assert!(less >= 5, "{less} flows that law makes less prove little");
}

#[test]
fn a_lawful_flow_joins_all_pairs_of_its_places() {
    for seed in 0..100 {
        let mut topology = random_international(seed);
        let mut chance = Chance(seed ^ 0x1B0);
        for segment in 0..topology.segment_count() {
            set_capacity(&mut topology, segment, chance.below(900));
        }
        let policy = lawful();
        let law = Law::new(&topology, &policy);
        let of = |code: &str| {
            let territory = topology.find_territory(code);
            let sites = topology.sites().filter(|(_, site)| site.territory == territory).map(|(id, _)| id).collect();
            Place { name: code.to_owned(), sites }
        };
        let flow = |from: Place, to: Place| {
            let outcome = run(&law, &Spec { from, to, sites: SiteLimits::None, service: Service::Internet });
            #[expect(clippy::cast_precision_loss, reason = "small")]
            let physical = outcome.flow.bounded().unwrap() as f64;
            let lawful = outcome.lawful.unwrap();
            assert!(lawful.mbps <= physical * (1.0 + 1e-9), "seed {seed} {lawful:?} {physical}");
            assert!(lawful.bound_mbps <= lawful.mbps * (1.0 + 2e-7) + 1e-6, "seed {seed} {lawful:?}");
            lawful.mbps
        };
        let (a, b) = (of("A"), of("B"));
        let whole = flow(a.clone(), b.clone());
        let one = |&from: &SiteId, &to: &SiteId| {
            let place = |site| Place { name: String::new(), sites: vec![site] };
            flow(place(from), place(to))
        };
        let parts: Vec<f64> = a.sites.iter().flat_map(|from| b.sites.iter().map(move |to| one(from, to))).collect();
        let (most, sum) = (parts.iter().copied().fold(0.0, f64::max), parts.iter().sum::<f64>());
        assert!(most <= whole * (1.0 + 1e-6) + 1e-3 && whole <= sum * (1.0 + 1e-6) + 1e-3, "seed {seed} {most} {whole} {sum}");
    }
}

#[test]
fn a_trench_and_a_cable_make_one_route_of_two() {
    let mut topology = square();
    let policy = lawful();
    topology.risk_groups.push(group("trench", &[0, 2], &[]));
    let diverse = |topology: &Topology| run(&Law::new(topology, &policy), &spec(topology, &["a"], &["d"])).diverse.unwrap();
    let found = diverse(&topology);
    assert_eq!((found.routes.len(), found.is_proven()), (1, true));
    assert_eq!(found.cut, [Hazard::Group(RiskGroupId(0))]);
    // A station at an end is no risk that a second route could avoid.
    topology.risk_groups = vec![group("station", &[], &[0])];
    assert_eq!(diverse(&topology).routes.len(), 2);
    topology.risk_groups = vec![group("station", &[], &[2, 1])];
    assert_eq!(diverse(&topology).routes.len(), 1);
    topology.risk_groups.clear();
    topology.cables[0].kind = CableKind::Submarine;
    assert_eq!(diverse(&topology).routes.len(), 1);
}

/// The most routes that share no hazard, by trying every set of routes.
fn most(routes: &[Vec<Hazard>], taken: &[Hazard]) -> usize {
    let free = |route: &&Vec<Hazard>| route.iter().all(|hazard| !taken.contains(hazard));
    let counts = routes.iter().enumerate().filter(|(_, route)| free(route)).map(|(i, route)| {
        let taken: Vec<Hazard> = taken.iter().chain(route).copied().collect();
        1 + most(&routes[i + 1..], &taken)
    });
    counts.max().unwrap_or(0)
}

/// Whether fewer than so many hazards cut every route, by trying every set of them.
fn cuts(routes: &[Vec<Hazard>], hazards: &[Hazard], fewer_than: usize) -> bool {
    let Some(route) = routes.first() else { return fewer_than > 0 };
    fewer_than > 1
        && hazards.iter().filter(|hazard| route.contains(hazard)).any(|hazard| {
            let left: Vec<Vec<Hazard>> = routes.iter().filter(|route| !route.contains(hazard)).cloned().collect();
            cuts(&left, hazards, fewer_than - 1)
        })
}

#[test]
fn diverse_routes_are_as_many_as_the_best_of_all_sets() {
    let policy = physical();
    let mut several = 0;
    for seed in 0..400 {
        let mut topology = random_international(seed);
        let mut chance = Chance(seed ^ 0xD1);
        let (from, to) = random_ends(&topology, &mut chance);
        for i in 0..chance.below(4) {
            let segments: Vec<u32> = (0..u32::try_from(topology.segment_count()).unwrap()).filter(|_| chance.one_in(4)).collect();
            topology.risk_groups.push(group(&format!("g{i}"), &segments, &[]));
        }
        let law = Law::new(&topology, &policy);
        let ends = [from, to].map(|site| Place { name: String::new(), sites: vec![site] });
        let [from_place, to_place] = ends;
        let outcome = run(&law, &Spec { from: from_place, to: to_place, sites: SiteLimits::None, service: Service::Internet });
        let found = outcome.diverse.unwrap();
        let hazards = |segment: SegmentId| -> Vec<Hazard> {
            let groups = topology.risk_groups.iter().enumerate().filter(|(_, group)| group.segments.contains(&segment));
            let groups = groups.map(|(i, _)| Hazard::Group(RiskGroupId::from_index(i)));
            let cable = topology.segment(segment).cable;
            let submarine = (topology.cable(cable).kind == CableKind::Submarine).then_some(Hazard::Cable(cable));
            groups.chain(submarine).chain([Hazard::Segment(segment)]).collect()
        };
        let mut routes: Vec<Vec<Hazard>> = Vec::new();
        let mut walk = Walk { sites: vec![from], segments: Vec::new(), switched_at: None };
        every_walk(&topology, &mut walk, to, 6, &mut |walk| {
            let mut sites = walk.sites.clone();
            sites.sort_unstable();
            sites.dedup();
            if sites.len() == walk.sites.len() {
                routes.push(walk.segments.iter().flat_map(|&segment| hazards(segment)).collect());
            }
        });
        let exact = most(&routes, &[]);
        assert_eq!((found.routes.len(), found.at_most), (exact, exact), "seed {seed}: {found:?}");
        assert!(routes.iter().all(|route| route.iter().any(|hazard| found.cut.contains(hazard))), "seed {seed}: {found:?}");
        let everything: Vec<Hazard> = (0..topology.segment_count()).flat_map(|i| hazards(SegmentId::from_index(i))).collect();
        assert!(!cuts(&routes, &everything, found.cut.len()), "seed {seed}: {found:?}");
        several += usize::from(exact > 1);
    }
    assert!(several >= 40, "{several} with several routes prove little");
}

#[test]
fn what_crosses_a_border_is_the_flow_where_all_else_is_lost() {
    let mut crossed = 0;
    for seed in 0..200 {
        let topology = random_international(seed);
        let policy = lawful();
        let law = Law::new(&topology, &policy);
        let physics = physical();
        let physical = Law::new(&topology, &physics);
        let anywhere = SiteId(0);
        let query = Query { from: anywhere, to: anywhere, service: Service::Leased, operator: None };
        let network = compile(&physical, Metric::Latency, &[query]).networks.pop().unwrap();
        let borders = Borders::new(&law);
        let territories = || (0..topology.territories().len()).map(TerritoryId::from_index);
        let sites_of = |territory| -> Vec<SiteId> {
            topology.sites().filter(|(_, site)| site.territory == Some(territory)).map(|(id, _)| id).collect()
        };
        for (from, to) in territories().flat_map(|from| territories().map(move |to| (from, to))).filter(|(from, to)| from != to) {
            let leads_astray = |segment: SegmentId| {
                let [a, b] = topology.segment(segment).ends.map(|end| law.territory(end));
                a.is_some() && a == b || [a, b].into_iter().flatten().any(|end| ![from, to].contains(&end))
            };
            let lost = topology.segments().map(|(id, _)| id).filter(|&id| leads_astray(id));
            let outage = Outage::of(topology.segment_count(), lost);
            let flow = MaxFlow::new(&network, Limits::Lanes).solve(&sites_of(from), &sites_of(to), &outage);
            assert_eq!(borders.capacity_mbps(from, to), flow.bounded(), "seed {seed} {from:?} {to:?}");
            crossed += usize::from(flow != Value::Bounded(0));
        }
    }
    assert!(crossed > 200, "{crossed} borders prove little");
}
