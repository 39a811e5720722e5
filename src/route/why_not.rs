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
    let physical_policy = law.policy().with_rules(Profile::Physical.rules());
    let physical = search_under(law, &physical_policy, metric, query);
    let Some(way) = &physical else {
        return WhyNot { physical: None, violations: Vec::new(), remedies: Vec::new() };
    };
    let violations = violations(law, query, &way.walk());
    let rules = law.policy().rules;
    let held: Vec<Rule> = SUSPENDABLE.into_iter().filter(|&rule| rules.has(rule)).collect();
    let singles = held.iter().map(|&rule| RuleSet::NONE.with(rule)).collect();
    let mut remedies = opened_by(law, metric, query, singles);
    if remedies.is_empty() {
        let pairs = held
            .iter()
            .enumerate()
            .flat_map(|(i, &first)| held[i + 1..].iter().map(move |&second| RuleSet::NONE.with(first).with(second)))
            .collect();
        remedies = opened_by(law, metric, query, pairs);
    }
    WhyNot { physical, violations, remedies }
}

fn opened_by(law: &Law<'_>, metric: Metric, query: &Query, suspensions: Vec<RuleSet>) -> Vec<(RuleSet, Way)> {
    let ways = crate::parallel::map(
        suspensions.len(),
        || (),
        |(), i| {
            let rules = suspensions[i].iter().fold(law.policy().rules, RuleSet::without);
            search_under(law, &law.policy().with_rules(rules), metric, query)
        },
    );
    suspensions.into_iter().zip(ways).filter_map(|(rules, way)| Some((rules, way?))).collect()
}

fn search_under(law: &Law<'_>, policy: &Policy, metric: Metric, query: &Query) -> Option<Way> {
    let law = Law::new(law.topology(), policy);
    search::shortest(&law, metric, std::slice::from_ref(query)).pop().flatten()
}
