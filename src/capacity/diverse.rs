//! How many routes share no risk group, and which fewest groups cut all of them.
//!
//! Both are hard (Hu 2003, Coudert and others 2007), so both are searched within a budget, and each proves the other where
//! they meet: routes that share nothing are no more than the groups of a cut.

use crate::algorithm::Route;
use crate::algorithm::k_shortest::{self, list_routes};
use crate::algorithm::max_flow::{Limits, MaxFlow};
use crate::algorithm::shortest_path::{self, find_route};
use crate::network::{Arc, ArcId, LaneId, Network, Outage, UNLIMITED, Vertex, VertexId};
use crate::policy::Law;
use crate::topology::{CableId, CableKind, RiskGroupId, SegmentId, SiteId};

/// Something whose loss takes one or several segments at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hazard {
    /// A risk group of the topology.
    Group(RiskGroupId),
    /// A whole submarine cable: its power feed and its owners are one.
    Cable(CableId),
    /// A segment by itself, where it is in none of these.
    Segment(SegmentId),
}

/// How many routes share no hazard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diversity {
    /// So many routes were found that share none; each as its segments in order.
    pub routes: Vec<Vec<SegmentId>>,
    /// There are no more than this.
    pub at_most: usize,
    /// The fewest hazards whose loss leaves no route; empty where there is none to begin with, or the search gave up.
    pub cut: Vec<Hazard>,
}

impl Diversity {
    /// Whether the number of routes is exact.
    #[must_use]
    pub fn is_proven(&self) -> bool {
        self.routes.len() == self.at_most
    }
}

/// Searches that each part of the question is worth.
const BUDGET: u32 = 5_000;

/// Counts routes of a physical network between the sites of two places that share no hazard.
///
/// A risk group counts by its segments and by its sites outside the two places. Deterministic: the budget counts
/// searches, not time.
///
/// # Panics
/// If the places share a site.
pub(super) fn count(law: &Law<'_>, network: &Network, places: [&[SiteId]; 2]) -> Diversity {
    let (joined, ends) = join(network, places);
    let mut search = Search {
        network: &joined,
        places,
        ends,
        hazards: Hazards::of(law, places),
        flow: MaxFlow::new(network, Limits::DisjointSegments),
        listing: k_shortest::Workspace::default(),
        finding: shortest_path::Workspace::default(),
        budget: BUDGET,
        breadth: 0,
        is_complete: true,
        best: Vec::new(),
        chosen: Vec::new(),
        cut: Vec::new(),
    };
    let mut outage = Outage::none_of(&joined);
    let mut at_most = search.flow_bound(&outage);
    search.widen(&outage, 1, &mut at_most);
    let mut cut = Vec::new();
    search.budget = BUDGET;
    for size in search.best.len()..=at_most {
        if search.cuts(&mut outage, size) {
            cut = std::mem::take(&mut search.cut);
            at_most = at_most.min(size);
            break;
        }
        search.cut.clear();
    }
    search.budget = BUDGET;
    search.widen(&outage, usize::MAX, &mut at_most);
    cut.sort_unstable();
    let cut = cut.into_iter().map(|hazard| search.hazards.names[hazard]).collect();
    Diversity { routes: search.best, at_most, cut }
}

/// Which segments each hazard takes, and which hazards each segment is in.
struct Hazards {
    names: Vec<Hazard>,
    segments: Vec<Vec<SegmentId>>,
    of: Vec<Vec<usize>>,
}

impl Hazards {
    fn of(law: &Law<'_>, places: [&[SiteId]; 2]) -> Self {
        let topology = law.topology();
        let mut hazards = Self { names: Vec::new(), segments: Vec::new(), of: vec![Vec::new(); topology.segment_count()] };
        for (i, group) in topology.risk_groups().iter().enumerate() {
            let is_end = |site: &SiteId| places.iter().any(|place| place.contains(site));
            let at_sites = group.sites.iter().filter(|site| !is_end(site)).flat_map(|&site| law.segments_at(site));
            let segments = group.segments.iter().copied().chain(at_sites.map(|(segment, _)| segment)).collect();
            hazards.add(Hazard::Group(RiskGroupId::from_index(i)), segments);
        }
        let submarine = |i: &usize| topology.cables()[*i].kind == CableKind::Submarine;
        for i in (0..topology.cables().len()).filter(submarine) {
            let of_cable = topology.segments().filter(|(_, segment)| segment.cable.index() == i);
            hazards.add(Hazard::Cable(CableId::from_index(i)), of_cable.map(|(segment, _)| segment).collect());
        }
        for (segment, _) in topology.segments() {
            if hazards.of[segment.index()].is_empty() {
                hazards.add(Hazard::Segment(segment), vec![segment]);
            }
        }
        hazards
    }

    fn add(&mut self, name: Hazard, mut segments: Vec<SegmentId>) {
        segments.sort_unstable();
        segments.dedup();
        for segment in &segments {
            self.of[segment.index()].push(self.names.len());
        }
        self.names.push(name);
        self.segments.push(segments);
    }

    /// The hazards that a route is in, ascending.
    fn on(&self, route: &[SegmentId]) -> Vec<usize> {
        let mut hazards: Vec<usize> = route.iter().flat_map(|segment| self.of[segment.index()].iter().copied()).collect();
        hazards.sort_unstable();
        hazards.dedup();
        hazards
    }
}

struct Search<'a> {
    /// With the two sites more.
    network: &'a Network,
    places: [&'a [SiteId]; 2],
    ends: [SiteId; 2],
    hazards: Hazards,
    flow: MaxFlow,
    listing: k_shortest::Workspace,
    finding: shortest_path::Workspace,
    budget: u32,
    /// How many routes are tried next at each step.
    breadth: usize,
    /// Whether no route was left untried.
    is_complete: bool,
    best: Vec<Vec<SegmentId>>,
    chosen: Vec<Vec<SegmentId>>,
    cut: Vec<usize>,
}

impl Search<'_> {
    /// Routes that share no segment: never fewer than those that share no hazard.
    fn flow_bound(&mut self, outage: &Outage) -> usize {
        let [from, to] = self.places;
        let value = self.flow.solve(from, to, outage).bounded().expect("places apart and one route per segment have a bound");
        usize::try_from(value).expect("fewer than segments")
    }

    /// Packs with ever more routes tried at each step, up to so many, until there is nothing to gain or budget left.
    ///
    /// Where no route was left untried, the best there is was found.
    fn widen(&mut self, outage: &Outage, breadth_max: usize, at_most: &mut usize) {
        self.breadth = 1;
        while self.best.len() < *at_most && self.budget > 0 {
            self.is_complete = true;
            self.pack(outage);
            if self.is_complete {
                *at_most = self.best.len();
            }
            if self.breadth >= breadth_max {
                break;
            }
            self.breadth *= 2;
        }
    }

    /// Chooses routes that share nothing with each other, the cheapest few first; keeps the most it ever chose.
    fn pack(&mut self, outage: &Outage) {
        if self.chosen.len() > self.best.len() {
            self.best.clone_from(&self.chosen);
        }
        if self.chosen.len() + self.flow_bound(outage) <= self.best.len() {
            return;
        }
        if self.budget == 0 {
            self.is_complete = false;
            return;
        }
        self.budget -= 1;
        let mut routes = list_routes(self.network, outage, self.ends, &mut self.listing);
        let next = routes.by_ref().take(self.breadth).map(|route| segments(self.network, &self.hazards, &route));
        let next: Vec<Vec<SegmentId>> = next.collect();
        self.is_complete &= routes.next().is_none();
        for route in next {
            let mut rest = outage.clone();
            for segment in &route {
                rest.lose(*segment);
            }
            for hazard in self.hazards.on(&route) {
                self.hazards.segments[hazard].iter().for_each(|&segment| rest.lose(segment));
            }
            self.chosen.push(route);
            self.pack(&rest);
            self.chosen.pop();
        }
    }

    /// Whether the loss of so many hazards more leaves no route; notes which in `cut`.
    ///
    /// Every cut takes a hazard of the shortest route that is left, so only those are tried.
    fn cuts(&mut self, outage: &mut Outage, hazards: usize) -> bool {
        if self.budget == 0 {
            return false;
        }
        self.budget -= 1;
        let Some(route) = find_route(self.network, outage, self.ends, &mut self.finding) else { return true };
        if hazards == 0 {
            return false;
        }
        let route = segments(self.network, &self.hazards, &route);
        for hazard in self.hazards.on(&route) {
            let fresh: Vec<SegmentId> =
                self.hazards.segments[hazard].iter().copied().filter(|&segment| !outage.is_lost(segment)).collect();
            fresh.iter().for_each(|&segment| outage.lose(segment));
            self.cut.push(hazard);
            let found = self.cuts(outage, hazards - 1);
            fresh.iter().for_each(|&segment| outage.restore(segment));
            if found {
                return true;
            }
            self.cut.pop();
        }
        false
    }
}

/// The segments of a route, without those that only join it to its places.
fn segments(network: &Network, hazards: &Hazards, route: &Route) -> Vec<SegmentId> {
    let segments = route.arcs.iter().map(|&arc| network.arc(arc).lane.segment());
    segments.filter(|segment| segment.index() < hazards.of.len()).collect()
}

/// A network with two sites more, joined to all sites of one place and of the other by segments without limit.
fn join(network: &Network, places: [&[SiteId]; 2]) -> (Network, [SiteId; 2]) {
    let (sites, mut segments) = (network.site_count(), network.segment_count());
    let ends = [SiteId::from_index(sites), SiteId::from_index(sites + 1)];
    let mut vertices: Vec<Vertex> = (0..network.vertex_count()).map(|i| network.vertex(VertexId::from_index(i))).collect();
    let mut arcs: Vec<Arc> = (0..network.arc_count()).map(|i| network.arc(ArcId::from_index(i))).collect();
    let mut lanes: Vec<u64> = (0..segments * 2).map(|i| network.lane_capacity(LaneId::from_index(i))).collect();
    let mut add = |tail: VertexId, head: VertexId| {
        let lane = LaneId::new(SegmentId::from_index(segments), 0);
        arcs.push(Arc { tail, head, lane, cost: 1, switch: None });
        lanes.extend([UNLIMITED, 0]);
        segments += 1;
    };
    let outer = ends.map(|site| {
        vertices.push(Vertex { site, state: 0, is_start: true, starts_switched: false, is_end: true });
        VertexId::from_index(vertices.len() - 1)
    });
    for vertex in places[0].iter().flat_map(|&site| network.vertices_of(site)) {
        add(outer[0], vertex);
    }
    for vertex in places[1].iter().flat_map(|&site| network.vertices_of(site)) {
        add(vertex, outer[1]);
    }
    let switching: Vec<u64> = (0..sites).map(|i| network.switching(SiteId::from_index(i))).chain([UNLIMITED; 2]).collect();
    (Network::new(vertices, arcs, lanes, switching), ends)
}
