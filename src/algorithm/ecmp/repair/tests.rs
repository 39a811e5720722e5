//! Repaired loads against a split from the beginning, on random multigraphs full of ties, and on one worked by hand.

use super::*;
use crate::network::{Arc, UNLIMITED, Vertex};
use crate::testing::Chance;

type Demands = Vec<([SiteId; 2], f64)>;

/// Loads and what is unrouted, target by target.
fn afresh(network: &Network, outage: &Outage, demands: &Demands) -> (Vec<f64>, f64) {
    let (mut loads, mut unrouted) = (vec![0.0; 2 * network.segment_count()], 0.0);
    let mut workspace = crate::algorithm::ecmp::Workspace::default();
    for target in (0..network.site_count()).map(SiteId::from_index) {
        let demands: Vec<_> =
            demands.iter().filter(|d| d.0[1] == target).map(|&([source, _], amount)| (source, amount)).collect();
        if !demands.is_empty() {
            unrouted += aim(network, outage, target, &mut workspace).split_per_hop(&demands, &mut loads);
        }
    }
    (loads, unrouted)
}

fn repaired(split: &SoundSplit<'_>, outage: &Outage, lost: &[SegmentId], workspace: &mut Workspace) -> (Vec<f64>, f64) {
    let mut loads = split.loads().to_vec();
    let Repaired { changed, unrouted } = split.repair(outage, lost, workspace);
    assert!(changed.is_sorted_by(|a, b| a.0 < b.0), "each lane once, ascending");
    for &(lane, load) in changed {
        assert!(load != loads[lane.index()], "only what has changed");
        loads[lane.index()] = load;
    }
    (loads, unrouted)
}

fn end(chance: &mut Chance, sites: u64) -> SiteId {
    SiteId(u32::try_from(chance.below(sites)).unwrap())
}

/// From each site to some others, in order of source, as much as thirds and sevenths do not divide evenly.
fn demands(chance: &mut Chance, sites: u64, one_in: u64) -> Demands {
    let ends = (0..sites).flat_map(|a| (0..sites).map(move |b| [a, b].map(|site| SiteId(u32::try_from(site).unwrap()))));
    ends.filter(|_| chance.one_in(one_in))
        .collect::<Vec<_>>()
        .into_iter()
        .map(|ends| (ends, 0.1 + chance.below(100) as f64))
        .collect()
}

fn outages(chance: &mut Chance, segments: usize) -> Vec<Vec<SegmentId>> {
    let rare = [1, 2, 4, 8, 8, 8];
    rare.map(|one_in| (0..segments).filter(|_| chance.one_in(one_in)).map(SegmentId::from_index).collect()).to_vec()
}

/// ```text
///        0            6 from 0 to 3: 3 over each of 1 and 2, where 1 - 3 is a pair (1.5 each)
///      1/ \1          without 2 - 3: all over 1, 3 over each of the pair
///      1   2          without 0 - 1 and one of the pair, too: nothing leads
///     1‖   |1
///      `-3-'
/// ```
#[test]
fn the_rest_carries_what_the_lost_one_carried() {
    let list = [(0, 1), (0, 2), (1, 3), (1, 3), (2, 3)];
    let network = Network::of_sites(4, &list.map(|(a, b)| (SiteId(a), SiteId(b), 1, [0, 0])));
    let split = SoundSplit::new(&network, &[([SiteId(0), SiteId(3)], 6.0)]);
    let there = |loads: &[f64]| loads.iter().step_by(2).copied().collect::<Vec<_>>();
    assert_eq!(there(split.loads()), [3.0, 3.0, 1.5, 1.5, 3.0]);
    let mut workspace = Workspace::default();
    let mut without = |lost: &[u32]| {
        let lost: Vec<SegmentId> = lost.iter().map(|&segment| SegmentId(segment)).collect();
        let (loads, unrouted) = repaired(&split, &Outage::of(5, lost.iter().copied()), &lost, &mut workspace);
        (there(&loads), unrouted)
    };
    assert_eq!(without(&[4]), (vec![6.0, 0.0, 3.0, 3.0, 0.0], 0.0));
    assert_eq!(without(&[0, 2, 4]), (vec![0.0; 5], 6.0));
    assert_eq!(without(&[]), (vec![3.0, 3.0, 1.5, 1.5, 3.0], 0.0));
}

#[test]
fn repaired_loads_are_to_the_bit_those_of_a_fresh_split() {
    for seed in 0..400 {
        let mut chance = Chance(seed);
        let sites = 2 + chance.below(12);
        let segments: Vec<_> = (0..2 * sites)
            .map(|_| (end(&mut chance, sites), end(&mut chance, sites), 1 + u32::try_from(chance.below(3)).unwrap(), [0, 0]))
            .collect();
        let network = Network::of_sites(usize::try_from(sites).unwrap(), &segments);
        let demands = demands(&mut chance, sites, 2);
        let split = SoundSplit::new(&network, &demands);
        assert_eq!((split.loads().to_vec(), split.unrouted()), afresh(&network, &Outage::none_of(&network), &demands));
        let mut workspace = Workspace::default();
        for lost in outages(&mut chance, segments.len()) {
            let outage = Outage::of(segments.len(), lost.iter().copied());
            let expected = afresh(&network, &outage, &demands);
            assert_eq!(repaired(&split, &outage, &lost, &mut workspace), expected, "seed {seed} {lost:?}");
        }
    }
}

/// Whole amounts, so that loads are found by differences: of multiples of 12, which do without a rest, and of others, which
/// do where halves suffice. Costs are few, for many ties, or many, for few.
#[test]
fn whole_amounts_are_moved_to_the_bit_as_split_afresh() {
    let (mut exact, mut given_up) = (0, 0);
    for seed in 0..1_000 {
        let mut chance = Chance(seed);
        let (sites, costs) = (2 + chance.below(20), chance.pick(&[2, 3, 10, 100]));
        let segments: Vec<_> = (0..sites + chance.below(sites))
            .map(|_| (end(&mut chance, sites), end(&mut chance, sites), 1 + u32::try_from(chance.below(costs)).unwrap(), [0, 0]))
            .collect();
        let network = Network::of_sites(usize::try_from(sites).unwrap(), &segments);
        let (one_in, unit) = (chance.pick(&[1, 2, 8]), chance.pick(&[1.0, 12.0]));
        let mut demands = demands(&mut chance, sites, one_in);
        demands.iter_mut().for_each(|(_, amount)| *amount = amount.floor() * unit);
        let (split, mut workspace) = (SoundSplit::new(&network, &demands), Workspace::default());
        let singles = (0..segments.len()).map(|segment| vec![SegmentId::from_index(segment)]);
        for lost in outages(&mut chance, segments.len()).into_iter().chain(singles) {
            let outage = Outage::of(segments.len(), lost.iter().copied());
            let expected = afresh(&network, &outage, &demands);
            assert_eq!(repaired(&split, &outage, &lost, &mut workspace), expected, "seed {seed} {lost:?}");
            split.find_affected(&lost, &mut workspace);
            let by_differences = split.repair_exactly(&outage, &lost, &mut workspace);
            *if by_differences.is_some() { &mut exact } else { &mut given_up } += 1;
        }
    }
    assert!(exact > 4 * given_up && given_up > 1_000, "both are tried: {exact} {given_up}");
}

/// Site 0 has two vertices with an arc each to site 1, both by one lane; sites 2 and 3 send to one of them each.
#[test]
fn two_arcs_of_one_lane_carry_what_both_of_their_tails_send() {
    let vertex = |site, state, is_start| Vertex { site: SiteId(site), state, is_start, starts_switched: false, is_end: true };
    let vertices = vec![vertex(0, 0, false), vertex(0, 1, false), vertex(1, 0, false), vertex(2, 0, true), vertex(3, 0, true)];
    let arc = |tail, head, segment, cost| {
        let lane = LaneId::new(SegmentId(segment), 0);
        Arc { tail: VertexId(tail), head: VertexId(head), lane, cost, switch: None }
    };
    let arcs = vec![arc(3, 0, 0, 1), arc(4, 1, 1, 1), arc(4, 1, 2, 2), arc(0, 2, 3, 1), arc(1, 2, 3, 1)];
    let network = Network::new(vertices, arcs, vec![0; 8], vec![UNLIMITED; 4]);
    let demands = vec![([SiteId(2), SiteId(1)], 3.1), ([SiteId(3), SiteId(1)], 5.3)];
    let split = SoundSplit::new(&network, &demands);
    for lost in [0, 1, 2].map(SegmentId) {
        let outage = Outage::of(4, [lost]);
        let expected = afresh(&network, &outage, &demands);
        assert_eq!(repaired(&split, &outage, &[lost], &mut Workspace::default()), expected, "{lost:?}");
    }
}

/// Few demands and hardly more segments than a tree, so that many vertices lie where no way leads through.
#[test]
fn ends_that_nobody_passes_change_no_load() {
    for seed in 0..400 {
        let mut chance = Chance(seed);
        let sites = 4 + chance.below(20);
        let segments: Vec<_> = (0..sites + chance.below(4))
            .map(|_| (end(&mut chance, sites), end(&mut chance, sites), 1 + u32::try_from(chance.below(3)).unwrap(), [0, 0]))
            .collect();
        let network = Network::of_sites(usize::try_from(sites).unwrap(), &segments);
        let demands = demands(&mut chance, sites, 4 * sites);
        let (split, mut workspace) = (SoundSplit::new(&network, &demands), Workspace::default());
        for lost in outages(&mut chance, segments.len()) {
            let outage = Outage::of(segments.len(), lost.iter().copied());
            let expected = afresh(&network, &outage, &demands);
            assert_eq!(repaired(&split, &outage, &lost, &mut workspace), expected, "seed {seed} {lost:?}");
        }
    }
}

/// As under law: a site has several vertices, some of them starts or ends, and arcs between them share lanes.
fn product(chance: &mut Chance, sites: u64) -> Network {
    let mut vertices = Vec::new();
    for site in (0..sites).map(|site| SiteId(u32::try_from(site).unwrap())) {
        for state in 0..3 {
            let (is_start, is_end) = (state == 0 || chance.one_in(2), state == 0 || chance.one_in(3));
            vertices.push(Vertex { site, state, is_start, starts_switched: false, is_end });
        }
    }
    let mut arcs = Vec::new();
    for segment in (0..2 * sites).map(|segment| SegmentId(u32::try_from(segment).unwrap())) {
        let (a, b, cost) = (end(chance, sites), end(chance, sites), 1 + u32::try_from(chance.below(3)).unwrap());
        for (backwards, [from, to]) in (0..).zip([[a, b], [b, a]]) {
            for state in 0..9 {
                if a != b && chance.one_in(2) {
                    let (tail, head) = (VertexId(from.0 * 3 + state / 3), VertexId(to.0 * 3 + state % 3));
                    arcs.push(Arc { tail, head, lane: LaneId::new(segment, backwards), cost, switch: None });
                }
            }
        }
    }
    let sites = usize::try_from(sites).unwrap();
    Network::new(vertices, arcs, vec![0; 4 * sites], vec![UNLIMITED; sites])
}

/// Several vertices may share a lane, and their parts are added up target by target, so sums differ in the last bits.
#[test]
fn arcs_that_share_a_lane_share_its_part() {
    for seed in 0..400 {
        let mut chance = Chance(seed);
        let sites = 2 + chance.below(8);
        let network = product(&mut chance, sites);
        let demands = demands(&mut chance, sites, 2);
        let split = SoundSplit::new(&network, &demands);
        let mut workspace = Workspace::default();
        for lost in outages(&mut chance, network.segment_count()) {
            let outage = Outage::of(network.segment_count(), lost.iter().copied());
            let (expected, got) = (afresh(&network, &outage, &demands), repaired(&split, &outage, &lost, &mut workspace));
            let is_same = |a: f64, b: f64| (a - b).abs() <= 1e-12 * a.abs();
            assert!(expected.0.iter().zip(&got.0).all(|(&a, &b)| is_same(a, b)), "seed {seed} {lost:?}");
            assert!(is_same(expected.1, got.1), "seed {seed} {lost:?}: {} {}", expected.1, got.1);
        }
    }
}
