//! What a scenario says of faults and repairs, put over the defaults.

use crate::failure::hazard::{CommonCause, Hazards};
use crate::failure::repair::{Delay, Ship};
use crate::failure::solar::{REPEATER_KM, Storm};
use crate::file::{Entry, Interval, Number, Pairs, suggest};
use crate::problem::{Problem, Problems, code};
use crate::scenario::raw::{RawHazards, RawShip, RawSolarStorm};
use crate::scenario::words::{FLEETS, STORMS};
use crate::topology::Topology;
use crate::topology::words::{RISK_GROUP_KINDS, TERRAINS};
use crate::units::{Length, Position};

const RATE: Number = Number { name: "rate", interval: Interval::closed(0.0, 1e6) };
const HOURS: Number = Number { name: "time in hours", interval: Interval::closed(0.0, 1e5) };
const DAYS: Number = Number { name: "time in days", interval: Interval::closed(0.0, 1e4) };
const KNOTS: Number = Number { name: "speed in knots", interval: Interval::closed(1.0, 40.0) };
const KM: Number = Number { name: "length in km", interval: Interval::closed(1.0, 1e6) };
const SHARE: Number = Number { name: "share in per cent", interval: Interval::closed(0.0, 100.0) };
const AVAILABILITY: Number = Number { name: "availability in per cent", interval: Interval::closed(50.0, 100.0) };
const LATITUDE: Number = Number { name: "latitude", interval: Interval::closed(-90.0, 90.0) };
const LONGITUDE: Number = Number { name: "longitude", interval: Interval::closed(-180.0, 180.0) };

const SPACING: Number = Number { name: "distance in km", interval: Interval::closed(1.0, 1e4) };
const BAND: Number = Number { name: "latitude to either side of the equator", interval: Interval::closed(0.0, 90.0) };

/// Kilometres in a nautical mile.
const NAUTICAL_MILE_KM: f64 = 1.852;

/// The scenario's hazards; names of cables and risk groups are checked where the topology is known.
pub(super) fn hazards(raw: Option<&RawHazards>, topology: Option<&Topology>, problems: &mut Problems) -> Hazards {
    let mut hazards = Hazards::default();
    let Some(raw) = raw else { return hazards };
    grounds(raw, &mut hazards, problems);
    times(raw, &mut hazards, problems);
    permits(&raw.permit_days, &mut hazards, problems);
    fleet(raw, &mut hazards, problems);
    causes(raw, &mut hazards, problems);
    let cables = topology.map(|topology| topology.cables().iter().map(|cable| cable.id.as_str()).collect::<Vec<_>>());
    hazards.cable_faults = singles(&raw.cable_faults_per_1000_km_year, "cable", cables.as_deref(), problems);
    let groups = topology.map(|topology| topology.risk_groups().iter().map(|group| group.id.as_str()).collect::<Vec<_>>());
    hazards.group_events = singles(&raw.group_events_per_year, "risk group", groups.as_deref(), problems);
    hazards
}

/// Grounds of which a key may speak: terrains, and the two where none is stated.
fn ground(key: &Entry, hazards: &mut Hazards, problems: &mut Problems) -> Option<usize> {
    let unstated = [("sea", ()), ("land", ())];
    let words: Vec<(&str, ())> = TERRAINS.iter().copied().chain(unstated).collect();
    key.word("ground", &words, problems)?;
    hazards.grounds.iter().position(|(word, _)| *word == key.text)
}

fn grounds(raw: &RawHazards, hazards: &mut Hazards, problems: &mut Problems) {
    for (pairs, wanted) in [(&raw.faults_per_1000_km_year, RATE), (&raw.work_h, HOURS)] {
        let is_rate = wanted.name == RATE.name;
        for (key, value) in &pairs.0 {
            let at = ground(key, hazards, problems);
            let Some(number) = value.number(wanted, problems) else { continue };
            let ground = match (at, key.text.as_str()) {
                (Some(at), _) => &mut hazards.grounds[at].1,
                (None, "sea") => &mut hazards.sea_unstated,
                (None, "land") => &mut hazards.land_unstated,
                (None, _) => continue,
            };
            if is_rate {
                ground.faults_per_1000_km_year = number;
            } else {
                ground.work = with_median(ground.work, number);
            }
        }
    }
}

/// The delay with another median, or mean where it is not lognormal.
const fn with_median(delay: Delay, hours: f64) -> Delay {
    match delay {
        Delay::Fixed(_) => Delay::Fixed(hours),
        Delay::Exponential(_) => Delay::Exponential(hours),
        Delay::Lognormal { sigma, .. } => Delay::Lognormal { median_h: hours, sigma },
    }
}

fn times(raw: &RawHazards, hazards: &mut Hazards, problems: &mut Problems) {
    for (entry, delay) in [
        (&raw.radio_work_h, &mut hazards.radio_work),
        (&raw.sea_detection_h, &mut hazards.sea_detection),
        (&raw.land_detection_h, &mut hazards.land_detection),
        (&raw.weather_h, &mut hazards.weather),
        (&raw.station_work_h, &mut hazards.station_work),
    ] {
        if let Some(hours) = entry.number(HOURS, problems) {
            *delay = with_median(*delay, hours);
        }
    }
    for (entry, wanted, number) in [
        (&raw.radio_faults_per_year, RATE, &mut hazards.radio_faults_per_year),
        (&raw.land_km_per_crew, KM, &mut hazards.land_km_per_crew),
    ] {
        if let Some(given) = entry.number(wanted, problems) {
            *number = given;
        }
    }
    if let Some(percent) = raw.station_availability_percent.number(AVAILABILITY, problems) {
        hazards.station_availability = percent / 100.0;
    }
    if hazards.station_availability < 1.0 && hazards.station_work.mean_h() == 0.0 {
        let problem = raw.station_work_h.problem(code::IMPOSSIBLE_NUMBER, "stations that fail take a time to restore", "no time");
        problems.push(problem.help("give more than 0, or `station_availability_percent = 100`"));
    }
}

fn permits(pairs: &Pairs, hazards: &mut Hazards, problems: &mut Problems) {
    let areas: Vec<String> = hazards.permit_areas.iter().map(|area| area.name.clone()).collect();
    let words: Vec<(&str, ())> = areas.iter().map(|area| (area.as_str(), ())).chain([("elsewhere", ())]).collect();
    for (key, value) in &pairs.0 {
        let known = crate::file::Entry { form: crate::file::Form::Plain, ..key.clone() }.word("sea area", &words, problems);
        let (Some(()), Some(days)) = (known, value.number(DAYS, problems)) else { continue };
        let permit = match hazards.permit_areas.iter_mut().find(|area| area.name == key.text) {
            Some(area) => &mut area.permit,
            None => &mut hazards.permit_elsewhere,
        };
        *permit = with_median(*permit, 24.0 * days);
    }
}

fn fleet(raw: &RawHazards, hazards: &mut Hazards, problems: &mut Problems) {
    hazards.fleet_limit = raw.fleet.word("fleet", FLEETS, problems).unwrap_or(hazards.fleet_limit);
    if let Some(knots) = raw.ship_speed_knots.number(KNOTS, problems) {
        hazards.ship_speed_km_per_h = knots * NAUTICAL_MILE_KM;
    }
    if !raw.ship.is_empty() {
        hazards.ships = raw.ship.iter().flat_map(|row| ships(row, problems)).collect();
    }
}

fn ships(row: &RawShip, problems: &mut Problems) -> Vec<Ship> {
    for (entry, key) in [(&row.lat, "lat"), (&row.lon, "lon")] {
        if entry.is_blank() {
            let problem = Problem::new(code::MISSING_VALUE, format!("`{key}` of a ship is missing"));
            problems.push(Problem { place: row.place.clone(), ..problem }.help("give the berth in degrees"));
        }
    }
    let (lat, lon) = (row.lat.number(LATITUDE, problems), row.lon.number(LONGITUDE, problems));
    let count = row.count.whole("number of ships", 1, 100, problems).unwrap_or(1);
    let Some(base) = lat.zip(lon).and_then(|(lat, lon)| Position::new(lat, lon)) else { return Vec::new() };
    let name = row.name.owned().unwrap_or_else(|| "ship".to_owned());
    (0..count).map(|_| Ship { name: name.clone(), base }).collect()
}

fn causes(raw: &RawHazards, hazards: &mut Hazards, problems: &mut Problems) {
    let kinds: Vec<(&str, _)> = RISK_GROUP_KINDS.iter().copied().filter(|(word, _)| *word != "station").collect();
    for (pairs, wanted) in [(&raw.events_per_year, RATE), (&raw.share_percent, SHARE)] {
        for (key, value) in &pairs.0 {
            let kind = key.word("kind of risk group with common causes", &kinds, problems);
            let (Some(kind), Some(number)) = (kind, value.number(wanted, problems)) else { continue };
            let Some(cause): Option<&mut CommonCause> = hazards.common_cause_mut(kind) else { continue };
            if wanted.name == RATE.name {
                cause.events_per_year = number;
            } else {
                cause.share = number / 100.0;
            }
        }
    }
}

/// The storm that a study asks of.
pub(super) fn storm(raw: &RawSolarStorm, problems: &mut Problems) -> Option<Storm> {
    let spacing = raw.repeater_km.number(SPACING, problems).unwrap_or(REPEATER_KM);
    let state = raw.state.word("state of a storm", STORMS, problems);
    let bands = match &raw.bands.0 {
        None if !raw.state.is_blank() => state.map(|bands| bands.to_vec()),
        Some(rows) if raw.state.is_blank() => bands(rows, raw, problems),
        None => refuse(raw, "nothing says how bad the storm is", "write `state = \"S1\"`, or `bands`", problems),
        Some(_) => refuse(raw, "a storm has a state or bands of its own", "leave one of them out", problems),
    };
    Some(Storm { spacing: Length::from_km(spacing)?, bands: bands? })
}

/// Probabilities by latitude.
fn bands(rows: &[Vec<Entry>], raw: &RawSolarStorm, problems: &mut Problems) -> Option<Vec<(f64, f64)>> {
    let mut bands = Vec::new();
    for row in rows {
        let [from, percent] = row.as_slice() else {
            return refuse(raw, "a band is a latitude and a percentage", "write each as [latitude, per cent]", problems);
        };
        let (from, percent) = (from.number(BAND, problems), percent.number(SHARE, problems));
        bands.push((from?, percent? / 100.0));
    }
    if bands.is_empty() || !bands.is_sorted_by(|a, b| a.0 < b.0) {
        return refuse(raw, "bands ascend from the equator", "write at least one, by rising latitude, each once", problems);
    }
    Some(bands)
}

fn refuse<T>(raw: &RawSolarStorm, message: &str, help: &str, problems: &mut Problems) -> Option<T> {
    let problem = Problem { place: raw.place.clone(), ..Problem::new(code::KEY_DOES_NOT_APPLY, message) };
    problems.push(problem.help(help));
    None
}

/// Rates of single things by id.
fn singles(pairs: &Pairs, thing: &str, known: Option<&[&str]>, problems: &mut Problems) -> Vec<(String, f64)> {
    let mut rates = Vec::new();
    for (key, value) in &pairs.0 {
        if let Some(known) = known.filter(|known| !known.contains(&key.text.as_str())) {
            let help = suggest(&key.text, known.iter().copied())
                .map_or_else(|| format!("name a {thing} of the topology by its id"), |id| format!("did you mean `{id}`?"));
            let message = format!("unknown {thing} `{}`", key.text);
            problems.push(key.problem(code::UNKNOWN_ID, message, "unknown").help(help));
        }
        rates.extend(value.number(RATE, problems).map(|rate| (key.text.to_string(), rate)));
    }
    rates
}
