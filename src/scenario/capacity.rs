//! What a scenario's capacity studies ask: its words and names as a specification that cannot be wrong.

use crate::capacity::between::{Place, SiteLimits};
use crate::capacity::place::{Bounds, Mode, Routing};
use crate::capacity::{Spec, between, growth, place};
use crate::demand::{Growth, Request};
use crate::file::{Entry, Interval, Number};
use crate::policy::Policy;
use crate::problem::{Problem, Problems, code};
use crate::scenario::places::Places;
use crate::scenario::raw::RawCapacity;
use crate::scenario::words::{METRICS, OBJECTIVES, Objective, ROUTINGS, Spread};
use crate::topology::{SiteId, Topology};

const GROWTH: Number = Number { name: "growth in per cent a year", interval: Interval::closed(-99.0, 1000.0) };
const FULL: Number = Number { name: "utilisation in per cent", interval: Interval::closed(0.1, 1e4) };
const PERCENT: Number = Number { name: "share in per cent", interval: Interval::closed(0.0, 100.0) };

/// Years looked ahead where the study does not say until when.
const YEARS: u32 = 20;
/// Routes of a split where the study does not say how many.
const ROUTES: usize = 4;

/// One study; `None` where something is wrong, or for an optimum, which this version does not compute.
pub(super) fn study(
    raw: &RawCapacity,
    demands: &[Request],
    places: &Places,
    (topology, policy): (Option<&Topology>, Option<&Policy>),
    problems: &mut Problems,
) -> Option<Spec> {
    let objective = raw.objective.word("objective", OBJECTIVES, problems).unwrap_or(Objective::Utilisation);
    let placement = placement(raw, demands, problems);
    raw.gap_percent.number(PERCENT, problems);
    let growth_percent = raw.growth_percent.number(GROWTH, problems);
    let until = raw.until.whole("year", 1850, 2200, problems);
    let full_percent = raw.full_percent.number(FULL, problems).unwrap_or(100.0);
    let ends = [&raw.from.entries(), &raw.to.entries()].map(|entries| ends(entries, places, topology, problems));
    match objective {
        Objective::Utilisation => Some(Spec::Place(placement?)),
        Objective::Growth => {
            let growth = growth_percent.map_or_else(|| Some(Growth::published()), |percent| Growth::at(percent / 100.0))?;
            let year = u32::try_from(policy?.as_of.year()).ok()?;
            let years = until.and_then(|until| u32::try_from(until).ok()).map_or(YEARS, |until| until.saturating_sub(year));
            Some(Spec::Growth(growth::Spec { placement: placement?, growth, years, full: full_percent / 100.0 }))
        }
        Objective::MaxFlow => {
            for (entries, key) in [(&raw.from, "from"), (&raw.to, "to")] {
                if entries.entries().is_empty() {
                    let problem = Problem::new(code::MISSING_VALUE, format!("a maximum flow needs `{key}`"));
                    let place = raw.objective.place.clone();
                    problems.push(Problem { place, ..problem }.help("name a site, a territory or a list of them"));
                }
            }
            let [from, to] = ends;
            Some(Spec::Between(between::Spec { from: from?, to: to?, sites: SiteLimits::None }))
        }
        Objective::Concurrent | Objective::MinUtilisation | Objective::MaxCarried => None,
    }
}

fn placement(raw: &RawCapacity, demands: &[Request], problems: &mut Problems) -> Option<place::Spec> {
    let spread = raw.routing.word("routing", ROUTINGS, problems).unwrap_or(Spread::Shortest);
    let k = raw.k.whole("number of routes", 1, 1000, problems).and_then(|k| usize::try_from(k).ok());
    let metric = raw.metric.word("metric", METRICS, problems).unwrap_or_default();
    let is_admission = raw.admission.boolean(problems).unwrap_or(false);
    let routing = match spread {
        Spread::Shortest => Routing::Shortest,
        Spread::EqualCost => Routing::EqualCost,
        Spread::Split => Routing::Split { routes: k.unwrap_or(ROUTES) },
        Spread::Optimal => return None,
    };
    let mode = if is_admission { Mode::Admission } else { Mode::Offered };
    Some(place::Spec { requests: demands.to_vec(), metric, routing, mode, bounds: Bounds::Held })
}

/// The sites that entries name: one, or all of a territory; a site wins where both have the id.
fn ends(entries: &[Entry], places: &Places, topology: Option<&Topology>, problems: &mut Problems) -> Option<Place> {
    for entry in entries {
        places.end(entry, problems);
    }
    let topology = topology?;
    let mut sites: Vec<SiteId> = Vec::new();
    for entry in entries {
        let id = entry.get()?;
        match topology.sites().find(|(_, site)| site.id == id) {
            Some((site, _)) => sites.push(site),
            None => {
                let territory = topology.find_territory(id)?;
                sites.extend(topology.sites().filter(|(_, site)| site.territory == Some(territory)).map(|(site, _)| site));
            }
        }
    }
    let names: Vec<&str> = entries.iter().map(|entry| entry.text.as_str()).collect();
    (!sites.is_empty()).then(|| Place { name: names.join(" and "), sites })
}
