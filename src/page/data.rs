//! What the page's scripts read: the network, the sound loads and every answer, as JSON in columns.
//!
//! Numbers stand in packed columns (see `pack`), texts that recur in one table. Every name is made harmless here, so that
//! the scripts show what they are given. `model.js` reads it; the two change together.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Subject;
use super::answers::Answers;
use super::markup::shown;
use super::pack::{self, Packed};
use super::{live, pairs, projection, scorecard};
use crate::demand::Request;
use crate::policy::Law;
use crate::route::Answer;
use crate::scenario::change::Change;
use crate::topology::{Confidence, Provenance, Role, Segment, SegmentId, Service, Topology};
use crate::units::{Date, Validity};

/// Texts, each once; position 0 is no text.
struct Texts {
    all: Vec<String>,
    places: BTreeMap<String, usize>,
}

impl Texts {
    fn new() -> Self {
        Self { all: vec![String::new()], places: BTreeMap::from([(String::new(), 0)]) }
    }

    fn place(&mut self, text: &str) -> usize {
        let text = shown(text).into_owned();
        if let Some(&place) = self.places.get(&text) {
            return place;
        }
        self.all.push(text.clone());
        self.places.insert(text, self.all.len() - 1);
        self.all.len() - 1
    }

    fn column<T>(&mut self, items: impl IntoIterator<Item = T>, text: impl Fn(T) -> String) -> String {
        let mut packed = Packed::default();
        for item in items {
            packed.index(self.place(&text(item)));
        }
        packed.text()
    }
}

/// The whole, ready to stand in a page: nothing in it ends a script. With changes, even none, the page asks for answers.
pub(super) fn json(
    law: &Law<'_>,
    subject: &Subject<'_>,
    answers: &Answers,
    pairs: &[Answer],
    changes: Option<&[Change]>,
) -> String {
    let topology = subject.topology;
    let day = subject.policy.as_of;
    let mut texts = Texts::new();
    let used: Vec<bool> = used(topology, day);
    let west = projection::west(
        topology.sites().filter(|(id, _)| used[id.index()]).map(|(_, site)| projection::point(site.position)[0]),
    );
    let mut capacities = Packed::default();
    answers.capacities.iter().for_each(|&capacity| capacities.maybe(capacity));
    let told = if changes.is_none() { answers.answers.as_slice() } else { &[] };
    let mut value = json!({
        "west": west,
        "day": day.to_string(),
        "source": shown(&subject.manifest.source),
        "territories": topology.territories().iter().map(|t| json!([shown(&t.code), shown(&t.name)])).collect::<Vec<_>>(),
        "sites": sites(topology, day, &used, &mut texts),
        "cables": cables(topology, &mut texts),
        "segments": segments(law, &mut texts),
        "groups": topology.risk_groups().iter().map(|group| shown(&group.id)).collect::<Vec<_>>(),
        "capacities": capacities.text(),
        "loads": pack::all(answers.loads.iter().map(|load| load.cast_signed())),
        "offered": crate::demand::total(&subject.requests).mbps(),
        "routed": answers.routed_mbps,
        "routedOf": pack::all(answers.routed_of.iter().map(|mbps| mbps.cast_signed())),
        "services": Service::ALL.map(Service::word),
        "demands": pack::all(subject.requests.iter().flat_map(demand)),
        "sound": answers.sound.packed,
        "losses": losses(topology, answers),
        "answers": told.iter().map(|answer| answer.packed.as_str()).collect::<Vec<_>>(),
        "pairs": pairs.iter().map(|pair| pairs::json(law, pair)).collect::<Vec<_>>(),
        "scorecards": if answers.are_all() { scorecard::cards(law, answers) } else { json!([]) },
        "texts": texts.all,
    });
    if let Some(changes) = changes {
        value["live"] = live::json(changes);
    }
    value.to_string().replace('<', "\\u003c")
}

/// From where, to where, for what; which says more than its name, and in less room.
fn demand(request: &Request) -> [i64; 3] {
    let query = &request.query;
    let service = Service::ALL.into_iter().zip(0..).find(|&(service, _)| service == query.service);
    [query.from.0.into(), query.to.0.into(), service.map_or(0, |(_, place)| place)]
}

/// Sites that a segment in service ends at.
fn used(topology: &Topology, day: Date) -> Vec<bool> {
    let mut used = vec![false; topology.site_count()];
    for (_, segment) in topology.segments().filter(|&(id, _)| topology.in_service(id, day)) {
        segment.ends.iter().for_each(|end| used[end.index()] = true);
    }
    used
}

/// One letter for the highest class that a site has on the day.
fn class(topology: &Topology, id: crate::topology::SiteId, day: Date) -> char {
    const LETTERS: [(Role, char); 7] = [
        (Role::Comprehensive, 'C'),
        (Role::Regional, 'R'),
        (Role::Border, 'B'),
        (Role::Channel, 'N'),
        (Role::Hub, 'h'),
        (Role::Pop, 'p'),
        (Role::BranchingUnit, 'b'),
    ];
    let site = topology.site(id);
    LETTERS.into_iter().find(|&(role, _)| site.has_role(role, day)).map_or('.', |(_, letter)| letter)
}

fn sites(topology: &Topology, day: Date, used: &[bool], texts: &mut Texts) -> Value {
    let mut places = Packed::default();
    let mut before = [0, 0];
    for (_, site) in topology.sites() {
        let [x, y] = projection::point(site.position);
        places.push(x - before[0]);
        places.push(y - before[1]);
        before = [x, y];
    }
    let each = || topology.sites().map(|(_, site)| site);
    let roles = |site: &crate::topology::Site| {
        let held = Role::ALL.into_iter().filter(|&role| site.has_role(role, day));
        held.map(|role| role.word().replace('-', " ")).collect::<Vec<_>>().join(", ")
    };
    json!({
        "ids": each().map(|site| shown(&site.id)).collect::<Vec<_>>(),
        "names": texts.column(each(), |site| if site.name == site.id { String::new() } else { site.name.clone() }),
        "places": places.text(),
        "territories": pack::all(each().map(|site| site.territory.map_or(0, |t| i64::from(t.0) + 1))),
        "classes": topology.sites().map(|(id, _)| class(topology, id, day)).collect::<String>(),
        "used": used.iter().map(|&used| if used { '1' } else { '0' }).collect::<String>(),
        "roles": texts.column(each(), roles),
        "sources": texts.column(each(), |site| provenance(topology, &site.provenance)),
        "notes": texts.column(each(), |site| site.note.clone().unwrap_or_default()),
    })
}

fn cables(topology: &Topology, texts: &mut Texts) -> Value {
    let each = || topology.cables().iter();
    json!({
        "ids": each().map(|cable| shown(&cable.id)).collect::<Vec<_>>(),
        "names": texts.column(each(), |cable| if cable.name == cable.id { String::new() } else { cable.name.clone() }),
        "kinds": each().map(|cable| cable.kind.word().chars().next().unwrap_or('?')).collect::<String>(),
        "times": texts.column(each(), |cable| time(cable.validity)),
        "sources": texts.column(each(), |cable| provenance(topology, &cable.provenance)),
        "notes": texts.column(each(), |cable| cable.note.clone().unwrap_or_default()),
    })
}

fn segments(law: &Law<'_>, texts: &mut Texts) -> Value {
    let (topology, day) = (law.topology(), law.policy().as_of);
    let each = || topology.segments().map(|(_, segment)| segment);
    let mut numbers = Packed::default();
    let mut paths = serde_json::Map::new();
    for (id, segment) in topology.segments() {
        numbers.index(segment.cable.index());
        segment.ends.iter().for_each(|end| numbers.index(end.index()));
        numbers.count(segment.length.m() / 100);
        numbers.count(segment.latency.ns() / 1000);
        if !segment.path.is_empty() {
            let ends = segment.ends.map(|end| topology.site(end).position);
            let line = projection::line([ends[0]].into_iter().chain(segment.path.iter().copied()).chain([ends[1]]));
            let steps = line.windows(2).flat_map(|step| [step[1][0] - step[0][0], step[1][1] - step[0][1]]);
            paths.insert(id.0.to_string(), pack::all(steps).into());
        }
    }
    json!({
        "ids": each().map(|segment| shown(&segment.id)).collect::<Vec<_>>(),
        "numbers": numbers.text(),
        "paths": paths,
        "service": topology.segments().map(|(id, segment)| service(topology, id, segment, day)).collect::<String>(),
        "capacities": each().map(known).collect::<String>(),
        "times": texts.column(each(), |segment| time(segment.validity)),
        "sources": texts.column(each(), |segment| provenance(topology, &segment.provenance)),
        "notes": texts.column(each(), |segment| segment.note.clone().unwrap_or_default()),
    })
}

/// In use, planned, retired, or out for another reason.
fn service(topology: &Topology, id: SegmentId, segment: &Segment, day: Date) -> char {
    match segment.validity {
        _ if topology.in_service(id, day) => 'u',
        Validity { from: Some(from), .. } if from > day => 'p',
        Validity { to: Some(_), .. } if !segment.validity.contains(day) => 'r',
        Validity { .. } => 'o',
    }
}

/// How the capacity is known: lit, design or imputed.
fn known(segment: &Segment) -> char {
    match (segment.capacity.lit, segment.capacity.design, segment.capacity.imputed) {
        (Some(_), _, _) => 'l',
        (None, Some(_), _) => 'd',
        (None, None, Some(_)) => 'i',
        (None, None, None) => '-',
    }
}

fn time(validity: Validity) -> String {
    let day = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
    match (validity.from, validity.to) {
        (None, None) => String::new(),
        (from, to) => format!("{} – {}", day(from), day(to)),
    }
}

fn provenance(topology: &Topology, provenance: &Provenance) -> String {
    let confidence = match provenance.confidence {
        Confidence::Low => "low",
        Confidence::Medium => "medium",
        Confidence::High => "high",
    };
    let titles: Vec<&str> = provenance.sources.iter().map(|&source| topology.sources()[source].title.as_str()).collect();
    if titles.is_empty() { format!("{confidence}: no source named") } else { format!("{confidence}: {}", titles.join("; ")) }
}

/// By kind: position in its table and answer of each; then name, answer and what is lost, where no table says it.
fn losses(topology: &Topology, answers: &Answers) -> Value {
    let cables = topology.cables().iter().map(|cable| ("cable", cable.id.as_str())).zip(0..);
    let segments = topology.segments().map(|(_, segment)| ("segment", segment.id.as_str())).zip(0..);
    let sites = topology.sites().map(|(_, site)| ("gateway", site.id.as_str())).zip(0..);
    let places: BTreeMap<(&str, &str), usize> = cables.chain(segments).chain(sites).collect();
    let mut columns: BTreeMap<&str, (Packed, Vec<Value>)> = BTreeMap::new();
    for loss in &answers.losses {
        let (packed, named) = columns.entry(loss.kind).or_default();
        match places.get(&(loss.kind, loss.element.name.as_str())) {
            Some(&place) => {
                packed.index(place);
                packed.index(loss.answer);
            }
            None => {
                let lost = pack::all(loss.element.segments.iter().map(|segment| i64::from(segment.0)));
                named.push(json!([shown(&loss.element.name), loss.answer, lost]));
            }
        }
    }
    columns.into_iter().map(|(kind, (packed, named))| (kind.to_owned(), json!([packed.text(), named]))).collect()
}
