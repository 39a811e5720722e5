//! The failure study in people's words: what breaks, how often, for how long, and who notices.
//!
//! It computes nothing that the studies did not find.

mod years;

use crate::failure::{self, Spec};
use crate::policy::Law;
use crate::report::Report;

/// Answers a failure study and tells what was found.
pub fn answer(law: &Law<'_>, spec: &Spec, goes_on: &(impl Fn() -> bool + Sync)) -> Report {
    let title = format!("Failures in {} on {}", law.topology().name(), law.policy().as_of);
    let mut report = Report::new("failure", title);
    report.fact("as_of", "As of", law.policy().as_of.to_string());
    report.fact("demands", "Demands", spec.requests.len());
    report.quantity("offered_gbps", "Offered", crate::demand::total(&spec.requests).gbps(), 1);
    if let Some(years) = spec.years {
        years::add(&mut report, law.topology(), &failure::years::run(law, spec, years, goes_on));
    }
    report
}
