//! Roles of gateways, by rule.

use std::collections::BTreeMap;

use super::{Step, ends, give_role, kinds, only, position, unused};
use crate::topology::gazetteer::Gazetteer;
use crate::topology::geography::great_circle_m;
use crate::topology::raw::{RawScope, RawSite, RawTopology};

/// A site within this distance of a capital stands for it.
const NEAR_KM: f64 = 50.0;

/// Gives roles; counts the sites that got one.
pub(super) fn fill(raw: &mut RawTopology, world: &Gazetteer) -> usize {
    landings(raw) + crossings(raw) + capitals(raw, world)
}

/// Ends of submarine cables are channel gateways.
fn landings(raw: &mut RawTopology) -> usize {
    let at_sea: Vec<usize> = ends(raw)
        .into_iter()
        .zip(kinds(raw))
        .filter(|(_, kind)| kind == "submarine")
        .flat_map(|(ends, _)| ends)
        .flatten()
        .collect();
    at_sea.into_iter().filter(|&site| give_role(&mut raw.sites[site], "channel", Step::Roles)).count()
}

/// Ends of other cables across a border are border gateways, and channel gateways for what goes further.
fn crossings(raw: &mut RawTopology) -> usize {
    let is_land = |kind: &str| matches!(kind, "terrestrial" | "microwave");
    let pairs: Vec<[usize; 2]> =
        ends(raw).into_iter().zip(kinds(raw)).filter(|(_, kind)| is_land(kind)).filter_map(|(ends, _)| ends).collect();
    pairs.into_iter().map(|pair| cross(raw, pair, Step::Roles)).sum()
}

/// Makes both ends of a link across a border gateways; counts those that were none. Ends in one territory stay.
pub(super) fn cross(raw: &mut RawTopology, pair: [usize; 2], step: Step) -> usize {
    let code = |site: usize| raw.sites[site].territory.text.to_string();
    let [home, abroad] = pair.map(code);
    if home == abroad || home.is_empty() || abroad.is_empty() {
        return 0;
    }
    let mut count = 0;
    for [own, far] in [pair, [pair[1], pair[0]]] {
        let is_border = give_role(&mut raw.sites[own], "border", step);
        let is_channel = give_role(&mut raw.sites[own], "channel", step);
        if is_border {
            let id = |site: usize| raw.sites[site].id.text.as_str();
            raw.head.scope.push(RawScope {
                site: id(own).into(),
                role: "border".into(),
                home: [id(own)].into_iter().collect(),
                pair: [id(far)].into_iter().collect(),
                source: only(step),
                confidence: "low".into(),
                ..RawScope::default()
            });
        }
        count += usize::from(is_border || is_channel);
    }
    count
}

/// The capital of every territory with sites is its comprehensive gateway and main site, unless it has such.
fn capitals(raw: &mut RawTopology, world: &Gazetteer) -> usize {
    let mut of_territory: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (i, site) in raw.sites.iter().enumerate().filter(|(_, site)| !super::has_role(site, "branching-unit")) {
        of_territory.entry(site.territory.text.to_string()).or_default().push(i);
    }
    let mut count = 0;
    for at in 0..raw.head.territory.len() {
        let code = raw.head.territory[at].id.text.to_string();
        let Some(sites) = of_territory.get(&code) else { continue };
        let served = sites.iter().copied().find(|&site| super::has_role(&raw.sites[site], "comprehensive"));
        let gateway = match (served, world.country(&code).filter(|country| country.code == code).and_then(|c| world.capital(c))) {
            (Some(site), _) => site,
            (None, None) => continue,
            (None, Some(city)) => {
                count += 1;
                let far =
                    |&site: &usize| position(&raw.sites[site]).map_or(f64::INFINITY, |at| great_circle_m(at, city.position));
                let nearest = sites.iter().copied().min_by(|a, b| far(a).total_cmp(&far(b)).then(a.cmp(b)));
                let site = match nearest.filter(|site| far(site) <= NEAR_KM * 1e3) {
                    Some(site) => site,
                    None => make(raw, &code, city),
                };
                for role in ["hub", "comprehensive"] {
                    give_role(&mut raw.sites[site], role, Step::Roles);
                }
                site
            }
        };
        let territory = &mut raw.head.territory[at];
        if territory.main.is_blank() {
            territory.main = raw.sites[gateway].id.text.as_str().into();
            territory.source.add(Step::Roles.source());
        }
    }
    count
}

/// A site for a capital.
fn make(raw: &mut RawTopology, code: &str, city: &crate::topology::gazetteer::City) -> usize {
    let slug: String =
        city.name.chars().map(crate::topology::gazetteer::plain_letter).filter(char::is_ascii_alphanumeric).collect();
    let id = unused(&format!("{code}-{slug}"), |id| raw.sites.iter().any(|site| site.id.text == id));
    raw.sites.push(RawSite {
        id: id.into(),
        name: city.name.as_str().into(),
        territory: code.into(),
        lat: city.position.lat().into(),
        lon: city.position.lon().into(),
        source: only(Step::Roles),
        confidence: "low".into(),
        ..RawSite::default()
    });
    raw.sites.len() - 1
}
