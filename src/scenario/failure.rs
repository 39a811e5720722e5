//! What a scenario's failure studies ask: its words and numbers as a specification that cannot be wrong.

use crate::demand::Request;
use crate::failure::{Chance, Spec};
use crate::file::{Interval, Number};
use crate::problem::{Problem, Problems, code};
use crate::scenario::ask::Known;
use crate::scenario::hazards;
use crate::scenario::outages::{self, Asked};
use crate::scenario::raw::RawFailure;
use crate::scenario::words::METRICS;

const PERCENT: Number = Number { name: "share in per cent", interval: Interval::closed(0.0, 100.0) };

/// One study; where something is wrong, it asks less.
pub(super) fn study(raw: &RawFailure, demands: &[Request], known: Known<'_>, problems: &mut Problems) -> Spec {
    let day = known.policy.map(|policy| policy.as_of);
    let restoration = outages::restoration(raw, problems);
    let Asked { exhaustive, blame, isolation, worst_circle } =
        outages::asked(raw, restoration, known.topology.zip(day), problems);
    let samples = raw.samples.whole("number of samples", 1, 1 << 40, problems);
    let states = raw.states.whole("number of states", 1, 2_000_000, problems);
    let precision = raw.precision_percent.number(PERCENT, problems).map(|percent| percent / 100.0);
    let years = raw.years.whole("number of years", 1, 1_000_000, problems);
    let metric = raw.metric.word("metric", METRICS, problems).unwrap_or_default();
    let asks = [&raw.each, &raw.blame, &raw.cut_sets, &raw.worst_circle_km, &raw.years, &raw.samples, &raw.states]
        .into_iter()
        .any(|entry| !entry.is_blank());
    if !asks && raw.solar_storm.is_none() && raw.events.0.is_none() && raw.area.is_empty() && raw.maintenance.entries().is_empty()
    {
        let problem = Problem { place: raw.place.clone(), ..Problem::new(code::MISSING_VALUE, "the study asks of no failure") };
        problems.push(
            problem.help("add `each`, `events`, an area, `maintenance`, `blame`, `cut_sets`, `worst_circle_km`, `years`, `samples`, `states` or `solar_storm`"),
        );
    }
    let storm = raw.solar_storm.as_ref().and_then(|storm| hazards::storm(storm, problems));
    let (requests, chance) = (demands.to_vec(), Chance { storm, ..known.chance.clone() });
    Spec { requests, metric, chance, restoration, exhaustive, blame, isolation, worst_circle, years, samples, states, precision }
}
