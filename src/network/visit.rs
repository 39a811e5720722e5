//! A network under an outage, as petgraph sees it: petgraph's algorithms then serve as oracles for ours.
//!
//! Nodes are vertices, edges are the arcs that are up, weights are costs. It is for checking, not for speed.

use petgraph::Directed;
use petgraph::Direction;
use petgraph::visit::{
    Data, EdgeRef, GraphBase, GraphProp, GraphRef, IntoEdgeReferences, IntoEdges, IntoEdgesDirected, IntoNeighbors,
    IntoNeighborsDirected, IntoNodeIdentifiers, NodeCompactIndexable, NodeCount, NodeIndexable, VisitMap, Visitable,
};

use super::{ArcId, Network, Outage, VertexId};

/// What survives of a network in an outage.
#[derive(Clone, Copy, Debug)]
pub struct Surviving<'a> {
    network: &'a Network,
    outage: &'a Outage,
}

/// An arc that is up.
#[derive(Clone, Copy, Debug)]
pub struct SurvivingArc<'a> {
    id: ArcId,
    network: &'a Network,
}

/// Which vertices an algorithm has seen; length = vertices.
#[derive(Clone, Debug, Default)]
pub struct Seen(Vec<bool>);

impl<'a> Surviving<'a> {
    /// Looks at a network as an outage leaves it.
    #[must_use]
    pub const fn new(network: &'a Network, outage: &'a Outage) -> Self {
        Self { network, outage }
    }

    fn up(self, arcs: impl Iterator<Item = ArcId> + 'a) -> Box<dyn Iterator<Item = SurvivingArc<'a>> + 'a> {
        let Self { network, outage } = self;
        let is_up = move |arc: &ArcId| !outage.is_lost(network.lanes()[arc.index()].segment());
        Box::new(arcs.filter(is_up).map(move |id| SurvivingArc { id, network }))
    }
}

impl EdgeRef for SurvivingArc<'_> {
    type NodeId = VertexId;
    type EdgeId = ArcId;
    type Weight = u32;

    fn source(&self) -> VertexId {
        VertexId(self.network.tails()[self.id.index()])
    }

    fn target(&self) -> VertexId {
        VertexId(self.network.heads()[self.id.index()])
    }

    fn weight(&self) -> &u32 {
        &self.network.costs()[self.id.index()]
    }

    fn id(&self) -> ArcId {
        self.id
    }
}

impl GraphBase for Surviving<'_> {
    type NodeId = VertexId;
    type EdgeId = ArcId;
}

impl GraphRef for Surviving<'_> {}

impl Data for Surviving<'_> {
    type NodeWeight = ();
    type EdgeWeight = u32;
}

impl GraphProp for Surviving<'_> {
    type EdgeType = Directed;
}

impl NodeCount for Surviving<'_> {
    fn node_count(&self) -> usize {
        self.network.vertex_count()
    }
}

impl NodeIndexable for Surviving<'_> {
    fn node_bound(&self) -> usize {
        self.network.vertex_count()
    }

    fn to_index(&self, vertex: VertexId) -> usize {
        vertex.index()
    }

    fn from_index(&self, index: usize) -> VertexId {
        VertexId::from_index(index)
    }
}

impl NodeCompactIndexable for Surviving<'_> {}

impl<'a> IntoNodeIdentifiers for Surviving<'a> {
    type NodeIdentifiers = Box<dyn Iterator<Item = VertexId> + 'a>;

    fn node_identifiers(self) -> Self::NodeIdentifiers {
        Box::new((0..self.network.vertex_count()).map(VertexId::from_index))
    }
}

impl<'a> IntoEdgeReferences for Surviving<'a> {
    type EdgeRef = SurvivingArc<'a>;
    type EdgeReferences = Box<dyn Iterator<Item = SurvivingArc<'a>> + 'a>;

    fn edge_references(self) -> Self::EdgeReferences {
        self.up((0..self.network.arc_count()).map(ArcId::from_index))
    }
}

impl<'a> IntoEdges for Surviving<'a> {
    type Edges = Box<dyn Iterator<Item = SurvivingArc<'a>> + 'a>;

    fn edges(self, vertex: VertexId) -> Self::Edges {
        self.up(self.network.out_arcs(vertex))
    }
}

impl<'a> IntoEdgesDirected for Surviving<'a> {
    type EdgesDirected = Box<dyn Iterator<Item = SurvivingArc<'a>> + 'a>;

    fn edges_directed(self, vertex: VertexId, direction: Direction) -> Self::EdgesDirected {
        match direction {
            Direction::Outgoing => self.up(self.network.out_arcs(vertex)),
            Direction::Incoming => self.up(self.network.in_arcs(vertex)),
        }
    }
}

impl<'a> IntoNeighbors for Surviving<'a> {
    type Neighbors = Box<dyn Iterator<Item = VertexId> + 'a>;

    fn neighbors(self, vertex: VertexId) -> Self::Neighbors {
        Box::new(self.edges(vertex).map(|arc| arc.target()))
    }
}

impl<'a> IntoNeighborsDirected for Surviving<'a> {
    type NeighborsDirected = Box<dyn Iterator<Item = VertexId> + 'a>;

    fn neighbors_directed(self, vertex: VertexId, direction: Direction) -> Self::NeighborsDirected {
        let far = move |arc: SurvivingArc<'_>| if direction == Direction::Outgoing { arc.target() } else { arc.source() };
        Box::new(self.edges_directed(vertex, direction).map(far))
    }
}

impl Visitable for Surviving<'_> {
    type Map = Seen;

    fn visit_map(&self) -> Seen {
        Seen(vec![false; self.network.vertex_count()])
    }

    fn reset_map(&self, map: &mut Seen) {
        map.0.clear();
        map.0.resize(self.network.vertex_count(), false);
    }
}

impl VisitMap<VertexId> for Seen {
    fn visit(&mut self, vertex: VertexId) -> bool {
        !std::mem::replace(&mut self.0[vertex.index()], true)
    }

    fn is_visited(&self, vertex: &VertexId) -> bool {
        self.0[vertex.index()]
    }

    fn unvisit(&mut self, vertex: VertexId) -> bool {
        std::mem::replace(&mut self.0[vertex.index()], false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topology::{SegmentId, SiteId};

    #[test]
    fn petgraph_counts_the_pieces_that_an_outage_leaves() {
        // 0 - 1 - 2, with the second segment lost: {0, 1} and {2}.
        let network = Network::of_sites(3, &[(SiteId(0), SiteId(1), 5, [1, 1]), (SiteId(1), SiteId(2), 5, [1, 1])]);
        let outage = Outage::of(2, [SegmentId(1)]);
        assert_eq!(petgraph::algo::tarjan_scc(Surviving::new(&network, &outage)).len(), 2);
    }
}
