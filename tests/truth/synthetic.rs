//! Reads the synthetic cable-like graphs that lie beside the repository.

use std::fs;
use std::path::PathBuf;

use crossborder::network::Network;
use crossborder::topology::{SegmentId, SiteId};

/// A graph with risk groups; costs are microseconds, capacities Mbit/s.
pub(crate) struct Synthetic {
    pub(crate) network: Network,
    /// Segments of each risk group.
    pub(crate) groups: Vec<Vec<SegmentId>>,
    /// By risk group: probability of being down.
    pub(crate) unavailability: Vec<f64>,
}

/// Reads `g1` or `g2`; `None` (and a printed word) where it is absent.
pub(crate) fn synthetic(name: &str) -> Option<Synthetic> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data/synthetic");
    let rows = |kind: &str| -> Option<Vec<Vec<f64>>> {
        let text = fs::read_to_string(folder.join(format!("{name}.{kind}"))).ok()?;
        Some(text.lines().map(|line| line.split_whitespace().map(|field| field.parse().unwrap()).collect()).collect())
    };
    let Some(edges) = rows("edges") else {
        println!("skipped: no ../shared/data/synthetic/{name}.edges");
        return None;
    };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the file holds small whole numbers")]
    let whole = |value: f64| value as u32;
    let site = |value: f64| SiteId(whole(value));
    let sites = rows("nodes").unwrap().len();
    let segments: Vec<_> =
        edges.iter().map(|e| (site(e[0]), site(e[1]), whole(e[3]), [u64::from(whole(e[2])) * 1000; 2])).collect();
    let unavailability: Vec<f64> = rows("srlg").unwrap().iter().map(|row| row[1]).collect();
    let mut groups = vec![Vec::new(); unavailability.len()];
    for (i, edge) in edges.iter().enumerate() {
        groups[whole(edge[5]) as usize].push(SegmentId::from_index(i));
    }
    Some(Synthetic { network: Network::of_sites(sites, &segments), groups, unavailability })
}
