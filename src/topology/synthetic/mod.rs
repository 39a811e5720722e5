//! Synthetic international networks of any size, from real cities and land borders: for tests of scale and for examples
//! that carry no licence.
//!
//! Places, countries and neighbours are real (`GeoNames`); cables, gateways, regimes, lengths and capacities are drawn, and
//! say so. Coasts are not known: landings are at cities beside which a wide sector holds no other city. Lines are not kept
//! off land. The same wish gives the same claims, at any thread count.

mod groups;
mod land;
mod places;
mod sea;

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use crate::file::List;
use crate::random::{Draws, Seed, Stream};
use crate::topology::gazetteer::{Gazetteer, plain_letter};
use crate::topology::geography::geodesic_m;
use crate::topology::grid::{Vector, vector};
use crate::topology::raw::{FORMAT, RawCable, RawScope, RawSegment, RawSite, RawSource, RawTerritory, RawTopology};
use crate::units::{Bandwidth, Position};

/// How many sites a network may have.
pub const SITES: RangeInclusive<u32> = 100..=100_000;

/// Source of all that is drawn.
const DRAWN: &str = "SYNTHETIC";
/// Source of cities, countries and neighbours.
const PLACES: &str = "GEONAMES";
/// Share of sites that are cable landings, and that may become branching units.
const LANDINGS: f64 = 0.14;
const JOINTS: f64 = 0.06;
/// One territory for so many sites.
const SITES_PER_TERRITORY: u32 = 12;

/// In how many places of each territory users are, if there is one for as many sites as there are sites for a territory.
///
/// One, until the countries of the world run out and territories grow: about 3,000 sites.
#[must_use]
pub fn places(raw: &RawTopology) -> usize {
    let per_place = usize::try_from(SITES_PER_TERRITORY).expect("a small number");
    (raw.sites.len() / per_place / raw.head.territory.len().max(1)).max(1)
}

/// What is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wish {
    /// How many sites, branching units among them: one of [`SITES`].
    pub sites: u32,
    /// The course of chance.
    pub seed: u64,
}

/// A territory while it is made.
struct Land {
    code: String,
    /// Position among the gazetteer's countries.
    country: usize,
    regime: &'static str,
    transit: &'static str,
    /// Sites that are no landing: the capital first, then by order of making.
    hubs: Vec<usize>,
    landings: Vec<usize>,
}

/// A site while it is made.
struct Spot {
    id: String,
    name: String,
    /// Position among the territories; none at sea.
    land: Option<usize>,
    position: Position,
    vector: Vector,
    roles: Vec<&'static str>,
}

/// A segment while it is made.
struct Span {
    cable: usize,
    ends: [usize; 2],
    km: f64,
}

/// A cable while it is made.
struct Line {
    id: String,
    kind: &'static str,
    year: u32,
    fibre_pairs: Option<u32>,
    owners: Vec<String>,
    design_mbps: u64,
    lit_mbps: u64,
}

/// Everything that is made so far.
struct Network {
    world: &'static Gazetteer,
    seed: Seed,
    lands: Vec<Land>,
    spots: Vec<Spot>,
    lines: Vec<Line>,
    spans: Vec<Span>,
    scopes: Vec<RawScope>,
    /// How often each id was wanted.
    ids: BTreeMap<String, u32>,
}

/// Makes a network: all its claims but demands, which the demand model adds.
///
/// Every site can be reached from every other. O(n log n), but O(n²) in the landings of the largest territory.
///
/// # Panics
/// If the number of sites is not one of [`SITES`].
#[must_use]
pub fn network(wish: Wish) -> RawTopology {
    assert!(SITES.contains(&wish.sites), "the number of sites was checked");
    let world = Gazetteer::world();
    let mut network = Network {
        world,
        seed: Seed(wish.seed),
        lands: Vec::new(),
        spots: Vec::new(),
        lines: Vec::new(),
        spans: Vec::new(),
        scopes: Vec::new(),
        ids: BTreeMap::new(),
    };
    let share = |share: f64| (f64::from(wish.sites) * share).round();
    network.choose_lands(usize::try_from(wish.sites / SITES_PER_TERRITORY).expect("a small number").max(8));
    network.land_cables(to_count(share(LANDINGS)));
    network.lay_cables(to_count(share(JOINTS)));
    network.settle(usize::try_from(wish.sites).expect("a small number") - network.spots.len());
    network.join_lands();
    network.cross_borders();
    network.join_all();
    network.claims(wish)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole, not negative, and small")]
fn to_count(number: f64) -> usize {
    number as usize
}

/// A name in the letters of ids.
fn slug(name: &str) -> String {
    let slug: String = name.chars().map(plain_letter).filter(char::is_ascii_alphanumeric).collect();
    if slug.is_empty() { "place".to_owned() } else { slug }
}

impl Network {
    /// The draws of a thing, by its name.
    fn draws(&self, name: &str) -> Draws {
        Stream::new(self.seed, name).at(0)
    }

    /// An id that is given once: the word, or the word with a number.
    fn id(&mut self, word: String) -> String {
        let count = self.ids.entry(word.clone()).or_default();
        *count += 1;
        if *count == 1 { word } else { format!("{word}.{count}") }
    }

    fn spot(&mut self, id: String, name: String, land: Option<usize>, position: Position) -> usize {
        let id = self.id(id);
        self.spots.push(Spot { id, name, land, vector: vector(position), position, roles: Vec::new() });
        self.spots.len() - 1
    }

    /// Adds a segment, so long as the great circle times a factor around the median.
    fn span(&mut self, cable: usize, ends: [usize; 2], median_factor: f64, draws: &mut Draws) {
        // At most a metre per kilometre is lost in rounding; build refuses less than 0.98 times the way.
        const SHORTEST: f64 = 1.01;
        let [a, b] = ends.map(|end| self.spots[end].position);
        let factor = draws.lognormal(median_factor, 0.08).clamp(SHORTEST, 3.0);
        self.spans.push(Span { cable, ends, km: (geodesic_m(a, b) / 1e3 * factor).max(0.1) });
    }

    fn give_role(&mut self, spot: usize, role: &'static str) {
        if !self.spots[spot].roles.contains(&role) {
            self.spots[spot].roles.push(role);
        }
    }

    /// Owners of a cable: one to four of the carriers there are.
    fn owners(draws: &mut Draws) -> Vec<String> {
        let mut owners: Vec<u32> = (0..=draws.below(4)).map(|_| draws.below(200) + 1).collect();
        owners.sort_unstable();
        owners.dedup();
        owners.into_iter().map(|owner| format!("Carrier {owner}")).collect()
    }

    fn claims(self, wish: Wish) -> RawTopology {
        let mut raw = RawTopology::default();
        let Wish { sites, seed } = wish;
        raw.head.format = FORMAT.into();
        raw.head.name = format!("synthetic-{sites}").into();
        raw.head.title = format!("Synthetic network of {sites} sites, seed {seed}").into();
        let drawn = format!("drawn by `new --synthetic sites={sites} seed={seed}`: no fact about any network");
        let places = "cities, countries and land borders of GeoNames (CC BY 4.0)";
        for (id, kind, title) in [(DRAWN, "imputed", drawn.as_str()), (PLACES, "published", places)] {
            raw.head.source.push(RawSource { id: id.into(), kind: kind.into(), title: title.into(), ..RawSource::default() });
        }
        raw.head.territory = self.lands.iter().map(|land| self.territory(land)).collect();
        raw.head.risk_group = self.risk_groups();
        raw.sites = self.spots.iter().map(|spot| self.site(spot)).collect();
        raw.cables = self.lines.iter().map(cable).collect();
        raw.segments = self.segments();
        raw.head.scope = self.scopes;
        raw
    }

    fn territory(&self, land: &Land) -> RawTerritory {
        let country = &self.world.countries()[land.country];
        RawTerritory {
            id: land.code.as_str().into(),
            name: country.name.as_str().into(),
            regime: land.regime.into(),
            transit: land.transit.into(),
            main: self.spots[land.hubs[0]].id.as_str().into(),
            region: country.region.as_str().into(),
            source: [DRAWN, PLACES].into_iter().collect(),
            confidence: "low".into(),
            ..RawTerritory::default()
        }
    }

    fn site(&self, spot: &Spot) -> RawSite {
        RawSite {
            id: spot.id.as_str().into(),
            name: spot.name.as_str().into(),
            territory: spot.land.map_or("", |land| self.lands[land].code.as_str()).into(),
            lat: spot.position.lat().into(),
            lon: spot.position.lon().into(),
            roles: spot.roles.iter().collect(),
            source: sources(),
            confidence: "low".into(),
            ..RawSite::default()
        }
    }

    fn segments(&self) -> Vec<RawSegment> {
        let mut counts = vec![0_u32; self.lines.len()];
        let mut segments = Vec::with_capacity(self.spans.len());
        for span in &self.spans {
            counts[span.cable] += 1;
            let line = &self.lines[span.cable];
            segments.push(RawSegment {
                id: format!("{}.{}", line.id, counts[span.cable]).into(),
                cable: line.id.as_str().into(),
                a: self.spots[span.ends[0]].id.as_str().into(),
                b: self.spots[span.ends[1]].id.as_str().into(),
                length_km: format!("{:.1}", span.km).into(),
                length_source: sources(),
                design: Bandwidth::from_mbps(line.design_mbps).into(),
                lit: Bandwidth::from_mbps(line.lit_mbps).into(),
                capacity_source: sources(),
                source: sources(),
                confidence: "low".into(),
                ..RawSegment::default()
            });
        }
        segments
    }
}

fn sources() -> List {
    [DRAWN].into_iter().collect()
}

fn cable(line: &Line) -> RawCable {
    RawCable {
        id: line.id.as_str().into(),
        kind: line.kind.into(),
        owners: line.owners.iter().collect(),
        fibre_pairs: line.fibre_pairs.map_or_else(Default::default, Into::into),
        valid_from: line.year.into(),
        source: sources(),
        confidence: "low".into(),
        ..RawCable::default()
    }
}

#[cfg(test)]
mod tests;
