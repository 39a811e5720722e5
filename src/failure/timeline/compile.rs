//! Makes a model of a topology on a day: its segments, stations, common causes, ships and crews.
//!
//! Faults hit segments, so the loss of a branch leaves the trunk. It decides no rates (see
//! [`hazard`](crate::failure::hazard)).

use std::collections::{BTreeMap, BTreeSet};

use crate::failure::hazard::{FleetLimit, Hazards, Medium};
use crate::failure::repair::Delay;
use crate::failure::timeline::model::{Event, Fleet, Hit, Inventory, Model, Part, Permit, Permits, Pool, PoolId, Repair};
use crate::topology::{CableKind, RiskGroup, RiskGroupKind, Role, Segment, SegmentId, SiteId, TerritoryId, Topology};
use crate::units::Date;

/// The name of a segment's part.
#[must_use]
pub fn segment_part(topology: &Topology, segment: SegmentId) -> String {
    format!("segment {}", topology.segment(segment).id)
}

/// The name of a site's part.
#[must_use]
pub fn site_part(topology: &Topology, site: SiteId) -> String {
    format!("site {}", topology.site(site).id)
}

/// Makes the model of what is in service on a day.
///
/// Every segment is a part. So is every site where a submarine cable lands, with all segments that end there, and every
/// risk group of kind station as one; its sites are then none of their own. Each other risk group is an event, which
/// hits each of its cables in one of the segments that belong to the group, and each of its sites.
/// O(segments + risk groups' members) log of that.
///
/// # Panics
/// If the hazards hold what [`Model::new`] refuses.
#[must_use]
pub fn compile(topology: &Topology, day: Date, hazards: &Hazards) -> Model {
    let mut builder = Builder::new(topology, day, hazards);
    builder.segments();
    let common: Vec<&RiskGroup> = topology.risk_groups().iter().filter(|group| group.kind != RiskGroupKind::Station).collect();
    builder.stations(common.iter().flat_map(|group| &group.sites).copied().collect());
    let events = common.iter().filter_map(|group| builder.event(group)).collect();
    let permits = Permits { areas: hazards.permit_areas.clone(), elsewhere: hazards.permit_elsewhere };
    let Builder { parts, pools, .. } = builder;
    Model::new(Inventory { parts, events, pools, permits, segments: topology.segment_count() })
}

struct Builder<'a> {
    topology: &'a Topology,
    day: Date,
    hazards: &'a Hazards,
    parts: Vec<Part>,
    pools: Vec<(String, Pool)>,
    ships: PoolId,
    crews: BTreeMap<TerritoryId, PoolId>,
    /// At each site: what is in service there.
    at_site: Vec<Vec<SegmentId>>,
}

impl<'a> Builder<'a> {
    fn new(topology: &'a Topology, day: Date, hazards: &'a Hazards) -> Self {
        let fleet = Fleet { ships: hazards.ships.clone(), speed_km_per_h: hazards.ship_speed_km_per_h };
        let fleet = match hazards.fleet_limit {
            FleetLimit::Scarce => Pool::Ships(fleet),
            FleetLimit::Unlimited => Pool::UnlimitedShips(fleet),
        };
        let mut pools = vec![("ships".to_owned(), fleet)];
        let mut crews = BTreeMap::new();
        for (territory, km) in land_km(topology, day, hazards) {
            crews.insert(territory, PoolId::from_index(pools.len()));
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the Earth is small")]
            let count = (km / hazards.land_km_per_crew).round().max(1.0) as u32;
            pools.push((format!("crews of {}", topology.territory(territory).code), Pool::Crews(count)));
        }
        let mut at_site = vec![Vec::new(); topology.site_count()];
        for (id, segment) in in_service(topology, day) {
            segment.ends.iter().for_each(|end| at_site[end.index()].push(id));
        }
        at_site.iter_mut().for_each(Vec::dedup);
        Self { topology, day, hazards, parts: Vec::new(), pools, ships: PoolId(0), crews, at_site }
    }

    fn crew_at(&self, site: SiteId) -> Option<PoolId> {
        self.crews.get(&self.topology.site(site).territory?).copied()
    }

    fn segments(&mut self) {
        let (topology, hazards) = (self.topology, self.hazards);
        for (id, segment) in in_service(topology, self.day) {
            let places = segment.ends.map(|end| topology.site(end).position);
            let mut line = Vec::new();
            let on_land = [0, 1].map(|i| self.crew_at(segment.ends[i]).or_else(|| self.crew_at(segment.ends[1 - i])));
            let repair = match hazards.ground(topology, segment) {
                Some(ground) if ground.medium == Medium::Sea => {
                    line.push(places[0]);
                    line.extend(&segment.path);
                    line.push(places[1]);
                    Repair {
                        detection: hazards.sea_detection,
                        permit: Permit::BySea,
                        work: ground.work,
                        weather: hazards.weather,
                        pools: [Some(self.ships); 2],
                    }
                }
                Some(ground) => crews(hazards.land_detection, ground.work, on_land),
                None => crews(Delay::NONE, hazards.radio_work, [None; 2]),
            };
            let faults_per_year = hazards.faults_per_year(topology, segment);
            self.parts.push(Part { name: segment_part(topology, id), faults_per_year, segments: vec![id], line, repair });
        }
    }

    /// Landing stations, and the `named` sites that events may hit.
    fn stations(&mut self, mut named: BTreeSet<SiteId>) {
        let topology = self.topology;
        let mut joint: BTreeSet<SiteId> = BTreeSet::new();
        for group in topology.risk_groups().iter().filter(|group| group.kind == RiskGroupKind::Station) {
            joint.extend(&group.sites);
            let at_sites = group.sites.iter().flat_map(|&site| self.segments_at(site));
            let members = group.segments.iter().copied().filter(|&id| topology.in_service(id, self.day));
            let segments: BTreeSet<SegmentId> = at_sites.chain(members).collect();
            let crew = group.sites.first().and_then(|&site| self.crew_at(site));
            self.station(format!("station {}", group.id), segments, crew, self.hazards.station_failures_per_year());
        }
        let landings: BTreeSet<SiteId> = topology.sites().map(|(id, _)| id).filter(|&id| self.is_landing(id)).collect();
        named.extend(&landings);
        for site in named {
            let is_station = landings.contains(&site) && !joint.contains(&site);
            let rate = if is_station { self.hazards.station_failures_per_year() } else { 0.0 };
            self.station(site_part(topology, site), self.segments_at(site).collect(), self.crew_at(site), rate);
        }
    }

    fn station(&mut self, name: String, segments: BTreeSet<SegmentId>, crew: Option<PoolId>, faults_per_year: f64) {
        if !segments.is_empty() {
            let repair = crews(Delay::NONE, self.hazards.station_work, [crew; 2]);
            self.parts.push(Part { name, faults_per_year, segments: segments.into_iter().collect(), line: Vec::new(), repair });
        }
    }

    fn is_landing(&self, site: SiteId) -> bool {
        let is_sea = |id: SegmentId| self.topology.cable(self.topology.segment(id).cable).kind == CableKind::Submarine;
        !self.topology.site(site).has_role(Role::BranchingUnit, self.day) && self.segments_at(site).any(is_sea)
    }

    fn segments_at(&self, site: SiteId) -> impl Iterator<Item = SegmentId> {
        self.at_site[site.index()].iter().copied()
    }

    /// The common cause of a risk group; `None` if there is none, or nothing in service to hit.
    fn event(&self, group: &RiskGroup) -> Option<Event> {
        let cause = self.hazards.cause_of(group).filter(|cause| cause.events_per_year > 0.0)?;
        let mut cables: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for &segment in group.segments.iter().filter(|&&id| self.topology.in_service(id, self.day)) {
            let cable = self.topology.cable(self.topology.segment(segment).cable);
            cables.entry(&cable.id).or_default().push(segment_part(self.topology, segment));
        }
        let hit = |name: String, parts| Hit { name, probability: cause.share, parts };
        let cables = cables.into_iter().map(|(cable, parts)| hit(format!("cable {cable}"), parts));
        let sites = group.sites.iter().filter(|&&site| self.segments_at(site).next().is_some());
        let sites = sites.map(|&site| site_part(self.topology, site)).map(|name| hit(name.clone(), vec![name]));
        let hits: Vec<Hit> = cables.chain(sites).collect();
        (!hits.is_empty()).then(|| Event { name: format!("group {}", group.id), per_year: cause.events_per_year, hits })
    }
}

fn in_service(topology: &Topology, day: Date) -> impl Iterator<Item = (SegmentId, &Segment)> {
    topology.segments().filter(move |&(id, _)| topology.in_service(id, day))
}

/// No sea, no ships, no leave to ask for.
fn crews(detection: Delay, work: Delay, pools: [Option<PoolId>; 2]) -> Repair {
    Repair { detection, permit: Permit::After(Delay::NONE), work, weather: Delay::NONE, pools }
}

/// Length of the cables that crews mend in each territory, half of a segment's length for each of its ends; and 0 for
/// territories with nothing but stations.
fn land_km(topology: &Topology, day: Date, hazards: &Hazards) -> BTreeMap<TerritoryId, f64> {
    let mut km = BTreeMap::new();
    for (_, segment) in in_service(topology, day) {
        let is_land = hazards.ground(topology, segment).is_some_and(|ground| ground.medium == Medium::Land);
        for territory in segment.ends.iter().filter_map(|&end| topology.site(end).territory) {
            *km.entry(territory).or_insert(0.0) += if is_land { segment.length.km() / 2.0 } else { 0.0 };
        }
    }
    km
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Toy, day};
    use crate::topology::{Provenance, Regime, Transit};

    /// A trunk with a branching unit, two landings, and a link on land.
    fn topology() -> Topology {
        let toy = Toy::new().territory("A", Regime::Open, Transit::Service).territory("B", Regime::Open, Transit::Service);
        let toy = toy.cable("Sea", CableKind::Submarine, &[]);
        let toy = toy.site("a", "A", &[]).site("joint", "", &[Role::BranchingUnit]).site("b", "B", &[]).site("inland", "B", &[]);
        let toy = toy.segment_of("Sea", "a", "joint", 1_000_000).segment_of("Sea", "joint", "b", 1_000_000);
        toy.segment("b", "inland", 3_000_000).build()
    }

    fn names(model: &Model) -> Vec<&str> {
        model.parts().iter().map(|part| part.name.as_str()).collect()
    }

    #[test]
    fn segments_and_landings_are_parts_and_joints_are_not() {
        let topology = topology();
        let model = compile(&topology, day(), &Hazards::default());
        assert_eq!(names(&model), ["segment S0", "segment S1", "segment S2", "site a", "site b"]);
        let b = &model.parts()[4];
        assert_eq!(b.segments, [SegmentId(1), SegmentId(2)]);
        assert_eq!(model.pools()[2], ("crews of B".to_owned(), Pool::Crews(3)));
        assert_eq!(model.parts()[2].repair.pools, [Some(PoolId(2)); 2]);
    }

    #[test]
    fn a_strait_hits_each_cable_once() {
        let mut topology = topology();
        let group = |kind, id: &str, segments: &[u32], sites: &[u32]| RiskGroup {
            id: id.into(),
            kind,
            segments: segments.iter().map(|&id| SegmentId(id)).collect(),
            sites: sites.iter().map(|&id| SiteId(id)).collect(),
            area: None,
            provenance: Provenance::default(),
        };
        topology.risk_groups =
            vec![group(RiskGroupKind::Strait, "narrows", &[0, 1, 2], &[3]), group(RiskGroupKind::Station, "coast", &[], &[0, 2])];
        let model = compile(&topology, day(), &Hazards::default());
        let hits: Vec<(&str, usize)> = model.events()[0].hits.iter().map(|hit| (hit.name.as_str(), hit.parts.len())).collect();
        assert_eq!(hits, [("cable C", 1), ("cable Sea", 2), ("site inland", 1)]);
        let rates: Vec<(&str, bool)> =
            model.parts()[3..].iter().map(|part| (part.name.as_str(), part.faults_per_year > 0.0)).collect();
        assert_eq!(rates, [("site a", false), ("site b", false), ("site inland", false), ("station coast", true)]);
    }
}
