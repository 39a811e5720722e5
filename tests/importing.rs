//! Real files of every format: all of them load, build, and have the counts that others found in them.
//!
//! The files lie beside the repository under licences of their own; where they are absent, the tests say so and pass.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a test stops at the first surprise and says what it skipped")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crossborder::problem::Problems;
use crossborder::problem::render::{Colour, text};
use crossborder::topology::import::{Findings, Format, Options, Request, finding, open};
use crossborder::topology::raw::RawTopology;
use crossborder::topology::{Topology, build};

/// A folder of the shared data, if it is there.
fn data(folder: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data").join(folder);
    if !path.is_dir() {
        println!("skipped: {folder} is not here");
        return None;
    }
    Some(path)
}

/// The rows of a summary, each by the names of its columns.
fn rows(path: &Path) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    reader.deserialize().map(Result::unwrap).collect()
}

fn read(request: &Request) -> Result<(RawTopology, Findings), String> {
    let mut problems = Problems::new();
    let opened = open(request, &mut problems, &mut Vec::new());
    opened.map(|opened| (opened.raw, opened.findings)).ok_or_else(|| text(&problems, "it", Colour::Plain))
}

fn built(raw: RawTopology) -> Result<Topology, String> {
    let mut problems = Problems::new();
    build::topology(raw, &mut problems).ok_or_else(|| text(&problems, "it", Colour::Plain))
}

/// What is counted in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Counts {
    sites: usize,
    /// Links, or arcs where a format has one for each direction.
    links: usize,
    demands: usize,
}

/// Reads and builds a file, and counts what the importer found in it, what it left out included.
fn counts(request: &Request) -> Result<(Counts, Topology), String> {
    let (raw, findings) = read(request)?;
    let [merged, loops] = [finding::ARCS_MERGED, finding::LOOP_DROPPED].map(|kind| findings.count(kind) as usize);
    let dropped = findings.count(finding::DEMAND_DROPPED) as usize;
    let counts =
        Counts { sites: raw.sites.len(), links: raw.segments.len() + merged + loops, demands: raw.demands.len() + dropped };
    let topology = built(raw)?;
    let of_topology = (topology.site_count(), topology.demands().len());
    if of_topology != (counts.sites, counts.demands - dropped) {
        return Err(format!("{of_topology:?} were built of {counts:?}"));
    }
    Ok((counts, topology))
}

/// Files whose counts differ from the summary, with what is read instead and why.
const EXCEPTIONS: &[(&str, Counts, &str)] = &[];

/// Compares every file with its row; all that is wrong comes at once.
fn compare(expected: impl Iterator<Item = (PathBuf, Counts)>) {
    let (mut wrong, mut number) = (Vec::new(), 0);
    for (path, expected) in expected {
        let name = path.components().rev().take(2).map(|part| part.as_os_str().to_str().unwrap()).collect::<Vec<_>>();
        let name = format!("{}/{}", name[1], name[0]);
        let exception = EXCEPTIONS.iter().find(|(file, ..)| *file == name);
        let expected = exception.map_or(expected, |&(_, counts, _)| counts);
        match counts(&Request { path, ..Request::default() }) {
            Ok((found, _)) if found == expected => {}
            Ok((found, _)) => wrong.push(format!("{name}: {found:?}, not {expected:?}")),
            Err(why) => wrong.push(format!("{name}: {why}")),
        }
        number += 1;
    }
    assert!(wrong.is_empty(), "{} of {number} files:\n{}", wrong.len(), wrong.join("\n"));
    assert!(number > 0);
}

fn number(row: &BTreeMap<String, String>, column: &str) -> usize {
    row[column].parse().unwrap()
}

#[test]
fn the_topology_zoo_has_the_counts_of_its_summary_in_both_formats() {
    let Some(zoo) = data("topology-zoo") else { return };
    let rows = rows(&zoo.join("summary.csv"));
    assert_eq!(rows.len(), 203);
    compare(rows.iter().flat_map(|row| {
        let counts = Counts { sites: number(row, "nodes"), links: number(row, "edges"), demands: 0 };
        ["graphml", "gml"].map(|format| (zoo.join(format).join(format!("{}.{format}", row["name"])), counts))
    }));
}

#[test]
fn sndlib_has_the_counts_of_its_summary_in_both_formats() {
    let Some(sndlib) = data("sndlib") else { return };
    let rows = rows(&sndlib.join("summary.csv"));
    let files = rows.iter().flat_map(|row| {
        let counts = Counts { sites: number(row, "nodes"), links: number(row, "links"), demands: number(row, "demands") };
        [("native", "txt"), ("xml", "xml")]
            .map(|(folder, end)| (sndlib.join(folder).join(format!("{}.{end}", row["name"])), counts))
    });
    // One of the XML files is not among them.
    compare(files.filter(|(path, _)| path.is_file()));
}

#[test]
fn topohub_has_the_counts_of_its_summary() {
    let Some(topohub) = data("topohub") else { return };
    let rows = rows(&topohub.join("summary.csv"));
    let files = rows.iter().map(|row| {
        let counts = Counts { sites: number(row, "nodes"), links: number(row, "edges"), demands: number(row, "demands") };
        (topohub.join("data").join(format!("{}.json", row["name"])), counts)
    });
    compare(files.filter(|(path, _)| path.is_file()));
}

#[test]
fn repetita_has_the_counts_of_its_summary() {
    let Some(repetita) = data("repetita") else { return };
    let rows = rows(&repetita.join("summary.csv"));
    let files = rows.iter().map(|row| {
        let demands = repetita.join(&row["set"]).join(format!("{}.demands", row["name"]));
        let demands = if demands.is_file() { number(row, "demands") } else { 0 };
        let counts = Counts { sites: number(row, "nodes"), links: number(row, "edges"), demands };
        (repetita.join(&row["set"]).join(format!("{}.graph", row["name"])), counts)
    });
    compare(files.filter(|(path, _)| path.is_file()));
}

#[test]
fn net2plan_has_the_counts_of_its_names() {
    let Some(folder) = data("land/net2plan") else { return };
    let parts = |path: &Path| -> Option<Counts> {
        let stem = path.file_stem()?.to_str()?;
        let of = |letter: char| stem.split('_').find_map(|part| part.strip_prefix(letter)?.parse::<usize>().ok());
        Some(Counts { sites: of('N')?, links: of('E')?, demands: 0 })
    };
    let mut checked = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "n2p") {
            continue;
        }
        let (found, _) =
            counts(&Request { path: path.clone(), ..Request::default() }).unwrap_or_else(|why| panic!("{path:?}: {why}"));
        let named = parts(&path).unwrap_or(found);
        assert_eq!((found.sites, found.links), (named.sites, named.links), "{path:?}");
        assert_eq!(
            found.demands > 0,
            path.to_str().unwrap().contains("withTraffic") || parts(&path).is_none(),
            "{path:?} {found:?}"
        );
        checked += 1;
    }
    assert_eq!(checked, 10);
}

#[test]
fn the_netgraph_scenario_is_read_whole() {
    let Some(netgraph) = data("netgraph") else { return };
    compare([(netgraph.join("cost266.yaml"), Counts { sites: 37, links: 57, demands: 1_332 })].into_iter());
}

#[test]
fn the_world_tables_are_read_whole() {
    let Some(world) = data("world-2022") else { return };
    compare([(world, Counts { sites: 2_290, links: 3_885, demands: 17_389 })].into_iter());
}

#[test]
fn tables_without_header_are_read_with_the_names_given() {
    let Some(synthetic) = data("synthetic") else { return };
    let header = ["u", "v", "capacity_gbps", "latency_us", "length_km", "risk_group"];
    let options = Options { header: Some(header.map(str::to_owned).to_vec()), ..Options::default() };
    let request = Request { path: synthetic.join("g1.edges"), from: Some(Format::Csv), options, ..Request::default() };
    let (found, topology) = counts(&request).unwrap();
    assert_eq!((found.sites, found.links, topology.risk_groups().len()), (1_500, 3_031, 590));
}

/// Of 1,219 lines one has no geometry and 27 return to their own node; the joints and places that no node is for were made.
#[test]
fn the_maps_of_west_africa_are_read_with_their_nodes() {
    let Some(watra) = data("land/watra") else { return };
    let path = watra.join("lines/combined_lines.geojson");
    let nodes = Some(watra.join("nodes/combined_nodes.geojson"));
    let (raw, findings) = read(&Request { path, nodes, ..Request::default() }).unwrap();
    let made = raw.sites.len() - 1_508;
    assert!(made <= 3, "{made} sites were made");
    let [loops, without] = [finding::LOOP_DROPPED, finding::NO_GEOMETRY].map(|kind| findings.count(kind));
    assert_eq!((raw.segments.len(), loops, without), (1_191, 27, 1));
    built(raw).unwrap();
}

/// For each cable, the pairs of landings with nothing but joints between them.
fn adjacent(segments: &[[String; 3]], is_landing: impl Fn(&str) -> bool) -> BTreeSet<(String, String, String)> {
    let mut around: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for [cable, a, b] in segments {
        around.entry((cable, a)).or_default().push(b);
        around.entry((cable, b)).or_default().push(a);
    }
    let mut pairs = BTreeSet::new();
    for &(cable, start) in around.keys().filter(|(_, site)| is_landing(site)) {
        let (mut seen, mut open) = (BTreeSet::from([start]), vec![start]);
        while let Some(site) = open.pop() {
            for &next in &around[&(cable, site)] {
                if !seen.insert(next) {
                    continue;
                }
                if is_landing(next) {
                    let [a, b] = if start < next { [start, next] } else { [next, start] };
                    pairs.insert((cable.to_owned(), a.to_owned(), b.to_owned()));
                } else {
                    open.push(next);
                }
            }
        }
    }
    pairs
}
/// Another derivation from the same lines found 2,474 segments between 2,046 places; it left 36 pairs of landings of three
/// systems apart whose ends stop within 10 km of each other.
#[test]
fn the_cable_map_gives_the_segments_that_another_derivation_gives() {
    let (Some(map), Some(other)) = (data("telegeography/v3-2022-open"), data("telegeography/derived-v3-2022")) else { return };
    let (raw, findings) = read(&Request { path: map, ..Request::default() }).unwrap();
    assert_eq!((raw.cables.len(), raw.sites.len(), raw.segments.len()), (521, 2_042, 2_471));
    assert_eq!(findings.count(finding::LANDING_LOOSE), 0);
    // Our ids end without the other's last hyphen, and after 80 letters.
    let tidy = |[cable, a, b]: [&str; 3]| [&cable[..cable.len().min(80)], a, b].map(|id| id.trim_end_matches('-').to_owned());
    let landings: BTreeSet<&str> =
        raw.sites.iter().filter(|site| site.roles.entries()[0].text == "channel").map(|site| site.id.text.as_str()).collect();
    assert_eq!(landings.len(), 1_414);
    let ours = raw.segments.iter().map(|row| tidy([&row.cable, &row.a, &row.b].map(|entry| entry.text.as_str())));
    let theirs = rows(&other.join("segments.csv"));
    let theirs = theirs.iter().map(|row| tidy(["cable", "u", "v"].map(|key| row[key].as_str())));
    let (ours, theirs): (Vec<_>, Vec<_>) = (ours.collect(), theirs.collect());
    let (ours, theirs) = (adjacent(&ours, |site| landings.contains(site)), adjacent(&theirs, |site| landings.contains(site)));
    let missing: Vec<_> = theirs.difference(&ours).collect();
    assert_eq!((theirs.len(), ours.len()), (3_809, 3_845), "{missing:?}");
    assert!(missing.is_empty(), "{missing:?}");
    built(raw).unwrap();
}
