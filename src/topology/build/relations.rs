//! What refers to sites and segments: scopes, risk groups and demands.

use std::collections::BTreeSet;

use super::Builder;
use super::names::unknown;
use super::parts::{position, texts};
use crate::file::{Entry, Interval, List, Number, suggest, validity};
use crate::problem::{Problem, code};
use crate::topology::area::Probe;
use crate::topology::raw::{RawDemand, RawRiskGroup, RawScope};
use crate::topology::words::{RISK_GROUP_KINDS, SCOPE_ROLES, SERVICES};
use crate::topology::{Area, Demand, RiskGroup, RiskGroupKind, Role, Scope, SegmentId, Service, SiteId, TerritoryId};
use crate::units::{Bandwidth, Latency, Length};

const RADIUS: Number = Number { name: "radius in km", interval: Interval::closed(0.001, 10_000.0) };
const LATENCY: Number = Number { name: "latency in ms", interval: Interval::closed(0.001, 1e6) };

impl Builder<'_> {
    pub(super) fn scopes(&mut self, rows: &[RawScope]) -> Vec<Scope> {
        rows.iter().filter_map(|row| self.scope(row)).collect()
    }

    fn scope(&mut self, row: &RawScope) -> Option<Scope> {
        self.require(&row.site, "site", &row.place, "name the gateway");
        self.require(&row.role, "role", &row.place, "write comprehensive, regional or border");
        let site = self.site_names.resolve(&row.site, self.problems).map(SiteId::from_index);
        let role = row.role.word("role of a scope", SCOPE_ROLES, self.problems);
        let services = self.services(row, role);
        self.keys_of_role(row, role);
        let zone_or_site = |list: &List, this: &mut Self| {
            list.entries().iter().for_each(|entry| this.zone(entry, true));
            texts(list)
        };
        let domestic = row.domestic.said().map(|zones| {
            zones.iter().for_each(|entry| self.zone(entry, false));
            texts(&row.domestic)
        });
        let far = row.far.said().map(|far| {
            let known = far.iter().filter_map(|entry| self.territory_names.resolve(entry, self.problems));
            known.map(TerritoryId::from_index).collect()
        });
        let scope = Scope {
            site: SiteId(0),
            role: Role::Comprehensive,
            services,
            operators: texts(&row.operators),
            domestic,
            far,
            home: zone_or_site(&row.home, self),
            pair: zone_or_site(&row.pair, self),
            validity: validity(&row.valid_from, &row.valid_to, self.problems),
            licensed: row.licensed_from.date(self.problems),
            provenance: self.provenance(&row.source, &row.confidence),
        };
        let scope = Scope { site: site?, role: role?, ..scope };
        self.check_role(row, &scope);
        Some(scope)
    }

    fn services(&mut self, row: &RawScope, role: Option<Role>) -> Vec<Service> {
        if let Some(entries) = row.services.said() {
            return entries.iter().filter_map(|entry| entry.word("service class", SERVICES, self.problems)).collect();
        }
        match role {
            Some(Role::Comprehensive) => vec![Service::Voice, Service::Internet, Service::Data],
            Some(Role::Border) => vec![Service::BorderLocal],
            Some(Role::Regional) => {
                let mut problem = Problem::new(code::MISSING_VALUE, "`services` is missing");
                problem.place = row.role.place.clone().or_else(|| row.place.clone());
                self.problems.push(problem.help("a regional gateway lists its services, such as `services = [\"voice\"]`"));
                Vec::new()
            }
            Some(Role::Channel | Role::Hub | Role::Pop | Role::BranchingUnit) | None => Vec::new(),
        }
    }

    /// `home` and `pair` are for border gateways and needed there; `domestic` and `far` are for the others.
    fn keys_of_role(&mut self, row: &RawScope, role: Option<Role>) {
        let Some(role) = role else { return };
        let border = [("home", &row.home), ("pair", &row.pair)];
        let service = [("domestic", &row.domestic), ("far", &row.far)];
        let (own, other) = if role == Role::Border { (border, service) } else { (service, border) };
        for (key, _) in own.iter().filter(|(_, list)| role == Role::Border && list.entries().is_empty()) {
            let mut problem = Problem::new(code::MISSING_VALUE, format!("`{key}` is missing"));
            problem.place = row.role.place.clone().or_else(|| row.place.clone());
            self.problems.push(problem.help("a border gateway joins its `home` area to the `pair` area abroad"));
        }
        for (key, list) in other.iter().filter(|(_, list)| list.said().is_some()) {
            let mut problem =
                Problem::new(code::KEY_DOES_NOT_APPLY, format!("`{key}` does not apply to a {} scope", role.word()));
            problem.place = list.entries().first().and_then(|entry| entry.place.clone()).or_else(|| row.place.clone());
            let help = "border scopes have `home` and `pair`, the others `domestic` and `far`";
            self.problems.push(problem.help(help));
        }
    }

    /// Some site must be in the zone, or be it where a site may be named too.
    fn zone(&mut self, entry: &Entry, may_be_site: bool) {
        let text = entry.text.as_str();
        if self.zones.contains(text) || may_be_site && self.site_names.knows(text) {
            return;
        }
        let sites = self.site_names.ids().filter(|_| may_be_site);
        let help = suggest(text, self.zones.iter().map(String::as_str).chain(sites))
            .map_or_else(|| "give a site that `zone` in sites.csv".to_owned(), |zone| format!("did you mean `{zone}`?"));
        let message = format!("no site is in zone `{text}`");
        self.problems.push(entry.problem(code::UNKNOWN_ZONE, message, "unknown zone").help(help));
    }

    /// The site must have the role at some time of the scope.
    fn check_role(&mut self, row: &RawScope, scope: &Scope) {
        let site = &self.sites[scope.site.index()];
        let overlaps = |&(role, time): &(Role, _)| {
            let both = scope.validity.and(time).and(site.validity);
            role == scope.role && both.from.is_none_or(|from| both.to.is_none_or(|to| from < to))
        };
        if !site.roles.iter().any(overlaps) {
            let message = format!("site `{}` is no {} gateway in the time of this scope", site.id, scope.role.word());
            let help = format!("add `{}` to its roles in sites.csv, or correct the dates", scope.role.word());
            self.problems.push(row.role.problem(code::SCOPE_WITHOUT_ROLE, message, "not a role of the site").help(help));
        }
    }

    pub(super) fn risk_groups(&mut self, rows: Vec<RawRiskGroup>) -> Vec<RiskGroup> {
        let mut names = super::Names::new("risk group", BTreeSet::new());
        let mut rows = names.distinct(rows, |row| (&row.id, &row.place), self.problems);
        rows.sort_by(|a, b| a.id.text.cmp(&b.id.text));
        rows.iter().map(|row| self.risk_group(row)).collect()
    }

    fn risk_group(&mut self, row: &RawRiskGroup) -> RiskGroup {
        self.require(&row.kind, "kind", &row.place, "write station, strait, corridor, land-bridge, cable or other");
        let area = self.area(row);
        let named = |list: &List, names: &super::Names, problems: &mut _| -> BTreeSet<usize> {
            list.entries().iter().filter_map(|entry| names.resolve(entry, problems)).collect()
        };
        let mut segments = named(&row.segments, &self.segment_names, self.problems);
        let mut sites = named(&row.sites, &self.site_names, self.problems);
        let cables = named(&row.cables, &self.cable_names, self.problems);
        let of_cables = |(_, segment): &(usize, &crate::topology::Segment)| cables.contains(&segment.cable.index());
        segments.extend(self.segments.iter().enumerate().filter(of_cables).map(|(i, _)| i));
        if let Some(probe) = area.as_ref().map(Probe::new) {
            let inside = |(_, site): &(usize, &crate::topology::Site)| probe.contains(site.position);
            sites.extend(self.sites.iter().enumerate().filter(inside).map(|(i, _)| i));
            let passes = |(_, segment): &(usize, &crate::topology::Segment)| {
                let [a, b] = segment.ends.map(|end| self.sites[end.index()].position);
                let line: Vec<_> = std::iter::once(a).chain(segment.path.iter().copied()).chain([b]).collect();
                probe.is_passed_by(&line)
            };
            segments.extend(self.segments.iter().enumerate().filter(passes).map(|(i, _)| i));
        }
        if segments.is_empty() && sites.is_empty() && !self.problems.has_errors() {
            let problem = row.id.problem(code::EMPTY_RISK_GROUP, format!("risk group `{}` has no members", row.id.text), "");
            self.problems.push(problem.help("name segments, sites or cables, or move or widen its area"));
        }
        RiskGroup {
            id: row.id.text.to_string(),
            kind: row.kind.word("kind of risk group", RISK_GROUP_KINDS, self.problems).unwrap_or(RiskGroupKind::Other),
            segments: segments.into_iter().map(SegmentId::from_index).collect(),
            sites: sites.into_iter().map(SiteId::from_index).collect(),
            area,
            provenance: self.provenance(&row.source, &row.confidence),
        }
    }

    fn area(&mut self, row: &RawRiskGroup) -> Option<Area> {
        let polygon = row.polygon.0.as_ref().map(|corners| {
            let read = |corner: &Vec<Entry>| match corner.as_slice() {
                [lat, lon] => position(lat, lon, &row.place, self.problems),
                _ => {
                    let problem = Problem::new(code::BAD_POSITION, format!("a corner has {} coordinates", corner.len()));
                    let place = corner.first().and_then(|entry| entry.place.clone()).or_else(|| row.place.clone());
                    self.problems.push(Problem { place, ..problem }.help("write each corner as [latitude, longitude]"));
                    None
                }
            };
            corners.iter().filter_map(read).collect::<Vec<_>>()
        });
        let circle = row.circle.as_ref().and_then(|circle| {
            self.require(&circle.radius_km, "radius_km", &circle.place, "give the radius in km");
            let centre = position(&circle.lat, &circle.lon, &circle.place, self.problems);
            let radius = circle.radius_km.number(RADIUS, self.problems).and_then(Length::from_km);
            Some(Area::Circle { centre: centre?, radius: radius? })
        });
        let wrong = match (&polygon, &row.circle) {
            (Some(_), Some(_)) => Some("an area is a circle or a polygon, not both"),
            (Some(corners), None) if corners.len() < 3 => Some("a polygon has at least three corners"),
            _ => None,
        };
        if let Some(message) = wrong {
            let mut problem = Problem::new(code::KEY_DOES_NOT_APPLY, message);
            problem.place.clone_from(&row.place);
            self.problems
                .push(problem.help("give `circle = { lat = ..., lon = ..., radius_km = ... }` or three or more corners"));
            return None;
        }
        circle.or(polygon.map(Area::Polygon))
    }

    pub(super) fn demands(&mut self, rows: Vec<RawDemand>) -> Vec<Demand> {
        let rows = self.demand_names.distinct(rows, |row| (&row.id, &row.place), self.problems);
        rows.iter().filter_map(|row| self.demand(row)).collect()
    }

    fn demand(&mut self, row: &RawDemand) -> Option<Demand> {
        for (entry, key, help) in [
            (&row.from, "from", "name a site or a territory"),
            (&row.to, "to", "name a site or a territory"),
            (&row.service, "service", "write voice, internet, data, leased, border-local or transit"),
            (&row.traffic, "traffic", "give the traffic with its unit, such as `40 Gbit/s`"),
        ] {
            self.require(entry, key, &row.place, help);
        }
        let [from, to] = [&row.from, &row.to].map(|entry| self.demand_end(entry));
        let service = row.service.word("service class", SERVICES, self.problems);
        let traffic = row.traffic.bandwidth(self.problems);
        let priority = row.priority.whole("priority", 1, 9, self.problems).and_then(|priority| u8::try_from(priority).ok());
        let demand = Demand {
            id: row.id.text.to_string(),
            from: SiteId(0),
            to: SiteId(0),
            service: Service::Voice,
            traffic: Bandwidth::ZERO,
            operator: row.operator.owned(),
            priority: priority.unwrap_or(5),
            latency_max: row.latency_max_ms.number(LATENCY, self.problems).and_then(Latency::from_ms),
            validity: validity(&row.valid_from, &row.valid_to, self.problems),
            provenance: self.provenance(&row.source, &row.confidence),
        };
        let demand = Demand { from: from?, to: to?, service: service?, traffic: traffic?, ..demand };
        if demand.from == demand.to {
            let message = format!("demand `{}` ends where it begins, at `{}`", row.id.text, self.sites[demand.from.index()].id);
            self.problems.push(row.to.problem(code::DEMAND_TO_ITSELF, message, "").help("name another end, or leave it out"));
        }
        Some(demand)
    }

    /// A site, or the main site of a territory; a site wins where both have the id.
    fn demand_end(&mut self, entry: &Entry) -> Option<SiteId> {
        let id = entry.get()?;
        if let Some(site) = self.site_names.find(id) {
            return Some(SiteId::from_index(site));
        }
        if let Some(territory) = self.territory_names.find(id) {
            let main = self.territories[territory].main;
            if main.is_none() && self.mains[territory].is_blank() {
                let message = format!("territory {id} has no main site to stand for it");
                let problem = entry.problem(code::NO_MAIN_SITE, message, "no main site");
                self.problems.push(problem.help("give the territory `main`, or name a site here"));
            }
            return main;
        }
        if !self.site_names.knows(id) && !self.territory_names.knows(id) {
            unknown(entry, "site or territory", self.site_names.ids().chain(self.territory_names.ids()), self.problems);
        }
        None
    }
}
