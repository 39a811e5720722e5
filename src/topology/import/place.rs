//! Where sites are: tells degrees from metres and pixels, and puts sites that nobody locates near their neighbours.

use std::collections::BTreeSet;
use std::f64::consts::PI;

use super::finding;
use super::sketch::{Segment, Site, Sketch, Spot};
use crate::topology::grid::{position, vector};
use crate::units::Position;

/// Half the equator in metres of Web Mercator (EPSG:3857), whose sphere has the radius 6,378,137 m.
const MERCATOR_MAX: f64 = 6_378_137.0 * PI;
/// Coordinates beyond this are metres, not pixels.
const METRES: f64 = 20_000.0;
/// A drawing without any length is made so many km wide.
const DRAWING_KM: f64 = 1_000.0;
/// A drawing is never made wider than this.
const WIDEST_KM: f64 = 5_000.0;
/// Sites that nothing locates are put within so many km of each other.
const CROWD_KM: f64 = 0.3;
/// Kilometres per degree of latitude, and of longitude at the equator, near enough.
const KM_PER_DEGREE: f64 = 111.2;

/// Tells whether points are in metres of Web Mercator: some are far beyond any degree, and none beyond the map.
pub(super) fn is_mercator<'a>(points: impl Iterator<Item = &'a [f64; 2]>) -> bool {
    let mut largest = 0.0_f64;
    for &[x, y] in points {
        largest = largest.max(x.abs()).max(y.abs());
    }
    largest > METRES && largest <= MERCATOR_MAX * 1.01
}

/// The place of a point of Web Mercator.
pub(super) fn from_mercator([x, y]: [f64; 2]) -> Option<Position> {
    let scale = 180.0 / MERCATOR_MAX;
    Position::new((y * scale).to_radians().sinh().atan().to_degrees(), x * scale)
}

/// Turns coordinates as they were given into places on Earth.
///
/// Where a tenth of them or more are no degrees, all are taken as those of a drawing. `0 0` is unknown. Afterwards
/// every site has a place; returns which of them are guesses. O(n log n).
pub(super) fn locate(sketch: &mut Sketch) -> Vec<bool> {
    if sketch.native.head.is_some() {
        // What this program wrote is in degrees, and 0 0 is a place.
        for site in &mut sketch.sites {
            if let Spot::Plane { x, y } = site.spot {
                site.spot = Position::new(y, x).map_or(site.spot, Spot::Earth);
            }
        }
    }
    let given: Vec<[f64; 2]> = sketch.sites.iter().filter_map(point).collect();
    let is_degrees = |&&[x, y]: &&[f64; 2]| x.abs() <= 360.0 && y.abs() <= 90.0;
    let off = given.len() - given.iter().filter(is_degrees).count();
    let is_metres = !sketch.is_plane && is_mercator(given.iter());
    let is_drawing = sketch.is_plane || !is_metres && off * 10 >= given.len().max(1);
    if is_drawing && !given.is_empty() {
        fit(sketch);
    }
    let is_fitted = |site: &Site| is_drawing && matches!(site.spot, Spot::Earth(_));
    let mut is_guess: Vec<bool> = sketch.sites.iter().map(is_fitted).collect();
    for site in &mut sketch.sites {
        let Spot::Plane { x, y } = site.spot else { continue };
        let findings = &mut sketch.findings;
        if [x, y] == [0.0, 0.0] {
            findings.note(finding::NULL_ISLAND, || site.key.clone());
        }
        let position = if is_metres { from_mercator([x, y]) } else { Position::new(y, x).filter(|_| x.abs() <= 360.0) };
        if is_metres {
            findings.note(finding::MERCATOR, || format!("{}: {x} {y}", site.key));
        }
        let position = position.filter(|_| [x, y] != [0.0, 0.0]);
        if position.is_none() && [x, y] != [0.0, 0.0] {
            findings.note(finding::OFF_EARTH, || format!("{}: {x} {y}", site.key));
        }
        site.spot = position.map_or(Spot::Unknown, Spot::Earth);
    }
    settle(sketch, &mut is_guess);
    is_guess
}

/// The coordinates as they were given, unless they are 0 0.
fn point(site: &Site) -> Option<[f64; 2]> {
    match site.spot {
        Spot::Plane { x, y } if [x, y] != [0.0, 0.0] => Some([x, y]),
        Spot::Plane { .. } | Spot::Earth(_) | Spot::Unknown => None,
    }
}

/// Scales a drawing into degrees around 0 0: so that lengths of segments fit where there are some, else to a width.
fn fit(sketch: &mut Sketch) {
    let mut bounds = [f64::INFINITY, f64::NEG_INFINITY, f64::INFINITY, f64::NEG_INFINITY];
    for [x, y] in sketch.sites.iter().filter_map(point) {
        bounds = [bounds[0].min(x), bounds[1].max(x), bounds[2].min(y), bounds[3].max(y)];
    }
    let width = (bounds[1] - bounds[0]).max(bounds[3] - bounds[2]).max(f64::MIN_POSITIVE);
    let ratio = |segment: &Segment| {
        let [a, b] = segment.ends.map(|end| point(&sketch.sites[end]));
        let (a, b) = (a?, b?);
        let apart = (a[0] - b[0]).hypot(a[1] - b[1]);
        Some(segment.length_km.filter(|_| apart > 0.0)? / apart)
    };
    let mut ratios: Vec<f64> = sketch.segments.iter().filter_map(ratio).collect();
    ratios.sort_by(f64::total_cmp);
    let km_per_unit = ratios.get(ratios.len() / 2).copied().filter(|ratio| *ratio > 0.0).unwrap_or(DRAWING_KM / width);
    let degrees = km_per_unit.min(WIDEST_KM / width) / KM_PER_DEGREE;
    let middle = [bounds[0].midpoint(bounds[1]), bounds[2].midpoint(bounds[3])];
    for site in &mut sketch.sites {
        if let Some([x, y]) = point(site) {
            sketch.findings.note(finding::PLANE_POSITION, || format!("{}: {x} {y}", site.key));
            let (lat, lon) = ((y - middle[1]) * degrees, (x - middle[0]) * degrees);
            site.spot = Position::new(lat, lon).map_or(Spot::Unknown, Spot::Earth);
        }
    }
}

/// Puts every site that has no place to the middle of its neighbours, step by step; where no neighbour has one, to 0 0.
/// O((n + m) log n).
fn settle(sketch: &mut Sketch, is_guess: &mut [bool]) {
    if sketch.sites.iter().all(|site| matches!(site.spot, Spot::Earth(_))) {
        return;
    }
    let mut neighbours: Vec<Vec<usize>> = vec![Vec::new(); sketch.sites.len()];
    for segment in &sketch.segments {
        let [a, b] = segment.ends;
        neighbours[a].push(b);
        neighbours[b].push(a);
    }
    let is_known = |sketch: &Sketch, site: usize| matches!(sketch.sites[site].spot, Spot::Earth(_));
    let mut count = 0;
    let mut put = |sketch: &mut Sketch, site: usize, place: Position| {
        sketch.sites[site].spot = Spot::Earth(beside(place, count));
        sketch.findings.note(finding::NO_POSITION, || sketch.sites[site].key.clone());
        is_guess[site] = true;
        count += 1;
    };
    let mut front: Vec<usize> = (0..sketch.sites.len()).filter(|&site| is_known(sketch, site)).collect();
    let mut rest = 0..sketch.sites.len();
    loop {
        let next: BTreeSet<usize> =
            front.iter().flat_map(|&site| &neighbours[site]).copied().filter(|&site| !is_known(sketch, site)).collect();
        let places: Vec<Position> = next.iter().map(|&site| middle(sketch, &neighbours[site])).collect();
        next.iter().zip(places).for_each(|(&site, place)| put(sketch, site, place));
        front = next.into_iter().collect();
        if front.is_empty() {
            // Nothing reaches the rest: its first site is put somewhere, and the others follow.
            let Some(site) = rest.find(|&site| !is_known(sketch, site)) else { return };
            put(sketch, site, position([1.0, 0.0, 0.0]));
            front.push(site);
        }
    }
}

/// The middle of those sites that have a place; 0 0 where there is no such middle.
fn middle(sketch: &Sketch, sites: &[usize]) -> Position {
    let mut sum = [1e-12, 0.0, 0.0];
    for &site in sites {
        if let Spot::Earth(place) = sketch.sites[site].spot {
            let v = vector(place);
            sum = [sum[0] + v[0], sum[1] + v[1], sum[2] + v[2]];
        }
    }
    position(sum)
}

/// A place of its own within [`CROWD_KM`], on a spiral of the golden angle, so that none falls on another.
fn beside(place: Position, count: u32) -> Position {
    const TURNS: u32 = 997;
    let angle = f64::from(count) * 2.399_963;
    let far = CROWD_KM / KM_PER_DEGREE * (f64::from(count % TURNS + 1) / f64::from(TURNS)).sqrt();
    let lat = (place.lat() + far * angle.sin()).clamp(-90.0, 90.0);
    Position::new(lat, place.lon() + far * angle.cos()).unwrap_or(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A path of sites with these coordinates; `None` where nobody says.
    fn path(points: &[Option<[f64; 2]>], length_km: Option<f64>) -> Sketch {
        let site = |(i, point): (usize, &Option<[f64; 2]>)| {
            let spot = point.map_or(Spot::Unknown, |[x, y]| Spot::Plane { x, y });
            Site { key: i.to_string(), spot, ..Site::default() }
        };
        let sites: Vec<Site> = points.iter().enumerate().map(site).collect();
        let segment = |i| Segment { ends: [i, i + 1], length_km, ..Segment::default() };
        let segments = (0..sites.len() - 1).map(segment).collect();
        Sketch { sites, segments, ..Sketch::default() }
    }

    fn places(sketch: &Sketch) -> Vec<[f64; 2]> {
        let place = |site: &Site| match site.spot {
            Spot::Earth(position) => [position.lon(), position.lat()],
            Spot::Plane { .. } | Spot::Unknown => panic!("every site has a place"),
        };
        sketch.sites.iter().map(place).collect()
    }

    #[test]
    fn degrees_stay_and_null_island_is_unknown() {
        let mut sketch = path(&[Some([10.0, 50.0]), Some([0.0, 0.0]), Some([12.0, 50.0])], None);
        assert_eq!(locate(&mut sketch), [false, true, false]);
        let places = places(&sketch);
        assert_eq!((places[0], places[2]), ([10.0, 50.0], [12.0, 50.0]));
        assert!((places[1][0] - 11.0).abs() < 0.01 && (places[1][1] - 50.0).abs() < 0.02, "{places:?}");
        assert_eq!(sketch.findings.count(finding::NULL_ISLAND), 1);
    }

    #[test]
    fn one_bad_coordinate_among_many_is_unknown_but_many_make_a_drawing() {
        let mut points = vec![Some([10.0, 50.0]); 20];
        points[3] = Some([10.0, 5_000.0]);
        let mut sketch = path(&points, None);
        assert_eq!(locate(&mut sketch).iter().filter(|guess| **guess).count(), 1);
        let mut sketch = path(&[Some([100.0, 557.0]), Some([600.0, 57.0])], None);
        assert_eq!(locate(&mut sketch), [true, true]);
        assert_eq!(sketch.findings.count(finding::PLANE_POSITION), 2);
    }

    #[test]
    fn a_drawing_is_scaled_so_that_lengths_fit() {
        let mut sketch = path(&[Some([0.0, 100.0]), Some([300.0, 500.0])], Some(1_000.0));
        locate(&mut sketch);
        let [a, b] = places(&sketch)[..] else { panic!() };
        let km = (a[0] - b[0]).hypot(a[1] - b[1]) * KM_PER_DEGREE;
        assert!((km - 1_000.0).abs() < 1.0, "{km}");
    }

    #[test]
    fn sites_that_nothing_locates_are_near_each_other_and_apart() {
        let mut sketch = path(&[None, None, None], None);
        assert_eq!(locate(&mut sketch), [true; 3]);
        let places = places(&sketch);
        assert!(places[0] != places[1] && places[1] != places[2]);
        assert!(places.iter().flatten().all(|degrees| degrees.abs() < 0.01), "{places:?}");
    }

    #[test]
    fn a_long_chain_of_unknown_sites_takes_no_long_time() {
        let mut points = vec![None; 100_000];
        points[0] = Some([10.0, 50.0]);
        assert_eq!(locate(&mut path(&points, None)).iter().filter(|guess| **guess).count(), 99_999);
    }
}
