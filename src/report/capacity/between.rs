//! What two places could exchange, what binds, and how many ways join them.

use super::{bottleneck, gbps, hundredfold, lane, site, whole_gbps};
use crate::algorithm::max_flow::Value as Flow;
use crate::capacity::Hazard;
use crate::capacity::between::{AllPairs, Outcome, SiteLimits, Spec};
use crate::network::LaneId;
use crate::policy::Law;
use crate::report::{Column, Report, Table};
use crate::topology::{SegmentId, SiteId, Topology};

/// Tells what was found between two places.
#[must_use]
pub fn between(law: &Law<'_>, spec: &Spec, outcome: &Outcome) -> Report {
    let topology = law.topology();
    let mut report = Report::new("capacity", format!("What {} and {} could exchange", spec.from.name, spec.to.name));
    report.fact("as_of", "As of", law.policy().as_of.to_string());
    report.quantity("max_flow_gbps", "Maximum flow, physical", outcome.flow.bounded().map(whole_gbps), 1);
    if !law.policy().is_physical() {
        report.fact("service", "Service", spec.service.word());
        let lawful = outcome.lawful.as_ref();
        report.quantity("lawful_flow_gbps", "Maximum flow, lawful", lawful.map(|flow| gbps(flow.mbps)), 1);
        report.quantity("lawful_bound_gbps", "No more lawfully than", lawful.map(|flow| gbps(flow.bound_mbps)), 1);
    }
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
    if outcome.lawful.is_some() {
        report.note(
            "Lawful: in any mix of pairs of sites, by routes that are lawful for each pair; gateways switch what they can.",
        );
    }
    if spec.sites == SiteLimits::Switching {
        report.note("No more passes through a site than its gateway could switch, where that is known.");
    }
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
    if let Some(flow) = &outcome.lawful {
        let columns = vec![
            Column::text("what", "What binds"),
            Column::number("capacity_gbps", "Capacity", 1),
            Column::number("share_percent", "Its part of the bound", 2).bar(),
        ];
        let mut table = Table::new("lawful_binding", "What binds lawfully", columns);
        for binding in &flow.binding {
            table.push(vec![
                bottleneck(topology, binding.what).into(),
                whole_gbps(binding.capacity_mbps).into(),
                hundredfold(binding.share).into(),
            ]);
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

/// Tells what every two of some sites could exchange.
#[must_use]
pub fn all_pairs(law: &Law<'_>, sites: &[SiteId], outcome: &AllPairs) -> Report {
    let topology = law.topology();
    let title = format!("What every two of {} sites of {} could exchange", sites.len(), topology.name());
    let mut report = Report::new("capacity", title);
    report.fact("as_of", "As of", law.policy().as_of.to_string());
    let method = if outcome.is_by_tree { "cut tree" } else { "pair by pair" };
    report.fact("method", "Method", method);
    let columns = vec![
        Column::text("from", "From"),
        Column::text("to", "To"),
        Column::number("max_flow_gbps", "Maximum flow, physical", 1),
    ];
    let mut table = Table::new("all_pairs", "Each direction by itself", columns);
    let mut flows = Vec::new();
    for (&from, row) in sites.iter().zip(&outcome.flows) {
        for (&to, flow) in sites.iter().zip(row).filter(|&(&to, _)| to != from) {
            let flow = flow.bounded().map(whole_gbps);
            table.push(vec![site(topology, from).into(), site(topology, to).into(), flow.into()]);
            flows.extend(flow);
        }
    }
    report.fact("pairs", "Pairs", flows.len());
    report.fact("unconnected", "Without any capacity between them", flows.iter().filter(|&&flow| flow == 0.0).count());
    report.quantity("max_flow_min_gbps", "Least maximum flow", flows.iter().copied().reduce(f64::min), 1);
    report.note("One way, all capacity free for each, by any route that the fibre allows; capacity that nobody knows is none.");
    report.tables.push(table);
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
pub(in crate::report) fn cables(topology: &Topology, route: &[SegmentId]) -> String {
    let mut names: Vec<&str> =
        route.iter().map(|&segment| topology.cable(topology.segment(segment).cable).name.as_str()).collect();
    names.dedup();
    names.join(", ")
}
