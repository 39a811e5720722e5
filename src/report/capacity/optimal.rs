//! The optimum: how much fits at best, what proves it, and which cables and gateways are to blame.

use super::{bottleneck, gbps, hundredfold, place, site, whole_gbps};
use crate::capacity::optimal::{Binding, Goal, Outcome, Spec};
use crate::capacity::{Bottleneck, Bounds, Placement};
use crate::policy::Law;
use crate::report::{Column, Report, Table};
use crate::topology::Topology;

/// Tells how much fits at best.
#[must_use]
pub fn optimal(law: &Law<'_>, spec: &Spec, outcome: &Outcome) -> Report {
    let topology = law.topology();
    let what = match spec.goal {
        Goal::Concurrent => "How far all traffic may grow at once",
        Goal::Carried => "The most traffic that can be carried",
    };
    let mut report = Report::new("capacity", format!("{what} in {} on {}", topology.name(), law.policy().as_of));
    report.fact("as_of", "As of", law.policy().as_of.to_string());
    let worst = outcome.placed.loads.worst(law);
    match spec.goal {
        Goal::Concurrent => {
            report.quantity("multiplier", "All traffic may be multiplied by", outcome.value, 6);
            report.quantity("multiplier_bound", "By no more, whatever the routing, than", outcome.bound, 6);
            report.quantity("utilisation_max_percent", "Least highest utilisation", hundredfold(worst), 4);
            report.quantity("utilisation_bound_percent", "No routing has less than", hundredfold(1.0 / outcome.bound), 4);
        }
        Goal::Carried => {
            report.quantity("weighted_gbps", "Carried, weighted by priority", gbps(outcome.value), 3);
            report.quantity("weighted_bound_gbps", "No more, whatever the routing, than", gbps(outcome.bound), 3);
            report.quantity("utilisation_max_percent", "Highest utilisation", hundredfold(worst), 4);
        }
    }
    report.quantity("gap_percent", "Certified gap", hundredfold(outcome.gap()), 6);
    report.fact("method", "Method", method(spec, outcome));
    report.fact("rounds", "Linear programs solved", outcome.rounds);
    report.fact("columns", "Columns generated", outcome.columns);
    report.fact("bounds", "Latency bounds", if spec.bounds == Bounds::Held { "held" } else { "ignored" });
    report.fact("demands", "Demands", spec.requests.len());
    let offered = crate::demand::total(&spec.requests).gbps();
    let carried: f64 = outcome.placed.placements.iter().map(Placement::carried_mbps).sum();
    report.quantity("offered_gbps", "Offered", offered, 1);
    let word = if spec.goal == Goal::Concurrent { "With a route" } else { "Carried" };
    report.quantity("carried_gbps", word, gbps(carried), 1);
    report.quantity("dropped_gbps", "Not carried", gbps(offered * 1e3 - carried), 1);
    let short = outcome.placed.placements.iter().filter(|placement| placement.shortfall.is_some()).count();
    report.fact("short", "Demands not carried in full", short);
    if spec.goal == Goal::Concurrent && short > 0 {
        report.note("Demands without a route are left out of the multiplier; with them it is zero.");
    }
    if outcome.value.is_infinite() {
        report.note("Nothing binds: no demand that has a route needs any capacity.");
    }
    report.tables.push(binding(topology, spec.goal, outcome));
    report.tables.push(blame(topology, outcome));
    place::details(&mut report, law, &spec.requests, &outcome.placed);
    report
}

fn method(spec: &Spec, outcome: &Outcome) -> String {
    if outcome.is_exact() {
        "column generation, exact".to_owned()
    } else if outcome.gap() <= spec.gap {
        format!("column generation, stopped within {} %", hundredfold(spec.gap))
    } else {
        "column generation, which came no nearer".to_owned()
    }
}

fn binding(topology: &Topology, goal: Goal, outcome: &Outcome) -> Table {
    let price = match goal {
        Goal::Concurrent => Column::number("multiplier_per_tbps", "Multiplier gained per further", 6),
        Goal::Carried => Column::number("weighted_gbps_per_gbps", "Weighted traffic gained per further", 4),
    };
    let columns = vec![
        Column::text("what", "What binds"),
        Column::number("capacity_gbps", "Capacity", 1),
        Column::number("share_percent", "Its part of the bound", 2).bar(),
        price,
    ];
    let mut table = Table::new("binding", "What binds: no routing does better unless there is more of these", columns);
    for binding in &outcome.binding {
        let gain = match goal {
            Goal::Concurrent => binding.price * 1e6,
            Goal::Carried => binding.price,
        };
        table.push(vec![
            bottleneck(topology, binding.what).into(),
            whole_gbps(binding.capacity_mbps).into(),
            hundredfold(binding.share).into(),
            gain.into(),
        ]);
    }
    table
}

/// Which cables and gateways are to blame, all their parts together.
fn blame(topology: &Topology, outcome: &Outcome) -> Table {
    let columns = vec![
        Column::text("what", "What"),
        Column::text("name", "Name"),
        Column::number("share_percent", "Part of the bound", 2).bar(),
    ];
    let mut table = Table::new("blame", "Cables and gateways to blame", columns);
    let mut blamed: Vec<(&str, &str, f64)> = Vec::new();
    for Binding { what, share, .. } in &outcome.binding {
        let (kind, name) = match *what {
            Bottleneck::Lane(lane) => ("cable", topology.cable(topology.segment(lane.segment()).cable).name.as_str()),
            Bottleneck::Gateway(id) => ("gateway", site(topology, id)),
        };
        match blamed.iter_mut().find(|(other, named, _)| (*other, *named) == (kind, name)) {
            Some((.., sum)) => *sum += share,
            None => blamed.push((kind, name, *share)),
        }
    }
    blamed.sort_by(|a, b| b.2.total_cmp(&a.2));
    for (kind, name, share) in blamed {
        table.push(vec![kind.into(), name.into(), hundredfold(share).into()]);
    }
    table
}
