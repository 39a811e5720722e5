//! Routes per second: latencies between all pairs beside petgraph's dijkstra from every site, and lists and pairs of routes.
//!
//! Every answer is asserted before it is timed, and the ratio to petgraph is printed from interleaved runs on one thread.
//! Graphs that lie beside the repository are skipped with a word where they are absent.

#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "a bench stops at the first surprise and says what it skipped")]

use std::collections::BTreeMap;
use std::fs;
use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use crossborder::algorithm::all_pairs::{self, Elimination};
use crossborder::algorithm::disjoint::{self, BUDGET, Groups, Query, Wanted, find_pair};
use crossborder::algorithm::k_shortest::{self, list_routes};
use crossborder::algorithm::shortest_path::{Workspace, find_route, grow_tree};
use crossborder::network::{Network, Outage, UNREACHABLE, VertexId};
use crossborder::topology::{SegmentId, SiteId};
use petgraph::algo::dijkstra;
use petgraph::graph::UnGraph;

mod timing;

use timing::{is_trial, least_in_turn, timed};

/// A graph of sites with one latency per segment, and risk groups where the data has them.
struct Map {
    name: &'static str,
    sites: usize,
    segments: Vec<(SiteId, SiteId, u32, [u64; 2])>,
    groups: Vec<Vec<SegmentId>>,
    /// Sum over all ordered pairs, where it is known from elsewhere.
    published: Option<u64>,
}

fn read(file: &str) -> Option<String> {
    let text = fs::read_to_string(format!("{}/../shared/data/{file}", env!("CARGO_MANIFEST_DIR")));
    if text.is_err() {
        eprintln!("skipped: no ../shared/data/{file}");
    }
    text.ok()
}

/// Segments by the name of their group.
fn by_name<'a>(names: impl Iterator<Item = &'a str>) -> Vec<Vec<SegmentId>> {
    let mut groups = BTreeMap::<&str, Vec<SegmentId>>::new();
    for (i, name) in names.enumerate() {
        groups.entry(name).or_default().push(SegmentId::from_index(i));
    }
    groups.into_values().collect()
}

/// 1,500 sites; microseconds.
fn g1() -> Option<Map> {
    let text = read("synthetic/g1.edges")?;
    let rows: Vec<Vec<&str>> = text.lines().map(|line| line.split_whitespace().collect()).collect();
    let site = |word: &str| SiteId(word.parse().unwrap());
    let segments = rows.iter().map(|row| (site(row[0]), site(row[1]), row[3].parse().unwrap(), [1, 1])).collect();
    let groups = by_name(rows.iter().map(|row| row[5]));
    Some(Map { name: "g1", sites: 1_500, segments, groups, published: Some(145_184_001_318) })
}

/// The world's cables of 2022: 2,290 sites, 3,885 segments; nanoseconds, at least one. Cables are the risk groups.
fn world() -> Option<Map> {
    let (nodes, links) = (read("world-2022/nodes.csv")?, read("world-2022/links.csv")?);
    let ids: BTreeMap<&str, u32> = nodes.lines().skip(1).map(|line| line.split(',').next().unwrap()).zip(0..).collect();
    let rows: Vec<Vec<&str>> = links.lines().skip(1).map(|line| line.split(',').collect()).collect();
    let latency = |row: &Vec<&str>| (row[12].parse::<f64>().unwrap() * 1e6).round().max(1.0) as u32;
    let segments = rows.iter().map(|row| (SiteId(ids[row[1]]), SiteId(ids[row[2]]), latency(row), [1, 1])).collect();
    let groups = by_name(rows.iter().map(|row| row[4]));
    Some(Map { name: "world-2022", sites: ids.len(), segments, groups, published: None })
}

/// A square grid with uneven latencies.
fn grid() -> Map {
    const SIDE: u32 = 48;
    let across = (0..SIDE).flat_map(|r| (0..SIDE - 1).map(move |c| (r * SIDE + c, r * SIDE + c + 1)));
    let down = (0..SIDE - 1).flat_map(|r| (0..SIDE).map(move |c| (r * SIDE + c, (r + 1) * SIDE + c)));
    let cost = |i: u32| 1_000 + (i * 7_919 + 13) % 1_009 * 100;
    let segments = (0..).zip(across.chain(down)).map(|(i, (a, b))| (SiteId(a), SiteId(b), cost(i), [1, 1])).collect();
    Map { name: "grid", sites: (SIDE * SIDE) as usize, segments, groups: Vec::new(), published: None }
}

fn maps() -> Vec<Map> {
    [world(), g1(), Some(grid())].into_iter().flatten().collect()
}

/// Sum of latencies over all ordered pairs that are joined.
fn ours(network: &Network, outage: &Outage, workspace: &mut Workspace) -> u64 {
    let mut sum = 0;
    for source in (0..network.vertex_count()).map(VertexId::from_index) {
        let tree = grow_tree(network, outage, [source], workspace);
        sum += tree.order().map(|vertex| tree.distance(vertex)).sum::<u64>();
    }
    sum
}

fn theirs(graph: &UnGraph<(), u32>) -> u64 {
    let from = |source| dijkstra(graph, source, None, |edge| u64::from(*edge.weight())).into_values().sum::<u64>();
    graph.node_indices().map(from).sum()
}

fn all_pairs(criterion: &mut Criterion) {
    for map in maps() {
        let network = Network::of_sites(map.sites, &map.segments);
        let graph = {
            let mut graph = UnGraph::<(), u32>::from_edges(map.segments.iter().map(|&(a, b, cost, _)| (a.0, b.0, cost)));
            while graph.node_count() < map.sites {
                graph.add_node(());
            }
            graph
        };
        let (outage, mut workspace) = (Outage::none_of(&network), Workspace::new());
        let sum = ours(&network, &outage, &mut workspace);
        assert_eq!(sum, theirs(&graph), "{}", map.name);
        assert_eq!(sum, map.published.unwrap_or(sum), "{}", map.name);
        let elimination = Elimination::new(&network).expect("cables and grids come apart");
        let ends = [0, map.sites - 1].map(VertexId::from_index);
        let [mut memory, mut read] = [(); 2].map(|()| all_pairs::Workspace::default());
        let mut at_once = |elimination: &Elimination<'_>| {
            let found = elimination.all_pairs(&outage, &mut memory).expect("routes are shorter than a second");
            found.cost(ends)
        };
        assert_eq!(at_once(&elimination), grow_tree(&network, &outage, [ends[0]], &mut workspace).distance(ends[1]));
        let mut at_once_and_read = |elimination: &Elimination<'_>| {
            let found = elimination.all_pairs(&outage, &mut read).expect("routes are shorter than a second");
            let from = |source| found.costs_from(VertexId::from_index(source)).filter(|&cost| cost != UNREACHABLE).sum::<u64>();
            (0..network.vertex_count()).map(from).sum::<u64>()
        };
        assert_eq!(at_once_and_read(&elimination), sum, "{}", map.name);
        if !is_trial() {
            let mut time_ours = || timed(|| black_box(ours(&network, &outage, &mut workspace))).1;
            let [a, b] = least_in_turn(5, [&mut time_ours, &mut || timed(|| black_box(theirs(&graph))).1]);
            let per_arc = a.as_secs_f64() * 1e9 / (map.sites * network.arc_count()) as f64;
            let ratio = b.as_secs_f64() / a.as_secs_f64();
            eprintln!("{}: {a:.1?} ({per_arc:.1} ns per arc) against petgraph's {b:.1?}: {ratio:.2} times as fast", map.name);
        }
        let mut group = criterion.benchmark_group(format!("all-pairs/{}/{}", map.name, map.sites));
        group.sample_size(10).throughput(Throughput::Elements((map.sites * map.sites) as u64));
        group.bench_function("crossborder", |bencher| bencher.iter(|| ours(&network, &outage, &mut workspace)));
        group.bench_function("by elimination", |bencher| bencher.iter(|| at_once(&elimination)));
        group.bench_function("by elimination, all read", |bencher| bencher.iter(|| at_once_and_read(&elimination)));
        group.bench_function("order of elimination", |bencher| bencher.iter(|| Elimination::new(&network)));
        group.bench_function("petgraph", |bencher| bencher.iter(|| theirs(&graph)));
        group.finish();
    }
}

/// Pairs of sites spread over the map that are joined.
fn some_pairs(network: &Network, count: usize) -> Vec<[SiteId; 2]> {
    let sites = network.site_count();
    let (outage, mut workspace) = (Outage::none_of(network), Workspace::new());
    let pairs = (1..).map(|i| [i * 7_919 % sites, i * 104_729 % sites].map(SiteId::from_index));
    pairs.filter(|&ends| find_route(network, &outage, ends, &mut workspace).is_some()).take(count).collect()
}

fn lists_and_pairs(criterion: &mut Criterion) {
    for map in maps() {
        let network = Network::of_sites(map.sites, &map.segments);
        let outage = Outage::none_of(&network);
        let pairs = some_pairs(&network, if is_trial() { 5 } else { 50 });
        let mut workspace = k_shortest::Workspace::new();
        let mut list =
            |ends| list_routes(&network, &outage, ends, &mut workspace).take(16).map(|route| route.cost).collect::<Vec<_>>();
        for &ends in &pairs {
            let (there, back) = (list(ends), list([ends[1], ends[0]]));
            assert!(there == back && there.is_sorted(), "{}: both ways cost the same", map.name);
        }
        let mut group = criterion.benchmark_group(format!("list-16/{}/{}", map.name, map.sites));
        group.sample_size(10).throughput(Throughput::Elements(16 * pairs.len() as u64));
        group.bench_function("crossborder", |bencher| bencher.iter(|| pairs.iter().map(|&ends| list(ends).len()).sum::<usize>()));
        group.finish();
        for (kind, groups) in [
            ("segments", Groups::of_segments(&network)),
            ("sites", Groups::of_sites(&network)),
            ("groups", Groups::of_segments(&network).with_listed(map.groups.clone())),
            ("groups-and-sites", Groups::of_sites(&network).with_listed(map.groups.clone())),
        ] {
            disjoint_pairs(criterion, (&network, &outage, &groups), &format!("{kind}/{}/{}", map.name, map.sites), &pairs);
        }
    }
}

fn disjoint_pairs(
    criterion: &mut Criterion,
    (network, outage, groups): (&Network, &Outage, &Groups),
    id: &str,
    pairs: &[[SiteId; 2]],
) {
    let mut workspace = disjoint::Workspace::default();
    for wanted in [Wanted::Disjoint, Wanted::LeastShared] {
        let mut find = |ends| find_pair(&Query { network, outage, ends, groups, wanted, budget: BUDGET }, &mut workspace);
        let (found, took): (Vec<_>, _) = timed(|| pairs.iter().map(|&ends| find(ends)).collect());
        let proven = found.iter().filter(|pair| pair.is_proven).count();
        let disjoint = found.iter().filter(|pair| pair.routes.is_some() && pair.shared.is_empty()).count();
        assert!(found.iter().all(|pair| pair.bound.cost != UNREACHABLE || pair.is_proven), "{id}");
        eprintln!("{wanted:?} {id}: {} pairs in {took:.1?}, {proven} proven, {disjoint} disjoint", pairs.len(),);
    }
    let mut find =
        |ends| find_pair(&Query { network, outage, ends, groups, wanted: Wanted::Disjoint, budget: 1_000 }, &mut workspace);
    let mut group = criterion.benchmark_group(format!("pair-by-{id}"));
    group.sample_size(10).throughput(Throughput::Elements(pairs.len() as u64));
    group.bench_function("crossborder", |bencher| bencher.iter(|| pairs.iter().filter(|&&ends| find(ends).is_proven).count()));
    group.finish();
}

criterion_group!(benches, all_pairs, lists_and_pairs);
criterion_main!(benches);
