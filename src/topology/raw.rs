//! What a topology's files claim, before anything is checked; also the mirror that the JSON Schema is made from.
//!
//! Every importer produces a [`RawTopology`]; only [`super::build`] turns one into a `Topology`. Every value is an
//! [`Entry`]: text as it was written, with its place. An empty entry means that nobody says.

use std::collections::BTreeSet;

use crate::file::{Entry, List, Lists, record};
use crate::topology::words::{
    CABLE_KINDS, CONFIDENCES, REGIMES, REGIONS, RISK_GROUP_KINDS, SCOPE_ROLES, SOURCE_KINDS, TERRAINS, TRANSITS, words,
};

/// The format of topology folders that this version reads and writes.
pub const FORMAT: u32 = 1;

/// Everything a topology's files claim.
#[derive(Clone, Debug, Default)]
pub struct RawTopology {
    /// `topology.toml`.
    pub head: RawHead,
    /// Rows of `sites.csv`.
    pub sites: Vec<RawSite>,
    /// Rows of `cables.csv`.
    pub cables: Vec<RawCable>,
    /// Rows of `segments.csv`.
    pub segments: Vec<RawSegment>,
    /// Rows of `demands.csv`.
    pub demands: Vec<RawDemand>,
    /// Ids of rows that could not be read; whoever names them is not at fault.
    pub broken: BTreeSet<String>,
}

record! {
    /// A topology: its territories, licences, risk groups and sources. Sites, cables, segments and demands stand in
    /// CSV tables beside it.
    pub struct RawHead {
        /// Number of the format: 1.
        #[schemars(with = "u32", extend("const" = FORMAT))]
        pub format: Entry,
        /// Short name, that of the folder.
        #[schemars(with = "String")]
        pub name: Entry,
        /// One line for people.
        #[schemars(with = "Option<String>")]
        pub title: Entry,
        /// What it shows, what it leaves out.
        #[schemars(with = "Option<String>")]
        pub description: Entry,
        /// Where facts come from.
        #[schemars(with = "Option<Vec<RawSource>>")]
        pub source: Vec<RawSource>,
        /// Countries and administrative areas with gateways of their own.
        #[schemars(with = "Option<Vec<RawTerritory>>")]
        pub territory: Vec<RawTerritory>,
        /// What service and border gateways may do, one per licence.
        #[schemars(with = "Option<Vec<RawScope>>")]
        pub scope: Vec<RawScope>,
        /// Segments and sites that fail together.
        #[schemars(with = "Option<Vec<RawRiskGroup>>")]
        pub risk_group: Vec<RawRiskGroup>,
    }

    /// Where facts come from.
    pub struct RawSource {
        /// Short key that rows name in `source`.
        #[schemars(with = "String")]
        pub id: Entry,
        /// published: others can look it up; recalled: known in the trade; imputed: worked out by a stated rule.
        #[schemars(with = "String", extend("enum" = words(SOURCE_KINDS)))]
        pub kind: Entry,
        /// What it is.
        #[schemars(with = "Option<String>")]
        pub title: Entry,
        /// Where to find it.
        #[schemars(with = "Option<String>", rename = "where")]
        pub r#where: Entry,
    }

    /// A country or administrative area with gateways of its own.
    pub struct RawTerritory {
        /// ISO 3166 alpha-2 code.
        #[schemars(with = "String")]
        pub id: Entry,
        /// Name for people.
        #[schemars(with = "Option<String>")]
        pub name: Entry,
        /// strict: every rule binds; licensed: gateways and licences bind; open: only physics does.
        #[schemars(with = "String", extend("enum" = words(REGIMES)))]
        pub regime: Entry,
        /// What may pass that neither begins nor ends here: none, transmission (channels only) or service (switching too).
        #[schemars(with = "String", extend("enum" = words(TRANSITS)))]
        pub transit: Entry,
        /// Site that stands for the territory where a demand names it.
        #[schemars(with = "Option<String>")]
        pub main: Entry,
        /// World region, for growth and permits.
        #[schemars(with = "Option<String>", extend("enum" = words(REGIONS)))]
        pub region: Entry,
        /// Internet users, in millions.
        #[schemars(with = "Option<f64>", range(min = 0))]
        pub users_million: Entry,
        /// International bandwidth per user, kbit/s.
        #[schemars(with = "Option<f64>", range(min = 0))]
        pub kbps_per_user: Entry,
        /// Attraction as a content hub; 1 is ordinary.
        #[schemars(with = "Option<f64>", range(min = 0))]
        pub hub_weight: Entry,
        /// Limits on the share of its international traffic (rule R17).
        #[schemars(with = "Option<Vec<RawShareLimit>>")]
        pub share_limit: Vec<RawShareLimit>,
        /// Sources, joined with `+`.
        #[schemars(with = "Option<TextOrList>")]
        pub source: List,
        /// How sure the sources are; medium if left out.
        #[schemars(with = "Option<String>", extend("enum" = words(CONFIDENCES)))]
        pub confidence: Entry,
    }

    /// At most so much of a territory's international traffic by one medium or through one neighbour (rule R17).
    pub struct RawShareLimit {
        /// Kind of cable; either this or `neighbour`. `terrestrial` is land, `submarine` sea.
        #[schemars(with = "Option<String>", extend("enum" = words(CABLE_KINDS)))]
        pub medium: Entry,
        /// Territory next door; either this or `medium`.
        #[schemars(with = "Option<String>")]
        pub neighbour: Entry,
        /// Per cent of the territory's international traffic.
        #[schemars(with = "f64", range(min = 0, max = 100))]
        pub max_percent: Entry,
        /// First day it holds; left out: always.
        #[schemars(with = "Option<String>")]
        pub valid_from: Entry,
        /// First day it holds no more; left out: still does.
        #[schemars(with = "Option<String>")]
        pub valid_to: Entry,
        /// Sources, joined with `+`.
        #[schemars(with = "Option<TextOrList>")]
        pub source: List,
    }

    /// What one licence lets a service or border gateway do.
    pub struct RawScope {
        /// The gateway's site.
        #[schemars(with = "String")]
        pub site: Entry,
        /// comprehensive, regional or border.
        #[schemars(with = "String", extend("enum" = words(SCOPE_ROLES)))]
        pub role: Entry,
        /// Services it may switch. Left out: voice, internet and data (comprehensive), border-local (border).
        #[schemars(with = "Option<TextOrList>")]
        pub services: List,
        /// Operators it is licensed to; left out: all.
        #[schemars(with = "Option<TextOrList>")]
        pub operators: List,
        /// Zones it serves; left out: the whole territory. Not for border gateways.
        #[schemars(with = "Option<TextOrList>")]
        pub domestic: List,
        /// Far territories it serves; left out: all. Not for border gateways.
        #[schemars(with = "Option<TextOrList>")]
        pub far: List,
        /// Border gateway: zones or sites of its own area.
        #[schemars(with = "Option<TextOrList>")]
        pub home: List,
        /// Border gateway: zones or sites of the adjoining area abroad.
        #[schemars(with = "Option<TextOrList>")]
        pub pair: List,
        /// First day it is open: `2012`, `2012-05` or `2012-05-21`; left out: always.
        #[schemars(with = "Option<String>")]
        pub valid_from: Entry,
        /// First day it is open no more; left out: still is.
        #[schemars(with = "Option<String>")]
        pub valid_to: Entry,
        /// Date of the licence, where it differs from the opening.
        #[schemars(with = "Option<String>")]
        pub licensed_from: Entry,
        /// Sources, joined with `+`.
        #[schemars(with = "Option<TextOrList>")]
        pub source: List,
        /// How sure the sources are; medium if left out.
        #[schemars(with = "Option<String>", extend("enum" = words(CONFIDENCES)))]
        pub confidence: Entry,
    }

    /// Segments and sites that fail together: by an area, by name, or both.
    pub struct RawRiskGroup {
        /// Identity.
        #[schemars(with = "String")]
        pub id: Entry,
        /// What kind of common fate.
        #[schemars(with = "String", extend("enum" = words(RISK_GROUP_KINDS)))]
        pub kind: Entry,
        /// Takes the segments whose drawn line passes it, and the sites inside.
        pub circle: Option<RawCircle>,
        /// Corners as [latitude, longitude]; takes the segments whose drawn line passes it, and the sites inside.
        #[schemars(with = "Option<Vec<[f64; 2]>>")]
        pub polygon: Lists,
        /// Segments by id.
        #[schemars(with = "Option<TextOrList>")]
        pub segments: List,
        /// Sites by id.
        #[schemars(with = "Option<TextOrList>")]
        pub sites: List,
        /// Cables by id: all their segments.
        #[schemars(with = "Option<TextOrList>")]
        pub cables: List,
        /// Sources, joined with `+`.
        #[schemars(with = "Option<TextOrList>")]
        pub source: List,
        /// How sure the sources are; medium if left out.
        #[schemars(with = "Option<String>", extend("enum" = words(CONFIDENCES)))]
        pub confidence: Entry,
    }

    /// All within a great-circle radius.
    pub struct RawCircle {
        /// Degrees north of the centre.
        #[schemars(with = "f64", range(min = -90, max = 90))]
        pub lat: Entry,
        /// Degrees east of the centre.
        #[schemars(with = "f64", range(min = -180, max = 360))]
        pub lon: Entry,
        /// Radius in km.
        #[schemars(with = "f64", range(min = 0))]
        pub radius_km: Entry,
    }

    /// A place on the map: a row of `sites.csv`.
    pub struct RawSite {
        /// Identity: ASCII letters, digits, `-`, `_` and `.`.
        #[schemars(with = "String")]
        pub id: Entry,
        /// Name for people; the id if left out.
        #[schemars(with = "Option<String>")]
        pub name: Entry,
        /// Territory; left out only for branching units on the high seas.
        #[schemars(with = "Option<String>")]
        pub territory: Entry,
        /// Part of the territory that scopes name, such as `CN-XJ`.
        #[schemars(with = "Option<String>")]
        pub zone: Entry,
        /// Degrees north.
        #[schemars(with = "Option<f64>", range(min = -90, max = 90))]
        pub lat: Entry,
        /// Degrees east.
        #[schemars(with = "Option<f64>", range(min = -180, max = 360))]
        pub lon: Entry,
        /// Roles, joined with `+`, each with its own dates if need be: `hub+regional@2012-05-21`, `channel@2005..2015`.
        #[schemars(with = "Option<TextOrList>")]
        pub roles: List,
        /// What its service gateway can switch, such as `400 Gbit/s`; left out: unknown.
        #[schemars(with = "Option<String>")]
        pub switching: Entry,
        /// First day it exists: `2012`, `2012-05` or `2012-05-21`; left out: always.
        #[schemars(with = "Option<String>")]
        pub valid_from: Entry,
        /// First day it exists no more; left out: still does.
        #[schemars(with = "Option<String>")]
        pub valid_to: Entry,
        /// Sources, joined with `+`.
        #[schemars(with = "Option<TextOrList>")]
        pub source: List,
        /// How sure the sources are; medium if left out.
        #[schemars(with = "Option<String>", extend("enum" = words(CONFIDENCES)))]
        pub confidence: Entry,
        /// Remark for people.
        #[schemars(with = "Option<String>")]
        pub note: Entry,
    }

    /// The asset that people name, insure and cut: a row of `cables.csv`.
    pub struct RawCable {
        /// Identity: ASCII letters, digits, `-`, `_` and `.`.
        #[schemars(with = "String")]
        pub id: Entry,
        /// Name for people; the id if left out.
        #[schemars(with = "Option<String>")]
        pub name: Entry,
        /// submarine, terrestrial, microwave or satellite.
        #[schemars(with = "Option<String>", extend("enum" = words(CABLE_KINDS)))]
        pub kind: Entry,
        /// Owners, joined with `+`.
        #[schemars(with = "Option<TextOrList>")]
        pub owners: List,
        /// Operators that may use it (rule R10), joined with `+`; left out: all.
        #[schemars(with = "Option<TextOrList>")]
        pub licensees: List,
        /// Declared total length, km.
        #[schemars(with = "Option<f64>", range(min = 0))]
        pub length_km: Entry,
        /// Fibre pairs of the trunk.
        #[schemars(with = "Option<u32>")]
        pub fibre_pairs: Entry,
        /// First day of service: `2012`, `2012-05` or `2012-05-21`; left out: always.
        #[schemars(with = "Option<String>")]
        pub valid_from: Entry,
        /// First day it is out of service for good; left out: still in service.
        #[schemars(with = "Option<String>")]
        pub valid_to: Entry,
        /// Sources of the length, joined with `+`.
        #[schemars(with = "Option<TextOrList>")]
        pub length_source: List,
        /// Sources, joined with `+`.
        #[schemars(with = "Option<TextOrList>")]
        pub source: List,
        /// How sure the sources are; medium if left out.
        #[schemars(with = "Option<String>", extend("enum" = words(CONFIDENCES)))]
        pub confidence: Entry,
        /// Remark for people.
        #[schemars(with = "Option<String>")]
        pub note: Entry,
    }

    /// One span of a cable between two sites: a row of `segments.csv`.
    pub struct RawSegment {
        /// Identity: ASCII letters, digits, `-`, `_` and `.`.
        #[schemars(with = "String")]
        pub id: Entry,
        /// The cable it is part of.
        #[schemars(with = "Option<String>")]
        pub cable: Entry,
        /// Site at one end.
        #[schemars(with = "Option<String>")]
        pub a: Entry,
        /// Site at the other end.
        #[schemars(with = "Option<String>")]
        pub b: Entry,
        /// Length along the cable, km.
        #[schemars(with = "Option<f64>", range(min = 0))]
        pub length_km: Entry,
        /// Sources of the length, joined with `+`.
        #[schemars(with = "Option<TextOrList>")]
        pub length_source: List,
        /// One-way latency, ms; left out: from the length.
        #[schemars(with = "Option<f64>", range(min = 0))]
        pub latency_ms: Entry,
        /// What the plant could carry per direction, such as `3.84 Tbit/s`.
        #[schemars(with = "Option<String>")]
        pub design: Entry,
        /// What is lit per direction.
        #[schemars(with = "Option<String>")]
        pub lit: Entry,
        /// What a stated rule gives per direction where nobody says.
        #[schemars(with = "Option<String>")]
        pub imputed: Entry,
        /// Design capacity from b to a, where it differs.
        #[schemars(with = "Option<String>")]
        pub design_back: Entry,
        /// Lit capacity from b to a, where it differs.
        #[schemars(with = "Option<String>")]
        pub lit_back: Entry,
        /// Sources of the capacity, joined with `+`.
        #[schemars(with = "Option<TextOrList>")]
        pub capacity_source: List,
        /// Ground or depth class.
        #[schemars(with = "Option<String>", extend("enum" = words(TERRAINS)))]
        pub terrain: Entry,
        /// USD per Mbit/s and month.
        #[schemars(with = "Option<f64>", range(min = 0))]
        pub tariff: Entry,
        /// Waypoints from a to b: `lat lon;lat lon`.
        #[schemars(with = "Option<String>")]
        pub path: Entry,
        /// First day of service; left out: the cable's.
        #[schemars(with = "Option<String>")]
        pub valid_from: Entry,
        /// First day it is out of service for good; left out: the cable's.
        #[schemars(with = "Option<String>")]
        pub valid_to: Entry,
        /// Sources, joined with `+`.
        #[schemars(with = "Option<TextOrList>")]
        pub source: List,
        /// How sure the sources are; medium if left out.
        #[schemars(with = "Option<String>", extend("enum" = words(CONFIDENCES)))]
        pub confidence: Entry,
        /// Remark for people.
        #[schemars(with = "Option<String>")]
        pub note: Entry,
    }

    /// Offered traffic of one service class: a row of `demands.csv`.
    pub struct RawDemand {
        /// Identity: ASCII letters, digits, `-`, `_` and `.`.
        #[schemars(with = "Option<String>")]
        pub id: Entry,
        /// Where it begins: a site or a territory.
        #[schemars(with = "Option<String>")]
        pub from: Entry,
        /// Where it ends: a site or a territory.
        #[schemars(with = "Option<String>")]
        pub to: Entry,
        /// voice, internet, data, leased, border-local or transit.
        #[schemars(with = "Option<String>", extend("enum" = words(crate::topology::words::SERVICES)))]
        pub service: Entry,
        /// Offered, one way, such as `40 Gbit/s`.
        #[schemars(with = "Option<String>")]
        pub traffic: Entry,
        /// Who carries it; left out: anyone.
        #[schemars(with = "Option<String>")]
        pub operator: Entry,
        /// 1 (first) to 9; 5 if left out.
        #[schemars(with = "Option<u8>", range(min = 1, max = 9))]
        pub priority: Entry,
        /// Useless above this one-way latency, ms.
        #[schemars(with = "Option<f64>", range(min = 0))]
        pub latency_max_ms: Entry,
        /// First day it is offered; left out: always.
        #[schemars(with = "Option<String>")]
        pub valid_from: Entry,
        /// First day it is offered no more; left out: still is.
        #[schemars(with = "Option<String>")]
        pub valid_to: Entry,
        /// Sources, joined with `+`.
        #[schemars(with = "Option<TextOrList>")]
        pub source: List,
        /// How sure the sources are; medium if left out.
        #[schemars(with = "Option<String>", extend("enum" = words(CONFIDENCES)))]
        pub confidence: Entry,
        /// Remark for people.
        #[schemars(with = "Option<String>")]
        pub note: Entry,
    }
}

/// A text with parts joined by `+`, or an array of texts.
#[derive(Clone, Debug, schemars::JsonSchema)]
#[schemars(untagged)]
pub enum TextOrList {
    /// Joined by `+`.
    Text(String),
    /// One by one.
    List(Vec<String>),
}
