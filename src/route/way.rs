//! A route in the words of the topology: sites, segments, gateways, length, latency, third territories.
//!
//! It is made from a kernel's arcs and judged by nobody here.

use crate::algorithm::Route;
use crate::network::Network;
use crate::policy::{Law, Walk};
use crate::topology::{Role, SegmentId, SiteId, TerritoryId, Topology};
use crate::units::{Latency, Length};

/// A route from site to site.
#[derive(Clone, Debug, PartialEq)]
pub struct Way {
    /// Sites in order, ends included.
    pub sites: Vec<SiteId>,
    /// Segments in order; one fewer than sites.
    pub segments: Vec<SegmentId>,
    /// Sites whose service gateways switch it, in order.
    pub switched_at: Vec<SiteId>,
    /// In the metric it was searched by.
    pub cost: u64,
    /// Along the cables.
    pub length: Length,
    /// One way.
    pub latency: Latency,
    /// USD per Mbit/s and month; `None` if any segment's is unknown.
    pub tariff: Option<f64>,
}

impl Way {
    /// Reads a kernel's route.
    ///
    /// `from` is where it begins, for the route without any arc.
    #[must_use]
    pub fn new(topology: &Topology, network: &Network, from: SiteId, route: &Route) -> Self {
        let mut sites = Vec::with_capacity(route.arcs.len() + 1);
        sites.push(from);
        let mut switched_at = Vec::new();
        if let Some(&first) = route.arcs.first()
            && network.vertex(network.arc(first).tail).starts_switched
        {
            switched_at.push(from);
        }
        let mut segments = Vec::with_capacity(route.arcs.len());
        for &arc in &route.arcs {
            let arc = network.arc(arc);
            sites.push(network.site(arc.head));
            segments.push(arc.lane.segment());
            switched_at.extend(arc.switch);
        }
        let each = || segments.iter().map(|&segment| topology.segment(segment));
        Self {
            length: each().map(|segment| segment.length).sum(),
            latency: each().map(|segment| segment.latency).sum(),
            tariff: each().map(|segment| segment.tariff).sum(),
            cost: route.cost,
            sites,
            segments,
            switched_at,
        }
    }

    /// The walk it takes, for the rules to judge; claims no gateway.
    #[must_use]
    pub fn walk(&self) -> Walk {
        Walk { sites: self.sites.clone(), segments: self.segments.clone(), switched_at: None }
    }

    /// Territories in the order they are touched, the high seas left out, repeats kept.
    #[must_use]
    pub fn territories(&self, topology: &Topology) -> Vec<TerritoryId> {
        let mut territories: Vec<_> = self.sites.iter().filter_map(|&site| topology.site(site).territory).collect();
        territories.dedup();
        territories
    }

    /// Third territories: those touched that are neither the first nor the last.
    #[must_use]
    pub fn third_territories(&self, topology: &Topology) -> Vec<TerritoryId> {
        let all = self.territories(topology);
        let (first, last) = (all.first().copied(), all.last().copied());
        let mut third = Vec::new();
        for territory in all {
            if Some(territory) != first && Some(territory) != last && !third.contains(&territory) {
                third.push(territory);
            }
        }
        third
    }

    /// Gateways at the borders it crosses, in order: sites with the channel or border role at an end of an
    /// international segment.
    #[must_use]
    pub fn border_sites(&self, law: &Law<'_>) -> Vec<SiteId> {
        let mut gateways = Vec::new();
        for pair in self.sites.windows(2).filter(|pair| law.is_international(pair[0], pair[1])) {
            for &site in pair {
                let is_gateway = law.has_role(site, Role::Channel) || law.has_role(site, Role::Border);
                if is_gateway && gateways.last() != Some(&site) {
                    gateways.push(site);
                }
            }
        }
        gateways
    }
}

/// What the law costs against physics, for one query.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hairpin {
    /// Longer by, km; negative where the lawful route is shorter but slower.
    pub length_km: f64,
    /// Slower by, one way, ms; negative where it is faster but costlier in the metric.
    pub latency_ms: f64,
    /// More segments; negative for fewer.
    pub hops: i64,
}

impl Hairpin {
    /// The lawful route against the physical one.
    #[must_use]
    pub fn between(lawful: &Way, physical: &Way) -> Self {
        let hops = |way: &Way| i64::try_from(way.segments.len()).expect("routes are short");
        Self {
            length_km: lawful.length.km() - physical.length.km(),
            latency_ms: lawful.latency.ms() - physical.latency.ms(),
            hops: hops(lawful) - hops(physical),
        }
    }
}
