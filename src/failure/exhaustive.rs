//! Every outage of a set, judged under one law: what the network looks like before, and what is worst.
//!
//! It chooses no outages and knows no names of scenarios; how often anything breaks is asked elsewhere (see `years`).

use crate::demand::Request;
use crate::failure::impact::{Assessor, Restoration, Spec, networks};
use crate::failure::outages::OutageSet;
use crate::failure::sweep::{Findings, Measure, sweep};
use crate::network::Metric;
use crate::policy::Law;
use crate::topology::SegmentId;

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

/// Judges every outage of the set. Deterministic at any thread count; `goes_on` as in [`sweep`].
pub fn run(
    law: &Law<'_>,
    (requests, metric): (&[Request], Metric),
    asked: &Exhaustive,
    goes_on: impl FnMut() -> bool,
) -> Outcome {
    let law = &law.without(asked.down.iter().copied());
    let spec = Spec { requests: requests.to_vec(), metric, restoration: asked.restoration };
    let compiled = networks(law, &spec);
    let mut assessor = Assessor::new(law, &spec, &compiled);
    let findings = sweep(&mut assessor, &asked.set, (asked.measure, asked.worst), goes_on);
    Outcome {
        routed: assessor.routed(),
        routed_mbps: assessor.routed_mbps(),
        routed_of: assessor.routed_mbps_by_territory(),
        short_mbps: assessor.worker().assess(&[]).unserved_mbps,
        sound_lanes: assessor.sound_lanes().to_vec(),
        down: asked.down.len(),
        findings,
    }
}
