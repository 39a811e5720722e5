//! Every outage of a set, judged under one law: what the network looks like before, and what is worst.
//!
//! It chooses no outages and knows no names of scenarios; how often anything breaks is asked elsewhere (see `years`).

use std::ops::ControlFlow;

use crate::demand::Request;
use crate::failure::checkpoint::{Header, Keeper, Part, Progress};
use crate::failure::findings::{Findings, Measure, Shape};
use crate::failure::impact::{Assessor, Restoration, Spec, networks};
use crate::failure::outages::OutageSet;
use crate::failure::sweep::{self, Case};
use crate::network::Metric;
use crate::policy::Law;
use crate::topology::{SegmentId, Topology};

/// What is asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Exhaustive {
    /// Which outages.
    pub set: OutageSet,
    /// Out of service from the beginning: what the sound network is without.
    pub down: Vec<SegmentId>,
    /// What becomes of traffic whose route is lost.
    pub restoration: Restoration,
    /// By what outages are ranked.
    pub measure: Measure,
    /// How many of the worst are told.
    pub worst: usize,
}

/// What was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// Over the outages.
    pub findings: Findings,
    /// The worst of them, worst first.
    pub worst: Vec<Case>,
    /// Requests with a route before any outage.
    pub routed: usize,
    /// Their traffic, Mbit/s.
    pub routed_mbps: u64,
    /// The same by territory, that within it counted once; length = territories.
    pub routed_of: Vec<u64>,
    /// What is not carried of it before any outage, Mbit/s: zero but where traffic is admitted.
    pub short_mbps: u64,
    /// Loads before any outage, Mbit/s; length = lanes.
    pub sound_lanes: Vec<u64>,
    /// Segments out of service from the beginning.
    pub down: usize,
}

/// Judges every outage of the set. The same at any thread count, and with any number of breaks that `keeper` bridges;
/// `goes_on` as in [`sweep::go_on`].
pub fn run(
    law: &Law<'_>,
    (requests, metric): (&[Request], Metric),
    asked: &Exhaustive,
    goes_on: &(impl Fn() -> bool + Sync),
    keeper: &mut Keeper<'_>,
) -> Outcome {
    let law = &law.without(asked.down.iter().copied());
    let spec = Spec { requests: requests.to_vec(), metric, restoration: asked.restoration };
    let compiled = networks(law, &spec);
    let mut assessor = Assessor::new(law, &spec, &compiled);
    let shape = asked.shape(law.topology());
    let (before, is_kept) = match keeper.begin() {
        Some(Progress::Outages(_, findings)) => (findings, true),
        Some(Progress::Years(..) | Progress::Snapshots(_)) | None => (Findings::new(&shape), false),
    };
    let mut rounds = before.done.div_ceil(sweep::round(asked.restoration));
    let findings = sweep::go_on(&mut assessor, &asked.set, &shape, before, goes_on, &mut |found| {
        rounds += 1;
        if is_kept { keeper.keep(rounds - 1, &found.to_words()) } else { ControlFlow::Continue(()) }
    });
    Outcome {
        routed: assessor.routed(),
        routed_mbps: assessor.routed_mbps(),
        routed_of: assessor.routed_mbps_by_territory(),
        short_mbps: assessor.worker().assess(&[]).unserved_mbps,
        sound_lanes: assessor.sound_lanes().to_vec(),
        down: asked.down.len(),
        worst: sweep::cases(&assessor, &asked.set, &findings.worst),
        findings,
    }
}

impl Exhaustive {
    fn shape(&self, topology: &Topology) -> Shape {
        Shape::new(topology, self.set.len(), (self.measure, self.worst))
    }

    /// The part of a run that a checkpoint keeps of these outages, under a name.
    #[must_use]
    pub fn part(&self, law: &Law<'_>, name: &str, scenario: &str) -> Part {
        let shape = self.shape(law.topology());
        let header = Header {
            part: format!("outages of {name}"),
            scenario: scenario.to_owned(),
            seed: 0,
            block: sweep::round(self.restoration),
            shape: shape.sizes.iter().map(|&size| size as u64).chain([shape.of]).collect(),
        };
        Part { header, of: shape.of, progress: Progress::Outages(shape, Findings::new(&shape)) }
    }
}
