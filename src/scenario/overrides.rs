//! `--set key=value`: the scenario as if the file had said so.
//!
//! Each override is a little TOML document of its own that is read into the same records after the file, so that
//! problems point into it. It is written back into the effective scenario by the same rule.

use crate::file::{self, Input, fill};
use crate::problem::{FileId, Place, Problem, Problems, code};
use crate::scenario::raw::RawScenario;

/// Puts overrides into the raw scenario and returns the effective scenario as TOML.
pub(super) fn apply(file: FileId, overrides: &[(String, String)], raw: &mut RawScenario, problems: &mut Problems) -> String {
    let text = problems.file(file).text.clone();
    let mut effective: toml::Table = toml::from_str(&text).unwrap_or_default();
    for (key, value) in overrides {
        let Some(line) = assignment(key, value) else {
            let shown = problems.add_file("--set", format!("{key}={value}"));
            let place = Place::new(shown, 0..key.len());
            let problem = Problem::new(code::BAD_OVERRIDE, format!("`{key}={value}` sets nothing")).at(place, "not a key");
            problems.push(problem.help("write `KEY=VALUE`, the key with points, such as `policy.profile=physical`"));
            continue;
        };
        let shown = problems.add_file("--set", line.clone());
        let table = file::tree(shown, problems);
        fill(raw, table, problems);
        if let Ok(table) = toml::from_str::<toml::Table>(&line) {
            merge(&mut effective, table);
        }
    }
    toml::to_string(&effective).unwrap_or_default()
}

/// Digest of an effective scenario and the other files it is made from, without what decides no number.
///
/// Where one study alone is sampled, how long and how precisely is left out, too, so that its run can be prolonged.
pub(super) fn identity(effective: &str, inputs: &[Input]) -> String {
    let mut scenario: toml::Table = toml::from_str(effective).unwrap_or_default();
    for key in ["name", "description", "expect", "output"] {
        scenario.remove(key);
    }
    if let Some(toml::Value::Array(studies)) = scenario.get_mut("study") {
        let is_sampled = |study: &&mut toml::Value| study.get("years").is_some() || study.get("samples").is_some();
        let mut sampled: Vec<&mut toml::Value> = studies.iter_mut().filter(is_sampled).collect();
        if let [toml::Value::Table(study)] = &mut sampled[..]
            && !(study.contains_key("years") && study.contains_key("samples"))
        {
            for key in ["years", "samples", "precision_percent"] {
                study.remove(key);
            }
        }
    }
    let others = inputs.iter().skip(1).map(|input| input.sha256.as_str());
    let text: String = others.fold(scenario.to_string(), |text, digest| text + "\n" + digest);
    file::sha256(text.as_bytes())
}

/// The override as a line of TOML: the value as it is or, if it is no TOML, as text.
fn assignment(key: &str, value: &str) -> Option<String> {
    let is_one =
        |line: &str| line.lines().count() == 1 && toml::from_str::<toml::Table>(line).is_ok_and(|table| table.len() == 1);
    let plain = format!("{key} = {value}");
    let quoted = format!("{key} = {}", toml::Value::from(value));
    [plain, quoted].into_iter().find(|line| is_one(line))
}

/// Takes over the values of another table; in a list, a table with numbers as keys changes the entries at those places.
fn merge(table: &mut toml::Table, other: toml::Table) {
    for (key, new) in other {
        match (table.get_mut(&key), new) {
            (Some(toml::Value::Table(old)), toml::Value::Table(new)) => merge(old, new),
            (Some(toml::Value::Array(old)), toml::Value::Table(new)) => {
                for (at, new) in new {
                    match (at.parse().ok().and_then(|at: usize| old.get_mut(at)), new) {
                        (Some(toml::Value::Table(old)), toml::Value::Table(new)) => merge(old, new),
                        (Some(old), new) => *old = new,
                        (None, _) => {}
                    }
                }
            }
            (_, new) => {
                table.insert(key, new);
            }
        }
    }
}
