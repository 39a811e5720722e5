//! What holds the graph together: its components, and the single losses that part them.
//!
//! It knows physics alone: which segments there are, not who may use them. Every function takes the segments that
//! count as a test, so that a day or an outage is the caller's choice.

mod pieces;

use petgraph::visit::EdgeRef;

use super::{SegmentId, SiteId, Topology};

pub use pieces::{Pieces, Splitter};

/// Which sites hang together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Components {
    /// Component of each site, numbered in order of their lowest site; length = sites.
    pub of_site: Vec<u32>,
    /// How many sites each component has.
    pub sizes: Vec<usize>,
}

impl Components {
    /// Finds the components over the segments that count; a site without any is a component of its own.
    ///
    /// O(|V| + |E|) time, O(|V|) space.
    #[must_use]
    pub fn new(topology: &Topology, counts: impl Fn(SegmentId) -> bool) -> Self {
        const NONE: u32 = u32::MAX;
        let mut of_site = vec![NONE; topology.site_count()];
        let mut sizes = Vec::new();
        let mut stack = Vec::new();
        for (root, _) in topology.sites() {
            if of_site[root.index()] != NONE {
                continue;
            }
            let component = u32::try_from(sizes.len()).expect("no more components than sites");
            sizes.push(0);
            of_site[root.index()] = component;
            stack.push(root);
            while let Some(site) = stack.pop() {
                sizes[component as usize] += 1;
                for (_, neighbour) in neighbours(topology, site, &counts) {
                    if of_site[neighbour.index()] == NONE {
                        of_site[neighbour.index()] = component;
                        stack.push(neighbour);
                    }
                }
            }
        }
        Self { of_site, sizes }
    }

    /// Tells whether two sites hang together.
    #[must_use]
    pub fn join(&self, a: SiteId, b: SiteId) -> bool {
        self.of_site[a.index()] == self.of_site[b.index()]
    }
}

/// The segments and sites whose single loss parts a component.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WeakPoints {
    /// Segments without which their ends no longer hang together (bridges), ascending.
    pub segments: Vec<SegmentId>,
    /// Sites without which two of their neighbours no longer hang together (articulation points), ascending.
    pub sites: Vec<SiteId>,
}

/// Where the walk stands at one site.
struct Frame {
    site: SiteId,
    /// The segment it came by; a parallel one leads back all the same.
    came_by: Option<SegmentId>,
    /// Segments not yet looked at.
    rest: Vec<(SegmentId, SiteId)>,
    /// Least discovery time that the subtree below reaches.
    low: u32,
    children: u32,
}

impl WeakPoints {
    /// Finds them over the segments that count, parallel segments told apart.
    ///
    /// O(|V| + |E|) time and space, without recursion. Hopcroft and Tarjan 1973.
    #[must_use]
    pub fn new(topology: &Topology, counts: impl Fn(SegmentId) -> bool) -> Self {
        let mut found = Self::default();
        let mut time = 0;
        let mut discovered = vec![0u32; topology.site_count()];
        for (root, _) in topology.sites() {
            if discovered[root.index()] != 0 {
                continue;
            }
            let mut frames = Vec::new();
            let mut enter = |frames: &mut Vec<Frame>, discovered: &mut [u32], site: SiteId, came_by| {
                time += 1;
                discovered[site.index()] = time;
                let rest = neighbours(topology, site, &counts).collect();
                frames.push(Frame { site, came_by, rest, low: time, children: 0 });
            };
            enter(&mut frames, &mut discovered, root, None);
            while let Some(frame) = frames.last_mut() {
                if let Some((segment, next)) = frame.rest.pop() {
                    if Some(segment) == frame.came_by {
                    } else if discovered[next.index()] == 0 {
                        frame.children += 1;
                        enter(&mut frames, &mut discovered, next, Some(segment));
                    } else {
                        frame.low = frame.low.min(discovered[next.index()]);
                    }
                } else if let Some(done) = frames.pop() {
                    found.leave(&done, frames.last_mut(), &discovered);
                }
            }
        }
        found.segments.sort_unstable();
        found.sites.sort_unstable();
        found.sites.dedup();
        found
    }

    /// Judges a subtree when the walk goes back up from it.
    fn leave(&mut self, done: &Frame, parent: Option<&mut Frame>, discovered: &[u32]) {
        let Some(parent) = parent else {
            if done.children > 1 {
                self.sites.push(done.site);
            }
            return;
        };
        parent.low = parent.low.min(done.low);
        let at_parent = discovered[parent.site.index()];
        if done.low > at_parent {
            self.segments.extend(done.came_by);
        }
        if done.low >= at_parent && parent.came_by.is_some() {
            self.sites.push(parent.site);
        }
    }
}

fn neighbours<'a>(
    topology: &'a Topology,
    site: SiteId,
    counts: &'a impl Fn(SegmentId) -> bool,
) -> impl Iterator<Item = (SegmentId, SiteId)> + 'a {
    topology.graph().edges(site.into()).filter_map(move |edge| {
        let segment = SegmentId::from_index(edge.id().index());
        counts(segment).then(|| (segment, edge.weight().other_end(site)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Chance, Toy};
    use crate::topology::{Regime, Transit};

    fn random(seed: u64) -> Topology {
        let mut chance = Chance(seed);
        let names: Vec<String> = (0..9).map(|i| format!("s{i}")).collect();
        let mut toy = Toy::new().territory("A", Regime::Open, Transit::Service);
        for name in &names {
            toy = toy.site(name, "A", &[]);
        }
        for _ in 0..9 {
            let (a, b) = (chance.below(9), chance.below(9));
            toy = toy.segment(&names[usize::try_from(a).unwrap()], &names[usize::try_from(b).unwrap()], 1);
        }
        toy.build()
    }

    /// How many components have at least one of these sites.
    fn parts(components: &Components, sites: impl Iterator<Item = SiteId>) -> usize {
        sites.map(|site| components.of_site[site.index()]).collect::<std::collections::BTreeSet<_>>().len()
    }

    #[test]
    fn weak_points_are_those_whose_removal_parts_something() {
        for seed in 0..400 {
            let topology = random(seed);
            let all = || topology.sites().map(|(id, _)| id);
            let before = Components::new(&topology, |_| true);
            let weak = WeakPoints::new(&topology, |_| true);
            let bridges: Vec<SegmentId> = topology
                .segments()
                .map(|(id, _)| id)
                .filter(|&id| parts(&Components::new(&topology, |s| s != id), all()) > before.sizes.len())
                .collect();
            assert_eq!(weak.segments, bridges, "seed {seed}");
            let articulations: Vec<SiteId> = all()
                .filter(|&site| {
                    let without = Components::new(&topology, |s| !topology.segment(s).ends.contains(&site));
                    let others = || all().filter(|&other| other != site);
                    parts(&without, others()) > parts(&before, others())
                })
                .collect();
            assert_eq!(weak.sites, articulations, "seed {seed}");
        }
    }

    #[test]
    fn parallel_segments_are_no_bridge() {
        let toy = Toy::new().territory("A", Regime::Open, Transit::Service).site("x", "A", &[]).site("y", "A", &[]);
        let topology = toy.segment("x", "y", 1).segment("x", "y", 2).build();
        assert_eq!(WeakPoints::new(&topology, |_| true).segments, []);
        let weak = WeakPoints::new(&topology, |segment| segment == SegmentId(0));
        assert_eq!(weak.segments, [SegmentId(0)]);
    }

    #[test]
    fn components_are_numbered_by_their_lowest_site() {
        let toy = Toy::new().territory("A", Regime::Open, Transit::Service);
        let toy = toy.site("x", "A", &[]).site("y", "A", &[]).site("z", "A", &[]);
        let topology = toy.segment("x", "z", 1).build();
        let components = Components::new(&topology, |_| true);
        assert_eq!(components, Components { of_site: vec![0, 1, 0], sizes: vec![2, 1] });
        assert!(components.join(SiteId(0), SiteId(2)) && !components.join(SiteId(0), SiteId(1)));
    }

    #[test]
    fn a_chain_of_a_hundred_thousand_sites_needs_no_stack() {
        let mut topology = Toy::new().territory("A", Regime::Open, Transit::Service).site("x", "A", &[]).build();
        let site = topology.site(SiteId(0)).clone();
        let pair = Toy::new().territory("A", Regime::Open, Transit::Service).site("x", "A", &[]).site("y", "A", &[]);
        let mut segment = pair.segment("x", "y", 1).build().segment(SegmentId(0)).clone();
        for i in 1..100_000 {
            topology.graph.add_node(site.clone());
            segment.ends = [SiteId(i - 1), SiteId(i)];
            topology.graph.add_edge(segment.ends[0].into(), segment.ends[1].into(), segment.clone());
        }
        assert_eq!(WeakPoints::new(&topology, |_| true).segments.len(), 99_999);
    }
}
