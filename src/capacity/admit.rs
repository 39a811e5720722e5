//! How much of each request goes on its routes: all of it, or what still fits.
//!
//! It finds no routes.

use std::collections::BTreeMap;

use super::Bottleneck;
use super::place::{Bundle, Part, Placement, Shortfall};
use super::room::Spare;
use crate::demand::Request;
use crate::network::LaneId;
use crate::policy::Law;
use crate::route::Way;

/// Places everything that has a route, whatever the capacity.
pub(super) fn offer(requests: &[Request], bundles: Vec<Vec<Bundle>>, shortfalls: Vec<Option<Shortfall>>) -> Vec<Placement> {
    let placed = bundles.into_iter().zip(requests).map(|(bundles, request)| offered(request, bundles));
    placed.zip(shortfalls).map(|(parts, shortfall)| Placement { parts, shortfall }).collect()
}

/// Places what fits, in order of priority, then of the requests.
pub(super) fn admit(
    law: &Law<'_>,
    requests: &[Request],
    mut bundles: Vec<Vec<Bundle>>,
    mut shortfalls: Vec<Option<Shortfall>>,
) -> Vec<Placement> {
    let mut spare = Spare::of(law);
    let mut order: Vec<usize> = (0..requests.len()).collect();
    order.sort_by_key(|&i| (requests[i].priority, i));
    let mut placements = vec![Placement { parts: Vec::new(), shortfall: None }; requests.len()];
    for i in order {
        placements[i] = match shortfalls[i].take() {
            Some(shortfall) => Placement { parts: Vec::new(), shortfall: Some(shortfall) },
            None => spare.admit(law, &requests[i], std::mem::take(&mut bundles[i])),
        };
    }
    placements
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

impl Spare {
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
}

/// What one Mbit/s on the bundle takes from each lane and gateway; the same lane may be used twice.
pub(super) fn takes(law: &Law<'_>, bundle: &[(Way, f64)]) -> BTreeMap<Bottleneck, f64> {
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
