//! Reads a folder of submarine-map JSON as cable maps publish it: cables and landing points with their geometry.
//!
//! Version 2 (places by `slug` and `latlon`, some given twice with metres between) and version 3 (places with country
//! and flags) are both read; files are told apart by their keys, not by their paths. What joins what comes from the
//! lines alone, for the lists of landings are in alphabetical order.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::attributes::{date, owners};
use super::finding::{self, Findings};
use super::json::{Attributes, Coordinates, Scalar, Things, parse};
use super::lines::{Drawn, derive, draw};
use super::sketch::{Cable, Kind, Segment, Site, Sketch, Spot};
use super::text::{Refusal, admit, decode, known, number};
use crate::units::Position;

/// What any of the files may hold.
#[derive(Deserialize)]
struct Part {
    features: Option<Things<Feature>>,
    landing_points: Option<Things<Attributes>>,
    cables: Option<IgnoredAny>,
    id: Option<Scalar>,
    slug: Option<Scalar>,
    name: Option<Scalar>,
    country: Option<Scalar>,
    length: Option<Scalar>,
    rfs: Option<Scalar>,
    rfs_year: Option<Scalar>,
    owners: Option<Scalar>,
    notes: Option<Scalar>,
    is_planned: Option<Scalar>,
}

#[derive(Deserialize)]
struct Feature {
    #[serde(default)]
    properties: Attributes,
    geometry: Option<Geometry>,
}

#[derive(Deserialize)]
struct Geometry {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    coordinates: Coordinates,
}

/// All that the files say, by id.
#[derive(Default)]
struct Map {
    cables: BTreeMap<String, CableParts>,
    places: BTreeMap<String, Place>,
    findings: Findings,
}

#[derive(Default)]
struct CableParts {
    cable: Cable,
    landings: Vec<String>,
    lines: Vec<Vec<Position>>,
}

#[derive(Default)]
struct Place {
    name: Option<String>,
    country: Option<String>,
    /// Where it is drawn.
    position: Option<Position>,
    /// Where a list says it is, for want of a drawing.
    listed: Option<Position>,
}

/// Reads the files of a folder, each with its name, in any order.
///
/// # Errors
/// If none of them holds a cable's line.
pub fn read<'a>(files: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Result<Sketch, Refusal> {
    let mut map = Map::default();
    for (name, bytes) in files {
        let text = decode(bytes, &mut map.findings)?;
        match parse::<Part>(&text) {
            Ok(part) => map.take(name, part),
            Err(refusal) => map.findings.note(finding::FILE_SKIPPED, || format!("{name}: {}", refusal.message)),
        }
    }
    if map.cables.values().all(|parts| parts.lines.is_empty()) {
        return Err(Refusal::new(
            "no file holds the line of a cable",
            "the folder needs `cable-geo.json`, and a file per cable for names and lengths",
        ));
    }
    map.into_sketch()
}

fn text(scalar: Option<Scalar>) -> Option<String> {
    match scalar? {
        Scalar::Text(text) | Scalar::Plain(text) => Some(text),
        Scalar::Null | Scalar::Numbers(_) | Scalar::Texts(_) | Scalar::Other => None,
    }
}

fn is_true(word: Option<&str>) -> bool {
    word == Some("true")
}

impl Map {
    fn take(&mut self, file: &str, part: Part) {
        if let Some(features) = part.features {
            features.0.into_iter().for_each(|feature| self.feature(feature));
            return;
        }
        let Some(key) = text(part.slug.clone()).or_else(|| text(part.id.clone())) else {
            self.findings.note(finding::FILE_SKIPPED, || format!("{file}: no id"));
            return;
        };
        if part.cables.is_some() {
            let place = self.places.entry(key).or_default();
            place.name = place.name.take().or(text(part.name));
            place.country = place.country.take().or(text(part.country));
        } else if part.landing_points.is_some() {
            self.cable(key, part);
        } else {
            self.findings.note(finding::FILE_SKIPPED, || format!("{file}: neither cable nor landing point"));
        }
    }

    fn cable(&mut self, key: String, part: Part) {
        let landings: Vec<String> =
            part.landing_points.into_iter().flat_map(|list| list.0).filter_map(|landing| self.landing(&landing)).collect();
        let findings = &mut self.findings;
        let year = text(part.rfs).or_else(|| text(part.rfs_year));
        let cable = Cable {
            key: key.clone(),
            name: text(part.name),
            kind: Some("submarine"),
            owners: text(part.owners).iter().flat_map(|names| owners(names)).collect(),
            length_km: text(part.length).and_then(|length| number(&length, &["km"], findings)),
            valid_from: year.and_then(|year| date(known(&year, findings)?, findings)),
            is_planned: is_true(text(part.is_planned).as_deref()),
            note: text(part.notes),
            ..Cable::default()
        };
        let parts = self.cables.entry(key).or_default();
        parts.cable = cable;
        parts.landings = landings;
    }

    fn landing(&mut self, landing: &Attributes) -> Option<String> {
        let key = landing.text("slug").or_else(|| landing.text("id"))?.to_owned();
        if is_true(landing.text("is_tbd")) {
            self.findings.note(finding::LANDING_OPEN, || key.clone());
        }
        let place = self.places.entry(key.clone()).or_default();
        place.name = place.name.take().or_else(|| landing.text("name").map(str::to_owned));
        place.country = place.country.take().or_else(|| landing.text("country").map(str::to_owned));
        let position = landing.text("latlon").and_then(|latlon| {
            let (lat, lon) = latlon.split_once(',')?;
            Position::new(lat.trim().parse().ok()?, lon.trim().parse().ok()?)
        });
        place.listed = place.listed.or(position);
        Some(key)
    }

    fn feature(&mut self, feature: Feature) {
        let id = feature.properties.text("slug").or_else(|| feature.properties.text("id")).map(str::to_owned);
        let (Some(key), Some(geometry)) = (id, feature.geometry) else {
            self.findings.note(finding::NO_GEOMETRY, || format!("{:?}", feature.properties.text("name")));
            return;
        };
        let to_position = |&[lon, lat]: &[f64; 2]| Position::new(lat, lon);
        match geometry.kind.as_str() {
            "Point" => {
                let position = geometry.coordinates.points.first().and_then(to_position);
                let place = self.places.entry(key.clone()).or_default();
                place.name = place.name.take().or_else(|| feature.properties.text("name").map(str::to_owned));
                match (position, place.position) {
                    (Some(new), Some(old)) if new != old => self.findings.note(finding::POSITIONS_DIFFER, || key),
                    (None, _) => self.findings.note(finding::NO_GEOMETRY, || key),
                    (Some(_), _) => place.position = position,
                }
            }
            "LineString" | "MultiLineString" => {
                let parts = self.cables.entry(key.clone()).or_default();
                if parts.cable.key.is_empty() {
                    let name = feature.properties.text("name").map(str::to_owned);
                    parts.cable = Cable { key, name, kind: Some("submarine"), ..Cable::default() };
                }
                parts.lines.extend(geometry.coordinates.lines().map(|line| line.iter().filter_map(to_position).collect()));
            }
            other => self.findings.note(finding::NOT_EXPLICIT, || format!("{key}: {other}")),
        }
    }

    fn into_sketch(self) -> Result<Sketch, Refusal> {
        let mut sketch = Sketch { findings: self.findings, ..Sketch::default() };
        let mut sites: BTreeMap<&str, usize> = BTreeMap::new();
        for (key, place) in &self.places {
            sites.insert(key, sketch.sites.len());
            let territory = place.country.clone().or_else(|| Some(place.name.as_ref()?.rsplit_once(", ")?.1.to_owned()));
            sketch.sites.push(Site {
                key: key.clone(),
                name: place.name.clone(),
                territory,
                spot: place.position.or(place.listed).map_or(Spot::Unknown, Spot::Earth),
                kind: Kind::Landing,
                native: Vec::new(),
            });
        }
        for (key, parts) in self.cables {
            if parts.cable.is_planned && parts.cable.valid_from.is_none() {
                sketch.findings.note(finding::CABLE_PLANNED, || key);
                continue;
            }
            if parts.cable.is_planned {
                sketch.findings.note(finding::CABLE_PLANNED, || key.clone());
            }
            if parts.lines.is_empty() {
                sketch.findings.note(finding::NO_LINE, || key);
                continue;
            }
            let find = |landing: &String| {
                let site = *sites.get(landing.as_str())?;
                let place = &self.places[landing];
                Some((site, place.position.or(place.listed)?))
            };
            let landings = parts.landings.iter().filter_map(find).collect();
            let derived = derive(&Drawn { name: &key, lines: parts.lines, landings }, &mut sketch.findings);
            let joints = derived.joints.iter().enumerate().map(|(i, &position)| {
                let key = format!("{key}-BU{}", i + 1);
                sketch.sites.push(Site { key, spot: Spot::Earth(position), kind: Kind::BranchingUnit, ..Site::default() });
                sketch.sites.len() - 1
            });
            let joints: Vec<usize> = joints.collect();
            draw(&mut sketch, parts.cable, derived, &joints, &Segment::default());
            admit(sketch.segments.len(), "segments")?;
        }
        Ok(sketch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINES: &str = r#"{"type":"FeatureCollection","features":[
        {"type":"Feature","properties":{"KEY":"abc","name":"ABC"},"geometry":{"type":"MultiLineString","coordinates":
          [[[0,0],[2,0],[4,0]],[[2,0],[2,-2]]]}},
        {"type":"Feature","properties":{"KEY":"xy","name":"XY"},"geometry":{"type":"MultiLineString","coordinates":[[[0,0],[0,5]]]}}]}"#;
    const POINTS: &str = r#"{"type":"FeatureCollection","features":[
        {"type":"Feature","properties":{"KEY":"a-elbonia","name":"A, Elbonia"},"geometry":{"type":"Point","coordinates":[0,0]}},
        {"type":"Feature","properties":{"KEY":"a-elbonia","name":"A, Elbonia"},"geometry":{"type":"Point","coordinates":[0.0001,0]}},
        {"type":"Feature","properties":{"KEY":"b-elbonia","name":"B, Elbonia"},"geometry":{"type":"Point","coordinates":[4,0]}},
        {"type":"Feature","properties":{"KEY":"c-molvania","name":"C, Molvania"},"geometry":{"type":"Point","coordinates":[2,-2]}}]}"#;
    const CABLE: &str = r#"{"id":"abc","name":"ABC","length":"700 km","rfs":"2009 April","owners":"One, Two","is_planned":false,
        "landing_points":[{"id":"a-elbonia","name":"A, Elbonia","country":"Elbonia","is_tbd":null},
          {"id":"b-elbonia","name":"B, Elbonia","is_tbd":true},{"id":"c-molvania","name":"C, Molvania","country":"Molvania"}]}"#;
    const PLANNED: &str = r#"{"id":"xy","name":"XY","is_planned":true,"landing_points":[{"id":"a-elbonia"}]}"#;

    fn sketch(key: &str) -> Sketch {
        let [lines, points] = [LINES, POINTS].map(|text| text.replace("KEY", key));
        let files = [
            ("all.json", "[{\"id\":\"abc\"}]"),
            ("g.json", &lines),
            ("p.json", &points),
            ("abc.json", CABLE),
            ("xy.json", PLANNED),
        ];
        read(files.map(|(name, text)| (name, text.as_bytes()))).unwrap()
    }

    #[test]
    fn a_trunk_with_a_branch_becomes_three_segments_of_the_declared_length() {
        // Drawn: 4 + 2 degrees, some 667 km.
        let sketch = sketch("id");
        assert_eq!(sketch.segments.len(), 3);
        let total: f64 = sketch.segments.iter().filter_map(|segment| segment.length_km).sum();
        assert!((total - 700.0).abs() < 1e-6, "{total}");
        assert_eq!(sketch.sites.iter().filter(|site| site.kind == Kind::BranchingUnit).count(), 1);
        assert_eq!(sketch.cables[0].owners, ["One", "Two"]);
        assert_eq!(sketch.cables[0].valid_from.as_deref(), Some("2009-04"));
    }

    #[test]
    fn version_2_has_slugs_and_reads_the_same() {
        let (two, three) = (sketch("slug"), sketch("id"));
        assert_eq!(two.segments.len(), three.segments.len());
        assert_eq!(two.findings, three.findings);
    }

    #[test]
    fn what_was_dropped_or_guessed_is_told() {
        let findings = sketch("id").findings;
        for kind in [
            finding::POSITIONS_DIFFER,
            finding::CABLE_PLANNED,
            finding::LANDING_OPEN,
            finding::FILE_SKIPPED,
            finding::LENGTH_SCALED,
        ] {
            assert_eq!(findings.count(kind), 1, "{}", kind.what);
        }
    }

    #[test]
    fn a_country_comes_from_the_landing_or_from_the_end_of_its_name() {
        let countries: Vec<_> = sketch("id").sites.iter().take(3).map(|site| site.territory.clone().unwrap()).collect();
        assert_eq!(countries, ["Elbonia", "Elbonia", "Molvania"]);
    }
}
