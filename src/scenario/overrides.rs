//! `--set key=value`: the scenario as if the file had said so.
//!
//! Each override is a little TOML document of its own that is read into the same records after the file, so that
//! problems point into it. It is written back into the effective scenario by the same rule.

use crate::file::{self, fill};
use crate::problem::{FileId, Place, Problem, Problems, code};
use crate::scenario::raw::RawScenario;

/// Puts overrides into the raw scenario and returns the effective scenario as TOML.
pub(super) fn apply(file: FileId, overrides: &[(String, String)], raw: &mut RawScenario, problems: &mut Problems) -> String {
    let text = problems.file(file).text.clone();
    let mut effective: toml::Table = toml::from_str(&text).unwrap_or_default();
    for (key, value) in overrides {
        let Some(line) = assignment(key, value) else {
            let shown = problems.add_file("--set", format!("{key}={value}"));
            let place = Place { file: shown, span: 0..key.len() };
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
