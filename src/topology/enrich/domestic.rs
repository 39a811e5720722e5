//! Domestic links by minimum spanning tree, so that what one territory has hangs together.

use std::collections::BTreeMap;

use petgraph::unionfind::UnionFind;

use super::{Step, ends, has_role, join, position};
use crate::topology::gazetteer::Gazetteer;
use crate::topology::geography::great_circle_m;
use crate::topology::grid::{dot, vector};
use crate::topology::raw::RawTopology;
use crate::units::Position;

/// Shorter hops are taken without asking whether there is land between, and a city so near to the middle tells of land.
const SHORT_KM: f64 = 100.0;
/// The middle of a long hop is on land if a city of the country is within this share of the hop's length.
const LAND: f64 = 1.0 / 6.0;

/// Joins the sites of each territory (Kruskal 1956); counts the links made. Ties go to the sites that come first.
pub(super) fn fill(raw: &mut RawTopology, world: &Gazetteer) -> usize {
    let mut together = UnionFind::<usize>::new(raw.sites.len());
    let mut members: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (i, site) in raw.sites.iter().enumerate().filter(|(_, site)| !has_role(site, "branching-unit")) {
        if !site.territory.is_blank() && position(site).is_some() {
            members.entry(site.territory.text.to_string()).or_default().push(i);
        }
    }
    for [a, b] in ends(raw).into_iter().flatten() {
        if raw.sites[a].territory.text == raw.sites[b].territory.text {
            together.union(a, b);
        }
    }
    let mut count = 0;
    for (code, sites) in members {
        let cities: Vec<Position> = world.cities().iter().filter(|city| city.country == code).map(|city| city.position).collect();
        for pair in tree(raw, &sites, &cities, &mut together) {
            count += 1;
            let [a, b] = pair.map(|site| raw.sites[site].id.text.to_string());
            join(raw, &format!("{code}-{a}--{b}"), pair, Step::Domestic);
        }
    }
    count
}

fn tree(raw: &RawTopology, sites: &[usize], cities: &[Position], together: &mut UnionFind<usize>) -> Vec<[usize; 2]> {
    let place = |site: usize| position(&raw.sites[site]).expect("members have coordinates");
    let places: Vec<Position> = sites.iter().map(|&site| place(site)).collect();
    let mut hops: Vec<(f64, usize, usize)> = Vec::new();
    for (i, &a) in sites.iter().enumerate() {
        for (j, &b) in sites.iter().enumerate().skip(i + 1) {
            if !together.equiv(a, b) {
                hops.push((great_circle_m(places[i], places[j]) / 1e3, i, j));
            }
        }
    }
    hops.sort_by(|a, b| a.0.total_cmp(&b.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    let mut links = Vec::new();
    for (km, i, j) in hops {
        let [a, b] = [sites[i], sites[j]];
        if !together.equiv(a, b) && is_on_land(places[i], places[j], km, cities) {
            together.union(a, b);
            links.push([a, b]);
        }
    }
    links
}

/// Tells whether the middle of a hop is near a city of the country, or the hop is short.
fn is_on_land(a: Position, b: Position, km: f64, cities: &[Position]) -> bool {
    if km <= SHORT_KM {
        return true;
    }
    let (a, b) = (vector(a), vector(b));
    let sum = [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
    let size = dot(sum, sum).sqrt();
    if size < 1e-9 {
        return false;
    }
    let middle = crate::topology::grid::position(sum);
    cities.iter().any(|city| great_circle_m(*city, middle) / 1e3 <= (LAND * km).max(SHORT_KM))
}
