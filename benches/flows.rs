//! Maximum flows per second beside petgraph's and LEMON's, on the graph that lies beside the repository.
//!
//! Every answer is asserted before it is timed, and the ratios are printed from interleaved runs on one thread. What is not
//! there (the graph, a C++ compiler, LEMON) is skipped with a word.

#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "a bench stops at the first surprise and says what it skipped")]

use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use crossborder::algorithm::cut_tree::CutTree;
use crossborder::algorithm::max_flow::{Limits, MaxFlow};
use crossborder::network::{Network, Outage};
use crossborder::topology::SiteId;
use petgraph::algo::dinics;
use petgraph::graph::{DiGraph, NodeIndex};

mod timing;

use timing::{is_trial, least_in_turn, timed};

/// Where the graph lies.
fn path(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/synthetic").join(file)
}

/// Rows of numbers; `None` and a printed word where the file is absent.
fn rows(file: &str) -> Option<Vec<Vec<f64>>> {
    let Ok(text) = fs::read_to_string(path(file)) else {
        eprintln!("skipped: no ../shared/data/synthetic/{file}");
        return None;
    };
    Some(text.lines().map(|line| line.split_whitespace().map(|word| word.parse().unwrap()).collect()).collect())
}

/// Full duplex; capacities in the file's unit, Gbit/s.
fn network(edges: &[Vec<f64>]) -> Network {
    let segments: Vec<_> =
        edges.iter().map(|row| (SiteId(row[0] as u32), SiteId(row[1] as u32), row[3] as u32, [row[2] as u64; 2])).collect();
    let sites = segments.iter().map(|&(a, b, ..)| a.max(b).index() + 1).max().unwrap();
    Network::of_sites(sites, &segments)
}

fn petgraph_of(edges: &[Vec<f64>]) -> DiGraph<(), u64> {
    let arcs = edges.iter().flat_map(|row| {
        let (a, b, capacity) = (row[0] as u32, row[1] as u32, row[2] as u64);
        [(a, b, capacity), (b, a, capacity)]
    });
    DiGraph::from_edges(arcs)
}

/// Compiles the driver of LEMON; `None` and a printed word without a compiler or LEMON.
fn lemon() -> Option<PathBuf> {
    let compiler = || {
        let mut command = Command::new("g++");
        command.args(["-O3", "-march=native", "-DNDEBUG", "-x", "c++"]);
        command
    };
    let has_lemon = compiler().args(["-fsyntax-only", "-include", "lemon/preflow.h", "/dev/null"]).output();
    if !has_lemon.is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: no g++ with LEMON (Debian: g++ liblemon-dev)");
        return None;
    }
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join("lemon");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peers/lemon.cpp");
    let output = compiler().arg(source).arg("-o").arg(&program).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(program)
}

/// The sum of LEMON's flows and the time it took.
fn run_lemon(program: &Path, file: &str) -> (u64, Duration) {
    let output = Command::new(program).args(["flows", "60"]).args([path("g1.edges"), path(file)]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let mut lines = text.lines();
    let nanoseconds = lines.next().unwrap().rsplit(' ').next().unwrap().parse().unwrap();
    let flow = |line: &str| line.split(' ').next().unwrap().parse::<u64>().unwrap();
    (lines.map(flow).sum(), Duration::from_nanos(nanoseconds))
}

fn max_flow(criterion: &mut Criterion) {
    let Some(edges) = rows("g1.edges") else { return };
    let (network, theirs) = (network(&edges), petgraph_of(&edges));
    let outage = Outage::none_of(&network);
    let lemon = lemon();
    for (file, expected) in [("g1.pairs", 4_831_300), ("g1.hubpairs", 38_528_000)] {
        let pairs: Vec<_> = rows(file).unwrap().iter().map(|row| [SiteId(row[0] as u32), SiteId(row[1] as u32)]).collect();
        let mut flow = MaxFlow::new(&network, Limits::Lanes);
        let mut ours = |every: usize| {
            let solve = |&[source, sink]: &[SiteId; 2]| flow.solve(&[source], &[sink], &outage).bounded().unwrap();
            pairs.iter().step_by(every).map(solve).sum::<u64>()
        };
        let petgraphs = |every: usize| {
            let solve =
                |&[source, sink]: &[SiteId; 2]| dinics(&theirs, NodeIndex::new(source.index()), NodeIndex::new(sink.index())).0;
            pairs.iter().step_by(every).map(solve).sum::<u64>()
        };
        assert_eq!(ours(1), expected, "{file}");
        if is_trial() {
            assert_eq!(ours(20), petgraphs(20), "{file}");
        } else {
            let (sum, took) = timed(|| petgraphs(1));
            assert_eq!(sum, expected, "petgraph on {file}");
            // It takes seconds for all: once is enough to tell a ratio of ten.
            compare(file, pairs.len(), &mut ours, lemon.as_deref(), took);
        }
        if let Some(program) = &lemon {
            assert_eq!(run_lemon(program, file).0, expected, "LEMON on {file}");
        }
        let name = file.trim_start_matches("g1.");
        let mut group = criterion.benchmark_group(format!("max_flow/g1/{name}"));
        group.throughput(Throughput::Elements(pairs.len() as u64));
        group.sample_size(10);
        group.bench_function("crossborder", |bencher| bencher.iter(|| black_box(ours(1))));
        group.finish();
    }
}

/// Prints how many times as fast as the peers it is, from the least of several runs in turn.
fn compare(file: &str, pairs: usize, ours: &mut dyn FnMut(usize) -> u64, lemon: Option<&Path>, petgraph: Duration) {
    let mut time_ours = || timed(|| black_box(ours(1))).1;
    let mut time_lemon = || lemon.map_or(Duration::MAX, |program| run_lemon(program, file).1);
    let [ours, theirs] = least_in_turn(7, [&mut time_ours, &mut time_lemon]);
    let per_pair = |took: Duration| took.as_secs_f64() * 1e6 / pairs as f64;
    let ratio = |took: Duration| took.as_secs_f64() / ours.as_secs_f64();
    eprintln!("{file}: {:.1} us a pair", per_pair(ours));
    eprintln!("  petgraph's dinics {:.1} us: {:.1} times as fast", per_pair(petgraph), ratio(petgraph));
    if lemon.is_some() {
        eprintln!("  LEMON's preflow {:.1} us: {:.1} times as fast", per_pair(theirs), ratio(theirs));
    }
}

fn cut_tree(criterion: &mut Criterion) {
    let Some(edges) = rows("g1.edges") else { return };
    let network = network(&edges);
    let outage = Outage::none_of(&network);
    let tree = CutTree::new(&network, &outage).unwrap();
    let mut flow = MaxFlow::new(&network, Limits::Lanes);
    for row in rows("g1.pairs").unwrap().iter().chain(&rows("g1.hubpairs").unwrap()) {
        let [a, b] = [row[0], row[1]].map(|site| SiteId(site as u32));
        assert_eq!(tree.min_cut(a, b), flow.solve(&[a], &[b], &outage));
    }
    let sites = network.site_count() as u64;
    let mut group = criterion.benchmark_group("cut_tree/g1");
    group.throughput(Throughput::Elements(sites * (sites - 1) / 2));
    group.sample_size(10);
    group.bench_function("all_pairs", |bencher| bencher.iter(|| black_box(CutTree::new(&network, &outage))));
    group.finish();
}

criterion_group!(benches, max_flow, cut_tree);
criterion_main!(benches);
