//! Lengths that are missing, without unit, or impossible between the places of their ends.

use super::super::finding;
use super::super::sketch::{Kind, LengthRule, Segment, Sketch, Spot};
use crate::topology::geography::geodesic_m;
use crate::topology::latency::FIBRE_PS_PER_KM;

/// Submarine cables by distance in km: median length over great circle of 168 systems with two landings.
const SUBMARINE: [(f64, f64); 3] = [(500.0, 1.13), (1_500.0, 1.22), (f64::INFINITY, 1.09)];
/// Cables on land: the middle of 1.2 to 1.5, the usual span on plain terrain.
const TERRESTRIAL: f64 = 1.35;
/// Where nobody knows where the ends are nor how far apart, every segment is so long.
const FLAT_KM: f64 = 100.0;
/// Times the distance and km above it that a length may have at most; `build` refuses longer ones.
const LONGEST: (f64, f64) = (10.0, 1_000.0);
/// A length may fall short of the distance by so much; `build` refuses shorter ones.
const SHORTEST: f64 = 0.98;
/// A metre, to which lengths are rounded.
const METRE_KM: f64 = 1e-3;
/// Open lengths are metres if they are more than so many times the distance in km.
const METRES: f64 = 300.0;

/// Through what a cable lies, as far as its length goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Medium {
    /// On the bed of a sea.
    Sea,
    /// In the ground or on poles.
    Land,
}

/// How long a cable usually is between places so many km apart along the great circle: that, times a route factor.
#[must_use]
pub fn usual_km(apart_km: f64, medium: Medium) -> f64 {
    let factor = match medium {
        Medium::Sea => SUBMARINE.iter().find(|(up_to, _)| apart_km < *up_to).map_or(1.0, |(_, factor)| *factor),
        Medium::Land => TERRESTRIAL,
    };
    apart_km * factor
}

/// Gives every segment a possible length. `is_guess` tells of each site whether its place is one.
pub(super) fn measure(sketch: &mut Sketch, is_guess: &[bool]) {
    let apart: Vec<f64> = sketch.segments.iter().map(|segment| apart_km(sketch, segment)).collect();
    read_units(sketch, &apart, is_guess);
    let Sketch { sites, segments, cables, findings, .. } = sketch;
    for (segment, &apart) in segments.iter_mut().zip(&apart) {
        let is_loose = segment.ends.iter().any(|&end| is_guess[end]);
        let kind = segment.cable.and_then(|cable| cables[cable].kind);
        let is_at_sea = segment.ends.iter().any(|&end| matches!(sites[end].kind, Kind::Landing | Kind::BranchingUnit));
        let is_submarine = kind.map_or(is_at_sea, |kind| kind == "submarine");
        let guess = || guess_km(apart, is_submarine, is_loose);
        let name = || format!("{} - {}", sites[segment.ends[0]].key, sites[segment.ends[1]].key);
        let longest = if kind == Some("satellite") { f64::INFINITY } else { LONGEST.0 * apart + LONGEST.1 };
        let is_possible = |km: f64| (apart <= 1.0 || km + 1.0 >= SHORTEST * apart) && km <= longest;
        let of_latency = segment.latency_ms.map(|ms| ms * 1e9 / f64::from(FIBRE_PS_PER_KM)).filter(|km| is_possible(*km));
        let (km, rule) = match segment.length_km {
            Some(km) if is_possible(km) => (km, segment.length_rule),
            Some(km) => {
                findings.note(finding::LENGTH_IMPOSSIBLE, || format!("{}: {km} km, {apart:.0} km apart", name()));
                if is_loose {
                    // The place is the guess, so the length goes on in the latency.
                    segment.latency_ms.get_or_insert(km * f64::from(FIBRE_PS_PER_KM) / 1e9);
                    (km.clamp(apart, (longest - METRE_KM).max(apart)), Some(LengthRule::Bounded))
                } else if km < apart && segment.length_rule.is_some() {
                    (apart, segment.length_rule)
                } else {
                    guess()
                }
            }
            None => {
                findings.note(finding::LENGTH_GUESSED, name);
                of_latency.map_or_else(guess, |km| (km, Some(LengthRule::FromLatency)))
            }
        };
        segment.length_km = Some(km);
        segment.length_rule = rule;
    }
}

fn apart_km(sketch: &Sketch, segment: &Segment) -> f64 {
    match segment.ends.map(|end| sketch.sites[end].spot) {
        [Spot::Earth(a), Spot::Earth(b)] => geodesic_m(a, b) / 1e3,
        _ => 0.0,
    }
}

fn guess_km(apart: f64, is_submarine: bool, is_loose: bool) -> (f64, Option<LengthRule>) {
    if is_loose && apart < 1.0 {
        return (FLAT_KM, Some(LengthRule::Flat));
    }
    let medium = if is_submarine { Medium::Sea } else { Medium::Land };
    (usual_km(apart, medium), Some(LengthRule::RouteFactor))
}

/// Reads lengths whose unit is open as kilometres or metres, all alike.
fn read_units(sketch: &mut Sketch, apart: &[f64], is_guess: &[bool]) {
    let Sketch { segments, findings, .. } = sketch;
    let is_sure = |segment: &Segment| segment.ends.iter().all(|&end| !is_guess[end]);
    let open =
        segments.iter().zip(apart).filter(|(segment, apart)| segment.is_length_unit_open && **apart > 1.0 && is_sure(segment));
    let mut ratios: Vec<f64> = open.filter_map(|(segment, apart)| Some(segment.length_km? / apart)).collect();
    ratios.sort_by(f64::total_cmp);
    let is_metres = ratios.get(ratios.len() / 2).is_some_and(|ratio| *ratio > METRES);
    for segment in segments.iter_mut().filter(|segment| segment.is_length_unit_open) {
        let Some(length) = segment.length_km else { continue };
        findings.note(finding::LENGTH_UNIT, || format!("{length} read as {}", if is_metres { "m" } else { "km" }));
        segment.length_km = Some(if is_metres { length / 1e3 } else { length });
        segment.is_length_unit_open = false;
    }
}
