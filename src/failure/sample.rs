//! Snapshots of the world: each component up or down by chance, 512 states at a time.
//!
//! A component is anything that fails as one: a segment, a cable, a risk group. It says which components are down, not
//! what that does (see `algorithm::connectivity`).

use crate::algorithm::block::Block;
use crate::random::{Binomial, Seed, Stream};

/// One thing that fails as a whole, independently of all others.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Component<'a> {
    /// Its name, which alone decides its draws.
    pub name: &'a str,
    /// Probability of being down at a random moment.
    pub unavailability: f64,
}

/// Draws which components are down.
#[derive(Clone, Debug)]
pub struct Sampler {
    components: Vec<(Stream, Binomial)>,
}

impl Sampler {
    /// Prepares the tables. O(components × 512) time and space.
    ///
    /// # Panics
    /// If an unavailability is outside 0..=1.
    #[must_use]
    pub fn new(seed: Seed, components: &[Component<'_>]) -> Self {
        let states = u16::try_from(Block::STATES).expect("512");
        let prepare = |c: &Component<'_>| (Stream::new(seed, c.name), Binomial::new(states, c.unavailability));
        Self { components: components.iter().map(prepare).collect() }
    }

    /// Draws block `index` of states: for each component, the states in which it is down.
    ///
    /// How many of the 512 is drawn first, then which: the same distribution as 512 single draws, in time that grows with
    /// the number of failures. The draws of a component depend on seed, name and block alone.
    pub fn draw(&self, index: u64, down: &mut Vec<Block>) {
        down.clear();
        down.extend(self.components.iter().map(|(stream, table)| {
            let mut draws = stream.at(index);
            let mut block = Block::NONE;
            let count = table.draw(&mut draws);
            draws.choose(count, &mut block.0);
            block
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CABLES: [Component<'_>; 3] = [
        Component { name: "SMW5", unavailability: 0.02 },
        Component { name: "AAE-1", unavailability: 0.3 },
        Component { name: "never", unavailability: 0.0 },
    ];

    #[test]
    fn a_new_component_changes_no_others_draws() {
        let mut more = CABLES.to_vec();
        more.insert(1, Component { name: "new", unavailability: 0.5 });
        let [mut before, mut after] = [Vec::new(), Vec::new()];
        for index in 0..50 {
            Sampler::new(Seed(4), &CABLES).draw(index, &mut before);
            Sampler::new(Seed(4), &more).draw(index, &mut after);
            after.remove(1);
            assert_eq!(before, after);
        }
    }

    #[test]
    fn components_are_down_as_often_as_said() {
        let sampler = Sampler::new(Seed(8), &CABLES);
        let mut down = Vec::new();
        let mut counts = [0; 4];
        for index in 0..400 {
            sampler.draw(index, &mut down);
            for i in 0..3 {
                counts[i] += down[i].count();
            }
            counts[3] += (down[0] & down[1]).count();
        }
        // 204,800 states.
        for (count, p) in counts.iter().zip([0.02, 0.3, 0.0, 0.006]) {
            let expected: f64 = 204_800.0 * p;
            let off = (f64::from(*count) - expected).abs();
            assert!(off <= 4.0 * (expected * (1.0 - p)).sqrt(), "{counts:?}");
        }
    }
}
