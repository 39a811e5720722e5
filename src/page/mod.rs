//! One page that shows a run: a map to look at and to cut, what the engine says to every cut, and all tables below it.
//!
//! [`html`] writes one file that needs nothing else: no network, no library, no font. It holds what the engine found
//! beforehand to every single loss (see `answers`), so that a click shows the engine's own answer; the scripts in
//! `assets` draw and look up, and never find a route. The same subject gives the same bytes. [`live`] writes the page
//! that asks the engine instead, for any set of cuts. It runs no study, reads no file, and opens no connection.

mod answers;
mod chart;
mod data;
mod figures;
pub mod live;
mod markup;
mod pack;
mod pairs;
mod projection;
mod scorecard;
mod tables;

pub use figures::figures;

use sha2::{Digest, Sha256};

use self::answers::{Answers, Depth, Engine};
use self::markup::escape;
use crate::demand::Request;
use crate::failure::outages::Element;
use crate::network::Metric;
use crate::policy::{Law, Policy};
use crate::report::Report;
use crate::scenario::change::Change;
use crate::scenario::{Question, Scenario};
use crate::topology::Topology;

/// What a page shows.
#[derive(Clone, Debug)]
pub struct Subject<'a> {
    /// The network.
    pub topology: &'a Topology,
    /// Which routes are allowed, on which day.
    pub policy: &'a Policy,
    /// The traffic.
    pub requests: Vec<Request>,
    /// What shortest means.
    pub metric: Metric,
    /// Losses with a name, beside every single one.
    pub events: Vec<Element>,
    /// Between whom the lawful route is shown beside the physical one, beside the requests.
    pub pairs: Vec<Request>,
    /// What the studies found.
    pub report: &'a Report,
    /// What it was made from.
    pub manifest: Manifest,
}

/// What a page was made from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Manifest {
    /// Version of the program.
    pub version: String,
    /// What to run again: the scenario or topology as it was named.
    pub source: String,
    /// Digest of the result, as [`digest`](crate::report::digest) gives it.
    pub result_sha256: String,
    /// Every file that was read: path and digest.
    pub inputs: Vec<(String, String)>,
}

impl<'a> Subject<'a> {
    /// A scenario that was run, with its report.
    #[must_use]
    pub fn of_scenario(scenario: &'a Scenario, report: &'a Report, manifest: Manifest) -> Self {
        let mut events = Vec::new();
        let mut pairs: Vec<Request> = Vec::new();
        for study in &scenario.studies {
            match &study.question {
                Question::Failure(spec) => {
                    events.extend(spec.exhaustive.iter().flat_map(|exhaustive| exhaustive.set.elements()).cloned());
                }
                Question::Route(spec) => pairs.extend(spec.requests.iter().cloned()),
                Question::Capacity(_) => {}
            }
        }
        Self {
            topology: &scenario.topology,
            policy: &scenario.policy,
            requests: scenario.demands.clone(),
            metric: Metric::default(),
            events,
            pairs,
            report,
            manifest,
        }
    }
}

const STYLE: &str = include_str!("assets/page.css");

/// In the order in which they stand in the page, before [`MAIN`].
const SCRIPTS: [&str; 5] = [
    include_str!("assets/model.js"),
    include_str!("assets/palette.js"),
    include_str!("assets/map.js"),
    include_str!("assets/panel.js"),
    include_str!("assets/routes.js"),
];

const MAIN: &str = include_str!("assets/main.js");

const COAST: &str = include_str!("assets/coast.txt");

/// Writes the page. Deterministic at any thread count.
#[must_use]
pub fn html(subject: &Subject<'_>) -> String {
    let law = Law::new(subject.topology, subject.policy);
    let engine = Engine::new(&law, &subject.requests, subject.metric);
    write(&law, subject, &engine.ready().answers(&subject.events, Depth::Every), None)
}

/// Writes the page; with changes, even none, the one that asks.
fn write(law: &Law<'_>, subject: &Subject<'_>, answers: &Answers, changes: Option<&[Change]>) -> String {
    let live = changes.map_or_else(live::Parts::default, |_| live::parts());
    let pairs = pairs::pairs(law, subject);
    let data = data::json(law, subject, answers, &pairs, changes);
    let script = format!("(() => {{\n\"use strict\";\n{}{}{MAIN}}})();\n", SCRIPTS.concat(), live.script);
    let style = STYLE.to_owned() + live.style;
    let hash = |text: &str| format!("'sha256-{}'", pack::base64(&Sha256::digest(text.as_bytes())));
    let security = format!(
        "default-src 'none'; script-src {}; style-src {}; img-src data:; {}base-uri 'none'; form-action 'none'",
        hash(&script),
        hash(&style),
        live.security
    );
    let title = escape(if subject.report.title.is_empty() { subject.topology.title() } else { &subject.report.title });
    include_str!("assets/page.html")
        .split("{{")
        .enumerate()
        .map(|(i, part)| {
            let Some((key, rest)) = part.split_once("}}").filter(|_| i > 0) else { return part.to_owned() };
            let filling = match key {
                "security" => security.clone(),
                "title" => title.clone(),
                "style" => style.clone(),
                "script" => script.clone(),
                "coast" => COAST.trim_end().to_owned(),
                "data" => data.clone(),
                "live" => live.panel.clone(),
                "facts" => tables::facts(subject.report),
                "studies" => tables::studies(subject.report),
                "scorecards" if answers.are_all() => scorecard::section(law, answers),
                "scorecards" => live::UNRUN.to_owned(),
                "manifest" => tables::manifest(&subject.manifest),
                other => unreachable!("the page has no part `{other}`"),
            };
            filling + rest
        })
        .collect()
}
