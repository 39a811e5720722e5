//! Pairs of routes against every pair there is.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod oracle;

use std::collections::BTreeSet;

use crossborder::algorithm::Route;
use crossborder::algorithm::disjoint::{BUDGET, Groups, Pair, Query, Shared, Value, Wanted, Workspace, find_pair};
use crossborder::topology::SegmentId;
use oracle::{Question, all_routes, lawful, physical};
use proptest::prelude::*;

/// What counts as shared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Apart {
    Segments,
    Sites,
    Listed,
    ListedAndSites,
}

const KINDS: [Apart; 4] = [Apart::Segments, Apart::Sites, Apart::Listed, Apart::ListedAndSites];

impl Apart {
    fn counts_sites(self) -> bool {
        matches!(self, Self::Sites | Self::ListedAndSites)
    }

    fn counts_listed(self) -> bool {
        matches!(self, Self::Listed | Self::ListedAndSites)
    }

    fn groups(self, question: &Question, listed: &[Vec<SegmentId>]) -> Groups {
        let network = &question.network;
        let base = if self.counts_sites() { Groups::of_sites(network) } else { Groups::of_segments(network) };
        if self.counts_listed() { base.with_listed(listed.to_vec()) } else { base }
    }

    /// What a route uses, worked out from its arcs alone.
    fn used(self, question: &Question, listed: &[Vec<SegmentId>], route: &Route) -> BTreeSet<Shared> {
        let segments = route.arcs.iter().map(|&arc| question.network.arc(arc).lane.segment()).collect::<Vec<_>>();
        let mut used: BTreeSet<Shared> = segments.iter().map(|&segment| Shared::Segment(segment)).collect();
        if self.counts_sites() {
            let sites = route.sites(&question.network).filter(|site| !question.ends.contains(site));
            used.extend(sites.map(Shared::Site));
        }
        if self.counts_listed() {
            let is_hit = |(_, group): &(usize, &Vec<SegmentId>)| group.iter().any(|segment| segments.contains(segment));
            used.extend(listed.iter().enumerate().filter(is_hit).map(|(i, _)| Shared::Listed(i)));
        }
        used
    }
}

/// The best value over every pair of routes: least shared, then cheapest.
fn best_of_all_pairs(question: &Question, listed: &[Vec<SegmentId>], apart: Apart) -> Option<Value> {
    let routes = all_routes(question);
    let used: Vec<_> = routes.iter().map(|route| apart.used(question, listed, route)).collect();
    let pairs = (0..routes.len()).flat_map(|i| (i..routes.len()).map(move |j| (i, j)));
    pairs.map(|(i, j)| Value { shared: used[i].intersection(&used[j]).count(), cost: routes[i].cost + routes[j].cost }).min()
}

fn ask(question: &Question, groups: &Groups, (wanted, budget): (Wanted, u32)) -> Pair {
    let Question { network, outage, ends } = question;
    find_pair(&Query { network, outage, ends: *ends, groups, wanted, budget }, &mut Workspace::default())
}

fn value_of(pair: &Pair) -> Option<Value> {
    let cost = |routes: &[Route; 2]| routes[0].cost + routes[1].cost;
    pair.routes.as_ref().map(|routes| Value { shared: pair.shared.len(), cost: cost(routes) })
}

/// Whether the pair is made of routes from the list of all, and shares what it says.
fn is_sound(question: &Question, listed: &[Vec<SegmentId>], apart: Apart, pair: &Pair) -> bool {
    let Some([first, second]) = &pair.routes else { return pair.shared.is_empty() };
    let all = all_routes(question);
    let both = apart.used(question, listed, first);
    let shared: Vec<Shared> = both.intersection(&apart.used(question, listed, second)).copied().collect();
    all.contains(first) && all.contains(second) && shared == pair.shared && first.cost <= second.cost
}

/// A question and up to four groups of up to four segments.
fn with_groups() -> impl Strategy<Value = (Question, Vec<Vec<SegmentId>>)> {
    let question = prop_oneof![physical(), lawful()].prop_filter("few routes", |q| all_routes(q).len() <= 150);
    question.prop_flat_map(|question| {
        let segment = (0..question.network.segment_count().max(1)).prop_map(SegmentId::from_index);
        let most = if question.network.segment_count() == 0 { 0 } else { 4 };
        (Just(question), prop::collection::vec(prop::collection::vec(segment, 0..=4), 0..=most))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_least_shared_pair_is_the_best_of_all_pairs((question, listed) in with_groups()) {
        for apart in KINDS {
            let pair = ask(&question, &apart.groups(&question, &listed), (Wanted::LeastShared, BUDGET));
            prop_assert!(pair.is_proven);
            prop_assert_eq!(value_of(&pair), best_of_all_pairs(&question, &listed, apart), "{:?}", apart);
            prop_assert_eq!(pair.bound, value_of(&pair).unwrap_or(pair.bound));
            prop_assert!(is_sound(&question, &listed, apart, &pair));
        }
    }

    #[test]
    fn a_disjoint_pair_is_found_if_and_only_if_there_is_one((question, listed) in with_groups()) {
        for apart in KINDS {
            let pair = ask(&question, &apart.groups(&question, &listed), (Wanted::Disjoint, BUDGET));
            let best = best_of_all_pairs(&question, &listed, apart).filter(|value| value.shared == 0);
            prop_assert!(pair.is_proven);
            prop_assert_eq!(value_of(&pair), best, "{:?}", apart);
            prop_assert!(is_sound(&question, &listed, apart, &pair));
        }
    }

    #[test]
    fn with_a_small_budget_the_answer_is_still_true((question, listed) in with_groups(), budget in 0u32..6) {
        for (apart, wanted) in KINDS.into_iter().flat_map(|apart| [(apart, Wanted::Disjoint), (apart, Wanted::LeastShared)]) {
            let pair = ask(&question, &apart.groups(&question, &listed), (wanted, budget));
            let best = best_of_all_pairs(&question, &listed, apart).filter(|v| wanted == Wanted::LeastShared || v.shared == 0);
            prop_assert!(is_sound(&question, &listed, apart, &pair));
            // Never better than the best, never bounded above it, and equal to it where it says so.
            prop_assert!(value_of(&pair).is_none_or(|value| value >= best.unwrap()));
            prop_assert!(best.is_none_or(|best| pair.bound <= best));
            prop_assert!(!pair.is_proven || value_of(&pair) == best);
        }
    }

    #[test]
    fn more_to_avoid_never_makes_a_pair_cheaper((question, listed) in with_groups()) {
        let cost = |apart: Apart| {
            let pair = ask(&question, &apart.groups(&question, &listed), (Wanted::Disjoint, BUDGET));
            value_of(&pair).map_or(u64::MAX, |value| value.cost)
        };
        let [segments, sites, listed_cost, all] = KINDS.map(cost);
        prop_assert!(segments <= sites && segments <= listed_cost && sites.max(listed_cost) <= all);
        let shortest = all_routes(&question).first().map_or(u64::MAX, |route| route.cost.saturating_mul(2));
        prop_assert!(segments >= shortest);
    }
}
