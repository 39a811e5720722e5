//! Opens what verbs work on: a topology in any format, its places by name, a day.

use std::path::{Path, PathBuf};

use crossborder::file::{self, Input};
use crossborder::problem::{Problems, Severity};
use crossborder::topology::{self, SiteId, Topology};
use crossborder::units::Date;

use crate::arguments::{Global, Reading};
use crate::failure::Failure;
use crate::talk;

/// A topology and the files it came from.
#[derive(Debug)]
pub(crate) struct Loaded {
    pub(crate) topology: Topology,
    pub(crate) inputs: Vec<Input>,
}

impl Loaded {
    /// The files it came from, none of which is ever overwritten.
    pub(crate) fn paths(&self) -> Vec<PathBuf> {
        self.inputs.iter().map(|input| PathBuf::from(&input.path)).collect()
    }
}

/// Opens a topology: a folder, named by itself or by its `topology.toml`, or a file in another format.
pub(crate) fn topology(path: &Path, reading: &Reading, global: &Global) -> Result<Loaded, Failure> {
    let (mut problems, mut inputs) = (Problems::new(), Vec::new());
    let raw = topology::open(&reading.request(path), &mut problems, &mut inputs);
    let topology = raw.and_then(|raw| topology::build::topology(raw, &mut problems));
    match topology {
        Some(topology) if !problems.has_errors() => {
            warn(&problems, path, global);
            Ok(Loaded { topology, inputs })
        }
        _ => Err(Failure::Input(problems, path.display().to_string())),
    }
}

/// Says that there are warnings, and how to see them.
pub(crate) fn warn(problems: &Problems, path: &Path, global: &Global) {
    let count = problems.count(Severity::Warning);
    if count > 0 {
        let (plural, path) = (if count == 1 { "" } else { "s" }, path.display());
        talk::remark(&format!("{count} warning{plural}; `crossborder check {path}` shows what they are"), global);
    }
}

/// Finds a place by the id or name of a site, or the main site of a territory by its code or name.
pub(crate) fn place(topology: &Topology, text: &str) -> Result<SiteId, Failure> {
    if let Some(site) = topology.find_site(text) {
        return Ok(site);
    }
    if let Some(territory) = topology.find_territory(text).map(|id| topology.territory(id)) {
        let help = format!("name one of its sites; `main` in topology.toml would say which stands for {}", territory.code);
        return territory.main.ok_or_else(|| Failure::Usage(format!("`{text}` has no main site"), Some(help)));
    }
    let sites = topology.sites().flat_map(|(_, site)| [site.id.as_str(), site.name.as_str()]);
    let territories = topology.territories().iter().flat_map(|territory| [territory.code.as_str(), territory.name.as_str()]);
    let help = match file::suggest(text, sites.chain(territories)) {
        Some(near) => format!("a place with a similar name exists: `{near}`"),
        None => format!("`crossborder show {}` lists territories; sites are in sites.csv", topology.name()),
    };
    Err(Failure::Usage(format!("`{}` has no place `{text}`", topology.name()), Some(help)))
}

/// The day that was asked for; else the last on which anything of the topology begins.
pub(crate) fn day(topology: &Topology, asked: Option<Date>) -> Date {
    let begins = |validity: crossborder::units::Validity| validity.from;
    let sites = topology
        .sites()
        .flat_map(|(_, site)| site.roles.iter().map(move |&(_, validity)| begins(validity)).chain([begins(site.validity)]));
    let segments = topology.segments().map(|(_, segment)| begins(segment.validity));
    let scopes = topology.scopes().iter().map(|scope| begins(scope.validity));
    let newest = sites.chain(segments).chain(scopes).flatten().max();
    asked.or(newest).unwrap_or(Date::constant(2000, 1, 1))
}
