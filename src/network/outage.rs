//! What is out of service in one state of the world.
//!
//! It is a set of segments, nothing else: a site is lost when all its segments are, and the builder says so.

use super::Network;
use crate::topology::{SegmentId, SiteId, Topology};

/// A set of segments out of service; empty is the sound network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outage {
    words: Vec<u64>,
    segments: usize,
}

impl Outage {
    /// Nothing is out of service.
    #[must_use]
    pub fn none(segments: usize) -> Self {
        Self { words: vec![0; segments.div_ceil(64)], segments }
    }

    /// Nothing is out of service in this network.
    #[must_use]
    pub fn none_of(network: &Network) -> Self {
        Self::none(network.segment_count())
    }

    /// These segments are out of service.
    #[must_use]
    pub fn of(segments: usize, lost: impl IntoIterator<Item = SegmentId>) -> Self {
        let mut outage = Self::none(segments);
        for segment in lost {
            outage.lose(segment);
        }
        outage
    }

    /// Takes a segment out of service.
    ///
    /// # Panics
    /// If there is no such segment.
    pub fn lose(&mut self, segment: SegmentId) {
        assert!(segment.index() < self.segments, "outages are of segments that exist");
        self.words[segment.index() / 64] |= 1 << (segment.index() % 64);
    }

    /// Takes a site out of service, that is, every segment that ends there.
    pub fn lose_site(&mut self, topology: &Topology, site: SiteId) {
        topology.segments_at(site).into_iter().for_each(|segment| self.lose(segment));
    }

    /// Puts a segment back.
    pub fn restore(&mut self, segment: SegmentId) {
        assert!(segment.index() < self.segments, "outages are of segments that exist");
        self.words[segment.index() / 64] &= !(1 << (segment.index() % 64));
    }

    /// Tells whether a segment is out of service.
    #[must_use]
    pub fn is_lost(&self, segment: SegmentId) -> bool {
        self.words[segment.index() / 64] >> (segment.index() % 64) & 1 == 1
    }

    /// Tells whether nothing is out of service.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|&word| word == 0)
    }

    /// The segments out of service, ascending.
    pub fn lost(&self) -> impl Iterator<Item = SegmentId> {
        self.words.iter().enumerate().flat_map(|(i, &word)| {
            let rest = std::iter::successors(Some(word), |&word| Some(word & word.wrapping_sub(1)));
            let bits = rest.take_while(|&word| word != 0).map(u64::trailing_zeros);
            bits.map(move |bit| SegmentId::from_index(i * 64 + bit as usize))
        })
    }
}
