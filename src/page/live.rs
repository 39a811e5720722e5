//! The page that asks: the same map, each set of cuts answered by the engine when it is made, in a network that may be
//! changed.
//!
//! [`open`] makes the engine ready once and lends it out. It speaks no protocol and remembers no question; who asks, and
//! how, is the program's.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::answers::{Depth, Engine, Ready};
use super::markup::shown;
use super::{Subject, write};
use crate::failure::impact::Worker;
use crate::policy::{Law, Profile, Rule};
use crate::scenario::change::Change;
use crate::topology::{Role, SegmentId};

/// What stands where the territories would, once the network is changed.
pub(super) const UNRUN: &str =
    r#"    <p class="note">Studies, expectations and territories are those of a run; save the changed scenario and run it.</p>"#;

const PANEL: &str = include_str!("assets/live.html");

/// What tells the page that asks from the other one, which is the default.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Parts {
    pub(super) style: &'static str,
    pub(super) script: &'static str,
    /// In the page's security policy: whom it may ask.
    pub(super) security: &'static str,
    /// Where the network is changed.
    pub(super) panel: String,
}

impl Default for Parts {
    fn default() -> Self {
        Self { style: "", script: "const LIVE = null;\n", security: "", panel: String::new() }
    }
}

pub(super) fn parts() -> Parts {
    let options =
        |words: &mut dyn Iterator<Item = String>| words.map(|word| format!("<option>{word}</option>")).collect::<String>();
    let gateways = [Role::Regional, Role::Comprehensive, Role::Border, Role::Channel];
    let profiles = [Profile::Lawful, Profile::Physical, Profile::Emergency];
    Parts {
        style: include_str!("assets/live.css"),
        script: include_str!("assets/live.js"),
        security: "connect-src 'self'; ",
        panel: PANEL
            .replace("{{roles}}", &options(&mut gateways.iter().map(|role| role.word().to_owned())))
            .replace("{{profiles}}", &options(&mut profiles.iter().map(|profile| profile.word().to_owned())))
            .replace("{{rules}}", &options(&mut Rule::ALL.iter().map(|rule| rule.code().to_owned()))),
    }
}

/// The changes as the page's scripts send them back, and in words.
pub(super) fn json(changes: &[Change]) -> Value {
    let list: Value = serde_json::from_str(&Change::json(changes)).unwrap_or_default();
    json!({"changes": list, "said": changes.iter().map(|change| shown(&change.to_string()).into_owned()).collect::<Vec<_>>()})
}

/// An engine that is ready to answer, and its page.
pub struct Live<'a> {
    ready: &'a Ready<'a>,
    workers: [Worker<'a>; 2],
    /// What can be cut, by its key in a link: `cable:AAE1`.
    losses: BTreeMap<String, Vec<SegmentId>>,
    page: String,
}

/// Makes the engine ready for a subject that has these changes in it, and lends it out.
///
/// Without changes the page has territories, for which every single loss is answered once, where that is soon done.
pub fn open<T>(subject: &Subject<'_>, changes: &[Change], work: impl FnOnce(&mut Live<'_>) -> T) -> T {
    let law = Law::new(subject.topology, subject.policy);
    let engine = Engine::new(&law, &subject.requests, subject.metric);
    let ready = engine.ready();
    let depth = if changes.is_empty() { Depth::Soon } else { Depth::Sound };
    let answers = ready.answers(&subject.events, depth);
    let page = write(&law, subject, &answers, Some(changes));
    let key = |kind: &str, name: &str| format!("{kind}:{}", shown(name));
    let losses = answers.losses.into_iter().map(|loss| (key(loss.kind, &loss.element.name), loss.element.segments)).collect();
    work(&mut Live { ready: &ready, workers: ready.workers(), losses, page })
}

impl Live<'_> {
    /// The page.
    #[must_use]
    pub fn page(&self) -> &str {
        &self.page
    }

    /// What it does to lose all these at once, each named as in a link (`cable:AAE1`, `gateway:Suva`), packed as the
    /// page's scripts read it.
    ///
    /// # Errors
    /// The first name that nothing has.
    pub fn answer<'k>(&mut self, keys: &'k [String]) -> Result<String, &'k str> {
        let mut lost = Vec::new();
        for key in keys {
            lost.extend_from_slice(self.losses.get(key).ok_or(key.as_str())?);
        }
        lost.sort_unstable();
        lost.dedup();
        Ok(self.ready.answer(&mut self.workers, &lost).packed)
    }
}
