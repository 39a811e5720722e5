//! The house in order: layers, who uses which dependency, documents that agree with the code.
//!
//! It reads files as text and knows nothing of what they compute. Each rule here stands in `ARCHITECTURE.md` or
//! `CONTRIBUTING.md` with its reason.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The rooms of the library from the ground up: each may use those before it, none after it. Tests may use all.
const LAYERS: [&str; 18] = [
    "units",
    "statistics",
    "random",
    "parallel",
    "problem",
    "file",
    "topology",
    "policy",
    "demand",
    "network",
    "algorithm",
    "route",
    "capacity",
    "failure",
    "scenario",
    "report",
    "study",
    "page",
];

/// Each dependency by its name in code, and the only places that may name it.
const HOMES: &[(&str, &[&str])] = &[
    ("annotate_snippets", &["src/problem"]),
    ("anstream", &["src/bin"]),
    ("clap", &["src/bin"]),
    ("clap_complete", &["src/bin"]),
    ("clap_mangen", &["src/bin"]),
    ("clarabel", &["src/algorithm/multicommodity/master.rs"]),
    ("criterion", &["benches"]),
    ("csv", &["src/file", "src/topology", "tests"]),
    ("flate2", &["tests"]),
    ("getrandom", &["src/bin/crossborder/serve"]),
    ("geographiclib_rs", &["src/topology", "tests"]),
    ("httparse", &["src/bin/crossborder/serve/http.rs"]),
    ("jiff", &["src/units.rs"]),
    ("libm", &["src/random.rs"]),
    ("petgraph", &["src", "tests", "benches", "examples"]),
    ("proptest", &["src", "tests"]),
    ("pulp", &["src/algorithm/wide.rs"]),
    ("rand_xoshiro", &["src/random.rs"]),
    ("rayon", &["src/parallel.rs"]),
    ("roxmltree", &["src/topology"]),
    ("schemars", &["src/topology", "src/scenario", "src/file"]),
    ("serde", &["src/problem", "src/topology", "src/scenario", "src/bin", "tests"]),
    (
        "serde_json",
        &[
            "src/problem",
            "src/topology",
            "src/failure/checkpoint.rs",
            "src/scenario",
            "src/report",
            "src/page",
            "src/bin",
            "tests",
            "benches",
        ],
    ),
    ("serde_saphyr", &["src/topology/import/netgraph.rs"]),
    ("sha2", &["src/file", "src/report", "src/page", "src/bin"]),
    ("signal_hook", &["src/bin"]),
    ("strsim", &["src/file"]),
    ("tempfile", &["src/bin", "tests", "benches"]),
    ("terminal_size", &["src/bin"]),
    ("toml", &["src/file", "src/scenario", "src/bin", "tests"]),
    ("unicode_width", &["src/report"]),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every file below a folder of the project, as paths from its root, in order.
fn files(folder: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::from(folder)];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(root().join(&folder)) else { continue };
        for entry in entries {
            let path = folder.join(entry.unwrap().file_name());
            if root().join(&path).is_dir() {
                let name = path.to_str().unwrap();
                if !matches!(name, "target" | "./target" | ".git" | "./.git") {
                    folders.push(path);
                }
            } else {
                found.push(path.to_str().unwrap().trim_start_matches("./").to_owned());
            }
        }
    }
    found.sort();
    found
}

fn rust_files() -> Vec<String> {
    ["src", "tests", "benches", "examples"].iter().flat_map(|f| files(f)).filter(|path| path.ends_with(".rs")).collect()
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Lines that compile outside tests: no comments, nothing from the test module on.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_test = |line: &str| line.starts_with("#[cfg(test)]");
    let numbered = text.lines().enumerate().map(|(i, line)| (i + 1, line));
    numbered.take_while(move |(_, line)| !is_test(line)).filter(|(_, line)| !line.trim_start().starts_with("//"))
}

/// Fails with all complaints at once.
fn hold(complaints: &[String]) {
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}

/// The words that follow `prefix` in a line.
fn words_after<'a>(line: &'a str, prefix: &str) -> Vec<&'a str> {
    let after = |(at, _): (usize, &str)| {
        let before = line[..at].chars().next_back();
        let rest = &line[at + prefix.len()..];
        let word = &rest[..rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len())];
        (!before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':')).then_some(word)
    };
    line.match_indices(prefix).filter_map(after).filter(|word| !word.is_empty()).collect()
}

#[test]
fn uses_are_seen_and_lookalikes_are_not() {
    assert_eq!(words_after("use crate::units::Length;", "crate::"), ["units"]);
    assert_eq!(words_after("fn f(a: crate::report::Report) -> crate::units::Date", "crate::"), ["report", "units"]);
    assert_eq!(words_after("pub(crate) use mycrate::x;", "crate::"), [""; 0]);
    let text = "use a;\n// use crate::b;\n#[cfg(test)]\nuse c;";
    assert_eq!(code(text).collect::<Vec<_>>(), [(1, "use a;")]);
}

#[test]
fn every_file_says_what_it_is_for() {
    let silent = rust_files().into_iter().filter(|path| !read(path).starts_with("//! "));
    hold(&silent.map(|path| format!("{path}: begins with no `//!` that says what it is for")).collect::<Vec<_>>());
}

#[test]
fn rooms_use_only_the_rooms_below_them() {
    let rank = |room: &str| LAYERS.iter().position(|layer| *layer == room);
    let mut complaints = Vec::new();
    let is_ranked = |path: &&String| {
        let is_test = path.ends_with("/tests.rs") || path.as_str() == "src/testing.rs";
        path.starts_with("src/") && !path.starts_with("src/bin/") && path.as_str() != "src/lib.rs" && !is_test
    };
    for path in rust_files().iter().filter(is_ranked) {
        let room = path["src/".len()..].split(['/', '.']).next().unwrap();
        let Some(own) = rank(room) else {
            complaints.push(format!("{path}: `{room}` has no place among the layers"));
            continue;
        };
        let text = read(path);
        for (number, line) in code(&text) {
            for used in words_after(line, "crate::") {
                if rank(used).is_some_and(|used| used > own) {
                    complaints.push(format!("{path}:{number}: `{room}` may not use `{used}`, which lies above it"));
                }
            }
        }
    }
    hold(&complaints);
}

#[test]
fn every_room_is_in_the_architecture_in_its_place() {
    let text = read("ARCHITECTURE.md");
    let listed: Vec<&str> =
        text.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`')).map(|(room, _)| room).collect();
    assert_eq!(listed, LAYERS, "ARCHITECTURE.md lists the rooms from the ground up");
    let is_room = |layer: &&str| ["", "/mod"].iter().any(|file| root().join(format!("src/{layer}{file}.rs")).exists());
    let missing: Vec<_> = LAYERS.into_iter().filter(|layer| !is_room(layer)).collect();
    assert_eq!(missing, [""; 0], "there are such rooms");
}

#[test]
fn imports_of_rooms_come_one_by_one() {
    let mut complaints = Vec::new();
    for path in rust_files().into_iter().filter(|path| !path.starts_with("src/bin/")) {
        let text = read(&path);
        for (number, line) in text.lines().enumerate().filter(|(_, line)| line.trim_start().starts_with("use crate::{")) {
            complaints.push(format!("{path}:{}: `{line}` hides which rooms are used; one `use` per room", number + 1));
        }
    }
    hold(&complaints);
}

#[test]
fn dependencies_stay_in_their_rooms() {
    let mut complaints = Vec::new();
    for path in rust_files() {
        let text = read(&path);
        for (name, homes) in HOMES.iter().filter(|(name, _)| text.contains(name)) {
            for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//")) {
                let is_named = !words_after(line, &format!("{name}::")).is_empty()
                    || line.contains(&format!("{name}::{{"))
                    || line.trim() == format!("use {name};");
                let is_own = text.lines().any(|line| line.trim_end_matches(';').ends_with(&format!("mod {name}")));
                let is_path = line.contains(&format!("::{name}::")) || line.contains(&format!("crate::{name}"));
                if is_named && !is_own && !is_path && !homes.iter().any(|home| path.starts_with(home)) {
                    complaints.push(format!("{path}:{}: `{name}` is for {homes:?} alone", number + 1));
                }
            }
        }
    }
    hold(&complaints);
}

#[test]
fn every_dependency_has_its_reason_and_its_rooms() {
    let manifest = read("Cargo.toml");
    let mut complaints = Vec::new();
    let mut section = "";
    let mut before = "";
    for line in manifest.lines() {
        if line.starts_with('[') {
            section = line;
        } else if section.ends_with("dependencies]")
            && let Some((name, _)) = line.split_once(" = ")
        {
            if !before.starts_with("# ") {
                complaints.push(format!("Cargo.toml: `{name}` has no reason above it"));
            }
            let name = name.replace('-', "_");
            if !HOMES.iter().any(|(known, _)| *known == name) {
                complaints.push(format!("tests/tidy.rs: `{name}` has no rooms"));
            }
        }
        before = line;
    }
    hold(&complaints);
}

#[test]
fn nothing_names_a_machine_or_a_registry() {
    // Put together here, so that this file does not name them either.
    let places = ["wo/rk", "ro/ot", "ho/me", "tm/p"].map(|place| format!("/{}/", place.replace('/', "")));
    let hosts = ["crates", "index.crates", "static.crates"].map(|host| format!("{host}.io"));
    let mut complaints = Vec::new();
    for path in files(".").into_iter().filter(|path| !path.ends_with("Cargo.lock") && path != ".git") {
        let Ok(text) = fs::read_to_string(root().join(&path)) else { continue };
        for (number, line) in text.lines().enumerate() {
            for word in places.iter().chain(&hosts).filter(|word| line.contains(word.as_str())) {
                complaints.push(format!("{path}:{}: names `{word}`", number + 1));
            }
            for word in ["TODO", "FIXME"].iter().filter(|word| line.contains(**word) && path != "tests/tidy.rs") {
                complaints.push(format!("{path}:{}: {word}: do it, or open an issue", number + 1));
            }
        }
    }
    hold(&complaints);
}

#[test]
fn the_version_is_the_same_everywhere() {
    let version = env!("CARGO_PKG_VERSION");
    let citation = read("CITATION.cff");
    assert!(citation.contains(&format!("\nversion: {version}\n")), "CITATION.cff does not cite version {version}");
    let changelog = read("CHANGELOG.md");
    let newest = changelog.lines().find(|line| line.starts_with("## [")).unwrap_or_default();
    assert!(newest.starts_with(&format!("## [{version}] - 20")), "CHANGELOG.md begins with `{newest}`, not with {version}");
}

#[test]
fn every_topology_has_its_provenance() {
    let folder = |path: &String| Some(path.strip_prefix("topologies/")?.strip_suffix("/topology.toml")?.to_owned());
    let folders: BTreeSet<String> = files("topologies").iter().filter_map(folder).collect();
    let readme = if folders.is_empty() { String::new() } else { read("topologies/README.md") };
    let count = |name: &str, table: &str| {
        let path = root().join("topologies").join(name).join(table);
        fs::read_to_string(path).map_or(0, |text| text.lines().count() - 1).to_string()
    };
    let mut rows = BTreeSet::new();
    for row in readme.lines().filter(|line| line.starts_with("| [")) {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let name = cells[1].trim_start_matches('[').split(']').next().unwrap();
        let counted = ["sites.csv", "cables.csv", "segments.csv", "demands.csv"].map(|table| count(name, table));
        assert_eq!(cells[3..7], counted, "topologies/README.md counts what is in {name}");
        rows.insert(name.to_owned());
    }
    assert_eq!(rows, folders, "topologies/README.md has one row per folder, and no other");
}

#[test]
fn every_example_or_its_folder_is_in_the_readme() {
    let readme = read("README.md");
    let name = |path: String| match path.split('/').collect::<Vec<_>>()[..] {
        [_, _] | [_, "scenarios", _] => path,
        _ => path.split_inclusive('/').take(2).collect(),
    };
    let names: BTreeSet<String> = files("examples").into_iter().map(name).collect();
    let missing = names.into_iter().filter(|name| !readme.contains(name.as_str()));
    hold(&missing.map(|path| format!("README.md: does not name `{path}`")).collect::<Vec<_>>());
}

#[test]
fn what_the_readme_says_of_speed_stands_in_the_committed_report() {
    let (readme, report) = (read("README.md"), read("benches/report/BENCHMARKS.md"));
    let raw = read("benches/report/benchmarks.json");
    let section = readme.split("\n## ").find(|section| section.starts_with("Benchmarks")).unwrap();
    let known: BTreeSet<&str> = report.lines().collect();
    let (claim, rows): (Vec<&str>, Vec<&str>) = (
        section.lines().filter(|line| line.starts_with("> ")).collect(),
        section.lines().filter(|line| line.starts_with('|')).collect(),
    );
    assert!(claim.len() == 1 && rows.len() > 3, "the claim and some rows are told");
    let mut complaints = Vec::new();
    for row in rows.iter().filter(|row| !known.contains(*row)) {
        complaints.push(format!("README.md: `{row}` is no row of benches/report/BENCHMARKS.md"));
    }
    for (name, text) in [("BENCHMARKS.md", &report), ("benchmarks.json", &raw)] {
        if !text.contains(&claim[0][2..]) {
            complaints.push(format!("README.md: `{}` is not the claim of {name}", &claim[0][2..]));
        }
    }
    hold(&complaints);
}

#[test]
fn what_runs_everything_runs_what_the_readme_says() {
    let readme = read("README.md");
    let all = read(".ci/run");
    assert!(readme.contains("cargo test\n"), "README.md names the command that tests");
    assert!(all.contains("\ncargo test "), ".ci/run runs the command that tests");
    // With the build of the tests, which saves a second one.
    let main_job = "cargo run --release -- run examples/scenarios/";
    assert!(readme.contains(main_job), "README.md names the command of the main job");
    assert!(
        all.contains("for scenario in examples/scenarios/*.toml ") && all.contains("/debug/crossborder\" run \"$scenario\""),
        "it is run"
    );
}
