//! Reads the losses of one sample off its course, and adds them to the totals of a block.
//!
//! ```text
//!   0 ---- warm-up ---- start ======== window ======== end ---- overrun ---- until
//!          no loss is judged    hours, traffic, interruptions    only what began in the window
//!                               that begin                       is followed to its end
//! ```

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use crate::failure::hazard::HOURS_PER_YEAR;
use crate::failure::timeline::course::{Course, Finished, News};
use crate::failure::timeline::loss::{Ledger, Loss};
use crate::failure::timeline::model::Time;
use crate::failure::timeline::totals::{STAGES, Totals};
use crate::network::Outage;

/// So many states' losses are remembered; then memory begins anew. It bounds space and alters no result.
const REMEMBERED_MAX: usize = 1 << 14;

/// When a sample counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Window {
    pub(super) start: Time,
    pub(super) end: Time,
    pub(super) until: Time,
}

/// One account in the course of a sample.
#[derive(Clone, Debug, Default)]
struct Needle {
    /// Lost since a moment.
    lost: u64,
    since: Time,
    /// When the present interruption began, if that was in the window.
    began: Option<Time>,
    /// Amount × ms in the window.
    unserved: u128,
    /// Milliseconds in the window by shortfall.
    short: Vec<u64>,
    /// Interruptions that began in the window, and seconds of those that ended.
    begun: u64,
    seconds: u64,
}

/// One pool in the course of a sample.
#[derive(Clone, Debug, Default)]
struct PoolNeedle {
    repairs: u64,
    busy_ms: u64,
    stage_seconds: [u64; STAGES],
}

/// Judges outages and remembers the verdicts.
struct Judge<I> {
    impact: I,
    /// Position in `losses` by what is lost, ascending.
    known: BTreeMap<Vec<u32>, usize>,
    /// Number of account and what it lost, ascending.
    losses: Vec<Vec<(u32, u64)>>,
}

/// What a worker needs for samples, one after another.
pub(super) struct Meter<'a, I> {
    course: Course<'a>,
    ledger: &'a Ledger,
    judge: Judge<I>,
    /// Least loss that is too much, by account and shortfall.
    limits: Vec<Vec<u64>>,
    needles: Vec<Needle>,
    /// Accounts whose needle has moved in this sample.
    moved: Vec<u32>,
    pools: Vec<PoolNeedle>,
    /// What is lost at present.
    present: Vec<(u32, u64)>,
    /// Interruptions that began in the window and have not ended.
    open: usize,
}

impl<'a, I: FnMut(&Outage) -> Loss> Meter<'a, I> {
    /// `shortfalls` are in per cent of what is offered.
    pub(super) fn new(course: Course<'a>, ledger: &'a Ledger, shortfalls: &[f64], impact: I) -> Self {
        let needle = Needle { short: vec![0; shortfalls.len()], ..Needle::default() };
        let limits = |number| shortfalls.iter().map(|percent| least_above(ledger.offered(number), *percent)).collect();
        Self {
            judge: Judge { impact, known: BTreeMap::new(), losses: Vec::new() },
            limits: (0..ledger.len()).map(limits).collect(),
            needles: vec![needle; ledger.len()],
            moved: Vec::new(),
            pools: vec![PoolNeedle::default(); course.model().pools().len()],
            present: Vec::new(),
            open: 0,
            course,
            ledger,
        }
    }

    /// Runs one sample and adds it to the totals.
    pub(super) fn sample(&mut self, sample: u64, window: Window, totals: &mut Totals) {
        let Self { course, ledger, judge, limits, needles, moved, pools, present, open } = self;
        let mut dial = Dial { window, limits, needles, moved, open, totals };
        course.run(sample, window.until, &mut |news| {
            match news {
                News::Span { to, .. } if to <= window.start => {}
                News::Span { from, .. } if from >= window.end && *dial.open == 0 => return ControlFlow::Break(()),
                News::Span { from, outage, .. } => {
                    let now = judge.judge(outage, ledger);
                    dial.turn(from, present, now);
                    present.clear();
                    present.extend(now);
                }
                News::Mended(finished) => note_repair(pools, dial.totals, window, &finished),
                News::Fault { .. } => {}
            }
            ControlFlow::Continue(())
        });
        dial.close(present, window);
        self.note_sample(window, totals);
    }

    /// Adds what the needles show and sets them back.
    #[expect(clippy::cast_precision_loss, reason = "a share of a year")]
    fn note_sample(&mut self, window: Window, totals: &mut Totals) {
        let per_year = HOURS_PER_YEAR / window.end.since(window.start).hours();
        self.moved.sort_unstable();
        self.moved.dedup();
        for number in self.moved.drain(..).map(|number| number as usize) {
            let (needle, account) = (&mut self.needles[number], &mut totals.accounts[number]);
            if needle.short[0] > 0 {
                account.unserved.push(needle.unserved as f64 / 3.6e6 * per_year);
                for (moments, ms) in account.short.iter_mut().zip(&needle.short) {
                    moments.push(*ms as f64 / 3.6e6 * per_year);
                }
                account.begun.push(needle.begun as f64 * per_year);
                account.restored.push(needle.seconds, needle.begun);
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates; not negative")]
                account.yearly.add((needle.unserved as f64 / 1e3 * per_year) as u64, 1);
            }
            let short = vec![0; needle.short.len()];
            *needle = Needle { short, ..Needle::default() };
        }
        for (needle, pool) in self.pools.iter_mut().zip(&mut totals.pools) {
            pool.repairs.push(needle.repairs as f64 * per_year);
            pool.busy.push(needle.busy_ms as f64 / 3.6e6 * per_year);
            for (stage, seconds) in pool.stages.iter_mut().zip(needle.stage_seconds) {
                stage.push(seconds, needle.repairs);
            }
            *needle = PoolNeedle::default();
        }
        self.present.clear();
        self.open = 0;
    }
}

impl<I: FnMut(&Outage) -> Loss> Judge<I> {
    fn judge(&mut self, outage: &Outage, ledger: &Ledger) -> &[(u32, u64)] {
        let key: Vec<u32> = outage.lost().map(|segment| segment.0).collect();
        if self.known.len() >= REMEMBERED_MAX {
            self.known.clear();
            self.losses.clear();
        }
        let next = self.losses.len();
        let index = *self.known.entry(key).or_insert(next);
        if index == next {
            let mut lost: BTreeMap<usize, u64> = (self.impact)(outage).lost().collect();
            for (number, metres) in ledger.plants_lost(outage.lost()) {
                *lost.entry(number).or_default() += metres;
            }
            let number = |number| u32::try_from(number).expect("fewer than 2^32 accounts");
            self.losses.push(lost.into_iter().map(|(account, lost)| (number(account), lost)).collect());
        }
        &self.losses[index]
    }
}

/// The needles while a sample runs.
struct Dial<'m> {
    window: Window,
    limits: &'m [Vec<u64>],
    needles: &'m mut [Needle],
    moved: &'m mut Vec<u32>,
    open: &'m mut usize,
    totals: &'m mut Totals,
}

impl Dial<'_> {
    /// From a moment on other losses hold.
    fn turn(&mut self, from: Time, old: &[(u32, u64)], new: &[(u32, u64)]) {
        let (mut old, mut new) = (old.iter().peekable(), new.iter().peekable());
        loop {
            let number = match (old.peek(), new.peek()) {
                (Some(&&(a, _)), Some(&&(b, _))) => a.min(b),
                (Some(&&(a, _)), None) | (None, Some(&&(a, _))) => a,
                (None, None) => return,
            };
            let lost = |side: &mut std::iter::Peekable<std::slice::Iter<'_, (u32, u64)>>| {
                side.next_if(|&&(a, _)| a == number).map_or(0, |&(_, lost)| lost)
            };
            let (before, after) = (lost(&mut old), lost(&mut new));
            if before != after {
                self.set(number, from, after);
            }
        }
    }

    fn set(&mut self, number: u32, from: Time, lost: u64) {
        let now = from.max(self.window.start);
        self.settle(number, now);
        let needle = &mut self.needles[number as usize];
        // What holds at the start of the window began before it.
        if needle.lost == 0 && from > self.window.start && from < self.window.end {
            needle.began = Some(now);
            needle.begun += 1;
            *self.open += 1;
        }
        if lost == 0
            && let Some(began) = needle.began.take()
        {
            let seconds = now.since(began).ms() / 1_000;
            needle.seconds += seconds;
            self.totals.accounts[number as usize].durations.add(seconds, 1);
            *self.open -= 1;
        }
        needle.lost = lost;
    }

    /// Adds up what the needle has shown until now.
    fn settle(&mut self, number: u32, now: Time) {
        let needle = &mut self.needles[number as usize];
        let ms = now.min(self.window.end).since(needle.since).ms();
        if needle.lost == 0 {
            self.moved.push(number);
        } else if ms > 0 {
            needle.unserved += u128::from(needle.lost) * u128::from(ms);
            for (short, limit) in needle.short.iter_mut().zip(&self.limits[number as usize]) {
                if needle.lost >= *limit {
                    *short += ms;
                }
            }
        }
        needle.since = now;
    }

    /// The sample ends: what is open stays unfinished.
    fn close(&mut self, present: &[(u32, u64)], window: Window) {
        for &(number, _) in present {
            self.settle(number, window.until);
            let needle = &mut self.needles[number as usize];
            if let Some(began) = needle.began.take() {
                let account = &mut self.totals.accounts[number as usize];
                let seconds = window.until.since(began).ms() / 1_000;
                needle.seconds += seconds;
                account.durations.add(seconds, 1);
                account.unfinished += 1;
            }
        }
    }
}

fn note_repair(pools: &mut [PoolNeedle], totals: &mut Totals, window: Window, finished: &Finished) {
    let Some(pool) = finished.pool.filter(|_| finished.mended >= window.start && finished.mended < window.end) else { return };
    let Finished { detection, permit, wait, transit, work, weather, .. } = *finished;
    let needle = &mut pools[pool.index()];
    needle.repairs += 1;
    needle.busy_ms += transit.after(work).after(weather).ms();
    for (sum, stage) in needle.stage_seconds.iter_mut().zip([detection, permit, wait, transit, work, weather]) {
        *sum += stage.ms() / 1_000;
    }
    let totals = &mut totals.pools[pool.index()];
    totals.waits.add(wait.ms() / 1_000, 1);
    totals.wholes.add(finished.mended.since(finished.broke).ms() / 1_000, 1);
}

/// The least whole loss above that many per cent of what is offered.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "0 to the offer")]
fn least_above(offered: u64, percent: f64) -> u64 {
    (offered as f64 * (percent / 100.0)).floor() as u64 + 1
}
