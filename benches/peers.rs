//! Our side of the comparison with other libraries (`benches/peers/compare.py`): writes the inputs down, does the work on
//! one thread, and says answers and times as JSON.
//!
//! ```text
//!   cargo bench --bench peers -- --folder FOLDER     edges.txt, pairs.txt, states.txt, split.txt and ours.json in that folder
//! ```
//!
//! The network is that of the synthetic topology of 1,500 sites, whoever runs it; risk groups are its cables. What is split
//! over equal-cost routes is taken from `split.txt` where that is there already. As one of the benches, without a folder, it
//! only tries itself on a small one.

#![expect(clippy::unwrap_used, reason = "a bench stops at the first surprise")]
#![expect(clippy::print_stdout, reason = "it says where the answers are")]

use std::fmt::Write as _;
use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crossborder::algorithm::all_pairs::{self, Elimination};
use crossborder::algorithm::block::Block;
use crossborder::algorithm::connectivity::{Connectivity, Workspace};
use crossborder::algorithm::ecmp::{self, repair::SoundSplit};
use crossborder::algorithm::max_flow::{Limits, MaxFlow, Value};
use crossborder::algorithm::{repair, shortest_path};
use crossborder::failure::sample::{Component, Sampler};
use crossborder::network::{Network, Outage, UNREACHABLE, VertexId};
use crossborder::random::Seed;
use crossborder::topology::{SegmentId, SiteId};

mod input;
mod timing;

use input::{Input, input};
use timing::{is_trial, timed};

/// Each risk group is down in so many states.
const UNAVAILABILITY: f64 = 0.014;
/// Blocks of 512 states.
const BLOCKS: u64 = 8;
/// Pairs of sites for flows.
const PAIRS: u32 = 200;

fn main() {
    // Whatever else is said is for criterion.
    let folder = std::env::args().skip_while(|argument| argument != "--folder").nth(1).map(PathBuf::from);
    let input = input(if folder.is_some() { 1_500 } else { 100 });
    let scratch = tempfile::tempdir().unwrap();
    let folder = folder.unwrap_or_else(|| scratch.path().to_owned());
    fs::create_dir_all(&folder).unwrap();
    let size = format!("{} sites, {} segments", input.network.site_count(), input.edges.len());
    let mut lines = Vec::new();
    for Answer { task, parts, time } in
        [distances(&input), flows(&input, &folder), every_group_lost(&input), states(&input, &folder)]
    {
        let parts: Vec<String> = parts.iter().map(|[a, b]| format!("[{a}, {b}]")).collect();
        lines.push(line(task, &size, time, &parts));
    }
    lines.push(split(&folder));
    let mut edges = String::new();
    for ((a, b, micros, capacity), group) in input.edges.iter().zip(group_of(&input)) {
        writeln!(edges, "{} {} {} {micros} {group}", a.0, b.0, capacity[0]).unwrap();
    }
    fs::write(folder.join("edges.txt"), edges).unwrap();
    fs::write(folder.join("ours.json"), format!("{{\n{}\n}}\n", lines.join(",\n"))).unwrap();
    println!("{size}: {}", folder.join("ours.json").display());
}

/// A task as one member of a JSON object; each part is JSON.
fn line(task: &str, size: &str, time: Duration, parts: &[String]) -> String {
    let seconds = time.as_secs_f64();
    format!("  \"{task}\": {{\"size\": \"{size}\", \"seconds\": {seconds:.9}, \"parts\": [{}]}}", parts.join(", "))
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

/// From each site: the sum of all distances that there are, and the sites without any. The time includes all preparation.
fn distances(input: &Input) -> Answer {
    let network = &input.network;
    let mut workspace = all_pairs::Workspace::default();
    let (parts, time) = least(|| {
        let elimination = Elimination::new(network).expect("cables come apart");
        let found = elimination.all_pairs(&Outage::none_of(network), &mut workspace).expect("routes are shorter than seconds");
        let from = |source| found.costs_from(VertexId::from_index(source)).fold([0, 0], add);
        (0..network.vertex_count()).map(from).collect()
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

/// Every link lost in turn, the demands split over all routes of least cost: the load of each lane, link after link, there
/// and back. The time includes the split of the sound network.
fn split(folder: &Path) -> String {
    let path = folder.join("split.txt");
    if !path.exists() {
        fs::write(&path, small_split()).unwrap();
    }
    let text = fs::read_to_string(&path).unwrap();
    let mut rows = text.lines().map(|line| line.split(' ').collect::<Vec<_>>());
    let name = rows.next().unwrap().join(" ");
    let (mut links, mut demands, mut sites) = (Vec::new(), Vec::new(), 0);
    for row in rows {
        let ends = [row[1], row[2]].map(|site| SiteId(site.parse().unwrap()));
        sites = ends.iter().map(|site| site.index() + 1).fold(sites, usize::max);
        match row[0] {
            "link" => links.push((ends[0], ends[1], row[3].parse().unwrap(), [1; 2])),
            _ => demands.push((ends, row[3].parse().unwrap())),
        }
    }
    let network = Network::of_sites(sites, &links);
    let lost: Vec<SegmentId> = (0..links.len()).map(SegmentId::from_index).collect();
    let outages: Vec<Outage> = lost.iter().map(|&segment| Outage::of(links.len(), [segment])).collect();
    let ((), time) = least(|| {
        let (split, mut workspace) = (SoundSplit::new(&network, &demands), ecmp::repair::Workspace::default());
        for (outage, lost) in outages.iter().zip(&lost) {
            black_box(split.repair(outage, std::slice::from_ref(lost), &mut workspace));
        }
    });
    let (split, mut workspace) = (SoundSplit::new(&network, &demands), ecmp::repair::Workspace::default());
    let part = |(outage, lost): (&Outage, &SegmentId)| {
        let mut loads = split.loads().to_vec();
        for &(lane, load) in split.repair(outage, std::slice::from_ref(lost), &mut workspace).changed {
            loads[lane.index()] = load;
        }
        let loads: Vec<String> = loads.iter().map(|load| format!("{load:.6}")).collect();
        format!("[{}]", loads.join(", "))
    };
    let parts: Vec<String> = outages.iter().zip(&lost).map(part).collect();
    let size = format!("{name}: {sites} sites, {} links, {} demands", links.len(), demands.len());
    line("equal-cost loads, every link lost", &size, time, &parts)
}

/// Links of a small synthetic topology, lengths as costs, and demands between some of its sites.
fn small_split() -> String {
    let Input { network, edges, .. } = input(100);
    let mut text = "synthetic-100\n".to_owned();
    for (a, b, micros, _) in edges {
        writeln!(text, "link {} {} {micros}", a.0, b.0).unwrap();
    }
    let ends: Vec<usize> = (0..network.site_count()).step_by(4).collect();
    for (i, a) in ends.iter().enumerate() {
        for b in ends.iter().filter(|&b| b != a) {
            writeln!(text, "demand {a} {b} {}", 1 + (i * 7 + b) % 100).unwrap();
        }
    }
    text
}

/// The answer, and the least time of five, each of so many runs that the system's clock of threads is fine enough.
fn least<T>(mut work: impl FnMut() -> T) -> (T, Duration) {
    const ENOUGH: f64 = 0.1;
    let clock = Instant::now();
    let mut answer = work();
    let runs = if is_trial() { 1 } else { 1 + (ENOUGH / clock.elapsed().as_secs_f64().max(1e-6)) as u32 };
    let mut round = || timed(|| (0..runs).for_each(|_| answer = work())).1 / runs;
    let time = (0..5).map(|_| round()).min().expect("there are five");
    (answer, time)
}
