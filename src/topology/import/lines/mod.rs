//! Segments from the drawn lines of one cable: where lines meet, where they come ashore, where they branch.
//!
//! Lines of cable maps are stylised, and the list of a cable's landings says nothing about their order; so what joins
//! what must come from the drawing. Vertices closer than [`SAME_KM`] are one; landings are put onto the drawing; ends
//! that stop within [`JOIN_KM`] of another end, or of another piece, are joined; chains without branches become one
//! segment each. Lines that merely cross are not joined. All is done on the sphere, so that a cut at the 180th meridian
//! is no gap.

mod draw;
mod drawing;
pub mod ends;

use std::collections::BTreeSet;

pub use draw::{DRAWN_FACTOR, draw};
pub use drawing::Drawing;

use super::finding::{self, Findings};
use crate::units::Position;

/// Vertices closer than this are one.
pub const SAME_KM: f64 = 0.05;
/// A landing closer than this to its cable stands on it; one within [`JOIN_KM`] is taken to.
pub const ON_LINE_KM: f64 = 1.0;
/// Ends of lines are joined over gaps up to this.
pub const JOIN_KM: f64 = 10.0;
/// A landing farther than this from its cable is left unconnected.
pub const LANDING_KM: f64 = 100.0;

/// One cable as drawn.
#[derive(Clone, Debug, Default)]
pub struct Drawn<'a> {
    /// Its name, for findings.
    pub name: &'a str,
    /// Its lines.
    pub lines: Vec<Vec<Position>>,
    /// Where it lands: the position of the site among all sites, and where that is.
    pub landings: Vec<(usize, Position)>,
}

/// One end of a derived segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum End {
    /// A landing: the position of the site among all sites.
    Landing(usize),
    /// A joint or loose end: a position in [`Derived::joints`].
    Joint(usize),
}

/// What a cable's drawing comes to.
#[derive(Clone, Debug, Default)]
pub struct Derived {
    /// Where lines branch, or stop at no landing.
    pub joints: Vec<Position>,
    /// Segments between landings and joints.
    pub segments: Vec<Span>,
}

/// A derived segment.
#[derive(Clone, Debug, PartialEq)]
pub struct Span {
    /// Its ends.
    pub ends: [End; 2],
    /// The line from the first end to the second, ends left out.
    pub path: Vec<Position>,
    /// Length of the drawn line, ends included, in km.
    pub drawn_km: f64,
}

/// Derives the segments of one cable.
///
/// O(n log n) for n vertices, and landings and loose ends that are far from any vertex times n.
#[must_use]
pub fn derive(cable: &Drawn<'_>, findings: &mut Findings) -> Derived {
    let mut drawing = Drawing::new(&cable.lines);
    for &(site, position) in &cable.landings {
        drawing.land(site, position, cable.name, findings);
    }
    drawing.join_ends(cable.name, findings);
    let derived = drawing.contract(cable.name, findings);
    note_pieces(cable, &derived, findings);
    derived
}

/// Notes a cable with one landing, and one whose landings do not hang together.
fn note_pieces(cable: &Drawn<'_>, derived: &Derived, findings: &mut Findings) {
    if cable.landings.len() < 2 {
        findings.note(finding::ONE_LANDING, || cable.name.to_owned());
        return;
    }
    let first = End::Landing(cable.landings[0].0);
    let mut reached = BTreeSet::from([first]);
    let mut neighbours: std::collections::BTreeMap<End, Vec<End>> = std::collections::BTreeMap::new();
    for span in &derived.segments {
        let [a, b] = span.ends;
        neighbours.entry(a).or_default().push(b);
        neighbours.entry(b).or_default().push(a);
    }
    let mut open = vec![first];
    while let Some(end) = open.pop() {
        let next = neighbours.get(&end).into_iter().flatten().copied();
        open.extend(next.filter(|&end| reached.insert(end)));
    }
    let lost = cable.landings.iter().filter(|(site, _)| !reached.contains(&End::Landing(*site))).count();
    if lost > 0 {
        findings.note(finding::CABLE_IN_PIECES, || format!("{}: {lost} of {} landings apart", cable.name, cable.landings.len()));
    }
}

#[cfg(test)]
mod tests;
