//! The files of a foreign folder, in order of their names, as many as a topology can have.
//!
//! Links are not followed: a folder from elsewhere shall not bring in what lies outside it.

use std::collections::VecDeque;
use std::fs;
use std::path::Path;

/// Folders are looked into this deep.
const DEPTH: usize = 3;
/// More files than this are no topology.
const FILES: usize = 100_000;

/// Paths of the ordinary files below a folder, as seen from it, with `/` between their parts and in order of the
/// alphabet. `None` if it cannot be listed or holds more than [`FILES`].
pub(super) fn names(folder: &Path) -> Option<Vec<String>> {
    let mut found = Vec::new();
    let mut open = VecDeque::from([(folder.to_owned(), String::new(), 0)]);
    while let Some((folder, prefix, depth)) = open.pop_front() {
        for entry in fs::read_dir(&folder).ok()? {
            let entry = entry.ok()?;
            let Some(name) = entry.file_name().to_str().map(|name| format!("{prefix}{name}")) else { continue };
            // The kind of the entry itself, not of what a link points to.
            let kind = entry.file_type().ok()?;
            if kind.is_dir() && depth < DEPTH {
                open.push_back((entry.path(), format!("{name}/"), depth + 1));
            } else if kind.is_file() {
                found.push(name);
            }
            if found.len() + open.len() > FILES {
                return None;
            }
        }
    }
    found.sort();
    Some(found)
}
