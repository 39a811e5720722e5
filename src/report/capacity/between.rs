//! What two places could exchange, what binds, and how many ways join them.

use super::{lane, site, whole_gbps};
use crate::algorithm::max_flow::Value as Flow;
use crate::capacity::Hazard;
use crate::capacity::between::{Outcome, SiteLimits, Spec};
use crate::network::LaneId;
use crate::policy::Law;
use crate::report::{Column, Report, Table};
use crate::topology::{SegmentId, Topology};

/// Tells what was found between two places.
#[must_use]
pub fn between(law: &Law<'_>, spec: &Spec, outcome: &Outcome) -> Report {
    let topology = law.topology();
    let mut report = Report::new("capacity", format!("What {} and {} could exchange", spec.from.name, spec.to.name));
    report.fact("as_of", "As of", law.policy().as_of.to_string());
    report.quantity("max_flow_gbps", "Maximum flow, physical", outcome.flow.bounded().map(whole_gbps), 1);
    report.fact("segment_disjoint", "Routes that share no segment", outcome.segment_disjoint.bounded());
    report.fact("site_disjoint", "Routes that share no segment or site", outcome.site_disjoint.bounded());
    if let Some(diverse) = &outcome.diverse {
        report.fact("diverse", "Routes that share no risk group or submarine cable", diverse.routes.len());
        report.fact("diverse_max", "No more of them than", diverse.at_most);
        let names: Vec<String> = diverse.cut.iter().map(|&hazard| name(topology, hazard)).collect();
        report.fact("fewest_losses", "Fewest losses that part the two", names.join(", "));
    }
    if outcome.flow == Flow::Unbounded {
        report.note("The two places share a site, so that there is no bound.");
    }
    report.note("One way, all capacity free for it, by any route that the fibre allows; capacity that nobody knows is none.");
    if let Some(cut) = &outcome.cut {
        let columns = vec![Column::text("what", "What binds"), Column::number("capacity_gbps", "Capacity", 1)];
        let mut table = Table::new("cut", "The narrowest cut, whose capacities sum to the maximum flow", columns);
        let capacities = crate::network::lane_capacities(law);
        for &id in &cut.lanes {
            table.push(vec![lane(topology, id).into(), whole_gbps(capacities[id.index()]).into()]);
        }
        debug_assert!(spec.sites == SiteLimits::Switching || cut.sites.is_empty());
        for &id in &cut.sites {
            let capacity = topology.site(id).switching.map(crate::units::Bandwidth::gbps);
            table.push(vec![format!("switching at {}", site(topology, id)).into(), capacity.into()]);
        }
        report.tables.push(table);
    }
    if let Some(diverse) = &outcome.diverse {
        let columns = vec![Column::number("route", "Route", 0), Column::text("cables", "By")];
        let mut table = Table::new("diverse_routes", "Routes that share no risk group or submarine cable", columns);
        for (i, route) in diverse.routes.iter().enumerate() {
            table.push(vec![(i + 1).into(), cables(topology, route).into()]);
        }
        report.tables.push(table);
    }
    report
}

fn name(topology: &Topology, hazard: Hazard) -> String {
    match hazard {
        Hazard::Group(group) => topology.risk_groups()[group.index()].id.clone(),
        Hazard::Cable(cable) => topology.cable(cable).name.clone(),
        Hazard::Segment(segment) => lane(topology, LaneId::new(segment, 0)),
    }
}

/// The cables of a route in order, each once in a row.
fn cables(topology: &Topology, route: &[SegmentId]) -> String {
    let mut names: Vec<&str> =
        route.iter().map(|&segment| topology.cable(topology.segment(segment).cable).name.as_str()).collect();
    names.dedup();
    names.join(", ")
}
