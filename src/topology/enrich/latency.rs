//! Latencies written out, for formats that state them.

use super::{Step, kinds};
use crate::topology::latency::latency;
use crate::topology::raw::RawTopology;
use crate::topology::words::CABLE_KINDS;
use crate::units::Length;

/// Writes the latency of segments that state none, the one that the model gives them anyway.
pub(super) fn fill(raw: &mut RawTopology) -> usize {
    let mut count = 0;
    let kinds = kinds_of(raw);
    for (segment, kind) in raw.segments.iter_mut().zip(kinds) {
        let length = segment.length_km.text.parse().ok().and_then(Length::from_km);
        if let (true, Some(length), Some(kind)) = (segment.latency_ms.is_blank(), length, kind) {
            segment.latency_ms = latency(kind, length).ms().into();
            segment.source.add(Step::Latency.source());
            count += 1;
        }
    }
    count
}

fn kinds_of(raw: &RawTopology) -> Vec<Option<crate::topology::CableKind>> {
    let kind = |word: String| CABLE_KINDS.iter().find(|(known, _)| *known == word).map(|(_, kind)| *kind);
    kinds(raw).into_iter().map(kind).collect()
}
