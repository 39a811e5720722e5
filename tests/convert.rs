//! `crossborder convert` and foreign files as topologies: what is written, what is said, what is refused.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// Two towns abroad, a cable between them with a length, one without, and one to nowhere.
const TOWNS: &str = r#"graph [
  node [ id 0 label "Alba" Country "FI" Latitude 60.2 Longitude 24.9 ]
  node [ id 1 label "Brema" Country "EE" Latitude 59.4 Longitude 24.7 ]
  edge [ source 0 target 1 length_km 120 LinkSpeedRaw 10000000000 colour "red" ]
  edge [ source 0 target 1 ]
  edge [ source 1 target 9 ]
]"#;

/// A folder with these files in it.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

/// Runs the program in a folder.
fn run(folder: &tempfile::TempDir, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_crossborder"));
    command.current_dir(folder.path()).stdin(Stdio::null()).args(arguments);
    for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "CROSSBORDER_THREADS", "CROSSBORDER_COLOR"] {
        command.env_remove(variable);
    }
    command.output().unwrap()
}

fn out(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).unwrap()
}

fn err(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).unwrap()
}

fn ends(output: &Output, status: i32) {
    assert_eq!(output.status.code(), Some(status), "stdout: {}\nstderr: {}", out(output), err(output));
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_foreign_file_becomes_a_folder_that_every_verb_takes() {
    let here = folder(&[("towns.gml", TOWNS)]);
    let output = run(&here, &["convert", "towns.gml", "towns"]);
    ends(&output, 0);
    assert_eq!(names(&here.path().join("towns")), ["cables.csv", "segments.csv", "sites.csv", "topology.toml"]);
    ends(&run(&here, &["check", "towns"]), 0);
    let shown = run(&here, &["show", "towns"]);
    ends(&shown, 0);
    assert!(out(&shown).contains("Longest cable"), "{}", out(&shown));
}

#[test]
fn every_drop_and_guess_is_told_with_its_count_and_an_example() {
    let here = folder(&[("towns.gml", TOWNS)]);
    let output = run(&here, &["convert", "towns.gml", "towns"]);
    for words in ["W105: 1 ×", "`colour`", "W111: 1 ×", "no site `9`", "W113: 1 ×", "W130: 1 ×"] {
        assert!(err(&output).contains(words), "no `{words}` in {}", err(&output));
    }
    let output = run(&here, &["convert", "towns.gml", "towns", "--format", "json"]);
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let codes: Vec<&str> =
        report["tables"]["findings"].as_array().unwrap().iter().map(|row| row["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["W105", "W111", "W113", "W130"]);
    assert_eq!(report["facts"]["segments"], 2);
    let quiet = run(&here, &["convert", "towns.gml", "towns", "-q"]);
    assert_eq!(err(&quiet), "");
}

#[test]
fn strict_writes_nothing_where_anything_was_guessed() {
    let here = folder(&[("towns.gml", TOWNS)]);
    ends(&run(&here, &["convert", "towns.gml", "towns", "--strict"]), 2);
    assert_eq!(names(here.path()), ["towns.gml"]);
    let clean = "from,to,length_km,capacity_gbps\nAlba,Brema,120,10\n";
    let nodes = "id,country,lat,lon\nAlba,FI,60.2,24.9\nBrema,EE,59.4,24.7\n";
    let here = folder(&[("net/links.csv", clean), ("net/nodes.csv", nodes)]);
    ends(&run(&here, &["convert", "net", "towns", "--strict"]), 0);
}

#[test]
fn a_foreign_file_is_a_topology_to_verbs_and_scenarios() {
    let scenario = "format = 1\nname = \"towns\"\ntopology = \"towns.gml\"\nas_of = \"2024-01-01\"\n\
        [[expect]]\nroute = { from = \"Alba\", to = \"Brema\" }\nlawful = true\n";
    let here = folder(&[("towns.gml", TOWNS), ("scenario.toml", scenario)]);
    ends(&run(&here, &["show", "towns.gml"]), 0);
    ends(&run(&here, &["route", "towns.gml", "Alba", "Brema"]), 0);
    let checked = run(&here, &["check", "towns.gml"]);
    ends(&checked, 0);
    assert!(out(&checked).contains("warning[W111]") && out(&checked).contains("4 warnings"), "{}", out(&checked));
    ends(&run(&here, &["run", "scenario.toml"]), 0);
}

#[test]
fn columns_are_what_the_user_says() {
    let here = folder(&[("wires.txt", "x y 7\n"), ("links.csv", "von,nach,bps,weit\nx,y,5e9,70\n")]);
    let headless = ["convert", "wires.txt", "one", "--from", "csv", "--header", "from,to,length_km"];
    ends(&run(&here, &headless), 0);
    let renamed = ["convert", "links.csv", "two", "--columns", "von=from,nach=to,weit=length_km"];
    ends(&run(&here, &renamed), 0);
    let segments = fs::read_to_string(here.path().join("two/segments.csv")).unwrap();
    assert!(segments.contains(",70,") && segments.contains("5000 Mbit/s") || segments.contains("5 Gbit/s"), "{segments}");
    ends(&run(&here, &["convert", "links.csv", "three", "--columns", "von"]), 2);
}

/// Every verb of the program that takes a topology, with what else it needs.
const VERBS: [&[&str]; 6] = [
    &["show", "TOPOLOGY"],
    &["check", "TOPOLOGY"],
    &["route", "TOPOLOGY", "x", "z"],
    &["capacity", "TOPOLOGY", "x", "z"],
    &["cut", "TOPOLOGY", "y"],
    &["convert", "TOPOLOGY", "out"],
];

#[test]
fn every_verb_reads_a_topology_as_the_user_says() {
    let wires = "x;y;7;5\ny;z;8;5\n";
    let reading = ["--from", "csv", "--header", "von,nach,weit,capacity", "--columns", "von=from,nach=to,weit=length_km"];
    for verb in VERBS {
        let here = folder(&[("wires.txt", wires), ("pairs.csv", "from,to,gbps\nx,z,3\n")]);
        let mut arguments: Vec<&str> = verb.iter().map(|word| if *word == "TOPOLOGY" { "wires.txt" } else { word }).collect();
        let without = run(&here, &arguments);
        assert!(!without.status.success(), "{verb:?} does not know what `wires.txt` is: {}", out(&without));
        arguments.extend(reading);
        arguments.extend(["--unit", "Tbit/s", "--demands", "pairs.csv"]);
        ends(&run(&here, &arguments), 0);
    }
}

#[test]
fn a_scenario_says_how_its_topology_is_read() {
    let scenario = "format = 1\nname = \"wires\"\ntopology = \"wires.txt\"\nas_of = \"2024-01-01\"\n\
        [reading]\nfrom = \"csv\"\nheader = [\"von\", \"nach\", \"weit\", \"capacity\"]\nunit = \"Tbit/s\"\ndemands = \"pairs.csv\"\n\
        columns = { von = \"from\", nach = \"to\", weit = \"length_km\" }\n\
        [[study]]\nkind = \"capacity\"\n\
        [[expect]]\nroute = { from = \"x\", to = \"z\" }\nlawful = true\n";
    let files = [("wires.txt", "x;y;7;5\ny;z;8;5\n"), ("pairs.csv", "from,to,gbps\nx,z,3\n"), ("scenario.toml", scenario)];
    let here = folder(&files);
    ends(&run(&here, &["run", "scenario.toml"]), 0);
    for (set, words) in [
        ("reading.from=gml", "E0"),
        ("reading.from=csw", "did you mean `csv`?"),
        ("reading.unit=bit", "E0"),
        ("reading.nodes=nowhere.csv", "no file `nowhere.csv`"),
        ("topology=", "nothing to read"),
    ] {
        let output = run(&here, &["run", "scenario.toml", "--set", set]);
        ends(&output, 2);
        assert!(err(&output).contains(words), "{set}: {}", err(&output));
    }
    ends(&run(&here, &["cut", "scenario.toml", "y", "--unit", "Mbit/s"]), 2);
}

#[test]
fn a_native_folder_has_columns_of_its_own() {
    let here = folder(&[("towns.gml", TOWNS)]);
    ends(&run(&here, &["convert", "towns.gml", "towns"]), 0);
    let output = run(&here, &["show", "towns", "--columns", "von=from"]);
    ends(&output, 2);
    assert!(err(&output).contains("columns, units and tables of its own"), "{}", err(&output));
}

#[test]
fn a_compressed_file_is_refused_with_the_way_to_unpack_it() {
    let here = folder(&[("towns.gml", TOWNS)]);
    for (name, bytes) in
        [("net.csv.gz", &b"\x1f\x8b\x08\x00rest"[..]), ("net.csv", b"\x1f\x8b\x08"), ("net.json", b"PK\x03\x04zip")]
    {
        fs::write(here.path().join(name), bytes).unwrap();
        let output = run(&here, &["show", name]);
        ends(&output, 2);
        assert!(err(&output).contains("compressed") && err(&output).contains("unpack it first"), "{name}: {}", err(&output));
    }
}

#[test]
fn the_first_of_several_sets_of_demands_comes_with_a_graph() {
    let graph = "NODES 2\nlabel x y\na 1 2\nb 3 4\n\nEDGES 2\nlabel src dest weight bw delay\ne0 0 1 1 100 5\ne1 1 0 1 100 5\n";
    let demands = |bw: u32| format!("DEMANDS 1\nlabel src dest bw\nd0 0 1 {bw}\n");
    let (first, second) = (demands(70_000), demands(90_000));
    let here = folder(&[("net.graph", graph), ("net.0000.demands", &first), ("net.0001.demands", &second)]);
    let report = |arguments: &[&str]| {
        ends(&run(&here, arguments), 0);
        fs::read_to_string(here.path().join("out/demands.csv")).unwrap()
    };
    let implied = report(&["convert", "net.graph", "out"]);
    assert_eq!(implied, report(&["convert", "net.graph", "out", "--demands", "net.0000.demands"]));
    assert_ne!(implied, report(&["convert", "net.graph", "out", "--demands", "net.0001.demands"]));
}

#[test]
fn a_unit_is_what_the_user_says() {
    let json = r#"{"nodes":[{"id":"a"},{"id":"b"}],"edges":[{"source":"a","target":"b","capacity":40}]}"#;
    let here = folder(&[("net.json", json)]);
    ends(&run(&here, &["convert", "net.json", "net", "--unit", "Mbit/s"]), 0);
    assert!(fs::read_to_string(here.path().join("net/segments.csv")).unwrap().contains(",40 Mbit/s,"));
}

#[test]
fn nothing_that_is_no_old_answer_is_overwritten() {
    let here = folder(&[("towns.gml", TOWNS), ("full/letter.txt", "dear"), ("old/sites.csv", "id\n")]);
    ends(&run(&here, &["convert", "towns.gml", "full"]), 2);
    ends(&run(&here, &["convert", "towns.gml", "towns.gml"]), 2);
    ends(&run(&here, &["convert", "towns.gml", "towns.gml", "--to", "native"]), 2);
    assert_eq!(fs::read_to_string(here.path().join("full/letter.txt")).unwrap(), "dear");
    assert_eq!(fs::read_to_string(here.path().join("towns.gml")).unwrap(), TOWNS);
    ends(&run(&here, &["convert", "towns.gml", "old"]), 0);
    ends(&run(&here, &["convert", "old", "old"]), 2);
    ends(&run(&here, &["convert", "old", "old.xyz"]), 2);
    assert_eq!(names(here.path()), ["full", "old", "towns.gml"]);
}

#[test]
fn what_is_of_no_format_or_of_another_is_refused_with_a_way_out() {
    let here = folder(&[("net.xyz", "hello"), ("net.graphml", TOWNS), ("empty/readme", "")]);
    for (path, words) in [
        ("net.xyz", "E018"),
        ("net.graphml", "say `--from gml`"),
        ("empty", "E018"),
        ("nothing", "no such folder"),
        ("nothing.gml", "no such file"),
    ] {
        let output = run(&here, &["convert", path, "out"]);
        ends(&output, 2);
        assert!(err(&output).contains(words), "{path}: {}", err(&output));
    }
    ends(&run(&here, &["convert", "net.graphml", "out", "--from", "gml"]), 0);
}

#[test]
fn a_dry_run_writes_nothing() {
    let here = folder(&[("towns.gml", TOWNS)]);
    ends(&run(&here, &["convert", "towns.gml", "towns", "--dry-run"]), 0);
    assert_eq!(names(here.path()), ["towns.gml"]);
}

#[cfg(unix)]
#[test]
fn links_in_a_foreign_folder_are_not_followed() {
    let line = r#"{"features":[{"properties":{"id":"c"},"geometry":{"type":"LineString","coordinates":[[0,0],[1,1]]}}]}"#;
    let cable = r#"{"id":"c","name":"SECRET","landing_points":[]}"#;
    let outside = folder(&[("cable.json", cable)]);
    let here = folder(&[("map/cable-geo.json", line)]);
    std::os::unix::fs::symlink(outside.path().join("cable.json"), here.path().join("map/c.json")).unwrap();
    std::os::unix::fs::symlink(outside.path(), here.path().join("map/more")).unwrap();
    ends(&run(&here, &["convert", "map", "out"]), 0);
    assert!(!fs::read_to_string(here.path().join("out/cables.csv")).unwrap().contains("SECRET"));
}
