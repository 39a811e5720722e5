//! Years of faults and repairs: what breaks when, for how long, and what is not carried meanwhile.
//!
//! A sample is the course of a model over a window of time; many of them give availability, traffic not served,
//! interruptions and their durations, each with its standard error. Only totals are kept, so memory does not grow with
//! the number of samples. What an outage costs is the caller's to say; files are somebody else's (see
//! [`checkpoint`](crate::failure::checkpoint)).
//!
//! ```text
//!   Topology, Hazards -- compile --> Model -- course --> outages in time -- impact --> losses -- meter --> Totals --> Summary
//! ```

pub mod compile;
pub mod course;
pub mod loss;
mod mean;
mod meter;
pub mod model;
mod pool;
pub mod ratio;
pub mod summary;
pub mod totals;

use std::ops::ControlFlow;

use crate::failure::timeline::course::Course;
use crate::failure::timeline::loss::{Account, Ledger, Loss};
use crate::failure::timeline::meter::{Meter, Window};
use crate::failure::timeline::model::{Model, Time};
use crate::failure::timeline::totals::{Size, Totals};
use crate::network::Outage;
use crate::parallel;
use crate::random::Seed;

/// So many blocks are run between one look at the precision and the next; it is part of the result.
pub const BLOCKS_PER_ROUND: u64 = 16;

/// How to run a timeline.
#[derive(Clone, Debug, PartialEq)]
pub struct Spec {
    /// Chooses all chance.
    pub seed: Seed,
    /// Length of the window of each sample. Yearly losses are those of one window, per year: for the loss of single
    /// years let it be 1.
    pub years: f64,
    /// Before the window, from all up; nothing is counted. It should hold several of the longest repairs.
    pub warm_up_years: f64,
    /// After the window, at most: interruptions that began in it are followed to their ends.
    pub overrun_years: f64,
    /// At most so many.
    pub samples: u64,
    /// Samples per block, the unit of work and of checkpoints; it is part of the result.
    pub block: u64,
    /// Shortfalls in per cent of what is offered, each at least 0 and below 100; hours above each are counted.
    pub shortfalls_percent: Vec<f64>,
    /// When to stop before all samples are run; `None` = never.
    pub precision: Option<Precision>,
    /// Level of value at risk and of its conditional mean, 0..1.
    pub risk_level: f64,
}

/// How well something must be known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Precision {
    /// Its traffic not served.
    pub account: Account,
    /// Standard error over mean, at most.
    pub relative_error: f64,
}

impl Default for Spec {
    fn default() -> Self {
        Self {
            seed: Seed::default(),
            years: 1.0,
            warm_up_years: 1.0,
            overrun_years: 1.0,
            samples: 4_096,
            block: 16,
            shortfalls_percent: vec![1.0, 5.0, 10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 90.0, 99.0],
            precision: None,
            risk_level: 0.95,
        }
    }
}

/// A question: what breaks, what is offered, and how to run it.
#[derive(Clone, Copy, Debug)]
pub struct Timeline<'a> {
    /// What breaks and how it is mended.
    pub model: &'a Model,
    /// Who loses what.
    pub ledger: &'a Ledger,
    /// How to run it.
    pub spec: &'a Spec,
}

/// How far a run has come.
#[derive(Clone, Debug, PartialEq)]
pub struct Progress {
    /// Finished blocks.
    pub blocks: u64,
    /// Of all of them.
    pub totals: Totals,
}

/// Why a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// All samples were run.
    Complete,
    /// The precision was reached.
    Precise,
    /// It was interrupted; the totals are those of the blocks finished until then.
    Interrupted,
}

impl Progress {
    /// Takes in the next block from a checkpoint; tells whether the words are one of totals of that size.
    pub fn take(&mut self, size: Size, words: &[u64]) -> bool {
        let Some(totals) = Totals::from_words(size, words) else { return false };
        self.totals.merge(&totals);
        self.blocks += 1;
        true
    }
}

impl Timeline<'_> {
    /// How large its totals are.
    #[must_use]
    pub fn size(&self) -> Size {
        Size { accounts: self.ledger.len(), pools: self.model.pools().len(), shortfalls: 1 + self.spec.shortfalls_percent.len() }
    }

    /// Nothing run yet.
    #[must_use]
    pub fn start(&self) -> Progress {
        Progress { blocks: 0, totals: Totals::new(self.size()) }
    }

    /// Runs on from `progress` until enough samples or precision, or until `goes_on` says no; it is asked before each
    /// sample, and once it has said no it is to say so for good.
    ///
    /// `impact` makes a judge of outages for a worker; what a judge says of an outage may depend on nothing else.
    /// `keep` gets each block's number and totals in order, as soon as it and all before it are done, and may break off
    /// as an interrupt would. Blocks that were under way at an interrupt are forgotten.
    ///
    /// The result depends on the question alone: not on the number of threads, nor on interrupts in between.
    /// Time is that of the course and the impact of every state, of which the commonest are remembered; memory is
    /// that of the totals, times the blocks of a round.
    ///
    /// # Panics
    /// If the spec asks for something that is no number in its range, or `progress` is of another size.
    pub fn run<I: FnMut(&Outage) -> Loss>(
        &self,
        progress: &mut Progress,
        impact: impl Fn() -> I + Sync + Send,
        goes_on: &(impl Fn() -> bool + Sync),
        keep: &mut dyn FnMut(u64, &Totals) -> ControlFlow<()>,
    ) -> Ending {
        self.check(progress);
        let blocks = self.spec.samples.div_ceil(self.spec.block);
        loop {
            if progress.blocks == blocks {
                return Ending::Complete;
            }
            if progress.blocks.is_multiple_of(BLOCKS_PER_ROUND) && self.is_precise(&progress.totals) {
                return Ending::Precise;
            }
            let round_end = (progress.blocks / BLOCKS_PER_ROUND + 1) * BLOCKS_PER_ROUND;
            for done in self.round(progress.blocks, round_end.min(blocks), &impact, goes_on) {
                let Some(totals) = done else { return Ending::Interrupted };
                progress.totals.merge(&totals);
                progress.blocks += 1;
                if keep(progress.blocks - 1, &totals).is_break() {
                    return Ending::Interrupted;
                }
            }
        }
    }

    /// Blocks `first..end`; `None` from where the interrupt came.
    fn round<I: FnMut(&Outage) -> Loss>(
        &self,
        first: u64,
        end: u64,
        impact: &(impl Fn() -> I + Sync + Send),
        goes_on: &(impl Fn() -> bool + Sync),
    ) -> Vec<Option<Totals>> {
        let shortfalls: Vec<f64> = std::iter::once(0.0).chain(self.spec.shortfalls_percent.iter().copied()).collect();
        let meter = || Meter::new(Course::new(self.model, self.spec.seed), self.ledger, &shortfalls, impact());
        let count = usize::try_from(end - first).expect("a round is short");
        parallel::map(count, meter, |meter, i| self.block(first + i as u64, meter, goes_on))
    }

    fn block<I: FnMut(&Outage) -> Loss>(
        &self,
        block: u64,
        meter: &mut Meter<'_, I>,
        goes_on: &(impl Fn() -> bool + Sync),
    ) -> Option<Totals> {
        let Spec { years, warm_up_years, overrun_years, .. } = *self.spec;
        let start = Time::from_years(warm_up_years);
        let end = start.after(Time::from_years(years));
        let window = Window { start, end, until: end.after(Time::from_years(overrun_years)) };
        let samples = block * self.spec.block..self.spec.samples.min((block + 1) * self.spec.block);
        let mut totals = Totals::new(self.size());
        for sample in samples.clone() {
            if !goes_on() {
                return None;
            }
            meter.sample(sample, window, &mut totals);
        }
        totals.close(samples.end - samples.start);
        Some(totals)
    }

    fn is_precise(&self, totals: &Totals) -> bool {
        self.spec.precision.is_some_and(|precision| {
            let unserved = totals.accounts[self.ledger.number(precision.account)].unserved.estimate();
            unserved.n > 0 && unserved.relative_error() <= precision.relative_error
        })
    }

    fn check(&self, progress: &Progress) {
        let spec = self.spec;
        assert!(spec.years.is_finite() && spec.years > 0.0, "a window has a length");
        assert!(spec.warm_up_years.is_finite() && spec.warm_up_years >= 0.0, "a warm-up takes a time");
        assert!(spec.overrun_years.is_finite() && spec.overrun_years >= 0.0, "an overrun takes a time");
        assert!(spec.block > 0, "a block holds at least one sample");
        assert!(spec.shortfalls_percent.iter().all(|percent| (0.0..100.0).contains(percent)), "shortfalls lie in 0..100 %");
        assert!(spec.risk_level > 0.0 && spec.risk_level < 1.0, "a level lies in 0..1");
        assert!(progress.totals.accounts.len() == self.ledger.len(), "progress is of the same question");
        assert!(progress.totals.pools.len() == self.model.pools().len(), "progress is of the same question");
    }
}
