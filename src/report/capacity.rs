//! The capacity studies in people's words: what is full, what is not carried and why, what binds, when it is exhausted.
//!
//! It computes nothing that the studies did not find.

mod between;
mod growth;
mod optimal;
mod place;

pub(super) use between::cables;
pub use between::{all_pairs, between};
pub use growth::growth;
pub use optimal::optimal;
pub use place::{explain, placement};

use super::{Column, Report, Value};
use crate::capacity::{self, Bottleneck, Spec, Usage};
use crate::network::LaneId;
use crate::policy::Law;
use crate::topology::{SiteId, TerritoryId, Topology};

/// Answers a capacity study and tells what was found.
#[must_use]
pub fn answer(law: &Law<'_>, spec: &Spec) -> Report {
    match spec {
        Spec::Place(spec) => placement(law, spec, &capacity::place::run(law, spec)),
        Spec::Between(spec) => between(law, spec, &capacity::between::run(law, spec)),
        Spec::AllPairs(sites) => all_pairs(law, sites, &capacity::between::all_pairs(law, sites)),
        Spec::Optimal(spec) => optimal(law, spec, &capacity::optimal::run(law, spec)),
        Spec::Growth(spec) => growth(law, spec, &capacity::growth::run(law.topology(), law.policy(), spec)),
    }
}

/// Columns for a [`Usage`], in Gbit/s and per cent.
fn usage_columns() -> [Column; 4] {
    [
        Column::number("load_gbps", "Load", 1),
        Column::number("capacity_gbps", "Capacity", 1),
        Column::number("utilisation_percent", "Utilisation", 1).bar(),
        Column::number("headroom_gbps", "Headroom", 1),
    ]
}

fn usage(usage: Usage) -> [Value; 4] {
    [
        gbps(usage.load_mbps).into(),
        usage.capacity_mbps.map(whole_gbps).into(),
        percent(usage).into(),
        usage.headroom_mbps().map(gbps).into(),
    ]
}

/// Per cent of what is used; unknown where capacity is, or where there is load and no capacity at all.
fn percent(usage: Usage) -> Option<f64> {
    usage.utilisation().map(hundredfold)
}

/// As per cent, to the nearest billionth: even splits lose their last digits, and nobody wants to read them.
fn hundredfold(share: f64) -> f64 {
    (share * 1e11).round_ties_even() / 1e9 + 0.0
}

/// In Gbit/s, to the nearest kbit/s, for the same reason; never minus zero.
fn gbps(mbps: f64) -> f64 {
    (mbps * 1e3).round_ties_even() / 1e6 + 0.0
}

fn whole_gbps(mbps: u64) -> f64 {
    crate::units::Bandwidth::from_mbps(mbps).gbps()
}

fn site(topology: &Topology, site: SiteId) -> &str {
    &topology.site(site).name
}

fn territory(topology: &Topology, territory: Option<TerritoryId>) -> &str {
    territory.map_or("high seas", |territory| &topology.territory(territory).name)
}

/// `EIG, Djibouti to Mumbai`.
pub(super) fn lane(topology: &Topology, lane: LaneId) -> String {
    let segment = topology.segment(lane.segment());
    let [from, to] = if lane == LaneId::new(lane.segment(), 0) { segment.ends } else { [segment.ends[1], segment.ends[0]] };
    format!("{}, {} to {}", topology.cable(segment.cable).name, site(topology, from), site(topology, to))
}

pub(super) fn bottleneck(topology: &Topology, what: Bottleneck) -> String {
    match what {
        Bottleneck::Lane(id) => lane(topology, id),
        Bottleneck::Gateway(id) => format!("switching at {}", site(topology, id)),
    }
}
