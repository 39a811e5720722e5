//! One target's split under an outage: who lost ways, which ways are left, and what that moves.
//!
//! Four steps, in the order they stand here. It notes what lanes carry towards its target; adding up is done above.

use std::cmp::Ordering;

use super::{Aim, Fate, Inflow, MANY, NO_ARC, NOTHING, Now, Senders, UNTOUCHED, Workspace};
use crate::algorithm::ecmp::as_f64;
use crate::network::{ArcId, LaneId, Network, Outage, Step, Steps, UNREACHABLE, VertexId};
use crate::topology::{SegmentId, SiteId};

/// The repair of one target's split.
pub(super) struct Repair<'r> {
    pub(super) network: &'r Network,
    pub(super) steps: Steps<'r>,
    pub(super) aim: &'r Aim,
    pub(super) outage: &'r Outage,
    pub(super) senders: &'r Senders,
    /// Bits of a key that hold the vertex.
    pub(super) shift: u32,
    pub(super) workspace: &'r mut Workspace,
}

impl Repair<'_> {
    /// Finds the vertices that lost shortest ways: those behind lost arcs, then those behind them.
    pub(super) fn judge(&mut self, lost: &[SegmentId]) {
        let (tails, heads, costs) = (self.network.tails(), self.network.heads(), self.network.costs());
        for arc in lost.iter().flat_map(|&segment| self.network.arcs_of(segment)) {
            let i = arc.index();
            self.judge_behind(tails[i], arc, heads[i], costs[i]);
        }
        let mut done = 0;
        while let Some(&vertex) = self.workspace.raised.get(done) {
            done += 1;
            for step in self.steps.to(vertex) {
                self.judge_behind(step.end, step.arc, vertex, step.cost);
            }
        }
    }

    /// Judges the tail of an arc that leads on no longer, if it was on a shortest way.
    #[inline(always)]
    fn judge_behind(&mut self, tail: u32, arc: ArcId, head: u32, cost: u32) {
        let next = self.aim.ways[tail as usize].next;
        if next != arc.0 && (next != MANY || !self.aim.is_tight(tail, head, cost)) {
            return;
        }
        let place = self.workspace.places[tail as usize];
        if place != UNTOUCHED && self.workspace.nows[place as usize].fate == Fate::Raised {
            return;
        }
        let distance = self.aim.ways[tail as usize].distance;
        let mut now = Now {
            vertex: tail,
            next,
            distance,
            part: 0.0,
            fate: Fate::Narrowed,
            is_queued: false,
            is_moved: false,
            arrived: [NOTHING; 2],
        };
        let is_narrowed = next == MANY && self.keeps_a_way(tail);
        if !is_narrowed {
            (now.fate, now.distance, now.next) = (Fate::Raised, UNREACHABLE, NO_ARC);
            self.workspace.raised.push(tail);
        }
        if place == UNTOUCHED {
            self.workspace.places[tail as usize] = self.workspace.nows.len() as u32;
            self.workspace.nows.push(now);
        } else {
            self.workspace.nows[place as usize] = now;
        }
    }

    /// Whether one of the several shortest ways of a vertex survives, as far as is known.
    fn keeps_a_way(&self, vertex: u32) -> bool {
        let survives = |step: &Step| {
            self.aim.is_tight(vertex, step.end, step.cost)
                && !self.is_raised(step.end)
                && !self.outage.is_lost(step.lane.segment())
        };
        self.steps.from(vertex).iter().any(survives)
    }

    /// Gives the raised vertices the cost of their new ways, nearest first, until all that matter have theirs.
    pub(super) fn find_ways(&mut self) {
        let shift = self.shift;
        let mut waiting = 0;
        for i in 0..self.workspace.raised.len() {
            let vertex = self.workspace.raised[i];
            let (mut best, mut next) = (UNREACHABLE, NO_ARC);
            for step in self.steps.from(vertex) {
                let to_go = self.aim.ways[step.end as usize].distance;
                // At least 1 is to be added, so that what reaches nothing falls out here too.
                if to_go < best && !self.is_raised(step.end) && !self.outage.is_lost(step.lane.segment()) {
                    let offer = to_go + u64::from(step.cost);
                    match offer.cmp(&best) {
                        Ordering::Less => (best, next) = (offer, step.arc.0),
                        Ordering::Equal => next = MANY,
                        Ordering::Greater => {}
                    }
                }
            }
            waiting += usize::from(self.matters(vertex));
            if best != UNREACHABLE {
                let now = self.touched(vertex);
                (now.distance, now.next) = (best, next);
                self.workspace.seeds.push(best << shift | u64::from(vertex));
            }
        }
        // One alone has found its way.
        if waiting > 0 && self.workspace.raised.len() > 1 {
            self.settle(waiting);
        }
        self.workspace.seeds.clear();
        self.workspace.heap.clear();
    }

    /// Settles raised vertices, nearest first, until so many that matter are.
    fn settle(&mut self, mut waiting: usize) {
        let shift = self.shift;
        self.workspace.seeds.sort_unstable();
        let mut seed = 0;
        while waiting > 0 {
            let key = match (self.workspace.seeds.get(seed), self.workspace.heap.peek()) {
                (Some(&least), other) if other.is_none_or(|other| least < other) => {
                    seed += 1;
                    least
                }
                _ => match self.workspace.heap.pop() {
                    Some(key) => key,
                    None => break,
                },
            };
            let (distance, vertex) = (key >> shift, (key & ((1 << shift) - 1)) as u32);
            if self.touched(vertex).distance == distance {
                waiting -= usize::from(self.matters(vertex));
                self.offer_behind(vertex, distance);
            }
        }
    }

    /// Offers the way from a vertex to those that have an arc to it.
    #[inline(always)]
    fn offer_behind(&mut self, vertex: u32, distance: u64) {
        let shift = self.shift;
        let Workspace { places, nows, heap, .. } = &mut *self.workspace;
        for step in self.steps.to(vertex) {
            let place = places[step.end as usize];
            if place == UNTOUCHED {
                continue;
            }
            let now = &mut nows[place as usize];
            let offer = distance + u64::from(step.cost);
            if now.fate == Fate::Raised && offer <= now.distance && !self.outage.is_lost(step.lane.segment()) {
                if offer == now.distance {
                    now.next = MANY;
                } else {
                    (now.distance, now.next) = (offer, step.arc.0);
                    heap.push(offer << shift | u64::from(step.end));
                }
            }
        }
    }

    /// Whether traffic went, or may begin, at a vertex. Of the others only those matter that lie on the new way of one that
    /// does, and they are nearer than it.
    fn matters(&self, vertex: u32) -> bool {
        self.begins(vertex) > 0.0 || !self.aim.inflows_at(vertex).is_empty()
    }

    /// Splits anew at each vertex whose ways or amount have changed, farthest first, and notes what each lane on carries.
    pub(super) fn carry_on(&mut self, number: u32) {
        let shift = self.shift;
        for place in 0..self.workspace.nows.len() {
            let Now { vertex, fate, .. } = self.workspace.nows[place];
            if fate != Fate::Kept && self.matters(vertex) && self.aim.parts[vertex as usize] > 0.0 {
                self.queue(vertex);
                self.leave(vertex, number);
                if fate == Fate::Raised {
                    self.queue_starts(vertex);
                }
            }
        }
        while let Some(key) = self.workspace.heap.pop() {
            let vertex = (!key & ((1 << shift) - 1)) as u32;
            let amount = self.amount_at(vertex);
            if self.touched(vertex).next == MANY {
                self.split(vertex, amount, number);
                continue;
            }
            let now = self.touched(vertex);
            if now.fate == Fate::Kept && now.part == amount {
                continue;
            }
            (now.part, now.is_moved) = (amount, true);
            let (next, from) = (now.next, now.distance << shift | u64::from(vertex));
            let step = self.steps.along(ArcId(next));
            self.arrive(step.end, Inflow { from, amount });
            self.workspace.shares.push((step.lane, number, amount));
        }
        self.workspace.arrivals.clear();
    }

    /// Splits an amount over the lanes that lead on from a vertex, and what a lane takes over its arcs.
    fn split(&mut self, vertex: u32, amount: f64, number: u32) {
        let mut next = std::mem::take(&mut self.workspace.next);
        next.clear();
        next.extend(self.steps.from(vertex).iter().filter(|step| self.is_tight(vertex, step.end, step)));
        // Arcs of a vertex are ordered by segment, so those that share a lane are neighbours.
        let by_lane = || next.chunk_by(|a, b| a.lane == b.lane);
        let part = if amount == 0.0 { 0.0 } else { amount / as_f64(by_lane().count()) };
        let from = self.touched(vertex).distance << self.shift | u64::from(vertex);
        let now = self.touched(vertex);
        if now.fate != Fate::Kept || now.part != part {
            (now.part, now.is_moved) = (part, true);
            for arcs in by_lane() {
                let amount = part / as_f64(arcs.len());
                arcs.iter().for_each(|step| self.arrive(step.end, Inflow { from, amount }));
                self.workspace.shares.push((arcs[0].lane, number, part));
            }
        }
        self.workspace.next = next;
    }

    /// Notes what arrives at a vertex, which comes later in the queue than that which sends it.
    fn arrive(&mut self, vertex: u32, inflow: Inflow) {
        let place = self.queue(vertex);
        let Workspace { nows, arrivals, .. } = &mut *self.workspace;
        let this = arrivals.len() as u32;
        arrivals.push((inflow, NOTHING));
        let [first, last] = &mut nows[place].arrived;
        match *last {
            NOTHING => *first = this,
            last => arrivals[last as usize].1 = this,
        }
        *last = this;
    }

    /// What goes on from a vertex, or goes nowhere: what begins there and what arrives, farthest first.
    fn amount_at(&mut self, vertex: u32) -> f64 {
        let mask = (1 << self.shift) - 1;
        let mut amount = self.begins_at(vertex);
        let mut arrived = self.touched(vertex).arrived[0];
        let Workspace { places, nows, arrivals, .. } = &*self.workspace;
        for stays in self.aim.inflows_at(vertex) {
            let place = places[(stays.from & mask) as usize];
            if place != UNTOUCHED && (nows[place as usize].is_moved || nows[place as usize].fate != Fate::Kept) {
                continue;
            }
            while arrived != NOTHING && arrivals[arrived as usize].0.from > stays.from {
                amount += arrivals[arrived as usize].0.amount;
                arrived = arrivals[arrived as usize].1;
            }
            amount += stays.amount;
        }
        while arrived != NOTHING {
            amount += arrivals[arrived as usize].0.amount;
            arrived = arrivals[arrived as usize].1;
        }
        amount
    }

    /// Lets all that a vertex sent something to be looked at, and takes its traffic off the ways that are none any more.
    fn leave(&mut self, vertex: u32, number: u32) {
        let before = self.aim.ways[vertex as usize].next;
        if before != MANY {
            return self.leave_by(vertex, self.steps.along(ArcId(before)), number);
        }
        for &step in self.steps.from(vertex) {
            if self.aim.is_tight(vertex, step.end, step.cost) {
                self.leave_by(vertex, step, number);
            }
        }
    }

    fn leave_by(&mut self, vertex: u32, step: Step, number: u32) {
        self.queue(step.end);
        // It may lead on as it did, from a head that was raised too.
        if !self.is_tight(vertex, step.end, &step) {
            self.workspace.shares.push((step.lane, number, 0.0));
        }
    }

    /// Where several vertices take one lane, what it carries is their parts together.
    pub(super) fn add_shares(&mut self) {
        for i in self.workspace.first_share..self.workspace.shares.len() {
            self.workspace.shares[i].2 = self.share_of(self.workspace.shares[i].0);
        }
    }

    /// Puts a vertex into the queue of those that split anew; not those that nothing leads from, nor the target's.
    fn queue(&mut self, vertex: u32) -> usize {
        let place = self.touch(vertex);
        let now = &mut self.workspace.nows[place];
        if !now.is_queued && now.distance != 0 {
            now.is_queued = true;
            if now.distance == UNREACHABLE {
                now.part = 0.0;
            } else {
                self.workspace.heap.push(!(now.distance << self.shift | u64::from(vertex)));
            }
        }
        place
    }

    /// A site whose nearest start is raised may begin elsewhere.
    fn queue_starts(&mut self, vertex: u32) {
        if self.begins(vertex) > 0.0 {
            let network = self.network;
            for start in network.starts(network.site(VertexId(vertex))) {
                self.queue(start.0);
            }
        }
    }

    /// What the site of a start sends; 0 elsewhere.
    #[inline(always)]
    fn begins(&self, vertex: u32) -> f64 {
        match self.senders.at[vertex as usize] {
            NOTHING => 0.0,
            sender => self.aim.offered[sender as usize],
        }
    }

    /// What begins its way at a vertex that reaches the target.
    fn begins_at(&self, vertex: u32) -> f64 {
        let offered = self.begins(vertex);
        if offered == 0.0 || !self.senders.has_choice {
            return offered;
        }
        let starts = || self.network.starts(self.network.site(VertexId(vertex))).map(|start| (start.0, self.distance(start.0)));
        let nearest = starts().map(|(_, distance)| distance).min().unwrap_or(UNREACHABLE);
        let is_nearest = starts().any(|start| start == (vertex, nearest));
        if is_nearest { offered / as_f64(starts().filter(|start| start.1 == nearest).count()) } else { 0.0 }
    }

    /// What a lane carries now: the parts of all vertices that take it.
    fn share_of(&self, lane: LaneId) -> f64 {
        let (mut sum, mut last) = (0.0, None);
        for arc in self.network.arcs_of(lane.segment()) {
            let (step, tail) = (self.steps.along(arc), self.network.tails()[arc.index()]);
            if step.lane == lane && self.is_tight(tail, step.end, &step) && last.replace(tail) != Some(tail) {
                sum += self.part(tail);
            }
        }
        sum
    }

    /// Counts what nothing leads for any more, where that has changed.
    pub(super) fn count_unrouted(&mut self, number: u32) {
        let is_cut_off = |now: &Now| now.distance == UNREACHABLE && self.aim.parts[now.vertex as usize] > 0.0;
        if self.workspace.nows.iter().any(is_cut_off) {
            let is_unrouted = |site: SiteId| self.network.starts(site).all(|start| self.distance(start.0) == UNREACHABLE);
            let sent = self.senders.sites.iter().zip(&self.aim.offered).filter(|&(_, &offered)| offered > 0.0);
            let unrouted = sent.filter(|&(&site, _)| is_unrouted(site)).fold(0.0, |sum, (_, offered)| sum + offered);
            self.workspace.unrouted.push((number, unrouted));
        }
    }

    pub(super) fn put_back(&mut self) {
        let Workspace { places, nows, raised, .. } = &mut *self.workspace;
        nows.drain(..).for_each(|now| places[now.vertex as usize] = UNTOUCHED);
        raised.clear();
    }

    /// Makes the state of a vertex one that may change; says where it is.
    #[inline(always)]
    fn touch(&mut self, vertex: u32) -> usize {
        let Workspace { places, nows, .. } = &mut *self.workspace;
        let place = &mut places[vertex as usize];
        if *place == UNTOUCHED {
            *place = nows.len() as u32;
            nows.push(self.aim.sound(vertex));
        }
        *place as usize
    }

    /// The state of a vertex that was touched.
    #[inline(always)]
    fn touched(&mut self, vertex: u32) -> &mut Now {
        &mut self.workspace.nows[self.workspace.places[vertex as usize] as usize]
    }

    fn part(&self, vertex: u32) -> f64 {
        match self.workspace.places[vertex as usize] {
            UNTOUCHED => self.aim.parts[vertex as usize],
            place => self.workspace.nows[place as usize].part,
        }
    }

    #[inline(always)]
    fn is_raised(&self, vertex: u32) -> bool {
        let place = self.workspace.places[vertex as usize];
        place != UNTOUCHED && self.workspace.nows[place as usize].fate == Fate::Raised
    }

    fn distance(&self, vertex: u32) -> u64 {
        match self.workspace.places[vertex as usize] {
            UNTOUCHED => self.aim.ways[vertex as usize].distance,
            place => self.workspace.nows[place as usize].distance,
        }
    }

    /// Whether a step from a vertex is on a shortest way now.
    fn is_tight(&self, tail: u32, head: u32, step: &Step) -> bool {
        let to_go = self.distance(head);
        to_go != UNREACHABLE && self.distance(tail) == to_go + u64::from(step.cost) && !self.outage.is_lost(step.lane.segment())
    }
}
