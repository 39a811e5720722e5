//! That every wish gives a sound network of its size, in one piece, the same each time.

use super::*;
use crate::problem::{Problems, Severity};
use crate::topology::export::{Format, write};
use crate::topology::structure::Components;
use crate::topology::{Role, Topology, build};

fn built(raw: &RawTopology) -> Topology {
    let mut problems = Problems::new();
    let topology = build::topology(raw.clone(), &mut problems);
    let errors: Vec<&str> = problems.list().iter().map(|problem| problem.message.as_str()).take(5).collect();
    assert!(problems.count(Severity::Warning) == 0 && !problems.has_errors(), "{errors:?}");
    topology.unwrap()
}

#[test]
fn networks_of_all_sizes_are_sound_and_in_one_piece() {
    for (sites, seed) in [(100, 1), (101, 2), (128, 3), (250, 4), (1_000, 5), (5_000, 6)] {
        let topology = built(&network(Wish { sites, seed }));
        assert_eq!(topology.site_count(), usize::try_from(sites).unwrap());
        assert_eq!(Components::new(&topology, |_| true).sizes.len(), 1, "{sites}");
        assert!(topology.territories().iter().all(|territory| territory.main.is_some()));
        for role in [Role::Comprehensive, Role::Channel, Role::Hub, Role::BranchingUnit] {
            assert!(topology.sites().any(|(_, site)| site.roles.iter().any(|(r, _)| *r == role)), "{sites}: {}", role.word());
        }
    }
}

#[test]
fn a_seed_gives_the_same_bytes_and_another_seed_others() {
    let text = |seed| write(&network(Wish { sites: 300, seed }), Format::Native).0;
    assert_eq!(text(7), text(7));
    assert_ne!(text(7), text(8));
}

#[test]
fn all_that_is_drawn_says_so() {
    let topology = built(&network(Wish { sites: 500, seed: 1 }));
    assert!(topology.segments().all(|(_, segment)| {
        [&segment.provenance.sources, &segment.length_sources, &segment.capacity_sources].iter().all(|s| topology.is_imputed(s))
    }));
    assert!(topology.sites().all(|(_, site)| topology.is_imputed(&site.provenance.sources)));
}

#[test]
fn degrees_and_lengths_are_those_of_backbones() {
    let topology = built(&network(Wish { sites: 5_000, seed: 1 }));
    let mean = 2.0 * topology.segment_count() as f64 / topology.site_count() as f64;
    assert!((2.4..3.4).contains(&mean), "{mean}");
    let mut lengths: Vec<f64> = topology.segments().map(|(_, segment)| segment.length.km()).collect();
    lengths.sort_by(f64::total_cmp);
    let [median, longest] = [lengths[lengths.len() / 2], lengths[lengths.len() - 1]];
    assert!((10.0..300.0).contains(&median) && longest > 3_000.0, "{median} {longest}");
}
