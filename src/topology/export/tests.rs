//! Round trips through each format, of shipped topologies and of hostile ones, and that each text is well formed.

use std::path::Path;

use super::*;
use crate::file::{Entry, List, document, table};
use crate::problem::Problems;
use crate::topology::import::{Options, claim, geojson, graphml, node_link, tables};
use crate::topology::raw::{RawCable, RawDemand, RawSegment, RawSite};
use crate::topology::{Topology, build, read};

fn shipped() -> Vec<RawTopology> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("topologies");
    let mut folders: Vec<_> = std::fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.retain(|path| path.is_dir());
    folders.sort();
    assert!(folders.len() >= 6);
    let read = |path: &std::path::PathBuf| read::folder(path, &mut Problems::new(), &mut Vec::new()).unwrap();
    folders.iter().map(read).collect()
}

/// A small topology whose names, notes and dates try every escape, with an unlawful wealth of signs.
fn hostile() -> RawTopology {
    const NAMES: [&str; 10] = [
        "=HYPERLINK(\"x\")",
        "'-1",
        "a,b;c\td",
        "]]> </data><node id=\"x\"/> &amp;",
        "\"}, {\"id\": 1",
        "two\nlines",
        "back\\slash \\\" ];",
        "- yes: {no}",
        "厦门 \u{202e}abc",
        "<!DOCTYPE x>",
    ];
    let mut raw = shipped().swap_remove(0);
    raw.head.title = Entry::from(NAMES.join(" "));
    for (i, site) in raw.sites.iter_mut().enumerate() {
        site.name = Entry::from(NAMES[i % NAMES.len()]);
        site.note = Entry::from(NAMES[(i + 3) % NAMES.len()]);
    }
    for (i, segment) in raw.segments.iter_mut().enumerate() {
        segment.note = Entry::from(NAMES[i % NAMES.len()]);
    }
    odd_places(&mut raw);
    raw
}

/// Fiji's two sides of the date line, a place at 0 0, a code that others take for `unknown`, and a joint at sea.
fn odd_places(raw: &mut RawTopology) {
    let site = |id: &str, territory: &str, lat: &str, lon: &str, roles: &str| RawSite {
        id: Entry::from(id),
        territory: Entry::from(territory),
        lat: Entry::from(lat),
        lon: Entry::from(lon),
        roles: roles.split('+').collect(),
        ..RawSite::default()
    };
    raw.sites.extend([
        site("17", "NA", "-17.5", "179.5", "channel+pop"),
        site("n1", "NA", "0", "0", "hub+pop@2010..2030"),
        site("joint.of-a-very-long-name-that-goes-on-and-on-past-sixty-characters-1", "", "-18", "-179.25", "branching-unit"),
    ]);
    raw.head.territory.push(crate::topology::raw::RawTerritory {
        id: Entry::from("NA"),
        name: Entry::from("none"),
        regime: Entry::from("open"),
        transit: Entry::from("none"),
        ..Default::default()
    });
    raw.cables.push(RawCable {
        id: Entry::from("-x"),
        kind: Entry::from("submarine"),
        name: Entry::from("=x"),
        ..RawCable::default()
    });
    let joint = raw.sites.last().unwrap().id.clone();
    let segment = |id: &str, a: Entry, b: &str, km: f64, path: &str| RawSegment {
        id: Entry::from(id),
        cable: Entry::from("-x"),
        a,
        b: Entry::from(b),
        length_km: Entry::from(km),
        imputed: Entry::from("40 Gbit/s"),
        lit_back: Entry::from("0 Gbit/s"),
        path: Entry::from(path),
        note: Entry::from("unknown"),
        ..RawSegment::default()
    };
    raw.segments.push(segment("x.1", joint, "17", 160.5, "-17.9 -179.9;-17.8 179.9"));
    raw.segments.push(segment("x.2", Entry::from("17"), "n1", 19_000.0, ""));
    raw.demands.push(RawDemand {
        id: Entry::from("last"),
        from: Entry::from("17"),
        to: Entry::from("n1"),
        service: Entry::from("voice"),
        traffic: Entry::from("3 Mbit/s"),
        operator: Entry::from("two\nlines"),
        ..RawDemand::default()
    });
}

fn all() -> Vec<RawTopology> {
    let mut all = shipped();
    all.push(hostile());
    all
}

fn built(raw: &RawTopology) -> Topology {
    let mut problems = Problems::new();
    let topology = build::topology(raw.clone(), &mut problems);
    topology.unwrap_or_else(|| panic!("{:#?}", problems.list()))
}

/// All that a topology holds, as text, but for its name, which is that of the folder it is in.
fn dump(raw: &RawTopology) -> String {
    let mut raw = raw.clone();
    raw.head.name = Entry::from("same");
    format!("{:#?}", built(&raw))
}

fn first_difference(a: &str, b: &str) -> String {
    let at = a.lines().zip(b.lines()).position(|(a, b)| a != b);
    at.map_or_else(
        || "in length".to_owned(),
        |at| {
            let near = |text: &str| text.lines().skip(at.saturating_sub(12)).take(14).collect::<Vec<_>>().join("\n");
            format!("{}\n-- became --\n{}", near(a), near(b))
        },
    )
}

fn assert_same(before: &RawTopology, after: &RawTopology, format: Format) {
    let (before, after) = (dump(before), dump(after));
    assert!(before == after, "{}: {}", format.word(), first_difference(&before, &after));
}

fn one(raw: &RawTopology, format: Format) -> String {
    let (files, findings) = write(raw, format);
    assert!(findings.is_empty(), "{}: {:?}", format.word(), findings.iter().collect::<Vec<_>>());
    assert_eq!(files.len(), 1);
    files.into_iter().next().unwrap().text
}

/// What the native folder's texts say, read as files.
pub(super) fn read_native(files: &[File]) -> RawTopology {
    let (mut problems, mut raw) = (Problems::new(), RawTopology::default());
    for File { name, text } in files {
        let file = problems.add_file(*name, text.clone());
        match *name {
            "topology.toml" => document(file, &mut raw.head, &mut problems),
            "sites.csv" => raw.sites = table(file, &[], &mut raw.broken, &mut problems),
            "cables.csv" => raw.cables = table(file, &[], &mut raw.broken, &mut problems),
            "segments.csv" => raw.segments = table(file, &[], &mut raw.broken, &mut problems),
            "demands.csv" => raw.demands = table(file, &[], &mut raw.broken, &mut problems),
            other => panic!("{other}"),
        }
    }
    assert!(problems.is_empty(), "{:#?}", problems.list());
    raw
}

#[test]
fn the_native_folder_reads_back_the_same_and_is_written_the_same_again() {
    for raw in all() {
        let (files, findings) = write(&raw, Format::Native);
        assert!(findings.is_empty());
        let again = read_native(&files);
        assert_same(&raw, &again, Format::Native);
        assert_eq!(write(&again, Format::Native).0, files);
    }
}

#[test]
fn formats_that_carry_native_parts_lose_nothing() {
    for raw in all() {
        for format in [Format::GraphMl, Format::GeoJson, Format::NodeLink] {
            let text = one(&raw, format);
            let options = Options::default();
            let sketch = match format {
                Format::GraphMl => graphml::read(text.as_bytes(), &options),
                Format::GeoJson => geojson::read(&[text.as_bytes()], &options),
                _ => node_link::read(text.as_bytes(), &options),
            };
            let mut problems = Problems::new();
            let (again, _) = claim(sketch.unwrap(), "again", &mut problems);
            assert!(problems.is_empty(), "{:#?}", problems.list());
            assert_same(&raw, &again, format);
        }
    }
}

#[test]
fn plain_tables_keep_sites_segments_and_internet_demands() {
    for raw in all() {
        let (files, _) = write(&raw, Format::Csv);
        let of = |name: &str| files.iter().find(|file| file.name == name).map(|file| file.text.as_bytes());
        let all = tables::Tables { nodes: of("nodes.csv"), links: of("links.csv").unwrap(), demands: of("demands.csv") };
        let (again, findings) = claim(tables::read(&all, &Options::default()).unwrap(), "again", &mut Problems::new());
        assert_eq!((again.sites.len(), again.segments.len()), (raw.sites.len(), raw.segments.len()));
        let pairs = again.sites.iter().zip(&raw.sites);
        for (after, before) in pairs {
            let name = |site: &RawSite| site.name.get().unwrap_or(&site.id.text).to_owned();
            // Importers cut ids of others to 60 characters.
            let start = |site: &RawSite| name(site).chars().take(60).collect::<String>();
            assert_eq!((start(after), &after.zone.text), (start(before), &before.zone.text));
            let place = |site: &RawSite| [&site.lat, &site.lon].map(|entry| entry.text.parse::<f64>().unwrap());
            // Nobody can tell a place at 0 0 from an unknown one without the native parts.
            assert!(place(before) == [0.0; 2] || place(after) == place(before), "{}", before.id.text);
            let roles = |list: &List| list.entries().iter().map(|role| role.text.to_string()).collect::<Vec<_>>();
            assert_eq!(roles(&after.roles), roles(&before.roles));
        }
        for (after, before) in again.segments.iter().zip(&raw.segments) {
            let said = |row: &RawSegment| {
                [&row.lit, &row.design, &row.imputed, &row.path, &row.note].map(|entry| entry.text.to_string())
            };
            assert_eq!(said(after), said(before), "{findings:?}");
        }
    }
}

#[test]
fn pictures_name_every_site_and_segment_once() {
    for raw in all() {
        let (files, _) = write(&raw, Format::Dot);
        let text = &files[0].text;
        assert_eq!(text.lines().filter(|line| line.contains(" -- ")).count(), raw.segments.len());
        assert!(text.starts_with("graph \"") && text.ends_with("}\n"));
        // Quotes come in pairs once escapes are gone.
        assert_eq!(text.replace("\\\\", "").replace("\\\"", "").matches('"').count() % 2, 0);
    }
}

#[test]
fn what_a_format_cannot_hold_is_told() {
    let raw = hostile();
    for (format, at_least) in [(Format::Csv, 5), (Format::Dot, 5), (Format::NetGraph, 5)] {
        let findings = write(&raw, format).1;
        assert!(findings.count(crate::topology::import::finding::NOT_HELD) >= at_least, "{}", format.word());
    }
    let mut raw = raw;
    raw.sites[0].note = Entry::from("bell \u{7}");
    let (files, findings) = write(&raw, Format::GraphMl);
    assert_eq!(findings.count(crate::topology::import::finding::BAD_CHARACTER), 1);
    assert!(graphml::read(files[0].text.as_bytes(), &Options::default()).is_ok());
}

#[test]
fn extensions_tell_the_format() {
    for (path, format) in [
        ("world", Some(Format::Native)),
        ("a/b.GraphML", Some(Format::GraphMl)),
        ("x.json", Some(Format::NodeLink)),
        ("x.yml", Some(Format::NetGraph)),
        ("x.kml", None),
    ] {
        assert_eq!(Format::of_path(Path::new(path)), format, "{path}");
    }
    assert!(Format::ALL.iter().zip(&Format::ALL[1..]).all(|(a, b)| a < b));
}
