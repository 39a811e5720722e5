//! Compiles a topology, a law and a set of queries into networks: the product of graph and automaton.
//!
//! Queries that one product can serve share it. It decides nothing about routes.

use std::collections::BTreeMap;
use std::sync::Arc as Shared;

use super::{Arc, LaneId, Network, UNLIMITED, Vertex, VertexId};
use crate::policy::{Automaton, Law, Query, State, Step};
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
    let classes = Classes::of(law, metric, queries);
    let networks = crate::parallel::map(classes.count(), || (), |(), i| classes.network(i));
    Compiled { networks, of_query: classes.of_query }
}

/// Of so many queries, automata are made before they are put into classes.
const AT_ONCE: usize = 1 << 13;

/// The classes of traffic of a set of queries, whose networks are compiled one by one.
#[derive(Clone, Debug)]
pub(crate) struct Classes<'a> {
    automata: Vec<Automaton<'a>>,
    /// Which class each query is of; length = queries.
    pub(crate) of_query: Vec<usize>,
    /// By operator: the lanes that it may use.
    usable: BTreeMap<Option<String>, Lanes>,
    lane_capacity: Shared<[u64]>,
    switching: Shared<[u64]>,
}

impl<'a> Classes<'a> {
    /// Groups queries, each with the territories to watch.
    pub(crate) fn of<'q>(
        law: &'a Law<'a>,
        metric: Metric,
        queries: impl Iterator<Item = (&'q Query, &'q [TerritoryId])>,
    ) -> Self {
        let mut automata: Vec<Automaton<'_>> = Vec::new();
        let mut of_origin: BTreeMap<Option<TerritoryId>, Vec<usize>> = BTreeMap::new();
        let queries: Vec<(&Query, &[TerritoryId])> = queries.collect();
        let mut of_query = Vec::with_capacity(queries.len());
        for some in queries.chunks(AT_ONCE) {
            let automaton = |i: usize| {
                let (query, watched) = some[i];
                watched.iter().copied().fold(Automaton::new(law, query), Automaton::watching)
            };
            for automaton in crate::parallel::map(some.len(), || (), |(), i| automaton(i)) {
                let kin = of_origin.entry(automaton.origin()).or_default();
                of_query.push(kin.iter().copied().find(|&class| automata[class].absorb(&automaton)).unwrap_or_else(|| {
                    kin.push(automata.len());
                    automata.push(automaton);
                    automata.len() - 1
                }));
            }
        }
        let mut usable = BTreeMap::new();
        for automaton in &automata {
            if !usable.contains_key(automaton.operator()) {
                usable.insert(automaton.operator().clone(), Lanes::usable(automaton, metric));
            }
        }
        let (lane_capacity, switching) = (lane_capacities(law).into(), switching_capacities(law.topology()).into());
        Self { automata, of_query, usable, lane_capacity, switching }
    }

    /// How many.
    pub(crate) fn count(&self) -> usize {
        self.automata.len()
    }

    /// Compiles the network of a class.
    pub(crate) fn network(&self, class: usize) -> Network {
        let automaton = &self.automata[class];
        let (vertices, arcs) = product_of(automaton, &self.usable[automaton.operator()]);
        Network::new(vertices, arcs, Shared::clone(&self.lane_capacity), Shared::clone(&self.switching))
    }
}

/// Compiles the network of one class of traffic: the product of the graph with its automaton, as far as routes reach.
///
/// O(states × segments) time and space.
#[must_use]
pub fn product(automaton: &Automaton<'_>, metric: Metric) -> Network {
    let law = automaton.law();
    let (vertices, arcs) = product_of(automaton, &Lanes::usable(automaton, metric));
    Network::new(vertices, arcs, lane_capacities(law), switching_capacities(law.topology()))
}

fn product_of(automaton: &Automaton<'_>, lanes: &Lanes) -> (Vec<Vertex>, Vec<Arc>) {
    let topology = automaton.law().topology();
    let mut found = Found::new(topology.site_count());
    for (site, _) in topology.sites() {
        for (state, _) in automaton.starts(site) {
            found.vertex(site, state);
        }
    }
    let mut steps = Vec::new();
    let mut next = 0;
    while let Some(&(site, state, _)) = found.vertices.get(next) {
        for &(lane, other, cost) in lanes.from(site) {
            automaton.steps(state, site, other, &mut steps);
            for Step { state, switch } in steps.drain(..) {
                let head = found.vertex(other, state);
                found.arcs.push(Arc { tail: VertexId::from_index(next), head, lane, cost, switch });
            }
        }
        next += 1;
    }
    found.in_order(automaton)
}

/// The states of sites that routes reach, as they are found, with the arcs between them.
struct Found {
    vertices: Vec<(SiteId, State, Option<VertexId>)>,
    /// By site: the vertex found last; each names the one found before it.
    last: Vec<Option<VertexId>>,
    /// In the order of their tails.
    arcs: Vec<Arc>,
}

impl Found {
    fn new(sites: usize) -> Self {
        Self { vertices: Vec::new(), last: vec![None; sites], arcs: Vec::new() }
    }

    /// The vertex of a state of a site, which is found the first time it is asked for.
    fn vertex(&mut self, site: SiteId, state: State) -> VertexId {
        let mut at = self.last[site.index()];
        while let Some(vertex) = at {
            let (_, known, before) = self.vertices[vertex.index()];
            if known == state {
                return vertex;
            }
            at = before;
        }
        let vertex = VertexId::from_index(self.vertices.len());
        self.vertices.push((site, state, self.last[site.index()].replace(vertex)));
        vertex
    }

    /// Vertices by site and state, and the arcs between them by tail.
    fn in_order(self, automaton: &Automaton<'_>) -> (Vec<Vertex>, Vec<Arc>) {
        let Self { vertices: found, last, arcs: unordered } = self;
        let (mut places, mut old) = (vec![VertexId(0); found.len()], Vec::with_capacity(found.len()));
        let mut vertices = Vec::with_capacity(found.len());
        for (i, &last) in last.iter().enumerate() {
            let site = SiteId::from_index(i);
            let starts = automaton.starts(site);
            let first = old.len();
            old.extend(std::iter::successors(last, |vertex| found[vertex.index()].2));
            old[first..].sort_unstable_by_key(|vertex| found[vertex.index()].1);
            for &vertex in &old[first..] {
                let state = found[vertex.index()].1;
                places[vertex.index()] = VertexId::from_index(vertices.len());
                let start = starts.iter().find(|(start, _)| *start == state);
                vertices.push(Vertex {
                    site,
                    state: state.0,
                    is_start: start.is_some(),
                    starts_switched: start.is_some_and(|&(_, switched)| switched),
                    is_end: automaton.is_end(state, site),
                });
            }
        }
        let first_out = super::firsts(found.len(), unordered.iter().map(|arc| arc.tail.index()));
        let mut arcs = Vec::with_capacity(unordered.len());
        for vertex in old {
            let out = &unordered[first_out[vertex.index()] as usize..first_out[vertex.index() + 1] as usize];
            arcs.extend(out.iter().map(|arc| Arc { tail: places[arc.tail.index()], head: places[arc.head.index()], ..*arc }));
        }
        (vertices, arcs)
    }
}

/// Lanes by the site that they leave.
#[derive(Clone, Debug)]
struct Lanes {
    /// Length = sites + 1.
    first: Vec<usize>,
    /// Lane, where it arrives, what it costs; of one site ascending.
    lanes: Vec<(LaneId, SiteId, u32)>,
}

impl Lanes {
    /// Those that the operator may use and that have a cost; a loop leads nowhere and is left out.
    fn usable(automaton: &Automaton<'_>, metric: Metric) -> Self {
        let topology = automaton.law().topology();
        let mut lanes: Vec<(SiteId, LaneId, SiteId, u32)> = Vec::with_capacity(2 * topology.segment_count());
        for (id, segment) in topology.segments().filter(|&(id, _)| automaton.allows(id)) {
            let [a, b] = segment.ends;
            if let Some(cost) = metric.cost(topology, id).filter(|_| a != b) {
                lanes.extend([(a, LaneId::new(id, 0), b, cost), (b, LaneId::new(id, 1), a, cost)]);
            }
        }
        lanes.sort_by_key(|&(from, ..)| from);
        let first = (0..=topology.site_count()).map(|site| lanes.partition_point(|(from, ..)| from.index() < site)).collect();
        Self { first, lanes: lanes.into_iter().map(|(_, lane, to, cost)| (lane, to, cost)).collect() }
    }

    fn from(&self, site: SiteId) -> &[(LaneId, SiteId, u32)] {
        &self.lanes[self.first[site.index()]..self.first[site.index() + 1]]
    }
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
