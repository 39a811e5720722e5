//! The arcs around a vertex with what a search asks of each side by side, so that a vertex costs one stretch of memory.
//!
//! It says nothing that the network's arrays do not. It is put together when a kernel first asks, and then stays.

use super::{ArcId, LaneId, Network};

/// An arc as seen from one of its ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// The vertex at the other end.
    pub end: u32,
    /// What the arc costs.
    pub cost: u32,
    /// The lane that it takes.
    pub lane: LaneId,
    /// Which arc.
    pub arc: ArcId,
}

/// All steps of a network, both ways.
#[derive(Clone, Copy, Debug)]
pub struct Steps<'a> {
    first_out: &'a [u32],
    out: &'a [Step],
    first_in: &'a [u32],
    into: &'a [Step],
    is_leaf: &'a [bool],
}

impl<'a> Steps<'a> {
    /// An arc with its head.
    #[must_use]
    #[inline(always)]
    pub fn along(self, arc: ArcId) -> Step {
        self.out[arc.index()]
    }

    /// Whether a vertex has one neighbour at most, by however many arcs: no route leads through it.
    #[must_use]
    #[inline(always)]
    pub fn is_leaf(self, vertex: u32) -> bool {
        self.is_leaf[vertex as usize]
    }

    /// The arcs that leave a vertex, ascending, each with its head.
    #[must_use]
    #[inline(always)]
    pub fn from(self, vertex: u32) -> &'a [Step] {
        &self.out[self.first_out[vertex as usize] as usize..self.first_out[vertex as usize + 1] as usize]
    }

    /// The arcs that arrive at a vertex, ascending, each with its tail.
    #[must_use]
    #[inline(always)]
    pub fn to(self, vertex: u32) -> &'a [Step] {
        &self.into[self.first_in[vertex as usize] as usize..self.first_in[vertex as usize + 1] as usize]
    }
}

/// What leaves, what arrives, in the order of the network's own tables, and which vertices are leaves.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    out: Vec<Step>,
    into: Vec<Step>,
    is_leaf: Vec<bool>,
}

impl Network {
    /// The arcs around each vertex: for kernels. O(arcs) the first time, 32 bytes for each arc from then on.
    #[must_use]
    pub fn steps(&self) -> Steps<'_> {
        let (first_out, first_in) = (&self.first_out, &self.first_in);
        let Kept { out, into, is_leaf } = self.steps.get_or_init(|| {
            let step =
                |end: u32, arc: usize| Step { end, cost: self.cost[arc], lane: self.lane[arc], arc: ArcId::from_index(arc) };
            let out: Vec<Step> = (0..self.arc_count()).map(|arc| step(self.head[arc], arc)).collect();
            let into: Vec<Step> = self.in_arc.iter().map(|&arc| arc as usize).map(|arc| step(self.tail[arc], arc)).collect();
            let steps = Steps { first_out, out: &out, first_in, into: &into, is_leaf: &[] };
            let is_leaf = (0..).take(self.vertex_count()).map(|vertex| {
                let mut ends =
                    steps.from(vertex).iter().chain(steps.to(vertex)).map(|step| step.end).filter(|&end| end != vertex);
                let first = ends.next();
                ends.all(|end| Some(end) == first)
            });
            let is_leaf = is_leaf.collect();
            Kept { out, into, is_leaf }
        });
        Steps { first_out, out, first_in, into, is_leaf }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::VertexId;
    use crate::topology::SiteId;

    #[test]
    fn steps_are_the_arcs_around_each_vertex() {
        let list = [(0, 1, 3), (0, 1, 3), (1, 2, 5), (2, 2, 7)];
        let network = Network::of_sites(4, &list.map(|(a, b, cost)| (SiteId(a), SiteId(b), cost, [0, 0])));
        for vertex in (0..4).map(VertexId) {
            let step = |arc: ArcId, end: VertexId| {
                let arc_of = network.arc(arc);
                Step { end: end.0, cost: arc_of.cost, lane: arc_of.lane, arc }
            };
            let from: Vec<Step> = network.out_arcs(vertex).map(|arc| step(arc, network.arc(arc).head)).collect();
            let to: Vec<Step> = network.in_arcs(vertex).map(|arc| step(arc, network.arc(arc).tail)).collect();
            assert_eq!(network.steps().is_leaf(vertex.0), [true, false, true, true][vertex.index()]);
            assert_eq!((network.steps().from(vertex.0), network.steps().to(vertex.0)), (&from[..], &to[..]));
        }
    }
}
