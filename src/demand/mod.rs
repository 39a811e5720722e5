//! Who asks for how much: requests from a topology's demands or from a model, scaled, grown, and by the hour.
//!
//! Every function gives the same requests whatever the order of its input, and keeps totals to the last Mbit/s. It
//! places no traffic on segments and asks no law.

mod apportion;
mod busy_hour;
mod generate;
mod growth;
mod impute;
mod spread;

pub use busy_hour::{Profile, at_hour, busy_hour, local_hour};
pub use generate::{Flow, Gravity, Matrix, gravity, main_sites, one_to_many, uniform};
pub use growth::{Growth, Rate, growth_factor, published_rates};
pub use impute::{figures, impute};
pub use spread::spread;

use crate::policy::Query;
use crate::topology::{Demand, SiteId, Topology};
use crate::units::{Bandwidth, Date, Latency};

/// The priority of a request that states none: the middle of 1 (first) to 9.
pub const USUAL_PRIORITY: u8 = 5;

/// Who asks for a route, how much, and within which bound.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// Name for people: a demand's id, or `from → to`.
    pub name: String,
    /// Between which sites, for what, carried by whom.
    pub query: Query,
    /// Offered, one way; zero for a mere question.
    pub traffic: Bandwidth,
    /// 1 (first) to 9.
    pub priority: u8,
    /// Useless above this one-way latency.
    pub latency_max: Option<Latency>,
}

impl Request {
    /// A mere question: no traffic, usual priority, no bound.
    #[must_use]
    pub fn question(name: impl Into<String>, query: Query) -> Self {
        Self { name: name.into(), query, traffic: Bandwidth::ZERO, priority: USUAL_PRIORITY, latency_max: None }
    }
}

impl From<&Demand> for Request {
    fn from(demand: &Demand) -> Self {
        Self {
            name: demand.id.clone(),
            query: Query { from: demand.from, to: demand.to, service: demand.service, operator: demand.operator.clone() },
            traffic: demand.traffic,
            priority: demand.priority,
            latency_max: demand.latency_max,
        }
    }
}

/// The topology's demands that are offered on a day, in the order of the file.
#[must_use]
pub fn offered(topology: &Topology, day: Date) -> Vec<Request> {
    topology.demands().iter().filter(|demand| demand.validity.contains(day)).map(Request::from).collect()
}

/// All that is offered.
#[must_use]
pub fn total(requests: &[Request]) -> Bandwidth {
    requests.iter().map(|request| request.traffic).sum()
}

/// Multiplies all traffic, so that the total is the nearest to `factor` times what it was (ties to even).
///
/// Each request gets its share of the new total, rounded by largest remainder, ties by query and name; so each is
/// less than 1.5 Mbit/s from its own product.
///
/// # Panics
/// If `factor` is negative or not finite, or the total passes 2⁵³ Mbit/s.
#[must_use]
pub fn scale(requests: &[Request], factor: f64) -> Vec<Request> {
    reassess(requests, |requests| {
        let traffic: Vec<u64> = requests.iter().map(|request| request.traffic.mbps()).collect();
        apportion::scaled(&traffic, factor)
    })
}

/// The columns of `demands.csv` that [`rows`] fills, in its order.
pub const COLUMNS: [&str; 8] = ["id", "from", "to", "service", "traffic", "operator", "priority", "latency_max_ms"];

/// Requests as rows of `demands.csv`: what a topology that reads them would take for the same demands.
#[must_use]
pub fn rows(topology: &Topology, requests: &[Request]) -> Vec<[String; COLUMNS.len()]> {
    let id = |site: SiteId| topology.site(site).id.clone();
    requests
        .iter()
        .map(|request| {
            let query = &request.query;
            [
                request.name.clone(),
                id(query.from),
                id(query.to),
                query.service.word().to_owned(),
                request.traffic.to_string(),
                query.operator.clone().unwrap_or_default(),
                request.priority.to_string(),
                request.latency_max.map(|latency| latency.ms().to_string()).unwrap_or_default(),
            ]
        })
        .collect()
}

/// The same requests with other traffic, which `assess` gives for them in order of query and name, Mbit/s.
fn reassess(requests: &[Request], assess: impl FnOnce(&[&Request]) -> Vec<u64>) -> Vec<Request> {
    let mut order: Vec<usize> = (0..requests.len()).collect();
    order.sort_by_key(|&i| (&requests[i].query, &requests[i].name));
    let mbps = assess(&order.iter().map(|&i| &requests[i]).collect::<Vec<_>>());
    let mut after = requests.to_vec();
    for (i, mbps) in order.into_iter().zip(mbps) {
        after[i].traffic = Bandwidth::from_mbps(mbps);
    }
    after
}

#[cfg(test)]
mod tests;
