//! Edits: things added, changed and removed before the topology is built, so that the same checks hold for them.

use crate::file::{Entry, Record, Table, Tables, Value, fill, suggest};
use crate::problem::{Problem, Problems, code};
use crate::topology::raw::{RawScope, RawTopology};

/// What an edit does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verb {
    Add,
    Change,
    Remove,
}

const VERBS: [(&str, Verb); 3] = [("add", Verb::Add), ("change", Verb::Change), ("remove", Verb::Remove)];

/// The kinds of things that can be edited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Site,
    Cable,
    Segment,
    Demand,
    Territory,
    Scope,
    RiskGroup,
    Source,
}

const KINDS: &[(&str, Kind)] = &[
    ("site", Kind::Site),
    ("cable", Kind::Cable),
    ("segment", Kind::Segment),
    ("demand", Kind::Demand),
    ("territory", Kind::Territory),
    ("scope", Kind::Scope),
    ("risk-group", Kind::RiskGroup),
    ("source", Kind::Source),
];

/// Makes the edits one after the other.
pub(super) fn apply(edits: Tables, raw: &mut RawTopology, problems: &mut Problems) {
    for edit in edits.0 {
        one(edit, raw, problems);
    }
}

fn one(mut edit: Table, raw: &mut RawTopology, problems: &mut Problems) {
    let place = edit.place.clone();
    let given: Vec<(Verb, Value)> = VERBS.iter().filter_map(|(key, verb)| Some((*verb, edit.take(key)?))).collect();
    let [(verb, Value::Entry(kind))] = given.as_slice() else {
        let problem = Problem::new(code::BAD_EDIT, "an edit is one of `add`, `change` and `remove`");
        problems.push(Problem { place, ..problem }.help("write for instance `remove = \"cable\"` and `id = ...`"));
        return;
    };
    let verb = *verb;
    let Some(kind) = kind.word("kind of thing", KINDS, problems) else { return };
    if kind == Kind::Scope {
        return scope(verb, edit, &mut raw.head.scope, problems);
    }
    let id = edit.pairs.iter().find_map(|(key, value)| match value {
        Value::Entry(entry) if key.text == "id" => Some(entry.clone()),
        Value::Entry(_) | Value::List(..) | Value::Table(_) => None,
    });
    let Some(id) = id else {
        let problem = Problem::new(code::MISSING_VALUE, "`id` is missing");
        problems.push(Problem { place, ..problem }.help("say which one by its `id`"));
        return;
    };
    let head = &mut raw.head;
    let is_done = match kind {
        Kind::Site => row(verb, edit, &id, &mut raw.sites, ("site", |row| &row.id), problems),
        Kind::Cable => row(verb, edit, &id, &mut raw.cables, ("cable", |row| &row.id), problems),
        Kind::Segment => row(verb, edit, &id, &mut raw.segments, ("segment", |row| &row.id), problems),
        Kind::Demand => row(verb, edit, &id, &mut raw.demands, ("demand", |row| &row.id), problems),
        Kind::Territory => row(verb, edit, &id, &mut head.territory, ("territory", |row| &row.id), problems),
        Kind::RiskGroup => row(verb, edit, &id, &mut head.risk_group, ("risk group", |row| &row.id), problems),
        Kind::Source => row(verb, edit, &id, &mut head.source, ("source", |row| &row.id), problems),
        Kind::Scope => unreachable!("scopes have no id and were done above"),
    };
    if is_done && verb == Verb::Remove {
        forget(kind, &id, raw, problems);
    }
}

/// Edits one row of a kind; tells whether it could.
fn row<T: Record + Default>(
    verb: Verb,
    edit: Table,
    id: &Entry,
    rows: &mut Vec<T>,
    (kind, id_of): (&str, fn(&T) -> &Entry),
    problems: &mut Problems,
) -> bool {
    let at = rows.iter().position(|row| id_of(row).text == id.text);
    match (verb, at) {
        (Verb::Add, _) => {
            let mut row = T::default();
            fill(&mut row, edit, problems);
            rows.push(row);
            true
        }
        (Verb::Change, Some(at)) => {
            fill(&mut rows[at], edit, problems);
            true
        }
        (Verb::Remove, Some(at)) => {
            rows.remove(at);
            refuse_rest(&edit, &["id"], problems);
            true
        }
        (Verb::Change | Verb::Remove, None) => {
            let known = rows.iter().map(|row| id_of(row).text.as_str());
            let help = suggest(&id.text, known)
                .map_or_else(|| format!("name a {kind} of the topology"), |id| format!("did you mean `{id}`?"));
            problems.push(id.problem(code::UNKNOWN_ID, format!("unknown {kind} `{}`", id.text), "unknown").help(help));
            false
        }
    }
}

/// Scopes have no id: they are named by site and role, and changed only where that is one.
fn scope(verb: Verb, edit: Table, scopes: &mut Vec<RawScope>, problems: &mut Problems) {
    let place = edit.place.clone();
    let mut wanted = RawScope::default();
    fill(&mut wanted, edit.clone(), problems);
    let is_meant =
        |scope: &RawScope| scope.site.text == wanted.site.text && (wanted.role.is_blank() || scope.role.text == wanted.role.text);
    let matching: Vec<usize> = (0..scopes.len()).filter(|&i| is_meant(&scopes[i])).collect();
    match (verb, matching.as_slice()) {
        (Verb::Add, _) => scopes.push(wanted),
        (Verb::Remove, [_, ..]) => {
            scopes.retain(|scope| !is_meant(scope));
            refuse_rest(&edit, &["site", "role"], problems);
        }
        (Verb::Change, &[only]) => fill(&mut scopes[only], edit, problems),
        (Verb::Change, [_, _, ..]) => {
            let problem = Problem::new(code::BAD_EDIT, format!("{} scopes are meant", matching.len()));
            problems.push(Problem { place, ..problem }.help("remove them and add the ones you want"));
        }
        (Verb::Change | Verb::Remove, []) => {
            let message = format!("there is no such scope of site `{}`", wanted.site.text);
            let problem = wanted.site.problem(code::BAD_EDIT, message, "no such scope");
            let place = problem.place.clone().or(place);
            problems.push(Problem { place, ..problem }.help("name a scope by `site` and `role`"));
        }
    }
}

/// A removal has no other keys than those that say what is meant.
fn refuse_rest(edit: &Table, known: &[&str], problems: &mut Problems) {
    for (key, _) in edit.pairs.iter().filter(|(key, _)| !known.contains(&key.text.as_str())) {
        let message = format!("`{}` does not apply to what is removed", key.text);
        problems.push(key.problem(code::KEY_DOES_NOT_APPLY, message, "").help("leave it out, or use `change`"));
    }
}

/// Removes what cannot be without the thing: a cable's and a site's segments, a site's scopes and demands, and its mention
/// in risk groups. Demands that are lost this way are a warning.
fn forget(kind: Kind, id: &Entry, raw: &mut RawTopology, problems: &mut Problems) {
    let is_gone = |entry: &Entry| entry.text == id.text;
    let (before, demands) = (raw.segments.clone(), raw.demands.len());
    match kind {
        Kind::Site => {
            raw.segments.retain(|row| !is_gone(&row.a) && !is_gone(&row.b));
            raw.demands.retain(|row| !is_gone(&row.from) && !is_gone(&row.to));
            raw.head.scope.retain(|row| !is_gone(&row.site));
            for territory in raw.head.territory.iter_mut().filter(|row| is_gone(&row.main)) {
                territory.main = Entry::default();
            }
        }
        Kind::Cable => raw.segments.retain(|row| !is_gone(&row.cable)),
        Kind::Segment | Kind::Demand | Kind::Territory | Kind::Scope | Kind::RiskGroup | Kind::Source => {}
    }
    let left: std::collections::BTreeSet<&str> = raw.segments.iter().map(|row| row.id.text.as_str()).collect();
    let is_lost = |entry: &Entry| before.iter().any(|row| row.id.text == entry.text) && !left.contains(entry.text.as_str());
    for group in &mut raw.head.risk_group {
        let lists = [(&mut group.sites, Kind::Site), (&mut group.cables, Kind::Cable), (&mut group.segments, Kind::Segment)];
        for (list, of) in lists {
            list.retain(|entry| !(of == kind && is_gone(entry) || of == Kind::Segment && is_lost(entry)));
        }
    }
    let lost = demands - raw.demands.len();
    if lost > 0 {
        let (plural, verb) = if lost == 1 { ("", "goes") } else { ("s", "go") };
        let message = format!("with site `{}` {verb} {lost} demand{plural} at it", id.text);
        let help = "say so by removing them too, or let the site stand without segments";
        problems.push(id.problem(code::DEMANDS_GO_WITH_SITE, message, "removed here").help(help));
    }
}
