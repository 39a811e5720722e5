//! Land links between neighbours that have none.

use std::collections::{BTreeMap, BTreeSet};

use super::{Step, ends, has_role, join, kinds, position, roles};
use crate::topology::gazetteer::Gazetteer;
use crate::topology::grid::{km, vector};
use crate::topology::raw::RawTopology;

/// Neighbours whose nearest sites are further apart are not joined.
const WITHIN_KM: f64 = 1_500.0;

/// Joins neighbours where their sites are nearest; counts the links made. Ties go to the sites that come first.
pub(super) fn fill(raw: &mut RawTopology, world: &Gazetteer) -> usize {
    let pair = |a: &str, b: &str| if a < b { [a.to_owned(), b.to_owned()] } else { [b.to_owned(), a.to_owned()] };
    let mut joined = BTreeSet::new();
    for (pair_of_sites, kind) in ends(raw).into_iter().zip(kinds(raw)) {
        let Some([a, b]) = pair_of_sites.filter(|_| kind == "terrestrial" || kind == "microwave") else { continue };
        joined.insert(pair(&raw.sites[a].territory.text, &raw.sites[b].territory.text));
    }
    let mut members: BTreeMap<&str, Vec<(usize, [f64; 3])>> = BTreeMap::new();
    for (i, site) in raw.sites.iter().enumerate().filter(|(_, site)| !has_role(site, "branching-unit")) {
        members.entry(&site.territory.text).or_default().extend(position(site).map(|place| (i, vector(place))));
    }
    let mut links = Vec::new();
    for country in world.countries() {
        for neighbour in country.neighbours.iter().filter(|neighbour| **neighbour > country.code) {
            let (Some(here), Some(there)) = (members.get(country.code.as_str()), members.get(neighbour.as_str())) else {
                continue;
            };
            if joined.contains(&pair(&country.code, neighbour)) {
                continue;
            }
            let pairs = here.iter().flat_map(|&(a, at)| there.iter().map(move |&(b, to)| (km(at, to), a, b)));
            let nearest = pairs.min_by(|a, b| a.0.total_cmp(&b.0).then((a.1, a.2).cmp(&(b.1, b.2))));
            links.extend(nearest.filter(|(km, ..)| *km <= WITHIN_KM).map(|(_, a, b)| [a, b]));
        }
    }
    for &[a, b] in &links {
        let [from, to] = [a, b].map(|site| raw.sites[site].territory.text.to_string());
        join(raw, &format!("{from}-{to}"), [a, b], Step::Borders);
        roles::cross(raw, [a, b], Step::Borders);
    }
    links.len()
}
