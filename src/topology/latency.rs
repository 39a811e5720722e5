//! How long a signal takes along a cable. It knows light and nothing of equipment, which adds little to long routes.

use crate::topology::CableKind;
use crate::units::{Latency, Length};

/// Picoseconds per kilometre of fibre: group index 1.468 (ITU-T G.652 fibre at 1550 nm) over 299,792.458 km/s.
pub const FIBRE_PS_PER_KM: u32 = 4_897_000;

/// Picoseconds per kilometre of air or space: 1 / 299,792.458 km/s.
pub const RADIO_PS_PER_KM: u32 = 3_335_600;

/// One-way time along a cable of a kind, rounded to the nearest nanosecond, ties to even.
#[must_use]
pub fn latency(kind: CableKind, length: Length) -> Latency {
    let ps_per_km = match kind {
        CableKind::Submarine | CableKind::Terrestrial => FIBRE_PS_PER_KM,
        CableKind::Microwave | CableKind::Satellite => RADIO_PS_PER_KM,
    };
    let femtoseconds = u128::from(length.m()) * u128::from(ps_per_km);
    let (whole, rest) = (femtoseconds / 1_000_000, femtoseconds % 1_000_000);
    let is_up = rest > 500_000 || rest == 500_000 && whole % 2 == 1;
    Latency::from_ns(u64::try_from(whole + u128::from(is_up)).expect("2^53 m take less than 2^64 ns"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thousand_km_of_fibre_take_4897_microseconds() {
        let length = Length::from_m(1_000_000);
        assert_eq!(latency(CableKind::Submarine, length).ns(), 4_897_000);
        assert_eq!(latency(CableKind::Microwave, length).ns(), 3_335_600);
    }

    #[test]
    fn half_nanoseconds_go_to_even() {
        // 500 m take 2,448,500 ps and 1,500 m take 7,345,500 ps.
        assert_eq!(latency(CableKind::Terrestrial, Length::from_m(500)).ns(), 2_448);
        assert_eq!(latency(CableKind::Terrestrial, Length::from_m(1_500)).ns(), 7_346);
    }
}
