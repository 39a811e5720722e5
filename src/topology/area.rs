//! Whether a place lies in an area, and whether a drawn line passes it.
//!
//! Lines are great circles between their points, looked at every [`STEP_M`]; what an area's border cuts off by less
//! may be missed. Polygons have edges straight in longitude and latitude, go the short way round (so across the date
//! line where that is shorter), and hold no pole.

use crate::topology::Area;
use crate::topology::geography::great_circle_m;
use crate::units::Position;

/// Distance between the points of a line that are looked at, in metres.
pub const STEP_M: f64 = 2_000.0;

/// Tells whether the place is inside or, for a circle, on the edge.
#[must_use]
pub fn contains(area: &Area, place: Position) -> bool {
    match area {
        #[expect(clippy::cast_precision_loss, reason = "a radius is far below 2^53 m")]
        Area::Circle { centre, radius } => great_circle_m(*centre, place) <= radius.m() as f64,
        Area::Polygon(corners) => in_polygon(corners, place),
    }
}

/// Tells whether the line from point to point passes the area. O(length of the line / [`STEP_M`]) times the corners.
#[must_use]
pub fn is_passed_by(area: &Area, line: &[Position]) -> bool {
    match line {
        [] => false,
        [only] => contains(area, *only),
        _ => line.windows(2).any(|ends| arc_passes(area, ends[0], ends[1])),
    }
}

fn arc_passes(area: &Area, a: Position, b: Position) -> bool {
    let length = great_circle_m(a, b);
    // Too far from the centre to reach the circle: no need to look closer.
    if let Area::Circle { centre, radius } = area
        && great_circle_m(*centre, a).min(great_circle_m(*centre, b)) > radius.km() * 1e3 + length
    {
        return false;
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most half the Earth over the step")]
    let steps = (length / STEP_M).ceil().max(1.0) as u32;
    (0..=steps).any(|step| contains(area, between(a, b, f64::from(step) / f64::from(steps))))
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
    let [x, y, z] = [0, 1, 2].map(|i| first * from[i] + second * to[i]);
    Position::new(z.atan2(x.hypot(y)).to_degrees(), y.atan2(x).to_degrees()).unwrap_or(a)
}

fn vector(place: Position) -> [f64; 3] {
    let ((sin_lat, cos_lat), (sin_lon, cos_lon)) = (place.lat().to_radians().sin_cos(), place.lon().to_radians().sin_cos());
    [cos_lat * cos_lon, cos_lat * sin_lon, sin_lat]
}

/// Counts the edges north of the place that its meridian crosses: odd is inside.
fn in_polygon(corners: &[Position], place: Position) -> bool {
    // Longitudes are taken relative to the place, each edge the short way, so that the date line is nowhere special.
    let east_of = |from: f64, to: f64| (to - from + 180.0).rem_euclid(360.0) - 180.0;
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
        assert!(contains(&area, at(15.0, 35.0)));
        for outside in [at(5.0, 35.0), at(25.0, 35.0), at(15.0, 29.0), at(15.0, 41.0), at(15.0, -145.0)] {
            assert!(!contains(&area, outside), "{outside:?}");
        }
    }

    #[test]
    fn a_polygon_across_the_date_line_holds_both_sides() {
        let area = square([-20.0, -10.0], [170.0, -170.0]);
        for inside in [at(-15.0, 175.0), at(-15.0, -175.0), at(-15.0, 180.0)] {
            assert!(contains(&area, inside), "{inside:?}");
        }
        for outside in [at(-15.0, 165.0), at(-15.0, -165.0), at(-15.0, 0.0)] {
            assert!(!contains(&area, outside), "{outside:?}");
        }
    }

    #[test]
    fn a_polygon_wider_than_half_the_earth_may_have_corners_on_the_way() {
        let corners = [-170.0, -60.0, 60.0, 170.0];
        let ring = corners.iter().map(|&lon| at(-5.0, lon)).chain(corners.iter().rev().map(|&lon| at(5.0, lon))).collect();
        let area = Area::Polygon(ring);
        assert!(contains(&area, at(0.0, 0.0)) && contains(&area, at(0.0, 150.0)) && contains(&area, at(0.0, -150.0)));
        assert!(!contains(&area, at(0.0, 180.0)));
    }

    #[test]
    fn a_line_passes_a_circle_that_lies_on_its_great_circle_only() {
        // The great circle from 50 N 0 E to 50 N 90 E bulges to about 59 N half-way.
        let line = [at(50.0, 0.0), at(50.0, 90.0)];
        let circle = |lat| Area::Circle { centre: at(lat, 45.0), radius: Length::from_m(100_000) };
        assert!(is_passed_by(&circle(59.3), &line));
        assert!(!is_passed_by(&circle(50.0), &line));
    }

    #[test]
    fn waypoints_bend_a_line() {
        let area = Area::Circle { centre: at(10.0, 5.0), radius: Length::from_m(50_000) };
        assert!(!is_passed_by(&area, &[at(0.0, 0.0), at(0.0, 10.0)]));
        assert!(is_passed_by(&area, &[at(0.0, 0.0), at(10.0, 5.0), at(0.0, 10.0)]));
    }

    #[test]
    fn a_line_across_the_date_line_passes_what_lies_there() {
        let area = Area::Circle { centre: at(0.0, 180.0), radius: Length::from_m(10_000) };
        assert!(is_passed_by(&area, &[at(0.0, 170.0), at(0.0, -170.0)]));
    }
}
