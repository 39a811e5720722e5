//! Groups of commodities that share a source, and the columns that serve a whole group at once.
//!
//! A column says for every member of a group which route serves it: mostly one tree for all, and routes of their own
//! for members whose way on the tree would cost too much. Columns by group instead of by commodity keep the master
//! program small: one row per source instead of one per demand (Jones, Lustig, Farvolden and Powell 1993).

use std::collections::BTreeMap;

use super::bounded::BoundedSearch;
use super::resources::Resources;
use super::search::PriceTree;
use super::{Commodity, Goal, Question};
use crate::network::{ArcId, Network, VertexId};
use crate::topology::SiteId;

/// Commodities that one search serves.
#[derive(Clone, Debug)]
pub(super) struct Group {
    pub(super) network: usize,
    pub(super) starts: Vec<VertexId>,
    /// Commodities, ascending.
    pub(super) members: Vec<usize>,
}

/// A way to serve a group.
#[derive(Clone, Debug)]
pub(super) struct Column {
    pub(super) group: usize,
    /// Weighted traffic it carries, Mbit/s.
    pub(super) worth: f64,
    /// Load on each limited resource it uses, Mbit/s, by resource.
    pub(super) loads: Vec<(u32, f64)>,
    /// The tree: the arc that arrives at each vertex it passes but the first, by vertex.
    parents: Vec<(u32, u32)>,
    /// How each member goes; length = members.
    ways: Vec<Way>,
}

#[derive(Clone, Debug)]
enum Way {
    /// It is not carried.
    None,
    /// Along the tree to this end.
    Tree(VertexId),
    /// Along a route of its own.
    Own(Vec<ArcId>),
}

/// What pricing a group found.
#[derive(Clone, Debug)]
pub(super) struct Offer {
    pub(super) column: Column,
    /// For the concurrent goal the price of carrying everything; for the carried goal worth minus price.
    pub(super) value: f64,
    /// Members that no route serves.
    pub(super) unroutable: Vec<usize>,
}

/// Memory of one worker.
#[derive(Clone, Debug, Default)]
pub(super) struct Pricer {
    tree: PriceTree,
    bounded: BoundedSearch,
    ends: Vec<VertexId>,
}

/// The prices of a round.
#[derive(Clone, Copy, Debug)]
pub(super) struct Prices<'a> {
    /// Per Mbit/s; length = resources.
    pub(super) of_resource: &'a [f64],
    /// Of each arc of the group's network; length = arcs.
    pub(super) of_arc: &'a [f64],
}

/// Groups the commodities with traffic by network and source, in order.
pub(super) fn group(question: &Question<'_>) -> Vec<Group> {
    let mut groups: BTreeMap<(usize, &[SiteId]), Vec<usize>> = BTreeMap::new();
    for (i, commodity) in question.commodities.iter().enumerate() {
        if commodity.amount_mbps > 0.0 {
            groups.entry((commodity.network, commodity.from)).or_default().push(i);
        }
    }
    let starts =
        |network: usize, from: &[SiteId]| from.iter().flat_map(|&site| question.networks[network].starts(site)).collect();
    groups.into_iter().map(|((network, from), members)| Group { network, starts: starts(network, from), members }).collect()
}

impl Pricer {
    /// Finds the best column of a group at given prices.
    pub(super) fn price(
        &mut self,
        (question, goal, resources): (&Question<'_>, Goal, &Resources),
        (index, group): (usize, &Group),
        prices: Prices<'_>,
    ) -> Offer {
        let network = &question.networks[group.network];
        let start = |&start: &VertexId| (start, resources.start_price(network, start, prices.of_resource));
        self.tree.grow(network, prices.of_arc, group.starts.iter().map(start));
        let column = Column { group: index, worth: 0.0, loads: Vec::new(), parents: Vec::new(), ways: Vec::new() };
        let mut offer = Offer { column, value: 0.0, unroutable: Vec::new() };
        for &member in &group.members {
            let commodity = &question.commodities[member];
            let best = self.route(question, commodity, network, prices, group.starts.iter().map(start));
            let Some((price, way)) = best else {
                offer.column.ways.push(Way::None);
                offer.unroutable.push(member);
                continue;
            };
            let gain = match goal {
                Goal::Concurrent => commodity.amount_mbps * price,
                Goal::Carried => commodity.amount_mbps * (commodity.weight - price),
            };
            if goal == Goal::Carried && gain <= 0.0 {
                offer.column.ways.push(Way::None);
                continue;
            }
            offer.value += gain;
            offer.column.worth += commodity.amount_mbps * commodity.weight;
            if let Way::Tree(end) = way {
                self.tree.ask(end, commodity.amount_mbps);
            }
            offer.column.ways.push(way);
        }
        self.load(&mut offer.column, question, resources, group);
        offer
    }

    /// The cheapest way of a member and its price: the tree's, or its own if the tree's costs more than it may.
    fn route(
        &mut self,
        question: &Question<'_>,
        commodity: &Commodity<'_>,
        network: &Network,
        prices: Prices<'_>,
        starts: impl Iterator<Item = (VertexId, f64)>,
    ) -> Option<(f64, Way)> {
        self.ends.clear();
        self.ends.extend(commodity.to.iter().flat_map(|&site| network.ends(site)));
        let price = |end: VertexId| self.tree.price(end);
        let end = self.ends.iter().copied().min_by(|&a, &b| price(a).total_cmp(&price(b)))?;
        if price(end).is_infinite() {
            return None;
        }
        let cost: u64 = self.tree.way_back(network, end).map(|arc| u64::from(network.costs()[arc.index()])).sum();
        match commodity.cost_limit {
            Some(limit) if cost > limit => {
                let surviving = (network, question.outage);
                let found = self.bounded.find(surviving, prices.of_arc, starts, &self.ends, limit);
                found.map(|(price, arcs)| (price, Way::Own(arcs)))
            }
            _ => Some((price(end), Way::Tree(end))),
        }
    }

    /// Writes down the column's tree and what its routes load.
    fn load(&mut self, column: &mut Column, question: &Question<'_>, resources: &Resources, group: &Group) {
        let network = &question.networks[group.network];
        let mut loads: Vec<(u32, f64)> = Vec::new();
        let mut load = |resource: usize, amount: f64| {
            if resources.is_limited(resource) {
                loads.push((u32::try_from(resource).expect("lanes are counted in 32 bits"), amount));
            }
        };
        self.tree.send(network, |vertex, arc, amount| match arc {
            Some(arc) => {
                column.parents.push((vertex.0, arc.0));
                resources.of_arc(network, arc).for_each(|resource| load(resource, amount));
            }
            None => resources.of_start(network, vertex).into_iter().for_each(|resource| load(resource, amount)),
        });
        for (way, &member) in column.ways.iter().zip(&group.members) {
            if let Way::Own(arcs) = way {
                let amount = question.commodities[member].amount_mbps;
                resources.of_route(network, arcs).for_each(|resource| load(resource, amount));
            }
        }
        column.parents.sort_unstable();
        // A stable sort by resource alone: equal resources are then added up in the order they were met.
        loads.sort_by_key(|&(resource, _)| resource);
        for (resource, amount) in loads {
            match column.loads.last_mut() {
                Some((last, sum)) if *last == resource => *sum += amount,
                _ => column.loads.push((resource, amount)),
            }
        }
    }
}

impl Column {
    /// The route of the member at a position of the group, from start to end; `None` if it is not carried.
    pub(super) fn route(&self, network: &Network, position: usize) -> Option<Vec<ArcId>> {
        let mut vertex = match &self.ways[position] {
            Way::None => return None,
            Way::Own(arcs) => return Some(arcs.clone()),
            Way::Tree(end) => end.0,
        };
        let mut arcs = Vec::new();
        while let Ok(place) = self.parents.binary_search_by_key(&vertex, |&(vertex, _)| vertex) {
            let arc = self.parents[place].1;
            arcs.push(ArcId(arc));
            vertex = network.tails()[arc as usize];
        }
        arcs.reverse();
        Some(arcs)
    }
}
