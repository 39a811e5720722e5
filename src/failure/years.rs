//! The failure study in time: years of faults and repairs of a topology, and who was not served meanwhile.
//!
//! It joins what is at stake, the model of what breaks, and the run of years; the parts know nothing of each other.

use std::ops::ControlFlow;

use crate::failure::Spec;
use crate::failure::checkpoint::{Header, Keeper, Part, Progress};
use crate::failure::impact::{self, Assessor, Restoration};
use crate::failure::stake::Stake;
use crate::failure::timeline::compile::compile;
use crate::failure::timeline::loss::{Account, Ledger};
use crate::failure::timeline::summary::{PoolSummary, Summary};
use crate::failure::timeline::{self, Ending, Precision, Timeline};
use crate::policy::Law;

/// What years of faults and repairs came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Years {
    /// How many were run.
    pub years: u64,
    /// How many were asked for.
    pub of: u64,
    /// Why no more were run.
    pub ending: Ending,
    /// What becomes of traffic whose route is lost.
    pub restoration: Restoration,
    /// Requests that have no lawful route even if nothing is out of service; they are left out.
    pub without_route: usize,
    /// What is offered to each account: Mbit/s, metres for plants.
    pub offered: Vec<u64>,
    /// What happened to each account, in the order of the ledger.
    pub summaries: Vec<Summary>,
    /// What each pool of ships or crews did.
    pub pools: Vec<PoolSummary>,
    /// Parts that may break.
    pub parts: usize,
    /// Common causes.
    pub events: usize,
}

/// From so many years on, what each segment's loss does is found beforehand; the result is the same.
const YEARS_TO_LEARN: u64 = 8;

/// Runs single years, each from a year of warm-up, until enough or the precision is reached, or `goes_on` says no;
/// `None` if none are asked for.
///
/// A loss is what is not carried after the restoration that the study asks for. The same result at any number of threads, and with any number of
/// breaks that `keeper` bridges.
pub fn run(law: &Law<'_>, spec: &Spec, goes_on: &(impl Fn() -> bool + Sync), keeper: &mut Keeper<'_>) -> Option<Years> {
    let years = spec.years?;
    let stake = Stake::new(law, spec.metric, &spec.requests);
    let question = impact::Spec { requests: spec.requests.clone(), metric: spec.metric, restoration: spec.restoration };
    let networks = impact::networks(law, &question);
    let mut assessor = Assessor::new(law, &question, &networks);
    if years >= YEARS_TO_LEARN {
        assessor.learn_segments();
    }
    let model = compile(law.topology(), law.policy().as_of, &spec.chance.hazards);
    let course = course(spec, years);
    let timeline = Timeline { model: &model, ledger: &stake.ledger, spec: &course };
    let (mut progress, is_kept) = match keeper.begin() {
        Some(Progress::Years(_, progress)) => (progress, true),
        Some(Progress::Snapshots(_) | Progress::Outages(..)) | None => (timeline.start(), false),
    };
    let ending = timeline.run(&mut progress, || stake.judge(assessor.worker()), goes_on, &mut |block, totals| {
        if is_kept { keeper.keep(block, &totals.to_words()) } else { ControlFlow::Continue(()) }
    });
    Some(Years {
        years: progress.totals.samples,
        of: years,
        ending,
        restoration: spec.restoration,
        without_route: stake.without_route,
        offered: (0..stake.ledger.len()).map(|number| stake.ledger.offered(number)).collect(),
        summaries: timeline.summaries(&progress.totals),
        pools: timeline.pool_summaries(&progress.totals),
        parts: model.parts().len(),
        events: model.events().len(),
    })
}

/// The part of a run that a checkpoint keeps of these years, under a name; `None` if none are asked for.
#[must_use]
pub fn part(law: &Law<'_>, spec: &Spec, name: &str, scenario: &str) -> Option<Part> {
    let of = spec.years?;
    let course = course(spec, of);
    let ledger = Ledger::new(law.topology(), law.policy().as_of);
    let model = compile(law.topology(), law.policy().as_of, &spec.chance.hazards);
    let timeline = Timeline { model: &model, ledger: &ledger, spec: &course };
    let header = Header::of(&timeline, format!("years of {name}"), scenario.to_owned());
    Some(Part { header, of, progress: Progress::Years(timeline.size(), timeline.start()) })
}

fn course(spec: &Spec, years: u64) -> timeline::Spec {
    timeline::Spec {
        seed: spec.chance.seed,
        samples: years,
        precision: spec.precision.map(|relative_error| Precision { account: Account::All, relative_error }),
        ..timeline::Spec::default()
    }
}
