//! The sweep: vertices enter one by one, and each way the open ones may be joined up keeps its probability.
//!
//! It expects a connected remainder with at least two terminals and no parallel links. The method is that of Rosenthal
//! 1977 and Hardy, Lucet and Limnios 2007 (state partitions of a moving boundary), a vertex with all its links at once.

use std::collections::BTreeMap;

use super::{Downtime, Intractable, Remainder};

/// Most vertices the frontier may hold: the blocks they are joined into fit four bits each.
const WIDEST: usize = 16;

/// Sweeps the whole remainder and adds up the states in which a terminal was left behind.
pub(super) fn sweep(remainder: &Remainder, state_limit: usize) -> Result<Downtime, Intractable> {
    let plan = Plan::best(remainder);
    if plan.width > WIDEST {
        return Err(Intractable::TooWide(plan.width));
    }
    let mut lost = Weight::default();
    let mut layer = Layer::default();
    let mut next = Layer::default();
    let mut choices = Vec::new();
    layer.add(State::default(), Weight { probability: 1.0, slope: 0.0 });
    for step in &plan.steps {
        next.clear();
        for &(state, weight) in &layer.entries {
            state.advance(step, weight, &mut choices, |after, weight| match after {
                After::Open(state) => next.add(state, weight),
                After::Joined => (),
                After::Parted => lost.add(weight),
            });
            if next.entries.len() > state_limit {
                return Err(Intractable::TooManyStates(state_limit));
            }
        }
        std::mem::swap(&mut layer, &mut next);
    }
    Ok(Downtime { probability: lost.probability, frequency: lost.slope })
}

/// Probability of a state, and its derivative along the links' failure frequencies, which at the end is the frequency.
#[derive(Clone, Copy, Debug, Default)]
struct Weight {
    probability: f64,
    slope: f64,
}

impl Weight {
    fn times(self, factor: f64, slope: f64) -> Self {
        Self { probability: self.probability * factor, slope: self.slope * factor + self.probability * slope }
    }

    fn add(&mut self, other: Self) {
        self.probability += other.probability;
        self.slope += other.slope;
    }
}

/// How the vertices of the frontier are joined up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct State {
    /// Four bits per position of the frontier: its block; blocks are numbered by their first position.
    blocks: u64,
    /// Bit per block: whether it holds a terminal.
    marks: u16,
    width: u8,
}

/// What a state has become.
enum After {
    /// All terminals are together.
    Joined,
    /// A terminal was left behind.
    Parted,
    /// Neither yet.
    Open(State),
}

impl State {
    fn block(self, position: usize) -> usize {
        (self.blocks >> (4 * position) & 15) as usize
    }

    /// Lets a vertex enter, tries all ways its links may join it to blocks, and lets others leave.
    ///
    /// `choices` is scratch: the weight of each set of blocks joined, by its bits.
    fn advance(self, step: &Step, weight: Weight, choices: &mut Vec<Weight>, mut found: impl FnMut(After, Weight)) {
        let width = usize::from(self.width);
        let count = (0..width).map(|position| self.block(position) + 1).max().unwrap_or(0);
        // All links to one block are down with the product of their probabilities.
        let mut ways: [Option<Downtime>; WIDEST] = [None; WIDEST];
        for &(position, link) in &step.links {
            let way = &mut ways[self.block(position)];
            *way = Some(way.map_or(link, |earlier| earlier.and(link)));
        }
        let linked: Vec<usize> = (0..count).filter(|&block| ways[block].is_some()).collect();
        choices.clear();
        choices.push(weight);
        for down in linked.iter().filter_map(|&block| ways[block]) {
            for i in 0..choices.len() {
                choices.push(choices[i].times(1.0 - down.probability, -down.frequency));
                choices[i] = choices[i].times(down.probability, down.frequency);
            }
        }
        for (choice, &weight) in choices.iter().enumerate() {
            if weight.probability == 0.0 && weight.slope == 0.0 {
                continue;
            }
            let chosen = linked.iter().enumerate().filter(|&(bit, _)| choice >> bit & 1 == 1);
            let joined = chosen.fold(0u16, |joined, (_, &block)| joined | 1 << block);
            found(self.after(step, count, joined), weight);
        }
    }

    /// The new vertex joined to the blocks in `joined`; it makes or becomes block `fresh` until all are numbered anew.
    fn after(self, step: &Step, fresh: usize, joined: u16) -> After {
        let mut marks = u32::from(self.marks & !joined);
        marks |= u32::from(step.terminal || self.marks & joined != 0) << fresh;
        if step.is_last_terminal && marks.count_ones() == 1 {
            return After::Joined;
        }
        const NONE: u8 = u8::MAX;
        let mut names = [NONE; WIDEST + 1];
        let mut after = Self::default();
        let mut named = 0;
        for position in (0..=usize::from(self.width)).filter(|position| step.leaving >> position & 1 == 0) {
            let block = if position == usize::from(self.width) { fresh } else { self.block(position) };
            let block = if u32::from(joined) >> block & 1 == 1 { fresh } else { block };
            if names[block] == NONE {
                names[block] = named;
                after.marks |= u16::from(marks >> block & 1 == 1) << named;
                named += 1;
            }
            after.blocks |= u64::from(names[block]) << (4 * after.width);
            after.width += 1;
        }
        let behind = (0..=fresh).any(|block| marks >> block & 1 == 1 && names[block] == NONE);
        if behind { After::Parted } else { After::Open(after) }
    }

    fn hash(self) -> u64 {
        let mixed = (self.blocks ^ u64::from(self.marks) << 48).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        (mixed ^ mixed >> 32).wrapping_mul(0xD6E8_FEB8_6659_FD93)
    }
}

/// States with their weights, in the order they were first met.
#[derive(Default)]
struct Layer {
    entries: Vec<(State, Weight)>,
    /// Open addressing; positions in `entries` plus 1, 0 = free. At most half full.
    table: Vec<u32>,
}

impl Layer {
    fn clear(&mut self) {
        self.entries.clear();
        self.table.fill(0);
    }

    fn add(&mut self, state: State, weight: Weight) {
        if self.entries.len() * 2 >= self.table.len() {
            self.grow();
        }
        let slot = self.slot(state);
        if self.table[slot] == 0 {
            self.entries.push((state, weight));
            self.table[slot] = u32::try_from(self.entries.len()).expect("the state limit is far below 2^32");
        } else {
            self.entries[self.table[slot] as usize - 1].1.add(weight);
        }
    }

    /// Where the state is, or is to be.
    fn slot(&self, state: State) -> usize {
        let mask = self.table.len() - 1;
        let mut slot = (state.hash() >> 16) as usize & mask;
        while self.table[slot] != 0 && self.entries[self.table[slot] as usize - 1].0 != state {
            slot = (slot + 1) & mask;
        }
        slot
    }

    fn grow(&mut self) {
        self.table = vec![0; (self.table.len() * 2).max(64)];
        for i in 0..self.entries.len() {
            let slot = self.slot(self.entries[i].0);
            self.table[slot] = u32::try_from(i + 1).expect("the state limit is far below 2^32");
        }
    }
}

/// A vertex enters at the end of the frontier, with its links to those there; then some leave.
struct Step {
    terminal: bool,
    /// Whether no terminal enters after it.
    is_last_terminal: bool,
    /// Positions before it enters.
    links: Vec<(usize, Downtime)>,
    /// Bit per position after it entered: those that have no further links.
    leaving: u32,
}

/// In which order vertices enter.
struct Plan {
    steps: Vec<Step>,
    width: usize,
    /// Sum of 4^width over the steps: a rough count of states.
    cost: f64,
}

impl Plan {
    /// The cheapest of the greedy orders from up to 64 first vertices.
    fn best(remainder: &Remainder) -> Self {
        let vertices: Vec<usize> = (0..remainder.neighbours.len()).filter(|&v| !remainder.neighbours[v].is_empty()).collect();
        let stride = vertices.len().div_ceil(64);
        let plans = vertices.iter().step_by(stride).map(|&first| Self::from(remainder, first));
        plans.min_by(|a, b| a.cost.total_cmp(&b.cost)).expect("two terminals are left")
    }

    /// From a first vertex on, whichever keeps the frontier smallest; ties to more links into it, then the lowest vertex.
    fn from(remainder: &Remainder, first: usize) -> Self {
        let neighbours = &remainder.neighbours;
        let mut plan = Self { steps: Vec::new(), width: 0, cost: 0.0 };
        let mut terminals_ahead = remainder.terminal.iter().filter(|&&terminal| terminal).count();
        let mut entered = vec![false; neighbours.len()];
        let mut ahead: Vec<usize> = neighbours.iter().map(BTreeMap::len).collect();
        let mut frontier: Vec<usize> = Vec::new();
        let mut next = Some(first);
        while let Some(vertex) = next {
            entered[vertex] = true;
            terminals_ahead -= usize::from(remainder.terminal[vertex]);
            let mut links = Vec::new();
            for (position, &other) in frontier.iter().enumerate() {
                if let Some(&link) = neighbours[other].get(&u32::try_from(vertex).expect("vertices have 32-bit ids")) {
                    links.push((position, link));
                    ahead[other] -= 1;
                    ahead[vertex] -= 1;
                }
            }
            plan.widen(frontier.len());
            frontier.push(vertex);
            let leaving = frontier.iter().rev().fold(0u32, |mask, &vertex| mask << 1 | u32::from(ahead[vertex] == 0));
            frontier.retain(|&vertex| ahead[vertex] > 0);
            let terminal = remainder.terminal[vertex];
            plan.steps.push(Step { terminal, is_last_terminal: terminals_ahead == 0, links, leaving });
            let open = frontier.iter().flat_map(|&vertex| neighbours[vertex].keys().map(|&other| other as usize));
            next = open.filter(|&other| !entered[other]).min_by_key(|&other| {
                let inside = neighbours[other].keys().filter(|&&v| entered[v as usize]);
                let leaving = inside.clone().filter(|&&v| ahead[v as usize] == 1).count();
                let stays = usize::from(inside.clone().count() < neighbours[other].len());
                (stays + frontier.len() - leaving, usize::MAX - inside.count(), other)
            });
        }
        plan
    }

    fn widen(&mut self, width: usize) {
        self.width = self.width.max(width);
        self.cost += 4f64.powi(i32::try_from(width).expect("a frontier of vertices"));
    }
}
