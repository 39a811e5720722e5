//! What a solar storm may break, in people's words: exact probabilities of cables and segments.

use crate::failure::solar::{Exposure, Storm};
use crate::policy::Law;
use crate::report::{Column, Report, Table, Value};
use crate::topology::{CableId, Topology};

/// Adds the facts and the tables, if a storm is asked for.
pub(super) fn answer(report: &mut Report, law: &Law<'_>, storm: Option<&Storm>) {
    let Some(storm) = storm else { return };
    let topology = law.topology();
    let exposures = storm.exposures(topology, law.policy().as_of);
    let cables = cables(topology, &exposures);
    report.quantity("storm_repeater_km", "Distance between repeaters", storm.spacing.km(), 1);
    report.fact("storm_cables", "Cables in service", cables.len());
    let with = exposures.iter().filter(|exposure| exposure.repeaters > 0.0).count();
    report.fact("storm_segments_with_repeaters", "Segments with repeaters", with);
    let [mean, deviation] = count(exposures.iter().map(|exposure| exposure.probability));
    report.quantity("storm_failed_segments_mean", "Segments that fail, in the mean", mean, 2);
    report.quantity("storm_failed_segments_deviation", "Standard deviation", deviation, 2);
    let [mean, deviation] = count(cables.iter().map(|cable| cable.probability));
    report.quantity("storm_failed_cables_mean", "Cables of which anything fails, in the mean", mean, 2);
    report.quantity("storm_failed_cables_deviation", "Standard deviation", deviation, 2);
    report.tables.push(cable_table(topology, &cables));
    report.tables.push(segment_table(topology, &exposures));
    report.note(
        "the storm: repeaters fail each on its own, by the highest latitude of their cable (on land, of their segment), and \
         one is enough for its segment; snapshots and bounds are of the moment after it, with nothing else broken",
    );
    report.note(
        "probabilities of repeaters are scenarios (Abdu Jyothi 2021), not measurements; how often a storm comes is not said",
    );
}

/// What a storm may do to a cable.
struct CableExposure {
    cable: CableId,
    latitude_deg: f64,
    length_km: f64,
    repeaters: f64,
    /// That any of its segments fails.
    probability: f64,
}

/// Cables in service, by falling probability, then by id.
fn cables(topology: &Topology, exposures: &[Exposure]) -> Vec<CableExposure> {
    let mut found: Vec<Option<CableExposure>> = topology.cables().iter().map(|_| None).collect();
    for exposure in exposures {
        let segment = topology.segment(exposure.segment);
        let cable = found[segment.cable.index()].get_or_insert(CableExposure {
            cable: segment.cable,
            latitude_deg: 0.0,
            length_km: 0.0,
            repeaters: 0.0,
            probability: 0.0,
        });
        cable.latitude_deg = cable.latitude_deg.max(exposure.latitude_deg);
        cable.length_km += segment.length.km();
        cable.repeaters += exposure.repeaters;
        cable.probability = 1.0 - (1.0 - cable.probability) * (1.0 - exposure.probability);
    }
    let mut cables: Vec<CableExposure> = found.into_iter().flatten().collect();
    cables.sort_by(|a, b| b.probability.total_cmp(&a.probability).then(a.cable.cmp(&b.cable)));
    cables
}

/// Mean and standard deviation of how many of several independent things happen.
fn count(probabilities: impl Iterator<Item = f64>) -> [f64; 2] {
    let (mean, variance) = probabilities.fold((0.0, 0.0), |(mean, variance), p| (mean + p, variance + p * (1.0 - p)));
    [mean, variance.sqrt()]
}

fn cable_table(topology: &Topology, cables: &[CableExposure]) -> Table {
    let columns = vec![
        Column::text("cable", "Cable"),
        Column::number("latitude_deg", "Highest latitude", 1),
        Column::number("length_km", "Length", 0),
        Column::number("repeaters", "Repeaters", 1),
        Column::number("failure_percent", "Anything of it fails", 3).bar(),
    ];
    let mut table = Table::new("storm_cables", "What the storm may do to each cable", columns);
    for cable in cables {
        table.push(vec![
            topology.cable(cable.cable).id.as_str().into(),
            cable.latitude_deg.into(),
            cable.length_km.into(),
            cable.repeaters.into(),
            Value::from(100.0 * cable.probability),
        ]);
    }
    table
}

fn segment_table(topology: &Topology, exposures: &[Exposure]) -> Table {
    let columns = vec![
        Column::text("segment", "Segment"),
        Column::text("cable", "Cable"),
        Column::number("repeaters", "Repeaters", 1),
        Column::number("failure_percent", "It fails", 3).bar(),
    ];
    let mut table = Table::new("storm_segments", "What the storm may do to each segment with repeaters", columns);
    for exposure in exposures.iter().filter(|exposure| exposure.repeaters > 0.0) {
        let segment = topology.segment(exposure.segment);
        table.push(vec![
            segment.id.as_str().into(),
            topology.cable(segment.cable).id.as_str().into(),
            exposure.repeaters.into(),
            Value::from(100.0 * exposure.probability),
        ]);
    }
    table
}
