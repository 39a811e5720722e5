//! Courses of small models against what must hold of any course.

use std::ops::ControlFlow;

use super::*;
use crate::failure::repair::{Delay, Ship};
use crate::failure::timeline::model::{Fleet, Inventory, Part, Permit, Permits, Pool, Repair};
use crate::topology::SegmentId;

fn part(name: &str, segments: &[u32], pool: Option<PoolId>) -> Part {
    let repair = Repair {
        detection: Delay::Fixed(24.0),
        permit: Permit::After(Delay::days(3.0, 0.5)),
        work: Delay::Exponential(48.0),
        weather: Delay::days(1.0, 1.0),
        pools: [pool; 2],
    };
    let segments = segments.iter().map(|&id| SegmentId(id)).collect();
    Part { name: name.into(), faults_per_year: 6.0, segments, line: Vec::new(), repair }
}

fn event(name: &str, parts: &[&str]) -> Event {
    let hit = |part: &&str| Hit { name: (*part).into(), probability: 0.5, parts: vec![(*part).into()] };
    Event { name: name.into(), per_year: 3.0, hits: parts.iter().map(hit).collect() }
}

fn model(parts: Vec<Part>, events: Vec<Event>, crews: u32) -> Model {
    let permits = Permits { areas: Vec::new(), elsewhere: Delay::NONE };
    Model::new(Inventory { parts, events, pools: vec![("crews".into(), Pool::Crews(crews))], permits, segments: 8 })
}

/// Six parts that overlap in segments, and a common cause, for so many crews.
fn usual(crews: u32) -> Model {
    let pool = Some(PoolId(0));
    let segments: [&[u32]; 6] = [&[0], &[1], &[2], &[3, 4], &[0, 1, 5], &[6]];
    let names = ["a", "b", "c", "d", "e", "f"];
    let parts = names.iter().zip(segments).map(|(name, segments)| part(name, segments, pool)).collect();
    model(parts, vec![event("storm", &["a", "c", "f"])], crews)
}

#[derive(Default)]
struct Heard {
    spans: Vec<(Time, Time, Vec<SegmentId>)>,
    faults: Vec<(PartId, Time, bool)>,
    mended: Vec<Finished>,
}

fn hear(model: &Model, sample: u64, until: Time) -> Heard {
    let mut heard = Heard::default();
    Course::new(model, Seed(5)).run(sample, until, &mut |news| {
        match news {
            News::Span { from, to, outage } => heard.spans.push((from, to, outage.lost().collect())),
            News::Fault { part, at, is_void } => heard.faults.push((part, at, is_void)),
            News::Mended(finished) => heard.mended.push(finished),
        }
        ControlFlow::Continue(())
    });
    heard
}

#[test]
fn spans_follow_each_other_and_lose_what_is_broken() {
    let (model, until) = (usual(1), Time::from_years(3.0));
    let heard = hear(&model, 0, until);
    assert_eq!((heard.spans[0].0, heard.spans.last().unwrap().1), (Time::ZERO, until));
    assert!(heard.spans.windows(2).all(|pair| pair[0].1 == pair[1].0));
    // Down times of parts, from faults that were not void until mended or for ever.
    let down = heard.faults.iter().filter(|(.., is_void)| !is_void).map(|&(part, at, _)| {
        let mended = heard.mended.iter().find(|finished| finished.part == part && finished.broke == at);
        (part, at, mended.map_or(until, |finished| finished.mended))
    });
    let down: Vec<_> = down.collect();
    assert!(down.len() > 40 && heard.spans.len() > 60);
    for (from, to, lost) in &heard.spans {
        assert!(from < to);
        let is_down = |&&(_, broke, mended): &&(PartId, Time, Time)| broke <= *from && mended >= *to;
        let mut expected: Vec<SegmentId> =
            down.iter().filter(is_down).flat_map(|(part, ..)| model.parts()[part.index()].segments.clone()).collect();
        expected.sort_unstable();
        expected.dedup();
        assert_eq!(*lost, expected);
    }
}

#[test]
fn the_stages_of_a_repair_add_up_to_it() {
    let heard = hear(&usual(1), 1, Time::from_years(3.0));
    assert!(heard.mended.iter().any(|finished| finished.wait > Time::ZERO), "one crew is too few");
    for finished in heard.mended {
        let Finished { broke, detection, permit, wait, transit, work, weather, .. } = finished;
        let stages = [detection, permit, wait, transit, work, weather];
        assert_eq!(stages.into_iter().fold(broke, Time::after), finished.mended);
    }
}

#[test]
fn a_crew_does_one_repair_at_a_time_in_the_order_of_readiness() {
    let mut mended = hear(&usual(1), 2, Time::from_years(3.0)).mended;
    let ready = |finished: &Finished| finished.broke.after(finished.detection).after(finished.permit);
    let started = |finished: &Finished| ready(finished).after(finished.wait);
    mended.sort_by_key(|finished| (ready(finished), finished.part));
    assert!(mended.len() > 40);
    for pair in mended.windows(2) {
        assert!(started(&pair[1]) >= pair[0].mended);
        assert!(started(&pair[1]) == pair[0].mended || pair[1].wait == Time::ZERO, "nobody waits for an idle crew");
    }
}

#[test]
fn one_more_part_moves_no_fault_of_the_others() {
    let pool = Some(PoolId(0));
    let few = usual(1);
    let names = few.parts().iter().cloned();
    let more = model(names.chain([part("bb", &[7], pool)]).collect(), vec![event("storm", &["a", "bb", "c", "f"])], 1);
    for sample in 0..20 {
        let [before, after] = [&few, &more].map(|model| {
            let heard = hear(model, sample, Time::from_years(2.0));
            let named = heard.faults.into_iter().map(|(part, at, _)| (at, model.parts()[part.index()].name.clone()));
            named.filter(|(_, name)| name != "bb").collect::<Vec<_>>()
        });
        assert_eq!(before, after);
    }
}

#[test]
fn crews_without_limit_mend_each_part_as_if_it_were_alone() {
    let pool = Some(PoolId(0));
    let all = usual(1_000);
    for sample in 0..20 {
        let together = hear(&all, sample, Time::from_years(2.0)).mended;
        // `d` takes part in no event.
        let alone = model(vec![part("d", &[3, 4], pool)], Vec::new(), 1);
        let alone = hear(&alone, sample, Time::from_years(2.0)).mended;
        let of_d: Vec<Finished> = together.into_iter().filter(|finished| finished.part == PartId(3)).collect();
        let moments = |list: &[Finished]| list.iter().map(|finished| (finished.broke, finished.mended)).collect::<Vec<_>>();
        assert_eq!(moments(&of_d), moments(&alone));
    }
}

#[test]
fn ships_without_limit_mend_each_part_as_if_it_were_alone() {
    let at = |lat, lon| Position::new(lat, lon).unwrap();
    let ship = |name: &str, base| Ship { name: name.into(), base };
    let fleet = || Fleet { ships: vec![ship("east", at(1.0, 104.0)), ship("west", at(43.0, 6.0))], speed_km_per_h: 20.0 };
    let parts: Vec<Part> = (0..4u32)
        .map(|i| Part {
            line: vec![at(10.0, 50.0), at(f64::from(i) * 10.0, 70.0)],
            ..part(&format!("p{i}"), &[i], Some(PoolId(0)))
        })
        .collect();
    let of = |parts: Vec<Part>| {
        let pools = vec![("ships".to_owned(), Pool::UnlimitedShips(fleet()))];
        let permits = Permits { areas: Vec::new(), elsewhere: Delay::NONE };
        let model = Model::new(Inventory { parts, events: Vec::new(), pools, permits, segments: 8 });
        hear(&model, 3, Time::from_years(5.0)).mended
    };
    let together = of(parts.clone());
    assert!(together.iter().all(|finished| finished.wait == Time::ZERO && finished.transit > Time::ZERO));
    for (i, part) in parts.into_iter().enumerate() {
        let mine = together.iter().filter(|finished| finished.part.index() == i);
        let alone: Vec<Finished> =
            of(vec![part]).into_iter().map(|finished| Finished { part: PartId::from_index(i), ..finished }).collect();
        assert!(alone.len() > 10);
        assert_eq!(mine.copied().collect::<Vec<_>>(), alone);
    }
}

#[test]
fn a_listener_that_breaks_off_hears_no_more() {
    let model = usual(1);
    let mut heard = 0;
    Course::new(&model, Seed(5)).run(0, Time::from_years(3.0), &mut |_| {
        heard += 1;
        if heard < 7 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    assert_eq!(heard, 7);
}

#[test]
fn a_course_does_not_remember_the_sample_before() {
    let model = usual(1);
    let mut course = Course::new(&model, Seed(5));
    let mut spans = |sample| {
        let mut spans = Vec::new();
        course.run(sample, Time::from_years(1.0), &mut |news| {
            if let News::Span { from, to, outage } = news {
                spans.push((from, to, outage.clone()));
            }
            ControlFlow::Continue(())
        });
        spans
    };
    let first = spans(7);
    assert_ne!(spans(8), first);
    assert_eq!(spans(7), first);
}
