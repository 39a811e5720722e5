//! Traffic matrices from a model, where nobody says who talks to whom: gravity, uniform, one to many.
//!
//! They are guesses by a stated rule; what they cannot know they leave out, and say so.

use super::{Request, USUAL_PRIORITY, apportion};
use crate::policy::Query;
use crate::topology::{Service, SiteId, TerritoryId, Topology, geography};
use crate::units::{Bandwidth, Length};

/// Which way the traffic between users and what they use runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Flow {
    /// From the content to the users: the greater direction of Internet traffic, and the one that usage figures count
    /// (World Bank, indicator IT.NET.BNDW.PC: downlink where the two differ).
    #[default]
    ToUsers,
    /// From the users to the content.
    FromUsers,
}

/// The gravity model's parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct Gravity {
    /// What for.
    pub service: Service,
    /// Which way.
    pub flow: Flow,
    /// How strongly users and hubs attract: the power of (users × hub weight). 1 is Newton's.
    pub attraction: f64,
    /// The distance over which attraction falls to 1/e; `None` = distance is no matter.
    pub decay: Option<Length>,
}

impl Gravity {
    /// Internet traffic to the users, attraction in proportion, no matter how far.
    ///
    /// Real traffic is directed to hubs first; no published figure for the decay is known.
    #[must_use]
    pub const fn internet() -> Self {
        Self { service: Service::Internet, flow: Flow::ToUsers, attraction: 1.0, decay: None }
    }
}

/// A generated matrix, and what could not be part of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Matrix {
    /// By territory of the users, then of the content; none without traffic.
    pub requests: Vec<Request>,
    /// Territories whose users, usage or main site is unknown, ascending.
    pub left_out: Vec<TerritoryId>,
}

/// Who attracts how much, from where.
struct Body {
    main: SiteId,
    /// Mbit/s.
    usage: u64,
    attraction: f64,
}

/// Generates what the users of each territory exchange with all others, between their main sites.
///
/// T_ij = k_i (U_j h_j)^c exp(−d_ij / L) with users U, hub weight h and great-circle distance d. The k_i are such that
/// i's traffic with all others is U_i b_i, its international usage, to the last Mbit/s: so a factor of its own,
/// (U_i b_i)^a, would cancel, and is no parameter. Rounded by largest remainder, ties to the earlier territory.
///
/// O(n²) time for n territories.
///
/// # Panics
/// If the power of attraction is not finite, or so great that an attraction is not.
#[must_use]
pub fn gravity(topology: &Topology, model: &Gravity) -> Matrix {
    let mut bodies = Vec::new();
    let mut left_out = Vec::new();
    for (i, territory) in topology.territories().iter().enumerate() {
        let known = || {
            let (users, kbps) = (territory.users_million?, territory.kbps_per_user?);
            // Million users × kbit/s each = Gbit/s.
            let usage = Bandwidth::from_mbps_f64(users * kbps * 1e3)?.mbps();
            Some(Body { main: territory.main?, usage, attraction: (users * territory.hub_weight).powf(model.attraction) })
        };
        match known() {
            Some(body) => bodies.push(body),
            None => left_out.push(TerritoryId::from_index(i)),
        }
    }
    let place = |body: &Body| topology.site(body.main).position;
    let mut requests = Vec::new();
    for (i, users) in bodies.iter().enumerate() {
        let pull = |(j, content): (usize, &Body)| {
            if i == j {
                return 0.0;
            }
            let distance_m = geography::great_circle_m(place(users), place(content));
            #[expect(clippy::cast_precision_loss, reason = "metres on Earth")]
            let fade = model.decay.map_or(1.0, |decay| (-distance_m / decay.m().max(1) as f64).exp());
            content.attraction * fade
        };
        let pulls: Vec<f64> = bodies.iter().enumerate().map(pull).collect();
        for (content, mbps) in bodies.iter().zip(apportion::by_real_weight(users.usage, &pulls)) {
            let [from, to] = match model.flow {
                Flow::ToUsers => [content.main, users.main],
                Flow::FromUsers => [users.main, content.main],
            };
            requests.extend(request(topology, [from, to], model.service, mbps));
        }
    }
    Matrix { requests, left_out }
}

/// Splits a total evenly among all ordered pairs of the sites, by order of id; a site named twice counts once.
///
/// Rounded by largest remainder, ties to the earlier pair; the total is kept unless there are fewer than two sites.
#[must_use]
pub fn uniform(topology: &Topology, sites: &[SiteId], service: Service, total: Bandwidth) -> Vec<Request> {
    let sites = distinct(sites);
    let pairs: Vec<_> = sites.iter().flat_map(|&from| sites.iter().map(move |&to| [from, to])).collect();
    evenly(topology, &pairs, service, total)
}

/// Splits a total evenly among the pairs from one site to each of the others, by order of id.
///
/// As [`uniform`]; the site itself, if it is among the many, gets nothing.
#[must_use]
pub fn one_to_many(topology: &Topology, from: SiteId, to: &[SiteId], service: Service, total: Bandwidth) -> Vec<Request> {
    let pairs: Vec<_> = distinct(to).into_iter().map(|to| [from, to]).collect();
    evenly(topology, &pairs, service, total)
}

/// The main site of every territory that has one, by order of territory.
#[must_use]
pub fn main_sites(topology: &Topology) -> Vec<SiteId> {
    topology.territories().iter().filter_map(|territory| territory.main).collect()
}

fn distinct(sites: &[SiteId]) -> Vec<SiteId> {
    let mut sites = sites.to_vec();
    sites.sort_unstable();
    sites.dedup();
    sites
}

fn evenly(topology: &Topology, pairs: &[[SiteId; 2]], service: Service, total: Bandwidth) -> Vec<Request> {
    let pairs: Vec<_> = pairs.iter().filter(|[from, to]| from != to).collect();
    let parts = apportion::by_weight(total.mbps(), &vec![1; pairs.len()]);
    pairs.into_iter().zip(parts).filter_map(|(&pair, mbps)| request(topology, pair, service, mbps)).collect()
}

fn request(topology: &Topology, [from, to]: [SiteId; 2], service: Service, mbps: u64) -> Option<Request> {
    (mbps > 0).then(|| Request {
        name: format!("{}.{}.{}", topology.site(from).id, topology.site(to).id, service.word()),
        query: Query { from, to, service, operator: None },
        traffic: Bandwidth::from_mbps(mbps),
        priority: USUAL_PRIORITY,
        latency_max: None,
    })
}
