//! How much traffic may grow until the network is no longer safe against the loss of any one cable.
//!
//! The planner's rule: peak and one failure together stay within 100 %. What has no other route is stranded whatever the
//! growth, and told apart. Rarer and joint failures are in `failure`.

use super::Bottleneck;
use super::growth::{Growing, Spec};
use super::load::Loads;
use super::place::{self, Mode, Placement, Routing};
use crate::policy::Law;
use crate::topology::{CableId, SegmentId, SiteId};

/// When the failure-safe limit is passed, and where.
#[derive(Clone, Debug, PartialEq)]
pub struct Safety {
    /// All traffic may be multiplied by this until something is overloaded; under 1, it already is. Infinite where nothing
    /// binds.
    pub factor: f64,
    /// What binds first; `None` where nothing does.
    pub bottleneck: Option<Bottleneck>,
    /// Without which cable; `None` if with all of them.
    pub lost: Option<CableId>,
    /// First year in which growth passes the limit, wherever; `None` = not in the years looked at.
    pub year: Option<i16>,
    /// Cables whose loss leaves traffic without a route, and how much of it today; by cable.
    pub stranded: Vec<Stranded>,
}

/// Traffic that hangs on one cable.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stranded {
    /// Which cable.
    pub cable: CableId,
    /// What has a route with it and none without it.
    pub mbps: f64,
}

/// The network without one cable.
struct State {
    lost: Option<CableId>,
    factor: f64,
    bottleneck: Option<Bottleneck>,
    /// How many years until something is overloaded.
    years: Option<u32>,
    stranded_mbps: f64,
}

/// Takes away each cable in turn and routes what used it anew; under an optimum, everything.
pub(super) fn safety(law: &Law<'_>, spec: &Spec, now: &[Placement]) -> Safety {
    let topology = law.topology();
    let cables = topology.cables().len();
    // The sound network comes first, and so before any loss that does no more.
    let states: Vec<State> = crate::parallel::map(
        cables + 1,
        || (),
        |(), i| {
            let lost = i.checked_sub(1).map(CableId::from_index);
            let segments: Vec<SegmentId> =
                topology.segments().filter(|(_, segment)| Some(segment.cable) == lost).map(|(id, _)| id).collect();
            state(&law.without(segments.iter().copied()), spec, now, lost, &segments)
        },
    );
    let first = states.iter().min_by(|a, b| a.factor.total_cmp(&b.factor)).expect("the sound network is a state");
    let years = states.iter().filter_map(|state| state.years).min();
    let is_stranded = |state: &&State| state.stranded_mbps > 0.0;
    let stranded = states.iter().filter(is_stranded);
    Safety {
        factor: first.factor,
        bottleneck: first.bottleneck,
        lost: first.lost,
        year: years.map(|years| law.policy().as_of.year() + i16::try_from(years).expect("checked where years are counted")),
        stranded: stranded.filter_map(|state| Some(Stranded { cable: state.lost?, mbps: state.stranded_mbps })).collect(),
    }
}

fn state(law: &Law<'_>, spec: &Spec, now: &[Placement], lost: Option<CableId>, segments: &[SegmentId]) -> State {
    let uses = |placement: &Placement| {
        let mut used = placement.parts.iter().flat_map(|part| &part.way.segments);
        used.any(|segment| segments.binary_search(segment).is_ok())
    };
    let hit: Vec<usize> = match spec.placement.routing {
        Routing::Shortest | Routing::EqualCost | Routing::Split { .. } => (0..now.len()).filter(|&i| uses(&now[i])).collect(),
        // The best routing of some depends on all others.
        Routing::Optimal { .. } => (0..now.len()).filter(|_| lost.is_some()).collect(),
    };
    let requests = hit.iter().map(|&i| spec.placement.requests[i].clone()).collect();
    let again = place::run(law, &place::Spec { requests, mode: Mode::Offered, ..spec.placement.clone() }).placements;
    let mut placements = now.to_vec();
    for (i, placement) in hit.into_iter().zip(again) {
        placements[i] = placement;
    }
    let routed = |placements: &[Placement]| placements.iter().map(Placement::carried_mbps).sum::<f64>();
    let growing = Growing::of(law, spec, &placements);
    let (factor, bottleneck) = room(law, &growing.after(0));
    let is_overloaded = |years: &u32| room(law, &growing.after(*years)).0 < 1.0;
    State {
        lost,
        factor,
        bottleneck,
        years: (0..=spec.years).find(is_overloaded),
        stranded_mbps: (routed(now) - routed(&placements)).max(0.0),
    }
}

/// The factor by which all loads may grow together, and what binds then; ties to lanes, then to the lower.
fn room(law: &Law<'_>, loads: &Loads) -> (f64, Option<Bottleneck>) {
    let lanes = loads.lanes(law).map(|lane| (Bottleneck::Lane(lane.lane), lane.usage));
    let sites = (0..loads.switched.len()).map(SiteId::from_index);
    let gateways = sites.map(|site| (Bottleneck::Gateway(site), loads.switching(law, site)));
    let tightest = lanes
        .chain(gateways)
        .filter_map(|(bottleneck, usage)| Some((usage.utilisation()?, bottleneck)))
        .filter(|&(utilisation, _)| utilisation > 0.0)
        .reduce(|a, b| if b.0 > a.0 { b } else { a });
    tightest.map_or((f64::INFINITY, None), |(utilisation, bottleneck)| (1.0 / utilisation, Some(bottleneck)))
}
