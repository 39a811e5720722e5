//! The loop of column generation: price, mix, measure, until routing and bound meet.
//!
//! It works in utilisations: a price is per whole capacity of a resource, so that prices of thin and fat lanes compare.

use super::columns::{Column, Group, Offer, Pricer, Prices};
use super::master::{self, Rows};
use super::resources::Resources;
use super::{Goal, Question, columns};

/// Every limited resource is priced at least at this part of all prices together, divided among them, so that ties
/// between free ways go to fat lanes. The bound loses as much.
const PRICE_FLOOR: f64 = 1e-9;

/// The first tolerance of the solver as a part of the gap still open: a rough answer has prices in the middle of all
/// good ones, which makes better columns than the best answer (Gondzio, González-Brevis and Munari 2013). Of 0.02, 0.1
/// and 0.3 it took the fewest seconds on four networks.
const ROUGHNESS: f64 = 0.1;

/// Finest tolerance the solver reaches.
const FINEST: f64 = 1e-10;

/// Most rows added to the master program at once, the most overloaded first.
const ROWS_AT_ONCE: usize = 50;

/// Rounds without a smaller gap after which the loop gives up and reports the gap it has.
const PATIENCE: usize = 50;

/// Shares below these parts are swept away at the end, the largest that leaves the gap as small as was asked for.
const CRUMBS: [f64; 6] = [1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9];

/// What column generation found.
pub(super) struct Outcome {
    pub(super) groups: Vec<Group>,
    pub(super) columns: Vec<Column>,
    /// How much of each column the best routing takes; may be shorter than the columns.
    pub(super) shares: Vec<f64>,
    /// The prices that prove the bound, per Mbit/s; length = resources.
    pub(super) prices: Vec<f64>,
    pub(super) bound: f64,
    pub(super) unroutable: Vec<usize>,
    pub(super) rounds: usize,
}

/// Runs column generation until the gap is as small as asked for, or does not shrink any more.
pub(super) fn run(question: &Question<'_>, goal: Goal, resources: &Resources) -> Outcome {
    let groups = columns::group(question);
    let rows = Rows::new(resources.capacity.len());
    let limited = (0..resources.capacity.len()).filter(|&resource| resources.is_limited(resource)).count();
    let bound = Bound { value: f64::INFINITY, prices: vec![0.0; resources.capacity.len()] };
    let mut generation = Generation {
        question,
        goal,
        resources,
        limited: limited as f64,
        groups,
        columns: Vec::new(),
        rows,
        routing: Routing { value: 0.0, shares: Vec::new() },
        bound,
        unroutable: Vec::new(),
    };
    let rounds = generation.run();
    generation.sweep();
    let Generation { groups, columns, routing, bound, unroutable, .. } = generation;
    Outcome { groups, columns, shares: routing.shares, prices: bound.prices, bound: bound.value, unroutable, rounds }
}

/// The best routing so far.
struct Routing {
    value: f64,
    shares: Vec<f64>,
}

/// The best bound so far.
struct Bound {
    value: f64,
    prices: Vec<f64>,
}

struct Generation<'a> {
    question: &'a Question<'a>,
    goal: Goal,
    resources: &'a Resources,
    /// How many resources can bind.
    limited: f64,
    groups: Vec<Group>,
    columns: Vec<Column>,
    rows: Rows,
    routing: Routing,
    bound: Bound,
    unroutable: Vec<usize>,
}

impl Generation<'_> {
    /// Runs to the end and says how many master programs it took.
    fn run(&mut self) -> usize {
        let mut offers = self.first_offers();
        if self.groups.is_empty() {
            // Nothing to carry: no multiplier is too large, and no total above nothing.
            self.bound.prices.fill(0.0);
            self.bound.value = bound_of(self.goal, self.resources, &self.bound.prices, &[]);
            return 0;
        }
        let unserved = match self.goal {
            Goal::Concurrent => f64::INFINITY,
            Goal::Carried => 0.0,
        };
        let mut rents = vec![unserved; self.groups.len()];
        let (mut rounds, mut idle, mut fineness) = (0, 0, 1.0);
        loop {
            let is_fresh = self.take(offers, &rents);
            if rounds == 0 {
                let use_of = self.improve(vec![1.0; self.columns.len()]);
                let worst = use_of.iter().copied().fold(0.0, f64::max);
                self.add_rows(&use_of, worst / 2.0);
            }
            if self.gap() <= self.question.gap || idle > PATIENCE {
                return rounds;
            }
            // Without new columns, or none that help, only a finer answer to the same program can: a rough one may be so far
            // from the best mix that it finds columns anew which it has.
            fineness = if is_fresh && idle == 0 { 1.0 } else { fineness / 4.0 };
            let tolerance = (self.gap() * ROUGHNESS * fineness).max(FINEST);
            let Some(mix) = master::solve(self.goal, self.groups.len(), &self.columns, &self.rows, tolerance) else {
                return rounds;
            };
            rounds += 1;
            let gap_before = self.gap();
            let use_of = self.improve(mix.shares);
            let held = self.rows.resources.iter().map(|&resource| use_of[resource as usize]).fold(0.0, f64::max);
            self.add_rows(&use_of, if self.goal == Goal::Carried { 1.0 } else { held });
            offers = self.price(&self.with_floor(&mix.prices));
            rents = mix.rents;
            idle = if self.gap() < gap_before { 0 } else { idle + 1 };
        }
    }

    /// Prices every resource alike and leaves out the commodities that no route serves.
    fn first_offers(&mut self) -> Vec<Offer> {
        let worth: f64 = self.question.commodities.iter().map(|commodity| commodity.amount_mbps * commodity.weight).sum();
        let all = match self.goal {
            Goal::Concurrent => 1.0,
            // So low that all that is worth anything is offered.
            Goal::Carried => worth * PRICE_FLOOR,
        };
        let even = vec![all / self.limited; self.resources.capacity.len()];
        let offers = self.price(&even);
        self.unroutable = offers.iter().flat_map(|offer| offer.unroutable.iter().copied()).collect();
        if self.unroutable.is_empty() {
            return offers;
        }
        self.unroutable.sort_unstable();
        for group in &mut self.groups {
            group.members.retain(|member| self.unroutable.binary_search(member).is_err());
        }
        self.groups.retain(|group| !group.members.is_empty());
        self.bound.value = f64::INFINITY;
        self.price(&even)
    }

    /// Prices by resource from prices by row, with a floor under each.
    fn with_floor(&self, prices: &[f64]) -> Vec<f64> {
        let floor = prices.iter().sum::<f64>() * PRICE_FLOOR / self.limited;
        let mut by_resource = vec![floor; self.resources.capacity.len()];
        for (&resource, price) in self.rows.resources.iter().zip(prices) {
            by_resource[resource as usize] += price;
        }
        by_resource
    }

    /// Finds the best column of every group at prices per whole capacity, and improves the bound.
    fn price(&mut self, prices: &[f64]) -> Vec<Offer> {
        let Self { question, goal, resources, groups, .. } = self;
        let is_limited = |resource: usize| resources.is_limited(resource);
        let per_mbps = |resource: usize| if is_limited(resource) { prices[resource] / resources.capacity[resource] } else { 0.0 };
        let prices: Vec<f64> = (0..prices.len()).map(per_mbps).collect();
        let networks = question.networks;
        let of_arc =
            crate::parallel::map(networks.len(), || (), |(), i| resources.arc_prices(&networks[i], question.outage, &prices));
        let offers = crate::parallel::map(groups.len(), Pricer::default, |pricer, i| {
            let prices = Prices { of_resource: &prices, of_arc: &of_arc[groups[i].network] };
            pricer.price((question, *goal, resources), (i, &groups[i]), prices)
        });
        let bound = bound_of(*goal, resources, &prices, &offers);
        if bound < self.bound.value {
            self.bound = Bound { value: bound, prices };
        }
        offers
    }

    /// Keeps the columns that promise more than the last mix; tells whether there are any.
    fn take(&mut self, offers: Vec<Offer>, rents: &[f64]) -> bool {
        let before = self.columns.len();
        let all: f64 = offers.iter().map(|offer| offer.value).sum();
        let least = all * self.question.gap / self.groups.len() as f64 / 100.0;
        for offer in offers {
            let rent = rents[offer.column.group];
            let promise = match self.goal {
                Goal::Concurrent => rent - offer.value,
                Goal::Carried => offer.value - rent,
            };
            if promise > least {
                self.columns.push(offer.column);
            }
        }
        self.columns.len() > before
    }

    /// Makes a mix feasible and keeps it if it is the best; says how much of each resource the mix as given uses.
    fn improve(&mut self, mut shares: Vec<f64>) -> Vec<f64> {
        let mut sums = vec![0.0; self.groups.len()];
        for (column, share) in self.columns.iter().zip(&shares) {
            sums[column.group] += share;
        }
        for (column, share) in self.columns.iter().zip(&mut shares) {
            if self.goal == Goal::Concurrent && sums[column.group] <= 0.0 {
                // Nobody is left out, whatever the solver says: the first column stands in.
                (*share, sums[column.group]) = (1.0, 1.0);
            }
            *share /= match self.goal {
                Goal::Concurrent => sums[column.group],
                Goal::Carried => f64::max(sums[column.group], 1.0),
            };
        }
        let use_of = self.utilisation(&shares);
        let value = match self.goal {
            Goal::Concurrent => 1.0 / use_of.iter().copied().fold(0.0, f64::max),
            Goal::Carried => {
                // Each column gives way to the worst overload it meets; then every resource holds what is left.
                for (column, share) in self.columns.iter().zip(&mut shares) {
                    *share /= column.loads.iter().map(|&(resource, _)| use_of[resource as usize]).fold(1.0, f64::max);
                }
                self.columns.iter().zip(&shares).map(|(column, share)| column.worth * share).sum()
            }
        };
        if value > self.routing.value {
            self.routing = Routing { value, shares };
        }
        use_of
    }

    /// Part of every resource that a mix uses; length = resources.
    fn utilisation(&self, shares: &[f64]) -> Vec<f64> {
        let mut use_of = vec![0.0; self.resources.capacity.len()];
        for (column, &share) in self.columns.iter().zip(shares).filter(|&(_, &share)| share > 0.0) {
            for &(resource, load) in &column.loads {
                use_of[resource as usize] += share * load;
            }
        }
        use_of.iter_mut().zip(&self.resources.capacity).for_each(|(used, capacity)| *used /= capacity.max(f64::MIN_POSITIVE));
        use_of
    }

    /// Gives a row to the resources used most, beyond `level`.
    fn add_rows(&mut self, use_of: &[f64], level: f64) {
        let is_new = |&resource: &usize| use_of[resource] > level && self.rows.of_resource[resource].is_none();
        let mut over: Vec<usize> = (0..use_of.len()).filter(is_new).collect();
        over.sort_by(|&a, &b| use_of[b].total_cmp(&use_of[a]).then(a.cmp(&b)));
        for resource in over.into_iter().take(ROWS_AT_ONCE) {
            self.rows.add(resource, self.resources.capacity[resource]);
        }
    }

    /// Sweeps away shares so small that they do not matter: an interior point has some of everything.
    fn sweep(&mut self) {
        let gap = self.gap();
        for crumb in CRUMBS {
            let kept = self.routing.shares.iter().map(|&share| if share < crumb { 0.0 } else { share }).collect();
            let whole = std::mem::replace(&mut self.routing, Routing { value: 0.0, shares: Vec::new() });
            self.improve(kept);
            if self.gap() <= gap.max(self.question.gap) {
                return;
            }
            self.routing = whole;
        }
    }

    fn gap(&self) -> f64 {
        super::gap(self.routing.value, self.bound.value)
    }
}

/// What prices prove, whatever they are, given the best column of every group at them (weak duality).
pub(super) fn bound_of(goal: Goal, resources: &Resources, prices: &[f64], offers: &[Offer]) -> f64 {
    let is_priced = |(price, _): &(&f64, &f64)| **price > 0.0;
    let paid: f64 = prices.iter().zip(&resources.capacity).filter(is_priced).map(|(price, capacity)| price * capacity).sum();
    let value: f64 = offers.iter().map(|offer| offer.value).sum();
    match goal {
        Goal::Concurrent if value > 0.0 => paid / value,
        Goal::Concurrent => f64::INFINITY,
        Goal::Carried => paid + value,
    }
}
