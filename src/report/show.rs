//! A topology at a glance on one day: counts, layers, gateways, territories, and what must not be lost.
//!
//! Weak spots are those of the physical graph; what the law makes of a loss is for studies to say.

mod weak_spots;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use petgraph::visit::EdgeRef;

use super::{Column, Report, Table, Value};
use crate::topology::structure::Components;
use crate::topology::{CableId, CableKind, CapacityBasis, Regime, Role, SegmentId, SiteId, TerritoryId, Topology, Transit};
use crate::units::{Bandwidth, Date, Length};

/// The topology on one day, and which of it is in service.
struct Glance<'a> {
    topology: &'a Topology,
    day: Date,
    segments: Vec<SegmentId>,
    is_up: Vec<bool>,
    sites: Vec<SiteId>,
}

/// Says what a topology holds on a day.
#[must_use]
pub fn report(topology: &Topology, day: Date) -> Report {
    let is_up: Vec<bool> = topology.segments().map(|(id, _)| topology.in_service(id, day)).collect();
    let glance = Glance {
        topology,
        day,
        segments: topology.segments().map(|(id, _)| id).filter(|id| is_up[id.index()]).collect(),
        sites: topology.sites().map(|(id, _)| id).filter(|&id| is_reached(topology, &is_up, id)).collect(),
        is_up,
    };
    let title = if topology.title().is_empty() { topology.name() } else { topology.title() };
    let mut report = Report::new("show", format!("{title}, {day}"));
    glance.counts(&mut report);
    report.tables.extend([glance.layers(), glance.gateways(), glance.territories()]);
    glance.weak_spots(&mut report);
    report
}

/// Tells whether a segment in service ends at the site.
fn is_reached(topology: &Topology, is_up: &[bool], site: SiteId) -> bool {
    topology.graph().edges(site.into()).any(|edge| is_up[EdgeRef::id(&edge).index()])
}

impl Glance<'_> {
    fn counts(&self, report: &mut Report) {
        let topology = self.topology;
        let components = Components::new(topology, |segment| self.is_up[segment.index()]);
        let mut of_site = vec![0_usize; components.sizes.len()];
        for &site in &self.sites {
            of_site[components.of_site[site.index()] as usize] += 1;
        }
        let of = |count: usize, all: usize| format!("{count} of {all}");
        report.fact("day", "Day", self.day.to_string());
        report.fact("sites", "Sites in service", self.sites.len());
        report.fact("segments", "Segments in service", self.segments.len());
        let cables = self.cables();
        report.fact("cables", "Cables in service", cables.len());
        report.fact("landings", "Landings of submarine cables", self.landings());
        let territories: BTreeSet<TerritoryId> = self.sites.iter().filter_map(|&site| topology.site(site).territory).collect();
        report.fact("territories", "Territories", territories.len());
        report.fact(
            "ever",
            "In all years",
            format!("{} sites, {} segments, {} cables", topology.site_count(), topology.segment_count(), topology.cables().len()),
        );
        report.fact("components", "Components", of_site.iter().filter(|&&count| count > 0).count());
        report.fact("largest_component", "Sites in the largest", of_site.iter().max().copied().unwrap_or(0));
        let length = |segments: Vec<SegmentId>| segments.into_iter().map(|id| topology.segment(id).length).sum::<Length>();
        let lengths = cables.into_iter().map(|(cable, segments)| (cable, length(segments)));
        if let Some((cable, length)) = lengths.max_by_key(|&(id, length)| (length, Reverse(id))) {
            report.fact("longest_cable", "Longest cable", topology.cable(cable).name.as_str());
            report.quantity("longest_cable_km", "Its segments together", length.km(), 0);
        }
        report.fact("risk_groups", "Risk groups", topology.risk_groups().len());
        report.fact("demands", "Demands", topology.demands().iter().filter(|demand| demand.validity.contains(self.day)).count());
        let imputed = |sources: fn(&crate::topology::Segment) -> &[usize]| {
            self.segments.iter().filter(|&&id| topology.is_imputed(sources(topology.segment(id)))).count()
        };
        report.fact("imputed_lengths", "Lengths imputed", of(imputed(|s| &s.length_sources), self.segments.len()));
        report.fact("imputed_capacities", "Capacities imputed", of(imputed(|s| &s.capacity_sources), self.segments.len()));
    }

    /// Sites ashore at which a segment of a submarine cable ends.
    fn landings(&self) -> usize {
        let is_at_sea =
            |segment: &&SegmentId| self.topology.cable(self.topology.segment(**segment).cable).kind == CableKind::Submarine;
        let ends = self.segments.iter().filter(is_at_sea).flat_map(|&segment| self.topology.segment(segment).ends);
        let sites: BTreeSet<SiteId> = ends.collect();
        let is_joint = |site: &SiteId| self.topology.site(*site).roles.iter().any(|(role, _)| *role == Role::BranchingUnit);
        sites.iter().filter(|site| !is_joint(site)).count()
    }

    /// The segments in service of each cable that has any, ascending.
    fn cables(&self) -> BTreeMap<CableId, Vec<SegmentId>> {
        let mut cables: BTreeMap<CableId, Vec<SegmentId>> = BTreeMap::new();
        for &segment in &self.segments {
            cables.entry(self.topology.segment(segment).cable).or_default().push(segment);
        }
        cables
    }

    fn layers(&self) -> Table {
        let columns = vec![
            Column::text("kind", "Kind"),
            Column::number("cables", "Cables", 0),
            Column::number("segments", "Segments", 0),
            Column::number("international_segments", "International", 0),
            Column::number("length_km", "Length", 0),
            Column::number("international_gbps", "International capacity", 0),
        ];
        let mut table = Table::new("layers", "Layers", columns);
        for kind in CableKind::ALL {
            let is_kind = |id: &&SegmentId| self.topology.cable(self.topology.segment(**id).cable).kind == kind;
            let of_kind: Vec<SegmentId> = self.segments.iter().filter(is_kind).copied().collect();
            let cables: BTreeSet<CableId> = of_kind.iter().map(|&id| self.topology.segment(id).cable).collect();
            let international: Vec<SegmentId> = of_kind.iter().copied().filter(|&id| self.is_international(id)).collect();
            let length: Length = of_kind.iter().map(|&id| self.topology.segment(id).length).sum();
            let capacity: Bandwidth =
                international.iter().map(|&id| self.topology.segment(id).capacity.on(CapacityBasis::Lit)).sum();
            if !of_kind.is_empty() {
                table.push(vec![
                    kind.word().into(),
                    cables.len().into(),
                    of_kind.len().into(),
                    international.len().into(),
                    length.km().into(),
                    capacity.gbps().into(),
                ]);
            }
        }
        table
    }

    fn is_international(&self, segment: SegmentId) -> bool {
        let [a, b] = self.topology.segment(segment).ends.map(|end| self.topology.site(end).territory);
        a.is_none() || a != b
    }

    fn gateways(&self) -> Table {
        let columns = vec![Column::text("class", "Class"), Column::number("sites", "Sites", 0), Column::text("where", "Where")];
        let mut table = Table::new("gateways", "Gateways and other roles", columns);
        for role in Role::ALL {
            let sites: Vec<SiteId> = self.with_role(role);
            let named = matches!(role, Role::Comprehensive | Role::Regional | Role::Border);
            let names: Vec<&str> = sites.iter().map(|&site| self.topology.site(site).name.as_str()).collect();
            let place = if named { Value::from(names.join(", ")) } else { Value::Unknown };
            if !sites.is_empty() {
                table.push(vec![role.word().into(), sites.len().into(), place]);
            }
        }
        table
    }

    fn with_role(&self, role: Role) -> Vec<SiteId> {
        self.sites.iter().copied().filter(|&site| self.topology.site(site).has_role(role, self.day)).collect()
    }

    fn territories(&self) -> Table {
        let columns = vec![
            Column::text("territory", "Territory"),
            Column::text("name", "Name"),
            Column::text("regime", "Regime"),
            Column::text("transit", "Transit"),
            Column::number("sites", "Sites", 0),
            Column::number("service_gateways", "Service gw.", 0),
            Column::number("border_gateways", "Border gw.", 0),
            Column::number("channel_gateways", "Channel gw.", 0),
            Column::number("neighbours", "Neighbours", 0),
            Column::number("international_gbps", "International", 0).bar(),
        ];
        let mut table = Table::new("territories", "Territories", columns);
        for (territory, tally) in self.topology.territories().iter().zip(self.tallies()) {
            let count = |role: Role| tally.roles.get(&role).copied().unwrap_or(0);
            table.push(vec![
                territory.code.as_str().into(),
                territory.name.as_str().into(),
                regime(territory.regime).into(),
                transit(territory.transit).into(),
                tally.sites.into(),
                (count(Role::Comprehensive) + count(Role::Regional)).into(),
                count(Role::Border).into(),
                count(Role::Channel).into(),
                tally.neighbours.len().into(),
                tally.capacity.gbps().into(),
            ]);
        }
        table
    }

    /// What each territory has.
    fn tallies(&self) -> Vec<Tally> {
        let mut tallies = vec![Tally::default(); self.topology.territories().len()];
        for &id in &self.sites {
            let site = self.topology.site(id);
            let Some(tally) = site.territory.map(|territory| &mut tallies[territory.index()]) else { continue };
            tally.sites += 1;
            for role in Role::ALL.into_iter().filter(|&role| site.has_role(role, self.day)) {
                *tally.roles.entry(role).or_default() += 1;
            }
        }
        for &id in self.segments.iter().filter(|&&id| self.is_international(id)) {
            let segment = self.topology.segment(id);
            let [a, b] = segment.ends.map(|end| self.topology.site(end).territory);
            for (own, other) in [(a, b), (b, a)] {
                let Some(tally) = own.map(|territory| &mut tallies[territory.index()]) else { continue };
                tally.neighbours.insert(other);
                tally.capacity += segment.capacity.on(CapacityBasis::Lit);
            }
        }
        tallies
    }
}

/// What a territory has on the day.
#[derive(Clone, Debug, Default)]
struct Tally {
    sites: usize,
    roles: BTreeMap<Role, usize>,
    /// Other territories, or the high seas, that its segments lead to.
    neighbours: BTreeSet<Option<TerritoryId>>,
    /// Of the segments that leave it.
    capacity: Bandwidth,
}

const fn regime(regime: Regime) -> &'static str {
    match regime {
        Regime::Strict => "strict",
        Regime::Licensed => "licensed",
        Regime::Open => "open",
    }
}

const fn transit(transit: Transit) -> &'static str {
    match transit {
        Transit::None => "none",
        Transit::Transmission => "transmission",
        Transit::Service => "service",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Toy, day};

    /// ```text
    ///   a1 === a2 --X-- b1        a1 = a2 by two parallel segments, b1 and c1 by cable X alone
    ///                   |
    ///                   X (c1)
    /// ```
    fn toy() -> Topology {
        let toy = Toy::new().cable("X", CableKind::Submarine, &[]);
        let toy = toy.territory("A", Regime::Strict, Transit::None).territory("B", Regime::Open, Transit::Service);
        let toy = toy.territory("C", Regime::Licensed, Transit::None).site("a1", "A", &[Role::Comprehensive]);
        let toy = toy.site("a2", "A", &[Role::Channel]).site("b1", "B", &[Role::Pop]).site("c1", "C", &[Role::Channel]);
        let toy = toy.segment("a1", "a2", 1000).segment("a1", "a2", 2000);
        toy.segment_of("X", "a2", "b1", 5000).segment_of("X", "b1", "c1", 7000).build()
    }

    fn text(value: &Value) -> String {
        value.for_people(0).into_owned()
    }

    fn rows(report: &Report, key: &str) -> Vec<Vec<String>> {
        let table = report.tables.iter().find(|table| table.key == key).unwrap();
        table.rows().iter().map(|row| row.iter().map(text).collect()).collect()
    }

    #[test]
    fn weak_spots_are_ranked_by_the_territories_they_isolate() {
        let report = report(&toy(), day());
        let spots: Vec<String> = rows(&report, "weak_spots")
            .iter()
            .map(|row| [&row[0], &row[1], &row[3], &row[5]].map(String::as_str).join(" "))
            .collect();
        // Without b1, its own territory is left without a way abroad too. Without cable C, a1 is alone, but A is not.
        let expected =
            ["cable X 2 A, B, C", "site b1 1 A, B, C", "segment S2 2 A", "segment S3 1 C", "site a2 1 A", "cable C 1 –"];
        assert_eq!(spots, expected);
    }

    #[test]
    fn landings_are_sites_ashore_of_submarine_cables() {
        let report = report(&toy(), day());
        let fact = |key: &str| report.facts.iter().find(|fact| fact.key == key).map(|fact| text(&fact.value));
        assert_eq!((fact("landings"), fact("territories")), (Some("3".into()), Some("3".into())));
    }

    #[test]
    fn layers_tell_international_from_domestic() {
        let report = report(&toy(), day());
        assert_eq!(rows(&report, "layers"), [["submarine", "1", "2", "2", "12", "2"], ["terrestrial", "1", "2", "0", "3", "0"]]);
    }

    #[test]
    fn what_is_out_of_service_is_not_counted() {
        let mut topology = toy();
        topology.graph.edge_weight_mut(SegmentId(3).into()).unwrap().validity.from = Some(Date::constant(2018, 1, 1));
        let fact = |day| report(&topology, day).facts.iter().find(|fact| fact.key == "segments").map(|fact| text(&fact.value));
        assert_eq!(fact(day()), Some("3".into()));
        assert_eq!(fact(Date::constant(2018, 1, 1)), Some("4".into()));
    }
}
