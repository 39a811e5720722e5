//! What is kept of many samples: moments, exact sums and histograms by account and by pool; never the samples.
//!
//! Totals of blocks merge in order to the totals of a run. Memory per account is at most [`Totals::BYTES_PER_ACCOUNT_MAX`]
//! and in practice a few kilobytes, as losses take few values.

use crate::failure::timeline::ratio::Ratio;
use crate::statistics::{Histogram, Moments};

/// Significant bits of durations and yearly losses: quantiles are low by less than 1.6 %.
const PRECISION: u32 = 7;

/// Stages of a repair: detection, permit, wait, transit, work, weather.
pub(super) const STAGES: usize = 6;

/// What is kept of one account.
#[derive(Clone, Debug, PartialEq)]
pub struct AccountTotals {
    /// Amount × hours not served, per year: Mbit/s (metres for plants) times hours.
    pub unserved: Moments,
    /// Hours per year with any shortfall, then with more than each of the shortfalls asked for.
    pub short: Vec<Moments>,
    /// Interruptions that begin, per year.
    pub begun: Moments,
    /// Seconds per interruption, over those that begin in the window.
    pub restored: Ratio,
    /// Seconds of each interruption that begins in the window.
    pub durations: Histogram,
    /// Interruptions that had not ended when the sample did; their durations count as far as they were seen.
    pub unfinished: u64,
    /// Amount × seconds not served per year, by sample.
    pub yearly: Histogram,
}

/// What is kept of one pool of crews.
#[derive(Clone, Debug, PartialEq)]
pub struct PoolTotals {
    /// Repairs that end, per year.
    pub repairs: Moments,
    /// Crew hours per year from leaving until done.
    pub busy: Moments,
    /// Seconds per repair in each stage.
    pub stages: Vec<Ratio>,
    /// Seconds of waiting for a crew, by repair.
    pub waits: Histogram,
    /// Seconds from fault to service, by repair.
    pub wholes: Histogram,
}

/// What is kept of a run or of a block of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Totals {
    /// How many samples there were.
    pub samples: u64,
    /// By number of account.
    pub accounts: Vec<AccountTotals>,
    /// By pool.
    pub pools: Vec<PoolTotals>,
}

impl AccountTotals {
    fn new(shortfalls: usize) -> Self {
        Self {
            unserved: Moments::default(),
            short: vec![Moments::default(); shortfalls],
            begun: Moments::default(),
            restored: Ratio::default(),
            durations: Histogram::new(PRECISION),
            unfinished: 0,
            yearly: Histogram::new(PRECISION),
        }
    }

    /// Takes in so many samples without any shortfall.
    fn add_sound(&mut self, samples: u64) {
        let zeros = Moments::from_bits([samples, 0, 0]);
        for moments in self.short.iter_mut().chain([&mut self.unserved, &mut self.begun]) {
            *moments = moments.merge(zeros);
        }
        self.restored.add_zeros(samples);
        self.yearly.add(0, samples);
    }

    fn merge(&mut self, other: &Self) {
        self.unserved = self.unserved.merge(other.unserved);
        for (moments, other) in self.short.iter_mut().zip(&other.short) {
            *moments = moments.merge(*other);
        }
        self.begun = self.begun.merge(other.begun);
        self.restored.merge(&other.restored);
        self.durations.merge(&other.durations);
        self.unfinished += other.unfinished;
        self.yearly.merge(&other.yearly);
    }

    fn to_words(&self, words: &mut Vec<u64>) {
        for moments in self.short.iter().chain([&self.unserved, &self.begun]) {
            words.extend(moments.to_bits());
        }
        words.extend(self.restored.to_words());
        words.extend(self.durations.to_words());
        words.push(self.unfinished);
        words.extend(self.yearly.to_words());
    }

    fn from_words(shortfalls: usize, words: &mut impl Iterator<Item = u64>) -> Option<Self> {
        let mut totals = Self::new(shortfalls);
        for moments in totals.short.iter_mut().chain([&mut totals.unserved, &mut totals.begun]) {
            *moments = Moments::from_bits([words.next()?, words.next()?, words.next()?]);
        }
        totals.restored = Ratio::from_words(words)?;
        totals.durations = Histogram::from_words(words)?;
        totals.unfinished = words.next()?;
        totals.yearly = Histogram::from_words(words)?;
        Some(totals)
    }
}

impl PoolTotals {
    fn new() -> Self {
        Self {
            repairs: Moments::default(),
            busy: Moments::default(),
            stages: vec![Ratio::default(); STAGES],
            waits: Histogram::new(PRECISION),
            wholes: Histogram::new(PRECISION),
        }
    }

    fn merge(&mut self, other: &Self) {
        self.repairs = self.repairs.merge(other.repairs);
        self.busy = self.busy.merge(other.busy);
        for (stage, other) in self.stages.iter_mut().zip(&other.stages) {
            stage.merge(other);
        }
        self.waits.merge(&other.waits);
        self.wholes.merge(&other.wholes);
    }

    fn to_words(&self, words: &mut Vec<u64>) {
        words.extend(self.repairs.to_bits());
        words.extend(self.busy.to_bits());
        self.stages.iter().for_each(|stage| words.extend(stage.to_words()));
        words.extend(self.waits.to_words());
        words.extend(self.wholes.to_words());
    }

    fn from_words(words: &mut impl Iterator<Item = u64>) -> Option<Self> {
        let mut totals = Self::new();
        for moments in [&mut totals.repairs, &mut totals.busy] {
            *moments = Moments::from_bits([words.next()?, words.next()?, words.next()?]);
        }
        for stage in &mut totals.stages {
            *stage = Ratio::from_words(words)?;
        }
        totals.waits = Histogram::from_words(words)?;
        totals.wholes = Histogram::from_words(words)?;
        Some(totals)
    }
}

/// How many accounts, pools and shortfalls there are: what totals must agree in to be merged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Accounts of the ledger.
    pub accounts: usize,
    /// Pools of the model.
    pub pools: usize,
    /// Shortfalls asked for, and one for any.
    pub shortfalls: usize,
}

impl Totals {
    /// No more than this for one account with up to 16 shortfalls: two histograms with every bucket used, 48 bytes each.
    pub const BYTES_PER_ACCOUNT_MAX: usize = 2 * (65 - PRECISION as usize) * (1 << (PRECISION - 1)) * 48 + 1_024;

    /// Of no samples.
    #[must_use]
    pub fn new(size: Size) -> Self {
        Self {
            samples: 0,
            accounts: vec![AccountTotals::new(size.shortfalls); size.accounts],
            pools: vec![PoolTotals::new(); size.pools],
        }
    }

    /// Closes a block of so many samples: those in which an account had no shortfall are counted for it.
    pub(super) fn close(&mut self, samples: u64) {
        self.samples = samples;
        for account in &mut self.accounts {
            account.add_sound(samples - account.unserved.n());
        }
    }

    /// Takes in those of the next block.
    pub fn merge(&mut self, other: &Self) {
        self.samples += other.samples;
        for (account, other) in self.accounts.iter_mut().zip(&other.accounts) {
            account.merge(other);
        }
        for (pool, other) in self.pools.iter_mut().zip(&other.pools) {
            pool.merge(other);
        }
    }

    /// The state in words, for checkpoints; accounts without any shortfall take none.
    #[must_use]
    pub fn to_words(&self) -> Vec<u64> {
        let has_shortfall = |&(_, account): &(usize, &AccountTotals)| account.short[0].mean() > 0.0;
        let short: Vec<(usize, &AccountTotals)> = self.accounts.iter().enumerate().filter(has_shortfall).collect();
        let mut words = vec![self.samples, short.len() as u64];
        for (number, account) in short {
            words.push(number as u64);
            account.to_words(&mut words);
        }
        self.pools.iter().for_each(|pool| pool.to_words(&mut words));
        words
    }

    /// The state that [`Totals::to_words`] gave for totals of this size; `None` if it is none.
    #[must_use]
    pub fn from_words(size: Size, words: &[u64]) -> Option<Self> {
        let mut words = words.iter().copied();
        let mut totals = Self::new(size);
        let samples = words.next()?;
        for _ in 0..words.next()? {
            let account = totals.accounts.get_mut(usize::try_from(words.next()?).ok()?)?;
            *account = AccountTotals::from_words(size.shortfalls, &mut words)?;
        }
        for pool in &mut totals.pools {
            *pool = PoolTotals::from_words(&mut words)?;
        }
        let fits = totals.accounts.iter().all(|account| [0, samples].contains(&account.unserved.n()));
        if !fits || words.next().is_some() {
            return None;
        }
        totals.close(samples);
        Some(totals)
    }
}
