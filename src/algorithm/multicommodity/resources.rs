//! What routes compete for: lanes (or whole segments) and the switching of gateways, each with a capacity and a price.

use super::Duplex;
use crate::network::{ArcId, LaneId, Network, Outage, UNLIMITED, VertexId};
use crate::topology::SiteId;

/// Capacities by resource: first one per lane, then one per site.
#[derive(Clone, Debug)]
pub(super) struct Resources {
    /// Mbit/s; infinite where unlimited. Length = lanes + sites.
    pub(super) capacity: Vec<f64>,
    lanes: usize,
    duplex: Duplex,
}

impl Resources {
    /// # Panics
    /// If the networks do not share their lanes and sites, or if directions that share a capacity differ in it.
    pub(super) fn new(networks: &[Network], duplex: Duplex) -> Self {
        let shared = &networks[0];
        let lanes = || (0..shared.segment_count() * 2).map(LaneId::from_index);
        let sites = || (0..shared.site_count()).map(SiteId::from_index);
        for network in networks {
            assert!(network.segment_count() == shared.segment_count(), "networks share their segments");
            assert!(network.site_count() == shared.site_count(), "networks share their sites");
            assert!(lanes().all(|lane| network.lane_capacity(lane) == shared.lane_capacity(lane)), "networks share their lanes");
            assert!(sites().all(|site| network.switching(site) == shared.switching(site)), "networks share their gateways");
        }
        if duplex == Duplex::Shared {
            let is_even = |lane: LaneId| shared.lane_capacity(lane) == shared.lane_capacity(lane.reverse());
            assert!(lanes().all(is_even), "directions that share a capacity have the same");
        }
        let lane_capacity = lanes().map(|lane| shared.lane_capacity(lane));
        let capacity = lane_capacity.chain(sites().map(|site| shared.switching(site))).map(finite).collect();
        Self { capacity, lanes: shared.segment_count() * 2, duplex }
    }

    /// The resource a lane uses.
    pub(super) fn of_lane(&self, lane: LaneId) -> usize {
        match self.duplex {
            Duplex::Full => lane.index(),
            Duplex::Shared => lane.index() & !1,
        }
    }

    /// The resource that switching at a site uses.
    pub(super) fn of_switch(&self, site: SiteId) -> usize {
        self.lanes + site.index()
    }

    /// The resources an arc uses.
    pub(super) fn of_arc(&self, network: &Network, arc: ArcId) -> impl Iterator<Item = usize> {
        let arc = network.arc(arc);
        std::iter::once(self.of_lane(arc.lane)).chain(arc.switch.map(|site| self.of_switch(site)))
    }

    /// The resource used by what begins at a vertex, if any.
    pub(super) fn of_start(&self, network: &Network, start: VertexId) -> Option<usize> {
        network.vertex(start).starts_switched.then(|| self.of_switch(network.site(start)))
    }

    /// The resources a route of at least one arc uses, once for each use.
    pub(super) fn of_route(&self, network: &Network, arcs: &[ArcId]) -> impl Iterator<Item = usize> {
        let start = arcs.first().and_then(|&first| self.of_start(network, network.arc(first).tail));
        start.into_iter().chain(arcs.iter().flat_map(|&arc| self.of_arc(network, arc)))
    }

    /// The price of each arc; infinite where it is lost or leads over something without capacity. Length = arcs.
    pub(super) fn arc_prices(&self, network: &Network, outage: &Outage, prices: &[f64]) -> Vec<f64> {
        let price = |arc: usize| {
            let own = self.of_arc(network, ArcId::from_index(arc)).map(|resource| self.price(resource, prices)).sum();
            if outage.is_lost(network.lanes()[arc].segment()) { f64::INFINITY } else { own }
        };
        (0..network.arc_count()).map(price).collect()
    }

    /// What a route pays that begins at a vertex, before its first arc.
    pub(super) fn start_price(&self, network: &Network, start: VertexId, prices: &[f64]) -> f64 {
        self.of_start(network, start).map_or(0.0, |resource| self.price(resource, prices))
    }

    /// The price of a resource; infinite if it has no capacity.
    fn price(&self, resource: usize, prices: &[f64]) -> f64 {
        if self.capacity[resource] > 0.0 { prices[resource] } else { f64::INFINITY }
    }

    /// Parts a list by resource into lanes and sites. Lengths = lanes, sites.
    pub(super) fn split(&self, mut list: Vec<f64>) -> (Vec<f64>, Vec<f64>) {
        let sites = list.split_off(self.lanes);
        (list, sites)
    }

    /// Tells whether a resource can bind.
    pub(super) fn is_limited(&self, resource: usize) -> bool {
        self.capacity[resource].is_finite() && self.capacity[resource] > 0.0
    }
}

#[expect(clippy::cast_precision_loss, reason = "capacities are below 2^53 Mbit/s")]
fn finite(capacity: u64) -> f64 {
    if capacity == UNLIMITED { f64::INFINITY } else { capacity as f64 }
}
