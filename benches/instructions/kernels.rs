//! The single-thread kernels, each run once under valgrind, which counts instructions; `check.rs` compares the counts with
//! the table. Answers are asserted; the network is the synthetic one of 200 sites.

#![allow(clippy::unwrap_used, missing_docs)]

use std::hint::black_box;

use crossborder::algorithm::all_pairs::{self, Elimination};
use crossborder::algorithm::block::Block;
use crossborder::algorithm::connectivity::{self, Connectivity};
use crossborder::algorithm::ecmp::{self, repair::SoundSplit};
use crossborder::algorithm::k_shortest::{self, list_routes};
use crossborder::algorithm::max_flow::{Limits, MaxFlow};
use crossborder::algorithm::repair::{self, SoundTree};
use crossborder::algorithm::shortest_path::{self, grow_tree};
use crossborder::failure::sample::{Component, Sampler};
use crossborder::network::{Network, Outage, UNREACHABLE, VertexId};
use crossborder::random::Seed;
use crossborder::topology::{SegmentId, SiteId};
use gungraun::{library_benchmark, library_benchmark_group, main};

#[path = "../input/mod.rs"]
mod input;

use input::{Input, input};

/// Sites of the network.
const SITES: u32 = 200;

/// The network, its groups, and each group's outage.
struct Work {
    network: Network,
    groups: Vec<Vec<SegmentId>>,
    outages: Vec<Outage>,
}

fn work() -> Work {
    let Input { network, groups, .. } = input(SITES);
    let outages = groups.iter().map(|group| Outage::of(network.segment_count(), group.iter().copied())).collect();
    Work { network, groups, outages }
}

fn vertices(network: &Network) -> impl Iterator<Item = VertexId> + use<> {
    (0..network.vertex_count()).map(VertexId::from_index)
}

/// Pairs that are spread over the sites.
fn pairs(network: &Network, count: usize) -> Vec<[SiteId; 2]> {
    let sites = network.site_count();
    let pair = |i: usize| [i * 7 % sites, (i * 131 + sites / 2) % sites].map(SiteId::from_index);
    (0..).map(pair).filter(|[a, b]| a != b).take(count).collect()
}

#[library_benchmark]
#[bench::from_every_site(work())]
fn shortest_paths(Work { network, .. }: Work) {
    let (sound, mut workspace) = (Outage::none_of(&network), shortest_path::Workspace::new());
    let mut sum = 0;
    for source in vertices(&network) {
        let tree = grow_tree(&network, &sound, [source], &mut workspace);
        sum += tree.order().map(|vertex| tree.distance(vertex)).sum::<u64>();
    }
    assert_eq!(sum, 2_285_763_042);
}

#[library_benchmark]
#[bench::by_elimination(work())]
fn all_pairs_at_once(Work { network, .. }: Work) {
    let (elimination, mut workspace) = (Elimination::new(&network).unwrap(), all_pairs::Workspace::default());
    let found = elimination.all_pairs(&Outage::none_of(&network), &mut workspace).unwrap();
    let from = |source| found.costs_from(source).sum::<u64>();
    assert_eq!(vertices(&network).map(from).sum::<u64>(), 2_285_763_042);
}

#[library_benchmark]
#[bench::sixteen_of_40_pairs(work())]
fn next_shortest(Work { network, .. }: Work) {
    let (sound, mut workspace) = (Outage::none_of(&network), k_shortest::Workspace::new());
    let mut list = |ends| list_routes(&network, &sound, ends, &mut workspace).take(16).map(|route| route.cost).sum::<u64>();
    assert_eq!(pairs(&network, 40).into_iter().map(&mut list).sum::<u64>(), 47_310_481);
}

#[library_benchmark]
#[bench::of_100_pairs(work())]
fn max_flows(Work { network, .. }: Work) {
    let (sound, mut kernel) = (Outage::none_of(&network), MaxFlow::new(&network, Limits::Lanes));
    let mut flow = |[a, b]: [SiteId; 2]| kernel.solve(&[a], &[b], &sound).bounded().unwrap();
    assert_eq!(pairs(&network, 100).into_iter().map(&mut flow).sum::<u64>(), 351_903);
}

#[library_benchmark]
#[bench::every_group_lost_from_every_site(work())]
fn repaired_trees(Work { network, groups, outages }: Work) {
    let (mut search, mut workspace) = (shortest_path::Workspace::new(), repair::Workspace::default());
    let (mut cut_off, mut longer) = (0u64, 0u64);
    for source in vertices(&network) {
        let tree = SoundTree::new(&network, [source], &mut search);
        for (outage, lost) in outages.iter().zip(&groups) {
            for change in tree.repair(outage, lost, &mut workspace) {
                match change.after {
                    UNREACHABLE => cut_off += 1,
                    after => longer += after - change.before,
                }
            }
        }
    }
    assert_eq!((cut_off, longer), (77_414, 626_052_620));
}

#[library_benchmark]
#[bench::every_group_lost(work())]
fn equal_cost_loads(Work { network, groups, outages }: Work) {
    let sites = || (0..network.site_count()).step_by(4).map(SiteId::from_index);
    let demands: Vec<_> = sites().flat_map(|a| sites().filter(move |&b| b != a).map(move |b| ([a, b], 12.0))).collect();
    let (split, mut workspace) = (SoundSplit::new(&network, &demands), ecmp::repair::Workspace::default());
    let changed = |(outage, lost): (&Outage, &Vec<SegmentId>)| split.repair(outage, lost, &mut workspace).changed.len();
    assert_eq!(outages.iter().zip(&groups).map(changed).sum::<usize>(), 7_992);
}

/// The kernel, a block of sampled states, and all vertices.
fn sampled() -> (Connectivity, Vec<Block>, Vec<VertexId>) {
    let Work { network, groups, .. } = work();
    let names: Vec<String> = (0..groups.len()).map(|i| format!("group {i}")).collect();
    let parts: Vec<_> = names.iter().map(|name| Component { name, unavailability: 0.02 }).collect();
    let mut down = Vec::new();
    Sampler::new(Seed(1), &parts).draw(0, &mut down);
    let all: Vec<VertexId> = vertices(&network).collect();
    (Connectivity::new(&network, &groups, &[vec![VertexId(0)]], &all), down, all)
}

#[library_benchmark]
#[bench::of_512_sampled_states(sampled())]
fn sampled_connectivity((kernel, down, all): (Connectivity, Vec<Block>, Vec<VertexId>)) {
    let mut workspace = connectivity::Workspace::default();
    kernel.evaluate(&down, &mut workspace);
    let reach = kernel.reach(0, &mut workspace);
    let found = (reach.all(all.iter().copied()).count(), reach.at(*all.last().unwrap()).count());
    assert_eq!(black_box(found), (255, 494));
}

library_benchmark_group!(
    name = kernels;
    benchmarks = shortest_paths, all_pairs_at_once, next_shortest, max_flows, repaired_trees, equal_cost_loads, sampled_connectivity
);
main!(library_benchmark_groups = kernels);
