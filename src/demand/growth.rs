//! Growth per year: one general rate, others by region or by service.
//!
//! Compound growth at constant rates. It knows nothing of saturation, so that the further the year, the more it says
//! too much.

use std::borrow::Borrow;
use std::collections::BTreeMap;

use super::{Request, apportion, reassess};
use crate::topology::{Service, SiteId, Topology};

/// A published rate of growth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rate {
    /// Stable key, as in files.
    pub key: &'static str,
    /// Per year: 0.24 is 24 per cent.
    pub per_year: f64,
    /// What grew, when, and who says so.
    pub source: &'static str,
}

/// The published rates that scenarios may name.
#[must_use]
pub const fn published_rates() -> [Rate; 6] {
    [WORLD, AFRICA, MIDDLE_EAST, TRAFFIC, WORLD_2013, CHINA_2006]
}

const WORLD: Rate = Rate {
    key: "world-2021-2025",
    per_year: 0.24,
    source: "international Internet bandwidth, world, compound 2021-2025 (TeleGeography, Global Internet Geography 2025)",
};
const AFRICA: Rate = Rate {
    key: "africa-2021-2025",
    per_year: 0.38,
    source: "international Internet bandwidth, Africa, compound 2021-2025 (TeleGeography, Global Internet Geography 2025)",
};
const MIDDLE_EAST: Rate = Rate {
    key: "middle-east-2021-2025",
    per_year: 0.27,
    source: "international Internet bandwidth, Middle East, compound 2021-2025 (TeleGeography, Global Internet Geography 2025)",
};
const TRAFFIC: Rate = Rate {
    key: "traffic-2019-2023",
    per_year: 0.30,
    source: "average and peak international Internet traffic, world, 2019-2023 (TeleGeography)",
};
const WORLD_2013: Rate = Rate {
    key: "world-2013-2018",
    per_year: 0.30,
    source: "international Internet bandwidth, world, 2013-2018, about (article on submarine cables of the Belt and Road, 2018)",
};
const CHINA_2006: Rate = Rate {
    key: "china-2006-2010",
    per_year: 0.42,
    source: "international Internet traffic, mainland China, 2006-2010 (twelfth five-year plan of international communications)",
};

/// Rates of growth per year, as fractions: 0.24 is 24 per cent. None is −1 or less.
#[derive(Clone, Debug, PartialEq)]
pub struct Growth {
    general: f64,
    by_region: BTreeMap<String, f64>,
    by_service: BTreeMap<Service, f64>,
}

impl Growth {
    /// One rate for all; `None` unless it is finite and above −1.
    #[must_use]
    pub fn at(per_year: f64) -> Option<Self> {
        is_rate(per_year).then(|| Self { general: per_year, by_region: BTreeMap::new(), by_service: BTreeMap::new() })
    }

    /// The newest published rates: world 24 %, Africa 38 %, Arab States as the Middle East 27 %.
    #[must_use]
    pub fn published() -> Self {
        let by_region =
            [("Africa", AFRICA), ("Arab States", MIDDLE_EAST)].map(|(region, rate)| (region.to_owned(), rate.per_year));
        Self { general: WORLD.per_year, by_region: by_region.into(), by_service: BTreeMap::new() }
    }

    /// With a rate for a region of the world; `None` unless it is finite and above −1.
    #[must_use]
    pub fn with_region(mut self, region: impl Into<String>, per_year: f64) -> Option<Self> {
        self.by_region.insert(region.into(), per_year);
        is_rate(per_year).then_some(self)
    }

    /// With a rate for a service; `None` unless it is finite and above −1.
    #[must_use]
    pub fn with_service(mut self, service: Service, per_year: f64) -> Option<Self> {
        self.by_service.insert(service, per_year);
        is_rate(per_year).then_some(self)
    }

    /// The rate that holds for a request, per year.
    ///
    /// The service's, if it has one; else that of the regions at its ends, the greater if they differ (traffic between
    /// a fast region and a slow one grows as the fast one's); else the general one.
    #[must_use]
    pub fn rate(&self, topology: &Topology, request: &Request) -> f64 {
        let regional = |site: SiteId| {
            let territory = topology.territory(topology.site(site).territory?);
            self.by_region.get(territory.region.as_ref()?).copied()
        };
        let ends = [request.query.from, request.query.to].into_iter().filter_map(regional).reduce(f64::max);
        self.by_service.get(&request.query.service).copied().or(ends).unwrap_or(self.general)
    }

    /// The requests after some years; each rate's total is exact to the nearest Mbit/s (ties to even).
    ///
    /// Requests of one rate share their total by largest remainder, ties by query and name. Rounding is done once, so
    /// grow from the base year, not from year to year.
    ///
    /// # Panics
    /// If a total passes 2⁵³ Mbit/s.
    #[must_use]
    pub fn after(&self, topology: &Topology, requests: &[Request], years: u32) -> Vec<Request> {
        reassess(requests, |requests| {
            let mut mbps = vec![0; requests.len()];
            for (rate, members) in self.classes(topology, requests) {
                let before: Vec<u64> = members.iter().map(|&i| requests[i].traffic.mbps()).collect();
                for (&i, after) in members.iter().zip(apportion::scaled(&before, growth_factor(rate, years))) {
                    mbps[i] = after;
                }
            }
            mbps
        })
    }

    /// The requests by the rate that holds for them, rates ascending; positions of the requests, ascending.
    #[must_use]
    pub fn classes(&self, topology: &Topology, requests: &[impl Borrow<Request>]) -> Vec<(f64, Vec<usize>)> {
        let mut classes: Vec<(f64, Vec<usize>)> = Vec::new();
        for (i, request) in requests.iter().enumerate() {
            let rate = self.rate(topology, request.borrow());
            match classes.iter_mut().find(|(known, _)| known.total_cmp(&rate).is_eq()) {
                Some((_, members)) => members.push(i),
                None => classes.push((rate, vec![i])),
            }
        }
        classes.sort_by(|(a, _), (b, _)| a.total_cmp(b));
        classes
    }
}

/// What a rate makes of 1 after some years: (1 + rate)^years.
#[must_use]
pub fn growth_factor(per_year: f64, years: u32) -> f64 {
    (1.0 + per_year).powi(i32::try_from(years).expect("fewer than 2^31 years"))
}

fn is_rate(per_year: f64) -> bool {
    per_year.is_finite() && per_year > -1.0
}
