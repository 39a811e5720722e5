//! Pairs of lawful routes that avoid each other, and all lawful routes of least cost.
//!
//! The searching is the kernels'; here a pair keeps to the law as a whole (R15), and risk groups get their segments.

use super::{Way, search};
use crate::algorithm::disjoint::{self, BUDGET, Groups, Shared, Value, Wanted};
use crate::algorithm::k_shortest::{self, list_routes};
use crate::network::{Metric, Network, Outage};
use crate::policy::{Law, Query};
use crate::topology::{RiskGroup, SegmentId, SiteId, Topology};

/// What two disjoint routes do not share. Segments are never shared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disjoint {
    /// No segment.
    Segment,
    /// No site but the ends.
    Site,
    /// No risk group.
    RiskGroup,
}

impl Disjoint {
    /// All kinds, in the order of the enum.
    pub const ALL: [Self; 3] = [Self::Segment, Self::Site, Self::RiskGroup];

    /// The word in files.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Segment => "segment",
            Self::Site => "site",
            Self::RiskGroup => "risk-group",
        }
    }
}

/// Two lawful routes, and what is known about better pairs.
#[derive(Clone, Debug, PartialEq)]
pub struct Pair {
    /// The cheaper first; `None` where not even one pair was found.
    pub ways: Option<[Way; 2]>,
    /// Sites, segments and risk groups that both use: empty if they are disjoint; else no pair shares fewer, if proven.
    pub shared: Vec<Common>,
    /// No pair is better than this: fewer shared, then less cost.
    pub bound: Value,
    /// Whether the pair is the best there is (or, without one, whether there is none).
    pub is_proven: bool,
}

/// Something that two routes have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Common {
    /// A segment.
    Segment(SegmentId),
    /// A site that is not an end of the query.
    Site(SiteId),
    /// A risk group, by its position.
    RiskGroup(usize),
}

/// Finds the pair of lawful routes of least total cost that share nothing of the kind; where there is none, the pair that
/// shares least and, of these, costs least.
///
/// Exact within a budget of searches (risk-group-disjoint pairs are NP-hard: Hu 2003), else with a bound; the result says so.
#[must_use]
pub fn disjoint(law: &Law<'_>, metric: Metric, query: &Query, kind: Disjoint) -> Pair {
    let mut workspace = disjoint::Workspace::default();
    let mut last = None;
    let ways = search::watched(law, metric, query, |network| {
        let pair = disjoint::find_pair(
            &disjoint::Query {
                network,
                outage: &Outage::none_of(network),
                ends: [query.from, query.to],
                groups: &groups(law.topology(), network, query, kind),
                wanted: Wanted::LeastShared,
                budget: BUDGET,
            },
            &mut workspace,
        );
        let routes = pair.routes.iter().flatten().cloned().collect();
        last = Some(pair);
        routes
    });
    let pair = last.expect("the search looks at least once");
    let common = |shared: &Shared| match *shared {
        Shared::Segment(segment) => Common::Segment(segment),
        Shared::Site(site) => Common::Site(site),
        Shared::Listed(group) => Common::RiskGroup(group),
    };
    Pair {
        ways: <[Way; 2]>::try_from(ways).ok(),
        shared: pair.shared.iter().map(common).collect(),
        bound: pair.bound,
        is_proven: pair.is_proven,
    }
}

fn groups(topology: &Topology, network: &Network, query: &Query, kind: Disjoint) -> Groups {
    match kind {
        Disjoint::Segment => Groups::of_segments(network),
        Disjoint::Site => Groups::of_sites(network),
        Disjoint::RiskGroup => {
            let members = topology.risk_groups().iter().map(|group| lost_with(topology, group, query));
            Groups::of_segments(network).with_listed(members)
        }
    }
}

/// Segments that a risk group takes away: its own, and those at its sites, but for the ends of the query, which every
/// route needs.
fn lost_with(topology: &Topology, group: &RiskGroup, query: &Query) -> Vec<SegmentId> {
    let sites = group.sites.iter().filter(|&&site| site != query.from && site != query.to);
    let at_sites = sites.flat_map(|&site| topology.segments_at(site));
    group.segments.iter().copied().chain(at_sites).collect()
}

/// All lawful routes that cost as little as the shortest, each sequence of segments once, at most `limit`.
#[must_use]
pub fn equal_cost(law: &Law<'_>, metric: Metric, query: &Query, limit: usize) -> Vec<Way> {
    let mut workspace = k_shortest::Workspace::default();
    search::watched(law, metric, query, |network| {
        let sound = Outage::none_of(network);
        let mut least = None;
        list_routes(network, &sound, [query.from, query.to], &mut workspace)
            .take_while(|route| *least.get_or_insert(route.cost) == route.cost)
            .take(limit)
            .collect()
    })
}
