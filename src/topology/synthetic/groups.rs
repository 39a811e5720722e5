//! What fails together: landing stations with several segments, narrow waters, borders with several crossings.

use std::collections::BTreeMap;

use super::{Network, sources};
use crate::topology::Area;
use crate::topology::area::Probe;
use crate::topology::raw::{RawCircle, RawRiskGroup};
use crate::units::{Length, Position};

/// Narrow waters: name, degrees north and east of the middle, radius in km (general knowledge, rounded).
const STRAITS: [(&str, f64, f64, u32); 12] = [
    ("Malacca", 2.5, 101.5, 120),
    ("Singapore", 1.2, 104.0, 60),
    ("Bab-el-Mandeb", 12.6, 43.4, 60),
    ("Suez", 29.9, 32.6, 60),
    ("Gibraltar", 36.0, -5.6, 50),
    ("Dover", 51.0, 1.5, 60),
    ("Hormuz", 26.5, 56.3, 80),
    ("Luzon", 20.5, 121.5, 200),
    ("Taiwan", 24.5, 119.5, 150),
    ("Sunda", -6.0, 105.8, 80),
    ("Oresund", 55.9, 12.7, 40),
    ("Florida", 24.5, -81.0, 120),
];

impl Network {
    pub(super) fn risk_groups(&self) -> Vec<RawRiskGroup> {
        let mut groups = self.stations();
        groups.extend(STRAITS.iter().filter_map(|strait| self.strait(*strait)));
        groups.extend(self.corridors());
        groups
    }

    fn stations(&self) -> Vec<RawRiskGroup> {
        let mut counts = vec![0_u32; self.spots.len()];
        for span in self.spans.iter().filter(|span| self.lines[span.cable].kind == "submarine") {
            span.ends.iter().for_each(|&end| counts[end] += 1);
        }
        let is_station = |&(at, count): &(usize, &u32)| *count > 1 && self.spots[at].roles.contains(&"channel");
        let group = |(at, _): (usize, &u32)| RawRiskGroup {
            id: format!("station-{}", self.spots[at].id).into(),
            kind: "station".into(),
            sites: [self.spots[at].id.as_str()].into_iter().collect(),
            ..blank()
        };
        counts.iter().enumerate().filter(is_station).map(group).collect()
    }

    /// A strait that some segment passes.
    fn strait(&self, (name, lat, lon, radius_km): (&str, f64, f64, u32)) -> Option<RawRiskGroup> {
        let centre = Position::new(lat, lon)?;
        let area = Area::Circle { centre, radius: Length::from_m(u64::from(radius_km) * 1_000) };
        let probe = Probe::new(&area);
        let passes = |span: &super::Span| probe.is_passed_by(&span.ends.map(|end| self.spots[end].position));
        let circle = RawCircle { lat: lat.into(), lon: lon.into(), radius_km: radius_km.into(), place: None };
        self.spans.iter().any(passes).then(|| RawRiskGroup {
            id: format!("strait-{name}").into(),
            kind: "strait".into(),
            circle: Some(circle),
            ..blank()
        })
    }

    /// The crossings of a border where there are several.
    fn corridors(&self) -> impl Iterator<Item = RawRiskGroup> {
        let mut cables: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for span in &self.spans {
            let lands = span.ends.map(|end| self.spots[end].land);
            if let ([Some(a), Some(b)], "terrestrial") = (lands, self.lines[span.cable].kind)
                && a != b
            {
                let border = format!("{}-{}", self.lands[a].code, self.lands[b].code);
                cables.entry(border).or_default().push(&self.lines[span.cable].id);
            }
        }
        let several: Vec<_> = cables.into_iter().filter(|(_, cables)| cables.len() > 1).collect();
        several.into_iter().map(|(border, cables)| RawRiskGroup {
            id: format!("corridor-{border}").into(),
            kind: "corridor".into(),
            cables: cables.into_iter().collect(),
            ..blank()
        })
    }
}

fn blank() -> RawRiskGroup {
    RawRiskGroup { source: sources(), confidence: "low".into(), ..RawRiskGroup::default() }
}
