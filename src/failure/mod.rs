//! What breaks, how often, for how long, and who notices: outage sets, samples and years of them, and their impact.

pub mod availability;
pub mod blame;
pub mod bounds;
pub mod checkpoint;
pub mod cut;
pub mod exhaustive;
pub mod findings;
pub mod geography;
pub mod hazard;
pub mod impact;
pub mod isolation;
pub mod likely;
pub mod moment;
pub mod outages;
pub mod repair;
pub mod sample;
pub mod snapshots;
pub mod solar;
pub mod stake;
pub mod states;
pub mod sweep;
pub mod timeline;
pub mod worst_circle;
pub mod years;

use crate::demand::Request;
use crate::failure::hazard::Hazards;
use crate::failure::impact::Restoration;
use crate::failure::moment::Moment;
use crate::failure::timeline::compile::compile;
use crate::failure::timeline::model::Model;
use crate::network::Metric;
use crate::random::Seed;
use crate::topology::Topology;
use crate::units::Date;

/// What a failure study asks. Each part is asked by itself; all are of the same requests and the same hazards.
#[derive(Clone, Debug, PartialEq)]
pub struct Spec {
    /// The traffic at stake.
    pub requests: Vec<Request>,
    /// What shortest means, for usual routes.
    pub metric: Metric,
    /// What may happen.
    pub chance: Chance,
    /// What becomes of traffic whose route is lost.
    pub restoration: Restoration,
    /// Every outage of a set; `None` = not asked.
    pub exhaustive: Option<exhaustive::Exhaustive>,
    /// What each cable, station and corridor costs; `None` = not asked.
    pub blame: Option<blame::Blame>,
    /// Which few failures cut a territory off; `None` = not asked.
    pub isolation: Option<isolation::Isolation>,
    /// The worst place to hit with a circle; `None` = not asked.
    pub worst_circle: Option<worst_circle::WorstCircle>,
    /// Years of faults and repairs, at most; `None` = not asked.
    pub years: Option<u64>,
    /// Snapshots drawn, at most; `None` = not asked.
    pub samples: Option<u64>,
    /// Likeliest states enumerated, at most; `None` = not asked.
    pub states: Option<u64>,
    /// Standard error over mean of the traffic not served at which sampling may stop; `None` = never.
    pub precision: Option<f64>,
}

/// What may happen, and which course of it does.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Chance {
    /// Chooses all draws.
    pub seed: Seed,
    /// How often things break, and how they are mended.
    pub hazards: Hazards,
    /// A storm after which snapshots and bounds are taken; `None` = at a random moment of the hazards.
    pub storm: Option<solar::Storm>,
}

impl Chance {
    /// What may be down at the moment that snapshots and bounds are of, and the parts of it.
    #[must_use]
    pub fn moment(&self, topology: &Topology, day: Date) -> (Model, Moment) {
        if let Some(storm) = &self.storm {
            return storm.moment(topology, day);
        }
        let model = compile(topology, day, &self.hazards);
        let moment = Moment::of(&model);
        (model, moment)
    }
}
