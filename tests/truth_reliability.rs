//! Reliability, availability, exhaustive failures and adequacy, held to known answers from outside the project.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a test stops at the first surprise and says what it skips")]

use crossborder::algorithm::reliability::{Downtime, Link, System, parting};
use serde_json::Value;

mod truth;

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
