//! Reading topology folders: what real ones become, and what is said of broken ones.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crossborder::policy::Rule;
use crossborder::problem::Problems;
use crossborder::problem::code::{ALL, explain};
use crossborder::problem::render::{Colour, text};
use crossborder::scenario;
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

/// A broken example: the base topology with the files of `tests/problems/<code>` in place of its own.
struct Example {
    folder: tempfile::TempDir,
    overrides: Vec<(String, String)>,
}

fn problems_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/problems")
}

fn copy(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).unwrap() {
        let (source, target) = (entry.as_ref().unwrap().path(), to.join(entry.unwrap().file_name()));
        if source.is_dir() {
            std::fs::remove_file(&target).unwrap();
            std::fs::create_dir(&target).unwrap();
            copy(&source, &target);
        } else {
            std::fs::copy(source, target).unwrap();
        }
    }
}

impl Example {
    fn of(code: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        copy(&problems_folder().join("base"), folder.path());
        let own = problems_folder().join(code);
        copy(&own, folder.path());
        if code == "E003" {
            // Too long to lie in the repository.
            let row = format!("web,AA,BB,internet,{}10 Gbit/s\n", " ".repeat(1 << 20));
            std::fs::write(folder.path().join("demands.csv"), format!("id,from,to,service,traffic\n{row}")).unwrap();
        }
        let set = std::fs::read_to_string(own.join("set.txt")).unwrap_or_default();
        let pair = |line: &str| line.split_once('=').map(|(key, value)| (key.to_owned(), value.to_owned()));
        Self { folder, overrides: set.lines().filter_map(pair).collect() }
    }

    fn problems(&self) -> Problems {
        let scenario = self.folder.path().join("scenario.toml");
        if scenario.exists() {
            return match scenario::load(&scenario, &self.overrides) {
                Ok(scenario) => scenario.warnings,
                Err(problems) => problems,
            };
        }
        let mut problems = load(self.folder.path()).1;
        problems.sort();
        problems
    }

    /// What is shown, with paths as seen from the example's folder.
    fn shown(&self, problems: &Problems) -> String {
        let folder = self.folder.path().display().to_string();
        text(problems, "the example", Colour::Plain).replace(&format!("{folder}/./"), "").replace(&format!("{folder}/"), "")
    }
}

/// What is shown must be what `expected.txt` says; `ACCEPT=1` writes it anew, to be read before it is committed.
#[test]
fn every_code_has_an_example_that_gives_it_alone() {
    for code in ALL {
        let example = Example::of(code.0);
        let problems = example.problems();
        let codes: BTreeSet<_> = problems.list().iter().map(|problem| problem.code.0).collect();
        assert_eq!(codes, BTreeSet::from([code.0]), "{}", example.shown(&problems));
        let path = problems_folder().join(code.0).join("expected.txt");
        if std::env::var_os("ACCEPT").is_some() {
            std::fs::write(&path, example.shown(&problems)).unwrap();
        }
        let expected = std::fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(example.shown(&problems), expected, "{}", path.display());
    }
}

#[test]
fn every_error_is_at_a_place_and_says_what_would_fix_it() {
    for code in ALL {
        for problem in Example::of(code.0).problems().list() {
            assert!(problem.place.is_some(), "{code}: {}", problem.message);
            assert!(problem.help.is_some(), "{code}: {}", problem.message);
            assert!(!problem.message.ends_with('.'), "{code}: {}", problem.message);
        }
    }
}

#[test]
fn no_example_is_of_a_code_that_is_gone() {
    for entry in std::fs::read_dir(problems_folder()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(name == "base" || ALL.iter().any(|code| code.0 == name), "tests/problems/{name}");
    }
}
