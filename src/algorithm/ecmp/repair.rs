//! Loads of evenly split traffic under one outage after another, by touching only the targets, vertices and lanes whose
//! traffic the outage moves.
//!
//! A vertex whose shortest ways to a target all survive splits as it did, so the work is: find the vertices that lost one of
//! their ways or all of them, find new ways for the latter, and carry the difference on until it fades. Every sum is made in
//! the order in which a fresh split makes it, so that nothing of the traffic that went elsewhere is left behind by rounding.
//! Where amounts are whole numbers nothing is rounded, and differences say the same sooner (see `exact`).
//! It keeps distances and parts of every vertex for every target, and knows no capacities.

mod exact;
mod shares;
mod target;

use super::{aim, as_f64};
use crate::algorithm::heap::MinHeap;
use crate::algorithm::shortest_path::vertex_bits;
use crate::network::{LaneId, Network, Outage, Step, UNREACHABLE, VertexId};
use crate::topology::{SegmentId, SiteId};
use exact::Exact;
use shares::{Shares, group};
use target::Repair;

/// All demands split over the sound network, ready for outages.
#[derive(Clone, Debug)]
pub struct SoundSplit<'a> {
    network: &'a Network,
    /// By target, ascending.
    aims: Vec<Aim>,
    senders: Senders,
    /// Whether a lane may be taken by several arcs, as under law; else what it carries is what leaves one vertex.
    has_shared_lanes: bool,
    shares: Shares,
    loads: Vec<f64>,
    unrouted: f64,
    /// Where no sum can round.
    exact: Option<Exact>,
}

/// The sites that send something to any target.
#[derive(Clone, Debug)]
struct Senders {
    /// Ascending.
    sites: Vec<SiteId>,
    /// Length = sites: their place in `sites`, or [`NOTHING`].
    of: Vec<u32>,
    /// Length = vertices: at starts of theirs, their place in `sites`; else [`NOTHING`].
    at: Vec<u32>,
    /// Whether any has several starts.
    has_choice: bool,
}

/// The traffic towards one target.
#[derive(Clone, Debug)]
struct Aim {
    /// Length = vertices + 1.
    ways: Vec<Way>,
    /// Length = vertices: what each lane that leads on from a vertex carries; 0 at the target.
    parts: Vec<f64>,
    /// What arrives at each vertex, in the order in which it is added up.
    inflows: Vec<Inflow>,
    /// Length = senders: what each sends.
    offered: Vec<f64>,
    unrouted: f64,
}

/// How all goes on from a vertex.
#[derive(Clone, Copy, Debug)]
struct Way {
    /// Cost of the way to the target.
    distance: u64,
    /// The arc that it begins with; [`MANY`], or [`NO_ARC`] where nothing leads on.
    next: u32,
    /// Where in `inflows` those of the vertex begin.
    first_inflow: u32,
}

/// What arrives at a vertex over one arc.
#[derive(Clone, Copy, Debug)]
struct Inflow {
    /// Distance and vertex that it comes from. The greatest is added first: it is the farthest.
    from: u64,
    amount: f64,
}

const NOTHING: u32 = u32::MAX;
const UNTOUCHED: u32 = u32::MAX;
const NO_ARC: u32 = u32::MAX;
/// Several arcs, told by the distances of their ends.
const MANY: u32 = u32::MAX - 1;

/// Memory of repairs, kept from one to the next.
#[derive(Clone, Debug, Default)]
pub struct Workspace {
    /// Length = vertices: where in `nows` a vertex is, between targets none.
    places: Vec<u32>,
    /// The vertices whose state has changed or may.
    nows: Vec<Now>,
    /// Those that lost all their shortest ways.
    raised: Vec<u32>,
    /// The raised ones next to others, as keys of distance and vertex.
    seeds: Vec<u64>,
    /// Those that were found a way since; then those that split anew.
    heap: MinHeap<u64>,
    /// What has arrived at vertices in the queue, each with the one that arrived next.
    arrivals: Vec<(Inflow, u32)>,
    /// The arcs that lead on from one vertex.
    next: Vec<Step>,
    /// Whether a target is affected, and which are; length = targets.
    is_affected: Vec<bool>,
    affected: Vec<u32>,
    /// What lanes carry now, where that was looked at, by target; those of the target in work begin at `first_share`.
    shares: Vec<(LaneId, u32, f64)>,
    first_share: usize,
    /// Length = lanes: the last share of each, and for each share the one before it of the same lane.
    chains: Vec<u32>,
    before: Vec<u32>,
    lanes: Vec<LaneId>,
    news: Vec<(u32, f64)>,
    unrouted: Vec<(u32, f64)>,
    exact: exact::Memory,
    changed: Vec<(LaneId, f64)>,
}

/// What an outage makes of a vertex.
#[derive(Clone, Copy, Debug)]
struct Now {
    vertex: u32,
    /// As in [`Way`].
    next: u32,
    distance: u64,
    part: f64,
    fate: Fate,
    is_queued: bool,
    /// Whether what it sends on is among the arrivals, and no longer that of the sound network.
    is_moved: bool,
    /// The first and the last in `arrivals`.
    arrived: [u32; 2],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// All its shortest ways survive.
    Kept,
    /// Some of them do.
    Narrowed,
    /// None does: it goes a longer way, or nowhere.
    Raised,
}

/// Loads under an outage, until the workspace is used again.
#[derive(Clone, Copy, Debug)]
pub struct Repaired<'a> {
    /// The lanes whose load differs from that of the sound network, ascending, with what they carry now.
    pub changed: &'a [(LaneId, f64)],
    /// What nothing leads for.
    pub unrouted: f64,
}

impl<'a> SoundSplit<'a> {
    /// Splits demands, each from a source to a target with an amount in any unit. A reverse tree for each target; memory of
    /// some 24 bytes for each target and vertex, and 36 more where amounts are whole numbers.
    #[must_use]
    pub fn new(network: &'a Network, demands: &[([SiteId; 2], f64)]) -> Self {
        let by_source: Vec<_> = demands.iter().map(|&demand| (demand.0[0].index(), demand)).collect();
        let (_, by_source) = group(network.site_count(), &by_source);
        let by_target = by_source.iter().map(|&([source, target], amount)| (target.index(), (target, source, amount)));
        let (_, by_target) = group(network.site_count(), &by_target.collect::<Vec<_>>());
        let senders = Senders::new(network, demands);
        let blind = blind(network, &senders, &by_target);
        let (sound, mut workspace) = (Outage::none_of(network), super::Workspace::default());
        let (mut aims, mut shares, mut inflows) = (Vec::new(), Vec::new(), Vec::new());
        for demands in by_target.chunk_by(|a, b| a.0 == b.0) {
            let number = u32::try_from(aims.len()).expect("there are fewer targets than sites");
            let (target, mut offered) = (demands[0].0, vec![0.0; senders.sites.len()]);
            for &(_, source, amount) in demands {
                offered[senders.of[source.index()] as usize] += amount;
            }
            let mut equal_cost = aim(network, &sound, target, &mut workspace);
            let demands: Vec<(SiteId, f64)> = demands.iter().map(|&(_, source, amount)| (source, amount)).collect();
            let unrouted = equal_cost.put_in(&demands);
            let mut parts = vec![0.0; network.vertex_count()];
            inflows.clear();
            let tree = equal_cost.routes.tree;
            equal_cost.spread(|arcs, part| {
                let tail = network.tails()[arcs[0].index()];
                parts[tail as usize] = part;
                shares.push((network.lanes()[arcs[0].index()].index(), (number, part)));
                let from = tree.distance(VertexId(tail)) << vertex_bits(network) | u64::from(tail);
                let amount = part / as_f64(arcs.len());
                inflows.extend(arcs.iter().map(|&arc| (network.heads()[arc.index()] as usize, Inflow { from, amount })));
            });
            let (first_inflow, inflows) = group(network.vertex_count(), &inflows);
            let seen = |vertex: VertexId| if blind[vertex.index()] { UNREACHABLE } else { tree.distance(vertex) };
            let distances = (0..network.vertex_count()).map(|vertex| seen(VertexId::from_index(vertex)));
            let distances = distances.chain([UNREACHABLE]);
            let way = |(distance, first_inflow)| Way { distance, next: NO_ARC, first_inflow };
            let ways = distances.zip(first_inflow).map(way).collect();
            let mut aim = Aim { ways, parts, inflows, offered, unrouted };
            for vertex in (0..).take(network.vertex_count()) {
                aim.ways[vertex as usize].next = aim.next(network.steps().from(vertex), vertex);
            }
            aims.push(aim);
        }
        let unrouted = aims.iter().map(|aim| aim.unrouted).sum();
        let shares = Shares::new(2 * network.segment_count(), &shares);
        let lanes = (0..2 * network.segment_count()).map(LaneId::from_index);
        let loads = lanes.map(|lane| shares.total(lane)).collect();
        let mut is_taken = vec![false; 2 * network.segment_count()];
        let has_shared_lanes = network.lanes().iter().any(|lane| std::mem::replace(&mut is_taken[lane.index()], true));
        let exact = if has_shared_lanes { None } else { Exact::new(network, &senders, &aims) };
        Self { network, aims, senders, shares, loads, unrouted, has_shared_lanes, exact }
    }

    /// What each lane carries without any outage; length = lanes.
    #[must_use]
    pub fn loads(&self) -> &[f64] {
        &self.loads
    }

    /// What nothing leads for without any outage.
    #[must_use]
    pub fn unrouted(&self) -> f64 {
        self.unrouted
    }

    /// The loads under an outage of exactly the segments in `lost`; `outage` and `lost` must say the same.
    ///
    /// O(c log c) time for a total of c vertices whose ways or amounts change, arcs around them, and targets of the lanes
    /// whose load changes; where amounts are whole numbers, O(lanes) besides.
    pub fn repair<'w>(&self, outage: &Outage, lost: &[SegmentId], workspace: &'w mut Workspace) -> Repaired<'w> {
        workspace.places.resize(self.network.vertex_count().max(workspace.places.len()), UNTOUCHED);
        workspace.is_affected.resize(self.aims.len().max(workspace.is_affected.len()), false);
        workspace.shares.clear();
        workspace.unrouted.clear();
        self.find_affected(lost, workspace);
        if let Some(unrouted) = self.repair_exactly(outage, lost, workspace) {
            return Repaired { changed: &workspace.changed, unrouted };
        }
        workspace.affected.sort_unstable();
        for i in 0..workspace.affected.len() {
            let number = workspace.affected[i];
            workspace.first_share = workspace.shares.len();
            let Self { network, ref aims, ref senders, .. } = *self;
            let (steps, aim, shift) = (network.steps(), &aims[number as usize], vertex_bits(network));
            let mut repair = Repair { network, steps, aim, outage, senders, shift, workspace };
            repair.judge(lost);
            repair.find_ways();
            repair.carry_on(number);
            repair.count_unrouted(number);
            if self.has_shared_lanes {
                repair.add_shares();
            }
            repair.put_back();
        }
        self.add_up(workspace);
        Repaired { changed: &workspace.changed, unrouted: self.unrouted_now(&workspace.unrouted) }
    }

    /// The targets that lost lanes carry something towards, each once.
    fn find_affected(&self, lost: &[SegmentId], workspace: &mut Workspace) {
        let Workspace { is_affected, affected, .. } = workspace;
        affected.clear();
        for lane in lost.iter().flat_map(|&segment| [LaneId::new(segment, 0), LaneId::new(segment, 1)]) {
            for &aim in self.shares.aims_of(lane) {
                if !std::mem::replace(&mut is_affected[aim as usize], true) {
                    affected.push(aim);
                }
            }
        }
        affected.iter().for_each(|&aim| is_affected[aim as usize] = false);
    }

    /// Finds new loads by differences, where those are exact; says what is unrouted.
    fn repair_exactly(&self, outage: &Outage, lost: &[SegmentId], workspace: &mut Workspace) -> Option<f64> {
        let Workspace { affected, exact: memory, changed, .. } = workspace;
        let more = self.exact.as_ref()?.repair(self.network, (outage, lost), (affected, &self.loads), memory)?;
        changed.clear();
        let loads = (0..).map(LaneId).zip(self.loads.iter().zip(&memory.loads));
        changed.extend(loads.filter(|(_, (before, now))| before != now).map(|(lane, (_, &now))| (lane, now)));
        Some(self.unrouted + more)
    }

    /// New loads, from the shares that were looked at and those that stay.
    fn add_up(&self, workspace: &mut Workspace) {
        let Workspace { shares, chains, before, lanes, news, changed, .. } = workspace;
        chains.resize(self.loads.len().max(chains.len()), NOTHING);
        before.clear();
        lanes.clear();
        for (i, &(lane, ..)) in (0..).zip(&*shares) {
            let last = std::mem::replace(&mut chains[lane.index()], i);
            before.push(last);
            if last == NOTHING {
                lanes.push(lane);
            }
        }
        lanes.sort_unstable();
        changed.clear();
        for &lane in &*lanes {
            news.clear();
            let mut at = std::mem::replace(&mut chains[lane.index()], NOTHING);
            while at != NOTHING {
                let (_, aim, part) = shares[at as usize];
                news.push((aim, part));
                at = before[at as usize];
            }
            // Where lanes are shared, one may have been looked at twice, with the same answer.
            news.dedup_by_key(|new| new.0);
            let load = self.shares.total_with(lane, news.iter().rev().copied());
            if load != self.loads[lane.index()] {
                changed.push((lane, load));
            }
        }
    }

    fn unrouted_now(&self, news: &[(u32, f64)]) -> f64 {
        if news.is_empty() {
            return self.unrouted;
        }
        let mut news = news.iter().peekable();
        let now = (0..).zip(&self.aims).map(|(i, aim)| news.next_if(|new| new.0 == i).map_or(aim.unrouted, |new| new.1));
        now.sum()
    }
}

impl Aim {
    /// How all goes on from a vertex that steps lead from.
    fn next(&self, steps: &[Step], vertex: u32) -> u32 {
        let mut tight = steps.iter().filter(|step| self.is_tight(vertex, step.end, step.cost));
        let first = tight.next().map_or(NO_ARC, |step| step.arc.0);
        if tight.next().is_some() { MANY } else { first }
    }

    /// Whether an arc was on a shortest way in the sound network.
    fn is_tight(&self, tail: u32, head: u32, cost: u32) -> bool {
        let [tail, head] = [tail, head].map(|end| self.ways[end as usize].distance);
        head != UNREACHABLE && tail == head + u64::from(cost)
    }

    /// What arrives at a vertex in the sound network.
    fn inflows_at(&self, vertex: u32) -> &[Inflow] {
        let [first, end] = [vertex, vertex + 1].map(|vertex| self.ways[vertex as usize].first_inflow as usize);
        &self.inflows[first..end]
    }

    /// A vertex as it is in the sound network.
    #[inline(always)]
    fn sound(&self, vertex: u32) -> Now {
        let Way { distance, next, .. } = self.ways[vertex as usize];
        let (part, fate, arrived) = (self.parts[vertex as usize], Fate::Kept, [NOTHING; 2]);
        Now { vertex, next, distance, part, fate, is_queued: false, is_moved: false, arrived }
    }
}

impl Senders {
    fn new(network: &Network, demands: &[([SiteId; 2], f64)]) -> Self {
        let mut of = vec![NOTHING; network.site_count()];
        demands.iter().for_each(|([source, _], _)| of[source.index()] = 0);
        let sites: Vec<SiteId> = (0..of.len()).filter(|&site| of[site] == 0).map(SiteId::from_index).collect();
        (0..).zip(&sites).for_each(|(sender, site)| of[site.index()] = sender);
        let mut at = vec![NOTHING; network.vertex_count()];
        for (sender, &site) in (0..).zip(&sites) {
            network.starts(site).for_each(|start| at[start.index()] = sender);
        }
        let has_choice = sites.iter().any(|&site| network.starts(site).count() > 1);
        Self { sites, of, at, has_choice }
    }
}

/// Length = vertices: those that no way leads through, whatever is lost, and where none begins or ends. They have one
/// neighbour at most beside others of their kind.
fn blind(network: &Network, senders: &Senders, by_target: &[(SiteId, SiteId, f64)]) -> Vec<bool> {
    let mut is_blind = vec![false; network.vertex_count()];
    let mut is_end: Vec<bool> = senders.at.iter().map(|&sender| sender != NOTHING).collect();
    by_target.chunk_by(|a, b| a.0 == b.0).flat_map(|to| network.ends(to[0].0)).for_each(|end| is_end[end.index()] = true);
    let neighbours = |vertex: u32| network.steps().from(vertex).iter().chain(network.steps().to(vertex)).map(|step| step.end);
    let mut waiting: Vec<u32> = (0..).take(network.vertex_count()).collect();
    while let Some(vertex) = waiting.pop() {
        let is_open = |end: &u32| *end != vertex && !is_blind[*end as usize];
        let first = neighbours(vertex).find(is_open);
        let is_passed = neighbours(vertex).filter(is_open).any(|end| Some(end) != first);
        if !is_blind[vertex as usize] && !is_end[vertex as usize] && !is_passed {
            is_blind[vertex as usize] = true;
            waiting.extend(first);
        }
    }
    is_blind
}

#[cfg(test)]
mod tests;
