//! Whether a place lies in an area, and whether a drawn line passes it.
//!
//! Lines are great circles between their points, looked at every [`STEP_M`] near an area; what its border cuts off by
//! less may be missed. Polygons have edges straight in longitude and latitude, go the short way round (so across the
//! date line where that is shorter), and hold no pole.

use crate::topology::Area;
use crate::topology::geography::great_circle_m;
use crate::units::Position;

/// Distance between the points of a line that are looked at, in metres.
pub const STEP_M: f64 = 2_000.0;

/// An area made ready to be asked about many lines.
#[derive(Clone, Copy, Debug)]
pub struct Probe<'a> {
    area: &'a Area,
    centre: Position,
    /// No point of the area is further from the centre, in metres.
    reach: f64,
}

impl<'a> Probe<'a> {
    /// Makes an area ready. O(length of a polygon's edges in degrees).
    #[must_use]
    pub fn new(area: &'a Area) -> Self {
        match area {
            #[expect(clippy::cast_precision_loss, reason = "a radius is far below 2^53 m")]
            Area::Circle { centre, radius } => Self { area, centre: *centre, reach: radius.m() as f64 },
            Area::Polygon(corners) => {
                let border = border(corners);
                let sum = border.iter().fold([0.0; 3], |sum, &place| [0, 1, 2].map(|i| sum[i] + vector(place)[i]));
                let centre = place(sum).unwrap_or(border[0]);
                let furthest = border.iter().map(|&place| great_circle_m(centre, place)).fold(0.0, f64::max);
                // Beyond a quarter of the Earth a circle round the border need not hold what is inside.
                let reach = if furthest > QUARTER_M { f64::INFINITY } else { furthest + BETWEEN_M };
                Self { area, centre, reach }
            }
        }
    }

    /// Tells whether the place is inside or, for a circle, on the edge.
    #[must_use]
    pub fn contains(&self, place: Position) -> bool {
        match self.area {
            Area::Circle { centre, .. } => great_circle_m(*centre, place) <= self.reach,
            Area::Polygon(corners) => in_polygon(corners, place),
        }
    }

    /// Tells whether the line from point to point passes the area.
    #[must_use]
    pub fn is_passed_by(&self, line: &[Position]) -> bool {
        match line {
            [] => false,
            [only] => self.contains(*only),
            _ => line.windows(2).any(|ends| self.is_passed_by_arc(ends[0], ends[1])),
        }
    }

    /// Goes along the arc: far from the area in one stride to where it may begin, near it step by step.
    fn is_passed_by_arc(&self, a: Position, b: Position) -> bool {
        let length = great_circle_m(a, b);
        let mut along = 0.0;
        while along < length {
            let here = between(a, b, along / length);
            let away = great_circle_m(self.centre, here) - self.reach;
            if away <= 0.0 && self.contains(here) {
                return true;
            }
            along += away.max(STEP_M);
        }
        self.contains(b)
    }
}

/// A quarter of the way round the Earth, in metres.
const QUARTER_M: f64 = 1e7;

/// No point of an edge is further from the nearest point of [`border`], in metres: the diagonal of one degree.
const BETWEEN_M: f64 = 160_000.0;

/// Points along the edges of a polygon, at most a degree of latitude and of longitude from one to the next.
fn border(corners: &[Position]) -> Vec<Position> {
    let mut points = Vec::new();
    for (i, corner) in corners.iter().enumerate() {
        let next = corners[(i + 1) % corners.len()];
        let (north, east) = (next.lat() - corner.lat(), east_of(corner.lon(), next.lon()));
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most 180")]
        let steps = north.abs().max(east.abs()).ceil().max(1.0) as u16;
        for step in 0..steps {
            let share = f64::from(step) / f64::from(steps);
            points.extend(Position::new(corner.lat() + share * north, corner.lon() + share * east));
        }
    }
    points
}

/// How far east, in degrees, the short way: -180 to 180.
fn east_of(from: f64, to: f64) -> f64 {
    (to - from + 180.0).rem_euclid(360.0) - 180.0
}

/// The point at a share of the great circle from a to b; for antipodes, some great circle.
#[must_use]
pub fn between(a: Position, b: Position, share: f64) -> Position {
    let (from, to) = (vector(a), vector(b));
    let dot: f64 = from.iter().zip(to).map(|(x, y)| x * y).sum();
    let angle = dot.clamp(-1.0, 1.0).acos();
    let (first, second) = if angle.sin() < 1e-12 {
        (1.0 - share, share)
    } else {
        (((1.0 - share) * angle).sin() / angle.sin(), (share * angle).sin() / angle.sin())
    };
    place([0, 1, 2].map(|i| first * from[i] + second * to[i])).unwrap_or(a)
}

/// The place in a direction from the Earth's centre.
fn place([x, y, z]: [f64; 3]) -> Option<Position> {
    Position::new(z.atan2(x.hypot(y)).to_degrees(), y.atan2(x).to_degrees())
}

fn vector(place: Position) -> [f64; 3] {
    let ((sin_lat, cos_lat), (sin_lon, cos_lon)) = (place.lat().to_radians().sin_cos(), place.lon().to_radians().sin_cos());
    [cos_lat * cos_lon, cos_lat * sin_lon, sin_lat]
}

/// Counts the edges north of the place that its meridian crosses: odd is inside.
fn in_polygon(corners: &[Position], place: Position) -> bool {
    // Longitudes are taken relative to the place, each edge the short way, so that the date line is nowhere special.
    let mut is_inside = false;
    for (i, corner) in corners.iter().enumerate() {
        let next = corners[(i + 1) % corners.len()];
        let x0 = east_of(place.lon(), corner.lon());
        let x1 = x0 + east_of(corner.lon(), next.lon());
        // The edge may cross the place's meridian at 0, or the same one a turn further.
        for meridian in [-360.0, 0.0, 360.0] {
            if (x0 <= meridian) != (x1 <= meridian) {
                let lat = corner.lat() + (next.lat() - corner.lat()) * (meridian - x0) / (x1 - x0);
                if lat > place.lat() {
                    is_inside = !is_inside;
                }
            }
        }
    }
    is_inside
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Length;

    fn at(lat: f64, lon: f64) -> Position {
        Position::new(lat, lon).unwrap()
    }

    fn square(lat: [f64; 2], lon: [f64; 2]) -> Area {
        Area::Polygon(vec![at(lat[0], lon[0]), at(lat[0], lon[1]), at(lat[1], lon[1]), at(lat[1], lon[0])])
    }

    #[test]
    fn a_polygon_holds_its_middle_and_not_its_neighbours() {
        let area = square([10.0, 20.0], [30.0, 40.0]);
        assert!(Probe::new(&area).contains(at(15.0, 35.0)));
        for outside in [at(5.0, 35.0), at(25.0, 35.0), at(15.0, 29.0), at(15.0, 41.0), at(15.0, -145.0)] {
            assert!(!Probe::new(&area).contains(outside), "{outside:?}");
        }
    }

    #[test]
    fn a_polygon_across_the_date_line_holds_both_sides() {
        let area = square([-20.0, -10.0], [170.0, -170.0]);
        for inside in [at(-15.0, 175.0), at(-15.0, -175.0), at(-15.0, 180.0)] {
            assert!(Probe::new(&area).contains(inside), "{inside:?}");
        }
        for outside in [at(-15.0, 165.0), at(-15.0, -165.0), at(-15.0, 0.0)] {
            assert!(!Probe::new(&area).contains(outside), "{outside:?}");
        }
    }

    #[test]
    fn a_polygon_wider_than_half_the_earth_may_have_corners_on_the_way() {
        let corners = [-170.0, -60.0, 60.0, 170.0];
        let ring = corners.iter().map(|&lon| at(-5.0, lon)).chain(corners.iter().rev().map(|&lon| at(5.0, lon))).collect();
        let area = Area::Polygon(ring);
        assert!(
            Probe::new(&area).contains(at(0.0, 0.0))
                && Probe::new(&area).contains(at(0.0, 150.0))
                && Probe::new(&area).contains(at(0.0, -150.0))
        );
        assert!(!Probe::new(&area).contains(at(0.0, 180.0)));
    }

    #[test]
    fn a_line_passes_a_circle_that_lies_on_its_great_circle_only() {
        // The great circle from 50 N 0 E to 50 N 90 E bulges to about 59 N half-way.
        let line = [at(50.0, 0.0), at(50.0, 90.0)];
        let circle = |lat| Area::Circle { centre: at(lat, 45.0), radius: Length::from_m(100_000) };
        assert!(Probe::new(&circle(59.3)).is_passed_by(&line));
        assert!(!Probe::new(&circle(50.0)).is_passed_by(&line));
    }

    #[test]
    fn waypoints_bend_a_line() {
        let area = Area::Circle { centre: at(10.0, 5.0), radius: Length::from_m(50_000) };
        assert!(!Probe::new(&area).is_passed_by(&[at(0.0, 0.0), at(0.0, 10.0)]));
        assert!(Probe::new(&area).is_passed_by(&[at(0.0, 0.0), at(10.0, 5.0), at(0.0, 10.0)]));
    }

    #[test]
    fn a_line_across_the_date_line_passes_what_lies_there() {
        let area = Area::Circle { centre: at(0.0, 180.0), radius: Length::from_m(10_000) };
        assert!(Probe::new(&area).is_passed_by(&[at(0.0, 170.0), at(0.0, -170.0)]));
    }

    #[test]
    fn strides_miss_nothing_longer_than_a_step() {
        let mut chance = crate::testing::Chance(7);
        let mut passed = 0;
        for round in 0..100 {
            let mut near = |middle: f64, span: u32| {
                middle + f64::from(chance.below(u64::from(span) * 10) as u32) / 10.0 - f64::from(span) / 2.0
            };
            let (lat, lon) = (near(0.0, 140), near(0.0, 360));
            let area = match round % 2 {
                0 => Area::Circle { centre: at(lat, lon), radius: Length::from_m(700_000) },
                _ => Area::Polygon((0..5).map(|_| at(near(lat, 20), near(lon, 60))).collect()),
            };
            let line = [at(near(lat / 2.0, 60), near(lon, 80)), at(near(lat / 2.0, 60), near(lon, 80))];
            let probe = Probe::new(&area);
            let count = (great_circle_m(line[0], line[1]) / 500.0).ceil() as u32;
            let inside = (0..=count).map(|i| probe.contains(between(line[0], line[1], f64::from(i) / f64::from(count))));
            let longest =
                inside.fold((0, 0), |(run, most), is_in| if is_in { (run + 1, most.max(run + 1)) } else { (0, most) }).1;
            if f64::from(longest) * 500.0 > STEP_M + 1_000.0 {
                passed += 1;
                assert!(probe.is_passed_by(&line), "{area:?} {line:?}");
            }
        }
        assert!(passed > 5, "{passed}");
    }
}
