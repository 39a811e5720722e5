//! Reads GeoJSON (RFC 7946 and what went before it): points are sites, lines are segments between them.
//!
//! A line that names its ends becomes one segment; one that does not is cut where it meets sites and branches, as the
//! lines of cable maps are. Other shapes are left out. Web Mercator is turned into degrees, declared or not; any other
//! projection is refused.

use serde::Deserialize;

use super::attributes::{LinkDraft, Options, SiteDraft};
use super::finding;
use super::json::{Attributes, Coordinates, Scalar, Things, parse, set_link, set_site};
use super::lines::ends::Ends;
use super::place::{from_mercator, is_mercator};
use super::sketch::{Direction, Site, Sketch, Spot};
use super::text::{Refusal, admit, decode};
use crate::units::Position;

#[derive(Deserialize)]
struct Collection {
    features: Things<Feature>,
    name: Option<Scalar>,
    crs: Option<Crs>,
    crossborder_topology: Option<String>,
    crossborder_cables: Option<String>,
    crossborder_demands: Option<String>,
}

#[derive(Deserialize)]
struct Crs {
    #[serde(default)]
    properties: Attributes,
}

#[derive(Deserialize)]
struct Feature {
    #[serde(default)]
    properties: Attributes,
    geometry: Option<Geometry>,
    id: Option<Scalar>,
}

#[derive(Deserialize)]
struct Geometry {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    coordinates: Coordinates,
}

/// Reads one or more collections, say one of points and one of lines.
///
/// # Errors
/// If one is no JSON, no collection of features, or in a projection that is not known.
pub fn read(files: &[&[u8]], options: &Options) -> Result<Sketch, Refusal> {
    let mut reader = Reader { options, sketch: Sketch::default(), lines: Vec::new() };
    for bytes in files {
        let text = decode(bytes, &mut reader.sketch.findings)?;
        reader.collection(parse(&text)?)?;
    }
    reader.finish()
}

/// A feature with lines, before sites are known.
struct Lines {
    draft: LinkDraft,
    lines: Vec<Vec<Position>>,
}

struct Reader<'o> {
    options: &'o Options,
    sketch: Sketch,
    lines: Vec<Lines>,
}

impl Reader<'_> {
    fn collection(&mut self, collection: Collection) -> Result<(), Refusal> {
        let crs = collection.crs.as_ref().and_then(|crs| crs.properties.text("name"));
        if let Some(other) = crs.filter(|name| !["CRS84", "4326", "3857", "900913"].iter().any(|known| name.contains(known))) {
            return Err(Refusal::new(
                format!("the coordinates are in `{other}`"),
                "turn them into longitude and latitude, as `ogr2ogr -t_srs EPSG:4326` does",
            ));
        }
        let native = &mut self.sketch.native;
        let parts = [collection.crossborder_topology, collection.crossborder_cables, collection.crossborder_demands];
        for (own, part) in [&mut native.head, &mut native.cables, &mut native.demands].into_iter().zip(parts) {
            *own = own.take().or(part);
        }
        if let Some(Scalar::Text(name)) = collection.name {
            self.sketch.title.get_or_insert(name);
        }
        let all = collection.features.0.iter().filter_map(|feature| feature.geometry.as_ref());
        let is_metres = is_mercator(all.flat_map(|geometry| &geometry.coordinates.points));
        for feature in collection.features.0 {
            self.feature(feature, is_metres);
            admit(self.sketch.sites.len().max(self.lines.len()), "features")?;
        }
        Ok(())
    }

    fn feature(&mut self, feature: Feature, is_metres: bool) {
        let id = feature.properties.text("id").map(str::to_owned).or(match feature.id {
            Some(Scalar::Text(id) | Scalar::Plain(id)) => Some(id),
            _ => None,
        });
        let findings = &mut self.sketch.findings;
        let geometry = feature.geometry.filter(|geometry| !geometry.coordinates.points.is_empty());
        let Some(geometry) = geometry else {
            findings.note(finding::NO_GEOMETRY, || id.unwrap_or_default());
            return;
        };
        if is_metres {
            findings.note(finding::MERCATOR, || format!("{:?}", geometry.coordinates.points[0]));
        }
        let to_position = |point: &[f64; 2]| if is_metres { from_mercator(*point) } else { Position::new(point[1], point[0]) };
        match geometry.kind.as_str() {
            "Point" => {
                let Some(position) = to_position(&geometry.coordinates.points[0]) else {
                    return findings.note(finding::NO_GEOMETRY, || format!("{:?}", geometry.coordinates.points[0]));
                };
                let mut draft = SiteDraft::default();
                for (name, value) in &feature.properties.0 {
                    set_site(&mut draft, name, value, self.options, findings);
                }
                let number = self.sketch.sites.len();
                let mut site = Site { spot: Spot::Earth(position), ..draft.finish() };
                if site.key.is_empty() {
                    site.key = id.unwrap_or_else(|| format!("point-{}", number + 1));
                }
                self.sketch.sites.push(site);
            }
            "LineString" | "MultiLineString" => {
                let mut draft = LinkDraft::default();
                for (name, value) in &feature.properties.0 {
                    set_link(&mut draft, name, value, self.options, findings);
                }
                if draft.link.segment.key.is_empty() {
                    draft.link.segment.key = id.unwrap_or_default();
                }
                let lines = geometry.coordinates.lines().map(|line| line.iter().filter_map(to_position).collect());
                self.lines.push(Lines { draft, lines: lines.collect() });
            }
            other => findings.note(finding::NOT_EXPLICIT, || format!("{}: {other}", id.unwrap_or_default())),
        }
    }

    fn finish(mut self) -> Result<Sketch, Refusal> {
        self.sketch.tell_sites_apart();
        let unit = self.options.mbps_per_unit.unwrap_or(super::GBPS);
        let mut ends = Ends::new(&self.sketch.sites);
        let mut links = Vec::new();
        for Lines { draft, lines } in self.lines {
            let link = draft.finish(unit, &mut self.sketch.findings);
            if link.ends.iter().all(String::is_empty) {
                ends.cut(link, lines, &mut self.sketch);
            } else {
                links.push(ends.lead(link, lines, &mut self.sketch));
            }
            admit(self.sketch.segments.len(), "segments")?;
        }
        self.sketch.connect(links, Direction::Both);
        Ok(self.sketch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn collection(features: &str) -> String {
        format!(r#"{{"type":"FeatureCollection","features":[{features}]}}"#)
    }

    fn point(name: &str, x: f64, y: f64) -> String {
        format!(r#"{{"type":"Feature","properties":{{"name":"{name}"}},"geometry":{{"type":"Point","coordinates":[{x},{y}]}}}}"#)
    }

    fn line(properties: &str, coordinates: &str) -> String {
        format!(
            r#"{{"type":"Feature","properties":{{{properties}}},"geometry":{{"type":"MultiLineString","coordinates":{coordinates}}}}}"#
        )
    }

    fn read_all(features: &[String]) -> Sketch {
        read(&[collection(&features.join(",")).as_bytes()], &Options::default()).unwrap()
    }

    fn pairs(sketch: &Sketch) -> Vec<[&str; 2]> {
        sketch.segments.iter().map(|segment| segment.ends.map(|end| sketch.sites[end].key.as_str())).collect()
    }

    #[test]
    fn lines_that_name_their_ends_lead_from_one_to_the_other() {
        let features = [
            point("A", 0.0, 0.0),
            point("B", 1.0, 0.0),
            line(r#""from":"B","to":"A","distance":111000.5,"line_id":"x""#, "[[[0,0],[0.5,0.1],[1,0]]]"),
        ];
        let sketch = read_all(&features);
        assert_eq!(pairs(&sketch), [["point-2", "point-1"]]);
        let segment = &sketch.segments[0];
        assert!(segment.is_length_unit_open);
        assert_eq!((segment.path.len(), segment.path[0].lon()), (1, 0.5));
    }

    #[test]
    fn of_two_places_of_one_name_the_one_at_the_line_is_meant() {
        let features = [
            point("A", 0.0, 0.0),
            point("B", 1.0, 0.0),
            point("B", 9.0, 0.0),
            line(r#""from":"A","to":"B""#, "[[[0,0],[8.9,0]]]"),
        ];
        assert_eq!(pairs(&read_all(&features)), [["point-1", "point-3"]]);
    }

    #[test]
    fn an_end_that_names_nothing_is_the_site_at_the_line_or_a_new_one() {
        let features = [
            point("A", 0.0, 0.0),
            point("B", 1.0, 0.0),
            line(r#""from":"A","to":"Bee""#, "[[[0,0],[1,0.01]]]"),
            line(r#""from":"A","to":"C""#, "[[[0,0],[0,1]]]"),
            line(r#""from":"C","to":"B""#, "[[[0,1],[1,0]]]"),
        ];
        let sketch = read_all(&features);
        assert_eq!(pairs(&sketch), [["point-1", "point-2"], ["point-1", "C"], ["C", "point-2"]]);
        assert_eq!((sketch.findings.count(finding::END_BY_POSITION), sketch.findings.count(finding::END_MADE)), (1, 1));
    }

    #[test]
    fn lines_without_names_are_cut_at_sites_and_branches() {
        let features = [
            point("A", 0.0, 0.0),
            point("B", 2.0, 0.0),
            line(r#""name":"trunk","capacity":"10 Gbit/s""#, "[[[0,0],[1,0],[2,0]],[[1,0],[1,1]]]"),
            line(r#""name":"onward""#, "[[[1,1],[1,2]]]"),
        ];
        let sketch = read_all(&features);
        assert_eq!((sketch.sites.len(), sketch.segments.len()), (5, 4));
        assert_eq!(sketch.segments[0].lit_mbps, Some(10_000.0));
        let end = sketch.segments[2].ends.iter().filter(|end| sketch.segments[3].ends.contains(end)).count();
        assert_eq!(end, 1, "the second line begins where the first ends");
    }

    #[test]
    fn metres_of_web_mercator_become_degrees() {
        let sketch = read_all(&[point("A", 111_319.490_793, 0.0), point("B", 0.0, 6_446_275.841)]);
        let Spot::Earth(a) = sketch.sites[0].spot else { panic!() };
        let Spot::Earth(b) = sketch.sites[1].spot else { panic!() };
        assert!((a.lon() - 1.0).abs() < 1e-9 && (b.lat() - 50.0).abs() < 1e-6, "{a:?} {b:?}");
        assert_eq!(sketch.findings.count(finding::MERCATOR), 2);
    }

    #[test]
    fn other_projections_are_refused() {
        let text = r#"{"crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::32631"}},"features":[]}"#;
        assert!(read(&[text.as_bytes()], &Options::default()).is_err());
    }
}
