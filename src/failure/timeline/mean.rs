//! How long a part is down in the mean, if whoever mends it comes at once.

use crate::failure::timeline::model::{Fleet, Model, Part, PartId, Permit, Pool};
use crate::topology::geography::great_circle_m;
use crate::units::Position;

/// So many places along a line stand for all of it.
const PLACES: u32 = 64;

impl Model {
    /// Mean hours from a fault to service, without waiting for a ship or crew, a ship coming from its base.
    ///
    /// Permits and transit are means over 64 places along the line. O(64 × ships) time.
    #[must_use]
    pub fn mean_down_h(&self, part: PartId) -> f64 {
        let Part { repair, .. } = &self.parts()[part.index()];
        let stages = repair.detection.mean_h() + repair.work.mean_h() + repair.weather.mean_h();
        let at = |i: u32| {
            let share = (f64::from(i) + 0.5) / f64::from(PLACES);
            let place = self.place(part, share);
            let permit = match repair.permit {
                Permit::After(delay) => delay,
                Permit::BySea => self.permit_at(place),
            };
            let pool = repair.pools[usize::from(share >= 0.5)].map(|pool| &self.pools()[pool.index()].1);
            permit.mean_h() + place.zip(pool).map_or(0.0, |(place, pool)| transit_h(pool, place))
        };
        stages + (0..PLACES).map(at).sum::<f64>() / f64::from(PLACES)
    }
}

fn transit_h(pool: &Pool, place: Position) -> f64 {
    match pool {
        Pool::Crews(_) => 0.0,
        Pool::Ships(Fleet { ships, speed_km_per_h }) | Pool::UnlimitedShips(Fleet { ships, speed_km_per_h }) => {
            let metres = ships.iter().map(|ship| great_circle_m(ship.base, place));
            metres.fold(f64::INFINITY, f64::min) / 1_000.0 / speed_km_per_h
        }
    }
}
