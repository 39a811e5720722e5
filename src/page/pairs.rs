//! The lawful route beside the physical one, for chosen pairs of places: what the law costs, drawn.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::Subject;
use super::markup::shown;
use super::pack;
use crate::demand::{self, Request};
use crate::policy::{Law, Query};
use crate::route::{self, Answer, Spec, Way};
use crate::topology::{Service, SiteId};

/// Pairs that a page holds, at most.
const PAIRS: usize = 100;

/// Territories whose main sites are paired with each other: those with most traffic.
const TERRITORIES: usize = 16;

/// Routes of the studies' requests, of the demands, and of the main territories among themselves; each question once.
///
/// Where there are too many, those that the studies ask for come first, then the largest demands.
pub(super) fn pairs(law: &Law<'_>, subject: &Subject<'_>) -> Vec<Answer> {
    let mut demands = subject.requests.clone();
    demands.sort_by(|a, b| (b.traffic, &a.query).cmp(&(a.traffic, &b.query)));
    let asked = subject.pairs.iter().cloned().chain(demands).take(PAIRS).chain(between_main_sites(subject));
    let mut known: BTreeSet<Query> = BTreeSet::new();
    let requests: Vec<Request> = asked.filter(|request| known.insert(request.query.clone())).take(PAIRS).collect();
    let mut answers = route::run(law, &Spec { metric: subject.metric, ..Spec::new(requests) }).answers;
    let detour = |answer: &Answer| answer.hairpin.map_or(0.0, |hairpin| hairpin.length_km);
    answers.sort_by(|a, b| detour(b).total_cmp(&detour(a)).then_with(|| a.request.name.cmp(&b.request.name)));
    answers
}

/// Every two of the main sites of the territories with most traffic, by internet.
fn between_main_sites(subject: &Subject<'_>) -> Vec<Request> {
    let topology = subject.topology;
    let mut traffic = vec![0_u64; topology.territories().len()];
    for request in &subject.requests {
        for site in [request.query.from, request.query.to] {
            if let Some(territory) = topology.site(site).territory {
                traffic[territory.index()] += request.traffic.mbps();
            }
        }
    }
    let of = |site: SiteId| topology.site(site).territory.map_or(0, |territory| traffic[territory.index()]);
    let mut sites = demand::main_sites(topology);
    sites.sort_by_key(|&site| (std::cmp::Reverse(of(site)), site));
    sites.truncate(TERRITORIES);
    let name = |site: SiteId| topology.site(site).name.as_str();
    let mut requests = Vec::new();
    for (i, &from) in sites.iter().enumerate() {
        for &to in &sites[i + 1..] {
            let query = Query { from, to, service: Service::Internet, operator: None };
            requests.push(Request::question(format!("{} → {}", name(from), name(to)), query));
        }
    }
    requests
}

/// As the page reads it.
pub(super) fn json(law: &Law<'_>, answer: &Answer) -> Value {
    let query = &answer.request.query;
    let lawful = answer.ways.first();
    let physical = answer.physical.as_ref().filter(|physical| lawful.is_none_or(|way| way.segments != physical.segments));
    let why: Vec<String> = match (&answer.why_not, physical) {
        (Some(why), _) => {
            why.violations.iter().map(|violation| format!("{}: {}", violation.rule.code(), violation.text)).collect()
        }
        (None, Some(physical)) => crate::policy::violations(law, query, &physical.walk())
            .into_iter()
            .map(|violation| format!("{}: {}", violation.rule.code(), violation.text))
            .collect(),
        (None, None) => Vec::new(),
    };
    let why: Vec<_> = why.iter().take(4).map(|text| shown(text)).collect();
    let way = |way: &Way| {
        json!([
            pack::all(way.segments.iter().map(|segment| i64::from(segment.0))),
            round(way.length.km(), 1.0),
            round(way.latency.ms(), 100.0),
            pack::all(way.switched_at.iter().map(|site| i64::from(site.0))),
        ])
    };
    let hairpin = answer.hairpin.map(|hairpin| [round(hairpin.length_km, 10.0), round(hairpin.latency_ms, 100.0)]);
    let [lawful, physical] = [lawful, physical].map(|found| found.map(way));
    json!([shown(&answer.request.name), query.from.0, query.to.0, query.service.word(), lawful, physical, why, hairpin])
}

/// To so many parts of a unit, for people; half away from zero.
fn round(number: f64, parts: f64) -> f64 {
    (number * parts).round() / parts
}
