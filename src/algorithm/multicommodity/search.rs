//! Trees of least price: Dijkstra over prices in f64, and what a tree loads when demands are sent along it.
//!
//! Routes for people are chosen by integer costs elsewhere; here a route is only a part of a linear program's column, and
//! any tie will do as long as it is the same on every machine.

use crate::algorithm::heap::MinHeap;
use crate::network::{ArcId, Network, VertexId};

/// No vertex, no arc.
const NONE: u32 = u32::MAX;

/// A tree, and its memory for the next.
#[derive(Clone, Debug, Default)]
pub(super) struct PriceTree {
    /// Price between the root and each vertex, infinite where nothing leads; length = vertices.
    price: Vec<f64>,
    /// The arc between each vertex and the one nearer the root, or [`NONE`]; length = vertices.
    parent: Vec<u32>,
    /// Vertices in the order they were settled.
    order: Vec<u32>,
    /// Price as bits, which for prices of at least 0 are in order, and vertex.
    heap: MinHeap<(u64, u32)>,
    /// What goes on from each vertex towards the leaves; all zero between uses.
    flow: Vec<f64>,
}

impl PriceTree {
    /// Grows the tree of least price from several starts, each with a price of its own, over arcs of finite price.
    ///
    /// Prices are not negative. Ties go to the vertex of lower id, then to the arc found first.
    /// O((|V| + |E|) log |V|) time. Dijkstra 1959.
    pub(super) fn grow(&mut self, network: &Network, prices: &[f64], starts: impl Iterator<Item = (VertexId, f64)>) {
        self.begin(network, starts);
        while let Some(vertex) = self.settle() {
            for arc in network.out_arcs(vertex) {
                self.relax(vertex, network.heads()[arc.index()], arc, prices);
            }
        }
    }

    /// Grows the tree of least price to several ends. As [`PriceTree::grow`].
    pub(super) fn grow_reverse(&mut self, network: &Network, prices: &[f64], ends: impl Iterator<Item = VertexId>) {
        self.begin(network, ends.map(|end| (end, 0.0)));
        while let Some(vertex) = self.settle() {
            for arc in network.in_arcs(vertex) {
                self.relax(vertex, network.tails()[arc.index()], arc, prices);
            }
        }
    }

    fn begin(&mut self, network: &Network, roots: impl Iterator<Item = (VertexId, f64)>) {
        let vertices = network.vertex_count();
        self.price.clear();
        self.price.resize(vertices, f64::INFINITY);
        self.parent.clear();
        self.parent.resize(vertices, NONE);
        self.flow.resize(vertices, 0.0);
        self.order.clear();
        for (root, price) in roots {
            if price < self.price[root.index()] {
                self.price[root.index()] = price;
                self.heap.push((price.to_bits(), root.0));
            }
        }
    }

    fn settle(&mut self) -> Option<VertexId> {
        while let Some((bits, vertex)) = self.heap.pop() {
            if bits == self.price[vertex as usize].to_bits() {
                self.order.push(vertex);
                return Some(VertexId(vertex));
            }
        }
        None
    }

    fn relax(&mut self, from: VertexId, to: u32, arc: ArcId, prices: &[f64]) {
        let price = self.price[from.index()] + prices[arc.index()];
        if price < self.price[to as usize] {
            self.price[to as usize] = price;
            self.parent[to as usize] = arc.0;
            self.heap.push((price.to_bits(), to));
        }
    }

    /// Price between the root and a vertex, infinite where nothing leads.
    pub(super) fn price(&self, vertex: VertexId) -> f64 {
        self.price[vertex.index()]
    }

    /// The arcs from a vertex back to the root of a forward tree, last first.
    pub(super) fn way_back(&self, network: &Network, vertex: VertexId) -> impl Iterator<Item = ArcId> {
        let mut vertex = vertex.index();
        std::iter::from_fn(move || {
            let arc = self.parent[vertex];
            (arc != NONE).then(|| {
                vertex = network.tails()[arc as usize] as usize;
                ArcId(arc)
            })
        })
    }

    /// Asks for an amount at a vertex the tree reaches.
    pub(super) fn ask(&mut self, vertex: VertexId, amount: f64) {
        self.flow[vertex.index()] += amount;
    }

    /// Sends what was asked for from the starts, and tells of each vertex passed, leaves first: the arc it arrives by
    /// (`None` at a start) and how much arrives.
    pub(super) fn send(&mut self, network: &Network, mut tell: impl FnMut(VertexId, Option<ArcId>, f64)) {
        for &vertex in self.order.iter().rev() {
            let amount = std::mem::take(&mut self.flow[vertex as usize]);
            if amount > 0.0 {
                let arc = self.parent[vertex as usize];
                if arc == NONE {
                    tell(VertexId(vertex), None, amount);
                } else {
                    self.flow[network.tails()[arc as usize] as usize] += amount;
                    tell(VertexId(vertex), Some(ArcId(arc)), amount);
                }
            }
        }
    }
}
