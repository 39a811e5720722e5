//! Years of faults and repairs: who was not served, how often and for how long, and what ships and crews did.

use crate::failure::impact::Restoration;
use crate::failure::timeline::Ending;
use crate::failure::timeline::loss::Account;
use crate::failure::timeline::summary::Summary;
use crate::failure::years::Years;
use crate::report::{Column, Report, Table, Value};
use crate::statistics::Estimate;
use crate::topology::Topology;

/// Shortfalls in per cent whose hours have a column of their own.
const SHORTFALLS_PERCENT: [f64; 3] = [10.0, 50.0, 99.0];

/// Accounts that share a table.
#[derive(Clone, Copy)]
struct Group {
    key: &'static str,
    one: &'static str,
    all: &'static str,
    holds: fn(Account) -> bool,
}

const GROUPS: [Group; 5] = [
    Group { key: "territories", one: "Territory", all: "Territories", holds: |a| matches!(a, Account::Territory(_)) },
    Group { key: "services", one: "Service", all: "Services", holds: |a| matches!(a, Account::Service(_)) },
    Group { key: "gateways", one: "Gateway", all: "Gateways", holds: |a| matches!(a, Account::Gateway(_)) },
    Group { key: "cables", one: "Cable", all: "Traffic of cables", holds: |a| matches!(a, Account::Cable(_)) },
    Group { key: "plants", one: "Cable", all: "Cables themselves", holds: |a| matches!(a, Account::Plant(_)) },
];

/// Adds the facts, tables and notes of a run of years.
pub(super) fn add(report: &mut Report, topology: &Topology, years: &Years) {
    facts(report, years);
    let all = &years.summaries[0];
    report.tables.push(curve(all));
    for group in GROUPS {
        let offered = years.summaries.iter().zip(&years.offered);
        let members: Vec<(&Summary, u64)> = offered
            .filter(|&(summary, &offered)| (group.holds)(summary.account) && offered > 0)
            .map(|(summary, &offered)| (summary, offered))
            .collect();
        if !members.is_empty() {
            report.tables.push(shares(group, topology, &members));
            report.tables.push(interruptions(group, topology, &members));
        }
    }
    report.tables.push(pools(years));
    notes(report, years);
}

fn facts(report: &mut Report, years: &Years) {
    let all = &years.summaries[0];
    report.fact("without_route", "Demands without lawful route", years.without_route);
    report.fact("simulated_years", "Simulated", years.years);
    report.fact("ended", "Ended", ending(years.ending));
    report.fact("parts", "Parts that may break", years.parts);
    report.fact("common_causes", "Common causes", years.events);
    report.quantity("availability_percent", "Time in which all is carried", percent(all.availability), 3);
    report.quantity("served_percent", "Traffic carried", all.served_share.map(percent), 4);
    report.quantity("unserved_tb", "Not served in a year", all.unserved_tb_per_year, 1);
    report.quantity("short_h", "Hours a year with a shortfall", all.short_hours_per_year, 1);
    report.quantity("interruptions", "Interruptions a year", all.interruptions_per_year, 2);
    report.quantity("restore_h", "Mean time to restore", all.time_to_restore_h, 1);
    let [p50, p90, p99] = durations(all.duration_h);
    report.quantity("duration_p50_h", "Half of the interruptions end within", p50, 1);
    report.quantity("duration_p90_h", "Nine in ten end within", p90, 1);
    report.quantity("duration_p99_h", "Ninety-nine in a hundred end within", p99, 1);
    report.fact("unfinished", "Interruptions not seen to their end", all.unfinished);
    report.quantity("value_at_risk_tb", "Loss of a year in 20, at least", all.value_at_risk_tb, 1);
    report.quantity("conditional_value_at_risk_tb", "Mean loss of such a year", all.conditional_value_at_risk_tb, 1);
    if let Some(ships) = years.pools.first() {
        report.quantity("ship_repairs", "Repairs by ship a year", ships.repairs_per_year, 1);
        report.quantity("ships_busy", "Ships away in the mean", ships.crews_busy, 2);
        report.quantity("ship_repair_p50_h", "Half of the repairs at sea take up to", durations(ships.repair_h)[0].clone(), 0);
    }
    report.is_partial |= years.ending == Ending::Interrupted;
}

const fn ending(ending: Ending) -> &'static str {
    match ending {
        Ending::Complete => "all years run",
        Ending::Precise => "precision reached",
        Ending::Interrupted => "interrupted",
    }
}

fn curve(all: &Summary) -> Table {
    let columns = vec![
        Column::number("served_percent", "At least so much of the traffic carried", 0),
        Column::estimate("availability_percent", "Of the time", 4),
    ];
    let mut table = Table::new("curve", "How much is carried for how much of the time", columns);
    for point in all.curve() {
        table.push(vec![point.served_percent.into(), percent(point.availability).into()]);
    }
    table
}

/// Shares of time and traffic. Offered is in Gbit/s; of plants, km in service.
fn shares(group: Group, topology: &Topology, members: &[(&Summary, u64)]) -> Table {
    let is_plant = group.key == "plants";
    let mut columns = vec![
        Column::text("id", "Id"),
        Column::text("name", group.one),
        if is_plant { Column::number("length_km", "Length", 0) } else { Column::number("offered_gbps", "Offered", 1) },
        Column::estimate("availability_percent", if is_plant { "Whole" } else { "All carried" }, 3),
        Column::estimate("served_percent", if is_plant { "In service" } else { "Carried" }, 4),
    ];
    if !is_plant {
        columns.push(Column::estimate("unserved_tb", "Not served a year", 1));
    }
    columns.push(Column::estimate("short_h", "Short a year", 1));
    for percent in SHORTFALLS_PERCENT {
        columns.push(Column::estimate(format!("short_over_{percent}_percent_h"), format!("By over {percent} %"), 1));
    }
    let what = if is_plant { "how much is out of service" } else { "how much is not carried" };
    let mut table = Table::new(group.key, format!("{}: {what}", group.all), columns);
    for &(summary, offered) in members {
        let [id, name] = names(topology, summary.account);
        #[expect(clippy::cast_precision_loss, reason = "Mbit/s and metres stay below 2^53")]
        let offered = offered as f64 / 1e3;
        let mut row: Vec<Value> = vec![id.into(), name.into(), offered.into()];
        row.extend([percent(summary.availability).into(), summary.served_share.map(percent).into()]);
        if !is_plant {
            row.push(summary.unserved_tb_per_year.into());
        }
        row.push(summary.short_hours_per_year.into());
        for percent in SHORTFALLS_PERCENT {
            let hours = summary.short_hours_per_year_above.iter().find(|(above, _)| *above == percent);
            row.push(hours.map(|&(_, hours)| hours).into());
        }
        table.push(row);
    }
    table
}

fn interruptions(group: Group, topology: &Topology, members: &[(&Summary, u64)]) -> Table {
    let columns = vec![
        Column::text("id", "Id"),
        Column::text("name", group.one),
        Column::estimate("interruptions", "A year", 2),
        Column::estimate("duration_p50_h", "Half within", 1),
        Column::estimate("duration_p90_h", "90 % within", 1),
        Column::estimate("duration_p99_h", "99 % within", 1),
        Column::estimate("restore_h", "Mean", 1),
        Column::number("unfinished", "Unfinished", 0),
    ];
    let title = format!("{}: how often and how long interrupted", group.all);
    let mut table = Table::new(format!("{}_interruptions", group.key), title, columns);
    for &(summary, _) in members {
        let [id, name] = names(topology, summary.account);
        let mut row: Vec<Value> = vec![id.into(), name.into(), summary.interruptions_per_year.into()];
        row.extend(durations(summary.duration_h));
        row.extend([summary.time_to_restore_h.into(), summary.unfinished.into()]);
        table.push(row);
    }
    table
}

fn pools(years: &Years) -> Table {
    let columns = vec![
        Column::text("pool", "Who mends"),
        Column::estimate("repairs", "Repairs a year", 2),
        Column::estimate("busy", "Away in the mean", 3),
        Column::estimate("detection_h", "Detection", 1),
        Column::estimate("permit_h", "Permit", 1),
        Column::estimate("wait_h", "Waiting", 1),
        Column::estimate("transit_h", "Transit", 1),
        Column::estimate("work_h", "Work", 1),
        Column::estimate("weather_h", "Weather", 1),
        Column::estimate("repair_p50_h", "Half within", 1),
        Column::estimate("repair_p90_h", "90 % within", 1),
        Column::estimate("repair_p99_h", "99 % within", 1),
    ];
    let mut table = Table::new("pools", "Ships and crews, and the mean stages of a repair", columns);
    for pool in years.pools.iter().filter(|pool| pool.repairs_per_year.mean > 0.0) {
        let mut row: Vec<Value> = vec![pool.name.as_str().into(), pool.repairs_per_year.into(), pool.crews_busy.into()];
        match pool.stage_h {
            Some(stages) => row.extend(stages.map(Value::from)),
            None => row.extend(std::iter::repeat_n(Value::Unknown, 6)),
        }
        row.extend(durations(pool.repair_h));
        table.push(row);
    }
    table
}

fn notes(report: &mut Report, years: &Years) {
    if years.ending == Ending::Interrupted {
        report.note(format!("interrupted after {} of {} years; what is told is of those", years.years, years.of));
    }
    let loss = match years.restoration {
        Restoration::None => "traffic whose usual route is out of service, before anything is rerouted",
        Restoration::Reroute => "traffic that has no lawful route left, whatever the load of what is left",
        Restoration::WithinCapacity => "traffic that finds no room on its shortest lawful route left, against the sound network",
        Restoration::Optimal => "traffic that the best routing of all traffic has no room for, against the sound network",
        Restoration::Cascade { .. } => "traffic that has no lawful route left after overloaded segments have tripped",
    };
    report.note(format!("a loss is {loss}; errors are standard errors over years"));
    report.note("rates, permits, ships and crews are those of the scenario's hazards; most defaults are assumed, not measured");
}

fn names(topology: &Topology, account: Account) -> [&str; 2] {
    match account {
        Account::All => ["all", "All"],
        Account::Territory(id) => {
            let territory = topology.territory(id);
            [&territory.code, &territory.name]
        }
        Account::Service(service) => [service.word(), service.word()],
        Account::Gateway(id) => [&topology.site(id).id, &topology.site(id).name],
        Account::Cable(id) | Account::Plant(id) => [&topology.cable(id).id, &topology.cable(id).name],
    }
}

fn durations(hours: Option<[Estimate; 3]>) -> [Value; 3] {
    hours.map_or([const { Value::Unknown }; 3], |hours| hours.map(Value::from))
}

fn percent(share: Estimate) -> Estimate {
    share.scaled(100.0)
}
