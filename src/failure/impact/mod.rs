//! What an outage does: who is cut off, what is not carried, what is overloaded, how much longer the ways become.
//!
//! Requests keep to the shortest routes that the policy allows, so law and physics are judged alike. An outage makes no
//! other route better; so whatever does not use what is lost stays where it is, and the work grows with what is touched
//! and not with the network. Which outages there are is said in [`outages`](super::outages), how often in
//! [`hazard`](super::hazard).
//!
//! ```text
//!   Law, Spec -- Assessor (sound routes and loads, once) -- Worker (scratch) -- assess(outage) --> Impact
//!                   `-- reroute_all(outages), tree by tree -----^ assess_rerouted
//! ```

mod assessor;
mod reroute;
mod restore;
mod route;
#[cfg(test)]
mod tests;
mod worker;

pub use assessor::{Assessor, networks};
pub use worker::{Work, Worker};

use crate::capacity::Bottleneck;
use crate::demand::Request;
use crate::network::Metric;
use crate::topology::{SegmentId, TerritoryId};
use crate::units::Latency;

/// What becomes of traffic whose route is lost.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Restoration {
    /// Nothing: it is not carried until the fault is mended.
    None,
    /// It takes the shortest lawful route that is left, whatever else is there: load may pass capacity.
    #[default]
    Reroute,
    /// It takes that route as far as there is room, by priority, then in the order of the requests, in whole Mbit/s.
    ///
    /// Before the outage all requests are admitted in that order on their shortest routes; what the outage does not touch
    /// keeps what it has. Capacity that nobody knows carries nothing; switching that nobody knows does not bind.
    WithinCapacity,
    /// All traffic, touched or not, is routed anew so that the most is carried, weighted by priority (see
    /// [`capacity::optimal`](crate::capacity::optimal)); rounded to whole Mbit/s for each request.
    Optimal,
    /// It is rerouted; every segment with a lane fuller than this share of its capacity trips and is lost, too; and so on
    /// until nothing trips. Positive; 1 = full.
    Cascade {
        /// The utilisation above which a lane trips its segment.
        trip: f64,
    },
}

/// What is asked of every outage.
#[derive(Clone, Debug, PartialEq)]
pub struct Spec {
    /// The traffic; those of no traffic count as pairs only.
    pub requests: Vec<Request>,
    /// What shortest means.
    pub metric: Metric,
    /// What becomes of traffic whose route is lost.
    pub restoration: Restoration,
}

/// What one outage does, against the sound network.
///
/// Traffic that has no lawful route even in the sound network is not the outage's doing and counts nowhere.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Impact {
    /// Requests whose route is lost.
    pub touched: usize,
    /// Their traffic: what is interrupted before anything is restored, Mbit/s.
    pub interrupted_mbps: u64,
    /// What is not carried after restoration, Mbit/s. With [`Restoration::WithinCapacity`] and [`Restoration::Optimal`]
    /// of all that has a route when sound, whether touched or not, so that it need not be zero without an outage.
    pub unserved_mbps: u64,
    /// Requests that had a lawful route and have none left.
    pub parted_pairs: usize,
    /// Territories none of whose traffic to other territories has a route left, while some had; ascending.
    pub isolated: Vec<TerritoryId>,
    /// The highest utilisation of any lane or service gateway after restoration, ties to lanes, then to the lower; `None`
    /// where no capacity is known.
    pub worst: Option<(Bottleneck, f64)>,
    /// Lanes and service gateways that carry more than their capacity.
    pub overloaded: usize,
    /// By how much they do, all together, Mbit/s.
    pub overload_mbps: u64,
    /// By how much the routes of what was rerouted grew, weighted by traffic (by pairs where there is none), ms one way;
    /// `None` where nothing was rerouted.
    pub stretch_mean_ms: Option<f64>,
    /// By how much the route of any grew at most, one way.
    pub stretch_max: Latency,
    /// Requests rerouted past their latency bound that kept it before.
    pub late: usize,
    /// Their traffic; carried, but useless to those who asked, Mbit/s.
    pub late_mbps: u64,
    /// What each territory with anything interrupted or unserved loses, ascending.
    pub territories: Vec<TerritoryImpact>,
    /// Segments that tripped by overload, in the order in which they did ([`Restoration::Cascade`]).
    pub tripped: Vec<SegmentId>,
    /// How often something tripped.
    pub rounds: usize,
}

/// What an outage takes from one territory: traffic that begins or ends there, that within it counted once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TerritoryImpact {
    /// Which.
    pub territory: TerritoryId,
    /// As [`Impact::interrupted_mbps`].
    pub interrupted_mbps: u64,
    /// As [`Impact::unserved_mbps`].
    pub unserved_mbps: u64,
}
