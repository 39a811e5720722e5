//! One fact in 512 states of the world at once, a bit for each.
//!
//! Kernels that treat a block as one value look at every arc once for 512 states. It knows nothing of what the bits mean.

use std::ops::{BitAnd, BitAndAssign, BitOr, BitOrAssign, Not};

/// A set of states: bit `i` of word `j` stands for state 64 `j` + `i` of the block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[repr(align(64))]
pub struct Block(pub [u64; 8]);

impl Block {
    /// How many states a block holds.
    pub const STATES: usize = 512;
    /// No state.
    pub const NONE: Self = Self([0; 8]);
    /// Every state.
    pub const ALL: Self = Self([u64::MAX; 8]);

    /// The first `count` states.
    ///
    /// # Panics
    /// If there are not that many.
    #[must_use]
    pub fn first(count: usize) -> Self {
        assert!(count <= Self::STATES, "a block holds 512 states");
        Self(std::array::from_fn(|word| match count.saturating_sub(word * 64) {
            0 => 0,
            left @ 1..64 => (1 << left) - 1,
            _ => u64::MAX,
        }))
    }

    /// Tells whether a state is in the set.
    #[must_use]
    pub const fn has(&self, state: usize) -> bool {
        self.0[state / 64] >> (state % 64) & 1 == 1
    }

    /// Puts a state into the set.
    pub const fn insert(&mut self, state: usize) {
        self.0[state / 64] |= 1 << (state % 64);
    }

    /// How many states are in the set.
    #[must_use]
    pub fn count(&self) -> u32 {
        self.0.iter().map(|word| word.count_ones()).sum()
    }

    /// Adds the states that are in both of two sets.
    #[inline(always)]
    pub fn add_product(&mut self, left: &Self, right: &Self) {
        for i in 0..8 {
            self.0[i] |= left.0[i] & right.0[i];
        }
    }

    /// Tells whether the sets are the same; without a call of `memcmp`, which costs more than the comparison.
    #[inline(always)]
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        let mut different = 0;
        for i in 0..8 {
            different |= self.0[i] ^ other.0[i];
        }
        different == 0
    }

    /// The states in the set, ascending.
    pub fn states(self) -> impl Iterator<Item = usize> {
        self.0.into_iter().enumerate().flat_map(|(i, word)| {
            std::iter::successors(Some(word), |&word| Some(word & word.wrapping_sub(1)))
                .take_while(|&word| word != 0)
                .map(move |word| i * 64 + word.trailing_zeros() as usize)
        })
    }
}

impl BitAnd for Block {
    type Output = Self;
    #[inline(always)]
    fn bitand(mut self, other: Self) -> Self {
        self &= other;
        self
    }
}

impl BitAndAssign for Block {
    #[inline(always)]
    fn bitand_assign(&mut self, other: Self) {
        for (word, other) in self.0.iter_mut().zip(other.0) {
            *word &= other;
        }
    }
}

impl BitOr for Block {
    type Output = Self;
    #[inline(always)]
    fn bitor(mut self, other: Self) -> Self {
        self |= other;
        self
    }
}

impl BitOrAssign for Block {
    #[inline(always)]
    fn bitor_assign(&mut self, other: Self) {
        for (word, other) in self.0.iter_mut().zip(other.0) {
            *word |= other;
        }
    }
}

impl Not for Block {
    type Output = Self;
    #[inline(always)]
    fn not(self) -> Self {
        Self(self.0.map(|word| !word))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_come_back_in_order() {
        let states = [0, 5, 63, 64, 200, 511];
        let mut block = Block::NONE;
        states.iter().for_each(|&state| block.insert(state));
        assert!(block.states().eq(states));
        assert_eq!(block.count(), 6);
        assert_eq!((!block).count(), 506);
    }

    #[test]
    fn the_first_states_are_as_many_as_asked() {
        for count in [0, 1, 63, 64, 65, 511, 512] {
            let block = Block::first(count);
            assert_eq!(block.count() as usize, count);
            assert!(block.states().eq(0..count));
        }
    }
}
