//! How often things break: rates by ground and depth, common causes, stations; all of them parameters with sources.
//!
//! Rates are per time in service. It says what may happen to a topology; when it happens is drawn in `timeline`.

use crate::failure::repair::{
    Delay, PERMIT_ELSEWHERE_DAYS, PERMIT_SIGMA, SHIP_SPEED_KM_PER_H, SeaArea, Ship, fleet, permit_areas,
};
use crate::topology::{CableKind, RiskGroup, RiskGroupKind, Segment, Topology};

/// Hours in a year of 365 days.
pub const HOURS_PER_YEAR: f64 = 8_760.0;

/// Faults per 1000 km and year below 200 m of water. Two thirds of all faults and most anchors and nets are there
/// (ICPC 2025; trawling peaks at 100–200 m). With the next two and a length mix of 10, 10 and 80 % this gives 0.126 over all,
/// inside the 0.088–0.143 that follow from 150–200 faults a year on 1.4–1.7 million km (ICPC 2025).
pub const SHALLOW_FAULTS_PER_1000_KM_YEAR: f64 = 0.75;
/// Faults per 1000 km and year between 200 and 1000 m of water; see the shallow rate.
pub const SHELF_FAULTS_PER_1000_KM_YEAR: f64 = 0.225;
/// Faults per 1000 km and year in deeper water, nearly all natural; see the shallow rate.
pub const DEEP_FAULTS_PER_1000_KM_YEAR: f64 = 0.035;
/// Faults per 1000 km and year of a submarine segment whose depth nobody states: the mix of the three.
pub const SEA_FAULTS_PER_1000_KM_YEAR: f64 = 0.126;
/// Service-affecting faults per 1000 km and year of buried cable (Bellcore, as cited by AFL; 2.73 by another count of
/// the 1990s): the default on land.
pub const LAND_FAULTS_PER_1000_KM_YEAR: f64 = 2.13;
/// In towns, where half of all cuts are dig-ups. Assumed: twice the plain's; Nigeria's 375 (2022–23) is an extreme.
pub const URBAN_FAULTS_PER_1000_KM_YEAR: f64 = 4.26;
/// In mountains: slides, floods, snow on lines. Assumed: one and a half times the plain's.
pub const MOUNTAIN_FAULTS_PER_1000_KM_YEAR: f64 = 3.2;
/// On high plateaus, few diggers, much weather. Assumed: the plain's.
pub const PLATEAU_FAULTS_PER_1000_KM_YEAR: f64 = 2.13;
/// In deserts, few diggers. Assumed: half the plain's.
pub const DESERT_FAULTS_PER_1000_KM_YEAR: f64 = 1.07;
/// Along a guarded canal. Assumed: half the plain's.
pub const CANAL_FAULTS_PER_1000_KM_YEAR: f64 = 1.07;
/// Faults per radio link and year. Assumed.
pub const RADIO_FAULTS_PER_YEAR: f64 = 0.5;

/// Finding a fault at sea takes a day (the usual stage model of cable repair).
pub const SEA_DETECTION_H: f64 = 24.0;
/// Finding a fault on land. Assumed.
pub const LAND_DETECTION_H: f64 = 0.5;
/// Mending in shallow water: two days (press on the Marianas 2015 and the Red Sea 2024).
pub const SHALLOW_WORK_DAYS: f64 = 2.0;
/// Mending on the shelf. Assumed: between the other two.
pub const SHELF_WORK_DAYS: f64 = 3.0;
/// Mending in deep water: four to seven days.
pub const DEEP_WORK_DAYS: f64 = 5.3;
/// Spread of the work: two thirds of deep repairs within four to seven days.
pub const SEA_WORK_SIGMA: f64 = 0.28;
/// Waiting for weather, days. Assumed.
pub const WEATHER_DAYS: f64 = 1.0;
/// Spread of the weather. Assumed.
pub const WEATHER_SIGMA: f64 = 1.0;
/// Restoring a cable on land: 4 h aerial, 6 h and more buried (trade rule).
pub const LAND_WORK_H: f64 = 6.0;
/// In towns: near the depot. Assumed.
pub const URBAN_WORK_H: f64 = 4.0;
/// In deserts. Assumed: twice the plain's, for the way.
pub const DESERT_WORK_H: f64 = 12.0;
/// In mountains. Assumed: a day.
pub const MOUNTAIN_WORK_H: f64 = 24.0;
/// On plateaus: days to months are reported (Nepal–Tibet). Assumed: three days.
pub const PLATEAU_WORK_H: f64 = 72.0;
/// Spread of the work on land. Assumed.
pub const LAND_WORK_SIGMA: f64 = 0.8;
/// Restoring a radio link, hours. Assumed.
pub const RADIO_WORK_H: f64 = 4.0;
/// One crew on land for so many km, at least one in a territory. Assumed.
pub const LAND_KM_PER_CREW: f64 = 1_000.0;

/// Availability of a landing station. No public figure is known; 0.9999 to 0.99999 is a usual design value.
pub const STATION_AVAILABILITY: f64 = 0.9999;
/// Mean time to restore a station, hours. Assumed.
pub const STATION_WORK_H: f64 = 8.0;

/// Events per group and year in a strait: two in the southern Red Sea and off Jeddah within a decade (2024, 2025).
/// Assumed for all.
pub const STRAIT_EVENTS_PER_YEAR: f64 = 0.1;
/// Share of a strait's cables that an event cuts: three of about fifteen at Bab el-Mandeb (February 2024).
pub const STRAIT_SHARE: f64 = 0.2;
/// Events per group and year in a corridor: Hengchun 2006, Congo Canyon 2020 and 2023, off Abidjan 2024. Assumed for all.
pub const CORRIDOR_EVENTS_PER_YEAR: f64 = 0.1;
/// Share of a corridor's cables that an event cuts: four of five off Abidjan, eight or nine systems off Hengchun.
pub const CORRIDOR_SHARE: f64 = 0.6;
/// Events per group and year on a land bridge: Egypt, June 2022. Assumed for all.
pub const LAND_BRIDGE_EVENTS_PER_YEAR: f64 = 0.1;
/// Share of a land bridge's cables that an event cuts. Assumed.
pub const LAND_BRIDGE_SHARE: f64 = 0.5;

/// What a class of ground or depth does to a cable.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ground {
    /// Rate while in service.
    pub faults_per_1000_km_year: f64,
    /// Hands on the cable.
    pub work: Delay,
    /// Whether a ship mends it, or a crew on land.
    pub medium: Medium,
}

/// Who comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Medium {
    /// A ship of the fleet.
    Sea,
    /// A crew of the territory.
    Land,
}

/// Common causes of one kind of risk group.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CommonCause {
    /// Of each group.
    pub events_per_year: f64,
    /// Probability that an event cuts a cable of the group, each on its own.
    pub share: f64,
}

/// Everything that may break, how often, and how it is mended.
#[derive(Clone, Debug, PartialEq)]
pub struct Hazards {
    /// By terrain word; a word that is not listed counts as unstated.
    pub grounds: Vec<(String, Ground)>,
    /// Cables in the sea whose depth nobody states.
    pub sea_unstated: Ground,
    /// Cables on land whose ground nobody states.
    pub land_unstated: Ground,
    /// Faults per radio link (microwave, satellite) and year.
    pub radio_faults_per_year: f64,
    /// Restoring a radio link.
    pub radio_work: Delay,
    /// Finding a fault at sea.
    pub sea_detection: Delay,
    /// Finding a fault on land.
    pub land_detection: Delay,
    /// Waiting for weather at sea.
    pub weather: Delay,
    /// The first that holds the fault gives the permit.
    pub permit_areas: Vec<SeaArea>,
    /// Outside all areas.
    pub permit_elsewhere: Delay,
    /// Whether ships are scarce.
    pub fleet_limit: FleetLimit,
    /// Ships and bases.
    pub ships: Vec<Ship>,
    /// Along great circles.
    pub ship_speed_km_per_h: f64,
    /// A territory has one crew for so many km of its cables on land, at least one.
    pub land_km_per_crew: f64,
    /// Of landing stations; 1 = they never fail.
    pub station_availability: f64,
    /// Restoring a station.
    pub station_work: Delay,
    /// Straits.
    pub strait: CommonCause,
    /// Corridors.
    pub corridor: CommonCause,
    /// Land bridges.
    pub land_bridge: CommonCause,
    /// Risk groups of kind cable; nothing by default: what breaks a cable breaks its segments, which have faults of their
    /// own, and a cause of the whole would count them twice.
    pub cable: CommonCause,
    /// Other groups; nothing by default, as nobody knows what they have in common.
    pub other: CommonCause,
    /// Faults of single cables per 1000 km and year by the cable's id, whatever the ground; for radio, per link and year.
    pub cable_faults: Vec<(String, f64)>,
    /// Events of single risk groups per year by the group's id, whatever its kind but station.
    pub group_events: Vec<(String, f64)>,
}

/// Whether ships are scarce.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FleetLimit {
    /// A ship does one repair at a time, and faults wait for it.
    Scarce,
    /// Another ship always lies at each base.
    Unlimited,
}

impl Default for Hazards {
    fn default() -> Self {
        let sea =
            |rate, days| Ground { faults_per_1000_km_year: rate, work: Delay::days(days, SEA_WORK_SIGMA), medium: Medium::Sea };
        let land = |rate, hours| Ground {
            faults_per_1000_km_year: rate,
            work: Delay::Lognormal { median_h: hours, sigma: LAND_WORK_SIGMA },
            medium: Medium::Land,
        };
        let grounds = [
            ("shallow", sea(SHALLOW_FAULTS_PER_1000_KM_YEAR, SHALLOW_WORK_DAYS)),
            ("shelf", sea(SHELF_FAULTS_PER_1000_KM_YEAR, SHELF_WORK_DAYS)),
            ("deep", sea(DEEP_FAULTS_PER_1000_KM_YEAR, DEEP_WORK_DAYS)),
            ("plain", land(LAND_FAULTS_PER_1000_KM_YEAR, LAND_WORK_H)),
            ("urban", land(URBAN_FAULTS_PER_1000_KM_YEAR, URBAN_WORK_H)),
            ("mountain", land(MOUNTAIN_FAULTS_PER_1000_KM_YEAR, MOUNTAIN_WORK_H)),
            ("plateau", land(PLATEAU_FAULTS_PER_1000_KM_YEAR, PLATEAU_WORK_H)),
            ("desert", land(DESERT_FAULTS_PER_1000_KM_YEAR, DESERT_WORK_H)),
            ("canal", land(CANAL_FAULTS_PER_1000_KM_YEAR, LAND_WORK_H)),
        ];
        Self {
            grounds: grounds.into_iter().map(|(word, ground)| (word.to_owned(), ground)).collect(),
            sea_unstated: sea(SEA_FAULTS_PER_1000_KM_YEAR, SHELF_WORK_DAYS),
            land_unstated: land(LAND_FAULTS_PER_1000_KM_YEAR, LAND_WORK_H),
            radio_faults_per_year: RADIO_FAULTS_PER_YEAR,
            radio_work: Delay::Exponential(RADIO_WORK_H),
            sea_detection: Delay::Fixed(SEA_DETECTION_H),
            land_detection: Delay::Fixed(LAND_DETECTION_H),
            weather: Delay::days(WEATHER_DAYS, WEATHER_SIGMA),
            permit_areas: permit_areas(),
            permit_elsewhere: Delay::days(PERMIT_ELSEWHERE_DAYS, PERMIT_SIGMA),
            fleet_limit: FleetLimit::Scarce,
            ships: fleet(),
            ship_speed_km_per_h: SHIP_SPEED_KM_PER_H,
            land_km_per_crew: LAND_KM_PER_CREW,
            station_availability: STATION_AVAILABILITY,
            station_work: Delay::Exponential(STATION_WORK_H),
            strait: CommonCause { events_per_year: STRAIT_EVENTS_PER_YEAR, share: STRAIT_SHARE },
            corridor: CommonCause { events_per_year: CORRIDOR_EVENTS_PER_YEAR, share: CORRIDOR_SHARE },
            land_bridge: CommonCause { events_per_year: LAND_BRIDGE_EVENTS_PER_YEAR, share: LAND_BRIDGE_SHARE },
            cable: CommonCause { events_per_year: 0.0, share: 1.0 },
            other: CommonCause { events_per_year: 0.0, share: 1.0 },
            cable_faults: Vec::new(),
            group_events: Vec::new(),
        }
    }
}

impl Hazards {
    /// Nothing ever breaks: the ground to set single rates on.
    #[must_use]
    pub fn none() -> Self {
        let mut hazards = Self { radio_faults_per_year: 0.0, station_availability: 1.0, ..Self::default() };
        let grounds = hazards.grounds.iter_mut().map(|(_, ground)| ground);
        for ground in grounds.chain([&mut hazards.sea_unstated, &mut hazards.land_unstated]) {
            ground.faults_per_1000_km_year = 0.0;
        }
        for cause in [&mut hazards.strait, &mut hazards.corridor, &mut hazards.land_bridge] {
            cause.events_per_year = 0.0;
        }
        hazards
    }

    /// What the ground does to a segment; `None` for radio.
    ///
    /// The class holds for the whole segment, as the file says: a deep segment's shore ends count as deep, which
    /// makes its rate too low.
    #[must_use]
    pub fn ground(&self, topology: &Topology, segment: &Segment) -> Option<Ground> {
        let unstated = match topology.cable(segment.cable).kind {
            CableKind::Submarine => self.sea_unstated,
            CableKind::Terrestrial => self.land_unstated,
            CableKind::Microwave | CableKind::Satellite => return None,
        };
        let stated = segment.terrain.as_ref().and_then(|word| self.grounds.iter().find(|(known, _)| known == word));
        Some(stated.map_or(unstated, |&(_, ground)| ground))
    }

    /// Faults of a segment per year in service.
    #[must_use]
    pub fn faults_per_year(&self, topology: &Topology, segment: &Segment) -> f64 {
        let own = of(&self.cable_faults, &topology.cable(segment.cable).id);
        let on = |ground: Ground| own.unwrap_or(ground.faults_per_1000_km_year) * segment.length.km() / 1_000.0;
        self.ground(topology, segment).map_or(own.unwrap_or(self.radio_faults_per_year), on)
    }

    /// Failures of a station per year in service: what its availability and its mean time to restore imply.
    #[must_use]
    pub fn station_failures_per_year(&self) -> f64 {
        let availability = self.station_availability;
        if availability >= 1.0 {
            0.0
        } else {
            HOURS_PER_YEAR * (1.0 - availability) / (availability * self.station_work.mean_h())
        }
    }

    /// The common cause of a kind of risk group; `None` for stations, which fail as one part.
    #[must_use]
    pub const fn common_cause(&self, kind: RiskGroupKind) -> Option<CommonCause> {
        match kind {
            RiskGroupKind::Station => None,
            RiskGroupKind::Strait => Some(self.strait),
            RiskGroupKind::Corridor => Some(self.corridor),
            RiskGroupKind::LandBridge => Some(self.land_bridge),
            RiskGroupKind::Cable => Some(self.cable),
            RiskGroupKind::Other => Some(self.other),
        }
    }

    /// The common cause of a kind of risk group, to be changed; `None` for stations.
    pub const fn common_cause_mut(&mut self, kind: RiskGroupKind) -> Option<&mut CommonCause> {
        match kind {
            RiskGroupKind::Station => None,
            RiskGroupKind::Strait => Some(&mut self.strait),
            RiskGroupKind::Corridor => Some(&mut self.corridor),
            RiskGroupKind::LandBridge => Some(&mut self.land_bridge),
            RiskGroupKind::Cable => Some(&mut self.cable),
            RiskGroupKind::Other => Some(&mut self.other),
        }
    }

    /// The common cause of a risk group: that of its kind, as often as is known of the group itself.
    #[must_use]
    pub fn cause_of(&self, group: &RiskGroup) -> Option<CommonCause> {
        let usual = self.common_cause(group.kind)?;
        Some(CommonCause { events_per_year: of(&self.group_events, &group.id).unwrap_or(usual.events_per_year), ..usual })
    }
}

fn of(known: &[(String, f64)], id: &str) -> Option<f64> {
    known.iter().find(|(name, _)| name == id).map(|&(_, rate)| rate)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Toy;
    use crate::topology::{Regime, Transit};

    #[test]
    fn the_mix_of_depths_gives_the_worlds_rate() {
        let mix =
            0.1 * SHALLOW_FAULTS_PER_1000_KM_YEAR + 0.1 * SHELF_FAULTS_PER_1000_KM_YEAR + 0.8 * DEEP_FAULTS_PER_1000_KM_YEAR;
        assert!((mix - SEA_FAULTS_PER_1000_KM_YEAR).abs() < 1e-3, "{mix}");
        assert!((0.088..=0.143).contains(&mix));
    }

    #[test]
    fn a_stations_rate_gives_its_availability() {
        let hazards = Hazards::default();
        let up = HOURS_PER_YEAR / hazards.station_failures_per_year();
        assert!((up / (up + STATION_WORK_H) - STATION_AVAILABILITY).abs() < 1e-12);
    }

    #[test]
    fn rates_grow_with_length_and_unstated_ground_has_its_own() {
        let toy = Toy::new().territory("A", Regime::Open, Transit::Service).cable("Sea", CableKind::Submarine, &[]);
        let toy = toy.site("a", "A", &[]).site("b", "A", &[]).segment("a", "b", 500_000).segment_of("Sea", "a", "b", 2_000_000);
        let topology = toy.build();
        let hazards = Hazards::default();
        let rates: Vec<f64> = topology.segments().map(|(_, segment)| hazards.faults_per_year(&topology, segment)).collect();
        assert_eq!(rates, [LAND_FAULTS_PER_1000_KM_YEAR / 2.0, SEA_FAULTS_PER_1000_KM_YEAR * 2.0]);
    }
}
