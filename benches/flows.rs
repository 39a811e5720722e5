//! Flows per second: maximum flow beside petgraph's, on the graphs that lie beside the repository.
//!
//! Every answer is asserted before it is timed. Without the graphs nothing is timed.

#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "a bench stops at the first surprise and says what it skipped")]

use std::fs;
use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use crossborder::algorithm::cut_tree::CutTree;
use crossborder::algorithm::max_flow::{Limits, MaxFlow};
use crossborder::algorithm::multicommodity::{Commodity, Duplex, EXACT, Question, max_concurrent};
use crossborder::network::{Network, Outage};
use crossborder::topology::SiteId;
use petgraph::algo::dinics;
use petgraph::graph::{DiGraph, NodeIndex};

/// Rows of numbers; `None` and a printed word where the file is absent.
fn rows(file: &str) -> Option<Vec<Vec<f64>>> {
    let path = format!("{}/../shared/data/synthetic/{file}", env!("CARGO_MANIFEST_DIR"));
    let Ok(text) = fs::read_to_string(path) else {
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

fn max_flow(criterion: &mut Criterion) {
    let Some(edges) = rows("g1.edges") else { return };
    let (network, theirs) = (network(&edges), petgraph_of(&edges));
    let outage = Outage::none_of(&network);
    for (file, expected) in [("g1.pairs", 4_831_300), ("g1.hubpairs", 38_528_000)] {
        let pairs = rows(file).unwrap();
        let pairs: Vec<_> = pairs.iter().map(|row| ([SiteId(row[0] as u32)], [SiteId(row[1] as u32)])).collect();
        let mut flow = MaxFlow::new(&network, Limits::Lanes);
        let mut ours = || pairs.iter().map(|(source, sink)| flow.solve(source, sink, &outage).bounded().unwrap()).sum::<u64>();
        assert_eq!(ours(), expected, "{file}");
        let name = file.trim_start_matches("g1.");
        let mut group = criterion.benchmark_group(format!("max_flow/g1/{name}"));
        group.throughput(Throughput::Elements(pairs.len() as u64));
        group.sample_size(10);
        group.bench_function("crossborder", |bencher| bencher.iter(|| black_box(ours())));
        // Every twentieth pair: petgraph takes seconds for all.
        let some: Vec<_> = pairs.iter().step_by(20).collect();
        let petgraph_sum = || {
            let node = |site: SiteId| NodeIndex::new(site.index());
            some.iter().map(|(source, sink)| dinics(&theirs, node(source[0]), node(sink[0])).0).sum::<u64>()
        };
        let ours_of_some = some.iter().map(|(source, sink)| flow.solve(source, sink, &outage).bounded().unwrap()).sum::<u64>();
        assert_eq!(petgraph_sum(), ours_of_some, "{file}");
        group.throughput(Throughput::Elements(some.len() as u64));
        group.bench_function("petgraph_dinics_every_20th", |bencher| bencher.iter(|| black_box(petgraph_sum())));
        group.finish();
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

/// The greatest multiplier of all demands, proven to one part in ten million.
fn max_concurrent_flow(criterion: &mut Criterion) {
    let Some(edges) = rows("s50.edges") else { return };
    let network = network(&edges);
    let outage = Outage::none_of(&network);
    let demands = rows("s50.demands").unwrap();
    let ends: Vec<_> = demands.iter().map(|row| ([SiteId(row[0] as u32)], [SiteId(row[1] as u32)], row[2])).collect();
    let commodities: Vec<Commodity<'_>> = ends
        .iter()
        .map(|(from, to, amount_mbps)| Commodity {
            network: 0,
            from,
            to,
            amount_mbps: *amount_mbps,
            weight: 1.0,
            cost_limit: None,
        })
        .collect();
    let networks = std::slice::from_ref(&network);
    let question = Question { networks, outage: &outage, duplex: Duplex::Full, commodities: &commodities, gap: EXACT };
    let solution = max_concurrent(&question);
    assert!((solution.value / 1.070_002_154_8 - 1.0).abs() < EXACT, "{}", solution.value);
    assert!(solution.gap() <= EXACT, "{}", solution.gap());
    let mut group = criterion.benchmark_group("max_concurrent_flow/s50");
    group.throughput(Throughput::Elements(commodities.len() as u64));
    group.sample_size(10);
    group.bench_function("exact", |bencher| bencher.iter(|| black_box(max_concurrent(&question))));
    group.finish();
}

criterion_group!(benches, max_flow, cut_tree, max_concurrent_flow);
criterion_main!(benches);
