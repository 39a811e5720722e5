//! Reliability, availability, exhaustive failures and adequacy, held to known answers from outside the project.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a test stops at the first surprise and says what it skips")]

use std::collections::BTreeMap;

use crossborder::algorithm::block::Block;
use crossborder::algorithm::components::{components, weak_points};
use crossborder::algorithm::connectivity::{Connectivity, Workspace};
use crossborder::algorithm::max_flow::{Limits, MaxFlow};
use crossborder::algorithm::reliability::{Downtime, Group, Link, System, parting};
use crossborder::algorithm::{repair, shortest_path};
use crossborder::failure::availability::{Pool, Renewal};
use crossborder::failure::hazard::HOURS_PER_YEAR;
use crossborder::failure::likely::bound;
use crossborder::failure::sample::{Component, Sampler};
use crossborder::network::{Network, Outage, UNREACHABLE, VertexId};
use crossborder::random::Seed;
use crossborder::statistics::{Estimate, Moments};
use crossborder::topology::{SegmentId, SiteId};
use serde_json::Value;

#[path = "truth/synthetic.rs"]
mod synthetic;
mod truth;

use synthetic::Synthetic;

/// Far beyond what any case needs.
const STATES: usize = 10_000_000;

/// The number in a decimal string, a fraction such as `9/10`, or a JSON number.
fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| {
        let text = value.as_str().unwrap();
        text.split_once('/').map_or_else(|| text.parse().unwrap(), |(a, b)| a.parse::<f64>().unwrap() / b.parse::<f64>().unwrap())
    })
}

/// One minus a decimal between 0 and 1, rounded once: `1 - 0.999999` in doubles is wrong in the tenth digit.
fn complement(value: &Value) -> f64 {
    let digits = value.as_str().unwrap().strip_prefix("0.").unwrap();
    let scale = 10i64.pow(u32::try_from(digits.len()).unwrap());
    (scale - digits.parse::<i64>().unwrap()) as f64 / scale as f64
}

fn assert_close(got: f64, expected: f64, tolerance: &Value, what: &str) {
    let off = (got - expected).abs();
    let [abs, rel] = ["abs", "rel"].map(|kind| tolerance[kind].as_f64().unwrap_or(0.0));
    assert!(off <= abs.max(rel * expected.abs()), "{what}: got {got:e}, expected {expected:e}");
}

/// Positions of names among a case's nodes.
fn vertex(graph: &Value, name: &Value) -> u32 {
    let position = graph["nodes"].as_array().unwrap().iter().position(|node| node["id"] == *name);
    u32::try_from(position.unwrap()).unwrap()
}

/// The case's graph; `downtime` says how its links fail.
fn system(graph: &Value, terminals: &[&Value], downtime: impl Fn(&Value) -> Downtime) -> System {
    let links = graph["links"].as_array().unwrap();
    System {
        vertices: graph["nodes"].as_array().unwrap().len(),
        links: links
            .iter()
            .map(|link| Link { ends: [&link["a"], &link["b"]].map(|end| vertex(graph, end)), downtime: downtime(link) })
            .collect(),
        groups: Vec::new(),
        terminals: terminals.iter().map(|name| vertex(graph, name)).collect(),
    }
}

fn unavailable(probability: f64) -> Downtime {
    Downtime { probability, frequency: 0.0 }
}

fn complete(vertices: u32, p: f64) -> System {
    let ends = (0..vertices).flat_map(|a| (0..a).map(move |b| [a, b]));
    System {
        vertices: vertices as usize,
        links: ends.map(|ends| Link { ends, downtime: unavailable(p) }).collect(),
        groups: Vec::new(),
        terminals: (0..vertices).collect(),
    }
}

fn grid(n: u32, p: f64, all: bool) -> System {
    let right = (0..n * n).filter(|v| v % n + 1 < n).map(|v| [v, v + 1]);
    let down = (0..n * (n - 1)).map(|v| [v, v + n]);
    System {
        vertices: (n * n) as usize,
        links: right.chain(down).map(|ends| Link { ends, downtime: unavailable(p) }).collect(),
        groups: Vec::new(),
        terminals: if all { (0..n * n).collect() } else { vec![0, n * n - 1] },
    }
}

#[test]
fn reliability_is_that_of_every_known_case() {
    let Some(cases) = truth::cases("05_reliability") else { return };
    for case in cases {
        let (case, name) = (&case.value, &case.name);
        let (query, expect, graph) = (&case["query"], &case["expect"], &case["graph"]);
        if query["op"] == "reliability_set" {
            check_set(case, name);
            continue;
        }
        let system = if graph.is_null() {
            let digits: String = name.chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).collect();
            let n = digits.parse().unwrap();
            let p = complement(&query["p_up"]);
            if name.starts_with('K') { complete(n, p) } else { grid(n, p, query["op"] == "all_terminal") }
        } else {
            let terminals: Vec<&Value> = query["terminals"].as_array().unwrap().iter().collect();
            system(graph, &terminals, |link| unavailable(complement(&link["p_up"])))
        };
        let got = parting(&system, STATES).unwrap();
        assert_close(got.probability, number(&expect["unreliability"]), &case["tolerance"], name);
    }
}

/// Links drawn up or down in many states, the terminals sought in 512 of them at once.
fn sampled(system: &System, blocks: u64) -> Estimate {
    let segments: Vec<_> = system.links.iter().map(|link| (SiteId(link.ends[0]), SiteId(link.ends[1]), 1, [1; 2])).collect();
    let network = Network::of_sites(system.vertices, &segments);
    let names: Vec<String> = (0..segments.len()).map(|link| format!("link {link}")).collect();
    let unavailability = system.links.iter().map(|link| link.downtime.probability);
    let parts: Vec<_> =
        names.iter().zip(unavailability).map(|(name, unavailability)| Component { name, unavailability }).collect();
    let groups: Vec<Vec<SegmentId>> = (0..segments.len()).map(|link| vec![SegmentId::from_index(link)]).collect();
    let terminals: Vec<VertexId> = system.terminals.iter().map(|&terminal| VertexId(terminal)).collect();
    let kernel = Connectivity::new(&network, &groups, &[vec![terminals[0]]], &terminals);
    let sampler = Sampler::new(Seed(5), &parts);
    let (mut down, mut workspace, mut parted) = (Vec::new(), Workspace::default(), 0);
    for block in 0..blocks {
        sampler.draw(block, &mut down);
        kernel.evaluate(&down, &mut workspace);
        parted += u64::from((!kernel.reach(0, &mut workspace).all(terminals.iter().copied())).count());
    }
    Estimate::of_share(parted, blocks * Block::STATES as u64)
}

#[test]
fn sampled_reliability_lies_within_four_standard_errors_of_the_known_one() {
    let Some(cases) = truth::cases("05_reliability") else { return };
    let (mut compared, mut rare) = (0, Vec::new());
    for case in cases.iter().filter(|case| case.value["query"]["op"] != "reliability_set" && !case.value["graph"].is_null()) {
        let (graph, exact) = (&case.value["graph"], number(&case.value["expect"]["unreliability"]));
        let terminals: Vec<&Value> = case.value["query"]["terminals"].as_array().unwrap().iter().collect();
        // About a million states; where fewer than 20 of them are parted, sampling says nothing, and the exact test above
        // is the only one.
        let blocks = 2_000;
        if exact * (blocks * Block::STATES as u64) as f64 <= 20.0 {
            rare.push(case.name.as_str());
            continue;
        }
        let estimate = sampled(&system(graph, &terminals, |link| unavailable(complement(&link["p_up"]))), blocks);
        let off = (estimate.mean - exact).abs();
        assert!(off <= 4.0 * estimate.standard_error, "{}: {estimate:?} is not {exact:e}", case.name);
        compared += 1;
    }
    println!("{compared} values within four standard errors; too rare to be sampled plainly: {rare:?}");
    assert!(compared >= 20, "{compared}");
}

/// All-terminal with one or with many probabilities, some pairs, and the expected number of parted pairs.
fn check_set(case: &Value, name: &str) {
    let (expect, graph, tolerance) = (&case["expect"], &case["graph"], &case["tolerance"]);
    let by_length = |link: &Value| unavailable(complement(&link["p_up"]));
    let nodes: Vec<&Value> = graph["nodes"].as_array().unwrap().iter().map(|node| &node["id"]).collect();
    let check = |system: &System, expected: &Value, what: &str| {
        let got = parting(system, STATES).unwrap();
        assert_close(got.probability, number(&expected["unreliability"]), tolerance, &format!("{name} {what}"));
    };
    check(&system(graph, &nodes, |_| unavailable(0.01)), &expect["all_terminal_p0.99"], "all, 0.99");
    check(&system(graph, &nodes, by_length), &expect["all_terminal_len"], "all, by length");
    for pair in expect["two_terminal_len"].as_array().unwrap() {
        check(&system(graph, &[&pair["s"], &pair["t"]], by_length), pair, &format!("{}-{}", pair["s"], pair["t"]));
    }
    let mut parted = 0.0;
    let mut pairs = system(graph, &[], by_length);
    for a in 0..u32::try_from(nodes.len()).unwrap() {
        for b in 0..a {
            pairs.terminals = vec![a, b];
            parted += parting(&pairs, STATES).unwrap().probability;
        }
    }
    let expected = &expect["expected_disconnected_pairs_len"];
    // Where it stands as a bare number it was printed with ten digits, fewer than the tolerance asks for.
    let printed = if expected.is_number() { number(expected) * 5e-10 } else { 0.0 };
    let off = (parted - number(expected)).abs();
    assert!(off <= printed.max(tolerance["rel"].as_f64().unwrap() * number(expected)), "{name} pairs: {parted:e}");
}

fn renewal(value: &Value) -> Renewal {
    Renewal { mean_up_h: number(&value["mut_h"]), mean_down_h: number(&value["mttr_h"]) }
}

/// The measures of a whole by the names the cases give them.
fn measures(downtime: Downtime) -> [(&'static str, f64); 6] {
    [
        ("availability", 1.0 - downtime.probability),
        ("unavailability", downtime.probability),
        ("frequency_per_year", downtime.frequency * HOURS_PER_YEAR),
        ("mean_up_time_h", downtime.mean_up()),
        ("mean_down_time_h", downtime.mean_down()),
        ("downtime_minutes_per_year", downtime.probability * HOURS_PER_YEAR * 60.0),
    ]
}

#[test]
fn availability_is_that_of_every_known_case() {
    let Some(cases) = truth::cases("06_availability") else { return };
    for case in cases {
        let (query, expect) = (&case.value["query"], &case.value["expect"]);
        let mut got: Vec<(&str, f64)> = match query["op"].as_str().unwrap() {
            "single" => {
                let downtime = renewal(query).downtime();
                let mut got = measures(downtime).to_vec();
                got.push(("failures_per_year", downtime.frequency * HOURS_PER_YEAR));
                got
            }
            op @ ("series" | "parallel") => {
                let each = query["components"].as_array().unwrap().iter().map(|c| renewal(c).downtime());
                let whole = each.reduce(|a, b| if op == "series" { a.or(b) } else { a.and(b) });
                measures(whole.unwrap()).to_vec()
            }
            "transient" => {
                let (component, hours) = (renewal(query), number(&query["T_h"]));
                let variance = component.downtime_variance(hours);
                vec![
                    ("availability_at_T", component.availability_after(hours)),
                    ("interval_availability_0_T", component.availability_during(hours)),
                    ("stationary_mean_downtime_h", component.downtime().probability * hours),
                    ("stationary_var_downtime_h2", variance),
                    ("stationary_sd_downtime_h", variance.sqrt()),
                ]
            }
            "k_out_of_n" => pool(query, expect),
            "connectivity_availability" => {
                let terminals: Vec<&Value> = query["terminals"].as_array().unwrap().iter().collect();
                let system = system(&case.value["graph"], &terminals, |link| renewal(link).downtime());
                measures(parting(&system, STATES).unwrap()).to_vec()
            }
            "two_terminal_with_node_failures" => {
                let probability = with_node_failures(&case.value["graph"], query);
                vec![("unreliability", probability), ("reliability", 1.0 - probability)]
            }
            op => panic!("{}: no way to answer {op}", case.name),
        };
        got.retain(|(key, _)| !expect[*key].is_null());
        assert!(!got.is_empty(), "{}: nothing was compared", case.name);
        for (key, value) in got {
            assert_close(value, number(&expect[key]), &case.value["tolerance"], &format!("{} {key}", case.name));
        }
    }
}

fn pool(query: &Value, expect: &Value) -> Vec<(&'static str, f64)> {
    let whole = |key: &str| u32::try_from(query[key].as_u64().unwrap()).unwrap();
    let pool = Pool { size: whole("n"), needed: whole("k"), crews: whole("repair_crews"), component: renewal(query) };
    let found = pool.measures();
    for (got, expected) in found.down_counts.iter().zip(expect["state_probabilities_by_number_failed"].as_array().unwrap()) {
        assert!((got / number(expected) - 1.0).abs() < 1e-10, "{got} {expected}");
    }
    let mut got = measures(found.downtime).to_vec();
    got.push(("mean_time_to_first_failure_h", found.first_failure_h));
    got.push(("expected_number_failed", found.mean_down));
    got.push(("expected_waiting_for_crew", found.mean_waiting));
    got
}

/// A site that fails takes its links with it.
fn with_node_failures(graph: &Value, query: &Value) -> f64 {
    let terminals: Vec<&Value> = query["terminals"].as_array().unwrap().iter().collect();
    let mut system = system(graph, &terminals, |link| unavailable(complement(&link["p_up"])));
    let at = |system: &System, v: u32| (0..system.links.len()).filter(|&i| system.links[i].ends.contains(&v)).collect();
    system.groups = (0..u32::try_from(system.vertices).unwrap())
        .map(|v| Group { links: at(&system, v), downtime: unavailable(complement(&query["node_p_up"])) })
        .collect();
    parting(&system, STATES).unwrap().probability
}

/// A case's graph as a network in which every link is a segment.
fn network(graph: &Value) -> Network {
    let site = |name: &Value| SiteId(vertex(graph, name));
    let links = graph["links"].as_array().unwrap().iter();
    let segments: Vec<_> = links.map(|link| (site(&link["a"]), site(&link["b"]), 1, [1; 2])).collect();
    Network::of_sites(graph["nodes"].as_array().unwrap().len(), &segments)
}

/// Pieces, parted pairs and lone sites after losing some links.
fn after(network: &Network, lost: &[usize]) -> (usize, u64, usize) {
    let lost = lost.iter().map(|&link| SegmentId::from_index(link));
    let pieces = components(network, &Outage::of(network.segment_count(), lost));
    (pieces.count(), pieces.parted_pairs(), pieces.sizes().iter().filter(|&&size| size == 1).count())
}

#[test]
fn single_and_double_failures_part_what_they_are_known_to_part() {
    let Some(cases) = truth::cases("08_nk") else { return };
    for case in cases {
        let (graph, expect) = (&case.value["graph"], &case.value["expect"]);
        let network = network(graph);
        let links = network.segment_count();
        for (link, known) in expect["n1_links"].as_array().unwrap().iter().enumerate() {
            let (pieces, parted, alone) = after(&network, &[link]);
            assert_eq!(known["failed"], graph["links"][link]["id"]);
            let known = ["components", "disconnected_pairs", "isolated_nodes"].map(|key| known[key].as_u64().unwrap());
            assert_eq!([pieces as u64, parted, alone as u64], known, "{} {link}", case.name);
        }
        let weak = weak_points(&network, &Outage::none_of(&network));
        let named = |kind: &str, positions: Vec<usize>| -> Vec<Value> {
            positions.iter().map(|&i| graph[kind][i]["id"].clone()).collect()
        };
        let sorted = |value: &Value| -> Vec<String> {
            let mut names: Vec<String> = value.as_array().unwrap().iter().map(Value::to_string).collect();
            names.sort();
            names
        };
        let bridges = Value::from(named("links", weak.bridges.iter().map(|segment| segment.index()).collect()));
        let cut_sites = Value::from(named("nodes", weak.cut_vertices.iter().map(|vertex| vertex.index()).collect()));
        assert_eq!(sorted(&bridges), sorted(&expect["bridges"]), "{}", case.name);
        assert_eq!(sorted(&cut_sites), sorted(&expect["articulation_points"]), "{}", case.name);
        check_doubles(&case.name, &network, graph, &expect["n2_links"], &weak.bridges);
        if let Some(known) = expect["n3_links"]["cases_with_disconnection"].as_u64() {
            let triples = (0..links).flat_map(|a| (a + 1..links).flat_map(move |b| (b + 1..links).map(move |c| [a, b, c])));
            assert_eq!(triples.filter(|lost| after(&network, lost).0 > 1).count() as u64, known, "{}", case.name);
        }
        for (site, known) in (0..).zip(expect["n1_nodes"].as_array().unwrap()) {
            let lost: Vec<usize> = (0..links).filter(|&i| network_ends(graph, i).contains(&site)).collect();
            let (pieces, parted, _) = after(&network, &lost);
            let others = graph["nodes"].as_array().unwrap().len() as u64 - 1;
            let known = ["components", "disconnected_pairs_among_others"].map(|key| known[key].as_u64().unwrap());
            assert_eq!([pieces as u64 - 1, parted - others], known, "{} {site}", case.name);
        }
    }
}

fn network_ends(graph: &Value, link: usize) -> [u32; 2] {
    [&graph["links"][link]["a"], &graph["links"][link]["b"]].map(|end| vertex(graph, end))
}

/// All pairs of links one by one, and once more 512 at a time.
fn check_doubles(name: &str, network: &Network, graph: &Value, known: &Value, bridges: &[SegmentId]) {
    let links = network.segment_count();
    let mut histogram: BTreeMap<u64, u64> = BTreeMap::new();
    let (mut lone, mut parting, mut minimal) = (0, Vec::new(), Vec::new());
    for (a, b) in (0..links).flat_map(|a| (a + 1..links).map(move |b| (a, b))) {
        let (pieces, parted, alone) = after(network, &[a, b]);
        *histogram.entry(parted).or_default() += 1;
        lone += alone as u64;
        if pieces > 1 {
            parting.push((a, b));
            if ![a, b].iter().any(|&link| bridges.contains(&SegmentId::from_index(link))) {
                minimal.push(Value::from([a, b].map(|link| graph["links"][link]["id"].clone()).to_vec()));
            }
        }
    }
    let expected: BTreeMap<u64, u64> = known["histogram_disconnected_pairs"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(parted, cases)| (parted.parse().unwrap(), cases.as_u64().unwrap()))
        .collect();
    assert_eq!(histogram, expected, "{name}");
    let total: u64 = histogram.iter().map(|(parted, cases)| parted * cases).sum();
    assert_eq!(total, known["total_disconnected_pairs"].as_u64().unwrap(), "{name}");
    assert_eq!(lone, known["total_isolated_nodes"].as_u64().unwrap(), "{name}");
    assert_eq!(parting.len() as u64, known["cases_with_disconnection"].as_u64().unwrap(), "{name}");
    assert_eq!(Value::from(minimal), known["minimal_2cuts_list"], "{name}");
    let groups: Vec<Vec<SegmentId>> = (0..links).map(|link| vec![SegmentId::from_index(link)]).collect();
    let all: Vec<VertexId> = (0..network.vertex_count()).map(VertexId::from_index).collect();
    let kernel = Connectivity::new(network, &groups, &[vec![VertexId(0)]], &all);
    let mut at_once = Vec::new();
    kernel.parting_pairs(0, &all, &mut Workspace::default(), |a, b| at_once.push((a, b)));
    assert_eq!(at_once, parting, "{name}");
}

#[test]
fn pairs_of_risk_groups_of_the_synthetic_map_part_as_counted_elsewhere() {
    let Some(Synthetic { network, groups, .. }) = synthetic::synthetic("g1") else { return };
    let all: Vec<VertexId> = (0..network.vertex_count()).map(VertexId::from_index).collect();
    let kernel = Connectivity::new(&network, &groups, &[vec![VertexId(0)]], &all);
    let mut count = 0;
    kernel.parting_pairs(0, &all, &mut Workspace::default(), |_, _| count += 1);
    assert_eq!(count, 107_054);
}

#[test]
fn sampled_states_of_the_synthetic_map_agree_with_union_find() {
    let Some(Synthetic { network, groups, unavailability }) = synthetic::synthetic("g1") else { return };
    let names: Vec<String> = (0..groups.len()).map(|group| group.to_string()).collect();
    let parts: Vec<_> =
        names.iter().zip(unavailability).map(|(name, unavailability)| Component { name, unavailability }).collect();
    let all: Vec<VertexId> = (0..network.vertex_count()).map(VertexId::from_index).collect();
    let kernel = Connectivity::new(&network, &groups, &[vec![VertexId(0)]], &all);
    let (mut down, mut workspace) = (Vec::new(), Workspace::default());
    Sampler::new(Seed(1), &parts).draw(0, &mut down);
    kernel.evaluate(&down, &mut workspace);
    let reach = kernel.reach(0, &mut workspace);
    for state in 0..Block::STATES {
        let lost = groups.iter().zip(&down).filter(|(_, down)| down.has(state)).flat_map(|(members, _)| members.iter().copied());
        let pieces = components(&network, &Outage::of(network.segment_count(), lost));
        assert!(all.iter().all(|&v| reach.at(v).has(state) == (pieces.of(v) == pieces.of(VertexId(0)))), "{state}");
    }
}

/// Sites 0 and 1 are where flow begins and ends; each source, fixed capacity and demand is a segment of its own.
struct Adequacy {
    network: Network,
    demand: u64,
}

/// One period of an adequacy case; segments 0.. are its sources, then its lines, in the order of the case.
fn adequacy(query: &Value, period: usize) -> Adequacy {
    let list = |key: &str| query[key].as_array().unwrap();
    let whole = |value: &Value| value.as_u64().unwrap();
    let node = |value: &Value| SiteId(2 + u32::try_from(whole(value)).unwrap());
    let mut segments = Vec::new();
    for source in list("sources") {
        segments.push((SiteId(0), node(&source["node"]), 1, [whole(&source["capacity"][period]), 0]));
    }
    for line in list("lines") {
        segments.push((node(&line["a"]), node(&line["b"]), 1, [whole(&line["capacity"]); 2]));
    }
    for (site, fixed) in (2..).map(SiteId).zip(list("fixed_capacity")) {
        segments.push((SiteId(0), site, 1, [whole(&fixed[period]), 0]));
    }
    for (site, demand) in (2..).map(SiteId).zip(list("demand")) {
        segments.push((site, SiteId(1), 1, [whole(&demand[period]), 0]));
    }
    let demand = list("demand").iter().map(|demand| whole(&demand[period])).sum();
    let sites = 2 + usize::try_from(whole(&query["nodes"])).unwrap();
    Adequacy { network: Network::of_sites(sites, &segments), demand }
}

#[test]
fn unserved_demand_is_that_of_every_known_case() {
    let Some(cases) = truth::cases("10_adequacy") else { return };
    for case in cases {
        let (query, expect) = (&case.value["query"], &case.value["expect"]);
        let fallible = query["sources"].as_array().unwrap().iter().chain(query["lines"].as_array().unwrap());
        let unavailability: Vec<f64> = fallible.map(|part| 1.0 - number(&part["p_up"])).collect();
        let (mut shortfalls, mut unserved) = (0.0, 0.0);
        for (period, known) in expect["expected_unserved_by_period"].as_array().unwrap().iter().enumerate() {
            let Adequacy { network, demand } = adequacy(query, period);
            let mut flow = MaxFlow::new(&network, Limits::Lanes);
            let mut is_short = 0.0;
            let found = bound(&unavailability, demand as f64, 0.0, u64::MAX, |state| {
                let lost = state.down.iter().map(|&part| SegmentId(part));
                let outage = Outage::of(network.segment_count(), lost);
                let carried = flow.solve(&[SiteId(0)], &[SiteId(1)], &outage).bounded().unwrap();
                is_short += if carried < demand { state.probability } else { 0.0 };
                (demand - carried) as f64
            });
            assert!(found.pessimistic - found.optimistic < 1e-12);
            let name = format!("{} {period}", case.name);
            assert_close(found.optimistic, number(known), &case.value["tolerance"], &name);
            let known = &expect["probability_of_shortfall_by_period"][period];
            assert_close(is_short, number(known), &case.value["tolerance"], &name);
            shortfalls += is_short;
            unserved += found.optimistic;
        }
        assert_close(shortfalls, number(&expect["lole_periods"]), &case.value["tolerance"], &case.name);
        assert_close(unserved, number(&expect["eue"]), &case.value["tolerance"], &case.name);
    }
}

#[test]
fn sampled_unserved_demand_lies_within_four_standard_errors_of_the_known_one() {
    let Some(cases) = truth::cases("10_adequacy") else { return };
    for case in cases {
        let (query, expect) = (&case.value["query"], &case.value["expect"]);
        let fallible = query["sources"].as_array().unwrap().iter().chain(query["lines"].as_array().unwrap());
        let unavailability: Vec<f64> = fallible.map(|part| 1.0 - number(&part["p_up"])).collect();
        let names: Vec<String> = (0..unavailability.len()).map(|part| format!("part {part}")).collect();
        let parts: Vec<_> =
            names.iter().zip(unavailability).map(|(name, unavailability)| Component { name, unavailability }).collect();
        let sampler = Sampler::new(Seed(10), &parts);
        let known = expect["expected_unserved_by_period"].as_array().unwrap().iter().map(number);
        for (period, known) in known.enumerate() {
            let Adequacy { network, demand } = adequacy(query, period);
            let mut flow = MaxFlow::new(&network, Limits::Lanes);
            let (mut down, mut unserved) = (Vec::new(), Moments::default());
            for block in 0..40 {
                sampler.draw(block, &mut down);
                for state in 0..Block::STATES {
                    let lost = (0..down.len()).filter(|&part| down[part].has(state)).map(SegmentId::from_index);
                    let outage = Outage::of(network.segment_count(), lost);
                    let carried = flow.solve(&[SiteId(0)], &[SiteId(1)], &outage).bounded().unwrap();
                    unserved.push((demand - carried) as f64);
                }
            }
            let estimate = unserved.estimate();
            let off = (estimate.mean - known).abs();
            assert!(off <= 4.0 * estimate.standard_error + 1e-12, "{} {period}: {estimate:?} is not {known}", case.name);
        }
    }
}

#[test]
fn every_risk_group_of_the_synthetic_map_lost_in_turn_gives_the_known_sums() {
    let Some(Synthetic { network, groups, .. }) = synthetic::synthetic("g1") else { return };
    let outages: Vec<Outage> =
        groups.iter().map(|members| Outage::of(network.segment_count(), members.iter().copied())).collect();
    let sums = crossborder::parallel::map(
        network.vertex_count(),
        || (shortest_path::Workspace::new(), repair::Workspace::default()),
        |(search, workspace), source| {
            let tree = repair::SoundTree::new(&network, [VertexId::from_index(source)], search);
            let sound: u64 = (0..network.vertex_count()).map(|v| tree.distance(VertexId::from_index(v))).sum();
            let (mut latency, mut unreachable) = (0, 0u64);
            for (outage, lost) in outages.iter().zip(&groups) {
                latency += sound;
                for change in tree.repair(outage, lost, workspace) {
                    latency -= change.before;
                    match change.after {
                        UNREACHABLE => unreachable += 1,
                        after => latency += after,
                    }
                }
            }
            (latency, unreachable)
        },
    );
    let latency: u64 = sums.iter().map(|sum| sum.0).sum();
    let unreachable: u64 = sums.iter().map(|sum| sum.1).sum();
    assert_eq!((latency, unreachable), (85_551_556_531_688, 2_068_880));
}
