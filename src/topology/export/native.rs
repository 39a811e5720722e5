//! The native folder: `topology.toml` and one CSV table for each kind of thing. It holds everything.

use super::File;
use crate::file::{document_text, table_text};
use crate::topology::raw::{RawCable, RawDemand, RawHead, RawSegment, RawSite, RawTopology};
use crate::topology::read;

/// Keys of `topology.toml` that hold numbers.
const NUMBERS: &[&str] =
    &["format", "users_million", "kbps_per_user", "hub_weight", "max_percent", "lat", "lon", "radius_km", "polygon"];

/// The text of `topology.toml`.
#[must_use]
pub fn head_text(head: &RawHead) -> String {
    document_text(head, NUMBERS)
}

/// The text of `sites.csv`.
#[must_use]
pub fn sites_text(sites: &[RawSite]) -> String {
    table_text(sites, read::SITES)
}

/// The text of `cables.csv`.
#[must_use]
pub fn cables_text(cables: &[RawCable]) -> String {
    table_text(cables, read::CABLES)
}

/// The text of `segments.csv`.
#[must_use]
pub fn segments_text(segments: &[RawSegment]) -> String {
    table_text(segments, read::SEGMENTS)
}

/// The text of `demands.csv`.
#[must_use]
pub fn demands_text(demands: &[RawDemand]) -> String {
    table_text(demands, read::DEMANDS)
}

/// The folder; `demands.csv` only if there are any. The head comes last, so that a folder that has one is whole.
pub(super) fn files(raw: &RawTopology) -> Vec<File> {
    let mut files = vec![
        File { name: "sites.csv", text: sites_text(&raw.sites) },
        File { name: "cables.csv", text: cables_text(&raw.cables) },
        File { name: "segments.csv", text: segments_text(&raw.segments) },
    ];
    if !raw.demands.is_empty() {
        files.push(File { name: "demands.csv", text: demands_text(&raw.demands) });
    }
    files.push(File { name: "topology.toml", text: head_text(&raw.head) });
    files
}
