//! Sets of outages that can be counted and indexed, so that one loop serves them all.
//!
//! An element is what fails as one. A fault hits a segment, so the loss of a branch leaves the trunk, and a whole cable is
//! an element only when asked. A set is every combination of so many elements, a list of events, or planned works with
//! every further failure; no combination is stored. What is down already is no part of a set: a law without it is (see
//! [`Law::without`](crate::policy::Law::without)). It says what is lost, not what that does (see
//! [`impact`](super::impact)), and not how likely it is (see [`hazard`](super::hazard)).

use crate::topology::{CableKind, RiskGroupKind, Role, SegmentId, SiteId, Topology};
use crate::units::Date;

/// What kind of thing fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ElementKind {
    /// One span of a cable.
    Segment,
    /// A cable with all its branches.
    Cable,
    /// A site, and so all that ends there.
    Site,
    /// A site that is a gateway of any class on the day.
    Gateway,
    /// A landing station: what the topology groups as one, else every site where a submarine cable lands.
    Station,
    /// A risk group: its segments, and all that ends at its sites.
    RiskGroup,
    /// A territory: all that ends in it.
    Territory,
}

/// How much of a cable one fault takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Counting {
    /// The segment it hits: as it is.
    #[default]
    Segments,
    /// The whole cable: as many a model has it, for comparison.
    WholeCables,
}

/// What fails as one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Element {
    /// By which people know it: an id of the topology.
    pub name: String,
    /// Out of service while it is down, ascending; may be none.
    pub segments: Vec<SegmentId>,
}

impl Element {
    /// Puts segments in order, each once; with [`Counting::WholeCables`], with all else of their cables in service.
    #[must_use]
    pub fn new(
        name: impl Into<String>,
        (topology, day): (&Topology, Date),
        segments: impl IntoIterator<Item = SegmentId>,
        counting: Counting,
    ) -> Self {
        let mut segments: Vec<SegmentId> = segments.into_iter().filter(|&id| topology.in_service(id, day)).collect();
        if counting == Counting::WholeCables {
            let mut is_hit = vec![false; topology.cables().len()];
            segments.iter().for_each(|&id| is_hit[topology.segment(id).cable.index()] = true);
            let whole = topology.segments().filter(|(_, segment)| is_hit[segment.cable.index()]).map(|(id, _)| id);
            segments = whole.filter(|&id| topology.in_service(id, day)).collect();
        }
        segments.sort_unstable();
        segments.dedup();
        Self { name: name.into(), segments }
    }

    /// Several that fail together, as one; the name is theirs joined by ` + `.
    #[must_use]
    pub fn together<'a>(parts: impl IntoIterator<Item = &'a Self>) -> Self {
        let (mut names, mut segments) = (Vec::new(), Vec::new());
        for part in parts {
            names.push(part.name.as_str());
            segments.extend_from_slice(&part.segments);
        }
        segments.sort_unstable();
        segments.dedup();
        Self { name: names.join(" + "), segments }
    }
}

/// Every element of a kind that takes anything out of service on a day, in order of id.
///
/// With [`Counting::WholeCables`] a segment's fault takes its cable, so that segments count as cables; for all other
/// kinds, whatever part of a cable is hit takes all of it. O(sites + segments + members of risk groups).
#[must_use]
pub fn elements(topology: &Topology, day: Date, kind: ElementKind, counting: Counting) -> Vec<Element> {
    let element = |name: &str, segments: Vec<SegmentId>| Element::new(name, (topology, day), segments, counting);
    let at = at_sites(topology, day);
    let of_sites = |sites: &[SiteId]| sites.iter().flat_map(|site| at[site.index()].iter().copied()).collect::<Vec<_>>();
    let found: Vec<Element> = match (kind, counting) {
        (ElementKind::Segment, Counting::Segments) => {
            topology.segments().map(|(id, segment)| element(&segment.id, vec![id])).collect()
        }
        (ElementKind::Cable, _) | (ElementKind::Segment, Counting::WholeCables) => {
            let mut of_cable = vec![Vec::new(); topology.cables().len()];
            topology.segments().for_each(|(id, segment)| of_cable[segment.cable.index()].push(id));
            topology.cables().iter().zip(of_cable).map(|(cable, segments)| element(&cable.id, segments)).collect()
        }
        (ElementKind::Site, _) => sites(topology, |_| true).map(|id| element(&topology.site(id).id, of_sites(&[id]))).collect(),
        (ElementKind::Gateway, _) => {
            let is_gateway = |id: SiteId| GATEWAYS.iter().any(|&role| topology.site(id).has_role(role, day));
            sites(topology, is_gateway).map(|id| element(&topology.site(id).id, of_sites(&[id]))).collect()
        }
        (ElementKind::Station, _) => {
            let joint: Vec<_> = topology.risk_groups().iter().filter(|group| group.kind == RiskGroupKind::Station).collect();
            let lands = |id: SiteId| {
                let is_sea = |&segment: &SegmentId| topology.cable(topology.segment(segment).cable).kind == CableKind::Submarine;
                !topology.site(id).has_role(Role::BranchingUnit, day) && at[id.index()].iter().any(is_sea)
            };
            let is_alone = |id: SiteId| lands(id) && !joint.iter().any(|group| group.sites.contains(&id));
            let grouped = joint
                .iter()
                .map(|group| element(&group.id, group.segments.iter().copied().chain(of_sites(&group.sites)).collect()));
            grouped.chain(sites(topology, is_alone).map(|id| element(&topology.site(id).id, of_sites(&[id])))).collect()
        }
        (ElementKind::RiskGroup, _) => {
            let groups = topology.risk_groups().iter();
            groups
                .map(|group| element(&group.id, group.segments.iter().copied().chain(of_sites(&group.sites)).collect()))
                .collect()
        }
        (ElementKind::Territory, _) => {
            let mut of_territory = vec![Vec::new(); topology.territories().len()];
            for (id, segment) in topology.segments() {
                for territory in segment.ends.iter().filter_map(|&end| topology.site(end).territory) {
                    of_territory[territory.index()].push(id);
                }
            }
            topology
                .territories()
                .iter()
                .zip(of_territory)
                .map(|(territory, segments)| element(&territory.code, segments))
                .collect()
        }
    };
    found.into_iter().filter(|element| !element.segments.is_empty()).collect()
}

/// What a name stands for: a risk group, else a cable, a segment, a site or a territory, by id, then by name; `None` if
/// nothing is called so.
///
/// It may take nothing out of service on the day.
#[must_use]
pub fn named(topology: &Topology, day: Date, text: &str, counting: Counting) -> Option<Element> {
    let of_cable = |i: usize| topology.segments().filter(move |(_, segment)| segment.cable.index() == i).map(|(id, _)| id);
    let at = |site: SiteId| topology.segments_at(site);
    let cables = || topology.cables().iter();
    let (name, segments): (&str, Vec<SegmentId>) = if let Some(group) = topology.risk_groups().iter().find(|g| g.id == text) {
        (&group.id, group.segments.iter().copied().chain(group.sites.iter().flat_map(|&site| at(site))).collect())
    } else if let Some(i) = cables().position(|cable| cable.id == text).or_else(|| cables().position(|cable| cable.name == text))
    {
        (&topology.cables()[i].id, of_cable(i).collect())
    } else if let Some((id, segment)) = topology.segments().find(|(_, segment)| segment.id == text) {
        (&segment.id, vec![id])
    } else if let Some(site) = topology.find_site(text) {
        (&topology.site(site).id, at(site))
    } else {
        let territory = topology.find_territory(text)?;
        let is_there = |site: &SiteId| topology.site(*site).territory == Some(territory);
        let segments = topology.segments().filter(|(_, segment)| segment.ends.iter().any(is_there)).map(|(id, _)| id);
        (&topology.territory(territory).code, segments.collect())
    };
    Some(Element::new(name, (topology, day), segments, counting))
}

/// All ids that [`named`] knows, for suggestions.
pub fn names(topology: &Topology) -> impl Iterator<Item = &str> {
    let groups = topology.risk_groups().iter().map(|group| group.id.as_str());
    let cables = topology.cables().iter().flat_map(|cable| [cable.id.as_str(), cable.name.as_str()]);
    let segments = topology.segments().map(|(_, segment)| segment.id.as_str());
    let sites = topology.sites().map(|(_, site)| site.id.as_str());
    let territories = topology.territories().iter().map(|territory| territory.code.as_str());
    groups.chain(cables).chain(segments).chain(sites).chain(territories)
}

const GATEWAYS: [Role; 4] = [Role::Comprehensive, Role::Regional, Role::Border, Role::Channel];

fn sites(topology: &Topology, counts: impl Fn(SiteId) -> bool) -> impl Iterator<Item = SiteId> {
    topology.sites().map(|(id, _)| id).filter(move |&id| counts(id))
}

/// The segments in service that end at each site.
fn at_sites(topology: &Topology, day: Date) -> Vec<Vec<SegmentId>> {
    let mut at = vec![Vec::new(); topology.site_count()];
    for (id, segment) in topology.segments().filter(|&(id, _)| topology.in_service(id, day)) {
        segment.ends.iter().for_each(|end| at[end.index()].push(id));
    }
    at
}

/// Outages by number, from 0 to [`OutageSet::len`].
#[derive(Clone, Debug, PartialEq)]
pub struct OutageSet {
    elements: Vec<Element>,
    shape: Shape,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Shape {
    /// Every combination of so many elements, in lexicographic order.
    Together(usize),
    /// The first so many elements are planned works: each alone, then each with every other element.
    Planned(usize),
}

impl OutageSet {
    /// Every combination of `together` of the elements, in lexicographic order of their positions.
    ///
    /// A list of events is this with `together` = 1.
    ///
    /// # Panics
    /// If none are to fail together.
    #[must_use]
    pub fn every(elements: Vec<Element>, together: usize) -> Self {
        assert!(together >= 1, "an outage is of something");
        Self { elements, shape: Shape::Together(together) }
    }

    /// Each planned work by itself and together with each of the failures: the works in order, and for each first the
    /// work alone, then the failures in order.
    #[must_use]
    pub fn planned(works: Vec<Element>, failures: Vec<Element>) -> Self {
        let count = works.len();
        Self { elements: works.into_iter().chain(failures).collect(), shape: Shape::Planned(count) }
    }

    /// What fails; planned works first.
    #[must_use]
    pub fn elements(&self) -> &[Element] {
        &self.elements
    }

    /// How many outages; at most 2⁶⁴ − 1 are counted.
    #[must_use]
    pub fn len(&self) -> u64 {
        match self.shape {
            Shape::Together(together) => choose(self.elements.len() as u64, together as u64),
            Shape::Planned(works) => works as u64 * (1 + (self.elements.len() - works) as u64),
        }
    }

    /// Tells whether there is no outage in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Tells whether any outage is of more than one element.
    #[must_use]
    pub const fn is_of_several(&self) -> bool {
        match self.shape {
            Shape::Together(together) => together > 1,
            Shape::Planned(_) => true,
        }
    }

    /// Positions of the elements that fail in an outage, ascending. O(together × log elements).
    ///
    /// # Panics
    /// If there is no outage of that number.
    pub fn members(&self, index: u64, members: &mut Vec<usize>) {
        assert!(index < self.len(), "outages are numbered from 0");
        members.clear();
        match self.shape {
            Shape::Together(together) => unrank(index, self.elements.len(), together, members),
            Shape::Planned(works) => {
                let each = 1 + (self.elements.len() - works) as u64;
                let (work, failure) = (index / each, index % each);
                members.push(usize::try_from(work).expect("works are in memory"));
                if failure > 0 {
                    members.push(works + usize::try_from(failure - 1).expect("failures are in memory"));
                }
            }
        }
    }

    /// What is out of service in an outage, ascending, each once.
    ///
    /// # Panics
    /// If there is no outage of that number.
    pub fn lost(&self, index: u64, members: &mut Vec<usize>, lost: &mut Vec<SegmentId>) {
        self.members(index, members);
        lost.clear();
        members.iter().for_each(|&member| lost.extend_from_slice(&self.elements[member].segments));
        if members.len() > 1 {
            lost.sort_unstable();
            lost.dedup();
        }
    }

    /// The names of the elements that fail, joined by ` + `.
    ///
    /// # Panics
    /// If there is no outage of that number.
    #[must_use]
    pub fn name(&self, index: u64) -> String {
        let mut members = Vec::new();
        self.members(index, &mut members);
        members.iter().map(|&member| self.elements[member].name.as_str()).collect::<Vec<_>>().join(" + ")
    }
}

/// n over k; the greatest number there is where it is more.
fn choose(n: u64, k: u64) -> u64 {
    if k > n {
        return 0;
    }
    let k = k.min(n - k);
    let mut count: u128 = 1;
    for i in 0..k {
        // After each step it is a binomial, so the division is exact.
        count = count * u128::from(n - i) / u128::from(i + 1);
        if count > u128::from(u64::MAX) {
            return u64::MAX;
        }
    }
    u64::try_from(count).expect("checked in the loop")
}

/// The combination of that number among those of `k` of `n`, in lexicographic order (Knuth 2011, 7.2.1.3).
fn unrank(mut index: u64, n: usize, k: usize, members: &mut Vec<usize>) {
    let mut next = 0;
    for left in (1..=k).rev() {
        // Combinations that begin at `first` or later; the last one that still holds the index is looked for.
        let from = |first: usize| choose((n - first) as u64, left as u64);
        let all = from(next);
        let (mut low, mut high) = (next, n - left);
        while low < high {
            let middle = low + (high - low).div_ceil(2);
            if all - from(middle) <= index {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        index -= all - from(low);
        members.push(low);
        next = low + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Toy, day};
    use crate::topology::{Regime, Transit};

    fn named(names: &[&str]) -> Vec<Element> {
        (0..).zip(names).map(|(i, name)| Element { name: (*name).into(), segments: vec![SegmentId(i)] }).collect()
    }

    fn all(set: &OutageSet) -> Vec<String> {
        (0..set.len()).map(|index| set.name(index)).collect()
    }

    #[test]
    fn combinations_come_once_each_in_lexicographic_order() {
        let four = named(&["a", "b", "c", "d"]);
        assert_eq!(all(&OutageSet::every(four.clone(), 1)), ["a", "b", "c", "d"]);
        assert_eq!(all(&OutageSet::every(four.clone(), 2)), ["a + b", "a + c", "a + d", "b + c", "b + d", "c + d"]);
        assert_eq!(all(&OutageSet::every(four.clone(), 4)), ["a + b + c + d"]);
        assert!(OutageSet::every(four, 5).is_empty());
        for (n, k) in [(7, 3), (12, 5), (30, 2)] {
            let mut members = Vec::new();
            let mut before: Vec<usize> = Vec::new();
            for index in 0..choose(n as u64, k as u64) {
                members.clear();
                unrank(index, n, k, &mut members);
                assert!(members.len() == k && members.is_sorted_by(|a, b| a < b) && members[k - 1] < n);
                assert!(before < members, "{before:?} before {members:?}");
                before.clone_from(&members);
            }
        }
    }

    #[test]
    fn sets_too_large_to_store_are_indexed_all_the_same() {
        let mut members = Vec::new();
        let n = 4_000;
        let last = choose(n, 5) - 1;
        unrank(last, 4_000, 5, &mut members);
        assert_eq!(members, [3_995, 3_996, 3_997, 3_998, 3_999]);
        assert_eq!(choose(4_000, 40), u64::MAX);
    }

    #[test]
    fn planned_works_come_alone_and_with_every_failure() {
        let set = OutageSet::planned(named(&["w", "x"]), named(&["a", "b"]));
        assert_eq!(all(&set), ["w", "w + a", "w + b", "x", "x + a", "x + b"]);
    }

    /// ```text
    ///   a ~~~ u ~~~ b      one cable with a branch from u to c; a --- d on land
    ///         |
    ///         c
    /// ```
    fn toy() -> Topology {
        let toy = Toy::new().territory("A", Regime::Open, Transit::Service).territory("B", Regime::Open, Transit::Service);
        let toy = toy.cable("Sea", CableKind::Submarine, &[]);
        let toy = toy.site("a", "A", &[Role::Channel]).site("b", "B", &[]).site("c", "B", &[]).site("d", "A", &[]);
        let toy = toy.site("u", "", &[Role::BranchingUnit]);
        let toy = toy.segment_of("Sea", "a", "u", 1).segment_of("Sea", "u", "b", 1).segment_of("Sea", "u", "c", 1);
        toy.segment("a", "d", 1).build()
    }

    fn lost(kind: ElementKind, counting: Counting) -> Vec<(String, Vec<u32>)> {
        let found = elements(&toy(), day(), kind, counting);
        found.into_iter().map(|element| (element.name, element.segments.iter().map(|id| id.0).collect())).collect()
    }

    #[test]
    fn a_fault_takes_a_segment_and_a_whole_cable_only_when_asked() {
        let one = |name: &str, segments: &[u32]| (name.to_owned(), segments.to_vec());
        let sea = one("Sea", &[0, 1, 2]);
        let land = one("C", &[3]);
        assert_eq!(
            lost(ElementKind::Segment, Counting::Segments),
            [one("S0", &[0]), one("S1", &[1]), one("S2", &[2]), one("S3", &[3])]
        );
        assert_eq!(lost(ElementKind::Segment, Counting::WholeCables), [land.clone(), sea.clone()]);
        assert_eq!(lost(ElementKind::Cable, Counting::Segments), [land, sea]);
        assert_eq!(lost(ElementKind::Territory, Counting::Segments), [one("A", &[0, 3]), one("B", &[1, 2])]);
        assert_eq!(lost(ElementKind::Gateway, Counting::Segments), [one("a", &[0, 3])]);
    }

    #[test]
    fn a_station_takes_what_lands_there_and_a_joint_at_sea_is_none() {
        let one = |name: &str, segments: &[u32]| (name.to_owned(), segments.to_vec());
        assert_eq!(lost(ElementKind::Station, Counting::Segments), [one("a", &[0, 3]), one("b", &[1]), one("c", &[2])]);
        assert_eq!(lost(ElementKind::Station, Counting::WholeCables)[1], one("b", &[0, 1, 2]));
    }
}
