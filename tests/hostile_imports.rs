//! Foreign files that mean harm: each is refused with a message, in little time and little memory, and none makes a reader
//! panic.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fs::{self, File};
use std::path::Path;
use std::time::{Duration, Instant};

use crossborder::problem::Problems;
use crossborder::topology::build;
use crossborder::topology::import::{Format, Request, open};

/// A small sound file of each format.
const SOUND: [(Format, &str, &str); 10] = [
    (Format::Csv, "net.csv", "id,from,to,length_km\nw,a,b,12\nx,\"b, c\",a,30\n"),
    (
        Format::GraphMl,
        "net.graphml",
        "<graphml><key id=\"d\" for=\"edge\" attr.name=\"length_km\"/><graph edgedefault=\"undirected\"><node id=\"a\"/><node id=\"b\"/>\
         <edge source=\"a\" target=\"b\"><data key=\"d\">12</data></edge></graph></graphml>",
    ),
    (Format::Gml, "net.gml", "graph [ node [ id 0 label \"a\" ] node [ id 1 ] edge [ source 0 target 1 length_km 12 ] ]"),
    (
        Format::NodeLink,
        "net.json",
        r#"{"graph":{"demands":{"a":{"b":1.5}}},"nodes":[{"id":"a","pos":[1,2]},{"id":"b"}],"edges":[{"source":"a","target":"b"}]}"#,
    ),
    (
        Format::GeoJson,
        "net.geojson",
        r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"id":"a"},"geometry":{"type":"Point","coordinates":[1,2]}},
        {"type":"Feature","properties":{"name":"x"},"geometry":{"type":"MultiLineString","coordinates":[[[1,2],[3,4]],[[3,4],[5,6]]]}}]}"#,
    ),
    (
        Format::SubmarineMap,
        "cable-geo.json",
        r#"{"features":[{"properties":{"id":"c"},"geometry":{"type":"LineString","coordinates":[[0,0],[1,1],[2,0]]}}]}"#,
    ),
    (
        Format::Sndlib,
        "net.txt",
        "?SNDlib native format; type: network; version: 1.0\nNODES (\n a ( 1 2 )\n b ( 3 4 )\n)\nLINKS (\n l ( a b ) 0 0 0 0 ( 155 1 )\n)\n\
         DEMANDS (\n d ( a b ) 1 12 UNLIMITED\n)\n",
    ),
    (
        Format::Repetita,
        "net.graph",
        "NODES 2\nlabel x y\na 1 2\nb 3 4\n\nEDGES 2\nlabel src dest weight bw delay\ne0 0 1 1 100 5\ne1 1 0 1 100 5\n",
    ),
    (
        Format::Net2Plan,
        "net.n2p",
        "<network name=\"n\"><node id=\"0\" xCoord=\"1\" yCoord=\"2\"/><node id=\"1\"/><layer id=\"2\" isDefaultLayer=\"true\">\
         <link id=\"3\" originNodeId=\"0\" destinationNodeId=\"1\" capacity=\"1\" lengthInKm=\"5\"/></layer></network>",
    ),
    (
        Format::NetGraph,
        "net.yaml",
        "network:\n  nodes: {a: {}, b: {}}\n  links:\n  - {source: a, target: b, capacity: 1}\ndemands:\n  tm:\n  - {source: ^a$, target: ^b$, volume: 1}\n",
    ),
];

/// Reads and builds a file; tells the codes of what is wrong with it.
fn codes(format: Format, path: &Path) -> Vec<&'static str> {
    let mut problems = Problems::new();
    let request = Request { path: path.to_owned(), from: Some(format), ..Request::default() };
    if let Some(opened) = open(&request, &mut problems, &mut Vec::new()) {
        build::topology(opened.raw, &mut problems);
    }
    problems.list().iter().map(|problem| problem.code.0).collect()
}

/// The same of a text.
fn codes_of(format: Format, text: &[u8]) -> Vec<&'static str> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("net");
    fs::write(&path, text).unwrap();
    codes(format, &path)
}

#[test]
fn sound_files_of_every_format_are_read() {
    for (format, name, text) in SOUND {
        let is_error = |code: &&&str| code.starts_with('E');
        assert_eq!(codes_of(format, text.as_bytes()).iter().find(is_error), None, "{name}");
    }
    assert_eq!(SOUND.len() + 1, Format::ALL.len(), "the native format has tests of its own");
}

#[test]
fn every_cut_of_a_sound_file_is_read_or_refused() {
    for (format, _, text) in SOUND {
        for end in (0..text.len()).step_by(3).filter(|end| text.is_char_boundary(*end)) {
            codes_of(format, &text.as_bytes()[..end]);
        }
    }
}

#[test]
fn changed_bytes_and_numbers_are_read_or_refused() {
    const SIGNS: [&str; 12] = ["", "\"", "]", "{", "<", ",", "\n", "-", "1e999", "99999999999999999999", "NaN", "\u{202e}"];
    for (format, _, text) in SOUND {
        for (i, at) in (0..text.len()).step_by(5).filter(|at| text.is_char_boundary(*at)).enumerate() {
            let end = (at + 1 + i % 3).min(text.len());
            if text.is_char_boundary(end) {
                codes_of(format, format!("{}{}{}", &text[..at], SIGNS[i % SIGNS.len()], &text[end..]).as_bytes());
            }
        }
    }
}

#[test]
fn deep_nests_are_refused() {
    const DEPTH: usize = 200_000;
    for (format, text) in [
        (Format::GraphMl, "<graphml>".repeat(DEPTH)),
        (Format::Gml, "graph [ ".repeat(DEPTH)),
        (Format::NodeLink, format!("{{\"nodes\":{}", "[".repeat(DEPTH))),
        (Format::NodeLink, format!("{{\"nodes\":[],\"edges\":[{{\"x\":{}", "{\"x\":".repeat(DEPTH))),
        (Format::GeoJson, format!("{{\"features\":[{{\"geometry\":{{\"type\":\"X\",\"coordinates\":{}", "[".repeat(DEPTH))),
        (Format::SubmarineMap, "[".repeat(DEPTH)),
        (Format::Sndlib, "<network>".repeat(DEPTH)),
        (Format::Net2Plan, "<network>".repeat(DEPTH)),
        (Format::NetGraph, format!("network: {}", "{a: ".repeat(DEPTH))),
        (Format::NetGraph, format!("network: {}", "[".repeat(DEPTH))),
    ] {
        assert_eq!(codes_of(format, text.as_bytes()), ["E017"], "{}", format.word());
    }
}

#[test]
fn bombs_are_refused() {
    let entities = r#"<!DOCTYPE g [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>"#;
    let outside = r#"<!DOCTYPE g [<!ENTITY a SYSTEM "file:///etc/hostname">]>"#;
    for (format, rest) in [
        (Format::GraphMl, "<graphml><graph>&b;</graph></graphml>"),
        (Format::Sndlib, "<network><networkStructure>&a;</networkStructure></network>"),
        (Format::Net2Plan, "<network>&a;</network>"),
    ] {
        for document_type in [entities, outside] {
            assert_eq!(codes_of(format, format!("{document_type}{rest}").as_bytes()), ["E017"], "{}", format.word());
        }
    }
    let names = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];
    let line = |pair: &[&str]| format!("{}: &{} [{}]\n", pair[1], pair[1], vec![format!("*{}", pair[0]); 10].join(", "));
    let aliases: String = names.windows(2).map(line).collect();
    let text = format!("a: &a [x, x, x, x, x, x, x, x, x, x]\n{aliases}network: {{nodes: {{}}}}\n");
    assert_eq!(codes_of(Format::NetGraph, text.as_bytes()), ["E017"]);
}

#[test]
fn absurd_counts_cost_nothing() {
    let begin = Instant::now();
    codes_of(Format::Repetita, b"NODES 99999999999\nlabel x y\na 1 2\nEDGES 18446744073709551615\n");
    assert_eq!(
        codes_of(Format::NetGraph, b"network: {nodes: {a: , b: }, links: [{source: a, target: b, count: 99999999999}]}"),
        ["E017"]
    );
    codes_of(Format::Gml, format!("graph [ node [ id {} ] ]", "9".repeat(100_000)).as_bytes());
    let attributes: String = (0..5_000).map(|i| format!("\"k{i}\":{i},")).collect();
    let many = format!("{{\"nodes\":[{{{attributes}\"id\":1}}],\"edges\":[]}}");
    assert_eq!(codes_of(Format::NodeLink, many.as_bytes()), ["E017"]);
    assert!(begin.elapsed() < Duration::from_secs(20), "{:?}", begin.elapsed());
}

/// Five gigabytes on one line, of which the disk holds nothing.
#[cfg(unix)]
#[test]
fn a_file_of_five_gigabytes_is_refused_before_it_is_read() {
    let folder = tempfile::tempdir().unwrap();
    for (format, name, _) in SOUND {
        let path = folder.path().join(name);
        let Ok(()) = File::create(&path).unwrap().set_len(5 << 30) else {
            println!("skipped: this disk has no sparse files");
            return;
        };
        let begin = Instant::now();
        assert_eq!(codes(format, &path), ["E003"], "{name}");
        assert!(begin.elapsed() < Duration::from_secs(5), "{name}: {:?}", begin.elapsed());
        fs::remove_file(path).unwrap();
    }
}

/// Many files that are each small enough, but not together.
#[cfg(unix)]
#[test]
fn a_folder_of_files_that_are_too_long_together_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for i in 0..4 {
        let Ok(()) = File::create(folder.path().join(format!("{i}.json"))).unwrap().set_len(200 << 20) else { return };
    }
    assert_eq!(codes(Format::SubmarineMap, folder.path()), ["E003"]);
}

#[cfg(unix)]
#[test]
fn pipes_and_devices_are_refused() {
    for format in Format::ALL.into_iter().filter(|format| *format != Format::Native) {
        assert_eq!(codes(format, Path::new("/dev/zero")), ["E002"], "{}", format.word());
    }
    let mut problems = Problems::new();
    let request = Request { path: "/dev/zero".into(), ..Request::default() };
    assert!(open(&request, &mut problems, &mut Vec::new()).is_none() && problems.has_errors());
}
