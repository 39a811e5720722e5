//! Routes, pairs of routes and equal-cost loads against the known cases of `01_ksp`, `02_disjoint` and `07_ecmp`.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a test stops at the first surprise and says what it ran")]

mod truth;

use crossborder::algorithm::disjoint::{self, BUDGET, Groups, Query, Wanted, find_pair};
use crossborder::algorithm::ecmp;
use crossborder::algorithm::k_shortest::{self, list_routes};
use crossborder::algorithm::shortest_path::{Workspace, grow_tree};
use crossborder::network::{Arc, LaneId, Network, Outage, UNLIMITED, Vertex, VertexId};
use crossborder::topology::{SegmentId, SiteId};
use serde_json::Value;
use truth::{Case, cases};

/// Costs of the cases are multiplied by this, so that decimals become integers and a free link costs 1: a route has
/// fewer than `SCALE` links, so that sums divided by it, rounded down, are the exact costs again.
const SCALE: u64 = 200;
/// The cases' decimals have one digit.
const DECIMALS: u64 = 10;

/// A case's graph as a network: node i is site i, link j is segment j; an arc of a directed graph is a segment of one lane.
struct Graph {
    network: Network,
    node_ids: Vec<String>,
}

impl Graph {
    fn read(graph: &Value, cost_of: impl Fn(&Value) -> u64) -> Self {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let node_ids: Vec<String> = graph["nodes"].as_array().unwrap().iter().map(|node| text(&node["id"])).collect();
        let end = |link: &Value, key: &str| VertexId::from_index(node_ids.iter().position(|id| *id == text(&link[key])).unwrap());
        let links = graph["links"].as_array().unwrap();
        let mut arcs = Vec::new();
        for (i, link) in links.iter().enumerate() {
            let (a, b, cost, segment) = (end(link, "a"), end(link, "b"), cost_of(link), SegmentId::from_index(i));
            let cost = u32::try_from(cost).unwrap();
            arcs.push(Arc { tail: a, head: b, lane: LaneId::new(segment, 0), cost, switch: None });
            if graph["directed"] == false {
                arcs.push(Arc { tail: b, head: a, lane: LaneId::new(segment, 1), cost, switch: None });
            }
        }
        let vertex = |i| Vertex { site: SiteId::from_index(i), state: 0, is_start: true, starts_switched: false, is_end: true };
        let vertices = (0..node_ids.len()).map(vertex).collect();
        let network = Network::new(vertices, arcs, vec![UNLIMITED; links.len() * 2], vec![UNLIMITED; node_ids.len()]);
        Self { network, node_ids }
    }

    fn site(&self, id: &Value) -> SiteId {
        SiteId::from_index(self.node_ids.iter().position(|node| *node == id.as_str().unwrap()).unwrap())
    }

    fn sound(&self) -> Outage {
        Outage::none_of(&self.network)
    }
}

/// An exact scaled cost: `DECIMALS * SCALE` per unit, and 1 for a free link.
fn scaled(link: &Value, weight: &str) -> u64 {
    let cost = match link.get(weight).unwrap_or(&Value::from(1)) {
        Value::Number(number) if number.is_u64() => number.as_u64().unwrap() * DECIMALS,
        number => {
            let tenths = number.as_f64().unwrap() * DECIMALS as f64;
            assert!((tenths - tenths.round()).abs() < 1e-9, "{number} has one decimal");
            tenths.round() as u64
        }
    };
    // Metres of the largest cases leave no room for decimals, and need none.
    if weight == "length_m" { (cost / DECIMALS * SCALE).max(1) } else { (cost * SCALE).max(1) }
}

/// A scaled cost in the case's own unit.
fn unscaled(cost: u64, weight: &str) -> f64 {
    if weight == "length_m" { (cost / SCALE) as f64 } else { (cost / SCALE) as f64 / DECIMALS as f64 }
}

fn assert_close(case: &Case, ours: f64, theirs: &Value) {
    let theirs = theirs.as_f64().unwrap();
    let tolerance = case.value["tolerance"]["abs"].as_f64().unwrap_or(0.0);
    assert!((ours - theirs).abs() <= tolerance, "{}: {ours} is not {theirs}", case.name);
}

/// The first `k` costs and, where the case counts them, the number of all routes.
fn check_list(case: &Case, graph: &Graph, [source, target]: [SiteId; 2], expected: (&Value, &Value)) {
    let query = &case.value["query"];
    let (weight, k) = (query["weight"].as_str().unwrap(), usize::try_from(query["k"].as_u64().unwrap()).unwrap());
    let (lengths, total) = expected;
    let (outage, mut workspace) = (graph.sound(), k_shortest::Workspace::new());
    let all = total.as_u64().filter(|&total| total <= 20_000);
    let routes = list_routes(&graph.network, &outage, [source, target], &mut workspace);
    let costs: Vec<u64> = routes.take(all.map_or(k, |_| usize::MAX)).map(|route| route.cost).collect();
    if let Some(total) = all {
        assert_eq!(costs.len() as u64, total, "{}: number of routes", case.name);
    }
    let lengths = lengths.as_array().unwrap();
    assert_eq!(costs.len().min(k), lengths.len(), "{}", case.name);
    for (&ours, theirs) in costs.iter().zip(lengths) {
        assert_close(case, unscaled(ours, weight), theirs);
    }
}

/// Sums and greatest values over all unordered pairs, by length and by hops.
fn check_all_pairs(case: &Case) {
    let expect = &case.value["expect"];
    for (weight, sum_key, max_key) in [
        ("length_m", "sum_shortest_m_over_unordered_pairs", "diameter_m"),
        ("no weight", "sum_hops_over_unordered_pairs", "diameter_hops"),
    ] {
        let graph = Graph::read(&case.value["graph"], |link| scaled(link, weight));
        let (mut sum, mut greatest, mut workspace) = (0.0, 0.0_f64, Workspace::new());
        for source in 0..graph.node_ids.len() {
            let tree = grow_tree(&graph.network, &graph.sound(), [VertexId::from_index(source)], &mut workspace);
            for target in source + 1..graph.node_ids.len() {
                let distance = unscaled(tree.distance(VertexId::from_index(target)), weight);
                sum += distance;
                greatest = greatest.max(distance);
            }
        }
        assert_close(case, sum, &expect[sum_key]);
        if let Some(diameter) = expect.get(max_key) {
            assert_close(case, greatest, diameter);
        }
    }
}

/// The grid that the case describes in words; every distance enters three checks.
fn check_grid(case: &Case) {
    let (query, expect) = (&case.value["query"], &case.value["expect"]);
    let number = |value: &Value| u32::try_from(value.as_u64().unwrap()).unwrap();
    let (rows, columns) = (number(&query["R"]), number(&query["C"]));
    let across = (0..rows).flat_map(|r| (0..columns - 1).map(move |c| (r * columns + c, r * columns + c + 1)));
    let down = (0..rows - 1).flat_map(|r| (0..columns).map(move |c| (r * columns + c, (r + 1) * columns + c)));
    let segments: Vec<_> = (0u64..)
        .zip(across.chain(down))
        .map(|(i, (a, b))| (SiteId(a), SiteId(b), u32::try_from(1 + (i * 7919 + 13) % 1009).unwrap(), [1, 1]))
        .collect();
    let network = Network::of_sites((rows * columns) as usize, &segments);
    let (outage, mut workspace) = (Outage::none_of(&network), Workspace::new());
    let tree = grow_tree(&network, &outage, [VertexId(number(&query["s"]))], &mut workspace);
    let distances: Vec<u64> = (0..rows * columns).map(|vertex| tree.distance(VertexId(vertex))).collect();
    for (ours, key) in [
        (u64::from(rows * columns), "n_nodes"),
        (segments.len() as u64, "n_links"),
        (distances[distances.len() - 1], "dist_to_last_node"),
        (distances[columns as usize - 1], "dist_to_top_right"),
        (distances[((rows - 1) * columns) as usize], "dist_to_bottom_left"),
        (*distances.iter().max().unwrap(), "max_dist"),
        (distances.iter().sum(), "sum_dist"),
        (distances.iter().fold(0, |a, b| a ^ b), "xor_dist"),
    ] {
        assert_eq!(Some(ours), expect[key].as_u64(), "{}: {key}", case.name);
    }
}

/// Walks with loops are longer lists than ours: no second route of ours may cost what the second walk costs.
fn check_no_walks(case: &Case) {
    let graph = Graph::read(&case.value["graph"], |link| scaled(link, "cost"));
    let (outage, mut workspace) = (graph.sound(), k_shortest::Workspace::new());
    let source = graph.site(&case.value["query"]["s"]);
    for target in (0..graph.node_ids.len()).map(SiteId::from_index) {
        let walk = &case.value["expect"]["second_shortest_walk"][&graph.node_ids[target.index()]];
        if let Some(second) = list_routes(&graph.network, &outage, [source, target], &mut workspace).nth(1) {
            // A second route that is loopless is a walk too, so it can only cost as much or more.
            assert!(unscaled(second.cost, "cost") >= walk.as_f64().unwrap(), "{}", case.name);
        }
    }
    let first = list_routes(&graph.network, &outage, [graph.site(&"1".into()), graph.site(&"3".into())], &mut workspace);
    assert_eq!(first.count(), 1, "{}: one loopless route from 1 to 3", case.name);
}

#[test]
fn every_published_list_of_routes_comes_out() {
    let Some(cases) = cases("01_ksp") else { return };
    let mut lists = 0;
    for case in &cases {
        let (query, expect) = (&case.value["query"], &case.value["expect"]);
        match query["op"].as_str().unwrap() {
            "single_source_distances" => check_grid(case),
            "kth_shortest_walk_length" => check_no_walks(case),
            "k_shortest_loopless" => {
                let weight = query["weight"].as_str().unwrap();
                let graph = Graph::read(&case.value["graph"], |link| scaled(link, weight));
                if let Some(pairs) = expect.get("pairs").and_then(Value::as_array) {
                    for pair in pairs {
                        let ends = [graph.site(&pair["s"]), graph.site(&pair["t"])];
                        check_list(case, &graph, ends, (&pair["lengths_m"], &pair["total_simple_paths"]));
                    }
                    lists += pairs.len();
                    check_all_pairs(case);
                } else {
                    let ends = [graph.site(&query["s"]), graph.site(&query["t"])];
                    check_list(case, &graph, ends, (&expect["lengths"], &expect["total_simple_paths"]));
                    lists += 1;
                }
            }
            op => panic!("{}: unknown op {op}", case.name),
        }
    }
    println!("{} cases of 01_ksp, {lists} lists of routes", cases.len());
}

/// The four kinds of pair that the cases ask for, each with the key of its answer.
fn kinds(case: &Case, graph: &Graph) -> Vec<(&'static str, Groups)> {
    let network = &graph.network;
    let mut kinds = vec![
        ("min_total_link_disjoint_pair", Groups::of_segments(network)),
        ("min_total_node_disjoint_pair", Groups::of_sites(network)),
    ];
    if let Some(listed) = case.value["query"].get("srlg").and_then(Value::as_object) {
        let links = case.value["graph"]["links"].as_array().unwrap();
        let segment = |id: &Value| SegmentId::from_index(links.iter().position(|link| link["id"] == *id).unwrap());
        let members = |ids: &Value| ids.as_array().unwrap().iter().map(segment).collect::<Vec<_>>();
        let groups: Vec<Vec<SegmentId>> = listed.values().map(members).collect();
        kinds.push(("min_total_srlg_disjoint_pair", Groups::of_segments(network).with_listed(groups.clone())));
        kinds.push(("min_total_srlg_node_disjoint_pair", Groups::of_sites(network).with_listed(groups)));
    }
    kinds
}

#[test]
fn every_published_disjoint_pair_comes_out() {
    let Some(cases) = cases("02_disjoint") else { return };
    let (mut pairs, mut workspace) = (0, disjoint::Workspace::default());
    for case in &cases {
        let query = &case.value["query"];
        let weight = query["weight"].as_str().unwrap();
        let graph = Graph::read(&case.value["graph"], |link| scaled(link, weight));
        let ends = [graph.site(&query["s"]), graph.site(&query["t"])];
        for (key, groups) in &kinds(case, &graph) {
            let Some(expected) = case.value["expect"].get(key) else { continue };
            let outage = graph.sound();
            let question =
                Query { network: &graph.network, outage: &outage, ends, groups, wanted: Wanted::Disjoint, budget: BUDGET };
            let found = find_pair(&question, &mut workspace);
            assert!(found.is_proven, "{}: {key} is proven", case.name);
            match found.routes {
                Some([a, b]) => assert_close(case, unscaled(a.cost + b.cost, weight), expected),
                None => assert!(expected.is_null(), "{}: {key} is {expected}", case.name),
            }
            pairs += 1;
        }
    }
    println!("{} cases of 02_disjoint, {pairs} pairs", cases.len());
}

/// Traffic as the case offers it, placed on the network by equal splits; loads by lane and what found no way.
fn place(case: &Case, graph: &Graph, outage: &Outage) -> (Vec<f64>, f64) {
    let (mut loads, mut unrouted) = (vec![0.0; 2 * graph.network.segment_count()], 0.0);
    let demands = case.value["query"]["demands"].as_array().unwrap();
    let mut workspace = ecmp::Workspace::default();
    for target in (0..graph.node_ids.len()).map(SiteId::from_index) {
        let towards = demands.iter().filter(|demand| graph.site(&demand[1]) == target);
        let towards: Vec<_> = towards.map(|demand| (graph.site(&demand[0]), demand[2].as_f64().unwrap())).collect();
        unrouted += ecmp::aim(&graph.network, outage, target, &mut workspace).split_per_hop(&towards, &mut loads);
    }
    (loads, unrouted)
}

/// Asserts equality within the case's relative tolerance.
fn assert_near(case: &Case, ours: f64, theirs: &Value) {
    let theirs = theirs.as_f64().unwrap();
    let tolerance = case.value["tolerance"]["rel"].as_f64().unwrap();
    assert!((ours - theirs).abs() <= tolerance * theirs.abs(), "{}: {ours} is not {theirs}", case.name);
}

fn check_totals(case: &Case, (loads, unrouted): &(Vec<f64>, f64), expect: &Value) {
    assert_near(case, loads.iter().sum(), &expect["sum_load"]);
    assert_near(case, loads.iter().copied().fold(0.0, f64::max), &expect["max_load"]);
    assert_near(case, *unrouted, &expect["unroutable_traffic"]);
}

#[test]
fn every_published_load_comes_out() {
    let Some(cases) = cases("07_ecmp") else { return };
    let (mut lanes, mut failures) = (0, 0);
    for case in &cases {
        let (value, expect) = (&case.value["graph"], &case.value["expect"]);
        let weight = case.value["query"]["weight"].as_str().unwrap();
        let graph = Graph::read(value, |link| link[weight].as_u64().unwrap());
        let links = value["links"].as_array().unwrap();
        let placed = place(case, &graph, &graph.sound());
        check_totals(case, &placed, expect);
        let key_of = |lane: usize| {
            let id = links[lane / 2]["id"].as_str().unwrap();
            if value["directed"] == true { id.to_owned() } else { format!("{id}{}", [">", "<"][lane % 2]) }
        };
        let used_lanes = (0..placed.0.len()).filter(|lane| value["directed"] == false || lane % 2 == 0);
        let highest = placed.0.iter().copied().fold(0.0, f64::max);
        let mut utilisation = 0.0_f64;
        for lane in used_lanes {
            let (load, key) = (placed.0[lane], key_of(lane));
            assert_near(case, load, &expect["per_hop_split"][&key]);
            if let Some(percent) = expect["published"]["topohub_percent_of_max"].get(&key) {
                assert!((load / highest * 100.0 - percent.as_f64().unwrap()).abs() <= 0.005 + 1e-9, "{} {key}", case.name);
            }
            utilisation = utilisation.max(links[lane / 2]["capacity"].as_f64().map_or(0.0, |capacity| load / capacity));
            lanes += 1;
        }
        if let Some(expected) = expect.get("max_utilisation") {
            assert_near(case, utilisation, expected);
        }
        for failure in expect.get("n1_per_hop").and_then(Value::as_array).into_iter().flatten() {
            let failed = links.iter().position(|link| link["id"] == failure["failed"]).unwrap();
            let outage = Outage::of(links.len(), [SegmentId::from_index(failed)]);
            check_totals(case, &place(case, &graph, &outage), failure);
            failures += 1;
        }
    }
    println!("{} cases of 07_ecmp, {lanes} loads, {failures} failures", cases.len());
}
