//! Costs between all pairs of vertices at once, by taking vertices away one by one and putting them back in reverse.
//!
//! A vertex that is taken away leaves to its neighbours the ways through it; put back, it reaches all that are there already
//! by way of those few. On networks that come apart as easily as cables do, that is several times as fast as a tree from
//! every vertex, and the order of taking away serves every outage. It knows costs alone: routes are for `shortest_path`.

mod order;
mod sweep;

use std::ops::Range;

use self::order::order;
use self::sweep::{Direction, FAR, long, sweep};
use super::wide::wide;
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
    /// The places of those that each was a neighbour of when it was taken away; all come before it, ascending.
    before: Vec<u32>,
    /// Length = vertices + 1, by place; positions in `after`.
    first_after: Vec<u32>,
    /// Where each is in `before`: where the list begins that has it, and its own position there.
    after: Vec<[u32; 2]>,
    /// By arc, where its earlier end is in the list of the later; [`LOOP`] if both are one.
    positions: Vec<u32>,
}

/// The position of an arc that leads back to where it leaves.
const LOOP: u32 = u32::MAX;

/// Memory of one answer, kept from one to the next; 4 bytes for each pair, 8 where ways there and back differ.
#[derive(Clone, Debug, Default)]
pub struct Workspace {
    /// From later places to earlier ones, and from earlier to later ones; the former stands for both where they are the same.
    directions: [Direction; 2],
}

/// The costs between all pairs, until the workspace is used again.
#[derive(Clone, Copy, Debug)]
pub struct AllPairs<'a> {
    places: &'a [u32],
    /// By place, rows as [`long`] as it says.
    costs: &'a [i32],
}

impl<'a> Elimination<'a> {
    /// Finds the order: always a vertex of least degree next, the lower of two. `None` where that leaves so much behind that
    /// trees from all vertices are the better way, as on random graphs of thousands of sites.
    ///
    /// O(|V|² + f |V| / 64) time for f neighbours left before vertices, O(|V|² / 8) bytes.
    #[must_use]
    pub fn new(network: &'a Network) -> Option<Self> {
        let order = wide(
            #[inline(always)]
            || order(network),
        )?;
        let (places, mut first_before, mut before) = (order.places, vec![0], Vec::new());
        for neighbours in order.neighbours.iter().rev() {
            let start = before.len();
            before.extend(neighbours.iter().map(|&neighbour| places[neighbour as usize]));
            before[start..].sort_unstable();
            first_before.push(u32::try_from(before.len()).expect("a network of that many steps is refused"));
        }
        let (first_after, after) = turned(&first_before, &before);
        let mut split = Self { network, places, first_before, before, first_after, after, positions: Vec::new() };
        split.positions = network.tails().iter().zip(network.heads()).map(|(&tail, &head)| split.position(tail, head)).collect();
        Some(split)
    }

    /// The costs between all pairs over the arcs that are up; `None` if one comes to 2³⁰ - 1 or more.
    ///
    /// O(f |V| + w) time for f neighbours left before vertices and w pairs of neighbours of the same vertex.
    pub fn all_pairs<'w>(&'w self, outage: &Outage, workspace: &'w mut Workspace) -> Option<AllPairs<'w>> {
        let is_same_back = self.put_arcs(outage, &mut workspace.directions);
        let directions = &mut workspace.directions[..if is_same_back { 1 } else { 2 }];
        let most = wide(
            #[inline(always)]
            || sweep(self, directions),
        );
        let costs = workspace.directions[0].rows();
        self.is_whole(outage, costs, most).then_some(AllPairs { places: &self.places, costs })
    }

    /// Where an arc's earlier end is among the neighbours of the later.
    fn position(&self, tail: u32, head: u32) -> u32 {
        let [tail, head] = [tail, head].map(|vertex| self.places[vertex as usize]);
        if tail == head {
            return LOOP;
        }
        let later = tail.max(head) as usize;
        let among = self.before[self.range_before(later)].binary_search(&tail.min(head)).expect("ends of an arc are neighbours");
        self.first_before[later] + u32::try_from(among).expect("no longer than all lists")
    }

    #[inline(always)]
    fn range_before(&self, place: usize) -> Range<usize> {
        self.first_before[place] as usize..self.first_before[place + 1] as usize
    }

    #[inline(always)]
    fn after(&self, place: usize) -> &[[u32; 2]] {
        &self.after[self.first_after[place] as usize..self.first_after[place + 1] as usize]
    }

    /// The places of an arc's ends.
    fn ends(&self, arc: ArcId) -> [u32; 2] {
        [self.network.tails(), self.network.heads()].map(|ends| self.places[ends[arc.index()] as usize])
    }

    /// The arcs that are up.
    fn arcs(&self, outage: &Outage) -> impl Iterator<Item = ArcId> {
        let lanes = self.network.lanes();
        (0..lanes.len()).map(ArcId::from_index).filter(|arc| !outage.is_lost(lanes[arc.index()].segment()))
    }

    /// Begins with the arcs alone; tells whether all have the same cost there and back.
    fn put_arcs(&self, outage: &Outage, directions: &mut [Direction; 2]) -> bool {
        for Direction { weights, .. } in &mut *directions {
            weights.clear();
            weights.resize(self.before.len(), FAR);
        }
        for arc in self.arcs(outage).filter(|arc| self.positions[arc.index()] != LOOP) {
            let cost = i32::try_from(self.network.costs()[arc.index()]).unwrap_or(FAR);
            let [tail, head] = self.ends(arc);
            let known = &mut directions[usize::from(tail < head)].weights[self.positions[arc.index()] as usize];
            *known = (*known).min(cost);
        }
        directions[0].weights == directions[1].weights
    }

    /// Whether what is out of reach is so for want of a way, not because the cost is too large.
    fn is_whole(&self, outage: &Outage, costs: &[i32], most: i32) -> bool {
        // The first on a route whose cost is too large is one arc behind one whose cost is not.
        if u64::from(most.unsigned_abs()) + u64::from(self.network.max_cost()) < u64::from(FAR.unsigned_abs()) {
            return true;
        }
        let arcs: Vec<[u32; 2]> = self.arcs(outage).map(|arc| self.ends(arc)).collect();
        let goes_on = |row: &[i32]| arcs.iter().all(|&[tail, head]| row[tail as usize] == FAR || row[head as usize] != FAR);
        costs.chunks_exact(long(self.places.len())).take(self.places.len()).all(goes_on)
    }
}

/// By place, where it is in the lists of those after it: where the list begins, and the position.
fn turned(first_before: &[u32], before: &[u32]) -> (Vec<u32>, Vec<[u32; 2]>) {
    let mut first = vec![0; first_before.len() + 1];
    for &place in before {
        first[place as usize + 2] += 1;
    }
    for place in 2..first.len() {
        first[place] += first[place - 1];
    }
    let mut after = vec![[0; 2]; before.len()];
    for list in first_before.windows(2) {
        for position in list[0]..list[1] {
            let next: &mut u32 = &mut first[before[position as usize] as usize + 1];
            after[*next as usize] = [list[0], position];
            *next += 1;
        }
    }
    first.pop();
    (first, after)
}

impl AllPairs<'_> {
    /// Cost of the best route from a vertex to another; [`UNREACHABLE`] where nothing leads.
    #[must_use]
    pub fn cost(&self, [source, target]: [VertexId; 2]) -> u64 {
        as_cost(self.row(source)[self.places[target.index()] as usize])
    }

    /// Costs from a vertex to each, by vertex.
    pub fn costs_from(&self, source: VertexId) -> impl Iterator<Item = u64> {
        let row = self.row(source);
        self.places.iter().map(|&place| as_cost(row[place as usize]))
    }

    fn row(&self, source: VertexId) -> &[i32] {
        let long = long(self.places.len());
        &self.costs[self.places[source.index()] as usize * long..][..long]
    }
}

fn as_cost(cost: i32) -> u64 {
    if cost >= FAR { UNREACHABLE } else { u64::from(cost.unsigned_abs()) }
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
        let mut narrow = Workspace::default();
        let is_same_back = elimination.put_arcs(outage, &mut narrow.directions);
        sweep(elimination, &mut narrow.directions[..if is_same_back { 1 } else { 2 }]);
        let narrow = AllPairs { costs: narrow.directions[0].rows(), ..found };
        let is_same = |source| found.costs_from(source).eq(narrow.costs_from(source));
        assert!(vertices(network).all(is_same), "lanes of any width find the same");
    }

    #[test]
    fn costs_are_those_of_trees_whatever_is_lost() {
        let mut workspace = Workspace::default();
        for seed in 0..200 {
            let mut chance = Chance(seed);
            let sites = 1 + chance.below(if seed % 10 == 0 { 300 } else { 90 });
            let mut end = || SiteId(u32::try_from(chance.below(sites)).unwrap());
            let ends: Vec<_> = (0..sites * 3 / 2).map(|_| [end(), end()]).collect();
            let mut cost = || 1 + u32::try_from(chance.below(9)).unwrap();
            let segments: Vec<_> = ends.iter().map(|&[a, b]| (a, b, cost(), [1; 2])).collect();
            let network = Network::of_sites(usize::try_from(sites).unwrap(), &segments);
            let elimination = Elimination::new(&network).expect("so few vertices leave little behind");
            for one_in in [1_000, 8, 3] {
                let lost = (0..segments.len()).filter(|_| chance.one_in(one_in)).map(SegmentId::from_index);
                holds(&network, &elimination, &Outage::of(segments.len(), lost), &mut workspace);
            }
        }
    }

    /// Arcs that lead one way only, or cost more on the way back.
    #[test]
    fn ways_there_and_back_may_differ() {
        let mut workspace = Workspace::default();
        for seed in 0..200 {
            let mut chance = Chance(seed);
            let sites = 1 + chance.below(if seed % 10 == 0 { 300 } else { 40 });
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
        assert!(!is_refused(chain((1 << 29) - 1)), "both together come to 2^30 - 2");
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
