//! Why there is no lawful route: the shortest physical one with each violation at its site, and which rules stand in the way.

use std::collections::BTreeMap;

use super::{Way, search};
use crate::network::Metric;
use crate::policy::{Law, Policy, Profile, Query, Rule, RuleSet, Violation, violations};
use crate::topology::Service;

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

/// Explains a query without a lawful route. At most 67 searches.
#[must_use]
pub fn why_not(law: &Law<'_>, metric: Metric, query: &Query) -> WhyNot {
    why_not_of_each(law, metric, std::slice::from_ref(query)).pop().expect("one query has one answer")
}

/// Explains queries without a lawful route, in their order; they share networks and trees.
///
/// What is tried are the rules that the physical route violates. Whether any others could open a way is one search with all
/// of them suspended: where it finds nothing, neither do fewer.
#[must_use]
pub fn why_not_of_each(law: &Law<'_>, metric: Metric, queries: &[Query]) -> Vec<WhyNot> {
    let found = unlawful_of_each(law, metric, queries);
    let mut answers: Vec<WhyNot> =
        found.into_iter().map(|(physical, violations)| WhyNot { physical, violations, remedies: Vec::new() }).collect();
    let rules = law.policy().rules;
    let held: Vec<Rule> = SUSPENDABLE.into_iter().filter(|&rule| rules.has(rule)).collect();
    let search = |suspended: RuleSet, asked: &[usize]| {
        if asked.is_empty() {
            return Vec::new();
        }
        let queries: Vec<Query> = asked.iter().map(|&i| queries[i].clone()).collect();
        search_under(law, &law.policy().with_rules(suspended.iter().fold(rules, RuleSet::without)), metric, &queries)
    };
    let mut suspects: Vec<RuleSet> = queries.iter().zip(&answers).map(|(query, answer)| suspects(query, answer)).collect();
    let mut alike: BTreeMap<RuleSet, Vec<usize>> = BTreeMap::new();
    for i in (0..queries.len()).filter(|&i| answers[i].physical.is_some()) {
        alike.entry(suspects[i]).or_default().push(i);
    }
    let alike: Vec<(RuleSet, Vec<usize>)> = alike.into_iter().collect();
    let opened = crate::parallel::map(
        alike.len(),
        || (),
        |(), i| {
            let (few, asked) = &alike[i];
            let others =
                held.iter().filter(|&&rule| !few.has(rule) && rule != Rule::R8).fold(RuleSet::NONE, |all, &rule| all.with(rule));
            asked.iter().copied().zip(search(others, asked)).filter_map(|(i, way)| way.map(|_| i)).collect::<Vec<_>>()
        },
    );
    opened.into_iter().flatten().for_each(|i| suspects[i] = RuleSet::ALL);
    let single = |&rule: &Rule| RuleSet::NONE.with(rule);
    let pairs = (0..).zip(&held).flat_map(|(i, &first)| held[i + 1..].iter().map(move |second| single(&first).with(*second)));
    for suspensions in [held.iter().map(single).collect::<Vec<_>>(), pairs.collect()] {
        let asked: Vec<usize> =
            (0..queries.len()).filter(|&i| answers[i].physical.is_some() && answers[i].remedies.is_empty()).collect();
        let opened = crate::parallel::map(
            suspensions.len(),
            || (),
            |(), suspension| {
                let is_suspect = |&i: &usize| suspensions[suspension].iter().any(|rule| suspects[i].has(rule));
                let asked: Vec<usize> = asked.iter().copied().filter(is_suspect).collect();
                let ways = search(suspensions[suspension], &asked);
                asked.into_iter().zip(ways).filter_map(|(i, way)| Some((i, way?))).collect::<Vec<_>>()
            },
        );
        for (&suspended, opened) in suspensions.iter().zip(opened) {
            opened.into_iter().for_each(|(i, way)| answers[i].remedies.push((suspended, way)));
        }
    }
    answers
}

/// The rules that the physical route violates. R8 is always among them where it binds, because without it the traffic comes
/// under other rules; the suspension of any other only ever adds routes.
fn suspects(query: &Query, answer: &WhyNot) -> RuleSet {
    let violated = answer.violations.iter().fold(RuleSet::NONE, |rules, violation| rules.with(violation.rule));
    if query.service == Service::BorderLocal { violated.with(Rule::R8) } else { violated.without(Rule::R8) }
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
    search::shortest(&law.under(policy), metric, queries)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Chance, day, random_ends, random_international};

    #[test]
    fn what_is_not_tried_would_open_nothing() {
        let (mut asked, mut pairs) = (0, 0);
        for seed in 0..600 {
            let topology = random_international(seed);
            let mut chance = Chance(seed ^ 0x51);
            let policy = Policy::new(chance.pick(&[Profile::Lawful, Profile::Lawful, Profile::Emergency]), day());
            let law = Law::new(&topology, &policy);
            for service in Service::ALL {
                let (from, to) = random_ends(&topology, &mut chance);
                let query = Query { from, to, service, operator: None };
                let only = std::slice::from_ref(&query);
                let shortest = |rules| search_under(&law, &policy.with_rules(rules), Metric::Hops, only).remove(0);
                if shortest(policy.rules).is_some() || shortest(RuleSet::NONE).is_none() {
                    continue;
                }
                let held: Vec<Rule> = SUSPENDABLE.into_iter().filter(|&rule| policy.rules.has(rule)).collect();
                let opens = |suspended: RuleSet| {
                    shortest(suspended.iter().fold(policy.rules, RuleSet::without)).map(|way| (suspended, way))
                };
                let singles = held.iter().filter_map(|&rule| opens(RuleSet::NONE.with(rule)));
                let mut expected: Vec<(RuleSet, Way)> = singles.collect();
                if expected.is_empty() {
                    for (i, &first) in held.iter().enumerate() {
                        expected.extend(held[i + 1..].iter().filter_map(|&second| opens(RuleSet::NONE.with(first).with(second))));
                    }
                    pairs += usize::from(!expected.is_empty());
                }
                assert_eq!(why_not(&law, Metric::Hops, &query).remedies, expected, "seed {seed} {query:?}");
                asked += 1;
            }
        }
        assert!(asked > 400 && pairs > 40, "{asked} queries and {pairs} pairs prove little");
    }
}
