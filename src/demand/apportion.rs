//! Whole Mbit/s by share: the largest remainder, in exact integer arithmetic.
//!
//! Hamilton's method (1792). It knows nothing of traffic.

use std::cmp::Reverse;

use crate::units::Bandwidth;

/// Splits `total` by weight into whole parts that sum to it; ties go to the earlier part.
///
/// Each part differs by less than 1 from its exact share. Nothing is handed out where all weights are zero.
/// O(n log n) time.
///
/// # Panics
/// If `total` passes 2⁵³ or a weight 2⁶⁰, or there are 2¹⁰ × 2³² parts or more: the products must fit in 128 bits.
pub(super) fn by_weight(total: u64, weights: &[u64]) -> Vec<u64> {
    assert!(total <= 1 << 53, "bandwidths stay below 2^53 Mbit/s");
    assert!(weights.iter().all(|&weight| weight < 1 << 60), "weights leave room for the product");
    let sum: u128 = weights.iter().copied().map(u128::from).sum();
    if sum == 0 {
        return vec![0; weights.len()];
    }
    let exact = |&weight: &u64| u128::from(total) * u128::from(weight);
    let mut parts: Vec<u64> =
        weights.iter().map(|weight| u64::try_from(exact(weight) / sum).expect("a part is no more than the total")).collect();
    let missing = usize::try_from(total - parts.iter().sum::<u64>()).expect("less than one for each part");
    let mut by_remainder: Vec<usize> = (0..weights.len()).collect();
    by_remainder.sort_by_key(|&i| (Reverse(exact(&weights[i]) % sum), i));
    for &i in &by_remainder[..missing] {
        parts[i] += 1;
    }
    parts
}

/// Splits `total` by weights that are not whole: each is taken to 2⁻⁵³ of the greatest, ties to even.
///
/// # Panics
/// If a weight is negative or not finite, and as [`by_weight`].
pub(super) fn by_real_weight(total: u64, weights: &[f64]) -> Vec<u64> {
    assert!(weights.iter().all(|weight| weight.is_finite() && *weight >= 0.0), "weights are no less than zero");
    let greatest = weights.iter().copied().fold(0.0, f64::max);
    if greatest == 0.0 {
        return vec![0; weights.len()];
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 2^53")]
    let whole: Vec<u64> =
        weights.iter().map(|weight| (weight / greatest * 9_007_199_254_740_992.0).round_ties_even() as u64).collect();
    by_weight(total, &whole)
}

/// Multiplies whole parts so that their sum is the nearest to `factor` times what it was, ties to even.
///
/// # Panics
/// If `factor` is negative or not finite, or the sum passes 2⁵³ before or after.
pub(super) fn scaled(parts: &[u64], factor: f64) -> Vec<u64> {
    let sum: u64 = parts.iter().sum();
    assert!(sum <= 1 << 53, "bandwidths stay below 2^53 Mbit/s");
    #[expect(clippy::cast_precision_loss, reason = "no more than 2^53")]
    let total = Bandwidth::from_mbps_f64(sum as f64 * factor).expect("factors are no less than zero, and totals stay below 2^53");
    by_weight(total.mbps(), parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_remainders_get_what_is_left() {
        // 10 by 1 : 2 : 4 = 1.43, 2.86, 5.71: floors 1, 2, 5 leave two, for .86 and .71.
        assert_eq!(by_weight(10, &[1, 2, 4]), [1, 3, 6]);
    }

    #[test]
    fn ties_go_to_the_earlier() {
        assert_eq!(by_weight(5, &[1, 1, 1]), [2, 2, 1]);
    }

    #[test]
    fn nobody_gets_anything_without_weight() {
        assert_eq!(by_weight(5, &[0, 0]), [0, 0]);
        assert_eq!(by_real_weight(5, &[]), [0; 0]);
    }

    #[test]
    fn real_weights_act_as_whole_ones() {
        assert_eq!(by_real_weight(10, &[0.1, 0.2, 0.4]), [1, 3, 6]);
    }

    #[test]
    fn great_totals_and_weights_stay_exact() {
        let total = 1 << 53;
        let parts = by_weight(total, &[(1 << 60) - 1, (1 << 60) - 1, 1]);
        assert_eq!(parts, [total / 2, total / 2, 0]);
    }
}
