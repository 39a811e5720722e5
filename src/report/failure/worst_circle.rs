//! The worst place to hit with a circle, in people's words.

use crate::failure::Spec;
use crate::failure::worst_circle::search::{PATCHES_MAX, TOLERANCE_M};
use crate::failure::worst_circle::{Measure, Outcome, WorstCircle, run};
use crate::policy::Law;
use crate::report::failure::outages::{gbps, percent};
use crate::report::{Column, Report, Table};

/// Adds the facts and the tables, if they are asked for and nothing was interrupted before.
pub(super) fn answer(report: &mut Report, law: &Law<'_>, spec: &Spec, goes_on: &impl Fn() -> bool) {
    let Some(asked) = spec.worst_circle.as_ref().filter(|_| !report.is_partial) else { return };
    let outcome = run(law, (&spec.requests, spec.metric), asked, goes_on);
    facts(report, asked, &outcome);
    report.tables.push(segments(law, &outcome));
    report.tables.push(sites(law, &outcome));
    if outcome.found.is_partial {
        report.is_partial = true;
        report.note("interrupted in the search for the worst circle; the bound holds for all places that were left");
    } else if !outcome.found.is_complete {
        report.note(format!("the search for the worst circle ended after {PATCHES_MAX} patches; the bound holds for all places"));
    } else {
        report.note(format!(
            "the search for the worst circle leaves no place out: none does more than the bound, which a circle wider by at \
             most {TOLERANCE_M} m and 10 m reaches"
        ));
    }
    report.note("a circle hits lines as drawn, ends included; an area with `circle` of that centre and radius plays it again");
}

fn facts(report: &mut Report, asked: &WorstCircle, Outcome { found, impact, routed_mbps, .. }: &Outcome) {
    let place = found.place.as_ref();
    let worth = place.map_or(0, |place| place.worth);
    report.quantity("circle_radius_km", "Radius of the circle", asked.radius.km(), 1);
    report.fact("circle_measure", "Looked for by", word(asked.measure));
    report.quantity("circle_lat_deg", "Centre of the worst, north", place.map(|place| place.centre.lat()), 4);
    report.quantity("circle_lon_deg", "East", place.map(|place| place.centre.lon()), 4);
    report.quantity("circle_found_gbps", "It does", gbps(worth), 1);
    report.quantity("circle_at_most_gbps", "No circle does more than", gbps(found.at_most), 1);
    report.quantity("circle_gap_percent", "Gap", percent(found.at_most - worth, found.at_most).unwrap_or(0.0), 2);
    report.quantity("circle_interrupted_gbps", "It interrupts", gbps(impact.interrupted_mbps), 1);
    report.quantity("circle_interrupted_percent", "Share", percent(impact.interrupted_mbps, *routed_mbps), 2);
    report.quantity("circle_unserved_gbps", "It leaves unserved", gbps(impact.unserved_mbps), 1);
    report.quantity("circle_unserved_percent", "Share", percent(impact.unserved_mbps, *routed_mbps), 2);
    report.fact("circle_isolated", "Territories it isolates", impact.isolated.len());
}

const fn word(measure: Measure) -> &'static str {
    match measure {
        Measure::Interrupted => "interrupted",
        Measure::Unconnected => "unconnected",
        Measure::Capacity => "capacity",
    }
}

fn segments(law: &Law<'_>, outcome: &Outcome) -> Table {
    let columns = vec![
        Column::text("segment", "Segment"),
        Column::text("cable", "Cable"),
        Column::text("a", "From"),
        Column::text("b", "To"),
    ];
    let mut table = Table::new("circle_segments", "What the worst circle hits", columns);
    let topology = law.topology();
    for &id in outcome.found.place.iter().flat_map(|place| &place.segments) {
        let segment = topology.segment(id);
        let [a, b] = segment.ends.map(|end| topology.site(end).id.as_str());
        table.push(vec![segment.id.as_str().into(), topology.cable(segment.cable).id.as_str().into(), a.into(), b.into()]);
    }
    table
}

fn sites(law: &Law<'_>, outcome: &Outcome) -> Table {
    let columns = vec![Column::text("site", "Site"), Column::text("name", "Name"), Column::text("territory", "Territory")];
    let mut table = Table::new("circle_sites", "Sites within the worst circle", columns);
    for &id in &outcome.sites {
        let site = law.topology().site(id);
        let territory = site.territory.map(|territory| law.topology().territory(territory).code.clone());
        table.push(vec![site.id.as_str().into(), site.name.as_str().into(), territory.into()]);
    }
    table
}
