//! The best routing there is under law: how far all traffic may grow at once, or the most that can be carried.
//!
//! Traffic is split over any lawful routes, in any parts. The optimum comes with a bound that no routing can pass and
//! the prices that prove it: what binds, and how much. A latency bound is on time, so routes are counted in nanoseconds
//! here, whatever is called shortest elsewhere. It rounds nothing to whole circuits.

pub(super) mod lawful;

use super::place::{self, Bounds, Mode, Part, Placement, Routing, Shortfall};
use super::room::{CRUMB_MBPS, Room, Spare};
use super::{Bottleneck, Loads};
use crate::algorithm::multicommodity::EXACT;
use crate::demand::{Request, USUAL_PRIORITY};
use crate::network::{LaneId, Metric, lane_capacities, switching_capacities};
use crate::policy::{Law, Query};
use crate::route::{Way, search};
use crate::topology::SiteId;
use lawful::{Answer, Traffic};

/// What is sought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goal {
    /// The greatest multiplier of all traffic at once, which is one over the least highest utilisation.
    Concurrent,
    /// The most traffic, each Mbit/s weighted by [`weight`] of its priority.
    Carried,
}

/// What is asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Spec {
    /// The traffic.
    pub requests: Vec<Request>,
    /// What is sought.
    pub goal: Goal,
    /// Whether latency bounds are kept.
    pub bounds: Bounds,
    /// Relative gap between routing and bound at which to stop; 0 = exact.
    pub gap: f64,
}

impl Spec {
    /// The same as a placement.
    #[must_use]
    pub fn placement(&self) -> place::Spec {
        let mode = match self.goal {
            Goal::Concurrent => Mode::Offered,
            Goal::Carried => Mode::Admission,
        };
        let (requests, routing) = (self.requests.clone(), Routing::Optimal { gap: self.gap });
        place::Spec { requests, metric: Metric::Latency, routing, mode, bounds: self.bounds }
    }
}

/// Something that binds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Binding {
    /// What.
    pub what: Bottleneck,
    /// Its capacity, Mbit/s.
    pub capacity_mbps: u64,
    /// By how much the bound grows with each further Mbit/s of it: of multiplier, or of weighted Mbit/s.
    pub price: f64,
    /// Its part of the bound, 0..=1: a hundredth more of its capacity raises the bound by so many hundredths.
    pub share: f64,
}

/// What was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// What the routing attains: the multiplier of all traffic with a route (infinite if nothing binds), or the weighted
    /// traffic carried, Mbit/s.
    pub value: f64,
    /// What no lawful routing can pass.
    pub bound: f64,
    /// The routing: under [`Goal::Concurrent`] of all that is offered and has a route, at the amounts offered.
    pub placed: place::Outcome,
    /// What binds, by share, ties to lanes, then to the lower.
    pub binding: Vec<Binding>,
    /// How many linear programs were solved.
    pub rounds: usize,
    /// How many columns they chose from.
    pub columns: usize,
}

impl Outcome {
    /// How far the value may be from the optimum, as a part of the bound.
    #[must_use]
    pub fn gap(&self) -> f64 {
        gap(self.value, self.bound)
    }

    /// Whether routing and bound meet, to one part in ten million.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        self.gap() <= EXACT
    }
}

fn gap(value: f64, bound: f64) -> f64 {
    if value >= bound { 0.0 } else { 1.0 - value / bound }
}

/// What a Mbit/s of a priority is worth: twice that of the next, and 1 at the usual priority.
#[must_use]
pub fn weight(priority: u8) -> f64 {
    2f64.powi(i32::from(USUAL_PRIORITY) - i32::from(priority))
}

/// Finds the optimum for all requests. Deterministic at any thread count.
///
/// Requests that no route serves are left out and say why. Capacity that nobody knows carries nothing; switching that
/// nobody knows does not bind.
#[must_use]
pub fn run(law: &Law<'_>, spec: &Spec) -> Outcome {
    let mut traffic: Vec<Traffic> = spec.requests.iter().map(|request| traffic(spec, request)).collect();
    let mut shortfalls = leave_out(law, spec, &mut traffic);
    let mut answer = lawful::solve(law, spec.goal, &mut traffic, spec.gap);
    // What has a lawful route and cannot be served leads over no capacity at all.
    let empty = Spare::of(law);
    for &i in &answer.unroutable {
        let network = &answer.compiled.networks[answer.compiled.of_query[i]];
        if let Room::Cut(by) = empty.find(law, network, &traffic[i].query, traffic[i].latency_max) {
            shortfalls[i] = Some(Shortfall::CutOff { by });
        }
    }
    if spec.goal == Goal::Carried {
        fill_up(law, spec, &traffic, &mut answer, &mut shortfalls);
        answer.value = lawful::worth(&traffic, &answer.placements).max(answer.value);
    }
    for (placement, shortfall) in answer.placements.iter_mut().zip(shortfalls) {
        placement.shortfall = shortfall;
    }
    Outcome {
        value: answer.value,
        bound: answer.bound.max(answer.value),
        binding: binding(law, [&answer.lane_price, &answer.switch_price], answer.bound),
        placed: place::Outcome::new(law, answer.placements),
        rounds: answer.rounds,
        columns: answer.columns,
    }
}

/// Leaves out what has no lawful route, or none in time, and says so.
fn leave_out(law: &Law<'_>, spec: &Spec, traffic: &mut [Traffic]) -> Vec<Option<Shortfall>> {
    let mut shortfalls = vec![None; traffic.len()];
    let queries: Vec<Query> = traffic.iter().map(|traffic| traffic.query.clone()).collect();
    let ways = search::shortest(law, Metric::Latency, &queries);
    let missing: Vec<usize> = (0..ways.len()).filter(|&i| ways[i].is_none()).collect();
    place::explain_missing(law, Metric::Latency, &spec.requests, &missing, &mut shortfalls);
    for (i, fastest) in ways.iter().enumerate().filter_map(|(i, way)| Some((i, way.as_ref()?.latency))) {
        if traffic[i].latency_max.is_some_and(|bound| fastest > bound) {
            shortfalls[i] = Some(Shortfall::TooSlow { fastest });
        }
    }
    for (traffic, _) in traffic.iter_mut().zip(&shortfalls).filter(|(_, shortfall)| shortfall.is_some()) {
        traffic.mbps = 0.0;
    }
    shortfalls
}

fn traffic(spec: &Spec, request: &Request) -> Traffic {
    Traffic {
        query: request.query.clone(),
        from: vec![request.query.from],
        to: vec![request.query.to],
        #[expect(clippy::cast_precision_loss, reason = "below 2^53 Mbit/s")]
        mbps: request.traffic.mbps() as f64,
        weight: weight(request.priority),
        latency_max: request.latency_max.filter(|_| spec.bounds == Bounds::Held),
        watched: Vec::new(),
    }
}

/// Puts what is left of requests on what is left of routes, by priority, so that whatever is dropped is cut off.
///
/// An optimum to within a gap, and be it one part in ten million, may leave something out that still fits.
fn fill_up(law: &Law<'_>, spec: &Spec, traffic: &[Traffic], answer: &mut Answer, shortfalls: &mut [Option<Shortfall>]) {
    let mut spare = Spare::after(law, &Loads::of(law, &answer.placements));
    let mut order: Vec<usize> = (0..traffic.len()).filter(|&i| shortfalls[i].is_none()).collect();
    order.sort_by_key(|&i| (spec.requests[i].priority, i));
    for i in order {
        let placement = &mut answer.placements[i];
        let network = &answer.compiled.networks[answer.compiled.of_query[i]];
        let mut missing = traffic[i].mbps - placement.carried_mbps();
        while missing >= CRUMB_MBPS {
            match spare.find(law, network, &traffic[i].query, traffic[i].latency_max) {
                Room::Left(way, room) => {
                    let mbps = room.min(missing);
                    spare.fill(law, &way, mbps);
                    add(placement, way, mbps);
                    missing -= mbps;
                }
                Room::Cut(by) => {
                    shortfalls[i] = Some(Shortfall::CutOff { by });
                    break;
                }
            }
        }
    }
}

/// Adds traffic to the part on this route, or as a new part where its cost belongs.
fn add(placement: &mut Placement, way: Way, mbps: f64) {
    match placement.parts.iter_mut().find(|part| part.way == way) {
        Some(part) => part.mbps += mbps,
        None => {
            let place = placement.parts.partition_point(|part| part.way.cost <= way.cost);
            placement.parts.insert(place, Part { way, mbps });
        }
    }
}

/// What binds, the greatest share first.
pub(super) fn binding(law: &Law<'_>, [lane_price, switch_price]: [&[f64]; 2], bound: f64) -> Vec<Binding> {
    let lanes = lane_price.iter().zip(lane_capacities(law)).enumerate();
    let lanes = lanes.map(|(i, (price, capacity))| (Bottleneck::Lane(LaneId::from_index(i)), *price, capacity));
    let sites = switch_price.iter().zip(switching_capacities(law.topology())).enumerate();
    let sites = sites.map(|(i, (price, capacity))| (Bottleneck::Gateway(SiteId::from_index(i)), *price, capacity));
    let bind = |(what, price, capacity_mbps): (Bottleneck, f64, u64)| {
        #[expect(clippy::cast_precision_loss, reason = "below 2^53 Mbit/s")]
        let share = price * capacity_mbps as f64 / bound;
        // Less than an exact answer is good for cannot be told from nothing.
        (price > 0.0 && share > EXACT).then_some(Binding { what, capacity_mbps, price, share })
    };
    let mut binding: Vec<Binding> = lanes.chain(sites).filter_map(bind).collect();
    binding.sort_by(|a, b| b.share.total_cmp(&a.share));
    binding
}
