//! What a foreign file says, in one shape for all formats: sites, cables, segments, demands, risk groups, and what was
//! dropped or guessed on the way.
//!
//! A sketch is not checked: it may have duplicate names, sites without coordinates and segments without length. It
//! becomes a [`RawTopology`](crate::topology::raw::RawTopology) in `claim`.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::finding::{self, Findings};
use crate::topology::index::Index;
use crate::units::Position;

/// Everything one import found.
#[derive(Clone, Debug, Default)]
pub struct Sketch {
    /// One line for people.
    pub title: Option<String>,
    /// Sites; segments and demands point into them.
    pub sites: Vec<Site>,
    /// Cables; segments point into them.
    pub cables: Vec<Cable>,
    /// Segments.
    pub segments: Vec<Segment>,
    /// Demands.
    pub demands: Vec<Demand>,
    /// Risk groups.
    pub risk_groups: Vec<RiskGroup>,
    /// Parts of a native topology that travelled with the graph.
    pub native: Native,
    /// Whether the file says that its coordinates are those of a drawing.
    pub is_plane: bool,
    /// What was dropped or guessed.
    pub findings: Findings,
}

/// Parts of a native topology that a graph has no place for, as the text of their files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Native {
    /// `topology.toml`.
    pub head: Option<String>,
    /// `cables.csv`.
    pub cables: Option<String>,
    /// `demands.csv`.
    pub demands: Option<String>,
}

impl Native {
    /// Takes the text of a file that travelled as an attribute of the graph; tells whether it is one.
    pub fn take(&mut self, name: &str, text: &str) -> bool {
        let part = match name {
            "crossborder_topology" => &mut self.head,
            "crossborder_cables" => &mut self.cables,
            "crossborder_demands" => &mut self.demands,
            _ => return false,
        };
        *part = Some(text.to_owned());
        true
    }
}

/// Where a site is, as far as a file says.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Spot {
    /// Nobody says.
    #[default]
    Unknown,
    /// On Earth.
    Earth(Position),
    /// As the file gives it: degrees, metres of a projection, or pixels of a drawing.
    Plane {
        /// To the right, or degrees east.
        x: f64,
        /// Upwards, or degrees north.
        y: f64,
    },
}

/// What a site is, as far as a file says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// A node of a graph: a place with users and a backbone.
    #[default]
    Node,
    /// Where a cable comes ashore.
    Landing,
    /// An undersea joint.
    BranchingUnit,
    /// The place that stands for a country.
    Capital,
}

/// A site.
#[derive(Clone, Debug, Default)]
pub struct Site {
    /// What the file calls it when it refers to it.
    pub key: String,
    /// Name for people.
    pub name: Option<String>,
    /// Country, by code or by name.
    pub territory: Option<String>,
    /// Where it is.
    pub spot: Spot,
    /// What it is.
    pub kind: Kind,
    /// Columns of a native `sites.csv` that the file carries along.
    pub native: Vec<(&'static str, String)>,
}

/// A cable.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cable {
    /// What the file calls it.
    pub key: String,
    /// Name for people.
    pub name: Option<String>,
    /// What carries the signal, as the word of native files.
    pub kind: Option<&'static str>,
    /// Who owns it.
    pub owners: Vec<String>,
    /// Declared total length in km.
    pub length_km: Option<f64>,
    /// Fibre pairs of the trunk.
    pub fibre_pairs: Option<u32>,
    /// First day of service: year, month or day.
    pub valid_from: Option<String>,
    /// First day out of service.
    pub valid_to: Option<String>,
    /// Whether it is not built yet.
    pub is_planned: bool,
    /// Remark for people.
    pub note: Option<String>,
}

/// A segment; all quantities as far as the file says.
#[derive(Clone, Debug, Default)]
pub struct Segment {
    /// What the file calls it; may be empty.
    pub key: String,
    /// Positions of both ends in [`Sketch::sites`].
    pub ends: [usize; 2],
    /// Position in [`Sketch::cables`].
    pub cable: Option<usize>,
    /// Along the cable, km.
    pub length_km: Option<f64>,
    /// One way, ms.
    pub latency_ms: Option<f64>,
    /// Lit, Mbit/s, from the first end to the second.
    pub lit_mbps: Option<f64>,
    /// Lit, Mbit/s, from the second end to the first, where it differs.
    pub lit_back_mbps: Option<f64>,
    /// What the plant could carry, Mbit/s per direction.
    pub design_mbps: Option<f64>,
    /// Invented by somebody's rule, Mbit/s per direction.
    pub imputed_mbps: Option<f64>,
    /// Whether the length may be in metres instead.
    pub is_length_unit_open: bool,
    /// How the length was worked out, if nobody states it.
    pub length_rule: Option<LengthRule>,
    /// Waypoints from the first end to the second, ends left out.
    pub path: Vec<Position>,
    /// First day of service.
    pub valid_from: Option<String>,
    /// Columns of a native `segments.csv` that the file carries along.
    pub native: Vec<(&'static str, String)>,
}

/// How a length was worked out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LengthRule {
    /// The drawn line, scaled so that the cable has its declared length.
    Scaled,
    /// The drawn line times the usual factor.
    Drawn,
    /// Great circle times a route factor.
    RouteFactor,
    /// How far light goes in the stated latency.
    FromLatency,
    /// The same for all.
    Flat,
    /// The stated one, cut down to what guessed places allow.
    Bounded,
}

/// A demand.
#[derive(Clone, Debug, Default)]
pub struct Demand {
    /// What the file calls it; may be empty.
    pub key: String,
    /// Position of its beginning in [`Sketch::sites`].
    pub from: usize,
    /// Position of its end in [`Sketch::sites`].
    pub to: usize,
    /// Offered one way, Mbit/s.
    pub traffic_mbps: f64,
    /// 1 (first) to 9.
    pub priority: Option<u8>,
    /// Columns of a native `demands.csv` that the file carries along.
    pub native: Vec<(&'static str, String)>,
}

/// A risk group.
#[derive(Clone, Debug, Default)]
pub struct RiskGroup {
    /// Its name.
    pub key: String,
    /// Positions in [`Sketch::segments`].
    pub segments: Vec<usize>,
    /// Positions in [`Sketch::sites`].
    pub sites: Vec<usize>,
}

/// A segment whose ends are still words.
#[derive(Clone, Debug, Default)]
pub struct Link {
    /// The word for each end.
    pub ends: [String; 2],
    /// All else.
    pub segment: Segment,
    /// What the link tells of its cable, if anything; the key may be empty.
    pub cable: Option<Box<Cable>>,
    /// Risk groups it is in.
    pub risk_groups: Vec<String>,
}

/// A demand whose ends are still words.
#[derive(Clone, Debug, Default)]
pub struct Flow {
    /// The word for each end.
    pub ends: [String; 2],
    /// All else.
    pub demand: Demand,
}

/// What a link of a file stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// A segment that carries both ways.
    Both,
    /// One way of a segment; the other way is a link of its own.
    OneWay,
}

/// Which site a word means: by id, else by the name that only one site has.
pub struct Directory<'a> {
    sites: &'a [Site],
    keys: Index,
    /// Names in small letters, made when the first word is no id.
    names: OnceCell<BTreeMap<String, Option<usize>>>,
}

impl<'a> Directory<'a> {
    /// Takes down ids and names. O(n log n).
    #[must_use]
    pub fn new(sites: &'a [Site]) -> Self {
        Self { sites, keys: Index::new(sites.len(), |number| sites[number].key.as_str()).0, names: OnceCell::new() }
    }

    /// The site that a word means.
    pub fn find(&self, word: &str, findings: &mut Findings) -> Option<usize> {
        if let Some(site) = self.keys.find(word, |number| self.sites[number].key.as_str()) {
            return Some(site);
        }
        let names = self.names.get_or_init(|| self.names());
        let site = names.get(&word.trim().to_lowercase()).copied().flatten()?;
        findings.note(finding::END_BY_NAME, || word.to_owned());
        Some(site)
    }

    fn names(&self) -> BTreeMap<String, Option<usize>> {
        let mut names: BTreeMap<String, Option<usize>> = BTreeMap::new();
        for (i, site) in self.sites.iter().enumerate() {
            if let Some(name) = &site.name {
                names.entry(name.trim().to_lowercase()).and_modify(|first| *first = None).or_insert(Some(i));
            }
        }
        names
    }
}

impl Sketch {
    /// Gives the second of two sites with one id an id of its own; ends that say the id mean the first.
    pub fn tell_sites_apart(&mut self) {
        let (_, again) = Index::new(self.sites.len(), |number| self.sites[number].key.as_str());
        let unnamed = self.sites.iter().filter(|site| site.key.is_empty()).count();
        if again.is_empty() && unnamed < 2 {
            return;
        }
        let mut times: BTreeMap<String, u64> = BTreeMap::new();
        for site in &mut self.sites {
            while let Some(count) = times.get_mut(&site.key) {
                *count += 1;
                self.findings.note(finding::DUPLICATE_KEY, || site.key.clone());
                site.key = format!("{}~{count}", site.key);
            }
            times.insert(site.key.clone(), 1);
        }
    }

    /// Turns links into segments: finds their ends, drops loops and what leads nowhere, joins opposite arcs.
    ///
    /// Sites must stand. Arcs are paired in the order of the file: the first free opposite one of the same cable and
    /// length wins, looking at 64 at most, else the first free one. O(n log n).
    pub fn connect(&mut self, links: Vec<Link>, direction: Direction) {
        let sites = std::mem::take(&mut self.sites);
        let directory = Directory::new(&sites);
        let mut members: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
        let mut open: BTreeMap<[usize; 2], VecDeque<usize>> = BTreeMap::new();
        let mut cables: BTreeMap<String, usize> = self.cables.iter().enumerate().map(|(i, c)| (c.key.clone(), i)).collect();
        for link in links {
            let Some(ends) = self.find_ends(&link, &directory) else { continue };
            let cable = link.cable.map(|cable| self.cable(*cable, &mut cables)).or(link.segment.cable);
            let mut segment = Segment { ends, cable, ..link.segment };
            if direction == Direction::OneWay {
                let back = open.get_mut(&[ends[1], ends[0]]).and_then(|arcs| take_alike(arcs, &self.segments, &segment));
                if let Some(back) = back {
                    self.findings.note(finding::ARCS_MERGED, || link.ends.join(" - "));
                    join(&mut self.segments[back], &segment);
                    for group in link.risk_groups {
                        members.entry(group).or_default().insert(back);
                    }
                    continue;
                }
                open.entry(ends).or_default().push_back(self.segments.len());
                segment.lit_back_mbps = Some(0.0);
            }
            for group in link.risk_groups {
                members.entry(group).or_default().insert(self.segments.len());
            }
            self.segments.push(segment);
        }
        for arc in open.into_values().flatten() {
            let [a, b] = self.segments[arc].ends;
            self.findings.note(finding::ONE_WAY, || format!("{} -> {}", sites[a].key, sites[b].key));
        }
        for group in &mut self.risk_groups {
            group.segments.extend(members.remove(&group.key).unwrap_or_default());
        }
        let new = members.into_iter().map(|(key, segments)| RiskGroup {
            key,
            segments: segments.into_iter().collect(),
            sites: Vec::new(),
        });
        self.risk_groups.extend(new);
        self.sites = sites;
    }

    fn find_ends(&mut self, link: &Link, directory: &Directory<'_>) -> Option<[usize; 2]> {
        let [a, b] = &link.ends;
        let found = [a, b].map(|end| directory.find(end, &mut self.findings));
        let [Some(from), Some(to)] = found else {
            let lost = if found[0].is_none() { a } else { b };
            self.findings.note(finding::END_UNKNOWN, || format!("{a} - {b}: no site `{lost}`"));
            return None;
        };
        if from == to {
            self.findings.note(finding::LOOP_DROPPED, || format!("{a} - {b}"));
            return None;
        }
        Some([from, to])
    }

    /// Notes the segments past the first between the same two sites, where a file says that there are none.
    pub fn note_parallel(&mut self) {
        let mut seen = BTreeSet::new();
        for segment in &self.segments {
            let [a, b] = segment.ends;
            if !seen.insert([a.min(b), a.max(b)]) {
                self.findings.note(finding::UNDECLARED_PARALLEL, || format!("{} - {}", self.sites[a].key, self.sites[b].key));
            }
        }
    }

    /// Turns flows into demands: finds their ends, drops those that offer nothing or lead nowhere.
    pub fn offer(&mut self, flows: Vec<Flow>) {
        let directory = Directory::new(&self.sites);
        for Flow { ends: [from, to], demand } in flows {
            let ends = [&from, &to].map(|end| directory.find(end, &mut self.findings));
            match ends {
                [Some(a), Some(b)] if a != b && demand.traffic_mbps > 0.0 => {
                    self.demands.push(Demand { from: a, to: b, ..demand });
                }
                _ => self.findings.note(finding::DEMAND_DROPPED, || format!("{from} -> {to}")),
            }
        }
    }

    /// The cable of that key, made if there is none yet, with what this link tells of it. Without a key it is new.
    fn cable(&mut self, told: Cable, known: &mut BTreeMap<String, usize>) -> usize {
        if !told.key.is_empty() {
            if let Some(&cable) = known.get(&told.key) {
                let cable_here = &mut self.cables[cable];
                cable_here.kind = cable_here.kind.or(told.kind);
                cable_here.fibre_pairs = cable_here.fibre_pairs.max(told.fibre_pairs);
                cable_here.is_planned |= told.is_planned;
                return cable;
            }
            known.insert(told.key.clone(), self.cables.len());
        }
        self.cables.push(told);
        self.cables.len() - 1
    }
}

/// Takes the arc that is most like the new one out of the free ones; looks at the first few only.
fn take_alike(free: &mut VecDeque<usize>, segments: &[Segment], new: &Segment) -> Option<usize> {
    const FEW: usize = 64;
    let is_alike = |&arc: &usize| {
        let old = &segments[arc];
        old.cable == new.cable && old.length_km == new.length_km && old.latency_ms == new.latency_ms
    };
    let at = free.iter().take(FEW).position(is_alike).unwrap_or(0);
    free.remove(at)
}

/// Gives a segment the opposite arc's capacity as its own back.
fn join(segment: &mut Segment, back: &Segment) {
    segment.lit_back_mbps = match (segment.lit_mbps, back.lit_mbps) {
        (there, back) if there == back => None,
        (_, back) => Some(back.unwrap_or(0.0)),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sketch(names: &[&str]) -> Sketch {
        let site = |name: &&str| Site { key: (*name).to_owned(), name: Some(name.to_uppercase()), ..Site::default() };
        Sketch { sites: names.iter().map(site).collect(), ..Sketch::default() }
    }

    fn link(a: &str, b: &str, lit: f64) -> Link {
        let segment = Segment { lit_mbps: Some(lit), ..Segment::default() };
        Link { ends: [a.to_owned(), b.to_owned()], segment, ..Link::default() }
    }

    #[test]
    fn opposite_arcs_become_one_segment_with_both_capacities() {
        let mut sketch = sketch(&["a", "b"]);
        sketch.connect(vec![link("a", "b", 10.0), link("b", "a", 7.0), link("a", "b", 3.0)], Direction::OneWay);
        let back: Vec<_> = sketch.segments.iter().map(|s| (s.lit_mbps, s.lit_back_mbps)).collect();
        assert_eq!(back, [(Some(10.0), Some(7.0)), (Some(3.0), Some(0.0))]);
        assert_eq!(sketch.findings.count(finding::ARCS_MERGED), 1);
        assert_eq!(sketch.findings.count(finding::ONE_WAY), 1);
    }

    #[test]
    fn ends_are_found_by_id_and_by_a_name_of_one_site_only() {
        let mut sketch = sketch(&["a", "b", "c", "d"]);
        sketch.sites[3].name = Some("C".to_owned());
        let links = vec![link("a", "B", 1.0), link("a", "C", 1.0), link("a", "a", 1.0)];
        sketch.connect(links, Direction::Both);
        assert_eq!(sketch.segments.len(), 1);
        assert_eq!(sketch.findings.count(finding::END_BY_NAME), 1);
        assert_eq!(sketch.findings.count(finding::END_UNKNOWN), 1);
        assert_eq!(sketch.findings.count(finding::LOOP_DROPPED), 1);
    }

    #[test]
    fn sites_with_one_id_get_ids_of_their_own() {
        let mut sketch = sketch(&["a", "a", "a~2"]);
        sketch.tell_sites_apart();
        let keys: Vec<_> = sketch.sites.iter().map(|site| site.key.as_str()).collect();
        assert_eq!(keys, ["a", "a~2", "a~2~2"]);
    }
}
