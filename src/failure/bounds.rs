//! Bounds by enumeration: the likeliest states are judged one by one, the rest is taken at its best and at its worst.
//!
//! Nothing is drawn, so what is said is certain within the model of single moments. The interval closes slowly where much
//! is down at any time: the number of states says how far it was taken.

use std::collections::BTreeMap;

use crate::algorithm::block::Block;
use crate::failure::Spec;
use crate::failure::likely::{LikelyChoice, LikelyChoices};
use crate::failure::moment::{Moment, outcomes};
use crate::failure::stake::Stake;
use crate::failure::states::{Amounts, States, Verdict};
use crate::failure::timeline::model::PartId;
use crate::policy::Law;

/// From the best that the rest could do to the worst.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Interval {
    /// If the rest does no harm.
    pub optimistic: f64,
    /// If the rest does all harm there can be.
    pub pessimistic: f64,
}

impl Interval {
    fn new(sum: f64, rest: f64) -> Self {
        Self { optimistic: sum, pessimistic: sum + rest }
    }

    /// Tells whether an estimate lies inside, give or take so many of its standard errors.
    #[must_use]
    pub fn holds(self, estimate: crate::statistics::Estimate, errors: f64) -> bool {
        let slack = errors * estimate.standard_error;
        // A state's probability is right to some 10⁻¹⁵ of itself, and there are many.
        let rounding = 1e-9 * self.pessimistic.abs();
        estimate.mean >= self.optimistic - slack - rounding && estimate.mean <= self.pessimistic + slack + rounding
    }
}

/// Bounds of losses by one way of judging.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    /// Mean Mbit/s by account: all, territories, services, as the ledger numbers them.
    pub mean_mbps: Vec<Interval>,
    /// Loss of all traffic in Mbit/s that is not exceeded with the probability of the risk level.
    pub value_at_risk_mbps: Interval,
    /// Mean loss in the worst states that make up the rest of the time.
    pub conditional_value_at_risk_mbps: Interval,
}

/// What enumeration came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Bounds {
    /// States judged.
    pub states: u64,
    /// How many were asked for, at most.
    pub of: u64,
    /// Probability of all others.
    pub remaining: f64,
    /// Traffic whose usual route is out of service.
    pub interrupted: Judged,
    /// Traffic without any lawful route left.
    pub unconnected: Judged,
    /// Probability that every claim has a route: the least and the most.
    pub connected: [f64; 2],
    /// At each territory: probability that none of its claims with another has a route.
    pub cut_off: Vec<Interval>,
    /// What is offered to each counted account, Mbit/s.
    pub offered: Vec<u64>,
    /// Level of value at risk.
    pub risk_level: f64,
    /// Whether it was interrupted.
    pub is_partial: bool,
}

/// What has been added up so far.
struct Sums {
    mean: Vec<f64>,
    /// Probability by loss of all traffic, Mbit/s.
    all: BTreeMap<u64, f64>,
}

impl Sums {
    fn add(&mut self, amounts: &Amounts, probabilities: &[f64]) {
        let mut all = [0; Block::STATES];
        for (account, row) in amounts.rows() {
            self.mean[account] += row.iter().zip(probabilities).map(|(&mbps, p)| to_float(mbps) * p).sum::<f64>();
            if account == 0 {
                all = *row;
            }
        }
        all.iter().zip(probabilities).for_each(|(&mbps, p)| *self.all.entry(mbps).or_default() += p);
    }

    fn judged(self, offered: &[u64], remaining: f64, level: f64) -> Judged {
        let mean_mbps = self.mean.iter().zip(offered).map(|(&sum, &most)| Interval::new(sum, remaining * to_float(most)));
        let mean_mbps = mean_mbps.collect();
        let [mut best, mut worst] = [self.all.clone(), self.all];
        *best.entry(0).or_default() += remaining;
        *worst.entry(offered[0]).or_default() += remaining;
        let [[low, low_tail], [high, high_tail]] = [risk(&best, level), risk(&worst, level)];
        Judged {
            mean_mbps,
            value_at_risk_mbps: Interval { optimistic: low, pessimistic: high },
            conditional_value_at_risk_mbps: Interval { optimistic: low_tail, pessimistic: high_tail },
        }
    }
}

/// Judges so many of the likeliest states of the model's moments, unless `goes_on` says no; `None` if none are asked for.
///
/// O(states × (their parts + a 512th of a block's judgement)) time; memory grows with the number of states by some 100
/// bytes each, for those to come.
pub fn run(law: &Law<'_>, spec: &Spec, goes_on: &(impl Fn() -> bool + Sync)) -> Option<Bounds> {
    let of = spec.states?;
    let stake = Stake::new(law, spec.metric, &spec.requests);
    let (model, moment) = spec.chance.moment(law.topology(), law.policy().as_of);
    let states = States::new(law, spec.metric, &spec.requests, &stake, &model);
    let (things, effects) = things(&moment);
    let mut choices = LikelyChoices::new(&things);
    let accounts = states.accounts();
    let [mut interrupted, mut unconnected] = [(); 2].map(|()| Sums { mean: vec![0.0; accounts], all: BTreeMap::new() });
    let (mut connected, mut cut_off) = (0.0, vec![0.0; law.topology().territories().len()]);
    let (mut verdict, mut down, mut count) = (Verdict::default(), vec![Block::NONE; model.parts().len()], 0u64);
    let mut is_partial = false;
    while count < of && !choices.is_done() {
        if !goes_on() {
            is_partial = true;
            break;
        }
        let lot = usize::try_from(of - count).map_or(Block::STATES, |left| left.min(Block::STATES));
        let probabilities = next_block(&mut choices, &effects, lot, &mut down);
        count += probabilities.len() as u64;
        states.judge(&down, Block::first(probabilities.len()), &mut verdict);
        interrupted.add(&verdict.interrupted, &probabilities);
        unconnected.add(&verdict.unconnected, &probabilities);
        let parted = verdict.parted.iter().fold(Block::NONE, |any, &parted| any | parted);
        let sum = |states: Block| states.states().filter_map(|state| probabilities.get(state)).sum::<f64>();
        connected += sum(!parted);
        cut_off.iter_mut().zip(&verdict.cut_off).for_each(|(total, &states)| *total += sum(states));
    }
    let offered: Vec<u64> = (0..accounts).map(|number| stake.ledger.offered(number)).collect();
    let remaining = choices.remaining();
    let worst = |is_abroad: bool| if is_abroad { remaining } else { 0.0 };
    Some(Bounds {
        states: count,
        of,
        remaining,
        interrupted: interrupted.judged(&offered, remaining, RISK_LEVEL),
        unconnected: unconnected.judged(&offered, remaining, RISK_LEVEL),
        connected: [connected, (connected + remaining).min(1.0)],
        cut_off: cut_off.iter().zip(states.is_abroad()).map(|(&sum, abroad)| Interval::new(sum, worst(abroad))).collect(),
        offered,
        risk_level: RISK_LEVEL,
        is_partial,
    })
}

/// Level of value at risk over time: one hour in a hundred is worse.
pub const RISK_LEVEL: f64 = 0.99;

/// Probabilities of the outcomes of each part and each cause, and which parts each outcome leaves down.
fn things(moment: &Moment) -> (Vec<Vec<f64>>, Vec<Vec<Vec<PartId>>>) {
    let (mut things, mut effects) = (Vec::new(), Vec::new());
    for (part, &unavailability) in moment.own.iter().enumerate() {
        things.push(vec![1.0 - unavailability, unavailability]);
        effects.push(vec![Vec::new(), vec![PartId::from_index(part)]]);
    }
    for cause in &moment.causes {
        let (parts, odds): (Vec<_>, Vec<_>) = outcomes(cause).into_iter().unzip();
        things.push(odds);
        effects.push(parts);
    }
    (things, effects)
}

/// Takes the next states, at most a block; returns their probabilities, and in which of them each part is down.
fn next_block(choices: &mut LikelyChoices, effects: &[Vec<Vec<PartId>>], lot: usize, down: &mut [Block]) -> Vec<f64> {
    down.fill(Block::NONE);
    let usual: Vec<(u32, u32)> = (0..).zip(choices.usual().iter().copied()).collect();
    let usually_broken: Vec<(u32, u32)> =
        usual.into_iter().filter(|&(thing, outcome)| !effects[thing as usize][outcome as usize].is_empty()).collect();
    let mut probabilities = Vec::with_capacity(lot);
    for LikelyChoice { unusual, probability } in choices.by_ref().take(lot) {
        let still = usually_broken.iter().filter(|(thing, _)| !unusual.iter().any(|(other, _)| other == thing));
        for &(thing, outcome) in still.chain(&unusual) {
            for part in &effects[thing as usize][outcome as usize] {
                down[part.index()].insert(probabilities.len());
            }
        }
        probabilities.push(probability);
    }
    probabilities
}

/// Value at risk and the mean beyond it of a distribution (Rockafellar and Uryasev 2002).
fn risk(distribution: &BTreeMap<u64, f64>, level: f64) -> [f64; 2] {
    let total: f64 = distribution.values().sum();
    let tail = (1.0 - level) * total;
    let (mut left, mut sum, mut value) = (tail, 0.0, 0.0);
    for (&mbps, &p) in distribution.iter().rev() {
        let taken = left.min(p);
        sum += taken * to_float(mbps);
        left -= taken;
        value = to_float(mbps);
        if left <= 0.0 {
            break;
        }
    }
    [value, sum / tail]
}

#[expect(clippy::cast_precision_loss, reason = "Mbit/s stay below 2^53")]
const fn to_float(mbps: u64) -> f64 {
    mbps as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tail_of_a_distribution_is_cut_within_a_value() {
        // 97 % nothing, 2 % 100, 1 % 300: at 98 % the tail is the 1 % of 300 and half of the 2 %.
        let distribution = BTreeMap::from([(0, 0.97), (100, 0.02), (300, 0.01)]);
        let [value, tail] = risk(&distribution, 0.98);
        assert!((value - 100.0).abs() < 1e-12 && (tail - 200.0).abs() < 1e-9, "{value} {tail}");
    }
}
