//! Connectivity of many states and every outage in turn, with the answers asserted first.

#![expect(clippy::unwrap_used, reason = "a benchmark stops at the first surprise")]
#![expect(clippy::print_stdout, reason = "it says when there is nothing to measure")]

use std::fs;
use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use crossborder::algorithm::block::Block;
use crossborder::algorithm::components::components;
use crossborder::algorithm::connectivity::{Connectivity, Workspace};
use crossborder::algorithm::cut_sets::cut_sets;
use crossborder::algorithm::ecmp::{self, repair::SoundSplit};
use crossborder::algorithm::{repair, shortest_path};
use crossborder::capacity::{Bottleneck, place};
use crossborder::demand::offered;
use crossborder::failure::findings::Measure;
use crossborder::failure::impact::{Assessor, Restoration, Spec, Worker, networks};
use crossborder::failure::outages::{Counting, Element, ElementKind, OutageSet, elements};
use crossborder::failure::sample::{Component, Sampler};
use crossborder::failure::sweep::sweep;
use crossborder::network::{Metric, Network, Outage, UNREACHABLE, VertexId};
use crossborder::policy::{Law, Policy, Profile};
use crossborder::random::Seed;
use crossborder::topology::{CableKind, SegmentId, SiteId, Topology};
use crossborder::units::parse_date;

#[path = "../tests/truth/synthetic.rs"]
mod synthetic;
#[path = "../tests/truth/world.rs"]
mod world;

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
    let demands = demands("g1");
    let split = SoundSplit::new(&network, &demands);
    let mut split_every_group_lost = || {
        let (mut workspace, sound) = (ecmp::repair::Workspace::default(), split.loads().iter().sum::<f64>());
        let mut volume = 0.0;
        for (outage, lost) in outages.iter().zip(&groups) {
            let changed = split.repair(outage, lost, &mut workspace).changed.iter();
            volume += sound + changed.map(|&(lane, load)| load - split.loads()[lane.index()]).sum::<f64>();
        }
        volume
    };
    assert!((split_every_group_lost() - 4_283_293_263.56).abs() < 0.01, "gigabits per second times segments");
    for (outage, lost) in outages.iter().zip(&groups).step_by(59) {
        assert_split_afresh(&split, &demands, &network, outage, lost);
    }
    group.bench_function(format!("split {} demands, 590 risk groups", demands.len()), |bencher| {
        bencher.iter(&mut split_every_group_lost);
    });
    let ends: [&[VertexId]; 2] = [&[VertexId(1445)], &[VertexId(669)]];
    let sets = cut_sets(&network, &groups, ends, 4);
    assert!(sets.iter().all(|set| parts(&network, &groups, set, [VertexId(1445), VertexId(669)])));
    group.bench_function(format!("{} cut sets up to 4", sets.len()), |bencher| {
        bencher.iter(|| cut_sets(&network, &groups, ends, 4).len());
    });
}

/// What lies beside the graph: demands between gateways, Gbit/s, by source, then target.
fn demands(name: &str) -> Vec<([SiteId; 2], f64)> {
    let path = format!("{}/../shared/data/synthetic/{name}.demands", env!("CARGO_MANIFEST_DIR"));
    let demand = |line: &str| {
        let fields: Vec<&str> = line.split(' ').collect();
        ([fields[0], fields[1]].map(|site| SiteId(site.parse().unwrap())), fields[2].parse().unwrap())
    };
    fs::read_to_string(path).unwrap().lines().map(demand).collect()
}

/// Loads under an outage are to the bit those of a split from the beginning, target by target.
fn assert_split_afresh(
    split: &SoundSplit<'_>,
    demands: &[([SiteId; 2], f64)],
    network: &Network,
    outage: &Outage,
    lost: &[SegmentId],
) {
    let (mut afresh, mut workspace) = (vec![0.0; 2 * network.segment_count()], ecmp::Workspace::default());
    for target in (0..network.site_count()).map(SiteId::from_index) {
        let to_target = demands.iter().filter(|demand| demand.0[1] == target);
        let to_target: Vec<_> = to_target.map(|&([source, _], amount)| (source, amount)).collect();
        if !to_target.is_empty() {
            ecmp::aim(network, outage, target, &mut workspace).split_per_hop(&to_target, &mut afresh);
        }
    }
    let (mut loads, mut workspace) = (split.loads().to_vec(), ecmp::repair::Workspace::default());
    for &(lane, load) in split.repair(outage, lost, &mut workspace).changed {
        loads[lane.index()] = load;
    }
    assert!(loads == afresh, "repaired loads are those of a fresh split");
}

fn parts(network: &Network, groups: &[Vec<SegmentId>], set: &[usize], ends: [VertexId; 2]) -> bool {
    let lost = set.iter().flat_map(|&group| groups[group].iter().copied());
    let pieces = components(network, &Outage::of(network.segment_count(), lost));
    pieces.of(ends[0]) != pieces.of(ends[1])
}

/// Whether the benches are only to be tried, not timed.
fn is_trial() -> bool {
    let has = |word: &str| std::env::args().any(|argument| argument == word);
    has("--test") || !has("--bench")
}

/// Time that all threads together have run, where the system tells (Linux).
fn processor_time() -> Option<Duration> {
    let threads = fs::read_dir("/proc/self/task").ok()?;
    let ran = |thread: fs::DirEntry| -> Option<u64> {
        fs::read_to_string(thread.path().join("schedstat")).ok()?.split(' ').next()?.parse().ok()
    };
    Some(Duration::from_nanos(threads.filter_map(|thread| ran(thread.ok()?)).sum()))
}

/// Loads, losses and isolation of an outage, found by placing everything anew.
fn assert_afresh(law: &Law<'_>, spec: &Spec, worker: &mut Worker<'_>, sound: &[u64], lost: &[SegmentId]) {
    let requests = spec.requests.clone();
    let (routing, mode, bounds) = (place::Routing::Shortest, place::Mode::Offered, place::Bounds::Ignored);
    let placing = place::Spec { requests, metric: spec.metric, routing, mode, bounds };
    let afresh = place::run(&law.without(lost.iter().copied()), &placing);
    let impact = worker.assess(lost).clone();
    let mut loads = sound.to_vec();
    for (what, load) in worker.changed_loads() {
        if let Bottleneck::Lane(lane) = what {
            loads[lane.index()] = load;
        }
    }
    assert!(loads.iter().zip(&afresh.loads.lanes).all(|(&load, &afresh)| load as f64 == afresh));
    assert_eq!(impact.worst.map_or(0.0, |(_, utilisation)| utilisation), afresh.loads.worst(law));
}

/// Every cable of the world lost in turn, then every two, all demands rerouted.
fn every_cable(criterion: &mut Criterion) {
    let Some(topology) = world::world() else { return };
    let policy = Policy::new(Profile::Physical, parse_date("2022-06-01").unwrap());
    let law = Law::new(&topology, &policy);
    let requests = offered(&topology, policy.as_of);
    assert_eq!((topology.site_count(), topology.segment_count(), requests.len()), (2_290, 3_885, 17_389));
    let spec = Spec { requests, metric: Metric::Latency, restoration: Restoration::Reroute };
    let compiled = networks(&law, &spec);
    let mut assessor = Assessor::new(&law, &spec, &compiled);
    let is_submarine = |element: &Element| {
        let cable = topology.segment(element.segments[0]).cable;
        topology.cable(cable).kind == CableKind::Submarine
    };
    let cables = elements(&topology, policy.as_of, ElementKind::Cable, Counting::Segments);
    let cables: Vec<Element> = cables.into_iter().filter(is_submarine).collect();
    {
        let sound = assessor.sound_lanes().to_vec();
        let mut worker = assessor.worker();
        for cable in cables.iter().step_by(if is_trial() { 100 } else { 10 }) {
            assert_afresh(&law, &spec, &mut worker, &sound, &cable.segments);
        }
    }
    let ranking = (Measure::Unserved, 10);
    let singles = OutageSet::every(cables.clone(), 1);
    let found = sweep(&mut assessor, &singles, ranking);
    println!("{} cables: {} demands rerouted", singles.len(), found.touched);
    let mut group = criterion.benchmark_group("sweep/world-2022");
    group.sample_size(10).throughput(Throughput::Elements(singles.len()));
    group.bench_function(format!("{} cables", singles.len()), |bencher| {
        bencher.iter(|| sweep(&mut assessor, &singles, ranking));
    });
    group.finish();
    under_law(criterion, &topology, &spec, &singles);
    by_touched(criterion, &assessor, &cables);
    // A trial is of the pairs of a few.
    let few = if is_trial() { 91 } else { cables.len() };
    let pairs = OutageSet::every(cables[..few].to_vec(), 2);
    let (began, ran) = (Instant::now(), processor_time());
    let found = sweep(&mut assessor, &pairs, ranking);
    let ran = processor_time().zip(ran).map(|(after, before)| after - before);
    println!(
        "{} of {} pairs of cables: {} demands rerouted, {:.1?}, {ran:.1?} of processors",
        found.done,
        found.of,
        found.touched,
        began.elapsed()
    );
}

/// The same cables under every rule: what the law costs.
fn under_law(criterion: &mut Criterion, topology: &Topology, spec: &Spec, cables: &OutageSet) {
    let policy = Policy::new(Profile::Lawful, parse_date("2022-06-01").unwrap());
    let law = Law::new(topology, &policy);
    let compiled = networks(&law, spec);
    let mut assessor = Assessor::new(&law, spec, &compiled);
    {
        let sound = assessor.sound_lanes().to_vec();
        let mut worker = assessor.worker();
        for cable in cables.elements().iter().step_by(if is_trial() { 200 } else { 20 }) {
            assert_afresh(&law, spec, &mut worker, &sound, &cable.segments);
        }
    }
    let ranking = (Measure::Unserved, 10);
    let found = sweep(&mut assessor, cables, ranking);
    println!("{} cables under law: {} demands rerouted", cables.len(), found.touched);
    let mut group = criterion.benchmark_group("sweep/world-2022");
    group.sample_size(10).throughput(Throughput::Elements(cables.len()));
    group.bench_function(format!("{} cables, lawful", cables.len()), |bencher| {
        bencher.iter(|| sweep(&mut assessor, cables, ranking));
    });
    group.finish();
}

/// One outage against the demands that it touches: criterion draws the line.
fn by_touched(criterion: &mut Criterion, assessor: &Assessor<'_>, cables: &[Element]) {
    let mut worker = assessor.worker();
    let mut touched: Vec<(usize, &Element)> =
        cables.iter().map(|cable| (worker.assess(&cable.segments).touched, cable)).collect();
    touched.sort_by_key(|&(touched, _)| touched);
    touched.dedup_by_key(|&mut (touched, _)| touched);
    let mut group = criterion.benchmark_group("touch/world-2022");
    let mut least = 1;
    for (touched, cable) in touched {
        if touched >= least {
            least = touched * 2;
            group.throughput(Throughput::Elements(touched as u64));
            let id = BenchmarkId::from_parameter(touched);
            group.bench_function(id, |bencher| bencher.iter(|| worker.assess(&cable.segments).touched));
        }
    }
}

criterion_group!(benches, sampled_connectivity, exhaustive, every_cable);
criterion_main!(benches);
