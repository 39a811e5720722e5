//! Kernels over a `Network`: no names, no rules, no I/O.
//!
//! Each takes the network, what is out of service, the question, and a workspace that it may scribble on, so that
//! asking again allocates nothing but the answer.

pub mod all_pairs;
pub mod block;
pub mod components;
pub mod connectivity;
pub mod cut_sets;
pub mod cut_tree;
pub mod disjoint;
pub mod ecmp;
mod guided;
mod heap;
pub mod k_shortest;
pub mod max_flow;
pub mod multicommodity;
pub mod once;
mod queue;
pub mod reliability;
pub mod repair;
pub mod shortest_path;
mod wide;

use crate::network::{ArcId, Network};
use crate::topology::SiteId;

/// A way through the network: arcs from a start to an end, each leaving where the one before it arrived.
///
/// Without arcs it stands still, which is a route where source and target are one site.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Route {
    /// In order of travel.
    pub arcs: Vec<ArcId>,
    /// Sum of the arcs' costs, in the network's metric.
    pub cost: u64,
}

impl Route {
    /// Puts arcs together and adds up their costs.
    ///
    /// # Panics
    /// If an arc does not leave where the one before it arrived.
    #[must_use]
    pub fn new(network: &Network, arcs: Vec<ArcId>) -> Self {
        assert!(arcs.is_sorted_by(|&a, &b| network.arc(a).head == network.arc(b).tail), "a route is connected");
        let cost = arcs.iter().map(|&arc| u64::from(network.arc(arc).cost)).sum();
        Self { arcs, cost }
    }

    /// The sites it passes, both ends included; none for a route without arcs.
    pub fn sites(&self, network: &Network) -> impl Iterator<Item = SiteId> {
        let first = self.arcs.first().map(|&arc| network.arc(arc).tail);
        let rest = self.arcs.iter().map(|&arc| network.arc(arc).head);
        first.into_iter().chain(rest).map(|vertex| network.site(vertex))
    }
}
