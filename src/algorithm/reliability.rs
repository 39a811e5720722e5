//! The exact probability and frequency of terminals being parted, when links fail independently or in groups.
//!
//! Links in series and side by side are merged first; what remains is swept vertex by vertex, keeping for each way the
//! frontier may be joined up its probability. Only failures are added up, so that an unreliability of 10⁻¹⁸ has all its
//! digits; taking it from 1 would lose them. Directions do not count. Too tangled networks are refused, not estimated
//! (see `connectivity` for samples).

mod frontier;

use std::collections::BTreeMap;

/// How likely something is down at a random moment, and how often it goes down.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Downtime {
    /// Probability of being down, 0..=1.
    pub probability: f64,
    /// Failures per unit of time, in steady state; 0 where only the probability is of interest.
    pub frequency: f64,
}

impl Downtime {
    /// Never down.
    pub const NEVER: Self = Self { probability: 0.0, frequency: 0.0 };
    /// Always down.
    pub const ALWAYS: Self = Self { probability: 1.0, frequency: 0.0 };

    /// Down where either of two independent things is down.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            probability: self.probability + (1.0 - self.probability) * other.probability,
            frequency: self.frequency * (1.0 - other.probability) + other.frequency * (1.0 - self.probability),
        }
    }

    /// Down where both of two independent things are down.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            probability: self.probability * other.probability,
            frequency: self.frequency * other.probability + other.frequency * self.probability,
        }
    }

    /// Down as `then` says where this is down and as `otherwise` where it is up (the pivot, or factoring, identity).
    ///
    /// `then` must be down wherever `otherwise` is: a larger outage never mends anything.
    #[must_use]
    pub fn pivot(self, then: Self, otherwise: Self) -> Self {
        let [down, up] = [self.probability, 1.0 - self.probability];
        Self {
            probability: down * then.probability + up * otherwise.probability,
            frequency: down * then.frequency
                + up * otherwise.frequency
                + self.frequency * (then.probability - otherwise.probability),
        }
    }
}

/// A link between two vertices.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Link {
    /// Its ends.
    pub ends: [u32; 2],
    /// Its own failures.
    pub downtime: Downtime,
}

/// Links that also fail together.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// Positions among the links.
    pub links: Vec<usize>,
    /// Failures of the whole group, besides those of its links.
    pub downtime: Downtime,
}

/// What may fail, and who must stay together.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct System {
    /// How many vertices.
    pub vertices: usize,
    /// Parallel links and loops are fine.
    pub links: Vec<Link>,
    /// Common causes; a vertex that fails is the group of its links.
    pub groups: Vec<Group>,
    /// Vertices that must all be joined; with fewer than two nothing can fail.
    pub terminals: Vec<u32>,
}

/// The network is too tangled for an exact answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Intractable {
    /// The frontier would hold so many vertices; at most 16 can be held.
    TooWide(usize),
    /// More joined-up states at once than allowed.
    TooManyStates(usize),
    /// So many groups of two links or more; at most 20 can be told apart.
    TooManyGroups(usize),
}

impl std::fmt::Display for Intractable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::TooWide(width) => write!(f, "the frontier would hold {width} vertices, at most 16 can be held"),
            Self::TooManyStates(limit) => write!(f, "more than {limit} states at once"),
            Self::TooManyGroups(groups) => write!(f, "{groups} groups of links, at most 20 can be told apart"),
        }
    }
}

impl std::error::Error for Intractable {}

/// Finds how likely, and how often, the terminals are not all joined.
///
/// Groups of one link are merged into it; each other group doubles the work. At most `state_limit` states are kept at
/// once, about 100 bytes each.
///
/// # Errors
/// If the network is too tangled, has too many groups, or needs more states.
///
/// # Panics
/// If a link, group or terminal names what does not exist.
pub fn parting(system: &System, state_limit: usize) -> Result<Downtime, Intractable> {
    let mut links = system.links.clone();
    let mut groups: Vec<&Group> = Vec::new();
    for group in &system.groups {
        match group.links[..] {
            [] => (),
            [link] => links[link].downtime = links[link].downtime.or(group.downtime),
            _ => groups.push(group),
        }
    }
    if groups.len() > 20 {
        return Err(Intractable::TooManyGroups(groups.len()));
    }
    let mut alive = vec![true; links.len()];
    condition(system, &links, &groups, &mut alive, state_limit)
}

/// Splits by whether the first group is up or down, and so on.
fn condition(
    system: &System,
    links: &[Link],
    groups: &[&Group],
    alive: &mut [bool],
    state_limit: usize,
) -> Result<Downtime, Intractable> {
    let Some((&group, rest)) = groups.split_first() else {
        let alive = links.iter().zip(alive).filter(|(_, alive)| **alive).map(|(link, _)| link);
        return match Reduced::new(system.vertices, alive, &system.terminals) {
            Reduced::Solved(downtime) => Ok(downtime),
            Reduced::Left { entry, remainder } => Ok(entry.or(frontier::sweep(&remainder, state_limit)?)),
        };
    };
    let up = condition(system, links, rest, alive, state_limit)?;
    if up == Downtime::ALWAYS {
        return Ok(up);
    }
    let lost: Vec<usize> = group.links.iter().copied().filter(|&link| alive[link]).collect();
    lost.iter().for_each(|&link| alive[link] = false);
    let down = condition(system, links, rest, alive, state_limit);
    lost.iter().for_each(|&link| alive[link] = true);
    Ok(group.downtime.pivot(down?, up))
}

/// A network without leaves, chains and parallel links.
struct Remainder {
    /// By vertex: neighbours and the link to each. Vertices that are gone have none.
    neighbours: Vec<BTreeMap<u32, Downtime>>,
    terminal: Vec<bool>,
}

/// What remains of a network.
enum Reduced {
    /// Nothing: this is the answer.
    Solved(Downtime),
    /// A remainder in series with links that every terminal behind them needs.
    Left { entry: Downtime, remainder: Remainder },
}

impl Reduced {
    fn new<'a>(vertices: usize, links: impl Iterator<Item = &'a Link>, terminals: &[u32]) -> Self {
        let mut rest = Remainder { neighbours: vec![BTreeMap::new(); vertices], terminal: vec![false; vertices] };
        terminals.iter().for_each(|&terminal| rest.terminal[terminal as usize] = true);
        for link in links {
            rest.join(link.ends[0], link.ends[1], link.downtime);
        }
        let mut left = rest.terminal.iter().filter(|&&terminal| terminal).count();
        if left < 2 {
            return Self::Solved(Downtime::NEVER);
        }
        if !rest.keep_the_terminals_piece() {
            return Self::Solved(Downtime::ALWAYS);
        }
        let mut entry = Downtime::NEVER;
        let mut queue: Vec<u32> = (0..).take(vertices).collect();
        while let Some(vertex) = queue.pop() {
            let ways: Vec<(u32, Downtime)> = rest.neighbours[vertex as usize].iter().map(|(&v, &d)| (v, d)).collect();
            match (rest.terminal[vertex as usize], &ways[..]) {
                (true, &[(other, link)]) if left > 1 => {
                    entry = entry.or(link);
                    rest.terminal[vertex as usize] = false;
                    left -= usize::from(std::mem::replace(&mut rest.terminal[other as usize], true));
                }
                (false, &[_]) => (),
                (false, &[(one, first), (other, second)]) => rest.join(one, other, first.or(second)),
                _ => continue,
            }
            rest.neighbours[vertex as usize].clear();
            for (other, _) in ways {
                rest.neighbours[other as usize].remove(&vertex);
                queue.push(other);
            }
        }
        if left < 2 { Self::Solved(entry) } else { Self::Left { entry, remainder: rest } }
    }
}

impl Remainder {
    /// Adds a link, side by side with what joins the two already.
    fn join(&mut self, one: u32, other: u32, link: Downtime) {
        if one != other {
            let both = self.neighbours[one as usize].get(&other).map_or(link, |&earlier| earlier.and(link));
            self.neighbours[one as usize].insert(other, both);
            self.neighbours[other as usize].insert(one, both);
        }
    }

    /// Drops all that no terminal can be reached from; false if terminals are in different pieces.
    fn keep_the_terminals_piece(&mut self) -> bool {
        let mut seen = vec![false; self.terminal.len()];
        let mut queue: Vec<usize> = self.terminal.iter().position(|&terminal| terminal).into_iter().collect();
        queue.iter().for_each(|&vertex| seen[vertex] = true);
        while let Some(vertex) = queue.pop() {
            for &other in self.neighbours[vertex].keys() {
                if !std::mem::replace(&mut seen[other as usize], true) {
                    queue.push(other as usize);
                }
            }
        }
        for (neighbours, _) in self.neighbours.iter_mut().zip(&seen).filter(|(_, seen)| !**seen) {
            neighbours.clear();
        }
        self.terminal.iter().zip(seen).all(|(&terminal, seen)| seen || !terminal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Chance;

    const LIMIT: usize = 100_000;

    fn link(a: u32, b: u32, probability: f64) -> Link {
        Link { ends: [a, b], downtime: Downtime { probability, frequency: 3.0 * probability } }
    }

    /// By going through all states of links and groups. The frequency is the sum over what is up and critical.
    fn enumerated(system: &System) -> Downtime {
        let things: Vec<Downtime> =
            system.links.iter().map(|l| l.downtime).chain(system.groups.iter().map(|g| g.downtime)).collect();
        let is_parted = |state: u32| {
            let mut label: Vec<usize> = (0..system.vertices).collect();
            for (i, link) in system.links.iter().enumerate() {
                let hit = |(g, group): (usize, &Group)| state >> (system.links.len() + g) & 1 == 1 && group.links.contains(&i);
                if state >> i & 1 == 0 && !system.groups.iter().enumerate().any(hit) {
                    let [a, b] = link.ends.map(|end| label[end as usize]);
                    label.iter_mut().filter(|label| **label == a).for_each(|label| *label = b);
                }
            }
            system.terminals.windows(2).any(|pair| label[pair[0] as usize] != label[pair[1] as usize])
        };
        let mut sum = Downtime::NEVER;
        for state in 0..1u32 << things.len() {
            let chance = |i: usize| if state >> i & 1 == 1 { things[i].probability } else { 1.0 - things[i].probability };
            let probability: f64 = (0..things.len()).map(chance).product();
            if is_parted(state) {
                sum.probability += probability;
            } else {
                let breaks = |&i: &usize| state >> i & 1 == 0 && is_parted(state | 1 << i);
                let rate = |i: usize| things[i].frequency / (1.0 - things[i].probability);
                sum.frequency += probability * (0..things.len()).filter(breaks).map(rate).sum::<f64>();
            }
        }
        sum
    }

    fn assert_close(got: Downtime, expected: Downtime, what: impl std::fmt::Debug) {
        let close = |a: f64, b: f64| (a - b).abs() <= 1e-12 * b.abs() + 1e-300;
        assert!(close(got.probability, expected.probability), "{what:?}: {got:?} {expected:?}");
        assert!(close(got.frequency, expected.frequency), "{what:?}: {got:?} {expected:?}");
    }

    #[test]
    fn a_bridge_network_is_as_printed() {
        //   0 ─ 1
        //   │ ╲ │     every link up with 0.9; 0 to 3: 0.97848 (a classic)
        //   2 ─ 3     (here the diagonal joins 1 and 2)
        let links = [(0, 1), (0, 2), (1, 2), (1, 3), (2, 3)].map(|(a, b)| link(a, b, 0.1)).to_vec();
        let system = System { vertices: 4, links, groups: Vec::new(), terminals: vec![0, 3] };
        assert!((parting(&system, LIMIT).unwrap().probability - 0.02152).abs() < 1e-15);
    }

    #[test]
    fn random_systems_equal_enumeration() {
        for seed in 0..400 {
            let mut chance = Chance(seed);
            let vertices = 2 + chance.below(6);
            let mut end = || u32::try_from(chance.below(vertices)).unwrap();
            let ends: Vec<_> = (0..8).map(|_| [end(), end()]).collect();
            let links: Vec<Link> = ends.iter().map(|&[a, b]| link(a, b, (1.0 + chance.below(99) as f64) / 100.0)).collect();
            let group = |chance: &mut Chance| Group {
                links: (0..8).filter(|_| chance.one_in(3)).collect(),
                downtime: Downtime { probability: 0.25, frequency: 0.5 },
            };
            let groups = (0..chance.below(3)).map(|_| group(&mut chance)).collect();
            let terminals = (0..u32::try_from(vertices).unwrap()).filter(|_| chance.one_in(2)).collect();
            let system = System { vertices: usize::try_from(vertices).unwrap(), links, groups, terminals };
            assert_close(parting(&system, LIMIT).unwrap(), enumerated(&system), seed);
        }
    }

    #[test]
    fn rare_partings_keep_their_digits() {
        // A ring of four at q = 1e-9: both ways between opposite corners, 2 × 2 pairs of links.
        let links = [(0, 1), (1, 2), (2, 3), (3, 0)].map(|(a, b)| link(a, b, 1e-9)).to_vec();
        let system = System { vertices: 4, links, groups: Vec::new(), terminals: vec![0, 2] };
        let expected = (2e-9 - 1e-18) * (2e-9 - 1e-18);
        assert!((parting(&system, LIMIT).unwrap().probability / expected - 1.0).abs() < 1e-14);
    }

    #[test]
    fn too_tangled_networks_are_refused() {
        let links = (0..20).flat_map(|a| (0..a).map(move |b| link(a, b, 0.1))).collect();
        let system = System { vertices: 20, links, groups: Vec::new(), terminals: vec![0, 19] };
        assert_eq!(parting(&system, LIMIT), Err(Intractable::TooWide(19)));
        let grid = |n: u32| {
            let right = (0..n * n).filter(move |v| v % n + 1 < n).map(|v| link(v, v + 1, 0.1));
            right.chain((0..n * (n - 1)).map(move |v| link(v, v + n, 0.1))).collect()
        };
        let system = System { vertices: 64, links: grid(8), groups: Vec::new(), terminals: vec![0, 63] };
        assert_eq!(parting(&system, 1_000), Err(Intractable::TooManyStates(1_000)));
    }

    #[test]
    fn fewer_than_two_terminals_are_never_parted() {
        for terminals in [vec![], vec![1], vec![1, 1]] {
            let system = System { vertices: 2, links: vec![link(0, 1, 0.5)], groups: Vec::new(), terminals };
            assert_eq!(parting(&system, LIMIT), Ok(Downtime::NEVER));
        }
    }
}
