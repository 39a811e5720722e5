//! How long repairs take and who makes them: stages, permits by sea area, the fleet of repair ships.
//!
//! Every figure is a parameter with a default; the defaults are named here with their sources. It draws and queues
//! nothing (see `timeline`).

use crate::random::Draws;
use crate::units::Position;

/// How long something takes, in hours.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Delay {
    /// Always the same.
    Fixed(f64),
    /// Exponential with that mean.
    Exponential(f64),
    /// Lognormal with that median; `sigma` is the deviation of its logarithm.
    Lognormal {
        /// Half of them are shorter.
        median_h: f64,
        /// Two thirds lie within a factor of exp(sigma) of the median.
        sigma: f64,
    },
}

impl Delay {
    /// No time at all.
    pub const NONE: Self = Self::Fixed(0.0);

    /// A lognormal one, its median in days.
    #[must_use]
    pub const fn days(median: f64, sigma: f64) -> Self {
        Self::Lognormal { median_h: 24.0 * median, sigma }
    }

    /// Its mean, hours.
    #[must_use]
    pub fn mean_h(self) -> f64 {
        match self {
            Self::Fixed(hours) | Self::Exponential(hours) => hours,
            Self::Lognormal { median_h, sigma } => median_h * (sigma * sigma / 2.0).exp(),
        }
    }

    /// One of them, hours.
    pub fn draw_h(self, draws: &mut Draws) -> f64 {
        match self {
            Self::Fixed(hours) => hours,
            Self::Exponential(mean) => draws.exponential(mean),
            Self::Lognormal { median_h, sigma } => draws.lognormal(median_h, sigma),
        }
    }

    /// Tells whether it is a time: finite and not negative.
    #[must_use]
    pub fn is_valid(self) -> bool {
        let is_time = |hours: f64| hours.is_finite() && hours >= 0.0;
        match self {
            Self::Fixed(hours) | Self::Exponential(hours) => is_time(hours),
            Self::Lognormal { median_h, sigma } => is_time(median_h) && is_time(sigma),
        }
    }
}

/// A box of sea, borders included, in which permits take alike; it may cross the date line (west > east).
#[derive(Clone, Debug, PartialEq)]
pub struct SeaArea {
    /// For people.
    pub name: String,
    /// Degrees: south, north.
    pub latitudes: [f64; 2],
    /// Degrees: west, east.
    pub longitudes: [f64; 2],
    /// From finding the fault to the leave to work.
    pub permit: Delay,
}

impl SeaArea {
    /// Tells whether the place lies inside or on the border.
    #[must_use]
    pub fn contains(&self, place: Position) -> bool {
        let ([south, north], [west, east]) = (self.latitudes, self.longitudes);
        let in_longitude =
            if west <= east { (west..=east).contains(&place.lon()) } else { place.lon() >= west || place.lon() <= east };
        in_longitude && (south..=north).contains(&place.lat())
    }
}

/// Spread of permits: two thirds within a factor of 1.65 of the median. Assumed; press reports of single repairs range
/// from hours to months.
pub const PERMIT_SIGMA: f64 = 0.5;

/// Permit outside all areas, days. Assumed: the middle of the areas' medians.
pub const PERMIT_ELSEWHERE_DAYS: f64 = 7.0;

/// Permit in the Red Sea while rival authorities claim it, days: the faults of February 2024 took until July
/// (press, 2024).
pub const PERMIT_RED_SEA_CONFLICT_DAYS: f64 = 120.0;

/// Median days by sea area, the first that holds a place counts: name, south, north, west, east, days.
///
/// Working values in the light of trade reports (STF Analytics 2020: permits are often the largest delay; India from
/// five weeks towards three days, the United Kingdom notice within 24 hours), not statistics. Boxes are coarse.
pub const PERMIT_AREAS: [(&str, [f64; 4], f64); 10] = [
    ("Baltic Sea", [53.0, 66.0, 9.5, 30.5], 3.0),
    ("Red Sea", [11.0, 30.0, 32.0, 45.0], 10.0),
    ("Mediterranean", [30.0, 47.0, -5.6, 42.0], 5.0),
    ("North Atlantic", [35.0, 72.0, -80.0, 13.0], 1.0),
    ("West Africa", [-36.0, 35.0, -20.0, 18.0], 7.0),
    ("East Africa", [-36.0, 12.0, 18.0, 60.0], 7.0),
    ("India", [0.0, 26.0, 60.0, 90.0], 14.0),
    ("South-East Asia", [-12.0, 24.0, 90.0, 122.5], 17.0),
    ("Philippine Sea and Indonesia", [-12.0, 20.0, 122.5, 130.0], 17.0),
    ("Pacific islands", [-30.0, 24.0, 130.0, -120.0], 3.0),
];

/// The areas above with their spread.
#[must_use]
pub fn permit_areas() -> Vec<SeaArea> {
    let area = |&(name, [south, north, west, east], days): &(&str, [f64; 4], f64)| SeaArea {
        name: name.to_owned(),
        latitudes: [south, north],
        longitudes: [west, east],
        permit: Delay::days(days, PERMIT_SIGMA),
    };
    PERMIT_AREAS.iter().map(area).collect()
}

/// A repair ship and where it lies between jobs.
#[derive(Clone, Debug, PartialEq)]
pub struct Ship {
    /// For people.
    pub name: String,
    /// Its berth.
    pub base: Position,
}

/// Cruising speed: 12 knots of 1.852 km/h, a usual figure for cable ships.
pub const SHIP_SPEED_KM_PER_H: f64 = 12.0 * 1.852;

/// Ports of the default fleet with latitude and longitude, one ship each.
///
/// About twenty ships repair the world's cables (TeleGeography and Infra-Analytics 2025). The ports are those where
/// such ships are commonly said to lie, recalled and not looked up; which ship serves which cable by contract is not
/// modelled.
pub const SHIP_BASES: [(&str, f64, f64); 20] = [
    ("Abu Dhabi", 24.52, 54.38),
    ("Baltimore", 39.26, -76.58),
    ("Batangas", 13.75, 121.04),
    ("Brest", 48.38, -4.49),
    ("Busan", 35.08, 129.05),
    ("Calais", 50.97, 1.86),
    ("Cape Town", -33.91, 18.43),
    ("Catania", 37.50, 15.10),
    ("Curaçao", 12.11, -68.93),
    ("Halifax", 44.65, -63.57),
    ("Honolulu", 21.31, -157.87),
    ("Kitakyushu", 33.95, 130.96),
    ("La Seyne-sur-Mer", 43.10, 5.88),
    ("Nouméa", -22.27, 166.43),
    ("Portland", 50.57, -2.44),
    ("Praia", 14.91, -23.50),
    ("Shanghai", 31.04, 121.48),
    ("Singapore", 1.27, 103.75),
    ("Victoria", 48.43, -123.39),
    ("Yokohama", 35.45, 139.66),
];

/// The default fleet.
#[must_use]
pub fn fleet() -> Vec<Ship> {
    let place = |lat, lon| Position::new(lat, lon).expect("ports lie on the Earth");
    SHIP_BASES.iter().map(|&(name, lat, lon)| Ship { name: name.to_owned(), base: place(lat, lon) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Seed, Stream};

    #[test]
    fn known_waters_have_their_permits() {
        let days = |lat, lon| {
            let place = Position::new(lat, lon).unwrap();
            let area = permit_areas().into_iter().find(|area| area.contains(place));
            area.map_or(PERMIT_ELSEWHERE_DAYS, |area| match area.permit {
                Delay::Lognormal { median_h, .. } => median_h / 24.0,
                Delay::Fixed(_) | Delay::Exponential(_) => f64::NAN,
            })
        };
        let places = [(57.0, 19.0, 3.0), (14.0, 42.0, 10.0), (36.0, 18.0, 5.0), (50.0, -30.0, 1.0), (5.0, -4.0, 7.0)];
        let more = [(-15.0, 41.0, 7.0), (15.0, 70.0, 14.0), (21.0, 119.0, 17.0), (-20.0, -175.0, 3.0), (30.0, 125.0, 7.0)];
        for (lat, lon, expected) in places.into_iter().chain(more) {
            assert_eq!(days(lat, lon), expected, "{lat} {lon}");
        }
    }

    #[test]
    fn means_are_those_of_the_draws() {
        let stream = Stream::new(Seed(1), "delays");
        for delay in [Delay::Fixed(3.0), Delay::Exponential(5.0), Delay::days(2.0, 0.5)] {
            let n = 40_000;
            let drawn: Vec<f64> = (0..n).map(|sample| delay.draw_h(&mut stream.at(sample))).collect();
            let mean = drawn.iter().sum::<f64>() / n as f64;
            let variance = drawn.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / n as f64;
            assert!((mean - delay.mean_h()).abs() <= 4.0 * (variance / n as f64).sqrt(), "{delay:?} {mean}");
        }
    }
}
