//! Capacity studies of a scenario, from the file to the numbers of the report.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::path::Path;

use crossborder::report::{Report, Value};
use crossborder::scenario::{self, Scenario};
use crossborder::study;

fn parse(studies: &str) -> Result<Scenario, Vec<String>> {
    let text = format!("format = 1\nname = \"t\"\ntopology = \"topologies/pacific\"\nas_of = \"2022-01-01\"\n{studies}");
    let problems = match scenario::parse("t.toml", text.into_bytes(), Path::new(env!("CARGO_MANIFEST_DIR")), &[]) {
        Ok(scenario) => return Ok(scenario),
        Err(problems) => problems,
    };
    Err(problems.list().iter().map(|problem| problem.message.clone()).collect())
}

fn answer(study: &str) -> Report {
    let mut report = study::run(&parse(&format!("[[study]]\nkind = \"capacity\"\n{study}")).unwrap(), || true);
    report.parts.remove(0)
}

fn number(report: &Report, key: &str) -> f64 {
    report.number(key).unwrap_or_else(|| panic!("no {key} in {:?}", report.facts))
}

#[test]
fn what_is_offered_is_carried_or_dropped() {
    let offered = answer("");
    let admitted = answer("admission = true\nrouting = \"k-shortest\"\nk = 3");
    for report in [&offered, &admitted] {
        let sum = number(report, "carried_gbps") + number(report, "dropped_gbps");
        assert!((sum - number(report, "offered_gbps")).abs() < 1e-6, "{:?}", report.facts);
    }
    assert!(number(&offered, "offered_gbps") > 0.0);
    assert!(number(&admitted, "utilisation_max_percent") <= 100.0);
    assert_eq!(number(&admitted, "overloaded"), 0.0);
}

#[test]
fn the_table_of_the_cut_sums_to_the_flow() {
    let report = answer("objective = \"max-flow\"\nfrom = \"TO\"\nto = [\"FJ\"]");
    let table = report.tables.iter().find(|table| table.key == "cut").unwrap();
    let capacity = |row: &Vec<Value>| match row[1] {
        Value::Number(gbps) => gbps,
        ref other => panic!("{other:?} is no capacity"),
    };
    let sum: f64 = table.rows().iter().map(capacity).sum();
    assert!(sum > 0.0);
    assert_eq!(number(&report, "max_flow_gbps"), sum);
}

#[test]
fn growth_looks_ahead_as_far_as_it_is_told() {
    let report = answer("objective = \"growth\"\ngrowth_percent = 30\nuntil = 2030");
    let years = report.tables.iter().find(|table| table.key == "years").unwrap();
    assert_eq!(years.rows().len(), 9);
    assert_eq!(number(&report, "years_ahead"), 8.0);
}

#[test]
fn a_maximum_flow_needs_both_ends() {
    let problems = parse("[[study]]\nkind = \"capacity\"\nobjective = \"max-flow\"\nfrom = \"Nowhere\"").unwrap_err();
    assert!(problems.iter().any(|problem| problem.contains("unknown site or territory `Nowhere`")), "{problems:?}");
    assert!(problems.iter().any(|problem| problem.contains("needs `to`")), "{problems:?}");
}

#[test]
fn an_optimum_is_said_not_to_be_computed() {
    let scenario = parse("[[study]]\nkind = \"capacity\"\nobjective = \"concurrent\"").unwrap();
    assert!(study::unknown(&scenario).is_some());
}
