//! Capacity of segments that state none: from a table of cables, else by medium and year.

use std::collections::BTreeMap;

use super::{Step, add_source, only};
use crate::file::{Entry, record};
use crate::topology::raw::{RawCable, RawTopology};
use crate::units::Bandwidth;

/// The rule, as the title of its source.
pub(super) const RULE: &str = "Capacity where none is known, per direction. Submarine: fibre pairs (2 if unknown) times capacity \
    per pair of the generation: before 2003 0.02 Tbit/s; 2003 to 2008 0.64; 2009 to 2014, or unknown, 1.3; 2015 to 2018 10; \
    from 2019 16. Land, one system per row: before 2012 or unknown 400 Gbit/s (40 x 10G); 2012 to 2017 800 Gbit/s; from 2018 \
    8 Tbit/s (80 x 100G). Microwave 622 Mbit/s before 2015 or unknown, then 2 Gbit/s; satellite 100 Mbit/s";

/// Id and title of the source of what a table says.
const TABLE: (&str, &str) = ("ENRICH-TABLE", "table of cables' capacities that was given beside the map");

record! {
    /// What a table says of a cable's capacity: a row of a CSV file.
    pub struct CapacityRow {
        /// Id or name of the cable.
        #[schemars(with = "String")]
        pub cable: Entry,
        /// What the plant could carry per direction, such as `3.84 Tbit/s`.
        #[schemars(with = "Option<String>")]
        pub design: Entry,
        /// What is lit per direction.
        #[schemars(with = "Option<String>")]
        pub lit: Entry,
    }
}

/// Capacity of one fibre pair laid in that year, Mbit/s per direction.
#[must_use]
pub const fn generation_mbps(year: Option<i32>) -> u64 {
    match year {
        Some(..=2002) => 20_000,
        Some(2003..=2008) => 640_000,
        Some(2009..=2014) | None => 1_300_000,
        Some(2015..=2018) => 10_000_000,
        Some(2019..) => 16_000_000,
    }
}

/// Capacity of a system of that kind, year and number of fibre pairs, Mbit/s per direction; see the rule.
#[must_use]
pub fn system_mbps(kind: &str, year: Option<i32>, fibre_pairs: Option<u64>) -> Option<u64> {
    let land = match year {
        Some(..=2011) | None => 400_000,
        Some(2012..=2017) => 800_000,
        Some(2018..) => 8_000_000,
    };
    match kind {
        "submarine" => Some(fibre_pairs.unwrap_or(2) * generation_mbps(year)),
        "terrestrial" => Some(land),
        "microwave" => Some(if year.is_some_and(|year| year >= 2015) { 2_000 } else { 622 }),
        "satellite" => Some(100),
        _ => None,
    }
}

/// Fills `imputed` by rule, or `design` and `lit` from the table; counts the segments.
pub(super) fn fill(raw: &mut RawTopology, table: &[CapacityRow]) -> usize {
    let rows: BTreeMap<String, &CapacityRow> = table.iter().map(|row| (row.cable.text.to_lowercase(), row)).collect();
    let cables: BTreeMap<String, &RawCable> = raw.cables.iter().map(|cable| (cable.id.text.to_string(), cable)).collect();
    let (mut count, mut is_table_used) = (0, false);
    for segment in &mut raw.segments {
        if [&segment.design, &segment.lit, &segment.imputed].iter().any(|entry| !entry.is_blank()) {
            continue;
        }
        let Some(cable) = cables.get(segment.cable.text.as_str()) else { continue };
        let said = [&cable.id, &cable.name].into_iter().find_map(|word| rows.get(&word.text.to_lowercase()));
        if let Some(row) = said.filter(|row| !(row.design.is_blank() && row.lit.is_blank())) {
            segment.design.text.clone_from(&row.design.text);
            segment.lit.text.clone_from(&row.lit.text);
            segment.capacity_source = [TABLE.0].into_iter().collect();
            is_table_used = true;
            count += 1;
            continue;
        }
        let begins = segment.valid_from.get().or(cable.valid_from.get());
        let year = begins.and_then(|text| text.get(..4)?.parse().ok());
        let pairs = cable.fibre_pairs.text.parse().ok().filter(|pairs| (1..=1_000).contains(pairs));
        if let Some(mbps) = system_mbps(&cable.kind.text, year, pairs) {
            segment.imputed = Bandwidth::from_mbps(mbps).into();
            segment.capacity_source = only(Step::Capacity);
            count += 1;
        }
    }
    if is_table_used {
        add_source(raw, TABLE.0, "published", TABLE.1);
    }
    count
}
