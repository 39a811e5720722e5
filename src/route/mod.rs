//! The route study: which way each demand goes under law, what it costs against physics, and why some cannot go.
//!
//! [`run`] answers a [`Spec`] with an [`Outcome`] of ids; `report` gives them names. It places no traffic on segments
//! (see `capacity`) and breaks nothing (see `failure`).

mod apart;
mod claim;
pub mod search;
mod way;
mod why_not;

pub use apart::{Common, Disjoint, Pair, disjoint, equal_cost};
pub use claim::{Claim, Condition, Verdict, judge};
pub use way::{Hairpin, Way};
pub use why_not::{WhyNot, unlawful_of_each, why_not, why_not_of_each};

use crate::demand::Request;
use crate::network::Metric;
use crate::policy::{Law, Policy, Profile, Query, Rule, Violation, share_violations};
use crate::topology::TerritoryId;
use crate::units::Bandwidth;

/// What is asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Spec {
    /// Between whom.
    pub requests: Vec<Request>,
    /// What shortest means.
    pub metric: Metric,
    /// How many routes of each, loopless, in order of cost; at least 1.
    pub k: usize,
    /// Also two routes that share nothing of this kind.
    pub disjoint: Option<Disjoint>,
    /// Also all routes of least cost, up to [`EQUAL_COST_MAX`].
    pub equal_cost: bool,
    /// Also the shortest physical route, and what the law costs against it.
    pub compare: bool,
}

/// How many routes of least cost are listed at most.
pub const EQUAL_COST_MAX: usize = 1000;

impl Spec {
    /// The shortest route of each request by latency, and what the law costs against physics.
    #[must_use]
    pub fn new(requests: Vec<Request>) -> Self {
        Self { requests, metric: Metric::Latency, k: 1, disjoint: None, equal_cost: false, compare: true }
    }
}

/// What was found for one request.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The request.
    pub request: Request,
    /// Lawful routes in order of cost; empty if there is none.
    pub ways: Vec<Way>,
    /// Two routes that share as little as can be, where asked for and one exists.
    pub disjoint: Option<Pair>,
    /// All routes of least cost, where asked for.
    pub equal_cost: Vec<Way>,
    /// The shortest physical route, where asked for.
    pub physical: Option<Way>,
    /// The lawful route against the physical one, where asked for and both exist.
    pub hairpin: Option<Hairpin>,
    /// Whether the first route keeps the request's latency bound; `None` without bound or route.
    pub within_bound: Option<bool>,
    /// Why there is no lawful route, where there is none.
    pub why_not: Option<WhyNot>,
}

/// What was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// One answer per request, in their order.
    pub answers: Vec<Answer>,
    /// Territories whose traffic passes a limit by medium or neighbour (R17), with each request on its first route.
    pub shares: Vec<(TerritoryId, Violation)>,
}

impl Outcome {
    /// Puts answers together, which may have been found one block of requests after the other, and judges their shares.
    #[must_use]
    pub fn new(law: &Law<'_>, answers: Vec<Answer>) -> Self {
        let shares = if law.holds(Rule::R17) { shares(law, &answers) } else { Vec::new() };
        Self { answers, shares }
    }
}

/// Answers a route study. Deterministic at any thread count.
///
/// # Panics
/// If it asks for no route at all.
#[must_use]
pub fn run(law: &Law<'_>, spec: &Spec) -> Outcome {
    Outcome::new(law, answer(law, spec, spec.requests.clone()))
}

/// Answers some requests as a route study asks; those of the study itself are left alone.
///
/// # Panics
/// As [`run`].
#[must_use]
pub fn answer(law: &Law<'_>, spec: &Spec, requests: Vec<Request>) -> Vec<Answer> {
    assert!(spec.k >= 1, "a route study asks for at least one route");
    let queries: Vec<Query> = requests.iter().map(|request| request.query.clone()).collect();
    let shortest = search::shortest(law, spec.metric, &queries);
    let physical_policy: Policy = law.policy().with_rules(Profile::Physical.rules());
    let physical = if spec.compare {
        search::shortest(&law.under(&physical_policy), spec.metric, &queries)
    } else {
        vec![None; queries.len()]
    };
    let unlawful: Vec<usize> = (0..queries.len()).filter(|&i| shortest[i].is_none()).collect();
    let unlawful_queries: Vec<Query> = unlawful.iter().map(|&i| queries[i].clone()).collect();
    let mut why_not = vec![None; queries.len()];
    for (i, why) in unlawful.into_iter().zip(why_not_of_each(law, spec.metric, &unlawful_queries)) {
        why_not[i] = Some(why);
    }
    let rest = crate::parallel::map(queries.len(), || (), |(), i| Rest::find(law, spec, &queries[i], shortest[i].is_some()));
    let ways: Vec<Vec<Way>> = if spec.k > 1 {
        search::alternatives_of_each(law, spec.metric, &queries, spec.k)
    } else {
        shortest.into_iter().map(|way| way.into_iter().collect()).collect()
    };
    let found = ways.into_iter().zip(physical).zip(why_not).zip(rest);
    let mut answers = Vec::with_capacity(requests.len());
    for (request, (((ways, physical), why_not), rest)) in requests.into_iter().zip(found) {
        let first = ways.first();
        answers.push(Answer {
            hairpin: first.zip(physical.as_ref()).map(|(lawful, physical)| Hairpin::between(lawful, physical)),
            within_bound: first.zip(request.latency_max).map(|(way, bound)| way.latency <= bound),
            disjoint: rest.disjoint,
            equal_cost: rest.equal_cost,
            request,
            ways,
            physical,
            why_not,
        });
    }
    answers
}

/// What is found out query by query.
struct Rest {
    disjoint: Option<Pair>,
    equal_cost: Vec<Way>,
}

impl Rest {
    fn find(law: &Law<'_>, spec: &Spec, query: &Query, is_lawful: bool) -> Self {
        Self {
            disjoint: spec.disjoint.filter(|_| is_lawful).map(|kind| disjoint(law, spec.metric, query, kind)),
            equal_cost: if spec.equal_cost && is_lawful {
                equal_cost(law, spec.metric, query, EQUAL_COST_MAX)
            } else {
                Vec::new()
            },
        }
    }
}

fn shares(law: &Law<'_>, answers: &[Answer]) -> Vec<(TerritoryId, Violation)> {
    let offered = answers.iter().filter(|answer| answer.request.traffic > Bandwidth::ZERO);
    share_violations(law, offered.filter_map(|answer| Some((answer.ways.first()?.walk(), answer.request.traffic))))
}

#[cfg(test)]
mod tests;
