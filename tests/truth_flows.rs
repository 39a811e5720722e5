//! Flows against the known cases of `03_maxflow` and `04_mcf`.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a test stops at the first surprise and says what it ran")]

mod truth;

use std::collections::BTreeMap;
use std::io::Read;

use crossborder::algorithm::cut_tree::CutTree;
use crossborder::algorithm::max_flow::{Limits, MaxFlow, Value as Flow};
use crossborder::algorithm::multicommodity::{Commodity, Duplex, EXACT, Question, Solution, max_carried, max_concurrent};
use crossborder::network::{Network, Outage, UNLIMITED};
use crossborder::topology::{SegmentId, SiteId};
use serde_json::Value;

/// Capacities are integers inside; the cases' fractions are eighths.
const SCALE: f64 = 8.0;

/// A case's graph, with its sites by name.
struct Graph {
    network: Network,
    sites: BTreeMap<String, SiteId>,
}

/// Rounds a case's capacity to the scale of the network, which must hold it exactly.
fn scaled(value: &Value) -> u64 {
    if value == "inf" {
        return UNLIMITED;
    }
    let scaled = value.as_f64().unwrap() * SCALE;
    assert!(scaled >= 0.0 && scaled.fract() == 0.0, "{value} is no multiple of 1/{SCALE}");
    scaled as u64
}

fn read_graph(case: &truth::Case) -> Graph {
    let Some(data) = case.value["query"]["data"].as_str() else { return read_json(&case.value["graph"]) };
    let path = truth::folder().join(data);
    let mut text = String::new();
    flate2::read::GzDecoder::new(std::fs::File::open(path).unwrap()).read_to_string(&mut text).unwrap();
    read_dimacs(&text)
}

fn read_json(graph: &Value) -> Graph {
    let names = graph["nodes"].as_array().unwrap().iter().map(|node| node["id"].as_str().unwrap().to_owned());
    let sites: BTreeMap<String, SiteId> = names.enumerate().map(|(i, name)| (name, SiteId::from_index(i))).collect();
    let is_directed = graph["directed"] == true;
    let links = graph["links"].as_array().unwrap().iter();
    let segments: Vec<_> = links
        .map(|link| {
            let capacity = scaled(&link["capacity"]);
            let [a, b] = ["a", "b"].map(|end| sites[link[end].as_str().unwrap()]);
            (a, b, 1, [capacity, if is_directed { 0 } else { capacity }])
        })
        .collect();
    Graph { network: Network::of_sites(sites.len(), &segments), sites }
}

fn read_dimacs(text: &str) -> Graph {
    let (mut sites, mut segments) = (BTreeMap::new(), Vec::new());
    for line in text.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words[..] {
            ["p", "max", nodes, _] => {
                let nodes: u32 = nodes.parse().unwrap();
                sites = (1..=nodes).map(|name| (name.to_string(), SiteId(name - 1))).collect();
            }
            ["a", tail, head, capacity] => {
                let capacity = scaled(&Value::from(capacity.parse::<f64>().unwrap()));
                segments.push((sites[tail], sites[head], 1, [capacity, 0]));
            }
            _ => {}
        }
    }
    Graph { network: Network::of_sites(sites.len(), &segments), sites }
}

/// Asserts the flow and that the cut proves it.
fn check(name: &str, graph: &Graph, flow: &mut MaxFlow, [source, sink]: [&str; 2], expected: &Value) {
    let ends = [source, sink].map(|end| [graph.sites[end]]);
    let value = flow.solve(&ends[0], &ends[1], &Outage::none_of(&graph.network));
    assert_eq!(value, Flow::Bounded(scaled(expected)), "{name}: {source} to {sink}");
    let cut = flow.cut().unwrap();
    assert_eq!(cut.capacity, scaled(expected), "{name}: {source} to {sink}");
    assert!(cut.source_side.contains(&ends[0][0]), "{name}: {source} to {sink}");
    assert!(!cut.source_side.contains(&ends[1][0]), "{name}: {source} to {sink}");
}

/// Asserts the listed pairs, the sum over all unordered pairs and the least of them.
fn check_many(name: &str, graph: &Graph, flow: &mut MaxFlow, expect: &Value) {
    for pair in expect["pairs"].as_array().unwrap() {
        let [source, sink] = ["s", "t"].map(|end| pair[end].as_str().unwrap());
        check(name, graph, flow, [source, sink], &pair["value"]);
    }
    let sites = graph.network.site_count();
    let pairs = (0..sites).flat_map(|a| (a + 1..sites).map(move |b| [SiteId::from_index(a), SiteId::from_index(b)]));
    let outage = Outage::none_of(&graph.network);
    let tree = CutTree::new(&graph.network, &outage).unwrap();
    let mut sum = 0;
    for [a, b] in pairs {
        let value = flow.solve(&[a], &[b], &outage);
        assert_eq!(tree.min_cut(a, b), value, "{name}: {a:?} to {b:?}");
        sum += value.bounded().unwrap();
    }
    assert_eq!(sum, scaled(&expect["sum_over_all_unordered_pairs"]), "{name}");
    assert_eq!(tree.global_min_cut(), Some(Flow::Bounded(scaled(&expect["global_min_cut"]))), "{name}");
}

#[test]
fn every_known_maximum_flow_comes_out() {
    let Some(cases) = truth::cases("03_maxflow") else { return };
    for case in &cases {
        let (query, expect) = (&case.value["query"], &case.value["expect"]);
        let graph = read_graph(case);
        let mut flow = MaxFlow::new(&graph.network, Limits::Lanes);
        match query["op"].as_str().unwrap() {
            "max_flow" if expect.get("error").is_some() => {
                let [source, sink] = ["s", "t"].map(|end| [graph.sites[query[end].as_str().unwrap()]]);
                let value = flow.solve(&source, &sink, &Outage::none_of(&graph.network));
                assert_eq!(value, Flow::Unbounded, "{}", case.name);
            }
            "max_flow" => {
                let ends = ["s", "t"].map(|end| query[end].as_str().unwrap());
                check(&case.name, &graph, &mut flow, ends, &expect["value"]);
            }
            "max_flow_many" => check_many(&case.name, &graph, &mut flow, expect),
            "global_min_cut" => {
                let tree = CutTree::new(&graph.network, &Outage::none_of(&graph.network)).unwrap();
                assert_eq!(tree.global_min_cut(), Some(Flow::Bounded(scaled(&expect["value"]))), "{}", case.name);
            }
            op => panic!("{}: unknown question {op}", case.name),
        }
    }
    println!("{} cases of 03_maxflow", cases.len());
}

/// A case's demands, in the scale of the network.
fn demands(case: &truth::Case, sites: &BTreeMap<String, SiteId>) -> Vec<(SiteId, SiteId, f64)> {
    let rows = case.value["query"]["demands"].as_array().unwrap().iter();
    let site = |name: &Value| sites[name.as_str().unwrap()];
    rows.map(|row| (site(&row[0]), site(&row[1]), row[2].as_f64().unwrap() * SCALE)).collect()
}

/// Asks for the optimum and asserts that it is proven.
fn optimum(
    ask: fn(&Question<'_>) -> Solution,
    network: &Network,
    (duplex, outage): (Duplex, &Outage),
    demands: &[(SiteId, SiteId, f64)],
    scale: f64,
) -> Solution {
    let commodities: Vec<Commodity<'_>> = demands
        .iter()
        .map(|(from, to, amount)| {
            let (from, to, amount_mbps) = (std::slice::from_ref(from), std::slice::from_ref(to), amount * scale);
            Commodity { network: 0, from, to, amount_mbps, weight: 1.0, cost_limit: None }
        })
        .collect();
    let networks = std::slice::from_ref(network);
    let solution = ask(&Question { networks, outage, duplex, commodities: &commodities, gap: EXACT });
    assert!(solution.gap() <= EXACT, "gap {}", solution.gap());
    solution
}

fn assert_close(ours: f64, theirs: f64, what: &str) {
    assert!((ours - theirs).abs() <= 1e-6 * theirs.abs(), "{what}: {ours} is not {theirs}");
}

#[test]
fn every_known_multicommodity_optimum_comes_out() {
    let Some(cases) = truth::cases("04_mcf") else { return };
    let (mut concurrent, mut carried, mut failures) = (0, 0, 0);
    for case in &cases {
        let Graph { network, sites } = read_graph(case);
        let demands = demands(case, &sites);
        let none = Outage::none_of(&network);
        for (model, duplex) in [("directed", Duplex::Full), ("full_duplex", Duplex::Full), ("shared", Duplex::Shared)] {
            let Some(expect) = case.value["expect"].get(model) else { continue };
            let what = format!("{} {model}", case.name);
            let ours = optimum(max_concurrent, &network, (duplex, &none), &demands, 1.0);
            assert_close(ours.value, expect["max_concurrent_lambda"].as_f64().unwrap(), &what);
            assert!(ours.unroutable.is_empty(), "{what}");
            concurrent += 1;
            if let Some(served) = expect.get("max_served_total_at_demand_scale") {
                let scale = served["scale"].as_f64().unwrap();
                let ours = optimum(max_carried, &network, (duplex, &none), &demands, scale);
                assert_close(ours.value / SCALE, served["served"].as_f64().unwrap(), &what);
                carried += 1;
            }
            for failure in expect.get("n1_single_link").and_then(Value::as_array).into_iter().flatten() {
                let links = case.value["graph"]["links"].as_array().unwrap();
                let lost = links.iter().position(|link| link["id"] == failure["failed"]).unwrap();
                let outage = Outage::of(links.len(), [SegmentId::from_index(lost)]);
                let ours = optimum(max_concurrent, &network, (duplex, &outage), &demands, 1.0);
                match failure["min_max_utilisation"].as_f64() {
                    Some(theirs) => assert_close(1.0 / ours.value, theirs, &format!("{what} without {}", failure["failed"])),
                    None => assert!(!ours.unroutable.is_empty(), "{what} without {}", failure["failed"]),
                }
                failures += 1;
            }
        }
    }
    println!("{} cases of 04_mcf: {concurrent} multipliers, {carried} totals, {failures} failures", cases.len());
}

/// Rows of numbers in a file beside the repository; `None` and a printed word where it is absent.
fn rows(file: &str) -> Option<Vec<Vec<f64>>> {
    let path = format!("{}/../shared/data/{file}", env!("CARGO_MANIFEST_DIR"));
    let Ok(text) = std::fs::read_to_string(path) else {
        println!("skipped: no ../shared/data/{file}");
        return None;
    };
    Some(text.lines().map(|line| line.split_whitespace().map(|word| word.parse().unwrap()).collect()).collect())
}

#[test]
fn fifty_sites_have_their_known_multipliers() {
    for (name, expected) in [("s50", 1.070_002_154_8), ("s50b", 0.776_105_790_7)] {
        let Some(edges) = rows(&format!("synthetic/{name}.edges")) else { return };
        let segments: Vec<_> =
            edges.iter().map(|row| (SiteId(row[0] as u32), SiteId(row[1] as u32), 1, [(row[2] * SCALE) as u64; 2])).collect();
        let network = Network::of_sites(50, &segments);
        let demands = rows(&format!("synthetic/{name}.demands")).unwrap();
        let demands: Vec<_> = demands.iter().map(|row| (SiteId(row[0] as u32), SiteId(row[1] as u32), row[2] * SCALE)).collect();
        let ours = optimum(max_concurrent, &network, (Duplex::Full, &Outage::none_of(&network)), &demands, 1.0);
        assert_close(ours.value, expected, name);
    }
}

/// The values of an attribute in the elements of one kind of a small XML file, in order.
fn attributes<'a>(text: &'a str, element: &str, name: &str) -> impl Iterator<Item = f64> + use<'a> {
    let (open, key) = (format!("<{element} "), format!(" {name}=\""));
    let elements: Vec<&str> = text.split(open.as_str()).skip(1).map(|rest| rest.split_once('>').unwrap().0).collect();
    let value = move |element: &&str| {
        let padded = format!(" {element}");
        let start = padded.find(&key).unwrap() + key.len();
        padded[start..].split('"').next().unwrap().parse().unwrap()
    };
    elements.into_iter().map(move |element| value(&element))
}

#[test]
fn cost266_has_its_known_multiplier() {
    let path = format!("{}/../shared/data/land/net2plan/cost266_N37_E114_withTraffic.n2p", env!("CARGO_MANIFEST_DIR"));
    let Ok(text) = std::fs::read_to_string(path) else {
        println!("skipped: no ../shared/data/land/net2plan");
        return;
    };
    // Thousandths of an Erlang are integers.
    let list = |element, [from, to, amount]: [&str; 3]| -> Vec<(SiteId, SiteId, f64)> {
        let ends = attributes(&text, element, from).zip(attributes(&text, element, to));
        let site = |number: f64| SiteId(number as u32);
        ends.zip(attributes(&text, element, amount)).map(|((a, b), amount)| (site(a), site(b), amount * 1e3)).collect()
    };
    let links = list("link", ["originNodeId", "destinationNodeId", "linkCapacityInErlangs"]);
    let demands = list("demandEntry", ["ingressNodeId", "egressNodeId", "offeredTrafficInErlangs"]);
    assert_eq!((links.len(), demands.len()), (114, 37 * 36));
    let segments: Vec<_> = links.iter().map(|&(a, b, capacity)| (a, b, 1, [capacity.round() as u64, 0])).collect();
    let network = Network::of_sites(37, &segments);
    let ours = optimum(max_concurrent, &network, (Duplex::Full, &Outage::none_of(&network)), &demands, 1.0);
    assert!((ours.value - 1.73161).abs() < 5e-6, "{}", ours.value);
}
