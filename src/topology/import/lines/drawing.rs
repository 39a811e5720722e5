//! A cable's drawing as vertices and edges: noding, landing, joining, contracting.

use std::collections::{BTreeMap, BTreeSet};

use super::{Derived, End, JOIN_KM, LANDING_KM, ON_LINE_KM, SAME_KM, Span};
use crate::topology::geography::geodesic_m;
use crate::topology::grid::{Grid, Vector, km, nearest_on_arc, position, vector};
use crate::topology::import::finding::{self, Findings};
use crate::units::Position;

/// Past so many comparisons no more is searched along edges; such a drawing is no cable.
const WORK: usize = 500_000_000;

/// Vertices, the straight pieces between them, and the landings that stand on them.
pub struct Drawing {
    places: Vec<Position>,
    vectors: Vec<Vector>,
    /// The vertices that each is joined to by a straight piece.
    around: Vec<BTreeSet<usize>>,
    /// How many pieces there are.
    edges: usize,
    /// How many pieces were drawn again.
    drawn_twice: usize,
    /// Landings on each vertex, in the order they were given.
    landings: BTreeMap<usize, Vec<usize>>,
    same: Grid,
    near: Grid,
    work: usize,
}

impl Drawing {
    /// Nodes the lines at shared vertices. Pieces drawn twice are one.
    #[must_use]
    pub fn new(lines: &[Vec<Position>]) -> Self {
        let mut drawing = Self {
            places: Vec::new(),
            vectors: Vec::new(),
            around: Vec::new(),
            edges: 0,
            drawn_twice: 0,
            landings: BTreeMap::new(),
            same: Grid::new(SAME_KM),
            near: Grid::new(JOIN_KM),
            work: 0,
        };
        for line in lines {
            let mut last = None;
            for &place in line {
                let vertex = drawing.vertex(place);
                if let Some(last) = last.replace(vertex) {
                    drawing.connect(last, vertex);
                }
            }
        }
        drawing
    }

    fn connect(&mut self, a: usize, b: usize) {
        if a == b {
            return;
        }
        if self.around[a].insert(b) {
            self.around[b].insert(a);
            self.edges += 1;
        } else {
            self.drawn_twice += 1;
        }
    }

    /// The vertex at a place, made if there is none.
    fn vertex(&mut self, place: Position) -> usize {
        let v = vector(place);
        let distance = |&vertex: &usize| km(self.vectors[vertex], v);
        let there = self.same.near(v).filter(|vertex| distance(vertex) <= SAME_KM);
        if let Some(vertex) = there.min_by(|a, b| distance(a).total_cmp(&distance(b)).then(a.cmp(b))) {
            return vertex;
        }
        self.places.push(place);
        self.vectors.push(v);
        self.around.push(BTreeSet::new());
        let vertex = self.places.len() - 1;
        self.same.add(vertex, v);
        self.near.add(vertex, v);
        vertex
    }

    fn degree(&self, vertex: usize) -> usize {
        self.around[vertex].len()
    }

    /// Puts a landing onto the drawing: onto an end nearby, else a vertex nearby, else the nearest point of a line;
    /// farther off by a straight piece. What it is put onto moves to the landing's place. Ties go to the earlier vertex.
    pub fn land(&mut self, site: usize, place: Position, cable: &str, findings: &mut Findings) {
        let v = vector(place);
        let Some((vertex, distance)) = self.near_vertex(v).or_else(|| self.far_vertex(v)) else {
            findings.note(finding::LANDING_LOOSE, || format!("{cable} at {:.3} {:.3}", place.lat(), place.lon()));
            return;
        };
        if distance > ON_LINE_KM {
            findings.note(finding::LANDING_FAR, || format!("{cable}: {distance:.1} km"));
        }
        let vertex = if distance > JOIN_KM {
            let ashore = self.vertex(place);
            self.connect(vertex, ashore);
            ashore
        } else {
            vertex
        };
        let here = self.landings.entry(vertex).or_default();
        if here.is_empty() {
            self.places[vertex] = place;
        }
        if !here.contains(&site) {
            here.push(site);
        }
    }

    /// An end within a kilometre, else a vertex within a kilometre, else an end within [`JOIN_KM`]; and how far.
    fn near_vertex(&self, v: Vector) -> Option<(usize, f64)> {
        let around: Vec<(usize, f64)> = self.near.near(v).map(|vertex| (vertex, km(self.vectors[vertex], v))).collect();
        let nearest = |within: f64, is_wanted: &dyn Fn(usize) -> bool| {
            let wanted = around.iter().filter(|(vertex, distance)| *distance <= within && is_wanted(self.degree(*vertex)));
            wanted.min_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0))).copied()
        };
        let end = |within| nearest(within, &|degree| degree == 1);
        end(ON_LINE_KM).or_else(|| nearest(ON_LINE_KM, &|degree| degree > 0)).or_else(|| end(JOIN_KM))
    }

    /// The vertex at the nearest point of any line up to [`LANDING_KM`] off; one nearby on that line rather than a new one.
    fn far_vertex(&mut self, v: Vector) -> Option<(usize, f64)> {
        let (foot, distance) = self.nearest_anywhere(v, |_| true)?;
        if distance > LANDING_KM {
            return None;
        }
        let ends = foot.edge.map(|vertex| (vertex, km(self.vectors[vertex], v)));
        let nearer = if ends[0].1 <= ends[1].1 { ends[0] } else { ends[1] };
        let is_as_good = nearer.1 <= JOIN_KM && nearer.1 <= 2.0 * distance;
        Some(if is_as_good { nearer } else { (self.reach(foot), distance) })
    }

    /// The point of the drawing that is nearest, and how far it is; only pieces that are wanted count.
    fn nearest_anywhere(&mut self, v: Vector, mut is_wanted: impl FnMut([usize; 2]) -> bool) -> Option<(Foot, f64)> {
        if self.work > WORK {
            return None;
        }
        self.work += self.edges;
        let edges = self.around.iter().enumerate().flat_map(|(a, around)| around.range(a..).map(move |&b| [a, b]));
        let feet = edges.filter(|edge| is_wanted(*edge)).map(|edge| {
            let [a, b] = edge.map(|vertex| self.vectors[vertex]);
            let at = nearest_on_arc(v, a, b);
            (Foot { edge, at }, km(at, v))
        });
        feet.min_by(|a, b| a.1.total_cmp(&b.1))
    }

    /// The vertex at a point of an edge; splits the edge if the point is not at one of its ends.
    fn reach(&mut self, foot: Foot) -> usize {
        let Foot { edge, at } = foot;
        if let Some(&end) = edge.iter().find(|&&end| km(self.vectors[end], at) <= SAME_KM) {
            return end;
        }
        let vertex = self.vertex(position(at));
        self.around[edge[0]].remove(&edge[1]);
        self.around[edge[1]].remove(&edge[0]);
        self.edges -= 1;
        self.connect(edge[0], vertex);
        self.connect(vertex, edge[1]);
        vertex
    }

    /// Joins loose ends: to landings, to each other with the nearest pair first, to any point of another piece.
    pub fn join_ends(&mut self, cable: &str, findings: &mut Findings) {
        self.join_landings(cable, findings);
        let loose = self.loose();
        let mut pairs = Vec::new();
        for &a in &loose {
            let others = self.near.near(self.vectors[a]).filter(|b| *b > a && loose.contains(b));
            pairs.extend(others.map(|b| (km(self.vectors[a], self.vectors[b]), a, b)));
        }
        pairs.retain(|&(gap, a, b)| gap <= JOIN_KM && !self.around[a].contains(&b));
        pairs.sort_by(|x, y| x.0.total_cmp(&y.0).then((x.1, x.2).cmp(&(y.1, y.2))));
        let mut free = loose;
        for (gap, a, b) in pairs {
            if free.contains(&a) && free.contains(&b) {
                free.retain(|&vertex| vertex != a && vertex != b);
                self.join(a, b, gap, cable, findings);
            }
        }
        let mut pieces = self.pieces();
        for end in free {
            let own = find(&mut pieces, end);
            let v = self.vectors[end];
            let gap = |vertex: usize| km(self.vectors[vertex], v);
            let others = self.near.near(v).filter(|&vertex| find(&mut pieces, vertex) != own && gap(vertex) <= JOIN_KM);
            let vertex = others.min_by(|&a, &b| gap(a).total_cmp(&gap(b)).then(a.cmp(&b)));
            let target = match vertex {
                Some(vertex) => Some((gap(vertex), vertex, vertex)),
                None => match self.nearest_anywhere(v, |[a, _]| find(&mut pieces, a) != own) {
                    Some((foot, gap)) if gap <= JOIN_KM => Some((gap, foot.edge[0], self.reach(foot))),
                    _ => None,
                },
            };
            let Some((gap, of_other, vertex)) = target else { continue };
            self.join(end, vertex, gap, cable, findings);
            let other = find(&mut pieces, of_other);
            pieces[other] = own;
            pieces.resize(self.places.len(), own);
        }
    }

    /// For each vertex one of the same piece of the drawing, to be asked by [`find`].
    fn pieces(&self) -> Vec<usize> {
        let mut pieces: Vec<usize> = (0..self.places.len()).collect();
        for (a, around) in self.around.iter().enumerate() {
            for &b in around {
                let (a, b) = (find(&mut pieces, a), find(&mut pieces, b));
                pieces[a.max(b)] = a.min(b);
            }
        }
        pieces
    }

    /// Ends that are neither landing nor joint.
    fn loose(&self) -> BTreeSet<usize> {
        let is_loose = |vertex: &usize| self.degree(*vertex) == 1 && !self.landings.contains_key(vertex);
        (0..self.places.len()).filter(is_loose).collect()
    }

    /// Joins loose ends to the nearest landing within [`JOIN_KM`]: two lines may come ashore side by side.
    fn join_landings(&mut self, cable: &str, findings: &mut Findings) {
        for end in self.loose() {
            let gap = |vertex: usize| km(self.vectors[vertex], self.vectors[end]);
            let is_landing = |vertex: &usize| self.landings.contains_key(vertex) && !self.around[end].contains(vertex);
            let landings = self.near.near(self.vectors[end]).filter(|vertex| is_landing(vertex) && gap(*vertex) <= JOIN_KM);
            let nearest = landings.min_by(|&a, &b| gap(a).total_cmp(&gap(b)).then(a.cmp(&b)));
            if let Some(landing) = nearest {
                self.join(end, landing, gap(landing), cable, findings);
            }
        }
    }

    fn join(&mut self, a: usize, b: usize, gap: f64, cable: &str, findings: &mut Findings) {
        let [p, q] = [a, b].map(|vertex| self.places[vertex].lon());
        let kind = if p * q < 0.0 && p.abs() > 90.0 { finding::DATE_LINE_JOINED } else { finding::ENDS_JOINED };
        findings.note(kind, || format!("{cable}: {gap:.1} km"));
        self.connect(a, b);
    }

    /// Makes chains of vertices without landing or branch one segment each.
    #[must_use]
    pub fn contract(self, cable: &str, findings: &mut Findings) -> Derived {
        if self.drawn_twice > 0 {
            findings.note(finding::DRAWN_TWICE, || format!("{cable}: {} pieces", self.drawn_twice));
        }
        let neighbours: Vec<Vec<usize>> = self.around.iter().map(|around| around.iter().copied().collect()).collect();
        let is_key = |vertex: usize| neighbours[vertex].len() != 2 || self.landings.contains_key(&vertex);
        let mut derived = Derived::default();
        let mut ends: BTreeMap<usize, End> = BTreeMap::new();
        for (vertex, around) in neighbours.iter().enumerate().filter(|&(vertex, _)| is_key(vertex)) {
            if let Some(sites) = self.landings.get(&vertex) {
                ends.insert(vertex, End::Landing(sites[0]));
                self.twins(sites, cable, &mut derived, findings);
            } else if !around.is_empty() {
                ends.insert(vertex, End::Joint(derived.joints.len()));
                derived.joints.push(self.places[vertex]);
                if around.len() == 1 {
                    findings.note(finding::LOOSE_END, || cable.to_owned());
                }
            }
        }
        let mut used: BTreeSet<[usize; 2]> = BTreeSet::new();
        for &start in ends.keys() {
            for &next in &neighbours[start] {
                if used.contains(&[start, next]) {
                    continue;
                }
                let chain = follow(&neighbours, start, next, &is_key);
                let last = chain.len() - 1;
                used.extend([[start, next], [chain[last], chain[last - 1]]]);
                let drawn_km =
                    chain.windows(2).map(|pair| geodesic_m(self.places[pair[0]], self.places[pair[1]])).sum::<f64>() / 1e3;
                let path = chain[1..last].iter().map(|&vertex| self.places[vertex]).collect();
                derived.segments.push(Span { ends: [ends[&start], ends[&chain[last]]], path, drawn_km });
            }
        }
        derived
    }

    /// Joins the landings that share a spot by segments of no length.
    fn twins(&self, sites: &[usize], cable: &str, derived: &mut Derived, findings: &mut Findings) {
        for &twin in &sites[1..] {
            findings.note(finding::TWIN_PLACES, || cable.to_owned());
            let ends = [End::Landing(sites[0]), End::Landing(twin)];
            derived.segments.push(Span { ends, path: Vec::new(), drawn_km: 0.0 });
        }
    }
}

/// A point on an edge.
#[derive(Clone, Copy)]
struct Foot {
    edge: [usize; 2],
    at: Vector,
}

/// The vertex that stands for a piece, with the way to it shortened.
fn find(pieces: &mut [usize], mut vertex: usize) -> usize {
    while pieces[vertex] != vertex {
        pieces[vertex] = pieces[pieces[vertex]];
        vertex = pieces[vertex];
    }
    vertex
}

/// The vertices from a key vertex by way of a neighbour to the next key vertex.
fn follow(neighbours: &[Vec<usize>], start: usize, next: usize, is_key: &dyn Fn(usize) -> bool) -> Vec<usize> {
    let mut chain = vec![start, next];
    while !is_key(chain[chain.len() - 1]) {
        let (here, before) = (chain[chain.len() - 1], chain[chain.len() - 2]);
        let onward = if neighbours[here][0] == before { neighbours[here][1] } else { neighbours[here][0] };
        chain.push(onward);
    }
    chain
}
