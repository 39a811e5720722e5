//! What a scenario file claims, before anything is checked; also the mirror that the JSON Schema is made from.

use crate::file::{Entry, List, Lists, Pairs, Tables, record};
use crate::scenario::words::{
    BASES, BOUNDS, CIRCLE_MEASURES, COMPARES, DISJOINTS, ELEMENTS, FLEETS, FORMATS, IMPACTS, METRICS, OBJECTIVES, PROFILES,
    RANKS, ROUTINGS, RULES, SETS, STORMS, USES,
};
use crate::topology::import::{Format, UNITS};
use crate::topology::raw::{RawCircle, RawDemand, TextOrList};
use crate::topology::words::{SERVICES, words};

/// The format of scenario files that this version reads.
pub const FORMAT: u32 = 1;

record! {
    /// A scenario: a topology, a day, a policy, demands, changes, and what is asked of them.
    pub struct RawScenario {
        /// Number of the format: 1.
        #[schemars(with = "u32", extend("const" = FORMAT))]
        pub format: Entry,
        /// Short name.
        #[schemars(with = "String")]
        pub name: Entry,
        /// What it shows.
        #[schemars(with = "Option<String>")]
        pub description: Entry,
        /// Folder of the topology, from the scenario's own; left out if the edits add everything.
        #[schemars(with = "Option<String>")]
        pub topology: Entry,
        /// How the topology is read, if it is in another format.
        pub reading: Option<RawReading>,
        /// The day whose roles, licences and cables count: `2017`, `2017-06` or `2017-06-01`.
        #[schemars(with = "String")]
        pub as_of: Entry,
        /// Where chance begins; 0 if left out.
        #[schemars(with = "Option<u64>")]
        pub seed: Entry,
        /// Which routes are allowed.
        pub policy: Option<RawPolicy>,
        /// Who asks for how much.
        pub demands: Option<RawDemands>,
        /// What breaks how often, and how it is mended.
        pub hazards: Option<RawHazards>,
        /// Demands of the scenario's own, with the columns of `demands.csv`; `id` may be left out.
        #[schemars(with = "Option<Vec<RawDemand>>")]
        pub demand: Vec<RawDemand>,
        /// Changes of the topology, one after the other.
        #[schemars(with = "Option<Vec<crate::scenario::schema::RawEdit>>")]
        pub edit: Tables,
        /// What is computed.
        #[schemars(with = "Option<Vec<RawStudy>>")]
        pub study: Tables,
        /// What is to hold; a run fails if it does not.
        #[schemars(with = "Option<Vec<RawExpect>>")]
        pub expect: Vec<RawExpect>,
        /// Where the answer goes, unless the command line says.
        pub output: Option<RawOutput>,
    }

    /// How a topology in another format is read.
    pub struct RawReading {
        /// Its format; left out: as its name and content tell.
        #[schemars(with = "Option<String>", extend("enum" = words(&Format::WORDS)))]
        pub from: Entry,
        /// What its columns or attributes mean, such as { von = "from" }.
        #[schemars(with = "Option<std::collections::BTreeMap<String, String>>")]
        pub columns: Pairs,
        /// Names of the columns of a table of links without header.
        #[schemars(with = "Option<Vec<String>>")]
        pub header: List,
        /// Unit of capacities and demands where the file gives none; left out: the format's usual one.
        #[schemars(with = "Option<String>", extend("enum" = words(&UNITS)))]
        pub unit: Entry,
        /// File of nodes that belongs to it, from the scenario's own folder: a table, or GeoJSON points.
        #[schemars(with = "Option<String>")]
        pub nodes: Entry,
        /// File of demands that belongs to it, from the scenario's own folder: a table, or REPETITA's.
        #[schemars(with = "Option<String>")]
        pub demands: Entry,
    }

    /// Which routes are allowed.
    pub struct RawPolicy {
        /// lawful: every rule; physical: none; emergency: what a regulator may suspend is suspended. Left out: lawful.
        #[schemars(with = "Option<String>", extend("enum" = words(PROFILES)))]
        pub profile: Entry,
        /// Rules that do not hold, such as ["R15"].
        #[schemars(with = "Option<Vec<String>>", extend("items" = serde_json::json!({ "type": "string", "enum": words(RULES) })))]
        pub rules_off: List,
        /// Rules that hold although the profile leaves them out.
        #[schemars(with = "Option<Vec<String>>", extend("items" = serde_json::json!({ "type": "string", "enum": words(RULES) })))]
        pub rules_on: List,
        /// In how many third territories traffic may be switched (R14); 1 if left out.
        #[schemars(with = "Option<u8>", range(min = 0, max = 9))]
        pub service_transit_max: Entry,
        /// Which capacity counts first: lit (else design, else imputed) or design; lit if left out.
        #[schemars(with = "Option<String>", extend("enum" = words(BASES)))]
        pub capacity: Entry,
        /// Territories that no route may touch.
        #[schemars(with = "Option<TextOrList>")]
        pub avoid: List,
    }

    /// Who asks for how much. The scenario's own `[[demand]]` are added in any case.
    pub struct RawDemands {
        /// topology: those of the topology; none; gravity: users and hubs; uniform: all pairs of main sites alike;
        /// one-to-many: from one place to all main sites alike.
        #[schemars(with = "Option<String>", extend("enum" = words(USES)))]
        pub r#use: Entry,
        /// Table with the columns of `demands.csv`, from the scenario's folder, whose demands are added.
        #[schemars(with = "Option<String>")]
        pub file: Entry,
        /// Square table of traffic from rows to columns, from the scenario's folder, whose demands are added: sites or
        /// territories name rows and columns, the corner has the unit, such as `Gbit/s`; empty or 0: none.
        #[schemars(with = "Option<String>")]
        pub matrix: Entry,
        /// Service class of generated demands and of a matrix; internet if left out.
        #[schemars(with = "Option<String>", extend("enum" = words(SERVICES)))]
        pub service: Entry,
        /// Site or territory where demands of `use = "one-to-many"` begin.
        #[schemars(with = "Option<String>")]
        pub from: Entry,
        /// Total of `use = "uniform"` or `"one-to-many"`, such as `1 Tbit/s`.
        #[schemars(with = "Option<String>")]
        pub total: Entry,
        /// Distance in km over which attraction falls to 1/e, for `use = "gravity"`; left out: distance is no matter.
        #[schemars(with = "Option<f64>", range(min = 0))]
        pub decay_km: Entry,
        /// Multiplies all traffic; 1 if left out.
        #[schemars(with = "Option<f64>", range(min = 0))]
        pub scale: Entry,
        /// Year that the traffic is of; with growth, the years from then to `as_of` count.
        #[schemars(with = "Option<u16>")]
        pub year: Entry,
        /// Growth per year, in per cent.
        #[schemars(with = "Option<f64>")]
        pub growth_percent: Entry,
        /// Growth per year by region of either end, in per cent, such as { Africa = 38 }.
        #[schemars(with = "Option<std::collections::BTreeMap<String, f64>>")]
        pub growth_percent_by_region: Pairs,
        /// Growth per year by service class, in per cent, such as { voice = 2 }.
        #[schemars(with = "Option<std::collections::BTreeMap<String, f64>>")]
        pub growth_percent_by_service: Pairs,
        /// Hour of the day, UTC, at which traffic is taken; left out: each demand at its own peak.
        #[schemars(with = "Option<u8>", range(min = 0, max = 23))]
        pub hour_utc: Entry,
        /// Traffic is taken at the hour at which most is offered in all, in place of `hour_utc`; false if left out.
        #[schemars(with = "Option<bool>")]
        pub busy_hour: Entry,
    }

    /// What breaks how often, and how it is mended; what is left out has the default, which the library's `hazard` and
    /// `repair` name with its source.
    pub struct RawHazards {
        /// Faults per 1000 km and year in service by ground: a terrain, or sea and land where none is stated.
        #[schemars(with = "Option<std::collections::BTreeMap<String, f64>>")]
        pub faults_per_1000_km_year: Pairs,
        /// The same of single cables by id, whatever the ground; for radio, per link and year.
        #[schemars(with = "Option<std::collections::BTreeMap<String, f64>>")]
        pub cable_faults_per_1000_km_year: Pairs,
        /// Median hours of hands on the cable by ground.
        #[schemars(with = "Option<std::collections::BTreeMap<String, f64>>")]
        pub work_h: Pairs,
        /// Faults per radio link and year.
        #[schemars(with = "Option<f64>", range(min = 0))]
        pub radio_faults_per_year: Entry,
        /// Mean hours to restore a radio link.
        #[schemars(with = "Option<f64>", range(min = 0))]
        pub radio_work_h: Entry,
        /// Hours to find a fault at sea.
        #[schemars(with = "Option<f64>", range(min = 0))]
        pub sea_detection_h: Entry,
        /// Hours to find a fault on land.
        #[schemars(with = "Option<f64>", range(min = 0))]
        pub land_detection_h: Entry,
        /// Median hours of waiting for weather at sea.
        #[schemars(with = "Option<f64>", range(min = 0))]
        pub weather_h: Entry,
        /// Median days from finding a fault at sea to the leave to work, by sea area; elsewhere: outside all areas.
        #[schemars(with = "Option<std::collections::BTreeMap<String, f64>>")]
        pub permit_days: Pairs,
        /// scarce: a ship does one repair at a time; unlimited: another always lies at each base. Scarce if left out.
        #[schemars(with = "Option<String>", extend("enum" = words(FLEETS)))]
        pub fleet: Entry,
        /// Cruising speed of ships in knots.
        #[schemars(with = "Option<f64>", range(min = 1, max = 40))]
        pub ship_speed_knots: Entry,
        /// The ships, instead of the twenty of the world.
        #[schemars(with = "Option<Vec<RawShip>>")]
        pub ship: Vec<RawShip>,
        /// A territory has one crew for so many km of its cables on land, at least one.
        #[schemars(with = "Option<f64>", range(min = 1))]
        pub land_km_per_crew: Entry,
        /// Availability of landing stations, in per cent; 100: they never fail.
        #[schemars(with = "Option<f64>", range(min = 50, max = 100))]
        pub station_availability_percent: Entry,
        /// Mean hours to restore a station.
        #[schemars(with = "Option<f64>", range(min = 0))]
        pub station_work_h: Entry,
        /// Common causes per risk group and year, by kind of group.
        #[schemars(with = "Option<std::collections::BTreeMap<String, f64>>")]
        pub events_per_year: Pairs,
        /// Share of a group's cables that an event cuts, in per cent, by kind of group.
        #[schemars(with = "Option<std::collections::BTreeMap<String, f64>>")]
        pub share_percent: Pairs,
        /// Common causes per year of single risk groups, by id.
        #[schemars(with = "Option<std::collections::BTreeMap<String, f64>>")]
        pub group_events_per_year: Pairs,
    }

    /// Repair ships and where they lie between jobs.
    pub struct RawShip {
        /// Name for people.
        #[schemars(with = "Option<String>")]
        pub name: Entry,
        /// Latitude of the berth, degrees north.
        #[schemars(with = "f64", range(min = -90, max = 90))]
        pub lat: Entry,
        /// Longitude of the berth, degrees east.
        #[schemars(with = "f64", range(min = -180, max = 180))]
        pub lon: Entry,
        /// How many lie there; 1 if left out.
        #[schemars(with = "Option<u32>", range(min = 1, max = 100))]
        pub count: Entry,
    }

    /// Routes: which way, how long, what the law costs.
    pub struct RawRoute {
        /// Name, for expectations and reports.
        #[schemars(with = "Option<String>")]
        pub name: Entry,
        /// Ends as [from, to]: sites or territories.
        #[schemars(with = "Option<Vec<[String; 2]>>")]
        pub pairs: Lists,
        /// Every demand of the scenario; this is meant if neither pairs nor all_pairs is given.
        #[schemars(with = "Option<bool>")]
        pub demands: Entry,
        /// Every pair of sites, or of the main sites of territories.
        #[schemars(with = "Option<String>", extend("enum" = words(SETS)))]
        pub all_pairs: Entry,
        /// Service class of pairs; internet if left out.
        #[schemars(with = "Option<String>", extend("enum" = words(SERVICES)))]
        pub service: Entry,
        /// Operator of pairs; left out: nobody in particular.
        #[schemars(with = "Option<String>")]
        pub operator: Entry,
        /// What shortest means; latency if left out.
        #[schemars(with = "Option<String>", extend("enum" = words(METRICS)))]
        pub metric: Entry,
        /// How many routes of each, in order of cost; 1 if left out.
        #[schemars(with = "Option<u32>", range(min = 1, max = 1000))]
        pub k: Entry,
        /// Two routes that share nothing of this kind.
        #[schemars(with = "Option<String>", extend("enum" = words(DISJOINTS)))]
        pub disjoint: Entry,
        /// All routes of least cost.
        #[schemars(with = "Option<bool>")]
        pub ecmp: Entry,
        /// One-way latency in ms above which a route is useless, for pairs.
        #[schemars(with = "Option<f64>", range(min = 0))]
        pub latency_max_ms: Entry,
        /// physical: also the shortest physical route, and what the law costs against it; physical if left out.
        #[schemars(with = "Option<String>", extend("enum" = words(COMPARES)))]
        pub compare: Entry,
    }

    /// Capacity: how much fits, what binds, when it is full.
    pub struct RawCapacity {
        /// Name, for expectations and reports.
        #[schemars(with = "Option<String>")]
        pub name: Entry,
        /// What is sought; utilisation of the demands as they are routed, if left out.
        #[schemars(with = "Option<String>", extend("enum" = words(OBJECTIVES)))]
        pub objective: Entry,
        /// How demands are routed.
        #[schemars(with = "Option<String>", extend("enum" = words(ROUTINGS)))]
        pub routing: Entry,
        /// How many routes a demand may be split over with `routing = "k-shortest"`.
        #[schemars(with = "Option<u32>", range(min = 1, max = 1000))]
        pub k: Entry,
        /// What shortest means; latency if left out.
        #[schemars(with = "Option<String>", extend("enum" = words(METRICS)))]
        pub metric: Entry,
        /// Demands are admitted by priority as far as they fit, rather than all offered.
        #[schemars(with = "Option<bool>")]
        pub admission: Entry,
        /// Whether demands keep their latency bounds: held or ignored; held if left out.
        #[schemars(with = "Option<String>", extend("enum" = words(BOUNDS)))]
        pub bounds: Entry,
        /// Sites or territories where a maximum flow begins.
        #[schemars(with = "Option<TextOrList>")]
        pub from: List,
        /// Sites or territories where a maximum flow ends.
        #[schemars(with = "Option<TextOrList>")]
        pub to: List,
        /// Maximum flows between every two of a set of sites, in place of `from` and `to`.
        #[schemars(with = "Option<String>", extend("enum" = words(SETS)))]
        pub all_pairs: Entry,
        /// No more passes through a site than its gateway could switch, for a maximum flow; false if left out.
        #[schemars(with = "Option<bool>")]
        pub switching: Entry,
        /// Service class of a maximum flow; internet if left out.
        #[schemars(with = "Option<String>", extend("enum" = words(SERVICES)))]
        pub service: Entry,
        /// Largest certified gap of an optimum, in per cent; 0 (exact) if left out.
        #[schemars(with = "Option<f64>", range(min = 0, max = 100))]
        pub gap_percent: Entry,
        /// Growth per year, in per cent, for years of exhaustion.
        #[schemars(with = "Option<f64>")]
        pub growth_percent: Entry,
        /// Last year looked at.
        #[schemars(with = "Option<u16>")]
        pub until: Entry,
        /// Utilisation in per cent that counts as full; 100 if left out.
        #[schemars(with = "Option<f64>", range(min = 0))]
        pub full_percent: Entry,
    }

    /// Failure: what breaks, how often, for how long, and who notices.
    pub struct RawFailure {
        /// Name, for expectations and reports.
        #[schemars(with = "Option<String>")]
        pub name: Entry,
        /// What fails: every element of a kind.
        #[schemars(with = "Option<String>", extend("enum" = words(ELEMENTS)))]
        pub each: Entry,
        /// How many fail at once; 1 if left out.
        #[schemars(with = "Option<u32>", range(min = 1, max = 6))]
        pub together: Entry,
        /// Named outages: risk groups, cables, segments or sites, each list failing together.
        #[schemars(with = "Option<Vec<Vec<String>>>")]
        pub events: Lists,
        /// Risk groups, cables, segments or sites that are out of service from the beginning.
        #[schemars(with = "Option<TextOrList>")]
        pub down: List,
        /// A fault takes the whole cable rather than a segment.
        #[schemars(with = "Option<bool>")]
        pub whole_cable: Entry,
        /// What is found out of each outage; reroute if left out. Snapshots and bounds tell lost and connectivity.
        #[schemars(with = "Option<String>", extend("enum" = words(IMPACTS)))]
        pub impact: Entry,
        /// Utilisation in per cent above which a lane trips in a cascade; 100 if left out.
        #[schemars(with = "Option<f64>", range(min = 1))]
        pub trip_percent: Entry,
        /// Planned works: each is taken alone and together with every failure.
        #[schemars(with = "Option<TextOrList>")]
        pub maintenance: List,
        /// Areas that are struck, each an outage of its own.
        #[schemars(with = "Option<Vec<RawReach>>")]
        pub area: Vec<RawReach>,
        /// What shortest means; latency if left out.
        #[schemars(with = "Option<String>", extend("enum" = words(METRICS)))]
        pub metric: Entry,
        /// By what outages are ranked; unserved if left out.
        #[schemars(with = "Option<String>", extend("enum" = words(RANKS)))]
        pub rank: Entry,
        /// How many of the worst outages are told; 10 if left out.
        #[schemars(with = "Option<u32>", range(min = 0, max = 10000))]
        pub worst: Entry,
        /// What each cable, station and risk group costs in a year by its faults.
        #[schemars(with = "Option<bool>")]
        pub blame: Entry,
        /// The smallest sets of elements whose loss cuts a territory off, up to this size.
        #[schemars(with = "Option<u32>", range(min = 1, max = 4))]
        pub cut_sets: Entry,
        /// The place is looked for where a circle of this radius does the most.
        #[schemars(with = "Option<f64>", range(min = 0))]
        pub worst_circle_km: Entry,
        /// By what: interrupted, unconnected (traffic) or capacity; interrupted if left out.
        #[schemars(with = "Option<String>", extend("enum" = words(CIRCLE_MEASURES)))]
        pub worst_circle_by: Entry,
        /// Years of sequential simulation.
        #[schemars(with = "Option<u64>")]
        pub years: Entry,
        /// Snapshots and bounds are of the moment after a solar storm rather than of a random one.
        pub solar_storm: Option<RawSolarStorm>,
        /// Snapshots drawn.
        #[schemars(with = "Option<u64>")]
        pub samples: Entry,
        /// Likeliest states enumerated, for bounds.
        #[schemars(with = "Option<u64>")]
        pub states: Entry,
        /// Stop when the standard error is this share of the mean, in per cent.
        #[schemars(with = "Option<f64>", range(min = 0))]
        pub precision_percent: Entry,
    }

    /// A solar storm: repeaters fail by latitude, and one is enough for its segment.
    pub struct RawSolarStorm {
        /// S1 (severe) or S2 (moderate): probabilities that a repeater fails after Abdu Jyothi 2021.
        #[schemars(with = "Option<String>", extend("enum" = words(STORMS)))]
        pub state: Entry,
        /// In its place: [from this latitude to either side of the equator, per cent of repeaters that fail], ascending.
        #[schemars(with = "Option<Vec<[f64; 2]>>")]
        pub bands: Lists,
        /// Distance between repeaters; 150 if left out.
        #[schemars(with = "Option<f64>", range(min = 1))]
        pub repeater_km: Entry,
    }

    /// An area that is struck: one of circle, polygon, line and latitudes.
    pub struct RawReach {
        /// Name for people.
        #[schemars(with = "Option<String>")]
        pub name: Entry,
        /// All within a radius.
        pub circle: Option<RawCircle>,
        /// Corners as [latitude, longitude].
        #[schemars(with = "Option<Vec<[f64; 2]>>")]
        pub polygon: Lists,
        /// Points of a track as [latitude, longitude].
        #[schemars(with = "Option<Vec<[f64; 2]>>")]
        pub line: Lists,
        /// Width of the track.
        #[schemars(with = "Option<f64>", range(min = 0))]
        pub width_km: Entry,
        /// From this latitude, degrees north; the south pole if left out.
        #[schemars(with = "Option<f64>", range(min = -90, max = 90))]
        pub lat_from: Entry,
        /// To this latitude, degrees north; the north pole if left out.
        #[schemars(with = "Option<f64>", range(min = -90, max = 90))]
        pub lat_to: Entry,
    }

    /// What is to hold: of a route, or of a number that a study reports.
    pub struct RawExpect {
        /// Name for people.
        #[schemars(with = "Option<String>")]
        pub name: Entry,
        /// Whose route.
        pub route: Option<RawQuery>,
        /// There is a lawful route (true) or none (false).
        #[schemars(with = "Option<bool>")]
        pub lawful: Entry,
        /// One way, at most.
        #[schemars(with = "Option<f64>", range(min = 0))]
        pub latency_ms_max: Entry,
        /// One way, at least.
        #[schemars(with = "Option<f64>", range(min = 0))]
        pub latency_ms_min: Entry,
        /// Longer than the physical route by at most so many km.
        #[schemars(with = "Option<f64>")]
        pub hairpin_km_max: Entry,
        /// Longer than the physical route by at least so many km.
        #[schemars(with = "Option<f64>")]
        pub hairpin_km_min: Entry,
        /// It passes one of these sites.
        #[schemars(with = "Option<TextOrList>")]
        pub via: List,
        /// It is switched at one of these sites.
        #[schemars(with = "Option<TextOrList>")]
        pub switched_at: List,
        /// It touches none of these territories.
        #[schemars(with = "Option<TextOrList>")]
        pub avoids: List,
        /// Name of a study.
        #[schemars(with = "Option<String>")]
        pub study: Entry,
        /// Key of the number in the study's report.
        #[schemars(with = "Option<String>")]
        pub measure: Entry,
        /// The number is this or more.
        #[schemars(with = "Option<f64>")]
        pub at_least: Entry,
        /// The number is this or less.
        #[schemars(with = "Option<f64>")]
        pub at_most: Entry,
    }

    /// Whose route an expectation is about.
    pub struct RawQuery {
        /// Site or territory where it begins.
        #[schemars(with = "String")]
        pub from: Entry,
        /// Site or territory where it ends.
        #[schemars(with = "String")]
        pub to: Entry,
        /// Service class; internet if left out.
        #[schemars(with = "Option<String>", extend("enum" = words(SERVICES)))]
        pub service: Entry,
        /// Operator; left out: nobody in particular.
        #[schemars(with = "Option<String>")]
        pub operator: Entry,
        /// What shortest means; latency if left out.
        #[schemars(with = "Option<String>", extend("enum" = words(METRICS)))]
        pub metric: Entry,
    }

    /// Where the answer goes.
    pub struct RawOutput {
        /// table, json, jsonl, csv or markdown.
        #[schemars(with = "Option<String>", extend("enum" = words(FORMATS)))]
        pub format: Entry,
        /// File, from the scenario's folder; left out: standard output.
        #[schemars(with = "Option<String>")]
        pub file: Entry,
    }
}

/// One study, by its kind.
#[derive(Clone, Debug, schemars::JsonSchema)]
#[schemars(tag = "kind", rename_all = "kebab-case")]
pub enum RawStudy {
    /// Routes.
    Route(Box<RawRoute>),
    /// Capacity.
    Capacity(Box<RawCapacity>),
    /// Failure.
    Failure(Box<RawFailure>),
}
