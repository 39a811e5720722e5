//! Writes what a topology's files claim in the formats of others, and in the native one.
//!
//! It makes text and touches no disk. What a format has no place for is left out with a finding; GraphML, GeoJSON and
//! node-link JSON carry the native head, cables and demands along as attributes of the graph, so that this program reads
//! the same topology back out of them.

mod attributes;
mod dot;
mod geojson;
mod graphml;
mod native;
mod netgraph;
mod node_link;
mod tables;

pub(crate) use geojson::pieces;
pub use native::{cables_text, demands_text, head_text, segments_text, sites_text};

use std::path::Path;

use crate::topology::import::Findings;
use crate::topology::raw::RawTopology;

/// A format that can be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    /// Folder of `topology.toml` and CSV tables that every verb reads; holds everything.
    Native,
    /// Folder of plain tables: `nodes.csv`, `links.csv`, `demands.csv`.
    Csv,
    /// GraphML (Brandes et al. 2002), an undirected multigraph.
    GraphMl,
    /// GeoJSON (RFC 7946): points, and lines along the segments' paths, cut at the 180th meridian.
    GeoJson,
    /// Graphviz DOT, for pictures; it is not read back.
    Dot,
    /// Node-link JSON of networkx, with `edges`.
    NodeLink,
    /// YAML of NetGraph 0.24: explicit nodes, links, risk groups, demands.
    NetGraph,
}

impl Format {
    /// All formats, in the order of the enum.
    pub const ALL: [Self; 7] = [Self::Native, Self::Csv, Self::GraphMl, Self::GeoJson, Self::Dot, Self::NodeLink, Self::NetGraph];

    /// The word by which users name it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Native => "native",
            Self::Csv => "csv",
            Self::GraphMl => "graphml",
            Self::GeoJson => "geojson",
            Self::Dot => "dot",
            Self::NodeLink => "node-link",
            Self::NetGraph => "netgraph",
        }
    }

    /// Tells whether it is a folder of files, not one file.
    #[must_use]
    pub const fn is_folder(self) -> bool {
        match self {
            Self::Native | Self::Csv => true,
            Self::GraphMl | Self::GeoJson | Self::Dot | Self::NodeLink | Self::NetGraph => false,
        }
    }

    /// The format that the extension of a path stands for; without one it is a native folder. `None` if none has it.
    #[must_use]
    pub fn of_path(path: &Path) -> Option<Self> {
        let Some(extension) = path.extension() else { return Some(Self::Native) };
        match extension.to_str()?.to_ascii_lowercase().as_str() {
            "graphml" => Some(Self::GraphMl),
            "geojson" => Some(Self::GeoJson),
            "dot" | "gv" => Some(Self::Dot),
            "json" => Some(Self::NodeLink),
            "yaml" | "yml" => Some(Self::NetGraph),
            _ => None,
        }
    }
}

/// A file to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its name in the folder; for formats of one file, a name for it.
    pub name: &'static str,
    /// What stands in it.
    pub text: String,
}

/// Writes a topology: the files, in the order in which they are best written, and what they could not hold.
///
/// The same claims give the same bytes, in the order of the claims. O(n log n).
#[must_use]
pub fn write(raw: &RawTopology, format: Format) -> (Vec<File>, Findings) {
    let mut findings = Findings::default();
    let one = |name, text| vec![File { name, text }];
    let files = match format {
        Format::Native => native::files(raw),
        Format::Csv => tables::files(raw, &mut findings),
        Format::GraphMl => one("topology.graphml", graphml::text(raw, &mut findings)),
        Format::GeoJson => one("topology.geojson", geojson::text(raw, &mut findings)),
        Format::Dot => one("topology.dot", dot::text(raw, &mut findings)),
        Format::NodeLink => one("topology.json", node_link::text(raw)),
        Format::NetGraph => one("topology.yaml", netgraph::text(raw, &mut findings)),
    };
    (files, findings)
}

#[cfg(test)]
mod round_trips;
#[cfg(test)]
mod tests;
