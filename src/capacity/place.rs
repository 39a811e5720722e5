//! Places requests on lawful routes: which routes each may use, then how much goes on each.
//!
//! It counts what each part takes from lanes and gateways; how full they get in all is in `load`.

use std::collections::BTreeMap;

use super::{Bottleneck, Bounds, Mode, Routing, Spec};
use crate::demand::Request;
use crate::network::{LaneId, Metric, UNLIMITED, lane_capacities, switching_capacities};
use crate::policy::{Law, Profile, Query};
use crate::route::{Way, search};
use crate::units::Latency;

/// Traffic of one request on one route.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// The route.
    pub way: Way,
    /// How much; more than zero. Whole unless it comes of an even split.
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
}

/// Routes that are filled together, each with its share of what goes on them; shares sum to 1.
type Bundle = Vec<(Way, f64)>;

/// Places all requests by the spec's rule.
pub(super) fn place(law: &Law<'_>, spec: &Spec) -> Vec<Placement> {
    let mut bundles = bundles(law, spec);
    let mut shortfalls: Vec<Option<Shortfall>> = vec![None; spec.requests.len()];
    explain_missing(law, spec, &bundles, &mut shortfalls);
    if spec.bounds == Bounds::Held {
        hold_bounds(law, spec, &mut bundles, &mut shortfalls);
    }
    match spec.mode {
        Mode::Offered => {
            let placed = bundles.into_iter().zip(&spec.requests).map(|(bundles, request)| offered(request, bundles));
            placed.zip(shortfalls).map(|(parts, shortfall)| Placement { parts, shortfall }).collect()
        }
        Mode::Admission => {
            let mut spare = Spare::of(law);
            let mut order: Vec<usize> = (0..spec.requests.len()).collect();
            order.sort_by_key(|&i| (spec.requests[i].priority, i));
            let mut placements = vec![Placement { parts: Vec::new(), shortfall: None }; spec.requests.len()];
            for i in order {
                placements[i] = match shortfalls[i].take() {
                    Some(shortfall) => Placement { parts: Vec::new(), shortfall: Some(shortfall) },
                    None => spare.admit(law, &spec.requests[i], std::mem::take(&mut bundles[i])),
                };
            }
            placements
        }
    }
}

/// The routes of each request by the routing rule, cheapest bundle first; none where no lawful route is.
fn bundles(law: &Law<'_>, spec: &Spec) -> Vec<Vec<Bundle>> {
    let queries: Vec<Query> = spec.requests.iter().map(|request| request.query.clone()).collect();
    let alone = |way: Way| vec![(way, 1.0)];
    match spec.routing {
        Routing::Shortest => {
            search::shortest(law, spec.metric, &queries).into_iter().map(|way| way.into_iter().map(alone).collect()).collect()
        }
        Routing::Split { routes } => {
            assert!(routes >= 1, "traffic is split over at least one route");
            let each = search::alternatives_of_each(law, spec.metric, &queries, routes);
            each.into_iter().map(|ways| ways.into_iter().map(alone).collect()).collect()
        }
    }
}

fn explain_missing(law: &Law<'_>, spec: &Spec, bundles: &[Vec<Bundle>], shortfalls: &mut [Option<Shortfall>]) {
    let missing: Vec<usize> = (0..bundles.len()).filter(|&i| bundles[i].is_empty()).collect();
    let queries: Vec<Query> = missing.iter().map(|&i| spec.requests[i].query.clone()).collect();
    let physical = law.policy().with_rules(Profile::Physical.rules());
    let ways = search::shortest(&Law::new(law.topology(), &physical), spec.metric, &queries);
    for (i, way) in missing.into_iter().zip(ways) {
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

/// Spreads a request evenly over its bundles, in whole Mbit/s, the earlier ones getting what does not divide.
fn offered(request: &Request, bundles: Vec<Bundle>) -> Vec<Part> {
    let count = bundles.len() as u64;
    let mbps = request.traffic.mbps();
    let even = |i: u64| mbps / count + u64::from(i < mbps % count);
    (0..).zip(bundles).flat_map(|(i, bundle)| parts(bundle, even(i))).collect()
}

#[expect(clippy::cast_precision_loss, reason = "below 2^53 Mbit/s")]
fn parts(bundle: Bundle, mbps: u64) -> impl Iterator<Item = Part> {
    bundle.into_iter().map(move |(way, share)| Part { way, mbps: share * mbps as f64 }).filter(|part| part.mbps > 0.0)
}

/// What is left of every capacity, Mbit/s.
struct Spare {
    lanes: Vec<f64>,
    switching: Vec<f64>,
}

impl Spare {
    fn of(law: &Law<'_>) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "below 2^53 Mbit/s")]
        let real = |mbps: u64| if mbps == UNLIMITED { f64::INFINITY } else { mbps as f64 };
        Self {
            lanes: lane_capacities(law).into_iter().map(real).collect(),
            switching: switching_capacities(law.topology()).into_iter().map(real).collect(),
        }
    }

    /// Fills the bundles in order, each as far as its fullest lane or gateway lets it, in whole Mbit/s.
    fn admit(&mut self, law: &Law<'_>, request: &Request, bundles: Vec<Bundle>) -> Placement {
        let mut left = request.traffic.mbps();
        let mut placed = Vec::new();
        let mut at = Vec::new();
        for bundle in bundles {
            let takes = takes(law, &bundle);
            let room = takes.iter().map(|(&bottleneck, &share)| whole(self.left(bottleneck) / share)).min().unwrap_or(left);
            let mbps = left.min(room);
            if mbps < left {
                at.extend(takes.iter().filter(|&(&b, &share)| whole(self.left(b) / share) == room).map(|(&b, _)| b));
            }
            for (bottleneck, share) in takes {
                #[expect(clippy::cast_precision_loss, reason = "below 2^53 Mbit/s")]
                self.take(bottleneck, share * mbps as f64);
            }
            placed.extend(parts(bundle, mbps));
            left -= mbps;
        }
        at.sort_unstable();
        at.dedup();
        Placement { parts: placed, shortfall: (left > 0).then_some(Shortfall::Full { at }) }
    }

    fn left(&self, bottleneck: Bottleneck) -> f64 {
        match bottleneck {
            Bottleneck::Lane(lane) => self.lanes[lane.index()],
            Bottleneck::Gateway(site) => self.switching[site.index()],
        }
    }

    fn take(&mut self, bottleneck: Bottleneck, mbps: f64) {
        let left = match bottleneck {
            Bottleneck::Lane(lane) => &mut self.lanes[lane.index()],
            Bottleneck::Gateway(site) => &mut self.switching[site.index()],
        };
        *left = (*left - mbps).max(0.0);
    }
}

/// What one Mbit/s on the bundle takes from each lane and gateway; the same lane may be used twice.
fn takes(law: &Law<'_>, bundle: &Bundle) -> BTreeMap<Bottleneck, f64> {
    let mut takes = BTreeMap::new();
    for (way, share) in bundle {
        let lanes = lanes(law, way).map(Bottleneck::Lane);
        for bottleneck in lanes.chain(way.switched_at.iter().copied().map(Bottleneck::Gateway)) {
            *takes.entry(bottleneck).or_insert(0.0) += share;
        }
    }
    takes
}

/// The lanes a route uses, in order of travel.
pub(super) fn lanes<'a>(law: &'a Law<'_>, way: &'a Way) -> impl Iterator<Item = LaneId> + 'a {
    way.segments.iter().zip(&way.sites).map(|(&segment, &from)| {
        let backwards = u32::from(law.topology().segment(segment).ends[0] != from);
        LaneId::new(segment, backwards)
    })
}

/// The greatest whole number that fits, forgiving the millionth that an even split may lose in its last digits.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "never negative; a cast stops at the greatest")]
fn whole(mbps: f64) -> u64 {
    (mbps + 1e-6).floor() as u64
}
