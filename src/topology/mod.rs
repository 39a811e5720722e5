//! The checked, named graph of sites and segments, in people's units, for all years at once.
//!
//! `Topology` is a petgraph graph that a user of the library may walk. It knows no policy and no date: a [`Network`]
//! is compiled from it for one date, one policy and one kind of demand. Only [`build`] makes one, so that what
//! exists here is consistent.
//!
//! [`Network`]: crate::network::Network

pub mod area;
pub mod build;
mod check;
pub mod enrich;
pub mod export;
pub mod gazetteer;
pub mod geography;
mod grid;
pub mod import;
mod index;
pub mod latency;
pub mod raw;
pub mod read;
pub mod schema;
pub mod structure;
pub mod synthetic;
pub mod words;

use petgraph::graph::{EdgeIndex, NodeIndex, UnGraph};
use petgraph::visit::EdgeRef;

use crate::file::Input;
use crate::problem::Problems;
use crate::units::{Bandwidth, Date, Latency, Length, Position, Validity};

/// Reads the claims of a topology in any format; what an importer dropped or guessed is a warning.
///
/// Remembers each file in `inputs`. `None`, with the problems, if it cannot be read at all.
pub fn open(request: &import::Request, problems: &mut Problems, inputs: &mut Vec<Input>) -> Option<raw::RawTopology> {
    let opened = import::open(request, problems, inputs)?;
    opened.findings.warn(&request.path.display().to_string(), problems);
    Some(opened.raw)
}

macro_rules! id {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u32);

        impl $name {
            /// Position in the table of its kind.
            #[must_use]
            pub const fn index(self) -> usize {
                self.0 as usize
            }

            /// The id at a position; panics past 2³² entries, which `build` refuses.
            #[must_use]
            pub fn from_index(index: usize) -> Self {
                Self(u32::try_from(index).expect("tables hold fewer than 2^32 entries"))
            }
        }
    };
}
pub(crate) use id;

id! {
    /// Position of a site; sites are ordered by territory, latitude, longitude and, where those are equal, by name,
    /// so that renaming a site or reordering a file moves nothing.
    SiteId
}
id! {
    /// Position of a segment; segments are ordered by their ends, length, kind and, where those are equal, by name.
    SegmentId
}
id! {
    /// Position of a cable, ordered by name.
    CableId
}
id! {
    /// Position of a territory, ordered by code.
    TerritoryId
}
id! {
    /// Position of a risk group, ordered by name.
    RiskGroupId
}
id! {
    /// Position of a scope, in the order of the file.
    ScopeId
}
id! {
    /// Position of a demand, in the order of the file.
    DemandId
}

impl From<SiteId> for NodeIndex<u32> {
    fn from(id: SiteId) -> Self {
        Self::new(id.index())
    }
}

impl From<SegmentId> for EdgeIndex<u32> {
    fn from(id: SegmentId) -> Self {
        Self::new(id.index())
    }
}

/// How sure a source is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// A guess, a rumour, or a rule of thumb.
    Low,
    /// One decent source.
    #[default]
    Medium,
    /// Several sources, or the authority itself.
    High,
}

/// What kind of knowledge a source is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceKind {
    /// Written down somewhere that others can look up.
    Published,
    /// Known in the trade, not looked up.
    Recalled,
    /// Worked out by a stated rule because nobody says.
    Imputed,
}

/// Where facts come from.
#[derive(Clone, Debug)]
pub struct Source {
    /// Short key that rows name.
    pub id: String,
    /// Published, recalled or imputed.
    pub kind: SourceKind,
    /// What it is.
    pub title: String,
    /// Where to find it.
    pub place: Option<String>,
}

/// Where a row's facts come from: positions in [`Topology::sources`], and how sure.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Provenance {
    /// Positions in [`Topology::sources`].
    pub sources: Vec<usize>,
    /// As the row says.
    pub confidence: Confidence,
}

/// How strictly a territory binds routes to its gateways (gateways.md 2.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Regime {
    /// Every rule binds.
    Strict,
    /// Gateways and licences bind; no geographic scope.
    Licensed,
    /// Physics only: any point of presence is an international gateway.
    Open,
}

/// What a territory lets through that neither begins nor ends in it (rule R12).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Transit {
    /// Nothing.
    None,
    /// Channels from border to border, no service gateway.
    Transmission,
    /// Channels, and switching at a comprehensive gateway that lists transit.
    Service,
}

/// A country or administrative area with its own gateways.
#[derive(Clone, Debug)]
pub struct Territory {
    /// ISO 3166 alpha-2 code, or a code of the file's own.
    pub code: String,
    /// Name for people.
    pub name: String,
    /// How strictly its gateways bind.
    pub regime: Regime,
    /// What it lets through.
    pub transit: Transit,
    /// The site that stands for it where a demand names the territory.
    pub main: Option<SiteId>,
    /// World region, for growth and permits.
    pub region: Option<String>,
    /// Internet users, in millions.
    pub users_million: Option<f64>,
    /// International bandwidth per user, kbit/s.
    pub kbps_per_user: Option<f64>,
    /// Attraction as a content hub; 1 is ordinary.
    pub hub_weight: f64,
    /// Limits on the share of its international traffic (rule R17).
    pub share_limits: Vec<ShareLimit>,
    /// Source and confidence.
    pub provenance: Provenance,
}

/// At most this share of a territory's international traffic by one medium or through one neighbour (rule R17).
#[derive(Clone, Debug, PartialEq)]
pub struct ShareLimit {
    /// What the limit is on.
    pub on: ShareLimitOn,
    /// Per cent, 0..=100.
    pub max_percent: f64,
    /// When it holds (R18).
    pub validity: Validity,
}

/// What a [`ShareLimit`] counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ShareLimitOn {
    /// Traffic that leaves or enters by a cable of this kind.
    Medium(CableKind),
    /// Traffic that leaves to or enters from this territory.
    Neighbour(TerritoryId),
}

/// What a site is. A site has a set of roles, each with its own dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Service gateway for every service, the whole territory, all the world.
    Comprehensive,
    /// Service gateway for listed services, places and territories.
    Regional,
    /// Direct circuits to the adjoining area abroad, for its own area only.
    Border,
    /// Joins domestic and international transmission; neither begins, ends nor switches anything.
    Channel,
    /// Domestic transport hub, where users are.
    Hub,
    /// Point of presence or exchange in an open regime.
    Pop,
    /// Undersea joint.
    BranchingUnit,
}

impl Role {
    /// All roles, in the order of the enum.
    pub const ALL: [Self; 7] =
        [Self::Comprehensive, Self::Regional, Self::Border, Self::Channel, Self::Hub, Self::Pop, Self::BranchingUnit];

    /// The word in files.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Comprehensive => "comprehensive",
            Self::Regional => "regional",
            Self::Border => "border",
            Self::Channel => "channel",
            Self::Hub => "hub",
            Self::Pop => "pop",
            Self::BranchingUnit => "branching-unit",
        }
    }
}

/// A place on the map.
#[derive(Clone, Debug)]
pub struct Site {
    /// Identity.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// `None` on the high seas.
    pub territory: Option<TerritoryId>,
    /// Part of the territory, such as a province, that scopes name.
    pub zone: Option<String>,
    /// Where it is.
    pub position: Position,
    /// What it is, and when.
    pub roles: Vec<(Role, Validity)>,
    /// What its service gateway can switch, both directions counted once.
    pub switching: Option<Bandwidth>,
    /// When it exists.
    pub validity: Validity,
    /// Source and confidence.
    pub provenance: Provenance,
    /// Remark for people.
    pub note: Option<String>,
}

impl Site {
    /// Tells whether the site exists and has the role on that day.
    #[must_use]
    pub fn has_role(&self, role: Role, day: Date) -> bool {
        self.validity.contains(day) && self.roles.iter().any(|&(r, validity)| r == role && validity.contains(day))
    }
}

/// What traffic is for (gateways.md 1.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Service {
    /// Telephony.
    Voice,
    /// Public Internet.
    Internet,
    /// Switched data (frame relay, ATM, DDN).
    Data,
    /// A leased point-to-point circuit for the user's own use.
    Leased,
    /// Between two adjoining areas on both sides of a border.
    BorderLocal,
    /// Wholesale capacity through a third territory.
    Transit,
}

impl Service {
    /// All classes, in the order of the enum.
    pub const ALL: [Self; 6] = [Self::Voice, Self::Internet, Self::Data, Self::Leased, Self::BorderLocal, Self::Transit];

    /// The word in files.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Voice => "voice",
            Self::Internet => "internet",
            Self::Data => "data",
            Self::Leased => "leased",
            Self::BorderLocal => "border-local",
            Self::Transit => "transit",
        }
    }
}

/// What one licence lets a service or border gateway do.
///
/// A comprehensive gateway without any scope serves voice, internet and data, from everywhere to everywhere.
#[derive(Clone, Debug)]
pub struct Scope {
    /// The gateway.
    pub site: SiteId,
    /// Comprehensive, regional or border.
    pub role: Role,
    /// Services it may switch.
    pub services: Vec<Service>,
    /// Operators it is licensed to; empty = all.
    pub operators: Vec<String>,
    /// Domestic zones it serves; `None` = the whole territory.
    pub domestic: Option<Vec<String>>,
    /// Far territories it serves; `None` = all.
    pub far: Option<Vec<TerritoryId>>,
    /// Border gateway: zones or sites of its own area.
    pub home: Vec<String>,
    /// Border gateway: zones or sites of the adjoining area abroad.
    pub pair: Vec<String>,
    /// When it is open; the licence may be older.
    pub validity: Validity,
    /// When it was licensed, where that is known to differ.
    pub licensed: Option<Date>,
    /// Source and confidence.
    pub provenance: Provenance,
}

/// What carries the signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CableKind {
    /// Fibre under the sea.
    Submarine,
    /// Fibre on land.
    Terrestrial,
    /// Radio between masts.
    Microwave,
    /// Radio by way of a satellite.
    Satellite,
}

impl CableKind {
    /// All kinds, in the order of the enum.
    pub const ALL: [Self; 4] = [Self::Submarine, Self::Terrestrial, Self::Microwave, Self::Satellite];

    /// The word in files.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Submarine => "submarine",
            Self::Terrestrial => "terrestrial",
            Self::Microwave => "microwave",
            Self::Satellite => "satellite",
        }
    }
}

/// The asset that people name, insure and cut.
#[derive(Clone, Debug)]
pub struct Cable {
    /// Identity.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// What carries the signal.
    pub kind: CableKind,
    /// Who owns it.
    pub owners: Vec<String>,
    /// Operators who may use it (rule R10); empty = all.
    pub licensees: Vec<String>,
    /// Declared total length.
    pub length: Option<Length>,
    /// Fibre pairs of the trunk.
    pub fibre_pairs: Option<u32>,
    /// When it is in service.
    pub validity: Validity,
    /// Positions in [`Topology::sources`] of the length's sources.
    pub length_sources: Vec<usize>,
    /// Source and confidence.
    pub provenance: Provenance,
    /// Remark for people.
    pub note: Option<String>,
}

/// What is known of a segment's capacity, per direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Capacity {
    /// What the plant could carry with today's terminals.
    pub design: Option<Bandwidth>,
    /// What is lit.
    pub lit: Option<Bandwidth>,
    /// What a stated rule gives because nobody says.
    pub imputed: Option<Bandwidth>,
}

/// Which of a segment's capacities counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CapacityBasis {
    /// Lit, else design, else imputed.
    #[default]
    Lit,
    /// Design, else lit, else imputed.
    Design,
}

impl Capacity {
    /// The capacity that counts; zero where nothing is known.
    #[must_use]
    pub fn on(self, basis: CapacityBasis) -> Bandwidth {
        let known = match basis {
            CapacityBasis::Lit => self.lit.or(self.design),
            CapacityBasis::Design => self.design.or(self.lit),
        };
        known.or(self.imputed).unwrap_or(Bandwidth::ZERO)
    }
}

/// One span of a cable between two sites: the graph's edge. Parallel segments are normal.
#[derive(Clone, Debug)]
pub struct Segment {
    /// Identity.
    pub id: String,
    /// The cable it is part of.
    pub cable: CableId,
    /// Ends; the one with the lower id first.
    pub ends: [SiteId; 2],
    /// Along the cable.
    pub length: Length,
    /// One way; from the length unless the file states it.
    pub latency: Latency,
    /// From `ends[0]` to `ends[1]`.
    pub capacity: Capacity,
    /// From `ends[1]` to `ends[0]` where it differs.
    pub capacity_back: Option<Capacity>,
    /// Ground or depth class, as the file says.
    pub terrain: Option<String>,
    /// USD per Mbit/s and month.
    pub tariff: Option<f64>,
    /// Waypoints from `ends[0]` to `ends[1]`, ends left out.
    pub path: Vec<Position>,
    /// When it is in service; never outside its cable's time.
    pub validity: Validity,
    /// Of its existence.
    pub provenance: Provenance,
    /// Positions in [`Topology::sources`] of the length's sources.
    pub length_sources: Vec<usize>,
    /// Positions in [`Topology::sources`] of the capacity's sources.
    pub capacity_sources: Vec<usize>,
    /// Remark for people.
    pub note: Option<String>,
}

impl Segment {
    /// The end that `site` is not; for a loop, the same.
    #[must_use]
    pub fn other_end(&self, site: SiteId) -> SiteId {
        if self.ends[0] == site { self.ends[1] } else { self.ends[0] }
    }
}

/// What kind of common fate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RiskGroupKind {
    /// A landing station or building.
    Station,
    /// Narrow waters.
    Strait,
    /// A common trench, seabed or valley.
    Corridor,
    /// A neck of land that cables cross.
    LandBridge,
    /// A whole cable.
    Cable,
    /// Anything else.
    Other,
}

/// Segments and sites that fail together.
#[derive(Clone, Debug)]
pub struct RiskGroup {
    /// Identity.
    pub id: String,
    /// What kind of common fate.
    pub kind: RiskGroupKind,
    /// Members, ascending: named ones and those inside its area.
    pub segments: Vec<SegmentId>,
    /// Member sites, ascending.
    pub sites: Vec<SiteId>,
    /// The area, if it was given as one: for maps and hazards.
    pub area: Option<Area>,
    /// Source and confidence.
    pub provenance: Provenance,
}

/// A piece of the Earth's surface.
#[derive(Clone, Debug, PartialEq)]
pub enum Area {
    /// All within a radius of a centre.
    Circle {
        /// Centre.
        centre: Position,
        /// Great-circle radius.
        radius: Length,
    },
    /// Inside a closed ring of corners, edges straight in longitude and latitude.
    Polygon(Vec<Position>),
}

/// Offered traffic of one service class.
#[derive(Clone, Debug)]
pub struct Demand {
    /// Identity.
    pub id: String,
    /// Where it begins.
    pub from: SiteId,
    /// Where it ends.
    pub to: SiteId,
    /// What it is for.
    pub service: Service,
    /// Offered, one way.
    pub traffic: Bandwidth,
    /// Who carries it; `None` = anyone.
    pub operator: Option<String>,
    /// 1 (first) to 9.
    pub priority: u8,
    /// Useless above this one-way latency.
    pub latency_max: Option<Latency>,
    /// When it is offered.
    pub validity: Validity,
    /// Source and confidence.
    pub provenance: Provenance,
}

/// The checked graph of sites and segments, for all years.
///
/// Sites are the nodes and segments the edges of [`Topology::graph`]: `SiteId(i)` is node `i`, `SegmentId(j)` edge `j`.
#[derive(Clone, Debug)]
pub struct Topology {
    pub(crate) name: String,
    pub(crate) title: String,
    pub(crate) graph: UnGraph<Site, Segment, u32>,
    pub(crate) territories: Vec<Territory>,
    pub(crate) cables: Vec<Cable>,
    pub(crate) scopes: Vec<Scope>,
    pub(crate) risk_groups: Vec<RiskGroup>,
    pub(crate) demands: Vec<Demand>,
    pub(crate) sources: Vec<Source>,
}

impl Topology {
    /// Short name, that of its folder.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// One line for people.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The graph itself, for petgraph's algorithms.
    #[must_use]
    pub fn graph(&self) -> &UnGraph<Site, Segment, u32> {
        &self.graph
    }

    /// How many sites.
    #[must_use]
    pub fn site_count(&self) -> usize {
        self.graph.node_count()
    }

    /// How many segments.
    #[must_use]
    pub fn segment_count(&self) -> usize {
        self.graph.edge_count()
    }

    /// All sites in order of id.
    pub fn sites(&self) -> impl ExactSizeIterator<Item = (SiteId, &Site)> {
        self.graph.raw_nodes().iter().enumerate().map(|(i, node)| (SiteId::from_index(i), &node.weight))
    }

    /// All segments in order of id.
    pub fn segments(&self) -> impl ExactSizeIterator<Item = (SegmentId, &Segment)> {
        self.graph.raw_edges().iter().enumerate().map(|(i, edge)| (SegmentId::from_index(i), &edge.weight))
    }

    /// One site.
    #[must_use]
    pub fn site(&self, id: SiteId) -> &Site {
        &self.graph[NodeIndex::from(id)]
    }

    /// One segment.
    #[must_use]
    pub fn segment(&self, id: SegmentId) -> &Segment {
        &self.graph[EdgeIndex::from(id)]
    }

    /// Segments that end at a site, ascending; a loop comes once.
    #[must_use]
    pub fn segments_at(&self, site: SiteId) -> Vec<SegmentId> {
        let edges = self.graph.edges(site.into());
        let mut found: Vec<_> = edges.map(|edge| SegmentId::from_index(EdgeRef::id(&edge).index())).collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Territories in order of id.
    #[must_use]
    pub fn territories(&self) -> &[Territory] {
        &self.territories
    }

    /// One territory.
    #[must_use]
    pub fn territory(&self, id: TerritoryId) -> &Territory {
        &self.territories[id.index()]
    }

    /// Cables in order of id.
    #[must_use]
    pub fn cables(&self) -> &[Cable] {
        &self.cables
    }

    /// One cable.
    #[must_use]
    pub fn cable(&self, id: CableId) -> &Cable {
        &self.cables[id.index()]
    }

    /// Scopes of service and border gateways.
    #[must_use]
    pub fn scopes(&self) -> &[Scope] {
        &self.scopes
    }

    /// Risk groups in order of id.
    #[must_use]
    pub fn risk_groups(&self) -> &[RiskGroup] {
        &self.risk_groups
    }

    /// Demands that came with the topology.
    #[must_use]
    pub fn demands(&self) -> &[Demand] {
        &self.demands
    }

    /// Sources that provenance points into.
    #[must_use]
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// Tells whether the segment and both its ends are in service on that day.
    #[must_use]
    pub fn in_service(&self, segment: SegmentId, day: Date) -> bool {
        let segment = self.segment(segment);
        segment.validity.contains(day) && segment.ends.iter().all(|&end| self.site(end).validity.contains(day))
    }

    /// Finds a site by id, by exact name, or by either without regard to case; in that order. Linear.
    #[must_use]
    pub fn find_site(&self, text: &str) -> Option<SiteId> {
        let tests: [&dyn Fn(&Site) -> bool; 3] = [&|site| site.id == text, &|site| site.name == text, &|site| {
            site.id.eq_ignore_ascii_case(text) || site.name.eq_ignore_ascii_case(text)
        }];
        tests.iter().find_map(|test| self.sites().find(|(_, site)| test(site)).map(|(id, _)| id))
    }

    /// Finds a territory by code or name, without regard to case.
    #[must_use]
    pub fn find_territory(&self, text: &str) -> Option<TerritoryId> {
        let found = |t: &Territory| t.code.eq_ignore_ascii_case(text) || t.name.eq_ignore_ascii_case(text);
        self.territories.iter().position(found).map(TerritoryId::from_index)
    }

    /// Operators that a licence or a cable's list of licensees names, in order of the alphabet.
    #[must_use]
    pub fn operators(&self) -> Vec<&str> {
        let licences = self.scopes.iter().flat_map(|scope| &scope.operators);
        let mut names: Vec<&str> =
            licences.chain(self.cables.iter().flat_map(|cable| &cable.licensees)).map(String::as_str).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// Tells whether any of the sources was imputed.
    #[must_use]
    pub fn is_imputed(&self, sources: &[usize]) -> bool {
        sources.iter().any(|&source| self.sources[source].kind == SourceKind::Imputed)
    }
}
