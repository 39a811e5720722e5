//! States of independent components from the likeliest down, so that a few of them bound everything.
//!
//! What was not enumerated keeps its probability, which turns a sum over states into an interval from the best to the
//! worst that the rest could do. For samples instead, see `sample`.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// One state of the components.
#[derive(Clone, Debug, PartialEq)]
pub struct LikelyState {
    /// Components down, ascending.
    pub down: Vec<u32>,
    /// How likely exactly these are down.
    pub probability: f64,
}

/// Goes through all states in order of falling probability; ties in a fixed order.
///
/// O(|down| + log states) time and memory a state.
#[derive(Clone, Debug)]
pub struct LikelyStates {
    /// Components that may be in their rarer condition, the least unlikely first.
    components: Vec<Component>,
    /// Components that are down in the likeliest state.
    usually_down: Vec<u32>,
    heap: BinaryHeap<Entry>,
    /// Probability of the likeliest state.
    best: f64,
    enumerated: f64,
}

#[derive(Clone, Copy, Debug)]
struct Component {
    index: u32,
    /// Probability of the rarer condition over that of the other, at most 1.
    odds: f64,
}

/// A set of components in their rarer condition: positions, ascending.
#[derive(Clone, Debug, PartialEq)]
struct Entry {
    /// Probability, as a share of the likeliest state's.
    share: f64,
    rarer: Vec<u32>,
}

impl Eq for Entry {}

impl Ord for Entry {
    fn cmp(&self, other: &Self) -> Ordering {
        self.share.total_cmp(&other.share).then_with(|| other.rarer.cmp(&self.rarer))
    }
}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl LikelyStates {
    /// Begins with the likeliest state of components with these probabilities of being down. O(n log n).
    ///
    /// # Panics
    /// If a probability is outside 0..=1.
    #[must_use]
    pub fn new(unavailability: &[f64]) -> Self {
        let mut components = Vec::new();
        let mut usually_down = Vec::new();
        let mut best = 1.0;
        for (index, &q) in (0..).zip(unavailability) {
            assert!((0.0..=1.0).contains(&q), "a probability lies in 0..=1");
            let rarer = q.min(1.0 - q);
            best *= 1.0 - rarer;
            if q > 0.5 {
                usually_down.push(index);
            }
            if rarer > 0.0 {
                components.push(Component { index, odds: rarer / (1.0 - rarer) });
            }
        }
        components.sort_by(|a, b| b.odds.total_cmp(&a.odds).then(a.index.cmp(&b.index)));
        let heap = BinaryHeap::from([Entry { share: 1.0, rarer: Vec::new() }]);
        Self { components, usually_down, heap, best, enumerated: 0.0 }
    }

    /// Probability of all states not yet gone through; its last digits are lost below about 10⁻¹⁵.
    #[must_use]
    pub fn remaining(&self) -> f64 {
        if self.heap.is_empty() { 0.0 } else { (1.0 - self.enumerated).max(0.0) }
    }

    fn push(&mut self, rarer: Vec<u32>) {
        let share = rarer.iter().map(|&position| self.components[position as usize].odds).product();
        self.heap.push(Entry { share, rarer });
    }
}

impl Iterator for LikelyStates {
    type Item = LikelyState;

    fn next(&mut self) -> Option<LikelyState> {
        let Entry { share, rarer } = self.heap.pop()?;
        // Each set has one parent: without its last component if the one before is adjacent, else with the last moved up.
        let next = rarer.last().map_or(0, |&last| last + 1);
        if (next as usize) < self.components.len() {
            let mut more = rarer.clone();
            more.push(next);
            self.push(more);
            if !rarer.is_empty() {
                let mut moved = rarer.clone();
                moved.pop();
                moved.push(next);
                self.push(moved);
            }
        }
        let probability = share * self.best;
        self.enumerated += probability;
        let mut down = self.usually_down.clone();
        for index in rarer.iter().map(|&position| self.components[position as usize].index) {
            match down.binary_search(&index) {
                Ok(place) => drop(down.remove(place)),
                Err(place) => down.insert(place, index),
            }
        }
        Some(LikelyState { down, probability })
    }
}

/// Bounds of an expectation: what the enumerated states give, and the rest at its best and at its worst.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds {
    /// If the rest does the least harm.
    pub optimistic: f64,
    /// If the rest does the most harm.
    pub pessimistic: f64,
    /// States gone through.
    pub states: u64,
    /// Probability of the rest.
    pub remaining: f64,
}

/// Bounds the expectation of a harm between 0 and `worst`, until the rest is no likelier than `remaining` or after
/// `limit` states.
pub fn bound(
    unavailability: &[f64],
    worst: f64,
    remaining: f64,
    limit: u64,
    mut harm: impl FnMut(&LikelyState) -> f64,
) -> Bounds {
    let mut states = LikelyStates::new(unavailability);
    let mut sum = 0.0;
    let mut count = 0;
    while count < limit && states.remaining() > remaining {
        let Some(state) = states.next() else { break };
        sum += state.probability * harm(&state);
        count += 1;
    }
    let remaining = states.remaining();
    Bounds { optimistic: sum, pessimistic: sum + remaining * worst, states: count, remaining }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const Q: [f64; 5] = [0.1, 0.3, 0.02, 0.9, 0.3];

    fn probability(down: &[u32]) -> f64 {
        (0..).zip(Q).map(|(i, q)| if down.contains(&i) { q } else { 1.0 - q }).product()
    }

    #[test]
    fn every_state_comes_once_with_its_probability_and_in_order() {
        let states: Vec<LikelyState> = LikelyStates::new(&Q).collect();
        let sets: BTreeSet<&Vec<u32>> = states.iter().map(|state| &state.down).collect();
        assert_eq!((states.len(), sets.len()), (32, 32));
        assert!(states.iter().all(|state| (state.probability - probability(&state.down)).abs() < 1e-16));
        assert!(states.is_sorted_by(|a, b| a.probability >= b.probability * (1.0 - 1e-12)));
    }

    #[test]
    fn what_never_or_always_fails_has_one_state() {
        let states: Vec<LikelyState> = LikelyStates::new(&[0.0, 1.0]).collect();
        assert_eq!(states, [LikelyState { down: vec![1], probability: 1.0 }]);
    }

    #[test]
    fn bounds_close_in_on_the_expectation() {
        let expected: f64 = Q.iter().sum();
        let mut before = [0.0, f64::INFINITY];
        for limit in [0, 1, 5, 20, 32] {
            let bounds = bound(&Q, 5.0, 0.0, limit, |state| state.down.len() as f64);
            assert!(bounds.optimistic <= expected + 1e-12 && expected <= bounds.pessimistic + 1e-12, "{bounds:?}");
            assert!(bounds.optimistic >= before[0] && bounds.pessimistic <= before[1] + 1e-12, "{bounds:?}");
            before = [bounds.optimistic, bounds.pessimistic];
        }
        assert!(before[1] - before[0] < 1e-12);
    }
}
