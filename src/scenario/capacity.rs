//! What a scenario's capacity studies ask: its words and names as a specification.
//!
//! Where something is wrong, the problems say so and the specification means nothing: the scenario is refused.

use crate::capacity::between::{ALL_PAIRS_SITES_MAX, Place, SiteLimits};
use crate::capacity::optimal::{self, Goal};
use crate::capacity::place::{Bounds, Mode, Routing};
use crate::capacity::{Spec, between, growth, place};
use crate::demand::{self, Growth, Request, total};
use crate::file::{Entry, Interval, Number};
use crate::policy::Policy;
use crate::problem::{Problem, Problems, code};
use crate::scenario::PairSet;
use crate::scenario::places::Places;
use crate::scenario::raw::RawCapacity;
use crate::scenario::words::{BOUNDS, METRICS, OBJECTIVES, Objective, ROUTINGS, SETS, Spread};
use crate::topology::words::SERVICES;
use crate::topology::{Service, SiteId, Topology};
use crate::units::Bandwidth;

const GROWTH: Number = Number { name: "growth in per cent a year", interval: Interval::closed(-99.0, 1000.0) };
const FULL: Number = Number { name: "utilisation in per cent", interval: Interval::closed(0.1, 1e4) };
const PERCENT: Number = Number { name: "share in per cent", interval: Interval::closed(0.0, 100.0) };

/// Years looked ahead where the study does not say until when.
const YEARS: u32 = 20;
/// Routes of a split where the study does not say how many.
const ROUTES: usize = 4;

/// One study.
pub(super) fn study(
    raw: &RawCapacity,
    demands: &[Request],
    places: &Places,
    (topology, policy): (Option<&Topology>, Option<&Policy>),
    problems: &mut Problems,
) -> Spec {
    let objective = raw.objective.word("objective", OBJECTIVES, problems).unwrap_or(Objective::Utilisation);
    let placement = placement(raw, demands, problems);
    let growth = growth(raw, placement.clone(), policy, problems);
    let between = between(raw, places, topology, problems);
    check_keys(raw, objective, problems);
    let optimum = |goal| {
        let place::Spec { requests, bounds, .. } = placement.clone();
        Spec::Optimal(optimal::Spec { requests, goal, bounds, gap: gap(raw) })
    };
    match objective {
        Objective::Utilisation => Spec::Place(placement),
        Objective::Growth => Spec::Growth(growth),
        Objective::MaxFlow => {
            if let Some(set) = raw.all_pairs.word("set of pairs", SETS, problems) {
                return Spec::AllPairs(all_pairs(raw, set, topology, problems));
            }
            check_places(raw, &between, problems);
            Spec::Between(between)
        }
        Objective::Concurrent | Objective::MinUtilisation => {
            if topology.is_some() && total(demands) == Bandwidth::ZERO {
                let message = "without a demand that has traffic, nothing bounds the multiplier";
                let problem = raw.objective.problem(code::UNBOUNDED, message, "no bound");
                problems.push(problem.help("give demands, or see to it that they are offered on the day"));
            }
            optimum(Goal::Concurrent)
        }
        Objective::MaxCarried => optimum(Goal::Carried),
    }
}

/// The gap at which to stop, which [`placement`] has checked.
fn gap(raw: &RawCapacity) -> f64 {
    raw.gap_percent.number(PERCENT, &mut Problems::new()).map_or(0.0, |percent| percent / 100.0)
}

fn placement(raw: &RawCapacity, demands: &[Request], problems: &mut Problems) -> place::Spec {
    let spread = raw.routing.word("routing", ROUTINGS, problems).unwrap_or(Spread::Shortest);
    let k = raw.k.whole("number of routes", 1, 1000, problems).and_then(|k| usize::try_from(k).ok());
    let metric = raw.metric.word("metric", METRICS, problems).unwrap_or_default();
    let is_admission = raw.admission.boolean(problems).unwrap_or(false);
    let bounds = raw.bounds.word("use of latency bounds", BOUNDS, problems).unwrap_or(Bounds::Held);
    raw.gap_percent.number(PERCENT, problems);
    let routing = match spread {
        Spread::Shortest => Routing::Shortest,
        Spread::EqualCost => Routing::EqualCost,
        Spread::Split => Routing::Split { routes: k.unwrap_or(ROUTES) },
        Spread::Optimal => Routing::Optimal { gap: gap(raw) },
    };
    let mode = if is_admission { Mode::Admission } else { Mode::Offered };
    place::Spec { requests: demands.to_vec(), metric, routing, mode, bounds }
}

fn growth(raw: &RawCapacity, placement: place::Spec, policy: Option<&Policy>, problems: &mut Problems) -> growth::Spec {
    let percent = raw.growth_percent.number(GROWTH, problems);
    let growth = percent.and_then(|percent| Growth::at(percent / 100.0)).unwrap_or_else(Growth::published);
    let until = raw.until.whole("year", 1850, 2200, problems).and_then(|until| u32::try_from(until).ok());
    let year = policy.and_then(|policy| u32::try_from(policy.as_of.year()).ok());
    let years = until.zip(year).map_or(YEARS, |(until, year)| until.saturating_sub(year));
    let full = raw.full_percent.number(FULL, problems).unwrap_or(100.0) / 100.0;
    growth::Spec { placement, growth, years, full }
}

fn between(raw: &RawCapacity, places: &Places, topology: Option<&Topology>, problems: &mut Problems) -> between::Spec {
    let [from, to] = [&raw.from, &raw.to].map(|list| place(list.entries(), places, topology, problems));
    let is_switched = raw.switching.boolean(problems).unwrap_or(false);
    let sites = if is_switched { SiteLimits::Switching } else { SiteLimits::None };
    let service = raw.service.word("service class", SERVICES, problems).unwrap_or(Service::Internet);
    between::Spec { from, to, sites, service }
}

fn all_pairs(raw: &RawCapacity, set: PairSet, topology: Option<&Topology>, problems: &mut Problems) -> Vec<SiteId> {
    let sites: Vec<SiteId> = match (set, topology) {
        (_, None) => Vec::new(),
        (PairSet::Sites, Some(topology)) => topology.sites().map(|(site, _)| site).collect(),
        (PairSet::Territories, Some(topology)) => demand::main_sites(topology),
    };
    if sites.len() > ALL_PAIRS_SITES_MAX {
        let message = format!("all pairs of {} sites are more than a table can hold", sites.len());
        let problem = raw.all_pairs.problem(code::IMPOSSIBLE_NUMBER, message, "too many");
        problems
            .push(problem.help(format!("{ALL_PAIRS_SITES_MAX} sites at most; `territories` asks for their main sites alone")));
    }
    sites
}

/// Keys that mean nothing to the objective or the routing are wishes that would be ignored.
fn check_keys(raw: &RawCapacity, objective: Objective, problems: &mut Problems) {
    let is_routed = matches!(objective, Objective::Utilisation | Objective::Growth);
    let is_optimal = raw.routing.text == "optimal";
    let is_optimum = matches!(objective, Objective::Concurrent | Objective::MinUtilisation | Objective::MaxCarried);
    let is_growth = objective == Objective::Growth;
    let is_flow = objective == Objective::MaxFlow;
    let is_of_two = is_flow && raw.all_pairs.is_blank();
    let of_flow = "it belongs to objective `max-flow` between two places; demands have their own service";
    let place = |list: &crate::file::List| list.entries().first().cloned().unwrap_or_default();
    let of_routing = "it belongs to objectives `utilisation` and `growth`";
    let of_optimum =
        "it belongs to an optimum: `routing = \"optimal\"`, or objectives `concurrent`, `min-utilisation`, `max-carried`";
    let keys = [
        (raw.routing.clone(), "routing", is_routed, of_routing),
        (raw.k.clone(), "k", is_routed && raw.routing.text == "k-shortest", "it belongs to `routing = \"k-shortest\"`"),
        (raw.metric.clone(), "metric", is_routed && !is_optimal, "it belongs to routings that ask for the shortest"),
        (raw.admission.clone(), "admission", objective == Objective::Utilisation, "it belongs to objective `utilisation`"),
        (raw.bounds.clone(), "bounds", !is_flow, "it belongs to objectives with demands"),
        (raw.gap_percent.clone(), "gap_percent", is_optimum || is_routed && is_optimal, of_optimum),
        (place(&raw.from), "from", is_of_two, of_flow),
        (place(&raw.to), "to", is_of_two, of_flow),
        (raw.service.clone(), "service", is_of_two, of_flow),
        (raw.switching.clone(), "switching", is_of_two, of_flow),
        (raw.all_pairs.clone(), "all_pairs", is_flow, "it belongs to objective `max-flow`"),
        (raw.growth_percent.clone(), "growth_percent", is_growth, "it belongs to objective `growth`"),
        (raw.until.clone(), "until", is_growth, "it belongs to objective `growth`"),
        (raw.full_percent.clone(), "full_percent", is_growth, "it belongs to objective `growth`"),
    ];
    for (entry, key, applies, help) in keys {
        if !applies && !entry.is_blank() {
            let problem = entry.problem(code::KEY_DOES_NOT_APPLY, format!("`{key}` does not apply to this study"), "");
            problems.push(problem.help(help));
        }
    }
}

/// A maximum flow has two ends, and they share no site.
fn check_places(raw: &RawCapacity, spec: &between::Spec, problems: &mut Problems) {
    for (list, key) in [(&raw.from, "from"), (&raw.to, "to")] {
        if list.entries().is_empty() {
            let problem = Problem::new(code::MISSING_VALUE, format!("a maximum flow needs `{key}`"));
            let place = raw.objective.place.clone();
            problems.push(Problem { place, ..problem }.help("name a site, a territory or a list of them"));
        }
    }
    if let (Some(entry), true) = (raw.to.entries().first(), spec.from.sites.iter().any(|site| spec.to.sites.contains(site))) {
        let message = format!("`{}` and `{}` share a site, so that nothing bounds the flow", spec.from.name, spec.to.name);
        let problem = entry.problem(code::UNBOUNDED, message, "no bound");
        problems.push(problem.help("name places apart from each other"));
    }
}

/// The sites that entries name: one, or all of a territory; a site wins where both have the id.
fn place(entries: &[Entry], places: &Places, topology: Option<&Topology>, problems: &mut Problems) -> Place {
    let mut sites: Vec<SiteId> = Vec::new();
    for entry in entries {
        places.named(entry, problems);
        let Some((topology, id)) = topology.zip(entry.get()) else { continue };
        match topology.sites().find(|(_, site)| site.id == id) {
            Some((site, _)) => sites.push(site),
            None => {
                let territory = topology.find_territory(id);
                let inside = |site: Option<_>| territory.is_some() && site == territory;
                sites.extend(topology.sites().filter(|(_, site)| inside(site.territory)).map(|(site, _)| site));
            }
        }
    }
    sites.sort_unstable();
    sites.dedup();
    let names: Vec<&str> = entries.iter().map(|entry| entry.text.as_str()).collect();
    Place { name: names.join(" and "), sites }
}
