//! Chance, addressed by seed, component name and sample; the only user of generators.
//!
//! Nothing is consumed in sequence from one component to the next, so adding or renaming a component changes no other's
//! draws, and any sample can be drawn again alone. It knows distributions; what they stand for is said elsewhere.

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};

/// Chooses the whole course of chance of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seed(pub u64);

/// The draws that belong to one component.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stream {
    key: u64,
}

/// The draws of one component in one sample, taken in order.
#[derive(Clone, Debug)]
pub struct Draws(Xoshiro256PlusPlus);

/// Fractional part of the golden ratio; the step of `SplitMix64`.
const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

/// Finaliser of `SplitMix64` (Steele, Lea and Flood 2014; Stafford's variant 13): every input bit moves every output bit.
const fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

impl Stream {
    /// The stream of the component with that name.
    #[must_use]
    pub fn new(seed: Seed, name: &str) -> Self {
        let mut key = mix(seed.0 ^ GOLDEN);
        for part in name.as_bytes().chunks(8) {
            let mut word = [0; 8];
            word[..part.len()].copy_from_slice(part);
            key = mix(key ^ u64::from_le_bytes(word)).wrapping_add(GOLDEN);
        }
        Self { key: mix(key ^ name.len() as u64) }
    }

    /// The draws of one sample. O(1).
    #[must_use]
    pub fn at(self, sample: u64) -> Draws {
        let mut state = mix(self.key ^ mix(sample.wrapping_add(GOLDEN)));
        let mut seed = [0; 32];
        for word in seed.chunks_exact_mut(8) {
            state = state.wrapping_add(GOLDEN);
            word.copy_from_slice(&mix(state).to_le_bytes());
        }
        Draws(Xoshiro256PlusPlus::from_seed(seed))
    }
}

impl Draws {
    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// Uniform on the multiples of 2⁻⁵³ in 0..1.
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
    pub fn uniform(&mut self) -> f64 {
        (self.bits() >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
    }

    /// Uniform on 0..`bound`, without bias (Lemire 2019).
    ///
    /// # Panics
    /// If `bound` is 0.
    pub fn below(&mut self, bound: u32) -> u32 {
        assert!(bound > 0, "something must be left to choose");
        let refuse = bound.wrapping_neg() % bound;
        loop {
            let product = (self.bits() >> 32) * u64::from(bound);
            let [low, high] = [product & 0xFFFF_FFFF, product >> 32];
            if low >= u64::from(refuse) {
                return u32::try_from(high).expect("below a 32-bit bound");
            }
        }
    }

    /// True with that probability, to 2⁻⁵³.
    pub fn happens(&mut self, probability: f64) -> bool {
        self.uniform() < probability
    }

    /// Exponential with that mean, by inversion.
    pub fn exponential(&mut self, mean: f64) -> f64 {
        -mean * libm::log(1.0 - self.uniform())
    }

    /// Normal with mean 0 and deviation 1, by Marsaglia's polar method; the second of each pair is not kept.
    pub fn normal(&mut self) -> f64 {
        loop {
            let [x, y] = [(); 2].map(|()| 2.0 * self.uniform() - 1.0);
            let square = x * x + y * y;
            if square < 1.0 && square > 0.0 {
                return x * (-2.0 * libm::log(square) / square).sqrt();
            }
        }
    }

    /// Lognormal with that median; `sigma` is the deviation of its logarithm.
    pub fn lognormal(&mut self, median: f64, sigma: f64) -> f64 {
        median * libm::exp(sigma * self.normal())
    }

    /// Chooses `count` of the bits of a word array, every choice being equally likely; what was there is forgotten.
    ///
    /// O(W + count) expected time.
    ///
    /// # Panics
    /// If there are not that many bits, or the words are not 1, 2, 4, 8 ...
    #[inline]
    pub fn choose<const W: usize>(&mut self, count: u32, words: &mut [u64; W]) {
        assert!(W.is_power_of_two(), "a position is some bits of a random word");
        let all = u32::try_from(64 * W).expect("a short array");
        assert!(count <= all, "every bit is chosen at most once");
        *words = [0; W];
        // Of more than half, rather choose those that stay out.
        let mut left = if count > all / 2 { all - count } else { count };
        let width = all.trailing_zeros();
        let (mut bits, mut unused) = (0, 0);
        while left > 0 {
            if unused < width {
                (bits, unused) = (self.bits(), 64);
            }
            let word = &mut words[usize::try_from(bits >> 6).expect("64-bit machine") % W];
            let bit = bits & 63;
            if *word >> bit & 1 == 0 {
                *word |= 1 << bit;
                left -= 1;
            }
            bits >>= width;
            unused -= width;
        }
        if count > all / 2 {
            words.iter_mut().for_each(|word| *word = !*word);
        }
    }
}

/// Number of successes in a fixed number of independent trials, drawn from a table.
///
/// The table is made by multiplications and additions alone, so that it is the same on every machine. Probabilities are
/// right to about 10⁻¹³ of themselves, down to 2⁻⁶⁴.
#[derive(Clone, Debug)]
pub struct Binomial {
    /// At `k`: probability of more than `k` successes, times 2⁶⁴; ends before the first 0.
    exceeds: Vec<u64>,
    /// At `i`: least count that a draw whose upper six bits are `i` can give.
    guide: [u16; 64],
}

impl Binomial {
    /// Prepares the table. O(trials) time and space.
    ///
    /// # Panics
    /// If the probability is outside 0..=1 or there are more than 65,535 trials.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a probability times 2^64 saturates")]
    pub fn new(trials: u16, probability: f64) -> Self {
        assert!((0.0..=1.0).contains(&probability), "a probability lies in 0..=1");
        let mass = binomial_mass(trials, probability);
        let mut exceeds: Vec<u64> = Vec::with_capacity(mass.len());
        let mut above = 0.0;
        for &mass in mass.iter().rev() {
            exceeds.push((above * 18_446_744_073_709_551_616.0) as u64);
            above += mass;
        }
        exceeds.reverse();
        exceeds.truncate(exceeds.iter().position(|&exceeds| exceeds == 0).expect("more than all never succeed"));
        let mut guide = [0; 64];
        for (i, guide) in guide.iter_mut().enumerate() {
            let largest = (i as u64) << 58 | ((1 << 58) - 1);
            *guide = exceeds.partition_point(|&exceeds| exceeds > largest) as u16;
        }
        Self { exceeds, guide }
    }

    /// Draws a count. O(1) expected time.
    pub fn draw(&self, draws: &mut Draws) -> u32 {
        let bits = draws.bits();
        let mut count = usize::from(self.guide[usize::try_from(bits >> 58).expect("six bits")]);
        while self.exceeds.get(count).is_some_and(|&exceeds| bits < exceeds) {
            count += 1;
        }
        u32::try_from(count).expect("at most 65,535")
    }
}

/// Probabilities of 0, 1, ... `trials` successes, from the likeliest outwards so that none of the start vanishes.
fn binomial_mass(trials: u16, probability: f64) -> Vec<f64> {
    let n = usize::from(trials);
    let mut mass = vec![0.0; n + 1];
    if probability == 0.0 || probability == 1.0 {
        mass[if probability == 0.0 { 0 } else { n }] = 1.0;
        return mass;
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and the trials")]
    let peak = ((f64::from(trials) + 1.0) * probability).min(f64::from(trials)) as usize;
    let odds = probability / (1.0 - probability);
    let count = |k: usize| f64::from(u16::try_from(k).expect("at most the trials"));
    mass[peak] = 1.0;
    for k in peak..n {
        mass[k + 1] = mass[k] * (odds * (count(n - k) / count(k + 1)));
    }
    for k in (0..peak).rev() {
        mass[k] = mass[k + 1] * (count(k + 1) / count(n - k) / odds);
    }
    let total: f64 = mass.iter().sum();
    mass.iter_mut().for_each(|mass| *mass /= total);
    mass
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_never_change() {
        let mut draws = Stream::new(Seed(1), "SMW5").at(0);
        let first = [draws.bits(), draws.bits()];
        let other = Stream::new(Seed(1), "SMW5").at(1).bits();
        let empty = Stream::new(Seed(0), "").at(0).bits();
        // From an implementation of its own, in another language.
        let known = [0x5E5B_A544_48F1_673E, 0xA22F_95A4_558B_0665, 0x2398_7F21_E995_F994, 0x8831_EAC6_F81E_31B5];
        assert_eq!([first[0], first[1], other, empty], known);
    }

    #[test]
    fn the_generator_is_the_published_one() {
        // First outputs of xoshiro256++ from the state 1, 2, 3, 4 (Blackman and Vigna 2019, reference code).
        let mut seed = [0; 32];
        for (i, word) in seed.chunks_exact_mut(8).enumerate() {
            word[0] = u8::try_from(i + 1).unwrap();
        }
        let mut draws = Draws(Xoshiro256PlusPlus::from_seed(seed));
        assert_eq!([draws.bits(), draws.bits(), draws.bits()], [41_943_041, 58_720_359, 3_588_806_011_781_223]);
    }

    #[test]
    fn names_that_look_alike_have_streams_of_their_own() {
        let names = ["", "a", "a\0", "aaaaaaaa", "aaaaaaaa\0", "aaaaaaaab", "baaaaaaaa"];
        let mut keys: Vec<u64> = names.iter().map(|name| Stream::new(Seed(0), name).key).collect();
        keys.push(Stream::new(Seed(1), "").key);
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), names.len() + 1);
    }

    #[test]
    fn binomial_counts_have_the_binomials_probabilities() {
        // 3 trials, 1/4: more than 0, 1, 2 successes in 37, 10, 1 of 64 cases.
        let table = Binomial::new(3, 0.25);
        let expected = [37u64, 10, 1].map(|cases| cases << 58);
        for (exceeds, expected) in table.exceeds.iter().zip(expected) {
            assert!(exceeds.abs_diff(expected) < 1 << 12, "{exceeds} {expected}");
        }
        assert_eq!(table.exceeds.len(), 3);
    }

    #[test]
    fn rare_counts_keep_their_relative_accuracy() {
        let p = 1e-9;
        let table = Binomial::new(512, p);
        let none = -libm::expm1(512.0 * libm::log1p(-p));
        let got = table.exceeds[0] as f64 / 2f64.powi(64);
        assert!((got / none - 1.0).abs() < 1e-9, "{got} {none}");
    }

    #[test]
    fn certain_and_impossible_counts_are_exact() {
        let mut draws = Stream::new(Seed(7), "x").at(0);
        for _ in 0..100 {
            assert_eq!(Binomial::new(512, 0.0).draw(&mut draws), 0);
            assert_eq!(Binomial::new(512, 1.0).draw(&mut draws), 512);
        }
    }

    #[test]
    fn guided_draws_equal_a_plain_search() {
        for p in [1e-4, 0.014, 0.3, 0.5, 0.97] {
            let table = Binomial::new(512, p);
            let stream = Stream::new(Seed(3), "plain");
            for sample in 0..2_000 {
                let bits = stream.at(sample).bits();
                let plain = table.exceeds.iter().filter(|&&exceeds| bits < exceeds).count();
                assert_eq!(table.draw(&mut stream.at(sample)) as usize, plain, "{p} {sample}");
            }
        }
    }

    #[test]
    fn as_many_bits_are_chosen_as_asked() {
        let mut draws = Stream::new(Seed(5), "choose").at(0);
        for count in [0, 1, 7, 100, 255, 256, 300, 512] {
            let mut words = [7; 8];
            draws.choose(count, &mut words);
            assert_eq!(words.iter().map(|word| word.count_ones()).sum::<u32>(), count);
        }
    }

    #[test]
    fn every_bit_is_chosen_equally_often() {
        // 40,000 rounds of 4 in 256: each bit is chosen 625 times, deviation 25.
        let stream = Stream::new(Seed(9), "even");
        let mut counts = [0u32; 256];
        for sample in 0..40_000 {
            let mut words = [0; 4];
            stream.at(sample).choose(4, &mut words);
            for (bit, count) in counts.iter_mut().enumerate() {
                *count += u32::try_from(words[bit / 64] >> (bit % 64) & 1).unwrap();
            }
        }
        assert!(counts.iter().all(|count| count.abs_diff(625) < 125), "{counts:?}");
    }

    #[test]
    fn means_and_spreads_are_those_of_the_distributions() {
        let stream = Stream::new(Seed(11), "moments");
        let n = 200_000;
        let [mut uniform, mut exponential, mut normal, mut square, mut low] = [0.0; 5];
        for sample in 0..n {
            let mut draws = stream.at(sample);
            uniform += draws.uniform();
            exponential += draws.exponential(3.0);
            let x = draws.normal();
            normal += x;
            square += x * x;
            low += f64::from(u8::from(draws.lognormal(8.0, 1.5) < 8.0));
        }
        let n = n as f64;
        let root = n.sqrt();
        assert!((uniform / n - 0.5).abs() < 4.0 * 0.2887 / root);
        assert!((exponential / n - 3.0).abs() < 4.0 * 3.0 / root);
        assert!((normal / n).abs() < 4.0 / root);
        assert!((square / n - 1.0).abs() < 4.0 * 2f64.sqrt() / root);
        assert!((low / n - 0.5).abs() < 4.0 * 0.5 / root);
    }

    #[test]
    fn numbers_below_a_bound_are_alike() {
        let mut draws = Stream::new(Seed(13), "below").at(0);
        let mut counts = [0u32; 6];
        for _ in 0..60_000 {
            counts[draws.below(6) as usize] += 1;
        }
        assert!(counts.iter().all(|count| count.abs_diff(10_000) < 400), "{counts:?}");
    }
}
