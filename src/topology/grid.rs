//! Places on the unit sphere in cells of space, to find those within a distance without looking at all.

use std::collections::BTreeMap;

use crate::topology::geography::EARTH_RADIUS_M;
use crate::units::Position;

/// A point on the unit sphere.
pub(super) type Vector = [f64; 3];

/// The point of a place; a sphere is enough to tell what is near what.
pub(super) fn vector(position: Position) -> Vector {
    let (sin_lat, cos_lat) = position.lat().to_radians().sin_cos();
    let (sin_lon, cos_lon) = position.lon().to_radians().sin_cos();
    [cos_lat * cos_lon, cos_lat * sin_lon, sin_lat]
}

/// The place of a point.
pub(super) fn position(v: Vector) -> Position {
    let lat = v[2].atan2(v[0].hypot(v[1])).to_degrees();
    Position::new(lat, v[1].atan2(v[0]).to_degrees()).expect("the latitude of a point is at most 90 degrees")
}

pub(super) fn dot(a: Vector, b: Vector) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

pub(super) fn cross(a: Vector, b: Vector) -> Vector {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

/// Distance along the great circle in km, exact for small ones too.
pub(super) fn km(a: Vector, b: Vector) -> f64 {
    let chord = ((a[0] - b[0]).powi(2) + (a[1] - b[1]).powi(2) + (a[2] - b[2]).powi(2)).sqrt();
    2.0 * (chord / 2.0).min(1.0).asin() * EARTH_RADIUS_M / 1e3
}

/// The point of the great-circle arc between two points that is nearest to a third.
pub(super) fn nearest_on_arc(p: Vector, a: Vector, b: Vector) -> Vector {
    let normal = cross(a, b);
    let length = dot(normal, normal).sqrt();
    if length < 1e-12 {
        return a;
    }
    let normal = normal.map(|x| x / length);
    let off = dot(p, normal);
    let foot = [p[0] - off * normal[0], p[1] - off * normal[1], p[2] - off * normal[2]];
    let size = dot(foot, foot).sqrt();
    if size > 1e-12 {
        let foot = foot.map(|x| x / size);
        if dot(cross(a, foot), normal) >= 0.0 && dot(cross(foot, b), normal) >= 0.0 {
            return foot;
        }
    }
    if km(p, a) <= km(p, b) { a } else { b }
}

/// Numbered points in cubes as wide as the distance that is asked for.
pub(super) struct Grid {
    width: f64,
    cells: BTreeMap<[i32; 3], Vec<usize>>,
}

impl Grid {
    /// A grid to find points within a distance.
    pub(super) fn new(within_km: f64) -> Self {
        Self { width: within_km * 1e3 / EARTH_RADIUS_M, cells: BTreeMap::new() }
    }

    #[expect(clippy::cast_possible_truncation, reason = "coordinates are at most 1, widths at least 1e-6")]
    fn cell(&self, v: Vector) -> [i32; 3] {
        v.map(|x| (x / self.width).floor() as i32)
    }

    /// Adds a point.
    pub(super) fn add(&mut self, number: usize, v: Vector) {
        self.cells.entry(self.cell(v)).or_default().push(number);
    }

    /// Points that may be within the distance; all that are, and some more.
    pub(super) fn near(&self, v: Vector) -> impl Iterator<Item = usize> + '_ {
        let [x, y, z] = self.cell(v);
        let around = |c: i32| c - 1..=c + 1;
        around(x)
            .flat_map(move |x| around(y).flat_map(move |y| around(z).map(move |z| [x, y, z])))
            .filter_map(|cell| self.cells.get(&cell))
            .flatten()
            .copied()
    }
}

/// Places that can be asked for the nearest one.
pub(super) struct Near {
    within_km: f64,
    grid: Grid,
    vectors: BTreeMap<usize, Vector>,
}

impl Near {
    /// Nothing yet; to be asked for places up to a distance.
    pub(super) fn new(within_km: f64) -> Self {
        Self { within_km, grid: Grid::new(within_km), vectors: BTreeMap::new() }
    }

    /// Adds a numbered place.
    pub(super) fn add(&mut self, number: usize, place: Position) {
        let v = vector(place);
        self.grid.add(number, v);
        self.vectors.insert(number, v);
    }

    /// The nearest place that is wanted, within the distance, and how far; ties go to the lower number.
    pub(super) fn nearest(&self, place: Position, is_wanted: impl Fn(usize) -> bool) -> Option<(usize, f64)> {
        let v = vector(place);
        let wanted = self.grid.near(v).filter(|&number| is_wanted(number));
        let far = wanted.map(|number| (number, km(self.vectors[&number], v))).filter(|(_, far)| *far <= self.within_km);
        far.min_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)))
    }
}

/// Points that can be asked for the two nearest, however far, while more are added.
pub(super) struct TwoNearest {
    points: Vec<Vector>,
    /// Grids for distances that double from one to the next; the last is wider than the sphere.
    levels: Vec<Grid>,
    /// The level that answered last: the next question is often like it.
    level: usize,
}

impl TwoNearest {
    /// So few points are looked at one by one.
    const FEW: usize = 64;
    /// Distance of the finest level, in km.
    const FINEST_KM: f64 = 4.0;

    /// No points yet.
    pub(super) fn new() -> Self {
        let widths = std::iter::successors(Some(Self::FINEST_KM), |km| Some(km * 2.0));
        let diameter_km = 2.0 * EARTH_RADIUS_M / 1e3;
        let levels = widths.take_while(|km| *km < 2.0 * diameter_km).map(Grid::new).collect();
        Self { points: Vec::new(), levels, level: 0 }
    }

    /// Adds a point; its number is how many were added before.
    pub(super) fn add(&mut self, v: Vector) {
        let number = self.points.len();
        self.levels.iter_mut().for_each(|grid| grid.add(number, v));
        self.points.push(v);
    }

    /// The two points nearest to a place; ties go to the one added first.
    ///
    /// Looks at the points around in cells as wide as the second one is far, or twice that.
    pub(super) fn ask(&mut self, v: Vector) -> [Option<usize>; 2] {
        if self.points.len() <= Self::FEW {
            return self.best(v, 0..self.points.len());
        }
        let mut level = self.level.saturating_sub(1);
        loop {
            let best = self.best(v, self.levels[level].near(v));
            // All within the width were among them; a little less, for the sake of rounding.
            let reach = self.levels[level].width * 0.999;
            let is_within = |at: usize| (0..3).map(|i| (self.points[at][i] - v[i]).powi(2)).sum::<f64>() <= reach * reach;
            if best[1].is_some_and(is_within) || level + 1 == self.levels.len() {
                self.level = level;
                return best;
            }
            level += 1;
        }
    }

    fn best(&self, v: Vector, among: impl Iterator<Item = usize>) -> [Option<usize>; 2] {
        let mut best: [Option<(f64, usize)>; 2] = [None; 2];
        let is_nearer = |new: (f64, usize), old: Option<(f64, usize)>| {
            old.is_none_or(|old| new.0 > old.0 || new.0.total_cmp(&old.0).is_eq() && new.1 < old.1)
        };
        for number in among {
            let new = (dot(v, self.points[number]), number);
            if is_nearer(new, best[0]) {
                best = [Some(new), best[0]];
            } else if is_nearer(new, best[1]) {
                best[1] = Some(new);
            }
        }
        best.map(|found| found.map(|(_, number)| number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Chance;

    #[test]
    fn the_two_nearest_are_those_of_looking_at_all() {
        let mut chance = Chance(7);
        let mut asked = TwoNearest::new();
        let mut draw = |low: i32, width: u64| f64::from(low) + f64::from(u32::try_from(chance.below(width * 50)).unwrap()) / 50.0;
        for i in 0..3_000 {
            // A crowd, a second one far away, and some anywhere; many on the same spot.
            let (lat, lon) = match i % 5 {
                0 => (draw(-90, 180), draw(-180, 360)),
                1 => (draw(-40, 2), draw(179, 2)),
                _ => (draw(50, 3), draw(-3, 6)),
            };
            let v = vector(Position::new(lat, lon).unwrap());
            let all = asked.best(v, 0..asked.points.len());
            assert_eq!(asked.ask(v), all, "{i}");
            asked.add(v);
        }
    }
}
