//! What is fuzzed: one function per reader. Each takes any bytes, reads them as its format, checks what came out, and writes
//! it in every format; none may panic, and what is sound must come back the same from the native format.
//!
//! Shared by the fuzz targets and by the short run of `tests/fuzz.rs`. Files of a format of several stand one after the
//! other, each under a line `=== name`.

use std::collections::BTreeMap;
use std::path::Path;

use crossborder::file;
use crossborder::problem::Problems;
use crossborder::problem::render::{Colour, text};
use crossborder::topology::export::{self, Format};
use crossborder::topology::import::{
    Options, Refusal, Sketch, claim, geojson, gml, graphml, net2plan, netgraph, node_link, repetita, sndlib, sndlib_xml,
    submarine_map, tables,
};
use crossborder::topology::raw::RawTopology;
use crossborder::topology::{Topology, build};

/// A reader of any bytes.
pub(crate) type Reader = fn(&[u8]);

/// Every reader by its name, which is that of its folder of seeds.
pub(crate) const READERS: [(&str, Reader); 13] = [
    ("native", native),
    ("scenario", scenario),
    ("tables", |bytes| foreign(read_tables(bytes))),
    ("graphml", |bytes| foreign(graphml::read(bytes, &Options::default()))),
    ("gml", |bytes| foreign(gml::read(bytes, &Options::default()))),
    ("node_link", |bytes| foreign(node_link::read(bytes, &Options::default()))),
    ("geojson", |bytes| foreign(geojson::read(&[bytes], &Options::default()))),
    ("submarine_map", |bytes| {
        let files = parts(bytes);
        foreign(submarine_map::read(files.iter().map(|(name, bytes)| (name.as_str(), *bytes))));
    }),
    ("sndlib", |bytes| foreign(sndlib::read(bytes, &Options::default()))),
    ("sndlib_xml", |bytes| foreign(sndlib_xml::read(bytes, &Options::default()))),
    ("repetita", |bytes| {
        let files = parts(bytes);
        let graph = files.get("graph").copied().unwrap_or(bytes);
        foreign(repetita::read(graph, files.get("demands").copied(), &Options::default()));
    }),
    ("net2plan", |bytes| foreign(net2plan::read(bytes, &Options::default()))),
    ("netgraph", |bytes| foreign(netgraph::read(bytes, &Options::default()))),
];

/// The files of a format of several, by name; the last of one name counts.
fn parts(bytes: &[u8]) -> BTreeMap<String, &[u8]> {
    let mut parts = BTreeMap::new();
    let mut rest = bytes;
    while let Some(start) = find(rest, b"=== ") {
        let after = &rest[start + 4..];
        let Some(end) = find(after, b"\n") else { break };
        let name = String::from_utf8_lossy(&after[..end]).trim().to_owned();
        let body = &after[end + 1..];
        let next = find(body, b"=== ").unwrap_or(body.len());
        parts.insert(name, &body[..next]);
        rest = &body[next..];
    }
    parts
}

fn find(text: &[u8], word: &[u8]) -> Option<usize> {
    text.windows(word.len()).position(|window| window == word)
}

fn read_tables(bytes: &[u8]) -> Result<Sketch, Refusal> {
    let files = parts(bytes);
    let of = |name: &str| files.get(name).copied();
    tables::read(
        &tables::Tables { nodes: of("nodes.csv"), links: of("links.csv").unwrap_or(bytes), demands: of("demands.csv") },
        &Options::default(),
    )
}

/// What a foreign file says must make a topology, or say why not.
fn foreign(sketch: Result<Sketch, Refusal>) {
    match sketch {
        Ok(sketch) => {
            let mut problems = Problems::new();
            let (raw, findings) = claim(sketch, "fuzz", &mut problems);
            assert!(findings.iter().all(|finding| finding.count > 0), "a finding is found");
            sound(&raw, problems);
        }
        Err(refusal) => assert!(!refusal.message.is_empty() && !refusal.help.is_empty(), "a refusal says why and what helps"),
    }
}

fn native(bytes: &[u8]) {
    let mut problems = Problems::new();
    let raw = native_claims(parts(bytes).into_iter().map(|(name, bytes)| (name, bytes.to_vec())), &mut problems);
    sound(&raw, problems);
}

fn native_claims(files: impl Iterator<Item = (String, Vec<u8>)>, problems: &mut Problems) -> RawTopology {
    let mut raw = RawTopology::default();
    for (name, bytes) in files {
        let Some(file) = file::take(&name, bytes, problems, &mut Vec::new()) else { continue };
        match name.as_str() {
            "topology.toml" => file::document(file, &mut raw.head, problems),
            "sites.csv" => raw.sites = file::table(file, &["id"], &mut raw.broken, problems),
            "cables.csv" => raw.cables = file::table(file, &["id"], &mut raw.broken, problems),
            "segments.csv" => raw.segments = file::table(file, &["id"], &mut raw.broken, problems),
            "demands.csv" => raw.demands = file::table(file, &["id"], &mut raw.broken, problems),
            _ => {}
        }
    }
    raw
}

/// Builds the claims: a topology or an error, never both; writes them in every format; what was sound reads back the same.
fn sound(raw: &RawTopology, mut problems: Problems) {
    let topology = build::topology(raw.clone(), &mut problems);
    assert_eq!(topology.is_none(), problems.has_errors(), "a topology or an error");
    problems.sort();
    assert!(!text(&problems, "it", Colour::Plain).contains('\0'));
    for format in Format::ALL {
        let (files, _) = export::write(raw, format);
        assert!(!files.is_empty());
        if let (Format::Native, Some(topology)) = (format, &topology) {
            let mut problems = Problems::new();
            let files = files.into_iter().map(|file| (file.name.to_owned(), file.text.into_bytes()));
            let again = build::topology(native_claims(files, &mut problems), &mut problems);
            assert!(!problems.has_errors(), "{}", text(&problems, "what was written", Colour::Plain));
            assert_same(topology, &again.expect("no error was found"));
        }
    }
}

fn assert_same(a: &Topology, b: &Topology) {
    // Debug text holds everything, and tells -0 from 0 no worse than people do.
    assert!(
        format!("{a:?}").replace("-0.0", "0.0") == format!("{b:?}").replace("-0.0", "0.0"),
        "what is written reads back the same"
    );
}

/// A scenario from any bytes; paths in it count from a folder that holds a small topology.
fn scenario(bytes: &[u8]) {
    // The targets are a package of their own, in a folder of this one.
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let bases = [root, root.parent().unwrap_or(root)].map(|folder| folder.join("tests/problems/base"));
    let base = bases.iter().find(|path| path.is_dir()).expect("one of them holds the small topology");
    if let Err(problems) = crossborder::scenario::parse("scenario.toml", bytes.to_vec(), base, &[]) {
        assert!(problems.has_errors(), "what is refused is said");
    }
}

/// Gives the bytes to the reader of that name.
///
/// # Panics
/// If there is none, or it finds a bug.
pub(crate) fn run(name: &str, bytes: &[u8]) {
    let (_, reader) = READERS.iter().find(|(known, _)| *known == name).expect("a reader of that name");
    reader(bytes);
}
