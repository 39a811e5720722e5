//! What an event at a place may hit: segments by their drawn lines, exactly.
//!
//! Lines are great circles from point to point on a sphere. Drawn lines are stylised, so an area gives candidates and not
//! the truth: a real anchor may pass between a cable and its drawing. It says what is hit, not how likely that is.

use crate::topology::area::Probe;
use crate::topology::geography::{EARTH_RADIUS_M, great_circle_m};
use crate::topology::{Area, SegmentId, Topology};
use crate::units::{Date, Position};

/// Where an event strikes.
#[derive(Clone, Debug, PartialEq)]
pub enum Reach {
    /// All within a circle, or inside a polygon.
    Area(Area),
    /// All within half a width of great circles from point to point: a ship's track, a fault line.
    Track {
        /// At least one point.
        points: Vec<Position>,
        /// From edge to edge, metres.
        width_m: f64,
    },
    /// All between two latitudes, degrees north, the lower first; the edges count.
    Latitudes([f64; 2]),
}

/// The segments in service on a day whose drawn line comes into reach, ascending. O(points of all lines × points of the
/// reach).
#[must_use]
pub fn hit(topology: &Topology, day: Date, reach: &Reach) -> Vec<SegmentId> {
    let probe = match reach {
        Reach::Area(area @ Area::Polygon(_)) => Some(Probe::new(area)),
        Reach::Area(Area::Circle { .. }) | Reach::Track { .. } | Reach::Latitudes(_) => None,
    };
    let is_hit = |line: &[Position]| match (reach, probe) {
        (_, Some(probe)) => probe.is_passed_by(line),
        #[expect(clippy::cast_precision_loss, reason = "a radius is far below 2^53 m")]
        (Reach::Area(Area::Circle { centre, radius }), None) => distance_m(&[*centre], line) <= radius.m() as f64,
        (Reach::Track { points, width_m }, None) => distance_m(points, line) <= width_m / 2.0,
        (Reach::Latitudes([south, north]), None) => {
            let [lowest, highest] = latitudes(line);
            lowest <= *north && *south <= highest
        }
        (Reach::Area(Area::Polygon(_)), None) => unreachable!("polygons have a probe"),
    };
    let in_service = topology.segments().map(|(id, _)| id).filter(|&id| topology.in_service(id, day));
    in_service.filter(|&id| is_hit(&line(topology, id))).collect()
}

/// The drawn line of a segment, ends included.
#[must_use]
pub fn line(topology: &Topology, segment: SegmentId) -> Vec<Position> {
    let segment = topology.segment(segment);
    let [from, to] = segment.ends.map(|end| topology.site(end).position);
    std::iter::once(from).chain(segment.path.iter().copied()).chain([to]).collect()
}

/// The least distance between two lines, metres; a line of one point is that point. Infinite where one has none.
#[must_use]
pub fn distance_m(a: &[Position], b: &[Position]) -> f64 {
    let arcs = |line: &[Position]| -> Vec<[Position; 2]> {
        match line {
            [] => Vec::new(),
            [only] => vec![[*only; 2]],
            _ => line.windows(2).map(|ends| [ends[0], ends[1]]).collect(),
        }
    };
    let (a, b) = (arcs(a), arcs(b));
    a.iter().flat_map(|&a| b.iter().map(move |&b| arcs_m(a, b))).fold(f64::INFINITY, f64::min)
}

/// The least distance between two great-circle arcs: zero where they cross, else from an end of one to the other.
fn arcs_m(a: [Position; 2], b: [Position; 2]) -> f64 {
    if cross(a.map(vector), b.map(vector)) {
        return 0.0;
    }
    [to_arc_m(a[0], b), to_arc_m(a[1], b), to_arc_m(b[0], a), to_arc_m(b[1], a)].into_iter().fold(f64::INFINITY, f64::min)
}

/// The least distance from a place to a great-circle arc of less than half the way round.
fn to_arc_m(place: Position, arc: [Position; 2]) -> f64 {
    Piece::new(arc[0], arc[1]).distance_m(place)
}

/// A great-circle arc of less than half the way round, ready to be measured from many places.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Piece {
    ends: [Position; 2],
    /// The planes through the ends at right angles to the arc, and the pole of its circle; `None` of a point.
    sides: Option<[[f64; 3]; 3]>,
}

impl Piece {
    /// Prepares the arc between two places.
    #[must_use]
    pub fn new(from: Position, to: Position) -> Self {
        let [start, end] = [from, to].map(vector);
        let pole = product(start, end);
        let length = norm(pole);
        let pole = pole.map(|x| x / length);
        let sides = (length >= 1e-15).then(|| [product(pole, start), product(end, pole), pole]);
        Self { ends: [from, to], sides }
    }

    /// The least distance from a place, metres.
    #[must_use]
    pub fn distance_m(&self, place: Position) -> f64 {
        let point = vector(place);
        match self.sides {
            // The foot of the perpendicular lies on the arc if it lies between the planes through the arc's ends.
            Some([first, last, pole]) if dot(first, point) > 0.0 && dot(last, point) > 0.0 => {
                dot(pole, point).abs().clamp(0.0, 1.0).asin() * EARTH_RADIUS_M
            }
            Some(_) | None => great_circle_m(place, self.ends[0]).min(great_circle_m(place, self.ends[1])),
        }
    }
}

/// Whether two arcs cross or touch: each has its ends on either side of the other's plane, on the same side of the Earth.
fn cross([a, b]: [[f64; 3]; 2], [c, d]: [[f64; 3]; 2]) -> bool {
    let (first, second) = (product(a, b), product(c, d));
    let sides = [dot(first, c), dot(first, d), dot(second, a), dot(second, b)];
    let at = product(first, second);
    if norm(at) < 1e-15 || sides[0] * sides[1] > 0.0 || sides[2] * sides[3] > 0.0 {
        return false;
    }
    let is_near = |x: [f64; 3]| dot(x, a) + dot(x, b) > 0.0 && dot(x, c) + dot(x, d) > 0.0;
    is_near(at) || is_near(at.map(|x| -x))
}

/// The lowest and the highest latitude along a line, degrees north. A great circle may bow beyond both its ends.
#[must_use]
pub fn latitudes(line: &[Position]) -> [f64; 2] {
    let mut range = [f64::INFINITY, f64::NEG_INFINITY];
    let mut reach = |lat: f64| range = [range[0].min(lat), range[1].max(lat)];
    line.iter().for_each(|place| reach(place.lat()));
    for ends in line.windows(2) {
        let [start, end] = [vector(ends[0]), vector(ends[1])];
        let pole = product(start, end);
        let length = norm(pole);
        if length < 1e-15 {
            continue;
        }
        let pole = pole.map(|x| x / length);
        // The northernmost point of the great circle is at right angles to its pole, in the pole's meridian.
        let level = pole[0].hypot(pole[1]);
        if level < 1e-15 {
            continue;
        }
        let top = [-pole[2] * pole[0] / level, -pole[2] * pole[1] / level, level];
        for top in [top, top.map(|x| -x)] {
            if dot(product(pole, start), top) > 0.0 && dot(product(end, pole), top) > 0.0 {
                reach(top[2].clamp(-1.0, 1.0).asin().to_degrees());
            }
        }
    }
    range
}

fn vector(place: Position) -> [f64; 3] {
    let ((sin_lat, cos_lat), (sin_lon, cos_lon)) = (place.lat().to_radians().sin_cos(), place.lon().to_radians().sin_cos());
    [cos_lat * cos_lon, cos_lat * sin_lon, sin_lat]
}

fn product([a, b, c]: [f64; 3], [x, y, z]: [f64; 3]) -> [f64; 3] {
    [b * z - c * y, c * x - a * z, a * y - b * x]
}

fn dot([a, b, c]: [f64; 3], [x, y, z]: [f64; 3]) -> f64 {
    a * x + b * y + c * z
}

fn norm(vector: [f64; 3]) -> f64 {
    dot(vector, vector).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Chance;
    use crate::topology::area::between;

    fn at(lat: f64, lon: f64) -> Position {
        Position::new(lat, lon).unwrap()
    }

    fn anywhere(chance: &mut Chance) -> Position {
        at(chance.below(17_000) as f64 / 100.0 - 85.0, chance.below(36_000) as f64 / 100.0 - 180.0)
    }

    /// So many points along a line.
    fn dense(line: &[Position], steps: u32) -> Vec<Position> {
        let each = |ends: &[Position]| {
            let (a, b) = (ends[0], ends[1]);
            (0..=steps).map(move |i| between(a, b, f64::from(i) / f64::from(steps))).collect::<Vec<_>>()
        };
        line.windows(2).flat_map(each).collect()
    }

    #[test]
    fn distances_between_lines_are_those_of_their_nearest_points() {
        for seed in 0..60 {
            let mut chance = Chance(seed);
            let near = anywhere(&mut chance);
            let mut around = || {
                let shift = |x: u64| x as f64 / 100.0 - 10.0;
                at(
                    (near.lat() + shift(chance.below(2_000))).clamp(-89.0, 89.0),
                    (near.lon() + shift(chance.below(2_000)) + 540.0) % 360.0 - 180.0,
                )
            };
            let (a, b) = ([around(), around(), around()], [around(), around()]);
            let exact = distance_m(&a, &b);
            let (points_a, points_b) = (dense(&a, 300), dense(&b, 300));
            let brute =
                points_a.iter().flat_map(|&p| points_b.iter().map(move |&q| great_circle_m(p, q))).fold(f64::INFINITY, f64::min);
            // The points are at most some 10 km apart, so that the nearest pair is off by no more than that.
            assert!(exact <= brute + 1.0 && brute - exact <= 15_000.0, "seed {seed}: {exact} against {brute}");
            assert_eq!(exact, distance_m(&b, &a), "seed {seed}");
        }
    }

    #[test]
    fn lines_that_cross_are_no_distance_apart_even_at_the_date_line() {
        assert_eq!(distance_m(&[at(-10.0, 179.0), at(10.0, -179.0)], &[at(10.0, 179.0), at(-10.0, -179.0)]), 0.0);
        let apart = distance_m(&[at(0.0, 170.0), at(0.0, 179.0)], &[at(0.0, -179.0), at(0.0, -170.0)]);
        assert!((apart - great_circle_m(at(0.0, 179.0), at(0.0, -179.0))).abs() < 1.0, "{apart}");
        // The antipodes of a crossing are none.
        assert!(distance_m(&[at(-10.0, -1.0), at(10.0, 1.0)], &[at(10.0, 179.0), at(-10.0, -179.0)]) > 1e7);
    }

    #[test]
    fn a_place_beyond_the_end_of_a_line_is_as_far_as_the_end() {
        let line = [at(0.0, 0.0), at(0.0, 10.0)];
        assert!((distance_m(&[at(0.0, 11.0)], &line) - great_circle_m(at(0.0, 11.0), at(0.0, 10.0))).abs() < 1e-6);
        assert!((distance_m(&[at(1.0, 5.0)], &line) - great_circle_m(at(1.0, 5.0), at(0.0, 5.0))).abs() < 1e-3);
    }

    #[test]
    fn a_great_circle_reaches_higher_than_its_ends() {
        for seed in 0..200 {
            let mut chance = Chance(seed);
            let line = [anywhere(&mut chance), anywhere(&mut chance)];
            let [low, high] = latitudes(&line);
            let brute = dense(&line, 2_000).iter().fold([90.0_f64, -90.0_f64], |[l, h], p| [l.min(p.lat()), h.max(p.lat())]);
            assert!((low - brute[0]).abs() < 0.02 && (high - brute[1]).abs() < 0.02, "seed {seed}: {low} {high} {brute:?}");
            assert!(low <= brute[0] + 1e-9 && high >= brute[1] - 1e-9, "seed {seed}: {low} {high} {brute:?}");
        }
    }
}
