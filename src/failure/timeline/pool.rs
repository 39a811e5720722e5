//! Who is free, who comes, and who waits: crews and ships during one sample.
//!
//! First ready, first served; among those ready at the same moment the part that comes first by name. A free ship goes
//! straight to the next fault from wherever it is; idle, it steams back to its base.

use std::collections::BTreeSet;

use crate::failure::timeline::model::{Fleet, PartId, Pool, Time};
use crate::topology::area::between;
use crate::topology::geography::great_circle_m;
use crate::units::Position;

/// Which of a pool's crews, and how long it takes to arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sent {
    /// Position in the fleet; 0 for crews on the spot.
    pub(super) ship: usize,
    /// On the way.
    pub(super) transit: Time,
}

/// A pool in the course of a sample.
#[derive(Clone, Debug)]
pub(super) struct Duty<'a> {
    pool: &'a Pool,
    /// Crews at work.
    busy: u32,
    ships: Vec<Voyage>,
    /// Ready and nobody free, in the order in which they are served.
    waiting: BTreeSet<(Time, PartId)>,
}

#[derive(Clone, Copy, Debug)]
struct Voyage {
    is_busy: bool,
    /// Where it was when it became free, and when that was.
    left: Position,
    free_since: Time,
}

impl<'a> Duty<'a> {
    pub(super) fn new(pool: &'a Pool) -> Self {
        let mut duty = Self { pool, busy: 0, ships: Vec::new(), waiting: BTreeSet::new() };
        duty.reset();
        duty
    }

    /// Everybody free and at home.
    pub(super) fn reset(&mut self) {
        self.busy = 0;
        self.waiting.clear();
        self.ships.clear();
        if let Pool::Ships(fleet) = self.pool {
            let moored = |base| Voyage { is_busy: false, left: base, free_since: Time::ZERO };
            self.ships.extend(fleet.ships.iter().map(|ship| moored(ship.base)));
        }
    }

    /// Sends whoever is free and soonest there (ties: first in the fleet), or puts the part in the queue.
    pub(super) fn request(&mut self, now: Time, part: PartId, place: Option<Position>) -> Option<Sent> {
        let sent = self.send(now, place);
        if sent.is_none() {
            self.waiting.insert((now, part));
        }
        sent
    }

    /// Takes the next from the queue, if there is one and somebody free.
    pub(super) fn next(&mut self, now: Time, place: impl Fn(PartId) -> Option<Position>) -> Option<(PartId, Sent)> {
        let &(ready, part) = self.waiting.first()?;
        let sent = self.send(now, place(part))?;
        self.waiting.remove(&(ready, part));
        Some((part, sent))
    }

    /// The work is done.
    pub(super) fn release(&mut self, now: Time, ship: usize, place: Option<Position>) {
        self.busy -= 1;
        if let (Pool::Ships(fleet), Some(voyage)) = (self.pool, self.ships.get_mut(ship)) {
            *voyage = Voyage { is_busy: false, left: place.unwrap_or(fleet.ships[ship].base), free_since: now };
        }
    }

    fn send(&mut self, now: Time, place: Option<Position>) -> Option<Sent> {
        let sent = match self.pool {
            Pool::Crews(crews) => (self.busy < *crews).then_some(Sent { ship: 0, transit: Time::ZERO }),
            Pool::Ships(fleet) => {
                let free = self.ships.iter().enumerate().filter(|(_, voyage)| !voyage.is_busy);
                let transits = free.map(|(ship, voyage)| (transit(fleet, position(fleet, ship, voyage, now), place), ship));
                transits.min().map(|(transit, ship)| Sent { ship, transit })
            }
            Pool::UnlimitedShips(fleet) => {
                let bases = fleet.ships.iter().enumerate();
                bases.map(|(i, ship)| (transit(fleet, ship.base, place), i)).min().map(|(transit, ship)| Sent { ship, transit })
            }
        }?;
        self.busy += 1;
        if let Some(voyage) = self.ships.get_mut(sent.ship) {
            voyage.is_busy = true;
        }
        Some(sent)
    }
}

/// Where a free ship is: on its way home, or there.
fn position(fleet: &Fleet, ship: usize, voyage: &Voyage, now: Time) -> Position {
    let base = fleet.ships[ship].base;
    let (way_h, idle_h) = (great_circle_m(voyage.left, base) / 1e3 / fleet.speed_km_per_h, now.since(voyage.free_since).hours());
    if idle_h >= way_h { base } else { between(voyage.left, base, idle_h / way_h) }
}

fn transit(fleet: &Fleet, from: Position, to: Option<Position>) -> Time {
    to.map_or(Time::ZERO, |to| Time::from_hours(great_circle_m(from, to) / 1e3 / fleet.speed_km_per_h))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::repair::Ship;

    fn at(lon: f64) -> Position {
        Position::new(0.0, lon).unwrap()
    }

    /// Two ships on the equator that make a degree an hour.
    fn fleet() -> Fleet {
        let ships = [("east", 90.0), ("west", 0.0)].map(|(name, lon)| Ship { name: name.into(), base: at(lon) });
        Fleet { ships: ships.to_vec(), speed_km_per_h: great_circle_m(at(0.0), at(1.0)) / 1e3 }
    }

    fn near(time: Time, hours: f64) -> bool {
        (time.hours() - hours).abs() < 1e-6
    }

    #[test]
    fn the_nearest_free_ship_goes_and_the_next_waits() {
        let pool = Pool::Ships(fleet());
        let mut duty = Duty::new(&pool);
        let first = duty.request(Time::ZERO, PartId(0), Some(at(10.0))).unwrap();
        assert!(first.ship == 1 && near(first.transit, 10.0));
        let second = duty.request(Time::ZERO, PartId(1), Some(at(20.0))).unwrap();
        assert!(second.ship == 0 && near(second.transit, 70.0));
        assert_eq!(duty.request(Time::from_hours(1.0), PartId(3), Some(at(11.0))), None);
        assert_eq!(duty.request(Time::from_hours(1.0), PartId(2), Some(at(12.0))), None);
        duty.release(Time::from_hours(30.0), 1, Some(at(10.0)));
        let (part, sent) = duty.next(Time::from_hours(30.0), |_| Some(at(12.0))).unwrap();
        assert_eq!(part, PartId(2), "ready at the same moment, and first by name");
        assert!(sent.ship == 1 && near(sent.transit, 2.0), "{sent:?}");
        assert_eq!(duty.next(Time::from_hours(31.0), |_| None), None);
    }

    #[test]
    fn an_idle_ship_steams_home() {
        let pool = Pool::Ships(fleet());
        let mut duty = Duty::new(&pool);
        let sent = duty.request(Time::ZERO, PartId(0), Some(at(40.0))).unwrap();
        duty.release(Time::from_hours(50.0), sent.ship, Some(at(40.0)));
        let mut later = duty.clone();
        let underway = duty.request(Time::from_hours(60.0), PartId(1), Some(at(0.0))).unwrap();
        assert!(underway.ship == 1 && near(underway.transit, 30.0), "{underway:?}");
        let moored = later.request(Time::from_hours(99.0), PartId(1), Some(at(0.0))).unwrap();
        assert!(near(moored.transit, 0.0), "{moored:?}");
    }

    #[test]
    fn unlimited_ships_never_make_anyone_wait() {
        let pool = Pool::UnlimitedShips(fleet());
        let mut duty = Duty::new(&pool);
        for part in 0..5 {
            let sent = duty.request(Time::ZERO, PartId(part), Some(at(80.0))).unwrap();
            assert!(sent.ship == 0 && near(sent.transit, 10.0));
        }
    }

    #[test]
    fn crews_on_the_spot_are_as_many_as_they_are() {
        let pool = Pool::Crews(2);
        let mut duty = Duty::new(&pool);
        let sent: Vec<bool> = (0..3).map(|part| duty.request(Time::ZERO, PartId(part), None).is_some()).collect();
        assert_eq!(sent, [true, true, false]);
        duty.release(Time::ZERO, 0, None);
        assert_eq!(duty.next(Time::ZERO, |_| None).unwrap().0, PartId(2));
    }
}
