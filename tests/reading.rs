//! Reading topology folders: what real ones become, and what is said of broken ones.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::path::{Path, PathBuf};

use crossborder::policy::Rule;
use crossborder::problem::Problems;
use crossborder::problem::code::explain;
use crossborder::problem::render::{Colour, text};
use crossborder::topology::{Topology, build, read};

fn load(folder: &Path) -> (Option<Topology>, Problems) {
    let mut problems = Problems::new();
    let raw = read::folder(folder, &mut problems, &mut Vec::new());
    let topology = raw.and_then(|raw| build::topology(raw, &mut problems));
    (topology, problems)
}

fn folders() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("topologies");
    let entries = std::fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path());
    let mut folders: Vec<_> = entries.filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

#[test]
fn every_topology_in_the_repository_loads_without_problem_or_warning() {
    assert!(folders().len() >= 6);
    for folder in folders() {
        let (topology, problems) = load(&folder);
        assert!(problems.is_empty(), "{}", text(&problems, "it", Colour::Plain));
        let rows = |table: &str| {
            let mut reader = csv::Reader::from_path(folder.join(table)).unwrap();
            reader.records().count()
        };
        let topology = topology.unwrap();
        assert_eq!(topology.site_count(), rows("sites.csv"), "{folder:?}");
        assert_eq!(topology.segment_count(), rows("segments.csv"), "{folder:?}");
        assert_eq!(topology.cables().len(), rows("cables.csv"), "{folder:?}");
        assert_eq!(topology.demands().len(), rows("demands.csv"), "{folder:?}");
    }
}

#[test]
fn the_explanation_of_a_rule_carries_its_summary() {
    for rule in Rule::ALL {
        let explanation = explain(rule.code()).unwrap();
        assert_eq!(explanation.title, rule.summary(), "{}", rule.code());
    }
}
