//! The page of a run: its numbers are the engine's, its bytes are the same every time, and no name does harm in it.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::num::NonZeroUsize;
use std::path::Path;

use crossborder::failure::cut::{self, Asked};
use crossborder::failure::impact::Restoration;
use crossborder::failure::outages::{Counting, named};
use crossborder::network::Metric;
use crossborder::page::{Manifest, Subject, figures, html};
use crossborder::policy::Law;
use crossborder::scenario::{self, Scenario};
use crossborder::{parallel, study};
use serde_json::Value;

#[path = "browser/packed.rs"]
mod packed;

use packed::unpack;

fn load(name: &str) -> Scenario {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/scenarios").join(name);
    scenario::load(&path, &[]).unwrap()
}

fn page(scenario: &Scenario) -> String {
    let report = study::run(scenario, || true);
    html(&Subject::of_scenario(scenario, &report, Manifest::default()))
}

fn data(page: &str) -> Value {
    let start = page.find("id=\"data\">").unwrap() + "id=\"data\">".len();
    serde_json::from_str(&page[start..start + page[start..].find("</script>").unwrap()]).unwrap()
}

#[test]
fn every_answer_is_that_of_the_cut() {
    let scenario = load("east-africa-cuts.toml");
    let data = data(&page(&scenario));
    let law = Law::new(&scenario.topology, &scenario.policy);
    let cables = unpack(data["losses"]["cable"][0].as_str().unwrap());
    assert!(cables.len() > 40, "{cables:?}");
    for pair in cables.chunks(2).step_by(3) {
        let id = data["cables"]["ids"][usize::try_from(pair[0]).unwrap()].as_str().unwrap();
        let answer = unpack(data["answers"][usize::try_from(pair[1]).unwrap()].as_str().unwrap());
        let lost = named(&scenario.topology, scenario.policy.as_of, id, Counting::Segments).unwrap().segments;
        let judged = |restoration| {
            let requests = scenario.demands.clone();
            let asked = Asked { requests, metric: Metric::Latency, restoration, down: Vec::new(), lost: lost.clone() };
            cut::run(&law, &asked).judged[0].clone()
        };
        let (free, tight) = (judged(Restoration::Reroute), judged(Restoration::WithinCapacity));
        let found = [
            tight.routed_mbps - tight.impact.unserved_mbps,
            free.impact.interrupted_mbps,
            free.impact.unserved_mbps,
            free.impact.overload_mbps,
            free.impact.late_mbps,
            free.impact.touched as u64,
            free.impact.parted_pairs as u64,
            free.impact.overloaded as u64,
            free.impact.late as u64,
        ];
        assert_eq!(answer[..9], found.map(u64::cast_signed), "{id}");
    }
}

#[test]
fn the_same_bytes_at_any_thread_count() {
    let scenario = load("belt-and-road-2017.toml");
    let at = |threads: usize| parallel::with_threads(NonZeroUsize::new(threads), || page(&scenario)).unwrap();
    let one = at(1);
    assert!(one == at(2) && one == at(8), "pages differ");
    assert!(one.len() < 560_000, "{} bytes", one.len());
}

#[test]
fn a_page_asks_for_nothing_and_runs_nothing_foreign() {
    let page = page(&load("east-africa-cuts.toml"));
    assert!(page.contains("content=\"default-src 'none'; script-src 'sha256-"), "no policy");
    assert!(!page.contains("unsafe-inline") && !page.contains(" style=\"") && !page.contains(" onclick="), "inline code");
    for word in ["src=\"", "href=\"http", "@import", "url(", "fetch("] {
        assert!(!page.contains(word), "{word}");
    }
}

#[test]
fn hostile_names_are_shown_and_not_obeyed() {
    let long = "x".repeat(10_000);
    let names = ["</script><script>alert(1)</script>", "\\\"><img src=x onerror=alert(1)>", "abc\\u202edef", long.as_str()];
    let sites: String = names
        .iter()
        .enumerate()
        .map(|(i, name)| {
            let place = format!("lat = {i}, lon = {i}, roles = \"pop\"");
            format!(
                "[[edit]]\nadd = \"site\"\nid = \"s{i}\"\nname = \"{name}\"\nterritory = \"KE\"\n{}\n",
                place.replace(", ", "\n")
            )
        })
        .collect();
    let text = format!(
        "format = 1\nname = \"hostile\"\ndescription = \"<b>\\u202e</b>\"\ntopology = \"../../topologies/east-africa\"\nas_of = \"2024-05-01\"\n{sites}\n[[study]]\nkind = \"route\"\npairs = [[\"s0\", \"s1\"]]\n"
    );
    let base = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/scenarios");
    let scenario = scenario::parse("hostile", text.into_bytes(), &base, &[]).unwrap_or_else(|problems| panic!("{problems:?}"));
    let page = page(&scenario);
    assert_eq!(page.matches("<script").count(), 3, "the page's own: coast, data, script");
    assert!(!page.contains("<img") && !page.contains("<b>") && !page.contains('\u{202e}'));
    let data = data(&page);
    let texts = data["texts"].as_array().unwrap();
    assert!(texts.iter().any(|text| text == names[0]), "the name is there as it is");
    assert!(texts.iter().all(|text| text.as_str().unwrap().chars().count() <= 201), "no text is too long");
}

#[test]
fn figures_stand_alone_and_agree_with_the_page() {
    let scenario = load("east-africa-cuts.toml");
    let report = study::run(&scenario, || true);
    let files = figures(&Subject::of_scenario(&scenario, &report, Manifest::default()));
    let content = |name: &str| files.iter().find(|(file, _)| file == name).map(|(_, content)| content.as_str()).unwrap();
    assert!(content("map.svg").starts_with("<svg ") && !content("map.svg").contains("NaN"));
    let geo: Value = serde_json::from_str(content("loads.geojson")).unwrap();
    let features = geo["features"].as_array().unwrap();
    let mbps = |feature: &Value, key: &str| feature["properties"][key].as_f64().map(|gbps| (gbps * 1e3).round());
    let data = data(&page(&scenario));
    let loads = unpack(data["loads"].as_str().unwrap());
    let ids = data["segments"]["ids"].as_array().unwrap();
    let mut seen = 0;
    for (i, id) in ids.iter().enumerate() {
        let Some(feature) = features.iter().find(|feature| feature["id"] == *id) else { continue };
        #[expect(clippy::cast_precision_loss, reason = "loads stay below 2^53 Mbit/s")]
        let found = [loads[2 * i] as f64, loads[2 * i + 1] as f64].map(Some);
        assert_eq!(["load_gbps", "load_back_gbps"].map(|key| mbps(feature, key)), found, "{id}");
        seen += 1;
    }
    assert!(seen > 100, "{seen} segments");
    assert!(content("1-worst.csv").lines().count() == 6, "{}", content("1-worst.csv"));
}
