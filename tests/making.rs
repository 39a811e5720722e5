//! Topologies that the program makes: synthetic ones, and plain maps enriched.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::path::Path;
use std::process::{Command, Output};

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_crossborder")).args(arguments).output().unwrap()
}

#[test]
fn a_synthetic_topology_is_made_checked_and_the_same_again() {
    let folder = tempfile::tempdir().unwrap();
    let make = |name: &str, threads: &str| {
        let out = folder.path().join(name);
        let done = run(&["new", "--synthetic", "sites=200", "seed=3", "-j", threads, "-o", out.to_str().unwrap()]);
        assert_eq!(done.status.code(), Some(0), "{done:?}");
        out
    };
    let (one, other) = (make("one", "1"), make("other", "8"));
    for name in ["topology.toml", "sites.csv", "cables.csv", "segments.csv", "demands.csv"] {
        assert_eq!(std::fs::read(one.join(name)).unwrap(), std::fs::read(other.join(name)).unwrap(), "{name}");
    }
    assert_eq!(run(&["check", one.to_str().unwrap()]).status.code(), Some(0));
    let many = folder.path().join("many");
    let done = run(&["new", "--synthetic", "places=3", "sites=200", "seed=3", "-o", many.to_str().unwrap()]);
    assert_eq!(done.status.code(), Some(0), "{done:?}");
    let demands = |folder: &Path| std::fs::read_to_string(folder.join("demands.csv")).unwrap().lines().count() - 1;
    assert!(demands(&many) > 2 * demands(&one) && demands(&many) <= 3 * demands(&one));
    assert_eq!(run(&["check", many.to_str().unwrap()]).status.code(), Some(0));
    // It never goes over what is there.
    let again = run(&["new", "--synthetic", "sites=200", "-o", one.to_str().unwrap()]);
    assert_eq!(again.status.code(), Some(2));
}

#[test]
fn a_wish_that_cannot_be_met_says_what_can() {
    for (words, help) in [
        (&["sites=99"][..], "from 100 to 100000"),
        (&["seed=1"], "sites=20000"),
        (&["site=100"], "did you mean `sites`"),
        (&["sites=many"], "whole number"),
        (&["sites"], "KEY=N"),
        (&["sites=100", "places=0"], "from 1 to 1000"),
    ] {
        let done = run(&[&["new", "--synthetic"], words].concat());
        let said = String::from_utf8(done.stderr).unwrap();
        assert_eq!(done.status.code(), Some(2), "{words:?}");
        assert!(said.contains(help), "{words:?}: {said}");
    }
}

#[test]
fn enrichment_adds_what_a_plain_map_leaves_out() {
    let folder = tempfile::tempdir().unwrap();
    let map = folder.path().join("map.csv");
    std::fs::write(folder.path().join("nodes.csv"), "id,lat,lon,type\nA,6.42,3.4,landing\nB,5.6,-0.1,landing\n").unwrap();
    std::fs::write(&map, "from,to,cable,kind,rfs\nA,B,Sea,submarine,2011\n").unwrap();
    std::fs::write(folder.path().join("known.csv"), "cable,lit\nsea,3 Tbit/s\n").unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (map, out, nodes, known) = (path("map.csv"), path("out"), path("nodes.csv"), path("known.csv"));
    let convert = ["convert", &map, &out, "--nodes", &nodes, "--enrich", "all", "--capacities", &known, "--format", "json"];
    let done = run(&convert);
    assert_eq!(done.status.code(), Some(0), "{}", String::from_utf8_lossy(&done.stderr));
    let said = String::from_utf8(done.stdout).unwrap();
    for step in ["country", "roles", "domestic", "borders", "latency", "capacity", "demands"] {
        assert!(said.contains(&format!("\"{step}\"")), "{step}: {said}");
    }
    let segments = std::fs::read_to_string(folder.path().join("out/segments.csv")).unwrap();
    assert!(segments.contains("3 Tbit/s") && segments.contains("ENRICH-DOMESTIC"), "{segments}");
    let head = std::fs::read_to_string(folder.path().join("out/topology.toml")).unwrap();
    assert!(head.contains("main = \"NG-Abuja\""), "{head}");
    assert_eq!(run(&["check", &out]).status.code(), Some(0));
    assert_eq!(run(&["convert", &map, &out, "--enrich", "everything"]).status.code(), Some(2));
}
