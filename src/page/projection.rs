//! From the globe to the flat map: Miller's cylindrical projection, longitudes unwrapped.
//!
//! x grows eastwards and y northwards, both in hundredths of a degree along the equator. A line never turns back at the
//! 180th meridian: its longitudes go on, and the map is drawn again 360 degrees on, so that no ocean is torn apart.
//! Miller 1942, Notes on Cylindrical World Map Projections.

use crate::units::Position;

/// Units of x and y to a degree of longitude.
pub(super) const UNITS: f64 = 100.0;

/// One turn round the world in x.
pub(super) const TURN: i64 = 36_000;

/// Where a place is on the map, its longitude as it stands.
pub(super) fn point(place: Position) -> [i64; 2] {
    [whole(place.lon()), whole(miller(place.lat()))]
}

/// A line through places, each step the shorter way round the world.
pub(super) fn line(places: impl IntoIterator<Item = Position>) -> Vec<[i64; 2]> {
    let mut line: Vec<[i64; 2]> = Vec::new();
    for place in places {
        let [mut x, y] = point(place);
        if let Some(&[before, _]) = line.last() {
            x += (before - x + TURN / 2).div_euclid(TURN) * TURN;
        }
        line.push([x, y]);
    }
    line
}

/// The x from which the whole map is best drawn eastwards: the eastern edge of the widest gap between places.
///
/// Zero without places; ties to the western-most gap.
pub(super) fn west(xs: impl IntoIterator<Item = i64>) -> i64 {
    let mut xs: Vec<i64> = xs.into_iter().map(|x| x.rem_euclid(TURN)).collect();
    xs.sort_unstable();
    xs.dedup();
    let Some((&first, &last)) = xs.first().zip(xs.last()) else { return 0 };
    let mut best = (first + TURN - last, first);
    for pair in xs.windows(2) {
        if pair[1] - pair[0] > best.0 {
            best = (pair[1] - pair[0], pair[1]);
        }
    }
    if best.1 >= TURN / 2 { best.1 - TURN } else { best.1 }
}

fn miller(lat: f64) -> f64 {
    (1.25 * (std::f64::consts::FRAC_PI_4 + 0.4 * lat.to_radians()).tan().ln()).to_degrees()
}

#[expect(clippy::cast_possible_truncation, reason = "a map is some tens of thousands of units wide")]
fn whole(degrees: f64) -> i64 {
    (degrees * UNITS).round() as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(lat: f64, lon: f64) -> Position {
        Position::new(lat, lon).unwrap()
    }

    #[test]
    fn the_equator_is_true_and_the_poles_are_finite() {
        assert_eq!(point(at(0.0, 12.34)), [1234, 0]);
        // Miller's pole lies at 5/4 ln tan(pi/4 + pi/5) = 2.30341 radians.
        assert_eq!(point(at(90.0, 0.0)), [0, 13198]);
        assert_eq!(point(at(-45.0, 0.0))[1], -point(at(45.0, 0.0))[1]);
    }

    #[test]
    fn a_line_over_the_date_line_goes_on() {
        let xs: Vec<i64> = line([at(0.0, 170.0), at(0.0, -170.0), at(0.0, 175.0)]).iter().map(|p| p[0]).collect();
        assert_eq!(xs, [17_000, 19_000, 17_500]);
    }

    #[test]
    fn the_map_begins_after_the_widest_gap() {
        assert_eq!(west([]), 0);
        assert_eq!(west([1000, 5000, 12_000]), 1000);
        // Fiji, Tonga and Guam: the Pacific stays whole.
        assert_eq!(west([17_800, -17_500, 14_500]), 14_500);
        // London to New York: the map begins in America.
        assert_eq!(west([-7400, 0, 1000]), -7400);
    }
}
