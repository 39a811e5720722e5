//! What breaks in a timeline, what breaks it, and who mends it; and the draws of single faults.
//!
//! A model is about parts with names and segments, not about cables or law: [`compile`](super::compile) makes one of a
//! topology. Faults of a part come at random with a constant rate while it is up. It has no clock (see
//! [`course`](super::course)).

use crate::failure::hazard::HOURS_PER_YEAR;
use crate::failure::repair::{Delay, SeaArea, Ship};
use crate::random::Draws;
use crate::topology::area::between;
use crate::topology::geography::great_circle_m;
use crate::topology::{SegmentId, id};
use crate::units::Position;

/// A moment, or a span of time, in whole milliseconds since a sample began; ties are exact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Time(u64);

impl Time {
    /// The beginning; no time at all.
    pub const ZERO: Self = Self(0);

    /// Rounds hours to the nearest millisecond; at most 2⁶³ of them, 292 million years.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped first, and a cast of NaN is 0")]
    pub fn from_hours(hours: f64) -> Self {
        Self((hours * 3.6e6).round_ties_even().clamp(0.0, 9_223_372_036_854_775_808.0) as u64)
    }

    /// Years of 365 days, as [`Time::from_hours`].
    #[must_use]
    pub fn from_years(years: f64) -> Self {
        Self::from_hours(years * HOURS_PER_YEAR)
    }

    /// Whole milliseconds.
    #[must_use]
    pub const fn ms(self) -> u64 {
        self.0
    }

    /// Hours.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "exact up to 2^53 ms, 285 thousand years")]
    pub fn hours(self) -> f64 {
        self.0 as f64 / 3.6e6
    }

    /// Later by that much.
    #[must_use]
    pub fn after(self, span: Self) -> Self {
        Self(self.0.saturating_add(span.0))
    }

    /// From `earlier` until this; zero if it is not earlier.
    #[must_use]
    pub fn since(self, earlier: Self) -> Self {
        Self(self.0.saturating_sub(earlier.0))
    }
}

id! {
    /// Position of a part, ordered by name.
    PartId
}
id! {
    /// Position of a pool of crews, in the order given.
    PoolId
}

/// When one may begin to work on a fault.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Permit {
    /// That long after the fault is found.
    After(Delay),
    /// As is usual in the sea area where the fault lies.
    BySea,
}

/// How a part is mended.
///
/// ```text
///   fault -- detection -- permit --> ready -- wait for a crew -- transit -- work -- weather --> up
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Repair {
    /// Until the fault is found.
    pub detection: Delay,
    /// Until one may begin.
    pub permit: Permit,
    /// Hands on the part.
    pub work: Delay,
    /// Waiting for weather, the crew being there.
    pub weather: Delay,
    /// Who comes: the pool of the end of the line that the fault is nearer to (share below a half: the first);
    /// `None` = somebody, at once.
    pub pools: [Option<PoolId>; 2],
}

/// One thing that fails and is mended as a whole.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// Identity; it alone decides the part's draws.
    pub name: String,
    /// Of its own, while it is up.
    pub faults_per_year: f64,
    /// Out of service while the part is down.
    pub segments: Vec<SegmentId>,
    /// Where its faults are, evenly along great circles from point to point; empty = nowhere, so no transit.
    pub line: Vec<Position>,
    /// How it is mended.
    pub repair: Repair,
}

/// Something that breaks several parts at once: an anchor, a slide.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// Identity; it decides the event's draws.
    pub name: String,
    /// How often.
    pub per_year: f64,
    /// What it may hit.
    pub hits: Vec<Hit>,
}

/// One of the things an event may hit, usually a cable.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    /// Identity within the event; with the event's name it decides the hit's draws.
    pub name: String,
    /// Given the event; each hit on its own.
    pub probability: f64,
    /// Names of parts, one of which breaks, all being equally likely.
    pub parts: Vec<String>,
}

/// Who mends.
#[derive(Clone, Debug, PartialEq)]
pub enum Pool {
    /// So many crews, who are where they are needed at once.
    Crews(u32),
    /// Ships that do one repair at a time.
    Ships(Fleet),
    /// At each base lies a ship, however many have left.
    UnlimitedShips(Fleet),
}

/// Ships and their speed.
#[derive(Clone, Debug, PartialEq)]
pub struct Fleet {
    /// In the order in which ties are decided.
    pub ships: Vec<Ship>,
    /// Along great circles.
    pub speed_km_per_h: f64,
}

/// Leave to work, by place.
#[derive(Clone, Debug, PartialEq)]
pub struct Permits {
    /// The first that holds the place counts.
    pub areas: Vec<SeaArea>,
    /// Outside all areas.
    pub elsewhere: Delay,
}

/// What a model is made of.
#[derive(Clone, Debug, PartialEq)]
pub struct Inventory {
    /// In any order.
    pub parts: Vec<Part>,
    /// In any order.
    pub events: Vec<Event>,
    /// With names for people; [`PoolId`] is the position.
    pub pools: Vec<(String, Pool)>,
    /// For parts whose permits go by the sea.
    pub permits: Permits,
    /// How many segments the network has, whether they are part of anything or not.
    pub segments: usize,
}

/// Parts, events and pools, checked and in order of name.
#[derive(Clone, Debug)]
pub struct Model {
    inventory: Inventory,
    /// At each part: distance in metres from the start of its line to each of its points.
    along: Vec<Vec<f64>>,
    /// At each event, at each hit: the parts it may break.
    hit_parts: Vec<Vec<Vec<PartId>>>,
}

/// What is known of a fault when it happens.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fault {
    /// Where, if anywhere.
    pub place: Option<Position>,
    /// Who comes; `None` = somebody, at once.
    pub pool: Option<PoolId>,
    /// Until it is found.
    pub detection: Time,
    /// From then until one may begin.
    pub permit: Time,
    /// Hands on the part.
    pub work: Time,
    /// Waiting for weather.
    pub weather: Time,
}

impl Model {
    /// Puts parts and events in order of name. O(n log n).
    ///
    /// # Panics
    /// If a name is used twice, something named does not exist, a rate or delay is negative or not finite, a
    /// probability is outside 0..=1, a pool is empty, or a speed is not positive.
    #[must_use]
    pub fn new(mut inventory: Inventory) -> Self {
        let Inventory { parts, events, pools, segments, .. } = &mut inventory;
        parts.sort_by(|a, b| a.name.cmp(&b.name));
        events.sort_by(|a, b| a.name.cmp(&b.name));
        assert!(parts.is_sorted_by(|a, b| a.name < b.name), "a part's name is its own");
        assert!(events.is_sorted_by(|a, b| a.name < b.name), "an event's name is its own");
        parts.iter().for_each(|part| check_part(part, *segments, pools.len()));
        events.iter().for_each(check_event);
        pools.iter().for_each(|(_, pool)| check_pool(pool));
        let find = |name: &String| {
            let found = parts.binary_search_by(|part| part.name.cmp(name));
            PartId::from_index(found.unwrap_or_else(|_| panic!("there is no part {name}")))
        };
        let of_event = |event: &Event| event.hits.iter().map(|hit| hit.parts.iter().map(find).collect()).collect();
        let hit_parts = events.iter().map(of_event).collect();
        let along = parts.iter().map(|part| distances(&part.line)).collect();
        Self { along, hit_parts, inventory }
    }

    /// Parts in order of id.
    #[must_use]
    pub fn parts(&self) -> &[Part] {
        &self.inventory.parts
    }

    /// Events in order of name.
    #[must_use]
    pub fn events(&self) -> &[Event] {
        &self.inventory.events
    }

    /// Pools in order of id, with their names.
    #[must_use]
    pub fn pools(&self) -> &[(String, Pool)] {
        &self.inventory.pools
    }

    /// How many segments the network has, whether they are part of anything or not.
    #[must_use]
    pub const fn segment_count(&self) -> usize {
        self.inventory.segments
    }

    /// Finds a part by its name. O(log parts).
    #[must_use]
    pub fn find_part(&self, name: &str) -> Option<PartId> {
        self.inventory.parts.binary_search_by(|part| part.name.as_str().cmp(name)).ok().map(PartId::from_index)
    }

    /// The parts that a hit of an event may break.
    #[must_use]
    pub fn hit_parts(&self, event: usize, hit: usize) -> &[PartId] {
        &self.hit_parts[event][hit]
    }

    /// Draws a fault of a part: place, then detection, permit, work and weather.
    ///
    /// All of it is drawn at once, so that what others do changes nothing in it.
    pub fn draw_fault(&self, part: PartId, draws: &mut Draws) -> Fault {
        let Part { repair, .. } = &self.inventory.parts[part.index()];
        let share = draws.uniform();
        let place = self.place(part, share);
        let detection = repair.detection.draw_h(draws);
        let permit = match repair.permit {
            Permit::After(delay) => delay,
            Permit::BySea => self.permit_at(place),
        };
        let permit = permit.draw_h(draws);
        let [work, weather] = [repair.work, repair.weather].map(|delay| Time::from_hours(delay.draw_h(draws)));
        let [detection, permit] = [detection, permit].map(Time::from_hours);
        Fault { place, pool: repair.pools[usize::from(share >= 0.5)], detection, permit, work, weather }
    }

    /// The place at a share of a part's line; `None` if it has none.
    pub(super) fn place(&self, part: PartId, share: f64) -> Option<Position> {
        place_on(&self.inventory.parts[part.index()].line, &self.along[part.index()], share)
    }

    pub(super) fn permit_at(&self, place: Option<Position>) -> Delay {
        let area = place.and_then(|place| self.inventory.permits.areas.iter().find(|area| area.contains(place)));
        area.map_or(self.inventory.permits.elsewhere, |area| area.permit)
    }
}

fn check_part(part: &Part, segments: usize, pools: usize) {
    let (name, repair) = (&part.name, &part.repair);
    assert!(part.faults_per_year.is_finite() && part.faults_per_year >= 0.0, "{name}: a rate is finite and not negative");
    assert!(part.segments.iter().all(|segment| segment.index() < segments), "{name}: segments exist");
    assert!(part.segments.is_sorted_by(|a, b| a < b), "{name}: segments ascend");
    assert!(repair.pools.iter().flatten().all(|pool| pool.index() < pools), "{name}: pools exist");
    assert!([repair.detection, repair.work, repair.weather].iter().all(|delay| delay.is_valid()), "{name}: delays are times");
}

fn check_event(event: &Event) {
    let name = &event.name;
    assert!(event.per_year.is_finite() && event.per_year >= 0.0, "{name}: a rate is finite and not negative");
    for hit in &event.hits {
        assert!((0.0..=1.0).contains(&hit.probability), "{name}: a probability lies in 0..=1");
        assert!(!hit.parts.is_empty(), "{name}: a hit breaks something");
    }
}

fn check_pool(pool: &Pool) {
    match pool {
        Pool::Crews(crews) => assert!(*crews > 0, "a pool holds a crew, or nothing is ever mended"),
        Pool::Ships(fleet) | Pool::UnlimitedShips(fleet) => {
            assert!(!fleet.ships.is_empty(), "a fleet has a ship, or nothing is ever mended");
            assert!(fleet.speed_km_per_h.is_finite() && fleet.speed_km_per_h > 0.0, "ships move");
        }
    }
}

/// Distance along the line to each of its points, in metres.
fn distances(line: &[Position]) -> Vec<f64> {
    let mut along = 0.0;
    let steps = line.windows(2).map(|ends| great_circle_m(ends[0], ends[1]));
    std::iter::once(0.0)
        .chain(steps)
        .map(|step| {
            along += step;
            along
        })
        .take(line.len())
        .collect()
}

/// The place at a share of the line's length.
fn place_on(line: &[Position], along: &[f64], share: f64) -> Option<Position> {
    let at = share * along.last()?;
    let next = along.partition_point(|&distance| distance <= at);
    let Some(&end) = along.get(next) else { return line.last().copied() };
    let begin = along[next - 1];
    Some(between(line[next - 1], line[next], (at - begin) / (end - begin)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(lat: f64, lon: f64) -> Position {
        Position::new(lat, lon).unwrap()
    }

    #[test]
    fn hours_are_whole_milliseconds() {
        assert_eq!(Time::from_hours(1.0).ms(), 3_600_000);
        assert_eq!(Time::from_years(1.0).hours(), HOURS_PER_YEAR);
        assert_eq!(Time::from_hours(f64::INFINITY).ms(), 1 << 63);
    }

    #[test]
    fn a_share_of_a_line_counts_its_bends() {
        // One degree north, then three east: the middle is one degree along the second stretch.
        let line = [at(0.0, 0.0), at(1.0, 0.0), at(1.0, 3.0)];
        let along = distances(&line);
        let middle = place_on(&line, &along, 0.5).unwrap();
        assert!((middle.lat() - 1.0).abs() < 1e-3 && (middle.lon() - 1.0).abs() < 1e-3, "{middle:?}");
        assert_eq!(place_on(&line, &along, 0.0), Some(line[0]));
        assert_eq!(place_on(&line[..1], &along[..1], 0.7), Some(line[0]));
        assert_eq!(place_on(&[], &[], 0.5), None);
    }
}
