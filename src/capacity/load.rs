//! What placed traffic makes of lanes, cables, gateways, risk groups, borders and pairs of territories.
//!
//! It adds up; it places nothing and judges nothing.

use std::collections::BTreeMap;

use super::admit::lanes;
use super::between::Borders;
use super::place::Placement;
use crate::demand::Request;
use crate::network::LaneId;
use crate::policy::Law;
use crate::topology::{CableId, CapacityBasis, RiskGroupId, Role, SegmentId, SiteId, TerritoryId};

/// Load against capacity, one direction or switching.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Usage {
    /// What is placed on it.
    pub load_mbps: f64,
    /// What it can carry; `None` = nobody knows.
    pub capacity_mbps: Option<u64>,
}

impl Usage {
    /// Load over capacity, 1 = full; infinite where there is load and no capacity, `None` where it is unknown.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "below 2^53 Mbit/s")]
    pub fn utilisation(self) -> Option<f64> {
        self.capacity_mbps.map(|capacity| if self.load_mbps == 0.0 { 0.0 } else { self.load_mbps / capacity as f64 })
    }

    /// What still fits; negative where it is overloaded, `None` where capacity is unknown.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "below 2^53 Mbit/s")]
    pub fn headroom_mbps(self) -> Option<f64> {
        self.capacity_mbps.map(|capacity| capacity as f64 - self.load_mbps)
    }
}

/// Traffic on every lane and through every service gateway.
#[derive(Clone, Debug, PartialEq)]
pub struct Loads {
    /// Mbit/s; length = 2 × segments.
    pub lanes: Vec<f64>,
    /// Switched by the site's service gateway, Mbit/s, each direction of a conversation by itself; length = sites.
    pub switched: Vec<f64>,
}

/// One direction of a segment in service.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LaneLoad {
    /// Which.
    pub lane: LaneId,
    /// How full.
    pub usage: Usage,
}

/// A cable, as full as its fullest lane.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CableLoad {
    /// Which.
    pub cable: CableId,
    /// What runs over any part of it, either way; each route counted once.
    pub traffic_mbps: f64,
    /// The lane with the highest utilisation, ties to the lower; an unknown capacity counts as none used.
    pub fullest: LaneLoad,
}

/// A gateway of any class.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GatewayLoad {
    /// Where.
    pub site: SiteId,
    /// Against its switching capacity.
    pub switched: Usage,
    /// On the segments by which one leaves the territory here.
    pub outward: Usage,
    /// On the segments by which one comes into the territory here.
    pub inward: Usage,
}

/// A risk group.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GroupLoad {
    /// Which.
    pub group: RiskGroupId,
    /// What would be interrupted with it; each route counted once.
    pub traffic_mbps: f64,
    /// On the busier lane of each of its segments, all taken together.
    pub usage: Usage,
}

/// Traffic over the border from one territory to the next, the high seas left out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BorderLoad {
    /// What it leaves.
    pub from: TerritoryId,
    /// What it enters next.
    pub to: TerritoryId,
    /// All that crosses, against what could cross without a third territory; of that, routes over the high seas may share
    /// parts with other borders.
    pub usage: Usage,
}

/// Traffic between the territories where it begins and ends; `None` = the high seas.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PairLoad {
    /// Where it begins.
    pub from: Option<TerritoryId>,
    /// Where it ends.
    pub to: Option<TerritoryId>,
    /// Asked for.
    pub offered_mbps: u64,
    /// Placed.
    pub carried_mbps: f64,
}

impl Loads {
    /// Adds up all placed parts, in their order.
    #[must_use]
    pub fn of<'p>(law: &Law<'_>, placements: impl IntoIterator<Item = &'p Placement>) -> Self {
        let topology = law.topology();
        let mut loads = Self { lanes: vec![0.0; topology.segment_count() * 2], switched: vec![0.0; topology.site_count()] };
        for part in placements.into_iter().flat_map(|placement| &placement.parts) {
            for lane in lanes(law, &part.way) {
                loads.lanes[lane.index()] += part.mbps;
            }
            for site in &part.way.switched_at {
                loads.switched[site.index()] += part.mbps;
            }
        }
        loads
    }

    /// All loads times a factor.
    #[must_use]
    pub fn scaled(&self, factor: f64) -> Self {
        let scaled = |loads: &[f64]| loads.iter().map(|load| load * factor).collect();
        Self { lanes: scaled(&self.lanes), switched: scaled(&self.switched) }
    }

    /// The sum of two loads of one topology.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Self {
        let sum = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a + b).collect();
        Self { lanes: sum(&self.lanes, &other.lanes), switched: sum(&self.switched, &other.switched) }
    }

    /// How full a lane is.
    #[must_use]
    pub fn lane(&self, law: &Law<'_>, lane: LaneId) -> LaneLoad {
        let capacity_mbps = capacity_mbps(law, lane, law.policy().capacity);
        LaneLoad { lane, usage: Usage { load_mbps: self.lanes[lane.index()], capacity_mbps } }
    }

    /// Both directions of every segment in service, in order.
    pub fn lanes<'a>(&'a self, law: &'a Law<'_>) -> impl Iterator<Item = LaneLoad> + 'a {
        let segments = law.topology().segments().map(|(segment, _)| segment).filter(|&segment| law.is_usable(segment));
        segments.flat_map(|segment| both_lanes(segment).map(|lane| self.lane(law, lane)))
    }

    /// The highest utilisation of any lane or service gateway; zero where there is none.
    #[must_use]
    pub fn worst(&self, law: &Law<'_>) -> f64 {
        let gateways = (0..self.switched.len()).map(|site| self.switching(law, SiteId::from_index(site)));
        let usages = self.lanes(law).map(|lane| lane.usage).chain(gateways);
        usages.filter_map(Usage::utilisation).fold(0.0, f64::max)
    }

    /// What a site's service gateway switches.
    #[must_use]
    pub fn switching(&self, law: &Law<'_>, site: SiteId) -> Usage {
        let capacity = law.topology().site(site).switching;
        Usage { load_mbps: self.switched[site.index()], capacity_mbps: capacity.map(crate::units::Bandwidth::mbps) }
    }

    /// Every cable with a segment in service, in order of id.
    #[must_use]
    pub fn cables(&self, law: &Law<'_>, placements: &[Placement]) -> Vec<CableLoad> {
        let topology = law.topology();
        let mut traffic = vec![0.0; topology.cables().len()];
        for part in placements.iter().flat_map(|placement| &placement.parts) {
            let mut cables: Vec<CableId> = part.way.segments.iter().map(|&segment| topology.segment(segment).cable).collect();
            cables.sort_unstable();
            cables.dedup();
            for cable in cables {
                traffic[cable.index()] += part.mbps;
            }
        }
        let mut fullest: BTreeMap<CableId, LaneLoad> = BTreeMap::new();
        for lane in self.lanes(law) {
            let best = fullest.entry(topology.segment(lane.lane.segment()).cable).or_insert(lane);
            if lane.usage.utilisation().unwrap_or(0.0) > best.usage.utilisation().unwrap_or(0.0) {
                *best = lane;
            }
        }
        let load = |(cable, fullest): (CableId, LaneLoad)| CableLoad { cable, traffic_mbps: traffic[cable.index()], fullest };
        fullest.into_iter().map(load).collect()
    }

    /// Every site that is a gateway on the day, or switches, in order of id.
    #[must_use]
    pub fn gateways(&self, law: &Law<'_>) -> Vec<GatewayLoad> {
        let roles = [Role::Comprehensive, Role::Regional, Role::Border, Role::Channel];
        let sites = law.topology().sites().map(|(site, _)| site);
        let gateways =
            sites.filter(|&site| self.switched[site.index()] > 0.0 || roles.iter().any(|&role| law.has_role(site, role)));
        gateways
            .map(|site| {
                let abroad: Vec<LaneId> = law
                    .segments_at(site)
                    .filter(|&(_, other)| law.is_international(site, other))
                    .map(|(segment, _)| LaneId::new(segment, u32::from(law.topology().segment(segment).ends[0] != site)))
                    .collect();
                let outward = self.together(law, abroad.iter().copied());
                let inward = self.together(law, abroad.into_iter().map(LaneId::reverse));
                GatewayLoad { site, switched: self.switching(law, site), outward, inward }
            })
            .collect()
    }

    /// Every risk group, in order of id.
    #[must_use]
    pub fn groups(&self, law: &Law<'_>, placements: &[Placement]) -> Vec<GroupLoad> {
        let topology = law.topology();
        let groups = topology.risk_groups();
        let (mut of_segment, mut of_site) = (vec![Vec::new(); topology.segment_count()], vec![Vec::new(); topology.site_count()]);
        for (i, group) in groups.iter().enumerate() {
            group.segments.iter().for_each(|segment| of_segment[segment.index()].push(i));
            group.sites.iter().for_each(|site| of_site[site.index()].push(i));
        }
        let mut traffic_mbps = vec![0.0; groups.len()];
        let mut touched: Vec<usize> = Vec::new();
        for part in placements.iter().flat_map(|placement| &placement.parts) {
            touched.extend(part.way.segments.iter().flat_map(|segment| &of_segment[segment.index()]));
            touched.extend(part.way.sites.iter().flat_map(|site| &of_site[site.index()]));
            touched.sort_unstable();
            touched.dedup();
            touched.drain(..).for_each(|group| traffic_mbps[group] += part.mbps);
        }
        let load = |(i, traffic_mbps)| {
            let group = RiskGroupId::from_index(i);
            GroupLoad { group, traffic_mbps, usage: self.group(law, group) }
        };
        traffic_mbps.into_iter().enumerate().map(load).collect()
    }

    /// The busier lane of each segment of a risk group that is in service, all taken together.
    #[must_use]
    pub fn group(&self, law: &Law<'_>, group: RiskGroupId) -> Usage {
        let segments = &law.topology().risk_groups()[group.index()].segments;
        let busier = segments.iter().filter(|&&segment| law.is_usable(segment)).map(|&segment| {
            let [a, b] = both_lanes(segment);
            if self.lanes[b.index()] > self.lanes[a.index()] { b } else { a }
        });
        self.together(law, busier)
    }

    /// Several lanes as one; capacity is unknown if that of any is.
    fn together(&self, law: &Law<'_>, lanes: impl Iterator<Item = LaneId>) -> Usage {
        let mut sum = Usage { load_mbps: 0.0, capacity_mbps: Some(0) };
        for usage in lanes.map(|lane| self.lane(law, lane).usage) {
            sum.load_mbps += usage.load_mbps;
            sum.capacity_mbps = sum.capacity_mbps.zip(usage.capacity_mbps).map(|(a, b)| a + b);
        }
        sum
    }
}

/// Every border that traffic crosses, by territory left, then entered.
#[must_use]
pub fn borders(law: &Law<'_>, placements: &[Placement]) -> Vec<BorderLoad> {
    let mut loads: BTreeMap<(TerritoryId, TerritoryId), f64> = BTreeMap::new();
    for part in placements.iter().flat_map(|placement| &placement.parts) {
        for pair in part.way.territories(law.topology()).windows(2) {
            *loads.entry((pair[0], pair[1])).or_insert(0.0) += part.mbps;
        }
    }
    let (borders, loads) = (Borders::new(law), loads.into_iter().collect::<Vec<_>>());
    crate::parallel::map(
        loads.len(),
        || (),
        |(), i| {
            let ((from, to), load_mbps) = loads[i];
            BorderLoad { from, to, usage: Usage { load_mbps, capacity_mbps: borders.capacity_mbps(from, to) } }
        },
    )
}

/// Every pair of territories that anything is offered between, in order.
///
/// # Panics
/// If there is not one placement per request.
#[must_use]
pub fn pairs(law: &Law<'_>, requests: &[Request], placements: &[Placement]) -> Vec<PairLoad> {
    assert_eq!(requests.len(), placements.len(), "one placement per request");
    let mut pairs: BTreeMap<[Option<TerritoryId>; 2], PairLoad> = BTreeMap::new();
    for (request, placement) in requests.iter().zip(placements) {
        let [from, to] = [request.query.from, request.query.to].map(|site| law.territory(site));
        let pair = pairs.entry([from, to]).or_insert(PairLoad { from, to, offered_mbps: 0, carried_mbps: 0.0 });
        pair.offered_mbps += request.traffic.mbps();
        pair.carried_mbps += placement.carried_mbps();
    }
    pairs.into_values().collect()
}

fn both_lanes(segment: SegmentId) -> [LaneId; 2] {
    [0, 1].map(|backwards| LaneId::new(segment, backwards))
}

/// What a lane can carry, Mbit/s; `None` where nobody knows.
pub(super) fn capacity_mbps(law: &Law<'_>, lane: LaneId, basis: CapacityBasis) -> Option<u64> {
    let segment = law.topology().segment(lane.segment());
    let is_back = lane != LaneId::new(lane.segment(), 0);
    let capacity = if is_back { segment.capacity_back.unwrap_or(segment.capacity) } else { segment.capacity };
    let is_known = capacity.lit.or(capacity.design).or(capacity.imputed).is_some();
    is_known.then(|| capacity.on(basis).mbps())
}
