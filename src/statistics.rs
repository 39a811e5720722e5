//! Estimates with their errors, moments and histograms that merge, and the distribution of how many of many fail.
//!
//! Merging in a fixed order gives the same bits every time; who merges sees to the order. It draws nothing (see `random`).

use std::collections::BTreeMap;

/// A sample mean and how far it may be off.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// Sample mean.
    pub mean: f64,
    /// Standard error of the mean; infinite below two observations.
    pub standard_error: f64,
    /// Observations.
    pub n: u64,
}

impl Estimate {
    /// The share of successes among independent trials.
    ///
    /// With no success, or nothing else, the standard error is 0 and says nothing: see [`wilson_interval`].
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "counts stay below 2^53")]
    pub fn of_share(successes: u64, n: u64) -> Self {
        let mean = successes as f64 / n as f64;
        let standard_error = if n < 2 { f64::INFINITY } else { (mean * (1.0 - mean) / (n - 1) as f64).sqrt() };
        Self { mean, standard_error, n }
    }

    /// The same estimate in another unit.
    #[must_use]
    pub fn scaled(self, factor: f64) -> Self {
        Self { mean: self.mean * factor, standard_error: self.standard_error * factor.abs(), n: self.n }
    }

    /// Standard error over mean; infinite where the mean is 0.
    #[must_use]
    pub fn relative_error(self) -> f64 {
        if self.mean == 0.0 { f64::INFINITY } else { self.standard_error / self.mean.abs() }
    }
}

/// Bounds of a share whose estimate is `successes` of `n`, at `z` standard deviations (1.96 for 95 %).
///
/// Wilson 1927: it stays inside 0..=1 and does not collapse where nothing, or everything, succeeded.
///
/// # Panics
/// If there were no trials.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "counts stay below 2^53")]
pub fn wilson_interval(successes: u64, n: u64, z: f64) -> [f64; 2] {
    assert!(n > 0, "without trials nothing is known");
    let [share, n, square] = [successes as f64 / n as f64, n as f64, z * z];
    let centre = (share + square / (2.0 * n)) / (1.0 + square / n);
    let half = z / (1.0 + square / n) * (share * (1.0 - share) / n + square / (4.0 * n * n)).sqrt();
    let low = if successes == 0 { 0.0 } else { centre - half };
    let high = if share == 1.0 { 1.0 } else { centre + half };
    [low, high]
}

/// Mean and variance of a stream of observations.
///
/// Welford 1962 for one more, Chan, Golub and LeVeque 1979 for two lots: no digits are lost to a large mean.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Moments {
    n: u64,
    mean: f64,
    /// Sum of squared distances from the mean.
    spread: f64,
}

impl Moments {
    /// Takes one observation in.
    #[expect(clippy::cast_precision_loss, reason = "counts stay below 2^53")]
    pub fn push(&mut self, value: f64) {
        self.n += 1;
        let delta = value - self.mean;
        self.mean += delta / self.n as f64;
        self.spread += delta * (value - self.mean);
    }

    /// Both lots together; the order of the two is part of the last bit.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "counts stay below 2^53")]
    pub fn merge(self, other: Self) -> Self {
        if self.n == 0 {
            return other;
        }
        if other.n == 0 {
            return self;
        }
        let n = self.n + other.n;
        let delta = other.mean - self.mean;
        let share = other.n as f64 / n as f64;
        Self { n, mean: self.mean + delta * share, spread: self.spread + other.spread + delta * delta * share * self.n as f64 }
    }

    /// Observations so far.
    #[must_use]
    pub const fn n(self) -> u64 {
        self.n
    }

    /// Sample mean; 0 before the first observation.
    #[must_use]
    pub const fn mean(self) -> f64 {
        self.mean
    }

    /// Unbiased sample variance; infinite below two observations.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "counts stay below 2^53")]
    pub fn variance(self) -> f64 {
        if self.n < 2 { f64::INFINITY } else { self.spread / (self.n - 1) as f64 }
    }

    /// The mean with its standard error, if observations are independent.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "counts stay below 2^53")]
    pub fn estimate(self) -> Estimate {
        Estimate { mean: self.mean, standard_error: (self.variance() / self.n.max(1) as f64).sqrt(), n: self.n }
    }

    /// The state in words, for checkpoints.
    #[must_use]
    pub const fn to_bits(self) -> [u64; 3] {
        [self.n, self.mean.to_bits(), self.spread.to_bits()]
    }

    /// The state that [`Moments::to_bits`] gave.
    #[must_use]
    pub const fn from_bits([n, mean, spread]: [u64; 3]) -> Self {
        Self { n, mean: f64::from_bits(mean), spread: f64::from_bits(spread) }
    }
}

/// Weighted distribution of whole numbers in bounded memory.
///
/// Values below 2^`precision` are kept apart; larger ones share a bucket with those that agree in their first
/// `precision` bits, so that a quantile is low by less than 2^(1 − `precision`) of itself. At most
/// (65 − `precision`) × 2^`precision` buckets. Merging is exact, so its order does not matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Histogram {
    precision: u32,
    /// By least value: weight, and weighted sum of values.
    buckets: BTreeMap<u64, (u64, u128)>,
    weight: u64,
}

impl Histogram {
    /// Empty, with so many significant bits.
    ///
    /// # Panics
    /// If the precision is not 1..=64.
    #[must_use]
    pub fn new(precision: u32) -> Self {
        assert!((1..=64).contains(&precision), "values have 1 to 64 bits");
        Self { precision, buckets: BTreeMap::new(), weight: 0 }
    }

    /// Adds a value with its weight. O(log buckets).
    pub fn add(&mut self, value: u64, weight: u64) {
        if weight == 0 {
            return;
        }
        let drop = (64 - value.leading_zeros()).saturating_sub(self.precision);
        let bucket = self.buckets.entry(value >> drop << drop).or_default();
        bucket.0 += weight;
        bucket.1 += u128::from(value) * u128::from(weight);
        self.weight += weight;
    }

    /// Takes in another one.
    ///
    /// # Panics
    /// If their precisions differ.
    pub fn merge(&mut self, other: &Self) {
        assert_eq!(self.precision, other.precision, "buckets must match");
        for (&value, &(weight, sum)) in &other.buckets {
            let bucket = self.buckets.entry(value).or_default();
            bucket.0 += weight;
            bucket.1 += sum;
        }
        self.weight += other.weight;
    }

    /// The state in words, for checkpoints: precision, number of buckets, then value, weight and both halves of the sum.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "halves of 128 bits")]
    pub fn to_words(&self) -> Vec<u64> {
        let bucket = |(&value, &(weight, sum)): (&u64, &(u64, u128))| [value, weight, (sum >> 64) as u64, sum as u64];
        let head = [u64::from(self.precision), self.buckets.len() as u64];
        head.into_iter().chain(self.buckets.iter().flat_map(bucket)).collect()
    }

    /// The state that [`Histogram::to_words`] gave, from the front of `words`; `None` if it is none.
    pub fn from_words(words: &mut impl Iterator<Item = u64>) -> Option<Self> {
        let precision = u32::try_from(words.next()?).ok().filter(|precision| (1..=64).contains(precision))?;
        let mut histogram = Self::new(precision);
        for _ in 0..words.next()? {
            let [value, weight, high, low] = [words.next()?, words.next()?, words.next()?, words.next()?];
            histogram.weight = histogram.weight.checked_add(weight)?;
            histogram.buckets.insert(value, (weight, u128::from(high) << 64 | u128::from(low)));
        }
        Some(histogram)
    }

    /// Sum of all weights.
    #[must_use]
    pub const fn weight(&self) -> u64 {
        self.weight
    }

    /// Least values of the buckets, ascending, with their weights.
    pub fn buckets(&self) -> impl ExactSizeIterator<Item = (u64, u64)> {
        self.buckets.iter().map(|(&value, &(weight, _))| (value, weight))
    }

    /// How many whole numbers share the bucket whose least value that is.
    #[must_use]
    pub const fn width(&self, least: u64) -> u64 {
        1 << (64 - least.leading_zeros()).saturating_sub(self.precision)
    }

    /// Weighted mean; `None` if empty. Exact up to its last rounding.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "the mean is a float")]
    pub fn mean(&self) -> Option<f64> {
        let sum: u128 = self.buckets.values().map(|&(_, sum)| sum).sum();
        (self.weight > 0).then(|| sum as f64 / self.weight as f64)
    }

    /// Least value that at least the share `q` of the weight does not exceed, as its bucket's least; `None` if empty.
    ///
    /// # Panics
    /// If `q` is outside 0..=1.
    #[must_use]
    pub fn quantile(&self, q: f64) -> Option<u64> {
        let rank = self.rank(q).max(1);
        let mut seen = 0;
        self.buckets().find_map(|(value, weight)| {
            seen += weight;
            (seen >= rank).then_some(value)
        })
    }

    /// Mean of the largest values that make up the share 1 − `q` of the weight (CVaR, expected shortfall); `None` if
    /// empty or `q` = 1. The bucket in which the share begins counts in proportion (Rockafellar and Uryasev 2002).
    ///
    /// # Panics
    /// If `q` is outside 0..=1.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "the mean is a float")]
    pub fn tail_mean(&self, q: f64) -> Option<f64> {
        let mut left = self.weight - self.rank(q);
        let tail = left;
        let mut sum = 0.0;
        for &(weight, values) in self.buckets.values().rev() {
            let taken = weight.min(left);
            sum += values as f64 * (taken as f64 / weight as f64);
            left -= taken;
        }
        (tail > 0).then(|| sum / tail as f64)
    }

    /// The share `q` of the weight, rounded up.
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to the weight")]
    fn rank(&self, q: f64) -> u64 {
        assert!((0.0..=1.0).contains(&q), "a share lies in 0..=1");
        ((q * self.weight as f64).ceil() as u64).min(self.weight)
    }
}

/// How many of independent components fail: probabilities of 0, 1, ... `up_to`, and last of more than that.
///
/// All sums are of positive terms, so that the smallest is as accurate as the largest. O(n × `up_to`) time. The Poisson
/// binomial distribution, by convolution.
///
/// # Panics
/// If a probability is outside 0..=1.
#[must_use]
pub fn failure_counts(failure_probabilities: &[f64], up_to: usize) -> Vec<f64> {
    let mut mass = vec![0.0; up_to + 2];
    mass[0] = 1.0;
    for &p in failure_probabilities {
        assert!((0.0..=1.0).contains(&p), "a probability lies in 0..=1");
        mass[up_to + 1] += mass[up_to] * p;
        for k in (1..=up_to).rev() {
            mass[k] = mass[k] * (1.0 - p) + mass[k - 1] * p;
        }
        mass[0] *= 1.0 - p;
    }
    mass
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_survive_a_large_mean() {
        let mut moments = Moments::default();
        for value in [1e9 + 4.0, 1e9 + 7.0, 1e9 + 13.0, 1e9 + 16.0] {
            moments.push(value);
        }
        // Deviations −6, −3, 3, 6: variance 90 / 3.
        assert_eq!((moments.mean(), moments.variance()), (1e9 + 10.0, 30.0));
        assert_eq!(moments.estimate().standard_error, 7.5f64.sqrt());
    }

    #[test]
    fn merged_lots_equal_one_lot() {
        let values: Vec<f64> = (0..100).map(|i| f64::from(i * i % 37)).collect();
        let lot = |range: &[f64]| {
            let mut moments = Moments::default();
            range.iter().for_each(|&value| moments.push(value));
            moments
        };
        let whole = lot(&values);
        for cut in [0, 1, 50, 99, 100] {
            let merged = lot(&values[..cut]).merge(lot(&values[cut..]));
            assert_eq!(merged.n(), whole.n());
            assert!((merged.mean() - whole.mean()).abs() < 1e-12);
            assert!((merged.variance() - whole.variance()).abs() < 1e-9);
        }
    }

    #[test]
    fn one_observation_says_nothing_of_the_error() {
        let mut moments = Moments::default();
        moments.push(3.0);
        assert_eq!(moments.estimate().standard_error, f64::INFINITY);
    }

    #[test]
    fn moments_outlive_a_checkpoint() {
        let mut moments = Moments::default();
        [0.1, 0.7, 0.3].iter().for_each(|&value| moments.push(value));
        assert_eq!(Moments::from_bits(moments.to_bits()), moments);
    }

    #[test]
    fn wilson_knows_something_even_after_no_success() {
        // Upper bound z² / (n + z²) where nothing succeeded.
        let [low, high] = wilson_interval(0, 100, 1.96);
        assert_eq!(low, 0.0);
        assert!((high - 3.8416 / 103.8416).abs() < 1e-12, "{high}");
        let mirrored = wilson_interval(100, 100, 1.96);
        assert!((mirrored[0] - (1.0 - high)).abs() < 1e-12 && mirrored[1] == 1.0);
    }

    #[test]
    fn quantiles_of_small_values_are_exact() {
        let mut histogram = Histogram::new(8);
        for value in 1..=100 {
            histogram.add(value, 2);
        }
        let quantiles = [0.0, 0.5, 0.501, 0.9, 1.0].map(|q| histogram.quantile(q).unwrap());
        assert_eq!(quantiles, [1, 50, 51, 90, 100]);
        assert_eq!(histogram.mean(), Some(50.5));
        assert_eq!(Histogram::new(8).quantile(0.5), None);
    }

    #[test]
    fn buckets_are_as_wide_as_they_say() {
        let mut histogram = Histogram::new(4);
        (0..1_000).for_each(|value| histogram.add(value, 1));
        let edges: Vec<u64> = histogram.buckets().map(|(least, _)| least).collect();
        assert!(edges.windows(2).all(|pair| histogram.width(pair[0]) == pair[1] - pair[0]), "{edges:?}");
    }

    #[test]
    fn quantiles_of_large_values_are_low_by_less_than_promised() {
        let mut histogram = Histogram::new(6);
        let values: Vec<u64> = (0..5_000u64).map(|i| i * i * i).collect();
        values.iter().for_each(|&value| histogram.add(value, 1));
        for q in [0.1, 0.5, 0.99, 1.0] {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a rank")]
            let exact = values[(q * 5_000f64).ceil() as usize - 1];
            let got = histogram.quantile(q).unwrap();
            assert!(got <= exact && exact - got < exact >> 5, "{q} {got} {exact}");
        }
        assert!(histogram.buckets().len() <= 59 * 64);
    }

    #[test]
    fn halves_merge_to_the_whole() {
        let [mut a, mut b, mut whole] = [(); 3].map(|()| Histogram::new(5));
        for value in 0..1_000 {
            if value % 3 == 0 {
                a.add(value, value);
            } else {
                b.add(value, value);
            }
            whole.add(value, value);
        }
        a.merge(&b);
        assert_eq!(a, whole);
    }

    #[test]
    fn histograms_outlive_a_checkpoint() {
        let mut histogram = Histogram::new(5);
        (0..1_000).for_each(|value| histogram.add(value * value * value, value));
        let words = histogram.to_words();
        assert_eq!(Histogram::from_words(&mut words.iter().copied()), Some(histogram));
        assert_eq!(Histogram::from_words(&mut words[..words.len() - 1].iter().copied()), None);
    }

    #[test]
    fn tail_mean_takes_its_first_bucket_in_proportion() {
        // 1, 2, 3, 4 with weight 10 each; the worst quarter is 4s, the worst half 3s and 4s, the worst 3/8 4s and half the 3s.
        let mut histogram = Histogram::new(8);
        (1..=4).for_each(|value| histogram.add(value, 10));
        let means = [0.75, 0.5, 0.625].map(|q| histogram.tail_mean(q).unwrap());
        assert_eq!(means[..2], [4.0, 3.5]);
        assert!((means[2] - (40.0 + 15.0) / 15.0).abs() < 1e-12);
        assert_eq!(histogram.tail_mean(1.0), None);
    }

    #[test]
    fn failure_counts_equal_enumeration() {
        let p = [0.1, 0.25, 0.5, 0.01];
        let mut expected = [0.0; 5];
        for state in 0u32..16 {
            let probability: f64 = p.iter().enumerate().map(|(i, p)| if state >> i & 1 == 1 { *p } else { 1.0 - p }).product();
            expected[state.count_ones() as usize] += probability;
        }
        let got = failure_counts(&p, 2);
        for (got, expected) in got.iter().zip([expected[0], expected[1], expected[2], expected[3] + expected[4]]) {
            assert!((got - expected).abs() < 1e-15, "{got} {expected}");
        }
    }

    #[test]
    fn the_rarest_failure_count_keeps_its_digits() {
        let got = failure_counts(&[1e-10; 3], 2);
        assert!((got[3] / 1e-30 - 1.0).abs() < 1e-12, "{}", got[3]);
    }
}
