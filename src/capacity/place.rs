//! Places requests on lawful routes: which routes each may use, and what became of it.
//!
//! How much goes on each route is decided in `admit`, how full that makes everything is counted in `load`.

use super::admit::{admit, offer};
use super::optimal::{self, Goal};
use super::{Bottleneck, Loads, equal_cost};
use crate::demand::Request;
use crate::network::Metric;
use crate::policy::{Law, Profile, Query, Rule, Violation, share_violations};
use crate::route::{Way, search};
use crate::topology::TerritoryId;
use crate::units::{Bandwidth, Latency};

/// How traffic is spread over routes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Routing {
    /// All on the shortest lawful route.
    Shortest,
    /// Over all lawful routes of least cost, evenly at every step, as routers do (equal-cost multipath).
    EqualCost,
    /// Over the so many shortest lawful routes.
    ///
    /// As offered, evenly; under admission, the cheapest is filled first and what is left goes to the next.
    Split {
        /// How many routes at most; at least 1.
        routes: usize,
    },
    /// Over any lawful routes, in any parts, by the optimum (see `optimal`).
    ///
    /// As offered, such that the highest utilisation is least; under admission, such that the most is carried, weighted by
    /// priority. Asks no metric: bounds are on latency, and nothing else counts.
    Optimal {
        /// Relative gap at which to stop; 0 = exact.
        gap: f64,
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

/// Traffic of one request on one route.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// The route.
    pub way: Way,
    /// How much; more than zero. Whole unless it comes of an even split or an optimum.
    pub mbps: f64,
}

/// What became of one request.
#[derive(Clone, Debug, PartialEq)]
pub struct Placement {
    /// What is carried, the cheaper routes first.
    pub parts: Vec<Part>,
    /// Why not everything is, where it is not.
    pub shortfall: Option<Shortfall>,
}

impl Placement {
    /// All that is carried, Mbit/s.
    #[must_use]
    pub fn carried_mbps(&self) -> f64 {
        self.parts.iter().map(|part| part.mbps).sum()
    }
}

/// Why a request is not carried, or not all of it.
#[derive(Clone, Debug, PartialEq)]
pub enum Shortfall {
    /// No cable in service joins its ends, lawful or not.
    Unconnected,
    /// There are routes, but none is lawful; `route::why_not` says more.
    Unlawful,
    /// The fastest lawful route is slower than the request can bear.
    TooSlow {
        /// The fastest there is, one way.
        fastest: Latency,
    },
    /// Its routes are full: these bind, ascending.
    Full {
        /// On each route, whatever is full.
        at: Vec<Bottleneck>,
    },
    /// Every lawful route within its bound is cut: each passes one of these, which are full, ascending.
    CutOff {
        /// The cut.
        by: Vec<Bottleneck>,
    },
}

/// Routes that are filled together, each with its share of what goes on them; shares sum to 1.
pub(super) type Bundle = Vec<(Way, f64)>;

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

impl Outcome {
    /// Adds up what was placed, and judges its shares.
    #[must_use]
    pub fn new(law: &Law<'_>, placements: Vec<Placement>) -> Self {
        let loads = Loads::of(law, &placements);
        let shares = if law.holds(Rule::R17) { shares(law, &placements) } else { Vec::new() };
        Self { placements, loads, shares }
    }
}

/// Places all requests by the spec's rule. Deterministic at any thread count.
///
/// # Panics
/// If it is to split over no routes.
#[must_use]
pub fn run(law: &Law<'_>, spec: &Spec) -> Outcome {
    let mut bundles = match spec.routing {
        Routing::Optimal { gap } => return optimum(law, spec, gap),
        Routing::Shortest | Routing::EqualCost | Routing::Split { .. } => bundles(law, spec),
    };
    let mut shortfalls: Vec<Option<Shortfall>> = vec![None; spec.requests.len()];
    let missing: Vec<usize> = (0..bundles.len()).filter(|&i| bundles[i].is_empty()).collect();
    explain_missing(law, spec.metric, &spec.requests, &missing, &mut shortfalls);
    if spec.bounds == Bounds::Held {
        hold_bounds(law, spec, &mut bundles, &mut shortfalls);
    }
    let placements = match spec.mode {
        Mode::Offered => offer(&spec.requests, bundles, shortfalls),
        Mode::Admission => admit(law, &spec.requests, bundles, shortfalls),
    };
    Outcome::new(law, placements)
}

fn optimum(law: &Law<'_>, spec: &Spec, gap: f64) -> Outcome {
    let goal = match spec.mode {
        Mode::Offered => Goal::Concurrent,
        Mode::Admission => Goal::Carried,
    };
    optimal::run(law, &optimal::Spec { requests: spec.requests.clone(), goal, bounds: spec.bounds, gap }).placed
}

fn shares(law: &Law<'_>, placements: &[Placement]) -> Vec<(TerritoryId, Violation)> {
    let parts = placements.iter().flat_map(|placement| &placement.parts);
    share_violations(law, parts.filter_map(|part| Some((part.way.walk(), Bandwidth::from_mbps_f64(part.mbps)?))))
}

/// The routes of each request by the routing rule, cheapest bundle first; none where no lawful route is.
fn bundles(law: &Law<'_>, spec: &Spec) -> Vec<Vec<Bundle>> {
    let queries: Vec<Query> = spec.requests.iter().map(|request| request.query.clone()).collect();
    let alone = |way: Way| vec![(way, 1.0)];
    match spec.routing {
        Routing::Shortest => {
            search::shortest(law, spec.metric, &queries).into_iter().map(|way| way.into_iter().map(alone).collect()).collect()
        }
        Routing::EqualCost => {
            let all = equal_cost::bundles(law, spec.metric, &queries);
            all.into_iter().map(|bundle| Some(bundle).filter(|bundle| !bundle.is_empty()).into_iter().collect()).collect()
        }
        Routing::Split { routes } => {
            assert!(routes >= 1, "traffic is split over at least one route");
            let each = search::alternatives_of_each(law, spec.metric, &queries, routes);
            each.into_iter().map(|ways| ways.into_iter().map(alone).collect()).collect()
        }
        // An optimum has no routes of its own beforehand.
        Routing::Optimal { .. } => vec![Vec::new(); queries.len()],
    }
}

/// Says of requests without lawful route whether law or physics is in the way.
pub(super) fn explain_missing(
    law: &Law<'_>,
    metric: Metric,
    requests: &[Request],
    missing: &[usize],
    shortfalls: &mut [Option<Shortfall>],
) {
    let queries: Vec<Query> = missing.iter().map(|&i| requests[i].query.clone()).collect();
    let physical = law.policy().with_rules(Profile::Physical.rules());
    let ways = search::shortest(&law.under(&physical), metric, &queries);
    for (&i, way) in missing.iter().zip(ways) {
        shortfalls[i] = Some(if way.is_some() { Shortfall::Unlawful } else { Shortfall::Unconnected });
    }
}

fn hold_bounds(law: &Law<'_>, spec: &Spec, bundles: &mut [Vec<Bundle>], shortfalls: &mut [Option<Shortfall>]) {
    let mut late = Vec::new();
    for (i, request) in spec.requests.iter().enumerate().filter(|(_, request)| request.latency_max.is_some()) {
        let before = bundles[i].len();
        bundles[i].retain(|bundle| bundle.iter().all(|(way, _)| keeps_bound(request, way)));
        if before > 0 && bundles[i].is_empty() {
            late.push(i);
        }
    }
    let queries: Vec<Query> = late.iter().map(|&i| spec.requests[i].query.clone()).collect();
    for (i, way) in late.into_iter().zip(search::shortest(law, Metric::Latency, &queries)) {
        let way = way.expect("where a lawful route is, a fastest one is");
        if keeps_bound(&spec.requests[i], &way) {
            bundles[i] = vec![vec![(way, 1.0)]];
        } else {
            shortfalls[i] = Some(Shortfall::TooSlow { fastest: way.latency });
        }
    }
}

fn keeps_bound(request: &Request, way: &Way) -> bool {
    request.latency_max.is_none_or(|bound| way.latency <= bound)
}
