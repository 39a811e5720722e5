//! Gravity demands as rows of a topology's claims, for maps that come without any.

use super::{Gravity, gravity, rows};
use crate::problem::Problems;
use crate::topology::build;
use crate::topology::enrich::{Step, cite};
use crate::topology::gazetteer::Gazetteer;
use crate::topology::raw::{RawDemand, RawTopology};

/// Share of people who use the Internet (ITU 2023: 5.4 of 8.1 thousand million).
const ONLINE: f64 = 0.67;
/// International bandwidth per user in kbit/s by world region (ITU 2021); the figure of all developing countries elsewhere.
const KBPS_PER_USER: [(&str, u32); 4] = [("Europe", 340), ("Americas", 214), ("Arab States", 174), ("Africa", 34)];
/// Of developing countries.
const KBPS_ELSEWHERE: u32 = 144;

/// Adds Internet demands by gravity between the main sites of territories, unless there are demands; counts them.
///
/// Territories that do not say how many users they have, or what each uses, are given figures by rule, if their code is
/// a country's. Those without a main site have no demands. Marked imputed, with a source. `None`, with the problems, if
/// the claims make no topology. O(n log n), and the square of the number of territories.
pub fn impute(raw: &mut RawTopology, problems: &mut Problems) -> Option<usize> {
    if !raw.demands.is_empty() {
        return Some(0);
    }
    let mut with_figures = raw.clone();
    let is_filled = figures(&mut with_figures);
    cite(&mut with_figures, Step::Demands);
    let topology = build::topology(with_figures.clone(), problems)?;
    let matrix = gravity(&topology, &Gravity::internet());
    let source = || [Step::Demands.source()].into_iter().collect();
    let row = |[id, from, to, service, traffic, operator, priority, latency_max_ms]: [String; super::COLUMNS.len()]| RawDemand {
        id: id.into(),
        from: from.into(),
        to: to.into(),
        service: service.into(),
        traffic: traffic.into(),
        operator: operator.into(),
        priority: priority.into(),
        latency_max_ms: latency_max_ms.into(),
        source: source(),
        confidence: "low".into(),
        ..RawDemand::default()
    };
    with_figures.demands = rows(&topology, &matrix.requests).into_iter().map(row).collect();
    let count = with_figures.demands.len();
    if count > 0 || is_filled {
        *raw = with_figures;
    }
    Some(count)
}

/// Gives territories that say nothing users and what each uses; tells whether any got some.
pub fn figures(raw: &mut RawTopology) -> bool {
    let world = Gazetteer::world();
    let mut is_filled = false;
    for territory in &mut raw.head.territory {
        let Some(country) = world.country(&territory.id.text).filter(|country| country.code == territory.id.text) else {
            continue;
        };
        let is_open = [territory.users_million.is_blank(), territory.kbps_per_user.is_blank()];
        if is_open[0] {
            territory.users_million = format!("{:.3}", f64::from(country.population_thousand) * ONLINE / 1e3).into();
        }
        if is_open[1] {
            let known = KBPS_PER_USER.iter().find(|(region, _)| *region == country.region);
            territory.kbps_per_user = known.map_or(KBPS_ELSEWHERE, |(_, kbps)| *kbps).into();
        }
        if is_open.contains(&true) {
            territory.source.add(Step::Demands.source());
            is_filled = true;
        }
    }
    is_filled
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topology::raw::{RawSite, RawTerritory};

    fn two() -> RawTopology {
        let mut raw = RawTopology::default();
        raw.head.format = 1.into();
        raw.head.name = "two".into();
        for (code, lat) in [("FR", 48.9), ("KE", -1.3)] {
            raw.sites.push(RawSite {
                id: code.into(),
                territory: code.into(),
                lat: lat.into(),
                lon: 10.into(),
                roles: ["hub", "pop"].into_iter().collect(),
                ..RawSite::default()
            });
            raw.head.territory.push(RawTerritory {
                id: code.into(),
                regime: "open".into(),
                transit: "none".into(),
                main: code.into(),
                ..RawTerritory::default()
            });
        }
        raw
    }

    #[test]
    fn each_uses_what_its_users_use_and_says_where_that_comes_from() {
        let (mut raw, mut problems) = (two(), Problems::new());
        assert_eq!(impute(&mut raw, &mut problems), Some(2));
        let traffic = |i: usize| crate::units::Bandwidth::parse(&raw.demands[i].traffic.text).unwrap().gbps();
        // Of two territories each has only the other: users times kbit/s per user, to the Mbit/s.
        for (i, kbps) in [(0, 340.0), (1, 34.0)] {
            let users: f64 = raw.head.territory[i].users_million.text.parse().unwrap();
            assert!((traffic(i) - users * kbps).abs() < 0.001, "{i}: {}", traffic(i));
        }
        let topology = build::topology(raw.clone(), &mut problems).unwrap();
        assert!(topology.demands().iter().all(|demand| topology.is_imputed(&demand.provenance.sources)));
        let before = format!("{raw:?}");
        assert_eq!(impute(&mut raw, &mut problems), Some(0));
        assert_eq!(format!("{raw:?}"), before);
    }
}
