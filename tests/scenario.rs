//! Scenario files: edits, overrides, paths, and mistakes across scenario and topology in one run.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crossborder::policy::{Profile, Rule};
use crossborder::problem::Problems;
use crossborder::problem::render::{Colour, text};
use crossborder::scenario::{self, Question, Scenario};

const HEAD: &str = "format = 1\nname = \"toy\"\nas_of = \"2017\"\n";

/// A toy that needs no folder: two open territories, one cable, one segment.
const TOY: &str = r#"
[[edit]]
add = "territory"
id = "AA"
regime = "open"
transit = "none"
main = "Alba"

[[edit]]
add = "territory"
id = "BB"
regime = "open"
transit = "none"
main = "Brema"

[[edit]]
add = "site"
id = "Alba"
territory = "AA"
lat = 10
lon = 20
roles = "hub+pop"

[[edit]]
add = "site"
id = "Brema"
territory = "BB"
lat = 10.0
lon = 24.0
roles = ["hub", "pop"]

[[edit]]
add = "cable"
id = "East"
kind = "terrestrial"

[[edit]]
add = "segment"
id = "East.1"
cable = "East"
a = "Alba"
b = "Brema"
length_km = 500
lit = "100 Gbit/s"

[[demand]]
from = "AA"
to = "BB"
service = "internet"
traffic = "10 Gbit/s"

[[study]]
kind = "route"
k = 2

[[study]]
kind = "route"
name = "pairs"
pairs = [["Alba", "BB"]]
"#;

fn base() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/problems/base")
}

fn parse(text: &str, overrides: &[(&str, &str)]) -> Result<Scenario, Problems> {
    let overrides: Vec<_> = overrides.iter().map(|&(key, value)| (key.to_owned(), value.to_owned())).collect();
    scenario::parse("scenario.toml", text.as_bytes().to_vec(), &base(), &overrides)
}

fn sound(text: &str, overrides: &[(&str, &str)]) -> Scenario {
    parse(text, overrides).unwrap_or_else(|problems| panic!("{}", shown(&problems)))
}

fn shown(problems: &Problems) -> String {
    text(problems, "it", Colour::Plain)
}

fn codes(problems: &Problems) -> Vec<&'static str> {
    problems.list().iter().map(|problem| problem.code.0).collect::<BTreeSet<_>>().into_iter().collect()
}

#[test]
fn a_toy_needs_no_folder() {
    let toy = sound(&format!("{HEAD}{TOY}"), &[]);
    assert!(toy.warnings.is_empty(), "{}", shown(&toy.warnings));
    assert_eq!((toy.topology.site_count(), toy.topology.segment_count(), toy.demands.len()), (2, 1, 1));
    assert_eq!(toy.demands[0].name, "demand-1");
    assert_eq!(toy.inputs.len(), 1);
    let names: Vec<_> = toy.studies.iter().map(|study| study.name.as_str()).collect();
    assert_eq!(names, ["route-1", "pairs"]);
    let Question::Route(spec) = &toy.studies[0].question else { panic!("the first study is of routes") };
    assert_eq!((spec.requests.len(), spec.k, spec.compare), (1, 2, true));
}

#[test]
fn overrides_read_as_if_the_file_had_said_so() {
    let text = format!("{HEAD}{TOY}");
    let sets = [
        ("policy.profile", "emergency"),
        ("policy.rules_on", "[\"R5\"]"),
        ("study.0.k", "7"),
        ("as_of", "2020-02"),
        ("seed", "9"),
    ];
    let toy = sound(&text, &sets);
    let rules = Profile::Emergency.rules().with(Rule::R5);
    assert_eq!((toy.policy.rules, toy.policy.as_of.to_string().as_str(), toy.seed), (rules, "2020-02-01", 9));
    let Question::Route(spec) = &toy.studies[0].question else { panic!("the first study is of routes") };
    assert_eq!(spec.k, 7);
    // The effective scenario says the same without overrides, and is its own effective scenario.
    let again = sound(&toy.effective, &[]);
    assert_eq!(again.policy, toy.policy);
    assert_eq!(again.effective, toy.effective);
}

#[test]
fn overrides_that_are_wrong_are_shown_as_they_were_typed() {
    let text = format!("{HEAD}{TOY}");
    for (key, value, code) in [
        ("policy.profile", "lawfull", "E030"),
        ("policy.profil", "lawful", "E012"),
        ("study.9.k", "3", "E061"),
        ("study.0.k", "0", "E032"),
        ("a b", "3", "E061"),
        ("", "", "E061"),
    ] {
        let problems = parse(&text, &[(key, value)]).unwrap_err();
        assert_eq!(codes(&problems), [code], "{key}={value}\n{}", shown(&problems));
        assert!(shown(&problems).contains("--set"), "{}", shown(&problems));
    }
}

#[test]
fn edits_change_remove_and_take_along_what_cannot_be_without() {
    let head = format!("{HEAD}topology = \".\"\n[[expect]]\nroute = {{ from = \"Alba\", to = \"Brema\" }}\nlawful = true\n");
    let before = sound(&head, &[]);
    let changed = sound(&format!("{head}\n[[edit]]\nchange = \"segment\"\nid = \"Home.1\"\nlength_km = 900\n"), &[]);
    let length = |scenario: &Scenario| scenario.topology.segments().find(|(_, s)| s.id == "Home.1").map(|(_, s)| s.length.km());
    assert_eq!((length(&before), length(&changed)), (Some(300.0), Some(900.0)));
    let without_site = sound(&format!("{head}\n[[edit]]\nremove = \"site\"\nid = \"Corsa\"\n"), &[]);
    assert_eq!((without_site.topology.site_count(), without_site.topology.segment_count()), (2, 1));
    let without_cable = sound(&format!("{head}\n[[edit]]\nremove = \"cable\"\nid = \"Home\"\n"), &[]);
    assert_eq!(length(&without_cable), None);
    assert_eq!(codes(&without_cable.warnings), ["W003"]);
}

#[test]
fn the_same_checks_hold_for_what_is_edited() {
    let text = format!(
        "{HEAD}topology = \".\"\n[[edit]]\nchange = \"segment\"\nid = \"Home.1\"\nlength_km = 3\n\
         [[edit]]\nadd = \"site\"\nid = \"Alba\"\nterritory = \"AA\"\nlat = 1\nlon = 2\nroles = \"hub\"\n\
         [[edit]]\nremove = \"cable\"\nid = \"Est\"\n[[edit]]\nremove = \"segment\"\nid = \"Home.1\"\nlit = \"1 G\"\n"
    );
    let problems = parse(&text, &[]).unwrap_err();
    assert_eq!(codes(&problems), ["E021", "E022", "E054"], "{}", shown(&problems));
    let text = format!("{HEAD}topology = \".\"\n[[edit]]\nchange = \"segment\"\nid = \"Home.1\"\nlength_km = 3\n");
    let problems = parse(&text, &[]).unwrap_err();
    assert_eq!(codes(&problems), ["E040"]);
    assert!(shown(&problems).contains("scenario.toml:8:13"), "{}", shown(&problems));
}

#[test]
fn mistakes_of_scenario_and_topology_are_reported_in_one_run() {
    let text = format!(
        "{HEAD}topology = \".\"\n[policy]\navoid = [\"ZZ\"]\nrules_off = [\"R99\"]\n[demands]\nuse = \"topologie\"\n\
         [[edit]]\nchange = \"site\"\nid = \"Corsa\"\nlat = 100\n[[study]]\nkind = \"rout\"\n[[study]]\nkind = \"route\"\n\
         pairs = [[\"Alba\", \"Bremma\"], [\"Alba\"]]\n[[expect]]\nstudy = \"none\"\nmeasure = \"x\"\nat_most = 1\n"
    );
    let problems = parse(&text, &[]).unwrap_err();
    assert_eq!(codes(&problems), ["E015", "E022", "E030", "E034"], "{}", shown(&problems));
    assert_eq!(problems.list().len(), 8, "{}", shown(&problems));
    assert!(shown(&problems).contains("did you mean `Brema`?"), "{}", shown(&problems));
}

#[test]
fn an_empty_scenario_says_what_it_lacks() {
    let problems = parse("", &[]).unwrap_err();
    assert_eq!(codes(&problems), ["E014", "E050"], "{}", shown(&problems));
    assert_eq!(problems.list().iter().filter(|problem| problem.code.0 == "E014").count(), 3);
}

#[test]
fn demands_grow_from_their_year_and_scale() {
    let grown = "[demands]\nyear = 2015\ngrowth_percent = 100\nscale = 0.5\n";
    let toy = sound(&format!("{HEAD}{grown}{TOY}"), &[]);
    // 10 Gbit/s doubled twice, then halved.
    assert_eq!(toy.demands[0].traffic.mbps(), 20_000);
}

#[test]
fn keys_of_another_kind_of_study_are_unknown() {
    let problems = parse(&format!("{HEAD}{TOY}\n[[study]]\nkind = \"failure\"\nyears = 1\npairs = []\n"), &[]).unwrap_err();
    assert_eq!(codes(&problems), ["E012"]);
}
