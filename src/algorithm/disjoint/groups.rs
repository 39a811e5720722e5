//! What two routes may share: segments, sites, and listed groups of segments, all as numbered groups of one kind.
//!
//! It says who belongs to what; which sharing matters is decided by the pair search.

use crate::network::{Network, Outage};
use crate::topology::{SegmentId, SiteId};

/// Something that two routes share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shared {
    /// A segment, whichever way each of them goes.
    Segment(SegmentId),
    /// A site other than source and target.
    Site(SiteId),
    /// A listed group, by its position in the list.
    Listed(usize),
}

/// Groups of segments; two routes share a group if each uses one of its segments.
///
/// Every segment is a group by itself. Where sites count, so is every site, with all segments that end there.
#[derive(Clone, Debug)]
pub struct Groups {
    /// Groups 0.. are the segments; then the sites, if they count; then the listed groups.
    segments: usize,
    sites: usize,
    /// Whether a vertex is a site and a lane an arc, so that pairs apart by segment or site are a flow.
    is_physical: bool,
    /// For each group that is no single segment: its segments, ascending, without repetition.
    members: Vec<Vec<SegmentId>>,
    /// For each segment: the groups it is in besides itself, ascending.
    groups_of: Vec<Vec<u32>>,
}

impl Groups {
    /// Each segment, and nothing else. O(|V| + |E|).
    #[must_use]
    pub fn of_segments(network: &Network) -> Self {
        let segments = network.segment_count();
        let one_vertex = (0..network.site_count()).all(|site| network.vertices_of(SiteId::from_index(site)).count() <= 1);
        let mut lanes = network.lanes().to_vec();
        lanes.sort_unstable();
        let is_physical = one_vertex && lanes.is_sorted_by(|a, b| a < b);
        Self { segments, sites: 0, is_physical, members: Vec::new(), groups_of: vec![Vec::new(); segments] }
    }

    /// Each segment, and each site with the segments that end there. O(|V| + |E|).
    #[must_use]
    pub fn of_sites(network: &Network) -> Self {
        let mut groups = Self::of_segments(network);
        let mut members = vec![Vec::new(); network.site_count()];
        for segment in (0..network.segment_count()).map(SegmentId::from_index) {
            let ends = network.arcs_of(segment).flat_map(|arc| [network.arc(arc).tail, network.arc(arc).head]);
            for site in ends.map(|vertex| network.site(vertex)) {
                members[site.index()].push(segment);
            }
        }
        groups.sites = network.site_count();
        groups.add(members);
        groups
    }

    /// Adds groups given by their segments, such as risk groups.
    #[must_use]
    pub fn with_listed(mut self, listed: impl IntoIterator<Item = Vec<SegmentId>>) -> Self {
        self.add(listed);
        self
    }

    fn add(&mut self, lists: impl IntoIterator<Item = Vec<SegmentId>>) {
        for mut list in lists {
            list.sort_unstable();
            list.dedup();
            let group = u32::try_from(self.segments + self.members.len()).expect("groups are fewer than 2^32");
            for segment in &list {
                self.groups_of[segment.index()].push(group);
            }
            self.members.push(list);
        }
    }

    /// Whether pairs apart by segments, and by sites if they count, are a flow through the network.
    pub(super) fn are_physical(&self) -> bool {
        self.is_physical
    }

    /// Whether sites count.
    pub(super) fn have_sites(&self) -> bool {
        self.sites > 0
    }

    /// All groups that the segments are in, ascending, without repetition, but for the sites at both ends.
    pub(super) fn used(&self, segments: impl Iterator<Item = SegmentId>, ends: [SiteId; 2]) -> Vec<u32> {
        let mut used = Vec::new();
        for segment in segments {
            used.push(segment.0);
            used.extend(&self.groups_of[segment.index()]);
        }
        used.sort_unstable();
        used.dedup();
        used.retain(|&group| !matches!(self.name(group), Shared::Site(site) if ends.contains(&site)));
        used
    }

    /// Takes all segments of a group out of service.
    pub(super) fn lose(&self, group: u32, outage: &mut Outage) {
        match (group as usize).checked_sub(self.segments) {
            None => outage.lose(SegmentId(group)),
            Some(member) => self.members[member].iter().for_each(|&segment| outage.lose(segment)),
        }
    }

    /// How many segments a group has.
    pub(super) fn size(&self, group: u32) -> usize {
        (group as usize).checked_sub(self.segments).map_or(1, |member| self.members[member].len())
    }

    /// What a group is to people.
    pub(super) fn name(&self, group: u32) -> Shared {
        let i = group as usize;
        if i < self.segments {
            Shared::Segment(SegmentId(group))
        } else if i < self.segments + self.sites {
            Shared::Site(SiteId::from_index(i - self.segments))
        } else {
            Shared::Listed(i - self.segments - self.sites)
        }
    }
}
