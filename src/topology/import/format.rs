//! Which format a file or folder is in: by its name, else by how it begins. It reads no more than that.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

/// A format that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    /// Folder of `topology.toml` and its tables.
    Native,
    /// Tables of nodes, links and demands: a folder, or a file of links.
    Csv,
    /// GraphML.
    GraphMl,
    /// GML.
    Gml,
    /// Node-link JSON of networkx.
    NodeLink,
    /// GeoJSON: a file, or a folder of them.
    GeoJson,
    /// Folder of a submarine cable map's JSON files.
    SubmarineMap,
    /// SNDlib, native text or XML.
    Sndlib,
    /// REPETITA's `.graph` with `.demands`.
    Repetita,
    /// Net2Plan's `.n2p`.
    Net2Plan,
    /// NetGraph's YAML.
    NetGraph,
}

/// So many bytes of a file are looked at.
const BEGINNING: u64 = 64 << 10;

impl Format {
    /// All formats, the most common first.
    pub const ALL: [Self; 11] = [
        Self::Native,
        Self::Csv,
        Self::GraphMl,
        Self::Gml,
        Self::NodeLink,
        Self::GeoJson,
        Self::SubmarineMap,
        Self::Sndlib,
        Self::Repetita,
        Self::Net2Plan,
        Self::NetGraph,
    ];

    /// Each format with its word.
    pub const WORDS: [(&str, Self); 11] = {
        let mut words = [("", Self::Native); 11];
        let mut i = 0;
        while i < words.len() {
            words[i] = (Self::ALL[i].word(), Self::ALL[i]);
            i += 1;
        }
        words
    };

    /// The word by which users name it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Native => "native",
            Self::Csv => "csv",
            Self::GraphMl => "graphml",
            Self::Gml => "gml",
            Self::NodeLink => "node-link",
            Self::GeoJson => "geojson",
            Self::SubmarineMap => "submarine-map",
            Self::Sndlib => "sndlib",
            Self::Repetita => "repetita",
            Self::Net2Plan => "net2plan",
            Self::NetGraph => "netgraph",
        }
    }

    /// The format of a file or folder; `None` if neither name nor content tells, or it cannot be opened.
    #[must_use]
    pub fn of(path: &Path) -> Option<Self> {
        if path.is_dir() {
            Self::of_folder(path)
        } else {
            Self::of_name(path).or_else(|| Self::of_content(&String::from_utf8_lossy(&beginning(path)?)))
        }
    }

    /// The format that a file's extension stands for alone.
    fn of_name(path: &Path) -> Option<Self> {
        if path.file_name()? == "topology.toml" {
            return Some(Self::Native);
        }
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "csv" | "tsv" => Some(Self::Csv),
            "graphml" => Some(Self::GraphMl),
            "gml" => Some(Self::Gml),
            "geojson" => Some(Self::GeoJson),
            "graph" => Some(Self::Repetita),
            "n2p" => Some(Self::Net2Plan),
            "yaml" | "yml" => Some(Self::NetGraph),
            _ => None,
        }
    }

    /// The format of a text that begins so.
    #[must_use]
    pub fn of_content(beginning: &str) -> Option<Self> {
        let text = beginning.trim_start_matches('\u{feff}').trim_start();
        let has = |part: &str| text.contains(part);
        let is_gml = |(at, word): (usize, &str)| text[at + word.len()..].trim_start().starts_with('[');
        match text.chars().next()? {
            '<' if has("<graphml") => Some(Self::GraphMl),
            '<' if has("<networkStructure") => Some(Self::Sndlib),
            '<' if has("<network") => Some(Self::Net2Plan),
            '{' if has("\"FeatureCollection\"") || has("\"Feature\"") => Some(Self::GeoJson),
            '{' => Some(Self::NodeLink),
            _ if text.starts_with("?SNDlib native format") => Some(Self::Sndlib),
            _ if text.starts_with("NODES ") => Some(Self::Repetita),
            _ if text.match_indices("graph").any(is_gml) => Some(Self::Gml),
            _ => None,
        }
    }

    /// The format of a folder that holds such files.
    fn of_folder(path: &Path) -> Option<Self> {
        let has = |name: &str| path.join(name).is_file();
        if ["topology.toml", "sites.csv", "segments.csv"].into_iter().any(has) {
            return Some(Self::Native);
        }
        if super::open::LINK_TABLES.into_iter().any(has) {
            return Some(Self::Csv);
        }
        let names = super::folder::names(path)?;
        let holds = |extension: &str| names.iter().any(|name| Path::new(name).extension().is_some_and(|own| own == extension));
        if holds("json") { Some(Self::SubmarineMap) } else { holds("geojson").then_some(Self::GeoJson) }
    }
}

/// How a file begins, whatever its encoding; `None` if it cannot be opened.
pub(super) fn beginning(path: &Path) -> Option<Vec<u8>> {
    // A pipe may never begin.
    if !path.metadata().ok()?.is_file() {
        return None;
    }
    let mut bytes = Vec::new();
    File::open(path).ok()?.take(BEGINNING).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_has_a_word_of_its_own() {
        let mut words: Vec<&str> = Format::ALL.into_iter().map(Format::word).collect();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), Format::ALL.len());
    }

    #[test]
    fn texts_are_known_by_how_they_begin() {
        for (text, format) in [
            ("<?xml version=\"1.0\"?>\n<graphml xmlns=\"\">", Some(Format::GraphMl)),
            ("<network xmlns=\"http://sndlib.zib.de/network\"><networkStructure>", Some(Format::Sndlib)),
            ("<network name=\"N\" version=\"5\">", Some(Format::Net2Plan)),
            ("\u{feff}{\"type\": \"FeatureCollection\", \"features\": []}", Some(Format::GeoJson)),
            ("{\"directed\": false, \"nodes\": []}", Some(Format::NodeLink)),
            ("?SNDlib native format; type: network; version: 1.0\n", Some(Format::Sndlib)),
            ("NODES 12\nlabel x y\n", Some(Format::Repetita)),
            ("Creator \"me\"\ngraph\n[\n  directed 0", Some(Format::Gml)),
            ("a graph of nothing", None),
            ("", None),
        ] {
            assert_eq!(Format::of_content(text), format, "{text}");
        }
    }
}
