//! Each step on a toy, that all together are idempotent, and that all they add is marked imputed.

use super::*;
use crate::problem::Problems;
use crate::topology::{Topology, build};

/// A plain cable map: landings of Lagos and Accra, a joint between them, a landing of nobody's near Cotonou, a town.
///
/// ```text
///  Lagos ---- joint ---- Accra      Nowhere (near Cotonou)      Ibadan (near Lagos)
/// ```
fn map() -> RawTopology {
    let mut raw = RawTopology::default();
    raw.head.format = 1.into();
    raw.head.name = "map".into();
    let site = |id: &str, territory: &str, lat: f64, lon: f64, role: &str| RawSite {
        id: id.into(),
        territory: territory.into(),
        lat: lat.into(),
        lon: lon.into(),
        roles: [role].into_iter().collect(),
        ..RawSite::default()
    };
    raw.sites = vec![
        site("Lagos", "NG", 6.42, 3.4, "channel"),
        site("Accra", "GH", 5.6, -0.1, "pop"),
        site("joint", "", 4.5, 1.5, "branching-unit"),
        site("Nowhere", "ZZ", 6.36, 2.43, "channel"),
        site("Ibadan", "NG", 7.38, 3.9, "hub"),
    ];
    for code in ["NG", "GH", "ZZ"] {
        territory(&mut raw, code, Gazetteer::world(), Step::Country);
    }
    raw.cables = vec![RawCable { id: "sea".into(), kind: "submarine".into(), valid_from: "2011".into(), ..RawCable::default() }];
    let segment = |id: &str, a: &str, b: &str, km: f64| RawSegment {
        id: id.into(),
        cable: "sea".into(),
        a: a.into(),
        b: b.into(),
        length_km: km.into(),
        ..RawSegment::default()
    };
    raw.segments = vec![segment("s1", "Lagos", "joint", 330.0), segment("s2", "joint", "Accra", 240.0)];
    cite(&mut raw, Step::Country);
    raw
}

fn step(raw: &mut RawTopology, step: Step) -> usize {
    let added = run(raw, &BTreeSet::from([step]), &[]);
    assert_eq!(added.len(), 1);
    let before = format!("{raw:?}");
    assert_eq!(run(raw, &BTreeSet::from([step]), &[])[0].1, 0, "{} twice", step.word());
    assert_eq!(format!("{raw:?}"), before, "{} twice", step.word());
    added[0].1
}

fn site<'r>(raw: &'r RawTopology, id: &str) -> &'r RawSite {
    raw.sites.iter().find(|site| site.id.text == id).unwrap()
}

fn built(raw: &RawTopology) -> Topology {
    let mut problems = Problems::new();
    build::topology(raw.clone(), &mut problems).unwrap_or_else(|| panic!("{:#?}", problems.list()))
}

#[test]
fn a_site_of_nobody_is_in_the_country_of_the_nearest_city() {
    let mut raw = map();
    assert_eq!(step(&mut raw, Step::Country), 1);
    assert_eq!(site(&raw, "Nowhere").territory.text, "BJ");
    assert!(site(&raw, "joint").territory.is_blank());
    let codes: Vec<&str> = raw.head.territory.iter().map(|territory| territory.id.text.as_str()).collect();
    assert_eq!(codes, ["NG", "GH", "BJ"]);
}

#[test]
fn landings_become_channel_gateways_and_capitals_service_gateways() {
    let mut raw = map();
    // Accra the landing is also near Accra the capital; Abuja is made; nobody knows the capital of ZZ.
    assert_eq!(step(&mut raw, Step::Roles), 3);
    let roles = |id: &str| site(&raw, id).roles.entries().iter().map(|role| role.text.to_string()).collect::<Vec<_>>().join("+");
    assert_eq!(roles("Accra"), "pop+channel+hub+comprehensive");
    assert_eq!((roles("Lagos").as_str(), roles("joint").as_str()), ("channel", "branching-unit"));
    assert_eq!(roles("NG-Abuja"), "hub+comprehensive");
    let mains: Vec<&str> = raw.head.territory.iter().map(|territory| territory.main.text.as_str()).collect();
    assert_eq!(mains, ["NG-Abuja", "Accra", ""]);
}

#[test]
fn domestic_links_are_a_tree_over_land() {
    let mut raw = map();
    raw.sites.push(RawSite { id: "Kano".into(), lat: 12.0.into(), lon: 8.5.into(), ..site(&raw, "Ibadan").clone() });
    assert_eq!(step(&mut raw, Step::Domestic), 2);
    let pairs: Vec<String> = raw.segments[2..].iter().map(|segment| format!("{} {}", segment.a.text, segment.b.text)).collect();
    assert_eq!(pairs, ["Lagos Ibadan", "Ibadan Kano"]);
    // Hawaii and California are one country, but there is the sea between.
    let far = |id: &str, lat: f64, lon: f64| RawSite {
        id: id.into(),
        territory: "US".into(),
        lat: lat.into(),
        lon: lon.into(),
        roles: ["hub"].into_iter().collect(),
        ..RawSite::default()
    };
    let mut raw =
        RawTopology { sites: vec![far("Honolulu", 21.3, -157.9), far("LA", 34.0, -118.2), far("Denver", 39.7, -105.0)], ..map() };
    raw.segments.clear();
    assert_eq!(step(&mut raw, Step::Domestic), 1);
}

#[test]
fn neighbours_are_joined_once_by_border_gateways() {
    let mut raw = map();
    step(&mut raw, Step::Country);
    // Nigeria and Benin are neighbours, Ghana is neither's.
    assert_eq!(step(&mut raw, Step::Borders), 1);
    let link = raw.segments.last().unwrap();
    assert_eq!((link.a.text.as_str(), link.b.text.as_str()), ("Nowhere", "Lagos"));
    assert!(has_role(site(&raw, "Lagos"), "border") && has_role(site(&raw, "Nowhere"), "channel"));
    assert_eq!(raw.head.scope.len(), 2);
    // What is left: Accra's channel, and the capitals; of these Porto-Novo is near the site of nobody's.
    assert_eq!(step(&mut raw, Step::Roles), 4);
}

#[test]
fn latency_is_the_one_of_the_length() {
    let mut raw = map();
    assert_eq!(step(&mut raw, Step::Latency), 2);
    assert_eq!(raw.segments[0].latency_ms.text, "1.61601");
    let latency = |raw: &RawTopology| built(raw).segments().map(|(_, segment)| segment.latency).collect::<Vec<_>>();
    assert_eq!(latency(&raw), latency(&map()));
}

#[test]
fn capacity_is_the_tables_or_by_medium_and_year() {
    let mut raw = map();
    raw.segments[0].lit = "1 Gbit/s".into();
    assert_eq!(step(&mut raw, Step::Capacity), 1);
    assert_eq!((raw.segments[0].imputed.text.as_str(), raw.segments[1].imputed.text.as_str()), ("", "2.6 Tbit/s"));
    let row = CapacityRow { cable: "SEA".into(), design: "5 Tbit/s".into(), ..CapacityRow::default() };
    let mut raw = map();
    run(&mut raw, &BTreeSet::from([Step::Capacity]), &[row]);
    assert_eq!((raw.segments[1].design.text.as_str(), raw.segments[1].imputed.text.as_str()), ("5 Tbit/s", ""));
    built(&raw);
}

#[test]
fn years_and_pairs_choose_the_generation() {
    assert_eq!(system_mbps("submarine", Some(2002), Some(4)), Some(80_000));
    assert_eq!(system_mbps("submarine", None, None), Some(2_600_000));
    assert_eq!(system_mbps("terrestrial", Some(2018), None), Some(8_000_000));
    assert_eq!(system_mbps("microwave", Some(2015), None), Some(2_000));
    assert_eq!(system_mbps("pigeon", None, None), None);
}

#[test]
fn all_steps_together_add_nothing_twice_and_mark_all_they_add() {
    let mut raw = map();
    let before = raw.clone();
    let all = BTreeSet::from(Step::ALL);
    let added = run(&mut raw, &all, &[]);
    assert!(added.iter().all(|(_, count)| *count > 0), "{added:?}");
    let topology = built(&raw);
    let mut again = raw.clone();
    let twice = run(&mut again, &all, &[]);
    assert!(twice.iter().all(|(_, count)| *count == 0), "{twice:?}");
    assert_eq!(format!("{again:?}"), format!("{raw:?}"));
    let is_new = |id: &str| before.segments.iter().all(|segment| segment.id.text != id);
    for (_, segment) in topology.segments() {
        assert!(topology.is_imputed(&segment.capacity_sources), "{}", segment.id);
        assert!(!is_new(&segment.id) || topology.is_imputed(&segment.provenance.sources), "{}", segment.id);
    }
}
