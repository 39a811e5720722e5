//! Claims about a route that a scenario may hold the result to, and whether they do hold.
//!
//! It searches through the study's own functions, so that a claim and a report never disagree.

use super::{Hairpin, Spec, Way, run};
use crate::demand::Request;
use crate::network::Metric;
use crate::policy::{Law, Query};
use crate::topology::{SiteId, TerritoryId};
use crate::units::Latency;

/// One thing that is to hold for the first route of a query.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// There is a lawful route, or there is none.
    Lawful(bool),
    /// One way, at most.
    LatencyMax(Latency),
    /// One way, at least.
    LatencyMin(Latency),
    /// Longer than the physical route by at most so many km.
    HairpinMaxKm(f64),
    /// Longer than the physical route by at least so many km.
    HairpinMinKm(f64),
    /// It passes one of these sites.
    Via(Vec<SiteId>),
    /// It is switched at one of these sites.
    SwitchedAt(Vec<SiteId>),
    /// It touches none of these territories.
    Avoids(Vec<TerritoryId>),
}

/// Conditions on one query.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    /// Whose route.
    pub query: Query,
    /// All of which are to hold.
    pub conditions: Vec<Condition>,
}

/// Whether a condition held, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// What was to hold.
    pub claim: String,
    /// What was found.
    pub found: String,
    /// Whether it held.
    pub held: bool,
}

/// Judges each condition of a claim, in their order.
#[must_use]
pub fn judge(law: &Law<'_>, metric: Metric, claim: &Claim) -> Vec<Verdict> {
    let topology = law.topology();
    let name = |site: SiteId| topology.site(site).name.as_str();
    let who = format!("{} from {} to {}", claim.query.service.word(), name(claim.query.from), name(claim.query.to));
    let request = Request::question(who.clone(), claim.query.clone());
    let mut outcome = run(law, &Spec { metric, ..Spec::new(vec![request]) });
    let answer = outcome.answers.remove(0);
    let way = answer.ways.first();
    let verdict = |condition: &Condition| {
        let (what, found, held) = judge_one(law, condition, way, answer.hairpin);
        Verdict { claim: format!("{who} {what}"), found, held }
    };
    claim.conditions.iter().map(verdict).collect()
}

fn judge_one(law: &Law<'_>, condition: &Condition, way: Option<&Way>, hairpin: Option<Hairpin>) -> (String, String, bool) {
    let topology = law.topology();
    let names = |sites: &[SiteId]| sites.iter().map(|&site| topology.site(site).name.as_str()).collect::<Vec<_>>().join(", ");
    let found = |words: Option<String>| words.unwrap_or_else(|| "no lawful route".to_owned());
    let latency = way.map(|way| way.latency);
    let latency_words = found(latency.map(|latency| format!("{:.3} ms", latency.ms())));
    let detour = hairpin.map(|hairpin| hairpin.length_km);
    let detour_words = found(detour.map(|km| format!("{km:.1} km")));
    let touches = |site: &SiteId| way.is_some_and(|way| way.sites.contains(site));
    match condition {
        Condition::Lawful(expected) => {
            let words = |lawful: bool| if lawful { "has a lawful route" } else { "has no lawful route" };
            (words(*expected).to_owned(), words(way.is_some()).to_owned(), way.is_some() == *expected)
        }
        Condition::LatencyMax(bound) => {
            (format!("takes at most {:.3} ms", bound.ms()), latency_words, latency.is_some_and(|latency| latency <= *bound))
        }
        Condition::LatencyMin(bound) => {
            (format!("takes at least {:.3} ms", bound.ms()), latency_words, latency.is_some_and(|latency| latency >= *bound))
        }
        Condition::HairpinMaxKm(bound) => {
            (format!("goes at most {bound} km round"), detour_words, detour.is_some_and(|km| km <= *bound))
        }
        Condition::HairpinMinKm(bound) => {
            (format!("goes at least {bound} km round"), detour_words, detour.is_some_and(|km| km >= *bound))
        }
        Condition::Via(sites) => {
            (format!("passes one of {}", names(sites)), found(way.map(|way| names(&way.sites))), sites.iter().any(touches))
        }
        Condition::SwitchedAt(sites) => (
            format!("is switched at one of {}", names(sites)),
            found(way.map(|way| names(&way.switched_at))),
            way.is_some_and(|way| way.switched_at.iter().any(|site| sites.contains(site))),
        ),
        Condition::Avoids(territories) => {
            let codes =
                |all: &[TerritoryId]| all.iter().map(|&t| topology.territory(t).code.as_str()).collect::<Vec<_>>().join(", ");
            let touched = way.map(|way| way.territories(topology));
            let held = touched.as_ref().is_some_and(|touched| !touched.iter().any(|territory| territories.contains(territory)));
            (format!("keeps out of {}", codes(territories)), found(touched.map(|touched| codes(&touched))), held)
        }
    }
}
