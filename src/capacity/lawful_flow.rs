//! What law leaves of the flow between two places.
//!
//! A lawful flow is as many routes as it takes, in any mix of pairs of sites, each lawful for its own pair and service.
//! Law has traffic switched, so the switching of gateways counts here, where it is known.

use std::collections::BTreeMap;

use super::between::Spec;
use super::optimal::lawful::{Traffic, solve};
use super::optimal::{Binding, Goal, binding};
use crate::network::{Metric, compile};
use crate::policy::{Law, Query};
use crate::topology::{SiteId, TerritoryId};

/// The most that flows lawfully, and what binds.
#[derive(Clone, Debug, PartialEq)]
pub struct LawfulFlow {
    /// What lawful routes carry, Mbit/s.
    pub mbps: f64,
    /// What they cannot pass, Mbit/s.
    pub bound_mbps: f64,
    /// What binds; prices are Mbit/s of flow for each Mbit/s of capacity.
    pub binding: Vec<Binding>,
}

/// Finds the most that flows lawfully, where no more than `most_mbps` flows physically.
pub(super) fn lawful_flow(law: &Law<'_>, spec: &Spec, most_mbps: u64) -> LawfulFlow {
    let query = |from: SiteId, to: SiteId| Query { from, to, service: spec.service, operator: None };
    let pairs: Vec<Query> =
        spec.from.sites.iter().flat_map(|&from| spec.to.sites.iter().map(move |&to| query(from, to))).collect();
    let compiled = compile(law, Metric::Latency, &pairs);
    // Pairs of one class between the same territories have one grammar, so that the network of one serves all.
    type Class = (usize, [Option<TerritoryId>; 2]);
    let mut of_source: BTreeMap<(Class, SiteId), Vec<SiteId>> = BTreeMap::new();
    for (pair, &class) in pairs.iter().zip(&compiled.of_query) {
        let territories = [pair.from, pair.to].map(|site| law.territory(site));
        of_source.entry(((class, territories), pair.from)).or_default().push(pair.to);
    }
    let mut classes: BTreeMap<(Class, Vec<SiteId>), Vec<SiteId>> = BTreeMap::new();
    for ((class, from), to) in of_source {
        classes.entry((class, to)).or_default().push(from);
    }
    let traffic = |((_, to), from): ((Class, Vec<SiteId>), Vec<SiteId>)| Traffic {
        query: query(from[0], to[0]),
        from,
        to,
        #[expect(clippy::cast_precision_loss, reason = "below 2^53 Mbit/s")]
        // Twice as much as ever flows, so that what binds is capacity and never the demand.
        mbps: 2.0 * most_mbps as f64,
        weight: 1.0,
        latency_max: None,
        watched: Vec::new(),
    };
    let mut traffic: Vec<Traffic> = classes.into_iter().map(traffic).collect();
    let answer = solve(law, Goal::Carried, &mut traffic, 0.0);
    LawfulFlow {
        mbps: answer.value,
        bound_mbps: answer.bound,
        binding: binding(law, [&answer.lane_price, &answer.switch_price], answer.bound),
    }
}
