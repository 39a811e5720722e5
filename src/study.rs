//! Runs a scenario: its studies one after the other, then what was to hold.
//!
//! Each study is a room of its own (`route` and its siblings); here is only who is asked what, and the report of the
//! whole. It reads no file and knows no format.

use std::ops::ControlFlow;

use crate::algorithm::block::Block;
use crate::failure;
use crate::failure::checkpoint::{Keeper, Part};
use crate::network::compile;
use crate::policy::Law;
use crate::report::Column;
use crate::report::{self, Expectation, Report, Table, Value};
use crate::route::{self, Outcome, Spec, judge};
use crate::scenario::{About, Question, Scenario, Study};

/// How many requests are answered between two looks at whether to go on: what they share is found once for each block.
const fn block_length(spec: &Spec) -> usize {
    if spec.k > 1 || spec.equal_cost || spec.disjoint.is_some() { 1 << 11 } else { 1 << 14 }
}

/// Runs every study of a scenario and judges its expectations.
///
/// `goes_on` is asked before each of [`steps`]; once it says no, it is to say so for good: the rest is left out and the
/// report says so.
/// The same bytes at any thread count.
#[must_use]
pub fn run(scenario: &Scenario, goes_on: impl Fn() -> bool + Sync) -> Report {
    run_kept(scenario, goes_on, &mut Keeper::new(Vec::new(), &mut |_| ControlFlow::Continue(())))
}

/// Runs a scenario as [`run`] does; what its long studies have come to is kept, and what was kept is not run again.
///
/// `keeper` is one of the scenario's [`parts`]. The report is that of an unbroken run.
#[must_use]
pub fn run_kept(scenario: &Scenario, goes_on: impl Fn() -> bool + Sync, keeper: &mut Keeper<'_>) -> Report {
    let law = Law::new(&scenario.topology, &scenario.policy);
    let mut report = head("run", scenario);
    for study in &scenario.studies {
        if !goes_on() {
            report.is_partial = true;
            break;
        }
        let mut part = answer(&law, study, &goes_on, keeper);
        part.title = format!("{}: {}", study.name, part.title);
        part.facts.insert(0, report::Fact::new("study", "Study", study.name.as_str()));
        report.is_partial = part.is_unfinished();
        report.parts.push(part);
        if report.is_partial {
            break;
        }
    }
    for expectation in &scenario.expectations {
        if report.is_partial || !goes_on() {
            report.is_partial = true;
            break;
        }
        let verdicts = verdicts(&law, scenario, &report.parts, &expectation.about);
        report.expectations.extend(verdicts.into_iter().map(|verdict| match &expectation.name {
            Some(name) => Expectation { claim: format!("{name}: {}", verdict.claim), ..verdict },
            None => verdict,
        }));
    }
    report
}

/// The parts of a run that a checkpoint keeps, in order, with nothing run yet.
#[must_use]
pub fn parts(scenario: &Scenario) -> Vec<Part> {
    let law = Law::new(&scenario.topology, &scenario.policy);
    let of_study = |study: &Study| match &study.question {
        Question::Failure(spec) => {
            let exhaustive = &spec.exhaustive;
            let outages = exhaustive.as_ref().map(|asked| asked.part(&law, &study.name, &scenario.identity));
            let years = failure::years::part(&law, spec, &study.name, &scenario.identity);
            let snapshots = failure::snapshots::part(&law, spec, &study.name, &scenario.identity);
            [outages, years, snapshots].into_iter().flatten().collect()
        }
        Question::Route(_) | Question::Capacity(_) => Vec::new(),
    };
    scenario.studies.iter().flat_map(of_study).collect()
}

/// How many steps a run has, at most.
#[must_use]
pub fn steps(scenario: &Scenario) -> usize {
    let of_study = |study: &Study| match &study.question {
        Question::Route(route) => 1 + route.requests.len().div_ceil(block_length(route)),
        Question::Failure(failure) => {
            let blocks = [failure.samples, failure.states].map(|states| states.unwrap_or(0).div_ceil(Block::STATES as u64));
            let outages = failure.exhaustive.as_ref().map_or(0, |asked| asked.set.len());
            let steps = outages.saturating_add(failure.years.unwrap_or(0) + blocks[0] + blocks[1]);
            1 + usize::try_from(steps).unwrap_or(usize::MAX - 1).min(usize::MAX - 1)
        }
        Question::Capacity(_) => 1,
    };
    scenario.studies.iter().map(of_study).fold(scenario.expectations.len(), usize::saturating_add)
}

/// The head of a run's report, with no study run and nothing judged.
#[must_use]
pub fn unrun(scenario: &Scenario) -> Report {
    head("run", scenario)
}

/// Says what a run would compute, without computing it.
#[must_use]
pub fn plan(scenario: &Scenario) -> Report {
    let law = Law::new(&scenario.topology, &scenario.policy);
    let mut report = head("plan", scenario);
    let columns = vec![
        Column::text("study", "Study"),
        Column::text("kind", "Kind"),
        Column::number("requests", "Requests", 0),
        Column::number("networks", "Networks", 0),
        Column::number("vertices", "Vertices", 0),
        Column::number("arcs", "Arcs", 0),
    ];
    let mut table = Table::new("studies", "What would be computed", columns);
    for study in &scenario.studies {
        let mut row: Vec<Value> = vec![study.name.as_str().into(), kind(&study.question).into()];
        match &study.question {
            Question::Route(route) => {
                let queries: Vec<_> = route.requests.iter().map(|request| request.query.clone()).collect();
                let networks = compile(&law, route.metric, &queries).networks;
                row.extend([
                    queries.len().into(),
                    networks.len().into(),
                    networks.iter().map(crate::network::Network::vertex_count).sum::<usize>().into(),
                    networks.iter().map(crate::network::Network::arc_count).sum::<usize>().into(),
                ]);
            }
            Question::Capacity(_) | Question::Failure(_) => row.extend(vec![Value::Unknown; 4]),
        }
        table.push(row);
    }
    report.tables.push(table);
    report.fact("expectations", "Expectations", scenario.expectations.len());
    report
}

fn head(key: &'static str, scenario: &Scenario) -> Report {
    let mut report = Report::new(key, scenario.description.as_deref().unwrap_or(&scenario.name));
    report.fact("scenario", "Scenario", scenario.name.as_str());
    report.fact("topology", "Topology", scenario.topology.name());
    report.fact("as_of", "As of", scenario.policy.as_of.to_string());
    report.fact("policy", "Policy", report::route::policy(&scenario.topology, &scenario.policy));
    report.fact("seed", "Seed", scenario.seed);
    report.fact("demands", "Demands", scenario.demands.len());
    report.quantity("offered_gbps", "Offered", crate::demand::total(&scenario.demands).gbps(), 0);
    report
}

const fn kind(question: &Question) -> &'static str {
    match question {
        Question::Route(_) => "route",
        Question::Capacity(_) => "capacity",
        Question::Failure(_) => "failure",
    }
}

fn answer(law: &Law<'_>, study: &Study, goes_on: &(impl Fn() -> bool + Sync), keeper: &mut Keeper<'_>) -> Report {
    match &study.question {
        Question::Route(spec) => {
            // From where to where, so that what requests share is found once.
            let mut order: Vec<usize> = (0..spec.requests.len()).collect();
            order.sort_by_key(|&i| {
                let query = &spec.requests[i].query;
                (law.territory(query.from), query.from, query.to)
            });
            let mut answers = Vec::with_capacity(order.len());
            for block in order.chunks(block_length(spec)).take_while(|_| goes_on()) {
                let requests = block.iter().map(|&i| spec.requests[i].clone()).collect();
                answers.extend(block.iter().copied().zip(route::answer(law, spec, requests)));
            }
            answers.sort_unstable_by_key(|&(i, _)| i);
            let answers: Vec<_> = answers.into_iter().map(|(_, answer)| answer).collect();
            let is_partial = answers.len() < spec.requests.len();
            Report { is_partial, ..report::route::report(law, spec, &Outcome::new(law, answers)) }
        }
        Question::Capacity(spec) => report::capacity::answer(law, spec),
        Question::Failure(spec) => report::failure::answer(law, spec, goes_on, keeper),
    }
}

fn verdicts(law: &Law<'_>, scenario: &Scenario, parts: &[Report], about: &About) -> Vec<Expectation> {
    match about {
        About::Route(metric, claim) => judge(law, *metric, claim)
            .into_iter()
            .map(|verdict| Expectation { claim: verdict.claim, found: verdict.found, held: verdict.held })
            .collect(),
        About::Measure { study, key, at_least, at_most } => {
            let name = &scenario.studies[*study].name;
            let found = parts.get(*study).and_then(|part| part.number(key));
            let bound = |word, bound: &Option<f64>| bound.map(|bound| format!(" {word} {bound}")).unwrap_or_default();
            let claim = format!("{key} of {name}{}{}", bound("at least", at_least), bound("at most", at_most));
            let held = found.is_some_and(|found| at_least.is_none_or(|b| found >= b) && at_most.is_none_or(|b| found <= b));
            let found = found.map_or_else(|| "the study reports no such number".to_owned(), |found| found.to_string());
            vec![Expectation { claim, found, held }]
        }
    }
}
