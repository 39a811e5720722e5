//! How much could flow between two places, what cuts them apart, how many ways join them, and what law leaves of it.
//!
//! One kind of traffic, as many routes as it takes, no other traffic in the way; capacity that nobody knows carries nothing.
//! Each direction of a segment has its own capacity, so a one-way network is one whose ways back carry nothing.

use std::collections::BTreeSet;

use petgraph::unionfind::UnionFind;

use super::diverse::{self, Diversity};
use super::lawful_flow::{LawfulFlow, lawful_flow};
use crate::algorithm::cut_tree::CutTree;
use crate::algorithm::max_flow::{Cut, Limits, MaxFlow, Value};
use crate::network::{LaneId, Metric, Network, Outage, compile, lane_capacities, switching_capacities};
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

/// What can cross from one territory straight to another, over the high seas at most.
pub(super) struct Borders<'a> {
    law: &'a Law<'a>,
    /// Length = 2 × segments.
    capacity: Vec<u64>,
    /// By territory: usable segments that leave it.
    leaving: Vec<Vec<SegmentId>>,
    /// By site without territory: the part of the high seas that it lies in, as far as cables join them.
    seas: Vec<usize>,
    /// By that part: usable segments within it.
    within: Vec<Vec<SegmentId>>,
}

impl<'a> Borders<'a> {
    /// O(sites + segments).
    pub(super) fn new(law: &'a Law<'a>) -> Self {
        let topology = law.topology();
        let ends = |segment: SegmentId| topology.segment(segment).ends;
        let usable = || topology.segments().map(|(id, _)| id).filter(|&id| law.is_usable(id) && ends(id)[0] != ends(id)[1]);
        let at_sea: Vec<SegmentId> = usable().filter(|&id| ends(id).iter().all(|&end| law.territory(end).is_none())).collect();
        let mut joined = UnionFind::new(topology.site_count());
        at_sea.iter().map(|&id| ends(id)).for_each(|[a, b]| _ = joined.union(a.index(), b.index()));
        let seas = joined.into_labeling();
        let mut within = vec![Vec::new(); topology.site_count()];
        at_sea.into_iter().for_each(|id| within[seas[ends(id)[0].index()]].push(id));
        let mut leaving = vec![Vec::new(); topology.territories().len()];
        for id in usable() {
            let [a, b] = ends(id).map(|end| law.territory(end));
            if a != b {
                a.into_iter().chain(b).for_each(|territory| leaving[territory.index()].push(id));
            }
        }
        Self { law, capacity: lane_capacities(law), leaving, seas, within }
    }

    /// In Mbit/s; `None` where there is no bound, which takes a segment of unlimited capacity. A maximum flow over the
    /// segments between the two, and over those parts of the high seas that both come to.
    pub(super) fn capacity_mbps(&self, from: TerritoryId, to: TerritoryId) -> Option<u64> {
        let ends = |segment: &SegmentId| self.law.topology().segment(*segment).ends;
        let sea_of = |segment: &SegmentId| {
            let site = ends(segment).into_iter().find(|&end| self.law.territory(end).is_none())?;
            Some(self.seas[site.index()])
        };
        let reached = |territory: TerritoryId| self.leaving[territory.index()].iter().filter_map(sea_of);
        let (of_from, of_to): (BTreeSet<usize>, BTreeSet<usize>) = (reached(from).collect(), reached(to).collect());
        let shared: BTreeSet<usize> = of_from.intersection(&of_to).copied().collect();
        let other = |segment: &SegmentId, near: TerritoryId| {
            let [a, b] = ends(segment).map(|end| self.law.territory(end));
            if a == Some(near) { b } else { a }
        };
        let is_to_sea = |segment: &&SegmentId| sea_of(segment).is_some_and(|sea| shared.contains(&sea));
        let from_here = &self.leaving[from.index()];
        let mut segments: Vec<SegmentId> = from_here.iter().filter(|segment| other(segment, from) == Some(to)).copied().collect();
        segments.extend(from_here.iter().chain(&self.leaving[to.index()]).filter(is_to_sea));
        segments.extend(shared.iter().flat_map(|&sea| &self.within[sea]));
        let mut sites: Vec<SiteId> = segments.iter().flat_map(ends).collect();
        sites.sort_unstable();
        sites.dedup();
        let place = |site: SiteId| SiteId::from_index(sites.binary_search(&site).expect("it is an end of one of them"));
        let small = segments.iter().map(|&segment| {
            let [a, b] = ends(&segment).map(place);
            (a, b, 1, [0, 1].map(|backwards| self.capacity[LaneId::new(segment, backwards).index()]))
        });
        let network = Network::of_sites(sites.len(), &small.collect::<Vec<_>>());
        let of = |territory| -> Vec<SiteId> {
            sites.iter().filter(|&&site| self.law.territory(site) == Some(territory)).map(|&site| place(site)).collect()
        };
        MaxFlow::new(&network, Limits::Lanes).solve(&of(from), &of(to), &Outage::none_of(&network)).bounded()
    }
}

/// The network of what the fibre allows; `None` for a topology without sites.
fn physical_network(law: &Law<'_>) -> Option<Network> {
    let policy = law.policy().with_rules(Profile::Physical.rules());
    let anywhere = law.topology().sites().next()?.0;
    let query = Query { from: anywhere, to: anywhere, service: Service::Leased, operator: None };
    compile(&law.under(&policy), Metric::Latency, &[query]).networks.pop()
}
