//! Segments per second: native folders and plain tables to what a topology's files claim, and to the checked topology.
//!
//! Every answer is asserted before it is timed. The networks are grids of sites, made here; nothing is downloaded.

#![expect(clippy::unwrap_used, reason = "a bench stops at the first surprise")]

use std::fmt::Write as _;
use std::hint::black_box;
use std::path::Path;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use crossborder::problem::Problems;
use crossborder::topology::import::tables::{self, Tables};
use crossborder::topology::import::{Options, claim};
use crossborder::topology::raw::RawTopology;
use crossborder::topology::{build, export, read};

/// Sites in a row of the grid.
const ROW: usize = 200;
/// Segments, as the requirement has it.
const SEGMENTS: usize = 50_000;

/// Tables of nodes and links: a grid of sites 0.1 degrees apart, each joined to its neighbours in the row and column.
fn grid(segments: usize) -> (String, String) {
    let sites = segments.div_ceil(2) + ROW;
    let mut nodes = String::from("id,name,country,lat,lon\n");
    for i in 0..sites {
        let (lat, lon) = ((i / ROW) as f64 * 0.1 - 40.0, (i % ROW) as f64 * 0.1);
        writeln!(nodes, "S{i},Site {i},{},{lat:.1},{lon:.1}", if i % 2 == 0 { "FI" } else { "EE" }).unwrap();
    }
    let mut links = String::from("id,from,to,length_km,capacity_gbps\n");
    let pairs = (0..sites).flat_map(|i| [(i, i + 1), (i, i + ROW)]).filter(|&(_, b)| b < sites);
    for (i, (a, b)) in pairs.filter(|&(a, b)| b != a + 1 || b % ROW != 0).take(segments).enumerate() {
        writeln!(links, "L{i},S{a},S{b},{}.5,{}", 15 + i % 10, 10 + i % 90).unwrap();
    }
    (nodes, links)
}

fn claims((nodes, links): &(String, String)) -> RawTopology {
    let tables = Tables { nodes: Some(nodes.as_bytes()), links: links.as_bytes(), demands: None };
    let sketch = tables::read(&tables, &Options::default()).unwrap();
    claim(sketch, "grid", &mut Problems::new()).0
}

fn native(folder: &Path) -> RawTopology {
    let mut problems = Problems::new();
    let raw = read::folder(folder, &mut problems, &mut Vec::new()).unwrap();
    assert!(!problems.has_errors());
    raw
}

fn built(raw: RawTopology) -> usize {
    build::topology(raw, &mut Problems::new()).unwrap().segment_count()
}

fn reading(c: &mut Criterion) {
    let text = grid(SEGMENTS);
    let raw = claims(&text);
    assert_eq!(raw.segments.len(), SEGMENTS);
    let folder = tempfile::tempdir().unwrap();
    for file in export::write(&raw, export::Format::Native).0 {
        std::fs::write(folder.path().join(file.name), file.text).unwrap();
    }
    let again = native(folder.path());
    assert_eq!((again.segments.len(), again.sites.len()), (SEGMENTS, raw.sites.len()));
    assert_eq!(built(again), SEGMENTS);

    let mut group = c.benchmark_group("read");
    group.sample_size(20).throughput(Throughput::Elements(SEGMENTS as u64));
    group.bench_function(format!("csv/{SEGMENTS}"), |b| {
        b.iter_batched(|| (), |()| claims(&text), BatchSize::PerIteration);
    });
    group.bench_function(format!("native/{SEGMENTS}"), |b| {
        b.iter_batched(|| (), |()| native(folder.path()), BatchSize::PerIteration);
    });
    group.bench_function(format!("build/{SEGMENTS}"), |b| {
        b.iter_batched(|| native(folder.path()), |raw| black_box(built(raw)), BatchSize::PerIteration);
    });
    group.finish();
}

criterion_group!(benches, reading);
criterion_main!(benches);
