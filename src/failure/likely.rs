//! States of independent things from the likeliest down, so that a few of them bound everything.
//!
//! What was not enumerated keeps its probability, which turns a sum over states into an interval from the best to the
//! worst that the rest could do. For samples instead, see `sample`.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// One state: what is not as it usually is.
#[derive(Clone, Debug, PartialEq)]
pub struct LikelyChoice {
    /// Things with another outcome than their likeliest, ascending, and which.
    pub unusual: Vec<(u32, u32)>,
    /// How likely exactly these are.
    pub probability: f64,
}

/// Goes through all states of things with several outcomes each, in order of falling probability; ties in a fixed order.
///
/// Outcomes that are not listed keep their probability among what remains. O(|unusual| + log states) time and memory a
/// state.
#[derive(Clone, Debug)]
pub struct LikelyChoices {
    /// Things that have more than one outcome, the least surprising first.
    things: Vec<Thing>,
    /// The likeliest outcome of each thing.
    usual: Vec<u32>,
    heap: BinaryHeap<Entry>,
    /// Probability of the likeliest state.
    best: f64,
    enumerated: f64,
}

#[derive(Clone, Debug)]
struct Thing {
    index: u32,
    /// Unusual outcomes with their probability over that of the likeliest, falling.
    odds: Vec<(u32, f64)>,
}

/// A set of things with an unusual outcome: positions, ascending, and the rank of the outcome.
#[derive(Clone, Debug, PartialEq)]
struct Entry {
    /// Probability, as a share of the likeliest state's.
    share: f64,
    unusual: Vec<(u32, u32)>,
}

impl Eq for Entry {}

impl Ord for Entry {
    fn cmp(&self, other: &Self) -> Ordering {
        self.share.total_cmp(&other.share).then_with(|| other.unusual.cmp(&self.unusual))
    }
}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl LikelyChoices {
    /// Begins with the likeliest state of things with these probabilities of their outcomes. O(n log n).
    ///
    /// # Panics
    /// If a thing has no outcome, or probabilities are no such.
    #[must_use]
    pub fn new(things: &[Vec<f64>]) -> Self {
        let (mut usual, mut best, mut rest) = (Vec::new(), 1.0, Vec::new());
        for (index, outcomes) in (0..).zip(things) {
            assert!(outcomes.iter().all(|p| (0.0..=1.0).contains(p)), "a probability lies in 0..=1");
            let mut order: Vec<(u32, f64)> = (0..).zip(outcomes.iter().copied()).collect();
            order.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
            let &(likeliest, most) = order.first().expect("a thing has an outcome");
            usual.push(likeliest);
            best *= most;
            let odds: Vec<_> = order[1..].iter().filter(|(_, p)| *p > 0.0).map(|&(outcome, p)| (outcome, p / most)).collect();
            if !odds.is_empty() {
                rest.push(Thing { index, odds });
            }
        }
        rest.sort_by(|a, b| b.odds[0].1.total_cmp(&a.odds[0].1).then(a.index.cmp(&b.index)));
        let heap = BinaryHeap::from([Entry { share: 1.0, unusual: Vec::new() }]);
        Self { things: rest, usual, heap, best, enumerated: 0.0 }
    }

    /// The likeliest outcome of each thing.
    #[must_use]
    pub fn usual(&self) -> &[u32] {
        &self.usual
    }

    /// Probability of all states not yet gone through; its last digits are lost below about 10⁻¹⁵.
    #[must_use]
    pub fn remaining(&self) -> f64 {
        (1.0 - self.enumerated).max(0.0)
    }

    /// Tells whether every state that is listed was gone through.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.heap.is_empty()
    }

    fn push(&mut self, unusual: Vec<(u32, u32)>) {
        let share = unusual.iter().map(|&(at, rank)| self.things[at as usize].odds[rank as usize].1).product();
        self.heap.push(Entry { share, unusual });
    }

    /// Each set has one parent: its last outcome one likelier if there is one; else without its last thing if the one
    /// before is adjacent; else with the last thing moved up.
    fn push_children(&mut self, unusual: &[(u32, u32)]) {
        let last = unusual.last().copied();
        if let Some((at, rank)) = last
            && (rank as usize + 1) < self.things[at as usize].odds.len()
        {
            self.push([&unusual[..unusual.len() - 1], &[(at, rank + 1)]].concat());
        }
        let next = last.map_or(0, |(at, _)| at + 1);
        if (next as usize) < self.things.len() {
            self.push([unusual, &[(next, 0)]].concat());
            if let Some((_, 0)) = last {
                self.push([&unusual[..unusual.len() - 1], &[(next, 0)]].concat());
            }
        }
    }
}

impl Iterator for LikelyChoices {
    type Item = LikelyChoice;

    fn next(&mut self) -> Option<LikelyChoice> {
        let Entry { share, unusual } = self.heap.pop()?;
        self.push_children(&unusual);
        let probability = share * self.best;
        self.enumerated += probability;
        let outcome = |&(at, rank): &(u32, u32)| {
            let thing = &self.things[at as usize];
            (thing.index, thing.odds[rank as usize].0)
        };
        let mut unusual: Vec<(u32, u32)> = unusual.iter().map(outcome).collect();
        unusual.sort_unstable();
        Some(LikelyChoice { unusual, probability })
    }
}

/// One state of components that are up or down.
#[derive(Clone, Debug, PartialEq)]
pub struct LikelyState {
    /// Components down, ascending.
    pub down: Vec<u32>,
    /// How likely exactly these are down.
    pub probability: f64,
}

/// Goes through all states of components that are up or down, as [`LikelyChoices`].
#[derive(Clone, Debug)]
pub struct LikelyStates {
    choices: LikelyChoices,
    /// Components that are down in the likeliest state.
    usually_down: Vec<u32>,
}

impl LikelyStates {
    /// Begins with the likeliest state of components with these probabilities of being down. O(n log n).
    ///
    /// # Panics
    /// If a probability is outside 0..=1.
    #[must_use]
    pub fn new(unavailability: &[f64]) -> Self {
        let choices = LikelyChoices::new(&unavailability.iter().map(|&q| vec![1.0 - q, q]).collect::<Vec<_>>());
        let down = (0..).zip(choices.usual()).filter(|&(_, &outcome)| outcome == 1);
        Self { usually_down: down.map(|(index, _)| index).collect(), choices }
    }

    /// Probability of all states not yet gone through; its last digits are lost below about 10⁻¹⁵.
    #[must_use]
    pub fn remaining(&self) -> f64 {
        if self.choices.is_done() { 0.0 } else { self.choices.remaining() }
    }
}

impl Iterator for LikelyStates {
    type Item = LikelyState;

    fn next(&mut self) -> Option<LikelyState> {
        let LikelyChoice { unusual, probability } = self.choices.next()?;
        let mut down = self.usually_down.clone();
        for (index, _) in unusual {
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
    fn several_outcomes_come_in_order_too_and_what_is_not_listed_remains() {
        // The second thing has an outcome of 0.1 that is not listed.
        let things = [vec![0.2, 0.5, 0.3], vec![0.6, 0.3], vec![1.0], vec![0.25, 0.75]];
        let mut choices = LikelyChoices::new(&things);
        assert_eq!(choices.usual(), [1, 0, 0, 1]);
        let all: Vec<LikelyChoice> = choices.by_ref().collect();
        let sets: BTreeSet<_> = all.iter().map(|choice| choice.unusual.clone()).collect();
        assert_eq!((all.len(), sets.len()), (12, 12));
        for LikelyChoice { unusual, probability } in &all {
            let outcome = |thing: u32| unusual.iter().find(|&&(t, _)| t == thing).map_or([1, 0, 0, 1][thing as usize], |u| u.1);
            let expected: f64 = (0..4).map(|thing| things[thing as usize][outcome(thing) as usize]).product();
            assert!((probability - expected).abs() < 1e-15, "{unusual:?}");
        }
        assert!(all.is_sorted_by(|a, b| a.probability >= b.probability * (1.0 - 1e-12)));
        assert!((choices.remaining() - 0.1).abs() < 1e-12 && choices.is_done());
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
