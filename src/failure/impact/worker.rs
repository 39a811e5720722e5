//! One outage after another: new routes for what it touches, and what that makes of loads.

use super::assessor::Assessor;
use super::reroute::{Reader, Together};
use super::route::{Lists, Resource, bottleneck};
use super::{Impact, Restoration, TerritoryImpact};
use crate::algorithm::repair;
use crate::capacity::Bottleneck;
use crate::network::Outage;
use crate::topology::{SegmentId, TerritoryId};
use crate::units::Latency;

/// Scratch space of one thread; it holds the last outage until the next.
#[derive(Debug)]
pub struct Worker<'a> {
    pub(super) assessor: &'a Assessor<'a>,
    trees: repair::Workspace,
    reader: Reader,
    outage: Outage,
    pub(super) lost: Vec<SegmentId>,
    members: Vec<usize>,
    /// Requests whose route is lost, in order of group, then of request.
    pub(super) touched: Vec<u32>,
    /// How many of the lost elements touch each request; zero between outages.
    hits: Vec<u32>,
    /// Which single each touched request takes its new route from; length = requests.
    from_single: Vec<[u32; 2]>,
    /// New routes of the touched, in their order; empty where there is none.
    pub(super) routes: Lists,
    pub(super) is_routed: Vec<bool>,
    /// What each of the touched is given.
    pub(super) given: Vec<u64>,
    /// Others that are given something else than when sound, and what.
    pub(super) others: Vec<(u32, u64)>,
    /// Positions of the touched in the order in which they are admitted.
    pub(super) order: Vec<u32>,
    /// Loads after the outage where they changed; others are stale.
    pub(super) loads: Vec<u64>,
    pub(super) is_changed: Vec<bool>,
    pub(super) changed: Vec<Resource>,
    /// By territory; all closed between outages.
    by_territory: Vec<Sums>,
    named: Vec<TerritoryId>,
    pub(super) impact: Impact,
    work: Work,
}

/// What the last outage took, for whoever wants to know how work grows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// Requests for which a new route was looked for; those of others were known from single losses.
    pub searched: usize,
    /// Vertices cut off, summed over the trees that were repaired.
    pub cut_off: usize,
}

/// No single outage.
const NO_SINGLE: u32 = u32::MAX;

impl<'a> Worker<'a> {
    pub(super) fn new(assessor: &'a Assessor<'a>) -> Self {
        let (requests, resources) = (assessor.requests.len(), assessor.capacity.len());
        let topology = assessor.law.topology();
        Self {
            assessor,
            trees: repair::Workspace::default(),
            reader: Reader::default(),
            outage: Outage::none(topology.segment_count()),
            lost: Vec::new(),
            members: Vec::new(),
            touched: Vec::new(),
            hits: vec![0; requests],
            from_single: vec![[NO_SINGLE; 2]; requests],
            routes: Lists::default(),
            is_routed: Vec::new(),
            given: Vec::new(),
            others: Vec::new(),
            order: Vec::new(),
            loads: vec![0; resources],
            is_changed: vec![false; resources],
            changed: Vec::new(),
            by_territory: vec![Sums::default(); topology.territories().len()],
            named: Vec::new(),
            impact: Impact::default(),
            work: Work::default(),
        }
    }

    /// Judges the loss of some segments.
    ///
    /// O(touched requests × length of their routes, and vertices cut off in each tree that they begin at), whatever the
    /// size of the network; no memory is taken once the first outages have been judged. With [`Restoration::Optimal`] it is
    /// a linear program over all requests.
    pub fn assess(&mut self, lost: &[SegmentId]) -> &Impact {
        self.assess_members(lost, &[])
    }

    /// Judges the loss of several elements that the assessor has learnt, by position; `lost` is what they take together.
    ///
    /// The same as [`Worker::assess`]. Routes that only one of the elements takes away, and whose replacement the others
    /// spare, are those of that element alone.
    ///
    /// # Panics
    /// If an element was not learnt.
    pub fn assess_elements(&mut self, lost: &[SegmentId], members: &[usize]) -> &Impact {
        self.assess_members(lost, if self.assessor.singles.is_empty() { &[] } else { members })
    }

    /// Judges the loss of some segments as [`Worker::assess_elements`], each of them an element, if the assessor has learnt
    /// what the loss of each segment does; else as [`Worker::assess`].
    pub fn assess_segments(&mut self, lost: &[SegmentId]) -> &Impact {
        let mut members = std::mem::take(&mut self.members);
        members.clear();
        members.extend(lost.iter().map(|segment| segment.index()));
        self.assess_elements(lost, &members);
        self.members = members;
        &self.impact
    }

    fn assess_members(&mut self, lost: &[SegmentId], members: &[usize]) -> &Impact {
        self.work = Work::default();
        self.reroute(lost, members);
        self.restore();
        self.conclude();
        &self.impact
    }

    /// Judges one of some outages whose new routes were found together, by its position.
    pub(crate) fn assess_rerouted(&mut self, together: &Together, outage: usize) -> &Impact {
        self.work = Work::default();
        self.lose(&together.outages[outage]);
        together.copy(outage, &mut self.touched, &mut self.routes, &mut self.is_routed);
        self.restore();
        self.conclude();
        &self.impact
    }

    /// Judges the loss that another worker judged last, for the same requests under the same law but another restoration:
    /// the new routes are the same, and are taken over instead of sought again.
    ///
    /// # Panics
    /// If the other worker has other requests.
    pub fn assess_again(&mut self, other: &Worker<'_>) -> &Impact {
        assert_eq!(self.assessor.requests.len(), other.assessor.requests.len(), "both have the same requests");
        self.work = Work::default();
        self.lose(&other.lost);
        self.touched.clone_from(&other.touched);
        self.routes.clone_from(&other.routes);
        self.is_routed.clone_from(&other.is_routed);
        self.restore();
        self.conclude();
        &self.impact
    }

    /// What the last outage does.
    #[must_use]
    pub const fn impact(&self) -> &Impact {
        &self.impact
    }

    /// The loads that the last outage changed, each resource once, in no order: what, and Mbit/s.
    pub fn changed_loads(&self) -> impl Iterator<Item = (Bottleneck, u64)> {
        let lanes = self.assessor.lanes();
        self.changed.iter().map(move |&resource| (bottleneck(resource, lanes), self.loads[resource as usize]))
    }

    /// What the last outage took.
    #[must_use]
    pub const fn work(&self) -> Work {
        self.work
    }

    /// The requests that had a lawful route and have none left, in no order.
    pub fn parted(&self) -> impl Iterator<Item = usize> {
        let parted = self.touched.iter().zip(&self.is_routed).filter(|&(_, &is_routed)| !is_routed);
        parted.map(|(&request, _)| request as usize)
    }

    /// What the last outage made of each request that it touched or that is given something else: its position, what it
    /// was given before and is given now, Mbit/s; in no order.
    pub fn changes(&self) -> impl Iterator<Item = (usize, u64, u64)> {
        let given = self.touched.iter().copied().zip(self.given.iter().copied()).chain(self.others.iter().copied());
        given.map(|(request, given)| (request as usize, self.assessor.carried[request as usize], given))
    }

    /// The requests that the last outage touched: position, latency before, and after where a route is left; one way, in no
    /// order.
    pub fn detours(&self) -> impl Iterator<Item = (usize, Latency, Option<Latency>)> {
        self.touched.iter().enumerate().map(|(i, &request)| {
            let after = self.is_routed[i].then(|| Latency::from_ns(self.assessor.latency_ns(self.routes.get(i))));
            (request as usize, Latency::from_ns(self.assessor.requests[request as usize].latency_ns), after)
        })
    }

    /// This is lost, and nothing else.
    fn lose(&mut self, lost: &[SegmentId]) {
        self.lost.drain(..).for_each(|segment| self.outage.restore(segment));
        self.lost.extend_from_slice(lost);
        lost.iter().for_each(|&segment| self.outage.lose(segment));
    }

    /// Finds new routes for what is touched.
    pub(super) fn reroute(&mut self, lost: &[SegmentId], members: &[usize]) {
        self.lose(lost);
        self.assessor.touched_by(lost, &mut self.touched);
        self.reuse(members);
        self.find();
    }

    /// Notes for each touched request the element whose loss alone touches it, if the others spare its replacement.
    fn reuse(&mut self, members: &[usize]) {
        let lanes = self.assessor.lanes();
        for &member in members {
            let number = u32::try_from(member).expect("elements are in memory");
            for (place, &request) in (0..).zip(&self.assessor.singles[member].touched) {
                self.hits[request as usize] += 1;
                self.from_single[request as usize] = [number, place];
            }
        }
        for &request in &self.touched {
            let [member, place] = &mut self.from_single[request as usize];
            let is_spared = |&resource: &Resource| resource as usize >= lanes || !self.outage.is_lost(SegmentId(resource / 2));
            if std::mem::take(&mut self.hits[request as usize]) != 1
                || !self.assessor.singles[*member as usize].routes.get(*place as usize).iter().all(is_spared)
            {
                *member = NO_SINGLE;
            }
        }
    }

    /// The new route of each of the touched: that of a single loss, or one on the repaired tree of its group.
    fn find(&mut self) {
        let Self { assessor, trees, reader, outage, lost, touched, from_single, routes, is_routed, work, .. } = self;
        routes.clear();
        is_routed.clear();
        let group = |request: &u32| assessor.requests[*request as usize].group;
        for chunk in touched.chunk_by(|a, b| group(a) == group(b)) {
            let group = group(&chunk[0]) as usize;
            let new = chunk.iter().filter(|&&request| from_single[request as usize][0] == NO_SINGLE).count();
            let tree = (new > 0).then(|| assessor.trees[group].repaired(outage, lost, trees));
            work.searched += new;
            work.cut_off += tree.map_or(0, |tree| tree.cut_off());
            for &request in chunk {
                let [member, place] = std::mem::replace(&mut from_single[request as usize], [NO_SINGLE; 2]);
                let route = match (assessor.singles.get(member as usize), tree) {
                    (Some(single), _) => single.is_routed[place as usize].then(|| single.routes.get(place as usize)),
                    (None, Some(tree)) => reader.route(assessor, request, (outage, tree)),
                    (None, None) => unreachable!("the tree is there where any is to be read"),
                };
                is_routed.push(route.is_some());
                routes.push(route.unwrap_or_default().iter().copied());
            }
        }
    }

    /// Sums up what was found, and puts the scratch space back.
    fn conclude(&mut self) {
        self.tally();
        self.measure();
        let Self { assessor, impact, by_territory, named, .. } = self;
        named.sort_unstable();
        impact.territories.clear();
        impact.isolated.clear();
        for territory in named.drain(..) {
            let Sums { interrupted_mbps, dropped_mbps, parted, .. } = std::mem::take(&mut by_territory[territory.index()]);
            let unserved_mbps = assessor.short_of[territory.index()].saturating_add_signed(dropped_mbps);
            impact.territories.push(TerritoryImpact { territory, interrupted_mbps, unserved_mbps });
            if parted > 0 && parted == u64::from(assessor.abroad[territory.index()]) {
                impact.isolated.push(territory);
            }
        }
    }

    /// Counts the touched, one by one, for all and for their territories.
    fn tally(&mut self) {
        let Self { assessor, impact, touched, given, others, is_routed, routes, by_territory, named, .. } = self;
        let mut stretches = Stretches::default();
        impact.touched = touched.len();
        [impact.interrupted_mbps, impact.late_mbps] = [0; 2];
        [impact.parted_pairs, impact.late] = [0; 2];
        let mut dropped = 0i64;
        for (i, &request) in touched.iter().enumerate() {
            let standing = &assessor.requests[request as usize];
            let drop = assessor.carried[request as usize].cast_signed() - given[i].cast_signed();
            dropped += drop;
            impact.interrupted_mbps += standing.mbps;
            impact.parted_pairs += usize::from(!is_routed[i]);
            if is_routed[i] && assessor.spec.restoration != Restoration::None {
                let latency_ns = assessor.latency_ns(routes.get(i));
                stretches.add(standing.mbps, standing.latency_ns, latency_ns);
                if standing.limit_ns.is_some_and(|limit| standing.latency_ns <= limit && limit < latency_ns) {
                    impact.late += 1;
                    impact.late_mbps += given[i];
                }
            }
            for territory in standing.counts_for() {
                let sums = open(by_territory, named, territory);
                sums.interrupted_mbps += standing.mbps;
                sums.dropped_mbps += drop;
                sums.parted += u64::from(!is_routed[i] && standing.is_abroad());
            }
        }
        for &(request, given) in &*others {
            let drop = assessor.carried[request as usize].cast_signed() - given.cast_signed();
            dropped += drop;
            for territory in assessor.requests[request as usize].counts_for() {
                let sums = open(by_territory, named, territory);
                sums.dropped_mbps += drop;
            }
        }
        impact.unserved_mbps = assessor.short_mbps.saturating_add_signed(dropped);
        impact.stretch_mean_ms = stretches.mean_ms();
        impact.stretch_max = Latency::from_ns(stretches.max_ns);
    }

    /// Finds the fullest resource and what is overloaded, looking only at what changed and at the fullest that did not.
    fn measure(&mut self) {
        let Self { assessor, impact, loads, changed, is_changed, .. } = self;
        impact.overloaded = assessor.overloaded;
        impact.overload_mbps = assessor.overload_mbps;
        let mut worst: Option<(f64, Resource)> = None;
        let mut look = |resource: Resource, load: u64| {
            let utilisation = assessor.utilisation(resource, load);
            if worst.is_none_or(|(most, at)| utilisation > most || utilisation == most && resource < at) {
                worst = Some((utilisation, resource));
            }
        };
        for &resource in changed.iter().filter(|&&resource| assessor.capacity[resource as usize].is_some()) {
            let [before, after] = [&assessor.loads, &*loads].map(|loads| assessor.over(resource, loads[resource as usize]));
            impact.overload_mbps = impact.overload_mbps - before + after;
            impact.overloaded = impact.overloaded - usize::from(before > 0) + usize::from(after > 0);
            look(resource, loads[resource as usize]);
        }
        if let Some(&resource) = assessor.fullest.iter().find(|&&resource| !is_changed[resource as usize]) {
            look(resource, assessor.loads[resource as usize]);
        }
        impact.worst = worst.map(|(utilisation, resource)| (bottleneck(resource, assessor.lanes()), utilisation));
    }

    /// Sets loads from what the touched were given before and are given now.
    pub(super) fn shift_loads(&mut self) {
        self.no_loads();
        for i in 0..self.touched.len() {
            let request = self.touched[i] as usize;
            let (before, given) = (self.assessor.carried[request], self.given[i]);
            let assessor = self.assessor;
            for &resource in assessor.routes.get(request) {
                let load = self.load_at(resource);
                *load = load.wrapping_sub(before);
            }
            for step in 0..self.routes.get(i).len() {
                let load = self.load_at(self.routes.get(i)[step]);
                *load = load.wrapping_add(given);
            }
        }
    }

    /// Nothing has changed yet.
    pub(super) fn no_loads(&mut self) {
        self.changed.drain(..).for_each(|resource| self.is_changed[resource as usize] = false);
    }

    pub(super) fn load_at(&mut self, resource: Resource) -> &mut u64 {
        let place = resource as usize;
        if !std::mem::replace(&mut self.is_changed[place], true) {
            self.changed.push(resource);
            self.loads[place] = self.assessor.loads[place];
        }
        &mut self.loads[place]
    }
}

/// What an outage takes from one territory.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    /// Whether the territory is among those named.
    is_open: bool,
    interrupted_mbps: u64,
    /// No longer carried; negative where more is than when sound.
    dropped_mbps: i64,
    /// Pairs abroad without a route.
    parted: u64,
}

/// The sums of a territory, which is named the first time.
fn open<'b>(by_territory: &'b mut [Sums], named: &mut Vec<TerritoryId>, territory: TerritoryId) -> &'b mut Sums {
    let sums = &mut by_territory[territory.index()];
    if !std::mem::replace(&mut sums.is_open, true) {
        named.push(territory);
    }
    sums
}

/// By how much routes grew.
#[derive(Clone, Copy, Debug, Default)]
struct Stretches {
    max_ns: u64,
    /// Traffic, and traffic times ns.
    weighted: [f64; 2],
    /// Pairs, and ns.
    plain: [f64; 2],
}

impl Stretches {
    #[expect(clippy::cast_precision_loss, reason = "below 2^53 Mbit/s and ns")]
    fn add(&mut self, mbps: u64, before_ns: u64, after_ns: u64) {
        let stretch = after_ns as f64 - before_ns as f64;
        self.max_ns = self.max_ns.max(after_ns.saturating_sub(before_ns));
        self.weighted[0] += mbps as f64;
        self.weighted[1] += mbps as f64 * stretch;
        self.plain[0] += 1.0;
        self.plain[1] += stretch;
    }

    fn mean_ms(self) -> Option<f64> {
        let [weight, sum] = if self.weighted[0] > 0.0 { self.weighted } else { self.plain };
        (weight > 0.0).then(|| sum / weight / 1e6)
    }
}
