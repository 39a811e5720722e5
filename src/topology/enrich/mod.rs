//! Adds to a topology's claims what a plain map leaves out, step by step, each marked imputed with a source of its own.
//!
//! Nothing that anybody says is changed: a step fills what is blank, or adds a row. Every step may be left out; their
//! order is fixed; a second run adds nothing. It reads no file and makes no demands, for those need the demand model.

mod borders;
mod capacity;
mod country;
mod domestic;
mod latency;
mod roles;

pub use capacity::{CapacityRow, generation_mbps, system_mbps};

use std::collections::{BTreeMap, BTreeSet};

use crate::file::{Entry, List};
use crate::topology::gazetteer::Gazetteer;
use crate::topology::raw::{RawCable, RawSegment, RawSite, RawSource, RawTerritory, RawTopology};
use crate::units::Position;

/// What can be added, in the order in which it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Territories of sites whose country nobody says: that of the nearest city.
    Country,
    /// Roles of gateways: landings are channel gateways, crossings on land border gateways, and each capital is a
    /// service gateway, made where no site is near it.
    Roles,
    /// Domestic links, so that the sites of each territory hang together: a minimum spanning tree.
    Domestic,
    /// Land links between neighbours that have none.
    Borders,
    /// Latency of segments that state none, written out from their length.
    Latency,
    /// Capacity of segments that state none: from a table, else by medium and year.
    Capacity,
    /// Gravity demands between the main sites of territories, where there are none.
    Demands,
}

impl Step {
    /// All steps, in their order.
    pub const ALL: [Self; 7] =
        [Self::Country, Self::Roles, Self::Domestic, Self::Borders, Self::Latency, Self::Capacity, Self::Demands];

    /// The word by which users name it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Country => "country",
            Self::Roles => "roles",
            Self::Domestic => "domestic",
            Self::Borders => "borders",
            Self::Latency => "latency",
            Self::Capacity => "capacity",
            Self::Demands => "demands",
        }
    }

    /// The rule, as the title of its source.
    #[must_use]
    pub const fn rule(self) -> &'static str {
        match self {
            Self::Country => {
                "country of the nearest city of 15,000 people or more (GeoNames, CC BY 4.0) within 1,500 km; right for about \
                 nine in ten landing points"
            }
            Self::Roles => {
                "ends of submarine cables are channel gateways; ends of land cables across a border are border and channel \
                 gateways; the capital (GeoNames, CC BY 4.0), or the site within 50 km of it, is a comprehensive gateway"
            }
            Self::Domestic => {
                "minimum spanning tree over great circles among what hangs together already, times 1.35; a hop of more than \
                 100 km only if its middle is within a sixth of its length, or 100 km, of a city of the country"
            }
            Self::Borders => {
                "neighbours by land (GeoNames, CC BY 4.0) without a land cable between them are joined where their sites are \
                 nearest, up to 1,500 km; great circle times 1.35"
            }
            Self::Latency => "4.897 us per km of fibre (G.652, group index 1.468), 3.336 us per km of radio",
            Self::Capacity => capacity::RULE,
            Self::Demands => {
                "gravity: what a territory's users use, shared among all others by users times hub weight; where nobody says, \
                 users are 67 % of the people (ITU 2023) and use 340 (Europe), 214 (Americas), 174 (Arab States), 34 (Africa) \
                 or 144 kbit/s each (ITU 2021)"
            }
        }
    }

    /// Id of its source.
    #[must_use]
    pub const fn source(self) -> &'static str {
        match self {
            Self::Country => "ENRICH-COUNTRY",
            Self::Roles => "ENRICH-ROLES",
            Self::Domestic => "ENRICH-DOMESTIC",
            Self::Borders => "ENRICH-BORDERS",
            Self::Latency => "ENRICH-LATENCY",
            Self::Capacity => "ENRICH-CAPACITY",
            Self::Demands => "ENRICH-DEMANDS",
        }
    }
}

/// How much a step added: sites given a territory or a role, segments made or filled.
pub type Added = (Step, usize);

/// Takes the steps that were asked for, in their order, and says how much each added.
///
/// [`Step::Demands`] is left to [`impute`](crate::demand), which can see the whole. `capacities` say what a table knows
/// of cables; rows of unknown cables do nothing. The domestic step takes O(n² log n) time and O(n²) space for the n sites
/// of a territory, the others O(n log n).
pub fn run(raw: &mut RawTopology, steps: &BTreeSet<Step>, capacities: &[CapacityRow]) -> Vec<Added> {
    let world = Gazetteer::world();
    let mut added = Vec::new();
    for &step in steps {
        let count = match step {
            Step::Country => country::fill(raw, world),
            Step::Roles => roles::fill(raw, world),
            Step::Domestic => domestic::fill(raw, world),
            Step::Borders => borders::fill(raw, world),
            Step::Latency => latency::fill(raw),
            Step::Capacity => capacity::fill(raw, capacities),
            Step::Demands => continue,
        };
        if count > 0 {
            cite(raw, step);
        }
        added.push((step, count));
    }
    added
}

/// Sees to it that the source of a step is there.
pub fn cite(raw: &mut RawTopology, step: Step) {
    add_source(raw, step.source(), "imputed", step.rule());
}

fn add_source(raw: &mut RawTopology, id: &str, kind: &str, title: &str) {
    if raw.head.source.iter().all(|source| source.id.text != id) {
        let source = RawSource { id: id.into(), kind: kind.into(), title: title.into(), ..RawSource::default() };
        raw.head.source.push(source);
    }
}

/// The source of a step alone.
fn only(step: Step) -> List {
    [step.source()].into_iter().collect()
}

/// Where a site is, if its coordinates are on Earth.
fn position(site: &RawSite) -> Option<Position> {
    Position::new(site.lat.text.parse().ok()?, site.lon.text.parse().ok()?)
}

fn has_role(site: &RawSite, role: &str) -> bool {
    site.roles.entries().iter().any(|entry| entry.text.split('@').next() == Some(role))
}

/// Gives a site a role for all its time, if it has it at no time yet; tells whether it did.
fn give_role(site: &mut RawSite, role: &str, step: Step) -> bool {
    if has_role(site, role) || has_role(site, "branching-unit") {
        return false;
    }
    site.roles.add(role);
    site.source.add(step.source());
    true
}

/// Positions of sites by their ids.
fn numbers(raw: &RawTopology) -> BTreeMap<String, usize> {
    raw.sites.iter().enumerate().map(|(i, site)| (site.id.text.to_string(), i)).collect()
}

/// Positions of both ends of each segment; none where an end is no site.
fn ends(raw: &RawTopology) -> Vec<Option<[usize; 2]>> {
    let numbers = numbers(raw);
    let end = |entry: &Entry| numbers.get(entry.text.as_str()).copied();
    raw.segments.iter().map(|segment| Some([end(&segment.a)?, end(&segment.b)?])).collect()
}

/// The kind of each segment's cable.
fn kinds(raw: &RawTopology) -> Vec<String> {
    let kinds: BTreeMap<&str, &str> = raw.cables.iter().map(|cable| (cable.id.text.as_str(), cable.kind.text.as_str())).collect();
    raw.segments.iter().map(|segment| kinds.get(segment.cable.text.as_str()).copied().unwrap_or_default().to_owned()).collect()
}

/// Adds a link on land as a cable of its own. Its length is the great circle times 1.35 (see the rules).
fn join(raw: &mut RawTopology, name: &str, [a, b]: [usize; 2], step: Step) {
    const ROUTE_FACTOR: f64 = 1.35;
    let [from, to] = [a, b].map(|site| position(&raw.sites[site]).expect("only places with coordinates are joined"));
    let km = crate::topology::geography::geodesic_m(from, to) / 1e3 * ROUTE_FACTOR;
    let id = unused(name, |id| raw.cables.iter().any(|cable| cable.id.text == id));
    raw.cables.push(RawCable {
        id: id.as_str().into(),
        kind: "terrestrial".into(),
        source: only(step),
        confidence: "low".into(),
        ..RawCable::default()
    });
    let segment = unused(name, |id| raw.segments.iter().any(|segment| segment.id.text == id));
    raw.segments.push(RawSegment {
        id: segment.into(),
        cable: id.into(),
        a: raw.sites[a].id.text.as_str().into(),
        b: raw.sites[b].id.text.as_str().into(),
        length_km: format!("{km:.1}").into(),
        length_source: only(step),
        source: only(step),
        confidence: "low".into(),
        ..RawSegment::default()
    });
}

/// The id itself, or with the first number behind it that is free.
fn unused(id: &str, is_used: impl Fn(&str) -> bool) -> String {
    let numbered = (2..).map(|n| format!("{id}-{n}"));
    std::iter::once(id.to_owned()).chain(numbered).find(|id| !is_used(id)).expect("some number is free")
}

/// The territory of that code, made if need be: open, for no law is read out of a map.
fn territory<'r>(raw: &'r mut RawTopology, code: &str, world: &Gazetteer, step: Step) -> &'r mut RawTerritory {
    let known = raw.head.territory.iter().position(|territory| territory.id.text == code);
    let at = known.unwrap_or_else(|| {
        let country = world.country(code);
        raw.head.territory.push(RawTerritory {
            id: code.into(),
            name: country.map_or(code, |country| country.name.as_str()).into(),
            regime: "open".into(),
            transit: "service".into(),
            region: country.map(|country| country.region.as_str().into()).unwrap_or_default(),
            source: only(step),
            confidence: "low".into(),
            ..RawTerritory::default()
        });
        raw.head.territory.len() - 1
    });
    &mut raw.head.territory[at]
}

#[cfg(test)]
mod tests;
