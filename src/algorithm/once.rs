//! The shortest route that enters none of some territories twice (R15), by labels that remember where they have been.
//!
//! The network stands as it is: a label is a vertex and, for each watched territory, whether the route has not been there
//! yet, is inside, or has left. Sites without territory change nothing, so that a route may leave for the high seas and come
//! back. Which territories have to be watched is decided elsewhere (see `route::search`).
//!
//! ```text
//!   watched {T}:   not yet --enter T--> inside --enter another--> left --enter T--> no label
//! ```

use std::collections::BTreeMap;

use super::Route;
use super::heap::MinHeap;
use crate::network::{ArcId, Network, Outage, UNREACHABLE, VertexId};
use crate::topology::{SiteId, TerritoryId};

/// Memory of the searches, kept from one to the next.
#[derive(Clone, Debug, Default)]
pub struct Workspace {
    layers: Layers,
    /// By label: layer × vertices + vertex.
    costs: Vec<u64>,
    steps: Vec<Step>,
    /// Labels with a cost.
    open: Vec<u64>,
    queue: MinHeap<(u64, u64)>,
}

/// How a label was reached; of two at equal cost, the lesser is the better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Step {
    hops: u32,
    arc: u32,
    /// Layer that it came from.
    layer: u32,
}

const NO_ARC: u32 = u32::MAX;
const ROOT: Step = Step { hops: 0, arc: NO_ARC, layer: 0 };

/// Finds the shortest route from a site to another that enters no watched territory twice, or `None` where nothing leads.
///
/// `territory_of` says where a site lies, if anywhere. Ties go to fewer arcs, then to the lower end vertex, then to the lower
/// incoming arc at each label.
///
/// O((|V| + |E|) log |V|) time and O(|V|) space for each layer that is met: at most 3^watched, a handful where cables are.
pub fn find_route(
    network: &Network,
    outage: &Outage,
    [source, target]: [SiteId; 2],
    (watched, territory_of): (&[TerritoryId], impl Fn(SiteId) -> Option<TerritoryId>),
    workspace: &mut Workspace,
) -> Option<Route> {
    workspace.begin(watched.len());
    let vertices = network.vertex_count() as u64;
    for vertex in network.starts(source) {
        if let Some(layer) = workspace.layers.enter(0, territory_of(source), watched) {
            workspace.offer(vertices, (u64::from(layer), u64::from(vertex.0)), 0, ROOT);
        }
    }
    let (lanes, heads, costs) = (network.lanes(), network.heads(), network.costs());
    let mut best: Option<(u64, u32, u64)> = None;
    while let Some((cost, label)) = workspace.queue.pop() {
        if best.is_some_and(|(least, ..)| cost > least) {
            break;
        }
        if workspace.costs[place(label)] != cost {
            continue;
        }
        let layer = u32::try_from(label / vertices).expect("layers are counted in 32 bits");
        let vertex = VertexId::from_index(place(label % vertices));
        let hops = workspace.steps[place(label)].hops;
        if network.site(vertex) == target && network.vertex(vertex).is_end {
            let rank = (cost, hops, label);
            let is_better =
                |(_, hops, label): (u64, u32, u64)| (rank.1, rank.2 % vertices, rank.2) < (hops, label % vertices, label);
            if best.is_none_or(is_better) {
                best = Some(rank);
            }
        }
        for arc in network.out_arcs(vertex) {
            if outage.is_lost(lanes[arc.index()].segment()) {
                continue;
            }
            let far = VertexId(heads[arc.index()]);
            let step = Step { hops: hops + 1, arc: arc.0, layer };
            if let Some(into) = workspace.layers.enter(layer, territory_of(network.site(far)), watched) {
                let cost = cost + u64::from(costs[arc.index()]);
                workspace.offer(vertices, (u64::from(into), u64::from(far.0)), cost, step);
            }
        }
    }
    best.map(|(cost, hops, label)| workspace.read(network, cost, hops, label))
}

impl Workspace {
    /// Forgets the last search.
    fn begin(&mut self, watched: usize) {
        for label in self.open.drain(..) {
            self.costs[place(label)] = UNREACHABLE;
        }
        self.queue.clear();
        self.layers.begin(watched);
    }

    /// A way to a label; costs are positive, so that the best step stands when the label is popped.
    fn offer(&mut self, vertices: u64, (layer, vertex): (u64, u64), cost: u64, step: Step) {
        let label = layer * vertices + vertex;
        if self.costs.len() <= place(label) {
            let length = place((layer + 1) * vertices);
            self.costs.resize(length, UNREACHABLE);
            self.steps.resize(length, ROOT);
        }
        let known = &mut self.costs[place(label)];
        if cost < *known {
            if *known == UNREACHABLE {
                self.open.push(label);
            }
            *known = cost;
            self.steps[place(label)] = step;
            self.queue.push((cost, label));
        } else if cost == *known && step < self.steps[place(label)] {
            self.steps[place(label)] = step;
        }
    }

    fn read(&self, network: &Network, cost: u64, hops: u32, mut label: u64) -> Route {
        let vertices = network.vertex_count() as u64;
        let mut arcs = Vec::with_capacity(hops as usize);
        loop {
            let step = self.steps[place(label)];
            if step.arc == NO_ARC {
                arcs.reverse();
                return Route { arcs, cost };
            }
            arcs.push(ArcId(step.arc));
            let tail = network.tails()[ArcId(step.arc).index()];
            label = u64::from(step.layer) * vertices + u64::from(tail);
        }
    }
}

fn place(label: u64) -> usize {
    usize::try_from(label).expect("labels are in memory")
}

/// Where routes have been, each combination once; 0 is nowhere.
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
    use super::*;
    use crate::network::{Metric, compile, product};
    use crate::policy::{Automaton, Law, Policy, Profile, Query};
    use crate::testing::{Chance, day, random_ends, random_international};
    use crate::topology::Service;

    #[test]
    fn labels_find_what_the_product_with_watching_states_holds() {
        let mut routes = 0;
        for seed in 0..400 {
            let topology = random_international(seed);
            let mut chance = Chance(seed ^ 0x77);
            let policy = Policy::new(chance.pick(&[Profile::Lawful, Profile::Emergency]), day());
            let law = Law::new(&topology, &policy);
            let (from, to) = random_ends(&topology, &mut chance);
            let query = Query { from, to, service: chance.pick(&Service::ALL), operator: None };
            let compiled = compile(&law, Metric::Distance, std::slice::from_ref(&query));
            let network = &compiled.networks[0];
            let watched: Vec<TerritoryId> = (0..4).map(TerritoryId).filter(|_| chance.pick(&[true, false])).collect();
            let automaton = watched.iter().copied().fold(Automaton::new(&law, &query), Automaton::watching);
            let watching = product(&automaton, Metric::Distance);
            let lost: Vec<_> =
                topology.segments().map(|(id, _)| id).filter(|_| chance.pick(&[true, false, false, false])).collect();
            let outage = Outage::of(topology.segment_count(), lost);
            let mut workspace = super::super::shortest_path::Workspace::new();
            let expected = super::super::shortest_path::find_route(&watching, &outage, [from, to], &mut workspace);
            let mut workspace = Workspace::default();
            for _ in 0..2 {
                let of = |site: SiteId| law.territory(site);
                let found = find_route(network, &outage, [from, to], (&watched, of), &mut workspace);
                assert_eq!(found.as_ref().map(|route| route.cost), expected.as_ref().map(|route| route.cost), "seed {seed}");
                if let Some(route) = found {
                    assert_eq!(Route::new(network, route.arcs.clone()), route);
                    routes += 1;
                }
            }
        }
        assert!(routes > 150, "{routes} routes prove little");
    }
}
