//! Round trips of random topologies: what a format can hold comes back, and what it cannot is counted by a finding.

use super::{File, Format, write};
use crate::file::{Entry, List};
use crate::problem::Problems;
use crate::testing::Chance;
use crate::topology::build;
use crate::topology::geography::geodesic_m;
use crate::topology::import::{Options, Sketch, claim, finding, geojson, graphml, netgraph, node_link, tables};
use crate::topology::raw::{
    RawCable, RawCircle, RawDemand, RawHead, RawRiskGroup, RawSegment, RawSite, RawSource, RawTerritory, RawTopology,
};
use crate::units::Position;

/// One of these, or blank.
fn some(of: &[&str], chance: &mut Chance) -> Entry {
    let at = usize::try_from(chance.below(of.len() as u64 + 1)).unwrap();
    of.get(at).map_or_else(Entry::default, |text| Entry::from(*text))
}

/// One of these.
fn one<'t>(of: &[&'t str], chance: &mut Chance) -> &'t str {
    of[usize::try_from(chance.below(of.len() as u64)).unwrap()]
}

const NOTES: &[&str] = &["plain", "a, b; c", "say \"so\"", "=1+1", "two\nlines", "厦门 <x> & y", "- [z]: {w}", "it's"];
const DATES: &[&str] = &["2008", "2009-05", "2010-06-07"];
const RATES: &[&str] = &["1 Mbit/s", "40 Gbit/s", "3.84 Tbit/s", "66041 Mbit/s"];
const CONFIDENCES: &[&str] = &["low", "high"];

fn random(chance: &mut Chance) -> RawTopology {
    let count = |chance: &mut Chance, low: u64, width: u64| low + chance.below(width);
    let sites: Vec<RawSite> = (0..count(chance, 2, 6)).map(|i| site(i, chance)).collect();
    let cables: Vec<RawCable> = (0..count(chance, 1, 3)).map(|i| cable(i, chance)).collect();
    let segments: Vec<RawSegment> = (0..count(chance, 0, 8)).map(|i| segment(i, &sites, &cables, chance)).collect();
    let demands: Vec<RawDemand> = (0..count(chance, 0, 4)).map(|i| demand(i, &sites, chance)).collect();
    let territory = |code: &str| RawTerritory {
        id: code.into(),
        regime: "open".into(),
        transit: "service".into(),
        main: sites.iter().find(|site| site.territory.text == code).map_or_else(Entry::default, |site| site.id.clone()),
        ..RawTerritory::default()
    };
    let source = |id: &str| RawSource { id: id.into(), kind: "published".into(), ..RawSource::default() };
    let groups = (0..chance.below(3)).map(|i| risk_group(i, &sites, &segments, &cables, chance)).collect();
    let head = RawHead {
        format: 1.into(),
        name: "random".into(),
        title: some(NOTES, chance),
        description: some(NOTES, chance),
        territory: ["FI", "EE"].map(territory).into(),
        source: if chance.below(2) == 0 { Vec::new() } else { vec![source("PRESS")] },
        risk_group: groups,
        ..RawHead::default()
    };
    let mut raw = RawTopology { head, sites, cables, segments, demands, ..RawTopology::default() };
    if !raw.head.source.is_empty() {
        raw.sites.iter_mut().for_each(|site| site.source = ["PRESS"].into_iter().collect());
    }
    raw
}

fn site(i: u64, chance: &mut Chance) -> RawSite {
    let degrees = |low: f64, chance: &mut Chance| low + f64::from(u32::try_from(chance.below(800)).unwrap()) / 100.0;
    RawSite {
        id: format!("s{i}").into(),
        name: some(NOTES, chance),
        territory: one(&["FI", "EE"], chance).into(),
        zone: some(&["Z1", "Z-2"], chance),
        lat: degrees(57.01, chance).into(),
        lon: degrees(-4.005, chance).into(),
        roles: one(&["hub+pop", "channel", "comprehensive+hub", "pop", "channel+hub@2007..2030"], chance).split('+').collect(),
        switching: some(RATES, chance),
        valid_from: some(&["1999", "2001-02"], chance),
        valid_to: some(&["2040"], chance),
        confidence: some(CONFIDENCES, chance),
        note: some(NOTES, chance),
        ..RawSite::default()
    }
}

fn cable(i: u64, chance: &mut Chance) -> RawCable {
    let mut cable = RawCable {
        id: format!("c{i}").into(),
        kind: one(&["submarine", "terrestrial", "microwave", "satellite"], chance).into(),
        ..RawCable::default()
    };
    if chance.below(2) == 0 {
        cable.name = some(NOTES, chance);
        cable.length_km = some(&["12000"], chance);
        cable.fibre_pairs = some(&["4"], chance);
        cable.note = some(NOTES, chance);
        cable.confidence = some(CONFIDENCES, chance);
        cable.owners = if chance.below(2) == 0 { List::default() } else { ["Own & Co", "X"].into_iter().collect() };
    }
    cable
}

fn segment(i: u64, sites: &[RawSite], cables: &[RawCable], chance: &mut Chance) -> RawSegment {
    let pick = |of: usize, chance: &mut Chance| usize::try_from(chance.below(of as u64)).unwrap();
    let a = pick(sites.len(), chance);
    let b = (a + 1 + pick(sites.len() - 1, chance)) % sites.len();
    let place = |site: &RawSite| Position::new(site.lat.text.parse().unwrap(), site.lon.text.parse().unwrap()).unwrap();
    let km = geodesic_m(place(&sites[a]), place(&sites[b])) / 1e3 * 1.2 + 1.5;
    RawSegment {
        id: format!("x{i}").into(),
        cable: cables[pick(cables.len(), chance)].id.clone(),
        a: sites[a].id.clone(),
        b: sites[b].id.clone(),
        length_km: format!("{km:.3}").trim_end_matches('0').trim_end_matches('.').into(),
        latency_ms: some(&["7.5", "0.25"], chance),
        design: some(RATES, chance),
        lit: some(RATES, chance),
        imputed: some(RATES, chance),
        design_back: some(RATES, chance),
        lit_back: some(&["0 Mbit/s", "2 Gbit/s"], chance),
        terrain: some(&["deep", "plain"], chance),
        tariff: some(&["1.5"], chance),
        path: some(&["60.5 1.25;61 2", "58 -3"], chance),
        valid_from: some(DATES, chance),
        valid_to: some(&["2030-01-01"], chance),
        confidence: some(CONFIDENCES, chance),
        note: some(NOTES, chance),
        ..RawSegment::default()
    }
}

fn demand(i: u64, sites: &[RawSite], chance: &mut Chance) -> RawDemand {
    let a = usize::try_from(chance.below(sites.len() as u64)).unwrap();
    RawDemand {
        id: format!("d{i}").into(),
        from: sites[a].id.clone(),
        to: sites[(a + 1) % sites.len()].id.clone(),
        service: one(&["internet", "voice", "leased"], chance).into(),
        traffic: one(RATES, chance).into(),
        operator: some(&["Own Co"], chance),
        priority: some(&["1", "9"], chance),
        latency_max_ms: some(&["120.5"], chance),
        valid_from: some(DATES, chance),
        valid_to: some(&["2030"], chance),
        confidence: some(CONFIDENCES, chance),
        note: some(NOTES, chance),
        ..RawDemand::default()
    }
}

fn risk_group(i: u64, sites: &[RawSite], segments: &[RawSegment], cables: &[RawCable], chance: &mut Chance) -> RawRiskGroup {
    let mut group =
        RawRiskGroup { id: format!("g{i}").into(), kind: one(&["other", "strait"], chance).into(), ..Default::default() };
    group.sites = [sites[0].id.text.as_str()].into_iter().collect();
    if let Some(segment) = segments.first() {
        group.segments = [segment.id.text.as_str()].into_iter().collect();
    }
    if chance.below(2) == 0 {
        group.cables = [cables[0].id.text.as_str()].into_iter().collect();
    }
    if chance.below(3) == 0 {
        group.circle = Some(RawCircle { lat: 60.into(), lon: 1.into(), radius_km: 50.into(), place: None });
    }
    group
}

/// All that a topology holds, as text.
fn dump(raw: &RawTopology, seed: u64) -> String {
    let mut raw = raw.clone();
    raw.head.name = "same".into();
    let mut problems = Problems::new();
    let topology = build::topology(raw, &mut problems);
    format!("{:#?}", topology.unwrap_or_else(|| panic!("seed {seed}: {:#?}", problems.list())))
}

fn claimed(sketch: Sketch) -> RawTopology {
    let mut problems = Problems::new();
    let (raw, _) = claim(sketch, "again", &mut problems);
    assert!(problems.is_empty(), "{:#?}", problems.list());
    raw
}

fn text<'f>(files: &'f [File], name: &str) -> Option<&'f [u8]> {
    files.iter().find(|file| file.name == name).map(|file| file.text.as_bytes())
}

const SEEDS: std::ops::Range<u64> = 0..150;

#[test]
fn whole_formats_lose_nothing_of_any_topology() {
    for seed in SEEDS {
        let raw = random(&mut Chance(seed));
        let before = dump(&raw, seed);
        for format in [Format::GraphMl, Format::GeoJson, Format::NodeLink, Format::Native] {
            let (files, findings) = write(&raw, format);
            assert!(findings.is_empty(), "seed {seed}: {findings:?}");
            let (bytes, options) = (files[0].text.as_bytes(), Options::default());
            let again = match format {
                Format::GraphMl => claimed(graphml::read(bytes, &options).unwrap()),
                Format::GeoJson => claimed(geojson::read(&[bytes], &options).unwrap()),
                Format::NodeLink => claimed(node_link::read(bytes, &options).unwrap()),
                _ => super::tests::read_native(&files),
            };
            assert!(dump(&again, seed) == before, "seed {seed}: {} lost something", format.word());
        }
    }
}

/// A number as such, any other text as it is.
fn value(entry: &Entry) -> String {
    entry.text.parse::<f64>().map_or_else(|_| entry.text.to_string(), |number| number.to_string())
}

fn values<const N: usize>(entries: [&Entry; N]) -> Vec<String> {
    entries.into_iter().map(value).collect()
}

/// What plain formats hold of the sites: all but sources.
fn sites(raw: &RawTopology) -> Vec<Vec<String>> {
    let held = |site: &RawSite| {
        let RawSite { id, territory, zone, lat, lon, switching, valid_from, valid_to, confidence, note, .. } = site;
        let mut held = values([id, territory, zone, lat, lon, switching, valid_from, valid_to, confidence, note]);
        held.push(site.name.get().unwrap_or(&site.id.text).to_owned());
        held.extend(site.roles.entries().iter().map(|role| role.text.to_string()));
        held
    };
    raw.sites.iter().map(held).collect()
}

/// What plain formats hold of the segments: all but sources.
fn segments(raw: &RawTopology) -> Vec<Vec<String>> {
    let held = |row: &RawSegment| {
        let RawSegment { id, cable, a, b, length_km, latency_ms, design, lit, imputed, design_back, lit_back, .. } = row;
        let mut held = values([id, cable, a, b, length_km, latency_ms, design, lit, imputed, design_back, lit_back]);
        held.extend(values([&row.terrain, &row.tariff, &row.path, &row.valid_from, &row.valid_to, &row.confidence, &row.note]));
        held.extend(raw.cables.iter().find(|cable| cable.id == row.cable).map(|cable| cable.kind.text.to_string()));
        held
    };
    raw.segments.iter().map(held).collect()
}

/// The segments of each risk group that has any, whether by name or by cable; those of NetGraph with their sites.
fn groups(raw: &RawTopology, has_sites: bool) -> Vec<(String, Vec<String>)> {
    let members = |group: &RawRiskGroup| {
        let is_in = |row: &&RawSegment| {
            let is_of = |list: &List, id: &Entry| list.entries().iter().any(|entry| entry.text == id.text);
            is_of(&group.segments, &row.id) || is_of(&group.cables, &row.cable)
        };
        let mut members: Vec<String> = raw.segments.iter().filter(is_in).map(|row| row.id.text.to_string()).collect();
        let sites = group.sites.entries().iter().filter(|_| has_sites);
        members.extend(sites.map(|site| site.text.to_string()));
        (group.id.text.to_string(), members)
    };
    raw.head.risk_group.iter().map(members).filter(|(_, members)| !members.is_empty()).collect()
}

/// How many things of a topology plain formats have no place for.
fn not_held(raw: &RawTopology) -> usize {
    let head = &raw.head;
    let is_more = |cable: &&RawCable| {
        let RawCable { name, length_km, fibre_pairs, note, confidence, .. } = cable;
        [name, length_km, fibre_pairs, note, confidence].iter().any(|entry| !entry.is_blank())
            || cable.owners.said().is_some()
            || raw.segments.iter().all(|row| row.cable.text != cable.id.text)
    };
    [&head.title, &head.description].iter().filter(|entry| !entry.is_blank()).count()
        + head.territory.len()
        + head.source.len()
        + raw.cables.iter().filter(is_more).count()
        + head.risk_group.iter().filter(|group| group.circle.is_some()).count()
        + head.risk_group.iter().filter(|group| group.kind.text != "other").count()
}

#[test]
fn plain_tables_hold_what_they_say_and_count_the_rest() {
    for seed in SEEDS {
        let raw = random(&mut Chance(seed));
        let (files, findings) = write(&raw, Format::Csv);
        let links = text(&files, "links.csv").unwrap();
        let all = tables::Tables { nodes: text(&files, "nodes.csv"), links, demands: text(&files, "demands.csv") };
        let again = claimed(tables::read(&all, &Options::default()).unwrap());
        assert_eq!(sites(&again), sites(&raw), "seed {seed}");
        assert_eq!(segments(&again), segments(&raw), "seed {seed}");
        assert_eq!(groups(&again, false), groups(&raw, false), "seed {seed}");
        let demands = |raw: &RawTopology| -> Vec<Vec<String>> {
            let held = |row: &RawDemand| {
                let RawDemand { id, from, to, service, operator, latency_max_ms, valid_from, valid_to, .. } = row;
                let mut held = values([id, from, to, service, operator, latency_max_ms, valid_from, valid_to]);
                held.extend(values([&row.priority, &row.confidence, &row.note]));
                held.push(crate::units::Bandwidth::parse(&row.traffic.text).unwrap().to_string());
                held
            };
            raw.demands.iter().map(held).collect()
        };
        assert_eq!(demands(&again), demands(&raw), "seed {seed}");
        let grouped = usize::from(!raw.head.risk_group.is_empty());
        assert_eq!(findings.count(finding::NOT_HELD), (not_held(&raw) + grouped) as u64, "seed {seed}: {findings:?}");
    }
}

#[test]
fn netgraph_holds_what_it_says_and_counts_the_rest() {
    for seed in SEEDS {
        let raw = random(&mut Chance(seed));
        let (files, findings) = write(&raw, Format::NetGraph);
        let mut again = claimed(netgraph::read(files[0].text.as_bytes(), &Options::default()).unwrap());
        // A capacity that nobody knows is written as none, and counted.
        let is_unknown = |row: &RawSegment| [&row.design, &row.lit, &row.imputed].iter().all(|entry| entry.is_blank());
        let mut unknown = 0;
        for (after, before) in again.segments.iter_mut().zip(&raw.segments).filter(|(_, before)| is_unknown(before)) {
            unknown += 1;
            after.lit = before.lit.clone();
        }
        assert_eq!(sites(&again), sites(&raw), "seed {seed}");
        assert_eq!(segments(&again), segments(&raw), "seed {seed}");
        assert_eq!(groups(&again, true), groups(&raw, true), "seed {seed}");
        let demands = |raw: &RawTopology| -> Vec<Vec<String>> {
            let held = |row: &RawDemand| {
                let priority = row.priority.get().unwrap_or("5").to_owned();
                let traffic = crate::units::Bandwidth::parse(&row.traffic.text).unwrap().to_string();
                values([&row.from, &row.to]).into_iter().chain([priority, traffic]).collect()
            };
            raw.demands.iter().map(held).collect()
        };
        assert_eq!(demands(&again), demands(&raw), "seed {seed}");
        let lost = |row: &RawDemand| {
            let RawDemand { operator, latency_max_ms, valid_from, valid_to, confidence, note, .. } = row;
            let entries = [operator, latency_max_ms, valid_from, valid_to, confidence, note];
            entries.iter().filter(|entry| !entry.is_blank()).count() + usize::from(row.service.text != "internet")
        };
        let lost: usize = raw.demands.iter().map(lost).sum();
        assert_eq!(findings.count(finding::NOT_HELD), (not_held(&raw) + lost + unknown) as u64, "seed {seed}: {findings:?}");
    }
}
