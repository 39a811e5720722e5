//! GeoJSON (RFC 7946): a point per site, a line per segment along its path, one line per feature.
//!
//! Lines are cut where they cross the 180th meridian (section 3.1.9). Longitudes run from -180 to 180.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::attributes::{cables, native_parts, position, segment, site};
use super::node_link::object_of;
use crate::topology::import::{Findings, finding};
use crate::topology::raw::{RawSegment, RawTopology};
use crate::units::Position;

/// The file.
pub(super) fn text(raw: &RawTopology, findings: &mut Findings) -> String {
    let places: BTreeMap<&str, Position> =
        raw.sites.iter().filter_map(|site| Some((site.id.text.as_str(), position(site)?))).collect();
    let mut features = Vec::new();
    for row in &raw.sites {
        let place = places.get(row.id.text.as_str());
        if place.is_none() {
            findings.note(finding::NOT_HELD, || format!("site {} without coordinates", row.id.text));
        }
        let geometry =
            place.map_or(Value::Null, |place| json!({"type": "Point", "coordinates": point(place.lon(), place.lat())}));
        features.push(feature(&row.id.text, &object_of(&site(row)), &geometry));
    }
    let cables = cables(raw);
    for row in &raw.segments {
        let mut properties =
            Map::from_iter([("from".to_owned(), json!(row.a.text.as_str())), ("to".to_owned(), json!(row.b.text.as_str()))]);
        properties.extend(object_of(&segment(row, cables.get(row.cable.text.as_str()).copied())));
        let line = line(row, &places);
        if line.len() < 2 {
            findings.note(finding::NOT_HELD, || format!("segment {} between sites without coordinates", row.id.text));
        }
        features.push(feature(&row.id.text, &properties, &shape(&line)));
    }
    let mut members = String::from("{\"type\":\"FeatureCollection\",\n");
    let title = raw.head.title.get().map(|title| ("name", title.to_owned()));
    for (name, text) in title.into_iter().chain(native_parts(raw)) {
        members += &format!("{}:{},\n", json!(name), json!(text));
    }
    format!("{members}\"features\":[\n{}\n]}}\n", features.join(",\n"))
}

fn feature(id: &str, properties: &Map<String, Value>, geometry: &Value) -> String {
    json!({"type": "Feature", "id": id, "properties": properties, "geometry": geometry}).to_string()
}

/// From one end by way of the waypoints to the other.
fn line(row: &RawSegment, places: &BTreeMap<&str, Position>) -> Vec<Position> {
    let waypoint = |text: &str| {
        let (lat, lon) = text.trim().split_once(' ')?;
        Position::new(lat.trim().parse().ok()?, lon.trim().parse().ok()?)
    };
    let [Some(a), Some(b)] = [&row.a, &row.b].map(|end| places.get(end.text.as_str()).copied()) else { return Vec::new() };
    std::iter::once(a).chain(row.path.text.split(';').filter_map(waypoint)).chain([b]).collect()
}

fn shape(line: &[Position]) -> Value {
    if line.len() < 2 {
        return Value::Null;
    }
    let pieces: Vec<Vec<Value>> =
        pieces(line).iter().map(|piece| piece.iter().map(|&[lon, lat]| point(lon, lat)).collect()).collect();
    match pieces.as_slice() {
        [piece] => json!({"type": "LineString", "coordinates": piece}),
        pieces => json!({"type": "MultiLineString", "coordinates": pieces}),
    }
}

fn point(lon: f64, lat: f64) -> Value {
    json!([lon, lat])
}

/// The line in pieces of `[lon, lat]`, none of which crosses the 180th meridian; each step goes the shorter way round.
///
/// The latitude of a crossing is interpolated in longitude, as the line would be drawn on a flat map.
pub(crate) fn pieces(line: &[Position]) -> Vec<Vec<[f64; 2]>> {
    let mut pieces = vec![vec![[line[0].lon(), line[0].lat()]]];
    for step in line.windows(2) {
        let [from, to] = [step[0], step[1]];
        let east = to.lon() - from.lon();
        if east.abs() > 180.0 {
            // Westwards over the meridian if the difference is positive.
            let edge = if east > 0.0 { -180.0 } else { 180.0 };
            let whole = 360.0 - east.abs();
            let share = if whole > 0.0 { (edge - from.lon()).abs() / whole } else { 0.0 };
            let lat = from.lat() + (to.lat() - from.lat()) * share;
            pieces.last_mut().expect("one piece is begun").push([edge, lat]);
            pieces.push(vec![[-edge, lat]]);
        }
        pieces.last_mut().expect("one piece is begun").push([to.lon(), to.lat()]);
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(lat: f64, lon: f64) -> Position {
        Position::new(lat, lon).unwrap()
    }

    #[test]
    fn a_line_over_the_date_line_is_cut_there() {
        let cut = pieces(&[at(10.0, 178.0), at(20.0, -178.0), at(0.0, 179.0)]);
        assert_eq!(cut.len(), 3);
        assert_eq!((cut[0][1], cut[1][0]), ([180.0, 15.0], [-180.0, 15.0]));
        assert_eq!((cut[1][2][0], cut[2][0][0]), (-180.0, 180.0));
        assert!((cut[1][2][1] - 20.0 / 3.0).abs() < 1e-9, "{cut:?}");
        assert!(cut.iter().flatten().all(|[lon, _]| lon.abs() <= 180.0));
    }

    #[test]
    fn other_lines_stay_whole() {
        assert_eq!(pieces(&[at(10.0, -80.0), at(20.0, 90.0)]).len(), 1);
    }
}
