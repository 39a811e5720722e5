//! `route TOPOLOGY FROM TO`: the shortest lawful routes, and what the law costs against physics.

use std::path::PathBuf;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use crossborder::demand::Request;
use crossborder::network::Metric;
use crossborder::policy::{Law, Policy, Profile, Query, Rule};
use crossborder::report::{self, Report};
use crossborder::route::{self, Disjoint, Spec};
use crossborder::topology::{CapacityBasis, Service, TerritoryId, Topology};
use crossborder::units::{Date, Latency, parse_date};

use crate::arguments::{Global, Reading};
use crate::failure::{Ending, Failure};
use crate::{answer, load, work};

/// Find the shortest lawful routes between two places, and what the law costs
#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// Folder of the topology, or a file in another format
    topology: PathBuf,
    /// Where it begins: a site, or a territory for its main site
    from: String,
    /// Where it ends
    to: String,
    /// What it is for
    #[arg(short, long, value_name = "SERVICE", default_value = "internet", value_parser = service())]
    service: Service,
    /// Who carries it; without one, licences of operators are not asked
    #[arg(long, value_name = "NAME")]
    operator: Option<String>,
    /// As of this day: 2017, 2017-06 or 2017-06-01 [default: the last on which anything of the topology begins]
    #[arg(long, value_name = "DAY", value_parser = parse_date)]
    as_of: Option<Date>,
    /// What shortest means
    #[arg(short, long, value_name = "METRIC", default_value = "latency", value_parser = metric())]
    metric: Metric,
    /// How many routes, in order
    #[arg(short = 'k', long, value_name = "N", default_value = "1", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    count: u32,
    /// Also two routes that share no segment, no site or no risk group; where there are none, the two that share least
    #[arg(long, value_name = "WHAT", value_parser = disjoint())]
    disjoint: Option<Disjoint>,
    /// Also all routes of least cost
    #[arg(long)]
    ecmp: bool,
    /// Not through these territories, by code or name
    #[arg(long, value_name = "TERRITORY", value_delimiter = ',')]
    avoid: Vec<String>,
    /// Ask no rule: what the fibre allows
    #[arg(long, conflicts_with = "emergency")]
    physical: bool,
    /// Suspend what a regulator may suspend in an emergency (R19)
    #[arg(long)]
    emergency: bool,
    /// Suspend single rules, as in `--rule-off R4,R5`
    #[arg(long, value_name = "RULE", value_delimiter = ',', value_parser = rule, ignore_case = true)]
    rule_off: Vec<Rule>,
    /// Useless above this one-way latency
    #[arg(long, value_name = "MS", value_parser = latency)]
    latency_max: Option<Latency>,
    /// Count design capacity instead of what is lit
    #[arg(long)]
    design: bool,
    /// Say which rules forbid the shortest physical route, and where
    #[arg(long)]
    explain: bool,
    #[command(flatten)]
    reading: Reading,
}

pub(crate) fn run(arguments: &Arguments, global: &Global) -> Result<Ending, Failure> {
    global.takes_no_scenario_flags()?;
    let loaded = load::topology(&arguments.topology, &arguments.reading, global)?;
    let topology = &loaded.topology;
    let policy = policy(arguments, topology)?;
    let spec = spec(arguments, topology)?;
    if global.dry_run {
        answer::report(&plan(&policy, &spec, topology), None, &loaded.paths(), global)?;
        return Ok(Ending::Done);
    }
    let (report, run) = work::timed(global, || {
        let law = Law::new(topology, &policy);
        let outcome = route::run(&law, &spec);
        let mut report = report::route::report(&law, &spec, &outcome);
        if arguments.explain {
            report::route::explain(&mut report, &law, &outcome);
        }
        report
    })?;
    answer::report(&report, Some(&run), &loaded.paths(), global)?;
    Ok(Ending::Done)
}

fn policy(arguments: &Arguments, topology: &Topology) -> Result<Policy, Failure> {
    let profile = match (arguments.physical, arguments.emergency) {
        (true, _) => Profile::Physical,
        (false, true) => Profile::Emergency,
        (false, false) => Profile::Lawful,
    };
    let mut policy = Policy::new(profile, load::day(topology, arguments.as_of));
    policy.rules = arguments.rule_off.iter().fold(policy.rules, |rules, &rule| rules.without(rule));
    policy.avoid = arguments.avoid.iter().map(|text| territory(topology, text)).collect::<Result<_, _>>()?;
    if arguments.design {
        policy.capacity = CapacityBasis::Design;
    }
    Ok(policy)
}

fn territory(topology: &Topology, text: &str) -> Result<TerritoryId, Failure> {
    let help = || Some(format!("`crossborder show {}` lists its territories", topology.name()));
    let unknown = || Failure::Usage(format!("`{}` has no territory `{text}`", topology.name()), help());
    topology.find_territory(text).ok_or_else(unknown)
}

fn spec(arguments: &Arguments, topology: &Topology) -> Result<Spec, Failure> {
    let (from, to) = (load::place(topology, &arguments.from)?, load::place(topology, &arguments.to)?);
    let name = |site| topology.site(site).name.as_str();
    if let Some(operator) = &arguments.operator
        && !topology.operators().contains(&operator.as_str())
    {
        let help = format!("these are named: {}", topology.operators().join(", "));
        return Err(Failure::Usage(format!("no licence of `{}` names an operator `{operator}`", topology.name()), Some(help)));
    }
    let query = Query { from, to, service: arguments.service, operator: arguments.operator.clone() };
    let name = format!("{} → {}", name(from), name(to));
    let request = Request { latency_max: arguments.latency_max, ..Request::question(name, query) };
    Ok(Spec {
        requests: vec![request],
        metric: arguments.metric,
        k: arguments.count as usize,
        disjoint: arguments.disjoint,
        equal_cost: arguments.ecmp,
        compare: !arguments.physical,
    })
}

fn plan(policy: &Policy, spec: &Spec, topology: &Topology) -> Report {
    let mut report = Report::new("plan", "What would be asked");
    report.fact("topology", "Topology", topology.name());
    report.fact("as_of", "As of", policy.as_of.to_string());
    report.fact("policy", "Policy", report::route::policy(topology, policy));
    report.fact("metric", "Shortest by", spec.metric.word());
    report.fact("routes", "Routes of each", spec.k);
    for request in &spec.requests {
        report.fact("request", "From, to", request.name.as_str());
        report.fact("service", "Service", request.query.service.word());
    }
    report
}

pub(crate) fn service() -> impl TypedValueParser<Value = Service> {
    PossibleValuesParser::new(Service::ALL.map(Service::word)).map(|word| {
        let found = Service::ALL.into_iter().find(|service| service.word() == word);
        found.expect("clap takes no word but these")
    })
}

pub(crate) fn metric() -> impl TypedValueParser<Value = Metric> {
    PossibleValuesParser::new(Metric::ALL.map(Metric::word)).map(|word| {
        let found = Metric::ALL.into_iter().find(|metric| metric.word() == word);
        found.expect("clap takes no word but these")
    })
}

fn disjoint() -> impl TypedValueParser<Value = Disjoint> {
    PossibleValuesParser::new(Disjoint::ALL.map(Disjoint::word)).map(|word| {
        let found = Disjoint::ALL.into_iter().find(|kind| kind.word() == word);
        found.expect("clap takes no word but these")
    })
}

fn rule(text: &str) -> Result<Rule, &'static str> {
    Rule::from_code(&text.trim().to_ascii_uppercase()).ok_or("rules are R1 to R20; `crossborder explain` lists them")
}

fn latency(text: &str) -> Result<Latency, &'static str> {
    let number = text.trim().trim_end_matches("ms").trim_end().parse().ok();
    number.and_then(Latency::from_ms).ok_or("not a number of milliseconds")
}
