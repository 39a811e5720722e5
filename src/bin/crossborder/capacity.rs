//! `capacity TOPOLOGY [FROM TO]`: what two places could exchange; without them, how full the topology's demands make it.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use crossborder::capacity::between::{self, Place, SiteLimits};
use crossborder::capacity::place::{self, Bounds, Mode, Routing};
use crossborder::capacity::{Spec, growth};
use crossborder::demand::{self, Growth, Request};
use crossborder::network::Metric;
use crossborder::policy::{Law, Policy, Profile};
use crossborder::report::{self, Report};
use crossborder::topology::{CapacityBasis, SiteId, Topology};
use crossborder::units::{Date, parse_date};

use crate::arguments::Global;
use crate::failure::{Ending, Failure};
use crate::{answer, load, route, work};

/// Find what two places could exchange, or how full the demands make everything, and when
#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// Folder of the topology
    topology: PathBuf,
    /// Where a maximum flow begins: a site, or a territory for all its sites
    #[arg(requires = "to")]
    from: Option<String>,
    /// Where it ends
    to: Option<String>,
    /// As of this day: 2017, 2017-06 or 2017-06-01 [default: the last on which anything of the topology begins]
    #[arg(long, value_name = "DAY", value_parser = parse_date)]
    as_of: Option<Date>,
    /// How demands are spread over routes
    #[arg(long, value_name = "HOW", default_value = "shortest", conflicts_with = "from")]
    routing: Spread,
    /// What shortest means
    #[arg(short, long, value_name = "METRIC", default_value = "latency", value_parser = route::metric(), conflicts_with = "from")]
    metric: Metric,
    /// How many routes, with `--routing k-shortest`
    #[arg(short = 'k', long, value_name = "N", default_value = "4", value_parser = clap::value_parser!(u32).range(1..=1000))]
    count: u32,
    /// Admit demands by priority as far as they fit, rather than offer all
    #[arg(long, conflicts_with = "from")]
    admission: bool,
    /// When it is full at this growth, in per cent a year; `published` takes the newest published rates by region
    #[arg(long, value_name = "PERCENT", value_parser = rate, conflicts_with_all = ["from", "admission"])]
    growth: Option<Growth>,
    /// How many years to look ahead, with `--growth`
    #[arg(long, value_name = "N", default_value = "20", value_parser = clap::value_parser!(u32).range(0..=200))]
    years: u32,
    /// Ask no rule: what the fibre allows
    #[arg(long, conflicts_with = "emergency")]
    physical: bool,
    /// Suspend what a regulator may suspend in an emergency (R19)
    #[arg(long)]
    emergency: bool,
    /// Count design capacity instead of what is lit
    #[arg(long)]
    design: bool,
    /// Say which rules forbid the demands that have no lawful route
    #[arg(long, conflicts_with_all = ["from", "growth"])]
    explain: bool,
}

/// How demands are spread over routes.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Spread {
    /// On the shortest
    Shortest,
    /// Over all shortest, evenly at every step
    Ecmp,
    /// Over several, in order of cost
    KShortest,
}

pub(crate) fn run(arguments: &Arguments, global: &Global) -> Result<Ending, Failure> {
    global.takes_no_scenario_flags()?;
    let loaded = load::topology(&arguments.topology, global)?;
    let topology = &loaded.topology;
    let policy = policy(arguments, topology);
    let spec = spec(arguments, topology, &policy)?;
    if global.dry_run {
        answer::report(&plan(&policy, &spec, topology), None, &loaded.paths(), global)?;
        return Ok(Ending::Done);
    }
    let (report, run) = work::timed(global, || {
        let law = Law::new(topology, &policy);
        match &spec {
            Spec::Place(spec) if arguments.explain => {
                let outcome = place::run(&law, spec);
                let mut report = report::capacity::placement(&law, spec, &outcome);
                report::capacity::explain(&mut report, &law, spec, &outcome);
                report
            }
            Spec::Place(_) | Spec::Between(_) | Spec::Growth(_) => report::capacity::answer(&law, &spec),
        }
    })?;
    answer::report(&report, Some(&run), &loaded.paths(), global)?;
    Ok(Ending::Done)
}

fn policy(arguments: &Arguments, topology: &Topology) -> Policy {
    let profile = match (arguments.physical, arguments.emergency) {
        (true, _) => Profile::Physical,
        (false, true) => Profile::Emergency,
        (false, false) => Profile::Lawful,
    };
    let mut policy = Policy::new(profile, load::day(topology, arguments.as_of));
    if arguments.design {
        policy.capacity = CapacityBasis::Design;
    }
    policy
}

fn spec(arguments: &Arguments, topology: &Topology, policy: &Policy) -> Result<Spec, Failure> {
    if let (Some(from), Some(to)) = (&arguments.from, &arguments.to) {
        let (from, to) = (place(topology, from)?, place(topology, to)?);
        return Ok(Spec::Between(between::Spec { from, to, sites: SiteLimits::None }));
    }
    let requests: Vec<Request> = demand::offered(topology, policy.as_of);
    let routing = match arguments.routing {
        Spread::Shortest => Routing::Shortest,
        Spread::Ecmp => Routing::EqualCost,
        Spread::KShortest => Routing::Split { routes: arguments.count as usize },
    };
    let mode = if arguments.admission { Mode::Admission } else { Mode::Offered };
    let placement = place::Spec { requests, metric: arguments.metric, routing, mode, bounds: Bounds::Held };
    Ok(match &arguments.growth {
        None => Spec::Place(placement),
        Some(growth) => Spec::Growth(growth::Spec { placement, growth: growth.clone(), years: arguments.years, full: 1.0 }),
    })
}

/// A site, or all sites of a territory.
fn place(topology: &Topology, text: &str) -> Result<Place, Failure> {
    if topology.find_site(text).is_none()
        && let Some(territory) = topology.find_territory(text)
    {
        let sites = topology.sites().filter(|(_, site)| site.territory == Some(territory)).map(|(id, _)| id).collect();
        return Ok(Place { name: topology.territory(territory).name.clone(), sites });
    }
    let site: SiteId = load::place(topology, text)?;
    Ok(Place { name: topology.site(site).name.clone(), sites: vec![site] })
}

fn plan(policy: &Policy, spec: &Spec, topology: &Topology) -> Report {
    let mut report = Report::new("plan", "What would be asked");
    report.fact("topology", "Topology", topology.name());
    report.fact("as_of", "As of", policy.as_of.to_string());
    report.fact("policy", "Policy", report::route::policy(topology, policy));
    match spec {
        Spec::Between(spec) => {
            report.fact("from", "From", spec.from.name.as_str());
            report.fact("to", "To", spec.to.name.as_str());
        }
        Spec::Place(spec) => report.fact("demands", "Demands", spec.requests.len()),
        Spec::Growth(spec) => {
            report.fact("demands", "Demands", spec.placement.requests.len());
            report.fact("years_ahead", "Years ahead", spec.years);
        }
    }
    report
}

fn rate(text: &str) -> Result<Growth, &'static str> {
    if text == "published" {
        return Ok(Growth::published());
    }
    let percent: Option<f64> = text.trim().trim_end_matches('%').trim_end().parse().ok();
    let rate = percent.filter(|percent| *percent <= 1000.0).and_then(|percent| Growth::at(percent / 100.0));
    rate.ok_or("neither `published` nor per cent a year above -100, such as 30")
}
