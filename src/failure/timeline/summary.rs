//! What the totals of a timeline say, in people's units and with standard errors.

use crate::failure::hazard::HOURS_PER_YEAR;
use crate::failure::timeline::Timeline;
use crate::failure::timeline::loss::Account;
use crate::failure::timeline::totals::{AccountTotals, PoolTotals, Totals};
use crate::statistics::{Estimate, Histogram};

/// Terabytes (10¹² byte) in one Mbit/s for an hour.
pub const TB_PER_MBPS_HOUR: f64 = 3_600.0 / 8.0 / 1e6;

/// What happened on one account.
///
/// Errors are those over samples, which are independent; where the text says so, over interruptions.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// Whose.
    pub account: Account,
    /// Share of time in which all that is offered is carried (Pavón-Mariño 2016, 3.7.3).
    pub availability: Estimate,
    /// Share of the offered traffic that is carried over time ("traffic survivability"); for a plant, of its length
    /// that is in service. `None` where nothing is offered.
    pub served_share: Option<Estimate>,
    /// Expected traffic not served; for plants 0.
    pub unserved_tb_per_year: Estimate,
    /// Hours per year with any shortfall.
    pub short_hours_per_year: Estimate,
    /// Hours per year with a shortfall above so many per cent of what is offered, as the spec asked.
    pub short_hours_per_year_above: Vec<(f64, Estimate)>,
    /// How often a shortfall begins.
    pub interruptions_per_year: Estimate,
    /// Durations that 50, 90 and 99 % of the interruptions do not exceed, hours; read off buckets 1.6 % wide. Their
    /// errors take interruptions as independent. `None` where there was none.
    pub duration_h: Option<[Estimate; 3]>,
    /// Mean duration of an interruption, hours: the time to restore. `None` where there was none.
    pub time_to_restore_h: Option<Estimate>,
    /// Interruptions not seen to their end; their durations are lower bounds.
    pub unfinished: u64,
    /// Yearly loss that is not exceeded with the probability the spec asks for.
    pub value_at_risk_tb: Estimate,
    /// Mean yearly loss in the years beyond (Rockafellar and Uryasev 2002).
    pub conditional_value_at_risk_tb: Estimate,
}

/// What the crews of a pool did.
#[derive(Clone, Debug, PartialEq)]
pub struct PoolSummary {
    /// As the model calls it.
    pub name: String,
    /// Repairs that end.
    pub repairs_per_year: Estimate,
    /// Crews that are away at a random moment, in the mean.
    pub crews_busy: Estimate,
    /// Mean hours of detection, permit, wait for a crew, transit, work and weather; `None` where nothing was mended.
    pub stage_h: Option<[Estimate; 6]>,
    /// Waits that 50, 90 and 99 % of the repairs do not exceed, hours; as [`Summary::duration_h`].
    pub wait_h: Option<[Estimate; 3]>,
    /// Times from fault to service that 50, 90 and 99 % of the repairs do not exceed, hours.
    pub repair_h: Option<[Estimate; 3]>,
}

/// One point of the bandwidth–availability curve, weighted by time, the sound state included.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CurvePoint {
    /// Of what is offered.
    pub served_percent: f64,
    /// Share of time in which at least so much is carried.
    pub availability: Estimate,
}

impl Summary {
    /// The bandwidth–availability curve at 100 % and at the points the spec's shortfalls give.
    pub fn curve(&self) -> impl Iterator<Item = CurvePoint> {
        let all = CurvePoint { served_percent: 100.0, availability: self.availability };
        let above = self.short_hours_per_year_above.iter();
        let rest = above.map(|&(percent, hours)| CurvePoint { served_percent: 100.0 - percent, availability: up(hours) });
        std::iter::once(all).chain(rest)
    }
}

impl Timeline<'_> {
    /// Sums up every account in order of number; O(accounts × buckets).
    #[must_use]
    pub fn summaries(&self, totals: &Totals) -> Vec<Summary> {
        self.ledger.accounts().enumerate().map(|(number, account)| self.summary(number, account, totals)).collect()
    }

    /// Sums up one account.
    #[must_use]
    pub fn summary_of(&self, account: Account, totals: &Totals) -> Summary {
        self.summary(self.ledger.number(account), account, totals)
    }

    fn summary(&self, number: usize, account: Account, totals: &Totals) -> Summary {
        let AccountTotals { unserved, short, begun, restored, durations, unfinished, yearly } = &totals.accounts[number];
        let (offered, unserved) = (self.ledger.offered(number), unserved.estimate());
        let tb = match account {
            Account::Plant(_) => 0.0,
            Account::All | Account::Territory(_) | Account::Service(_) | Account::Gateway(_) | Account::Cable(_) => {
                TB_PER_MBPS_HOUR
            }
        };
        let short: Vec<Estimate> = short.iter().map(|moments| moments.estimate()).collect();
        let [risk, tail] = risk(yearly, self.spec.risk_level).map(|estimate| estimate.scaled(tb / 3_600.0));
        #[expect(clippy::cast_precision_loss, reason = "Mbit/s and metres stay below 2^53")]
        let served_share = (offered > 0).then(|| complement(unserved.scaled(1.0 / (offered as f64 * HOURS_PER_YEAR))));
        Summary {
            account,
            availability: up(short[0]),
            served_share,
            unserved_tb_per_year: unserved.scaled(tb),
            short_hours_per_year: short[0],
            short_hours_per_year_above: self.spec.shortfalls_percent.iter().copied().zip(short[1..].iter().copied()).collect(),
            interruptions_per_year: begun.estimate(),
            duration_h: percentiles_h(durations),
            time_to_restore_h: restored.estimate().map(|estimate| estimate.scaled(1.0 / 3_600.0)),
            unfinished: *unfinished,
            value_at_risk_tb: risk,
            conditional_value_at_risk_tb: tail,
        }
    }

    /// Sums up every pool in order.
    #[must_use]
    pub fn pool_summaries(&self, totals: &Totals) -> Vec<PoolSummary> {
        let summary = |((name, _), pool): (&(String, _), &PoolTotals)| {
            let stages = pool.stages.iter().filter_map(|stage| Some(stage.estimate()?.scaled(1.0 / 3_600.0)));
            PoolSummary {
                name: name.clone(),
                repairs_per_year: pool.repairs.estimate(),
                crews_busy: pool.busy.estimate().scaled(1.0 / HOURS_PER_YEAR),
                stage_h: stages.collect::<Vec<_>>().try_into().ok(),
                wait_h: percentiles_h(&pool.waits),
                repair_h: percentiles_h(&pool.wholes),
            }
        };
        self.model.pools().iter().zip(&totals.pools).map(summary).collect()
    }
}

/// From hours per year out of service to the share in service.
fn up(short_hours: Estimate) -> Estimate {
    complement(short_hours.scaled(1.0 / HOURS_PER_YEAR))
}

fn complement(share: Estimate) -> Estimate {
    Estimate { mean: 1.0 - share.mean, ..share }
}

fn percentiles_h(seconds: &Histogram) -> Option<[Estimate; 3]> {
    let percentile = |q| quantile(seconds, q).scaled(1.0 / 3_600.0);
    (seconds.weight() > 0).then(|| [0.5, 0.9, 0.99].map(percentile))
}

/// A quantile of independent observations, evenly spread within a bucket.
///
/// Half the distance between the values one standard deviation of its rank up and down is its standard error (David and
/// Nagaraja 2003, Order Statistics, 7.1).
#[expect(clippy::cast_precision_loss, reason = "counts stay below 2^53")]
fn quantile(histogram: &Histogram, q: f64) -> Estimate {
    let n = histogram.weight();
    if n < 2 {
        return Estimate { mean: within_buckets(histogram, q), standard_error: f64::INFINITY, n };
    }
    let deviation = (q * (1.0 - q) / n as f64).sqrt();
    let at = |q: f64| within_buckets(histogram, q.clamp(0.0, 1.0));
    Estimate { mean: at(q), standard_error: (at(q + deviation) - at(q - deviation)) / 2.0, n }
}

/// Where the share `q` of the weight ends, if values are spread evenly over their bucket; 0 if empty. Zeros are exact.
#[expect(clippy::cast_precision_loss, reason = "values and counts stay below 2^53")]
fn within_buckets(histogram: &Histogram, q: f64) -> f64 {
    let rank = q * histogram.weight() as f64;
    let mut before = 0.0;
    let mut end = 0.0;
    for (least, weight) in histogram.buckets() {
        let (least, width) = (least as f64, if least == 0 { 0.0 } else { histogram.width(least) as f64 });
        if before + weight as f64 >= rank {
            return least + width * ((rank - before) / weight as f64).max(0.0);
        }
        before += weight as f64;
        end = least + width;
    }
    end
}

/// Value at risk and conditional value at risk of independent observations.
///
/// The error of the latter is √((variance of the tail + level × (CVaR − VaR)²) / (n (1 − level))), asymptotic
/// (Manistre and Hancock 2005, North American Actuarial Journal 9).
#[expect(clippy::cast_precision_loss, reason = "values and counts stay below 2^53")]
pub(in crate::failure) fn risk(yearly: &Histogram, level: f64) -> [Estimate; 2] {
    let value = quantile(yearly, level);
    let n = yearly.weight();
    let mean = yearly.tail_mean(level).unwrap_or(0.0);
    let tail = (1.0 - level) * n as f64;
    let mut left = tail;
    let mut spread = 0.0;
    for (value, weight) in yearly.buckets().collect::<Vec<_>>().into_iter().rev() {
        let taken = left.min(weight as f64);
        spread += taken * (value as f64 - mean) * (value as f64 - mean);
        left -= taken;
    }
    let beyond = mean - value.mean;
    let variance = if tail > 0.0 { (spread / tail + level * beyond * beyond) / tail } else { f64::INFINITY };
    let standard_error = if n < 2 { f64::INFINITY } else { variance.sqrt() };
    [value, Estimate { mean, standard_error, n }]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_megabit_for_a_year_is_four_terabytes() {
        // 10⁶ bit/s × 8760 × 3600 s / 8 = 3.942 TB.
        assert!((HOURS_PER_YEAR * TB_PER_MBPS_HOUR - 3.942).abs() < 1e-12);
    }

    #[test]
    fn a_quantiles_error_is_that_of_its_rank() {
        // 10,000 evenly spread values: the rank of the median has deviation 50.
        let mut histogram = Histogram::new(20);
        (0..10_000).for_each(|value| histogram.add(value, 1));
        let median = quantile(&histogram, 0.5);
        assert_eq!((median.mean, median.standard_error), (5_000.0, 50.0));
    }

    #[test]
    fn the_tails_mean_and_error_are_those_of_an_exponential() {
        // Exponential with mean 1000: VaR = 1000 ln 20, CVaR = VaR + 1000; variance of the tail 10⁶.
        let n = 100_000u32;
        let mut histogram = Histogram::new(20);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small and positive")]
        for i in 0..n {
            histogram.add((-1_000.0 * (1.0 - (f64::from(i) + 0.5) / f64::from(n)).ln()) as u64, 1);
        }
        let [value, tail] = risk(&histogram, 0.95);
        let expected = 1_000.0 * 20f64.ln();
        assert!((value.mean - expected).abs() < 2.0, "{value:?}");
        assert!((tail.mean - expected - 1_000.0).abs() < 3.0, "{tail:?}");
        let error = 1_000.0 * (1.95 / (0.05 * f64::from(n))).sqrt();
        assert!((tail.standard_error / error - 1.0).abs() < 0.02, "{tail:?} {error}");
        // Of the quantile: √(q (1 − q) / n) over the density there, 0.05 / 1000.
        let error = (0.95 * 0.05 / f64::from(n)).sqrt() / (0.05 / 1_000.0);
        assert!((value.standard_error / error - 1.0).abs() < 0.1, "{value:?} {error}");
    }
}
