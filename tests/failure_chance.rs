//! Failure studies in time and chance, asked by scenarios: years, snapshots and bounds against closed forms and each other.

use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use crossborder::failure::checkpoint::Keeper;
use crossborder::failure::hazard::HOURS_PER_YEAR;
use crossborder::failure::{Spec, bounds, snapshots};
use crossborder::parallel::with_threads;
use crossborder::policy::Law;
use crossborder::problem::render::{Colour, text};
use crossborder::random::Seed;
use crossborder::report::{Report, Value};
use crossborder::scenario::{self, Question, Scenario};
use crossborder::study;

/// Two towns and two cables on land between them; the shorter one is used.
const TOY: &str = r#"
format = 1
name = "toy"
as_of = "2017"
seed = 11
policy = { profile = "physical" }
edit = [
    { add = "territory", id = "AA", regime = "open", transit = "none", main = "Alba" },
    { add = "territory", id = "BB", regime = "open", transit = "none", main = "Brema" },
    { add = "site", id = "Alba", territory = "AA", lat = 10, lon = 20, roles = ["hub", "pop"] },
    { add = "site", id = "Brema", territory = "BB", lat = 10, lon = 24, roles = ["hub", "pop"] },
    { add = "cable", id = "East", kind = "terrestrial" },
    { add = "cable", id = "West", kind = "terrestrial" },
    { add = "segment", id = "East.1", cable = "East", a = "Alba", b = "Brema", length_km = 500, lit = "100 Gbit/s" },
    { add = "segment", id = "West.1", cable = "West", a = "Alba", b = "Brema", length_km = 800, lit = "100 Gbit/s" },
]
demand = [{ from = "AA", to = "BB", service = "internet", traffic = "10 Gbit/s" }]
"#;

fn parse(text_of: &str) -> Scenario {
    let parsed = scenario::parse("it", text_of.as_bytes().to_vec(), Path::new(env!("CARGO_MANIFEST_DIR")), &[]);
    parsed.unwrap_or_else(|problems| panic!("{}", text(&problems, "it", Colour::Plain)))
}

fn toy(hazards: &str, study: &str) -> Scenario {
    parse(&format!("{TOY}\n[hazards]\n{hazards}\n[[study]]\nkind = \"failure\"\nname = \"it\"\n{study}"))
}

fn spec(scenario: &Scenario) -> &Spec {
    let Question::Failure(spec) = &scenario.studies[0].question else { panic!("the first study is of failures") };
    spec
}

fn run(scenario: &Scenario) -> Report {
    let mut report = study::run(scenario, || true);
    report.parts.remove(0)
}

/// An estimate among the facts: mean and standard error.
fn estimate(report: &Report, key: &str) -> [f64; 2] {
    match report.facts.iter().find(|fact| fact.key == key).map(|fact| &fact.value) {
        Some(Value::Estimate { mean, standard_error }) => [*mean, *standard_error],
        other => panic!("{key}: {other:?}"),
    }
}

/// Many faults, so that everything happens often: unavailabilities of the two cables.
const OFTEN: &str = "faults_per_1000_km_year = { land = 60 }\nland_detection_h = 1\nwork_h = { land = 50 }\nland_km_per_crew = 1";

fn unavailable(km: f64) -> f64 {
    // One hour of detection; the mean of a lognormal with deviation 0.8 is exp(0.32) times its median.
    let load = 60.0 * km / 1_000.0 * (1.0 + 50.0 * 0.32f64.exp()) / HOURS_PER_YEAR;
    load / (1.0 + load)
}

#[test]
fn years_snapshots_and_bounds_agree_with_what_two_cables_must_come_to() {
    let report = run(&toy(OFTEN, "impact = \"lost\"\nyears = 4000\nsamples = 400000\nstates = 100"));
    let (east, west) = (unavailable(500.0), unavailable(800.0));
    for (key, exact) in [
        ("availability_percent", 1.0 - east),
        ("sampled_interrupted_percent", east),
        ("sampled_unconnected_percent", east * west),
        ("sampled_connected_percent", 1.0 - east * west),
    ] {
        let [mean, error] = estimate(&report, key);
        assert!((mean - 100.0 * exact).abs() <= 4.0 * error, "{key}: {mean} ± {error} is not {}", 100.0 * exact);
    }
    for (key, exact) in [("interrupted", east), ("unconnected", east * west)] {
        for side in ["low", "high"] {
            let bound = report.number(&format!("bound_{key}_{side}_percent")).unwrap();
            assert!((bound - 100.0 * exact).abs() < 1e-10, "{key} {side}: {bound} is not {}", 100.0 * exact);
        }
    }
    assert_eq!(report.number("states"), Some(4.0), "there are no more");
    assert_eq!(report.number("sampling_within_bounds"), Some(1.0));
}

#[test]
fn what_is_rerouted_is_not_lost_and_finds_room_or_not() {
    let (east, west) = (unavailable(500.0), unavailable(800.0));
    let narrow = TOY.replace("length_km = 800, lit = \"100 Gbit/s\"", "length_km = 800, lit = \"4 Gbit/s\"");
    assert_ne!(narrow, TOY);
    let served = |toy: &str, impact: &str| {
        let study = format!("[[study]]\nkind = \"failure\"\nyears = 4000\nimpact = \"{impact}\"");
        let report = run(&parse(&format!("{toy}\n[hazards]\n{OFTEN}\n{study}\n")));
        estimate(&report, "served_percent")
    };
    for (toy, impact, lost) in [
        (TOY, "reroute", east * west),
        (TOY, "within-capacity", east * west),
        (narrow.as_str(), "reroute", east * west),
        (narrow.as_str(), "within-capacity", east * west + 0.6 * east * (1.0 - west)),
        // Once rerouted, the narrow cable trips, and nothing is left.
        (narrow.as_str(), "cascade", east),
    ] {
        let [mean, error] = served(toy, impact);
        let exact = 100.0 * (1.0 - lost);
        assert!((mean - exact).abs() <= 4.0 * error, "{impact}: {mean} ± {error} is not {exact}");
    }
}

#[test]
fn few_states_leave_an_interval_around_the_truth() {
    let exact = unavailable(500.0);
    for states in 1..4 {
        let report = run(&toy(OFTEN, &format!("states = {states}")));
        let [low, high] = ["low", "high"].map(|side| report.number(&format!("bound_interrupted_{side}_percent")).unwrap());
        assert!(low <= 100.0 * exact + 1e-9 && 100.0 * exact <= high + 1e-9, "{low} {high}");
        assert!((high - low - report.number("remaining_percent").unwrap()).abs() < 1e-9, "{low} {high}");
    }
}

#[test]
fn intervals_of_95_percent_cover_the_exact_share_in_95_percent_of_seeds() {
    let scenario = toy(OFTEN, "samples = 2048");
    let law = Law::new(&scenario.topology, &scenario.policy);
    let (east, west) = (unavailable(500.0), unavailable(800.0));
    let mut covered = [0u32; 2];
    for seed in 0..1_000 {
        let mut spec = spec(&scenario).clone();
        spec.chance.seed = Seed(seed);
        let mut nothing = |_: &str| ControlFlow::Continue(());
        let found = snapshots::run(&law, &spec, &|| true, &mut Keeper::new(Vec::new(), &mut nothing)).unwrap();
        let judged = [(&found.totals.interrupted, east), (&found.totals.unconnected, east * west)];
        for (covered, (judged, exact)) in covered.iter_mut().zip(judged) {
            let share = judged.accounts[0].mean_mbps(found.totals.samples).scaled(1e-4);
            *covered += u32::from((share.mean - exact).abs() <= 1.96 * share.standard_error);
        }
    }
    println!("covered of 1000: {covered:?}");
    assert!(covered.iter().all(|covered| (930..=970).contains(covered)), "{covered:?}");
}

#[test]
fn the_same_bytes_at_any_number_of_threads_and_after_any_break() {
    let folder = PathBuf::from("topologies/pacific");
    let text = format!(
        "format = 1\nname = \"it\"\ntopology = \"{}\"\nas_of = \"2022\"\n[[study]]\nkind = \"failure\"\nyears = 300\nsamples = 200000\n\
         states = 2000\n",
        folder.display()
    );
    let scenario = parse(&text);
    let at = |threads| with_threads(NonZeroUsize::new(threads), || study::run(&scenario, || true)).unwrap();
    let one = at(1);
    for threads in [2, 8] {
        assert!(at(threads) == one, "{threads} threads");
    }
    let mut kept = String::new();
    let mut breaks = 0;
    let last = loop {
        let (mut left, before) = (3, kept.clone());
        let mut write = |line: &str| {
            kept.push_str(line);
            left -= 1;
            if left <= 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let (mut keeper, good) = Keeper::resume(study::parts(&scenario), &mut before.as_bytes(), &mut write).unwrap();
        assert_eq!(good, before.len() as u64);
        let report = study::run_kept(&scenario, || true, &mut keeper);
        if !report.is_unfinished() {
            break report;
        }
        breaks += 1;
    };
    assert!(last == one, "{breaks} breaks");
    assert!(breaks >= 8, "{breaks} breaks");
}

#[test]
fn another_cable_changes_no_other_cables_faults() {
    let study = "years = 200\nsamples = 65536";
    let third = "{ add = \"cable\", id = \"Third\", kind = \"terrestrial\" },\n{ add = \"segment\", id = \"Third.1\", cable = \"Third\", \
               a = \"Alba\", b = \"Brema\", length_km = 1000, lit = \"1 Gbit/s\" },\n]\ndemand";
    let with = |tail: &str| {
        let text = format!("{TOY}\n[hazards]\n{OFTEN}\n[[study]]\nkind = \"failure\"\n{study}\n");
        run(&parse(&text.replace("]\ndemand", tail)))
    };
    let rows = |report: &Report, table: &str| -> Vec<Vec<Value>> {
        let table = report.tables.iter().find(|found| found.key == table).unwrap();
        table.rows().iter().filter(|row| matches!(&row[0], Value::Text(id) if id == "East" || id == "West")).cloned().collect()
    };
    let (before, after) = (with("]\ndemand"), with(third));
    for table in ["plants", "plants_interruptions"] {
        assert_eq!(rows(&before, table), rows(&after, table), "{table}");
        assert_eq!(rows(&before, table).len(), 2);
    }
    // The new one is longer, so usual routes stay: what interrupts them is what interrupted them before.
    assert_eq!(estimate(&before, "sampled_interrupted_percent"), estimate(&after, "sampled_interrupted_percent"));
    assert!(estimate(&after, "sampled_unconnected_percent")[0] < estimate(&before, "sampled_unconnected_percent")[0]);
}

#[test]
fn snapshots_after_a_storm_agree_with_the_exact_chance_of_a_long_cable() {
    // Two lines on land at 10°, of 10 and of 16 repeaters 50 km apart, each of which fails with 5 %.
    let storm = "solar_storm = { bands = [[0, 5], [20, 50]], repeater_km = 50 }\n";
    let report = run(&toy(OFTEN, &format!("{storm}samples = 400000\nstates = 10")));
    let [east, west] = [10, 16].map(|repeaters| 1.0 - 0.95f64.powi(repeaters));
    for (key, exact) in [("interrupted", east), ("unconnected", east * west)] {
        let [mean, error] = estimate(&report, &format!("sampled_{key}_percent"));
        assert!((mean - 100.0 * exact).abs() <= 4.0 * error && error > 0.0, "{key}: {mean} ± {error} is not {}", 100.0 * exact);
        let bound = report.number(&format!("bound_{key}_high_percent")).unwrap();
        assert!((bound - 100.0 * exact).abs() < 1e-9, "{key}: {bound} is not {}", 100.0 * exact);
    }
    assert_eq!(report.number("sampling_within_bounds"), Some(1.0));
    let failure = report.number("storm_cables.West.failure_percent").unwrap();
    assert!((failure - 100.0 * west).abs() < 1e-9, "{failure}");
    assert!((report.number("storm_failed_segments_mean").unwrap() - east - west).abs() < 1e-9);
    let alone = run(&toy("", "solar_storm = { state = \"S2\" }"));
    assert!(alone.number("storm_failed_cables_mean").unwrap() > 0.0 && alone.number("samples").is_none());
}

#[test]
fn mistakes_about_storms_are_told_at_once() {
    let of = |storm: &str| {
        let text_of = format!("{TOY}\n[[study]]\nkind = \"failure\"\nsolar_storm = {storm}\n");
        text(&scenario::parse("it", text_of.into_bytes(), Path::new("."), &[]).unwrap_err(), "it", Colour::Plain)
    };
    for (storm, hint) in [
        ("{}", "how bad the storm is"),
        ("{ state = \"S1\", bands = [[0, 1]] }", "leave one of them out"),
        ("{ state = \"S9\", repeater_km = 0 }", "S9"),
        ("{ state = \"S1\", repeater_km = 0 }", "cannot be 0"),
        ("{ bands = [[0, 1], [2]] }", "[latitude, per cent]"),
        ("{ bands = [[60, 1], [40, 2]] }", "rising latitude"),
        ("{ bands = [[0, 101]] }", "cannot be 101"),
    ] {
        let told = of(storm);
        assert!(told.contains(hint), "{storm}: no `{hint}` in {told}");
    }
}

#[test]
fn bounds_and_snapshots_of_a_topology_with_common_causes_agree() {
    let text = "format = 1\nname = \"it\"\ntopology = \"topologies/taiwan-matsu\"\nas_of = \"2025\"\n\
                hazards = { events_per_year = { cable = 1, other = 1, strait = 1, corridor = 1 } }\n\
                [[study]]\nkind = \"failure\"\nsamples = 1000000\nstates = 100000\n";
    let report = run(&parse(text));
    println!("{:?}", report.facts);
    assert_eq!(report.number("sampling_within_bounds"), Some(1.0));
    assert!(report.number("remaining_percent").unwrap() < 1.0, "the comparison says something");
}

#[test]
fn whoever_sets_a_fleet_or_a_rate_gets_it_and_mistakes_are_told_at_once() {
    let slow = run(&toy("station_work_h = 9\nship = [{ lat = 1, lon = 2, count = 3 }]", "years = 10"));
    assert_eq!(slow.number("simulated_years"), Some(10.0));
    let wrong = "faults_per_1000_km_year = { swamp = 1, deep = -1 }\npermit_days = { \"Red See\" = 3 }\nfleet = \"scarse\"\n\
                 ship = [{ lat = 100 }]\nevents_per_year = { station = 1 }\ncable_faults_per_1000_km_year = { Est = 4 }\n";
    let text_of = format!("{TOY}\n[hazards]\n{wrong}\n[[study]]\nkind = \"failure\"\nyears = 5\n");
    let problems = scenario::parse("it", text_of.into_bytes(), Path::new("."), &[]).unwrap_err();
    let told = text(&problems, "it", Colour::Plain);
    for hint in
        ["swamp", "cannot be -1", "`Red Sea`", "`scarce`", "latitude cannot be 100", "`lon` of a ship", "station", "`East`"]
    {
        assert!(told.contains(hint), "no `{hint}` in {told}");
    }
}

#[test]
fn an_interrupted_enumeration_is_still_a_bound() {
    let scenario = toy(OFTEN, "states = 4");
    let law = Law::new(&scenario.topology, &scenario.policy);
    let found = bounds::run(&law, spec(&scenario), &|| false).unwrap();
    assert!(found.is_partial && found.states == 0 && found.remaining == 1.0);
    assert_eq!(found.interrupted.mean_mbps[0].pessimistic, 10_000.0);
}
