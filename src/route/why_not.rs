//! Why there is no lawful route: the shortest physical one with each violation at its site, and which rules stand in the way.

use super::{Way, search};
use crate::network::Metric;
use crate::policy::{Law, Policy, Profile, Query, Rule, RuleSet, Violation, violations};

/// Why a query has no lawful route.
#[derive(Clone, Debug, PartialEq)]
pub struct WhyNot {
    /// The shortest route under physics; `None` if the sites are not connected at all.
    pub physical: Option<Way>,
    /// What is unlawful about it.
    pub violations: Vec<Violation>,
    /// The fewest rules whose suspension would open a way, each set with the shortest way it opens.
    ///
    /// All sets of the least size, in order, if that is one or two; empty if it takes more.
    pub remedies: Vec<(RuleSet, Way)>,
}

/// Rules that may shut a route out; the others judge totals, claims or files.
const SUSPENDABLE: [Rule; 11] =
    [Rule::R1, Rule::R2, Rule::R3, Rule::R4, Rule::R5, Rule::R6, Rule::R8, Rule::R9, Rule::R10, Rule::R12, Rule::R15];

/// Explains a query without a lawful route. At most 66 searches.
#[must_use]
pub fn why_not(law: &Law<'_>, metric: Metric, query: &Query) -> WhyNot {
    why_not_of_each(law, metric, std::slice::from_ref(query)).pop().expect("one query has one answer")
}

/// Explains queries without a lawful route, in their order; they share networks and trees. At most 66 searches for all.
#[must_use]
pub fn why_not_of_each(law: &Law<'_>, metric: Metric, queries: &[Query]) -> Vec<WhyNot> {
    let found = unlawful_of_each(law, metric, queries);
    let mut answers: Vec<WhyNot> =
        found.into_iter().map(|(physical, violations)| WhyNot { physical, violations, remedies: Vec::new() }).collect();
    let rules = law.policy().rules;
    let held: Vec<Rule> = SUSPENDABLE.into_iter().filter(|&rule| rules.has(rule)).collect();
    let single = |&rule: &Rule| RuleSet::NONE.with(rule);
    let pairs = (0..).zip(&held).flat_map(|(i, &first)| held[i + 1..].iter().map(move |second| single(&first).with(*second)));
    for suspensions in [held.iter().map(single).collect::<Vec<_>>(), pairs.collect()] {
        let asked: Vec<usize> =
            (0..queries.len()).filter(|&i| answers[i].physical.is_some() && answers[i].remedies.is_empty()).collect();
        let of_asked: Vec<Query> = asked.iter().map(|&i| queries[i].clone()).collect();
        for suspended in suspensions.into_iter().filter(|_| !asked.is_empty()) {
            let rules = suspended.iter().fold(rules, RuleSet::without);
            let ways = search_under(law, &law.policy().with_rules(rules), metric, &of_asked);
            for (&i, way) in asked.iter().zip(ways) {
                answers[i].remedies.extend(way.map(|way| (suspended, way)));
            }
        }
    }
    answers
}

/// The shortest physical route of each query, if there is any, and what is unlawful about it.
#[must_use]
pub fn unlawful_of_each(law: &Law<'_>, metric: Metric, queries: &[Query]) -> Vec<(Option<Way>, Vec<Violation>)> {
    let policy = law.policy().with_rules(Profile::Physical.rules());
    let ways = search_under(law, &policy, metric, queries);
    let judged = |(query, way): (&Query, Option<Way>)| {
        let violations = way.as_ref().map_or_else(Vec::new, |way| violations(law, query, &way.walk()));
        (way, violations)
    };
    queries.iter().zip(ways).map(judged).collect()
}

fn search_under(law: &Law<'_>, policy: &Policy, metric: Metric, queries: &[Query]) -> Vec<Option<Way>> {
    search::shortest(&Law::new(law.topology(), policy), metric, queries)
}
