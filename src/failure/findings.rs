//! What is found over many outages: the worst, and the worst for each lane, gateway and territory.
//!
//! Sums and maxima alone, so that those of rounds merge in order, and go to words and back for checkpoints. It judges
//! nothing.

use crate::capacity::Bottleneck;
use crate::failure::impact::{Assessor, Impact, Worker};
use crate::topology::{TerritoryId, Topology};

/// By what outages are ranked; the more, the worse. Ties go to the lower number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Measure {
    /// What is not carried after restoration, then what is interrupted.
    #[default]
    Unserved,
    /// What is interrupted before anything is restored, then what is not carried.
    Interrupted,
    /// Pairs without a route, then what is not carried.
    PartedPairs,
    /// The highest utilisation, then what is not carried.
    Utilisation,
}

/// One outage and where it ranks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ranked {
    /// Its number in the set.
    pub index: u64,
    /// The measure, and what breaks its ties; the more, the worse.
    pub by: (f64, u64),
}

/// The highest load of something over all outages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Peak {
    /// Mbit/s.
    pub load_mbps: u64,
    /// The outage that causes it, the lowest of several; `None` = none does more than the sound network.
    pub cause: Option<u64>,
}

/// What a territory suffers over all outages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Suffering {
    /// The most of its traffic that any outage leaves uncarried, Mbit/s.
    pub unserved_mbps: u64,
    /// The outage that does, the lowest of several; `None` = none leaves more than the sound network.
    pub unserved_by: Option<u64>,
    /// The most of its traffic that any outage interrupts, Mbit/s.
    pub interrupted_mbps: u64,
    /// The outage that does, the lowest of several.
    pub interrupted_by: Option<u64>,
    /// How many outages interrupt any of its traffic.
    pub touching: u64,
    /// How many isolate it.
    pub isolating: u64,
    /// Its uncarried traffic, summed over all outages that touch it, Mbit/s.
    pub unserved_sum_mbps: u128,
}

/// What was found over the outages judged so far.
#[derive(Clone, Debug, PartialEq)]
pub struct Findings {
    /// How many outages were judged: those with lower numbers.
    pub done: u64,
    /// How many there are.
    pub of: u64,
    /// The worst, worst first.
    pub worst: Vec<Ranked>,
    /// The highest load of each lane, the sound network included; length = lanes.
    pub lanes: Vec<Peak>,
    /// The highest load of each site's switching, the sound network included; length = sites.
    pub switching: Vec<Peak>,
    /// Length = territories.
    pub territories: Vec<Suffering>,
    /// How many outages touch no traffic at all.
    pub harmless: u64,
    /// How many part any pair.
    pub parting: u64,
    /// How many isolate any territory.
    pub isolating: u64,
    /// How many overload anything that was not overloaded before.
    pub overloading: u64,
    /// Requests touched, summed over all outages: what the work grows with.
    pub touched: u64,
    /// Uncarried traffic, summed over all outages, Mbit/s.
    pub unserved_sum_mbps: u128,
}

/// How large findings are, and what is kept of the worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Lanes, sites, territories.
    pub sizes: [usize; 3],
    /// Outages in the set.
    pub of: u64,
    /// By what outages are ranked.
    pub measure: Measure,
    /// How many of the worst are kept.
    pub keep: usize,
}

impl Shape {
    /// Of the outages of a set in a topology.
    #[must_use]
    pub fn new(topology: &Topology, of: u64, (measure, keep): (Measure, usize)) -> Self {
        let sizes = [2 * topology.segment_count(), topology.site_count(), topology.territories().len()];
        Self { sizes, of, measure, keep }
    }
}

impl Findings {
    /// Nothing judged yet, no loads.
    #[must_use]
    pub fn new(shape: &Shape) -> Self {
        let [lanes, sites, territories] = shape.sizes;
        Self {
            done: 0,
            of: shape.of,
            worst: Vec::new(),
            lanes: vec![Peak::default(); lanes],
            switching: vec![Peak::default(); sites],
            territories: vec![Suffering::default(); territories],
            harmless: 0,
            parting: 0,
            isolating: 0,
            overloading: 0,
            touched: 0,
            unserved_sum_mbps: 0,
        }
    }

    /// Nothing judged yet, with the loads of the sound network.
    pub(super) fn sound(shape: &Shape, assessor: &Assessor<'_>) -> Self {
        let mut findings = Self::new(shape);
        findings.lanes.iter_mut().zip(assessor.sound_lanes()).for_each(|(peak, &load_mbps)| peak.load_mbps = load_mbps);
        findings.switching.iter_mut().zip(assessor.sound_switching()).for_each(|(peak, &load_mbps)| peak.load_mbps = load_mbps);
        findings
    }

    /// Whether every outage was judged.
    #[must_use]
    pub const fn is_complete(&self) -> bool {
        self.done == self.of
    }

    /// The territories, each with what it suffers.
    pub fn territories(&self) -> impl Iterator<Item = (TerritoryId, &Suffering)> {
        self.territories.iter().enumerate().map(|(i, suffering)| (TerritoryId::from_index(i), suffering))
    }

    /// Takes in what the outage did that a worker judged last.
    pub(super) fn note(&mut self, index: u64, assessor: &Assessor<'_>, worker: &Worker<'_>, shape: &Shape) {
        let impact = worker.impact();
        self.done += 1;
        self.harmless += u64::from(impact.touched == 0);
        self.parting += u64::from(impact.parted_pairs > 0);
        self.isolating += u64::from(!impact.isolated.is_empty());
        self.overloading += u64::from(impact.overload_mbps > assessor.sound_overload_mbps());
        self.touched += impact.touched as u64;
        self.unserved_sum_mbps += u128::from(impact.unserved_mbps);
        for (what, load_mbps) in worker.changed_loads() {
            let peak = match what {
                Bottleneck::Lane(lane) => &mut self.lanes[lane.index()],
                Bottleneck::Gateway(site) => &mut self.switching[site.index()],
            };
            peak.raise(Peak { load_mbps, cause: Some(index) });
        }
        for impact in &impact.territories {
            let now = Suffering {
                unserved_mbps: impact.unserved_mbps,
                unserved_by: Some(index),
                interrupted_mbps: impact.interrupted_mbps,
                interrupted_by: Some(index),
                touching: u64::from(impact.interrupted_mbps > 0),
                isolating: 0,
                unserved_sum_mbps: u128::from(impact.unserved_mbps),
            };
            self.territories[impact.territory.index()].add(now);
        }
        for territory in &impact.isolated {
            self.territories[territory.index()].isolating += 1;
        }
        self.keep(Ranked { index, by: rank(shape.measure, impact) }, shape.keep);
    }

    /// Puts an outage in its place; one that ranks with another goes behind it.
    fn keep(&mut self, ranked: Ranked, keep: usize) {
        if self.worst.len() < keep || self.worst.last().is_some_and(|last| ranked.by > last.by) {
            let place = self.worst.partition_point(|other| other.by >= ranked.by);
            self.worst.insert(place, ranked);
            self.worst.truncate(keep);
        }
    }

    /// Adds what was found over the outages after these.
    pub(super) fn merge(&mut self, later: Self, shape: &Shape) {
        self.done += later.done;
        self.harmless += later.harmless;
        self.parting += later.parting;
        self.isolating += later.isolating;
        self.overloading += later.overloading;
        self.touched += later.touched;
        self.unserved_sum_mbps += later.unserved_sum_mbps;
        self.lanes.iter_mut().zip(later.lanes).for_each(|(peak, later)| peak.raise(later));
        self.switching.iter_mut().zip(later.switching).for_each(|(peak, later)| peak.raise(later));
        self.territories.iter_mut().zip(later.territories).for_each(|(suffering, later)| suffering.add(later));
        later.worst.into_iter().for_each(|ranked| self.keep(ranked, shape.keep));
    }

    /// Takes in the next round from a checkpoint; tells whether the words are one.
    pub fn take(&mut self, shape: &Shape, words: &[u64]) -> bool {
        let Some(found) = Self::from_words(shape, words) else { return false };
        self.merge(found, shape);
        true
    }

    /// What was found in words, for checkpoints: counts, then of each list how many entries and those that say anything.
    #[must_use]
    pub fn to_words(&self) -> Vec<u64> {
        let [sum_high, sum_low] = halves(self.unserved_sum_mbps);
        let mut words = vec![self.done, self.harmless, self.parting, self.isolating, self.overloading, self.touched];
        words.extend([sum_high, sum_low]);
        for peaks in [&self.lanes, &self.switching] {
            let raised = || (0u64..).zip(peaks).filter_map(|(place, peak)| Some([place, peak.load_mbps, peak.cause?]));
            words.push(raised().count() as u64);
            words.extend(raised().flatten());
        }
        let suffering = || (0u64..).zip(&self.territories).filter(|(_, suffering)| **suffering != Suffering::default());
        words.push(suffering().count() as u64);
        words.extend(suffering().flat_map(|(place, suffering)| {
            let words = suffering.to_words();
            std::iter::once(place).chain(words)
        }));
        words.push(self.worst.len() as u64);
        words.extend(self.worst.iter().flat_map(|ranked| [ranked.index, ranked.by.0.to_bits(), ranked.by.1]));
        words
    }

    /// What [`Findings::to_words`] gave for findings of this shape; `None` if it is none.
    #[must_use]
    pub fn from_words(shape: &Shape, words: &[u64]) -> Option<Self> {
        let mut words = words.iter().copied();
        let mut found = Self::new(shape);
        for count in [
            &mut found.done,
            &mut found.harmless,
            &mut found.parting,
            &mut found.isolating,
            &mut found.overloading,
            &mut found.touched,
        ] {
            *count = words.next()?;
        }
        found.unserved_sum_mbps = whole([words.next()?, words.next()?]);
        for peaks in [&mut found.lanes, &mut found.switching] {
            for _ in 0..words.next()? {
                let place = usize::try_from(words.next()?).ok()?;
                *peaks.get_mut(place)? = Peak { load_mbps: words.next()?, cause: Some(words.next()?) };
            }
        }
        for _ in 0..words.next()? {
            let place = usize::try_from(words.next()?).ok()?;
            *found.territories.get_mut(place)? = Suffering::from_words(&mut words)?;
        }
        for _ in 0..words.next()? {
            let ranked = Ranked { index: words.next()?, by: (f64::from_bits(words.next()?), words.next()?) };
            if ranked.index >= shape.of || !ranked.by.0.is_finite() {
                return None;
            }
            found.worst.push(ranked);
        }
        (words.next().is_none() && found.done <= shape.of && found.worst.len() <= shape.keep).then_some(found)
    }
}

impl Peak {
    fn raise(&mut self, later: Self) {
        if later.cause.is_some() && later.load_mbps > self.load_mbps {
            *self = later;
        }
    }
}

impl Suffering {
    fn add(&mut self, later: Self) {
        if later.unserved_mbps > self.unserved_mbps {
            (self.unserved_mbps, self.unserved_by) = (later.unserved_mbps, later.unserved_by);
        }
        if later.interrupted_mbps > self.interrupted_mbps {
            (self.interrupted_mbps, self.interrupted_by) = (later.interrupted_mbps, later.interrupted_by);
        }
        self.touching += later.touching;
        self.isolating += later.isolating;
        self.unserved_sum_mbps += later.unserved_sum_mbps;
    }

    /// One more than the number of an outage, 0 of none.
    fn to_words(self) -> [u64; 8] {
        let number = |outage: Option<u64>| outage.map_or(0, |index| index + 1);
        let [sum_high, sum_low] = halves(self.unserved_sum_mbps);
        let unserved = [self.unserved_mbps, number(self.unserved_by)];
        let interrupted = [self.interrupted_mbps, number(self.interrupted_by)];
        let [[a, b], [c, d]] = [unserved, interrupted];
        [a, b, c, d, self.touching, self.isolating, sum_high, sum_low]
    }

    fn from_words(words: &mut impl Iterator<Item = u64>) -> Option<Self> {
        Some(Self {
            unserved_mbps: words.next()?,
            unserved_by: words.next()?.checked_sub(1),
            interrupted_mbps: words.next()?,
            interrupted_by: words.next()?.checked_sub(1),
            touching: words.next()?,
            isolating: words.next()?,
            unserved_sum_mbps: whole([words.next()?, words.next()?]),
        })
    }
}

#[expect(clippy::cast_possible_truncation, reason = "halves of 128 bits")]
const fn halves(sum: u128) -> [u64; 2] {
    [(sum >> 64) as u64, sum as u64]
}

fn whole([high, low]: [u64; 2]) -> u128 {
    u128::from(high) << 64 | u128::from(low)
}

pub(super) fn rank(measure: Measure, impact: &Impact) -> (f64, u64) {
    #[expect(clippy::cast_precision_loss, reason = "below 2^53")]
    let first = match measure {
        Measure::Unserved => return (impact.unserved_mbps as f64, impact.interrupted_mbps),
        Measure::Interrupted => impact.interrupted_mbps as f64,
        Measure::PartedPairs => impact.parted_pairs as f64,
        Measure::Utilisation => impact.worst.map_or(0.0, |(_, utilisation)| utilisation),
    };
    (first, impact.unserved_mbps)
}
