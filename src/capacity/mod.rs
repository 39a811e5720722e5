//! The capacity study: how full everything gets, what does not fit, and what stands in its way.
//!
//! [`place`] puts every request on lawful routes by a stated rule, [`optimal`] by none but the best; [`between`] finds what two
//! places could exchange and what cuts them apart. Each answers its `Spec` with an `Outcome` of ids
//! and loads; `report` gives them names. It finds no routes of its own (see `route`) and breaks nothing (see `failure`).

mod admit;
pub mod between;
mod diverse;
mod equal_cost;
pub mod growth;
mod lawful_flow;
mod load;
pub mod optimal;
pub mod place;
mod room;
mod safety;
mod upgrade;

pub use diverse::{Diversity, Hazard};
pub use lawful_flow::LawfulFlow;
pub use load::{BorderLoad, CableLoad, GatewayLoad, GroupLoad, LaneLoad, Loads, PairLoad, Usage, borders, pairs};
pub use optimal::Binding;
pub use place::{Bounds, Mode, Part, Placement, Routing, Shortfall};
pub use room::{Room, elsewhere};
pub use safety::{Safety, Stranded};
pub use upgrade::{Price, Step, Upgrade, published_prices};

use crate::network::LaneId;
use crate::topology::SiteId;

/// What a capacity study may ask.
#[derive(Clone, Debug, PartialEq)]
pub enum Spec {
    /// How full everything gets.
    Place(place::Spec),
    /// What two places could exchange.
    Between(between::Spec),
    /// What every two of some sites could exchange.
    AllPairs(Vec<SiteId>),
    /// The best routing there is.
    Optimal(optimal::Spec),
    /// When it is full.
    Growth(growth::Spec),
}

/// Something whose capacity may bind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bottleneck {
    /// A direction of a segment.
    Lane(LaneId),
    /// The switching of a site's service gateway.
    Gateway(SiteId),
}

#[cfg(test)]
mod tests;
