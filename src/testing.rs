//! Small topologies for tests, from a few words or from a seed.
//!
//! Only for tests of the library itself; users build topologies from files.

use petgraph::graph::UnGraph;

use crate::policy::Walk;
use crate::topology::{
    Cable, CableId, CableKind, Capacity, Provenance, Regime, Role, Scope, Segment, Service, Site, SiteId, Territory, TerritoryId,
    Topology, Transit,
};
use crate::units::{Bandwidth, Date, Latency, Length, Position, Validity};

/// The day of all toys.
pub(crate) fn day() -> Date {
    Date::constant(2017, 6, 1)
}

/// A topology under construction; sites get ids in the order they are named.
pub(crate) struct Toy {
    topology: Topology,
}

impl Toy {
    pub(crate) fn new() -> Self {
        let topology = Topology {
            name: "toy".into(),
            title: String::new(),
            graph: UnGraph::default(),
            territories: Vec::new(),
            cables: vec![cable("C", CableKind::Terrestrial, &[])],
            scopes: Vec::new(),
            risk_groups: Vec::new(),
            demands: Vec::new(),
            sources: Vec::new(),
        };
        Self { topology }
    }

    pub(crate) fn territory(mut self, code: &str, regime: Regime, transit: Transit) -> Self {
        self.topology.territories.push(Territory {
            code: code.into(),
            name: code.into(),
            regime,
            transit,
            main: None,
            region: None,
            users_million: None,
            kbps_per_user: None,
            hub_weight: 1.0,
            share_limits: Vec::new(),
            provenance: Provenance::default(),
        });
        self
    }

    /// `place` is a territory's code, with a zone after a slash if need be, or empty for the high seas.
    pub(crate) fn site(mut self, id: &str, place: &str, roles: &[Role]) -> Self {
        let (code, zone) = place.split_once('/').map_or((place, None), |(code, zone)| (code, Some(zone.to_owned())));
        let territory = self.topology.find_territory(code);
        assert!(territory.is_some() || code.is_empty(), "the toy has no territory {code}");
        self.topology.graph.add_node(Site {
            id: id.into(),
            name: id.into(),
            territory,
            zone,
            position: Position::new(0.0, 0.0).expect("the origin is a place"),
            roles: roles.iter().map(|&role| (role, Validity::ALWAYS)).collect(),
            switching: None,
            validity: Validity::ALWAYS,
            provenance: Provenance::default(),
            note: None,
        });
        self
    }

    pub(crate) fn segment(self, a: &str, b: &str, m: u64) -> Self {
        self.segment_of("C", a, b, m)
    }

    pub(crate) fn cable(mut self, id: &str, kind: CableKind, licensees: &[&str]) -> Self {
        self.topology.cables.push(cable(id, kind, licensees));
        self
    }

    pub(crate) fn segment_of(mut self, cable: &str, a: &str, b: &str, m: u64) -> Self {
        let topology = &mut self.topology;
        let cable = topology.cables.iter().position(|c| c.id == cable).map(CableId::from_index).expect("cables come first");
        let mut ends = [a, b].map(|id| topology.find_site(id).expect("sites come first"));
        ends.sort();
        let capacity = Capacity { lit: Some(Bandwidth::from_mbps(1000)), ..Capacity::default() };
        let segment = Segment {
            id: format!("S{}", topology.segment_count()),
            cable,
            ends,
            length: Length::from_m(m),
            latency: Latency::from_ns(m * 5),
            capacity,
            capacity_back: None,
            terrain: None,
            tariff: None,
            path: Vec::new(),
            validity: Validity::ALWAYS,
            provenance: Provenance::default(),
            length_sources: Vec::new(),
            capacity_sources: Vec::new(),
            note: None,
        };
        topology.graph.add_edge(ends[0].into(), ends[1].into(), segment);
        self
    }

    /// `edit` fills in what the licence says; it begins as one for nothing, from everywhere to everywhere.
    pub(crate) fn scope(mut self, site: &str, role: Role, services: &[Service], edit: impl FnOnce(&mut Scope)) -> Self {
        let mut scope = Scope {
            site: self.topology.find_site(site).expect("sites come first"),
            role,
            services: services.to_vec(),
            operators: Vec::new(),
            domestic: None,
            far: None,
            home: Vec::new(),
            pair: Vec::new(),
            validity: Validity::ALWAYS,
            licensed: None,
            provenance: Provenance::default(),
        };
        edit(&mut scope);
        self.topology.scopes.push(scope);
        self
    }

    pub(crate) fn build(self) -> Topology {
        self.topology
    }
}

fn cable(id: &str, kind: CableKind, licensees: &[&str]) -> Cable {
    Cable {
        id: id.into(),
        name: id.into(),
        kind,
        owners: Vec::new(),
        licensees: licensees.iter().map(|&l| l.into()).collect(),
        length: None,
        fibre_pairs: None,
        validity: Validity::ALWAYS,
        length_sources: Vec::new(),
        provenance: Provenance::default(),
        note: None,
    }
}

/// SplitMix64 (Steele, Lea and Flood 2014): enough chance for test inputs.
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % bound
    }

    pub(crate) fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    pub(crate) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[usize::try_from(self.below(from.len() as u64)).expect("short list")]
    }
}

/// A random small international network: up to four territories of every regime, gateways of every class, high seas,
/// parallel segments, licences with every kind of limit.
pub(crate) fn random_international(seed: u64) -> Topology {
    let mut chance = Chance(seed);
    let codes = ["A", "B", "C", "D"];
    let mut toy = Toy::new().cable("X", CableKind::Submarine, &["P"]).cable("Y", CableKind::Submarine, &[]);
    for code in codes {
        let regime = chance.pick(&[Regime::Strict, Regime::Strict, Regime::Licensed, Regime::Open]);
        let transit = chance.pick(&[Transit::None, Transit::Transmission, Transit::Service]);
        toy = toy.territory(code, regime, transit);
    }
    let mut names = Vec::new();
    for i in 0..7 {
        let place = chance.pick(&["A/A1", "A/A2", "A/A1", "B/B1", "B/B2", "C/C1", "D/D1", ""]);
        let mut roles = Vec::new();
        if place.is_empty() {
            roles.push(Role::BranchingUnit);
        } else {
            for role in [Role::Comprehensive, Role::Regional, Role::Border, Role::Channel, Role::Channel, Role::Hub] {
                if chance.one_in(2) && !roles.contains(&role) {
                    roles.push(role);
                }
            }
        }
        let name = format!("s{i}");
        toy = toy.site(&name, place, &roles);
        for (role, has) in
            [Role::Comprehensive, Role::Regional, Role::Border, Role::Channel].map(|role| (role, roles.contains(&role)))
        {
            while has && chance.one_in(if role == Role::Comprehensive { 4 } else { 2 }) {
                toy = random_scope(toy, &name, role, &mut chance);
            }
        }
        names.push(name);
    }
    for _ in 0..9 {
        let (a, b) = (chance.pick(&[0, 1, 2, 3, 4, 5, 6]), chance.pick(&[0, 1, 2, 3, 4, 5, 6]));
        if a != b {
            toy = toy.segment_of(chance.pick(&["C", "C", "X", "Y"]), &names[a], &names[b], 1 + chance.below(4));
        }
    }
    toy.build()
}

fn random_scope(toy: Toy, site: &str, role: Role, chance: &mut Chance) -> Toy {
    let mut services: Vec<Service> = Service::ALL.into_iter().filter(|_| chance.one_in(2)).collect();
    services.extend([Service::BorderLocal].iter().filter(|_| role == Role::Border));
    let territories = |chance: &mut Chance| (0..4).map(TerritoryId).filter(|_| chance.one_in(2)).collect();
    let zones = |chance: &mut Chance| -> Vec<String> {
        ["A1", "A2", "B1", "B2", "C1", "D1"].into_iter().filter(|_| chance.one_in(2)).map(str::to_owned).collect()
    };
    toy.scope(site, role, &services, |scope| {
        scope.operators = if chance.one_in(2) { vec![chance.pick(&["P", "Q"]).to_owned()] } else { Vec::new() };
        scope.domestic = chance.one_in(2).then(|| zones(chance));
        scope.far = chance.one_in(2).then(|| territories(chance));
        scope.home = zones(chance);
        scope.pair = zones(chance);
    })
}

/// Two different sites.
pub(crate) fn random_ends(topology: &Topology, chance: &mut Chance) -> (SiteId, SiteId) {
    let count = topology.site_count() as u64;
    let from = chance.below(count);
    let to = (from + 1 + chance.below(count - 1)) % count;
    let id = |i: u64| SiteId(u32::try_from(i).expect("toys are small"));
    (id(from), id(to))
}

/// Calls `judge` on every walk of at most `steps` segments between two sites.
pub(crate) fn every_walk(topology: &Topology, walk: &mut Walk, to: SiteId, steps: usize, judge: &mut impl FnMut(&Walk)) {
    let here = walk.sites[walk.sites.len() - 1];
    if here == to && !walk.segments.is_empty() {
        judge(walk);
    }
    if steps == 0 {
        return;
    }
    for (id, segment) in topology.segments() {
        if segment.ends.contains(&here) {
            walk.sites.push(segment.other_end(here));
            walk.segments.push(id);
            every_walk(topology, walk, to, steps - 1, judge);
            walk.sites.pop();
            walk.segments.pop();
        }
    }
}
