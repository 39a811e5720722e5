//! The words that scenario files use, each with its meaning.

use crate::capacity::Bounds;
use crate::failure::findings::Measure;
use crate::failure::hazard::FleetLimit;
use crate::failure::outages::ElementKind;
use crate::failure::solar;
use crate::failure::worst_circle;
use crate::network::Metric;
use crate::policy::{Profile, Rule};
use crate::route::Disjoint;
use crate::scenario::{DemandSource, PairSet};
use crate::topology::CapacityBasis;

/// Profiles of policies.
pub const PROFILES: &[(&str, Profile)] = &[
    (Profile::Lawful.word(), Profile::Lawful),
    (Profile::Physical.word(), Profile::Physical),
    (Profile::Emergency.word(), Profile::Emergency),
];

/// Rules of law by code.
pub const RULES: &[(&str, Rule)] = &{
    let mut table = [("", Rule::R1); Rule::ALL.len()];
    let mut i = 0;
    while i < table.len() {
        table[i] = (Rule::ALL[i].code(), Rule::ALL[i]);
        i += 1;
    }
    table
};

/// Which capacity counts first.
pub const BASES: &[(&str, CapacityBasis)] = &[("lit", CapacityBasis::Lit), ("design", CapacityBasis::Design)];

/// Where demands come from.
pub const USES: &[(&str, DemandSource)] = &[
    ("topology", DemandSource::Topology),
    ("none", DemandSource::None),
    ("gravity", DemandSource::Gravity),
    ("uniform", DemandSource::Uniform),
    ("one-to-many", DemandSource::OneToMany),
];

/// What all pairs are of.
pub const SETS: &[(&str, PairSet)] = &[("sites", PairSet::Sites), ("territories", PairSet::Territories)];

/// What shortest means.
pub const METRICS: &[(&str, Metric)] = &[
    (Metric::Latency.word(), Metric::Latency),
    (Metric::Distance.word(), Metric::Distance),
    (Metric::Hops.word(), Metric::Hops),
    (Metric::Tariff.word(), Metric::Tariff),
];

/// What two disjoint routes do not share.
pub const DISJOINTS: &[(&str, Disjoint)] =
    &[("segment", Disjoint::Segment), ("site", Disjoint::Site), ("risk-group", Disjoint::RiskGroup)];

/// Whether routes are compared with physical ones.
pub const COMPARES: &[(&str, bool)] = &[("physical", true), ("none", false)];

/// Whether demands keep their latency bounds.
pub const BOUNDS: &[(&str, Bounds)] = &[("held", Bounds::Held), ("ignored", Bounds::Ignored)];

/// What a capacity study seeks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Objective {
    /// How full everything gets as demands are routed.
    Utilisation,
    /// What two places could exchange.
    MaxFlow,
    /// By how much all traffic may grow at once.
    Concurrent,
    /// The least highest utilisation.
    MinUtilisation,
    /// The most that can be carried.
    MaxCarried,
    /// When it is full.
    Growth,
}

/// What a capacity study seeks.
pub const OBJECTIVES: &[(&str, Objective)] = &[
    ("utilisation", Objective::Utilisation),
    ("max-flow", Objective::MaxFlow),
    ("concurrent", Objective::Concurrent),
    ("min-utilisation", Objective::MinUtilisation),
    ("max-carried", Objective::MaxCarried),
    ("growth", Objective::Growth),
];

/// How demands are routed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spread {
    /// On the shortest route.
    Shortest,
    /// Over all shortest routes.
    EqualCost,
    /// Over several routes in order of cost.
    Split,
    /// As an optimum says.
    Optimal,
}

/// How demands are routed.
pub const ROUTINGS: &[(&str, Spread)] =
    &[("shortest", Spread::Shortest), ("ecmp", Spread::EqualCost), ("k-shortest", Spread::Split), ("optimal", Spread::Optimal)];

/// What can fail.
pub const ELEMENTS: &[(&str, ElementKind)] = &[
    ("segment", ElementKind::Segment),
    ("cable", ElementKind::Cable),
    ("site", ElementKind::Site),
    ("gateway", ElementKind::Gateway),
    ("station", ElementKind::Station),
    ("risk-group", ElementKind::RiskGroup),
    ("territory", ElementKind::Territory),
];

/// What is found out of an outage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Impacts {
    /// Who is cut off.
    Connectivity,
    /// What is interrupted, and stays so.
    Lost,
    /// What rerouting does to loads.
    Reroute,
    /// What rerouting has room for.
    WithinCapacity,
    /// What the best routing of all traffic has room for.
    Optimal,
    /// What trips after it.
    Cascade,
}

/// What is found out of an outage, by its word.
pub const IMPACTS: &[(&str, Impacts)] = &[
    ("connectivity", Impacts::Connectivity),
    ("lost", Impacts::Lost),
    ("reroute", Impacts::Reroute),
    ("within-capacity", Impacts::WithinCapacity),
    ("optimal", Impacts::Optimal),
    ("cascade", Impacts::Cascade),
];

/// By what outages are ranked.
pub const RANKS: &[(&str, Measure)] = &[
    ("unserved", Measure::Unserved),
    ("interrupted", Measure::Interrupted),
    ("parted", Measure::PartedPairs),
    ("utilisation", Measure::Utilisation),
];

/// By what the worst circle is looked for.
pub const CIRCLE_MEASURES: &[(&str, worst_circle::Measure)] = &[
    ("interrupted", worst_circle::Measure::Interrupted),
    ("unconnected", worst_circle::Measure::Unconnected),
    ("capacity", worst_circle::Measure::Capacity),
];

/// How bad a solar storm is: from a latitude, the probability that a repeater fails.
pub const STORMS: &[(&str, [(f64, f64); 3])] = &[("S1", solar::SEVERE), ("S2", solar::MODERATE)];

/// Whether repair ships are scarce.
pub const FLEETS: &[(&str, FleetLimit)] = &[("scarce", FleetLimit::Scarce), ("unlimited", FleetLimit::Unlimited)];

/// How reports are written.
pub const FORMATS: &[(&str, ())] = &[("table", ()), ("json", ()), ("jsonl", ()), ("csv", ()), ("markdown", ())];
