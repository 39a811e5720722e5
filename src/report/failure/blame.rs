//! Who is to blame in people's words: what each cable, station and corridor costs in a year by its faults.

use crate::failure::Spec;
use crate::failure::blame::{Culprit, Kind, Outcome, run};
use crate::policy::Law;
use crate::report::{Column, Report, Table, Value};

/// Adds the facts and the table, if they are asked for and nothing was interrupted before.
pub(super) fn answer(report: &mut Report, law: &Law<'_>, spec: &Spec, goes_on: &impl Fn() -> bool) {
    let Some(asked) = spec.blame.as_ref().filter(|_| !report.is_partial) else { return };
    let Some(found) = run(law, (&spec.requests, spec.metric), asked, &spec.chance.hazards, goes_on) else {
        report.is_partial = true;
        report.note("interrupted before every fault was judged; who is to blame is left out");
        return;
    };
    add(report, &found);
}

fn add(report: &mut Report, found: &Outcome) {
    report.fact("blame_outages", "Faults judged one by one", found.outages);
    report.quantity("blame_unserved_tb", "Not served in a year, fault by fault", found.unserved_tb_per_year, 1);
    report.quantity("blame_interrupted_tb", "Usual routes out in a year, fault by fault", found.interrupted_tb_per_year, 1);
    for (key, label, kind) in [
        ("blame_cable", "Cable that costs most", Kind::Cable),
        ("blame_station", "Station that costs most", Kind::Station),
        ("blame_risk_group", "Risk group that costs most", Kind::RiskGroup),
    ] {
        let first = found.culprits.iter().find(|culprit| culprit.kind == kind && costs(culprit));
        report.fact(key, label, first.map(|culprit| culprit.name.clone()));
    }
    report.tables.push(criticality(found));
    report.note(
        "criticality judges each fault by itself, with mean repairs and nobody waiting for a ship: too low where faults meet \
         on ways that stand in for each other",
    );
    report.note("a cable answers for faults of its segments; what breaks several cables at once is charged to the risk group");
}

fn costs(culprit: &Culprit) -> bool {
    culprit.unserved_tb_per_year.pessimistic > 0.0 || culprit.interrupted_tb_per_year.pessimistic > 0.0
}

fn criticality(found: &Outcome) -> Table {
    let columns = vec![
        Column::text("element", "Element"),
        Column::text("kind", "Kind"),
        Column::number("faults_per_year", "Faults a year", 3),
        Column::number("mean_down_h", "Down each time", 1),
        Column::number("unserved_gbps", "Unserved meanwhile", 2),
        Column::number("unserved_tb", "Unserved in a year", 2),
        Column::number("unserved_high_tb", "At most", 2),
        Column::number("unserved_percent", "Share of all", 2).bar(),
        Column::number("interrupted_tb", "Usual routes out in a year", 2),
        Column::text("worst_fault", "Its worst fault breaks"),
    ];
    let mut table = Table::new("criticality", "What would be spared in a year if it never failed", columns);
    let total = found.unserved_tb_per_year;
    for culprit in found.culprits.iter().filter(|culprit| costs(culprit)) {
        let unserved = culprit.unserved_tb_per_year;
        table.push(vec![
            culprit.name.as_str().into(),
            word(culprit.kind).into(),
            culprit.faults_per_year.into(),
            culprit.mean_down_h().into(),
            culprit.mean_unserved_mbps().map(|mbps| mbps / 1e3).into(),
            unserved.optimistic.into(),
            unserved.pessimistic.into(),
            (total > 0.0).then(|| 100.0 * unserved.optimistic / total).into(),
            culprit.interrupted_tb_per_year.optimistic.into(),
            Value::from(culprit.worst_fault.join(" + ")),
        ]);
    }
    table
}

const fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Cable => "cable",
        Kind::Station => "station",
        Kind::RiskGroup => "risk-group",
    }
}
