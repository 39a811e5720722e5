//! What lanes carry towards each target, and their loads where some of that changes.
//!
//! Sums are made target by target, in the order in which a fresh split makes them. It knows no ways.

use std::ops::Range;

use crate::network::LaneId;

/// What each lane carries towards whom, by lane, then target.
#[derive(Clone, Debug)]
pub(super) struct Shares {
    /// Length = lanes + 1; positions in the next three.
    first: Vec<u32>,
    aims: Vec<u32>,
    parts: Vec<f64>,
    /// What the lane carries towards all targets before that one.
    before: Vec<f64>,
}

impl Shares {
    /// What lanes carry comes by target, and for one target in the order in which it is added up.
    pub(super) fn new(lanes: usize, carried: &[(usize, (u32, f64))]) -> Self {
        let (first, by_lane) = group(lanes, carried);
        let mut shares = Self { first: vec![0], aims: Vec::new(), parts: Vec::new(), before: Vec::new() };
        for lane in first.windows(2) {
            let mut before = 0.0;
            for of_aim in by_lane[lane[0] as usize..lane[1] as usize].chunk_by(|a, b| a.0 == b.0) {
                let part = of_aim[1..].iter().fold(of_aim[0].1, |sum, &(_, part)| sum + part);
                shares.aims.push(of_aim[0].0);
                shares.parts.push(part);
                shares.before.push(before);
                before += part;
            }
            shares.first.push(u32::try_from(shares.aims.len()).expect("no more than came"));
        }
        shares
    }

    fn of(&self, lane: LaneId) -> Range<usize> {
        self.first[lane.index()] as usize..self.first[lane.index() + 1] as usize
    }

    /// The targets that a lane carries something towards, ascending.
    pub(super) fn aims_of(&self, lane: LaneId) -> &[u32] {
        &self.aims[self.of(lane)]
    }

    /// What a lane carries.
    pub(super) fn total(&self, lane: LaneId) -> f64 {
        self.of(lane).last().map_or(0.0, |last| self.before[last] + self.parts[last])
    }

    /// What a lane carries if towards some targets, ascending, it carries something else.
    pub(super) fn total_with(&self, lane: LaneId, news: impl Iterator<Item = (u32, f64)>) -> f64 {
        let mut news = news.peekable();
        let Some(&(first, _)) = news.peek() else { return self.total(lane) };
        let Range { start, end } = self.of(lane);
        let (aims, parts) = (&self.aims[start..end], &self.parts[start..end]);
        let mut at = aims.partition_point(|&aim| aim < first);
        let mut load = if start + at < end { self.before[start + at] } else { self.total(lane) };
        for (aim, part) in news {
            while at < aims.len() && aims[at] < aim {
                load += parts[at];
                at += 1;
            }
            load += part;
            at += usize::from(aims.get(at) == Some(&aim));
        }
        parts[at..].iter().fold(load, |load, part| load + part)
    }
}

/// Counting sort: for `count` groups, where each begins, and the items in order of group, stable.
pub(super) fn group<T: Copy>(count: usize, items: &[(usize, T)]) -> (Vec<u32>, Vec<T>) {
    let mut first = vec![0u32; count + 1];
    items.iter().for_each(|&(key, _)| first[key + 1] += 1);
    (0..count).for_each(|key| first[key + 1] += first[key]);
    let mut next = first.clone();
    let mut sorted: Vec<T> = items.iter().map(|&(_, item)| item).collect();
    for &(key, item) in items {
        sorted[next[key] as usize] = item;
        next[key] += 1;
    }
    (first, sorted)
}
