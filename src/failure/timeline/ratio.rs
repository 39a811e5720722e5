//! The ratio of two sums over samples with its standard error, such as the mean duration per interruption.
//!
//! Sums are exact integers, so lots merge in any order.

use crate::statistics::Estimate;

/// Sums, squares and products of pairs of whole numbers, one pair per sample.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ratio {
    n: u64,
    below: u128,
    above: u128,
    below_below: u128,
    below_above: u128,
    above_above: u128,
}

impl Ratio {
    /// Takes in one sample: `above` in all over `below` things.
    pub fn push(&mut self, above: u64, below: u64) {
        let [above, below] = [above, below].map(u128::from);
        self.n += 1;
        self.above += above;
        self.below += below;
        self.below_below += below * below;
        self.below_above += below * above;
        self.above_above += above * above;
    }

    /// Takes in so many samples with nothing in them.
    pub fn add_zeros(&mut self, samples: u64) {
        self.n += samples;
    }

    /// Takes in another lot.
    pub fn merge(&mut self, other: &Self) {
        self.n += other.n;
        self.above += other.above;
        self.below += other.below;
        self.below_below += other.below_below;
        self.below_above += other.below_above;
        self.above_above += other.above_above;
    }

    /// How many things there were in all.
    #[must_use]
    pub const fn count(&self) -> u128 {
        self.below
    }

    /// The sum above over the sum below; `None` if nothing is below.
    ///
    /// The standard error is that of the ratio estimator: things within a sample may depend on each other, samples may
    /// not (Cochran 1977, Sampling Techniques, 6.4). Its bias is of the order of 1/n.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "an estimate is a float")]
    pub fn estimate(&self) -> Option<Estimate> {
        if self.below == 0 {
            return None;
        }
        let [n, below, above] = [self.n as f64, self.below as f64, self.above as f64];
        let [xx, xy, yy] = [self.below_below, self.below_above, self.above_above].map(|sum| sum as f64);
        let ratio = above / below;
        let residuals = (yy - 2.0 * ratio * xy + ratio * ratio * xx).max(0.0);
        let standard_error = if self.n < 2 { f64::INFINITY } else { (residuals * n / (n - 1.0)).sqrt() / below };
        Some(Estimate { mean: ratio, standard_error, n: self.n })
    }

    /// The state in words, for checkpoints.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "halves of 128 bits")]
    pub fn to_words(&self) -> Vec<u64> {
        let sums = [self.below, self.above, self.below_below, self.below_above, self.above_above];
        std::iter::once(self.n).chain(sums.into_iter().flat_map(|sum| [(sum >> 64) as u64, sum as u64])).collect()
    }

    /// The state that [`Ratio::to_words`] gave, from the front of `words`; `None` if they end too soon.
    pub fn from_words(words: &mut impl Iterator<Item = u64>) -> Option<Self> {
        let n = words.next()?;
        let mut sum = || Some(u128::from(words.next()?) << 64 | u128::from(words.next()?));
        let [below, above, below_below, below_above, above_above] = [sum()?, sum()?, sum()?, sum()?, sum()?];
        Some(Self { n, below, above, below_below, below_above, above_above })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ratio_is_not_the_mean_of_ratios() {
        let mut ratio = Ratio::default();
        ratio.push(10, 1);
        ratio.push(20, 4);
        ratio.add_zeros(2);
        let estimate = ratio.estimate().unwrap();
        assert_eq!(estimate.mean, 6.0);
        // Residuals 10 − 6 and 20 − 24, twice 0: √(32 × 4 / 3) / 5.
        assert!((estimate.standard_error - (128f64 / 3.0).sqrt() / 5.0).abs() < 1e-12);
        assert_eq!(Ratio::default().estimate(), None);
    }

    #[test]
    fn lots_merge_and_outlive_a_checkpoint() {
        let [mut a, mut b, mut whole] = [Ratio::default(); 3];
        for i in 0..100u64 {
            let lot = if i % 3 == 0 { &mut a } else { &mut b };
            lot.push((i * i) << 30, i);
            whole.push((i * i) << 30, i);
        }
        a.merge(&b);
        assert_eq!(a, whole);
        assert_eq!(Ratio::from_words(&mut whole.to_words().into_iter()), Some(whole));
    }
}
