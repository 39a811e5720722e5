//! Connectivity of many states and every outage in turn, with the answers asserted first.

#![expect(clippy::unwrap_used, reason = "a benchmark stops at the first surprise")]
#![expect(clippy::print_stdout, reason = "it says when there is nothing to measure")]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use crossborder::algorithm::block::Block;
use crossborder::algorithm::components::components;
use crossborder::algorithm::connectivity::{Connectivity, Workspace};
use crossborder::algorithm::cut_sets::cut_sets;
use crossborder::algorithm::{repair, shortest_path};
use crossborder::failure::sample::{Component, Sampler};
use crossborder::network::{Network, Outage, UNREACHABLE, VertexId};
use crossborder::random::Seed;
use crossborder::topology::SegmentId;

#[path = "../tests/truth/synthetic.rs"]
mod synthetic;

use synthetic::{Synthetic, synthetic};

fn lost(network: &Network, groups: &[Vec<SegmentId>], down: &[Block], state: usize) -> Outage {
    let lost = groups.iter().zip(down).filter(|(_, down)| down.has(state)).flat_map(|(members, _)| members.iter().copied());
    Outage::of(network.segment_count(), lost)
}

fn sampled_connectivity(criterion: &mut Criterion) {
    let Some(Synthetic { network, groups, unavailability, .. }) = synthetic("g1") else { return };
    let names: Vec<String> = (0..groups.len()).map(|i| format!("group {i}")).collect();
    let components_of: Vec<_> =
        names.iter().zip(&unavailability).map(|(name, &unavailability)| Component { name, unavailability }).collect();
    let sampler = Sampler::new(Seed(1), &components_of);
    let all: Vec<VertexId> = (0..network.vertex_count()).map(VertexId::from_index).collect();
    let kernel = Connectivity::new(&network, &groups, &[vec![VertexId(0)]], &all);
    let (mut down, mut workspace) = (Vec::new(), Workspace::default());
    sampler.draw(0, &mut down);
    kernel.evaluate(&down, &mut workspace);
    let reach = kernel.reach(0, &mut workspace);
    let together = reach.all(all.iter().copied());
    for state in 0..Block::STATES {
        let pieces = components(&network, &lost(&network, &groups, &down, state));
        assert_eq!(together.has(state), pieces.count() == 1);
        assert!(all.iter().all(|&v| reach.at(v).has(state) == (pieces.of(v) == pieces.of(VertexId(0)))));
    }
    let mut group = criterion.benchmark_group("connect/g1");
    group.throughput(Throughput::Elements(Block::STATES as u64));
    let mut index = 0;
    group.bench_function("sample", |bencher| {
        bencher.iter(|| {
            index += 1;
            sampler.draw(index, &mut down);
        });
    });
    group.bench_function("evaluate", |bencher| bencher.iter(|| kernel.evaluate(&down, &mut workspace)));
    group.bench_function("reach", |bencher| bencher.iter(|| kernel.reach(0, &mut workspace).at(VertexId(7)).count()));
    group.bench_function("512 states", |bencher| {
        bencher.iter(|| {
            index += 1;
            sampler.draw(index, &mut down);
            kernel.evaluate(&down, &mut workspace);
            let reach = kernel.reach(0, &mut workspace);
            black_box((*reach.at(VertexId(901)), reach.all(all.iter().copied())))
        });
    });
    let outages: Vec<Outage> = (0..Block::STATES).map(|state| lost(&network, &groups, &down, state)).collect();
    group.bench_function("union-find, 512 states", |bencher| {
        bencher.iter(|| outages.iter().filter(|outage| components(&network, outage).count() == 1).count());
    });
}

fn exhaustive(criterion: &mut Criterion) {
    let Some(Synthetic { network, groups, .. }) = synthetic("g1") else { return };
    let all: Vec<VertexId> = (0..network.vertex_count()).map(VertexId::from_index).collect();
    let kernel = Connectivity::new(&network, &groups, &[vec![VertexId(0)]], &all);
    let mut workspace = Workspace::default();
    let mut pairs = || {
        let mut count = 0u32;
        kernel.parting_pairs(0, &all, &mut workspace, |_, _| count += 1);
        count
    };
    assert_eq!(pairs(), 107_054);
    let mut group = criterion.benchmark_group("part/g1");
    group.sample_size(10);
    group.bench_function("173,755 pairs of risk groups", |bencher| bencher.iter(&mut pairs));
    let outages: Vec<Outage> =
        groups.iter().map(|members| Outage::of(network.segment_count(), members.iter().copied())).collect();
    let mut every_group_lost = || {
        let (mut search, mut workspace) = (shortest_path::Workspace::new(), repair::Workspace::default());
        let (mut latency, mut unreachable) = (0, 0u64);
        for &source in &all {
            let tree = repair::SoundTree::new(&network, [source], &mut search);
            let sound: u64 = all.iter().map(|&vertex| tree.distance(vertex)).sum();
            for (outage, lost) in outages.iter().zip(&groups) {
                latency += sound;
                for change in tree.repair(outage, lost, &mut workspace) {
                    latency -= change.before;
                    match change.after {
                        UNREACHABLE => unreachable += 1,
                        after => latency += after,
                    }
                }
            }
        }
        (latency, unreachable)
    };
    assert_eq!(every_group_lost(), (85_551_556_531_688, 2_068_880));
    group.bench_function("repair all trees, 590 risk groups", |bencher| bencher.iter(&mut every_group_lost));
    let ends: [&[VertexId]; 2] = [&[VertexId(1445)], &[VertexId(669)]];
    let sets = cut_sets(&network, &groups, ends, 4);
    assert!(sets.iter().all(|set| parts(&network, &groups, set, [VertexId(1445), VertexId(669)])));
    group.bench_function(format!("{} cut sets up to 4", sets.len()), |bencher| {
        bencher.iter(|| cut_sets(&network, &groups, ends, 4).len());
    });
}

fn parts(network: &Network, groups: &[Vec<SegmentId>], set: &[usize], ends: [VertexId; 2]) -> bool {
    let lost = set.iter().flat_map(|&group| groups[group].iter().copied());
    let pieces = components(network, &Outage::of(network.segment_count(), lost));
    pieces.of(ends[0]) != pieces.of(ends[1])
}

criterion_group!(benches, sampled_connectivity, exhaustive);
criterion_main!(benches);
