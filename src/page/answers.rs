//! What the engine answers to every single loss, found beforehand and written down as what changes.
//!
//! Losses that take the same segments have one answer. Loads, routes and who has none are those of rerouting without
//! limit; what is delivered is what then finds room ([`Restoration::WithinCapacity`]). The page never finds a route.

use std::collections::BTreeMap;

use super::figures::Sound;
use super::pack::Packed;
use crate::capacity::Bottleneck;
use crate::demand::Request;
use crate::failure::impact::{Assessor, Impact, Restoration, Spec, Worker, networks};
use crate::failure::outages::{Counting, Element, ElementKind, elements};
use crate::network::{Compiled, Metric};
use crate::policy::Law;
use crate::topology::{SegmentId, TerritoryId};
use crate::units::Latency;

/// Entries that all lists of demands and territories hold together, at most, so that a page stays small.
const LISTED: usize = 9_000;

/// Different answers that a page holds, at most: beyond them, single segments are left to the program.
const ANSWERS: usize = 8_000;

/// Entries of each list: never fewer, never more.
const EACH: [usize; 2] = [3, 30];

/// Kinds of loss that are looked at, by the word that a link has for them.
pub(super) const KINDS: [(&str, ElementKind); 4] = [
    ("cable", ElementKind::Cable),
    ("gateway", ElementKind::Gateway),
    ("group", ElementKind::RiskGroup),
    ("segment", ElementKind::Segment),
];

/// The word for losses that the scenario names.
pub(super) const EVENT: &str = "event";

/// What can be lost at a click.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Loss {
    /// Word of its kind: one of [`KINDS`], or [`EVENT`].
    pub(super) kind: &'static str,
    /// What.
    pub(super) element: Element,
    /// Position of its answer.
    pub(super) answer: usize,
}

/// What a loss takes from a territory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Toll {
    /// Which.
    pub(super) territory: TerritoryId,
    /// What finds no room, Mbit/s; that of the sound network included.
    pub(super) unserved_mbps: u64,
    /// What is interrupted until rerouted, Mbit/s.
    pub(super) interrupted_mbps: u64,
}

/// One answer.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Answer {
    /// As the page reads it.
    pub(super) packed: String,
    /// What each territory notices, ascending.
    pub(super) tolls: Vec<Toll>,
    /// Territories that are cut off from all others, ascending.
    pub(super) isolated: Vec<TerritoryId>,
}

/// The sound network and every loss.
#[derive(Clone, Debug)]
pub(super) struct Answers {
    /// Nothing is lost.
    pub(super) sound: Answer,
    /// Load of each lane, then of each site's gateway, Mbit/s.
    pub(super) loads: Vec<u64>,
    /// What each can carry, Mbit/s; `None` where nobody knows.
    pub(super) capacities: Vec<Option<u64>>,
    /// Traffic with a lawful route, Mbit/s.
    pub(super) routed_mbps: u64,
    /// The same by territory.
    pub(super) routed_of: Vec<u64>,
    /// In order of kind, then of id; events before segments.
    pub(super) losses: Vec<Loss>,
    /// Each once; none where they are not answered beforehand.
    pub(super) answers: Vec<Answer>,
}

impl Answers {
    /// Tells whether every loss is answered.
    pub(super) fn are_all(&self) -> bool {
        !self.answers.is_empty() || self.losses.is_empty()
    }
}

/// Which losses are answered beforehand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Depth {
    /// None: only what there is to lose is listed.
    Sound,
    /// Every single one, and the events.
    Every,
    /// Every one if that is soon done: losses times requests stay below a bound. Else none.
    Soon,
}

/// Losses times requests with a route that are soon answered: a few seconds on one core.
const SOON: usize = 3_000_000;

/// The engine: what two assessors need, one that reroutes without limit, one that looks for room.
pub(super) struct Engine<'a> {
    law: &'a Law<'a>,
    free: Spec,
    tight: Spec,
    compiled: Compiled,
}

impl<'a> Engine<'a> {
    pub(super) fn new(law: &'a Law<'a>, requests: &[Request], metric: Metric) -> Self {
        let free = Spec { requests: requests.to_vec(), metric, restoration: Restoration::Reroute };
        let compiled = networks(law, &free);
        let tight = Spec { restoration: Restoration::WithinCapacity, ..free.clone() };
        Self { law, free, tight, compiled }
    }

    /// Routes everything with nothing lost, once.
    pub(super) fn ready(&self) -> Ready<'_> {
        let free = Assessor::new(self.law, &self.free, &self.compiled);
        let tight = free.restoring(&self.tight);
        Ready { law: self.law, free, tight }
    }

    /// Loads and capacities with nothing lost.
    pub(super) fn sound(&self) -> Sound {
        let free = Assessor::new(self.law, &self.free, &self.compiled);
        let loads = [free.sound_lanes(), free.sound_switching()].concat();
        Sound { loads, capacities: free.capacities().to_vec() }
    }
}

/// The engine, ready for any loss.
pub(super) struct Ready<'a> {
    law: &'a Law<'a>,
    free: Assessor<'a>,
    tight: Assessor<'a>,
}

impl Ready<'_> {
    /// Scratch for [`answer`](Self::answer).
    pub(super) fn workers(&self) -> [Worker<'_>; 2] {
        [self.free.worker(), self.tight.worker()]
    }

    /// Answers the loss of these segments, ascending, each once.
    pub(super) fn answer(&self, workers: &mut [Worker<'_>; 2], lost: &[SegmentId]) -> Answer {
        answer(&self.free, workers, lost, EACH[1])
    }

    /// Answers the sound network and, to a depth, every single loss and the events.
    pub(super) fn answers(&self, events: &[Element], depth: Depth) -> Answers {
        let free = &self.free;
        let (mut losses, lost) = losses(self.law, events);
        let listed = (LISTED / lost.len().max(1)).clamp(EACH[0], EACH[1]);
        let is_wanted = match depth {
            Depth::Sound => false,
            Depth::Every => true,
            Depth::Soon => lost.len().saturating_mul(self.free.routed()) <= SOON,
        };
        let count = if is_wanted { lost.len() } else { 0 };
        let answers = crate::parallel::map(count, || self.workers(), |workers, i| answer(free, workers, &lost[i], listed));
        losses.shrink_to_fit();
        Answers {
            sound: answer(free, &mut self.workers(), &[], 0),
            loads: [free.sound_lanes(), free.sound_switching()].concat(),
            capacities: free.capacities().to_vec(),
            routed_mbps: free.routed_mbps(),
            routed_of: free.routed_mbps_by_territory(),
            losses,
            answers,
        }
    }
}

/// All losses, and what each different one takes.
fn losses(law: &Law<'_>, events: &[Element]) -> (Vec<Loss>, Vec<Vec<SegmentId>>) {
    let (topology, day) = (law.topology(), law.policy().as_of);
    let mut numbers: BTreeMap<Vec<SegmentId>, usize> = BTreeMap::new();
    let (mut losses, mut lost) = (Vec::new(), Vec::new());
    let mut add = |kind, element: Element| {
        let known = numbers.get(&element.segments).copied();
        let is_known_by_name = kind == EVENT && known.is_some_and(|_| !element.name.contains(" + "));
        let is_too_much = kind == "segment" && known.is_none() && lost.len() >= ANSWERS;
        if element.segments.is_empty() || is_known_by_name || is_too_much {
            return;
        }
        let answer = known.unwrap_or_else(|| {
            numbers.insert(element.segments.clone(), lost.len());
            lost.push(element.segments.clone());
            lost.len() - 1
        });
        losses.push(Loss { kind, element, answer });
    };
    for (word, kind) in KINDS {
        if word == "segment" {
            events.iter().for_each(|element| add(EVENT, element.clone()));
        }
        elements(topology, day, kind, Counting::Segments).into_iter().for_each(|element| add(word, element));
    }
    (losses, lost)
}

fn answer(free: &Assessor<'_>, [rerouted, tight]: &mut [Worker<'_>; 2], lost: &[SegmentId], listed: usize) -> Answer {
    let impact = rerouted.assess(lost).clone();
    let unserved = tight.assess_again(rerouted).clone();
    let tolls: Vec<Toll> = tolls(&impact, &unserved);
    let lanes = free.sound_lanes().len();
    let mut packed = Packed::default();
    packed.count(free.routed_mbps() - unserved.unserved_mbps);
    for amount in [impact.interrupted_mbps, impact.unserved_mbps, impact.overload_mbps, impact.late_mbps] {
        packed.count(amount);
    }
    for count in [impact.touched, impact.parted_pairs, impact.overloaded, impact.late] {
        packed.index(count);
    }
    let position = |what: Bottleneck| match what {
        Bottleneck::Lane(lane) => lane.index(),
        Bottleneck::Gateway(site) => lanes + site.index(),
    };
    packed.maybe(impact.worst.map(|(what, _)| position(what) as u64));
    packed.maybe(impact.stretch_mean_ms.map(|ms| whole(ms * 1e3)));
    packed.count(impact.stretch_max.ns() / 1000);
    packed.index(impact.isolated.len());
    impact.isolated.iter().for_each(|territory| packed.index(territory.index()));
    list_tolls(&mut packed, &tolls, listed);
    let mut changes: Vec<(usize, i64)> = rerouted
        .changed_loads()
        .map(|(what, after)| {
            let sound = match what {
                Bottleneck::Lane(lane) => free.sound_lanes()[lane.index()],
                Bottleneck::Gateway(site) => free.sound_switching()[site.index()],
            };
            (position(what), after.cast_signed() - sound.cast_signed())
        })
        .filter(|&(place, change)| is_seen(free, place, change))
        .collect();
    changes.sort_unstable();
    packed.index(changes.len());
    let mut before = 0;
    for (place, change) in changes {
        packed.index(place - before);
        packed.push(change);
        before = place;
    }
    list_demands(&mut packed, rerouted, tight, listed);
    Answer { packed: packed.text(), tolls, isolated: impact.isolated }
}

/// Tells whether a change is told: it is a thousandth of the capacity or more, or what is overloaded changes at all.
fn is_seen(free: &Assessor<'_>, place: usize, change: i64) -> bool {
    let lanes = free.sound_lanes();
    let sound = if place < lanes.len() { lanes[place] } else { free.sound_switching()[place - lanes.len()] };
    match free.capacities()[place] {
        Some(capacity) => {
            let is_over = sound.max(sound.saturating_add_signed(change)) > capacity;
            change != 0 && (is_over || change.unsigned_abs().saturating_mul(1000) >= capacity)
        }
        None => change != 0,
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a stretch is never negative, and short")]
fn whole(number: f64) -> u64 {
    number.max(0.0).round() as u64
}

fn tolls(impact: &Impact, unserved: &Impact) -> Vec<Toll> {
    let mut tolls: BTreeMap<TerritoryId, [u64; 2]> = BTreeMap::new();
    for territory in &unserved.territories {
        tolls.entry(territory.territory).or_default()[0] = territory.unserved_mbps;
    }
    for territory in &impact.territories {
        tolls.entry(territory.territory).or_default()[1] = territory.interrupted_mbps;
    }
    let toll = |(territory, [unserved_mbps, interrupted_mbps]): (TerritoryId, [u64; 2])| Toll {
        territory,
        unserved_mbps,
        interrupted_mbps,
    };
    tolls.into_iter().map(toll).collect()
}

/// The worst first: by what is not served, then by what is interrupted.
fn list_tolls(packed: &mut Packed, tolls: &[Toll], listed: usize) {
    let mut order: Vec<&Toll> = tolls.iter().collect();
    order.sort_by_key(|toll| (std::cmp::Reverse((toll.unserved_mbps, toll.interrupted_mbps)), toll.territory));
    let listed = if listed == 0 { order.len() } else { listed.min(order.len()) };
    packed.index(order.len());
    packed.index(listed);
    for toll in &order[..listed] {
        packed.index(toll.territory.index());
        packed.count(toll.unserved_mbps);
        packed.count(toll.interrupted_mbps);
    }
}

/// What becomes of a demand.
#[derive(Clone, Copy, Debug, Default)]
struct Fate {
    before_mbps: u64,
    after_mbps: u64,
    latency: Option<[Latency; 2]>,
}

/// What loses most first; then what goes furthest out of its way, weighted by traffic.
fn list_demands(packed: &mut Packed, rerouted: &Worker<'_>, tight: &Worker<'_>, listed: usize) {
    let mut fates: BTreeMap<usize, Fate> = BTreeMap::new();
    for (request, before_mbps, after_mbps) in tight.changes() {
        fates.insert(request, Fate { before_mbps, after_mbps, latency: None });
    }
    for (request, before, after) in rerouted.detours() {
        fates.entry(request).or_default().latency = after.map(|after| [before, after]);
    }
    let stretch = |fate: &Fate| fate.latency.map_or(0, |[before, after]| after.ns().saturating_sub(before.ns()));
    let rank = |&(request, fate): &(usize, Fate)| {
        let weight = u128::from(stretch(&fate)) * u128::from(fate.before_mbps.max(1));
        (std::cmp::Reverse((fate.before_mbps.saturating_sub(fate.after_mbps), weight)), request)
    };
    let mut order: Vec<(usize, Fate)> = fates.into_iter().collect();
    order.sort_by_key(rank);
    packed.index(order.len());
    packed.index(order.len().min(listed));
    for (request, fate) in order.into_iter().take(listed) {
        packed.index(request);
        packed.count(fate.before_mbps);
        packed.count(fate.after_mbps);
        packed.maybe(fate.latency.map(|[before, _]| before.ns() / 1000));
        packed.count(fate.latency.map_or(0, |[_, after]| after.ns() / 1000));
    }
}
