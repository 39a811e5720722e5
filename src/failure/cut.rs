//! One outage seen from all sides: what it does under the law, in an emergency and to the fibre alone, and which way
//! everybody went before and goes after.
//!
//! It is the exhaustive part for a single outage, told at length; it ranks nothing.

use crate::capacity::Bottleneck;
use crate::demand::Request;
use crate::failure::impact::{Assessor, Impact, Restoration, Spec, networks};
use crate::network::Metric;
use crate::policy::{Law, Profile, Query, RuleSet};
use crate::route::{Way, search};
use crate::topology::SegmentId;

/// What is asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// The traffic.
    pub requests: Vec<Request>,
    /// What shortest means.
    pub metric: Metric,
    /// What becomes of traffic whose route is lost.
    pub restoration: Restoration,
    /// Out of service from the beginning.
    pub down: Vec<SegmentId>,
    /// What is cut, ascending.
    pub lost: Vec<SegmentId>,
}

/// The outage under one set of rules.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    /// Under what.
    pub profile: Profile,
    /// What it does.
    pub impact: Impact,
    /// Requests with a route before it.
    pub routed: usize,
    /// Their traffic, Mbit/s.
    pub routed_mbps: u64,
    /// The same by territory; length = territories.
    pub routed_of: Vec<u64>,
}

/// A request whose route is lost.
#[derive(Clone, Debug, PartialEq)]
pub struct Rerouted {
    /// Its position among the requests.
    pub request: usize,
    /// The way before.
    pub before: Way,
    /// The shortest way that the policy allows after; `None` if there is none.
    pub after: Option<Way>,
    /// The shortest way that the fibre has left; `None` if there is none. Where `after` is `None` and this is not, it is
    /// the rules that forbid restoration.
    pub physical: Option<Way>,
}

/// A lane or gateway whose load the outage changes, under the policy.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shift {
    /// What.
    pub what: Bottleneck,
    /// Mbit/s.
    pub before_mbps: u64,
    /// Mbit/s.
    pub after_mbps: u64,
}

/// What was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// Under the policy first; then, where it is not that itself, with what may be suspended in an emergency (R19), and
    /// without any rule.
    pub judged: Vec<Judged>,
    /// What is touched under the policy, by traffic, the most first; ties in order of the requests.
    pub rerouted: Vec<Rerouted>,
    /// What carries another load than before, in order.
    pub shifts: Vec<Shift>,
}

/// Judges one outage. Deterministic at any thread count.
#[must_use]
pub fn run(law: &Law<'_>, asked: &Asked) -> Outcome {
    let profile = |rules: RuleSet| {
        [Profile::Physical, Profile::Emergency].into_iter().find(|profile| profile.rules() == rules).unwrap_or(Profile::Lawful)
    };
    let own = profile(law.policy().rules);
    let mut judged = Vec::new();
    let mut shifts = Vec::new();
    let others = [Profile::Emergency, Profile::Physical].into_iter().filter(|&other| other != own && own != Profile::Physical);
    for profile in std::iter::once(own).chain(others) {
        let rules = if profile == own { law.policy().rules } else { profile.rules() };
        let policy = law.policy().with_rules(rules);
        let (judgement, moved) = judge(&law.under(&policy), profile, asked);
        judged.push(judgement);
        if profile == own {
            shifts = moved;
        }
    }
    Outcome { judged, rerouted: rerouted(law, asked), shifts }
}

fn judge(law: &Law<'_>, profile: Profile, asked: &Asked) -> (Judged, Vec<Shift>) {
    let law = &law.without(asked.down.iter().copied());
    let spec = Spec { requests: asked.requests.clone(), metric: asked.metric, restoration: asked.restoration };
    let compiled = networks(law, &spec);
    let assessor = Assessor::new(law, &spec, &compiled);
    let mut worker = assessor.worker();
    let impact = worker.assess(&asked.lost).clone();
    let before = |what: Bottleneck| match what {
        Bottleneck::Lane(lane) => assessor.sound_lanes()[lane.index()],
        Bottleneck::Gateway(site) => assessor.sound_switching()[site.index()],
    };
    let shift = |(what, after_mbps)| Shift { what, before_mbps: before(what), after_mbps };
    let mut shifts: Vec<Shift> = worker.changed_loads().map(shift).filter(|s| s.before_mbps != s.after_mbps).collect();
    shifts.sort_by_key(|shift| shift.what);
    let (routed, routed_mbps) = (assessor.routed(), assessor.routed_mbps());
    (Judged { profile, impact, routed, routed_mbps, routed_of: assessor.routed_mbps_by_territory() }, shifts)
}

fn rerouted(law: &Law<'_>, asked: &Asked) -> Vec<Rerouted> {
    let law = law.without(asked.down.iter().copied());
    let queries: Vec<Query> = asked.requests.iter().map(|request| request.query.clone()).collect();
    let is_hit = |way: &Way| way.segments.iter().any(|segment| asked.lost.binary_search(segment).is_ok());
    let before = search::shortest(&law, asked.metric, &queries);
    let hit: Vec<(usize, Way)> = before.into_iter().enumerate().filter_map(|(i, way)| Some((i, way.filter(&is_hit)?))).collect();
    let queries: Vec<Query> = hit.iter().map(|&(i, _)| queries[i].clone()).collect();
    let after = search::shortest(&law.without(asked.lost.iter().copied()), asked.metric, &queries);
    let physics = law.policy().with_rules(Profile::Physical.rules());
    let physical = search::shortest(&law.under(&physics).without(asked.lost.iter().copied()), asked.metric, &queries);
    let ways = hit.into_iter().zip(after).zip(physical);
    let mut rerouted: Vec<Rerouted> =
        ways.map(|(((request, before), after), physical)| Rerouted { request, before, after, physical }).collect();
    rerouted.sort_by_key(|change| (std::cmp::Reverse(asked.requests[change.request].traffic), change.request));
    rerouted
}
