//! Who is to blame: how much less traffic would go unserved in a year if a cable, a station or a corridor never failed.
//!
//! Every fault is judged by itself, after restoration: its share of time times what is not carried meanwhile. So this is
//! the first order of the losses of years. It is too low where faults meet, as they do more harm together than apart
//! wherever there is a second way, and where repairs wait for ships; it is a little too high where nothing is left to
//! lose. A cable answers for faults of its segments; what breaks several cables at once is charged to the corridor.

use std::collections::BTreeMap;

use crate::demand::Request;
use crate::failure::bounds::Interval;
use crate::failure::hazard::{HOURS_PER_YEAR, Hazards};
use crate::failure::impact::{Assessor, Restoration, Spec, networks};
use crate::failure::moment::{Moment, outcomes};
use crate::failure::timeline::compile::compile;
use crate::failure::timeline::model::{Model, PartId};
use crate::failure::timeline::summary::TB_PER_MBPS_HOUR;
use crate::network::Metric;
use crate::parallel;
use crate::policy::Law;
use crate::topology::{SegmentId, Topology};

/// Of what one common cause may have broken, the likeliest so many are judged; the rest is bounded.
const OUTCOMES_MAX: usize = 512;
/// Outages judged between one look at whether to go on and the next.
const ROUND: usize = 4_096;

/// What is asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Blame {
    /// Out of service from the beginning: it cannot fail any more.
    pub down: Vec<SegmentId>,
    /// What becomes of traffic whose route is lost.
    pub restoration: Restoration,
}

/// What kind of thing answers for faults.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A cable, for the faults of its segments.
    Cable,
    /// A landing station.
    Station,
    /// A risk group, for what it breaks at once.
    RiskGroup,
}

/// Something that fails, and what that costs.
#[derive(Clone, Debug, PartialEq)]
pub struct Culprit {
    /// Its kind.
    pub kind: Kind,
    /// Its id in the topology.
    pub name: String,
    /// Faults, or events of a risk group.
    pub faults_per_year: f64,
    /// Hours in a year with something of it broken, as the sum over its faults.
    pub down_h_per_year: f64,
    /// Traffic whose usual route is out, TB a year.
    pub interrupted_tb_per_year: Interval,
    /// Traffic not carried after restoration, TB a year: what would be spared if it never failed.
    pub unserved_tb_per_year: Interval,
    /// Ids of what the fault breaks that adds the most unserved traffic, then the most interrupted; none if no fault of
    /// it touches any traffic.
    pub worst_fault: Vec<String>,
}

impl Culprit {
    /// Mean hours from a fault until all is mended; `None` where nothing ever breaks.
    #[must_use]
    pub fn mean_down_h(&self) -> Option<f64> {
        (self.faults_per_year > 0.0).then(|| self.down_h_per_year / self.faults_per_year)
    }

    /// Unserved traffic while it is down, Mbit/s in the mean; `None` where nothing ever breaks.
    #[must_use]
    pub fn mean_unserved_mbps(&self) -> Option<f64> {
        let tb_per_mbps = self.down_h_per_year * TB_PER_MBPS_HOUR;
        (tb_per_mbps > 0.0).then(|| self.unserved_tb_per_year.optimistic / tb_per_mbps)
    }
}

/// What was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// All that may fail, by falling unserved, then interrupted traffic, then kind and name.
    pub culprits: Vec<Culprit>,
    /// Of all of them, TB a year.
    pub unserved_tb_per_year: f64,
    /// Of all of them, TB a year.
    pub interrupted_tb_per_year: f64,
    /// Outages judged.
    pub outages: usize,
}

/// One fault to be judged.
struct Fault {
    /// Position of its culprit.
    culprit: usize,
    /// Share of time; that of the rest for all that a cause may break.
    share: f64,
    /// Whether it stands for outcomes that are not judged, as the worst that they may do.
    is_rest: bool,
    parts: Vec<PartId>,
}

/// What a fault costs, in Mbit/s while it lasts.
#[derive(Clone, Copy, Default)]
struct Cost {
    unserved: f64,
    interrupted: f64,
}

/// Judges every fault by itself; `None` if `goes_on` said no before the end.
///
/// Traffic that is not carried even in the sound network is nobody's fault. Of a common cause the likeliest 512 outcomes
/// are judged; the others lie between no harm and that of all it may hit. O(segments + outcomes) assessments, each as
/// [`Worker::assess`](crate::failure::impact::Worker::assess). The same result at any number of threads.
#[must_use]
pub fn run(
    law: &Law<'_>,
    (requests, metric): (&[Request], Metric),
    asked: &Blame,
    hazards: &Hazards,
    goes_on: impl Fn() -> bool,
) -> Option<Outcome> {
    let law = &law.without(asked.down.iter().copied());
    let model = compile(law.topology(), law.policy().as_of, hazards);
    let (mut culprits, faults) = faults(law.topology(), &model);
    let spec = Spec { requests: requests.to_vec(), metric, restoration: asked.restoration };
    let compiled = networks(law, &spec);
    let assessor = Assessor::new(law, &spec, &compiled);
    let sound_mbps = assessor.worker().assess(&[]).unserved_mbps;
    let mut costs: Vec<Cost> = Vec::with_capacity(faults.len());
    for round in faults.chunks(ROUND) {
        if !goes_on() {
            return None;
        }
        costs.extend(parallel::map(
            round.len(),
            || assessor.worker(),
            |worker, i| {
                let impact = worker.assess(&segments(&model, &round[i].parts));
                let [unserved, sound, interrupted] = [impact.unserved_mbps, sound_mbps, impact.interrupted_mbps].map(float);
                Cost { unserved: unserved - sound, interrupted }
            },
        ));
    }
    charge(&mut culprits, &model, &faults, &costs);
    let sum = |of: fn(&Culprit) -> f64| culprits.iter().map(of).sum::<f64>();
    Some(Outcome {
        unserved_tb_per_year: sum(|culprit| culprit.unserved_tb_per_year.optimistic),
        interrupted_tb_per_year: sum(|culprit| culprit.interrupted_tb_per_year.optimistic),
        outages: faults.len(),
        culprits: ranked(culprits),
    })
}

/// All that answers for faults, and all faults.
fn faults(topology: &Topology, model: &Model) -> (Vec<Culprit>, Vec<Fault>) {
    let moment = Moment::of(model);
    let (mut culprits, mut faults) = (Vec::new(), Vec::new());
    let mut of_cable: BTreeMap<&str, usize> = BTreeMap::new();
    for (i, (part, &share)) in model.parts().iter().zip(&moment.own).enumerate().filter(|(_, (_, share))| **share > 0.0) {
        let culprit = if part.name.starts_with("segment ") {
            let cable = topology.cable(topology.segment(part.segments[0]).cable).id.as_str();
            *of_cable.entry(cable).or_insert_with(|| add(&mut culprits, Kind::Cable, cable))
        } else {
            add(&mut culprits, Kind::Station, id(&part.name))
        };
        // A part does not fail while it is down.
        culprits[culprit].faults_per_year += part.faults_per_year * (1.0 - share);
        culprits[culprit].down_h_per_year += share * HOURS_PER_YEAR;
        faults.push(Fault { culprit, share, is_rest: false, parts: vec![PartId::from_index(i)] });
    }
    for (event, cause) in model.events().iter().zip(&moment.causes) {
        let culprit = add(&mut culprits, Kind::RiskGroup, id(&event.name));
        let mut rest = 1.0;
        for (parts, share) in outcomes(cause).into_iter().take(OUTCOMES_MAX) {
            rest -= share;
            if !parts.is_empty() {
                culprits[culprit].down_h_per_year += share * HOURS_PER_YEAR;
                faults.push(Fault { culprit, share, is_rest: false, parts });
            }
        }
        culprits[culprit].faults_per_year = event.per_year;
        // Shares are right to some 10⁻¹⁵, and there are at most a few thousand.
        if rest > 1e-12 {
            let mut parts: Vec<PartId> = cause.hits.iter().flat_map(|hit| hit.parts.iter().map(|&(part, _)| part)).collect();
            parts.sort_unstable();
            parts.dedup();
            faults.push(Fault { culprit, share: rest, is_rest: true, parts });
        }
    }
    (culprits, faults)
}

fn add(culprits: &mut Vec<Culprit>, kind: Kind, name: &str) -> usize {
    culprits.push(Culprit {
        kind,
        name: name.to_owned(),
        faults_per_year: 0.0,
        down_h_per_year: 0.0,
        interrupted_tb_per_year: Interval::default(),
        unserved_tb_per_year: Interval::default(),
        worst_fault: Vec::new(),
    });
    culprits.len() - 1
}

/// The id in the name of a part or event, which is a word, a space and the id.
fn id(name: &str) -> &str {
    name.split_once(' ').map_or(name, |(_, id)| id)
}

/// Segments of parts, ascending, each once.
fn segments(model: &Model, parts: &[PartId]) -> Vec<SegmentId> {
    let mut lost: Vec<SegmentId> = parts.iter().flat_map(|part| model.parts()[part.index()].segments.iter().copied()).collect();
    lost.sort_unstable();
    lost.dedup();
    lost
}

/// Adds each fault to its culprit's account.
fn charge(culprits: &mut [Culprit], model: &Model, faults: &[Fault], costs: &[Cost]) {
    let mut worst: Vec<(f64, f64)> = vec![(0.0, 0.0); culprits.len()];
    for (fault, cost) in faults.iter().zip(costs) {
        let culprit = &mut culprits[fault.culprit];
        let [unserved, interrupted] =
            [cost.unserved, cost.interrupted].map(|mbps| mbps * fault.share * HOURS_PER_YEAR * TB_PER_MBPS_HOUR);
        culprit.unserved_tb_per_year.pessimistic += unserved;
        culprit.interrupted_tb_per_year.pessimistic += interrupted;
        if fault.is_rest {
            continue;
        }
        culprit.unserved_tb_per_year.optimistic += unserved;
        culprit.interrupted_tb_per_year.optimistic += interrupted;
        if (unserved, interrupted) > worst[fault.culprit] {
            worst[fault.culprit] = (unserved, interrupted);
            culprit.worst_fault = fault.parts.iter().map(|part| id(&model.parts()[part.index()].name).to_owned()).collect();
        }
    }
}

fn ranked(mut culprits: Vec<Culprit>) -> Vec<Culprit> {
    let rank = |culprit: &Culprit| [culprit.unserved_tb_per_year, culprit.interrupted_tb_per_year].map(|tb| tb.optimistic);
    culprits.sort_by(|a, b| {
        let ([a_unserved, a_interrupted], [b_unserved, b_interrupted]) = (rank(a), rank(b));
        let by_loss = b_unserved.total_cmp(&a_unserved).then(b_interrupted.total_cmp(&a_interrupted));
        by_loss.then(a.kind.cmp(&b.kind)).then_with(|| a.name.cmp(&b.name))
    });
    culprits
}

#[expect(clippy::cast_precision_loss, reason = "below 2^53 Mbit/s")]
const fn float(mbps: u64) -> f64 {
    mbps as f64
}

#[cfg(test)]
mod tests {
    use std::ops::ControlFlow;

    use super::*;
    use crate::failure::checkpoint::Keeper;
    use crate::failure::hazard::{CommonCause, FleetLimit};
    use crate::failure::{self, Chance};
    use crate::policy::{Policy, Profile, Query};
    use crate::random::Seed;
    use crate::testing::{Toy, day};
    use crate::topology::{CableKind, Provenance, Regime, RiskGroup, RiskGroupKind, Service, SiteId, Transit};
    use crate::units::Bandwidth;

    fn request(from: u32, to: u32, mbps: u64) -> Request {
        let query = Query { from: SiteId(from), to: SiteId(to), service: Service::Leased, operator: None };
        Request { traffic: Bandwidth::from_mbps(mbps), ..Request::question(format!("{from}-{to}"), query) }
    }

    fn group(id: &str, segments: &[u32]) -> RiskGroup {
        let segments = segments.iter().map(|&id| SegmentId(id)).collect();
        RiskGroup {
            id: id.into(),
            kind: RiskGroupKind::Strait,
            segments,
            sites: Vec::new(),
            area: None,
            provenance: Provenance::default(),
        }
    }

    /// ```text
    ///   a ==East== b        two cables side by side, and one on to c
    ///     ==West==   --Spur-- c
    /// ```
    fn topology() -> Topology {
        let toy = Toy::new().territory("A", Regime::Open, Transit::Service).territory("B", Regime::Open, Transit::Service);
        let toy = toy.cable("East", CableKind::Submarine, &[]).cable("West", CableKind::Submarine, &[]);
        let toy = toy.cable("Spur", CableKind::Submarine, &[]);
        let toy = toy.site("a", "A", &[]).site("b", "B", &[]).site("c", "B", &[]);
        let toy = toy.segment_of("East", "a", "b", 900_000).segment_of("West", "a", "b", 1_000_000);
        let mut topology = toy.segment_of("Spur", "b", "c", 500_000).build();
        topology.risk_groups = vec![group("narrows", &[0, 1])];
        topology
    }

    fn blame(topology: &Topology, requests: &[Request], restoration: Restoration, hazards: &Hazards) -> Outcome {
        let policy = Policy::new(Profile::Physical, day());
        let law = Law::new(topology, &policy);
        run(&law, (requests, Metric::Latency), &Blame { down: Vec::new(), restoration }, hazards, || true).unwrap()
    }

    fn of<'a>(outcome: &'a Outcome, name: &str) -> &'a Culprit {
        outcome.culprits.iter().find(|culprit| culprit.name == name).unwrap()
    }

    #[test]
    fn a_cable_with_a_second_way_is_spared_and_a_spur_and_a_strait_are_not() {
        let topology = topology();
        let hazards = Hazards { strait: CommonCause { events_per_year: 0.5, share: 0.5 }, ..Hazards::default() };
        let model = compile(&topology, day(), &hazards);
        let mean_h = |name: &str| model.mean_down_h(model.find_part(name).unwrap());
        let found = blame(&topology, &[request(0, 1, 100), request(1, 2, 10)], Restoration::Reroute, &hazards);
        assert_eq!(of(&found, "East").unserved_tb_per_year.optimistic, 0.0);
        assert!(of(&found, "East").interrupted_tb_per_year.optimistic > 0.0);
        // One cut, so long: 10 Mbit/s are 0.0045 TB an hour.
        let rate = hazards.faults_per_year(&topology, topology.segment(SegmentId(2)));
        let load = rate * mean_h("segment S2") / HOURS_PER_YEAR;
        let expected = load / (1.0 + load) * HOURS_PER_YEAR * 0.0045;
        let spur = of(&found, "Spur");
        assert!((spur.unserved_tb_per_year.optimistic / expected - 1.0).abs() < 1e-9, "{spur:?} {expected}");
        assert!((spur.mean_down_h().unwrap() / mean_h("segment S2") - 1.0).abs() < 1e-9, "{spur:?}");
        assert!((spur.mean_unserved_mbps().unwrap() - 10.0).abs() < 1e-9);
        assert_eq!(spur.worst_fault, ["S2"]);
        // Both cables at once in a quarter of the events, until the first is mended.
        let both_h = mean_h("segment S0").min(mean_h("segment S1"));
        let load = 0.5 * both_h / HOURS_PER_YEAR;
        let expected = load / (1.0 + load) / 4.0 * HOURS_PER_YEAR * 0.045;
        let narrows = of(&found, "narrows");
        assert!((narrows.unserved_tb_per_year.optimistic / expected - 1.0).abs() < 1e-9, "{narrows:?} {expected}");
        assert_eq!((narrows.kind, &narrows.worst_fault[..]), (Kind::RiskGroup, &["S0".to_owned(), "S1".to_owned()][..]));
        assert_eq!(narrows.unserved_tb_per_year.optimistic, narrows.unserved_tb_per_year.pessimistic);
    }

    #[test]
    fn what_faults_cost_one_by_one_is_what_years_lose_where_they_seldom_meet() {
        let topology = topology();
        let hazards = Hazards { fleet_limit: FleetLimit::Unlimited, ..Hazards::default() };
        let requests = [request(0, 1, 100), request(0, 2, 30)];
        let found = blame(&topology, &requests, Restoration::None, &hazards);
        let policy = Policy::new(Profile::Physical, day());
        let law = Law::new(&topology, &policy);
        let chance = Chance { seed: Seed(7), hazards, storm: None };
        let spec = failure::Spec {
            requests: requests.to_vec(),
            metric: Metric::Latency,
            chance,
            restoration: Restoration::None,
            exhaustive: None,
            blame: None,
            isolation: None,
            worst_circle: None,
            years: Some(20_000),
            samples: None,
            states: None,
            precision: None,
        };
        let years =
            failure::years::run(&law, &spec, &|| true, &mut Keeper::new(Vec::new(), &mut |_| ControlFlow::Continue(()))).unwrap();
        let lost = years.summaries[0].unserved_tb_per_year;
        // Where two faults meet, years count the lost route once: some 1 % of the time down.
        let apart = (found.interrupted_tb_per_year - lost.mean).abs();
        assert!(apart < 4.0 * lost.standard_error + 0.02 * lost.mean, "{} TB against {lost:?}", found.interrupted_tb_per_year);
        assert!(lost.standard_error < 0.03 * lost.mean, "{lost:?}");
        assert_eq!(found.interrupted_tb_per_year, found.unserved_tb_per_year);
    }

    #[test]
    fn what_is_down_already_fails_no_more_and_passes_the_blame() {
        let topology = topology();
        let policy = Policy::new(Profile::Physical, day());
        let law = Law::new(&topology, &policy);
        let asked = Blame { down: vec![SegmentId(1)], restoration: Restoration::Reroute };
        let found = run(&law, (&[request(0, 1, 100)], Metric::Latency), &asked, &Hazards::default(), || true).unwrap();
        assert_eq!(found.culprits[0].name, "East");
        assert_eq!(of(&found, "West").interrupted_tb_per_year.optimistic, 0.0);
        assert_eq!(run(&law, (&[], Metric::Latency), &asked, &Hazards::default(), || false), None);
    }
}
