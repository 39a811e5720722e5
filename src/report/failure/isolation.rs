//! Which few failures cut a territory off, in people's words.

use crate::failure::Spec;
use crate::failure::isolation::{CutOff, Isolation, Outcome, run};
use crate::policy::Law;
use crate::report::{Column, Report, Table};

/// How many sets of one territory are listed; all are counted.
const LISTED: usize = 10;

/// Adds the facts and the tables, if they are asked for and nothing was interrupted before.
pub(super) fn answer(report: &mut Report, law: &Law<'_>, spec: &Spec, goes_on: &impl Fn() -> bool) {
    let Some(asked) = spec.isolation.as_ref().filter(|_| !report.is_partial) else { return };
    let found = run(law, &spec.requests, asked, goes_on);
    if found.territories.len() < found.of {
        report.is_partial = true;
        report.note(format!("interrupted after the cut sets of {} of {} territories", found.territories.len(), found.of));
    }
    let with = |size: usize| found.territories.iter().filter(|cut| cut.sets.first().is_some_and(|set| set.len() == size)).count();
    report.fact("cut_off_by_0", "Territories that the fibre does not join to the others", with(0));
    for (size, key) in (1..=asked.size_max).zip(["cut_off_by_1", "cut_off_by_2", "cut_off_by_3", "cut_off_by_4"]) {
        report.fact(key, format!("Territories that {size} at once can cut off, and no fewer"), with(size));
    }
    report.tables.push(counts(law, asked, &found));
    report.tables.push(sets(law, asked, &found));
    report.note(format!(
        "cut sets are of the fibre alone, of at most {} elements; the smallest {LISTED} of each territory are listed",
        asked.size_max
    ));
}

fn size(cut: &CutOff) -> Option<usize> {
    cut.sets.first().map(Vec::len)
}

fn counts(law: &Law<'_>, asked: &Isolation, found: &Outcome) -> Table {
    let mut columns = vec![
        Column::text("territory", "Code"),
        Column::text("name", "Territory"),
        Column::number("smallest", "Fewest that cut it off", 0),
    ];
    columns.extend((1..=asked.size_max).map(|size| Column::number(format!("sets_of_{size}"), format!("Sets of {size}"), 0)));
    let mut table = Table::new("cut_set_counts", "How many at once cut each territory off", columns);
    let mut cuts: Vec<&CutOff> = found.territories.iter().collect();
    cuts.sort_by_key(|cut| (size(cut).unwrap_or(usize::MAX), cut.territory));
    for cut in cuts {
        let territory = law.topology().territory(cut.territory);
        let mut row = vec![territory.code.as_str().into(), territory.name.as_str().into(), size(cut).into()];
        row.extend((1..=asked.size_max).map(|size| cut.sets.iter().filter(|set| set.len() == size).count().into()));
        table.push(row);
    }
    table
}

fn sets(law: &Law<'_>, asked: &Isolation, found: &Outcome) -> Table {
    let columns = vec![
        Column::text("territory", "Code"),
        Column::number("elements", "Elements", 0),
        Column::text("cut_set", "Lost together, they cut it off"),
    ];
    let mut table = Table::new("cut_sets", "What cuts each territory off, none of it superfluous", columns);
    for cut in &found.territories {
        for set in cut.sets.iter().filter(|set| !set.is_empty()).take(LISTED) {
            let names: Vec<&str> = set.iter().map(|&element| asked.elements[element].name.as_str()).collect();
            let code = law.topology().territory(cut.territory).code.as_str();
            table.push(vec![code.into(), set.len().into(), names.join(" + ").into()]);
        }
    }
    table
}
