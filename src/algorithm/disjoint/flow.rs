//! The cheapest pair apart by segment or site, where a vertex is a site: a flow of two units at least cost.
//!
//! The second unit may take back what the first one took (a step against an arc of the first route regains its cost), and
//! it may use a segment or site once more at a price above all costs, so that the same search answers whether a disjoint
//! pair exists and which pair shares least. Suurballe and Tarjan 1984, with the prices as a second, dearer copy of each arc.
//!
//! ```text
//!    site v of the first route, where sites count:
//!
//!    arrive --> (v, IN) --price--> (v, OUT) --> leave
//!                  ^------ 0 ---------'
//!    back along the arc by which the first route came: from (v, IN);  back into v along the arc by which it left: to (v, OUT)
//! ```

use super::super::guided::{Begin, NO_ARC, Way};
use super::super::heap::MinHeap;
use super::{Query, Route, Value, Workspace};
use crate::network::{ArcId, VertexId};

/// Memory of the second search; all tables are empty between questions.
#[derive(Clone, Debug, Default)]
pub(super) struct Scratch {
    /// Length = vertices: the arc of the first route that leaves there.
    next_arc: Vec<u32>,
    /// Length = vertices: the arc of the first route that arrives there.
    previous_arc: Vec<u32>,
    /// Length = 2 × vertices.
    labels: Vec<Label>,
    heap: MinHeap<(u128, u32)>,
}

#[derive(Clone, Copy, Debug)]
struct Label {
    distance: u128,
    /// The place it came from.
    from: u32,
    step: Step,
}

/// How the second unit moves.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// Along an arc.
    Along(u32),
    /// Against an arc of the first route.
    Back(u32),
    /// Within a site of the first route.
    Inside,
}

const NOWHERE: Label = Label { distance: u128::MAX, from: u32::MAX, step: Step::Inside };

/// What sharing one segment or site costs: more than any two routes.
const PRICE: u128 = 1 << 64;

const IN: u32 = 0;
const OUT: u32 = 1;

/// Finds the pair that shares the fewest segments (and sites, if they count), then costs least; `None` where nothing leads.
///
/// `workspace` must be aimed at the target.
pub(super) fn find_pair(query: &Query<'_>, workspace: &mut Workspace) -> Option<([Route; 2], Value)> {
    let Query { network, outage, ends: [source, target], .. } = *query;
    let starts: Vec<VertexId> = network.starts(source).collect();
    let begin = Begin { roots: &starts, banned: &[], may_stay: true };
    let first = workspace.guided.search(network, outage, target, begin)?;
    if first.arcs.is_empty() {
        return Some(([Route::default(), Route::default()], Value { shared: 0, cost: 0 }));
    }
    workspace.flow.lay(query, &first);
    let end = VertexId(network.heads()[first.arcs[first.arcs.len() - 1].index()]);
    let price = workspace.flow.search(query, &workspace.guided, first.root, end) / PRICE;
    let routes = workspace.flow.untangle(query, &first, end);
    let cost = routes.iter().map(|route| route.cost).sum();
    Some((routes, Value { shared: usize::try_from(price).expect("counts segments and sites"), cost }))
}

impl Scratch {
    /// Writes the first route down.
    fn lay(&mut self, query: &Query<'_>, first: &Way) {
        let vertices = query.network.vertex_count();
        for table in [&mut self.next_arc, &mut self.previous_arc] {
            table.clear();
            table.resize(vertices, NO_ARC);
        }
        self.labels.clear();
        self.labels.resize(2 * vertices, NOWHERE);
        self.heap.clear();
        for arc in &first.arcs {
            self.next_arc[query.network.tails()[arc.index()] as usize] = arc.0;
            self.previous_arc[query.network.heads()[arc.index()] as usize] = arc.0;
        }
    }

    /// Whether the first route passes the vertex and sites count, so that its two sides are apart.
    fn has_sides(&self, query: &Query<'_>, vertex: u32) -> bool {
        let v = vertex as usize;
        query.groups.have_sites() && self.next_arc[v] != NO_ARC && self.previous_arc[v] != NO_ARC
    }

    /// Finds the cheapest way for the second unit and returns its cost, reduced by the bounds (Johnson 1977): no step is
    /// then negative, and steps against the first route are free, because its arcs are tight.
    fn search(&mut self, query: &Query<'_>, guided: &super::guided::Workspace, start: VertexId, end: VertexId) -> u128 {
        let network = query.network;
        self.offer(start.0 * 2 + IN, Label { distance: 0, ..NOWHERE });
        while let Some((distance, place)) = self.heap.pop() {
            let (vertex, side) = (place / 2, place % 2);
            if distance > self.labels[place as usize].distance {
                continue;
            }
            if vertex == end.0 {
                return distance;
            }
            let has_sides = self.has_sides(query, vertex);
            let previous = self.previous_arc[vertex as usize];
            if previous != NO_ARC && side == IN {
                let tail = network.tails()[previous as usize];
                let back = if self.has_sides(query, tail) { OUT } else { IN };
                self.offer(tail * 2 + back, Label { distance, from: place, step: Step::Back(previous) });
            }
            if has_sides {
                let price = if side == IN { PRICE } else { 0 };
                self.offer(vertex * 2 + 1 - side, Label { distance: distance + price, from: place, step: Step::Inside });
            }
            if has_sides && side == IN {
                continue;
            }
            let here = guided.bound(VertexId(vertex));
            for arc in network.out_arcs(VertexId(vertex)) {
                let (i, head) = (arc.index(), VertexId(network.heads()[arc.index()]));
                let there = guided.bound(head);
                if query.outage.is_lost(network.lanes()[i].segment()) || there == crate::network::UNREACHABLE {
                    continue;
                }
                let reduced = u64::from(network.costs()[i]) + there - here;
                let price = if self.next_arc[vertex as usize] == arc.0 { PRICE } else { 0 };
                let distance = distance + u128::from(reduced) + price;
                self.offer(head.0 * 2 + IN, Label { distance, from: place, step: Step::Along(arc.0) });
            }
        }
        unreachable!("the second unit can always follow the first at a price")
    }

    fn offer(&mut self, place: u32, offer: Label) {
        let known = &mut self.labels[place as usize];
        if offer.distance < known.distance {
            *known = offer;
            self.heap.push((offer.distance, place));
        }
    }

    /// Adds both units up and takes the sum apart into two routes. It has no cycles, because leaving one out would be cheaper.
    fn untangle(&self, query: &Query<'_>, first: &Way, end: VertexId) -> [Route; 2] {
        let mut used: Vec<ArcId> = first.arcs.clone();
        let mut place = end.0 * 2 + IN;
        while self.labels[place as usize].from != u32::MAX {
            let Label { from, step, .. } = self.labels[place as usize];
            match step {
                Step::Along(arc) => used.push(ArcId(arc)),
                Step::Back(arc) => {
                    let taken = used.iter().position(|&other| other.0 == arc);
                    used.swap_remove(taken.expect("only arcs of the first route are taken back, and once"));
                }
                Step::Inside => {}
            }
            place = from;
        }
        // Arcs are numbered by tail, so the arcs that leave a vertex are neighbours.
        used.sort_unstable();
        let routes = [(); 2].map(|()| {
            let (mut arcs, mut at) = (Vec::new(), first.root);
            while at != end {
                let next = used.partition_point(|arc| query.network.tails()[arc.index()] < at.0);
                let arc = used.remove(next);
                at = VertexId(query.network.heads()[arc.index()]);
                arcs.push(arc);
            }
            Route::new(query.network, arcs)
        });
        debug_assert!(used.is_empty(), "a cheapest flow has no cycles");
        routes
    }
}
