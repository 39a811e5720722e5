//! Who reaches whom in 512 states of the world at once, when groups of segments fail together.
//!
//! Reachability is algebra over [`Block`]s: a way along two arcs is their *and*, two ways side by side are their *or*.
//! So the network is first reduced like a system of equations: vertices with few neighbours are eliminated once and for
//! all, and what they joined becomes a formula. Per block the formulas are worked out, the rest (the core) is swept
//! until nothing changes, and the eliminated vertices are filled in from their neighbours. It samples nothing and
//! counts nothing.
//!
//! ```text
//!   s ──a── v ──b── w        v eliminated:   s ──(a and b)── w
//!            \                               reach(v) = reach(s) and a  or  reach(w) and b
//!             c (leaf)                       reach(leaf) = reach(v) and c
//! ```

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::block::Block;
use super::wide::wide;
use crate::network::{ArcId, Network, VertexId};
use crate::topology::SegmentId;

/// A network reduced for connectivity questions from certain sources about certain targets.
#[derive(Clone, Debug)]
pub struct Connectivity {
    formulas: Formulas,
    views: Vec<View>,
}

/// Positions among the values of a block: [`ALWAYS`], then one per group (where it is up), then one per formula.
type Value = u32;

/// Up in every state.
const ALWAYS: Value = 0;

/// Values that are sums of products of earlier values.
#[derive(Clone, Debug)]
struct Formulas {
    groups: usize,
    /// Where each formula's terms begin; length = formulas + 1.
    first: Vec<u32>,
    terms: Vec<[Value; 2]>,
}

/// What is swept from one set of sources.
#[derive(Clone, Debug)]
struct View {
    /// Where each vertex's block lies, or [`NOWHERE`]; sources first, then the core by distance, then eliminated ones.
    place: Vec<u32>,
    sources: u32,
    core: u32,
    /// Values of the ways that leave the sources.
    starts: Vec<Value>,
    /// Where each place's ways in begin; length = places + 1.
    first: Vec<u32>,
    /// The place a way comes from and the value it needs; those from nearer the sources first.
    ways: Vec<(u32, Value)>,
}

const NOWHERE: u32 = u32::MAX;

/// Vertices with at most this many neighbours are eliminated. More formulas then cost what the sweep saves: on 1,500
/// sites and 3,031 segments a block took 54, 43, 27, 26, 26, 26 and 28 µs at 1, 2, 3, 4, 5, 6 and 8.
const ELIMINATED_DEGREE: usize = 4;

/// Memory of evaluations, kept from one block to the next.
#[derive(Clone, Debug, Default)]
pub struct Workspace {
    values: Vec<Block>,
    reach: Vec<Block>,
    open: Vec<u32>,
}

/// Which vertices are reached from one set of sources in a block of states.
#[derive(Clone, Copy, Debug)]
pub struct Reach<'a> {
    place: &'a [u32],
    blocks: &'a [Block],
}

impl Connectivity {
    /// Reduces a network.
    ///
    /// `groups` lists the segments that fail together; a segment may be in several groups, or in none and never fail.
    /// Each entry of `sources` is a set of vertices to start from at once. Only `targets`, and vertices that had to be
    /// kept anyway, can be asked about.
    ///
    /// O(|E| log |E| + |sources| (|V| + |E|)) time and space.
    ///
    /// # Panics
    /// If a group or a source names what does not exist.
    #[must_use]
    pub fn new(network: &Network, groups: &[Vec<SegmentId>], sources: &[Vec<VertexId>], targets: &[VertexId]) -> Self {
        let mut reduction = Reduction::new(network, groups);
        let kept: BTreeSet<u32> = sources.iter().flatten().map(|vertex| vertex.0).collect();
        reduction.eliminate(&kept);
        let filled = reduction.filled(targets);
        let core = reduction.core_ways();
        let views = sources.iter().map(|sources| View::new(sources, &core, &filled)).collect();
        Self { formulas: reduction.formulas, views }
    }

    /// Works out the formulas for a block of states; `down` says in which states each group is down.
    ///
    /// # Panics
    /// If `down` has not one block per group.
    pub fn evaluate(&self, down: &[Block], workspace: &mut Workspace) {
        assert_eq!(down.len(), self.formulas.groups, "every group is up or down");
        let values = &mut workspace.values;
        values.clear();
        values.push(Block::ALL);
        values.extend(down.iter().map(|&down| !down));
        for bounds in self.formulas.first.windows(2) {
            let mut sum = Block::NONE;
            for &[left, right] in &self.formulas.terms[bounds[0] as usize..bounds[1] as usize] {
                sum.add_product(&values[left as usize], &values[right as usize]);
            }
            values.push(sum);
        }
    }

    /// Sweeps from one of the sets of sources, for the block that was evaluated last.
    ///
    /// O(|core| × sweeps); two or three sweeps where most groups are up.
    ///
    /// # Panics
    /// If there is no such set of sources, or nothing was evaluated.
    pub fn reach<'a>(&'a self, source: usize, workspace: &'a mut Workspace) -> Reach<'a> {
        let view = &self.views[source];
        wide(
            #[inline(always)]
            || view.sweep(workspace),
        );
        Reach { place: &view.place, blocks: &workspace.reach }
    }

    /// Loses every pair of groups in turn and tells which pairs leave some target unreached from a set of sources.
    ///
    /// `parted` gets the two positions, the lower first, in lexicographic order. A 512th of a sweep each.
    pub fn parting_pairs(
        &self,
        source: usize,
        targets: &[VertexId],
        workspace: &mut Workspace,
        mut parted: impl FnMut(usize, usize),
    ) {
        let groups = self.formulas.groups;
        let mut down = vec![Block::NONE; groups];
        let mut lot: Vec<(usize, usize)> = Vec::with_capacity(Block::STATES);
        let mut pairs = (0..groups).flat_map(|a| (a + 1..groups).map(move |b| (a, b)));
        loop {
            lot.clear();
            lot.extend(pairs.by_ref().take(Block::STATES));
            if lot.is_empty() {
                return;
            }
            for (state, &(a, b)) in lot.iter().enumerate() {
                down[a].insert(state);
                down[b].insert(state);
            }
            self.evaluate(&down, workspace);
            let together = self.reach(source, workspace).all(targets.iter().copied());
            (!together & Block::first(lot.len())).states().for_each(|state| parted(lot[state].0, lot[state].1));
            lot.iter().for_each(|&(a, b)| [down[a], down[b]] = [Block::NONE; 2]);
        }
    }
}

impl Reach<'_> {
    /// In which states the vertex is reached.
    #[must_use]
    pub fn at(&self, vertex: VertexId) -> &Block {
        match self.place[vertex.index()] {
            NOWHERE => &Block::NONE,
            place => &self.blocks[place as usize],
        }
    }

    /// In which states at least one of the vertices is reached.
    #[must_use]
    pub fn any(&self, vertices: impl IntoIterator<Item = VertexId>) -> Block {
        let mut sum = Block::NONE;
        vertices.into_iter().for_each(|vertex| sum |= *self.at(vertex));
        sum
    }

    /// In which states all the vertices are reached.
    #[must_use]
    pub fn all(&self, vertices: impl IntoIterator<Item = VertexId>) -> Block {
        let mut product = Block::ALL;
        vertices.into_iter().for_each(|vertex| product &= *self.at(vertex));
        product
    }
}

impl View {
    fn new(sources: &[VertexId], core: &[Vec<(u32, Value)>], filled: &[(u32, Vec<(u32, Value)>)]) -> Self {
        let mut place = vec![NOWHERE; core.len()];
        let mut queue = VecDeque::new();
        let mut order = Vec::new();
        for source in sources {
            if place[source.index()] == NOWHERE {
                place[source.index()] = 0;
                queue.push_back(source.0);
            }
        }
        let source_count = queue.len();
        let outs = turned(core);
        while let Some(vertex) = queue.pop_front() {
            place[vertex as usize] = count(order.len());
            order.push(vertex);
            for &head in &outs[vertex as usize] {
                if place[head as usize] == NOWHERE {
                    place[head as usize] = 0;
                    queue.push_back(head);
                }
            }
        }
        let core_count = order.len();
        let mut view = Self {
            place,
            sources: count(source_count),
            core: count(core_count),
            starts: Vec::new(),
            first: vec![0],
            ways: Vec::new(),
        };
        for &vertex in &order {
            view.add_ways(&core[vertex as usize]);
        }
        let entries = &view.ways[view.first[source_count] as usize..];
        view.starts = entries.iter().filter(|&&(from, _)| from < view.sources).map(|&(_, value)| value).collect();
        for (vertex, ways) in filled {
            view.place[*vertex as usize] = count(view.first.len() - 1);
            view.add_ways(ways);
        }
        view
    }

    fn add_ways(&mut self, ways: &[(u32, Value)]) {
        let first = self.ways.len();
        let placed = ways.iter().map(|&(tail, value)| (self.place[tail as usize], value));
        self.ways.extend(placed.filter(|&(place, _)| place != NOWHERE));
        self.ways[first..].sort_unstable();
        self.first.push(count(self.ways.len()));
    }

    #[inline(always)]
    fn sweep(&self, workspace: &mut Workspace) {
        let Workspace { values, reach, open } = workspace;
        let [sources, core] = [self.sources as usize, self.core as usize];
        reach.clear();
        reach.resize(self.first.len() - 1, Block::NONE);
        reach[..sources].fill(Block::ALL);
        open.clear();
        // No vertex is reached where all ways out of the sources are down; in all other states most are reached at once.
        let most = self.starts.iter().fold(Block::NONE, |sum, &value| sum | values[value as usize]);
        for place in sources..core {
            self.pull(place, &most, values, reach);
            if !reach[place].is(&most) {
                open.push(count(place));
            }
        }
        let mut changed = true;
        while changed {
            changed = false;
            open.reverse();
            // A loop, for `retain` would not be inlined, and so not widened.
            let mut left = 0;
            for i in 0..open.len() {
                let place = open[i];
                changed |= self.pull(place as usize, &most, values, reach);
                open[left] = place;
                left += usize::from(!reach[place as usize].is(&most));
            }
            open.truncate(left);
        }
        for place in core..reach.len() {
            self.pull(place, &Block::ALL, values, reach);
        }
    }

    /// Takes in what comes over the ways into a place, until `most` is reached; tells whether anything new came.
    #[inline(always)]
    fn pull(&self, place: usize, most: &Block, values: &[Block], reach: &mut [Block]) -> bool {
        let before = reach[place];
        let mut sum = before;
        for &(from, value) in self.ways_into(place) {
            sum.add_product(&reach[from as usize], &values[value as usize]);
            if sum.is(most) {
                break;
            }
        }
        reach[place] = sum;
        !sum.is(&before)
    }

    #[inline(always)]
    fn ways_into(&self, place: usize) -> &[(u32, Value)] {
        &self.ways[self.first[place] as usize..self.first[place + 1] as usize]
    }
}

/// A network while it is reduced.
struct Reduction {
    formulas: Formulas,
    /// Whether every arc has its reverse, so that one value serves both ways.
    symmetric: bool,
    /// By tail and head (the lower first where symmetric): the products that were found, and the value once it is fixed.
    pairs: BTreeMap<(u32, u32), Pair>,
    into: Vec<BTreeSet<u32>>,
    out: Vec<BTreeSet<u32>>,
    /// In order of elimination: vertex, ways in.
    eliminated: Vec<(u32, Vec<(u32, Value)>)>,
}

#[derive(Default)]
struct Pair {
    terms: Vec<[Value; 2]>,
    value: Option<Value>,
}

impl Reduction {
    fn new(network: &Network, groups: &[Vec<SegmentId>]) -> Self {
        let vertices = network.vertex_count();
        let mut reduction = Self {
            formulas: Formulas { groups: groups.len(), first: vec![0], terms: Vec::new() },
            symmetric: is_symmetric(network),
            pairs: BTreeMap::new(),
            into: vec![BTreeSet::new(); vertices],
            out: vec![BTreeSet::new(); vertices],
            eliminated: Vec::new(),
        };
        let fates = reduction.formulas.fates(network.segment_count(), groups);
        for arc in (0..network.arc_count()).map(|i| network.arc(ArcId::from_index(i))) {
            if arc.tail != arc.head {
                reduction.join(arc.tail.0, arc.head.0, [fates[arc.lane.segment().index()], ALWAYS]);
            }
        }
        reduction
    }

    /// Notes a further way from `tail` to `head`.
    fn join(&mut self, tail: u32, head: u32, term: [Value; 2]) {
        let key = self.key(tail, head);
        let pair = self.pairs.entry(key).or_default();
        debug_assert!(pair.value.is_none(), "a fixed value has been used already");
        pair.terms.push(term);
        self.out[tail as usize].insert(head);
        self.into[head as usize].insert(tail);
    }

    fn key(&self, tail: u32, head: u32) -> (u32, u32) {
        if self.symmetric { (tail.min(head), tail.max(head)) } else { (tail, head) }
    }

    /// The value of all ways from `tail` to `head` together; none may be added after.
    fn value(&mut self, tail: u32, head: u32) -> Value {
        let key = self.key(tail, head);
        let pair = self.pairs.get_mut(&key).expect("neighbours are joined");
        *pair.value.get_or_insert_with(|| self.formulas.sum(&mut pair.terms))
    }

    fn degree(&self, vertex: u32) -> usize {
        self.into[vertex as usize].union(&self.out[vertex as usize]).count()
    }

    /// Eliminates vertices of few neighbours, fewest first, then lowest id, except those that are kept.
    fn eliminate(&mut self, kept: &BTreeSet<u32>) {
        let mut queue: BTreeSet<(usize, u32)> =
            (0..count(self.out.len())).filter(|v| !kept.contains(v)).map(|v| (self.degree(v), v)).collect();
        while let Some((degree, vertex)) = queue.pop_first() {
            if degree > ELIMINATED_DEGREE {
                break;
            }
            let into = std::mem::take(&mut self.into[vertex as usize]);
            let out = std::mem::take(&mut self.out[vertex as usize]);
            let touched: BTreeSet<u32> = into.union(&out).copied().collect();
            for &other in touched.iter().filter(|other| !kept.contains(other)) {
                queue.remove(&(self.degree(other), other));
            }
            let ways: Vec<(u32, Value)> = into.iter().map(|&tail| (tail, self.value(tail, vertex))).collect();
            for &head in &out {
                let onward = self.value(vertex, head);
                self.into[head as usize].remove(&vertex);
                for &(tail, value) in ways.iter().filter(|&&(tail, _)| tail != head) {
                    self.out[tail as usize].remove(&vertex);
                    if !self.symmetric || tail < head {
                        self.join(tail, head, [value, onward]);
                    } else {
                        self.out[tail as usize].insert(head);
                        self.into[head as usize].insert(tail);
                    }
                }
            }
            for &tail in &into {
                self.out[tail as usize].remove(&vertex);
            }
            for &other in touched.iter().filter(|other| !kept.contains(other)) {
                queue.insert((self.degree(other), other));
            }
            self.eliminated.push((vertex, ways));
        }
    }

    /// The eliminated vertices that the targets need, each after those it is filled in from.
    fn filled(&mut self, targets: &[VertexId]) -> Vec<(u32, Vec<(u32, Value)>)> {
        let mut needed = vec![false; self.out.len()];
        targets.iter().for_each(|target| needed[target.index()] = true);
        let mut filled = std::mem::take(&mut self.eliminated);
        filled.retain(|(vertex, ways)| {
            if needed[*vertex as usize] {
                ways.iter().for_each(|&(tail, _)| needed[tail as usize] = true);
            }
            needed[*vertex as usize]
        });
        filled.reverse();
        filled
    }

    /// By vertex, the ways in among those that were not eliminated.
    fn core_ways(&mut self) -> Vec<Vec<(u32, Value)>> {
        let into = std::mem::take(&mut self.into);
        (0..).zip(&into).map(|(head, tails)| tails.iter().map(|&tail| (tail, self.value(tail, head))).collect()).collect()
    }
}

impl Formulas {
    /// By segment, the value that says where it is up: where all its groups are.
    fn fates(&mut self, segments: usize, groups: &[Vec<SegmentId>]) -> Vec<Value> {
        let mut fates = vec![ALWAYS; segments];
        let mut products: BTreeMap<[Value; 2], Value> = BTreeMap::new();
        for (group, members) in (1..).zip(groups) {
            for &segment in members.iter().collect::<BTreeSet<_>>() {
                let fate = &mut fates[segment.index()];
                *fate = match *fate {
                    ALWAYS => group,
                    earlier => *products.entry([earlier, group]).or_insert_with(|| self.sum(&mut vec![[earlier, group]])),
                };
            }
        }
        fates
    }

    /// A value that is the sum of the products; an earlier one where that is the same.
    fn sum(&mut self, terms: &mut Vec<[Value; 2]>) -> Value {
        terms.iter_mut().for_each(|term| term.sort_unstable());
        terms.sort_unstable();
        terms.dedup();
        if terms.contains(&[ALWAYS, ALWAYS]) {
            return ALWAYS;
        }
        if let [[ALWAYS, value]] = terms[..] {
            return value;
        }
        self.terms.extend_from_slice(terms);
        self.first.push(count(self.terms.len()));
        count(self.groups + self.first.len() - 1)
    }
}

/// Tells whether every arc has one back over the same segment.
fn is_symmetric(network: &Network) -> bool {
    let arcs: BTreeSet<_> = (0..network.arc_count())
        .map(|i| network.arc(ArcId::from_index(i)))
        .map(|arc| (arc.tail, arc.head, arc.lane.segment()))
        .collect();
    arcs.iter().all(|&(tail, head, segment)| arcs.contains(&(head, tail, segment)))
}

/// By tail, the heads.
fn turned(ways: &[Vec<(u32, Value)>]) -> Vec<Vec<u32>> {
    let mut heads = vec![Vec::new(); ways.len()];
    for (head, tails) in (0..).zip(ways) {
        tails.iter().for_each(|&(tail, _)| heads[tail as usize].push(head));
    }
    heads
}

fn count(n: usize) -> u32 {
    u32::try_from(n).expect("tables hold fewer than 2^32 entries")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::algorithm::components::components;
    use crate::network::{Arc, LaneId, Outage, Vertex};
    use crate::testing::Chance;
    use crate::topology::SiteId;

    /// Random states of random groups: about one in three down.
    fn random_down(groups: usize, chance: &mut Chance) -> Vec<Block> {
        let mut down = vec![Block::NONE; groups];
        for down in &mut down {
            (0..Block::STATES).filter(|_| chance.one_in(3)).for_each(|state| down.insert(state));
        }
        down
    }

    fn random_groups(segments: usize, chance: &mut Chance) -> Vec<Vec<SegmentId>> {
        let count = 1 + chance.below(segments as u64);
        let mut member = |_| (0..segments).filter(|_| chance.one_in(5)).map(SegmentId::from_index).collect();
        (0..count).map(&mut member).collect()
    }

    fn outage(network: &Network, groups: &[Vec<SegmentId>], down: &[Block], state: usize) -> Outage {
        let lost = groups.iter().zip(down).filter(|(_, down)| down.has(state)).flat_map(|(members, _)| members.iter().copied());
        Outage::of(network.segment_count(), lost)
    }

    #[test]
    fn every_state_agrees_with_union_find() {
        for seed in 0..60 {
            let mut chance = Chance(seed);
            let sites = 2 + chance.below(14);
            let segments: Vec<_> = (0..sites + chance.below(sites))
                .map(|_| [(); 2].map(|()| SiteId(u32::try_from(chance.below(sites)).unwrap())))
                .map(|[a, b]| (a, b, 1, [1; 2]))
                .collect();
            let network = Network::of_sites(usize::try_from(sites).unwrap(), &segments);
            let groups = random_groups(segments.len(), &mut chance);
            let all: Vec<VertexId> = (0..network.vertex_count()).map(VertexId::from_index).collect();
            let sources = [vec![VertexId(0)], vec![VertexId(1)]];
            let kernel = Connectivity::new(&network, &groups, &sources, &all);
            let down = random_down(groups.len(), &mut chance);
            let mut workspace = Workspace::default();
            kernel.evaluate(&down, &mut workspace);
            for (i, source) in sources.iter().enumerate() {
                let reach = kernel.reach(i, &mut workspace);
                let everything = reach.all(all.iter().copied());
                for state in 0..Block::STATES {
                    let pieces = components(&network, &outage(&network, &groups, &down, state));
                    for &vertex in &all {
                        let expected = pieces.of(vertex) == pieces.of(source[0]);
                        assert_eq!(reach.at(vertex).has(state), expected, "seed {seed} state {state} vertex {vertex:?}");
                    }
                    assert_eq!(everything.has(state), pieces.count() == 1);
                }
            }
        }
    }

    /// One-way arcs at random, as the product with an automaton has them.
    fn random_one_way(chance: &mut Chance) -> Network {
        let sites = 2 + chance.below(10);
        let vertices = (0..sites)
            .map(|i| SiteId(u32::try_from(i).unwrap()))
            .map(|site| Vertex { site, state: 0, is_start: true, starts_switched: false, is_end: true })
            .collect();
        let segments = u32::try_from(2 * sites).unwrap();
        let mut end = || VertexId(u32::try_from(chance.below(sites)).unwrap());
        let arcs = (0..segments)
            .map(|i| Arc { tail: end(), head: end(), lane: LaneId::new(SegmentId(i), 0), cost: 1, switch: None })
            .collect();
        Network::new(vertices, arcs, vec![1; 2 * segments as usize], vec![1; usize::try_from(sites).unwrap()])
    }

    fn reached(network: &Network, outage: &Outage, sources: &[VertexId]) -> BTreeSet<VertexId> {
        let mut seen: BTreeSet<VertexId> = sources.iter().copied().collect();
        let mut queue = sources.to_vec();
        while let Some(vertex) = queue.pop() {
            for arc in network.out_arcs(vertex).map(|arc| network.arc(arc)) {
                if !outage.is_lost(arc.lane.segment()) && seen.insert(arc.head) {
                    queue.push(arc.head);
                }
            }
        }
        seen
    }

    #[test]
    fn one_way_arcs_and_several_sources_agree_with_a_plain_search() {
        for seed in 0..100 {
            let mut chance = Chance(seed);
            let network = random_one_way(&mut chance);
            let groups = random_groups(network.segment_count(), &mut chance);
            let all: Vec<VertexId> = (0..network.vertex_count()).map(VertexId::from_index).collect();
            let sources = vec![VertexId(0), VertexId(1)];
            let kernel = Connectivity::new(&network, &groups, std::slice::from_ref(&sources), &all);
            let down = random_down(groups.len(), &mut chance);
            let mut workspace = Workspace::default();
            kernel.evaluate(&down, &mut workspace);
            let reach = kernel.reach(0, &mut workspace);
            for state in 0..Block::STATES {
                let expected = reached(&network, &outage(&network, &groups, &down, state), &sources);
                let got: BTreeSet<_> = all.iter().copied().filter(|&vertex| reach.at(vertex).has(state)).collect();
                assert_eq!(got, expected, "seed {seed} state {state}");
            }
        }
    }

    #[test]
    fn a_segment_is_up_only_where_all_its_groups_are() {
        // 0 ── 1, the segment in groups 0 and 1.
        let network = Network::of_sites(2, &[(SiteId(0), SiteId(1), 1, [1; 2])]);
        let groups = vec![vec![SegmentId(0)], vec![SegmentId(0), SegmentId(0)]];
        let kernel = Connectivity::new(&network, &groups, &[vec![VertexId(0)]], &[VertexId(1)]);
        let [mut first, mut second] = [Block::NONE; 2];
        first.insert(3);
        second.insert(3);
        second.insert(77);
        let mut workspace = Workspace::default();
        kernel.evaluate(&[first, second], &mut workspace);
        assert!((!*kernel.reach(0, &mut workspace).at(VertexId(1))).states().eq([3, 77]));
    }
}
