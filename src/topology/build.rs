//! Turns what files claim into a checked [`Topology`], or says everything that is wrong with it.
//!
//! It goes on after each mistake: what could not be read is left out, and nobody who names it is blamed. Nothing is
//! guessed or repaired.

mod names;
mod parts;
mod relations;
mod segments;

use std::collections::BTreeSet;

use petgraph::graph::UnGraph;

use crate::problem::{Place, Problem, Problems, code};
use crate::topology::raw::{FORMAT, RawTopology};
use crate::topology::{Cable, Segment, Site, Source, Territory, Topology, check};
use crate::units::Validity;
use names::Names;

/// Builds the topology; `None` if there is any error. Warnings do not stop it.
///
/// Ids do not depend on the order of rows nor, but for things alike in every other respect, on names.
/// O(n log n) in the number of rows, and the segments' points times the risk groups with an area.
pub fn topology(raw: RawTopology, problems: &mut Problems) -> Option<Topology> {
    let name = raw.head.name.text.to_string();
    let title = raw.head.title.text.to_string();
    check_head(&raw, problems);
    let mut builder = Builder::new(&raw.broken, problems);
    builder.sources(raw.head.source);
    builder.territories(raw.head.territory);
    builder.sites(raw.sites);
    builder.cables(raw.cables);
    builder.segments(raw.segments);
    builder.main_sites();
    let scopes = builder.scopes(&raw.head.scope);
    let risk_groups = builder.risk_groups(raw.head.risk_group);
    let demands = builder.demands(raw.demands);
    let Builder { sources, territories, sites, cables, segments, problems, site_names, demand_names, .. } = builder;
    let mut graph = UnGraph::with_capacity(sites.len(), segments.len());
    for site in sites {
        graph.add_node(site);
    }
    for segment in segments {
        graph.add_edge(segment.ends[0].into(), segment.ends[1].into(), segment);
    }
    let topology = Topology { name, title, graph, territories, cables, scopes, risk_groups, demands, sources };
    if problems.has_errors() {
        return None;
    }
    check::warnings(&topology, [&|id: &str| site_names.place_of(id), &|id: &str| demand_names.place_of(id)], problems);
    Some(topology)
}

fn check_head(raw: &RawTopology, problems: &mut Problems) {
    let head = &raw.head;
    missing(&head.format, "format", &head.place, "write `format = 1`", problems);
    missing(&head.name, "name", &head.place, "give the topology a short name, that of its folder", problems);
    if let Some(text) = head.format.get().filter(|&text| text != FORMAT.to_string()) {
        let message = format!("format {text} is not known to this version");
        let help = format!("this version reads format {FORMAT}; a newer one may read it");
        problems.push(head.format.problem(code::UNKNOWN_FORMAT, message, "unknown").help(help));
    }
    if raw.sites.is_empty() && raw.broken.is_empty() {
        let mut problem = Problem::new(code::EMPTY_TOPOLOGY, "the topology has no sites");
        problem.place.clone_from(&head.place);
        problems.push(problem.help("add rows to sites.csv, or `[[edit]] add = \"site\"` to the scenario"));
    }
}

/// Says that a value must be given, and how.
fn missing(entry: &crate::file::Entry, key: &str, place: &Option<Place>, help: &str, problems: &mut Problems) {
    if entry.is_blank() {
        let mut problem = Problem::new(code::MISSING_VALUE, format!("`{key}` is missing"));
        problem.place = entry.place.clone().or_else(|| place.clone());
        problems.push(problem.help(help));
    }
}

/// The parts that are done so far, and the names by which later ones refer to them.
struct Builder<'p> {
    problems: &'p mut Problems,
    source_names: Names,
    territory_names: Names,
    site_names: Names,
    cable_names: Names,
    segment_names: Names,
    demand_names: Names,
    sources: Vec<Source>,
    territories: Vec<Territory>,
    /// What each territory claims to be its main site.
    mains: Vec<crate::file::Entry>,
    sites: Vec<Site>,
    /// Every zone that a site is in.
    zones: BTreeSet<String>,
    cables: Vec<Cable>,
    segments: Vec<Segment>,
}

impl<'p> Builder<'p> {
    fn new(broken: &BTreeSet<String>, problems: &'p mut Problems) -> Self {
        let names = |kind| Names::new(kind, broken.clone());
        Self {
            problems,
            source_names: names("source"),
            territory_names: names("territory"),
            site_names: names("site"),
            cable_names: names("cable"),
            segment_names: names("segment"),
            demand_names: names("demand"),
            sources: Vec::new(),
            territories: Vec::new(),
            mains: Vec::new(),
            sites: Vec::new(),
            zones: BTreeSet::new(),
            cables: Vec::new(),
            segments: Vec::new(),
        }
    }

    /// Says so where the inner time is not inside the outer one; `words` say what is outside of whose time.
    fn within(&mut self, inner: (Validity, &Option<Place>), outer: Validity, words: impl FnOnce() -> (String, String)) {
        let (validity, place) = inner;
        let early = validity.from.is_some_and(|from| outer.from.is_some_and(|first| from < first));
        let late = validity.to.is_some_and(|to| outer.to.is_some_and(|end| to > end));
        let outside = validity.from.is_some_and(|from| outer.to.is_some_and(|end| from >= end))
            || validity.to.is_some_and(|to| outer.from.is_some_and(|first| to <= first));
        if early || late || outside {
            let (what, whose) = words();
            let message = format!("{what} is outside the time of {whose}, {}", span(outer));
            let mut problem = Problem::new(code::OUTSIDE_DATES, message);
            problem.place.clone_from(place);
            self.problems.push(problem.help("correct one of the two; leave a date empty to take the other's"));
        }
    }
}

/// A time in words.
fn span(validity: Validity) -> String {
    match (validity.from, validity.to) {
        (None, None) => "always".to_owned(),
        (Some(from), None) => format!("from {from} on"),
        (None, Some(to)) => format!("until {to}"),
        (Some(from), Some(to)) => format!("{from} to {to}"),
    }
}
