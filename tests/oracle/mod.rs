//! Random small networks, and the slow obvious way to find every route in them.

use crossborder::algorithm::Route;
use crossborder::network::{Arc, ArcId, LaneId, Network, Outage, Vertex, VertexId};
use crossborder::topology::{SegmentId, SiteId};
use proptest::prelude::*;
use proptest::sample::subsequence;

/// A network, what is lost of it, and two of its sites.
#[derive(Clone, Debug)]
pub(crate) struct Question {
    pub(crate) network: Network,
    pub(crate) outage: Outage,
    pub(crate) ends: [SiteId; 2],
}

/// Physics: up to 9 sites (one is enough), parallel segments, loops, several components, zero capacity, cheap ties.
pub(crate) fn physical() -> impl Strategy<Value = Question> {
    (prop_oneof![1 => 1u32..=9, 3 => 4u32..=7], prop_oneof![1 => 0usize..=15, 3 => 8usize..=15]).prop_flat_map(
        |(sites, segments)| {
            let segment = (0..sites, 0..sites, 1u32..=4, 0u64..=2)
                .prop_map(|(a, b, cost, capacity)| (SiteId(a.min(b)), SiteId(a.max(b)), cost, [capacity; 2]));
            (
                prop::collection::vec(segment, segments),
                subsequence((0..segments).collect::<Vec<_>>(), 0..=segments.min(3)),
                0..sites,
                0..sites,
            )
                .prop_map(move |(list, lost, source, target)| Question {
                    network: Network::of_sites(sites as usize, &list),
                    outage: Outage::of(list.len(), lost.into_iter().map(SegmentId::from_index)),
                    ends: [SiteId(source), SiteId(target)],
                })
        },
    )
}

/// Law: sites in up to three states, arcs that share lanes, starts and ends at will.
pub(crate) fn lawful() -> impl Strategy<Value = Question> {
    (2u32..=4, 1u32..=3, 2usize..=7).prop_flat_map(|(sites, states, segments)| {
        let count = (sites * states) as usize;
        let ends = prop::collection::vec((0..sites, 0..sites), segments);
        let step = (0..segments, 0u32..2, 0..states, 0..states, 1u32..=4);
        let flags = prop::collection::vec((prop::bool::weighted(0.7), prop::bool::weighted(0.5)), count);
        (ends, prop::collection::vec(step, 10..=30), flags, 0..sites, 0..sites, prop::option::of(0..segments)).prop_map(
            move |(ends, steps, flags, source, target, lost)| {
                let vertices = flags.iter().enumerate().map(|(i, &(is_start, is_end))| {
                    let (site, state) = (i as u32 / states, i as u32 % states);
                    Vertex { site: SiteId(site), state, is_start, is_end, starts_switched: false }
                });
                let at = |site: u32, state: u32| VertexId(site * states + state);
                let arcs = steps.iter().map(|&(segment, backwards, before, after, cost)| {
                    let (a, b) = if backwards == 0 { ends[segment] } else { (ends[segment].1, ends[segment].0) };
                    let lane = LaneId::new(SegmentId::from_index(segment), backwards);
                    Arc { tail: at(a, before), head: at(b, after), lane, cost, switch: None }
                });
                let network = Network::new(vertices.collect(), arcs.collect(), vec![1; ends.len() * 2], vec![1; sites as usize]);
                let outage = Outage::of(ends.len(), lost.map(SegmentId::from_index));
                Question { network, outage, ends: [SiteId(source), SiteId(target)] }
            },
        )
    })
}

/// Every route that visits no vertex twice, by trying everything; cheapest first, then fewest arcs, then lowest arcs.
pub(crate) fn all_routes(question: &Question) -> Vec<Route> {
    let Question { network, ends: [source, target], .. } = question;
    let mut found = Vec::new();
    for start in network.starts(*source) {
        extend(question, *target, &mut vec![start], &mut Vec::new(), &mut found);
    }
    found.sort_by_key(|route: &Route| (route.cost, route.arcs.len(), route.arcs.clone()));
    found
}

fn extend(question: &Question, target: SiteId, visited: &mut Vec<VertexId>, arcs: &mut Vec<ArcId>, found: &mut Vec<Route>) {
    let network = &question.network;
    let at = *visited.last().unwrap();
    if network.site(at) == target && network.vertex(at).is_end {
        found.push(Route::new(network, arcs.clone()));
    }
    for arc in network.out_arcs(at) {
        let next = network.arc(arc);
        if !visited.contains(&next.head) && !question.outage.is_lost(next.lane.segment()) {
            visited.push(next.head);
            arcs.push(arc);
            extend(question, target, visited, arcs, found);
            arcs.pop();
            visited.pop();
        }
    }
}
