//! What is at stake: requests on their usual routes, and the books of who loses what when a segment is lost.
//!
//! A request without a lawful route is never carried, so no outage takes anything from it: it is counted and left out.
//! What is lost before anything is restored is judged here; restoration is somebody else's.

use crate::demand::Request;
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
    claims: Vec<Claim>,
    /// At each segment: positions of the claims whose usual route uses it, ascending.
    users: Vec<Vec<u32>>,
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
        let (mut claims, mut users, mut without_route) = (Vec::new(), vec![Vec::new(); topology.segment_count()], 0);
        for ((i, request), way) in requests.iter().enumerate().zip(search::shortest(law, metric, &queries)) {
            let Some(way) = way else {
                without_route += 1;
                continue;
            };
            let position = u32::try_from(claims.len()).expect("fewer than 2^32 requests");
            let entry = ledger.enter(topology, &request.query, request.traffic, &usual(law, &way));
            let mut segments = way.segments;
            segments.sort_unstable();
            segments.dedup();
            segments.iter().for_each(|segment| users[segment.index()].push(position));
            claims.push(Claim { request: i, entry, traffic: request.traffic, segments });
        }
        Self { ledger, without_route, claims, users }
    }

    /// The requests with a route, in their order.
    pub fn claims(&self) -> impl ExactSizeIterator<Item = &Claim> {
        self.claims.iter()
    }

    /// A judge of what is lost before anything is restored: all traffic whose usual route is out of service.
    ///
    /// O(lost segments + their users) time an outage.
    pub fn interrupted(&self) -> impl FnMut(&Outage) -> Loss + use<'_> {
        let mut is_hit = vec![false; self.claims.len()];
        move |outage| {
            let mut loss = Loss::none(&self.ledger);
            let mut hit: Vec<u32> = Vec::new();
            for &user in outage.lost().flat_map(|segment| &self.users[segment.index()]) {
                if !std::mem::replace(&mut is_hit[user as usize], true) {
                    hit.push(user);
                }
            }
            for user in hit.into_iter().map(|user| user as usize) {
                is_hit[user] = false;
                loss.add(&self.claims[user].entry, self.claims[user].traffic);
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
