//! One target's split under an outage: who lost ways, which ways are left, and what that moves.
//!
//! Four steps, in the order they stand here. It notes what lanes carry towards its target; adding up is done above.

use super::{Aim, Fate, Inflow, Now, Workspace};
use crate::algorithm::ecmp::as_f64;
use crate::algorithm::shortest_path::vertex_bits;
use crate::network::{ArcId, LaneId, Network, Outage, UNREACHABLE, VertexId};
use crate::topology::{SegmentId, SiteId};

/// The repair of one target's split.
pub(super) struct Repair<'r> {
    pub(super) network: &'r Network,
    pub(super) aim: &'r Aim,
    pub(super) outage: &'r Outage,
    pub(super) workspace: &'r mut Workspace,
}

impl Repair<'_> {
    /// Finds the vertices that lost shortest ways, nearest first, so that what lies behind each is known when it is judged.
    pub(super) fn judge(&mut self, lost: &[SegmentId]) {
        let (network, shift) = (self.network, vertex_bits(self.network));
        let (tails, heads) = (network.tails(), network.heads());
        self.workspace.judged.clear();
        for arc in lost.iter().flat_map(|&segment| network.arcs_of(segment)) {
            if self.was_tight(arc) {
                let tail = tails[arc.index()];
                self.workspace.heap.push(self.aim.distances[tail as usize] << shift | u64::from(tail));
            }
        }
        while let Some(key) = self.workspace.heap.pop() {
            let vertex = (key & ((1 << shift) - 1)) as u32;
            if self.workspace.now[vertex as usize].fate != Fate::Kept {
                continue;
            }
            self.workspace.judged.push(vertex);
            self.workspace.touched.push(vertex);
            let is_raised = |head: u32| self.workspace.now[head as usize].fate == Fate::Raised;
            let mut ways = network.out_arcs(VertexId(vertex));
            if ways.any(|arc| self.was_tight(arc) && !is_raised(heads[arc.index()]) && !self.is_lost(arc)) {
                self.workspace.now[vertex as usize].fate = Fate::Narrowed;
                continue;
            }
            let now = &mut self.workspace.now[vertex as usize];
            (now.fate, now.distance) = (Fate::Raised, UNREACHABLE);
            for arc in network.in_arcs(VertexId(vertex)) {
                if self.was_tight(arc) && !self.is_lost(arc) {
                    let tail = tails[arc.index()];
                    self.workspace.heap.push(self.aim.distances[tail as usize] << shift | u64::from(tail));
                }
            }
        }
    }

    /// Gives the raised vertices the cost of their new ways, nearest first.
    pub(super) fn find_ways(&mut self) {
        let (network, shift) = (self.network, vertex_bits(self.network));
        let (tails, heads, costs) = (network.tails(), network.heads(), network.costs());
        for i in 0..self.workspace.judged.len() {
            let vertex = self.workspace.judged[i];
            if self.workspace.now[vertex as usize].fate != Fate::Raised {
                continue;
            }
            let mut best = UNREACHABLE;
            for arc in network.out_arcs(VertexId(vertex)) {
                let head = heads[arc.index()] as usize;
                let to_go = self.aim.distances[head];
                if to_go < best && self.workspace.now[head].fate != Fate::Raised && !self.is_lost(arc) {
                    best = best.min(to_go + u64::from(costs[arc.index()]));
                }
            }
            if best != UNREACHABLE {
                self.workspace.now[vertex as usize].distance = best;
                self.workspace.heap.push(best << shift | u64::from(vertex));
            }
        }
        while let Some(key) = self.workspace.heap.pop() {
            let (distance, vertex) = (key >> shift, VertexId((key & ((1 << shift) - 1)) as u32));
            if self.workspace.now[vertex.index()].distance != distance {
                continue;
            }
            for arc in network.in_arcs(vertex) {
                let tail = tails[arc.index()] as usize;
                let now = self.workspace.now[tail];
                let offer = distance + u64::from(costs[arc.index()]);
                if now.fate == Fate::Raised && offer < now.distance && !self.is_lost(arc) {
                    self.workspace.now[tail].distance = offer;
                    self.workspace.heap.push(offer << shift | tail as u64);
                }
            }
        }
    }

    /// Splits anew at each vertex whose ways or amount have changed, farthest first, and notes what each lane on carries.
    pub(super) fn carry_on(&mut self, number: u32) {
        let (network, shift) = (self.network, vertex_bits(self.network));
        for i in 0..self.workspace.judged.len() {
            let vertex = VertexId(self.workspace.judged[i]);
            if self.aim.parts[vertex.index()] == 0.0 {
                continue;
            }
            self.queue(vertex);
            for arc in network.out_arcs(vertex) {
                if self.was_tight(arc) {
                    self.queue(VertexId(network.heads()[arc.index()]));
                    if !self.is_tight(arc) {
                        self.workspace.shares.push((network.lanes()[arc.index()], number, 0.0));
                    }
                }
            }
            self.queue_starts(vertex);
        }
        while let Some(key) = self.workspace.heap.pop() {
            let vertex = VertexId((!key & ((1 << shift) - 1)) as u32);
            let part = self.split_at(vertex);
            self.workspace.now[vertex.index()].part = Some(part);
            if self.workspace.now[vertex.index()].fate == Fate::Kept && part == self.aim.parts[vertex.index()] {
                continue;
            }
            for arc in network.out_arcs(vertex) {
                if self.is_tight(arc) {
                    self.queue(VertexId(network.heads()[arc.index()]));
                    self.workspace.shares.push((network.lanes()[arc.index()], number, part));
                }
            }
        }
    }

    /// Where several vertices take one lane, what it carries is their parts together.
    pub(super) fn add_shares(&mut self) {
        for i in self.workspace.first_share..self.workspace.shares.len() {
            self.workspace.shares[i].2 = self.share_of(self.workspace.shares[i].0);
        }
    }

    /// Puts a vertex into the queue of those that split anew; not those that nothing leads from, nor the target's.
    fn queue(&mut self, vertex: VertexId) {
        let distance = self.distance(vertex.0);
        let now = &mut self.workspace.now[vertex.index()];
        if now.is_queued || distance == 0 {
            return;
        }
        now.is_queued = true;
        self.workspace.touched.push(vertex.0);
        if distance == UNREACHABLE {
            now.part = Some(0.0);
        } else {
            self.workspace.heap.push(!(distance << vertex_bits(self.network) | u64::from(vertex.0)));
        }
    }

    /// A site whose nearest start is raised may begin elsewhere.
    fn queue_starts(&mut self, vertex: VertexId) {
        let site = self.network.site(vertex);
        if self.workspace.now[vertex.index()].fate == Fate::Raised && self.aim.offered[site.index()] > 0.0 {
            let network = self.network;
            network.starts(site).for_each(|start| self.queue(start));
        }
    }

    /// What each lane on from a vertex carries now.
    fn split_at(&mut self, vertex: VertexId) -> f64 {
        let network = self.network;
        let mut inflow = std::mem::take(&mut self.workspace.inflow);
        inflow.clear();
        for arc in network.in_arcs(vertex) {
            let tail = network.tails()[arc.index()];
            let part = self.part(tail);
            if part > 0.0 && self.is_tight(arc) {
                let amount = part / as_f64(self.arcs_beside(arc));
                inflow.push(Inflow { from: (self.distance(tail), tail), arc, amount });
            }
        }
        // Farthest first, then by arc.
        inflow.sort_unstable_by(|a, b| b.from.cmp(&a.from).then(a.arc.cmp(&b.arc)));
        let amount = inflow.iter().fold(self.begins_at(vertex), |sum, inflow| sum + inflow.amount);
        self.workspace.inflow = inflow;
        if amount == 0.0 {
            return 0.0;
        }
        // Arcs of a vertex are ordered by segment, so those that share a lane are neighbours.
        let (mut lanes, mut last) = (0, None);
        for arc in network.out_arcs(vertex).filter(|&arc| self.is_tight(arc)) {
            let lane = Some(network.lanes()[arc.index()]);
            lanes += usize::from(lane != last);
            last = lane;
        }
        amount / as_f64(lanes)
    }

    /// What begins its way at a vertex.
    fn begins_at(&self, vertex: VertexId) -> f64 {
        let site = self.network.site(vertex);
        let offered = self.aim.offered[site.index()];
        if offered == 0.0 {
            return 0.0;
        }
        let starts = || self.network.starts(site).map(|start| (start, self.distance(start.0)));
        let nearest = starts().map(|(_, distance)| distance).min().unwrap_or(UNREACHABLE);
        let is_nearest = starts().any(|start| start == (vertex, nearest));
        if is_nearest { offered / as_f64(starts().filter(|start| start.1 == nearest).count()) } else { 0.0 }
    }

    /// How many arcs take the same lane from the same vertex on shortest ways, this one included.
    fn arcs_beside(&self, arc: ArcId) -> usize {
        let (tail, lane) = (self.network.tails()[arc.index()], self.network.lanes()[arc.index()]);
        let is_beside = |other: &ArcId| {
            *other == arc
                || self.network.lanes()[other.index()] == lane
                    && self.network.tails()[other.index()] == tail
                    && self.is_tight(*other)
        };
        self.network.arcs_of(lane.segment()).filter(is_beside).count()
    }

    /// What a lane carries now: the parts of all vertices that take it.
    fn share_of(&self, lane: LaneId) -> f64 {
        let arcs = self.network.arcs_of(lane.segment());
        let (mut sum, mut last) = (0.0, None);
        for arc in arcs.filter(|&arc| self.network.lanes()[arc.index()] == lane && self.is_tight(arc)) {
            let tail = self.network.tails()[arc.index()];
            if last.replace(tail) != Some(tail) {
                sum += self.part(tail);
            }
        }
        sum
    }

    /// Counts what nothing leads for any more, where that has changed.
    pub(super) fn count_unrouted(&mut self, number: u32) {
        let is_cut_off = |&vertex: &u32| self.distance(vertex) == UNREACHABLE && self.aim.parts[vertex as usize] > 0.0;
        if self.workspace.judged.iter().any(is_cut_off) {
            let is_unrouted = |site: &SiteId| self.network.starts(*site).all(|start| self.distance(start.0) == UNREACHABLE);
            let unrouted = self.aim.sources.iter().filter(|site| is_unrouted(site));
            let unrouted = unrouted.fold(0.0, |sum, site| sum + self.aim.offered[site.index()]);
            self.workspace.unrouted.push((number, unrouted));
        }
    }

    pub(super) fn put_back(&mut self) {
        for vertex in self.workspace.touched.drain(..) {
            self.workspace.now[vertex as usize] = Now::default();
        }
    }

    fn is_lost(&self, arc: ArcId) -> bool {
        self.outage.is_lost(self.network.lanes()[arc.index()].segment())
    }

    /// Whether an arc was on a shortest way in the sound network.
    fn was_tight(&self, arc: ArcId) -> bool {
        let [tail, head] =
            [self.network.tails(), self.network.heads()].map(|ends| self.aim.distances[ends[arc.index()] as usize]);
        head != UNREACHABLE && tail == head + u64::from(self.network.costs()[arc.index()])
    }

    /// Whether an arc is on a shortest way now.
    fn is_tight(&self, arc: ArcId) -> bool {
        let [tail, head] = [self.network.tails(), self.network.heads()].map(|ends| self.distance(ends[arc.index()]));
        head != UNREACHABLE && tail == head + u64::from(self.network.costs()[arc.index()]) && !self.is_lost(arc)
    }

    fn distance(&self, vertex: u32) -> u64 {
        let now = &self.workspace.now[vertex as usize];
        if now.fate == Fate::Raised { now.distance } else { self.aim.distances[vertex as usize] }
    }

    fn part(&self, vertex: u32) -> f64 {
        self.workspace.now[vertex as usize].part.unwrap_or(self.aim.parts[vertex as usize])
    }
}
