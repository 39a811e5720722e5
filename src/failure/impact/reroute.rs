//! New routes for what outages touch, of many outages at once: tree by tree, so that each stays in the cache for all of
//! them.
//!
//! Outage by outage, each would go through other trees, and wait for memory more than it searches. The routes are the same
//! either way. What they make of loads is for the [`Worker`](super::Worker).

use super::Assessor;
use super::route::{Lists, Resource, of_way};
use crate::algorithm::{once, repair};
use crate::network::Outage;
use crate::parallel;
use crate::route::search::enter_once;
use crate::topology::{SegmentId, TerritoryId};

/// Repairs in a row that one thread makes; no part of the result.
const PIECE: usize = 64;

/// Outages are put together until their new routes, if they are as long as sound ones, have so many steps: 256 MiB.
const AT_ONCE: usize = if cfg!(test) { 1 << 6 } else { 1 << 26 };

/// What one outage does to routes.
#[derive(Clone, Debug, Default)]
pub(super) struct Rerouted {
    /// Requests whose route is lost, in order of group, then of request.
    pub(super) touched: Vec<u32>,
    /// Their new routes, in the same order; those without any are empty.
    pub(super) routes: Lists,
    pub(super) is_routed: Vec<bool>,
}

/// What each of some outages does to routes, as it was found.
#[derive(Debug)]
pub(crate) struct Together {
    /// What each takes.
    pub(super) outages: Vec<Vec<SegmentId>>,
    /// By outage: requests whose route is lost, in order of group, then of request.
    touched: Vec<Vec<u32>>,
    /// By outage: its repairs, in order of group.
    repairs: Vec<Vec<u32>>,
    /// By repair: where its routes are in those of its piece.
    ranges: Vec<[u32; 2]>,
    /// Routes, and whether there are any, of each piece of repairs.
    pieces: Vec<(Lists, Vec<bool>)>,
}

/// The requests of one group that one outage touches.
struct Repair {
    group: u32,
    outage: u32,
    /// Where they are among those that the outage touches.
    range: [u32; 2],
}

impl Assessor<'_> {
    /// The first of some outages, as many as are put together; at least one, if there is any.
    pub(crate) fn batch(&self, outages: impl Iterator<Item = Vec<SegmentId>>) -> Vec<Vec<SegmentId>> {
        let length = self.routes.steps().div_ceil(self.requests.len().max(1));
        let mut steps = 0;
        let fits = |lost: &Vec<SegmentId>| {
            let fits = steps < AT_ONCE;
            steps += length * lost.iter().map(|segment| self.users.get(segment.index()).len()).sum::<usize>();
            fits
        };
        outages.take_while(fits).collect()
    }

    /// New routes for what each of some outages touches; `None` once `goes_on`, which is asked before each repair, says no.
    ///
    /// O(vertices cut off in each tree + requests touched × length of their routes) time, memory of those routes.
    pub(crate) fn reroute_all(&self, outages: Vec<Vec<SegmentId>>, goes_on: &(impl Fn() -> bool + Sync)) -> Option<Together> {
        let touched = parallel::map(
            outages.len(),
            || (),
            |(), i| {
                let mut touched = Vec::new();
                self.touched_by(&outages[i], &mut touched);
                touched
            },
        );
        let group = |&request: &u32| self.requests[request as usize].group;
        let mut repairs = Vec::new();
        for (outage, touched) in (0..).zip(&touched) {
            let mut first = 0;
            for chunk in touched.chunk_by(|a, b| group(a) == group(b)) {
                let end = first + u32::try_from(chunk.len()).expect("fewer than 2^32 requests");
                repairs.push(Repair { group: group(&chunk[0]), outage, range: [first, end] });
                first = end;
            }
        }
        repairs.sort_unstable_by_key(|repair| (repair.group, repair.outage));
        let pieces: Vec<&[Repair]> = repairs.chunks(PIECE).collect();
        let scratch = || (repair::Workspace::default(), Reader::default(), Outage::none(self.lanes() / 2));
        let pieces = parallel::map(pieces.len(), scratch, |(trees, reader, outage), i| {
            let (mut routes, mut is_routed) = (Lists::default(), Vec::new());
            for repair in pieces[i] {
                if !goes_on() {
                    return None;
                }
                let lost = &outages[repair.outage as usize];
                lost.iter().for_each(|&segment| outage.lose(segment));
                let tree = self.trees[repair.group as usize].repaired(outage, lost, trees);
                for &request in &touched[repair.outage as usize][as_range(repair.range)] {
                    let route = reader.route(self, request, (outage, tree));
                    is_routed.push(route.is_some());
                    routes.push(route.unwrap_or_default().iter().copied());
                }
                lost.iter().for_each(|&segment| outage.restore(segment));
            }
            Some((routes, is_routed))
        });
        let pieces = pieces.into_iter().collect::<Option<Vec<_>>>()?;
        let (mut of_outage, mut ranges) = (vec![Vec::new(); outages.len()], Vec::with_capacity(repairs.len()));
        for piece in repairs.chunks(PIECE) {
            let mut first = 0;
            for Repair { outage, range, .. } in piece {
                let end = first + range[1] - range[0];
                of_outage[*outage as usize].push(u32::try_from(ranges.len()).expect("fewer than 2^32 repairs"));
                ranges.push([first, end]);
                first = end;
            }
        }
        Some(Together { outages, touched, repairs: of_outage, ranges, pieces })
    }

    /// Sets `touched` to the requests that use what is lost, in order of group, then of request.
    pub(super) fn touched_by(&self, lost: &[SegmentId], touched: &mut Vec<u32>) {
        touched.clear();
        touched.extend(lost.iter().flat_map(|segment| self.users.get(segment.index())));
        touched.sort_unstable_by_key(|&request| (self.requests[request as usize].group, request));
        touched.dedup();
    }
}

impl Together {
    /// How many outages.
    pub(crate) fn len(&self) -> usize {
        self.outages.len()
    }

    /// Copies what an outage does to routes, by its position.
    pub(super) fn copy(&self, outage: usize, touched: &mut Vec<u32>, routes: &mut Lists, is_routed: &mut Vec<bool>) {
        touched.clone_from(&self.touched[outage]);
        routes.clear();
        is_routed.clear();
        for &repair in &self.repairs[outage] {
            let range = as_range(self.ranges[repair as usize]);
            let (of_piece, is_any) = &self.pieces[repair as usize / PIECE];
            routes.append(of_piece, range.clone());
            is_routed.extend_from_slice(&is_any[range]);
        }
    }

    /// What an outage does to routes, by its position.
    pub(super) fn of(&self, outage: usize) -> Rerouted {
        let mut rerouted = Rerouted::default();
        let Rerouted { touched, routes, is_routed } = &mut rerouted;
        self.copy(outage, touched, routes, is_routed);
        rerouted
    }
}

fn as_range([first, end]: [u32; 2]) -> std::ops::Range<usize> {
    first as usize..end as usize
}

/// Reads routes off repaired trees; scratch space.
#[derive(Debug, Default)]
pub(super) struct Reader {
    search: once::Workspace,
    list: Vec<Resource>,
    entered: Vec<TerritoryId>,
}

impl Reader {
    /// What the new route of a request loads: that on the repaired tree of its group, or the shortest lawful one where that
    /// enters a territory twice (R15); `None` where there is none.
    pub(super) fn route(
        &mut self,
        assessor: &Assessor<'_>,
        request: u32,
        (outage, tree): (&Outage, repair::Repaired<'_>),
    ) -> Option<&[Resource]> {
        let Self { search, list, entered } = self;
        let standing = &assessor.requests[request as usize];
        let group = standing.group as usize;
        if !assessor.read(group, tree, standing.to, list) {
            return None;
        }
        if let Some(territory) = assessor.entered_twice(list, entered) {
            let query = &assessor.spec.requests[request as usize].query;
            let network = (assessor.network(group), outage);
            let way = enter_once(assessor.law, network, |vertex| tree.distance(vertex), query, vec![territory], search)?;
            of_way(assessor.law.topology(), &way, list);
        }
        Some(list)
    }
}
