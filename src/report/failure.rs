//! The failure study in people's words: what breaks, how often, for how long, and who notices.
//!
//! It computes nothing that the studies did not find.

mod blame;
mod cut;
mod isolation;
mod moments;
mod outages;
mod solar;
mod worst_circle;
mod years;

pub use cut::cut;

use crate::failure::checkpoint::Keeper;
use crate::failure::{self, Spec};
use crate::policy::Law;
use crate::report::Report;

/// Answers a failure study and tells what was found; what comes after a part that was interrupted is left out.
pub fn answer(law: &Law<'_>, spec: &Spec, goes_on: &(impl Fn() -> bool + Sync), keeper: &mut Keeper<'_>) -> Report {
    let title = format!("Failures in {} on {}", law.topology().name(), law.policy().as_of);
    let mut report = Report::new("failure", title);
    report.fact("as_of", "As of", law.policy().as_of.to_string());
    report.fact("demands", "Demands", spec.requests.len());
    report.quantity("offered_gbps", "Offered", crate::demand::total(&spec.requests).gbps(), 1);
    if let Some(asked) = &spec.exhaustive {
        let found = failure::exhaustive::run(law, (&spec.requests, spec.metric), asked, goes_on, keeper);
        outages::add(&mut report, law, asked, &found);
    }
    if report.is_partial {
        return report;
    }
    blame::answer(&mut report, law, spec, goes_on);
    isolation::answer(&mut report, law, spec, goes_on);
    worst_circle::answer(&mut report, law, spec, goes_on);
    if report.is_partial {
        return report;
    }
    if let Some(years) = failure::years::run(law, spec, goes_on, keeper) {
        years::add(&mut report, law.topology(), &years);
    }
    if report.is_partial {
        return report;
    }
    solar::answer(&mut report, law, spec.chance.storm.as_ref());
    let snapshots = failure::snapshots::run(law, spec, goes_on, keeper);
    let bounds = failure::bounds::run(law, spec, goes_on);
    if let Some(snapshots) = &snapshots {
        moments::add_snapshots(&mut report, law.topology(), snapshots);
        report.note(match &spec.chance.storm {
            Some(_) => "R15 is not asked of what is left after the storm",
            None => {
                "a snapshot takes repairs at their mean length and lets nobody wait for a ship; R15 is not asked of what is left"
            }
        });
    }
    if let Some(bounds) = &bounds {
        moments::add_bounds(&mut report, law.topology(), bounds);
    }
    if let (Some(snapshots), Some(bounds)) = (&snapshots, &bounds) {
        moments::compare(&mut report, snapshots, bounds);
    }
    report
}
