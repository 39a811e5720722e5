//! Turns a sketch into what a native topology's files would claim: ids, territories, roles, possible lengths, and where
//! each of them comes from.
//!
//! It invents only what a topology cannot be without, by stated rules, each a source of kind `imputed`. Territories are
//! open: no law is read out of a foreign file.

mod lengths;
mod names;

use std::collections::BTreeSet;

use super::finding::{self, Findings};
use super::place::locate;
use super::sketch::{Cable, Demand, Kind, LengthRule, RiskGroup, Segment, Site, Sketch, Spot};
use crate::file::{self, Entry, List, Record, Value};
use crate::problem::Problems;
use crate::topology::gazetteer::Gazetteer;
use crate::topology::raw::{
    FORMAT, RawCable, RawDemand, RawHead, RawRiskGroup, RawSegment, RawSite, RawSource, RawTerritory, RawTopology,
};
use crate::topology::read;
use crate::units::Bandwidth;
pub use lengths::{Medium, usual_km};
use names::{Ids, is_speaking};

/// Source of all that the file says.
const FILE: &str = "FILE";
/// Code of the territory of sites whose country nobody says; ISO 3166 leaves it to its users.
const NOWHERE: &str = "ZZ";

/// The rules by which values are invented, as sources.
const RULES: [(&str, &str); 7] = [
    ("DRAWN-SCALED", "length of the drawn line, scaled so that the cable has its declared length"),
    ("DRAWN", "length of the drawn line times 1.06, the median of published over drawn length"),
    ("ROUTE-FACTOR", "great circle times 1.13, 1.22 or 1.09 at sea (up to 500, up to 1500, above 1500 km), times 1.35 on land"),
    ("FROM-LATENCY", "the distance that light in fibre goes in the stated latency"),
    ("FLAT-100KM", "100 km for every segment, for nobody says where its ends are"),
    ("BOUNDED", "the nearest length that the guessed places of the ends allow; the stated one goes on in the latency"),
    ("PLACED", "in the middle of the neighbours, or on a small map of its own, for nobody says where it is"),
];

impl LengthRule {
    fn source(self) -> &'static str {
        match self {
            Self::Scaled => "DRAWN-SCALED",
            Self::Drawn => "DRAWN",
            Self::RouteFactor => "ROUTE-FACTOR",
            Self::FromLatency => "FROM-LATENCY",
            Self::Flat => "FLAT-100KM",
            Self::Bounded => "BOUNDED",
        }
    }
}

/// Makes the claims of a topology of that name. O(n log n).
///
/// Problems are those of native parts that came along; all else that is odd is a finding.
#[must_use]
pub fn claim(mut sketch: Sketch, name: &str, problems: &mut Problems) -> (RawTopology, Findings) {
    let is_guess = locate(&mut sketch);
    lengths::measure(&mut sketch, &is_guess);
    let mut raw = RawTopology::default();
    native_parts(&sketch, &mut raw, problems);
    let is_native = sketch.native.head.is_some();
    let mut claims = Claims { raw, findings: std::mem::take(&mut sketch.findings), problems, used: BTreeSet::new(), is_native };
    let site_ids = claims.site_ids(&sketch.sites);
    let territories = claims.territories(&sketch.sites);
    for (i, site) in sketch.sites.into_iter().enumerate() {
        let territory = territories[i].clone();
        claims.site(site, &site_ids[i], territory, is_guess[i]);
    }
    let cable_ids = claims.cables(sketch.cables);
    let segment_ids = claims.segments(sketch.segments, &site_ids, &cable_ids);
    claims.demands(sketch.demands, &site_ids);
    claims.risk_groups(sketch.risk_groups, &segment_ids, &site_ids);
    claims.head(name, sketch.title);
    (claims.raw, claims.findings)
}

/// Reads the parts of a native topology that travelled with the graph.
fn native_parts(sketch: &Sketch, raw: &mut RawTopology, problems: &mut Problems) {
    let mut add = |name: &str, text: &Option<String>| Some(problems.add_file(name, text.clone()?));
    let head = add("crossborder_topology", &sketch.native.head);
    let cables = add("crossborder_cables", &sketch.native.cables);
    let demands = add("crossborder_demands", &sketch.native.demands);
    if let Some(file) = head {
        file::document(file, &mut raw.head, problems);
    }
    if let Some(file) = cables {
        raw.cables = file::table(file, read::CABLES, &mut raw.broken, problems);
    }
    if let Some(file) = demands {
        raw.demands = file::table(file, read::DEMANDS, &mut raw.broken, problems);
    }
}

struct Claims<'p> {
    raw: RawTopology,
    findings: Findings,
    problems: &'p mut Problems,
    /// Sources of invented values that are in use.
    used: BTreeSet<&'static str>,
    /// The head of a native topology came along: ids stay as they are, and rows say themselves where they come from.
    is_native: bool,
}

fn entry(text: impl ToString) -> Entry {
    Entry::from(text)
}

/// An id or a word of ours, which has no outer spaces.
fn word(text: &str) -> Entry {
    Entry { text: text.into(), ..Entry::default() }
}

fn optional(text: Option<impl ToString>) -> Entry {
    text.map_or_else(Entry::default, Entry::from)
}

fn list(text: &str) -> List {
    word(text).into()
}

/// A length to the metre, without needless zeros.
fn km(length: f64) -> String {
    let text = format!("{length:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

impl Claims<'_> {
    fn site_ids(&mut self, sites: &[Site]) -> Vec<String> {
        let mut ids = Ids::default();
        let is_native = self.is_native;
        let mut give = |(i, site): (usize, &Site)| {
            let name = site.name.as_deref().unwrap_or_default();
            let words =
                if is_speaking(&site.key) || name.is_empty() { [site.key.as_str(), name] } else { [name, site.key.as_str()] };
            let (id, is_again) = if is_native && ids.keep(&site.key) {
                (site.key.clone(), false)
            } else {
                ids.give(&words, &format!("site-{}", i + 1))
            };
            if is_again {
                self.findings.note(finding::DUPLICATE_NAME, || format!("`{}` is {id}", words[0]));
            }
            id
        };
        sites.iter().enumerate().map(&mut give).collect()
    }

    /// The territory's code for each site; none for branching units that say none.
    fn territories(&mut self, sites: &[Site]) -> Vec<String> {
        let world = Gazetteer::world();
        let mut known: BTreeSet<String> = self.raw.head.territory.iter().map(|territory| territory.id.text.to_string()).collect();
        let mut codes = Vec::new();
        let mut ids = Ids::default();
        let mut own: std::collections::BTreeMap<String, String> = std::collections::BTreeMap::new();
        for site in sites {
            let (code, name, region) = match &site.territory {
                None if site.kind == Kind::BranchingUnit => {
                    codes.push(String::new());
                    continue;
                }
                None => {
                    self.findings.note(finding::NO_TERRITORY, || site.key.clone());
                    (NOWHERE.to_owned(), "not stated".to_owned(), None)
                }
                Some(word) if known.contains(word) => (word.clone(), word.clone(), None),
                Some(word) => match world.country(word) {
                    Some(country) => (country.code.clone(), country.name.clone(), Some(country.region.clone())),
                    None => {
                        self.findings.note(finding::TERRITORY_UNKNOWN, || word.clone());
                        let code = own.entry(word.clone()).or_insert_with(|| ids.give(&[word], "territory").0);
                        (code.clone(), word.clone(), None)
                    }
                },
            };
            if known.insert(code.clone()) {
                self.raw.head.territory.push(RawTerritory {
                    id: entry(&code),
                    name: entry(name),
                    regime: entry("open"),
                    transit: entry("service"),
                    region: optional(region),
                    source: self.file(),
                    confidence: entry("low"),
                    ..RawTerritory::default()
                });
            }
            codes.push(code);
        }
        codes
    }

    fn site(&mut self, site: Site, id: &str, territory: String, is_guess: bool) {
        let Spot::Earth(position) = site.spot else { return };
        let roles = match site.kind {
            Kind::Node | Kind::Capital => "hub+pop",
            Kind::Landing => "channel",
            Kind::BranchingUnit => "branching-unit",
        };
        let mut raw = RawSite {
            id: entry(id),
            name: optional(site.name.filter(|name| name != id)),
            territory: entry(territory),
            lat: entry(position.lat()),
            lon: entry(position.lon()),
            roles: roles.split('+').collect(),
            source: if is_guess { [FILE, self.rule("PLACED")].into_iter().collect() } else { self.file() },
            ..RawSite::default()
        };
        self.carry(&mut raw, site.native);
        self.raw.sites.push(raw);
    }

    /// Puts columns of native files into a row as they are.
    fn carry(&mut self, row: &mut dyn Record, columns: Vec<(&'static str, String)>) {
        for (column, text) in columns {
            if let Some(field) = row.field(column) {
                field.set(Value::Entry(Entry::from(text)), self.problems);
            }
        }
    }

    /// The source of what the file says, unless its rows name their own.
    fn file(&self) -> List {
        if self.is_native { List::default() } else { list(FILE) }
    }

    fn rule(&mut self, source: &'static str) -> &'static str {
        self.used.insert(source);
        source
    }

    fn cables(&mut self, cables: Vec<Cable>) -> Vec<String> {
        let mut ids = Ids::default();
        let native: BTreeSet<String> = self.raw.cables.iter().map(|cable| cable.id.text.to_string()).collect();
        let mut given = Vec::new();
        for (i, cable) in cables.into_iter().enumerate() {
            if native.contains(&cable.key) {
                given.push(cable.key);
                continue;
            }
            let (id, _) = ids.give(&[&cable.key, cable.name.as_deref().unwrap_or_default()], &format!("cable-{}", i + 1));
            self.raw.cables.push(RawCable {
                id: entry(&id),
                name: optional(cable.name.filter(|name| *name != id)),
                kind: entry(cable.kind.unwrap_or("terrestrial")),
                owners: if cable.owners.is_empty() { List::default() } else { cable.owners.iter().collect() },
                length_km: optional(cable.length_km.map(km)),
                fibre_pairs: optional(cable.fibre_pairs.filter(|pairs| *pairs > 0)),
                valid_from: optional(cable.valid_from),
                valid_to: optional(cable.valid_to),
                source: self.file(),
                note: optional(cable.note),
                ..RawCable::default()
            });
            given.push(id);
        }
        given
    }

    fn segments(&mut self, segments: Vec<Segment>, sites: &[String], cables: &[String]) -> Vec<String> {
        let (mut ids, mut own_cables) = (Ids::default(), Ids::default());
        self.raw.cables.iter().for_each(|cable| own_cables.reserve(&cable.id.text));
        let mut given = Vec::new();
        for segment in segments {
            let [a, b] = segment.ends.map(|end| sites[end].as_str());
            let (id, _) = if self.is_native && ids.keep(&segment.key) {
                (segment.key.clone(), false)
            } else {
                let is_speaking = segment.key.bytes().any(|byte| byte.is_ascii_alphanumeric());
                let between = if is_speaking { String::new() } else { format!("{a}--{b}") };
                ids.give(&[&segment.key, &between], "segment")
            };
            let cable =
                segment.cable.map_or_else(|| self.own_cable(&id, &segment, &mut own_cables), |cable| cables[cable].clone());
            let row = self.segment(segment, &id, &cable, [a, b]);
            self.raw.segments.push(row);
            given.push(id);
        }
        given
    }

    /// A segment of no cable is one of its own.
    fn own_cable(&mut self, id: &str, segment: &Segment, cables: &mut Ids) -> String {
        let (cable, _) = cables.give(&[id], "cable");
        let is_at_sea = segment.ends.iter().all(|&end| {
            let roles = &self.raw.sites[end].roles;
            roles.entries().iter().all(|role| role.text == "channel" || role.text == "branching-unit")
        });
        let kind = if is_at_sea { "submarine" } else { "terrestrial" };
        self.raw.cables.push(RawCable { id: word(&cable), kind: word(kind), source: self.file(), ..RawCable::default() });
        cable
    }

    fn segment(&mut self, segment: Segment, id: &str, cable: &str, [a, b]: [&str; 2]) -> RawSegment {
        let length_source = segment.length_rule.map_or_else(List::default, |rule| list(self.rule(rule.source())));
        let path = segment.path.iter().map(|place| format!("{} {}", place.lat(), place.lon())).collect::<Vec<_>>().join(";");
        let mut bandwidth = |mbps: Option<f64>| self.bandwidth(mbps);
        let [lit, lit_back, design, imputed] =
            [segment.lit_mbps, segment.lit_back_mbps, segment.design_mbps, segment.imputed_mbps].map(&mut bandwidth);
        let mut row = RawSegment {
            id: word(id),
            cable: word(cable),
            a: word(a),
            b: word(b),
            length_km: optional(segment.length_km.map(km)),
            length_source,
            latency_ms: optional(segment.latency_ms),
            lit,
            lit_back,
            design,
            imputed,
            path: entry(path),
            valid_from: optional(segment.valid_from),
            source: self.file(),
            ..RawSegment::default()
        };
        self.carry(&mut row, segment.native);
        row
    }

    /// Whole Mbit/s with a unit; what is less than one is one, but nothing stays nothing.
    fn bandwidth(&mut self, mbps: Option<f64>) -> Entry {
        let Some(mbps) = mbps else { return Entry::default() };
        let Some(rounded) = Bandwidth::from_mbps_f64(mbps) else {
            self.findings.note(finding::BAD_NUMBER, || format!("{mbps} Mbit/s"));
            return Entry::default();
        };
        let rounded = if rounded == Bandwidth::ZERO && mbps > 0.0 { Bandwidth::from_mbps(1) } else { rounded };
        // Less than a millionth is the noise of a unit's conversion.
        #[expect(clippy::cast_precision_loss, reason = "at most 2^53")]
        if (rounded.mbps() as f64 - mbps).abs() > 1e-6 * mbps {
            self.findings.note(finding::ROUNDED, || format!("{mbps} Mbit/s to {rounded}"));
        }
        entry(rounded)
    }

    fn demands(&mut self, demands: Vec<Demand>, sites: &[String]) {
        let mut ids = Ids::default();
        for (i, demand) in demands.into_iter().enumerate() {
            let (id, _) = ids.give(&[&demand.key], &format!("d{}", i + 1));
            let traffic = self.bandwidth(Some(demand.traffic_mbps));
            let mut row = RawDemand {
                id: entry(id),
                from: entry(&sites[demand.from]),
                to: entry(&sites[demand.to]),
                service: entry("internet"),
                traffic,
                priority: optional(demand.priority),
                source: self.file(),
                ..RawDemand::default()
            };
            self.carry(&mut row, demand.native);
            self.raw.demands.push(row);
        }
    }

    fn risk_groups(&mut self, groups: Vec<RiskGroup>, segments: &[String], sites: &[String]) {
        let mut ids = Ids::default();
        self.raw.head.risk_group.iter().for_each(|group| ids.reserve(&group.id.text));
        for (i, group) in groups.into_iter().enumerate() {
            let (id, _) = ids.give(&[&group.key], &format!("risk-group-{}", i + 1));
            let members = |positions: &[usize], ids: &[String]| match positions {
                [] => List::default(),
                positions => positions.iter().map(|&position| &ids[position]).collect(),
            };
            self.raw.head.risk_group.push(RawRiskGroup {
                id: entry(id),
                kind: entry("other"),
                segments: members(&group.segments, segments),
                sites: members(&group.sites, sites),
                source: self.file(),
                ..RawRiskGroup::default()
            });
        }
    }

    fn head(&mut self, name: &str, title: Option<String>) {
        let is_native = self.is_native;
        let head: &mut RawHead = &mut self.raw.head;
        if head.format.is_blank() {
            head.format = entry(FORMAT);
        }
        head.name = entry(Ids::default().give(&[name], "imported").0);
        if head.title.is_blank() {
            head.title = optional(title);
        }
        let known: BTreeSet<String> = head.source.iter().map(|source| source.id.text.to_string()).collect();
        let file = (!is_native).then(|| (FILE, format!("the file it was imported from, {name}"), "published"));
        let rules =
            RULES.iter().filter(|(id, _)| self.used.contains(id)).map(|(id, title)| (*id, (*title).to_owned(), "imputed"));
        for (id, title, kind) in file.into_iter().chain(rules).filter(|(id, ..)| !known.contains(*id)) {
            let source = RawSource { id: entry(id), kind: entry(kind), title: entry(title), ..RawSource::default() };
            head.source.push(source);
        }
    }
}

#[cfg(test)]
mod tests;
