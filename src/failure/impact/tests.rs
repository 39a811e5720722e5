//! Outages judged one by one, held against the same network compiled without what is lost.

use super::*;
use crate::failure::outages::Element;
use crate::network::LaneId;
use crate::policy::{Law, Policy, Profile, Query};
use crate::route::{Way, search};
use crate::testing::{Chance, Toy, day, random_ends, random_international};
use crate::topology::{Cable, CableId, Regime, Segment, Service, SiteId, TerritoryId, Topology, Transit};
use crate::units::Bandwidth;

fn requests(topology: &Topology, chance: &mut Chance) -> Vec<Request> {
    let sites = topology.site_count() as u64;
    let site = |chance: &mut Chance| SiteId::from_index(usize::try_from(chance.below(sites)).unwrap());
    let mut requests = Vec::new();
    for i in 0..40 {
        let (from, to) = (site(chance), site(chance));
        if from != to {
            let query = Query { from, to, service: chance.pick(&Service::ALL), operator: None };
            requests.push(Request {
                traffic: Bandwidth::from_mbps(chance.below(900)),
                priority: chance.pick(&[1, 5, 5, 9]),
                latency_max: chance.one_in(3).then(|| Latency::from_ns(1 + chance.below(20_000_000))),
                ..Request::question(format!("{i}"), query)
            });
        }
    }
    requests
}

fn ways(law: &Law<'_>, spec: &Spec) -> Vec<Option<Way>> {
    let queries: Vec<Query> = spec.requests.iter().map(|request| request.query.clone()).collect();
    search::shortest(law, spec.metric, &queries)
}

fn lanes(topology: &Topology, way: &Way) -> Vec<LaneId> {
    let lane =
        |(&segment, &from): (&SegmentId, &SiteId)| LaneId::new(segment, u32::from(topology.segment(segment).ends[0] != from));
    way.segments.iter().zip(&way.sites).map(lane).collect()
}

/// The fields that need no admission, found from scratch.
fn from_scratch(law: &Law<'_>, spec: &Spec, lost: &[SegmentId]) -> Impact {
    let topology = law.topology();
    let (before, after) = (ways(law, spec), ways(&law.without(lost.iter().copied()), spec));
    let is_hit = |way: &Option<Way>| way.as_ref().is_some_and(|way| way.segments.iter().any(|segment| lost.contains(segment)));
    let mut impact = Impact::default();
    let (mut had, mut has) = (vec![0; topology.territories().len()], vec![0; topology.territories().len()]);
    for ((request, before), after) in spec.requests.iter().zip(&before).zip(&after) {
        let mbps = request.traffic.mbps();
        let ends = [request.query.from, request.query.to].map(|site| law.territory(site));
        if let Some(before) = before.as_ref().filter(|_| ends[0] != ends[1]) {
            let _ = before;
            for territory in ends.into_iter().flatten() {
                had[territory.index()] += 1;
                has[territory.index()] += usize::from(after.is_some());
            }
        }
        if !is_hit(before) {
            assert_eq!(before.as_ref().map(|way| way.cost), after.as_ref().map(|way| way.cost), "an outage betters no route");
            continue;
        }
        impact.touched += 1;
        impact.interrupted_mbps += mbps;
        match (before, after) {
            (Some(before), Some(after)) => {
                let grown = after.latency.ns().saturating_sub(before.latency.ns());
                impact.stretch_max = impact.stretch_max.max(Latency::from_ns(grown));
                if request.latency_max.is_some_and(|limit| before.latency <= limit && limit < after.latency) {
                    impact.late += 1;
                    impact.late_mbps += mbps;
                }
            }
            _ => {
                impact.parted_pairs += 1;
                impact.unserved_mbps += mbps;
            }
        }
    }
    impact.isolated =
        (0..had.len()).filter(|&i| had[i] > 0 && has[i] == 0).map(crate::topology::TerritoryId::from_index).collect();
    impact
}

/// Loads by lane when everything with a route is on it.
fn loads(law: &Law<'_>, spec: &Spec, ways: &[Option<Way>]) -> Vec<u64> {
    let mut loads = vec![0; 2 * law.topology().segment_count()];
    for (request, way) in spec.requests.iter().zip(ways) {
        for lane in way.iter().flat_map(|way| lanes(law.topology(), way)) {
            loads[lane.index()] += request.traffic.mbps();
        }
    }
    loads
}

fn each_case(test: impl Fn(&Law<'_>, &mut Spec, &[SegmentId], &str)) {
    for seed in 0..400 {
        let topology = random_international(seed);
        let mut chance = Chance(seed ^ 0xFA11);
        let policy = Policy::new(chance.pick(&[Profile::Lawful, Profile::Physical, Profile::Emergency]), day());
        let law = Law::new(&topology, &policy);
        let metric = chance.pick(&Metric::ALL[..3]);
        let mut spec = Spec { requests: requests(&topology, &mut chance), metric, restoration: Restoration::Reroute };
        for _ in 0..4 {
            let lost: Vec<SegmentId> =
                (0..topology.segment_count()).filter(|_| chance.one_in(4)).map(SegmentId::from_index).collect();
            test(&law, &mut spec, &lost, &format!("seed {seed}, lost {lost:?}"));
        }
    }
}

fn assess(law: &Law<'_>, spec: &Spec, lost: &[SegmentId]) -> Impact {
    let compiled = networks(law, spec);
    Assessor::new(law, spec, &compiled).worker().assess(lost).clone()
}

#[test]
fn what_is_touched_parted_isolated_and_late_is_what_a_fresh_search_finds() {
    each_case(|law, spec, lost, case| {
        let (got, expected) = (assess(law, spec, lost), from_scratch(law, spec, lost));
        assert_eq!(got.touched, expected.touched, "{case}");
        assert_eq!(got.interrupted_mbps, expected.interrupted_mbps, "{case}");
        assert_eq!(got.unserved_mbps, expected.unserved_mbps, "{case}");
        assert_eq!(got.parted_pairs, expected.parted_pairs, "{case}");
        assert_eq!(got.isolated, expected.isolated, "{case}");
        assert_eq!(got.stretch_max, expected.stretch_max, "{case}");
        assert_eq!((got.late, got.late_mbps), (expected.late, expected.late_mbps), "{case}");
        let of_territories: u64 = got.territories.iter().map(|impact| impact.interrupted_mbps).sum();
        assert!(of_territories <= 2 * got.interrupted_mbps, "{case}");
    });
}

#[test]
fn loads_are_those_of_all_routes_found_anew() {
    each_case(|law, spec, lost, case| {
        let compiled = networks(law, spec);
        let assessor = Assessor::new(law, spec, &compiled);
        let mut worker = assessor.worker();
        worker.assess(lost);
        let mut got = assessor.sound_lanes().to_vec();
        assert_eq!(got, loads(law, spec, &ways(law, spec)), "{case}");
        for (what, load) in worker.changed_loads() {
            if let Bottleneck::Lane(lane) = what {
                got[lane.index()] = load;
            }
        }
        let after = law.without(lost.iter().copied());
        let expected = loads(law, spec, &ways(&after, spec));
        assert_eq!(got, expected, "{case}");
        // Every lane of these networks carries 1 Gbit/s.
        let usable = |&lane: &usize| law.is_usable(LaneId::from_index(lane).segment());
        let most = (0..expected.len()).filter(usable).map(|lane| expected[lane]).max();
        assert_eq!(worker.impact().worst.map(|(_, utilisation)| utilisation), most.map(|most| most as f64 / 1e3), "{case}");
        let over = expected.iter().filter(|&&load| load > 1_000);
        assert_eq!(worker.impact().overloaded, over.clone().count(), "{case}");
        assert_eq!(worker.impact().overload_mbps, over.map(|load| load - 1_000).sum::<u64>(), "{case}");
    });
}

#[test]
fn another_restoration_answers_as_if_made_for_it() {
    each_case(|law, spec, lost, case| {
        let compiled = networks(law, spec);
        let all = [Restoration::None, Restoration::Reroute, Restoration::WithinCapacity];
        let specs = all.map(|restoration| Spec { restoration, ..spec.clone() });
        for (i, spec) in specs.iter().enumerate() {
            let expected = Assessor::new(law, spec, &compiled);
            let first = Assessor::new(law, &specs[(i + 2) % 3], &compiled);
            let got = first.restoring(spec);
            assert_eq!(got.sound_lanes(), expected.sound_lanes(), "{case}");
            assert_eq!(got.worker().assess(lost), expected.worker().assess(lost), "{case}");
        }
    });
}

#[test]
fn admission_fills_no_lane_beyond_capacity_and_leaves_the_untouched_alone() {
    each_case(|law, spec, lost, case| {
        spec.restoration = Restoration::WithinCapacity;
        let compiled = networks(law, spec);
        let assessor = Assessor::new(law, spec, &compiled);
        let mut worker = assessor.worker();
        let sound = worker.assess(&[]).clone();
        assert_eq!((sound.touched, sound.overloaded), (0, 0), "{case}");
        let impact = worker.assess(lost).clone();
        assert_eq!(impact.overload_mbps, 0, "{case}");
        let mut touched = vec![false; spec.requests.len()];
        let mut unserved = sound.unserved_mbps.cast_signed();
        for (request, before, given) in worker.changes() {
            touched[request] = true;
            assert!(given <= spec.requests[request].traffic.mbps(), "{case}");
            unserved += before.cast_signed() - given.cast_signed();
        }
        assert_eq!(impact.unserved_mbps.cast_signed(), unserved, "{case}");
        let hit = ways(law, spec)
            .into_iter()
            .map(|way| way.is_some_and(|way| way.segments.iter().any(|segment| lost.contains(segment))));
        assert_eq!(touched, hit.collect::<Vec<_>>(), "{case}");
    });
}

#[test]
fn nothing_is_restored_when_nothing_is_to_be() {
    each_case(|law, spec, lost, case| {
        spec.restoration = Restoration::None;
        let got = assess(law, spec, lost);
        assert_eq!(got.unserved_mbps, got.interrupted_mbps, "{case}");
        assert_eq!(got.parted_pairs, from_scratch(law, spec, lost).parted_pairs, "{case}");
    });
}

#[test]
fn what_trips_is_lost_and_nothing_that_is_left_is_too_full() {
    each_case(|law, spec, lost, case| {
        let before = loads(law, spec, &ways(law, spec));
        spec.restoration = Restoration::Cascade { trip: 0.9 };
        let got = assess(law, spec, lost);
        let mut all: Vec<SegmentId> = lost.iter().copied().chain(got.tripped.iter().copied()).collect();
        all.sort_unstable();
        assert!(all.windows(2).all(|pair| pair[0] < pair[1]), "a segment is lost once: {case}");
        let after = loads(law, spec, &ways(&law.without(all), spec));
        assert!(after.iter().zip(&before).all(|(&after, &before)| after <= 900 || after <= before), "{case}");
        assert_eq!(got.rounds == 0, got.tripped.is_empty(), "{case}");
    });
}

#[test]
fn two_losses_at_once_reuse_what_each_does_alone() {
    each_case(|law, spec, lost, case| {
        let elements: Vec<Element> =
            lost.iter().map(|&segment| Element { name: String::new(), segments: vec![segment] }).collect();
        let compiled = networks(law, spec);
        let mut assessor = Assessor::new(law, spec, &compiled);
        let afresh = assessor.worker().assess(lost).clone();
        assessor.learn(&elements);
        let mut worker = assessor.worker();
        let members: Vec<usize> = (0..elements.len()).collect();
        assert_eq!(*worker.assess_elements(lost, &members), afresh, "{case}");
        assessor.learn_segments();
        assert_eq!(*assessor.worker().assess_segments(lost), afresh, "{case}");
    });
}

#[test]
fn outages_rerouted_together_are_judged_as_one_by_one() {
    let (mut searched, mut batches) = (0, 0);
    for seed in 0..200 {
        let topology = random_international(seed);
        let mut chance = Chance(seed ^ 0x706);
        let policy = Policy::new(chance.pick(&[Profile::Lawful, Profile::Physical, Profile::Emergency]), day());
        let law = Law::new(&topology, &policy);
        let restoration = chance.pick(&[Restoration::Reroute, Restoration::WithinCapacity, Restoration::Cascade { trip: 1.0 }]);
        let spec = Spec { requests: requests(&topology, &mut chance), metric: Metric::Hops, restoration };
        let compiled = networks(&law, &spec);
        let assessor = Assessor::new(&law, &spec, &compiled);
        // Some of nothing, some of much.
        let segments = || (0..topology.segment_count()).map(SegmentId::from_index);
        let outages: Vec<Vec<SegmentId>> = (1..30).map(|i| segments().filter(|_| chance.one_in(i)).collect()).collect();
        let together = assessor.reroute_all(outages.clone(), &|| true).unwrap();
        let (mut worker, mut one_by_one) = (assessor.worker(), assessor.worker());
        for (i, lost) in outages.iter().enumerate().rev() {
            assert_eq!(worker.assess_rerouted(&together, i), one_by_one.assess(lost), "seed {seed}, {lost:?}");
            let loads = |worker: &Worker<'_>| worker.changed_loads().collect::<std::collections::BTreeSet<_>>();
            assert_eq!(loads(&worker), loads(&one_by_one), "seed {seed}, {lost:?}");
            searched += one_by_one.work().searched;
        }
        let mut batched = 0;
        while batched < outages.len() {
            let batch = assessor.batch(outages[batched..].iter().cloned());
            assert!(!batch.is_empty() && outages[batched..].starts_with(&batch), "seed {seed}");
            batched += batch.len();
            batches += 1;
        }
        let asked = std::sync::atomic::AtomicUsize::new(0);
        let goes_on = || asked.fetch_add(1, std::sync::atomic::Ordering::Relaxed) < 3;
        assert!(assessor.reroute_all(outages, &goes_on).is_none() || asked.into_inner() <= 3, "seed {seed}");
    }
    assert!(searched > 10_000 && batches > 300, "{searched} routes in {batches} batches prove little");
}

/// A larger outage never raises what the best routing carries, and no routing carries more.
#[test]
fn the_optimum_falls_with_the_outage_and_passes_all_other_ways() {
    for seed in 0..40 {
        let topology = random_international(seed);
        let mut chance = Chance(seed ^ 0x0B7);
        let policy = Policy::new(chance.pick(&[Profile::Lawful, Profile::Physical]), day());
        let law = Law::new(&topology, &policy);
        let mut requests = requests(&topology, &mut chance);
        requests.iter_mut().for_each(|request| request.priority = crate::demand::USUAL_PRIORITY);
        let optimal = Spec { requests, metric: Metric::Latency, restoration: Restoration::Optimal };
        let admitted = Spec { restoration: Restoration::WithinCapacity, ..optimal.clone() };
        let (mut lost, mut before) = (Vec::new(), 0);
        for segment in (0..topology.segment_count()).map(SegmentId::from_index).filter(|_| chance.one_in(2)) {
            lost.push(segment);
            let best = assess(&law, &optimal, &lost);
            // Each request is rounded down to a whole Mbit/s.
            let slack = optimal.requests.len() as u64;
            assert!(best.unserved_mbps + slack >= before, "seed {seed}: {lost:?} carries more than before");
            assert!(best.unserved_mbps <= assess(&law, &admitted, &lost).unserved_mbps + slack, "seed {seed}: {lost:?}");
            assert_eq!(best.overload_mbps, 0, "seed {seed}: {lost:?}");
            before = best.unserved_mbps;
        }
    }
}

/// A random network, and the same with another cable of one or two segments between any of its sites.
fn with_another_cable(seed: u64) -> Option<[Topology; 2]> {
    let [before, mut after] = [(); 2].map(|()| random_international(seed));
    let (mut chance, cable) = (Chance(seed ^ 0xCAB1E), CableId::from_index(after.cables.len()));
    after.cables.push(Cable { id: "New".into(), ..after.cables[chance.pick(&[0, 1])].clone() });
    let pattern = before.segments().next()?.1.clone();
    for number in 0..=chance.below(2) {
        let (from, to) = random_ends(&before, &mut chance);
        let segment = Segment { id: format!("N{number}"), cable, ends: [from.min(to), from.max(to)], ..pattern.clone() };
        after.graph.add_edge(from.min(to).into(), from.max(to).into(), segment);
    }
    Some([before, after])
}

/// Whoever has a route without the cable has one with it, whatever else is lost, under every profile; R15, too, leaves a
/// walk as lawful as it was, whatever is built beside it. So no territory is isolated that was not.
#[test]
fn another_cable_isolates_nobody_whatever_else_is_lost() {
    let (mut kept, mut isolated, mut gained) = (0, 0, 0);
    for (seed, [less, more]) in (0..60).filter_map(|seed| Some((seed, with_another_cable(seed)?))) {
        let mut chance = Chance(seed);
        let policy = Policy::new(chance.pick(&[Profile::Physical, Profile::Lawful, Profile::Lawful, Profile::Emergency]), day());
        let laws = [Law::new(&less, &policy), Law::new(&more, &policy)];
        let spec = Spec { requests: requests(&less, &mut chance), metric: Metric::Latency, restoration: Restoration::Reroute };
        let routed = |law: &Law<'_>| ways(law, &spec).iter().map(Option::is_some).collect::<Vec<_>>();
        let abroad = |law: &Law<'_>, routed: &[bool]| -> Vec<TerritoryId> {
            let ends = spec.requests.iter().zip(routed).filter(|(_, is_routed)| **is_routed);
            let ends = ends.map(|(request, _)| [request.query.from, request.query.to].map(|site| law.territory(site)));
            ends.filter(|[from, to]| from != to).flatten().flatten().collect()
        };
        let sound = routed(&laws[0]);
        let with_traffic = abroad(&laws[0], &sound);
        for _ in 0..8 {
            let mut lost: Vec<SegmentId> = less.segments().map(|(id, _)| id).filter(|_| chance.one_in(4)).collect();
            lost.sort_unstable();
            let [before, after] = [0, 1].map(|i| routed(&laws[i].without(lost.iter().copied())));
            for (request, (&before, &after)) in before.iter().zip(&after).enumerate() {
                assert!(after || !before, "seed {seed}, request {request}, without {lost:?}");
                kept += u32::from(before);
                gained += u32::from(after && !before);
            }
            let [before, after] = [0, 1].map(|i| assess(&laws[i], &spec, &lost).isolated);
            for territory in after.iter().filter(|territory| with_traffic.contains(territory)) {
                assert!(before.contains(territory), "seed {seed}: {territory:?} is isolated by another cable");
            }
            isolated += before.len();
        }
    }
    assert!(kept > 300 && gained > 30 && isolated > 15, "{kept} {gained} {isolated}");
}

/// ```text
///   a --1-- b --1-- c        a-b and b-c carry 1 Gbit/s, a-d and d-c too
///    `--2-- d --2--'
/// ```
#[test]
fn a_ring_by_hand() {
    let toy = Toy::new().territory("A", Regime::Open, Transit::Service).territory("C", Regime::Open, Transit::Service);
    let toy = toy.site("a", "A", &[]).site("b", "A", &[]).site("c", "C", &[]).site("d", "C", &[]);
    let topology =
        toy.segment("a", "b", 1_000).segment("b", "c", 1_000).segment("a", "d", 2_000).segment("d", "c", 2_000).build();
    let policy = Policy::new(Profile::Physical, day());
    let law = Law::new(&topology, &policy);
    let request = |from, to, mbps| {
        let query = Query { from: SiteId(from), to: SiteId(to), service: Service::Internet, operator: None };
        Request { traffic: Bandwidth::from_mbps(mbps), ..Request::question("", query) }
    };
    // 700 from a to c by b, 500 from a to d straight.
    let requests = vec![request(0, 2, 700), request(0, 3, 500)];
    let of = |restoration| {
        let spec = Spec { requests: requests.clone(), metric: Metric::Latency, restoration };
        assess(&law, &spec, &[SegmentId(0)])
    };
    let rerouted = of(Restoration::Reroute);
    assert_eq!((rerouted.interrupted_mbps, rerouted.unserved_mbps, rerouted.parted_pairs), (700, 0, 0));
    assert_eq!(rerouted.worst, Some((Bottleneck::Lane(LaneId::new(SegmentId(2), 0)), 1.2)));
    assert_eq!((rerouted.overloaded, rerouted.overload_mbps), (1, 200));
    // 2 km became 4 km at 5 ns a metre.
    assert_eq!((rerouted.stretch_mean_ms, rerouted.stretch_max), (Some(0.01), Latency::from_ns(10_000)));
    assert_eq!(of(Restoration::WithinCapacity).unserved_mbps, 200);
    // 1 Gbit/s of 1.2 leaves a, however it is split; each part is rounded down to a whole Mbit/s.
    assert!((200..=201).contains(&of(Restoration::Optimal).unserved_mbps));
    assert_eq!(of(Restoration::None).unserved_mbps, 700);
    // Then a-d trips, too, and nothing leads from a any more.
    let cascade = of(Restoration::Cascade { trip: 1.0 });
    assert_eq!((cascade.tripped, cascade.rounds, cascade.unserved_mbps), (vec![SegmentId(2)], 1, 1_200));
    assert_eq!(cascade.isolated.len(), 2);
}
