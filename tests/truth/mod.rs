//! Reads the cases with known answers that lie beside the repository; tests skip with a word where they do not.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

/// One case: its file's name and its content.
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) value: Value,
}

/// Where the cases lie.
#[allow(dead_code, reason = "each test crate reads what it needs")]
pub(crate) fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/truth")
}

/// All cases of a category in order of name; `None` (and a printed word) where the folder is absent.
pub(crate) fn cases(category: &str) -> Option<Vec<Case>> {
    let folder = folder().join(category);
    let Ok(entries) = fs::read_dir(&folder) else {
        println!("skipped: no ../shared/truth/{category}");
        return None;
    };
    let mut cases: Vec<Case> = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .map(|path| Case {
            name: path.file_stem().unwrap().to_string_lossy().into_owned(),
            value: serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap(),
        })
        .collect();
    cases.sort_by(|a, b| a.name.cmp(&b.name));
    assert!(!cases.is_empty(), "the folder of {category} holds cases");
    Some(cases)
}
