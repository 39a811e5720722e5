//! What every failure of a set does, against known counts and against the work it should take.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
#![expect(clippy::print_stdout, reason = "it says when there is nothing to compare with")]

use std::fmt::Write as _;

use crossborder::demand::{Request, offered};
use crossborder::failure::findings::{Findings, Measure};
use crossborder::failure::impact::{Assessor, Restoration, Spec, networks};
use crossborder::failure::outages::{Counting, Element, ElementKind, OutageSet, elements};
use crossborder::failure::sweep::sweep;
use crossborder::network::Metric;
use crossborder::policy::{Law, Policy, Profile, Query};
use crossborder::topology::{Service, SiteId, Topology};
use crossborder::units::{Date, parse_date};
use serde_json::Value;

#[path = "truth/mod.rs"]
mod truth;
#[path = "truth/world.rs"]
mod world;

fn day() -> Date {
    parse_date("2022-06-01").unwrap()
}

/// A graph as a topology: a cable for each link, a territory for each node, so that who is alone is isolated.
fn topology(graph: &Value) -> Topology {
    let mut head = String::from("format = 1\nname = \"graph\"\ntitle = \"A graph\"\n");
    head.push_str("[[source]]\nid = \"G\"\nkind = \"imputed\"\ntitle = \"a graph beside the repository\"\n");
    let mut sites = String::from("id,territory,lat,lon,roles,source\n");
    let mut cables = String::from("id,kind,source\n");
    let mut segments = String::from("id,cable,a,b,length_km,lit,source\n");
    for node in graph["nodes"].as_array().unwrap() {
        let id = node["id"].as_str().unwrap();
        writeln!(head, "[[territory]]\nid = \"{id}\"\nregime = \"open\"\ntransit = \"service\"\nsource = \"G\"").unwrap();
        writeln!(sites, "{id},{id},{},{},pop,G", node["lat"], node["lon"]).unwrap();
    }
    for link in graph["links"].as_array().unwrap() {
        let [id, a, b] = ["id", "a", "b"].map(|key| link[key].as_str().unwrap());
        writeln!(cables, "{id},terrestrial,G").unwrap();
        writeln!(segments, "{id},{id},{a},{b},{},1 Gbit/s,G", (link["length_m"].as_f64().unwrap() / 1e3).max(0.001)).unwrap();
    }
    world::topology(&[("topology.toml", head), ("sites.csv", sites), ("cables.csv", cables), ("segments.csv", segments)])
}

/// A request for each unordered pair of sites.
fn pairs(topology: &Topology) -> Vec<Request> {
    let sites: Vec<SiteId> = topology.sites().map(|(site, _)| site).collect();
    let pairs = sites.iter().enumerate().flat_map(|(i, &from)| sites[i + 1..].iter().map(move |&to| (from, to)));
    let query = |(from, to)| Query { from, to, service: Service::Internet, operator: None };
    pairs.map(|pair| Request::question("", query(pair))).collect()
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap()
}

#[test]
fn single_double_and_triple_failures_part_as_many_pairs_as_known() {
    let Some(cases) = truth::cases("08_nk") else { return };
    for case in cases {
        let (name, expect) = (&case.name, &case.value["expect"]);
        let topology = topology(&case.value["graph"]);
        let policy = Policy::new(Profile::Physical, day());
        let law = Law::new(&topology, &policy);
        let spec = Spec { requests: pairs(&topology), metric: Metric::Latency, restoration: Restoration::Reroute };
        let compiled = networks(&law, &spec);
        let mut assessor = Assessor::new(&law, &spec, &compiled);
        let links = elements(&topology, day(), ElementKind::Segment, Counting::Segments);
        let find = |name: &Value| links.iter().find(|element| name.as_str() == Some(&element.name)).unwrap();
        let mut worker = assessor.worker();
        for single in expect["n1_links"].as_array().unwrap() {
            let impact = worker.assess(&find(&single["failed"]).segments);
            assert_eq!(impact.parted_pairs as u64, number(&single["disconnected_pairs"]), "{name} {single}");
            assert_eq!(impact.isolated.len() as u64, number(&single["isolated_nodes"]), "{name} {single}");
        }
        for single in expect["n1_nodes"].as_array().unwrap() {
            let site = topology.find_site(single["failed"].as_str().unwrap()).unwrap();
            worker.assess(&topology.segments_at(site));
            let is_of_others = |&request: &usize| {
                let query = &spec.requests[request].query;
                query.from != site && query.to != site
            };
            let parted = worker.parted().filter(is_of_others).count();
            assert_eq!(parted as u64, number(&single["disconnected_pairs_among_others"]), "{name} {single}");
        }
        let mut every = |together| sweep(&mut assessor, &OutageSet::every(links.clone(), together), (Measure::PartedPairs, 1));
        let double = every(2);
        let known = &expect["n2_links"];
        assert_eq!(
            (double.done, double.parting),
            (number(&known["cases"]), number(&known["cases_with_disconnection"])),
            "{name}"
        );
        assert_eq!(double.worst[0].by.0 as u64, number(&known["worst_disconnected_pairs"]), "{name}");
        assert_eq!(isolations(&double), number(&known["total_isolated_nodes"]), "{name}");
        if let Some(known) = expect.get("n3_links") {
            let triple = every(3);
            let expected = (number(&known["cases"]), number(&known["cases_with_disconnection"]));
            assert_eq!((triple.done, triple.parting), expected, "{name}");
        }
    }
}

fn isolations(findings: &Findings) -> u64 {
    findings.territories().map(|(_, suffering)| suffering.isolating).sum()
}

#[test]
fn work_grows_with_what_an_outage_touches_and_pairs_reuse_singles() {
    let Some(topology) = world::world() else { return };
    let policy = Policy::new(Profile::Physical, day());
    let law = Law::new(&topology, &policy);
    let spec = Spec { requests: offered(&topology, day()), metric: Metric::Latency, restoration: Restoration::Reroute };
    let compiled = networks(&law, &spec);
    let mut assessor = Assessor::new(&law, &spec, &compiled);
    let cables: Vec<Element> =
        elements(&topology, day(), ElementKind::Cable, Counting::Segments).into_iter().step_by(20).collect();
    assessor.learn(&cables);
    let mut worker = assessor.worker();
    let (mut touched, mut searched, mut lost, mut members) = (0, 0, Vec::new(), Vec::new());
    let set = OutageSet::every(cables, 2);
    for index in 0..set.len() {
        set.lost(index, &mut members, &mut lost);
        let alone = worker.assess(&lost).clone();
        let work = worker.work();
        assert_eq!(work.searched, alone.touched, "what is not touched is not searched for");
        assert_eq!(*worker.assess_elements(&lost, &members), alone);
        assert!(worker.work().searched <= work.searched && worker.work().cut_off <= work.cut_off);
        touched += alone.touched;
        searched += worker.work().searched;
    }
    assert!(searched * 5 < touched, "{searched} of {touched} demands were searched for anew");
}
