//! Which way every demand of a topology goes, and what the law costs against the physical route.
//!
//! Run it with `cargo run --example lawful_routes`.

use std::io::{self, Write};
use std::path::Path;

use crossborder::demand;
use crossborder::policy::{Law, Policy, Profile};
use crossborder::problem::Problems;
use crossborder::route::{Spec, run};
use crossborder::topology::{build, read};
use crossborder::units::Date;

fn main() -> io::Result<()> {
    let mut problems = Problems::new();
    let raw = read::folder(Path::new("topologies/belt-and-road"), &mut problems, &mut Vec::new());
    let Some(topology) = raw.and_then(|raw| build::topology(raw, &mut problems)) else {
        return Err(io::Error::other(format!("{} problems; `crossborder check` shows them", problems.list().len())));
    };

    let policy = Policy::new(Profile::Lawful, Date::constant(2017, 6, 1));
    let law = Law::new(&topology, &policy);
    let requests = demand::offered(&topology, policy.as_of);
    let outcome = run(&law, &Spec::new(requests));

    let mut out = io::stdout().lock();
    for answer in &outcome.answers {
        let name = &answer.request.name;
        match (answer.ways.first(), &answer.why_not) {
            (Some(way), _) => {
                let detour = answer.hairpin.map_or(0.0, |hairpin| hairpin.length_km);
                writeln!(
                    out,
                    "{name:<40} {:>8.2} ms {:>8.0} km, {detour:>6.0} km of it by law",
                    way.latency.ms(),
                    way.length.km()
                )?;
            }
            (None, Some(why)) => {
                let rules: Vec<_> = why.violations.iter().map(|violation| violation.rule.code()).collect();
                writeln!(out, "{name:<40} no lawful route: {}", rules.join(", "))?;
            }
            (None, None) => unreachable!("a request without a route has a reason"),
        }
    }
    Ok(())
}
