//! Flows, cuts and diverse routes by hand, and against every route there is.

use super::*;
use crate::algorithm::max_flow::Value;
use crate::capacity::Hazard;
use crate::capacity::between::{Place, SiteLimits, Spec, all_pairs, run};
use crate::network::LaneId;
use crate::policy::Walk;
use crate::testing::{Chance, every_walk, random_ends, random_international};
use crate::topology::{CableKind, RiskGroup, RiskGroupId, RiskGroupKind, SegmentId, SiteId};

fn place(topology: &Topology, sites: &[&str]) -> Place {
    Place { name: sites.join(" and "), sites: sites.iter().map(|id| topology.find_site(id).unwrap()).collect() }
}

fn spec(topology: &Topology, from: &[&str], to: &[&str]) -> Spec {
    Spec { from: place(topology, from), to: place(topology, to), sites: SiteLimits::None }
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
        let table = all_pairs(&law, &sites);
        for (i, from) in ["a", "b", "c", "d"].iter().enumerate() {
            for (j, to) in ["a", "b", "c", "d"].iter().enumerate() {
                assert_eq!(table[i][j], run(&law, &spec(&topology, &[from], &[to])).flow, "{from} {to}");
            }
        }
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
        let outcome = run(&law, &Spec { from: from_place, to: to_place, sites: SiteLimits::None });
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
