//! What the touched are given on their new routes, by the way of restoration; and who is admitted when all is sound.
//!
//! It finds no routes of its own but for the optimum, which is a linear program (see `capacity::optimal`).

use super::assessor::Assessor;
use super::route::Resource;
use super::{Restoration, Spec, Worker};
use crate::capacity::place::{self, Bounds, Mode, Routing};
use crate::network::UNLIMITED;
use crate::policy::Law;
use crate::topology::SegmentId;

impl Assessor<'_> {
    /// Admits all requests to the sound network, where traffic is admitted at all.
    pub(super) fn admit(&mut self) {
        match self.spec.restoration {
            Restoration::None | Restoration::Reroute | Restoration::Cascade { .. } => {}
            Restoration::WithinCapacity => self.admit_in_order(),
            Restoration::Optimal => {
                let given = optimum(self.law, self.spec).0;
                for (i, given) in given.into_iter().enumerate() {
                    if self.requests[i].is_routed {
                        self.give(i, given);
                    }
                }
            }
        }
    }

    fn give(&mut self, i: usize, given: u64) {
        let request = &self.requests[i];
        let short = request.mbps.saturating_sub(given);
        self.carried[i] = request.mbps - short;
        self.short_mbps += short;
        request.counts_for().for_each(|territory| self.short_of[territory.index()] += short);
    }

    fn admit_in_order(&mut self) {
        let lanes = self.lanes();
        // Capacity that nobody knows carries nothing, switching that nobody knows does not bind.
        let unknown = |resource: usize| if resource < lanes { 0 } else { UNLIMITED };
        let mut spare: Vec<u64> = self.capacity.iter().enumerate().map(|(i, capacity)| capacity.unwrap_or(unknown(i))).collect();
        let mut order: Vec<usize> = (0..self.requests.len()).filter(|&i| self.requests[i].is_routed).collect();
        order.sort_by_key(|&i| (self.spec.requests[i].priority, i));
        for i in order {
            let given = fill(&mut spare, self.routes.get(i), self.requests[i].mbps);
            self.give(i, given);
        }
    }
}

/// The most that can be carried: of each request, and on each lane, then through each site's gateway; whole Mbit/s, what
/// is less than one is dropped.
pub(super) fn optimum(law: &Law<'_>, spec: &Spec) -> (Vec<u64>, Vec<u64>) {
    let routing = Routing::Optimal { gap: 0.0 };
    let requests = spec.requests.clone();
    let placement = place::Spec { requests, metric: spec.metric, routing, mode: Mode::Admission, bounds: Bounds::Ignored };
    let found = place::run(law, &placement);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "never negative, and below 2^53")]
    let whole = |mbps: f64| (mbps + CRUMB_MBPS).floor() as u64;
    let given = found.placements.iter().map(|placement| whole(placement.carried_mbps())).collect();
    (given, found.loads.lanes.iter().chain(&found.loads.switched).map(|&load| whole(load)).collect())
}

/// What rounding may take from a Mbit/s.
const CRUMB_MBPS: f64 = 1e-3;

/// Puts as much on a route as fits, in whole Mbit/s, and says how much; a route may use a lane twice.
fn fill(spare: &mut [u64], route: &[Resource], mbps: u64) -> u64 {
    let times = |resource: &Resource| route.iter().filter(|&other| other == resource).count() as u64;
    let room = route.iter().map(|resource| spare[*resource as usize] / times(resource)).min().unwrap_or(UNLIMITED);
    let given = room.min(mbps);
    for &resource in route {
        let left = &mut spare[resource as usize];
        if *left != UNLIMITED {
            *left -= given;
        }
    }
    given
}

impl Worker<'_> {
    /// Decides what the touched are given, and what that makes of loads.
    pub(super) fn restore(&mut self) {
        self.impact.tripped.clear();
        self.impact.rounds = 0;
        self.others.clear();
        match self.assessor.spec.restoration {
            Restoration::None => {
                self.given.clear();
                self.given.resize(self.touched.len(), 0);
                self.shift_loads();
            }
            Restoration::Reroute => self.give_all(),
            Restoration::WithinCapacity => {
                self.give_what_fits();
                self.shift_loads();
            }
            Restoration::Optimal => self.give_optimum(),
            Restoration::Cascade { trip } => self.cascade(trip),
        }
    }

    /// All traffic with a route goes on it.
    fn give_all(&mut self) {
        let Self { assessor, touched, is_routed, given, .. } = self;
        given.clear();
        given.extend(touched.iter().zip(&*is_routed).map(
            |(&request, &is_routed)| {
                if is_routed { assessor.requests[request as usize].mbps } else { 0 }
            },
        ));
        self.shift_loads();
    }

    /// What the touched had is free again; then each gets what fits, by priority, then in order.
    fn give_what_fits(&mut self) {
        let assessor = self.assessor;
        // Loads serve as what is taken of each resource meanwhile: those of the untouched first.
        self.given.clear();
        self.given.resize(self.touched.len(), 0);
        self.shift_loads();
        let Self { order, touched, is_routed, .. } = self;
        order.clear();
        order.extend((0..).zip(&*is_routed).filter(|(_, is_routed)| **is_routed).map(|(i, _): (u32, _)| i));
        order.sort_unstable_by_key(|&i| (assessor.spec.requests[touched[i as usize] as usize].priority, touched[i as usize]));
        for place in 0..self.order.len() {
            let i = self.order[place] as usize;
            let route = self.routes.get(i);
            let times = |resource: &Resource| route.iter().filter(|&other| other == resource).count() as u64;
            let room = |resource: &Resource| (self.capacity_for_admission(*resource) - self.load_of(*resource)) / times(resource);
            let given = route.iter().map(room).min().unwrap_or(UNLIMITED).min(assessor.requests[self.touched[i] as usize].mbps);
            self.given[i] = given;
            for step in 0..self.routes.get(i).len() {
                let resource = self.routes.get(i)[step];
                *self.load_at(resource) += given;
            }
        }
    }

    /// Everything is routed anew.
    fn give_optimum(&mut self) {
        let assessor = self.assessor;
        let (given, loads) = optimum(&assessor.law.without(self.lost.iter().copied()), assessor.spec);
        self.given.clear();
        self.given.extend(self.touched.iter().map(|&request| given[request as usize]));
        let mut is_touched = vec![false; given.len()];
        self.touched.iter().for_each(|&request| is_touched[request as usize] = true);
        let others = (0..).zip(&given).filter(|&(i, &given)| !is_touched[i as usize] && given != assessor.carried[i as usize]);
        self.others.extend(others.map(|(i, &given)| (i, given)));
        self.no_loads();
        for (resource, load) in (0..).zip(loads) {
            *self.load_at(resource) = load;
        }
    }

    fn capacity_for_admission(&self, resource: Resource) -> u64 {
        let unknown = if (resource as usize) < self.assessor.lanes() { 0 } else { UNLIMITED };
        self.assessor.capacity[resource as usize].unwrap_or(unknown)
    }

    fn load_of(&self, resource: Resource) -> u64 {
        if self.is_changed[resource as usize] { self.loads[resource as usize] } else { self.assessor.loads[resource as usize] }
    }

    /// Reroutes, lets what is too full trip, and again, until nothing trips.
    ///
    /// A lane that was as full when sound does not trip of itself; its load must have grown.
    fn cascade(&mut self, trip: f64) {
        let assessor = self.assessor;
        loop {
            self.give_all();
            let lanes = assessor.lanes();
            let trips = |&&resource: &&Resource| {
                let load = self.loads[resource as usize];
                (resource as usize) < lanes
                    && assessor.capacity[resource as usize].is_some()
                    && load > assessor.loads[resource as usize]
                    && assessor.utilisation(resource, load) > trip
            };
            let mut tripped: Vec<SegmentId> = self.changed.iter().filter(trips).map(|&lane| SegmentId(lane / 2)).collect();
            if tripped.is_empty() {
                return;
            }
            tripped.sort_unstable();
            tripped.dedup();
            let mut lost = self.lost.clone();
            lost.extend_from_slice(&tripped);
            lost.sort_unstable();
            self.reroute(&lost, &[]);
            self.impact.tripped.extend(tripped);
            self.impact.rounds += 1;
        }
    }
}
