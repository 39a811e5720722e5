//! What a scenario's failure studies ask: its words and numbers as a specification that cannot be wrong.

use crate::demand::Request;
use crate::failure::{Chance, Spec};
use crate::file::{Interval, Number};
use crate::network::Metric;
use crate::problem::Problems;
use crate::scenario::raw::RawFailure;
use crate::scenario::words::{ELEMENTS, IMPACTS};

const PERCENT: Number = Number { name: "share in per cent", interval: Interval::closed(0.0, 100.0) };

/// One study; `None` where something is wrong, or for single outages, which this version does not compute.
pub(super) fn study(raw: &RawFailure, demands: &[Request], chance: &Chance, problems: &mut Problems) -> Option<Spec> {
    raw.each.word("kind of element", ELEMENTS, problems);
    raw.together.whole("number of elements", 1, 6, problems);
    raw.whole_cable.boolean(problems);
    raw.impact.word("impact", IMPACTS, problems);
    let samples = raw.samples.whole("number of samples", 1, 1 << 40, problems);
    let states = raw.states.whole("number of states", 1, 2_000_000, problems);
    let precision = raw.precision_percent.number(PERCENT, problems).map(|percent| percent / 100.0);
    let years = raw.years.whole("number of years", 1, 1_000_000, problems);
    let is_exhaustive = !raw.each.is_blank() || raw.events.0.is_some();
    let is_asked = years.or(samples).or(states).is_some();
    (is_asked && !is_exhaustive).then(|| Spec {
        requests: demands.to_vec(),
        metric: Metric::default(),
        chance: chance.clone(),
        years,
        samples,
        states,
        precision,
    })
}
