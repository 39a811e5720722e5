//! Many demands at once, each split over any routes: how much fits at most, proven by prices.
//!
//! The routes are lawful where the networks are: several networks (one per class of traffic) may share their lanes, and
//! a route is a walk in one of them. The optimum is found by column generation (Dantzig and Wolfe 1960; Ford and
//! Fulkerson 1958 for flows): a small linear program mixes the routings found so far and sets a price on every lane
//! that binds; a search per source finds the cheapest routing at those prices; when none is cheaper than the mix, both
//! are optimal. Any prices prove a bound, so every answer carries its own certificate: a routing that fits, a bound
//! that nothing can pass, and the gap between the two.
//!
//! It knows no rules and rounds no flows to whole circuits.

mod bounded;
mod certificate;
mod columns;
mod generation;
mod master;
mod resources;
mod search;

use crate::network::{ArcId, Network, Outage};
use crate::topology::SiteId;
use resources::Resources;

/// Traffic to be carried from any of some sites to any of some sites, in one network.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Commodity<'a> {
    /// Which of the networks its routes are in.
    pub network: usize,
    /// Where it may begin.
    pub from: &'a [SiteId],
    /// Where it may end.
    pub to: &'a [SiteId],
    /// Offered traffic, Mbit/s; finite, not negative.
    pub amount_mbps: f64,
    /// What a Mbit/s of it is worth when not all can be carried; finite, not negative.
    pub weight: f64,
    /// What a route may cost at most in the network's metric, such as nanoseconds; inclusive.
    pub cost_limit: Option<u64>,
}

/// How the two directions of a segment share its capacity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Duplex {
    /// Each direction has its lane's capacity.
    #[default]
    Full,
    /// Both directions together have the capacity, which both lanes state.
    Shared,
}

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// Networks over the same segments, with the same capacities; at least one.
    pub networks: &'a [Network],
    /// What is out of service.
    pub outage: &'a Outage,
    /// How directions share capacity.
    pub duplex: Duplex,
    /// What is to be carried; those of no traffic count for nothing.
    pub commodities: &'a [Commodity<'a>],
    /// Relative gap at which to stop, such as [`EXACT`] or 0.01.
    pub gap: f64,
}

/// The relative gap below which an answer is called exact.
pub const EXACT: f64 = 1e-7;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Goal {
    Concurrent,
    Carried,
}

/// A part of a commodity on one route.
#[derive(Clone, Debug, PartialEq)]
pub struct Share {
    /// Position of the commodity in the question.
    pub commodity: usize,
    /// From start to end, in the commodity's network.
    pub arcs: Vec<ArcId>,
    /// Which part of the commodity's traffic goes this way, 0..=1.
    pub fraction: f64,
}

/// A routing, a bound, and what binds.
#[derive(Clone, Debug, PartialEq)]
pub struct Solution {
    /// What the routing attains: the multiplier of all demands, or the weighted traffic carried in Mbit/s.
    pub value: f64,
    /// What no routing can exceed.
    pub bound: f64,
    /// The routing, by commodity, then by route.
    pub shares: Vec<Share>,
    /// Load of each lane under the routing at the amounts offered, Mbit/s; length = lanes.
    pub lane_load: Vec<f64>,
    /// Load of each site's switching under the routing at the amounts offered, Mbit/s; length = sites.
    pub switch_load: Vec<f64>,
    /// Price of each lane's capacity per Mbit/s: by how much the bound grows with it. Zero where it does not bind;
    /// with [`Duplex::Shared`] a segment's price stands at its first lane. Length = lanes.
    pub lane_price: Vec<f64>,
    /// The same for the switching of sites; length = sites.
    pub switch_price: Vec<f64>,
    /// Commodities with traffic that no route serves, ascending.
    pub unroutable: Vec<usize>,
    /// How often the master program was solved.
    pub rounds: usize,
    /// How many columns were generated.
    pub columns: usize,
}

impl Solution {
    /// How far the value may be from the optimum, as a part of the bound; 0 where both are infinite or zero.
    #[must_use]
    pub fn gap(&self) -> f64 {
        gap(self.value, self.bound)
    }
}

fn gap(value: f64, bound: f64) -> f64 {
    if value >= bound { 0.0 } else { 1.0 - value / bound }
}

/// Finds the largest multiplier λ such that λ times every demand fits at once; 1/λ is the least possible worst utilisation.
///
/// Loads and shares are those of the demands as offered: at λ times the demands the worst utilisation is 1. Demands that
/// no route serves are left out and named in `unroutable` (with them λ is 0). If nothing limits the routes, or there is
/// no traffic, λ is infinite. For a single demand of 1 Mbit/s λ is the maximum flow, lawful where the network is.
///
/// Prices y prove the bound: λ ≤ Σ capacity·y ÷ Σ demand·distance(y), for any y ≥ 0. A round costs one search per
/// source and network, in parallel, and a linear program of as many rows as sources and lanes that bind.
///
/// # Panics
/// If an amount or weight is negative or not finite, a commodity names a network that does not exist, or the networks do
/// not share their lanes and gateways; with [`Duplex::Shared`] also if the directions of a segment differ in capacity.
#[must_use]
pub fn max_concurrent(question: &Question<'_>) -> Solution {
    solve(question, Goal::Concurrent)
}

/// Finds the most traffic that fits, where each demand may be carried in part and a Mbit/s of it counts its weight.
///
/// Prices y prove the bound: Σ capacity·y + Σ demand·max(0, weight − distance(y)), for any y ≥ 0. Demands that no
/// route serves are named in `unroutable`. Time and panics as for [`max_concurrent`].
#[must_use]
pub fn max_carried(question: &Question<'_>) -> Solution {
    solve(question, Goal::Carried)
}

fn solve(question: &Question<'_>, goal: Goal) -> Solution {
    for commodity in question.commodities {
        assert!(commodity.amount_mbps.is_finite() && commodity.amount_mbps >= 0.0, "amounts are finite and not negative");
        assert!(commodity.weight.is_finite() && commodity.weight >= 0.0, "weights are finite and not negative");
        assert!(commodity.network < question.networks.len(), "commodities name networks that exist");
    }
    let resources = Resources::new(question.networks, question.duplex);
    let outcome = generation::run(question, goal, &resources);
    certificate::certify(question, goal, &resources, outcome)
}
