//! One outage in people's words: under which rules it does what, which way everybody goes, and what gets fuller.

use super::outages::{gbps, impact, impact_columns, percent};
use crate::capacity::Bottleneck;
use crate::failure::cut::{Asked, Judged, Outcome, Rerouted};
use crate::failure::outages::Element;
use crate::network::{UNLIMITED, lane_capacities, switching_capacities};
use crate::policy::{Law, Profile};
use crate::report::capacity::{bottleneck, cables};
use crate::report::{Column, Report, Table, Value};
use crate::route::Way;

/// Tells what a cut does.
#[must_use]
pub fn cut(law: &Law<'_>, element: &Element, asked: &Asked, outcome: &Outcome) -> Report {
    let topology = law.topology();
    let mut report = Report::new("cut", format!("{} without {}", topology.name(), element.name));
    report.fact("as_of", "As of", law.policy().as_of.to_string());
    report.fact("cut", "Cut", element.name.as_str());
    report.fact("segments", "Segments out of service", asked.lost.len());
    report.fact("demands", "Demands", asked.requests.len());
    let own = &outcome.judged[0];
    report.quantity("routed_gbps", "With a lawful route before", gbps(own.routed_mbps), 1);
    report.quantity("interrupted_percent", "Interrupted", percent(own.impact.interrupted_mbps, own.routed_mbps), 2);
    report.quantity("unserved_percent", "Unserved after restoration", percent(own.impact.unserved_mbps, own.routed_mbps), 2);
    report.fact("parted", "Demands cut off", own.impact.parted_pairs);
    let forbidden = outcome.rerouted.iter().filter(|change| is_forbidden(change)).count();
    report.fact("forbidden", "Cut off by the rules alone, the fibre being there", forbidden);
    let isolated: Vec<&str> = own.impact.isolated.iter().map(|&id| topology.territory(id).name.as_str()).collect();
    report.fact("isolated", "Territories isolated", isolated.join(", "));
    report.tables.push(rules(law, outcome));
    report.tables.push(territories(law, own));
    report.tables.push(routes(law, asked, outcome));
    report.tables.push(loads(law, outcome));
    if asked.lost.is_empty() {
        report.note("nothing of it is in service on this day");
    }
    report
}

fn is_forbidden(change: &Rerouted) -> bool {
    change.after.is_none() && change.physical.is_some()
}

fn rules(law: &Law<'_>, outcome: &Outcome) -> Table {
    let mut columns = vec![Column::text("rules", "Rules")];
    columns.extend(impact_columns());
    let mut table = Table::new("rules", "What it does, by the rules that hold", columns);
    for judged in &outcome.judged {
        let word = match judged.profile {
            Profile::Lawful => "as they are",
            Profile::Emergency => "suspended in an emergency (R19)",
            Profile::Physical => "none, the fibre alone",
        };
        let mut row: Vec<Value> = vec![word.into()];
        row.extend(impact(law, &judged.impact, judged.routed_mbps));
        table.push(row);
    }
    table
}

fn territories(law: &Law<'_>, judged: &Judged) -> Table {
    let columns = vec![
        Column::text("territory", "Code"),
        Column::text("name", "Territory"),
        Column::number("routed_gbps", "Traffic", 1),
        Column::number("interrupted_gbps", "Interrupted", 1),
        Column::number("interrupted_percent", "Share", 1).bar(),
        Column::number("unserved_gbps", "Unserved", 1),
        Column::number("unserved_percent", "Share", 1).bar(),
        Column::truth("isolated", "Isolated"),
    ];
    let mut table = Table::new("territories", "Who notices", columns);
    let mut rows: Vec<_> = judged.impact.territories.iter().collect();
    let share = |mbps, id: crate::topology::TerritoryId| percent(mbps, judged.routed_of[id.index()]);
    rows.sort_by(|a, b| {
        let [first, second] = [a, b].map(|row| share(row.interrupted_mbps, row.territory).unwrap_or(0.0));
        second.total_cmp(&first).then(a.territory.cmp(&b.territory))
    });
    for row in rows {
        let territory = law.topology().territory(row.territory);
        table.push(vec![
            territory.code.as_str().into(),
            territory.name.as_str().into(),
            gbps(judged.routed_of[row.territory.index()]).into(),
            gbps(row.interrupted_mbps).into(),
            share(row.interrupted_mbps, row.territory).into(),
            gbps(row.unserved_mbps).into(),
            share(row.unserved_mbps, row.territory).into(),
            judged.impact.isolated.contains(&row.territory).into(),
        ]);
    }
    table
}

fn routes(law: &Law<'_>, asked: &Asked, outcome: &Outcome) -> Table {
    let columns = vec![
        Column::text("demand", "Demand"),
        Column::text("service", "Service"),
        Column::number("traffic_gbps", "Traffic", 1),
        Column::number("before_ms", "Before", 2),
        Column::text("before_by", "By"),
        Column::number("after_ms", "After", 2),
        Column::text("after_by", "By"),
        Column::number("longer_ms", "Longer", 2),
        Column::text("outcome", "What became of it"),
    ];
    let mut table = Table::new("routes", "Routes before and after, the largest demands first; latency is one way", columns);
    let topology = law.topology();
    let by = |way: &Way| cables(topology, &way.segments);
    for change in &outcome.rerouted {
        let request = &asked.requests[change.request];
        let (before, after) = (&change.before, change.after.as_ref());
        let word = match (after, is_forbidden(change)) {
            (Some(way), _) if request.latency_max.is_some_and(|limit| way.latency > limit) => "too slow for its bound",
            (Some(_), _) => "rerouted",
            (None, true) => "the fibre is there, the rules forbid it",
            (None, false) => "nothing is left",
        };
        table.push(vec![
            format!("{} → {}", topology.site(request.query.from).name, topology.site(request.query.to).name).into(),
            request.query.service.word().into(),
            request.traffic.gbps().into(),
            before.latency.ms().into(),
            by(before).into(),
            after.map(|way| way.latency.ms()).into(),
            after.map(by).into(),
            after.map(|way| way.latency.ms() - before.latency.ms()).into(),
            word.into(),
        ]);
    }
    table
}

fn loads(law: &Law<'_>, outcome: &Outcome) -> Table {
    let columns = vec![
        Column::text("what", "Lane or gateway"),
        Column::number("before_gbps", "Before", 1),
        Column::number("after_gbps", "After", 1),
        Column::number("capacity_gbps", "Capacity", 1),
        Column::number("before_percent", "Used before", 1),
        Column::number("after_percent", "Used after", 1).bar(),
    ];
    let mut table = Table::new("loads", "What carries more than before, the fullest first", columns);
    let (lanes, switching) = (lane_capacities(law), switching_capacities(law.topology()));
    let mut rows: Vec<_> = outcome.shifts.iter().filter(|shift| shift.after_mbps > shift.before_mbps).collect();
    let capacity = |what: Bottleneck| match what {
        Bottleneck::Lane(lane) => Some(lanes[lane.index()]).filter(|&capacity| capacity > 0),
        Bottleneck::Gateway(site) => Some(switching[site.index()]).filter(|&capacity| capacity != UNLIMITED),
    };
    let used = |mbps: u64, what| capacity(what).and_then(|capacity| percent(mbps, capacity));
    rows.sort_by(|a, b| {
        let [first, second] = [a, b].map(|shift| used(shift.after_mbps, shift.what).unwrap_or(0.0));
        second.total_cmp(&first).then(a.what.cmp(&b.what))
    });
    for shift in rows {
        table.push(vec![
            bottleneck(law.topology(), shift.what).into(),
            gbps(shift.before_mbps).into(),
            gbps(shift.after_mbps).into(),
            capacity(shift.what).map(gbps).into(),
            used(shift.before_mbps, shift.what).into(),
            used(shift.after_mbps, shift.what).into(),
        ]);
    }
    table
}
