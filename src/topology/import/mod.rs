//! Reads foreign files into one shape, the [`Sketch`], and tells all that was dropped or guessed.

pub mod attributes;
pub mod claim;
pub mod finding;
mod folder;
mod format;
pub mod geojson;
pub mod gml;
pub mod graphml;
mod json;
pub mod lines;
pub mod net2plan;
pub mod netgraph;
pub mod node_link;
mod open;
mod place;
pub mod repetita;
pub mod sketch;
pub mod sndlib;
pub mod sndlib_xml;
pub mod submarine_map;
pub mod tables;
pub mod text;
mod xml;

pub use attributes::{Options, UNITS};
pub use claim::claim;
pub use finding::{Finding, Findings};
pub use format::Format;
pub use open::{Opened, Request, open};
pub use sketch::Sketch;
pub use text::Refusal;

/// Mbit/s in a Gbit/s, the unit where most formats give none.
const GBPS: f64 = 1e3;
/// Mbit/s in a Mbit/s, the unit of SNDlib where it gives none.
const MBPS: f64 = 1.0;
