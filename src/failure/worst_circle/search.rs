//! Searches the Earth for the centre of the circle that is worth the most: branch and bound over patches of it.
//!
//! Whatever a circle round any place of a patch hits is hit by the circle round the patch's middle that is wider by the
//! distance to its farthest place. So a patch is left where even that circle is worth no more than what is known; the
//! others are halved, the most promising first. It knows lines and what sets of them are worth, nothing of traffic.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::failure::geography::Piece;
use crate::topology::SegmentId;
use crate::topology::geography::great_circle_m;
use crate::units::{Length, Position};

/// A patch is not halved if no place of it is farther from its middle.
pub const TOLERANCE_M: f64 = 100.0;
/// So many patches are looked at; what is left then is bounded.
pub const PATCHES_MAX: usize = 400_000;
/// Patches between one look at whether to go on and the next.
const ROUND: usize = 64;
/// Bounds are of circles wider by this: a centre on whole multiples may lie 8 m outside its patch, and near a quarter of
/// the Earth a distance is right to a decimetre.
const ROUNDING_M: f64 = 10.0;
/// Centres are whole multiples of 1 / this of a degree, 11 m, so that they are what people read.
const PER_DEGREE: f64 = 10_000.0;

/// Lines cut into arcs, ascending by the segment they belong to.
pub type Lines = [(SegmentId, Piece)];

/// Where a circle hits hardest.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// Its centre, one of many that hit the same; whole ten-thousandths of a degree.
    pub centre: Position,
    /// What it hits, ascending.
    pub segments: Vec<SegmentId>,
    /// What that is worth.
    pub worth: u64,
}

/// What the search came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The best place; `None` where none is worth anything.
    pub place: Option<Place>,
    /// No circle is worth more; and one that is wider by [`TOLERANCE_M`] and 10 m is worth no less, if the search is
    /// complete.
    pub at_most: u64,
    /// Whether every patch was decided or is too small to be told apart; else [`PATCHES_MAX`] were looked at, or the search
    /// was interrupted.
    pub is_complete: bool,
    /// Whether it was interrupted.
    pub is_partial: bool,
}

/// Finds where a circle is worth the most.
///
/// `worth` is of segments, ascending, and must not fall as they become more; where they are worth no more than its
/// second argument it may say anything from their worth to that. Ties go to the place that is found first, which
/// depends on what the lines are and not on their order.
/// O(patches × lines near a patch) time beside that of `worth`, twice a patch at most.
pub fn worst(
    lines: &Lines,
    radius: Length,
    mut worth: impl FnMut(&[SegmentId], u64) -> u64,
    goes_on: impl Fn() -> bool,
) -> Found {
    let mut search = Search { lines, radius_m: metres(radius), best: None, patches: Vec::new(), queue: BinaryHeap::new() };
    let corners = [-90.0, 0.0].into_iter().flat_map(|south| [-180.0, -90.0, 0.0, 90.0].map(|west| (south, west)));
    let near: Vec<usize> = (0..lines.len()).collect();
    let bound = worth(&segments(lines, &near), 0);
    for (south, west) in corners {
        search.look(Patch { south, west, height: 90.0, width: 90.0, near: near.clone(), bound }, &mut worth);
    }
    let (mut at_most, mut halved) = (0, 0);
    while let Some((bound, Reverse(number))) = search.queue.pop().filter(|&(bound, _)| bound > search.bar()) {
        let is_partial = halved % ROUND == 0 && !goes_on();
        if is_partial || search.patches.len() > PATCHES_MAX {
            return Found { at_most: bound.max(at_most), place: search.best, is_complete: false, is_partial };
        }
        halved += 1;
        if search.patches[number].reach_m() <= TOLERANCE_M {
            at_most = at_most.max(bound);
            continue;
        }
        for half in search.patches[number].halve() {
            search.look(half, &mut worth);
        }
    }
    Found { at_most: at_most.max(search.bar()), place: search.best, is_complete: true, is_partial: false }
}

struct Search<'a> {
    lines: &'a Lines,
    radius_m: f64,
    best: Option<Place>,
    patches: Vec<Patch>,
    /// Bounds and positions of the patches still to be halved.
    queue: BinaryHeap<(u64, Reverse<usize>)>,
}

impl Search<'_> {
    /// What is known to be possible.
    fn bar(&self) -> u64 {
        self.best.as_ref().map_or(0, |place| place.worth)
    }

    /// Tries the middle of a patch, and keeps the patch if some other place of it may be better.
    fn look(&mut self, mut patch: Patch, worth: &mut impl FnMut(&[SegmentId], u64) -> u64) {
        let (middle, reach_m) = (patch.middle(), patch.reach_m());
        let centre = place((middle.lat() * PER_DEGREE).round() / PER_DEGREE, (middle.lon() * PER_DEGREE).round() / PER_DEGREE);
        let within = |at: Position, metres: f64| -> Vec<usize> {
            patch.near.iter().copied().filter(|&i| self.lines[i].1.distance_m(at) <= metres).collect()
        };
        let hit = segments(self.lines, &within(centre, self.radius_m));
        let near = within(middle, self.radius_m + reach_m + ROUNDING_M);
        let done = worth(&hit, self.bar());
        if done > self.bar() {
            self.best = Some(Place { centre, segments: hit.clone(), worth: done });
        }
        if near.len() < patch.near.len() {
            let all = segments(self.lines, &near);
            patch.bound = patch.bound.min(if all == hit { done } else { worth(&all, self.bar()) });
            patch.near = near;
        }
        if patch.bound > self.bar() {
            self.queue.push((patch.bound, Reverse(self.patches.len())));
            self.patches.push(patch);
        }
    }
}

/// A piece of the Earth between two latitudes and two longitudes, in degrees; at most 90 of each, and not across the
/// equator.
struct Patch {
    south: f64,
    west: f64,
    height: f64,
    width: f64,
    /// Positions of the lines that a circle round any of its places can hit.
    near: Vec<usize>,
    /// No circle round any of its places is worth more.
    bound: u64,
}

impl Patch {
    fn middle(&self) -> Position {
        place(self.south + self.height / 2.0, self.west + self.width / 2.0)
    }

    /// The distance from the middle to the farthest place, which is a corner: it grows with the difference of longitudes,
    /// and along a meridian less than a quarter of the Earth away it has no maximum but at the ends.
    fn reach_m(&self) -> f64 {
        let corners = [self.south, self.south + self.height].map(|lat| place(lat, self.west));
        corners.into_iter().map(|corner| great_circle_m(self.middle(), corner)).fold(0.0, f64::max)
    }

    /// Both halves across its longer side.
    fn halve(&mut self) -> [Self; 2] {
        let widest = self.south.abs().min((self.south + self.height).abs()).to_radians().cos();
        let near = std::mem::take(&mut self.near);
        let Self { south, west, height, width, bound, .. } = *self;
        let half = |south, west, height, width, near| Self { south, west, height, width, near, bound };
        if height >= width * widest {
            let height = height / 2.0;
            [half(south, west, height, width, near.clone()), half(south + height, west, height, width, near)]
        } else {
            let width = width / 2.0;
            [half(south, west, height, width, near.clone()), half(south, west + width, height, width, near)]
        }
    }
}

fn place(lat: f64, lon: f64) -> Position {
    Position::new(lat, lon).expect("patches lie on the Earth")
}

/// Segments of lines, ascending, each once.
fn segments(lines: &Lines, of: &[usize]) -> Vec<SegmentId> {
    let mut segments: Vec<SegmentId> = of.iter().map(|&i| lines[i].0).collect();
    segments.dedup();
    segments
}

#[expect(clippy::cast_precision_loss, reason = "a radius is far below 2^53 m")]
const fn metres(radius: Length) -> f64 {
    radius.m() as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::geography::distance_m;
    use crate::testing::Chance;

    fn at(lat: f64, lon: f64) -> Position {
        Position::new(lat.clamp(-90.0, 90.0), (lon + 540.0).rem_euclid(360.0) - 180.0).unwrap()
    }

    /// Lines of two bends each, at most three degrees from a place (in longitude as far as that is there), with weights.
    fn scattered(seed: u64, count: u32, [lat, lon]: [f64; 2]) -> (Vec<Vec<Position>>, Vec<u64>) {
        let mut chance = Chance(seed);
        let mut shift = || chance.below(6_000) as f64 / 1_000.0 - 3.0;
        let wide = 1.0 / f64::cos(f64::to_radians(lat.abs().min(89.0)));
        let lines = (0..count).map(|_| (0..3).map(|_| at(lat + shift(), lon + wide * shift())).collect()).collect();
        (lines, (0..count).map(|_| 1 + chance.below(9)).collect())
    }

    fn pieces(lines: &[Vec<Position>]) -> Vec<(SegmentId, Piece)> {
        let of = |(i, line): (usize, &Vec<Position>)| {
            line.windows(2).map(|ends| (SegmentId::from_index(i), Piece::new(ends[0], ends[1]))).collect::<Vec<_>>()
        };
        lines.iter().enumerate().flat_map(of).collect()
    }

    fn sum(weights: &[u64]) -> impl Fn(&[SegmentId], u64) -> u64 {
        |hit, _| hit.iter().map(|segment| weights[segment.index()]).sum()
    }

    /// In the tropics, on the date line, in the north of it, and at both poles.
    const PLACES: [[f64; 2]; 7] =
        [[5.0, 10.0], [-20.0, 180.0], [60.0, -179.0], [84.0, 30.0], [90.0, 0.0], [-89.0, 120.0], [0.0, 0.0]];

    #[test]
    fn no_circle_of_a_fine_grid_is_worth_more_and_the_place_is_worth_what_it_says() {
        for (seed, [lat, lon]) in (0..).zip(PLACES) {
            let (lines, weights) = scattered(seed, 14, [lat, lon]);
            let radius_m = 60_000.0;
            let found = worst(&pieces(&lines), Length::from_m(60_000), sum(&weights), || true);
            let place = found.place.unwrap();
            let around = |centre: Position| -> u64 {
                let hit = lines.iter().zip(&weights).filter(|(line, _)| distance_m(&[centre], line) <= radius_m);
                hit.map(|(_, &weight)| weight).sum()
            };
            assert_eq!(around(place.centre), place.worth, "seed {seed}");
            assert_eq!(found.at_most, place.worth, "seed {seed}: it is proved");
            assert!(found.is_complete && !found.is_partial);
            let wide = 1.0 / f64::cos(f64::to_radians(lat.abs().min(89.0)));
            let grid = (0..=80).flat_map(|north| (0..=80).map(move |east| (north, east)));
            let centres =
                grid.map(|(north, east)| at(lat - 4.0 + 0.1 * f64::from(north), lon + wide * (-4.0 + 0.1 * f64::from(east))));
            let most = centres.map(around).max().unwrap();
            assert!(most <= place.worth, "seed {seed}: {most} on the grid, {} found", place.worth);
            assert!(4 * most >= 3 * place.worth, "seed {seed}: the grid is fine: {most} of {}", place.worth);
        }
    }

    #[test]
    fn two_lines_are_hit_together_if_they_are_less_than_two_radii_apart() {
        let lines = pieces(&[vec![at(0.0, 10.0), at(0.0, 20.0)], vec![at(1.0, 10.0), at(1.0, 20.0)]]);
        let count = |radius| worst(&lines, Length::from_m(radius), |hit, _| hit.len() as u64, || true).place.unwrap().worth;
        // One degree is 111.195 km.
        assert_eq!([count(55_500), count(55_700)], [1, 2]);
        assert!(worst(&lines, Length::from_m(1_000), |_, _| 0, || true).place.is_none());
    }

    #[test]
    fn what_cannot_be_told_apart_is_a_gap_and_no_more_than_a_slightly_wider_circle_does() {
        // Two points, half their distance rounded down to a metre: the circle that touches both does not exist.
        let ends = [at(40.0, 10.0), at(40.0, 11.0)];
        let half_m = great_circle_m(ends[0], ends[1]) / 2.0;
        let lines = pieces(&[vec![ends[0]; 2], vec![ends[1]; 2]]);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "some 42 km")]
        let [narrow, wide] = [half_m - 1.0, half_m + TOLERANCE_M].map(|m| Length::from_m(m as u64));
        let count = |hit: &[SegmentId], _| hit.len() as u64;
        let found = worst(&lines, narrow, count, || true);
        assert_eq!((found.place.unwrap().worth, found.at_most, found.is_partial), (1, 2, false));
        assert_eq!(worst(&lines, wide, count, || true).place.unwrap().worth, 2);
    }

    #[test]
    fn the_order_of_the_lines_changes_nothing() {
        for (seed, place) in (0..).zip(PLACES) {
            let (lines, weights) = scattered(seed, 12, place);
            let (back, back_weights): (Vec<_>, Vec<_>) = lines.iter().cloned().zip(weights.iter().copied()).rev().unzip();
            let radius = Length::from_m(90_000);
            let one = worst(&pieces(&lines), radius, sum(&weights), || true);
            let other = worst(&pieces(&back), radius, sum(&back_weights), || true);
            let of = |found: &Found| found.place.as_ref().map(|place| (place.centre, place.worth));
            assert_eq!((of(&one), one.at_most), (of(&other), other.at_most), "seed {seed}");
        }
    }

    #[test]
    fn a_search_broken_off_says_what_it_cannot_rule_out() {
        let (lines, weights) = scattered(3, 10, [5.0, 10.0]);
        let find = |goes_on: bool| worst(&pieces(&lines), Length::from_m(60_000), sum(&weights), || goes_on);
        let (broken, whole) = (find(false), find(true));
        assert!(broken.is_partial && !broken.is_complete && whole.is_complete && broken.at_most >= whole.place.unwrap().worth);
    }
}
