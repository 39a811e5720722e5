//! Every outage of a set, one after the other on all threads: the worst of them, and the worst for each lane, gateway and
//! territory.
//!
//! It adds up while it runs and keeps no states, so that memory grows with the network and not with the outages. It knows
//! no probabilities: every outage counts once.

use std::ops::{ControlFlow, Range};

use crate::failure::findings::{Findings, Measure, Ranked, Shape};
use crate::failure::impact::{Assessor, Impact, Restoration};
use crate::failure::outages::OutageSet;
use crate::parallel;

/// Blocks of a round, the units of work; they are no part of the result. Some outages take many times as long as others.
const BLOCKS: u64 = 64;

/// Outages per round: so many are told, and kept in a checkpoint, together. Each linear program is work enough.
#[must_use]
pub const fn round(restoration: Restoration) -> u64 {
    match restoration {
        Restoration::Optimal => BLOCKS,
        _ => 64 * BLOCKS,
    }
}

/// One outage and what it does.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// Its number in the set.
    pub index: u64,
    /// What it does.
    pub impact: Impact,
}

/// Judges every outage of a set and keeps the so many worst by a measure.
///
/// Outages of several elements reuse what is learnt of each alone. The same at any thread count.
///
/// Time is that of [`Worker::assess`](super::impact::Worker::assess) for each; memory is that of the network, the routes
/// under the loss of each element, and the worst.
pub fn sweep(assessor: &mut Assessor<'_>, set: &OutageSet, ranking: (Measure, usize)) -> Findings {
    let shape = Shape::new(assessor.topology(), set.len(), ranking);
    go_on(assessor, set, &shape, Findings::new(&shape), &|| true, &mut |_| ControlFlow::Continue(()))
}

/// Goes on with a sweep of which so much was found before.
///
/// `goes_on` is asked before each outage; once it says no, the round under way is left out, and the findings are those of
/// the outages with lower numbers. `keep` gets what each further [`round`] found.
pub fn go_on(
    assessor: &mut Assessor<'_>,
    set: &OutageSet,
    shape: &Shape,
    before: Findings,
    goes_on: &(impl Fn() -> bool + Sync),
    keep: &mut dyn FnMut(&Findings) -> ControlFlow<()>,
) -> Findings {
    let mut findings = Findings::sound(shape, assessor);
    findings.merge(before, shape);
    if set.is_of_several() && !findings.is_complete() {
        assessor.learn(set.elements());
    }
    let assessor = &*assessor;
    while !findings.is_complete() {
        let first = findings.done;
        let end = set.len().min(first + round(assessor.restoration()));
        let mut of_round = Findings::new(shape);
        while first + of_round.done < end {
            let Some(found) = batch(assessor, set, shape, first + of_round.done..end, goes_on) else { return findings };
            of_round.merge(found, shape);
        }
        let flow = keep(&of_round);
        findings.merge(of_round, shape);
        if flow.is_break() {
            break;
        }
    }
    findings
}

/// Judges some of a round's outages, from its first on; `None` if it does not go on.
///
/// Those of one element are rerouted together, as many as can be; those of several have most of their routes from what is
/// learnt.
fn batch(
    assessor: &Assessor<'_>,
    set: &OutageSet,
    shape: &Shape,
    of_round: Range<u64>,
    goes_on: &(impl Fn() -> bool + Sync),
) -> Option<Findings> {
    let first = of_round.start;
    let (mut end, mut together) = (of_round.end, None);
    if !set.is_of_several() {
        let (mut members, mut lost) = (Vec::new(), Vec::new());
        let outages = assessor.batch(of_round.map(|index| {
            set.lost(index, &mut members, &mut lost);
            lost.clone()
        }));
        end = first + outages.len() as u64;
        together = Some(assessor.reroute_all(outages, goes_on)?);
    }
    let block = (end - first).div_ceil(BLOCKS);
    let blocks = usize::try_from((end - first).div_ceil(block)).expect("a round is short");
    let scratch = || (assessor.worker(), Vec::new(), Vec::new());
    let found = parallel::map(blocks, scratch, |(worker, members, lost), i| {
        let start = first + i as u64 * block;
        let mut found = Findings::new(shape);
        for index in start..end.min(start + block) {
            if !goes_on() {
                return None;
            }
            if let Some(together) = &together {
                worker.assess_rerouted(together, usize::try_from(index - first).expect("a batch is in memory"));
            } else {
                set.lost(index, members, lost);
                worker.assess_elements(lost, members);
            }
            found.note(index, assessor, worker, shape);
        }
        Some(found)
    });
    let mut of_batch = Findings::new(shape);
    found.into_iter().collect::<Option<Vec<_>>>()?.into_iter().for_each(|found| of_batch.merge(found, shape));
    Some(of_batch)
}

/// What each of some outages does.
#[must_use]
pub fn cases(assessor: &Assessor<'_>, set: &OutageSet, ranked: &[Ranked]) -> Vec<Case> {
    let (mut worker, mut members, mut lost) = (assessor.worker(), Vec::new(), Vec::new());
    let case = |ranked: &Ranked| {
        set.lost(ranked.index, &mut members, &mut lost);
        Case { index: ranked.index, impact: worker.assess(&lost).clone() }
    };
    ranked.iter().map(case).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capacity::Bottleneck;
    use crate::demand::Request;
    use crate::failure::findings::{Peak, rank};
    use crate::failure::impact::{Restoration, Spec, networks};
    use crate::failure::outages::{Counting, ElementKind, elements};
    use crate::network::Metric;
    use crate::policy::{Law, Policy, Profile, Query};
    use crate::testing::{day, random_international};
    use crate::topology::{Service, SiteId, Topology};
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
                        let mut assessor = Assessor::new(&law, &spec, &compiled);
                        let found = sweep(&mut assessor, &set, ranking);
                        (super::cases(&assessor, &set, &found.worst), found)
                    });
                    let (worst, found) = found.unwrap();
                    assert!(found.is_complete());
                    assert_eq!(worst, cases, "seed {seed}, {together} together");
                    assert_eq!(found.lanes, peaks, "seed {seed}, {together} together");
                }
            }
        }
    }

    #[test]
    fn a_sweep_that_is_broken_off_anywhere_goes_on_from_its_words_to_the_same_findings() {
        let topology = random_international(1);
        let policy = Policy::new(Profile::Physical, day());
        let law = Law::new(&topology, &policy);
        let spec = Spec { requests: requests(&topology), metric: Metric::Latency, restoration: Restoration::Reroute };
        let compiled = networks(&law, &spec);
        // The same segments many times over: outages enough for three rounds.
        let segments = elements(&topology, day(), ElementKind::Segment, Counting::Segments);
        let set = OutageSet::every(segments.iter().cycle().take(42).cloned().collect(), 3);
        let mut assessor = Assessor::new(&law, &spec, &compiled);
        let shape = Shape::new(&topology, set.len(), (Measure::Unserved, 3));
        let whole = sweep(&mut assessor, &set, (shape.measure, shape.keep));
        assert!(whole.done > 2 * round(spec.restoration), "{} outages", whole.done);
        let (mut kept, mut breaks) = (Findings::new(&shape), 0);
        loop {
            let (asked, mut words) = (std::sync::atomic::AtomicU64::new(0), Vec::new());
            // Each attempt ends in the middle of its second round.
            let goes_on = || asked.fetch_add(1, std::sync::atomic::Ordering::Relaxed) < round(spec.restoration) * 3 / 2;
            let found = go_on(&mut assessor, &set, &shape, kept.clone(), &goes_on, &mut |found| {
                words.push(found.to_words());
                ControlFlow::Continue(())
            });
            for words in words {
                assert_eq!(Findings::from_words(&shape, &words[..words.len() - 1]), None);
                kept.merge(Findings::from_words(&shape, &words).unwrap(), &shape);
            }
            assert_eq!(kept.done, found.done, "what is told is what is kept");
            if found.is_complete() {
                assert_eq!(found, whole);
                break;
            }
            breaks += 1;
        }
        assert!(breaks >= 2);
    }
}
