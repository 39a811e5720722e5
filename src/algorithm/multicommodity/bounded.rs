//! The cheapest route whose cost in the network's metric stays within a limit: for demands with a latency bound.
//!
//! Prices and costs are two measures, so a vertex may have several ways to it worth keeping. It lists one route, not
//! the trade-off between the two.

use super::search::PriceTree;
use crate::algorithm::heap::MinHeap;
use crate::algorithm::shortest_path::{Workspace, grow_reverse_tree};
use crate::network::{ArcId, Network, Outage, UNREACHABLE, VertexId};

/// Memory of one worker.
#[derive(Clone, Debug, Default)]
pub(super) struct BoundedSearch {
    costs: Workspace,
    prices: PriceTree,
    /// The least cost among the ways settled at each vertex; length = vertices.
    least: Vec<u64>,
    labels: Vec<Label>,
    /// Price so far and from there on, as bits; label.
    heap: MinHeap<(u64, u32)>,
}

/// A way from a start to a vertex.
#[derive(Clone, Copy, Debug)]
struct Label {
    vertex: VertexId,
    price: f64,
    cost: u64,
    /// The label it goes on from and the arc, unless it is a start.
    parent: Option<(u32, ArcId)>,
}

impl BoundedSearch {
    /// Finds the cheapest route from priced starts to one of some ends that costs at most `limit`.
    ///
    /// Returns its price and its arcs, or `None` if no route costs so little. Arcs of infinite price are not used. Ties
    /// go to the way found first. Labels are settled in order of price with the price still to go as a guide, so that
    /// one is worth keeping only if it costs less than all before it at its vertex. The number of labels can grow
    /// exponentially in theory, and with the routes nearly as cheap as the best in practice. Guide: Hart, Nilsson and
    /// Raphael 1968; bounds on what is still to go: Dumitrescu and Boland 2003.
    pub(super) fn find(
        &mut self,
        (network, outage): (&Network, &Outage),
        prices: &[f64],
        starts: impl Iterator<Item = (VertexId, f64)>,
        ends: &[VertexId],
        limit: u64,
    ) -> Option<(f64, Vec<ArcId>)> {
        let Self { costs, prices: to_go, least, labels, heap } = self;
        let cost_to_go = grow_reverse_tree(network, outage, ends.iter().copied(), costs);
        to_go.grow_reverse(network, prices, ends.iter().copied());
        least.clear();
        least.resize(network.vertex_count(), UNREACHABLE);
        labels.clear();
        heap.drain().for_each(drop);
        let offer = |label: Label, labels: &mut Vec<Label>, heap: &mut MinHeap<(u64, u32)>| {
            let total = label.price + to_go.price(label.vertex);
            if label.cost.saturating_add(cost_to_go.distance(label.vertex)) <= limit && total.is_finite() {
                heap.push((total.to_bits(), u32::try_from(labels.len()).expect("memory ends before 2^32 labels")));
                labels.push(label);
            }
        };
        for (vertex, price) in starts {
            offer(Label { vertex, price, cost: 0, parent: None }, labels, heap);
        }
        while let Some((_, id)) = heap.pop() {
            let Label { vertex, price, cost, .. } = labels[id as usize];
            if cost >= least[vertex.index()] {
                continue;
            }
            least[vertex.index()] = cost;
            if ends.contains(&vertex) {
                return Some((price, route(labels, id)));
            }
            for arc in network.out_arcs(vertex) {
                let (head, arc_cost) = (VertexId(network.heads()[arc.index()]), u64::from(network.costs()[arc.index()]));
                if cost + arc_cost < least[head.index()] {
                    let price = price + prices[arc.index()];
                    offer(Label { vertex: head, price, cost: cost + arc_cost, parent: Some((id, arc)) }, labels, heap);
                }
            }
        }
        None
    }
}

/// The arcs that lead to a label, in order of travel.
fn route(labels: &[Label], mut id: u32) -> Vec<ArcId> {
    let mut arcs = Vec::new();
    while let Some((before, arc)) = labels[id as usize].parent {
        arcs.push(arc);
        id = before;
    }
    arcs.reverse();
    arcs
}
