//! The shortest route that enters none of some territories twice (R15), by labels that remember where they have been.
//!
//! The network stands as it is: a label is a vertex and, for each watched territory, whether the rest of the route has not
//! been there, is inside, or is behind it. Sites without territory change nothing, so that a route may leave for the high
//! seas and come back. The search goes from the target back to the source, led by what the way from the source costs where
//! nothing is watched: a tree that whoever asks has grown already. Which territories have to be watched is decided elsewhere
//! (see `route::search`).
//!
//! ```text
//!   watched {T}, read backwards:   not yet --enter T--> inside --enter another--> left --enter T--> no label
//! ```

use std::collections::BTreeMap;

use super::Route;
use super::heap::MinHeap;
use crate::network::{Network, Outage, UNREACHABLE, VertexId};
use crate::topology::{SiteId, TerritoryId};

/// Memory of the searches, kept from one to the next.
#[derive(Clone, Debug, Default)]
pub struct Workspace {
    layers: Layers,
    /// By label: layer × vertices + vertex.
    ways: Vec<Rest>,
    /// Labels with a way.
    open: Vec<u64>,
    /// Cost of the whole route at least, cost to the target, label.
    queue: MinHeap<(u64, u64, u64)>,
    /// The labels of a route, the last first, each with how many of its arcs were tried.
    trail: Vec<(u64, usize)>,
}

/// The best way from a label on to the target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Rest {
    cost: u64,
    hops: u32,
}

const NONE: Rest = Rest { cost: UNREACHABLE, hops: u32::MAX };

impl Rest {
    fn after(self, cost: u32) -> Self {
        Self { cost: self.cost + u64::from(cost), hops: self.hops + 1 }
    }
}

/// Finds the shortest route from a site to another that enters no watched territory twice, or `None` where nothing leads.
///
/// `bound` says what the cheapest way from the source to a vertex costs under this outage, whatever it enters;
/// [`UNREACHABLE`] where there is none. `territory_of` says where a site lies, if anywhere. Ties go to fewer arcs, then to
/// the lower end vertex, then to the lower incoming arc at each vertex, the last first, as in `shortest_path`.
///
/// A* with a consistent bound (Hart, Nilsson, Raphael 1968): O(l log l) time for the l labels from which a route through
/// them might be as cheap as the one found, O(|V|) space for each layer that is met: at most 3^watched, a handful where
/// cables are.
pub fn find_route(
    (network, outage): (&Network, &Outage),
    [source, target]: [SiteId; 2],
    bound: impl Fn(VertexId) -> u64,
    (watched, territory_of): (&[TerritoryId], impl Fn(SiteId) -> Option<TerritoryId>),
    workspace: &mut Workspace,
) -> Option<Route> {
    let vertices = network.vertex_count() as u64;
    workspace.begin(watched.len());
    let root = workspace.layers.enter(0, territory_of(target), watched)?;
    let label_of = |layer: u32, vertex: VertexId| u64::from(layer) * vertices + u64::from(vertex.0);
    for vertex in network.ends(target).filter(|&vertex| bound(vertex) != UNREACHABLE) {
        workspace.offer(vertices, label_of(root, vertex), Rest { cost: 0, hops: 0 }, bound(vertex));
    }
    let (steps, tails, costs) = (network.steps(), network.tails(), network.costs());
    let begins = |vertex: VertexId| network.site(vertex) == source && network.vertex(vertex).is_start;
    let mut best = NONE;
    while let Some((least, cost, label)) = workspace.queue.pop() {
        if least > best.cost {
            break;
        }
        let rest = workspace.ways[place(label)];
        if rest.cost != cost {
            continue;
        }
        let (layer, vertex) = split(label, vertices);
        if begins(vertex) {
            best = best.min(rest);
        }
        for step in steps.to(vertex.0) {
            let (tail, way) = (VertexId(step.end), rest.after(step.cost));
            let least = bound(tail).saturating_add(way.cost);
            if least == UNREACHABLE || least > best.cost || outage.is_lost(step.lane.segment()) {
                continue;
            }
            if let Some(layer) = workspace.layers.enter(layer, territory_of(network.site(tail)), watched) {
                workspace.offer(vertices, label_of(layer, tail), way, bound(tail));
            }
        }
    }
    if best == NONE {
        return None;
    }
    // Of the best routes the first: from each label on to the first arc that leads to the source, back where none does.
    for end in network.ends(target) {
        workspace.trail.push((label_of(root, end), 0));
        let mut arcs = Vec::with_capacity(best.hops as usize);
        while let Some((label, tried)) = workspace.trail.last_mut() {
            let (label, rest) = (*label, workspace.ways[place(*label)]);
            let (layer, vertex) = split(label, vertices);
            if rest == best && begins(vertex) {
                arcs.reverse();
                return Some(Route { arcs, cost: best.cost });
            }
            let next = network.in_arcs(vertex).skip(*tried).find_map(|arc| {
                *tried += 1;
                let tail = VertexId(tails[arc.index()]);
                let layer = workspace.layers.enter(layer, territory_of(network.site(tail)), watched)?;
                let way = workspace.ways.get(place(label_of(layer, tail)))?;
                let is_lost = outage.is_lost(network.lanes()[arc.index()].segment());
                (rest != NONE && !is_lost && *way == rest.after(costs[arc.index()])).then_some((arc, layer, tail))
            });
            if let Some((arc, layer, tail)) = next {
                arcs.push(arc);
                workspace.trail.push((label_of(layer, tail), 0));
            } else {
                workspace.ways[place(label)] = NONE;
                workspace.trail.pop();
                arcs.pop();
            }
        }
    }
    unreachable!("the best way was found along these labels")
}

impl Workspace {
    /// Forgets the last search.
    fn begin(&mut self, watched: usize) {
        for label in self.open.drain(..) {
            self.ways[place(label)] = NONE;
        }
        self.queue.clear();
        self.trail.clear();
        self.layers.begin(watched);
    }

    /// A way on from a label that costs at least `bound` to come to; costs are positive, so that the best stands when the
    /// label is popped.
    fn offer(&mut self, vertices: u64, label: u64, way: Rest, bound: u64) {
        if self.ways.len() <= place(label) {
            self.ways.resize(place((label / vertices + 1) * vertices), NONE);
        }
        let known = &mut self.ways[place(label)];
        if way >= *known {
            return;
        }
        if *known == NONE {
            self.open.push(label);
        }
        if way.cost < known.cost {
            self.queue.push((way.cost + bound, way.cost, label));
        }
        *known = way;
    }
}

fn place(label: u64) -> usize {
    usize::try_from(label).expect("labels are in memory")
}

/// The layer of a label, and its vertex.
fn split(label: u64, vertices: u64) -> (u32, VertexId) {
    let layer = u32::try_from(label / vertices).expect("layers are counted in 32 bits");
    (layer, VertexId::from_index(place(label % vertices)))
}

/// Where ways have been, each combination once; 0 is nowhere.
#[derive(Clone, Debug, Default)]
struct Layers {
    digits: Vec<Vec<Visit>>,
    numbers: BTreeMap<Vec<Visit>, u32>,
    /// By layer: what entering an unwatched territory makes of it, then each watched one.
    next: Vec<Vec<Next>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Visit {
    NotYet,
    Inside,
    Left,
}

#[derive(Clone, Copy, Debug)]
enum Next {
    Unknown,
    Nowhere,
    Layer(u32),
}

impl Layers {
    fn begin(&mut self, watched: usize) {
        self.digits.clear();
        self.numbers.clear();
        self.next.clear();
        self.number(vec![Visit::NotYet; watched]);
    }

    fn number(&mut self, digits: Vec<Visit>) -> u32 {
        if let Some(&number) = self.numbers.get(&digits) {
            return number;
        }
        let number = u32::try_from(self.digits.len()).expect("layers are counted in 32 bits");
        self.next.push(vec![Next::Unknown; digits.len() + 1]);
        self.digits.push(digits.clone());
        self.numbers.insert(digits, number);
        number
    }

    /// The layer after entering a territory; `None` if it was left before.
    fn enter(&mut self, layer: u32, territory: Option<TerritoryId>, watched: &[TerritoryId]) -> Option<u32> {
        let Some(territory) = territory else { return Some(layer) };
        let entered = watched.iter().position(|&watched| watched == territory).map_or(0, |position| position + 1);
        match self.next[layer as usize][entered] {
            Next::Layer(next) => Some(next),
            Next::Nowhere => None,
            Next::Unknown => {
                let next = self.look(layer, entered);
                self.next[layer as usize][entered] = next.map_or(Next::Nowhere, Next::Layer);
                next
            }
        }
    }

    fn look(&mut self, layer: u32, entered: usize) -> Option<u32> {
        let mut digits = self.digits[layer as usize].clone();
        for (position, visit) in (1..).zip(&mut digits) {
            *visit = match (position == entered, *visit) {
                (true, Visit::Left) => return None,
                (true, Visit::NotYet | Visit::Inside) => Visit::Inside,
                (false, Visit::Inside) => Visit::Left,
                (false, visit) => visit,
            };
        }
        Some(self.number(digits))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{k_shortest, shortest_path};
    use super::*;
    use crate::network::{ArcId, Metric, compile, product};
    use crate::policy::{Automaton, Law, Policy, Profile, Query};
    use crate::testing::{Chance, day, random_ends, random_international};
    use crate::topology::Service;

    /// By the total order of routes: cost, arcs, end vertex, arcs from the last to the first.
    fn rank(network: &Network, route: &Route) -> (u64, usize, VertexId, Vec<ArcId>) {
        let back: Vec<ArcId> = route.arcs.iter().rev().copied().collect();
        let end = back.first().map_or(VertexId(0), |arc| VertexId(network.heads()[arc.index()]));
        (route.cost, back.len(), end, back)
    }

    #[test]
    fn labels_find_what_the_product_with_watching_states_holds_and_of_its_routes_the_first() {
        let (mut routes, mut ties) = (0, 0);
        for seed in 0..1200 {
            let topology = random_international(seed);
            let mut chance = Chance(seed ^ 0x77);
            let policy = Policy::new(chance.pick(&[Profile::Lawful, Profile::Emergency]), day());
            let law = Law::new(&topology, &policy);
            let (from, to) = random_ends(&topology, &mut chance);
            let query = Query { from, to, service: chance.pick(&Service::ALL), operator: None };
            let metric = chance.pick(&[Metric::Distance, Metric::Hops]);
            let compiled = compile(&law, metric, std::slice::from_ref(&query));
            let network = &compiled.networks[0];
            let watched: Vec<TerritoryId> = (0..4).map(TerritoryId).filter(|_| chance.pick(&[true, false])).collect();
            let automaton = watched.iter().copied().fold(Automaton::new(&law, &query), Automaton::watching);
            let watching = product(&automaton, metric);
            let lost: Vec<_> =
                topology.segments().map(|(id, _)| id).filter(|_| chance.pick(&[true, false, false, false])).collect();
            let outage = Outage::of(topology.segment_count(), lost);
            let mut workspace = shortest_path::Workspace::new();
            let expected = shortest_path::find_route(&watching, &outage, [from, to], &mut workspace);
            let tree = shortest_path::grow_tree(network, &outage, network.starts(from), &mut workspace);
            let of = |site: SiteId| law.territory(site);
            let is_once = |route: &Route| {
                let sites = std::iter::once(from).chain(route.arcs.iter().map(|&arc| network.site(network.arc(arc).head)));
                let mut entered: Vec<TerritoryId> = sites.filter_map(of).collect();
                entered.dedup();
                watched.iter().all(|watched| entered.iter().filter(|&territory| territory == watched).count() <= 1)
            };
            let mut workspace = Workspace::default();
            for _ in 0..2 {
                let bound = |vertex| tree.distance(vertex);
                let found = find_route((network, &outage), [from, to], bound, (&watched, of), &mut workspace);
                assert_eq!(found.as_ref().map(|route| route.cost), expected.as_ref().map(|route| route.cost), "seed {seed}");
                let Some(route) = found else { continue };
                assert_eq!(Route::new(network, route.arcs.clone()), route);
                let mut list = k_shortest::Workspace::default();
                let all = k_shortest::list_routes(network, &outage, [from, to], &mut list);
                let equal: Vec<Route> = all
                    .take_while(|other| other.cost <= route.cost)
                    .filter(|other| other.cost == route.cost && is_once(other))
                    .collect();
                let first = equal.iter().min_by_key(|route| rank(network, route)).expect("the route is among them");
                assert_eq!(&route, first, "seed {seed}");
                routes += 1;
                ties += usize::from(equal.len() > 1);
            }
        }
        assert!(routes > 300 && ties > 30, "{routes} routes and {ties} ties prove little");
    }
}
