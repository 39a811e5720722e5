//! What is at stake: requests on their usual routes, and the books of who loses what when segments are lost.
//!
//! A request without a lawful route is never carried, so no outage takes anything from it: it is counted and left out.
//! What an outage does is judged by somebody else (see [`impact`](super::impact)).

use crate::demand::Request;
use crate::failure::impact::Worker;
use crate::failure::timeline::loss::{Entry, Ledger, Loss, UsualRoute};
use crate::network::{Metric, Outage};
use crate::policy::{Law, Query};
use crate::route::{Way, search};
use crate::topology::{CableId, SegmentId};
use crate::units::Bandwidth;

/// Requests with a lawful route, entered in a ledger.
#[derive(Clone, Debug)]
pub struct Stake {
    /// What is offered to whom, as far as it has a route.
    pub ledger: Ledger,
    /// How many requests have no lawful route even if nothing is out of service.
    pub without_route: usize,
    /// In the order of the requests.
    claims: Vec<Claim>,
}

/// One request that is carried when nothing is out of service.
#[derive(Clone, Debug)]
pub struct Claim {
    /// Position of the request.
    pub request: usize,
    /// Its accounts.
    pub entry: Entry,
    /// Offered.
    pub traffic: Bandwidth,
    /// Those of its usual route, ascending.
    pub segments: Vec<SegmentId>,
}

impl Stake {
    /// Finds the usual route of each request, the shortest lawful one, and enters the request in the ledger.
    ///
    /// O(that of [`search::shortest`] + segments of all routes) time.
    #[must_use]
    pub fn new(law: &Law<'_>, metric: Metric, requests: &[Request]) -> Self {
        let topology = law.topology();
        let queries: Vec<Query> = requests.iter().map(|request| request.query.clone()).collect();
        let mut ledger = Ledger::new(topology, law.policy().as_of);
        let (mut claims, mut without_route) = (Vec::new(), 0);
        for ((i, request), way) in requests.iter().enumerate().zip(search::shortest(law, metric, &queries)) {
            let Some(way) = way else {
                without_route += 1;
                continue;
            };
            let entry = ledger.enter(topology, &request.query, request.traffic, &usual(law, &way));
            let mut segments = way.segments;
            segments.sort_unstable();
            segments.dedup();
            claims.push(Claim { request: i, entry, traffic: request.traffic, segments });
        }
        Self { ledger, without_route, claims }
    }

    /// The requests with a route, in their order.
    pub fn claims(&self) -> impl ExactSizeIterator<Item = &Claim> {
        self.claims.iter()
    }

    /// A judge of what is not carried, by a worker that assesses the same requests by the same metric.
    ///
    /// O(that of [`Worker::assess_segments`]) time an outage.
    pub fn judge<'a>(&'a self, mut worker: Worker<'a>) -> impl FnMut(&Outage) -> Loss + use<'a> {
        let mut lost: Vec<SegmentId> = Vec::new();
        move |outage| {
            lost.clear();
            lost.extend(outage.lost());
            worker.assess_segments(&lost);
            let mut loss = Loss::none(&self.ledger);
            for (request, before, after) in worker.changes().filter(|(_, before, after)| after < before) {
                let claim = self.claims.binary_search_by_key(&request, |claim| claim.request);
                let claim = &self.claims[claim.expect("what is touched has a usual route")];
                loss.add(&claim.entry, Bandwidth::from_mbps(before - after));
            }
            loss
        }
    }
}

fn usual(law: &Law<'_>, way: &Way) -> UsualRoute {
    let mut cables: Vec<CableId> = way.segments.iter().map(|&segment| law.topology().segment(segment).cable).collect();
    cables.sort_unstable();
    cables.dedup();
    UsualRoute { gateways: way.switched_at.clone(), cables }
}
