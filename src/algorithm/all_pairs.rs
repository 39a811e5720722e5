//! Costs between all pairs of vertices at once, by taking vertices away one by one and putting them back in reverse.
//!
//! A vertex that is taken away leaves to its neighbours the ways through it; put back, it reaches all that are there already
//! by way of those few. On networks that come apart as easily as cables do, that is several times as fast as a tree from
//! every vertex, and the order of taking away serves every outage. It knows costs alone: routes are for `shortest_path`.

use crate::network::{ArcId, Network, Outage, UNREACHABLE, VertexId};

/// An order of taking vertices away, with what that leaves to do; the same for every outage.
///
/// Planken, de Weerdt and van der Krogt 2012 ("Snowball"), with orders by least degree; the ways left behind are found anew
/// for each outage (Dibbelt, Strasser and Wagner 2016).
#[derive(Clone, Debug)]
pub struct Elimination<'a> {
    network: &'a Network,
    /// Length = vertices: when each is put back.
    places: Vec<u32>,
    /// Length = vertices + 1, by place; positions in `before`.
    first_before: Vec<u32>,
    /// The places of those that each was a neighbour of when it was taken away; all come before it.
    before: Vec<u32>,
}

/// Memory of one answer, kept from one to the next; 4 bytes for each pair, 8 where ways there and back differ.
#[derive(Clone, Debug, Default)]
pub struct Workspace {
    there: Matrix,
    /// As `there` with rows and columns exchanged; empty where they are the same.
    back: Matrix,
    /// Costs from a vertex to those before it.
    weights: Vec<(u32, i32)>,
}

/// Square, by place.
#[derive(Clone, Debug, Default)]
struct Matrix {
    side: usize,
    costs: Vec<i32>,
}

/// The costs between all pairs, until the workspace is used again.
#[derive(Clone, Copy, Debug)]
pub struct AllPairs<'a> {
    places: &'a [u32],
    costs: &'a Matrix,
}

/// Nothing leads there; two of them can be added.
const FAR: i32 = i32::MAX / 2;

/// So many steps for each vertex and arc, and trees are faster: a step here takes 0.3 ns, one of theirs 10.
const STEPS_MAX: usize = 16;
/// A way left behind takes as long as so many steps.
const WAY_STEPS: usize = 8;

impl<'a> Elimination<'a> {
    /// Finds the order: always a vertex of least degree next, the lower of two. `None` where that leaves so much behind that
    /// trees from all vertices are the better way, as on random graphs of thousands of sites.
    ///
    /// O(|V|² + f |V| / 64) time for f neighbours left before vertices, O(|V|² / 8) bytes.
    #[must_use]
    pub fn new(network: &'a Network) -> Option<Self> {
        let count = network.vertex_count();
        let words = count.div_ceil(64);
        let mut joined = vec![0u64; count * words];
        for (&a, &b) in network.tails().iter().zip(network.heads()).filter(|(a, b)| a != b) {
            for (a, b) in [(a as usize, b as usize), (b as usize, a as usize)] {
                joined[a * words + b / 64] |= 1 << (b % 64);
            }
        }
        let degree = |row: &[u64]| row.iter().map(|word| word.count_ones()).sum::<u32>();
        let mut degrees: Vec<u32> = (0..count).map(|v| degree(&joined[v * words..][..words])).collect();
        let mut rest: Vec<u32> = (0..).take(count).collect();
        let mut taken = Vec::with_capacity(count);
        let (mut row, mut steps) = (vec![0; words], 0);
        let mut places = vec![0; count];
        for place in (0..count).rev() {
            let at = (0..rest.len()).min_by_key(|&i| (degrees[rest[i] as usize], rest[i])).expect("one is left for each place");
            let vertex = rest.swap_remove(at) as usize;
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
                degrees[neighbour as usize] = degree(of);
            }
            places[vertex] = u32::try_from(place).expect("networks have fewer than 2^24 vertices");
            taken.push(neighbours);
        }
        let mut split = Self { network, places, first_before: vec![0], before: Vec::new() };
        for neighbours in taken.iter().rev() {
            split.before.extend(neighbours.iter().map(|&neighbour| split.places[neighbour as usize]));
            let end = u32::try_from(split.before.len()).expect("a network of that many steps is refused");
            split.before[split.first_before[split.first_before.len() - 1] as usize..].sort_unstable();
            split.first_before.push(end);
        }
        Some(split)
    }

    /// The costs between all pairs over the arcs that are up; `None` if one comes to 2³⁰ - 1 or more.
    ///
    /// O(f |V| + w) time for f neighbours left before vertices and w pairs of neighbours of the same vertex.
    pub fn all_pairs<'w>(&'w self, outage: &Outage, workspace: &'w mut Workspace) -> Option<AllPairs<'w>> {
        let Workspace { there, back, weights } = workspace;
        let is_same_back = self.put_arcs(outage, there);
        self.leave_ways(there);
        if is_same_back {
            *back = Matrix::default();
            for place in 0..there.side {
                there.put_back(place, self.before(place), weights);
                there.copy_to_column(place);
            }
        } else {
            back.turn(there);
            for place in 0..there.side {
                there.put_back(place, self.before(place), weights);
                back.put_back(place, self.before(place), weights);
                there.fill_column(place, back);
                back.fill_column(place, there);
            }
        }
        self.is_whole(outage, there).then_some(AllPairs { places: &self.places, costs: there })
    }

    fn before(&self, place: usize) -> &[u32] {
        &self.before[self.first_before[place] as usize..self.first_before[place + 1] as usize]
    }

    /// The arcs that are up and their places.
    fn arcs(&self, outage: &Outage) -> impl Iterator<Item = (ArcId, [usize; 2])> {
        let network = self.network;
        let arcs = (0..network.arc_count()).map(ArcId::from_index);
        let is_up = move |arc: &ArcId| !outage.is_lost(network.lanes()[arc.index()].segment());
        arcs.filter(is_up)
            .map(|arc| (arc, [network.tails(), network.heads()].map(|ends| self.places[ends[arc.index()] as usize] as usize)))
    }

    /// Begins with the arcs alone; tells whether all have the same cost there and back.
    fn put_arcs(&self, outage: &Outage, costs: &mut Matrix) -> bool {
        costs.side = self.places.len();
        costs.costs.clear();
        costs.costs.resize(costs.side * costs.side, FAR);
        for (arc, [tail, head]) in self.arcs(outage) {
            let cost = i32::try_from(self.network.costs()[arc.index()]).unwrap_or(FAR);
            let known = costs.at(tail, head);
            *known = (*known).min(cost);
        }
        for place in 0..costs.side {
            *costs.at(place, place) = 0;
        }
        let side = costs.side;
        self.arcs(outage).all(|(_, [tail, head])| costs.costs[tail * side + head] == costs.costs[head * side + tail])
    }

    /// Takes vertices away: two that both were neighbours of one are joined by the way through it.
    fn leave_ways(&self, costs: &mut Matrix) {
        let mut onwards: Vec<(u32, i32)> = Vec::new();
        for place in (0..costs.side).rev() {
            costs.weigh(place, self.before(place), &mut onwards);
            for &tail in self.before(place) {
                let row = &mut costs.costs[tail as usize * costs.side..][..=place];
                let to_here = row[place];
                if to_here != FAR {
                    for &(head, onward) in &onwards {
                        row[head as usize] = row[head as usize].min(to_here + onward);
                    }
                }
            }
        }
    }

    /// Whether what is out of reach is so for want of a way, not because the cost is too large.
    fn is_whole(&self, outage: &Outage, costs: &Matrix) -> bool {
        if !costs.costs.contains(&FAR) {
            return true;
        }
        let arcs: Vec<[usize; 2]> = self.arcs(outage).map(|(_, ends)| ends).collect();
        let goes_on = |row: &[i32]| arcs.iter().all(|&[tail, head]| row[tail] == FAR || row[head] != FAR);
        costs.costs.chunks(costs.side).all(goes_on)
    }
}

impl Matrix {
    fn at(&mut self, row: usize, column: usize) -> &mut i32 {
        &mut self.costs[row * self.side + column]
    }

    /// The costs from a place to those before it that it was a neighbour of.
    fn weigh(&self, place: usize, before: &[u32], weights: &mut Vec<(u32, i32)>) {
        let row = &self.costs[place * self.side..][..place];
        weights.clear();
        weights.extend(before.iter().map(|&head| (head, row[head as usize])).filter(|&(_, cost)| cost != FAR));
    }

    /// Finds the costs from a place to all before it, by way of its neighbours.
    fn put_back(&mut self, place: usize, before: &[u32], weights: &mut Vec<(u32, i32)>) {
        self.weigh(place, before, weights);
        let (known, rest) = self.costs.split_at_mut(place * self.side);
        let row = &mut rest[..place];
        for &(by, cost) in &*weights {
            let onward = &known[by as usize * self.side..][..place];
            for (known, &onward) in row.iter_mut().zip(onward) {
                *known = (*known).min(cost + onward);
            }
        }
    }

    /// Makes the costs to a place those from it.
    fn copy_to_column(&mut self, place: usize) {
        let (known, rest) = self.costs.split_at_mut(place * self.side);
        for (row, &cost) in known.chunks_exact_mut(self.side).zip(&rest[..place]) {
            row[place] = cost;
        }
    }

    /// Takes the costs to a place from the row of the other matrix.
    fn fill_column(&mut self, place: usize, other: &Self) {
        let column = &other.costs[place * self.side..][..place];
        for (row, &cost) in self.costs.chunks_exact_mut(self.side.max(1)).zip(column) {
            row[place] = cost;
        }
    }

    /// Becomes another with rows and columns exchanged.
    fn turn(&mut self, other: &Self) {
        self.side = other.side;
        self.costs.resize(other.costs.len(), FAR);
        for (row, costs) in other.costs.chunks(other.side.max(1)).enumerate() {
            for (column, &cost) in costs.iter().enumerate() {
                self.costs[column * self.side + row] = cost;
            }
        }
    }
}

impl AllPairs<'_> {
    /// Cost of the best route from a vertex to another; [`UNREACHABLE`] where nothing leads.
    #[must_use]
    pub fn cost(&self, [source, target]: [VertexId; 2]) -> u64 {
        let [row, column] = [source, target].map(|vertex| self.places[vertex.index()] as usize);
        as_cost(self.costs.costs[row * self.costs.side + column])
    }

    /// Costs from a vertex to each, by vertex.
    pub fn costs_from(&self, source: VertexId) -> impl Iterator<Item = u64> {
        let row = &self.costs.costs[self.places[source.index()] as usize * self.costs.side..][..self.costs.side];
        self.places.iter().map(|&place| as_cost(row[place as usize]))
    }
}

fn as_cost(cost: i32) -> u64 {
    if cost >= FAR { UNREACHABLE } else { u64::from(cost.unsigned_abs()) }
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
    use crate::algorithm::shortest_path::{self, grow_tree};
    use crate::network::{Arc, LaneId, UNLIMITED, Vertex};
    use crate::testing::Chance;
    use crate::topology::{SegmentId, SiteId};

    fn vertices(network: &Network) -> impl Iterator<Item = VertexId> + use<> {
        (0..network.vertex_count()).map(VertexId::from_index)
    }

    /// Holds all costs against a tree from each vertex.
    fn holds(network: &Network, elimination: &Elimination<'_>, outage: &Outage, workspace: &mut Workspace) {
        let found = elimination.all_pairs(outage, workspace).expect("costs are small");
        let mut search = shortest_path::Workspace::new();
        for source in vertices(network) {
            let tree = grow_tree(network, outage, [source], &mut search);
            let expected: Vec<u64> = vertices(network).map(|vertex| tree.distance(vertex)).collect();
            assert_eq!(found.costs_from(source).collect::<Vec<_>>(), expected, "{source:?}");
            assert!(vertices(network).all(|target| found.cost([source, target]) == expected[target.index()]));
        }
    }

    #[test]
    fn costs_are_those_of_trees_whatever_is_lost() {
        for seed in 0..200 {
            let mut chance = Chance(seed);
            let sites = 1 + chance.below(90);
            let mut end = || SiteId(u32::try_from(chance.below(sites)).unwrap());
            let ends: Vec<_> = (0..sites * 3 / 2).map(|_| [end(), end()]).collect();
            let mut cost = || 1 + u32::try_from(chance.below(9)).unwrap();
            let segments: Vec<_> = ends.iter().map(|&[a, b]| (a, b, cost(), [1; 2])).collect();
            let network = Network::of_sites(usize::try_from(sites).unwrap(), &segments);
            let elimination = Elimination::new(&network).expect("so few vertices leave little behind");
            let mut workspace = Workspace::default();
            for one_in in [1_000, 8, 3] {
                let lost = (0..segments.len()).filter(|_| chance.one_in(one_in)).map(SegmentId::from_index);
                holds(&network, &elimination, &Outage::of(segments.len(), lost), &mut workspace);
            }
        }
    }

    /// Arcs that lead one way only, or cost more on the way back.
    #[test]
    fn ways_there_and_back_may_differ() {
        for seed in 0..200 {
            let mut chance = Chance(seed);
            let sites = 1 + chance.below(40);
            let count = usize::try_from(sites).unwrap();
            let vertex = |site| Vertex { site, state: 0, is_start: true, starts_switched: false, is_end: true };
            let mut arcs = Vec::new();
            for segment in (0..2 * count).map(SegmentId::from_index) {
                let mut end = || VertexId(u32::try_from(chance.below(sites)).unwrap());
                let (tail, head) = (end(), end());
                let cost = 1 + u32::try_from(chance.below(9)).unwrap();
                arcs.push(Arc { tail, head, lane: LaneId::new(segment, 0), cost, switch: None });
                if chance.one_in(2) {
                    arcs.push(Arc { tail: head, head: tail, lane: LaneId::new(segment, 1), cost: cost + 1, switch: None });
                }
            }
            let all = (0..count).map(SiteId::from_index).map(vertex).collect();
            let network = Network::new(all, arcs, vec![0; 4 * count], vec![UNLIMITED; count]);
            let elimination = Elimination::new(&network).expect("so few vertices leave little behind");
            let mut workspace = Workspace::default();
            holds(&network, &elimination, &Outage::none_of(&network), &mut workspace);
            let lost = (0..2 * count).filter(|_| chance.one_in(4)).map(SegmentId::from_index);
            holds(&network, &elimination, &Outage::of(2 * count, lost), &mut workspace);
        }
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let chain = |cost| Network::of_sites(4, &[(0, 1), (1, 2)].map(|(a, b)| (SiteId(a), SiteId(b), cost, [1; 2])));
        let is_refused = |network: Network| {
            let elimination = Elimination::new(&network).unwrap();
            elimination.all_pairs(&Outage::none_of(&network), &mut Workspace::default()).is_none()
        };
        assert!(!is_refused(chain(1 << 28)), "a site out of reach is an answer");
        assert!(is_refused(chain(1 << 29)), "both together come to 2^30");
        assert!(is_refused(chain(u32::MAX)));
    }

    #[test]
    fn a_network_that_does_not_come_apart_is_refused() {
        let mut chance = Chance(7);
        let mut end = || SiteId(u32::try_from(chance.below(3_000)).unwrap());
        let segments: Vec<_> = (0..9_000).map(|_| (end(), end(), 1, [1; 2])).collect();
        assert!(Elimination::new(&Network::of_sites(3_000, &segments)).is_none());
    }
}
