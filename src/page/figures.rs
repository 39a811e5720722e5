//! A run as figures for papers and layers for other programs: the map and charts as SVG, loads as GeoJSON, tables as CSV.
//!
//! Each file stands alone. What they say is what the page says with nothing cut.

use serde_json::{Value, json};

use super::answers::Engine;
use super::markup::escape;
use super::{COAST, Subject, chart, pack, projection};
use crate::policy::Law;
use crate::report::{self, Format, Report, Style, Table};
use crate::topology::export::pieces;
use crate::topology::{Role, SegmentId, SiteId, Topology};
use crate::units::Position;

/// How wide the map is drawn.
const WIDTH: f64 = 1200.0;

/// Room around what is drawn, in units of the projection.
const MARGIN: i64 = 400;

/// Name and content of each file: `map.svg`, `loads.geojson`, then of each table `<place>-<key>.csv` and, where it is drawn,
/// `.svg`.
///
/// Deterministic at any thread count.
#[must_use]
pub fn figures(subject: &Subject<'_>) -> Vec<(String, String)> {
    let law = Law::new(subject.topology, subject.policy);
    let sound = Engine::new(&law, &subject.requests, subject.metric).sound();
    let mut files = vec![("map.svg".to_owned(), map(&law, &sound)), ("loads.geojson".to_owned(), loads(&law, &sound))];
    tables(subject.report, "", &mut files);
    files
}

/// Loads and capacities of each lane, then of each site's gateway, Mbit/s.
#[derive(Clone, Debug)]
pub(super) struct Sound {
    pub(super) loads: Vec<u64>,
    pub(super) capacities: Vec<Option<u64>>,
}

impl Sound {
    /// Load over capacity of a lane; `None` where the capacity is unknown.
    #[expect(clippy::cast_precision_loss, reason = "below 2^53 Mbit/s")]
    fn share(&self, lane: usize) -> Option<f64> {
        let load = self.loads[lane];
        self.capacities[lane].map(|capacity| if load == 0 { 0.0 } else { load as f64 / capacity as f64 })
    }

    /// That of the fuller direction of a segment.
    fn fuller(&self, segment: SegmentId) -> Option<f64> {
        let lanes = [2 * segment.index(), 2 * segment.index() + 1];
        lanes.into_iter().filter_map(|lane| self.share(lane)).reduce(f64::max)
    }
}

fn tables(part: &Report, place: &str, files: &mut Vec<(String, String)>) {
    for table in part.tables.iter().filter(|table| !table.rows().is_empty()) {
        let name = format!("{place}{}", table.key);
        files.push((format!("{name}.csv"), csv(table)));
        files.extend(chart::of(table).map(|svg| (format!("{name}.svg"), chart::alone(&svg))));
    }
    for (i, part) in part.parts.iter().enumerate() {
        tables(part, &format!("{place}{}-", i + 1), files);
    }
}

fn csv(table: &Table) -> String {
    let single = Report { tables: vec![table.clone()], ..Report::default() };
    let mut bytes = Vec::new();
    report::write(&single, None, Format::Csv, Style::default(), &mut bytes).expect("a vector takes every write");
    String::from_utf8(bytes).expect("reports are written as text")
}

/// Utilisation up to which a line is drawn so: its colour and width. The last is for all that is fuller.
const LEVELS: [(f64, &str, f64); 5] = [
    (0.3, "#8a9aa3", 0.8),
    (0.6, "#4b83a0", 1.3),
    (0.85, "#14748a", 1.9),
    (1.0, "#a87400", 2.7),
    (f64::INFINITY, "#c23a12", 4.0),
];

fn map(law: &Law<'_>, sound: &Sound) -> String {
    let topology = law.topology();
    let in_use: Vec<SegmentId> = topology.segments().map(|(id, _)| id).filter(|&id| law.is_usable(id)).collect();
    let ends =
        in_use.iter().flat_map(|&id| topology.segment(id).ends).map(|site| projection::point(topology.site(site).position));
    let west = projection::west(ends.map(|[x, _]| x));
    let lines: Vec<(SegmentId, Vec<[i64; 2]>)> = in_use.iter().map(|&id| (id, line(topology, id, west))).collect();
    let all = || lines.iter().flat_map(|(_, line)| line.iter().copied());
    let bound = |pick: fn(i64, i64) -> i64, axis: usize| all().map(|point| point[axis]).reduce(pick).unwrap_or(0);
    let (left, right) = (bound(i64::min, 0) - MARGIN, bound(i64::max, 0) + MARGIN);
    let (bottom, top) = (bound(i64::min, 1) - MARGIN, bound(i64::max, 1) + MARGIN);
    #[expect(clippy::cast_precision_loss, reason = "a map is some tens of thousands of units wide")]
    let scale = WIDTH / (right - left) as f64;
    #[expect(clippy::cast_precision_loss, reason = "a map is some tens of thousands of units wide")]
    let place = |[x, y]: [i64; 2]| format!("{:.1} {:.1}", (x - left) as f64 * scale, (top - y) as f64 * scale);
    #[expect(clippy::cast_precision_loss, reason = "a map is some tens of thousands of units wide")]
    let height = (top - bottom) as f64 * scale;
    let path = |points: &[[i64; 2]]| format!("M{}", points.iter().map(|&point| place(point)).collect::<Vec<_>>().join("L"));
    let mut land = String::new();
    for ring in COAST.trim_end().split(' ') {
        let ring = coast(ring);
        for turn in [-projection::TURN, 0, projection::TURN] {
            let ring: Vec<[i64; 2]> = ring.iter().map(|[x, y]| [x + turn, *y]).collect();
            if ring.iter().any(|[x, y]| (left..=right).contains(x) && (bottom..=top).contains(y)) {
                land += &format!("{}Z", path(&ring));
            }
        }
    }
    let mut body = format!("<path d=\"{land}\" fill=\"#e3e6e2\" stroke=\"#b9c2c4\" stroke-width=\"0.5\"/>\n");
    for (i, (_, color, width)) in LEVELS.iter().enumerate() {
        let of_level = lines.iter().filter(|(id, _)| level(sound.fuller(*id)) == i);
        let drawn: String = of_level.map(|(_, line)| path(line)).collect();
        body += &format!(
            "<path d=\"{drawn}\" fill=\"none\" stroke=\"{color}\" stroke-width=\"{width}\" stroke-linejoin=\"round\"/>\n"
        );
    }
    for (id, site) in topology.sites() {
        let Some(shape) = shape(law, id) else { continue };
        let [x, y] = projection::point(site.position);
        let x = x + (west - x + projection::TURN - 1).div_euclid(projection::TURN) * projection::TURN;
        body += &format!("<g transform=\"translate({})\"><title>{}</title>{shape}</g>\n", place([x, y]), escape(&site.name));
    }
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height:.0}\" width=\"{WIDTH}\" height=\"{height:.0}\">\n<rect width=\"100%\" height=\"100%\" fill=\"#f7f9fa\"/>\n{body}</svg>\n"
    )
}

/// A capacity that nobody knows is drawn as the emptiest.
fn level(share: Option<f64>) -> usize {
    let share = share.unwrap_or(0.0);
    LEVELS.iter().position(|(up_to, _, _)| share < *up_to || share <= 1.0 && *up_to == 1.0).unwrap_or(LEVELS.len() - 1)
}

/// A segment along its waypoints, from its first end at or east of `west`.
fn line(topology: &Topology, id: SegmentId, west: i64) -> Vec<[i64; 2]> {
    let line = projection::line(places(topology, id));
    let turn = (west - line[0][0] + projection::TURN - 1).div_euclid(projection::TURN) * projection::TURN;
    line.into_iter().map(|[x, y]| [x + turn, y]).collect()
}

fn places(topology: &Topology, id: SegmentId) -> Vec<Position> {
    let segment = topology.segment(id);
    let [from, to] = segment.ends.map(|end| topology.site(end).position);
    std::iter::once(from).chain(segment.path.iter().copied()).chain([to]).collect()
}

/// A ring of the coast, in units of the projection; `coast.mjs` writes it in twentieths of a degree.
fn coast(ring: &str) -> Vec<[i64; 2]> {
    let mut at = [0, 0];
    pack::read(ring)
        .chunks_exact(2)
        .map(|step| {
            at = [at[0] + 5 * step[0], at[1] + 5 * step[1]];
            at
        })
        .collect()
}

/// The mark of a gateway's highest class, as in the page's legend.
fn shape(law: &Law<'_>, site: SiteId) -> Option<&'static str> {
    const SHAPES: [(Role, &str); 4] = [
        (Role::Comprehensive, "<rect x=\"-3\" y=\"-3\" width=\"6\" height=\"6\" fill=\"#17222a\"/>"),
        (Role::Regional, "<path d=\"M0-4.5L4.5 0L0 4.5L-4.5 0Z\" fill=\"#17222a\"/>"),
        (Role::Border, "<path d=\"M0-4L4 3L-4 3Z\" fill=\"#17222a\"/>"),
        (Role::Channel, "<circle r=\"2.6\" fill=\"#f7f9fa\" stroke=\"#17222a\" stroke-width=\"1.2\"/>"),
    ];
    SHAPES.into_iter().find(|&(role, _)| law.has_role(site, role)).map(|(_, shape)| shape)
}

/// Segments in use with what they carry each way, and gateways with what they switch (RFC 7946).
fn loads(law: &Law<'_>, sound: &Sound) -> String {
    let topology = law.topology();
    let mut features = Vec::new();
    for (id, segment) in topology.segments().filter(|&(id, _)| law.is_usable(id)) {
        let cable = topology.cable(segment.cable);
        let [there, back] = [2 * id.index(), 2 * id.index() + 1];
        let pieces = pieces(&places(topology, id));
        let geometry = match pieces.as_slice() {
            [piece] => json!({"type": "LineString", "coordinates": piece}),
            pieces => json!({"type": "MultiLineString", "coordinates": pieces}),
        };
        let properties = json!({
            "cable": cable.id,
            "kind": cable.kind.word(),
            "from": topology.site(segment.ends[0]).id,
            "to": topology.site(segment.ends[1]).id,
            "length_km": segment.length.km(),
            "latency_ms": segment.latency.ms(),
            "capacity_gbps": sound.capacities[there].map(gbps),
            "capacity_back_gbps": sound.capacities[back].map(gbps),
            "load_gbps": gbps(sound.loads[there]),
            "load_back_gbps": gbps(sound.loads[back]),
            "utilisation_percent": sound.fuller(id).filter(|share| share.is_finite()).map(|share| 100.0 * share),
        });
        features.push(feature(&segment.id, &properties, &geometry));
    }
    let lanes = 2 * topology.segment_count();
    for (id, site) in topology.sites() {
        let roles: Vec<&str> = Role::ALL.into_iter().filter(|&role| law.has_role(id, role)).map(Role::word).collect();
        let place = lanes + id.index();
        if shape(law, id).is_none() {
            continue;
        }
        let properties = json!({
            "name": site.name,
            "roles": roles.join("+"),
            "switching_gbps": sound.capacities[place].map(gbps),
            "switched_gbps": gbps(sound.loads[place]),
        });
        let geometry = json!({"type": "Point", "coordinates": [site.position.lon(), site.position.lat()]});
        features.push(feature(&site.id, &properties, &geometry));
    }
    format!("{{\"type\":\"FeatureCollection\",\"features\":[\n{}\n]}}\n", features.join(",\n"))
}

fn feature(id: &str, properties: &Value, geometry: &Value) -> String {
    json!({"type": "Feature", "id": id, "properties": properties, "geometry": geometry}).to_string()
}

#[expect(clippy::cast_precision_loss, reason = "below 2^53 Mbit/s")]
fn gbps(mbps: u64) -> f64 {
    mbps as f64 / 1e3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_full_to_the_brim_is_not_over_it() {
        assert_eq!([0.0, 0.3, 0.85, 1.0, 1.001].map(|share| level(Some(share))), [0, 1, 3, 3, 4]);
        assert_eq!(level(None), 0);
    }

    #[test]
    fn the_coast_lies_on_the_map() {
        let rings: Vec<Vec<[i64; 2]>> = COAST.trim_end().split(' ').map(coast).collect();
        assert!(rings.len() > 100, "{} rings", rings.len());
        let points = || rings.iter().flatten();
        assert!(points().all(|[x, y]| x.abs() < 20_000 && (-9000..13_200).contains(y)));
        // No step goes the long way round the world.
        assert!(rings.iter().all(|ring| ring.windows(2).all(|step| (step[0][0] - step[1][0]).abs() < projection::TURN / 4)));
    }
}
