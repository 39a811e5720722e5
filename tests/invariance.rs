//! What must not matter does not: the order of rows, the names of sites, the number of threads.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::Path;

use crossborder::network::Metric;
use crossborder::parallel;
use crossborder::policy::{Law, Policy, Profile, Query};
use crossborder::problem::Problems;
use crossborder::route::{Way, search};
use crossborder::topology::{Topology, build, read};
use crossborder::units::parse_date;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/topologies/belt-and-road");
const TABLES: [&str; 4] = ["sites.csv", "cables.csv", "segments.csv", "demands.csv"];

fn load(folder: &Path) -> Topology {
    let mut problems = Problems::new();
    let raw = read::folder(folder, &mut problems, &mut Vec::new());
    let topology = raw.and_then(|raw| build::topology(raw, &mut problems));
    topology.unwrap_or_else(|| panic!("{:#?}", problems.list()))
}

/// A route by what no renaming changes: segments, latency, and where it is switched.
type Trace = (Vec<String>, u64, Vec<(String, String)>);

fn trace(topology: &Topology, way: &Way) -> Trace {
    let place = |site| {
        let position = topology.site(site).position;
        (position.lat().to_string(), position.lon().to_string())
    };
    let segments = way.segments.iter().map(|&segment| topology.segment(segment).id.clone()).collect();
    (segments, way.latency.ns(), way.switched_at.iter().map(|&site| place(site)).collect())
}

/// The routes of all demands, by demand, under law and physics.
fn routes(topology: &Topology) -> BTreeMap<String, Vec<Option<Trace>>> {
    let mut found: BTreeMap<String, Vec<Option<Trace>>> = BTreeMap::new();
    for profile in [Profile::Lawful, Profile::Physical] {
        let policy = Policy::new(profile, parse_date("2017-06-01").expect("a date"));
        let law = Law::new(topology, &policy);
        let demands = topology.demands();
        let queries: Vec<Query> = demands
            .iter()
            .map(|demand| Query { from: demand.from, to: demand.to, service: demand.service, operator: demand.operator.clone() })
            .collect();
        for (demand, way) in demands.iter().zip(search::shortest(&law, Metric::Latency, &queries)) {
            found.entry(demand.id.clone()).or_default().push(way.map(|way| trace(topology, &way)));
        }
    }
    found
}

/// Copies the folder, each table's rows and each cell as `edit` has them.
fn rewrite(folder: &Path, head: &str, edit: impl Fn(&str, Vec<Vec<String>>) -> Vec<Vec<String>>) {
    std::fs::write(folder.join("topology.toml"), head).expect("a temporary folder takes files");
    for table in TABLES {
        let mut reader = csv::Reader::from_path(Path::new(FOLDER).join(table)).expect("the table is there");
        let header: Vec<String> = reader.headers().expect("it has a header").iter().map(str::to_owned).collect();
        let rows = reader.records().map(|row| row.expect("it reads").iter().map(str::to_owned).collect()).collect();
        let mut writer = csv::Writer::from_path(folder.join(table)).expect("a temporary folder takes files");
        let mut all = edit(table, [vec![header.clone()], rows].concat());
        for row in all.drain(..) {
            writer.write_record(row).expect("a temporary folder takes files");
        }
        writer.flush().expect("a temporary folder takes files");
    }
}

fn head() -> String {
    std::fs::read_to_string(Path::new(FOLDER).join("topology.toml")).expect("the topology is there")
}

#[test]
fn order_of_rows_changes_no_route() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    rewrite(folder.path(), &head(), |_, mut rows| {
        let count = rows.len() - 1;
        let header = rows.remove(0);
        // A step that is coprime to most counts visits all rows in an order that has nothing to do with theirs.
        let step = (7919..).find(|step| (2..=*step).all(|d| step % d != 0 || count % d != 0)).expect("there are primes enough");
        let shuffled = (0..count).map(|i| rows[(i * step + 13) % count].clone());
        std::iter::once(header).chain(shuffled).collect()
    });
    assert_eq!(routes(&load(folder.path())), routes(&load(Path::new(FOLDER))));
}

#[test]
fn names_of_sites_change_no_route() {
    let original = load(Path::new(FOLDER));
    // The new names sort in another order than the old ones.
    let ids: Vec<&str> = original.sites().map(|(_, site)| site.id.as_str()).collect();
    let renamed: BTreeMap<&str, String> =
        ids.iter().enumerate().map(|(i, id)| (*id, format!("n{:05}", (i * 7919 + 31) % 10_007))).collect();
    let new = |old: &str| renamed.get(old).cloned().unwrap_or_else(|| old.to_owned());
    let mut head = head();
    for (old, new) in &renamed {
        // Only where the whole string is the site's id; territories' and sources' own names stay.
        for (before, after) in [("main = ", ""), ("site = ", "")] {
            head = head.replace(&format!("{before}\"{old}\"{after}\n"), &format!("{before}\"{new}\"{after}\n"));
        }
    }
    let head: String = head
        .lines()
        .map(|line| {
            let list = ["sites = ", "home = ", "pair = ", "domestic = "].iter().any(|key| line.starts_with(key));
            let line = if list { line.split('"').map(new).collect::<Vec<_>>().join("\"") } else { line.to_owned() };
            line + "\n"
        })
        .collect();
    let folder = tempfile::tempdir().expect("a temporary folder");
    rewrite(folder.path(), &head, |table, rows| {
        let named: &[&str] = match table {
            "sites.csv" => &["id"],
            "segments.csv" => &["a", "b"],
            "demands.csv" => &["from", "to"],
            _ => &[],
        };
        let columns: Vec<usize> =
            named.iter().map(|name| rows[0].iter().position(|cell| cell == name).expect("the column is there")).collect();
        let edit = |row: Vec<String>| {
            row.into_iter().enumerate().map(|(i, cell)| if columns.contains(&i) { new(&cell) } else { cell }).collect()
        };
        std::iter::once(rows[0].clone()).chain(rows.into_iter().skip(1).map(edit)).collect()
    });
    assert_eq!(routes(&load(folder.path())), routes(&original));
}

#[test]
fn number_of_threads_changes_no_route() {
    let topology = load(Path::new(FOLDER));
    let with = |threads| parallel::with_threads(NonZeroUsize::new(threads), || routes(&topology)).expect("threads are to be had");
    let one = with(1);
    assert!(one.values().flatten().flatten().count() > 150, "most demands have routes");
    assert_eq!(one, with(2));
    assert_eq!(one, with(8));
}
