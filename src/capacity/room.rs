//! What is left of every capacity, and what stands between two places when nothing is left between them.
//!
//! It places nothing.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::admit::takes;
use super::place::{Bounds, Outcome, Shortfall, Spec};
use super::{Bottleneck, Loads};
use crate::algorithm::Route;
use crate::algorithm::shortest_path::{Workspace, grow_reverse_tree};
use crate::network::{
    Arc, ArcId, Metric, Network, Outage, UNLIMITED, UNREACHABLE, VertexId, compile, lane_capacities, switching_capacities,
};
use crate::policy::{Law, Query};
use crate::route::{Way, search};
use crate::topology::SiteId;
use crate::units::Latency;

/// What is left of every capacity, Mbit/s.
#[derive(Clone, Debug)]
pub(super) struct Spare {
    lanes: Vec<f64>,
    switching: Vec<f64>,
}

/// Less than this counts as nothing, Mbit/s: what a solver rounds away, and a report too.
pub(super) const CRUMB_MBPS: f64 = 1e-3;

/// What a search for room finds.
#[derive(Clone, Debug, PartialEq)]
pub enum Room {
    /// A route with room on all of it, and how much, Mbit/s.
    Left(Way, f64),
    /// There is none; these are full, ascending, and every route passes one of them. None where there is no route.
    Cut(Vec<Bottleneck>),
}

/// Where else what was dropped would fit, or what cuts it off: of each request that its placement does not carry in full
/// although it has a route in time; by request.
#[must_use]
pub fn elsewhere(law: &Law<'_>, spec: &Spec, outcome: &Outcome) -> Vec<(usize, Room)> {
    let dropped = |i: &usize| match &outcome.placements[*i].shortfall {
        Some(Shortfall::Full { .. } | Shortfall::CutOff { .. }) => true,
        Some(Shortfall::Unconnected | Shortfall::Unlawful | Shortfall::TooSlow { .. }) | None => false,
    };
    let dropped: Vec<usize> = (0..outcome.placements.len()).filter(dropped).collect();
    let queries: Vec<Query> = dropped.iter().map(|&i| spec.requests[i].query.clone()).collect();
    let compiled = compile(law, Metric::Latency, &queries);
    let spare = Spare::after(law, &outcome.loads);
    let room = |(): &mut (), i: usize| {
        let limit = spec.requests[dropped[i]].latency_max.filter(|_| spec.bounds == Bounds::Held);
        (dropped[i], spare.find(law, &compiled.networks[compiled.of_query[i]], &queries[i], limit))
    };
    crate::parallel::map(dropped.len(), || (), room)
}

impl Spare {
    /// All of every capacity; what nobody knows is nothing of a lane and without limit of switching.
    pub(super) fn of(law: &Law<'_>) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "below 2^53 Mbit/s")]
        let real = |mbps: u64| if mbps == UNLIMITED { f64::INFINITY } else { mbps as f64 };
        Self {
            lanes: lane_capacities(law).into_iter().map(real).collect(),
            switching: switching_capacities(law.topology()).into_iter().map(real).collect(),
        }
    }

    /// What loads leave of every capacity.
    pub(super) fn after(law: &Law<'_>, loads: &Loads) -> Self {
        let Self { mut lanes, mut switching } = Self::of(law);
        lanes.iter_mut().zip(&loads.lanes).for_each(|(left, load)| *left = (*left - load).max(0.0));
        switching.iter_mut().zip(&loads.switched).for_each(|(left, load)| *left = (*left - load).max(0.0));
        Self { lanes, switching }
    }

    pub(super) fn left(&self, bottleneck: Bottleneck) -> f64 {
        match bottleneck {
            Bottleneck::Lane(lane) => self.lanes[lane.index()],
            Bottleneck::Gateway(site) => self.switching[site.index()],
        }
    }

    pub(super) fn take(&mut self, bottleneck: Bottleneck, mbps: f64) {
        let left = match bottleneck {
            Bottleneck::Lane(lane) => &mut self.lanes[lane.index()],
            Bottleneck::Gateway(site) => &mut self.switching[site.index()],
        };
        *left = (*left - mbps).max(0.0);
    }

    /// Finds the fastest lawful route of a query within a limit that has room, in a network that counts nanoseconds and
    /// serves the query; else what cuts it off.
    pub(super) fn find(&self, law: &Law<'_>, network: &Network, query: &Query, limit: Option<Latency>) -> Room {
        let (ends, limit) = ([query.from, query.to], limit.map(Latency::ns));
        let way = match self.search(network, ends, limit) {
            Ok(route) => Way::new(law.topology(), network, query.from, &route),
            Err(cut) => return Room::Cut(cut),
        };
        if search::entered_twice(law, &way).is_empty() {
            return self.left_on(law, way);
        }
        let mut cut = Vec::new();
        let ways = search::watched(law, Metric::Latency, query, |network| match self.search(network, ends, limit) {
            Ok(route) => vec![route],
            Err(found) => {
                cut = found;
                Vec::new()
            }
        });
        ways.into_iter().next().map_or(Room::Cut(cut), |way| self.left_on(law, way))
    }

    /// Takes some traffic's room on a route.
    pub(super) fn fill(&mut self, law: &Law<'_>, way: &Way, mbps: f64) {
        for (what, times) in takes(law, &[(way.clone(), 1.0)]) {
            self.take(what, mbps * times);
        }
    }

    fn left_on(&self, law: &Law<'_>, way: Way) -> Room {
        let takes = takes(law, &[(way.clone(), 1.0)]);
        let mbps = takes.into_iter().map(|(what, times)| self.left(what) / times).fold(f64::INFINITY, f64::min);
        Room::Left(way, mbps)
    }

    /// The cheapest route between two sites that has room and costs at most `limit`; else what cuts them apart.
    ///
    /// O((|V| + |E|) log |V|) time.
    fn search(&self, network: &Network, [from, to]: [SiteId; 2], limit: Option<u64>) -> Result<Route, Vec<Bottleneck>> {
        let limit = limit.unwrap_or(UNREACHABLE - 1);
        let reached = self.reach(network, from, limit);
        let end = network.ends(to).filter(|end| reached.cost[end.index()] <= limit).min_by_key(|end| reached.cost[end.index()]);
        if let Some(end) = end {
            return Ok(reached.route(network, end));
        }
        let mut workspace = Workspace::default();
        let ahead = grow_reverse_tree(network, &Outage::none_of(network), network.ends(to), &mut workspace);
        let is_near = |so_far: u64, vertex: VertexId| so_far.saturating_add(ahead.distance(vertex)) <= limit;
        let mut cut = Vec::new();
        for start in network.starts(from).filter(|&start| !self.may_start(network, start) && is_near(0, start)) {
            cut.push(Bottleneck::Gateway(network.site(start)));
        }
        for tail in (0..network.vertex_count()).map(VertexId::from_index).filter(|tail| reached.is_reached(*tail)) {
            for arc in network.out_arcs(tail).map(|arc| network.arc(arc)) {
                if is_near(reached.cost[tail.index()] + u64::from(arc.cost), arc.head) {
                    cut.extend(bottlenecks(&arc).filter(|&what| self.is_full(what)));
                }
            }
        }
        cut.sort_unstable();
        cut.dedup();
        Err(cut)
    }

    /// Least cost from a site to every vertex within a limit over what has room.
    fn reach(&self, network: &Network, from: SiteId, limit: u64) -> Reached {
        let mut cost = vec![UNREACHABLE; network.vertex_count()];
        let mut parent: Vec<Option<ArcId>> = vec![None; network.vertex_count()];
        let mut heap = BinaryHeap::new();
        for start in network.starts(from).filter(|&start| self.may_start(network, start)) {
            cost[start.index()] = 0;
            heap.push(Reverse((0, start)));
        }
        while let Some(Reverse((so_far, tail))) = heap.pop() {
            if so_far > cost[tail.index()] {
                continue;
            }
            for id in network.out_arcs(tail) {
                let arc = network.arc(id);
                let then = so_far + u64::from(arc.cost);
                if then <= limit && then < cost[arc.head.index()] && !bottlenecks(&arc).any(|what| self.is_full(what)) {
                    cost[arc.head.index()] = then;
                    parent[arc.head.index()] = Some(id);
                    heap.push(Reverse((then, arc.head)));
                }
            }
        }
        Reached { cost, parent }
    }

    fn may_start(&self, network: &Network, start: VertexId) -> bool {
        !network.vertex(start).starts_switched || !self.is_full(Bottleneck::Gateway(network.site(start)))
    }

    fn is_full(&self, what: Bottleneck) -> bool {
        self.left(what) < CRUMB_MBPS
    }
}

/// A tree of cheapest routes.
struct Reached {
    /// [`UNREACHABLE`] where nothing leads; length = vertices.
    cost: Vec<u64>,
    parent: Vec<Option<ArcId>>,
}

impl Reached {
    fn is_reached(&self, vertex: VertexId) -> bool {
        self.cost[vertex.index()] != UNREACHABLE
    }

    fn route(&self, network: &Network, mut at: VertexId) -> Route {
        let mut arcs = Vec::new();
        while let Some(arc) = self.parent[at.index()] {
            arcs.push(arc);
            at = network.arc(arc).tail;
        }
        arcs.reverse();
        Route::new(network, arcs)
    }
}

fn bottlenecks(arc: &Arc) -> impl Iterator<Item = Bottleneck> + use<> {
    std::iter::once(Bottleneck::Lane(arc.lane)).chain(arc.switch.map(Bottleneck::Gateway))
}
