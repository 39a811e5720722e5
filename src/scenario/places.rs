//! What the names in a scenario refer to: known as soon as the topology's files are read, so that a misspelt site in a
//! study is reported together with whatever is wrong in the topology.

use std::collections::{BTreeMap, BTreeSet};

use crate::file::{Entry, suggest};
use crate::problem::{Problems, code};
use crate::topology::raw::RawTopology;
use crate::topology::{SiteId, TerritoryId, Topology};

/// Sites and territories by id. The value is `None` as long as the topology is not built.
pub(super) struct Places {
    sites: BTreeMap<String, Option<SiteId>>,
    territories: BTreeMap<String, Option<(TerritoryId, Option<SiteId>)>>,
    /// Rows that could not be read; or nothing is known, and nobody is to be blamed.
    broken: BTreeSet<String>,
    is_unknown: bool,
}

impl Places {
    /// The topology could not be read at all.
    pub(super) fn unknown() -> Self {
        Self { sites: BTreeMap::new(), territories: BTreeMap::new(), broken: BTreeSet::new(), is_unknown: true }
    }

    /// What the files claim.
    pub(super) fn claimed(raw: &RawTopology) -> Self {
        Self {
            sites: raw.sites.iter().map(|row| (row.id.text.to_string(), None)).collect(),
            territories: raw.head.territory.iter().map(|row| (row.id.text.to_string(), None)).collect(),
            broken: raw.broken.clone(),
            is_unknown: false,
        }
    }

    /// What they have become.
    pub(super) fn found(&mut self, topology: &Topology) {
        self.sites = topology.sites().map(|(id, site)| (site.id.clone(), Some(id))).collect();
        let territories = topology.territories().iter().enumerate();
        self.territories = territories.map(|(i, t)| (t.code.clone(), Some((TerritoryId::from_index(i), t.main)))).collect();
    }

    /// A site.
    pub(super) fn site(&self, entry: &Entry, problems: &mut Problems) -> Option<SiteId> {
        match self.sites.get(entry.get()?) {
            Some(site) => *site,
            None => self.blame(entry, "site", self.sites.keys(), problems),
        }
    }

    /// A territory.
    pub(super) fn territory(&self, entry: &Entry, problems: &mut Problems) -> Option<TerritoryId> {
        match self.territories.get(entry.get()?) {
            Some(found) => found.map(|(territory, _)| territory),
            None => self.blame(entry, "territory", self.territories.keys(), problems),
        }
    }

    /// A site, or the main site of a territory; a site wins where both have the id.
    pub(super) fn end(&self, entry: &Entry, problems: &mut Problems) -> Option<SiteId> {
        let id = entry.get()?;
        if let Some(site) = self.sites.get(id) {
            return *site;
        }
        let Some(found) = self.territories.get(id) else {
            return self.blame(entry, "site or territory", self.sites.keys().chain(self.territories.keys()), problems);
        };
        let (_, main) = (*found)?;
        if main.is_none() {
            let message = format!("territory {id} has no main site to stand for it");
            let problem = entry.problem(code::NO_MAIN_SITE, message, "no main site");
            problems.push(problem.help("give the territory `main`, or name a site here"));
        }
        main
    }

    /// Tells whether there is such a site or territory, with a main site or without.
    pub(super) fn named(&self, entry: &Entry, problems: &mut Problems) -> bool {
        let is_known = entry.get().is_some_and(|id| self.sites.contains_key(id) || self.territories.contains_key(id));
        if !is_known {
            self.blame::<()>(entry, "site or territory", self.sites.keys().chain(self.territories.keys()), problems);
        }
        is_known
    }

    fn blame<'a, T>(
        &'a self,
        entry: &Entry,
        kind: &str,
        known: impl Iterator<Item = &'a String>,
        problems: &mut Problems,
    ) -> Option<T> {
        if !self.is_unknown && !self.broken.contains(entry.text.as_str()) {
            let help = suggest(&entry.text, known.map(String::as_str))
                .map_or_else(|| format!("name a {kind} of the topology by its id"), |id| format!("did you mean `{id}`?"));
            problems.push(entry.problem(code::UNKNOWN_ID, format!("unknown {kind} `{}`", entry.text), "unknown").help(help));
        }
        None
    }
}
