//! How much could flow between two places, what cuts them apart, how many ways join them, and what law leaves of it.
//!
//! One kind of traffic, as many routes as it takes, no other traffic in the way; capacity that nobody knows carries nothing.
//! Each direction of a segment has its own capacity, so a one-way network is one whose ways back carry nothing.

use super::diverse::{self, Diversity};
use super::lawful_flow::{LawfulFlow, lawful_flow};
use crate::algorithm::cut_tree::CutTree;
use crate::algorithm::max_flow::{Cut, Limits, MaxFlow, Value};
use crate::network::{Metric, Network, Outage, compile, switching_capacities};
use crate::policy::{Law, Profile, Query};
use crate::topology::{SegmentId, Service, SiteId, TerritoryId};

/// A site, a group of sites, or all sites of a territory.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// For people.
    pub name: String,
    /// Its sites.
    pub sites: Vec<SiteId>,
}

/// Whether sites limit what passes through them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SiteLimits {
    /// Only segments have capacities.
    #[default]
    None,
    /// No more passes through a site than its gateway could switch, where that is known.
    Switching,
}

/// What is asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Spec {
    /// Where it begins.
    pub from: Place,
    /// Where it ends.
    pub to: Place,
    /// Whether sites count physically.
    pub sites: SiteLimits,
    /// What it is for, which the law asks.
    pub service: Service,
}

/// What was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// The most that can flow, Mbit/s; [`Value::Unbounded`] where the places share a site.
    pub flow: Value,
    /// The lanes and sites that bind, whose capacities sum to the flow; `None` where there is no bound.
    pub cut: Option<Cut>,
    /// What law leaves of it; `None` where it leaves everything, or there is no bound.
    pub lawful: Option<LawfulFlow>,
    /// Routes that share no segment.
    pub segment_disjoint: Value,
    /// Routes that share no segment and no site on the way.
    pub site_disjoint: Value,
    /// Routes that share no risk group, no submarine cable and no segment; `None` where the places share a site.
    pub diverse: Option<Diversity>,
}

/// Answers for two places.
#[must_use]
pub fn run(law: &Law<'_>, spec: &Spec) -> Outcome {
    let Some(network) = physical_network(law) else {
        let none = Value::Bounded(0);
        return Outcome { flow: none, cut: None, lawful: None, segment_disjoint: none, site_disjoint: none, diverse: None };
    };
    let sound = Outage::none_of(&network);
    let [from, to] = [&spec.from.sites, &spec.to.sites];
    let switching = switching_capacities(law.topology());
    let limits = match spec.sites {
        SiteLimits::None => Limits::Lanes,
        SiteLimits::Switching => Limits::LanesAndSites(&switching),
    };
    let mut bottleneck = MaxFlow::new(&network, limits);
    let flow = bottleneck.solve(from, to, &sound);
    // Lawful routes may pass a site without being switched there, so that lanes alone limit them for sure.
    let most = match spec.sites {
        SiteLimits::None => flow,
        SiteLimits::Switching => MaxFlow::new(&network, Limits::Lanes).solve(from, to, &sound),
    };
    let count = |limits| MaxFlow::new(&network, limits).solve(from, to, &sound);
    let is_apart = !from.is_empty() && !to.is_empty() && !from.iter().any(|site| to.contains(site));
    Outcome {
        flow,
        cut: bottleneck.cut(),
        lawful: most.bounded().filter(|_| !law.policy().is_physical()).map(|most| lawful_flow(law, spec, most)),
        segment_disjoint: count(Limits::DisjointSegments),
        site_disjoint: count(Limits::DisjointSites),
        diverse: is_apart.then(|| diverse::count(law, &network, [from, to])),
    }
}

/// What every two of some sites could exchange.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllPairs {
    /// Each direction by itself; row = from, column = to.
    pub flows: Vec<Vec<Value>>,
    /// Whether a cut tree told all, rather than one flow after the other.
    pub is_by_tree: bool,
}

/// The most sites of which all pairs are worth a table: a million rows.
pub const ALL_PAIRS_SITES_MAX: usize = 1000;

/// Finds the most that can flow physically between every two of some sites.
///
/// By a cut tree (Gomory and Hu 1961) where every segment carries the same both ways, else pair by pair.
#[must_use]
pub fn all_pairs(law: &Law<'_>, sites: &[SiteId]) -> AllPairs {
    let Some(network) = physical_network(law) else { return AllPairs { flows: Vec::new(), is_by_tree: true } };
    let sound = Outage::none_of(&network);
    if let Some(tree) = CutTree::new(&network, &sound) {
        let flows = sites.iter().map(|&from| sites.iter().map(|&to| tree.min_cut(from, to)).collect()).collect();
        return AllPairs { flows, is_by_tree: true };
    }
    let flows = || MaxFlow::new(&network, Limits::Lanes);
    let row = |flows: &mut MaxFlow, i: usize| sites.iter().map(|&to| flows.solve(&[sites[i]], &[to], &sound)).collect();
    AllPairs { flows: crate::parallel::map(sites.len(), flows, row), is_by_tree: false }
}

/// What can cross from one territory straight to another, over the high seas at most, Mbit/s.
pub(super) struct Borders {
    flows: MaxFlow,
    sites: Vec<Option<TerritoryId>>,
    ends: Vec<[Option<TerritoryId>; 2]>,
}

impl Borders {
    /// `None` for a topology without sites.
    pub(super) fn new(law: &Law<'_>) -> Option<Self> {
        Some(Self {
            flows: MaxFlow::new(&physical_network(law)?, Limits::Lanes),
            sites: law.topology().sites().map(|(_, site)| site.territory).collect(),
            ends: law.topology().segments().map(|(_, segment)| segment.ends.map(|end| law.territory(end))).collect(),
        })
    }

    /// `None` where there is no bound, which takes a segment of unlimited capacity.
    pub(super) fn capacity_mbps(&mut self, from: TerritoryId, to: TerritoryId) -> Option<u64> {
        let leads_astray = |ends: &[Option<TerritoryId>; 2]| {
            ends[0].is_some() && ends[0] == ends[1] || ends.iter().flatten().any(|end| ![from, to].contains(end))
        };
        let lost = (0..self.ends.len()).filter(|&i| leads_astray(&self.ends[i])).map(SegmentId::from_index);
        let outage = Outage::of(self.ends.len(), lost);
        let of = |territory| -> Vec<SiteId> {
            (0..self.sites.len()).filter(|&i| self.sites[i] == Some(territory)).map(SiteId::from_index).collect()
        };
        let (sources, sinks) = (of(from), of(to));
        self.flows.solve(&sources, &sinks, &outage).bounded()
    }
}

/// The network of what the fibre allows; `None` for a topology without sites.
fn physical_network(law: &Law<'_>) -> Option<Network> {
    let policy = law.policy().with_rules(Profile::Physical.rules());
    let anywhere = law.topology().sites().next()?.0;
    let query = Query { from: anywhere, to: anywhere, service: Service::Leased, operator: None };
    compile(&Law::new(law.topology(), &policy), Metric::Latency, &[query]).networks.pop()
}
