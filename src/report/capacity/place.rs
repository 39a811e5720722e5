//! Placed traffic: how full everything is, and what is not carried.

use super::{bottleneck, gbps, hundredfold, lane, percent, site, territory, usage, usage_columns};
use crate::capacity::place::{Bounds, Mode, Outcome, Routing, Spec};
use crate::capacity::{Bottleneck, Placement, Room, Shortfall, Usage, borders, elsewhere, pairs};
use crate::demand::Request;
use crate::policy::Law;
use crate::report::{Column, Report, Table, Value};
use crate::route::unlawful_of_each;
use crate::topology::Topology;

/// How many bottlenecks a reason names.
const NAMED: usize = 8;

/// Tells what became of the traffic; `explain` also says which rules keep it off.
#[must_use]
pub fn placement(law: &Law<'_>, spec: &Spec, outcome: &Outcome) -> Report {
    let topology = law.topology();
    let title = format!("Capacity in {} on {}", topology.name(), law.policy().as_of);
    let mut report = Report::new("capacity", title);
    report.fact("as_of", "As of", law.policy().as_of.to_string());
    report.fact("routing", "Routing", routing(spec));
    if !matches!(spec.routing, Routing::Optimal { .. }) {
        report.fact("metric", "Shortest by", spec.metric.word());
    }
    report.fact("demands", "Demands", spec.requests.len());
    let offered = crate::demand::total(&spec.requests);
    let carried: f64 = outcome.placements.iter().map(Placement::carried_mbps).sum();
    report.quantity("offered_gbps", "Offered", offered.gbps(), 1);
    let word = if spec.mode == Mode::Offered { "With a route" } else { "Carried" };
    report.quantity("carried_gbps", word, gbps(carried), 1);
    report.quantity("dropped_gbps", "Not carried", gbps(offered.gbps() * 1e3 - carried), 1);
    report.fact("short", "Demands not carried in full", outcome.placements.iter().filter(|p| p.shortfall.is_some()).count());
    report.quantity("utilisation_max_percent", "Highest utilisation", hundredfold(outcome.loads.worst(law)), 1);
    let is_over = |usage: Usage| usage.headroom_mbps().is_some_and(|headroom| headroom < -1e-6);
    report.fact("overloaded", "Overloaded directions", outcome.loads.lanes(law).filter(|lane| is_over(lane.usage)).count());
    details(&mut report, law, &spec.requests, outcome);
    report
}

/// Adds what the traffic makes of everything, and what is not carried.
pub(super) fn details(report: &mut Report, law: &Law<'_>, requests: &[Request], outcome: &Outcome) {
    let topology = law.topology();
    let tables: [&(dyn Fn() -> Table + Sync); 7] = [
        &|| cables(law, outcome),
        &|| segments(law, outcome),
        &|| gateways(law, outcome),
        &|| groups(law, outcome),
        &|| crossings(law, outcome),
        &|| matrix(law, requests, outcome),
        &|| short(topology, requests, outcome),
    ];
    let mut tables = crate::parallel::map(tables.len(), || (), |(), i| tables[i]());
    // Where all is carried, the last says nothing.
    tables.pop_if(|table| table.rows().is_empty());
    report.tables.append(&mut tables);
    for (id, violation) in &outcome.shares {
        report.note(format!("{} in {}: {}", violation.rule.code(), topology.territory(*id).name, violation.text));
    }
}

/// Adds, for each demand without lawful route, which rules forbid the shortest physical one, and where; for each that is
/// dropped although it has one, what cuts it off, or by which other route it would fit.
pub fn explain(report: &mut Report, law: &Law<'_>, spec: &Spec, outcome: &Outcome) {
    let topology = law.topology();
    let columns = vec![
        Column::text("demand", "Demand"),
        Column::text("rule", "Rule"),
        Column::text("site", "At"),
        Column::text("violation", "What forbids the shortest physical route"),
    ];
    let mut table = Table::new("violations", "No lawful route", columns);
    let placed = spec.requests.iter().zip(&outcome.placements);
    let unlawful: Vec<_> =
        placed.filter(|(_, placement)| placement.shortfall == Some(Shortfall::Unlawful)).map(|(request, _)| request).collect();
    let queries: Vec<_> = unlawful.iter().map(|request| request.query.clone()).collect();
    for (request, (_, violations)) in unlawful.into_iter().zip(unlawful_of_each(law, spec.metric, &queries)) {
        for violation in violations {
            table.push(vec![
                request.name.as_str().into(),
                violation.rule.code().into(),
                site(topology, violation.site).into(),
                violation.text.into(),
            ]);
        }
    }
    if !table.rows().is_empty() {
        report.tables.push(table);
    }
    let table = dropped(law, spec, outcome);
    if !table.rows().is_empty() {
        report.tables.push(table);
    }
}

fn dropped(law: &Law<'_>, spec: &Spec, outcome: &Outcome) -> Table {
    let topology = law.topology();
    let columns = vec![
        Column::text("demand", "Demand"),
        Column::text("finding", "Finding"),
        Column::text("by", "By"),
        Column::number("room_gbps", "Room", 3),
    ];
    let mut table = Table::new("dropped", "Dropped demands: every lawful route is cut, or one has room", columns);
    for (i, room) in elsewhere(law, spec, outcome) {
        let name = || Value::from(spec.requests[i].name.as_str());
        match room {
            Room::Cut(by) => {
                for what in by {
                    table.push(vec![name(), "cut".into(), bottleneck(topology, what).into(), 0.0.into()]);
                }
            }
            Room::Left(way, mbps) => {
                let sites: Vec<&str> = way.sites.iter().map(|&at| site(topology, at)).collect();
                table.push(vec![name(), "room by another route".into(), sites.join(", ").into(), gbps(mbps).into()]);
            }
        }
    }
    table
}

fn routing(spec: &Spec) -> String {
    let spread = match spec.routing {
        Routing::Shortest => "shortest lawful route".to_owned(),
        Routing::EqualCost => "all lawful routes of least cost, split at every step".to_owned(),
        Routing::Split { routes } => format!("up to {routes} lawful routes each"),
        Routing::Optimal { gap } => {
            let best = match spec.mode {
                Mode::Offered => "lawful routes with the least highest utilisation",
                Mode::Admission => "lawful routes that carry the most",
            };
            if gap > 0.0 { format!("{best}, to a gap of {} %", hundredfold(gap)) } else { best.to_owned() }
        }
    };
    let mode = match spec.mode {
        Mode::Offered => "all offered",
        Mode::Admission => "admitted by priority",
    };
    let bounds = match spec.bounds {
        Bounds::Ignored => "",
        Bounds::Held => ", within latency bounds",
    };
    format!("{spread}, {mode}{bounds}")
}

/// The fuller first; what nobody knows last.
fn by_utilisation(a: Usage, b: Usage) -> std::cmp::Ordering {
    let rank = |usage: Usage| usage.utilisation().unwrap_or(-1.0);
    rank(b).total_cmp(&rank(a))
}

fn cables(law: &Law<'_>, outcome: &Outcome) -> Table {
    let topology = law.topology();
    let mut columns = vec![
        Column::text("cable", "Cable"),
        Column::text("kind", "Kind"),
        Column::number("traffic_gbps", "Traffic", 1),
        Column::text("fullest", "Fullest part"),
    ];
    columns.extend(usage_columns());
    let mut table = Table::new("cables", "Cables by the utilisation of their fullest part", columns);
    let mut cables = outcome.loads.cables(law, &outcome.placements);
    cables.retain(|cable| cable.traffic_mbps > 0.0);
    cables.sort_by(|a, b| by_utilisation(a.fullest.usage, b.fullest.usage));
    for load in cables {
        let cable = topology.cable(load.cable);
        let mut row: Vec<Value> = vec![
            cable.name.as_str().into(),
            cable.kind.word().into(),
            gbps(load.traffic_mbps).into(),
            lane(topology, load.fullest.lane).into(),
        ];
        row.extend(usage(load.fullest.usage));
        table.push(row);
    }
    table
}

fn segments(law: &Law<'_>, outcome: &Outcome) -> Table {
    let topology = law.topology();
    let mut columns = vec![Column::text("segment", "Segment"), Column::text("direction", "Cable and direction")];
    columns.extend(usage_columns());
    let mut table = Table::new("segments", "Segments in use, each direction by itself", columns);
    let mut lanes: Vec<_> = outcome.loads.lanes(law).filter(|load| load.usage.load_mbps > 0.0).collect();
    lanes.sort_by(|a, b| by_utilisation(a.usage, b.usage));
    for load in lanes {
        let mut row: Vec<Value> =
            vec![topology.segment(load.lane.segment()).id.as_str().into(), lane(topology, load.lane).into()];
        row.extend(usage(load.usage));
        table.push(row);
    }
    table
}

fn gateways(law: &Law<'_>, outcome: &Outcome) -> Table {
    let topology = law.topology();
    let columns = vec![
        Column::text("gateway", "Gateway"),
        Column::text("territory", "In"),
        Column::number("switched_gbps", "Switched", 1),
        Column::number("switching_gbps", "Switching capacity", 1),
        Column::number("switching_percent", "Of it used", 1),
        Column::number("outward_gbps", "Outward", 1),
        Column::number("outward_percent", "Of capacity", 1),
        Column::number("inward_gbps", "Inward", 1),
        Column::number("inward_percent", "Of capacity", 1),
    ];
    let mut table = Table::new("gateways", "Gateways in use", columns);
    for load in outcome.loads.gateways(law) {
        let [switched, outward, inward] = [load.switched, load.outward, load.inward];
        if [switched, outward, inward].iter().all(|usage| usage.load_mbps == 0.0) {
            continue;
        }
        table.push(vec![
            site(topology, load.site).into(),
            territory(topology, law.territory(load.site)).into(),
            gbps(switched.load_mbps).into(),
            switched.capacity_mbps.map(super::whole_gbps).into(),
            percent(switched).into(),
            gbps(outward.load_mbps).into(),
            percent(outward).into(),
            gbps(inward.load_mbps).into(),
            percent(inward).into(),
        ]);
    }
    table
}

fn groups(law: &Law<'_>, outcome: &Outcome) -> Table {
    let mut columns =
        vec![Column::text("risk_group", "Risk group"), Column::number("traffic_gbps", "Traffic that hangs on it", 1)];
    columns.extend(usage_columns());
    let mut table = Table::new("risk_groups", "Risk groups by traffic", columns);
    let mut groups = outcome.loads.groups(law, &outcome.placements);
    groups.retain(|group| group.traffic_mbps > 0.0);
    groups.sort_by(|a, b| b.traffic_mbps.total_cmp(&a.traffic_mbps));
    for load in groups {
        let mut row: Vec<Value> =
            vec![law.topology().risk_groups()[load.group.index()].id.as_str().into(), gbps(load.traffic_mbps).into()];
        row.extend(usage(load.usage));
        table.push(row);
    }
    table
}

fn crossings(law: &Law<'_>, outcome: &Outcome) -> Table {
    let topology = law.topology();
    let mut columns = vec![Column::text("from", "From"), Column::text("to", "To")];
    columns.extend(usage_columns());
    let mut table = Table::new("borders", "Traffic across borders, the high seas left out", columns);
    for load in borders(law, &outcome.placements) {
        let mut row: Vec<Value> = vec![territory(topology, Some(load.from)).into(), territory(topology, Some(load.to)).into()];
        row.extend(usage(load.usage));
        table.push(row);
    }
    table
}

fn matrix(law: &Law<'_>, requests: &[Request], outcome: &Outcome) -> Table {
    let topology = law.topology();
    let columns = vec![
        Column::text("from", "From"),
        Column::text("to", "To"),
        Column::number("offered_gbps", "Offered", 1),
        Column::number("carried_gbps", "Carried", 1),
    ];
    let mut table = Table::new("pairs", "Traffic between territories", columns);
    for load in pairs(law, requests, &outcome.placements) {
        table.push(vec![
            territory(topology, load.from).into(),
            territory(topology, load.to).into(),
            super::whole_gbps(load.offered_mbps).into(),
            gbps(load.carried_mbps).into(),
        ]);
    }
    table
}

/// Some bottlenecks by name, the rest by number.
fn several(topology: &Topology, all: &[Bottleneck]) -> String {
    let mut names: Vec<String> = all.iter().take(NAMED).map(|&what| bottleneck(topology, what)).collect();
    if all.len() > NAMED {
        names.push(format!("{} more", all.len() - NAMED));
    }
    names.join("; ")
}

fn short(topology: &Topology, requests: &[Request], outcome: &Outcome) -> Table {
    let columns = vec![
        Column::text("demand", "Demand"),
        Column::number("priority", "Priority", 0),
        Column::number("offered_gbps", "Offered", 1),
        Column::number("carried_gbps", "Carried", 1),
        Column::text("reason", "Why not all"),
    ];
    let mut table = Table::new("not_carried", "Demands not carried in full", columns);
    for (request, placement) in requests.iter().zip(&outcome.placements) {
        let Some(shortfall) = &placement.shortfall else { continue };
        let reason = match shortfall {
            Shortfall::Unconnected => "no cable in service joins the two".to_owned(),
            Shortfall::Unlawful => "no lawful route".to_owned(),
            Shortfall::TooSlow { fastest } => format!("the fastest lawful route takes {:.2} ms one way", fastest.ms()),
            Shortfall::Full { at } => format!("full: {}", several(topology, at)),
            Shortfall::CutOff { by } => format!("cut off by what is full: {}", several(topology, by)),
        };
        table.push(vec![
            request.name.as_str().into(),
            u32::from(request.priority).into(),
            request.traffic.gbps().into(),
            gbps(placement.carried_mbps()).into(),
            reason.into(),
        ]);
    }
    table
}
