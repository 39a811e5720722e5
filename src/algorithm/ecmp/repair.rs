//! Loads of evenly split traffic under one outage after another, by touching only the targets, vertices and lanes whose
//! traffic the outage moves.
//!
//! A vertex whose shortest ways to a target all survive splits as it did, so the work is: find the vertices that lost one of
//! their ways or all of them, find new ways for the latter, and carry the difference on until it fades. Every sum is made in
//! the order in which a fresh split makes it, so that nothing of the traffic that went elsewhere is left behind by rounding.
//! It keeps distances and parts of every vertex for every target, and knows no capacities.

mod target;

use super::aim;
use crate::algorithm::heap::MinHeap;
use crate::network::{ArcId, LaneId, Network, Outage, VertexId};
use crate::topology::{SegmentId, SiteId};
use target::Repair;

/// All demands split over the sound network, ready for outages.
#[derive(Clone, Debug)]
pub struct SoundSplit<'a> {
    network: &'a Network,
    /// By target, ascending.
    aims: Vec<Aim>,
    /// Length = lanes + 1; positions in `shares`.
    first_share: Vec<u32>,
    /// What each lane carries towards whom, by lane, then target.
    shares: Vec<(u32, f64)>,
    loads: Vec<f64>,
    unrouted: f64,
    /// Whether a lane may be taken by several arcs, as under law; else what it carries is what leaves one vertex.
    has_shared_lanes: bool,
}

/// The traffic towards one target.
#[derive(Clone, Debug)]
struct Aim {
    /// Length = vertices: cost of the way to the target.
    distances: Vec<u64>,
    /// Length = vertices: what each lane that leads on from a vertex carries; 0 at the target.
    parts: Vec<f64>,
    /// Length = sites: what each sends.
    offered: Vec<f64>,
    /// Those that send something, ascending.
    sources: Vec<SiteId>,
    unrouted: f64,
}

const NOTHING: u32 = u32::MAX;

/// Memory of repairs, kept from one to the next.
#[derive(Clone, Debug, Default)]
pub struct Workspace {
    /// Length = vertices; as [`Now::default`] between targets.
    now: Vec<Now>,
    /// Vertices whose state must be put back.
    touched: Vec<u32>,
    /// Vertices that lost one of their shortest ways or all.
    judged: Vec<u32>,
    heap: MinHeap<u64>,
    inflow: Vec<Inflow>,
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
    changed: Vec<(LaneId, f64)>,
}

/// What an outage makes of a vertex.
#[derive(Clone, Copy, Debug, Default)]
struct Now {
    fate: Fate,
    is_queued: bool,
    /// The cost of the way that is left, of one that was raised.
    distance: u64,
    /// What each lane on carries now; `None` as before.
    part: Option<f64>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Fate {
    /// All its shortest ways survive.
    #[default]
    Kept,
    /// Some of them do.
    Narrowed,
    /// None does: it goes a longer way, or nowhere.
    Raised,
}

/// What arrives at a vertex over one arc; ordered as a fresh split adds it up.
#[derive(Clone, Copy, Debug)]
struct Inflow {
    from: (u64, u32),
    arc: ArcId,
    amount: f64,
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
    /// some 24 bytes for each target and vertex.
    #[must_use]
    pub fn new(network: &'a Network, demands: &[([SiteId; 2], f64)]) -> Self {
        let mut by_target: Vec<(SiteId, SiteId, f64)> =
            demands.iter().map(|&([source, target], amount)| (target, source, amount)).collect();
        by_target.sort_by_key(|&(target, source, _)| (target, source));
        let (sound, mut workspace) = (Outage::none_of(network), super::Workspace::default());
        let (mut aims, mut shares) = (Vec::new(), Vec::new());
        for demands in by_target.chunk_by(|a, b| a.0 == b.0) {
            let number = u32::try_from(aims.len()).expect("there are fewer targets than sites");
            let (target, mut offered) = (demands[0].0, vec![0.0; network.site_count()]);
            demands.iter().for_each(|&(_, source, amount)| offered[source.index()] += amount);
            let mut equal_cost = aim(network, &sound, target, &mut workspace);
            let demands: Vec<(SiteId, f64)> = demands.iter().map(|&(_, source, amount)| (source, amount)).collect();
            let unrouted = equal_cost.put_in(&demands);
            let mut parts = vec![0.0; network.vertex_count()];
            equal_cost.spread(|arcs, part| {
                parts[network.tails()[arcs[0].index()] as usize] = part;
                shares.push((network.lanes()[arcs[0].index()], number, part));
            });
            let tree = equal_cost.routes.tree;
            let distances = (0..network.vertex_count()).map(|vertex| tree.distance(VertexId::from_index(vertex))).collect();
            let sources = (0..offered.len()).map(SiteId::from_index).filter(|site| offered[site.index()] > 0.0).collect();
            aims.push(Aim { distances, parts, offered, sources, unrouted });
        }
        // Stable, so that the parts of several vertices that share a lane stay in order.
        shares.sort_by_key(|&(lane, aim, _)| (lane, aim));
        shares.dedup_by(|next, kept| {
            let is_same = (next.0, next.1) == (kept.0, kept.1);
            if is_same {
                kept.2 += next.2;
            }
            is_same
        });
        let mut first_share = vec![0; 2 * network.segment_count() + 1];
        shares.iter().for_each(|&(lane, ..)| first_share[lane.index() + 1] += 1);
        for lane in 1..first_share.len() {
            first_share[lane] += first_share[lane - 1];
        }
        let unrouted = aims.iter().map(|aim| aim.unrouted).sum();
        let shares = shares.into_iter().map(|(_, aim, part)| (aim, part)).collect();
        let has_shared_lanes = (0..network.segment_count()).any(|i| network.arcs_of(SegmentId::from_index(i)).len() > 2);
        let mut split = Self { network, aims, first_share, shares, loads: Vec::new(), unrouted, has_shared_lanes };
        let lanes = (0..2 * network.segment_count()).map(LaneId::from_index);
        split.loads = lanes.map(|lane| split.shares_of(lane).iter().fold(0.0, |sum, &(_, part)| sum + part)).collect();
        split
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
    /// whose load changes.
    pub fn repair<'w>(&self, outage: &Outage, lost: &[SegmentId], workspace: &'w mut Workspace) -> Repaired<'w> {
        workspace.now.resize(self.network.vertex_count().max(workspace.now.len()), Now::default());
        workspace.is_affected.resize(self.aims.len().max(workspace.is_affected.len()), false);
        workspace.shares.clear();
        workspace.unrouted.clear();
        self.find_affected(lost, workspace);
        for i in 0..workspace.affected.len() {
            let number = workspace.affected[i];
            workspace.first_share = workspace.shares.len();
            workspace.is_affected[number as usize] = false;
            let mut repair = Repair { network: self.network, aim: &self.aims[number as usize], outage, workspace };
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

    fn shares_of(&self, lane: LaneId) -> &[(u32, f64)] {
        &self.shares[self.first_share[lane.index()] as usize..self.first_share[lane.index() + 1] as usize]
    }

    /// The targets that lost lanes carry something towards.
    fn find_affected(&self, lost: &[SegmentId], workspace: &mut Workspace) {
        let Workspace { is_affected, affected, .. } = workspace;
        affected.clear();
        for lane in lost.iter().flat_map(|&segment| [LaneId::new(segment, 0), LaneId::new(segment, 1)]) {
            for &(aim, _) in self.shares_of(lane) {
                if !std::mem::replace(&mut is_affected[aim as usize], true) {
                    affected.push(aim);
                }
            }
        }
        affected.sort_unstable();
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
            let load = self.load_with(lane, news.iter().rev().copied());
            if load != self.loads[lane.index()] {
                changed.push((lane, load));
            }
        }
    }

    /// What a lane carries if towards some targets, ascending, it carries something else.
    fn load_with(&self, lane: LaneId, news: impl Iterator<Item = (u32, f64)>) -> f64 {
        let (mut load, mut news) = (0.0, news.peekable());
        for &(aim, part) in self.shares_of(lane) {
            while let Some((_, part)) = news.next_if(|new| new.0 < aim) {
                load += part;
            }
            load += news.next_if(|new| new.0 == aim).map_or(part, |new| new.1);
        }
        news.fold(load, |load, (_, part)| load + part)
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

#[cfg(test)]
mod tests;
