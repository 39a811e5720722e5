//! Loads under an outage where all amounts are whole numbers: what moves is taken off where it went and put where it goes.
//!
//! Sums and differences of such amounts are exact, so no order of them is better than another, and none leaves a rest: the
//! loads are to the bit those of a fresh split. Halves are exact too, and halves of those for a while; where traffic is split
//! otherwise, or at many places one behind the other, it gives up, and the sums are made in order as everywhere else.

use std::cmp::Ordering;

use super::{Aim, MANY, NO_ARC, NOTHING, Senders};
use crate::algorithm::ecmp::as_f64;
use crate::algorithm::heap::MinHeap;
use crate::network::{ArcId, Network, Outage, Step, Steps, UNREACHABLE};
use crate::topology::SegmentId;

/// Amounts are multiples of one over this; with less than 2³² of traffic, sums fit in the 53 bits of a float.
const PARTS_OF_ONE: f64 = (1 << 20) as f64;
const MOST: f64 = (1u64 << 32) as f64;
/// So many splits one behind the other are followed.
const DEPTH: u32 = 4;
/// No distance.
const FAR: u32 = u32::MAX;

/// What all targets' splits are in the sound network.
#[derive(Clone, Debug)]
pub(super) struct Exact {
    /// By target, then vertex.
    nodes: Vec<Node>,
    /// By target: vertices so that those behind each, as far as they have one way only, are a stretch.
    walks: Vec<u32>,
    /// By target: the vertices with several ways, nearest first.
    forks: Vec<Vec<u32>>,
}

/// A vertex on its way to one target; half a cache line.
#[derive(Clone, Copy, Debug)]
struct Node {
    distance: u32,
    /// As in [`super::Way`].
    next: u32,
    /// Where in the target's walk it stands, and where those behind it end.
    stretch: [u32; 2],
    /// What each lane that leads on carries.
    part: f64,
    /// What begins there.
    begins: f64,
}

/// Memory of repairs, kept from one to the next.
#[derive(Clone, Debug, Default)]
pub(super) struct Memory {
    /// Length = vertices; between targets all [`KEPT`].
    labels: Vec<Label>,
    /// The vertices that lost all their shortest ways; those that found new ones, nearest first.
    raised: Vec<u32>,
    settled: Vec<u32>,
    /// Raised vertices next to others, as keys of distance and vertex, and those that were found a way since.
    seeds: Vec<u64>,
    heap: MinHeap<u64>,
    /// Length = lanes.
    pub(super) loads: Vec<f64>,
}

/// A raised vertex: its new distance and next arc, and what arrives.
#[derive(Clone, Copy, Debug)]
struct Label {
    distance: u32,
    next: u32,
    arrives: f64,
}

/// Of a vertex that is not raised. None that is has a distance of 0.
const KEPT: Label = Label { distance: 0, next: NO_ARC, arrives: 0.0 };

impl Exact {
    /// Nothing where amounts are not whole, a site may choose where to begin, lanes are shared, or distances are long.
    pub(super) fn new(network: &Network, senders: &Senders, aims: &[Aim]) -> Option<Self> {
        let farthest = u64::from(network.max_cost()) * network.vertex_count() as u64;
        let is_whole = |&amount: &f64| amount >= 0.0 && is_whole(amount);
        let sent = aims.iter().flat_map(|aim| &aim.offered);
        let is_exact = !senders.has_choice
            && farthest < u64::from(FAR)
            && sent.clone().all(is_whole)
            && sent.sum::<f64>() < MOST
            && aims.iter().flat_map(|aim| &aim.parts).all(is_whole);
        is_exact.then(|| {
            let mut exact = Self { nodes: Vec::new(), walks: Vec::new(), forks: Vec::new() };
            exact.nodes.reserve(aims.len() * network.vertex_count());
            exact.walks.reserve(aims.len() * network.vertex_count());
            aims.iter().for_each(|aim| exact.add(network, senders, aim));
            exact
        })
    }

    fn add(&mut self, network: &Network, senders: &Senders, aim: &Aim) {
        let (count, steps) = (network.vertex_count(), network.steps());
        let (base, first) = (self.nodes.len(), self.walks.len());
        for ((way, &part), &sender) in aim.ways.iter().zip(&aim.parts).zip(&senders.at) {
            let distance = if way.distance == UNREACHABLE { FAR } else { way.distance as u32 };
            let begins = if sender == NOTHING || distance == FAR { 0.0 } else { aim.offered[sender as usize] };
            self.nodes.push(Node { distance, next: way.next, stretch: [0; 2], part, begins });
        }
        let nodes = &mut self.nodes[base..];
        let mut forks: Vec<u32> = (0..).zip(&*nodes).filter(|(_, node)| node.next == MANY).map(|(vertex, _)| vertex).collect();
        forks.sort_unstable_by_key(|&fork| (nodes[fork as usize].distance, fork));
        let is_root = |node: &Node| node.distance == 0 || node.next == MANY;
        let mut waiting: Vec<u32> = (0..).zip(&*nodes).filter(|(_, node)| is_root(node)).map(|(vertex, _)| vertex).collect();
        while let Some(vertex) = waiting.pop() {
            let place = (self.walks.len() - first) as u32;
            nodes[vertex as usize].stretch = [place, place + 1];
            self.walks.push(vertex);
            let behind = steps.to(vertex).iter().filter(|step| nodes[step.end as usize].next == step.arc.0);
            waiting.extend(behind.map(|step| step.end));
        }
        for &vertex in self.walks[first..].iter().rev() {
            let Node { next, stretch: [_, end], .. } = nodes[vertex as usize];
            if next != MANY && next != NO_ARC {
                let ahead = &mut nodes[steps.along(ArcId(next)).end as usize].stretch[1];
                *ahead = end.max(*ahead);
            }
        }
        self.walks.resize(first + count, NOTHING);
        self.forks.push(forks);
    }

    /// Puts the loads under an outage into `memory`, from those of the sound network; says how much less is routed, or nothing
    /// where it gives up.
    pub(super) fn repair(
        &self,
        network: &Network,
        (outage, lost): (&Outage, &[SegmentId]),
        (affected, sound): (&[u32], &[f64]),
        memory: &mut Memory,
    ) -> Option<f64> {
        let count = network.vertex_count();
        memory.labels.resize(count.max(memory.labels.len()), KEPT);
        memory.loads.clear();
        memory.loads.extend_from_slice(sound);
        let (mut unrouted, mut is_exact) = (0.0, true);
        for aim in affected.iter().map(|&aim| aim as usize) {
            let stretch = aim * count..(aim + 1) * count;
            let (nodes, walk) = (&self.nodes[stretch.clone()], &self.walks[stretch]);
            let mut shift = Shift { network, steps: network.steps(), nodes, outage, memory, is_exact: true };
            shift.raise(lost, walk, &self.forks[aim]);
            shift.find_ways();
            shift.take_off();
            self.forks[aim].iter().for_each(|&fork| shift.narrow(fork));
            unrouted += shift.put_on();
            is_exact &= shift.is_exact;
        }
        is_exact.then_some(unrouted)
    }
}

/// One target's traffic on its move.
struct Shift<'s> {
    network: &'s Network,
    steps: Steps<'s>,
    nodes: &'s [Node],
    outage: &'s Outage,
    memory: &'s mut Memory,
    is_exact: bool,
}

impl Shift<'_> {
    /// Finds the vertices that lost all their shortest ways.
    fn raise(&mut self, lost: &[SegmentId], walk: &[u32], forks: &[u32]) {
        for arc in lost.iter().flat_map(|&segment| self.network.arcs_of(segment)) {
            let tail = self.network.tails()[arc.index()];
            if self.nodes[tail as usize].next == arc.0 {
                self.raise_behind(tail, walk);
            }
        }
        // Those ahead of a fork are nearer, so they are raised by now if ever.
        for &fork in forks {
            if !self.steps.from(fork).iter().any(|step| is_tight(self.nodes, fork, step) && self.is_open(step)) {
                self.raise_behind(fork, walk);
            }
        }
    }

    #[inline(always)]
    fn raise_behind(&mut self, vertex: u32, walk: &[u32]) {
        let Memory { labels, raised, .. } = &mut *self.memory;
        let [first, end] = self.nodes[vertex as usize].stretch;
        for &behind in &walk[first as usize..end as usize] {
            let label = &mut labels[behind as usize];
            if label.distance == 0 {
                label.distance = FAR;
                raised.push(behind);
            }
        }
    }

    /// Gives the raised vertices the cost of their new ways, nearest first.
    fn find_ways(&mut self) {
        let (nodes, steps, outage) = (self.nodes, self.steps, self.outage);
        let Memory { labels, raised, settled, seeds, heap, .. } = &mut *self.memory;
        let labels = &mut labels[..nodes.len()];
        for &vertex in &*raised {
            let (mut best, mut next) = (FAR, NO_ARC);
            for step in steps.from(vertex) {
                let to_go = nodes[step.end as usize].distance;
                // At least 1 is to be added, so that what reaches nothing falls out here too.
                if to_go < best && labels[step.end as usize].distance == 0 && !outage.is_lost(step.lane.segment()) {
                    let offer = to_go + step.cost;
                    match offer.cmp(&best) {
                        Ordering::Less => (best, next) = (offer, step.arc.0),
                        Ordering::Equal => next = MANY,
                        Ordering::Greater => {}
                    }
                }
            }
            if best != FAR {
                let label = &mut labels[vertex as usize];
                (label.distance, label.next) = (best, next);
                seeds.push(u64::from(best) << 32 | u64::from(vertex));
            }
        }
        if raised.len() == 1 {
            settled.extend(seeds.drain(..).map(|seed| seed as u32));
            return;
        }
        seeds.sort_unstable();
        let mut waiting = seeds.iter().copied().peekable();
        loop {
            let key = match (waiting.peek(), heap.peek()) {
                (Some(seed), Some(least)) if least < *seed => heap.pop(),
                (None, _) => heap.pop(),
                _ => waiting.next(),
            };
            let Some(key) = key else { break };
            let (distance, vertex) = ((key >> 32) as u32, key as u32);
            if labels[vertex as usize].distance != distance {
                continue;
            }
            settled.push(vertex);
            for step in steps.to(vertex) {
                let label = &mut labels[step.end as usize];
                let offer = distance + step.cost;
                // Of those that are not raised, the distance is 0.
                if offer <= label.distance && !outage.is_lost(step.lane.segment()) {
                    if offer == label.distance {
                        label.next = MANY;
                    } else {
                        (label.distance, label.next) = (offer, step.arc.0);
                        heap.push(u64::from(offer) << 32 | u64::from(step.end));
                    }
                }
            }
        }
        seeds.clear();
    }

    /// Takes the traffic of raised vertices off the ways that it went.
    fn take_off(&mut self) {
        for i in 0..self.memory.raised.len() {
            let vertex = self.memory.raised[i];
            let Node { next, part, .. } = self.nodes[vertex as usize];
            match next {
                _ if part == 0.0 => {}
                MANY => {
                    let (nodes, steps) = (self.nodes, self.steps.from(vertex).iter());
                    steps.filter(|step| is_tight(nodes, vertex, step)).for_each(|step| self.take_off_step(step, part));
                }
                next => self.take_off_step(&self.steps.along(ArcId(next)), part),
            }
        }
    }

    /// From a raised head on, its own traffic is taken off.
    #[inline(always)]
    fn take_off_step(&mut self, step: &Step, part: f64) {
        self.memory.loads[step.lane.index()] -= part;
        if !self.is_raised(step.end) {
            self.follow(step.end, -part, 0);
        }
    }

    /// Lets a vertex that keeps some of its ways send all that it sent by those.
    fn narrow(&mut self, fork: u32) {
        let Node { part, .. } = self.nodes[fork as usize];
        let (nodes, steps) = (self.nodes, self.steps);
        let ways = || steps.from(fork).iter().filter(|step| is_tight(nodes, fork, step));
        let (before, now) = (ways().count(), ways().filter(|step| self.is_open(step)).count());
        if part == 0.0 || before == now || self.is_raised(fork) {
            return;
        }
        let more = self.divide(part * as_f64(before), now) - part;
        for step in ways() {
            if self.is_open(step) {
                self.memory.loads[step.lane.index()] += more;
                self.follow(step.end, more, 0);
            } else {
                self.take_off_step(step, part);
            }
        }
    }

    /// Puts the traffic of raised vertices on their new ways, farthest first; says what finds none.
    fn put_on(&mut self) -> f64 {
        let (nodes, steps) = (self.nodes, self.steps);
        while let Some(vertex) = self.memory.settled.pop() {
            let Label { distance, next, arrives } = self.memory.labels[vertex as usize];
            let amount = arrives + nodes[vertex as usize].begins;
            if amount == 0.0 {
                continue;
            }
            if next != MANY {
                self.put_on_step(&steps.along(ArcId(next)), amount);
                continue;
            }
            let leads_on = |labels: &[Label], step: &Step| {
                let to_go = match labels[step.end as usize].distance {
                    0 => nodes[step.end as usize].distance,
                    raised => raised,
                };
                to_go.saturating_add(step.cost) == distance && !self.outage.is_lost(step.lane.segment())
            };
            let ways: Vec<&Step> = steps.from(vertex).iter().filter(|step| leads_on(&self.memory.labels, step)).collect();
            let part = self.divide(amount, ways.len());
            ways.into_iter().for_each(|step| self.put_on_step(step, part));
        }
        let Memory { labels, raised, .. } = &mut *self.memory;
        let mut unrouted = 0.0;
        for vertex in raised.drain(..) {
            if std::mem::replace(&mut labels[vertex as usize], KEPT).distance == FAR {
                unrouted += nodes[vertex as usize].begins;
            }
        }
        unrouted
    }

    #[inline(always)]
    fn put_on_step(&mut self, step: &Step, part: f64) {
        self.memory.loads[step.lane.index()] += part;
        let label = &mut self.memory.labels[step.end as usize];
        if label.distance == 0 {
            self.follow(step.end, part, 0);
        } else {
            label.arrives += part;
        }
    }

    /// Adds an amount to all that leads on from a vertex that is not raised.
    fn follow(&mut self, mut vertex: u32, amount: f64, depth: u32) {
        let (nodes, steps) = (self.nodes, self.steps);
        let loads = &mut self.memory.loads[..];
        loop {
            match nodes[vertex as usize].next {
                NO_ARC => return,
                MANY => break,
                next => {
                    let step = steps.along(ArcId(next));
                    loads[step.lane.index()] += amount;
                    vertex = step.end;
                }
            }
        }
        if depth == DEPTH {
            self.is_exact = false;
            return;
        }
        let ways = || steps.from(vertex).iter().filter(|step| is_tight(nodes, vertex, step));
        let part = self.divide(amount, ways().filter(|step| self.is_open(step)).count());
        for step in ways() {
            if self.is_open(step) {
                self.memory.loads[step.lane.index()] += part;
                self.follow(step.end, part, depth + 1);
            }
        }
    }

    /// One of several equal parts; gives up where it is not exact.
    fn divide(&mut self, amount: f64, parts: usize) -> f64 {
        let part = amount / as_f64(parts);
        self.is_exact &= is_whole(part);
        part
    }

    #[inline(always)]
    fn is_raised(&self, vertex: u32) -> bool {
        self.memory.labels[vertex as usize].distance != 0
    }

    /// Whether a step on a shortest way of the sound network is on one still.
    fn is_open(&self, step: &Step) -> bool {
        !self.is_raised(step.end) && !self.outage.is_lost(step.lane.segment())
    }
}

/// Whether an amount is one that sums exactly. Of a whole number divided by another that does not divide it, too much is left
/// to be rounded away.
fn is_whole(amount: f64) -> bool {
    let parts = amount * PARTS_OF_ONE;
    (parts as i64) as f64 == parts
}

/// Whether a step is on one of the shortest ways that a vertex has in the sound network.
fn is_tight(nodes: &[Node], vertex: u32, step: &Step) -> bool {
    nodes[step.end as usize].distance.saturating_add(step.cost) == nodes[vertex as usize].distance
}
