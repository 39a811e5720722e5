//! Compiles a topology, a law and a set of queries into networks: the product of graph and automaton.
//!
//! Queries that one product can serve share it. It decides nothing about routes.

use std::collections::BTreeMap;

use super::{Arc, LaneId, Network, UNLIMITED, Vertex, VertexId};
use crate::policy::{Automaton, Law, Query, State};
use crate::topology::{SegmentId, SiteId, TerritoryId, Topology};

/// What a route's cost counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Metric {
    /// One-way nanoseconds.
    #[default]
    Latency,
    /// Metres along the cables.
    Distance,
    /// Segments.
    Hops,
    /// Thousandths of a USD per Mbit/s and month; segments without a tariff are left out.
    Tariff,
}

impl Metric {
    /// All metrics, in the order of the enum.
    pub const ALL: [Self; 4] = [Self::Latency, Self::Distance, Self::Hops, Self::Tariff];

    /// The word in files.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Latency => "latency",
            Self::Distance => "distance",
            Self::Hops => "hops",
            Self::Tariff => "tariff",
        }
    }

    /// What a segment costs; at least 1, so that no step is free and ties stay exact. `None` = unknown, not to be used.
    #[must_use]
    pub fn cost(self, topology: &Topology, segment: SegmentId) -> Option<u32> {
        let segment = topology.segment(segment);
        let cost = match self {
            Self::Latency => segment.latency.ns(),
            Self::Distance => segment.length.m(),
            Self::Hops => 1,
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "tariffs are checked to be positive and small"
            )]
            Self::Tariff => (segment.tariff? * 1000.0).round_ties_even() as u64,
        };
        Some(u32::try_from(cost.max(1)).expect("build keeps segments below 2^32 ns and metres"))
    }
}

/// The networks that serve a set of queries.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// One per class of traffic.
    pub networks: Vec<Network>,
    /// Which network serves each query; length = queries.
    pub of_query: Vec<usize>,
}

/// Compiles the networks for a set of queries under a law.
///
/// The grouping depends on the order of the queries, the routes do not. O(classes × states × segments) time and space.
#[must_use]
pub fn compile(law: &Law<'_>, metric: Metric, queries: &[Query]) -> Compiled {
    compile_watching(law, metric, queries.iter().map(|query| (query, &[][..])))
}

/// Compiles as [`compile`], with states that also watch that some territories are not entered twice by a query (R15).
///
/// # Panics
/// Past fifteen watched territories of one query.
#[must_use]
pub fn compile_watching<'q>(
    law: &Law<'_>,
    metric: Metric,
    queries: impl Iterator<Item = (&'q Query, &'q [TerritoryId])>,
) -> Compiled {
    let mut classes: Vec<Automaton<'_>> = Vec::new();
    let mut seen: BTreeMap<(&Query, &[TerritoryId]), usize> = BTreeMap::new();
    let mut of_query = Vec::new();
    for (query, watched) in queries {
        let class = *seen.entry((query, watched)).or_insert_with(|| {
            let automaton = watched.iter().copied().fold(Automaton::new(law, query), Automaton::watching);
            classes.iter_mut().position(|class| class.absorb(&automaton)).unwrap_or_else(|| {
                classes.push(automaton);
                classes.len() - 1
            })
        });
        of_query.push(class);
    }
    let networks = crate::parallel::map(classes.len(), || (), |(), i| product(&classes[i], metric));
    Compiled { networks, of_query }
}

/// Compiles the network of one class of traffic: the product of the graph with its automaton, as far as routes reach.
///
/// O(states × segments) time and space.
#[must_use]
pub fn product(automaton: &Automaton<'_>, metric: Metric) -> Network {
    let law = automaton.law();
    let topology = law.topology();
    let neighbours = neighbours(automaton, metric);
    let mut states: Vec<Vec<State>> = vec![Vec::new(); topology.site_count()];
    let mut queue: Vec<(SiteId, State)> = Vec::new();
    let mut reach = |site: SiteId, state: State, queue: &mut Vec<(SiteId, State)>| {
        if !states[site.index()].contains(&state) {
            states[site.index()].push(state);
            queue.push((site, state));
        }
    };
    for (site, _) in topology.sites() {
        for (state, _) in automaton.starts(site) {
            reach(site, state, &mut queue);
        }
    }
    let mut found = Vec::new();
    let mut steps = Vec::new();
    while let Some((site, state)) = queue.pop() {
        for &(segment, other, cost) in &neighbours[site.index()] {
            automaton.steps(state, site, other, &mut steps);
            for step in steps.drain(..) {
                reach(other, step.state, &mut queue);
                found.push((site, state, segment, other, step, cost));
            }
        }
    }
    for states in &mut states {
        states.sort_unstable();
    }
    let first: Vec<usize> = states
        .iter()
        .scan(0, |sum, states| {
            let first = *sum;
            *sum += states.len();
            Some(first)
        })
        .collect();
    let position = |site: SiteId, state: State| {
        let place = states[site.index()].binary_search(&state).expect("every state found was noted");
        VertexId::from_index(first[site.index()] + place)
    };
    let arcs = found
        .into_iter()
        .map(|(site, state, segment, other, step, cost)| {
            let backwards = u32::from(topology.segment(segment).ends[0] != site);
            Arc {
                tail: position(site, state),
                head: position(other, step.state),
                lane: LaneId::new(segment, backwards),
                cost,
                switch: step.switch,
            }
        })
        .collect();
    Network::new(vertices(automaton, &states), arcs, lane_capacities(law), switching_capacities(topology))
}

fn vertices(automaton: &Automaton<'_>, states: &[Vec<State>]) -> Vec<Vertex> {
    let mut vertices = Vec::new();
    for (i, states) in states.iter().enumerate() {
        let site = SiteId::from_index(i);
        let starts = automaton.starts(site);
        vertices.extend(states.iter().map(|&state| {
            let start = starts.iter().find(|(start, _)| *start == state);
            Vertex {
                site,
                state: state.0,
                is_start: start.is_some(),
                starts_switched: start.is_some_and(|&(_, switched)| switched),
                is_end: automaton.is_end(state, site),
            }
        }));
    }
    vertices
}

/// Usable segments by site, with the other end and the cost; a loop leads nowhere and is left out.
fn neighbours(automaton: &Automaton<'_>, metric: Metric) -> Vec<Vec<(SegmentId, SiteId, u32)>> {
    let topology = automaton.law().topology();
    let mut neighbours = vec![Vec::new(); topology.site_count()];
    for (id, segment) in topology.segments() {
        let [a, b] = segment.ends;
        if a == b || !automaton.allows(id) {
            continue;
        }
        if let Some(cost) = metric.cost(topology, id) {
            neighbours[a.index()].push((id, b, cost));
            neighbours[b.index()].push((id, a, cost));
        }
    }
    neighbours
}

/// What each lane can carry, Mbit/s, by the policy's basis; zero where nothing is known. Length = 2 × segments.
#[must_use]
pub fn lane_capacities(law: &Law<'_>) -> Vec<u64> {
    let basis = law.policy().capacity;
    law.topology()
        .segments()
        .flat_map(|(_, segment)| {
            let forward = segment.capacity.on(basis);
            [forward, segment.capacity_back.map_or(forward, |back| back.on(basis))].map(crate::units::Bandwidth::mbps)
        })
        .collect()
}

/// What the service gateway of each site can switch, Mbit/s; [`UNLIMITED`] where nothing is known. Length = sites.
#[must_use]
pub fn switching_capacities(topology: &Topology) -> Vec<u64> {
    topology.sites().map(|(_, site)| site.switching.map_or(UNLIMITED, crate::units::Bandwidth::mbps)).collect()
}
