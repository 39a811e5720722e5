//! `capacity TOPOLOGY [FROM TO]`: what two places could exchange; without them, how full the topology's demands make it.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use crossborder::capacity::between::{self, ALL_PAIRS_SITES_MAX, Place, SiteLimits};
use crossborder::capacity::optimal::{self, Goal};
use crossborder::capacity::place::{self, Bounds, Mode, Routing};
use crossborder::capacity::{Spec, growth};
use crossborder::demand::{self, Growth, Request};
use crossborder::network::Metric;
use crossborder::policy::{Law, Policy, Profile};
use crossborder::report::{self, Report};
use crossborder::topology::{CapacityBasis, Service, SiteId, Topology};
use crossborder::units::{Bandwidth, Date, parse_date};

use crate::arguments::{Global, Reading};
use crate::failure::{Ending, Failure};
use crate::{answer, load, route, work};

/// Find what two places could exchange, or how full the demands make everything, and when
#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// Folder of the topology, or a file in another format
    topology: PathBuf,
    /// Where a maximum flow begins: a site, or a territory for all its sites
    #[arg(requires = "to")]
    from: Option<String>,
    /// Where it ends
    to: Option<String>,
    /// Maximum flows between every two sites, or main sites of territories
    #[arg(
        long,
        value_name = "OF",
        conflicts_with_all = ["from", "objective", "routing", "metric", "count", "admission", "growth", "no_bounds"]
    )]
    all_pairs: Option<Pairs>,
    /// What a lawful maximum flow is for
    #[arg(short, long, value_name = "SERVICE", default_value = "internet", value_parser = route::service(), requires = "from")]
    service: Service,
    /// No more passes through a site than its gateway could switch, for a maximum flow
    #[arg(long, requires = "from")]
    switching: bool,
    /// As of this day: 2017, 2017-06 or 2017-06-01 [default: the last on which anything of the topology begins]
    #[arg(long, value_name = "DAY", value_parser = parse_date)]
    as_of: Option<Date>,
    /// Seek an optimum over all lawful routings, with a certified bound
    #[arg(long, value_name = "WHAT", conflicts_with_all = ["from", "routing", "metric", "count", "admission", "growth"])]
    objective: Option<Optimum>,
    /// How near an optimum must come to its bound, in per cent; 0 is exact
    #[arg(long, value_name = "PERCENT", value_parser = gap, conflicts_with_all = ["from", "all_pairs"])]
    gap: Option<f64>,
    /// How demands are spread over routes
    #[arg(long, value_name = "HOW", default_value = "shortest", conflicts_with = "from")]
    routing: Spread,
    /// What shortest means
    #[arg(short, long, value_name = "METRIC", default_value = "latency", value_parser = route::metric(), conflicts_with = "from")]
    metric: Metric,
    /// How many routes, with `--routing k-shortest` [default: 4]
    #[arg(short = 'k', long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    count: Option<u32>,
    /// Admit demands by priority as far as they fit, rather than offer all
    #[arg(long, conflicts_with = "from")]
    admission: bool,
    /// Ignore the latency bounds of demands
    #[arg(long, conflicts_with = "from")]
    no_bounds: bool,
    /// When it is full at this growth, in per cent a year; `published` takes the newest published rates by region
    #[arg(long, value_name = "PERCENT", value_parser = rate, conflicts_with_all = ["from", "admission"])]
    growth: Option<Growth>,
    /// How many years to look ahead, with `--growth`
    #[arg(long, value_name = "N", default_value = "20", value_parser = clap::value_parser!(u32).range(0..=200), requires = "growth")]
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
    /// Say which rules forbid the demands that have no lawful route, and what cuts off those that are dropped
    #[arg(long, conflicts_with_all = ["from", "all_pairs", "growth"])]
    explain: bool,
    /// Write the demands to this file too, as a table that topologies and scenarios read
    #[arg(long, value_name = "FILE", conflicts_with_all = ["from", "all_pairs"])]
    write_demands: Option<PathBuf>,
    #[command(flatten)]
    reading: Reading,
}

/// Routes of a split where nobody says how many.
const ROUTES: u32 = 4;

/// How demands are spread over routes.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Spread {
    /// On the shortest
    Shortest,
    /// Over all shortest, evenly at every step
    Ecmp,
    /// Over several, in order of cost
    KShortest,
    /// Over any, such that the highest utilisation is least; with `--admission`, such that the most is carried
    Optimal,
}

/// What all pairs are of.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Pairs {
    /// All sites
    Sites,
    /// The main sites of territories
    Territories,
}

/// What an optimum seeks.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Optimum {
    /// How far all traffic may grow at once
    Concurrent,
    /// The least highest utilisation, which is one over that
    MinUtilisation,
    /// The most that can be carried, weighted by priority
    MaxCarried,
}

pub(crate) fn run(arguments: &Arguments, global: &Global) -> Result<Ending, Failure> {
    global.takes_no_scenario_flags()?;
    let loaded = load::topology(&arguments.topology, &arguments.reading, global)?;
    let topology = &loaded.topology;
    let policy = policy(arguments, topology);
    check_flags(arguments)?;
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
            Spec::Optimal(spec) if arguments.explain => {
                let outcome = optimal::run(&law, spec);
                let mut report = report::capacity::optimal(&law, spec, &outcome);
                report::capacity::explain(&mut report, &law, &spec.placement(), &outcome.placed);
                report
            }
            Spec::Place(_) | Spec::Between(_) | Spec::AllPairs(_) | Spec::Optimal(_) | Spec::Growth(_) => {
                report::capacity::answer(&law, &spec)
            }
        }
    })?;
    if let Some(path) = &arguments.write_demands {
        answer::demands(path, topology, &demand::offered(topology, policy.as_of), &loaded.paths(), global)?;
    }
    answer::report(&report, Some(&run), &loaded.paths(), global)?;
    Ok(Ending::Done)
}

/// Flags that would be ignored are wishes that would be, too.
fn check_flags(arguments: &Arguments) -> Result<(), Failure> {
    let is_optimal = arguments.objective.is_some() || matches!(arguments.routing, Spread::Optimal);
    let wrong = [
        (arguments.gap.is_some() && !is_optimal, "--gap", "`--objective` or `--routing optimal`"),
        (arguments.count.is_some() && !matches!(arguments.routing, Spread::KShortest), "-k", "`--routing k-shortest`"),
    ];
    match wrong.into_iter().find(|(is_wrong, ..)| *is_wrong) {
        Some((_, flag, with)) => Err(Failure::Usage(format!("{flag} does nothing here"), Some(format!("it goes with {with}")))),
        None => Ok(()),
    }
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
        if from.sites.iter().any(|site| to.sites.contains(site)) {
            let message = format!("{} and {} share a site, so that nothing bounds the flow", from.name, to.name);
            return Err(Failure::Usage(message, Some("name places apart from each other".to_owned())));
        }
        let sites = if arguments.switching { SiteLimits::Switching } else { SiteLimits::None };
        return Ok(Spec::Between(between::Spec { from, to, sites, service: arguments.service }));
    }
    if let Some(pairs) = arguments.all_pairs {
        return all_pairs(topology, pairs).map(Spec::AllPairs);
    }
    let requests: Vec<Request> = demand::offered(topology, policy.as_of);
    let bounds = if arguments.no_bounds { Bounds::Ignored } else { Bounds::Held };
    if let Some(objective) = arguments.objective {
        let goal = match objective {
            Optimum::Concurrent | Optimum::MinUtilisation => Goal::Concurrent,
            Optimum::MaxCarried => Goal::Carried,
        };
        if goal == Goal::Concurrent && demand::total(&requests) == Bandwidth::ZERO {
            let message = format!("without a demand that has traffic on {}, nothing bounds the multiplier", policy.as_of);
            return Err(Failure::Usage(message, Some("give the topology demands, or ask for another day".to_owned())));
        }
        return Ok(Spec::Optimal(optimal::Spec { requests, goal, bounds, gap: arguments.gap.unwrap_or(0.0) }));
    }
    let routing = match arguments.routing {
        Spread::Shortest => Routing::Shortest,
        Spread::Ecmp => Routing::EqualCost,
        Spread::KShortest => Routing::Split { routes: arguments.count.unwrap_or(ROUTES) as usize },
        Spread::Optimal => Routing::Optimal { gap: arguments.gap.unwrap_or(0.0) },
    };
    let mode = if arguments.admission { Mode::Admission } else { Mode::Offered };
    let placement = place::Spec { requests, metric: arguments.metric, routing, mode, bounds };
    Ok(match &arguments.growth {
        None => Spec::Place(placement),
        Some(growth) => Spec::Growth(growth::Spec { placement, growth: growth.clone(), years: arguments.years, full: 1.0 }),
    })
}

fn all_pairs(topology: &Topology, pairs: Pairs) -> Result<Vec<SiteId>, Failure> {
    let sites: Vec<SiteId> = match pairs {
        Pairs::Sites => topology.sites().map(|(site, _)| site).collect(),
        Pairs::Territories => demand::main_sites(topology),
    };
    if sites.len() > ALL_PAIRS_SITES_MAX {
        let message = format!("all pairs of {} sites are more than a table can hold", sites.len());
        let help = format!("{ALL_PAIRS_SITES_MAX} sites at most; `--all-pairs territories` asks for their main sites alone");
        return Err(Failure::Usage(message, Some(help)));
    }
    Ok(sites)
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
        Spec::AllPairs(sites) => report.fact("sites", "Sites", sites.len()),
        Spec::Optimal(spec) => report.fact("demands", "Demands", spec.requests.len()),
        Spec::Growth(spec) => {
            report.fact("demands", "Demands", spec.placement.requests.len());
            report.fact("years_ahead", "Years ahead", spec.years);
        }
    }
    report
}

fn gap(text: &str) -> Result<f64, &'static str> {
    let percent: Option<f64> = text.trim().trim_end_matches('%').trim_end().parse().ok();
    let gap = percent.filter(|percent| (0.0..=100.0).contains(percent)).map(|percent| percent / 100.0);
    gap.ok_or("not per cent from 0 to 100, such as 1")
}

fn rate(text: &str) -> Result<Growth, &'static str> {
    if text == "published" {
        return Ok(Growth::published());
    }
    let percent: Option<f64> = text.trim().trim_end_matches('%').trim_end().parse().ok();
    let rate = percent.filter(|percent| *percent <= 1000.0).and_then(|percent| Growth::at(percent / 100.0));
    rate.ok_or("neither `published` nor per cent a year above -100, such as 30")
}
