//! Vertices put back one by one, a strip of columns at a time: the strip stays in the nearest memory while all rows go by.
//!
//! It is additions and minima of 32-bit numbers in lanes, meant to be inlined into `wide`. It knows places, not vertices:
//! which those are and what an answer means is said in `all_pairs`.
//!
//! ```text
//!            strip                 a row of the strip needs those of its neighbours before it, no more
//!   ┌───┬─────┬───────┐
//!   │   │turnd│       │   above:  known from earlier strips, rows and columns exchanged
//!   │   ├─────┤       │
//!   │   │ ╲   │       │   within: each row is a column as well
//!   │   ├─────┤       │
//!   │   │     │       │   below:  rows, from the top
//!   └───┴─────┴───────┘
//! ```

use super::Elimination;

/// Nothing leads there; two of them can be added.
pub(super) const FAR: i32 = i32::MAX / 2;

/// Columns of a strip: 1,500 rows of so many take 384 KB, and the sums of one row stay in registers.
const WIDTH: usize = 64;

/// Part of a row: its columns in a strip.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
pub(super) struct Stretch([i32; WIDTH]);

/// How long a row is kept: an odd number of stretches, so that columns spread over the whole of a cache.
#[inline(always)]
pub(super) fn long(side: usize) -> usize {
    (side.div_ceil(WIDTH) | 1) * WIDTH
}

/// What is found for the ways in one direction: from each place to those before it, or from those before it.
#[derive(Clone, Debug, Default)]
pub(super) struct Direction {
    /// As long as `before` of an elimination: costs between a place and those that it was a neighbour of.
    pub(super) weights: Vec<i32>,
    /// By place, rows as [`long`] as it says, from `start` on.
    costs: Vec<i32>,
    /// Where rows begin as stretches do in memory: lanes across two lines of it are slow. Costs never depend on it.
    start: usize,
    strip: Vec<Stretch>,
    row: Vec<i32>,
}

/// Finds all costs in one direction, which is both where ways there and back cost the same, or in each of two directions;
/// begins with the weights of the arcs alone. Tells what no cost of a way that was found exceeds.
#[inline(always)]
pub(super) fn sweep(split: &Elimination<'_>, directions: &mut [Direction]) -> i32 {
    let side = split.places.len();
    leave_ways(split, directions);
    for Direction { costs, start, strip, .. } in &mut *directions {
        costs.resize(side * long(side) + WIDTH, FAR);
        *start = costs.as_ptr().align_offset(align_of::<Stretch>()).min(WIDTH);
        strip.resize(side, Stretch([FAR; WIDTH]));
    }
    let mut most = Stretch([0; WIDTH]);
    for first in (0..side).step_by(WIDTH) {
        let end = side.min(first + WIDTH);
        for i in 0..directions.len() {
            turn(directions, i, first..end);
        }
        for place in first..end {
            for direction in &mut *directions {
                direction.put_back(split, place, &mut most);
                direction.strip[place].0[place - first] = 0;
            }
            for i in 0..directions.len() {
                let column = directions[opposite(directions, i)].strip[place];
                for (row, &cost) in directions[i].strip[first..place].iter_mut().zip(&column.0) {
                    row.0[place - first] = cost;
                }
            }
        }
        for direction in &mut *directions {
            for place in end..side {
                direction.put_back(split, place, &mut most);
            }
            for (row, &done) in direction.costs[direction.start..].chunks_exact_mut(long(side)).zip(&direction.strip) {
                row.as_chunks_mut().0[first / WIDTH] = done.0;
            }
        }
    }
    most.0.into_iter().fold(0, i32::max)
}

/// The direction whose rows are the columns of the one at a position.
#[inline(always)]
fn opposite(directions: &[Direction], i: usize) -> usize {
    directions.len() - 1 - i
}

/// Takes vertices away: two that both were neighbours of one are joined by the way through it.
#[inline(always)]
fn leave_ways(split: &Elimination<'_>, directions: &mut [Direction]) {
    for direction in &mut *directions {
        direction.row.resize(split.places.len(), FAR);
    }
    for place in (0..split.places.len()).rev() {
        let own = split.range_before(place);
        for i in 0..directions.len() {
            let mut row = std::mem::take(&mut directions[i].row);
            let weights = &directions[i].weights;
            for (&head, &weight) in split.before[own.clone()].iter().zip(&weights[own.clone()]) {
                row[head as usize] = weight;
            }
            for &[start, at] in split.after(place) {
                let (start, at) = (start as usize, at as usize);
                let to = directions[opposite(directions, i)].weights[at];
                let onward = &weights[start..at];
                if onward.len() == place {
                    // All that come before: no need to look where each is.
                    for (known, &onward) in row.iter_mut().zip(onward) {
                        *known = (*known).min(to + onward);
                    }
                } else {
                    for (&head, &onward) in split.before[start..at].iter().zip(onward) {
                        let known = &mut row[head as usize];
                        *known = (*known).min(to + onward);
                    }
                }
            }
            for (&head, weight) in split.before[own.clone()].iter().zip(&mut directions[i].weights[own.clone()]) {
                *weight = row[head as usize];
            }
            directions[i].row = row;
        }
    }
}

/// Fills in the rows above those of a strip: the opposite rows of the strip, which are known, as columns.
#[inline(always)]
fn turn(directions: &mut [Direction], i: usize, columns: std::ops::Range<usize>) {
    let mut strip = std::mem::take(&mut directions[i].strip);
    let side = strip.len();
    let long = long(side);
    let known = &directions[opposite(directions, i)].rows()[columns.start * long..columns.end * long];
    let (above, _) = strip[..columns.start].as_chunks_mut::<WIDTH>();
    for (part, above) in above.iter_mut().enumerate() {
        for (column, row) in known.chunks_exact(long).enumerate() {
            for (to, &cost) in above.iter_mut().zip(&row.as_chunks::<WIDTH>().0[part]) {
                to.0[column] = cost;
            }
        }
        for to in above {
            to.0[columns.len()..].fill(FAR);
        }
    }
    directions[i].strip = strip;
}

impl Direction {
    /// All costs, by place, rows as [`long`] as it says.
    #[inline(always)]
    pub(super) fn rows(&self) -> &[i32] {
        &self.costs[self.start..]
    }

    /// Finds the costs between a place and the columns of the strip, by way of its neighbours; right for those before it.
    #[inline(always)]
    fn put_back(&mut self, split: &Elimination<'_>, place: usize, most: &mut Stretch) {
        let mut found = [FAR; WIDTH];
        let own = split.range_before(place);
        for (&by, &cost) in split.before[own.clone()].iter().zip(&self.weights[own]) {
            for (found, &onward) in found.iter_mut().zip(&self.strip[by as usize].0) {
                *found = (*found).min(cost + onward);
            }
        }
        for (most, &found) in most.0.iter_mut().zip(&found) {
            *most = (*most).max(if found == FAR { 0 } else { found });
        }
        self.strip[place] = Stretch(found);
    }
}
