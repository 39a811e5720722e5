//! At which sites the lines of a map end: by the names they give, by where they stop, or at new sites made there.

use std::collections::BTreeMap;

use super::{DRAWN_FACTOR, Drawn, JOIN_KM, ON_LINE_KM, derive, draw};
use crate::topology::geography::{geodesic_m, great_circle_m};
use crate::topology::grid::Near;
use crate::topology::import::finding;
use crate::topology::import::sketch::{Cable, Kind, LengthRule, Link, Segment, Site, Sketch, Spot};
use crate::units::Position;

/// Lines of more pieces than this are not put in order.
const PIECES: usize = 200;

/// Sites by id, by name and by place.
pub struct Ends {
    keys: BTreeMap<String, usize>,
    names: BTreeMap<String, Vec<usize>>,
    near: Near,
    /// What to make where a line ends and no site is.
    kind: Kind,
}

impl Ends {
    /// Takes down the sites that there are. Without any, the ends of lines are places of their own.
    #[must_use]
    pub fn new(sites: &[Site]) -> Self {
        let kind = if sites.is_empty() { Kind::Node } else { Kind::BranchingUnit };
        let mut ends = Self { keys: BTreeMap::new(), names: BTreeMap::new(), near: Near::new(JOIN_KM), kind };
        for (number, site) in sites.iter().enumerate() {
            ends.add(number, site);
        }
        ends
    }

    fn add(&mut self, number: usize, site: &Site) {
        self.keys.insert(site.key.clone(), number);
        if let Some(name) = &site.name {
            self.names.entry(name.trim().to_lowercase()).or_default().push(number);
        }
        if let Spot::Earth(position) = site.spot {
            self.near.add(number, position);
        }
    }

    fn make(&mut self, key: &str, position: Position, kind: Kind, sketch: &mut Sketch) -> usize {
        let number = sketch.sites.len();
        let free = |key: &String| !self.keys.contains_key(key);
        let numbered = (number + 1..).map(|n| if key.is_empty() { format!("end-{n}") } else { format!("{key}~{n}") });
        let key = Some(key.to_owned()).filter(|key| !key.is_empty()).into_iter().chain(numbered).find(free);
        let site = Site { key: key.expect("some number is free"), spot: Spot::Earth(position), kind, ..Site::default() };
        self.add(number, &site);
        sketch.sites.push(site);
        number
    }

    /// The link of a line that names at least one of its ends; both ends become ids of sites.
    pub fn lead(&mut self, link: Link, lines: Vec<Vec<Position>>, sketch: &mut Sketch) -> Link {
        let mut path = chain(lines);
        let [first, last] = [path.first(), path.last()].map(|place| place.copied());
        let (Some(mut first), Some(mut last)) = (first, last) else { return link };
        let named = [0, 1].map(|i| self.by_name(&link.ends[i], [first, last], sketch));
        // The line may be drawn against its direction.
        let is_against = match (named, [0, 1].map(|i| named[i].and_then(|site| place(sketch, site)))) {
            (_, [Some(a), Some(b)]) => {
                great_circle_m(a, first) + great_circle_m(b, last) > great_circle_m(a, last) + great_circle_m(b, first)
            }
            (_, [Some(a), None]) => great_circle_m(a, first) > great_circle_m(a, last),
            (_, [None, Some(b)]) => great_circle_m(b, last) > great_circle_m(b, first),
            (_, [None, None]) => false,
        };
        if is_against {
            path.reverse();
            (first, last) = (last, first);
        }
        let a = named[0].unwrap_or_else(|| self.by_place(&link.ends[0], first, named[1], sketch));
        let b = named[1].unwrap_or_else(|| self.by_place(&link.ends[1], last, Some(a), sketch));
        let mut segment = link.segment;
        if segment.length_km.is_none() && segment.latency_ms.is_none() {
            segment.length_km = Some(length_km(&path) * DRAWN_FACTOR);
            segment.length_rule = Some(LengthRule::Drawn);
        }
        // The line's own ends are left out where the sites are there.
        let is_at =
            |site: usize, end: Position| place(sketch, site).is_some_and(|at| great_circle_m(at, end) <= ON_LINE_KM * 1e3);
        let from = usize::from(is_at(a, first));
        let to = path.len() - usize::from(path.len() > from && is_at(b, last));
        segment.path = without_cuts(path.get(from..to).unwrap_or_default());
        Link { ends: [a, b].map(|site| sketch.sites[site].key.clone()), segment, ..link }
    }

    /// The site of that id, else of that name; of several of one name the one nearest to either end of the line.
    fn by_name(&self, word: &str, ends: [Position; 2], sketch: &mut Sketch) -> Option<usize> {
        if let Some(&site) = self.keys.get(word) {
            return Some(site);
        }
        let sites = self.names.get(&word.trim().to_lowercase())?;
        let far = |&&site: &&usize| {
            place(sketch, site).map_or(f64::INFINITY, |at| great_circle_m(at, ends[0]).min(great_circle_m(at, ends[1])))
        };
        let nearest = sites.iter().min_by(|a, b| far(a).total_cmp(&far(b))).copied();
        sketch.findings.note(finding::END_BY_NAME, || word.to_owned());
        nearest
    }

    /// The site at a place, made if there is none.
    fn by_place(&mut self, word: &str, end: Position, other: Option<usize>, sketch: &mut Sketch) -> usize {
        if let Some((site, _)) = self.near.nearest(end, |site| Some(site) != other) {
            sketch.findings.note(finding::END_BY_POSITION, || word.to_owned());
            return site;
        }
        sketch.findings.note(finding::END_MADE, || format!("`{word}` at {:.3} {:.3}", end.lat(), end.lon()));
        self.make(word, end, Kind::Node, sketch)
    }

    /// Cuts a feature's lines at sites and branches into segments of one cable.
    pub fn cut(&mut self, link: Link, lines: Vec<Vec<Position>>, sketch: &mut Sketch) {
        let mut cable = link.cable.map_or_else(Cable::default, |cable| *cable);
        if cable.key.is_empty() {
            let number = sketch.cables.len() + 1;
            cable.key = if link.segment.key.is_empty() { format!("line-{number}") } else { link.segment.key.clone() };
        }
        cable.length_km = cable.length_km.or(link.segment.length_km.filter(|_| !link.segment.is_length_unit_open));
        let landings = self.landings(&lines, sketch);
        let key = cable.key.clone();
        let derived = derive(&Drawn { name: &key, lines, landings }, &mut sketch.findings);
        let mut joints = Vec::new();
        for &position in &derived.joints {
            let at_one = self.near.nearest(position, |_| true).filter(|(_, far)| *far <= ON_LINE_KM);
            joints.push(at_one.map_or_else(|| self.make("", position, self.kind, sketch), |(site, _)| site));
        }
        let template = Segment { is_length_unit_open: false, ..link.segment };
        draw(sketch, cable, derived, &joints, &template);
    }

    /// Sites on the lines, and near their ends.
    fn landings(&self, lines: &[Vec<Position>], sketch: &Sketch) -> Vec<(usize, Position)> {
        let mut found = BTreeMap::new();
        for line in lines {
            for (i, &point) in line.iter().enumerate() {
                let within = if i == 0 || i + 1 == line.len() { JOIN_KM } else { ON_LINE_KM };
                let site = self.near.nearest(point, |_| true).filter(|(_, far)| *far <= within);
                found.extend(site.and_then(|(site, _)| Some((site, place(sketch, site)?))));
            }
        }
        found.into_iter().collect()
    }
}

fn place(sketch: &Sketch, site: usize) -> Option<Position> {
    match sketch.sites[site].spot {
        Spot::Earth(position) => Some(position),
        Spot::Plane { .. } | Spot::Unknown => None,
    }
}

/// A line without the two points in one place on the 180th meridian at which GeoJSON cuts it (RFC 7946, section 3.1.9).
fn without_cuts(path: &[Position]) -> Vec<Position> {
    let is_cut = |i: usize| path.get(i).is_some_and(|point| point.lon() == -180.0 && path.get(i + 1) == Some(point));
    let stays = |i: &usize| !is_cut(*i) && (*i == 0 || !is_cut(*i - 1));
    (0..path.len()).filter(stays).map(|i| path[i]).collect()
}

fn length_km(path: &[Position]) -> f64 {
    path.windows(2).map(|pair| geodesic_m(pair[0], pair[1])).sum::<f64>() / 1e3
}

/// The pieces of a line one after the other, each begun at the end nearest to where the last one stopped.
fn chain(mut pieces: Vec<Vec<Position>>) -> Vec<Position> {
    pieces.retain(|piece| !piece.is_empty());
    if pieces.is_empty() || pieces.len() > PIECES {
        return pieces.concat();
    }
    let mut path = pieces.remove(0);
    while !pieces.is_empty() {
        let end = path[path.len() - 1];
        let far = |place: Position| great_circle_m(end, place);
        let (at, is_against, _) = pieces
            .iter()
            .enumerate()
            .flat_map(|(i, piece)| [(i, false, far(piece[0])), (i, true, far(piece[piece.len() - 1]))])
            .min_by(|a, b| a.2.total_cmp(&b.2))
            .expect("pieces are left");
        let mut piece = pieces.remove(at);
        if is_against {
            piece.reverse();
        }
        path.append(&mut piece);
    }
    path
}
