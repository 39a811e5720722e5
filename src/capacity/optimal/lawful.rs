//! Asks for an optimum over lawful routes alone, also where a finite automaton does not hold the whole law (R15).
//!
//! The optimum is first sought without R15. Where it uses routes that enter a territory twice, those territories are
//! watched for the traffic concerned and the optimum is sought again, until it uses no such route. Each relaxation admits
//! every lawful route, so its bound holds for the true optimum too; and each is mended to a lawful routing, so that the
//! gap is certified whenever the search ends.

use super::Goal;
use crate::algorithm::Route;
use crate::algorithm::multicommodity::{Commodity, Duplex, EXACT, Question, Solution, max_carried, max_concurrent};
use crate::capacity::{Loads, Part, Placement};
use crate::network::{Compiled, Metric, Network, Outage, compile_watching};
use crate::policy::{Law, Query};
use crate::route::{Way, search};
use crate::topology::{SiteId, TerritoryId};
use crate::units::Latency;

/// How often the optimum is sought with more and more territories watched, before the gap is left as it is.
const SEARCHES: usize = 20;

/// Territories watched for one traffic at most: each may treble its network.
const WATCHED_MAX: usize = 8;

/// Traffic of one class of lawful routes, from any of some sites to any of some sites.
#[derive(Clone, Debug)]
pub(in crate::capacity) struct Traffic {
    /// A query of the class: its networks serve all pairs.
    pub(in crate::capacity) query: Query,
    pub(in crate::capacity) from: Vec<SiteId>,
    pub(in crate::capacity) to: Vec<SiteId>,
    pub(in crate::capacity) mbps: f64,
    /// What a Mbit/s of it is worth when not all is carried.
    pub(in crate::capacity) weight: f64,
    /// What a route may take, one way.
    pub(in crate::capacity) latency_max: Option<Latency>,
    /// Territories that its network watches, ascending.
    pub(in crate::capacity) watched: Vec<TerritoryId>,
}

/// A lawful routing, a bound, and what proves it.
#[derive(Clone, Debug)]
pub(in crate::capacity) struct Answer {
    /// The multiplier, or the weighted traffic carried in Mbit/s.
    pub(in crate::capacity) value: f64,
    pub(in crate::capacity) bound: f64,
    /// By traffic; whether something is left of it is not said.
    pub(in crate::capacity) placements: Vec<Placement>,
    /// Traffic that no route serves, ascending.
    pub(in crate::capacity) unroutable: Vec<usize>,
    /// As in [`Solution`].
    pub(in crate::capacity) lane_price: Vec<f64>,
    pub(in crate::capacity) switch_price: Vec<f64>,
    /// Over all searches.
    pub(in crate::capacity) rounds: usize,
    pub(in crate::capacity) columns: usize,
    /// What the last search ran on.
    pub(in crate::capacity) compiled: Compiled,
}

impl Answer {
    fn gap(&self) -> f64 {
        super::gap(self.value, self.bound)
    }
}

/// Seeks the optimum to a relative gap. Deterministic at any thread count.
pub(in crate::capacity) fn solve(law: &Law<'_>, goal: Goal, traffic: &mut [Traffic], gap: f64) -> Answer {
    let gap = gap.max(EXACT);
    let mut answer = search_once(law, goal, traffic, gap);
    for _ in 1..SEARCHES {
        if answer.gap() <= gap || !watch_more(law, traffic, &answer.found) {
            break;
        }
        let next = search_once(law, goal, traffic, gap);
        answer = answer.then(next);
    }
    answer.mended
}

/// An answer, and the routes before it was mended.
struct Searched {
    mended: Answer,
    found: Vec<Vec<(Way, f64)>>,
}

impl Searched {
    fn gap(&self) -> f64 {
        self.mended.gap()
    }

    /// Goes on from one search to the next: the better routing, the tighter bound.
    fn then(self, mut next: Self) -> Self {
        let before = self.mended;
        next.mended.rounds += before.rounds;
        next.mended.columns += before.columns;
        if before.unroutable.len() < next.mended.unroutable.len() {
            // What turned out to have no route is asked for no more: that was another question.
            return next;
        }
        if before.value > next.mended.value {
            (next.mended.value, next.mended.placements) = (before.value, before.placements);
        }
        if before.bound < next.mended.bound {
            next.mended.bound = before.bound;
            (next.mended.lane_price, next.mended.switch_price) = (before.lane_price, before.switch_price);
        }
        next
    }
}

fn search_once(law: &Law<'_>, goal: Goal, traffic: &[Traffic], gap: f64) -> Searched {
    let queries = traffic.iter().map(|traffic| (&traffic.query, traffic.watched.as_slice()));
    let compiled = compile_watching(law, Metric::Latency, queries);
    let Some(solution) = optimum(goal, traffic, &compiled, gap) else {
        let (value, nothing) = (if goal == Goal::Concurrent { f64::INFINITY } else { 0.0 }, Vec::new());
        let (lane_price, switch_price) = (nothing.clone(), nothing);
        let placements = vec![Placement { parts: Vec::new(), shortfall: None }; traffic.len()];
        let unroutable = Vec::new();
        let (rounds, columns) = (0, 0);
        let mended = Answer { value, bound: value, placements, unroutable, lane_price, switch_price, rounds, columns, compiled };
        return Searched { mended, found: vec![Vec::new(); traffic.len()] };
    };
    let mut found: Vec<Vec<(Way, f64)>> = vec![Vec::new(); traffic.len()];
    for share in &solution.shares {
        let network = &compiled.networks[compiled.of_query[share.commodity]];
        found[share.commodity].extend(way(law, network, share.arcs.clone()).map(|way| (way, share.fraction)));
    }
    let placements = mend(law, goal, traffic, &found);
    let value = value(law, goal, traffic, &placements);
    let mended = Answer {
        value,
        bound: solution.bound.max(value),
        placements,
        unroutable: solution.unroutable,
        lane_price: solution.lane_price,
        switch_price: solution.switch_price,
        rounds: solution.rounds,
        columns: solution.columns,
        compiled,
    };
    Searched { mended, found }
}

/// `None` where there is no traffic at all, and so no network.
fn optimum(goal: Goal, traffic: &[Traffic], compiled: &Compiled, gap: f64) -> Option<Solution> {
    let commodity = |(traffic, &network): (&'_ Traffic, &usize)| (network, traffic.latency_max.map(Latency::ns));
    let limits: Vec<(usize, Option<u64>)> = traffic.iter().zip(&compiled.of_query).map(commodity).collect();
    let commodities: Vec<Commodity<'_>> = traffic
        .iter()
        .zip(&limits)
        .map(|(traffic, &(network, cost_limit))| Commodity {
            network,
            from: &traffic.from,
            to: &traffic.to,
            amount_mbps: traffic.mbps,
            weight: traffic.weight,
            cost_limit,
        })
        .collect();
    let outage = Outage::none_of(compiled.networks.first()?);
    let networks = &compiled.networks;
    let question = Question { networks, outage: &outage, duplex: Duplex::Full, commodities: &commodities, gap };
    Some(match goal {
        Goal::Concurrent => max_concurrent(&question),
        Goal::Carried => max_carried(&question),
    })
}

pub(in crate::capacity) fn way(law: &Law<'_>, network: &Network, arcs: Vec<crate::network::ArcId>) -> Option<Way> {
    let from = network.site(network.arc(*arcs.first()?).tail);
    Some(Way::new(law.topology(), network, from, &Route::new(network, arcs)))
}

/// Keeps the lawful routes; what must be carried whole goes on them in proportion, or on the fastest lawful route.
fn mend(law: &Law<'_>, goal: Goal, traffic: &[Traffic], found: &[Vec<(Way, f64)>]) -> Vec<Placement> {
    let is_lawful = |way: &Way| search::entered_twice(law, way).is_empty();
    let mut lawful: Vec<Vec<(Way, f64)>> =
        found.iter().map(|ways| ways.iter().filter(|(way, _)| is_lawful(way)).cloned().collect()).collect();
    if goal == Goal::Concurrent {
        let bare: Vec<usize> = (0..found.len()).filter(|&i| lawful[i].is_empty() && !found[i].is_empty()).collect();
        let queries: Vec<Query> = bare.iter().map(|&i| traffic[i].query.clone()).collect();
        for (i, way) in bare.into_iter().zip(search::shortest(law, Metric::Latency, &queries)) {
            let within = way.filter(|way| traffic[i].latency_max.is_none_or(|bound| way.latency <= bound));
            lawful[i].extend(within.map(|way| (way, 1.0)));
        }
        for ways in &mut lawful {
            let sum: f64 = ways.iter().map(|(_, fraction)| fraction).sum();
            ways.iter_mut().for_each(|(_, fraction)| *fraction /= sum);
        }
    }
    lawful
        .into_iter()
        .zip(traffic)
        .map(|(mut ways, traffic)| {
            ways.sort_by_key(|(way, _)| way.cost);
            let parts = ways.into_iter().map(|(way, fraction)| Part { way, mbps: traffic.mbps * fraction });
            Placement { parts: parts.filter(|part| part.mbps > 0.0).collect(), shortfall: None }
        })
        .collect()
}

/// What a lawful routing attains, measured on its routes; 0 where traffic that has a route is left out.
fn value(law: &Law<'_>, goal: Goal, traffic: &[Traffic], placements: &[Placement]) -> f64 {
    let worst = Loads::of(law, placements).worst(law);
    match goal {
        Goal::Concurrent => 1.0 / worst,
        Goal::Carried => worth(traffic, placements) / worst.max(1.0),
    }
}

/// Weighted traffic carried, Mbit/s.
pub(in crate::capacity) fn worth(traffic: &[Traffic], placements: &[Placement]) -> f64 {
    placements.iter().zip(traffic).map(|(placement, traffic)| traffic.weight * placement.carried_mbps()).sum()
}

/// Watches the territories that routes enter twice, for the traffic they serve; tells whether there are new ones.
fn watch_more(law: &Law<'_>, traffic: &mut [Traffic], found: &[Vec<(Way, f64)>]) -> bool {
    let mut is_more = false;
    for (traffic, ways) in traffic.iter_mut().zip(found) {
        for territory in ways.iter().flat_map(|(way, _)| search::entered_twice(law, way)) {
            if let Err(place) = traffic.watched.binary_search(&territory)
                && traffic.watched.len() < WATCHED_MAX
            {
                traffic.watched.insert(place, territory);
                is_more = true;
            }
        }
    }
    is_more
}
