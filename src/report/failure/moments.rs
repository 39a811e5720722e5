//! Snapshots by chance and bounds by enumeration: who is interrupted and who is cut off, and whether the two agree.

use crate::failure::bounds::{self, Bounds, Interval};
use crate::failure::snapshots::{Losses, Snapshots};
use crate::failure::timeline::Ending;
use crate::report::{Column, Report, Table, Value};
use crate::statistics::{Estimate, wilson_interval};
use crate::topology::{Service, Topology};

/// Standard deviations to either side of an interval of 95 %.
const NORMAL_95: f64 = 1.96;

/// Standard errors within which an estimate and bounds are taken to agree.
const ERRORS: f64 = 4.0;

/// Adds the facts and tables of snapshots.
pub(super) fn add_snapshots(report: &mut Report, topology: &Topology, found: &Snapshots) {
    let totals = &found.totals;
    let n = totals.samples;
    report.fact("samples", "Snapshots", n);
    report.fact("samples_ended", "Snapshots ended", ending(found.ending));
    report.quantity("sampled_connected_percent", "All demands have a route", percent(totals.connected, n), 4);
    let parted: u64 = totals.parted.iter().sum();
    #[expect(clippy::cast_precision_loss, reason = "counts stay below 2^53")]
    let mean = (n > 0).then(|| parted as f64 / n as f64);
    report.quantity("sampled_parted", "Demands without a route in the mean", mean, 4);
    for (key, label, judged) in [
        ("interrupted", "Traffic with its usual route out", &totals.interrupted),
        ("unconnected", "Traffic without any route left", &totals.unconnected),
    ] {
        let share = share(judged.accounts[0], n, found.offered[0]);
        report.quantity(format!("sampled_{key}_percent"), label, share.map(|share| share.scaled(100.0)), 4);
        let [value, tail] = judged.risk_mbps(n, bounds::RISK_LEVEL).map(|mbps| mbps.scaled(1e-3));
        report.quantity(format!("sampled_{key}_value_at_risk_gbps"), "Loss of one hour in a hundred, at least", value, 2);
        report.quantity(format!("sampled_{key}_conditional_value_at_risk_gbps"), "Mean loss of such hours", tail, 2);
    }
    report.tables.push(territories(topology, found));
    if found.ending == Ending::Interrupted {
        report.is_partial = true;
        report.note(format!("interrupted after {n} of {} snapshots; what is told is of those", found.of));
    }
}

fn territories(topology: &Topology, found: &Snapshots) -> Table {
    let columns = vec![
        Column::text("id", "Id"),
        Column::text("name", "Territory or service"),
        Column::number("offered_gbps", "Offered", 1),
        Column::estimate("interrupted_percent", "Usual routes out", 4),
        Column::estimate("unconnected_percent", "No route left", 4),
        Column::estimate("cut_off_percent", "Cut off", 4),
        Column::number("cut_off_low_percent", "95 % from", 4),
        Column::number("cut_off_high_percent", "to", 4),
    ];
    let mut table = Table::new("snapshots", "Snapshots: shares of traffic lost, and of time cut off from all others", columns);
    for (number, [id, name]) in names(topology).into_iter().enumerate().filter(|&(number, _)| found.offered[number] > 0) {
        let n = found.totals.samples;
        let share = |losses| share(losses, n, found.offered[number]).map(|share| share.scaled(100.0));
        let mut row: Vec<Value> = vec![id.into(), name.into(), gbps_of(found.offered[number]).into()];
        row.push(share(found.totals.interrupted.accounts[number]).into());
        row.push(share(found.totals.unconnected.accounts[number]).into());
        match number.checked_sub(1).and_then(|territory| found.totals.cut_off.get(territory)).filter(|_| n > 0) {
            Some(&cut_off) => {
                let interval = wilson_interval(cut_off, n, NORMAL_95).map(|bound| Value::from(100.0 * bound));
                row.push(percent(cut_off, n).into());
                row.extend(interval);
            }
            None => row.extend(vec![Value::Unknown; 3]),
        }
        table.push(row);
    }
    table
}

/// Adds the facts and tables of bounds.
pub(super) fn add_bounds(report: &mut Report, topology: &Topology, found: &Bounds) {
    report.fact("states", "States enumerated", found.states);
    report.quantity("remaining_percent", "Probability of all others", 100.0 * found.remaining, 6);
    let [low, high] = found.connected;
    report.quantity("bound_connected_low_percent", "All demands have a route, at least", 100.0 * low, 4);
    report.quantity("bound_connected_high_percent", "At most", 100.0 * high, 4);
    for (key, label, judged) in [
        ("interrupted", "Traffic with its usual route out, at least", &found.interrupted),
        ("unconnected", "Traffic without any route left, at least", &found.unconnected),
    ] {
        let [low, high] = shares(judged.mean_mbps[0], found.offered[0]);
        report.quantity(format!("bound_{key}_low_percent"), label, low, 4);
        report.quantity(format!("bound_{key}_high_percent"), "At most", high, 4);
        for (risk, label, interval) in [
            ("value_at_risk", "Loss of one hour in a hundred, from", judged.value_at_risk_mbps),
            ("conditional_value_at_risk", "Mean loss of such hours, from", judged.conditional_value_at_risk_mbps),
        ] {
            report.quantity(format!("bound_{key}_{risk}_low_gbps"), label, gbps(interval.optimistic), 2);
            report.quantity(format!("bound_{key}_{risk}_high_gbps"), "To", gbps(interval.pessimistic), 2);
        }
    }
    let columns = vec![
        Column::text("id", "Id"),
        Column::text("name", "Territory or service"),
        Column::number("interrupted_low_percent", "Usual routes out, from", 4),
        Column::number("interrupted_high_percent", "to", 4),
        Column::number("unconnected_low_percent", "No route left, from", 4),
        Column::number("unconnected_high_percent", "to", 4),
        Column::number("cut_off_low_percent", "Cut off, from", 4),
        Column::number("cut_off_high_percent", "to", 4),
    ];
    let mut table = Table::new("bounds", "Bounds: shares of traffic lost, and of time cut off from all others", columns);
    for (number, [id, name]) in names(topology).into_iter().enumerate().filter(|&(number, _)| found.offered[number] > 0) {
        let mut row: Vec<Value> = vec![id.into(), name.into()];
        row.extend(shares(found.interrupted.mean_mbps[number], found.offered[number]));
        row.extend(shares(found.unconnected.mean_mbps[number], found.offered[number]));
        match number.checked_sub(1).and_then(|territory| found.cut_off.get(territory)) {
            Some(interval) => row.extend([interval.optimistic, interval.pessimistic].map(|p| Value::from(100.0 * p))),
            None => row.extend(vec![Value::Unknown; 2]),
        }
        table.push(row);
    }
    report.tables.push(table);
    if found.is_partial {
        report.is_partial = true;
        report.note(format!("interrupted after {} of {} states; the rest counts as not enumerated", found.states, found.of));
    }
}

/// Adds whether samples and bounds agree.
pub(super) fn compare(report: &mut Report, snapshots: &Snapshots, bounds: &Bounds) {
    let n = snapshots.totals.samples;
    if n < 2 {
        return;
    }
    let columns = vec![
        Column::text("what", "What"),
        Column::estimate("sampled_percent", "By snapshots", 4),
        Column::number("bound_low_percent", "By enumeration, from", 4),
        Column::number("bound_high_percent", "to", 4),
        Column::truth("within", "Within 4 standard errors"),
    ];
    let mut table = Table::new("agreement", "Sampling beside bounds", columns);
    let mut all = true;
    let [low, high] = bounds.connected;
    let connected = Interval { optimistic: low, pessimistic: high };
    let scale = |interval: Interval| {
        let offered = gbps_of(bounds.offered[0]) * 1e3;
        Interval { optimistic: interval.optimistic / offered, pessimistic: interval.pessimistic / offered }
    };
    let (sampled, enumerated) = (&snapshots.totals, bounds);
    let share = |losses| share(losses, n, snapshots.offered[0]);
    for (what, estimate, interval) in [
        ("all demands have a route", Some(Estimate::of_share(sampled.connected, n)), connected),
        ("usual routes out", share(sampled.interrupted.accounts[0]), scale(enumerated.interrupted.mean_mbps[0])),
        ("no route left", share(sampled.unconnected.accounts[0]), scale(enumerated.unconnected.mean_mbps[0])),
    ] {
        let Some(estimate) = estimate else { continue };
        let holds = interval.holds(estimate, ERRORS);
        all &= holds;
        let bounds = [interval.optimistic, interval.pessimistic].map(|share| Value::from(100.0 * share));
        let mut row: Vec<Value> = vec![what.into(), estimate.scaled(100.0).into()];
        row.extend(bounds);
        row.push(holds.into());
        table.push(row);
    }
    report.fact("sampling_within_bounds", "Sampling lies within the bounds, give or take 4 standard errors", all);
    report.tables.push(table);
}

/// Codes and names of the counted accounts, as the ledger numbers them.
fn names(topology: &Topology) -> Vec<[String; 2]> {
    let all = ["all".to_owned(), "All".to_owned()];
    let territories = topology.territories().iter().map(|territory| [territory.code.clone(), territory.name.clone()]);
    let services = Service::ALL.into_iter().map(|service| [service.word(), service.word()].map(str::to_owned));
    std::iter::once(all).chain(territories).chain(services).collect()
}

fn share(losses: Losses, samples: u64, offered: u64) -> Option<Estimate> {
    (offered > 0 && samples > 0).then(|| losses.mean_mbps(samples).scaled(1.0 / (gbps_of(offered) * 1e3)))
}

fn percent(count: u64, samples: u64) -> Option<Estimate> {
    (samples > 0).then(|| Estimate::of_share(count, samples).scaled(100.0))
}

fn shares(interval: Interval, offered: u64) -> [Value; 2] {
    let offered = gbps_of(offered) * 1e3;
    [interval.optimistic, interval.pessimistic].map(|mbps| Value::from(100.0 * mbps / offered))
}

fn gbps(mbps: f64) -> f64 {
    mbps / 1e3
}

fn gbps_of(mbps: u64) -> f64 {
    crate::units::Bandwidth::from_mbps(mbps).gbps()
}

const fn ending(ending: Ending) -> &'static str {
    match ending {
        Ending::Complete => "all drawn",
        Ending::Precise => "precision reached",
        Ending::Interrupted => "interrupted",
    }
}
