//! In which order vertices are taken away: always one of least degree next.
//!
//! It looks at who is joined to whom, never at costs, so that one order serves every outage.

use crate::network::Network;

/// An order of taking vertices away.
pub(super) struct Order {
    /// Length = vertices: when each is put back.
    pub(super) places: Vec<u32>,
    /// The vertices that each was a neighbour of when it was taken away; the first to be taken away comes first.
    pub(super) neighbours: Vec<Vec<u32>>,
}

/// So many steps for each vertex and arc, and trees are faster: a step here takes 0.3 ns, one of theirs 10.
const STEPS_MAX: usize = 16;
/// A way left behind takes as long as so many steps.
const WAY_STEPS: usize = 8;

/// Takes all vertices away, the lower of two of the same degree first; `None` where that leaves too much behind.
#[inline(always)]
pub(super) fn order(network: &Network) -> Option<Order> {
    let count = network.vertex_count();
    let words = count.div_ceil(64);
    let mut joined = vec![0u64; count * words];
    for (&a, &b) in network.tails().iter().zip(network.heads()).filter(|(a, b)| a != b) {
        for (a, b) in [(a as usize, b as usize), (b as usize, a as usize)] {
            joined[a * words + b / 64] |= 1 << (b % 64);
        }
    }
    let mut ranks: Vec<u64> = (0..).zip(joined.chunks(words.max(1))).map(|(vertex, row)| rank(vertex, row)).collect();
    let mut order = Order { places: vec![0; count], neighbours: Vec::with_capacity(count) };
    let (mut row, mut steps) = (vec![0; words], 0);
    for place in (0..count).rev() {
        let least = ranks.iter().fold(TAKEN, |least, &rank| least.min(rank));
        let vertex = usize::try_from(least & u64::from(u32::MAX)).expect("the rank of a vertex holds its number");
        ranks[vertex] = TAKEN;
        row.copy_from_slice(&joined[vertex * words..][..words]);
        let neighbours: Vec<u32> = ones(&row).collect();
        steps += neighbours.len() * (place + WAY_STEPS * neighbours.len());
        if steps > STEPS_MAX * count * (network.arc_count() + count) {
            return None;
        }
        for &neighbour in &neighbours {
            let of = &mut joined[neighbour as usize * words..][..words];
            of.iter_mut().zip(&row).for_each(|(word, left)| *word |= left);
            of[vertex / 64] &= !(1 << (vertex % 64));
            of[neighbour as usize / 64] &= !(1 << (neighbour % 64));
            ranks[neighbour as usize] = rank(neighbour, of);
        }
        order.places[vertex] = u32::try_from(place).expect("networks have fewer than 2^24 vertices");
        order.neighbours.push(neighbours);
    }
    Some(order)
}

/// The rank of a vertex that is gone.
const TAKEN: u64 = u64::MAX;

/// Least for the vertex to be taken away next: by degree, then by number.
#[inline(always)]
fn rank(vertex: u32, row: &[u64]) -> u64 {
    let degree: u32 = row.iter().map(|word| word.count_ones()).sum();
    u64::from(degree) << 32 | u64::from(vertex)
}

/// The positions of the bits that are set, ascending.
fn ones(words: &[u64]) -> impl Iterator<Item = u32> {
    (0..).zip(words).flat_map(|(i, &word)| {
        let rest = std::iter::successors(Some(word), |&word| Some(word & word.wrapping_sub(1)));
        rest.take_while(|&word| word != 0).map(move |word| i * 64 + word.trailing_zeros())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Chance;
    use crate::topology::SiteId;
    use std::collections::BTreeSet;

    #[test]
    fn the_least_degree_goes_first_whatever_the_width_of_lanes() {
        for seed in 0..100 {
            let mut chance = Chance(seed);
            let sites = 1 + chance.below(150);
            let mut end = || SiteId(u32::try_from(chance.below(sites)).unwrap());
            let segments: Vec<_> = (0..sites * 3 / 2).map(|_| (end(), end(), 1, [1; 2])).collect();
            let network = Network::of_sites(usize::try_from(sites).unwrap(), &segments);
            let mut around = vec![BTreeSet::new(); network.vertex_count()];
            for (a, b, ..) in segments.into_iter().filter(|(a, b, ..)| a != b) {
                around[a.0 as usize].insert(b.0);
                around[b.0 as usize].insert(a.0);
            }
            let [narrow, wide] = [
                order(&network),
                crate::algorithm::wide::wide(
                    #[inline(always)]
                    || order(&network),
                ),
            ];
            let (narrow, wide) = (narrow.unwrap(), wide.unwrap());
            assert_eq!((&narrow.places, &narrow.neighbours), (&wide.places, &wide.neighbours), "seed {seed}");
            let mut rest: BTreeSet<u32> = (0..).take(around.len()).collect();
            for (place, neighbours) in (0..).take(around.len()).collect::<Vec<u32>>().into_iter().rev().zip(&narrow.neighbours) {
                let vertex = *rest.iter().min_by_key(|&&vertex| around[vertex as usize].len()).unwrap();
                rest.remove(&vertex);
                assert_eq!(narrow.places[vertex as usize], place, "seed {seed}");
                let left = std::mem::take(&mut around[vertex as usize]);
                assert!(left.iter().eq(neighbours), "seed {seed}");
                for &neighbour in &left {
                    around[neighbour as usize].extend(&left);
                    around[neighbour as usize].retain(|&other| other != vertex && other != neighbour);
                }
            }
        }
    }
}
