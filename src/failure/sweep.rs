//! Every outage of a set, one after the other on all threads: the worst of them, and the worst for each lane, gateway and
//! territory.
//!
//! It adds up while it runs and keeps no states, so that memory grows with the network and not with the outages. It knows
//! no probabilities: every outage counts once.

use crate::capacity::Bottleneck;
use crate::failure::impact::{Assessor, Impact, Worker};
use crate::failure::outages::OutageSet;
use crate::parallel;
use crate::topology::{TerritoryId, Topology};

/// Outages per block, the unit of work; it is no part of the result.
const BLOCK: u64 = 128;
/// Blocks between one look at whether to go on and the next.
const ROUND: u64 = 32;

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

/// One outage and what it does.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// Its number in the set.
    pub index: u64,
    /// What it does.
    pub impact: Impact,
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
    pub worst: Vec<Case>,
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

impl Findings {
    /// Nothing judged yet.
    fn new(topology: &Topology, of: u64) -> Self {
        Self {
            done: 0,
            of,
            worst: Vec::new(),
            lanes: vec![Peak::default(); 2 * topology.segment_count()],
            switching: vec![Peak::default(); topology.site_count()],
            territories: vec![Suffering::default(); topology.territories().len()],
            harmless: 0,
            parting: 0,
            isolating: 0,
            overloading: 0,
            touched: 0,
            unserved_sum_mbps: 0,
        }
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

    fn note(&mut self, index: u64, assessor: &Assessor<'_>, worker: &Worker<'_>, (measure, keep): (Measure, usize)) {
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
        let is_full = self.worst.len() >= keep;
        if keep > 0 && (!is_full || self.worst.last().is_some_and(|last| rank(measure, impact) > rank(measure, &last.impact))) {
            self.keep(Case { index, impact: impact.clone() }, measure, keep);
        }
    }

    /// Puts a case in its place; one that ranks with another goes behind it.
    fn keep(&mut self, case: Case, measure: Measure, keep: usize) {
        let of = rank(measure, &case.impact);
        let place = self.worst.partition_point(|other| rank(measure, &other.impact) >= of);
        self.worst.insert(place, case);
        self.worst.truncate(keep);
    }

    /// Adds what was found over the outages after these.
    fn merge(&mut self, later: Self, (measure, keep): (Measure, usize)) {
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
        for case in later.worst {
            self.keep(case, measure, keep);
        }
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
}

fn rank(measure: Measure, impact: &Impact) -> (f64, u64) {
    #[expect(clippy::cast_precision_loss, reason = "below 2^53")]
    let first = match measure {
        Measure::Unserved => return (impact.unserved_mbps as f64, impact.interrupted_mbps),
        Measure::Interrupted => impact.interrupted_mbps as f64,
        Measure::PartedPairs => impact.parted_pairs as f64,
        Measure::Utilisation => impact.worst.map_or(0.0, |(_, utilisation)| utilisation),
    };
    (first, impact.unserved_mbps)
}

/// Judges every outage of a set and keeps the `keep` worst by a measure.
///
/// Outages of several elements reuse what is learnt of each alone. `goes_on` is asked before each round of some thousand
/// outages; once it says no, the findings are those of the outages with lower numbers. The same at any thread count.
///
/// Time is that of [`Worker::assess`] for each; memory is that of the network, the routes under the loss of each element,
/// and the worst.
pub fn sweep(
    assessor: &mut Assessor<'_>,
    set: &OutageSet,
    ranking: (Measure, usize),
    mut goes_on: impl FnMut() -> bool,
) -> Findings {
    let topology = assessor.topology();
    let mut findings = Findings::new(topology, set.len());
    findings.lanes.iter_mut().zip(assessor.sound_lanes()).for_each(|(peak, &load_mbps)| peak.load_mbps = load_mbps);
    findings.switching.iter_mut().zip(assessor.sound_switching()).for_each(|(peak, &load_mbps)| peak.load_mbps = load_mbps);
    if set.is_of_several() {
        assessor.learn(set.elements());
    }
    let assessor = &*assessor;
    while !findings.is_complete() && goes_on() {
        let first = findings.done;
        let blocks = (set.len() - first).div_ceil(BLOCK).min(ROUND);
        let scratch = || (assessor.worker(), Vec::new(), Vec::new());
        let found = parallel::map(usize::try_from(blocks).expect("a round is short"), scratch, |(worker, members, lost), i| {
            let start = first + i as u64 * BLOCK;
            let mut found = Findings::new(topology, set.len());
            for index in start..set.len().min(start + BLOCK) {
                set.lost(index, members, lost);
                worker.assess_elements(lost, members);
                found.note(index, assessor, worker, ranking);
            }
            found
        });
        found.into_iter().for_each(|found| findings.merge(found, ranking));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demand::Request;
    use crate::failure::impact::{Restoration, Spec, networks};
    use crate::failure::outages::{Counting, ElementKind, elements};
    use crate::network::Metric;
    use crate::policy::{Law, Policy, Profile, Query};
    use crate::testing::{day, random_international};
    use crate::topology::{Service, SiteId};
    use crate::units::Bandwidth;

    fn requests(topology: &Topology) -> Vec<Request> {
        let sites: Vec<SiteId> = topology.sites().map(|(site, _)| site).collect();
        let pairs = sites.iter().flat_map(|&from| sites.iter().map(move |&to| (from, to))).filter(|(from, to)| from != to);
        pairs
            .enumerate()
            .map(|(i, (from, to))| {
                let query = Query { from, to, service: Service::Leased, operator: None };
                Request { traffic: Bandwidth::from_mbps(100 + i as u64), ..Request::question(format!("{i}"), query) }
            })
            .collect()
    }

    /// One after the other, from scratch, all kept.
    fn by_hand(assessor: &Assessor<'_>, set: &OutageSet, (measure, keep): (Measure, usize)) -> (Vec<Case>, Vec<Peak>) {
        let (mut cases, mut members, mut lost) = (Vec::new(), Vec::new(), Vec::new());
        let mut peaks: Vec<Peak> = assessor.sound_lanes().iter().map(|&load_mbps| Peak { load_mbps, cause: None }).collect();
        for index in 0..set.len() {
            set.lost(index, &mut members, &mut lost);
            let mut worker = assessor.worker();
            let impact = worker.assess(&lost).clone();
            for (what, load_mbps) in worker.changed_loads() {
                if let Bottleneck::Lane(lane) = what
                    && load_mbps > peaks[lane.index()].load_mbps
                {
                    peaks[lane.index()] = Peak { load_mbps, cause: Some(index) };
                }
            }
            cases.push(Case { index, impact });
        }
        cases
            .sort_by(|a, b| rank(measure, &b.impact).partial_cmp(&rank(measure, &a.impact)).unwrap().then(a.index.cmp(&b.index)));
        cases.truncate(keep);
        (cases, peaks)
    }

    #[test]
    fn a_sweep_finds_what_one_outage_after_the_other_gives() {
        for seed in 0..60 {
            let topology = random_international(seed);
            let policy = Policy::new([Profile::Lawful, Profile::Physical][usize::from(seed % 2 == 1)], day());
            let law = Law::new(&topology, &policy);
            let restoration =
                [Restoration::Reroute, Restoration::WithinCapacity, Restoration::Cascade { trip: 1.0 }][seed as usize % 3];
            let spec = Spec { requests: requests(&topology), metric: Metric::Latency, restoration };
            let compiled = networks(&law, &spec);
            for together in 1..=3 {
                let set = OutageSet::every(elements(&topology, day(), ElementKind::Segment, Counting::Segments), together);
                let ranking = ([Measure::Unserved, Measure::Utilisation][seed as usize % 2], 7);
                let (cases, peaks) = by_hand(&Assessor::new(&law, &spec, &compiled), &set, ranking);
                for threads in [1, 3] {
                    let found = parallel::with_threads(std::num::NonZeroUsize::new(threads), || {
                        sweep(&mut Assessor::new(&law, &spec, &compiled), &set, ranking, || true)
                    });
                    let found = found.unwrap();
                    assert!(found.is_complete());
                    assert_eq!(found.worst, cases, "seed {seed}, {together} together");
                    assert_eq!(found.lanes, peaks, "seed {seed}, {together} together");
                }
            }
        }
    }

    #[test]
    fn a_sweep_that_is_stopped_says_how_far_it_got() {
        let topology = random_international(1);
        let policy = Policy::new(Profile::Physical, day());
        let law = Law::new(&topology, &policy);
        let spec = Spec { requests: requests(&topology), metric: Metric::Latency, restoration: Restoration::Reroute };
        let compiled = networks(&law, &spec);
        let set = OutageSet::every(elements(&topology, day(), ElementKind::Segment, Counting::Segments), 6);
        let mut rounds = 0;
        let found = sweep(&mut Assessor::new(&law, &spec, &compiled), &set, (Measure::Unserved, 3), || {
            rounds += 1;
            rounds < 2
        });
        assert_eq!(found.done, set.len().min(BLOCK * ROUND));
        assert_eq!(found.is_complete(), set.len() <= BLOCK * ROUND);
    }
}
