//! The capacity study: how full everything gets, what does not fit, and what stands in its way.
//!
//! [`run`] places every request on lawful routes by a stated rule and answers with ids and loads; `report` gives them
//! names. It finds no routes of its own (see `route`) and breaks nothing (see `failure`).

mod load;
mod place;

pub use load::{BorderLoad, CableLoad, GatewayLoad, GroupLoad, LaneLoad, Loads, PairLoad, Usage, borders, pairs};
pub use place::{Part, Placement, Shortfall};

use crate::demand::Request;
use crate::network::{LaneId, Metric};
use crate::policy::{Law, Rule, Violation, share_violations};
use crate::topology::{SiteId, TerritoryId};
use crate::units::Bandwidth;

/// How traffic is spread over routes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Routing {
    /// All on the shortest lawful route.
    Shortest,
    /// Over the so many shortest lawful routes.
    ///
    /// As offered, evenly; under admission, the cheapest is filled first and what is left goes to the next.
    Split {
        /// How many routes at most; at least 1.
        routes: usize,
    },
}

/// What happens where traffic is more than capacity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Everything with a route is placed; load may pass capacity, and says by how much.
    #[default]
    Offered,
    /// In order of priority, then of the requests; each gets what is left on its routes, the rest is dropped.
    ///
    /// Capacity that nobody knows carries nothing; switching capacity that nobody knows does not bind.
    Admission,
}

/// Whether requests keep their latency bounds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Bounds {
    /// They go by the routing rule alone.
    #[default]
    Ignored,
    /// Routes past the bound are not used; where the rule lists none within it, the fastest lawful route is, if it
    /// is within; else the request is not carried.
    Held,
}

/// What is asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Spec {
    /// The traffic.
    pub requests: Vec<Request>,
    /// What shortest means.
    pub metric: Metric,
    /// How traffic is spread over routes.
    pub routing: Routing,
    /// What happens where it does not fit.
    pub mode: Mode,
    /// Whether latency bounds are kept.
    pub bounds: Bounds,
}

/// Something whose capacity may bind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bottleneck {
    /// A direction of a segment.
    Lane(LaneId),
    /// The switching of a site's service gateway.
    Gateway(SiteId),
}

/// What was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// One per request, in their order.
    pub placements: Vec<Placement>,
    /// What that makes of every lane and gateway.
    pub loads: Loads,
    /// Territories whose traffic passes a limit by medium or neighbour (R17).
    pub shares: Vec<(TerritoryId, Violation)>,
}

/// Answers a capacity study. Deterministic at any thread count.
///
/// # Panics
/// If it is to split over no routes.
#[must_use]
pub fn run(law: &Law<'_>, spec: &Spec) -> Outcome {
    let placements = place::place(law, spec);
    let loads = Loads::of(law, &placements);
    let shares = if law.holds(Rule::R17) { shares(law, &placements) } else { Vec::new() };
    Outcome { placements, loads, shares }
}

fn shares(law: &Law<'_>, placements: &[Placement]) -> Vec<(TerritoryId, Violation)> {
    let routed: Vec<_> = placements
        .iter()
        .flat_map(|placement| &placement.parts)
        .filter_map(|part| Some((part.way.walk(), Bandwidth::from_mbps_f64(part.mbps)?)))
        .collect();
    share_violations(law, &routed)
}

#[cfg(test)]
mod tests;
