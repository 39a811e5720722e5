//! The words that topology files use for the kinds of things, each with its meaning in the model.

use crate::topology::{CableKind, Confidence, Regime, RiskGroupKind, Role, Service, SourceKind, Transit};

/// Regimes of territories.
pub const REGIMES: &[(&str, Regime)] = &[("strict", Regime::Strict), ("licensed", Regime::Licensed), ("open", Regime::Open)];

/// Transit policies of territories.
pub const TRANSITS: &[(&str, Transit)] =
    &[("none", Transit::None), ("transmission", Transit::Transmission), ("service", Transit::Service)];

/// How sure a source is.
pub const CONFIDENCES: &[(&str, Confidence)] =
    &[("high", Confidence::High), ("medium", Confidence::Medium), ("low", Confidence::Low)];

/// Kinds of knowledge.
pub const SOURCE_KINDS: &[(&str, SourceKind)] =
    &[("published", SourceKind::Published), ("recalled", SourceKind::Recalled), ("imputed", SourceKind::Imputed)];

/// Kinds of risk group.
pub const RISK_GROUP_KINDS: &[(&str, RiskGroupKind)] = &[
    ("station", RiskGroupKind::Station),
    ("strait", RiskGroupKind::Strait),
    ("corridor", RiskGroupKind::Corridor),
    ("land-bridge", RiskGroupKind::LandBridge),
    ("cable", RiskGroupKind::Cable),
    ("other", RiskGroupKind::Other),
];

/// Roles of sites.
pub const ROLES: &[(&str, Role)] = &[
    (Role::Comprehensive.word(), Role::Comprehensive),
    (Role::Regional.word(), Role::Regional),
    (Role::Border.word(), Role::Border),
    (Role::Channel.word(), Role::Channel),
    (Role::Hub.word(), Role::Hub),
    (Role::Pop.word(), Role::Pop),
    (Role::BranchingUnit.word(), Role::BranchingUnit),
];

/// Roles that a scope may be of.
pub const SCOPE_ROLES: &[(&str, Role)] =
    &[("comprehensive", Role::Comprehensive), ("regional", Role::Regional), ("border", Role::Border)];

/// Service classes.
pub const SERVICES: &[(&str, Service)] = &[
    (Service::Voice.word(), Service::Voice),
    (Service::Internet.word(), Service::Internet),
    (Service::Data.word(), Service::Data),
    (Service::Leased.word(), Service::Leased),
    (Service::BorderLocal.word(), Service::BorderLocal),
    (Service::Transit.word(), Service::Transit),
];

/// Kinds of cable.
pub const CABLE_KINDS: &[(&str, CableKind)] = &[
    (CableKind::Submarine.word(), CableKind::Submarine),
    (CableKind::Terrestrial.word(), CableKind::Terrestrial),
    (CableKind::Microwave.word(), CableKind::Microwave),
    (CableKind::Satellite.word(), CableKind::Satellite),
];

/// World regions, by which growth and permits go.
pub const REGIONS: &[(&str, ())] =
    &[("Africa", ()), ("Americas", ()), ("Arab States", ()), ("Asia", ()), ("CIS", ()), ("Europe", ()), ("Oceania", ())];

/// Ground and depth classes of segments.
pub const TERRAINS: &[(&str, ())] = &[
    ("deep", ()),
    ("shelf", ()),
    ("shallow", ()),
    ("plain", ()),
    ("mountain", ()),
    ("plateau", ()),
    ("urban", ()),
    ("desert", ()),
    ("canal", ()),
];

/// The words alone, for schemas.
#[must_use]
pub fn words<T>(table: &[(&'static str, T)]) -> Vec<&'static str> {
    table.iter().map(|(word, _)| *word).collect()
}
