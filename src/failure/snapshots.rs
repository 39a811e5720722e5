//! Snapshots of the world by chance: how often who is interrupted or cut off, with the errors of sampling.
//!
//! Only whole numbers are kept, so totals of blocks merge exactly and memory does not grow with the number of samples.

use std::ops::{ControlFlow, Range};

use crate::algorithm::block::Block;
use crate::failure::Spec;
use crate::failure::checkpoint::{Header, Keeper, Part, Progress as Kept};
use crate::failure::moment::Moments;
use crate::failure::stake::Stake;
use crate::failure::states::{Amounts, States, Verdict};
use crate::failure::timeline::Ending;
use crate::failure::timeline::model::Model;
use crate::failure::timeline::summary::risk;
use crate::parallel;
use crate::policy::Law;
use crate::statistics::{Estimate, Histogram};

/// Blocks of 512 states in one lot, the unit of checkpoints.
const LOT: u64 = 64;

/// Blocks in one piece of a lot, the unit of work.
const PIECE: usize = 8;

/// Samples in a lot.
pub const LOT_SAMPLES: u64 = LOT * Block::STATES as u64;

/// So many lots are run between one look at the precision and the next; it is part of the result.
const LOTS_PER_ROUND: u64 = 16;

/// Significant bits of losses in histograms: quantiles are low by less than 0.8 %.
const PRECISION: u32 = 8;

/// Losses of one account over states: whole numbers alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Losses {
    /// Mbit/s, summed over states.
    sum: u128,
    /// Their squares.
    squares: u128,
    /// States with any.
    short: u64,
}

/// Losses by one way of judging.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// By account: all, territories, services, as the ledger numbers them.
    pub accounts: Vec<Losses>,
    /// Mbit/s of all traffic by state.
    pub all: Histogram,
}

/// What is kept of samples.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Totals {
    /// How many samples there were.
    pub samples: u64,
    /// Traffic whose usual route is out of service.
    pub interrupted: Judged,
    /// Traffic without any lawful route left.
    pub unconnected: Judged,
    /// States in which every claim has a route.
    pub connected: u64,
    /// At each claim: states in which it has none.
    pub parted: Vec<u64>,
    /// At each territory: states in which none of its claims with another has one.
    pub cut_off: Vec<u64>,
}

/// How far sampling has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Finished lots.
    pub lots: u64,
    /// Of all of them.
    pub totals: Totals,
}

/// What snapshots came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshots {
    /// Of all samples.
    pub totals: Totals,
    /// How many were asked for.
    pub of: u64,
    /// Why no more were drawn.
    pub ending: Ending,
    /// What is offered to each counted account, Mbit/s.
    pub offered: Vec<u64>,
}

impl Losses {
    fn add(&mut self, row: &[u64; Block::STATES]) {
        for loss in row.iter().copied().filter(|&loss| loss > 0) {
            self.sum += u128::from(loss);
            self.squares += u128::from(loss) * u128::from(loss);
            self.short += 1;
        }
    }

    fn merge(&mut self, other: Self) {
        self.sum += other.sum;
        self.squares += other.squares;
        self.short += other.short;
    }

    /// Mean loss in Mbit/s over so many states.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "an estimate is a float")]
    pub fn mean_mbps(self, samples: u64) -> Estimate {
        let n = samples as f64;
        let mean = self.sum as f64 / n;
        let variance = (self.squares as f64 / n - mean * mean).max(0.0) * n / (n - 1.0);
        let standard_error = if samples < 2 { f64::INFINITY } else { (variance / n).sqrt() };
        Estimate { mean, standard_error, n: samples }
    }

    /// States with any loss.
    #[must_use]
    pub const fn short(self) -> u64 {
        self.short
    }

    #[expect(clippy::cast_possible_truncation, reason = "halves of 128 bits")]
    const fn to_words(self) -> [u64; 5] {
        let [sum, squares] = [self.sum, self.squares];
        [(sum >> 64) as u64, sum as u64, (squares >> 64) as u64, squares as u64, self.short]
    }

    fn from_words(words: &mut impl Iterator<Item = u64>) -> Option<Self> {
        let mut wide = || Some(u128::from(words.next()?) << 64 | u128::from(words.next()?));
        let [sum, squares] = [wide()?, wide()?];
        Some(Self { sum, squares, short: words.next()? })
    }
}

impl Judged {
    fn new(accounts: usize) -> Self {
        Self { accounts: vec![Losses::default(); accounts], all: Histogram::new(PRECISION) }
    }

    fn add(&mut self, amounts: &Amounts) {
        for (account, row) in amounts.rows() {
            self.accounts[account].add(row);
            if account == 0 {
                row.iter().filter(|&&loss| loss > 0).for_each(|&loss| self.all.add(loss, 1));
            }
        }
    }

    fn merge(&mut self, other: &Self) {
        self.accounts.iter_mut().zip(&other.accounts).for_each(|(losses, other)| losses.merge(*other));
        self.all.merge(&other.all);
    }

    /// Loss of all traffic in Mbit/s that is not exceeded in so many states but for a share beyond the level, and the mean
    /// beyond it, as for years.
    #[must_use]
    pub fn risk_mbps(&self, samples: u64, level: f64) -> [Estimate; 2] {
        let mut all = self.all.clone();
        all.add(0, samples - all.weight());
        risk(&all, level)
    }

    fn to_words(&self) -> impl Iterator<Item = u64> {
        self.accounts.iter().flat_map(|losses| losses.to_words()).chain(self.all.to_words())
    }

    fn from_words(accounts: usize, words: &mut impl Iterator<Item = u64>) -> Option<Self> {
        let losses = (0..accounts).map(|_| Losses::from_words(words)).collect::<Option<Vec<_>>>()?;
        Some(Self { accounts: losses, all: Histogram::from_words(words)? })
    }
}

impl Totals {
    /// Of no samples; how many accounts, claims and territories there are.
    #[must_use]
    pub fn new([accounts, claims, territories]: [usize; 3]) -> Self {
        Self {
            samples: 0,
            interrupted: Judged::new(accounts),
            unconnected: Judged::new(accounts),
            connected: 0,
            parted: vec![0; claims],
            cut_off: vec![0; territories],
        }
    }

    fn size(&self) -> [usize; 3] {
        [self.interrupted.accounts.len(), self.parted.len(), self.cut_off.len()]
    }

    fn add(&mut self, verdict: &Verdict, counted: Block) {
        self.samples += u64::from(counted.count());
        self.interrupted.add(&verdict.interrupted);
        self.unconnected.add(&verdict.unconnected);
        let parted = verdict.parted.iter().fold(Block::NONE, |any, &parted| any | parted);
        self.connected += u64::from((counted & !parted).count());
        for (counts, blocks) in [(&mut self.parted, &verdict.parted), (&mut self.cut_off, &verdict.cut_off)] {
            counts.iter_mut().zip(blocks).for_each(|(count, block)| *count += u64::from(block.count()));
        }
    }

    /// Takes in those of another lot; exact, so the order is no matter.
    pub fn merge(&mut self, other: &Self) {
        self.samples += other.samples;
        self.interrupted.merge(&other.interrupted);
        self.unconnected.merge(&other.unconnected);
        self.connected += other.connected;
        for (counts, others) in [(&mut self.parted, &other.parted), (&mut self.cut_off, &other.cut_off)] {
            counts.iter_mut().zip(others).for_each(|(count, other)| *count += other);
        }
    }

    /// The state in words, for checkpoints.
    #[must_use]
    pub fn to_words(&self) -> Vec<u64> {
        let counts =
            [self.samples, self.connected].into_iter().chain(self.parted.iter().copied()).chain(self.cut_off.iter().copied());
        counts.chain(self.interrupted.to_words()).chain(self.unconnected.to_words()).collect()
    }

    /// The state that [`Totals::to_words`] gave for totals of this size; `None` if it is none.
    #[must_use]
    pub fn from_words(size: [usize; 3], words: &[u64]) -> Option<Self> {
        let mut words = words.iter().copied();
        let mut totals = Self::new(size);
        for count in [&mut totals.samples, &mut totals.connected].into_iter().chain(&mut totals.parted).chain(&mut totals.cut_off)
        {
            *count = words.next()?;
        }
        totals.interrupted = Judged::from_words(size[0], &mut words)?;
        totals.unconnected = Judged::from_words(size[0], &mut words)?;
        words.next().is_none().then_some(totals)
    }
}

impl Progress {
    /// Takes in the next lot from a checkpoint; tells whether the words are one.
    pub fn take(&mut self, words: &[u64]) -> bool {
        let Some(totals) = Totals::from_words(self.totals.size(), words) else { return false };
        self.totals.merge(&totals);
        self.lots += 1;
        true
    }
}

/// Draws snapshots until enough or the precision is reached, or `goes_on` says no; `None` if none are asked for.
///
/// The precision is of the traffic whose usual route is out of service. Memory is that of 16 lots' totals. The same result
/// at any number of threads, and with any number of breaks that `keeper` bridges.
pub fn run(law: &Law<'_>, spec: &Spec, goes_on: &(impl Fn() -> bool + Sync), keeper: &mut Keeper<'_>) -> Option<Snapshots> {
    let of = spec.samples?;
    let stake = Stake::new(law, spec.metric, &spec.requests);
    let (model, moment) = spec.chance.moment(law.topology(), law.policy().as_of);
    let states = States::new(law, spec.metric, &spec.requests, &stake, &model);
    let moments = Moments::new(spec.chance.seed, &moment, &names(&model));
    let size = [states.accounts(), states.claims(), law.topology().territories().len()];
    let (mut progress, is_kept) = match keeper.begin() {
        Some(Kept::Snapshots(progress)) => (progress, true),
        Some(Kept::Years(..) | Kept::Outages(..)) | None => (Progress { lots: 0, totals: Totals::new(size) }, false),
    };
    let lots = of.div_ceil(LOT_SAMPLES);
    let piece =
        |scratch: &mut (Vec<Block>, Verdict), blocks: Range<u64>| piece(&states, &moments, blocks, of, goes_on, scratch, size);
    let ending = loop {
        if progress.lots >= lots {
            break Ending::Complete;
        }
        let error = progress.totals.interrupted.accounts[0].mean_mbps(progress.totals.samples).relative_error();
        if progress.lots.is_multiple_of(LOTS_PER_ROUND) && spec.precision.is_some_and(|precision| error <= precision) {
            break Ending::Precise;
        }
        let first = progress.lots;
        let end = ((first / LOTS_PER_ROUND + 1) * LOTS_PER_ROUND).min(lots);
        let count = usize::try_from(end - first).expect("a round is short");
        let done = parallel::map(count, || (), |(), i| lot(first + i as u64, piece));
        let mut flow = ControlFlow::Continue(());
        for totals in done.into_iter().map_while(|totals| totals) {
            progress.totals.merge(&totals);
            progress.lots += 1;
            if is_kept {
                flow = keeper.keep(progress.lots - 1, &totals.to_words());
            }
            if flow.is_break() {
                break;
            }
        }
        if progress.lots < end {
            break Ending::Interrupted;
        }
    };
    let offered = (0..states.accounts()).map(|number| stake.ledger.offered(number)).collect();
    Some(Snapshots { totals: progress.totals, of, ending, offered })
}

/// One lot; `None` if it was broken off.
fn lot(number: u64, piece: impl Fn(&mut (Vec<Block>, Verdict), Range<u64>) -> Option<Totals> + Sync + Send) -> Option<Totals> {
    let starts: Vec<u64> = (number * LOT..(number + 1) * LOT).step_by(PIECE).collect();
    let pieces = parallel::map(starts.len(), Default::default, |scratch, i| piece(scratch, starts[i]..starts[i] + PIECE as u64));
    pieces.into_iter().collect::<Option<Vec<_>>>()?.into_iter().reduce(|mut lot, piece| {
        lot.merge(&piece);
        lot
    })
}

/// Some blocks of a lot, without those past the last sample; `None` if it was broken off.
fn piece(
    states: &States<'_>,
    moments: &Moments,
    blocks: Range<u64>,
    of: u64,
    goes_on: &(impl Fn() -> bool + Sync),
    (down, verdict): &mut (Vec<Block>, Verdict),
    size: [usize; 3],
) -> Option<Totals> {
    let mut totals = Totals::new(size);
    for block in blocks {
        let left = of.saturating_sub(block * Block::STATES as u64);
        if left == 0 {
            break;
        }
        if !goes_on() {
            return None;
        }
        let counted = Block::first(usize::try_from(left).map_or(Block::STATES, |left| left.min(Block::STATES)));
        moments.draw(block, down);
        states.judge(down, counted, verdict);
        totals.add(verdict, counted);
    }
    Some(totals)
}

/// The part of a run that a checkpoint keeps of these snapshots, under a name; `None` if none are asked for.
#[must_use]
pub fn part(law: &Law<'_>, spec: &Spec, name: &str, scenario: &str) -> Option<Part> {
    let of = spec.samples?;
    let stake = Stake::new(law, spec.metric, &spec.requests);
    let size = [stake.ledger.common(), stake.claims().count(), law.topology().territories().len()];
    let header = Header {
        part: format!("snapshots of {name}"),
        scenario: scenario.to_owned(),
        seed: spec.chance.seed.0,
        block: LOT_SAMPLES,
        shape: size.map(|count| count as u64).to_vec(),
    };
    Some(Part { header, of, progress: Kept::Snapshots(Progress { lots: 0, totals: Totals::new(size) }) })
}

/// Names of the parts, which decide their draws.
pub(super) fn names(model: &Model) -> Vec<&str> {
    model.parts().iter().map(|part| part.name.as_str()).collect()
}
