//! What a scenario asks: its policy, its studies, and what it expects.

use crate::demand::{self, Request};
use crate::failure::Chance;
use crate::file::{Entry, Interval, Number, Record, Table, Tables, Value, fill};
use crate::network::Metric;
use crate::policy::{Policy, Profile, Query};
use crate::problem::{Problem, Problems, code};
use crate::route::{Claim, Condition, Spec};
use crate::scenario::places::Places;
use crate::scenario::raw::{RawCapacity, RawExpect, RawFailure, RawPolicy, RawQuery, RawRoute};
use crate::scenario::words::{BASES, COMPARES, DISJOINTS, METRICS, PROFILES, RULES, SETS};
use crate::scenario::{About, Expectation, PairSet, Question, Study};
use crate::scenario::{capacity, failure};
use crate::topology::words::SERVICES;
use crate::topology::{Service, SiteId, Topology};
use crate::units::{Date, Latency};

const LATENCY: Number = Number { name: "latency in ms", interval: Interval::closed(0.0, 1e6) };
const DETOUR: Number = Number { name: "detour in km", interval: Interval::closed(-1e5, 1e6) };
const BOUND: Number = Number { name: "bound", interval: Interval(std::ops::Bound::Unbounded, std::ops::Bound::Unbounded) };

/// The policy; `None` without a day.
pub(super) fn policy(raw: Option<&RawPolicy>, as_of: Option<Date>, places: &Places, problems: &mut Problems) -> Option<Policy> {
    let raw = raw.cloned().unwrap_or_default();
    let profile = raw.profile.word("profile", PROFILES, problems).unwrap_or(Profile::Lawful);
    let mut rules = profile.rules();
    for entry in raw.rules_off.entries() {
        if let Some(rule) = entry.word("rule", RULES, problems) {
            rules = rules.without(rule);
            if let Some(twice) = raw.rules_on.entries().iter().find(|on| on.text == entry.text) {
                let message = format!("rule {} is both on and off", rule.code());
                let mut problem = entry.problem(code::KEY_DOES_NOT_APPLY, message, "off");
                problem.also.extend(twice.place.clone().map(|place| (place, "on".to_owned())));
                problems.push(problem.help("leave it in one of the two lists"));
            }
        }
    }
    for entry in raw.rules_on.entries() {
        if let Some(rule) = entry.word("rule", RULES, problems) {
            rules = rules.with(rule);
        }
    }
    let transit = raw.service_transit_max.whole("number of territories", 0, 9, problems);
    let capacity = raw.capacity.word("capacity", BASES, problems).unwrap_or_default();
    let avoid = raw.avoid.entries().iter().filter_map(|entry| places.territory(entry, problems)).collect();
    let usual = Policy::new(profile, as_of?);
    let service_transit_max = transit.and_then(|most| u8::try_from(most).ok()).unwrap_or(usual.service_transit_max);
    Some(Policy { rules, service_transit_max, avoid, capacity, ..usual })
}

/// What studies may build on, as far as it is known.
#[derive(Clone, Copy)]
pub(super) struct Known<'a> {
    pub(super) topology: Option<&'a Topology>,
    pub(super) policy: Option<&'a Policy>,
    pub(super) chance: &'a Chance,
}

/// Studies in the order of the file, with unique names.
pub(super) fn studies(
    tables: Tables,
    demands: &[Request],
    places: &Places,
    known: Known<'_>,
    problems: &mut Problems,
) -> Vec<Study> {
    let mut studies: Vec<Study> = Vec::new();
    for (i, mut table) in tables.0.into_iter().enumerate() {
        let place = table.place.clone();
        let Some(Value::Entry(kind)) = table.take("kind") else {
            let problem = Problem::new(code::MISSING_VALUE, "`kind` is missing");
            problems.push(Problem { place, ..problem }.help("write `kind = \"route\"`, \"capacity\" or \"failure\""));
            continue;
        };
        let Some(read) = kind.word("kind of study", KINDS, problems) else { continue };
        let (name, asked) = read(table, problems);
        let question = match asked {
            Asked::Route(raw) => Question::Route(route(&raw, demands, places, known.topology, problems)),
            Asked::Capacity(raw) => {
                Question::Capacity(Box::new(capacity::study(&raw, demands, places, (known.topology, known.policy), problems)))
            }
            Asked::Failure(raw) => Question::Failure(Box::new(failure::study(&raw, demands, known, problems))),
        };
        if let Some(first) = studies.iter().position(|study| name.get() == Some(&study.name)) {
            let message = format!("study `{}` is given twice, first as number {}", name.text, first + 1);
            problems.push(name.problem(code::DUPLICATE_ID, message, "again").help("give one of them another name"));
        }
        let name = name.owned().unwrap_or_else(|| format!("{}-{}", kind.text, i + 1));
        studies.push(Study { name, question });
    }
    studies
}

/// Reads a study of one kind: its name and what it asks.
type Reader = fn(Table, &mut Problems) -> (Entry, Asked);

const KINDS: &[(&str, Reader)] = &[("route", read_route), ("capacity", read_capacity), ("failure", read_failure)];

enum Asked {
    Route(Box<RawRoute>),
    Capacity(Box<RawCapacity>),
    Failure(Box<RawFailure>),
}

fn filled<T: Record + Default>(table: Table, problems: &mut Problems) -> Box<T> {
    let mut record = Box::<T>::default();
    fill(record.as_mut(), table, problems);
    record
}

fn read_route(table: Table, problems: &mut Problems) -> (Entry, Asked) {
    let raw = filled::<RawRoute>(table, problems);
    (raw.name.clone(), Asked::Route(raw))
}

fn read_capacity(table: Table, problems: &mut Problems) -> (Entry, Asked) {
    let raw = filled::<RawCapacity>(table, problems);
    (raw.name.clone(), Asked::Capacity(raw))
}

fn read_failure(table: Table, problems: &mut Problems) -> (Entry, Asked) {
    let raw = filled::<RawFailure>(table, problems);
    (raw.name.clone(), Asked::Failure(raw))
}

fn route(raw: &RawRoute, demands: &[Request], places: &Places, topology: Option<&Topology>, problems: &mut Problems) -> Spec {
    let service = raw.service.word("service class", SERVICES, problems).unwrap_or(Service::Internet);
    let latency_max = raw.latency_max_ms.number(LATENCY, problems).and_then(Latency::from_ms);
    let all = raw.all_pairs.word("set of pairs", SETS, problems);
    let wants_demands = raw.demands.boolean(problems);
    let mut ends: Vec<[SiteId; 2]> = raw.pairs.0.iter().flatten().filter_map(|pair| ends(pair, raw, places, problems)).collect();
    if let (Some(set), Some(topology)) = (all, topology) {
        let sites: Vec<SiteId> = match set {
            PairSet::Sites => topology.sites().map(|(id, _)| id).collect(),
            PairSet::Territories => demand::main_sites(topology),
        };
        ends.extend(sites.iter().flat_map(|&from| sites.iter().map(move |&to| [from, to])).filter(|[from, to]| from != to));
    }
    let is_pairwise = raw.pairs.0.is_some() || all.is_some();
    let of_pairs = [(&raw.service, "service"), (&raw.operator, "operator"), (&raw.latency_max_ms, "latency_max_ms")];
    for (entry, key) in of_pairs.into_iter().filter(|(entry, _)| !is_pairwise && !entry.is_blank()) {
        let problem = entry.problem(code::KEY_DOES_NOT_APPLY, format!("`{key}` does not apply to demands"), "");
        problems.push(problem.help("demands have their own; it belongs to `pairs` and `all_pairs`"));
    }
    let mut requests = if wants_demands.unwrap_or(!is_pairwise) { demands.to_vec() } else { Vec::new() };
    requests.extend(ends.into_iter().filter_map(|[from, to]| {
        let name = |site: SiteId| topology.map(|topology| topology.site(site).id.as_str());
        let query = Query { from, to, service, operator: raw.operator.owned() };
        let request = Request::question(format!("{} → {}", name(from)?, name(to)?), query);
        Some(Request { latency_max, ..request })
    }));
    Spec {
        requests,
        metric: raw.metric.word("metric", METRICS, problems).unwrap_or_default(),
        k: raw.k.whole("number of routes", 1, 1000, problems).and_then(|k| usize::try_from(k).ok()).unwrap_or(1),
        disjoint: raw.disjoint.word("kind of disjointness", DISJOINTS, problems),
        equal_cost: raw.ecmp.boolean(problems).unwrap_or(false),
        compare: raw.compare.word("comparison", COMPARES, problems).unwrap_or(true),
    }
}

fn ends(pair: &[Entry], raw: &RawRoute, places: &Places, problems: &mut Problems) -> Option<[SiteId; 2]> {
    let [from, to] = pair else {
        let problem = Problem::new(code::WRONG_TYPE, format!("a pair has two ends, not {}", pair.len()));
        let place = pair.first().and_then(|entry| entry.place.clone()).or_else(|| raw.place.clone());
        problems.push(Problem { place, ..problem }.help("write each pair as [\"from\", \"to\"]"));
        return None;
    };
    let (a, b) = (places.end(from, problems), places.end(to, problems));
    if a.is_some() && a == b {
        let problem = to.problem(code::DEMAND_TO_ITSELF, format!("`{}` is where it begins, too", to.text), "");
        problems.push(problem.help("name another end"));
    }
    Some([a?, b?])
}

/// Expectations in the order of the file.
pub(super) fn expectations(rows: &[RawExpect], studies: &[Study], places: &Places, problems: &mut Problems) -> Vec<Expectation> {
    rows.iter().filter_map(|row| expectation(row, studies, places, problems)).collect()
}

fn expectation(row: &RawExpect, studies: &[Study], places: &Places, problems: &mut Problems) -> Option<Expectation> {
    let conditions = conditions(row, places, problems);
    let (at_least, at_most) = (row.at_least.number(BOUND, problems), row.at_most.number(BOUND, problems));
    let has_bound = !row.at_least.is_blank() || !row.at_most.is_blank();
    let about = match (&row.route, row.study.get()) {
        (Some(query), None) if !has_bound && row.measure.is_blank() => {
            let claimed = claim(query, places, problems);
            if conditions.is_empty() && !problems.has_errors() {
                blame(
                    row,
                    code::MISSING_VALUE,
                    "the expectation claims nothing",
                    "add `lawful`, `latency_ms_max` or another",
                    problems,
                );
            }
            let (metric, query) = claimed?;
            About::Route(metric, Claim { query, conditions })
        }
        (None, Some(name)) if conditions.is_empty() => {
            let found = studies.iter().position(|study| study.name == name);
            if found.is_none() {
                let known = studies.iter().map(|study| study.name.as_str());
                let help = crate::file::suggest(name, known)
                    .map_or_else(|| "name a study of the scenario".to_owned(), |name| format!("did you mean `{name}`?"));
                problems.push(row.study.problem(code::UNKNOWN_ID, format!("unknown study `{name}`"), "unknown").help(help));
            }
            if row.measure.is_blank() || !has_bound {
                let help = "say which number of its report, and `at_least` or `at_most`";
                blame(row, code::MISSING_VALUE, "the expectation claims nothing", help, problems);
            }
            About::Measure { study: found?, key: row.measure.text.to_string(), at_least, at_most }
        }
        _ => {
            let message = "an expectation is about a route or about a study's number";
            let help = "give `route` with its conditions, or `study`, `measure` and a bound";
            blame(row, code::KEY_DOES_NOT_APPLY, message, help, problems);
            return None;
        }
    };
    Some(Expectation { name: row.name.owned(), about })
}

fn conditions(row: &RawExpect, places: &Places, problems: &mut Problems) -> Vec<Condition> {
    let mut all = Vec::new();
    all.extend(row.lawful.boolean(problems).map(Condition::Lawful));
    let latency = |entry: &Entry, problems: &mut Problems| entry.number(LATENCY, problems).and_then(Latency::from_ms);
    all.extend(latency(&row.latency_ms_max, problems).map(Condition::LatencyMax));
    all.extend(latency(&row.latency_ms_min, problems).map(Condition::LatencyMin));
    all.extend(row.hairpin_km_max.number(DETOUR, problems).map(Condition::HairpinMaxKm));
    all.extend(row.hairpin_km_min.number(DETOUR, problems).map(Condition::HairpinMinKm));
    let sites = |entries: &[Entry], problems: &mut Problems| -> Vec<SiteId> {
        entries.iter().filter_map(|entry| places.site(entry, problems)).collect()
    };
    all.extend(row.via.said().map(|entries| Condition::Via(sites(entries, problems))));
    all.extend(row.switched_at.said().map(|entries| Condition::SwitchedAt(sites(entries, problems))));
    all.extend(
        row.avoids
            .said()
            .map(|entries| Condition::Avoids(entries.iter().filter_map(|entry| places.territory(entry, problems)).collect())),
    );
    all
}

fn claim(raw: &RawQuery, places: &Places, problems: &mut Problems) -> Option<(Metric, Query)> {
    for (entry, key) in [(&raw.from, "from"), (&raw.to, "to")] {
        if entry.is_blank() {
            let problem = Problem::new(code::MISSING_VALUE, format!("`{key}` is missing"));
            problems.push(Problem { place: raw.place.clone(), ..problem }.help("name a site or a territory"));
        }
    }
    let service = raw.service.word("service class", SERVICES, problems).unwrap_or(Service::Internet);
    let metric = raw.metric.word("metric", METRICS, problems).unwrap_or_default();
    let (from, to) = (places.end(&raw.from, problems), places.end(&raw.to, problems));
    Some((metric, Query { from: from?, to: to?, service, operator: raw.operator.owned() }))
}

fn blame(row: &RawExpect, code: crate::problem::Code, message: &str, help: &str, problems: &mut Problems) {
    let problem = Problem { place: row.place.clone(), ..Problem::new(code, message) };
    problems.push(problem.help(help));
}
