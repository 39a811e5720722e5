//! Outages as people meet them: failure studies in scenarios, `cut` in the program, and their mistakes.
//!
//! What an outage does is held to a fresh search in the library (`failure::impact`).

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fmt::Write as _;
use std::num::NonZeroUsize;
use std::path::Path;
use std::process::{Command, Output};

use crossborder::parallel::with_threads;
use crossborder::report::{Report, digest};
use crossborder::scenario::{self, Scenario};
use crossborder::study;

fn parse(studies: &str) -> Result<Scenario, String> {
    let text = format!("format = 1\nname = \"t\"\ntopology = \"topologies/west-africa\"\nas_of = \"2024-03-14\"\n{studies}");
    let parsed = scenario::parse("t.toml", text.into_bytes(), Path::new(env!("CARGO_MANIFEST_DIR")), &[]);
    parsed.map_err(|problems| {
        problems.list().iter().fold(String::new(), |mut all, problem| {
            writeln!(all, "{problem:?}").unwrap();
            all
        })
    })
}

fn study(keys: &str) -> Report {
    let scenario = parse(&format!("[[study]]\nkind = \"failure\"\nname = \"f\"\n{keys}")).unwrap();
    study::run(&scenario, || true).parts.remove(0)
}

fn number(report: &Report, key: &str) -> f64 {
    report.number(key).unwrap_or_else(|| panic!("no {key}"))
}

fn cut(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_crossborder"));
    command.current_dir(env!("CARGO_MANIFEST_DIR")).arg("cut").args(arguments).output().unwrap()
}

#[test]
fn the_segment_model_spares_whom_the_whole_cable_model_blacks_out() {
    let event = "events = [[\"ACE.BU-Dakar.BU-Banjul\"]]\nimpact = \"lost\"\n";
    let (segments, whole) = (study(event), study(&format!("{event}whole_cable = true")));
    assert_eq!(number(&segments, "territories.MR.interrupted_percent"), 0.0, "Mauritania is north of the fault");
    assert_eq!(number(&whole, "territories.MR.interrupted_percent"), 100.0);
    assert!(number(&whole, "worst_interrupted_percent") > number(&segments, "worst_interrupted_percent"));
}

#[test]
fn what_is_down_from_the_beginning_makes_a_cut_worse() {
    let [alone, after] = ["", "down = [\"MainOne\"]\n"].map(|down| study(&format!("{down}events = [[\"WACS\"]]\n")));
    assert!(number(&after, "down") > 0.0 && number(&alone, "down") == 0.0);
    assert!(number(&after, "worst_interrupted_percent") >= number(&alone, "worst_interrupted_percent"));
}

#[test]
fn works_come_alone_and_with_each_failure() {
    let cables = number(&study("each = \"cable\""), "outages");
    assert_eq!(number(&study("each = \"cable\"\nmaintenance = [\"ACE\", \"SAT-3\"]"), "outages"), 2.0 * (cables + 1.0));
    assert_eq!(number(&study("each = \"cable\"\ntogether = 2"), "outages"), cables * (cables - 1.0) / 2.0);
}

#[test]
fn areas_strike_what_is_drawn_there() {
    let off_abidjan = "[[study.area]]\ncircle = { lat = 4.7, lon = -4.0, radius_km = 80 }\n";
    let nowhere = "[[study.area]]\nname = \"Antarctica\"\nlat_to = -80\n";
    let found = study(&format!("impact = \"lost\"\n{off_abidjan}{nowhere}"));
    assert_eq!((number(&found, "outages"), number(&found, "harmless_outages")), (2.0, 1.0));
    assert!(number(&found, "worst_interrupted_percent") > 0.0);
}

#[test]
fn the_same_bytes_at_any_thread_count() {
    for keys in [
        "each = \"segment\"",
        "each = \"cable\"\ntogether = 2\nimpact = \"within-capacity\"",
        "each = \"station\"\nimpact = \"cascade\"",
        "worst_circle_km = 150\nworst_circle_by = \"unconnected\"",
    ] {
        let digests = [1, 2, 8].map(|threads| with_threads(NonZeroUsize::new(threads), || digest(&study(keys))).unwrap());
        assert!(digests[0] == digests[1] && digests[1] == digests[2], "{keys}");
    }
}

#[test]
fn the_worst_circle_does_what_the_same_area_does() {
    for (measure, key) in [("interrupted", "interrupted_gbps"), ("unconnected", "unserved_gbps")] {
        let report = study(&format!("worst_circle_km = 100\nworst_circle_by = \"{measure}\"\n"));
        let of = |key: &str| number(&report, key);
        assert!(of("circle_found_gbps") > 0.0 && of("circle_at_most_gbps") == of("circle_found_gbps"), "{measure}");
        let circle = format!("{{ lat = {}, lon = {}, radius_km = 100 }}", of("circle_lat_deg"), of("circle_lon_deg"));
        let replayed = study(&format!("[[study.area]]\ncircle = {circle}\n"));
        assert_eq!(number(&replayed, &format!("worst.circle.{key}")), of("circle_found_gbps"), "{measure}");
        assert_eq!(of(&format!("circle_{key}")), of("circle_found_gbps"), "{measure}");
    }
}

#[test]
fn every_mistake_is_told_at_once() {
    let wrong = parse(
        "[[study]]\nkind = \"failure\"\nevents = [[\"ACEE\"], [\"Nowhere-at-all\"]]\ndown = [\"WACCS\"]\ntrip_percent = 90\nrank = \"loud\"\n\
         [[study.area]]\nwidth_km = 3\n[[study.area]]\npolygon = [[1, 2], [3]]\n[[study]]\nkind = \"failure\"\nyears = 1\ntogether = 2\nworst_circle_by = \"capacity\"\n",
    );
    let told = wrong.unwrap_err();
    for part in [
        "ACEE",
        "Nowhere-at-all",
        "WACCS",
        "trip_percent",
        "loud",
        "exactly one of the four",
        "coordinates",
        "together",
        "radius of a circle",
    ] {
        assert!(told.contains(part), "no word of {part}: {told}");
    }
}

#[test]
fn a_cut_shows_before_and_after_and_what_the_rules_forbid() {
    let output = cut(&["topologies/west-africa", "ACE", "--as-of", "2024-03-14", "--format", "json"]);
    assert_eq!(output.status.code(), Some(0));
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let text = answer.to_string();
    for part in ["Conakry → Paris", "the fibre is there, the rules forbid it", "rerouted", "suspended in an emergency", "Liberia"]
    {
        assert!(text.contains(part), "no word of {part}");
    }
}

#[test]
fn a_cut_of_nothing_known_suggests_what_is() {
    let output = cut(&["topologies/west-africa", "ACEE"]);
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(message.contains("ACEE") && message.contains("did you mean `ACE`?"), "{message}");
    let output = cut(&["topologies/no-such-place", "ACE"]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn a_cut_of_a_scenario_takes_its_day_and_its_rules() {
    let scenario = "examples/scenarios/east-africa-cuts.toml";
    let output = cut(&[scenario, "SEACOM", "EASSy", "--restore", "cascade"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(text.contains("2024-05-01") && text.contains("SEACOM + EASSy"), "{text}");
    assert_eq!(cut(&[scenario, "SEACOM", "--physical"]).status.code(), Some(2), "a scenario has its own policy");
}

#[test]
fn blame_names_a_fault_and_a_cut_set_is_an_outage_that_isolates() {
    let report = study("blame = true\ncut_sets = 2\n");
    let of = |key: &str| number(&report, key);
    assert!(of("blame_unserved_tb") > 0.0 && of("blame_interrupted_tb") > of("blame_unserved_tb"));
    assert!(of("criticality.ACE.faults_per_year") > 0.0);
    let sets = report.tables.iter().find(|table| table.key == "cut_sets").unwrap();
    assert!(!sets.rows().is_empty());
    for row in sets.rows().iter().take(5) {
        let names: Vec<String> = row[2].for_people(0).split(" + ").map(|name| format!("{name:?}")).collect();
        let replayed = study(&format!("events = [[{}]]\nimpact = \"lost\"\n", names.join(", ")));
        assert_eq!(number(&replayed, "isolating_outages"), 1.0, "{names:?}");
    }
}
