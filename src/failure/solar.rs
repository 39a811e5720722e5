//! A solar superstorm: which cables' repeaters fail, by latitude and length; the moment after it instead of a random one.
//!
//! The model is that of Abdu Jyothi, *Solar Superstorms: Planning for an Internet Apocalypse*, SIGCOMM 2021, section 4:
//! repeaters fail each on its own, more often the closer the cable comes to a pole, and one is enough. It says what a
//! storm would do and not how often one comes, nor that it would do so much: voltages measured on powered cables speak
//! for less (Castellanos et al., *Solar storms and submarine internet cables*, 2022).

use std::collections::BTreeMap;

use crate::failure::moment::Moment;
use crate::failure::repair::Delay;
use crate::failure::timeline::model::{Inventory, Model, Part, Permit, Permits, Repair};
use crate::topology::{CableId, CableKind, Segment, SegmentId, Topology};
use crate::units::{Date, Length};

/// Distance between repeaters, the largest of the three of the source (50, 100 and 150 km) and so the mildest.
pub const REPEATER_KM: f64 = 150.0;

/// The source's severe state, S1: from a latitude to either side of the equator, the probability that a repeater fails.
pub const SEVERE: [(f64, f64); 3] = [(0.0, 0.01), (40.0, 0.1), (60.0, 1.0)];
/// The source's moderate state, S2.
pub const MODERATE: [(f64, f64); 3] = [(0.0, 0.001), (40.0, 0.01), (60.0, 0.1)];

/// A storm.
#[derive(Clone, Debug, PartialEq)]
pub struct Storm {
    /// Between repeaters; more than 0.
    pub spacing: Length,
    /// From an absolute latitude in degrees, which counts, to the next: the probability that a repeater fails. Ascending;
    /// below the first none fails.
    pub bands: Vec<(f64, f64)>,
}

/// What a storm may do to a segment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Exposure {
    /// Which.
    pub segment: SegmentId,
    /// The highest latitude that counts for it, in degrees to either side of the equator.
    pub latitude_deg: f64,
    /// How many there are on it; where a cable has several segments, in proportion to their lengths.
    pub repeaters: f64,
    /// That it fails.
    pub probability: f64,
}

impl Storm {
    /// What the storm may do to each segment in service, ascending; exact. O(segments).
    ///
    /// A submarine cable is exposed as a whole, as its conductor is one: the highest latitude of any of its sites in
    /// service counts, and a cable shorter than the distance between repeaters has none. On land each segment is a line
    /// of its own. The source has as many repeaters as whole distances fit the length; here the rest counts in
    /// proportion, so that it is no matter into how many segments a cable is cut. Radio has none.
    #[must_use]
    pub fn exposures(&self, topology: &Topology, day: Date) -> Vec<Exposure> {
        let in_service = || topology.segments().filter(|&(id, _)| topology.in_service(id, day));
        let mut cables: BTreeMap<CableId, (f64, f64)> = BTreeMap::new();
        for (_, segment) in in_service() {
            let (latitude, km) = cables.entry(segment.cable).or_default();
            *latitude = latitude.max(highest(topology, segment));
            *km += segment.length.km();
        }
        let exposure = |(id, segment): (SegmentId, &Segment)| {
            let km = segment.length.km();
            let (latitude_deg, powered_km) = match topology.cable(segment.cable).kind {
                CableKind::Submarine => cables[&segment.cable],
                CableKind::Terrestrial => (highest(topology, segment), km),
                CableKind::Microwave | CableKind::Satellite => (highest(topology, segment), 0.0),
            };
            let repeaters = if powered_km < self.spacing.km() { 0.0 } else { km / self.spacing.km() };
            let probability = 1.0 - (1.0 - self.repeater_fails(latitude_deg)).powf(repeaters);
            Exposure { segment: id, latitude_deg, repeaters, probability }
        };
        in_service().map(exposure).collect()
    }

    /// The probability that a repeater fails at a latitude to either side of the equator.
    #[must_use]
    pub fn repeater_fails(&self, latitude_deg: f64) -> f64 {
        self.bands.iter().rev().find(|(from, _)| *from <= latitude_deg).map_or(0.0, |&(_, probability)| probability)
    }

    /// The moment after the storm: each segment is a part that failed or did not, and nothing else is broken.
    ///
    /// The draws of a segment depend on its own id and probability alone.
    #[must_use]
    pub fn moment(&self, topology: &Topology, day: Date) -> (Model, Moment) {
        let exposures = self.exposures(topology, day);
        let repair = Repair {
            detection: Delay::NONE,
            permit: Permit::After(Delay::NONE),
            work: Delay::NONE,
            weather: Delay::NONE,
            pools: [None; 2],
        };
        let part = |exposure: &Exposure| Part {
            name: format!("storm on {}", topology.segment(exposure.segment).id),
            faults_per_year: 0.0,
            segments: vec![exposure.segment],
            line: Vec::new(),
            repair,
        };
        let model = Model::new(Inventory {
            parts: exposures.iter().map(part).collect(),
            events: Vec::new(),
            pools: Vec::new(),
            permits: Permits { areas: Vec::new(), elsewhere: Delay::NONE },
            segments: topology.segment_count(),
        });
        let of = |part: &Part| {
            let at = exposures.binary_search_by_key(&part.segments[0], |exposure| exposure.segment);
            exposures[at.expect("parts are made of exposures")].probability
        };
        let own = model.parts().iter().map(of).collect();
        (model, Moment { own, causes: Vec::new() })
    }
}

/// The higher latitude of a segment's ends, to either side of the equator.
fn highest(topology: &Topology, segment: &Segment) -> f64 {
    let latitudes = segment.ends.map(|end| topology.site(end).position.lat().abs());
    latitudes[0].max(latitudes[1])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::algorithm::block::Block;
    use crate::failure::moment::Moments;
    use crate::failure::snapshots::names;
    use crate::random::Seed;
    use crate::testing::{Toy, day};
    use crate::topology::{Regime, Transit};
    use crate::units::Position;

    fn storm(bands: [(f64, f64); 3]) -> Storm {
        Storm { spacing: Length::from_m(150_000), bands: bands.to_vec() }
    }

    /// A cable from 30° to 65° by way of 45°, one of 100 km, one of 300 km on land at 45°, and a radio link; then `more`.
    fn topology(more: &[(&str, u64)]) -> Topology {
        let toy = Toy::new().territory("A", Regime::Open, Transit::Service).cable("North", CableKind::Submarine, &[]);
        let toy = toy.cable("Short", CableKind::Submarine, &[]).cable("Beam", CableKind::Microwave, &[]);
        let toy = more.iter().fold(toy, |toy, (id, _)| toy.cable(id, CableKind::Submarine, &[]));
        let toy = toy.site("a", "A", &[]).site("b", "A", &[]).site("c", "A", &[]);
        let toy = toy.segment_of("North", "a", "b", 100_000).segment_of("North", "b", "c", 1_400_000);
        let toy = toy.segment_of("Short", "b", "c", 100_000).segment("a", "b", 300_000).segment_of("Beam", "b", "c", 900_000);
        let mut topology = more.iter().fold(toy, |toy, &(id, m)| toy.segment_of(id, "a", "b", m)).build();
        for (site, lat) in topology.graph.node_weights_mut().zip([30.0, -45.0, 65.0]) {
            site.position = Position::new(lat, 0.0).unwrap();
        }
        topology
    }

    #[test]
    fn probabilities_are_those_of_the_source() {
        let topology = topology(&[]);
        let exposures = storm(MODERATE).exposures(&topology, day());
        let found: Vec<(f64, f64)> = exposures.iter().map(|exposure| (exposure.latitude_deg, exposure.repeaters)).collect();
        assert_eq!(found, [(65.0, 100.0 / 150.0), (65.0, 1_400.0 / 150.0), (65.0, 0.0), (45.0, 2.0), (65.0, 0.0)]);
        // The whole cable has ten repeaters: none of them fails with probability 0.9^10.
        let survives: f64 = exposures[..2].iter().map(|exposure| 1.0 - exposure.probability).product();
        assert!((survives - 0.9_f64.powi(10)).abs() < 1e-12, "{survives}");
        assert!((exposures[3].probability - (1.0 - 0.99 * 0.99)).abs() < 1e-12);
        assert_eq!([exposures[2].probability, exposures[4].probability], [0.0; 2]);
        let severe = storm(SEVERE).exposures(&topology, day());
        assert_eq!(
            severe.iter().map(|exposure| exposure.probability == 1.0).collect::<Vec<_>>(),
            [true, true, false, false, false]
        );
    }

    #[test]
    fn a_band_begins_where_it_says_on_either_side_of_the_equator() {
        let storm = storm(MODERATE);
        assert_eq!(
            [0.0, 39.9, 40.0, 59.9, 60.0, 90.0].map(|lat| storm.repeater_fails(lat)),
            [0.001, 0.001, 0.01, 0.01, 0.1, 0.1]
        );
        let north = Storm { bands: vec![(50.0, 1.0)], ..storm };
        assert_eq!([49.0, 51.0].map(|lat| north.repeater_fails(lat)), [0.0, 1.0]);
    }

    /// In how many of so many blocks of states each segment fails, by id.
    fn draws(topology: &Topology, blocks: u64) -> BTreeMap<String, (u32, f64)> {
        let (model, moment) = storm(MODERATE).moment(topology, day());
        let moments = Moments::new(Seed(5), &moment, &names(&model));
        let mut failed: BTreeMap<String, (u32, f64)> = BTreeMap::new();
        let mut down: Vec<Block> = Vec::new();
        for index in 0..blocks {
            moments.draw(index, &mut down);
            for ((part, block), &probability) in model.parts().iter().zip(&down).zip(&moment.own) {
                let entry = failed.entry(topology.segment(part.segments[0]).id.clone()).or_insert((0, probability));
                entry.0 += block.count();
            }
        }
        failed
    }

    #[test]
    fn segments_fail_as_often_as_is_exact_and_another_cable_changes_none_of_them() {
        let blocks = 1_000;
        let before = draws(&topology(&[]), blocks);
        let n = f64::from(u32::try_from(blocks).unwrap() * 512);
        for (id, &(count, exact)) in &before {
            let error = (exact * (1.0 - exact) / n).sqrt();
            assert!((f64::from(count) / n - exact).abs() <= 4.0 * error, "{id}: {count} of {n} is not {exact}");
        }
        assert!(before.values().filter(|(count, _)| *count > 0).count() == 3, "{before:?}");
        let after = draws(&topology(&[("New", 5_000_000)]), blocks);
        assert!(after.len() == before.len() + 1 && before.iter().all(|(id, drawn)| after[id] == *drawn));
    }
}
