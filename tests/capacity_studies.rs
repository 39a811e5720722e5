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
fn law_leaves_no_more_than_physics_and_says_what_binds() {
    let report = answer("objective = \"max-flow\"\nfrom = \"TO\"\nto = \"FJ\"\nservice = \"voice\"\nswitching = true");
    let [lawful, physical] = ["lawful_flow_gbps", "max_flow_gbps"].map(|key| number(&report, key));
    assert!(0.0 < lawful && lawful <= physical, "{:?}", report.facts);
    assert!(report.tables.iter().any(|table| table.key == "lawful_binding" && !table.rows().is_empty()));
}

#[test]
fn all_pairs_have_a_row_for_each_direction() {
    let report = answer("objective = \"max-flow\"\nall_pairs = \"sites\"");
    let table = report.tables.iter().find(|table| table.key == "all_pairs").unwrap();
    assert_eq!(table.rows().len(), 23 * 22);
    let problems = parse("[[study]]\nkind = \"capacity\"\nobjective = \"max-flow\"\nall_pairs = \"sites\"\nfrom = \"TO\"");
    assert!(problems.unwrap_err()[0].starts_with("`from` does not apply"));
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
fn the_best_routing_is_no_worse_than_a_rule_and_proven() {
    let rule = answer("");
    for study in ["objective = \"concurrent\"", "objective = \"min-utilisation\"\ngap_percent = 1", "routing = \"optimal\""] {
        let best = answer(study);
        let worst = number(&best, "utilisation_max_percent");
        assert!(worst <= number(&rule, "utilisation_max_percent") * (1.0 + 1e-9), "{study}");
        if study.starts_with("objective") {
            let [value, bound] = ["multiplier", "multiplier_bound"].map(|key| number(&best, key));
            assert!(value <= bound && number(&best, "gap_percent") <= 1.0, "{study}");
            assert!((value * worst / 100.0 - 1.0).abs() < 1e-9, "{study}");
        }
    }
}

#[test]
fn the_most_that_can_be_carried_is_no_less_than_admission_carries() {
    let more = "[demands]\nscale = 40\n";
    let answer = |study: &str| {
        let scenario = parse(&format!("{more}[[study]]\nkind = \"capacity\"\n{study}")).unwrap();
        study::run(&scenario, || true).parts.remove(0)
    };
    let admitted = answer("admission = true\nrouting = \"k-shortest\"\nk = 3");
    assert!(number(&admitted, "dropped_gbps") > 0.0);
    let best = answer("objective = \"max-carried\"");
    assert!(number(&best, "gap_percent") <= 1e-5);
    assert!(number(&best, "utilisation_max_percent") <= 100.0 + 1e-6);
    assert!(number(&best, "weighted_gbps") <= number(&best, "weighted_bound_gbps"));
    let placed = answer("admission = true\nrouting = \"optimal\"");
    assert!((number(&placed, "carried_gbps") - number(&best, "carried_gbps")).abs() < 1e-6);
    assert!(number(&placed, "carried_gbps") >= number(&admitted, "carried_gbps") * (1.0 - 1e-6));
}

/// Reads a scenario whose demands are those of a square table.
fn with_matrix(matrix: &str) -> Result<Scenario, Vec<String>> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("matrix.csv"), matrix).unwrap();
    let topology = Path::new(env!("CARGO_MANIFEST_DIR")).join("topologies/pacific");
    let text = format!(
        "format = 1\nname = \"t\"\ntopology = '{}'\nas_of = \"2022-01-01\"\n[demands]\nuse = \"none\"\n\
         matrix = \"matrix.csv\"\n[[study]]\nkind = \"capacity\"\n",
        topology.display()
    );
    scenario::parse("t.toml", text.into_bytes(), folder.path(), &[]).map_err(|problems| {
        let place = |problem: &crossborder::problem::Problem| problem.place.as_ref().map(|place| problems.line_column(place));
        problems.list().iter().map(|problem| format!("{:?} {}", place(problem), problem.message)).collect()
    })
}

#[test]
fn a_square_table_gives_a_demand_for_each_pair() {
    let scenario = with_matrix("Gbit/s,TO,FJ\nFJ,1.5,\nTO,0,40\n").unwrap();
    let demands: Vec<_> = scenario.demands.iter().map(|demand| (demand.name.as_str(), demand.traffic.mbps())).collect();
    assert_eq!(demands, [("FJ.TO", 1500), ("TO.FJ", 40_000)]);
    // The unit may stand in each cell, too.
    assert_eq!(with_matrix(",TO,FJ\nFJ,2 Tbit/s,\nTO,,\n").unwrap().demands[0].traffic.mbps(), 2_000_000);
}

#[test]
fn what_is_wrong_with_a_square_table_is_said_with_its_row() {
    let wrong = |matrix: &str| with_matrix(matrix).unwrap_err();
    assert_eq!(wrong("Gbit/s,TO,FJ\nFJ,1\nTO,,4\n"), ["Some((2, 1)) row has 2 cells, but the header has 3"]);
    assert_eq!(wrong("Gbit/s,TO,FJ\nTO,,4\n"), ["Some((1, 11)) `FJ` has a column and no row"]);
    assert_eq!(wrong("Gbit/s,TO\nTO,\nFJ,4\n"), ["Some((3, 1)) `FJ` has a row and no column"]);
    assert_eq!(wrong("Gbit/s,TO,FJ\nFJ,-4,\nTO,,\n"), ["Some((2, 4)) `-4 Gbit/s` is no bandwidth: negative"]);
    assert_eq!(wrong("Gbit/s,TO,Fj\nFj,4,\nTO,,\n"), ["Some((1, 11)) unknown site or territory `Fj`"]);
    assert_eq!(wrong("Gbit/s,TO,FJ\nFJ,4,4\nTO,,\n").len(), 1);
}

#[test]
fn a_demand_that_cannot_be_is_refused() {
    let demand = "[[demand]]\nfrom = \"TO\"\nto = \"Nowhere\"\nservice = \"voice\"\ntraffic = \"-3 Gbit/s\"\n";
    let problems = parse(&format!("{demand}[[study]]\nkind = \"capacity\"")).unwrap_err();
    assert!(problems.iter().any(|problem| problem.contains("`Nowhere`")), "{problems:?}");
    assert!(problems.iter().any(|problem| problem.contains("no bandwidth: negative")), "{problems:?}");
}

#[test]
fn demands_from_one_place_go_to_all_others_and_keep_their_total() {
    let text = "[demands]\nuse = \"one-to-many\"\nfrom = \"FJ\"\ntotal = \"100 Gbit/s\"\n[[study]]\nkind = \"capacity\"";
    let scenario = parse(text).unwrap();
    assert_eq!(crossborder::demand::total(&scenario.demands).gbps(), 100.0);
    assert!(scenario.demands.len() > 2);
    let problems = parse(&text.replace("from = \"FJ\"", "busy_hour = true\nhour_utc = 3")).unwrap_err();
    assert!(problems.iter().any(|problem| problem == "`from` is missing"), "{problems:?}");
    assert!(problems.iter().any(|problem| problem.contains("does not apply with `busy_hour`")), "{problems:?}");
    // The busy hour has no less than any other.
    let total = |hour: &str| {
        crossborder::demand::total(&parse(&format!("[demands]\n{hour}\n{}", &text[text.find("[[").unwrap()..])).unwrap().demands)
    };
    assert!((0..24).all(|hour| total(&format!("hour_utc = {hour}")) <= total("busy_hour = true")));
}

#[test]
fn what_does_not_apply_to_an_objective_is_said_all_at_once() {
    let study = "[[study]]\nkind = \"capacity\"\nobjective = \"max-flow\"\nrouting = \"optimal\"\nk = 3\n\
                 gap_percent = 1\nfrom = \"TO\"\nto = \"FJ\"\nfull_percent = 90\nuntil = 2030";
    let problems = parse(study).unwrap_err();
    for key in ["routing", "k", "gap_percent", "full_percent", "until"] {
        assert!(problems.iter().any(|problem| problem.starts_with(&format!("`{key}` does not apply"))), "{key} {problems:?}");
    }
    assert_eq!(problems.len(), 5, "{problems:?}");
}

#[test]
fn what_nothing_bounds_is_refused() {
    let none = "[demands]\nuse = \"none\"\n[[study]]\nkind = \"capacity\"\nobjective = \"concurrent\"";
    assert!(parse(none).unwrap_err().iter().any(|problem| problem.contains("nothing bounds the multiplier")));
    let site = "[[study]]\nkind = \"capacity\"\nobjective = \"max-flow\"\nfrom = \"TO\"\nto = [\"FJ\", \"TO\"]";
    assert!(parse(site).unwrap_err().iter().any(|problem| problem.contains("share a site")));
}
