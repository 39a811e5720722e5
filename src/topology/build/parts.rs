//! The named things: sources, territories, sites and cables.

use std::cmp::Ordering;

use super::Builder;
use crate::file::{Entry, Interval, List, Number, validity};
use crate::problem::{Place, Problems, code};
use crate::topology::raw::{RawCable, RawShareLimit, RawSite, RawSource, RawTerritory};
use crate::topology::words::{CABLE_KINDS, CONFIDENCES, REGIMES, REGIONS, ROLES, SOURCE_KINDS, TRANSITS};
use crate::topology::{
    Cable, CableKind, Provenance, Regime, Role, ShareLimit, ShareLimitOn, Site, SiteId, Source, SourceKind, Territory,
    TerritoryId, Transit,
};
use crate::units::{Length, Position, Validity};

const SHARE: Number = Number { name: "share in per cent", interval: Interval::closed(0.0, 100.0) };
const USERS: Number = Number { name: "number of users in millions", interval: Interval::closed(0.0, 1e5) };
const PER_USER: Number = Number { name: "bandwidth per user in kbit/s", interval: Interval::closed(0.0, 1e9) };
const WEIGHT: Number = Number { name: "hub weight", interval: Interval::closed(0.0, 1e6) };
const CABLE_LENGTH: Number = Number { name: "length in km", interval: Interval::closed(0.0, 1e6) };
const LATITUDE: Number = Number { name: "latitude", interval: Interval::closed(-90.0, 90.0) };
const LONGITUDE: Number = Number { name: "longitude", interval: Interval::closed(-180.0, 360.0) };

impl Builder<'_> {
    pub(super) fn sources(&mut self, rows: Vec<RawSource>) {
        let mut rows = self.source_names.distinct(rows, |row| (&row.id, &row.place), self.problems);
        rows.sort_by(|a, b| a.id.text.cmp(&b.id.text));
        self.source_names.place(rows.iter().map(|row| row.id.text.as_str()));
        for row in rows {
            self.require(&row.kind, "kind", &row.place, "write published, recalled or imputed");
            let kind = row.kind.word("kind of source", SOURCE_KINDS, self.problems).unwrap_or(SourceKind::Recalled);
            let title = row.title.owned().unwrap_or_else(|| row.id.text.to_string());
            self.sources.push(Source { id: row.id.text.into(), kind, title, place: row.r#where.owned() });
        }
    }

    pub(super) fn territories(&mut self, rows: Vec<RawTerritory>) {
        let mut rows = self.territory_names.distinct(rows, |row| (&row.id, &row.place), self.problems);
        rows.sort_by(|a, b| a.id.text.cmp(&b.id.text));
        self.territory_names.place(rows.iter().map(|row| row.id.text.as_str()));
        for row in rows {
            self.require(&row.regime, "regime", &row.place, "write strict, licensed or open");
            self.require(&row.transit, "transit", &row.place, "write none, transmission or service");
            row.region.word("region", REGIONS, self.problems);
            let territory = Territory {
                name: row.name.owned().unwrap_or_else(|| row.id.text.to_string()),
                regime: row.regime.word("regime", REGIMES, self.problems).unwrap_or(Regime::Open),
                transit: row.transit.word("transit policy", TRANSITS, self.problems).unwrap_or(Transit::None),
                main: None,
                region: row.region.owned(),
                users_million: row.users_million.number(USERS, self.problems),
                kbps_per_user: row.kbps_per_user.number(PER_USER, self.problems),
                hub_weight: row.hub_weight.number(WEIGHT, self.problems).unwrap_or(1.0),
                share_limits: row.share_limit.iter().filter_map(|limit| self.share_limit(limit)).collect(),
                provenance: self.provenance(&row.source, &row.confidence),
                code: row.id.text.into(),
            };
            self.territories.push(territory);
            self.mains.push(row.main);
        }
    }

    fn share_limit(&mut self, row: &RawShareLimit) -> Option<ShareLimit> {
        self.require(&row.max_percent, "max_percent", &row.place, "give the limit in per cent");
        self.resolve_sources(&row.source);
        if row.medium.is_blank() == row.neighbour.is_blank() {
            let mut problem =
                row.neighbour.problem(code::KEY_DOES_NOT_APPLY, "a share limit is on a medium or on a neighbour", "not both");
            problem.place = problem.place.or_else(|| row.place.clone());
            self.problems.push(problem.help("give either `medium` or `neighbour`"));
            return None;
        }
        let medium = row.medium.word("kind of cable", CABLE_KINDS, self.problems).map(ShareLimitOn::Medium);
        let neighbour = self.territory_names.resolve(&row.neighbour, self.problems);
        let neighbour = neighbour.map(|position| ShareLimitOn::Neighbour(TerritoryId::from_index(position)));
        let validity = validity(&row.valid_from, &row.valid_to, self.problems);
        Some(ShareLimit { on: medium.or(neighbour)?, max_percent: row.max_percent.number(SHARE, self.problems)?, validity })
    }

    pub(super) fn main_sites(&mut self) {
        for i in 0..self.mains.len() {
            let entry = &self.mains[i];
            let Some(site) = self.site_names.resolve(entry, self.problems) else { continue };
            let (territory, site) = (TerritoryId::from_index(i), SiteId::from_index(site));
            if self.sites[site.index()].territory == Some(territory) {
                self.territories[i].main = Some(site);
            } else {
                let message = format!("main site `{}` is not in {}", entry.text, self.territories[i].code);
                let problem = entry.problem(code::NO_MAIN_SITE, message, "in another territory");
                self.problems.push(problem.help("name a site of the territory itself"));
            }
        }
    }

    pub(super) fn sites(&mut self, rows: Vec<RawSite>) {
        let rows = self.site_names.distinct(rows, |row| (&row.id, &row.place), self.problems);
        for row in rows {
            match self.site(&row) {
                Some(site) => self.sites.push(site),
                None => self.site_names.spoil(&row.id.text),
            }
        }
        self.zones = self.sites.iter().filter_map(|site| site.zone.clone()).collect();
        self.sites.sort_by(order_of_sites);
        self.site_names.place(self.sites.iter().map(|site| site.id.as_str()));
    }

    fn site(&mut self, row: &RawSite) -> Option<Site> {
        let validity = validity(&row.valid_from, &row.valid_to, self.problems);
        let roles = self.roles(row, validity);
        let territory = self.territory_names.resolve(&row.territory, self.problems).map(TerritoryId::from_index);
        if row.territory.is_blank() && roles.iter().any(|&(role, _)| role != Role::BranchingUnit) {
            let message = format!("site `{}` has no territory", row.id.text);
            let mut problem = row.territory.problem(code::NO_TERRITORY, message, "");
            problem.place = problem.place.or_else(|| row.place.clone());
            self.problems.push(problem.help("only a branching unit may be on the high seas; name the site's territory"));
        }
        let position = position(&row.lat, &row.lon, &row.place, self.problems);
        let site = Site {
            id: row.id.text.to_string(),
            name: row.name.owned().unwrap_or_else(|| row.id.text.to_string()),
            territory,
            zone: row.zone.owned(),
            position: position.or_else(|| Position::new(0.0, 0.0))?,
            roles,
            switching: row.switching.bandwidth(self.problems),
            validity,
            provenance: self.provenance(&row.source, &row.confidence),
            note: row.note.owned(),
        };
        position.map(|_| site)
    }

    /// Reads `hub+regional@2012-05-21+channel@2005..2015`.
    fn roles(&mut self, row: &RawSite, of_site: Validity) -> Vec<(Role, Validity)> {
        let mut roles: Vec<(Role, Validity)> = Vec::new();
        if row.roles.entries().is_empty() {
            let mut problem = crate::problem::Problem::new(code::MISSING_VALUE, format!("site `{}` has no role", row.id.text));
            problem.place.clone_from(&row.place);
            self.problems
                .push(problem.help("write one or more of hub, pop, channel, border, regional, comprehensive, branching-unit"));
        }
        for entry in row.roles.entries() {
            let at = entry.text.find('@').unwrap_or(entry.text.len());
            let Some(role) = entry.part(0, at).word("role", ROLES, self.problems) else { continue };
            let dates = (at < entry.text.len()).then(|| entry.part(at + 1, entry.text.len() - at - 1));
            let time = dates.map_or(Validity::ALWAYS, |dates| role_time(&dates, self.problems));
            self.within((time, &entry.place), of_site, || (format!("role {}", role.word()), format!("site `{}`", row.id.text)));
            roles.push((role, time));
        }
        if roles.len() > 1 && roles.iter().any(|&(role, _)| role == Role::BranchingUnit) {
            let message = format!("branching unit `{}` has other roles too", row.id.text);
            let problem = row.roles.entries()[0].problem(code::NOT_ONLY_BRANCHING, message, "");
            self.problems.push(problem.help("an undersea joint is nothing else; make the other a site of its own"));
        }
        roles
    }

    pub(super) fn cables(&mut self, rows: Vec<RawCable>) {
        let mut rows = self.cable_names.distinct(rows, |row| (&row.id, &row.place), self.problems);
        rows.sort_by_cached_key(|row| row.id.text.clone());
        self.cable_names.place(rows.iter().map(|row| row.id.text.as_str()));
        for row in rows {
            self.require(&row.kind, "kind", &row.place, "write submarine, terrestrial, microwave or satellite");
            let cable = Cable {
                name: row.name.owned().unwrap_or_else(|| row.id.text.to_string()),
                kind: row.kind.word("kind of cable", CABLE_KINDS, self.problems).unwrap_or(CableKind::Terrestrial),
                owners: texts(&row.owners),
                licensees: texts(&row.licensees),
                length: row.length_km.number(CABLE_LENGTH, self.problems).and_then(Length::from_km),
                fibre_pairs: row
                    .fibre_pairs
                    .whole("number of fibre pairs", 1, 100_000, self.problems)
                    .and_then(|pairs| u32::try_from(pairs).ok()),
                validity: validity(&row.valid_from, &row.valid_to, self.problems),
                length_sources: self.resolve_sources(&row.length_source),
                provenance: self.provenance(&row.source, &row.confidence),
                note: row.note.owned(),
                id: row.id.text.into(),
            };
            self.cables.push(cable);
        }
    }

    pub(super) fn provenance(&mut self, source: &List, confidence: &Entry) -> Provenance {
        Provenance {
            sources: self.resolve_sources(source),
            confidence: confidence.word("confidence", CONFIDENCES, self.problems).unwrap_or_default(),
        }
    }

    pub(super) fn resolve_sources(&mut self, source: &List) -> Vec<usize> {
        source.entries().iter().filter_map(|entry| self.source_names.resolve(entry, self.problems)).collect()
    }

    pub(super) fn require(&mut self, entry: &Entry, key: &str, place: &Option<Place>, help: &str) {
        super::missing(entry, key, place, help, self.problems);
    }
}

/// The texts of a list.
pub(super) fn texts(list: &List) -> Vec<String> {
    list.entries().iter().map(|entry| entry.text.to_string()).collect()
}

/// Reads a latitude and a longitude.
pub(super) fn position(lat: &Entry, lon: &Entry, place: &Option<Place>, problems: &mut Problems) -> Option<Position> {
    super::missing(lat, "lat", place, "give degrees north, such as 43.83", problems);
    super::missing(lon, "lon", place, "give degrees east, such as 87.62", problems);
    let degrees = |entry: &Entry, wanted: Number, problems: &mut Problems| {
        let Interval(low, high) = wanted.interval;
        let off = entry.text.parse::<f64>().ok().filter(|value| !std::ops::RangeBounds::contains(&(low, high), value));
        let Some(value) = off.filter(|value| value.is_finite()) else { return entry.number(wanted, problems) };
        let message = format!("{} {value} is not on Earth", wanted.name);
        let help = "latitude is -90 to 90, longitude -180 to 180, in degrees; were the two swapped?";
        problems.push(entry.problem(code::BAD_POSITION, message, "out of range").help(help));
        None
    };
    let (lat, lon) = (degrees(lat, LATITUDE, problems), degrees(lon, LONGITUDE, problems));
    Position::new(lat?, lon?)
}

/// Reads `2012-05-21` (from then on) or `2005..2015` (from, until).
fn role_time(dates: &Entry, problems: &mut Problems) -> Validity {
    let Some(dots) = dates.text.find("..") else {
        return Validity { from: dates.date(problems), to: None };
    };
    let (from, to) = (dates.part(0, dots), dates.part(dots + 2, dates.text.len() - dots - 2));
    validity(&from, &to, problems)
}

fn order_of_sites(a: &Site, b: &Site) -> Ordering {
    let place = |site: &Site| (site.position.lat(), site.position.lon());
    let ((a_lat, a_lon), (b_lat, b_lon)) = (place(a), place(b));
    a.territory.cmp(&b.territory).then(a_lat.total_cmp(&b_lat)).then(a_lon.total_cmp(&b_lon)).then_with(|| a.id.cmp(&b.id))
}
