//! Distances on the Earth, great circles, and which lines pass an area.
//!
//! Coordinates are only ever used to measure; what a length means for latency is in the latency model.

use std::sync::LazyLock;

use geographiclib_rs::{Geodesic, InverseGeodesic};

use crate::units::Position;

/// Mean radius of the Earth in metres: (2a + b) / 3 of WGS 84 (Moritz 2000, Geodetic Reference System 1980).
pub const EARTH_RADIUS_M: f64 = 6_371_008.8;

/// Length of the great circle between two places, in metres, on a sphere of [`EARTH_RADIUS_M`].
///
/// Within 0.6 % of the geodesic. Vincenty's arctangent form (1975), with the differences taken before any cosine, so
/// that it keeps its digits from centimetres to antipodes. Constant time.
#[must_use]
pub fn great_circle_m(a: Position, b: Position) -> f64 {
    let (sin_a, cos_a) = sin_cos_of_latitude(a.lat());
    let (sin_b, cos_b) = sin_cos_of_latitude(b.lat());
    let delta_lat = (b.lat() - a.lat()).to_radians();
    let (sin_lon, cos_lon) = (b.lon() - a.lon()).to_radians().sin_cos();
    let half = ((b.lon() - a.lon()) / 2.0).to_radians().sin();
    let across = cos_b * sin_lon;
    let along = delta_lat.sin() + 2.0 * sin_a * cos_b * half * half;
    let angle = across.hypot(along).atan2(sin_a * sin_b + cos_a * cos_b * cos_lon);
    EARTH_RADIUS_M * angle
}

/// Length of the shortest line between two places on the WGS 84 ellipsoid, in metres.
///
/// Within 15 nanometres, antipodes included (Karney 2013, Algorithms for geodesics). Constant time, about ten times
/// that of [`great_circle_m`].
#[must_use]
pub fn geodesic_m(a: Position, b: Position) -> f64 {
    // Its coefficients take longer than the distance.
    static ELLIPSOID: LazyLock<Geodesic> = LazyLock::new(Geodesic::wgs84);
    ELLIPSOID.inverse(a.lat(), a.lon(), b.lat(), b.lon())
}

/// The cosine comes from the distance to the pole, which is exact in degrees, so that it keeps its digits there.
fn sin_cos_of_latitude(lat: f64) -> (f64, f64) {
    (lat.to_radians().sin(), (90.0 - lat.abs()).to_radians().sin())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(lat: f64, lon: f64) -> Position {
        Position::new(lat, lon).unwrap()
    }

    #[test]
    fn a_quarter_of_the_equator_is_a_quarter_of_the_circle() {
        let quarter = great_circle_m(at(0.0, 0.0), at(0.0, 90.0));
        assert!((quarter - EARTH_RADIUS_M * std::f64::consts::FRAC_PI_2).abs() < 1e-6, "{quarter}");
    }

    #[test]
    fn the_date_line_is_no_distance() {
        assert_eq!(geodesic_m(at(10.0, 180.0), at(10.0, -180.0)), 0.0);
        assert!((great_circle_m(at(0.0, 179.5), at(0.0, -179.5)) - EARTH_RADIUS_M.to_radians()).abs() < 1e-6);
    }

    #[test]
    fn sphere_and_ellipsoid_agree_within_six_per_mille() {
        let (london, singapore) = (at(51.5, -0.1), at(1.35, 103.8));
        let (sphere, ellipsoid) = (great_circle_m(london, singapore), geodesic_m(london, singapore));
        assert!((sphere / ellipsoid - 1.0).abs() < 0.006, "{sphere} {ellipsoid}");
    }
}
