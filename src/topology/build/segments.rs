//! Segments: what they join, how long they are, what they carry, and whether they cross borders at gateways.

use super::Builder;
use crate::file::{Entry, Interval, Number, Text, validity};
use crate::problem::{Problem, code};
use crate::topology::geography::{geodesic_m, great_circle_m};
use crate::topology::latency::latency;
use crate::topology::raw::RawSegment;
use crate::topology::words::TERRAINS;
use crate::topology::{CableId, CableKind, Capacity, Regime, Role, Segment, Site, SiteId};
use crate::units::{Date, Latency, Length, Position, Validity};

/// The longest single segment; a hop by a geostationary satellite is about 75,000 km.
const LENGTH: Number = Number { name: "length in km", interval: Interval::closed(0.0, 100_000.0) };
const LATENCY: Number = Number { name: "latency in ms", interval: Interval::closed(0.0, 10_000.0) };
const TARIFF: Number = Number { name: "tariff in USD per Mbit/s and month", interval: Interval::closed(0.0, 1e9) };

/// A segment may fall short of the geodesic by this factor, for coordinates are rounded.
const SHORTEST: f64 = 0.98;

impl Builder<'_> {
    pub(super) fn segments(&mut self, rows: Vec<RawSegment>) {
        let rows = self.segment_names.distinct(rows, |row| (&row.id, &row.place), self.problems);
        for row in rows {
            match self.segment(&row) {
                Some(segment) => self.segments.push(segment),
                None => self.segment_names.spoil(&row.id.text),
            }
        }
        let cables = &self.cables;
        // The keys are sorted alone, and each segment, which is large, moved once.
        self.segments.sort_by_cached_key(|segment| {
            (segment.ends, segment.length, cables[segment.cable.index()].kind, Text::from(segment.id.as_str()))
        });
        self.segment_names.place(self.segments.iter().map(|segment| segment.id.as_str()));
    }

    fn segment(&mut self, row: &RawSegment) -> Option<Segment> {
        for (entry, key, help) in [
            (&row.cable, "cable", "name the cable it is part of"),
            (&row.a, "a", "name the site at one end"),
            (&row.b, "b", "name the site at the other end"),
            (&row.length_km, "length_km", "give the length in km, or great circle x route factor with its `length_source`"),
        ] {
            self.require(entry, key, &row.place, help);
        }
        let cable = self.cable_names.resolve(&row.cable, self.problems).map(CableId::from_index);
        let ends = [&row.a, &row.b].map(|entry| self.site_names.resolve(entry, self.problems).map(SiteId::from_index));
        let length = row.length_km.number(LENGTH, self.problems).and_then(Length::from_km);
        let stated = row.latency_ms.number(LATENCY, self.problems).and_then(Latency::from_ms);
        let [capacity, back] = self.capacities(row);
        let path = self.path(&row.path);
        row.terrain.word("terrain", TERRAINS, self.problems);
        let mut segment = Segment {
            id: row.id.text.to_string(),
            cable: CableId(0),
            ends: [SiteId(0); 2],
            length: Length::ZERO,
            latency: Latency::ZERO,
            capacity,
            capacity_back: (back != Capacity::default()).then_some(back),
            terrain: row.terrain.owned(),
            tariff: row.tariff.number(TARIFF, self.problems),
            path,
            validity: validity(&row.valid_from, &row.valid_to, self.problems),
            provenance: self.provenance(&row.source, &row.confidence),
            length_sources: self.resolve_sources(&row.length_source),
            capacity_sources: self.resolve_sources(&row.capacity_source),
            note: row.note.owned(),
        };
        segment.cable = cable?;
        let of_cable = self.cables[segment.cable.index()].validity;
        self.in_cables_time(row, &segment, of_cable);
        segment.validity = segment.validity.and(of_cable);
        segment.ends = [ends[0]?, ends[1]?];
        segment.length = length?;
        let kind = self.cables[segment.cable.index()].kind;
        segment.latency = stated.unwrap_or_else(|| latency(kind, segment.length));
        self.check_length(row, &segment, kind);
        self.check_gateways(row, &segment);
        if segment.ends[0] > segment.ends[1] {
            turn(&mut segment);
        }
        Some(segment)
    }

    fn in_cables_time(&mut self, row: &RawSegment, segment: &Segment, of_cable: Validity) {
        let entry = if row.valid_from.is_blank() { &row.valid_to } else { &row.valid_from };
        let words = || (format!("segment `{}`", row.id.text), format!("its cable `{}`", row.cable.text));
        self.within((segment.validity, &entry.place), of_cable, words);
    }

    fn capacities(&mut self, row: &RawSegment) -> [Capacity; 2] {
        let mut read = |entry: &Entry| entry.bandwidth(self.problems);
        let there = Capacity { design: read(&row.design), lit: read(&row.lit), imputed: read(&row.imputed) };
        let back = Capacity { design: read(&row.design_back), lit: read(&row.lit_back), imputed: None };
        [there, back]
    }

    /// Reads `lat lon;lat lon`.
    fn path(&mut self, entry: &Entry) -> Vec<Position> {
        let mut points = Vec::new();
        for point in entry.split(';') {
            match point.split(' ').as_slice() {
                [lat, lon] => points.extend(super::parts::position(lat, lon, &None, self.problems)),
                _ => {
                    let message = format!("`{}` is no waypoint", point.text);
                    let problem = point.problem(code::BAD_POSITION, message, "not a latitude and a longitude");
                    self.problems.push(problem.help("write `lat lon;lat lon`, in degrees, from a to b"));
                }
            }
        }
        points
    }

    fn check_length(&mut self, row: &RawSegment, segment: &Segment, kind: CableKind) {
        let [a, b] = segment.ends.map(|end| &self.sites[end.index()]);
        let length = segment.length.km();
        if segment.ends[0] != segment.ends[1] && is_plainly_possible(length, great_circle_m(a.position, b.position) / 1e3) {
            return;
        }
        let apart = geodesic_m(a.position, b.position) / 1e3;
        if a.id == b.id {
            let problem = row.b.problem(code::LOOP, format!("segment `{}` leads from `{}` to itself", row.id.text, a.id), "");
            self.problems.push(problem.help("it carries nothing anywhere; name another end, or leave it out"));
        } else if apart > 1.0 && length + 1.0 < SHORTEST * apart {
            let message = format!("{length} km is too short: `{}` and `{}` are {apart:.0} km apart", a.id, b.id);
            let problem = row.length_km.problem(code::TOO_SHORT, message, "shorter than the way");
            self.problems.push(problem.help("correct the length, the ends, or the ends' coordinates"));
        } else if kind != CableKind::Satellite && length > 10.0 * apart + 1_000.0 {
            let message = format!("{length} km is too long: `{}` and `{}` are {apart:.0} km apart", a.id, b.id);
            let problem = row.length_km.problem(code::TOO_LONG, message, "far longer than the way");
            let help = "is it in metres, or the whole cable's length? else break it up at the sites it passes";
            self.problems.push(problem.help(help));
        }
    }

    /// Rule R2: on a regulated side a segment across a border ends at a channel or border gateway, all its time.
    fn check_gateways(&mut self, row: &RawSegment, segment: &Segment) {
        let [a, b] = segment.ends.map(|end| &self.sites[end.index()]);
        if a.territory == b.territory {
            return;
        }
        let time = segment.validity.and(a.validity).and(b.validity);
        let mut found = Vec::new();
        for (site, entry) in [(a, &row.a), (b, &row.b)] {
            let Some(territory) = site.territory.map(|id| &self.territories[id.index()]) else { continue };
            if territory.regime == Regime::Open {
                continue;
            }
            if let Some(gap) = first_gap(site, time) {
                let since = gap.map_or(String::new(), |day| format!(" on {day}"));
                let message = format!(
                    "segment `{}` leaves {} at `{}`, which is no channel or border gateway{since}",
                    row.id.text, territory.code, site.id
                );
                let problem = entry.problem(code::NO_GATEWAY, message, "no gateway");
                found.push(
                    problem.help("give the site the role `channel` or `border` for all the segment's time, or end it elsewhere"),
                );
            }
        }
        found.into_iter().for_each(|problem: Problem| self.problems.push(problem));
    }
}

/// Tells whether a length is possible whatever the geodesic, which is within 0.6 % of the great circle.
fn is_plainly_possible(length_km: f64, great_circle_km: f64) -> bool {
    length_km + 1.0 >= great_circle_km && length_km <= 9.9 * great_circle_km + 1_000.0
}

/// The first day of a time on which the site is neither channel nor border gateway; `Some(None)` if it never was before
/// the time's open beginning.
fn first_gap(site: &Site, time: Validity) -> Option<Option<Date>> {
    if time.from.is_some_and(|from| time.to.is_some_and(|to| to <= from)) {
        return None;
    }
    let is_gate = |role: &&(Role, Validity)| matches!(role.0, Role::Channel | Role::Border);
    let mut day = time.from;
    loop {
        let holds = |v: &Validity| match day {
            Some(day) => v.contains(day),
            None => v.from.is_none(),
        };
        let end = site.roles.iter().filter(is_gate).map(|&(_, v)| v).filter(holds).map(|v| v.to.unwrap_or(Date::MAX)).max();
        match end {
            None => return Some(day),
            Some(end) if end == Date::MAX || time.to.is_some_and(|to| to <= end) => return None,
            Some(end) => day = Some(end),
        }
    }
}

/// Swaps the ends and all that goes from one to the other.
fn turn(segment: &mut Segment) {
    segment.ends.reverse();
    segment.path.reverse();
    if let Some(back) = segment.capacity_back.as_mut() {
        std::mem::swap(&mut segment.capacity, back);
    }
}
