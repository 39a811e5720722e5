//! What the attributes of foreign nodes and links mean, whatever a format calls them.
//!
//! Names are compared without case and punctuation: `LinkSpeedRaw`, `link_speed_raw` and `link-speed raw` are one. A
//! name that is not here is dropped, with a finding; the user may say what it means by renaming it.

use std::collections::BTreeMap;

use super::finding::{self, Findings};
use super::sketch::{Cable, Demand, Flow, Kind, Link, Segment, Site, Spot};
use super::text::{is_unknown, known, number};
use crate::topology::words::SERVICES;
use crate::units::Bandwidth;

/// Words for units of capacity and traffic, and Mbit/s in each.
pub const UNITS: [(&str, f64); 4] = [("kbit/s", 1e-3), ("Mbit/s", 1.0), ("Gbit/s", 1e3), ("Tbit/s", 1e6)];

/// What the user says about a file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Options {
    /// The file's name of a column or attribute, and the name of it here: `cost` → `length_km`.
    pub rename: BTreeMap<String, String>,
    /// Mbit/s per unit of capacity and traffic where a file gives no unit; `None` leaves it to the format.
    pub mbps_per_unit: Option<f64>,
    /// Columns of a table without a header.
    pub header: Option<Vec<String>>,
}

/// An attribute of a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SiteField {
    /// What links call it.
    Key,
    /// Name for people.
    Name,
    /// Country.
    Territory,
    /// Degrees north, or upwards on a drawing.
    Latitude,
    /// Degrees east, or to the right on a drawing.
    Longitude,
    /// What it is.
    Kind,
    /// A column of native files.
    Native(&'static str),
}

/// An attribute of a link or demand.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum LinkField {
    /// What the file calls it.
    Key,
    /// One end.
    From,
    /// The other end.
    To,
    /// The cable's name.
    Cable,
    /// What carries the signal.
    CableKind,
    /// Who owns the cable.
    Owner,
    /// Fibre pairs of the cable.
    FibrePairs,
    /// First day of service.
    Year,
    /// Whether it is only planned.
    Planned,
    /// Length, km per unit.
    Length(f64),
    /// Length in kilometres or metres.
    LengthOpen,
    /// Latency, ms per unit.
    Latency(f64),
    /// Latency, presumably in ms.
    LatencyOpen,
    /// Lit capacity or traffic, Mbit/s per unit.
    Rate(f64),
    /// Lit capacity or traffic with its unit, or without.
    RateOpen,
    /// The number of a speed whose unit is another attribute.
    Speed,
    /// The unit of such a speed.
    SpeedUnit,
    /// Design capacity, Mbit/s per unit.
    Design(f64),
    /// Whether somebody reported or guessed the capacity.
    CapacitySource,
    /// Risk groups, joined by `+`, `,` or `;`.
    RiskGroups,
    /// 1 to 9.
    Priority,
    /// A column of native files.
    Native(&'static str),
}

impl LinkField {
    fn is_id(self) -> bool {
        matches!(self, Self::Key | Self::From | Self::To)
    }

    /// Tells whether its values are numbers with a unit that the name gives.
    #[must_use]
    pub fn is_quantity(self) -> bool {
        matches!(
            self,
            Self::Length(_) | Self::LengthOpen | Self::Latency(_) | Self::LatencyOpen | Self::Rate(_) | Self::Design(_)
        )
    }
}

const SITE_FIELDS: &[(&str, SiteField)] = &[
    ("id nodeid siteid key node vertex", SiteField::Key),
    ("name label nodename nodelabel city", SiteField::Name),
    ("territory country countrycode countryname iso2 nation", SiteField::Territory),
    ("lat latitude y ycoord", SiteField::Latitude),
    ("lon lng long longitude x xcoord", SiteField::Longitude),
    ("kind type nodetype sitetype", SiteField::Kind),
];

const LINK_FIELDS: &[(&str, LinkField)] = &[
    ("id linkid lineid edgeid segmentid demandid", LinkField::Key),
    ("from a u src source sourcenode fromnode node1 origin start sitea", LinkField::From),
    ("to b v dst target targetnode tonode node2 destination end siteb", LinkField::To),
    ("cable system cableid cablename cablesystem", LinkField::Cable),
    ("kind type medium linktype cablekind", LinkField::CableKind),
    ("owner owners operator operators operatorname", LinkField::Owner),
    ("fibrepairs fiberpairs", LinkField::FibrePairs),
    ("rfs rfsyear year readyforservice", LinkField::Year),
    ("planned isplanned", LinkField::Planned),
    ("lengthkm distancekm distkm km", LinkField::Length(1.0)),
    ("lengthm distancem meters metres", LinkField::Length(1e-3)),
    ("length dist distance", LinkField::LengthOpen),
    ("latencyms delayms", LinkField::Latency(1.0)),
    ("latencyus delayus", LinkField::Latency(1e-3)),
    ("latencyns delayns", LinkField::Latency(1e-6)),
    ("latency delay", LinkField::LatencyOpen),
    ("capacitytbps tbps traffictbps", LinkField::Rate(1e6)),
    ("capacitygbps gbps trafficgbps", LinkField::Rate(1e3)),
    ("capacitymbps mbps trafficmbps", LinkField::Rate(1.0)),
    ("capacitykbps kbps traffickbps", LinkField::Rate(1e-3)),
    ("capacitybps bps linkspeedraw", LinkField::Rate(1e-6)),
    ("capacity bandwidth bw cap traffic demand volume demandvalue offeredtraffic", LinkField::RateOpen),
    ("linkspeed speed", LinkField::Speed),
    ("linkspeedunits linkspeedunit speedunit speedunits", LinkField::SpeedUnit),
    ("designtbps designcapacitytbps", LinkField::Design(1e6)),
    ("designgbps designcapacitygbps", LinkField::Design(1e3)),
    ("capacitysrc", LinkField::CapacitySource),
    ("riskgroup riskgroups srlg srlgs", LinkField::RiskGroups),
    ("priority", LinkField::Priority),
];

/// Columns of native `sites.csv` that are carried along as they are; `provenance` stands for `source`.
const NATIVE_SITE: &[&str] = &["territory", "zone", "roles", "switching", "valid_from", "valid_to", "confidence", "note"];

/// Columns of native `segments.csv` that are carried along as they are; `provenance` stands for `source`.
const NATIVE_LINK: &[&str] = &[
    "length_source",
    "design",
    "lit",
    "imputed",
    "design_back",
    "lit_back",
    "capacity_source",
    "terrain",
    "tariff",
    "path",
    "valid_from",
    "valid_to",
    "confidence",
    "note",
];

/// Columns of native `demands.csv` that are carried along as they are; `provenance` stands for `source`.
const NATIVE_DEMAND: &[&str] = &["service", "operator", "latency_max_ms", "valid_from", "valid_to", "confidence", "note"];

/// Words for kinds of site.
const SITE_KINDS: &[(&str, Kind)] = &[
    ("landing landingpoint landingstation lp seacablelandingpoint cablelandingstation", Kind::Landing),
    ("branchingunit bu seacablewaypoint waypoint looseend end", Kind::BranchingUnit),
    ("gateway capital", Kind::Capital),
    ("city node town hub pop", Kind::Node),
];

/// Words for kinds of cable.
const CABLE_KINDS: &[(&str, &str)] = &[
    ("submarine seacable sea subsea undersea", "submarine"),
    ("terrestrial land backhaul crossborder normal fibre fiber", "terrestrial"),
    ("microwave radio", "microwave"),
    ("satellite", "satellite"),
];

/// A name without case and punctuation.
fn bare(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

fn look_up<T: Copy>(name: &str, table: &[(&str, T)]) -> Option<T> {
    let name = bare(name);
    let is_it = |(names, _): &&(&str, T)| !name.is_empty() && names.split(' ').any(|known| known == name);
    table.iter().find(is_it).map(|&(_, field)| field)
}

fn native(name: &str, table: &'static [&'static str]) -> Option<&'static str> {
    if name == "provenance" {
        return Some("source");
    }
    table.iter().find(|column| **column == name).copied()
}

impl Options {
    fn renamed<'a>(&'a self, name: &'a str) -> &'a str {
        self.rename.get(name).map_or(name, String::as_str)
    }

    /// What an attribute of a site means.
    #[must_use]
    pub fn site_field(&self, name: &str) -> Option<SiteField> {
        let name = self.renamed(name);
        native(name, NATIVE_SITE).map(SiteField::Native).or_else(|| look_up(name, SITE_FIELDS))
    }

    /// What a column of a table of demands means.
    #[must_use]
    pub fn demand_field(&self, name: &str) -> Option<LinkField> {
        let name = self.renamed(name);
        native(name, NATIVE_DEMAND).map(LinkField::Native).or_else(|| look_up(name, LINK_FIELDS))
    }

    /// What an attribute of a link or demand means.
    #[must_use]
    pub fn link_field(&self, name: &str) -> Option<LinkField> {
        let name = self.renamed(name);
        native(name, NATIVE_LINK).map(LinkField::Native).or_else(|| look_up(name, LINK_FIELDS))
    }
}

/// A site while its attributes come in.
#[derive(Clone, Debug, Default)]
pub struct SiteDraft {
    /// What is known so far.
    pub site: Site,
    lat: Option<f64>,
    lon: Option<f64>,
}

impl SiteDraft {
    /// Takes one attribute.
    pub fn set(&mut self, field: SiteField, value: &str, findings: &mut Findings) {
        // An id is an id, whatever the word.
        let is_as_it_is = matches!(field, SiteField::Key | SiteField::Native(_));
        let Some(value) = (if is_as_it_is { Some(value.trim()) } else { known(value, findings) }) else { return };
        match field {
            SiteField::Key => value.clone_into(&mut self.site.key),
            SiteField::Name => {
                self.site.name.get_or_insert_with(|| value.to_owned());
            }
            SiteField::Territory => {
                self.site.territory.get_or_insert_with(|| value.to_owned());
            }
            SiteField::Latitude => self.lat = number(value, &["°"], findings).or(self.lat),
            SiteField::Longitude => self.lon = number(value, &["°"], findings).or(self.lon),
            SiteField::Kind => match look_up(value, SITE_KINDS) {
                Some(kind) => self.site.kind = kind,
                None => findings.note(finding::ATTRIBUTE_DROPPED, || format!("kind of site `{value}`")),
            },
            // Our own word, so `NA` is Namibia.
            SiteField::Native("territory") if value == "NA" || !is_unknown(value) => {
                self.site.territory = Some(value.to_owned()).filter(|value| !value.is_empty());
            }
            SiteField::Native("territory") => findings.note(finding::NO_VALUE, || value.to_owned()),
            SiteField::Native(column) => {
                if column == "roles" && value.starts_with("branching-unit") {
                    self.site.kind = Kind::BranchingUnit;
                }
                self.site.native.push((column, value.to_owned()));
            }
        }
    }

    /// The site, its coordinates as they were given.
    #[must_use]
    pub fn finish(self) -> Site {
        let spot = match (self.lon, self.lat) {
            (Some(x), Some(y)) => Spot::Plane { x, y },
            _ => self.site.spot,
        };
        Site { spot, ..self.site }
    }
}

/// A link or demand while its attributes come in.
#[derive(Clone, Debug, Default)]
pub struct LinkDraft {
    /// What is known so far.
    pub link: Link,
    /// Its cable, as far as the link tells.
    pub cable: Cable,
    /// Traffic or lit capacity in Mbit/s.
    rate: Option<f64>,
    /// The same without unit.
    rate_open: Option<f64>,
    speed: Option<f64>,
    mbps_per_speed: Option<f64>,
    length_open: Option<f64>,
    is_guess: bool,
    priority: Option<u8>,
}

impl LinkDraft {
    /// Takes one attribute.
    pub fn set(&mut self, field: LinkField, value: &str, findings: &mut Findings) {
        // An id is an id, whatever the word.
        let is_as_it_is = field.is_id() || matches!(field, LinkField::Native(_));
        let Some(value) = (if is_as_it_is { Some(value.trim()) } else { known(value, findings) }) else { return };
        let segment = &mut self.link.segment;
        match field {
            LinkField::Key => value.clone_into(&mut segment.key),
            LinkField::From => value.clone_into(&mut self.link.ends[0]),
            LinkField::To => value.clone_into(&mut self.link.ends[1]),
            LinkField::Cable => value.clone_into(&mut self.cable.key),
            LinkField::CableKind => match look_up(value, CABLE_KINDS) {
                Some(kind) => self.cable.kind = Some(kind),
                None => findings.note(finding::ATTRIBUTE_DROPPED, || format!("kind of link `{value}`")),
            },
            LinkField::Owner => self.cable.owners.extend(owners(value)),
            LinkField::FibrePairs => self.cable.fibre_pairs = whole(value, findings),
            LinkField::Year => segment.valid_from = date(value, findings),
            LinkField::Planned => {
                if value.eq_ignore_ascii_case("true") || value == "1" {
                    self.cable.is_planned = true;
                }
            }
            LinkField::Length(km) => segment.length_km = number(value, &["km", "m"], findings).map(|length| length * km),
            LinkField::LengthOpen => self.length_open = number(value, &["km"], findings),
            LinkField::Latency(ms) => segment.latency_ms = number(value, &["ms", "us"], findings).map(|time| time * ms),
            LinkField::LatencyOpen => {
                segment.latency_ms = number(value, &["ms"], findings);
                findings.note(finding::LATENCY_UNIT, || format!("{value} read as ms"));
            }
            LinkField::Rate(mbps) => self.rate = number(value, &[], findings).map(|rate| rate * mbps),
            LinkField::RateOpen => match Bandwidth::parse(value) {
                #[expect(clippy::cast_precision_loss, reason = "at most 2^53")]
                Ok(rate) => self.rate = Some(rate.mbps() as f64),
                Err(_) => self.rate_open = number(value, &[], findings),
            },
            LinkField::Speed => self.speed = number(value, &[], findings),
            LinkField::SpeedUnit => self.mbps_per_speed = prefix(value, findings),
            LinkField::Design(mbps) => segment.design_mbps = number(value, &[], findings).map(|rate| rate * mbps),
            LinkField::CapacitySource => self.is_guess = bare(value) == "imputed",
            LinkField::RiskGroups => {
                let groups = value.split(['+', ',', ';']).map(str::trim).filter(|group| !group.is_empty());
                self.link.risk_groups.extend(groups.map(str::to_owned));
            }
            LinkField::Priority => self.priority = whole(value, findings).and_then(|n| u8::try_from(n.clamp(1, 9)).ok()),
            // Whoever has other services means something else by the word.
            LinkField::Native("service") if SERVICES.iter().all(|(word, _)| *word != value) => {
                findings.note(finding::ATTRIBUTE_DROPPED, || format!("service `{value}`"));
            }
            LinkField::Native(column) => segment.native.push((column, value.to_owned())),
        }
    }

    /// The link. Rates without unit are taken at so many Mbit/s per unit.
    pub fn finish(mut self, mbps_per_unit: f64, findings: &mut Findings) -> Link {
        let rate = self.take_rate(mbps_per_unit, finding::CAPACITY_UNIT, findings);
        let segment = &mut self.link.segment;
        // Native columns say it better.
        let is_said = segment.native.iter().any(|(column, _)| matches!(*column, "design" | "lit" | "imputed"));
        if is_said {
        } else if self.is_guess {
            segment.imputed_mbps = rate;
        } else {
            segment.lit_mbps = rate;
        }
        if segment.length_km.is_none() && self.length_open.is_some() {
            segment.length_km = self.length_open;
            segment.is_length_unit_open = true;
        }
        self.link.cable = (self.cable != Cable::default()).then(|| Box::new(self.cable));
        self.link
    }

    /// The same as a demand.
    pub fn finish_demand(mut self, mbps_per_unit: f64, findings: &mut Findings) -> Flow {
        let traffic_mbps = self.take_rate(mbps_per_unit, finding::TRAFFIC_UNIT, findings).unwrap_or(0.0);
        let Link { ends, segment: Segment { key, native, .. }, .. } = self.link;
        Flow { ends, demand: Demand { key, traffic_mbps, priority: self.priority, native, ..Demand::default() } }
    }

    fn take_rate(&mut self, mbps_per_unit: f64, kind: finding::Kind, findings: &mut Findings) -> Option<f64> {
        let spoken = self.speed.and_then(|speed| Some(speed * self.mbps_per_speed?));
        if let Some(rate) = self.rate.or(spoken) {
            return Some(rate);
        }
        let rate = self.rate_open.or(self.speed)?;
        findings.note(kind, || format!("{rate} read as {} Mbit/s", rate * mbps_per_unit));
        Some(rate * mbps_per_unit)
    }
}

fn whole(value: &str, findings: &mut Findings) -> Option<u32> {
    let value = number(value, &[], findings)?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bounds checked first")]
    (0.0..=1e6).contains(&value).then(|| value.round() as u32)
}

/// Mbit/s per unit for the prefix of a unit: `G`, `Mbps`, `K`.
fn prefix(value: &str, findings: &mut Findings) -> Option<f64> {
    let mbps = match value.chars().next()?.to_ascii_uppercase() {
        'K' => 1e-3,
        'M' => 1.0,
        'G' => 1e3,
        'T' => 1e6,
        'B' => 1e-6,
        _ => {
            findings.note(finding::BAD_NUMBER, || format!("unit of speed `{value}`"));
            return None;
        }
    };
    Some(mbps)
}

/// Names joined by commas or semicolons.
pub fn owners(value: &str) -> impl Iterator<Item = String> {
    value.split([',', ';']).map(str::trim).filter(|owner| !owner.is_empty()).map(|owner| owner.replace('+', "&"))
}

/// The year, month or day that a date begins with: `2016.0`, `2009 April`, `2025 Q4`, `2017-06-01`.
pub fn date(value: &str, findings: &mut Findings) -> Option<String> {
    const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    if crate::units::parse_date(value).is_ok() {
        return Some(value.to_owned());
    }
    let (year, rest) = value.split_at_checked(4)?;
    if !year.bytes().all(|byte| byte.is_ascii_digit()) {
        findings.note(finding::BAD_NUMBER, || format!("date `{value}`"));
        return None;
    }
    let rest = rest.trim().to_lowercase();
    let month = MONTHS.iter().position(|month| rest.starts_with(month)).map(|month| month + 1);
    let quarter = rest.strip_prefix('q').and_then(|q| q.parse::<usize>().ok()).filter(|q| (1..=4).contains(q));
    Some(match month.or(quarter.map(|quarter| quarter * 3 - 2)) {
        Some(month) => format!("{year}-{month:02}"),
        None => year.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_means_two_things() {
        for table in [
            SITE_FIELDS.iter().map(|(names, _)| *names).collect::<Vec<_>>(),
            LINK_FIELDS.iter().map(|(names, _)| *names).collect(),
        ] {
            let mut names: Vec<&str> = table.iter().flat_map(|names| names.split(' ')).collect();
            let count = names.len();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), count);
        }
    }

    #[test]
    fn names_are_compared_without_case_and_punctuation() {
        let options = Options { rename: BTreeMap::from([("cost".to_owned(), "length_km".to_owned())]), ..Options::default() };
        assert_eq!(options.link_field("LinkSpeedRaw"), Some(LinkField::Rate(1e-6)));
        assert_eq!(options.link_field("length_km"), Some(LinkField::Length(1.0)));
        assert_eq!(options.link_field("cost"), Some(LinkField::Length(1.0)));
        assert_eq!(options.link_field("colour"), None);
        assert_eq!(options.site_field("Latitude"), Some(SiteField::Latitude));
        assert_eq!(options.site_field("--"), None);
    }

    #[test]
    fn a_speed_takes_its_unit_from_the_other_attribute() {
        let mut findings = Findings::default();
        let mut draft = LinkDraft::default();
        draft.set(LinkField::SpeedUnit, "G", &mut findings);
        draft.set(LinkField::Speed, "2.5", &mut findings);
        assert_eq!(draft.finish(1.0, &mut findings).segment.lit_mbps, Some(2_500.0));
        assert!(findings.is_empty());
    }

    #[test]
    fn a_rate_without_unit_is_a_finding() {
        let mut findings = Findings::default();
        let mut draft = LinkDraft::default();
        draft.set(LinkField::RateOpen, "40", &mut findings);
        assert_eq!(draft.finish(1e3, &mut findings).segment.lit_mbps, Some(40_000.0));
        assert_eq!(findings.count(finding::CAPACITY_UNIT), 1);
    }

    #[test]
    fn dates_of_cable_maps_are_read() {
        let mut findings = Findings::default();
        for (value, read) in [("2009 April", "2009-04"), ("2025 Q4", "2025-10"), ("2016.0", "2016"), ("2017-06-01", "2017-06-01")]
        {
            assert_eq!(date(value, &mut findings).as_deref(), Some(read), "{value}");
        }
        assert_eq!(date("soon, perhaps", &mut findings), None);
        assert_eq!(findings.count(finding::BAD_NUMBER), 1);
    }
}
