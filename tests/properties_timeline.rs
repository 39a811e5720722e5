//! Timelines against closed forms and published cases, and the properties every run must have.
//!
//! Systems are made of parts with exponential up and repair times; what of a topology becomes a part is tested with
//! the code that decides it.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a test stops at the first surprise and says what it ran")]

mod truth;

use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crossborder::failure::checkpoint::{Header, Journal, Refusal, Resumed, read};
use crossborder::failure::hazard::{FleetLimit, HOURS_PER_YEAR, Hazards};
use crossborder::failure::repair::Delay;
use crossborder::failure::timeline::compile::compile;
use crossborder::failure::timeline::loss::{Account, Ledger, Loss};
use crossborder::failure::timeline::model::{Inventory, Model, Part, Permit, Permits, Pool, PoolId, Repair};
use crossborder::failure::timeline::summary::Summary;
use crossborder::failure::timeline::{Ending, Precision, Progress, Spec, Timeline};
use crossborder::network::Outage;
use crossborder::parallel::with_threads;
use crossborder::problem::Problems;
use crossborder::random::Seed;
use crossborder::statistics::Estimate;
use crossborder::topology::{self, SegmentId, Topology, build};
use crossborder::units::{Bandwidth, parse_date};
use serde_json::Value;

/// What all systems here offer, Mbit/s.
const OFFERED: Bandwidth = Bandwidth::from_mbps(1_000);

/// Parts by mean up time and repair, each with the segment of its number, mended by so many crews.
fn model(parts: &[(f64, Delay)], crews: u32) -> Model {
    let part = |(i, &(up_h, work)): (usize, &(f64, Delay))| {
        let permit = Permit::After(Delay::NONE);
        let repair = Repair { detection: Delay::NONE, permit, work, weather: Delay::NONE, pools: [Some(PoolId(0)); 2] };
        let name = format!("part {i:03}");
        Part { name, faults_per_year: HOURS_PER_YEAR / up_h, segments: vec![SegmentId::from_index(i)], line: Vec::new(), repair }
    };
    Model::new(Inventory {
        parts: parts.iter().enumerate().map(part).collect(),
        events: Vec::new(),
        pools: vec![("crews".to_owned(), Pool::Crews(crews))],
        permits: Permits { areas: Vec::new(), elsewhere: Delay::NONE },
        segments: parts.len(),
    })
}

/// All is lost in the states that `is_down` names, nothing in the others.
fn all_or_nothing(ledger: &Ledger, is_down: impl Fn(&Outage) -> bool) -> impl FnMut(&Outage) -> Loss {
    move |outage| {
        let mut loss = Loss::none(ledger);
        if is_down(outage) {
            loss.add_to(ledger, Account::All, OFFERED);
        }
        loss
    }
}

/// Runs to the end and sums up all traffic.
fn run(model: &Model, spec: &Spec, is_down: impl Fn(&Outage) -> bool + Sync + Send) -> Summary {
    let ledger = Ledger::without_map(OFFERED);
    let timeline = Timeline { model, ledger: &ledger, spec };
    let mut progress = timeline.start();
    let go_on = &mut |_: u64, _: &_| ControlFlow::Continue(());
    let ending = timeline.run(&mut progress, || all_or_nothing(&ledger, &is_down), &|| true, go_on);
    assert_eq!(ending, Ending::Complete);
    timeline.summary_of(Account::All, &progress.totals)
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| value.as_str().unwrap().parse().unwrap())
}

fn close(name: &str, estimate: Estimate, exact: f64) {
    let Estimate { mean, standard_error, n } = estimate;
    assert!((mean - exact).abs() <= 4.0 * standard_error, "{name}: {mean} ± {standard_error} (n = {n}) is not {exact}");
}

/// Tells whether a system is down.
type IsDown = Box<dyn Fn(&Outage) -> bool + Sync + Send>;

/// A system of a published case: its parts, its crews, and when it is down.
struct System {
    parts: Vec<(f64, Delay)>,
    crews: u32,
    is_down: IsDown,
}

/// The system of a case; `None` for operations that are no timelines.
fn system(case: &Value) -> Option<System> {
    let query = &case["query"];
    let part = |value: &Value| (number(&value["mut_h"]), Delay::Exponential(number(&value["mttr_h"])));
    let list = |values: &Value| values.as_array().unwrap().iter().map(part).collect::<Vec<_>>();
    let (parts, crews, is_down): (_, _, IsDown) = match query["op"].as_str().unwrap() {
        "single" => (vec![part(query)], 1, Box::new(|outage| !outage.is_empty())),
        "series" => (list(&query["components"]), u32::MAX, Box::new(|outage| !outage.is_empty())),
        "parallel" => {
            let parts = list(&query["components"]);
            let n = parts.len();
            (parts, u32::MAX, Box::new(move |outage| outage.lost().count() == n))
        }
        "k_out_of_n" => {
            let [n, k, crews] = ["n", "k", "repair_crews"].map(|key| query[key].as_u64().unwrap());
            let spare = usize::try_from(n - k).unwrap();
            let parts = (0..n).map(|_| part(query)).collect();
            (parts, u32::try_from(crews).unwrap(), Box::new(move |outage| outage.lost().count() > spare))
        }
        "connectivity_availability" => {
            let links = case["graph"]["links"].as_array().unwrap().clone();
            let end = |link: &Value, key: &str| link[key].as_str().unwrap().to_owned();
            let ends: Vec<[String; 2]> = links.iter().map(|link| ["a", "b"].map(|key| end(link, key))).collect();
            let terminals = query["terminals"].as_array().unwrap().iter();
            let terminals: Vec<String> = terminals.map(|id| id.as_str().unwrap().to_owned()).collect();
            (links.iter().map(part).collect(), u32::MAX, Box::new(move |outage| !are_joined(&terminals, &ends, outage)))
        }
        _ => return None,
    };
    Some(System { parts, crews, is_down })
}

/// Floods from the first terminal until nothing new is reached.
fn are_joined(terminals: &[String], links: &[[String; 2]], outage: &Outage) -> bool {
    let mut reached = vec![&terminals[0]];
    let up = |i: usize| !outage.is_lost(SegmentId::from_index(i));
    loop {
        let before = reached.len();
        for (_, [a, b]) in links.iter().enumerate().filter(|&(i, _)| up(i)) {
            for (from, to) in [(a, b), (b, a)] {
                if reached.contains(&from) && !reached.contains(&to) {
                    reached.push(to);
                }
            }
        }
        if reached.len() == before {
            return terminals.iter().all(|terminal| reached.contains(&terminal));
        }
    }
}

#[test]
fn published_availabilities_come_out_within_four_standard_errors() {
    let Some(cases) = truth::cases("06_availability") else { return };
    let (mut compared, mut rare) = (0, 0);
    for truth::Case { name, value } in &cases {
        let Some(System { parts, crews, is_down }) = system(value) else { continue };
        let expect = &value["expect"];
        // About 200,000 faults of parts in windows of ten years.
        let faults_per_year: f64 = parts.iter().map(|(up_h, _)| HOURS_PER_YEAR / up_h).sum();
        let years = (200_000.0 / faults_per_year).clamp(2_000.0, 200_000.0);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
        let samples = (years / 10.0) as u64;
        let frequency = ["frequency_per_year", "failures_per_year"].into_iter().find_map(|key| expect.get(key)).map(number);
        if frequency.is_some_and(|frequency| frequency * years < 50.0) {
            rare += 1;
            continue;
        }
        let spec = Spec { seed: Seed(61), years: 10.0, samples, block: 64, ..Spec::default() };
        let summary = run(&model(&parts, crews), &spec, is_down);
        close(name, summary.availability, number(&expect["availability"]));
        close(name, summary.served_share.unwrap(), number(&expect["availability"]));
        compared += 2;
        if let Some(frequency) = frequency {
            close(name, summary.interruptions_per_year, frequency);
            compared += 1;
        }
        if let Some(down_h) = expect.get("mean_down_time_h") {
            close(name, summary.time_to_restore_h.unwrap(), number(down_h));
            compared += 1;
        }
        assert_eq!(summary.unfinished, 0, "{name}");
    }
    println!(
        "{compared} values within four standard errors; {rare} cases too rare to be sampled plainly, held exactly by \
         availability_is_that_of_every_known_case of truth_reliability"
    );
    assert!(compared >= 80, "{compared}");
}

#[test]
fn a_year_from_all_up_and_a_stationary_year_are_told_apart() {
    let Some(cases) = truth::cases("06_availability") else { return };
    for truth::Case { name, value } in cases.iter().filter(|case| case.value["query"]["op"] == "transient") {
        let [up_h, down_h, window_h] = ["mut_h", "mttr_h", "T_h"].map(|key| number(&value["query"][key]));
        let expect = |key: &str| number(&value["expect"][key]);
        let model = model(&[(up_h, Delay::Exponential(down_h))], 1);
        let usual = Spec { seed: Seed(62), years: window_h / HOURS_PER_YEAR, samples: 40_000, block: 64, ..Spec::default() };
        let fresh = Spec { warm_up_years: 0.0, overrun_years: 0.0, ..usual.clone() };
        let is_down = |outage: &Outage| !outage.is_empty();
        close(name, run(&model, &fresh, is_down).availability, expect("interval_availability_0_T"));
        let hours = run(&model, &usual, is_down).short_hours_per_year.scaled(window_h / HOURS_PER_YEAR);
        close(name, hours, expect("stationary_mean_downtime_h"));
        // The spread of the samples, known to √((kurtosis − 1) / 4n); the kurtosis is below 10.
        let spread = hours.standard_error * (hours.n as f64).sqrt() / expect("stationary_sd_downtime_h");
        assert!((spread - 1.0).abs() < 4.0 * (9.0 / 160_000f64).sqrt(), "{name}: {spread}");
    }
}

#[test]
fn the_mean_alone_of_a_repair_decides_availability() {
    let spec = Spec { seed: Seed(63), years: 5.0, samples: 4_000, block: 64, ..Spec::default() };
    // Lognormal with mean 50: median 50 exp(−σ² / 2).
    for work in [Delay::Fixed(50.0), Delay::Exponential(50.0), Delay::Lognormal { median_h: 50.0 * (-0.32f64).exp(), sigma: 0.8 }]
    {
        let summary = run(&model(&[(1_000.0, work)], 1), &spec, |outage| !outage.is_empty());
        close(&format!("{work:?}"), summary.availability, 1_000.0 / 1_050.0);
    }
}

#[test]
fn intervals_of_95_percent_cover_the_exact_value_in_95_percent_of_seeds() {
    let (up_h, down_h) = (100.0, 5.0);
    let model = model(&[(up_h, Delay::Exponential(down_h))], 1);
    let exact = [up_h / (up_h + down_h), HOURS_PER_YEAR / (up_h + down_h), down_h, down_h * 2f64.ln(), down_h * 10f64.ln()];
    let mut covered = [0u32; 5];
    let seeds = 1_000;
    for seed in 0..seeds {
        let spec = Spec {
            seed: Seed(seed),
            years: 0.25,
            warm_up_years: 0.02,
            overrun_years: 0.02,
            samples: 100,
            shortfalls_percent: Vec::new(),
            ..Spec::default()
        };
        let summary = run(&model, &spec, |outage| !outage.is_empty());
        let [median, ninetieth, _] = summary.duration_h.unwrap();
        let restore = summary.time_to_restore_h.unwrap();
        let estimates = [summary.availability, summary.interruptions_per_year, restore, median, ninetieth];
        for ((covered, estimate), exact) in covered.iter_mut().zip(estimates).zip(exact) {
            *covered += u32::from((estimate.mean - exact).abs() <= 1.96 * estimate.standard_error);
        }
    }
    println!("covered of {seeds}: {covered:?}");
    assert!(covered.iter().all(|covered| (930..=970).contains(covered)), "{covered:?}");
}

#[test]
fn what_never_breaks_is_available_exactly() {
    let model = model(&[(f64::INFINITY, Delay::Exponential(5.0)); 3], 1);
    let summary = run(&model, &Spec { samples: 100, ..Spec::default() }, |outage| !outage.is_empty());
    let exactly = |mean| Estimate { mean, standard_error: 0.0, n: 100 };
    assert_eq!(summary.availability, exactly(1.0));
    assert_eq!((summary.served_share, summary.unserved_tb_per_year), (Some(exactly(1.0)), exactly(0.0)));
    assert_eq!((summary.duration_h, summary.time_to_restore_h, summary.unfinished), (None, None, 0));
    assert!(summary.curve().all(|point| point.availability == exactly(1.0)));
    assert_eq!((summary.value_at_risk_tb.mean, summary.conditional_value_at_risk_tb.mean), (0.0, 0.0));
}

/// Two parts of which each carries half.
fn halves() -> (Model, Ledger) {
    (model(&[(500.0, Delay::Exponential(50.0)), (800.0, Delay::Exponential(40.0))], 9), Ledger::without_map(OFFERED))
}

fn half_lost(ledger: &Ledger) -> impl FnMut(&Outage) -> Loss {
    |outage| {
        let mut loss = Loss::none(ledger);
        loss.add_to(ledger, Account::All, Bandwidth::from_mbps(500 * outage.lost().count() as u64));
        loss
    }
}

/// Runs until enough, an interrupt, or so many blocks are kept; appends what is kept to `text`.
fn go_on(timeline: &Timeline<'_>, progress: &mut Progress, text: &mut String, journal: &mut Journal, blocks: u64) -> Ending {
    let mut left = blocks;
    let impact = || half_lost(timeline.ledger);
    timeline.run(progress, impact, &|| true, &mut |block, totals| {
        text.push_str(&journal.line(block, &totals.to_words()));
        left -= 1;
        if left == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })
}

fn header(timeline: &Timeline<'_>) -> Header {
    Header::of(timeline, "years".to_owned(), "digest".to_owned())
}

/// Reads a checkpoint of one part.
fn resume(text: &[u8], timeline: &Timeline<'_>, header: &Header) -> Result<(Progress, Resumed), Refusal> {
    let mut progress = timeline.start();
    let mut take = |_, words: &[u64]| progress.take(timeline.size(), words);
    let resumed = read(&mut &text[..], std::slice::from_ref(header), &mut take)?;
    Ok((progress, resumed))
}

fn whole_run(timeline: &Timeline<'_>) -> (Progress, String) {
    let (mut progress, mut journal) = (timeline.start(), Journal::default());
    let mut text = journal.open(&header(timeline));
    assert_ne!(go_on(timeline, &mut progress, &mut text, &mut journal, u64::MAX), Ending::Interrupted);
    (progress, text)
}

fn short_spec() -> Spec {
    Spec { seed: Seed(64), samples: 150, block: 4, ..Spec::default() }
}

fn three_blocks() -> Spec {
    Spec { samples: 12, years: 0.1, shortfalls_percent: Vec::new(), ..short_spec() }
}

#[test]
fn shortfalls_are_counted_by_their_size() {
    let (model, ledger) = halves();
    let spec =
        Spec { seed: Seed(65), years: 5.0, samples: 4_000, shortfalls_percent: vec![0.0, 49.9, 50.0, 99.9], ..Spec::default() };
    let timeline = Timeline { model: &model, ledger: &ledger, spec: &spec };
    let summary = timeline.summary_of(Account::All, &whole_run(&timeline).0.totals);
    let [a, b] = [500.0 / 550.0, 800.0 / 840.0];
    let (any, both) = ((1.0 - a * b) * HOURS_PER_YEAR, (1.0 - a) * (1.0 - b) * HOURS_PER_YEAR);
    for ((percent, hours), exact) in summary.short_hours_per_year_above.iter().zip([any, any, both, both]) {
        close(&format!("above {percent} %"), *hours, exact);
    }
    close("served", summary.served_share.unwrap(), (a + b) / 2.0);
    // 500 Mbit/s for an hour are 0.225 TB.
    close("unserved", summary.unserved_tb_per_year, (2.0 - a - b) * HOURS_PER_YEAR * 0.225);
    let curve: Vec<f64> = summary.curve().map(|point| point.availability.mean).collect();
    assert!(curve.is_sorted(), "{curve:?}");
}

#[test]
fn any_number_of_threads_gives_the_same_bytes() {
    let (model, ledger) = halves();
    let spec = short_spec();
    let timeline = Timeline { model: &model, ledger: &ledger, spec: &spec };
    let one = with_threads(NonZeroUsize::new(1), || whole_run(&timeline)).unwrap();
    for threads in [2, 8] {
        assert_eq!(with_threads(NonZeroUsize::new(threads), || whole_run(&timeline)).unwrap(), one, "{threads} threads");
    }
}

#[test]
fn a_run_in_pieces_gives_the_same_bytes_as_a_whole_one() {
    let (model, ledger) = halves();
    let spec = short_spec();
    let timeline = Timeline { model: &model, ledger: &ledger, spec: &spec };
    let header = header(&timeline);
    let whole = whole_run(&timeline);
    for blocks in [1, 5, 16, 37] {
        let (mut progress, mut journal) = (timeline.start(), Journal::default());
        let mut text = journal.open(&header);
        while go_on(&timeline, &mut progress, &mut text, &mut journal, blocks) == Ending::Interrupted {
            let (kept, resumed) = resume(text.as_bytes(), &timeline, &header).unwrap();
            assert_eq!((resumed.good_bytes, &kept), (text.len() as u64, &progress));
            (progress, journal) = (kept, resumed.journal);
        }
        assert_eq!((progress, text), whole, "{blocks} blocks at a time");
    }
}

#[test]
fn an_interrupt_leaves_whole_blocks_and_the_rest_can_be_run_later() {
    let (model, ledger) = halves();
    let spec = short_spec();
    let timeline = Timeline { model: &model, ledger: &ledger, spec: &spec };
    let whole = whole_run(&timeline).0;
    let (interrupt, calls) = (AtomicBool::new(false), AtomicU64::new(0));
    let impact = || {
        let mut judge = half_lost(&ledger);
        let (interrupt, calls) = (&interrupt, &calls);
        move |outage: &Outage| {
            // Few states are judged, as they are remembered.
            if calls.fetch_add(1, Ordering::Relaxed) == 2 {
                interrupt.store(true, Ordering::Relaxed);
            }
            judge(outage)
        }
    };
    let mut progress = timeline.start();
    let keep = &mut |_: u64, _: &_| ControlFlow::Continue(());
    assert_eq!(timeline.run(&mut progress, impact, &|| !interrupt.load(Ordering::Relaxed), keep), Ending::Interrupted);
    assert!(progress.blocks < whole.blocks);
    assert_eq!(progress.totals.samples, progress.blocks * spec.block);
    assert_eq!(timeline.run(&mut progress, impact, &|| true, keep), Ending::Complete);
    assert_eq!(progress, whole);
}

#[test]
fn a_checkpoint_cut_anywhere_goes_on_from_its_last_whole_line() {
    let (model, ledger) = halves();
    let spec = three_blocks();
    let timeline = Timeline { model: &model, ledger: &ledger, spec: &spec };
    let header = header(&timeline);
    let (_, text) = whole_run(&timeline);
    for length in 0..=text.len() {
        let cut = &text[..length];
        let (progress, resumed) = resume(cut.as_bytes(), &timeline, &header).unwrap();
        let whole_lines = cut.matches('\n').count() as u64;
        assert_eq!(progress.blocks, whole_lines.saturating_sub(1));
        assert_eq!(progress.totals.samples, progress.blocks * spec.block);
        assert_eq!(resumed.begun == 1, whole_lines > 0);
        assert_eq!(resumed.good_bytes, cut.rfind('\n').map_or(0, |end| end as u64 + 1));
    }
}

#[test]
fn a_damaged_checkpoint_is_never_taken_for_good() {
    let (model, ledger) = halves();
    let spec = three_blocks();
    let timeline = Timeline { model: &model, ledger: &ledger, spec: &spec };
    let header = header(&timeline);
    let (_, text) = whole_run(&timeline);
    let header_length = text.find('\n').unwrap() + 1;
    let last_line = text[..text.len() - 1].rfind('\n').unwrap() + 1;
    for bit in 0..text.len() * 8 {
        let mut bytes = text.clone().into_bytes();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let result = resume(&bytes, &timeline, &header).map(|(progress, _)| progress.blocks);
        match (bit / 8, result) {
            (byte, Err(Refusal::Alien)) if byte < header_length => {}
            (byte, Err(Refusal::Damaged(2 | 3))) if byte >= header_length && byte + 1 < last_line => {}
            // Without its end the line before the last swallows the last one.
            (byte, Ok(1)) if byte + 1 == last_line => {}
            // The last line is like a torn one: its block is run again.
            (byte, Ok(2)) if byte >= last_line => {}
            // A line feed inside the last line makes two bad ones of it.
            (byte, Err(Refusal::Damaged(4))) if byte >= last_line && bytes[byte] == b'\n' => {}
            (byte, Ok(blocks)) => panic!("bit {bit} of byte {byte}: {blocks} blocks are taken for good"),
            (byte, Err(refusal)) => panic!("bit {bit} of byte {byte}: {refusal}"),
        }
    }
}

#[test]
fn the_checkpoint_of_another_run_is_refused_with_what_differs() {
    let (model, ledger) = halves();
    let spec = three_blocks();
    let timeline = Timeline { model: &model, ledger: &ledger, spec: &spec };
    let (_, text) = whole_run(&timeline);
    let usual = header(&timeline);
    let others = [
        (Header { scenario: "another".to_owned(), ..usual.clone() }, "scenario"),
        (Header { seed: 65, ..usual.clone() }, "seed"),
        (Header { block: 8, ..usual.clone() }, "block_size"),
        (Header { part: "others".to_owned(), ..usual.clone() }, "part"),
    ];
    for (header, expected) in others {
        match resume(text.as_bytes(), &timeline, &header) {
            Err(Refusal::Foreign { key, .. }) => assert_eq!(key, expected),
            result => panic!("{expected}: {result:?}"),
        }
    }
    for alien in ["hello\n", "\n", "{}\n", "\u{0}", "[1, 2"] {
        assert!(matches!(resume(alien.as_bytes(), &timeline, &usual), Err(Refusal::Alien)), "{alien:?}");
    }
    let prolonged = Spec { samples: 24, ..spec.clone() };
    let longer = Timeline { spec: &prolonged, ..timeline };
    assert_eq!(resume(text.as_bytes(), &longer, &header(&longer)).unwrap().0.blocks, 3);
}

#[test]
fn a_run_stops_at_the_precision_asked_for_and_not_before() {
    let (model, ledger) = halves();
    let precision = Some(Precision { account: Account::All, relative_error: 0.02 });
    let spec = Spec { samples: 100_000, precision, ..short_spec() };
    let timeline = Timeline { model: &model, ledger: &ledger, spec: &spec };
    let mut relative = Vec::new();
    let mut progress = timeline.start();
    let mut seen = timeline.start().totals;
    let ending = timeline.run(&mut progress, || half_lost(&ledger), &|| true, &mut |_, totals| {
        seen.merge(totals);
        relative.push(seen.accounts[0].unserved.estimate().relative_error());
        ControlFlow::Continue(())
    });
    assert_eq!(ending, Ending::Precise);
    assert!(progress.blocks.is_multiple_of(16));
    let at_rounds: Vec<f64> = relative.into_iter().skip(15).step_by(16).collect();
    let (last, before) = at_rounds.split_last().unwrap();
    assert!(*last <= 0.02 && before.iter().all(|relative| *relative > 0.02), "{at_rounds:?}");
}

#[test]
fn interruptions_are_followed_past_the_window_or_said_to_be_unfinished() {
    let model = model(&[(2_000.0, Delay::Fixed(1_000.0))], 1);
    let spec = Spec { seed: Seed(66), samples: 500, overrun_years: 0.0, ..Spec::default() };
    let is_down = |outage: &Outage| !outage.is_empty();
    let [cut, followed] = [0.0, 0.2].map(|overrun_years| run(&model, &Spec { overrun_years, ..spec.clone() }, is_down));
    assert!(cut.unfinished > 100, "a third of the time it is down");
    assert!(cut.time_to_restore_h.unwrap().mean < 950.0);
    assert_eq!(followed.unfinished, 0);
    assert_eq!(followed.time_to_restore_h.unwrap(), Estimate { mean: 1_000.0, standard_error: 0.0, n: 500 });
    assert_eq!(cut.availability, followed.availability);
}

fn belt_and_road() -> Topology {
    let mut problems = Problems::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("topologies/belt-and-road");
    let raw = topology::read::folder(&folder, &mut problems, &mut Vec::new());
    raw.and_then(|raw| build::topology(raw, &mut problems)).unwrap()
}

#[test]
fn repairs_at_sea_take_as_long_as_reported_and_longer_with_fewer_ships() {
    let topology = belt_and_road();
    let day = parse_date("2024-03-01").unwrap();
    let ledger = Ledger::new(&topology, day);
    let spec = Spec { seed: Seed(67), samples: 32, overrun_years: 0.0, ..Spec::default() };
    let usual = Hazards::default();
    let one_ship = Hazards { ships: usual.ships[..1].to_vec(), ..usual.clone() };
    let unlimited = Hazards { fleet_limit: FleetLimit::Unlimited, ..usual.clone() };
    let [usual, one_ship, unlimited] = [usual, one_ship, unlimited].map(|hazards| {
        let model = compile(&topology, day, &hazards);
        let timeline = Timeline { model: &model, ledger: &ledger, spec: &spec };
        let mut progress = timeline.start();
        let go_on = &mut |_: u64, _: &_| ControlFlow::Continue(());
        timeline.run(&mut progress, || |_: &Outage| Loss::none(&ledger), &|| true, go_on);
        let ships = timeline.pool_summaries(&progress.totals).swap_remove(0);
        assert_eq!(ships.name, "ships");
        ships.stage_h.unwrap().map(|stage| stage.mean / 24.0)
    });
    let days = |stages: [f64; 6]| stages.into_iter().sum::<f64>();
    println!("days of detection, permit, wait, transit, work, weather: {usual:.1?}; one ship {one_ship:.1?}");
    // Reported means fell from about 30 to about 20 days over 2013–2019; single repairs in 2006 took two to three weeks.
    assert!((14.0..=30.0).contains(&days(usual)), "{usual:?}");
    assert_eq!(unlimited[2], 0.0);
    assert!(one_ship[2] > 10.0, "sixty repairs of a week each are more than a year's work: {one_ship:?}");
    assert!(days(one_ship) > days(usual));
}

#[test]
fn the_plant_of_a_cable_is_out_of_service_while_any_of_its_segments_is() {
    let topology = belt_and_road();
    let day = parse_date("2024-03-01").unwrap();
    let ledger = Ledger::new(&topology, day);
    let model = compile(&topology, day, &Hazards::default());
    let spec = Spec { seed: Seed(68), samples: 32, overrun_years: 0.0, ..Spec::default() };
    let timeline = Timeline { model: &model, ledger: &ledger, spec: &spec };
    let mut progress = timeline.start();
    let go_on = &mut |_: u64, _: &_| ControlFlow::Continue(());
    timeline.run(&mut progress, || |_: &Outage| Loss::none(&ledger), &|| true, go_on);
    let mut cables_broken = 0;
    for summary in timeline.summaries(&progress.totals) {
        match summary.account {
            Account::Plant(_) => {
                let is_broken = summary.availability.mean < 1.0;
                cables_broken += u32::from(is_broken);
                // Less than all of it is lost at a time, so the share of its length that is up is larger.
                assert!(summary.served_share.is_none_or(|share| share.mean >= summary.availability.mean - 1e-12));
                assert_eq!(is_broken, summary.interruptions_per_year.mean > 0.0 || summary.short_hours_per_year.mean > 0.0);
            }
            Account::All | Account::Territory(_) | Account::Service(_) | Account::Gateway(_) | Account::Cable(_) => {
                assert_eq!(summary.availability.mean, 1.0, "{:?}: nothing was said to be lost", summary.account);
            }
        }
    }
    assert!(cables_broken > 100, "{cables_broken}");
}
