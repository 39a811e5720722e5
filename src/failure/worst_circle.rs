//! The worst place to hit with a circle of a given radius: an earthquake, a storm, an anchor of unknown place.
//!
//! The place comes with a bound on what any circle does, so it is no grid's (see [`search`]). Everything in the circle
//! is lost, and lines are as drawn (see [`geography`](super::geography)); how likely such an event is, nobody says here.

pub mod search;

use crate::demand::Request;
use crate::failure::geography::{Piece, line};
use crate::failure::impact::{Assessor, Impact, Restoration, Spec, Worker, networks};
use crate::failure::stake::Stake;
use crate::failure::worst_circle::search::{Found, Place, worst};
use crate::network::{Metric, lane_capacities};
use crate::policy::Law;
use crate::topology::geography::great_circle_m;
use crate::topology::{SegmentId, SiteId, Topology};
use crate::units::Length;

/// What a circle is judged by: more of it never falls as more is lost, or nothing could be proved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Measure {
    /// Traffic whose usual route is hit.
    #[default]
    Interrupted,
    /// Traffic that has no lawful route left, whatever the load of the others.
    Unconnected,
    /// Capacity of the segments hit, by the policy's basis, of the better direction of each; a cable counts once for
    /// each segment of it that is hit.
    Capacity,
}

/// What is asked.
#[derive(Clone, Debug, PartialEq)]
pub struct WorstCircle {
    /// Of the circle; its edge counts.
    pub radius: Length,
    /// What is to be the most.
    pub measure: Measure,
    /// Out of service from the beginning.
    pub down: Vec<SegmentId>,
    /// What becomes of traffic whose route is lost, for the impact of the place found.
    pub restoration: Restoration,
}

/// What was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// The place, what is hit and what that is worth in Mbit/s; the bound, too.
    pub found: Found,
    /// Sites within the circle at which something is hit, ascending.
    pub sites: Vec<SiteId>,
    /// What the circle does.
    pub impact: Impact,
    /// Traffic with a route before, Mbit/s.
    pub routed_mbps: u64,
}

/// Finds the circle that does the most by the measure asked, and judges what it hits.
///
/// O(that of [`worst`]), each worth in O(users of the segments); with [`Measure::Unconnected`] that of
/// [`Worker::assess`] for those that interrupt more than is known to be possible.
#[must_use]
pub fn run(law: &Law<'_>, (requests, metric): (&[Request], Metric), asked: &WorstCircle, goes_on: impl Fn() -> bool) -> Outcome {
    let law = &law.without(asked.down.iter().copied());
    let lines = drawn(law);
    let spec = |restoration| Spec { requests: requests.to_vec(), metric, restoration };
    let (unrestored, asked_spec) = (spec(Restoration::Reroute), spec(asked.restoration));
    let compiled = networks(law, &asked_spec);
    let found = match asked.measure {
        Measure::Interrupted => worst(&lines, asked.radius, interrupted(law, metric, requests), goes_on),
        Measure::Unconnected => {
            let assessor = Assessor::new(law, &unrestored, &compiled);
            let interrupted = interrupted(law, metric, requests);
            worst(&lines, asked.radius, unconnected(interrupted, assessor.worker()), goes_on)
        }
        Measure::Capacity => worst(&lines, asked.radius, capacity(law), goes_on),
    };
    let assessor = Assessor::new(law, &asked_spec, &compiled);
    let lost = found.place.as_ref().map_or(&[][..], |place| &place.segments);
    let impact = assessor.worker().assess(lost).clone();
    let sites = found.place.as_ref().map_or_else(Vec::new, |place| sites(law.topology(), asked.radius, place));
    Outcome { found, sites, impact, routed_mbps: assessor.routed_mbps() }
}

/// The lines of all that may be hit, cut into arcs, ascending by segment.
fn drawn(law: &Law<'_>) -> Vec<(SegmentId, Piece)> {
    let topology = law.topology();
    let segments = topology.segments().map(|(id, _)| id).filter(|&id| law.is_usable(id));
    let pieces = |id| line(topology, id).windows(2).map(move |ends| (id, Piece::new(ends[0], ends[1]))).collect::<Vec<_>>();
    segments.flat_map(pieces).collect()
}

/// Traffic whose usual route is lost with some segments, Mbit/s.
fn interrupted(law: &Law<'_>, metric: Metric, requests: &[Request]) -> impl FnMut(&[SegmentId], u64) -> u64 {
    let stake = Stake::new(law, metric, requests);
    let mut users = vec![Vec::new(); law.topology().segment_count()];
    let mbps: Vec<u64> = stake.claims().map(|claim| claim.traffic.mbps()).collect();
    for (number, claim) in stake.claims().enumerate() {
        claim.segments.iter().for_each(|segment| users[segment.index()].push(number));
    }
    // At each claim, the last set of segments that interrupted it.
    let (mut seen, mut set) = (vec![0_u32; mbps.len()], 0);
    move |segments, _| {
        set += 1;
        let mut sum = 0;
        for &user in segments.iter().flat_map(|segment| &users[segment.index()]) {
            if seen[user] != set {
                seen[user] = set;
                sum += mbps[user];
            }
        }
        sum
    }
}

/// Traffic without any route after the loss of some segments, Mbit/s; never more than what is interrupted, which is
/// cheaper to know.
fn unconnected(
    mut interrupted: impl FnMut(&[SegmentId], u64) -> u64,
    mut worker: Worker<'_>,
) -> impl FnMut(&[SegmentId], u64) -> u64 {
    move |segments, bar| {
        let most = interrupted(segments, bar);
        if most <= bar { most } else { worker.assess(segments).unserved_mbps }
    }
}

fn capacity(law: &Law<'_>) -> impl FnMut(&[SegmentId], u64) -> u64 {
    let lanes = lane_capacities(law);
    move |segments, _| segments.iter().map(|segment| lanes[2 * segment.index()].max(lanes[2 * segment.index() + 1])).sum()
}

/// Sites within the circle at which a segment hit ends.
fn sites(topology: &Topology, radius: Length, place: &Place) -> Vec<SiteId> {
    let mut sites: Vec<SiteId> = place.segments.iter().flat_map(|&segment| topology.segment(segment).ends).collect();
    sites.sort_unstable();
    sites.dedup();
    #[expect(clippy::cast_precision_loss, reason = "a radius is far below 2^53 m")]
    sites.retain(|&site| great_circle_m(place.centre, topology.site(site).position) <= radius.m() as f64);
    sites
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::geography::{Reach, hit};
    use crate::policy::{Policy, Profile, Query};
    use crate::testing::{Chance, day, random_international};
    use crate::topology::{Area, Service};
    use crate::units::{Bandwidth, Position};

    /// A random network with its sites scattered over twelve degrees round a place.
    fn scattered(seed: u64, [lat, lon]: [f64; 2]) -> Topology {
        let mut topology = random_international(seed);
        let mut chance = Chance(seed);
        for site in topology.graph.node_weights_mut() {
            let mut shift = || chance.below(12_000) as f64 / 1_000.0 - 6.0;
            let (lat, lon) = ((lat + shift()).clamp(-90.0, 90.0), (lon + shift() + 540.0).rem_euclid(360.0) - 180.0);
            site.position = Position::new(lat, lon).unwrap();
        }
        topology
    }

    fn requests(topology: &Topology, chance: &mut Chance) -> Vec<Request> {
        let sites: Vec<SiteId> = topology.sites().map(|(site, _)| site).collect();
        let pairs = sites.iter().flat_map(|&from| sites.iter().map(move |&to| (from, to))).filter(|(from, to)| from != to);
        let query = |(from, to)| Query { from, to, service: Service::Leased, operator: None };
        let mut traffic = || Bandwidth::from_mbps(1 + chance.below(50));
        pairs.map(|pair| Request { traffic: traffic(), ..Request::question("", query(pair)) }).collect()
    }

    #[test]
    fn no_centre_of_a_grid_does_more_by_any_measure_under_law_and_physics() {
        let mut seen = [0; 3];
        for seed in 0..24 {
            let middle = [[5.0, 10.0], [-20.0, 180.0], [84.0, -90.0]][seed as usize % 3];
            let topology = scattered(seed, middle);
            let profile = if seed % 2 == 0 { Profile::Physical } else { Profile::Lawful };
            let policy = Policy::new(profile, day());
            let law = Law::new(&topology, &policy);
            let requests = requests(&topology, &mut Chance(seed));
            let spec = Spec { requests: requests.clone(), metric: Metric::Hops, restoration: Restoration::Reroute };
            let compiled = networks(&law, &spec);
            let assessor = Assessor::new(&law, &spec, &compiled);
            let (mut worker, radius) = (assessor.worker(), Length::from_m(120_000));
            let lanes = lane_capacities(&law);
            let mut judge = |lost: &[SegmentId], measure: Measure| match measure {
                Measure::Interrupted => worker.assess(lost).interrupted_mbps,
                Measure::Unconnected => worker.assess(lost).unserved_mbps,
                Measure::Capacity => lost.iter().map(|segment| lanes[2 * segment.index()]).sum(),
            };
            let struck = |centre| hit(&topology, day(), &Reach::Area(Area::Circle { centre, radius }));
            let grid = (0..60).flat_map(|north| (0..60).map(move |east| [north, east].map(|i| 0.25 * f64::from(i) - 7.5)));
            let mut sets: Vec<Vec<SegmentId>> = grid
                .map(|[north, east]| {
                    [(middle[0] + north).clamp(-90.0, 90.0), (middle[1] + east + 540.0).rem_euclid(360.0) - 180.0]
                })
                .map(|[lat, lon]| struck(Position::new(lat, lon).unwrap()))
                .collect();
            sets.sort();
            sets.dedup();
            for (i, measure) in [Measure::Interrupted, Measure::Unconnected, Measure::Capacity].into_iter().enumerate() {
                let asked = WorstCircle { radius, measure, down: Vec::new(), restoration: Restoration::Reroute };
                let Outcome { found, .. } = run(&law, (&requests, Metric::Hops), &asked, || true);
                let most = sets.iter().map(|lost| judge(lost, measure)).max().unwrap();
                let worth = found.place.as_ref().map_or(0, |place| place.worth);
                assert!(most <= worth && worth == found.at_most, "seed {seed}, {measure:?}: {most}, {found:?}");
                if let Some(place) = found.place {
                    assert_eq!(place.segments, struck(place.centre), "seed {seed}, {measure:?}");
                    assert_eq!(judge(&place.segments, measure), worth, "seed {seed}, {measure:?}");
                    seen[i] += 1;
                }
            }
        }
        assert!(seen.iter().all(|&seen| seen > 12), "{seen:?}");
    }

    #[test]
    fn what_is_down_is_not_hit_again() {
        let topology = scattered(2, [5.0, 10.0]);
        let policy = Policy::new(Profile::Physical, day());
        let law = Law::new(&topology, &policy);
        let requests = requests(&topology, &mut Chance(2));
        let down = topology.segments().map(|(id, _)| id).collect();
        let asked =
            WorstCircle { radius: Length::from_m(500_000), measure: Measure::Capacity, down, restoration: Restoration::None };
        let found = run(&law, (&requests, Metric::Hops), &asked, || true);
        assert!(found.found.place.is_none() && found.found.at_most == 0 && found.impact.interrupted_mbps == 0);
    }
}
