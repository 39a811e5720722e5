//! The sound network, once and for all outages: everybody's route, what it loads, and who uses each segment.

use std::collections::BTreeMap;

use super::reroute::Rerouted;
use super::restore::optimum;
use super::route::{Lists, Resource, of_arcs, of_way};
use super::{Restoration, Spec, Worker};
use crate::algorithm::repair::{self, SoundTree};
use crate::algorithm::shortest_path;
use crate::capacity::Loads;
use crate::failure::outages::Element;
use crate::network::{Compiled, LaneId, Network, compile};
use crate::parallel;
use crate::policy::{Law, Query, Rule};
use crate::route::search;
use crate::topology::{SegmentId, SiteId, TerritoryId, Topology};

/// The networks of a study's requests, for an [`Assessor`] to stand on.
#[must_use]
pub fn networks(law: &Law<'_>, spec: &Spec) -> Compiled {
    let queries: Vec<Query> = spec.requests.iter().map(|request| request.query.clone()).collect();
    compile(law, spec.metric, &queries)
}

/// Judges outages of one network under one law; shared by all workers.
#[derive(Clone, Debug)]
pub struct Assessor<'a> {
    pub(super) law: &'a Law<'a>,
    pub(super) spec: &'a Spec,
    compiled: &'a Compiled,
    /// The tree of each group's sound routes.
    pub(super) trees: Vec<SoundTree<'a>>,
    /// Length = segments.
    ends: Vec<[SiteId; 2]>,
    /// Requests that share a tree: by network, then by where they begin.
    pub(super) groups: Vec<Group>,
    /// Length = requests.
    pub(super) requests: Vec<Standing>,
    /// What each request's sound route loads; length = requests, empty where there is none.
    pub(super) routes: Lists,
    /// Requests by segment of their sound routes, ascending.
    pub(super) users: Lists,
    /// By resource, Mbit/s.
    pub(super) capacity: Vec<Option<u64>>,
    pub(super) loads: Vec<u64>,
    /// Resources with known capacity by falling utilisation, ties to the lower.
    pub(super) fullest: Vec<Resource>,
    pub(super) overloaded: usize,
    pub(super) overload_mbps: u64,
    /// One way, ns; length = segments.
    latency_ns: Vec<u64>,
    /// Requests with a sound route between two territories, by territory.
    pub(super) abroad: Vec<u32>,
    /// What each request is given when sound: all its traffic, or what is admitted.
    pub(super) carried: Vec<u64>,
    /// What is not carried of each territory's traffic when sound.
    pub(super) short_of: Vec<u64>,
    pub(super) short_mbps: u64,
    /// The routes under the loss of each of some elements, if they were learnt.
    pub(super) singles: Vec<Rerouted>,
}

/// Requests with one tree.
#[derive(Clone, Debug)]
pub(super) struct Group {
    pub(super) network: usize,
    pub(super) from: SiteId,
}

/// One request in the sound network.
#[derive(Clone, Debug)]
pub(super) struct Standing {
    pub(super) group: u32,
    pub(super) to: SiteId,
    pub(super) is_routed: bool,
    pub(super) mbps: u64,
    pub(super) latency_ns: u64,
    pub(super) limit_ns: Option<u64>,
    /// Ends, the one where it begins first.
    pub(super) territories: [Option<TerritoryId>; 2],
}

impl Standing {
    /// Each territory it counts for, once.
    pub(super) fn counts_for(&self) -> impl Iterator<Item = TerritoryId> + use<> {
        let [from, to] = self.territories;
        from.into_iter().chain(to.filter(|_| to != from))
    }

    pub(super) fn is_abroad(&self) -> bool {
        self.territories[0] != self.territories[1]
    }
}

impl<'a> Assessor<'a> {
    /// Routes everything in the sound network, of which `compiled` are the [`networks`] for the same law and spec.
    ///
    /// O(that of [`search::shortest_on`]) time; O(requests × length of their routes + vertices of their trees) memory.
    #[must_use]
    pub fn new(law: &'a Law<'a>, spec: &'a Spec, compiled: &'a Compiled) -> Self {
        let topology = law.topology();
        let queries: Vec<Query> = spec.requests.iter().map(|request| request.query.clone()).collect();
        let ways = search::shortest_on(law, compiled, &queries);
        let mut numbers: BTreeMap<(usize, SiteId), u32> = BTreeMap::new();
        for (query, &network) in queries.iter().zip(&compiled.of_query) {
            numbers.insert((network, query.from), 0);
        }
        (0..).zip(numbers.values_mut()).for_each(|(number, place)| *place = number);
        let groups: Vec<Group> = numbers.keys().map(|&(network, from)| Group { network, from }).collect();
        let trees = parallel::map(groups.len(), shortest_path::Workspace::new, |workspace, i| {
            let network = &compiled.networks[groups[i].network];
            SoundTree::new(network, network.starts(groups[i].from), workspace)
        });
        let latency_ns: Vec<u64> = topology.segments().map(|(_, segment)| segment.latency.ns()).collect();
        let (mut routes, mut list, mut of_segment) = (Lists::default(), Vec::new(), vec![Vec::new(); topology.segment_count()]);
        let mut requests = Vec::with_capacity(queries.len());
        for (i, (request, way)) in spec.requests.iter().zip(&ways).enumerate() {
            list.clear();
            if let Some(way) = way {
                of_way(topology, way, &mut list);
                let mut segments = way.segments.clone();
                segments.sort_unstable();
                segments.dedup();
                let user = u32::try_from(i).expect("fewer than 2^32 requests");
                segments.iter().for_each(|segment| of_segment[segment.index()].push(user));
            }
            routes.push(list.iter().copied());
            requests.push(Standing {
                group: numbers[&(compiled.of_query[i], request.query.from)],
                to: request.query.to,
                is_routed: way.is_some(),
                mbps: request.traffic.mbps(),
                latency_ns: way.as_ref().map_or(0, |way| way.latency.ns()),
                limit_ns: request.latency_max.map(crate::units::Latency::ns),
                territories: [request.query.from, request.query.to].map(|site| law.territory(site)),
            });
        }
        let mut users = Lists::default();
        of_segment.into_iter().for_each(|list| users.push(list));
        let mut abroad = vec![0; topology.territories().len()];
        for request in requests.iter().filter(|request| request.is_routed && request.is_abroad()) {
            request.counts_for().for_each(|territory| abroad[territory.index()] += 1);
        }
        let capacity = capacities(law);
        let mut assessor = Self {
            law,
            spec,
            compiled,
            trees,
            ends: topology.segments().map(|(_, segment)| segment.ends).collect(),
            groups,
            requests,
            routes,
            users,
            loads: vec![0; capacity.len()],
            capacity,
            fullest: Vec::new(),
            overloaded: 0,
            overload_mbps: 0,
            latency_ns,
            abroad,
            carried: Vec::new(),
            short_of: vec![0; topology.territories().len()],
            short_mbps: 0,
            singles: Vec::new(),
        };
        assessor.give_out();
        assessor
    }

    /// The same with another restoration; no route is sought again, and nothing is learnt yet.
    ///
    /// O(requests × length of their routes + vertices of their trees) time and memory, and what the restoration takes.
    ///
    /// # Panics
    /// If it asks for other traffic, or means something else by shortest.
    #[must_use]
    pub fn restoring(&self, spec: &'a Spec) -> Self {
        assert_eq!(spec.metric, self.spec.metric, "routes are shortest by one metric");
        assert!(spec.requests == self.spec.requests, "routes are those of the same requests");
        let mut assessor = Self { spec, singles: Vec::new(), ..self.clone() };
        assessor.give_out();
        assessor
    }

    /// Says what each request is given when sound, and adds up the loads.
    fn give_out(&mut self) {
        self.carried = self.requests.iter().map(|request| if request.is_routed { request.mbps } else { 0 }).collect();
        self.short_of.fill(0);
        self.short_mbps = 0;
        self.loads.fill(0);
        self.admit();
        self.load();
    }

    /// Adds up the sound loads.
    fn load(&mut self) {
        if self.spec.restoration == Restoration::Optimal {
            self.loads = optimum(self.law, self.spec).1;
        } else {
            for i in 0..self.requests.len() {
                self.routes.get(i).iter().for_each(|&resource| self.loads[resource as usize] += self.carried[i]);
            }
        }
        let known = (0..).take(self.capacity.len()).filter(|&resource| self.capacity[resource as usize].is_some());
        let mut fullest: Vec<(f64, Resource)> =
            known.map(|resource| (self.utilisation(resource, self.loads[resource as usize]), resource)).collect();
        fullest.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        self.fullest = fullest.into_iter().map(|(_, resource)| resource).collect();
        let over: Vec<u64> = (0..).zip(&self.loads).map(|(resource, &load)| self.over(resource, load)).collect();
        self.overload_mbps = over.iter().sum();
        self.overloaded = over.iter().filter(|&&over| over > 0).count();
    }

    /// Learns what the loss of each of some elements does to routes, so that outages of several of them at once need
    /// new routes only where they meet. Later outages are named by the positions of these elements.
    ///
    /// O(that of [`Worker::assess`] for each) time; memory is that of the routes that change.
    pub fn learn(&mut self, elements: &[Element]) {
        self.learn_each(elements.len(), |i| elements[i].segments.clone());
    }

    /// Learns the same of the loss of each segment, whose position is its id, for [`Worker::assess_segments`].
    pub fn learn_segments(&mut self) {
        self.learn_each(self.latency_ns.len(), |i| vec![SegmentId::from_index(i)]);
    }

    fn learn_each(&mut self, count: usize, segments: impl Fn(usize) -> Vec<SegmentId>) {
        self.singles.clear();
        let mut singles = Vec::with_capacity(count);
        while singles.len() < count {
            let outages = self.batch((singles.len()..count).map(&segments));
            let together = self.reroute_all(outages, &|| true).expect("it goes on");
            singles.extend(parallel::map(together.len(), || (), |(), i| together.of(i)));
        }
        self.singles = singles;
    }

    /// Scratch space for one thread.
    #[must_use]
    pub fn worker(&self) -> Worker<'_> {
        Worker::new(self)
    }

    /// What becomes of traffic whose route is lost.
    #[must_use]
    pub const fn restoration(&self) -> Restoration {
        self.spec.restoration
    }

    pub(super) fn network(&self, group: usize) -> &Network {
        &self.compiled.networks[self.groups[group].network]
    }

    /// The route to a site on a tree, as what it loads; false where there is none.
    pub(super) fn read(&self, group: usize, tree: repair::Repaired<'_>, to: SiteId, into: &mut Vec<Resource>) -> bool {
        into.clear();
        let Some(vertex) = tree.best_at(to) else { return false };
        of_arcs(self.network(group), tree.arcs_back(vertex), into);
        true
    }

    /// The first territory that a route, its last step first, enters twice where R15 forbids it; `entered` is scratch.
    pub(super) fn entered_twice(&self, back: &[Resource], entered: &mut Vec<TerritoryId>) -> Option<TerritoryId> {
        if !self.law.holds(Rule::R15) {
            return None;
        }
        let lanes = self.lanes();
        entered.clear();
        let mut touch = |site: SiteId| match self.law.territory(site) {
            Some(territory) if entered.last() != Some(&territory) => {
                let again = entered.contains(&territory);
                entered.push(territory);
                again.then_some(territory)
            }
            Some(_) | None => None,
        };
        // A step's far end first; the near end of the last one is where the route begins.
        let steps = back.iter().filter(|&&resource| (resource as usize) < lanes).map(|&lane| {
            let [a, b] = self.ends[lane as usize / 2];
            if LaneId(lane) == LaneId::new(LaneId(lane).segment(), 0) { [b, a] } else { [a, b] }
        });
        steps.flatten().find_map(&mut touch)
    }

    /// How many lanes; resources after them are sites.
    pub(super) fn lanes(&self) -> usize {
        2 * self.latency_ns.len()
    }

    /// One way, ns.
    pub(super) fn latency_ns(&self, route: &[Resource]) -> u64 {
        let lanes = self.lanes();
        let on_lanes = route.iter().filter(|&&resource| (resource as usize) < lanes);
        on_lanes.map(|&resource| self.latency_ns[resource as usize / 2]).sum()
    }

    /// Load over capacity; infinite where there is load and no capacity.
    ///
    /// # Panics
    /// If nobody knows the capacity.
    #[expect(clippy::cast_precision_loss, reason = "below 2^53 Mbit/s")]
    pub(super) fn utilisation(&self, resource: Resource, load: u64) -> f64 {
        let capacity = self.capacity[resource as usize].expect("asked where it is known");
        if load == 0 { 0.0 } else { load as f64 / capacity as f64 }
    }

    /// What is beyond capacity, where that is known.
    pub(super) fn over(&self, resource: Resource, load: u64) -> u64 {
        self.capacity[resource as usize].map_or(0, |capacity| load.saturating_sub(capacity))
    }

    /// How many requests have a route in the sound network.
    #[must_use]
    pub fn routed(&self) -> usize {
        self.requests.iter().filter(|request| request.is_routed).count()
    }

    /// The traffic of those requests, Mbit/s.
    #[must_use]
    pub fn routed_mbps(&self) -> u64 {
        self.requests.iter().filter(|request| request.is_routed).map(|request| request.mbps).sum()
    }

    /// What each territory's requests with a route ask for, Mbit/s, that within it counted once; length = territories.
    #[must_use]
    pub fn routed_mbps_by_territory(&self) -> Vec<u64> {
        let mut sums = vec![0; self.abroad.len()];
        for request in self.requests.iter().filter(|request| request.is_routed) {
            request.counts_for().for_each(|territory| sums[territory.index()] += request.mbps);
        }
        sums
    }

    /// The topology.
    #[must_use]
    pub fn topology(&self) -> &'a Topology {
        self.law.topology()
    }

    /// Loads of the lanes of the sound network, Mbit/s; length = lanes.
    #[must_use]
    pub fn sound_lanes(&self) -> &[u64] {
        &self.loads[..self.lanes()]
    }

    /// What each site's service gateway switches in the sound network, Mbit/s; length = sites.
    #[must_use]
    pub fn sound_switching(&self) -> &[u64] {
        &self.loads[self.lanes()..]
    }

    /// What each lane, then each site's gateway can carry, Mbit/s; `None` where nobody knows. Length = lanes + sites.
    #[must_use]
    pub fn capacities(&self) -> &[Option<u64>] {
        &self.capacity
    }

    /// What is beyond capacity in the sound network, Mbit/s.
    #[must_use]
    pub const fn sound_overload_mbps(&self) -> u64 {
        self.overload_mbps
    }
}

/// What each lane, then each site's gateway can carry, Mbit/s; `None` where nobody knows.
fn capacities(law: &Law<'_>) -> Vec<Option<u64>> {
    let topology = law.topology();
    let idle = Loads { lanes: vec![0.0; 2 * topology.segment_count()], switched: vec![0.0; topology.site_count()] };
    let mut capacity = vec![None; 2 * topology.segment_count()];
    for lane in idle.lanes(law) {
        capacity[lane.lane.index()] = lane.usage.capacity_mbps;
    }
    capacity.extend(topology.sites().map(|(site, _)| idle.switching(law, site).capacity_mbps));
    capacity
}
