//! Traffic by the hour: one daily profile, shifted by the time zones of both ends.
//!
//! A site's time zone is taken from its longitude, 15 degrees to the hour, which is off by up to two hours where law sets
//! clocks otherwise (all of China keeps Beijing's time).

use super::{Request, apportion, reassess};
use crate::topology::{SiteId, Topology};
use crate::units::Position;

/// Traffic of each local hour as a share of the busiest, which has 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Profile([f64; 24]);

/// Thousandths of the evening peak, from midnight: 580 + 420 cos(2π (h − 21) / 24).
///
/// The day's mean is 58 % of its peak, as of international links that are used to 25–30 % on average and 45–50 % at their
/// peak (27.5 / 47.5); that the peak is at nine in the evening and the curve one wave is an assumption.
const EVENING: [u16; 24] =
    [877, 790, 689, 580, 471, 370, 283, 216, 174, 160, 174, 216, 283, 370, 471, 580, 689, 790, 877, 944, 986, 1000, 986, 944];

impl Profile {
    /// One wave a day with its crest at nine in the evening.
    #[must_use]
    pub fn evening() -> Self {
        Self(EVENING.map(|thousandths| f64::from(thousandths) / 1e3))
    }

    /// The same at every hour.
    #[must_use]
    pub const fn flat() -> Self {
        Self([1.0; 24])
    }

    /// From a table of 24 shares in any unit, midnight first; `None` if one is negative or not finite, or all are zero.
    #[must_use]
    pub fn new(shares: [f64; 24]) -> Option<Self> {
        let peak = shares.iter().copied().fold(0.0, f64::max);
        let sound = shares.iter().all(|share| share.is_finite() && *share >= 0.0);
        (sound && peak > 0.0).then(|| Self(shares.map(|share| share / peak)))
    }

    /// The share of a local hour; hours past 23 are of the next day.
    #[must_use]
    pub fn share(&self, hour: u8) -> f64 {
        self.0[usize::from(hour) % 24]
    }
}

/// The hour on a clock that goes by the sun: coordinated universal time plus longitude / 15, to the nearest hour.
#[must_use]
pub fn local_hour(position: Position, hour_utc: u8) -> u8 {
    #[expect(clippy::cast_possible_truncation, reason = "from -12 to 12")]
    let zone = (position.lon() / 15.0).round_ties_even() as i16;
    u8::try_from((i16::from(hour_utc) + zone).rem_euclid(24)).expect("an hour of the day")
}

/// What is offered at an hour, where the requests' traffic is that of their own busiest hour.
///
/// Each takes the mean of the profile's shares at its two ends. The total is exact to the nearest Mbit/s, shared by
/// largest remainder, ties by query and name.
#[must_use]
pub fn at_hour(topology: &Topology, requests: &[Request], profile: &Profile, hour_utc: u8) -> Vec<Request> {
    let share = |site: SiteId| profile.share(local_hour(topology.site(site).position, hour_utc));
    reassess(requests, |requests| {
        #[expect(clippy::cast_precision_loss, reason = "below 2^53 Mbit/s")]
        let offered = |request: &&Request| {
            request.traffic.mbps() as f64 * f64::midpoint(share(request.query.from), share(request.query.to))
        };
        let offered: Vec<f64> = requests.iter().map(offered).collect();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "no more than the sum of traffic")]
        let total = offered.iter().sum::<f64>().round_ties_even() as u64;
        apportion::by_real_weight(total, &offered)
    })
}

/// The hour (UTC) at which most is offered in all; the first, if several are.
#[must_use]
pub fn busy_hour(topology: &Topology, requests: &[Request], profile: &Profile) -> u8 {
    let total = |hour: &u8| super::total(&at_hour(topology, requests, profile, *hour));
    (0..24).rev().max_by_key(total).expect("a day has hours")
}
