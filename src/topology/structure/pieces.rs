//! What a component falls into without some of its segments and sites, found by looking at little more than what falls off.
//!
//! Many losses can be tried on one topology: most part nothing, and that is seen near the loss.

use std::collections::{BTreeMap, VecDeque};

use super::neighbours;
use crate::topology::{SegmentId, SiteId, Topology};

/// The pieces of one component after a loss.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pieces {
    /// Number of the component.
    pub component: u32,
    /// Sites of every piece but one; the pieces in no order, their sites as they were found.
    pub off: Vec<Vec<SiteId>>,
    /// A site of the piece that was not walked, often the largest; `None` if every site of the component is lost.
    pub rest: Option<SiteId>,
}

/// Finds the pieces that losses leave.
pub struct Splitter<'t, F> {
    topology: &'t Topology,
    /// Tells which segments count.
    counts: F,
    /// Component of each site; length = sites.
    of_site: &'t [u32],
    /// Which search has reached each site; length = sites.
    reached_by: Vec<u32>,
    is_lost_segment: Vec<bool>,
    is_lost_site: Vec<bool>,
}

/// Reached by none.
const NONE: u32 = u32::MAX;

/// The sites that a search has reached, and those from which it goes on.
#[derive(Default)]
struct Search {
    /// The search that it has gone into; itself while it goes on.
    into: usize,
    reached: Vec<SiteId>,
    front: VecDeque<SiteId>,
}

impl<'t, F: Fn(SegmentId) -> bool> Splitter<'t, F> {
    /// For a topology of which some segments count; `of_site` are the components over these.
    #[must_use]
    pub fn new(topology: &'t Topology, counts: F, of_site: &'t [u32]) -> Self {
        Self {
            topology,
            counts,
            of_site,
            reached_by: vec![NONE; topology.site_count()],
            is_lost_segment: vec![false; topology.segment_count()],
            is_lost_site: vec![false; topology.site_count()],
        }
    }

    /// What the components that a loss touches fall into, in order of component.
    ///
    /// Searches go out from all ends beside the loss by turns, and become one where they meet; the last one need not
    /// go on. O(sites that fall off, and their segments) times the number of ends, where the rest is well connected;
    /// O(|V| + |E|) at worst.
    pub fn split(&mut self, segments: &[SegmentId], sites: &[SiteId]) -> Vec<Pieces> {
        segments.iter().for_each(|segment| self.is_lost_segment[segment.index()] = true);
        sites.iter().for_each(|site| self.is_lost_site[site.index()] = true);
        let mut beside: BTreeMap<u32, Vec<SiteId>> = BTreeMap::new();
        let ends = segments.iter().filter(|segment| (self.counts)(**segment)).flat_map(|&id| self.topology.segment(id).ends);
        let around = sites.iter().flat_map(|&site| neighbours(self.topology, site, &self.counts).map(|(_, other)| other));
        for site in ends.chain(around).chain(sites.iter().copied()) {
            let of_component = beside.entry(self.of_site[site.index()]).or_default();
            if !self.is_lost_site[site.index()] {
                of_component.push(site);
            }
        }
        let mut split = Vec::new();
        for (component, mut ends) in beside {
            ends.sort_unstable();
            ends.dedup();
            split.push(self.walk(component, &ends));
        }
        segments.iter().for_each(|segment| self.is_lost_segment[segment.index()] = false);
        sites.iter().for_each(|site| self.is_lost_site[site.index()] = false);
        split
    }

    fn walk(&mut self, component: u32, ends: &[SiteId]) -> Pieces {
        let mut searches: Vec<Search> = Vec::new();
        for (number, &end) in ends.iter().enumerate() {
            self.reached_by[end.index()] = number_of(number);
            searches.push(Search { into: number, reached: vec![end], front: VecDeque::from([end]) });
        }
        // Searches by turns, among them some that have gone into others since.
        let mut turns: VecDeque<usize> = (0..searches.len()).collect();
        let mut count = searches.len();
        let mut off = Vec::new();
        while count > 1 {
            let number = turns.pop_front().expect("each search that goes on has its turn");
            if searches[number].into != number {
                continue;
            }
            let Some(site) = searches[number].front.pop_front() else {
                off.push(std::mem::take(&mut searches[number].reached));
                count -= 1;
                continue;
            };
            count -= self.step(site, number, &mut searches);
            if searches[number].into == number {
                turns.push_back(number);
            }
        }
        let last = turns.into_iter().find(|&number| searches[number].into == number);
        let rest = last.and_then(|number| searches[number].reached.first().copied());
        for site in searches.iter().flat_map(|search| &search.reached).chain(off.iter().flatten()) {
            self.reached_by[site.index()] = NONE;
        }
        Pieces { component, off, rest }
    }

    /// Reaches the neighbours of a site; returns how many searches became one with it.
    fn step(&mut self, site: SiteId, mut number: usize, searches: &mut [Search]) -> usize {
        let mut met = 0;
        for (segment, other) in neighbours(self.topology, site, &self.counts) {
            if self.is_lost_segment[segment.index()] || self.is_lost_site[other.index()] {
                continue;
            }
            let by = self.reached_by[other.index()];
            if by == NONE {
                self.reached_by[other.index()] = number_of(number);
                searches[number].reached.push(other);
                searches[number].front.push_back(other);
                continue;
            }
            let by = last_of(searches, by as usize);
            if by != number {
                number = join(searches, number, by);
                met += 1;
            }
        }
        met
    }
}

fn number_of(search: usize) -> u32 {
    u32::try_from(search).expect("no more searches than sites")
}

/// The search that one has become.
fn last_of(searches: &[Search], mut number: usize) -> usize {
    while searches[number].into != number {
        number = searches[number].into;
    }
    number
}

/// Makes two searches one, the smaller going into the larger, and returns which goes on.
fn join(searches: &mut [Search], a: usize, b: usize) -> usize {
    let (from, to) = if searches[a].reached.len() < searches[b].reached.len() { (a, b) } else { (b, a) };
    let Search { reached, front, .. } = std::mem::take(&mut searches[from]);
    searches[from].into = to;
    searches[to].reached.extend(reached);
    searches[to].front.extend(front);
    to
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::Components;
    use super::*;
    use crate::testing::{Chance, Toy};
    use crate::topology::{Regime, Transit};

    fn random(chance: &mut Chance) -> Topology {
        let names: Vec<String> = (0..12).map(|i| format!("s{i:02}")).collect();
        let mut toy = Toy::new().territory("A", Regime::Open, Transit::Service);
        for name in &names {
            toy = toy.site(name, "A", &[]);
        }
        let mut draw = || usize::try_from(chance.below(12)).unwrap();
        for _ in 0..13 {
            let (a, b) = (draw(), draw());
            if a != b {
                toy = toy.segment(&names[a], &names[b], 1);
            }
        }
        toy.build()
    }

    /// The pieces of each component that a loss touches, by the components of what remains.
    fn slowly(
        topology: &Topology,
        counts: &dyn Fn(SegmentId) -> bool,
        (segments, sites): (&[SegmentId], &[SiteId]),
        touched: &BTreeSet<u32>,
    ) -> BTreeSet<BTreeSet<SiteId>> {
        let before = Components::new(topology, counts);
        let remains = |id: SegmentId| {
            counts(id) && !segments.contains(&id) && !topology.segment(id).ends.iter().any(|end| sites.contains(end))
        };
        let after = Components::new(topology, remains);
        let mut pieces = vec![BTreeSet::new(); after.sizes.len()];
        for (site, _) in topology.sites().filter(|(site, _)| !sites.contains(site)) {
            if touched.contains(&before.of_site[site.index()]) {
                pieces[after.of_site[site.index()] as usize].insert(site);
            }
        }
        pieces.into_iter().filter(|piece| !piece.is_empty()).collect()
    }

    #[test]
    fn pieces_are_those_of_what_remains() {
        for seed in 0..3_000 {
            let mut chance = Chance(seed);
            let topology = random(&mut chance);
            let is_down = chance.below(5);
            let counts = |id: SegmentId| u64::from(id.0) != is_down;
            let components = Components::new(&topology, counts);
            let mut splitter = Splitter::new(&topology, counts, &components.of_site);
            for _ in 0..2 {
                let lost = |of: usize, n: u64, chance: &mut Chance| -> BTreeSet<u32> {
                    (0..n).map(|_| u32::try_from(chance.below(of as u64)).unwrap()).collect()
                };
                let (few, fewer) = (chance.below(5), chance.below(3));
                let segments = lost(topology.segment_count(), few, &mut chance).into_iter().map(SegmentId).collect::<Vec<_>>();
                let sites = lost(12, fewer, &mut chance).into_iter().map(SiteId).collect::<Vec<_>>();
                let split = splitter.split(&segments, &sites);
                let touched = split.iter().map(|pieces| pieces.component).collect();
                let mut found: BTreeSet<BTreeSet<SiteId>> = BTreeSet::new();
                for Pieces { component, off, rest } in split {
                    let walked: BTreeSet<SiteId> = off.iter().flatten().copied().collect();
                    let is_rest = |site: &SiteId| {
                        components.of_site[site.index()] == component && !walked.contains(site) && !sites.contains(site)
                    };
                    let others: BTreeSet<SiteId> = topology.sites().map(|(site, _)| site).filter(is_rest).collect();
                    assert_eq!(rest.is_none(), others.is_empty(), "seed {seed}");
                    assert!(rest.is_none_or(|rest| others.contains(&rest)), "seed {seed}");
                    found.extend(off.into_iter().map(|piece| piece.into_iter().collect()));
                    found.extend([others].into_iter().filter(|piece| !piece.is_empty()));
                }
                assert_eq!(found, slowly(&topology, &counts, (&segments, &sites), &touched), "seed {seed}");
            }
        }
    }
}
