//! Turns what column generation found into routes and loads, and measures both sides of the answer again.
//!
//! The value is that of the routes themselves, walked arc by arc; the bound is that of the prices as they are handed
//! out. Neither trusts the solver of the linear program.

use std::collections::BTreeMap;

use super::columns::{Pricer, Prices};
use super::generation::{Outcome, bound_of};
use super::resources::Resources;
use super::{Goal, Question, Share, Solution, gap};
use crate::network::ArcId;

/// Prices below this part of all together are called zero, if the bound allows it.
const PRICE_CRUMB: f64 = 1e-8;

/// How far the parts of a commodity may be from making a whole, after sums of many.
const WHOLE: f64 = 1e-9;

/// Makes the answer from what column generation found.
pub(super) fn certify(question: &Question<'_>, goal: Goal, resources: &Resources, mut outcome: Outcome) -> Solution {
    let shares = shares(question, &outcome);
    assert!(is_fair(goal, &outcome, &shares), "no demand is carried in part or twice where all count alike");
    let loads = loads(question, resources, &shares);
    let value = value(question, goal, resources, &shares, &loads);
    clean_prices(question, goal, resources, &mut outcome, value);
    assert!(value <= outcome.bound * (1.0 + 1e-9), "{value} is proven impossible by {}", outcome.bound);
    let all: f64 = outcome.prices.iter().zip(&resources.capacity).map(paid).sum();
    let scale = match goal {
        // Such that carrying every demand once costs one; nothing has a price where there is no bound.
        Goal::Concurrent if all > 0.0 && outcome.bound.is_finite() => outcome.bound / all,
        Goal::Concurrent => 0.0,
        Goal::Carried => 1.0,
    };
    let prices = outcome.prices.iter().map(|price| price * scale).collect();
    let (lane_load, switch_load) = resources.split(loads);
    let (lane_price, switch_price) = resources.split(prices);
    Solution {
        value,
        bound: outcome.bound.max(value),
        shares,
        lane_load,
        switch_load,
        lane_price,
        switch_price,
        unroutable: outcome.unroutable,
        rounds: outcome.rounds,
        columns: outcome.columns.len(),
    }
}

fn paid((price, capacity): (&f64, &f64)) -> f64 {
    if *price > 0.0 { price * capacity } else { 0.0 }
}

/// Adds up the parts of each commodity that go the same way.
fn shares(question: &Question<'_>, outcome: &Outcome) -> Vec<Share> {
    let mut used: Vec<Vec<(usize, f64)>> = vec![Vec::new(); outcome.groups.len()];
    for (i, (column, &share)) in outcome.columns.iter().zip(&outcome.shares).enumerate() {
        if share > 0.0 {
            used[column.group].push((i, share));
        }
    }
    let of_group = crate::parallel::map(
        outcome.groups.len(),
        || (),
        |(), i| {
            let group = &outcome.groups[i];
            let network = &question.networks[group.network];
            let of_member = |(position, &commodity): (usize, &usize)| {
                let mut routes: BTreeMap<Vec<ArcId>, f64> = BTreeMap::new();
                for &(column, share) in &used[i] {
                    if let Some(arcs) = outcome.columns[column].route(network, position) {
                        *routes.entry(arcs).or_default() += share;
                    }
                }
                routes.into_iter().map(move |(arcs, fraction)| Share { commodity, arcs, fraction: fraction.min(1.0) })
            };
            group.members.iter().enumerate().flat_map(of_member).collect::<Vec<_>>()
        },
    );
    let mut shares: Vec<Share> = of_group.into_iter().flatten().collect();
    shares.sort_by_key(|share| share.commodity);
    shares
}

/// Tells whether no commodity is carried more than whole and, with one multiplier for all, none that has a route less.
fn is_fair(goal: Goal, outcome: &Outcome, shares: &[Share]) -> bool {
    let mut members: Vec<usize> = outcome.groups.iter().flat_map(|group| group.members.iter().copied()).collect();
    members.sort_unstable();
    let mut rest = shares;
    members.iter().all(|&member| {
        let (own, others) = rest.split_at(rest.iter().take_while(|share| share.commodity == member).count());
        rest = others;
        let whole: f64 = own.iter().map(|share| share.fraction).sum();
        whole <= 1.0 + WHOLE && (goal == Goal::Carried || whole >= 1.0 - WHOLE)
    }) && rest.is_empty()
}

/// Load on every resource at the amounts offered, Mbit/s; length = resources, without the unlimited ones left out.
fn loads(question: &Question<'_>, resources: &Resources, shares: &[Share]) -> Vec<f64> {
    let mut loads = vec![0.0; resources.capacity.len()];
    for share in shares {
        let commodity = &question.commodities[share.commodity];
        let network = &question.networks[commodity.network];
        let amount = commodity.amount_mbps * share.fraction;
        for resource in resources.of_route(network, &share.arcs) {
            loads[resource] += amount;
        }
    }
    loads
}

fn value(question: &Question<'_>, goal: Goal, resources: &Resources, shares: &[Share], loads: &[f64]) -> f64 {
    let used = loads.iter().zip(&resources.capacity).filter(|(load, _)| **load > 0.0).map(|(load, capacity)| load / capacity);
    let worst = used.fold(0.0, f64::max);
    let worth = |share: &Share| {
        let commodity = &question.commodities[share.commodity];
        commodity.amount_mbps * commodity.weight * share.fraction
    };
    match goal {
        Goal::Concurrent => 1.0 / worst,
        // Sums in another order differ in the last digits; what is a hair too much does not count.
        Goal::Carried => shares.iter().map(worth).sum::<f64>() / worst.max(1.0),
    }
}

/// Sets the smallest prices to zero and measures the bound again, alone; keeps the prices as they were if the gap would
/// grow beyond what was asked for.
fn clean_prices(question: &Question<'_>, goal: Goal, resources: &Resources, outcome: &mut Outcome, value: f64) {
    let all: f64 = outcome.prices.iter().zip(&resources.capacity).map(paid).sum();
    let is_worth = |(price, capacity): (&f64, &f64)| if price * capacity > all * PRICE_CRUMB { *price } else { 0.0 };
    let prices: Vec<f64> = outcome.prices.iter().zip(&resources.capacity).map(is_worth).collect();
    let mut pricer = Pricer::default();
    let of_arc: Vec<Vec<f64>> =
        question.networks.iter().map(|network| resources.arc_prices(network, question.outage, &prices)).collect();
    let price = |(i, group): (usize, &super::columns::Group)| {
        let prices = Prices { of_resource: &prices, of_arc: &of_arc[group.network] };
        pricer.price((question, goal, resources), (i, group), prices)
    };
    let offers: Vec<_> = outcome.groups.iter().enumerate().map(price).collect();
    let bound = bound_of(goal, resources, &prices, &offers);
    if gap(value, bound) <= question.gap.max(gap(value, outcome.bound)) {
        (outcome.prices, outcome.bound) = (prices, bound);
    }
}
