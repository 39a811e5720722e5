//! Quantities with their units: latency, bandwidth, length, coordinates, dates.
//!
//! Latency and bandwidth are integers, so that ties are exact and a minimum cut equals a maximum flow.
//! It parses and prints; it computes nothing that belongs to a model (see `topology::latency`).

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Sub};

pub use jiff::civil::Date;

/// One-way propagation time in whole nanoseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Latency(u64);

impl Latency {
    /// No time at all.
    pub const ZERO: Self = Self(0);

    /// Takes whole nanoseconds.
    #[must_use]
    pub const fn from_ns(ns: u64) -> Self {
        Self(ns)
    }

    /// Rounds milliseconds to the nearest nanosecond, ties to even; `None` if negative, not finite or past 2⁵³ ns.
    #[must_use]
    pub fn from_ms(ms: f64) -> Option<Self> {
        to_integer(ms * 1e6).map(Self)
    }

    /// Whole nanoseconds.
    #[must_use]
    pub const fn ns(self) -> u64 {
        self.0
    }

    /// Milliseconds.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "under 2^53 ns, a hundred days")]
    pub fn ms(self) -> f64 {
        self.0 as f64 / 1e6
    }
}

/// Bits per second in whole Mbit/s (10⁶ bit/s), one direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bandwidth(u64);

impl Bandwidth {
    /// None at all.
    pub const ZERO: Self = Self(0);

    /// Takes whole Mbit/s.
    #[must_use]
    pub const fn from_mbps(mbps: u64) -> Self {
        Self(mbps)
    }

    /// Rounds to the nearest Mbit/s, ties to even; `None` if negative, not finite or past 2⁵³ Mbit/s.
    #[must_use]
    pub fn from_mbps_f64(mbps: f64) -> Option<Self> {
        to_integer(mbps).map(Self)
    }

    /// Whole Mbit/s.
    #[must_use]
    pub const fn mbps(self) -> u64 {
        self.0
    }

    /// Gbit/s.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "under 2^53 Mbit/s")]
    pub fn gbps(self) -> f64 {
        self.0 as f64 / 1e3
    }

    /// Reads `100 Gbit/s`, `3.84T`, `155 Mbps`, `622 Mb/s`: a number and a unit, SI prefixes k, M, G, T, P.
    ///
    /// # Errors
    /// Says what is wrong: no number, no unit, an unknown unit, negative, not finite, or too large.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let text = text.trim();
        let split = text.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-' | '+' | 'e' | 'E'))).unwrap_or(text.len());
        let (number, unit) = text.split_at(split);
        let number: f64 = number.trim().parse().map_err(|_| "not a number with a unit")?;
        let unit = unit.trim();
        if unit.is_empty() {
            return Err("no unit");
        }
        if number.is_sign_negative() && number != 0.0 {
            return Err("negative");
        }
        let scale = match unit
            .strip_suffix("bit/s")
            .or_else(|| unit.strip_suffix("bps"))
            .or_else(|| unit.strip_suffix("b/s"))
            .unwrap_or(unit)
        {
            "k" => 1e-3,
            "M" => 1.0,
            "G" => 1e3,
            "T" => 1e6,
            "P" => 1e9,
            _ => return Err("unknown unit"),
        };
        let value = Self::from_mbps_f64(number * scale).ok_or("not finite or too large")?;
        if value.0 == 0 && number != 0.0 {
            return Err("below half a Mbit/s");
        }
        Ok(value)
    }
}

impl fmt::Display for Bandwidth {
    /// Prints with the largest prefix that leaves at least one before the point, without loss: `3.84 Tbit/s`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scale, prefix) = match self.0 {
            0..1_000 => (1, 'M'),
            1_000..1_000_000 => (1_000, 'G'),
            _ => (1_000_000, 'T'),
        };
        let (whole, rest) = (self.0 / scale, self.0 % scale);
        let text = if rest == 0 {
            format!("{whole} {prefix}bit/s")
        } else {
            let digits = scale.ilog10() as usize;
            let fraction = format!("{rest:0digits$}");
            format!("{whole}.{} {prefix}bit/s", fraction.trim_end_matches('0'))
        };
        f.pad(&text)
    }
}

macro_rules! additive {
    ($type:ty) => {
        impl Add for $type {
            type Output = Self;
            fn add(self, other: Self) -> Self {
                Self(self.0.checked_add(other.0).expect("sums of checked quantities stay far below 2^64"))
            }
        }
        impl AddAssign for $type {
            fn add_assign(&mut self, other: Self) {
                *self = *self + other;
            }
        }
        impl Sub for $type {
            type Output = Self;
            /// Stops at zero.
            fn sub(self, other: Self) -> Self {
                Self(self.0.saturating_sub(other.0))
            }
        }
        impl Sum for $type {
            fn sum<I: Iterator<Item = Self>>(values: I) -> Self {
                values.fold(Self(0), Add::add)
            }
        }
    };
}
additive!(Latency);
additive!(Bandwidth);

/// Length along a cable, in whole metres; prints and reads kilometres.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Length(u64);
additive!(Length);

impl Length {
    /// No way at all.
    pub const ZERO: Self = Self(0);

    /// Takes whole metres.
    #[must_use]
    pub const fn from_m(m: u64) -> Self {
        Self(m)
    }

    /// Rounds kilometres to the nearest metre, ties to even; `None` if negative, not finite or absurd.
    #[must_use]
    pub fn from_km(km: f64) -> Option<Self> {
        to_integer(km * 1e3).map(Self)
    }

    /// Whole metres.
    #[must_use]
    pub const fn m(self) -> u64 {
        self.0
    }

    /// Kilometres.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "under 2^53 m")]
    pub fn km(self) -> f64 {
        self.0 as f64 / 1e3
    }
}

/// A place on the ellipsoid, in degrees: latitude −90..=90, longitude −180..180.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Position {
    lat: f64,
    lon: f64,
}

impl Position {
    /// Wraps the longitude; `None` for a latitude outside −90..=90 or anything not finite.
    #[must_use]
    pub fn new(lat: f64, lon: f64) -> Option<Self> {
        if !(lat.is_finite() && lon.is_finite() && (-90.0..=90.0).contains(&lat)) {
            return None;
        }
        let lon = if (-180.0..180.0).contains(&lon) { lon } else { (lon + 180.0).rem_euclid(360.0) - 180.0 };
        Some(Self { lat, lon })
    }

    /// Degrees north.
    #[must_use]
    pub const fn lat(self) -> f64 {
        self.lat
    }

    /// Degrees east.
    #[must_use]
    pub const fn lon(self) -> f64 {
        self.lon
    }
}

/// The time in which something exists or holds: from a day (inclusive) until a day (exclusive); open where `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Validity {
    /// First day; `None` = always was.
    pub from: Option<Date>,
    /// First day no more; `None` = still is.
    pub to: Option<Date>,
}

impl Validity {
    /// Always.
    pub const ALWAYS: Self = Self { from: None, to: None };

    /// Tells whether the day lies inside.
    #[must_use]
    pub fn contains(self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day < to)
    }

    /// The time in which both hold.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            from: self.from.max(other.from),
            to: match (self.to, other.to) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, b) => a.or(b),
            },
        }
    }
}

/// Reads `2017`, `2017-06` or `2017-06-01`; the first day of a year or month.
///
/// # Errors
/// If it is none of the three, or no such day exists.
pub fn parse_date(text: &str) -> Result<Date, &'static str> {
    const FORM: &str = "not a date such as 2017, 2017-06 or 2017-06-01";
    let padded = match text.len() {
        4 => format!("{text}-01-01"),
        7 => format!("{text}-01"),
        10 => text.to_owned(),
        _ => return Err(FORM),
    };
    if !padded.bytes().all(|b| b.is_ascii_digit() || b == b'-') {
        return Err(FORM);
    }
    padded.parse().map_err(|_| FORM)
}

/// Rounds to nearest, ties to even; `None` unless 0 ≤ value ≤ 2⁵³.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bounds checked first")]
fn to_integer(value: f64) -> Option<u64> {
    (value.is_finite() && (0.0..=9_007_199_254_740_992.0).contains(&value)).then(|| value.round_ties_even() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bandwidth_reads_every_common_spelling() {
        for (text, mbps) in
            [("100 Gbit/s", 100_000), ("3.84T", 3_840_000), ("155 Mbps", 155), ("622 Mb/s", 622), ("2 Pbit/s", 2_000_000_000)]
        {
            assert_eq!(Bandwidth::parse(text), Ok(Bandwidth::from_mbps(mbps)), "{text}");
        }
    }

    #[test]
    fn bandwidth_refuses_what_is_no_bandwidth() {
        for (text, why) in [
            ("100", "no unit"),
            ("-1 G", "negative"),
            ("ten G", "not a number with a unit"),
            ("1 GB/s", "unknown unit"),
            ("1e300 G", "not finite or too large"),
        ] {
            assert_eq!(Bandwidth::parse(text), Err(why), "{text}");
        }
    }

    #[test]
    fn bandwidth_prints_what_it_reads() {
        for mbps in [0, 1, 999, 1_000, 1_500, 3_840_000, 12_345_678] {
            let value = Bandwidth::from_mbps(mbps);
            assert_eq!(Bandwidth::parse(&value.to_string()), Ok(value));
        }
    }

    #[test]
    fn dates_read_to_their_first_day() {
        assert_eq!(parse_date("2017").unwrap().to_string(), "2017-01-01");
        assert_eq!(parse_date("2017-06").unwrap().to_string(), "2017-06-01");
        assert!(parse_date("2017-02-30").is_err());
        assert!(parse_date("17").is_err());
    }

    #[test]
    fn longitude_wraps_and_latitude_does_not() {
        assert_eq!(Position::new(1.0, 181.0).unwrap().lon(), -179.0);
        assert!(Position::new(91.0, 0.0).is_none());
        assert!(Position::new(f64::NAN, 0.0).is_none());
    }
}
