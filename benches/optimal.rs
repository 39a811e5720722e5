//! Optimal flows of many demands per second, each proven to the gap it was asked for, on the networks that lie beside the
//! repository.
//!
//! Every answer is asserted before it is timed, with its bound and at one and two threads. What is absent is skipped with
//! a word.

#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "a bench stops at the first surprise and says what it skipped")]

use std::collections::BTreeMap;
use std::fs;
use std::hint::black_box;
use std::num::NonZeroUsize;
use std::time::Instant;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use crossborder::algorithm::multicommodity::{Commodity, Duplex, EXACT, Question, Solution, max_concurrent};
use crossborder::network::{Network, Outage};
use crossborder::parallel::with_threads;
use crossborder::topology::SiteId;

mod timing;

use timing::is_trial;

/// The multiplier of the world's demands, certified to [`EXACT`] by every run.
const WORLD: f64 = 2.216_291_7;

/// Traffic from a site to a site.
type Demand = ([SiteId; 1], [SiteId; 1], f64);

/// A network and what it is to carry, full duplex.
struct Case {
    name: &'static str,
    network: Network,
    demands: Vec<Demand>,
    /// Demands that no route serves.
    unroutable: usize,
}

fn read(file: &str) -> Option<String> {
    let text = fs::read_to_string(format!("{}/../shared/data/{file}", env!("CARGO_MANIFEST_DIR")));
    if text.is_err() {
        eprintln!("skipped: no ../shared/data/{file}");
    }
    text.ok()
}

/// One of the synthetic graphs, all in Gbit/s.
fn synthetic(name: &'static str) -> Option<Case> {
    let rows = |text: String| -> Vec<Vec<f64>> {
        text.lines().map(|line| line.split_whitespace().map(|word| word.parse().unwrap()).collect()).collect()
    };
    let (edges, demands) = (read(&format!("synthetic/{name}.edges"))?, read(&format!("synthetic/{name}.demands"))?);
    let site = |number: f64| SiteId(number as u32);
    let segments: Vec<_> =
        rows(edges).iter().map(|row| (site(row[0]), site(row[1]), row[3] as u32, [row[2] as u64; 2])).collect();
    let sites = segments.iter().map(|&(a, b, ..)| a.max(b).index() + 1).max().unwrap();
    let demands = rows(demands).iter().map(|row| ([site(row[0])], [site(row[1])], row[2])).collect();
    Some(Case { name, network: Network::of_sites(sites, &segments), demands, unroutable: 0 })
}

/// The world's cables of 2022 in Mbit/s: 2,290 sites, 3,885 segments, 17,389 demands times `factor`.
fn world(name: &'static str, factor: f64) -> Option<Case> {
    let [nodes, links, demands] = ["nodes", "links", "demands"].map(|table| read(&format!("world-2022/{table}.csv")));
    let (nodes, links, demands) = (nodes?, links?, demands?);
    let rows = |text: &'static str| text.lines().skip(1).map(|line| line.split(',').collect::<Vec<&str>>());
    let [nodes, links, demands] = [nodes, links, demands].map(|text| rows(text.leak()));
    let ids: BTreeMap<&str, SiteId> = nodes.map(|row| row[0]).zip((0..).map(SiteId)).collect();
    let mbps = |tbps: &str| tbps.parse::<f64>().unwrap() * 1e6;
    let segments: Vec<_> = links.map(|row| (ids[row[1]], ids[row[2]], 1, [mbps(row[7]).round() as u64; 2])).collect();
    let demands = demands.map(|row| ([ids[row[0]]], [ids[row[1]]], mbps(row[2]) * factor)).collect();
    Some(Case { name, network: Network::of_sites(ids.len(), &segments), demands, unroutable: 318 })
}

/// Most memory the process has had, where the system tells.
fn peak_memory() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.map_or_else(|| "unknown".to_owned(), |value| value.trim().to_owned())
}

type Ask = fn(&Question<'_>) -> Solution;

/// Asserts the answer, proven and the same at one and two threads, and then times it.
fn optimum(
    criterion: &mut Criterion,
    case: Option<Case>,
    (ask, verb): (Ask, &str),
    gap: f64,
    expected: impl Fn(&Solution) -> bool,
) {
    let Some(Case { name, network, demands, unroutable }) = case else { return };
    let outage = Outage::none_of(&network);
    let commodity = |(from, to, amount_mbps): &'static Demand| Commodity {
        network: 0,
        from,
        to,
        amount_mbps: *amount_mbps,
        weight: 1.0,
        cost_limit: None,
    };
    let commodities: Vec<_> = demands.leak().iter().map(commodity).collect();
    let networks = std::slice::from_ref(&network);
    let question = Question { networks, outage: &outage, duplex: Duplex::Full, commodities: &commodities, gap };
    let with = |threads: usize| {
        let clock = Instant::now();
        let solution = with_threads(NonZeroUsize::new(threads), || ask(&question)).unwrap();
        (solution, clock.elapsed())
    };
    let (solution, took) = with(2);
    let id = format!("{verb}/{name}/gap {gap:.0e}");
    assert!(solution.gap() <= gap, "{id}: {}", solution.gap());
    assert!(expected(&solution), "{id}: {} to {}", solution.value, solution.bound);
    assert_eq!(solution.unroutable.len(), unroutable, "{id}");
    if !is_trial() {
        assert!(solution == with(1).0, "{id}: one thread and two give the same answer");
        let Solution { value, bound, rounds, columns, .. } = solution;
        eprintln!("{id}: {value} to {bound} in {took:.2?} on 2 threads, {rounds} rounds, {columns} columns, {}", peak_memory());
    }
    let mut group = criterion.benchmark_group(format!("{verb}/{name}"));
    group.throughput(Throughput::Elements(commodities.len() as u64)).sample_size(10);
    group.bench_function(format!("gap {gap:.0e}"), |bencher| bencher.iter(|| black_box(ask(&question))));
    group.finish();
}

fn max_concurrent_flow(criterion: &mut Criterion) {
    let ask: (Ask, _) = (max_concurrent, "max_concurrent");
    let is = |known: f64, tolerance: f64| move |solution: &Solution| (solution.value / known - 1.0).abs() < tolerance;
    optimum(criterion, synthetic("s50"), ask, EXACT, is(1.070_002_154_8, EXACT));
    optimum(criterion, synthetic("s50b"), ask, EXACT, is(0.776_105_790_7, EXACT));
    // Known to six digits from elsewhere.
    optimum(criterion, synthetic("g1"), ask, EXACT, is(0.387_486, 2e-6));
    optimum(criterion, world("world-2022", 1.0), ask, 0.01, is(WORLD, 0.01));
    optimum(criterion, world("world-2022", 1.0), ask, EXACT, is(WORLD, 2.0 * EXACT));
}

criterion_group!(benches, max_concurrent_flow);
criterion_main!(benches);
