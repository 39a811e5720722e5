//! What would relieve a full cable: light more of it, or build another beside it, and what published prices say it costs.
//!
//! It prices steps; it does not put them into the topology (a scenario's changes do).

use super::growth::Course;
use super::load::{Loads, capacity_mbps};
use crate::network::LaneId;
use crate::policy::Law;
use crate::topology::{CableId, CableKind, CapacityBasis, SegmentId};
use crate::units::Length;

/// A published price of building, per km of cable.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Price {
    /// What is built.
    pub kind: CableKind,
    /// USD per km, of its time.
    pub usd_per_km: f64,
    /// Whose price it is.
    pub source: &'static str,
}

/// The published prices, those of one kind together, ascending.
///
/// [`Upgrade::Build`] takes the median of its kind (the mean of the middle two), so that no single project decides.
#[must_use]
pub const fn published_prices() -> [Price; 13] {
    const fn price(kind: CableKind, usd_per_km: f64, source: &'static str) -> Price {
        Price { kind, usd_per_km, source }
    }
    use CableKind::{Submarine, Terrestrial};
    [
        price(Submarine, 26_000.0, "SeaMeWe-6, announced cost over length"),
        price(Submarine, 30_000.0, "EASSy, announced cost over length"),
        price(Submarine, 36_000.0, "all systems 1990-2019, USD 50 billion for 1.4 million km (Submarine Telecoms Forum)"),
        price(Submarine, 41_000.0, "ACE, announced cost over length"),
        price(Submarine, 45_000.0, "WACS, announced cost over length"),
        price(Submarine, 47_000.0, "EIG, announced cost over length"),
        price(Submarine, 48_000.0, "Asia Link Cable, announced cost over length"),
        price(Terrestrial, 13_000.0, "Myanmar, built alone (ESCAP, co-deployment study, 2018)"),
        price(Terrestrial, 17_000.0, "Tanzania, national backbone, cost over length"),
        price(Terrestrial, 26_000.0, "Rwanda, national backbone, cost over length"),
        price(Terrestrial, 33_000.0, "China-Myanmar cable with terminals, cost over length"),
        price(Terrestrial, 49_000.0, "Uganda, national backbone, cost over length"),
        price(Terrestrial, 54_000.0, "China-Pakistan cable, cost over length"),
    ]
}

/// From decision to service, in years, the longer of what the trade says: terminals 6-12 months, sea 3-4 years, land 1-3.
const LEAD_TERMINALS: i16 = 1;
const LEAD_SUBMARINE: i16 = 4;
const LEAD_LAND: i16 = 3;

/// The cheapest step that relieves a cable.
///
/// Light comes before building wherever it helps: civil works alone are half and more of what a new cable costs
/// (LIRNEasia: 50-90 %).
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Upgrade {
    /// New terminals on the same fibre, up to its design capacity. Nobody publishes prices.
    Light,
    /// As much again beside the segments that are full.
    Build {
        /// Of these segments.
        length: Length,
        /// At the median published price; `None` where none is known for the kind.
        usd_million: Option<f64>,
    },
}

/// What to do about a cable that gets full, and until when.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Which cable.
    pub cable: CableId,
    /// The year in which it is full.
    pub year: i16,
    /// Its segments that are full then, ascending.
    pub segments: Vec<SegmentId>,
    /// What helps.
    pub upgrade: Upgrade,
    /// Last year in which to decide, by the usual lead time.
    pub decide_by: i16,
    /// The year in which these segments are full again; `None` = not in the years looked at.
    pub lasts_until: Option<i16>,
}

/// The step for each cable that gets full, by year, then cable. `loads` are those of each year.
pub(super) fn steps(law: &Law<'_>, full: f64, course: &Course, loads: &[Loads]) -> Vec<Step> {
    let mut steps: Vec<Step> = course
        .cables
        .iter()
        .enumerate()
        .filter_map(|(i, year)| step(law, full, course, loads, (CableId::from_index(i), (*year)?)))
        .collect();
    steps.sort_by_key(|step| (step.year, step.cable));
    steps
}

fn step(law: &Law<'_>, full: f64, course: &Course, loads: &[Loads], (cable, year): (CableId, i16)) -> Option<Step> {
    let topology = law.topology();
    let when = course.years.iter().position(|candidate| candidate.year == year)?;
    // Whether a segment is full where its capacity is `times` that of a basis.
    let is_full = |loads: &Loads, segment: SegmentId, basis: CapacityBasis, times: f64| {
        [0, 1].into_iter().any(|backwards| {
            let lane = LaneId::new(segment, backwards);
            let load = loads.lanes[lane.index()];
            #[expect(clippy::cast_precision_loss, reason = "below 2^53 Mbit/s")]
            let is_past = |capacity: u64| load > 0.0 && load >= full * times * capacity as f64;
            capacity_mbps(law, lane, basis).is_some_and(is_past)
        })
    };
    let basis = law.policy().capacity;
    let of_cable = topology.segments().filter(|(id, segment)| segment.cable == cable && law.is_usable(*id));
    let segments: Vec<SegmentId> = of_cable.map(|(id, _)| id).filter(|&id| is_full(&loads[when], id, basis, 1.0)).collect();
    let any_full = |loads: &Loads, basis, times| segments.iter().any(|&id| is_full(loads, id, basis, times));
    let lights = basis == CapacityBasis::Lit && !any_full(&loads[when], CapacityBasis::Design, 1.0);
    let kind = topology.cable(cable).kind;
    let length: Length = segments.iter().map(|&id| topology.segment(id).length).sum();
    let (upgrade, lead, then, times) = if lights {
        (Upgrade::Light, LEAD_TERMINALS, CapacityBasis::Design, 1.0)
    } else {
        let usd_million = median_price(kind).map(|usd_per_km| usd_per_km * length.km() / 1e6);
        let lead = if kind == CableKind::Submarine { LEAD_SUBMARINE } else { LEAD_LAND };
        (Upgrade::Build { length, usd_million }, lead, basis, 2.0)
    };
    let again = (when..loads.len()).find(|&later| any_full(&loads[later], then, times));
    let lasts_until = again.map(|later| course.years[later].year);
    Some(Step { cable, year, segments, upgrade, decide_by: year - lead, lasts_until })
}

fn median_price(kind: CableKind) -> Option<f64> {
    let prices: Vec<f64> = published_prices().iter().filter(|price| price.kind == kind).map(|price| price.usd_per_km).collect();
    let middle = prices.len().checked_sub(1)? / 2;
    Some(f64::midpoint(prices[middle], prices[prices.len() / 2]))
}
