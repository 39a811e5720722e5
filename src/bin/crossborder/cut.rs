//! `cut SCENARIO|TOPOLOGY ELEMENT...`: what one outage does, before and after, under the rules and without them.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use crossborder::demand::{self, Request};
use crossborder::failure::cut::{self, Asked};
use crossborder::failure::impact::Restoration;
use crossborder::failure::outages::{Counting, Element, named, names};
use crossborder::file;
use crossborder::network::Metric;
use crossborder::policy::{Law, Policy, Profile};
use crossborder::report::{self, Report};
use crossborder::topology::Topology;
use crossborder::units::{Date, parse_date};

use crate::arguments::{Global, Reading};
use crate::failure::{Ending, Failure};
use crate::{answer, load, route, run, work};

/// Cut cables, segments, sites, risk groups or territories, and see who goes which way before and after
#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// Scenario file, or a topology in any format
    input: PathBuf,
    /// What is cut, all at once: risk groups, cables, segments, sites or territories, by id or name
    #[arg(required = true, value_name = "ELEMENT")]
    elements: Vec<String>,
    /// Already out of service before the cut (repeatable)
    #[arg(long, value_name = "ELEMENT")]
    down: Vec<String>,
    /// As of this day, for a topology: 2017, 2017-06 or 2017-06-01 [default: the last on which anything of it begins]
    #[arg(long, value_name = "DAY", value_parser = parse_date)]
    as_of: Option<Date>,
    /// What becomes of what is interrupted
    #[arg(long, value_name = "HOW", default_value = "reroute")]
    restore: Restore,
    /// With `--restore cascade`: the utilisation in per cent above which a lane trips
    #[arg(long, value_name = "PERCENT", default_value = "100", value_parser = clap::value_parser!(u32).range(1..))]
    trip: u32,
    /// What shortest means
    #[arg(short, long, value_name = "METRIC", default_value = "latency", value_parser = route::metric())]
    metric: Metric,
    /// A fault takes the whole cable rather than a segment
    #[arg(long)]
    whole_cable: bool,
    /// Ask no rule, for a topology: what the fibre allows
    #[arg(long)]
    physical: bool,
    #[command(flatten)]
    reading: Reading,
}

/// What becomes of what is interrupted.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Restore {
    /// Nothing, until the fault is mended
    None,
    /// The shortest lawful route left, whatever its load
    Reroute,
    /// That route as far as there is room, by priority
    WithinCapacity,
    /// Everything is routed anew so that the most is carried
    Optimal,
    /// Rerouted; what that overloads trips, and so on
    Cascade,
}

pub(crate) fn run(arguments: &Arguments, global: &Global) -> Result<Ending, Failure> {
    let path = &arguments.input;
    if arguments.reading.format.is_none() && is_scenario(path) {
        let scenario = run::open(path, &global.set, global)?;
        let inputs: Vec<PathBuf> = scenario.inputs.iter().map(|input| PathBuf::from(&input.path)).collect();
        if arguments.as_of.is_some() || arguments.physical || arguments.reading.is_said() {
            let help = "write `--set as_of=2024-06-01`, `--set policy.profile=physical` or `--set reading.from=gml`".to_owned();
            return Err(Failure::Usage("a scenario has its own day and policy, and says how to read".to_owned(), Some(help)));
        }
        return finish(arguments, global, (&scenario.topology, &scenario.policy), scenario.demands.clone(), &inputs);
    }
    global.takes_no_scenario_flags()?;
    let loaded = load::topology(path, &arguments.reading, global)?;
    let profile = if arguments.physical { Profile::Physical } else { Profile::Lawful };
    let policy = Policy::new(profile, load::day(&loaded.topology, arguments.as_of));
    let requests = demand::offered(&loaded.topology, policy.as_of);
    finish(arguments, global, (&loaded.topology, &policy), requests, &loaded.paths())
}

fn finish(
    arguments: &Arguments,
    global: &Global,
    (topology, policy): (&Topology, &Policy),
    requests: Vec<Request>,
    inputs: &[PathBuf],
) -> Result<Ending, Failure> {
    let find = |texts: &[String]| -> Result<Vec<Element>, Failure> {
        texts.iter().map(|text| element(topology, policy, text, arguments.whole_cable)).collect()
    };
    let down = Element::together(&find(&arguments.down)?).segments;
    let element = Element::together(&find(&arguments.elements)?);
    let restoration = match arguments.restore {
        Restore::None => Restoration::None,
        Restore::Reroute => Restoration::Reroute,
        Restore::WithinCapacity => Restoration::WithinCapacity,
        Restore::Optimal => Restoration::Optimal,
        Restore::Cascade => Restoration::Cascade { trip: f64::from(arguments.trip) / 100.0 },
    };
    let asked = Asked { requests, metric: arguments.metric, restoration, down, lost: element.segments.clone() };
    if global.dry_run {
        answer::report(&plan(&element, &asked), None, inputs, global)?;
        return Ok(Ending::Done);
    }
    let (report, run) = work::timed(global, || {
        let law = Law::new(topology, policy);
        report::failure::cut(&law, &element, &asked, &cut::run(&law, &asked))
    })?;
    answer::report(&report, Some(&run), inputs, global)?;
    Ok(Ending::Done)
}

fn plan(element: &Element, asked: &Asked) -> Report {
    let mut report = Report::new("plan", "What would be cut");
    report.fact("cut", "Cut", element.name.as_str());
    report.fact("segments", "Segments out of service", asked.lost.len());
    report.fact("down", "Segments down before", asked.down.len());
    report.fact("demands", "Demands", asked.requests.len());
    report
}

/// A TOML file is a scenario, unless it is the head of a topology.
fn is_scenario(path: &Path) -> bool {
    path.as_os_str() == "-"
        || path.extension().is_some_and(|extension| extension == "toml")
            && path.file_name().is_some_and(|name| name != "topology.toml")
}

fn element(topology: &Topology, policy: &Policy, text: &str, is_whole: bool) -> Result<Element, Failure> {
    let counting = if is_whole { Counting::WholeCables } else { Counting::Segments };
    named(topology, policy.as_of, text, counting).ok_or_else(|| {
        let help = match file::suggest(text, names(topology)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "name a risk group, a cable, a segment, a site or a territory, by id or name".to_owned(),
        };
        Failure::Usage(format!("nothing in `{}` is called `{text}`", topology.name()), Some(help))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_toml_file_is_a_scenario_unless_it_heads_a_topology() {
        assert!(is_scenario(Path::new("a/b.toml")) && is_scenario(Path::new("-")));
        assert!(!is_scenario(Path::new("a/topology.toml")) && !is_scenario(Path::new("a")) && !is_scenario(Path::new("a.gml")));
    }
}
