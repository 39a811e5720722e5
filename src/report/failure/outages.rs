//! Every outage of a set in people's words: the worst of them, what each territory and each segment has to fear.

use crate::failure::exhaustive::{Exhaustive, Outcome};
use crate::failure::impact::{Impact, Restoration};
use crate::failure::outages::OutageSet;
use crate::network::LaneId;
use crate::policy::Law;
use crate::report::capacity::{bottleneck, lane};
use crate::report::{Column, Report, Table, Value};
use crate::topology::TerritoryId;
use crate::units::Bandwidth;

/// How many outages are named at most where one sentence or cell is to hold them.
const NAMED: usize = 3;

/// Adds the facts and tables of an exhaustive part.
pub(super) fn add(report: &mut Report, law: &Law<'_>, asked: &Exhaustive, found: &Outcome) {
    let findings = &found.findings;
    report.fact("outages", "Outages", findings.of);
    report.fact("restoration", "Restoration", word(asked.restoration));
    report.fact("down", "Segments down from the beginning", found.down);
    report.quantity("routed_gbps", "With a lawful route", gbps(found.routed_mbps), 1);
    if !findings.is_complete() {
        report.is_partial = true;
        report.note(format!("interrupted after {} of {} outages; what is told is of those", findings.done, findings.of));
    }
    let worst = found.worst.first().map(|case| &case.impact);
    report.fact("worst_outage", "Worst outage", found.worst.first().map(|case| asked.set.name(case.index)));
    let percent = |mbps: Option<u64>| mbps.and_then(|mbps| percent(mbps, found.routed_mbps));
    report.quantity("worst_interrupted_percent", "It interrupts", percent(worst.map(|impact| impact.interrupted_mbps)), 2);
    report.quantity("worst_unserved_percent", "It leaves unserved", percent(worst.map(|impact| impact.unserved_mbps)), 2);
    report.quantity("sound_unserved_percent", "Unserved without any outage", percent(Some(found.short_mbps)), 2);
    report.fact("rerouted", "Demands whose route was lost, over all outages", findings.touched);
    report.fact("harmless_outages", "Outages that touch no traffic", findings.harmless);
    report.fact("parting_outages", "Outages that leave some demand without a route", findings.parting);
    report.fact("isolating_outages", "Outages that isolate a territory", findings.isolating);
    report.fact("overloading_outages", "Outages that overload more than before", findings.overloading);
    report.tables.push(cases(law, asked, found));
    report.tables.push(territories(law, &asked.set, found));
    report.tables.push(segments(law, &asked.set, found));
    report.note(match asked.restoration {
        Restoration::None => "nothing is restored: what is interrupted is unserved",
        Restoration::Reroute => "what is interrupted takes the shortest lawful route left, whatever its load",
        Restoration::WithinCapacity => {
            "what is interrupted takes the shortest lawful route left as far as there is room, by priority"
        }
        Restoration::Optimal => "everything is routed anew so that the most is carried, weighted by priority",
        Restoration::Cascade { .. } => "what is interrupted is rerouted, and what that overloads trips, until nothing does",
    });
    report.note("`crossborder cut` with the names of an outage shows what it does, route by route");
}

const fn word(restoration: Restoration) -> &'static str {
    match restoration {
        Restoration::None => "lost",
        Restoration::Reroute => "reroute",
        Restoration::WithinCapacity => "within-capacity",
        Restoration::Optimal => "optimal",
        Restoration::Cascade { .. } => "cascade",
    }
}

fn cases(law: &Law<'_>, asked: &Exhaustive, found: &Outcome) -> Table {
    let mut columns = vec![Column::text("outage", "Outage")];
    columns.extend(impact_columns());
    let mut table = Table::new("worst", "The worst outages", columns);
    for case in &found.worst {
        let mut row = vec![asked.set.name(case.index).into()];
        row.extend(impact(law, &case.impact, found.routed_mbps));
        table.push(row);
    }
    table
}

/// Columns for what one outage does.
pub(in crate::report) fn impact_columns() -> [Column; 13] {
    [
        Column::number("interrupted_gbps", "Interrupted", 1),
        Column::number("interrupted_percent", "Share", 2).bar(),
        Column::number("unserved_gbps", "Unserved", 1),
        Column::number("unserved_percent", "Share", 2).bar(),
        Column::number("parted", "Demands cut off", 0),
        Column::text("isolated", "Territories isolated"),
        Column::number("worst_utilisation_percent", "Highest utilisation", 1),
        Column::text("worst_at", "At"),
        Column::number("overloaded", "Overloaded", 0),
        Column::number("stretch_mean_ms", "Longer in the mean", 2),
        Column::number("stretch_max_ms", "At most", 2),
        Column::number("late", "Demands past their bound", 0),
        Column::number("tripped", "Tripped", 0),
    ]
}

pub(in crate::report) fn impact(law: &Law<'_>, impact: &Impact, routed_mbps: u64) -> [Value; 13] {
    let topology = law.topology();
    [
        gbps(impact.interrupted_mbps).into(),
        percent(impact.interrupted_mbps, routed_mbps).into(),
        gbps(impact.unserved_mbps).into(),
        percent(impact.unserved_mbps, routed_mbps).into(),
        impact.parted_pairs.into(),
        names(impact.isolated.iter().map(|&id| topology.territory(id).code.clone())).into(),
        impact.worst.map(|(_, utilisation)| utilisation * 100.0).into(),
        impact.worst.map(|(at, _)| bottleneck(topology, at)).into(),
        impact.overloaded.into(),
        impact.stretch_mean_ms.into(),
        (impact.stretch_max.ns() > 0).then(|| impact.stretch_max.ms()).into(),
        impact.late.into(),
        impact.tripped.len().into(),
    ]
}

/// The first few, and how many more.
fn names(all: impl ExactSizeIterator<Item = String>) -> String {
    let count = all.len();
    let mut named: Vec<String> = all.take(NAMED).collect();
    if count > NAMED {
        named.push(format!("and {} more", count - NAMED));
    }
    named.join(", ")
}

fn territories(law: &Law<'_>, set: &OutageSet, found: &Outcome) -> Table {
    let columns = vec![
        Column::text("territory", "Code"),
        Column::text("name", "Territory"),
        Column::number("routed_gbps", "Traffic", 1),
        Column::number("interrupted_percent", "Interrupted at worst", 1).bar(),
        Column::text("interrupted_by", "By"),
        Column::number("unserved_percent", "Unserved at worst", 1).bar(),
        Column::text("unserved_by", "By"),
        Column::number("touching_outages", "Outages that touch it", 0),
        Column::number("isolating_outages", "That isolate it", 0),
    ];
    let mut table = Table::new("territories", "What each territory has to fear", columns);
    let mut rows: Vec<(f64, TerritoryId)> = Vec::new();
    for (id, suffering) in found.findings.territories().filter(|(id, _)| found.routed_of[id.index()] > 0) {
        rows.push((percent(suffering.unserved_mbps, found.routed_of[id.index()]).unwrap_or(0.0), id));
    }
    rows.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    for (_, id) in rows {
        let (territory, suffering) = (law.topology().territory(id), &found.findings.territories[id.index()]);
        let routed = found.routed_of[id.index()];
        table.push(vec![
            territory.code.as_str().into(),
            territory.name.as_str().into(),
            gbps(routed).into(),
            percent(suffering.interrupted_mbps, routed).into(),
            suffering.interrupted_by.filter(|_| suffering.interrupted_mbps > 0).map(|index| set.name(index)).into(),
            percent(suffering.unserved_mbps, routed).into(),
            suffering.unserved_by.filter(|_| suffering.unserved_mbps > 0).map(|index| set.name(index)).into(),
            suffering.touching.into(),
            suffering.isolating.into(),
        ]);
    }
    table
}

/// The fuller lane of each segment that any traffic uses, before and at worst, and the outage that makes it so.
fn segments(law: &Law<'_>, set: &OutageSet, found: &Outcome) -> Table {
    let columns = vec![
        Column::text("segment", "Segment"),
        Column::text("lane", "Lane"),
        Column::number("capacity_gbps", "Capacity", 1),
        Column::number("sound_utilisation_percent", "Before", 1),
        Column::number("worst_utilisation_percent", "At worst", 1).bar(),
        Column::text("worst_by", "By"),
    ];
    let mut table = Table::new("segments", "How full each segment gets, and the outage that makes it so", columns);
    let capacities = crate::network::lane_capacities(law);
    let topology = law.topology();
    let mut rows: Vec<(f64, LaneId)> = Vec::new();
    for (id, _) in topology.segments().filter(|&(id, _)| law.is_usable(id)) {
        let lanes = [0, 1].map(|backwards| LaneId::new(id, backwards));
        let most = |lane: &LaneId| share(found.findings.lanes[lane.index()].load_mbps, capacities[lane.index()]);
        let fuller = if most(&lanes[1]) > most(&lanes[0]) { lanes[1] } else { lanes[0] };
        if found.findings.lanes[fuller.index()].load_mbps > 0 {
            rows.push((most(&fuller), fuller));
        }
    }
    rows.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    for (_, id) in rows {
        let (peak, capacity) = (found.findings.lanes[id.index()], capacities[id.index()]);
        let known = |load: u64| (capacity > 0).then(|| share(load, capacity) * 100.0);
        table.push(vec![
            topology.segment(id.segment()).id.as_str().into(),
            lane(topology, id).into(),
            (capacity > 0).then(|| gbps(capacity)).into(),
            known(found.sound_lanes[id.index()]).into(),
            known(peak.load_mbps).into(),
            peak.cause.map(|index| set.name(index)).into(),
        ]);
    }
    table
}

#[expect(clippy::cast_precision_loss, reason = "below 2^53 Mbit/s")]
fn share(part: u64, whole: u64) -> f64 {
    if part == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// `None` of nothing.
pub(in crate::report) fn percent(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| share(part, whole) * 100.0)
}

pub(in crate::report) fn gbps(mbps: u64) -> f64 {
    Bandwidth::from_mbps(mbps).gbps()
}
