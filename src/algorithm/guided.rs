//! Shortest routes to one target, again and again under ever new prohibitions, led by what the way costs without them.
//!
//! It serves the searches that forbid things and ask again (`k_shortest`, `disjoint`); a single question is cheaper in
//! `shortest_path`, which needs no preparation.

use super::heap::MinHeap;
use super::shortest_path::{self, grow_reverse_tree};
use crate::network::{ArcId, Network, Outage, UNREACHABLE, VertexId};
use crate::topology::SiteId;

/// Memory of the searches that list routes or pair them, kept from one to the next.
#[derive(Clone, Debug, Default)]
pub struct Workspace {
    tree: shortest_path::Workspace,
    /// Cost to the target with nothing forbidden, length = vertices: never above the cost with something forbidden.
    bounds: Vec<u64>,
    /// Length = vertices.
    is_blocked: Vec<bool>,
    /// Length = vertices; all [`Label::NONE`] between searches.
    labels: Vec<Label>,
    touched: Vec<u32>,
    /// Bound on the whole route, cost so far, vertex: see [`pack`].
    heap: MinHeap<u128>,
}

/// How a vertex was reached; the least of two is the better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Label {
    cost: u64,
    hops: u32,
    parent: u32,
}

/// No arc: the parent of a root.
pub(super) const NO_ARC: u32 = u32::MAX;

impl Label {
    const NONE: Self = Self { cost: UNREACHABLE, hops: u32::MAX, parent: NO_ARC };
    const ROOT: Self = Self { cost: 0, hops: 0, parent: NO_ARC };
}

/// Where a search begins and what it may not do there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Begin<'a> {
    /// Vertices to begin at, all at cost 0, none of them blocked.
    pub(super) roots: &'a [VertexId],
    /// Arcs that may not be taken from the roots.
    pub(super) banned: &'a [ArcId],
    /// Whether a root that is an end may be the whole route.
    pub(super) may_stay: bool,
}

/// A way from one of the roots to an end of the target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Way {
    pub(super) root: VertexId,
    pub(super) arcs: Vec<ArcId>,
    pub(super) cost: u64,
}

impl Workspace {
    /// Memory that grows to fit the first network it meets.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            tree: shortest_path::Workspace::new(),
            bounds: Vec::new(),
            is_blocked: Vec::new(),
            labels: Vec::new(),
            touched: Vec::new(),
            heap: MinHeap::new(),
        }
    }

    /// Prepares searches to a target under this outage or worse. The cost of one reverse tree.
    pub(super) fn aim(&mut self, network: &Network, outage: &Outage, target: SiteId) {
        let tree = grow_reverse_tree(network, outage, network.ends(target), &mut self.tree);
        self.bounds.clear();
        self.bounds.extend((0..network.vertex_count()).map(|vertex| tree.distance(VertexId::from_index(vertex))));
        self.is_blocked.clear();
        self.is_blocked.resize(network.vertex_count(), false);
        self.labels.clear();
        self.labels.resize(network.vertex_count(), Label::NONE);
    }

    /// The least that any way from the vertex to the target costs; [`UNREACHABLE`] where nothing leads.
    pub(super) fn bound(&self, vertex: VertexId) -> u64 {
        self.bounds[vertex.index()]
    }

    /// Forbids a vertex to the searches that follow, or allows it again.
    pub(super) fn set_blocked(&mut self, vertex: VertexId, is_blocked: bool) {
        self.is_blocked[vertex.index()] = is_blocked;
    }

    /// Tells whether a vertex is forbidden.
    pub(super) fn is_blocked(&self, vertex: VertexId) -> bool {
        self.is_blocked[vertex.index()]
    }

    /// Finds the best way to the target that is not forbidden; ties as in `shortest_path::find_route`.
    ///
    /// `outage` must be that of [`Workspace::aim`], or worse. A* with a consistent bound (Hart, Nilsson, Raphael 1968): of
    /// equal bounds the one with less cost so far comes first, so that all arcs that tie for a vertex are seen before it.
    pub(super) fn search(&mut self, network: &Network, outage: &Outage, target: SiteId, begin: Begin<'_>) -> Option<Way> {
        for &root in begin.roots {
            self.offer(root, Label::ROOT);
        }
        let (mut best, mut best_rank) = (None, (UNREACHABLE, u32::MAX, VertexId(u32::MAX)));
        while let Some((bound, cost, vertex)) = self.heap.pop().map(unpack) {
            if bound > best_rank.0 {
                break;
            }
            let label = self.labels[vertex.index()];
            if label.cost != cost {
                continue;
            }
            let is_root = label.parent == NO_ARC;
            let is_end = network.vertex(vertex).is_end && network.site(vertex) == target;
            if is_end && (begin.may_stay || !is_root) && (cost, label.hops, vertex) < best_rank {
                (best, best_rank) = (Some(vertex), (cost, label.hops, vertex));
            }
            for arc in network.out_arcs(vertex) {
                let i = arc.index();
                let head = VertexId(network.heads()[i]);
                let is_lost = outage.is_lost(network.lanes()[i].segment());
                if !(is_lost || self.is_blocked[head.index()] || is_root && begin.banned.contains(&arc)) {
                    let offer = Label { cost: cost + u64::from(network.costs()[i]), hops: label.hops + 1, parent: arc.0 };
                    self.offer(head, offer);
                }
            }
        }
        let way = best.map(|end| self.way_to(network, end));
        self.heap.clear();
        for vertex in self.touched.drain(..) {
            self.labels[vertex as usize] = Label::NONE;
        }
        way
    }

    /// Takes a label if it is better than what the vertex has.
    fn offer(&mut self, vertex: VertexId, offer: Label) {
        let (known, to_go) = (&mut self.labels[vertex.index()], self.bounds[vertex.index()]);
        if to_go == UNREACHABLE || offer >= *known {
            return;
        }
        if *known == Label::NONE {
            self.touched.push(vertex.0);
        }
        if offer.cost < known.cost {
            self.heap.push(pack(offer.cost + to_go, offer.cost, vertex));
        }
        *known = offer;
    }

    fn way_to(&self, network: &Network, end: VertexId) -> Way {
        let (mut arcs, mut at) = (Vec::new(), end);
        while self.labels[at.index()].parent != NO_ARC {
            let arc = ArcId(self.labels[at.index()].parent);
            arcs.push(arc);
            at = VertexId(network.tails()[arc.index()]);
        }
        arcs.reverse();
        Way { root: at, arcs, cost: self.labels[end.index()].cost }
    }
}

/// Bits of a vertex and of a cost in a key: `Network` keeps a cost below 2⁴⁹, so a bound of two costs fits beside them.
const VERTEX_BITS: u32 = 24;
const COST_BITS: u32 = 49;

fn pack(bound: u64, cost: u64, vertex: VertexId) -> u128 {
    u128::from(bound) << (COST_BITS + VERTEX_BITS) | u128::from(cost) << VERTEX_BITS | u128::from(vertex.0)
}

fn unpack(key: u128) -> (u64, u64, VertexId) {
    let cost = (key >> VERTEX_BITS) & ((1 << COST_BITS) - 1);
    let vertex = key & ((1 << VERTEX_BITS) - 1);
    ((key >> (COST_BITS + VERTEX_BITS)) as u64, cost as u64, VertexId(vertex as u32))
}
