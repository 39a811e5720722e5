//! Reads the map of the world's cables of 2022 that lies beside the repository, as a topology with its demands.
//!
//! Its tables are written under the build folder first, so that they are read as a user's would be.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use crossborder::problem::Problems;
use crossborder::topology::{Topology, build, read};

/// 2,290 sites, 3,885 segments, 17,389 demands; `None` (and a printed word) where the map is absent.
pub(crate) fn world() -> Option<Topology> {
    let source = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data/world-2022");
    if !source.is_dir() {
        println!("skipped: no ../shared/data/world-2022");
        return None;
    }
    Some(topology(&tables(&source)))
}

/// Reads tables, each with the name of its file, as a user's would be.
pub(crate) fn topology(tables: &[(&str, String)]) -> Topology {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("tables-{}-{count}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    for (name, text) in tables {
        fs::write(folder.join(name), text).unwrap();
    }
    let mut problems = Problems::new();
    let raw = read::folder(&folder, &mut problems, &mut Vec::new());
    let topology = raw.and_then(|raw| build::topology(raw, &mut problems));
    fs::remove_dir_all(&folder).unwrap();
    topology.unwrap_or_else(|| panic!("{:#?}", problems.list()))
}

/// An id with the signs that ids may have.
fn id(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' || c == '.' { c } else { '_' }).collect()
}

/// The great circle between two places in radians, and a little more, for the Earth is no sphere.
fn at_least_km([lat_a, lon_a]: [f64; 2], [lat_b, lon_b]: [f64; 2]) -> f64 {
    let [lat, lon] = [lat_a - lat_b, lon_a - lon_b].map(|angle| (angle / 2.0).sin().powi(2));
    (6_371.0 * 2.0 * (lat + lat_a.cos() * lat_b.cos() * lon).sqrt().asin() * 1.006).max(0.001)
}

fn tables(source: &Path) -> Vec<(&'static str, String)> {
    let rows = |name: &str| -> Vec<String> {
        fs::read_to_string(source.join(name)).unwrap().lines().skip(1).map(str::to_owned).collect()
    };
    let (mut territories, mut places) = (BTreeSet::new(), BTreeMap::new());
    let mut sites = String::from("id,territory,lat,lon,roles,source\n");
    for row in rows("nodes.csv") {
        // Names are quoted and may hold commas; nothing after them does.
        let [_, lat, lon, country]: [&str; 4] = row.rsplit(',').take(4).collect::<Vec<_>>().try_into().unwrap();
        let site = id(row.split(',').next().unwrap());
        places.insert(site.clone(), [lat, lon].map(|degrees| degrees.parse::<f64>().unwrap().to_radians()));
        let role = if country.is_empty() { "branching-unit" } else { "pop" };
        territories.extend(Some(country.to_owned()).filter(|country| !country.is_empty()));
        writeln!(sites, "{site},{country},{lat},{lon},{role},MAP").unwrap();
    }
    let mut cables = BTreeMap::new();
    let mut segments = String::from("id,cable,a,b,length_km,imputed,source\n");
    for row in rows("links.csv") {
        let fields: Vec<&str> = row.split(',').collect();
        let kind = if fields[3] == "submarine" { "submarine" } else { "terrestrial" };
        cables.insert(id(fields[4]), kind);
        let (a, b) = (id(fields[1]), id(fields[2]));
        // The map scales lines to the length that its cables state, which puts some ends nearer than they are.
        let length_km = fields[5].parse::<f64>().unwrap().max(at_least_km(places[&a], places[&b]));
        writeln!(segments, "{},{},{a},{b},{length_km},{} Tbit/s,MAP", fields[0], id(fields[4]), fields[7]).unwrap();
    }
    let mut demands = String::from("id,from,to,service,traffic,source\n");
    for row in rows("demands.csv") {
        let fields: Vec<&str> = row.split(',').collect();
        let mbps = (fields[2].parse::<f64>().unwrap() * 1e6).round();
        let (from, to) = (id(fields[0]), id(fields[1]));
        writeln!(demands, "{from}-{to},{from},{to},internet,{mbps} Mbit/s,MAP").unwrap();
    }
    let mut head = String::from("format = 1\nname = \"world\"\ntitle = \"The world's cables of 2022\"\n");
    head.push_str("[[source]]\nid = \"MAP\"\nkind = \"imputed\"\ntitle = \"a map beside the repository\"\n");
    for territory in territories {
        writeln!(head, "[[territory]]\nid = \"{territory}\"\nregime = \"open\"\ntransit = \"service\"\nsource = \"MAP\"")
            .unwrap();
    }
    let cables: String = cables.iter().map(|(id, kind)| format!("{id},{kind},MAP\n")).collect();
    let cables = format!("id,kind,source\n{cables}");
    vec![
        ("topology.toml", head),
        ("sites.csv", sites),
        ("cables.csv", cables),
        ("segments.csv", segments),
        ("demands.csv", demands),
    ]
}
