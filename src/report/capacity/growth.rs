//! Growth: when what is full, what would help, and how much may fail.

use super::{bottleneck, gbps, hundredfold};
use crate::capacity::Upgrade;
use crate::capacity::growth::{Outcome, Spec};
use crate::policy::Law;
use crate::report::{Column, Report, Table, Value};
use crate::topology::Topology;

/// Tells when everything is exhausted.
#[must_use]
pub fn growth(law: &Law<'_>, spec: &Spec, outcome: &Outcome) -> Report {
    let topology = law.topology();
    let mut report = Report::new("capacity", format!("Growth in {} from {}", topology.name(), law.policy().as_of));
    report.fact("as_of", "As of", law.policy().as_of.to_string());
    report.fact("years_ahead", "Years ahead", spec.years);
    report.quantity("full_percent", "Counts as full", 100.0 * spec.full, 0);
    let full = |years: &[Option<i16>]| years.iter().flatten().count();
    report.fact("cables_full", "Cables that get full, with what is there", full(&outcome.alone.cables));
    report.fact("cables_full_planned", "Cables that get full, with what is planned", full(&outcome.planned.cables));
    let safety = &outcome.safety;
    report.quantity("safe_factor", "Traffic may grow by, until one loss overloads another cable", safety.factor, 3);
    report.fact("safe_until", "First year in which one loss is too much", year(safety.year));
    let binds = safety.bottleneck.map(|what| bottleneck(topology, what));
    report.fact("binds_first", "What binds first", binds);
    report.fact("binds_without", "Without", safety.lost.map(|cable| topology.cable(cable).name.clone()));
    report.tables.push(years(outcome));
    report.tables.push(exhaustion(topology, outcome));
    report.tables.push(steps(topology, outcome));
    if !safety.stranded.is_empty() {
        let columns = vec![Column::text("cable", "Cable"), Column::number("traffic_gbps", "Traffic without another route", 1)];
        let mut table = Table::new("stranded", "Cables without which traffic has no route", columns);
        for stranded in &safety.stranded {
            table.push(vec![topology.cable(stranded.cable).name.as_str().into(), gbps(stranded.mbps).into()]);
        }
        report.tables.push(table);
    }
    report
}

fn year(year: Option<i16>) -> Option<u32> {
    year.and_then(|year| u32::try_from(year).ok())
}

fn years(outcome: &Outcome) -> Table {
    let columns = vec![
        Column::text("year", "Year"),
        Column::number("offered_gbps", "Offered", 0),
        Column::number("routed_gbps", "With a route", 0),
        Column::number("utilisation_max_percent", "Highest utilisation", 1),
        Column::number("utilisation_max_planned_percent", "With what is planned", 1),
    ];
    let mut table = Table::new("years", "Year by year", columns);
    for (alone, planned) in outcome.alone.years.iter().zip(&outcome.planned.years) {
        table.push(vec![
            alone.year.to_string().into(),
            gbps(alone.offered_mbps).into(),
            gbps(planned.routed_mbps).into(),
            hundredfold(alone.worst).into(),
            hundredfold(planned.worst).into(),
        ]);
    }
    table
}

fn exhaustion(topology: &Topology, outcome: &Outcome) -> Table {
    let columns = vec![
        Column::text("what", "What"),
        Column::text("name", "Name"),
        Column::text("full_in", "Full in"),
        Column::text("full_in_planned", "With what is planned"),
    ];
    let cables = topology.cables().iter().map(|cable| ("cable", cable.name.as_str()));
    let gateways = topology.sites().map(|(_, site)| ("gateway", site.name.as_str()));
    let groups = topology.risk_groups().iter().map(|group| ("risk group", group.id.as_str()));
    let (alone, planned) = (&outcome.alone, &outcome.planned);
    let years = |course: fn(&crate::capacity::growth::Course) -> [&[Option<i16>]; 3]| {
        let all = |of| course(of).concat();
        all(alone).into_iter().zip(all(planned)).collect::<Vec<_>>()
    };
    let years = years(|course| [&course.cables, &course.gateways, &course.groups]);
    let mut rows: Vec<_> =
        cables.chain(gateways).chain(groups).zip(years).filter(|(_, (a, b))| a.is_some() || b.is_some()).collect();
    rows.sort_by_key(|(_, (alone, planned))| (alone.is_none(), *alone, *planned));
    let mut table = Table::new("exhaustion", "First year in which it is full", columns);
    for ((what, name), (alone, planned)) in rows {
        let text = |year: Option<i16>| -> Value { year.map(|year| year.to_string()).into() };
        table.push(vec![what.into(), name.into(), text(alone), text(planned)]);
    }
    table
}

fn steps(topology: &Topology, outcome: &Outcome) -> Table {
    let columns = vec![
        Column::text("cable", "Cable"),
        Column::text("full_in", "Full in"),
        Column::text("step", "Cheapest step"),
        Column::number("length_km", "Length", 0),
        Column::number("cost_million_usd", "Cost, millions of", 1),
        Column::text("decide_by", "Decide by"),
        Column::text("lasts_until", "Lasts until"),
    ];
    let mut table = Table::new("steps", "Cheapest steps, at published prices", columns);
    for step in &outcome.steps {
        let (what, length, cost) = match step.upgrade {
            Upgrade::Light => ("light more of the same fibre", None, None),
            Upgrade::Build { length, usd_million } => ("build as much again", Some(length.km()), usd_million),
        };
        table.push(vec![
            topology.cable(step.cable).name.as_str().into(),
            step.year.to_string().into(),
            what.into(),
            length.into(),
            cost.into(),
            step.decide_by.to_string().into(),
            step.lasts_until.map(|year| year.to_string()).into(),
        ]);
    }
    table
}
