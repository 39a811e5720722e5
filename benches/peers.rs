//! Our side of the comparison with other libraries (`benches/peers/compare.py`): writes the inputs down, does the work on
//! one thread, and says answers and times as JSON.
//!
//! ```text
//!   cargo bench --bench peers -- FOLDER     edges.txt, pairs.txt, states.txt and ours.json in that folder
//! ```
//!
//! The network is that of the synthetic topology of 1,500 sites, whoever runs it; risk groups are its cables. As one of the
//! benches, without a folder, it only tries itself on a small one.

#![expect(clippy::unwrap_used, reason = "a bench stops at the first surprise")]
#![expect(clippy::print_stdout, reason = "it says where the answers are")]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crossborder::algorithm::block::Block;
use crossborder::algorithm::connectivity::{Connectivity, Workspace};
use crossborder::algorithm::max_flow::{Limits, MaxFlow, Value};
use crossborder::algorithm::{repair, shortest_path};
use crossborder::failure::sample::{Component, Sampler};
use crossborder::network::{Network, Outage, UNREACHABLE, VertexId};
use crossborder::problem::Problems;
use crossborder::random::Seed;
use crossborder::topology::synthetic::{self, Wish};
use crossborder::topology::{CableId, CapacityBasis, SegmentId, SiteId, Topology, build};

mod timing;

use timing::timed;

/// Each risk group is down in so many states.
const UNAVAILABILITY: f64 = 0.014;
/// Blocks of 512 states.
const BLOCKS: u64 = 8;
/// Pairs of sites for flows.
const PAIRS: u32 = 200;

struct Input {
    network: Network,
    groups: Vec<Vec<SegmentId>>,
    edges: Vec<(SiteId, SiteId, u32, [u64; 2])>,
}

/// The physical network in whole microseconds; capacities in Gbit/s.
fn input(sites: u32) -> Input {
    let mut problems = Problems::new();
    let raw = synthetic::network(Wish { sites, seed: 1 });
    let topology: Topology = build::topology(raw, &mut problems).expect("a synthetic topology is sound");
    let edge = |(_, segment): (SegmentId, &crossborder::topology::Segment)| {
        let [a, b] = segment.ends;
        let micros = u32::try_from(segment.latency.ns() / 1_000).unwrap().max(1);
        let gbps = segment.capacity.on(CapacityBasis::Lit).mbps() / 1_000;
        (a, b, micros, [gbps.max(1); 2])
    };
    let edges: Vec<_> = topology.segments().map(edge).collect();
    let mut groups = vec![Vec::new(); topology.cables().len()];
    for (id, segment) in topology.segments() {
        let CableId(cable) = segment.cable;
        groups[cable as usize].push(id);
    }
    Input { network: Network::of_sites(topology.site_count(), &edges), groups, edges }
}

fn main() {
    let folder = std::env::args().skip(1).find(|argument| !argument.starts_with("--")).map(PathBuf::from);
    let input = input(if folder.is_some() { 1_500 } else { 100 });
    let scratch = tempfile::tempdir().unwrap();
    let folder = folder.unwrap_or_else(|| scratch.path().to_owned());
    fs::create_dir_all(&folder).unwrap();
    let answers = [distances(&input), flows(&input, &folder), every_group_lost(&input), states(&input, &folder)];
    let mut edges = String::new();
    for ((a, b, micros, capacity), group) in input.edges.iter().zip(group_of(&input)) {
        writeln!(edges, "{} {} {micros} {} {group}", a.0, b.0, capacity[0]).unwrap();
    }
    fs::write(folder.join("edges.txt"), edges).unwrap();
    let lines: Vec<String> = answers
        .iter()
        .map(|Answer { task, parts, time }| {
            let parts: Vec<String> = parts.iter().map(|[a, b]| format!("[{a}, {b}]")).collect();
            format!("  \"{task}\": {{\"seconds\": {:.9}, \"parts\": [{}]}}", time.as_secs_f64(), parts.join(", "))
        })
        .collect();
    fs::write(folder.join("ours.json"), format!("{{\n{}\n}}\n", lines.join(",\n"))).unwrap();
    println!("{} sites, {} segments: {}", input.network.site_count(), input.edges.len(), folder.join("ours.json").display());
}

fn group_of(input: &Input) -> Vec<usize> {
    let mut of = vec![0; input.edges.len()];
    for (group, members) in input.groups.iter().enumerate() {
        members.iter().for_each(|segment| of[segment.index()] = group);
    }
    of
}

/// What a task came to: one answer for each call of a peer, and the time of all.
struct Answer {
    task: &'static str,
    parts: Vec<[u64; 2]>,
    time: Duration,
}

/// From each site: the sum of all distances that there are, and the sites without any.
fn distances(input: &Input) -> Answer {
    let network = &input.network;
    let from = |source: VertexId, workspace: &mut shortest_path::Workspace| {
        let tree = shortest_path::grow_tree(network, &Outage::none_of(network), [source], workspace);
        (0..network.vertex_count()).fold([0, 0], |sum, vertex| add(sum, tree.distance(VertexId::from_index(vertex))))
    };
    let (parts, time) = least(|| {
        let mut workspace = shortest_path::Workspace::new();
        (0..network.vertex_count()).map(|source| from(VertexId::from_index(source), &mut workspace)).collect()
    });
    Answer { task: "all-pairs distances", parts, time }
}

fn add([latency, unreachable]: [u64; 2], distance: u64) -> [u64; 2] {
    if distance == UNREACHABLE { [latency, unreachable + 1] } else { [latency + distance, unreachable] }
}

/// Maximum flows between pairs that are spread over the sites.
fn flows(input: &Input, folder: &Path) -> Answer {
    let sites = u32::try_from(input.network.site_count()).unwrap();
    let pair = |i: u32| [i * 7 % sites, (i * 131 + sites / 2) % sites];
    let pairs: Vec<[u32; 2]> = (0..PAIRS).map(pair).filter(|[a, b]| a != b).collect();
    let lines: String = pairs.iter().map(|[a, b]| format!("{a} {b}\n")).collect();
    fs::write(folder.join("pairs.txt"), lines).unwrap();
    let mut kernel = MaxFlow::new(&input.network, Limits::Lanes);
    let outage = Outage::none_of(&input.network);
    let mut flow = |[a, b]: [u32; 2]| match kernel.solve(&[SiteId(a)], &[SiteId(b)], &outage) {
        Value::Bounded(flow) => [flow, 0],
        Value::Unbounded => unreachable!("every segment has a capacity"),
    };
    let (parts, time) = least(|| pairs.iter().map(|&pair| flow(pair)).collect());
    Answer { task: "maximum flows", parts, time }
}

/// Every risk group lost in turn: the sum of all distances that are left, and the pairs without any.
fn every_group_lost(input: &Input) -> Answer {
    let network = &input.network;
    let all: Vec<VertexId> = (0..network.vertex_count()).map(VertexId::from_index).collect();
    let outages: Vec<Outage> =
        input.groups.iter().map(|members| Outage::of(network.segment_count(), members.iter().copied())).collect();
    let work = || {
        let (mut search, mut workspace) = (shortest_path::Workspace::new(), repair::Workspace::default());
        let mut parts = vec![[0u64; 2]; outages.len()];
        for &source in &all {
            let tree = repair::SoundTree::new(network, [source], &mut search);
            let sound = all.iter().fold([0, 0], |sum, &vertex| add(sum, tree.distance(vertex)));
            for ((outage, lost), part) in outages.iter().zip(&input.groups).zip(&mut parts) {
                *part = [part[0] + sound[0], part[1] + sound[1]];
                for change in tree.repair(outage, lost, &mut workspace) {
                    *part = add([part[0] - change.before, part[1]], change.after);
                }
            }
        }
        parts
    };
    let (parts, time) = timed(work);
    Answer { task: "every risk group lost, all pairs", parts, time }
}

/// Sampled states, written down by what is lost in each: whether all is in one piece, and whether the first site reaches
/// the last. Drawing them is no part of the time.
fn states(input: &Input, folder: &Path) -> Answer {
    let network = &input.network;
    let names: Vec<String> = (0..input.groups.len()).map(|i| format!("group {i}")).collect();
    let parts: Vec<_> = names.iter().map(|name| Component { name, unavailability: UNAVAILABILITY }).collect();
    let sampler = Sampler::new(Seed(1), &parts);
    let all: Vec<VertexId> = (0..network.vertex_count()).map(VertexId::from_index).collect();
    let kernel = Connectivity::new(network, &input.groups, &[vec![VertexId(0)]], &all);
    let mut blocks = Vec::new();
    let mut lines = String::new();
    for block in 0..BLOCKS {
        let mut down: Vec<Block> = Vec::new();
        sampler.draw(block, &mut down);
        for state in 0..Block::STATES {
            let lost = (0..down.len()).filter(|&group| down[group].has(state)).map(|group| group.to_string());
            lines += &lost.collect::<Vec<_>>().join(" ");
            lines.push('\n');
        }
        blocks.push(down);
    }
    fs::write(folder.join("states.txt"), lines).unwrap();
    let mut workspace = Workspace::default();
    let (found, time) = least(|| {
        let mut found = Vec::new();
        for down in &blocks {
            kernel.evaluate(down, &mut workspace);
            let reach = kernel.reach(0, &mut workspace);
            found.push((reach.all(all.iter().copied()), *reach.at(all[all.len() - 1])));
        }
        found
    });
    let part = |(together, last): &(Block, Block), state| [u64::from(together.has(state)), u64::from(last.has(state))];
    let parts = found.iter().flat_map(|blocks| (0..Block::STATES).map(move |state| part(blocks, state))).collect();
    Answer { task: "connectivity of sampled states", parts, time }
}

/// The answer, and the least time of five runs.
fn least<T>(mut work: impl FnMut() -> T) -> (T, Duration) {
    let (mut answer, mut time) = timed(&mut work);
    for _ in 1..5 {
        let (again, took) = timed(&mut work);
        (answer, time) = (again, time.min(took));
    }
    (answer, time)
}
