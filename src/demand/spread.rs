//! Demands that end in many places of a territory instead of one, as rows of a topology's claims.
//!
//! Models say what territories exchange, and leave it to their main sites. Where people live is not known here: all places
//! are alike.

use std::collections::BTreeMap;

use super::apportion;
use crate::topology::raw::{RawDemand, RawTopology};
use crate::units::Bandwidth;

/// The role of sites that demands may end at.
const ROLE: &str = "hub";

/// Splits each demand evenly among so many sites of the territory where it ends: that end, then hubs in order of the file, as
/// far as there are any; counts the demands.
///
/// Whole Mbit/s by largest remainder, ties to the earlier site, so that totals stay; none without traffic. A demand whose
/// end or traffic says nothing stays as it is. Ids are those of the model: `from.to.service`. O(sites + demands it makes).
pub fn spread(raw: &mut RawTopology, places: usize) -> usize {
    if places > 1 {
        let territory_of: BTreeMap<&str, &str> =
            raw.sites.iter().map(|site| (site.id.text.as_str(), site.territory.text.as_str())).collect();
        let mut hubs: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for site in raw.sites.iter().filter(|site| site.roles.entries().iter().any(|role| role.text == ROLE)) {
            hubs.entry(&site.territory.text).or_default().push(&site.id.text);
        }
        let mut demands = Vec::with_capacity(raw.demands.len() * places);
        for demand in &raw.demands {
            let end = demand.to.text.as_str();
            let around = territory_of.get(end).and_then(|territory| hubs.get(territory));
            let (Some(around), Ok(traffic)) = (around, Bandwidth::parse(&demand.traffic.text)) else {
                demands.push(demand.clone());
                continue;
            };
            let others = around.iter().copied().filter(|&hub| hub != end);
            let ends: Vec<&str> = std::iter::once(end).chain(others).take(places).collect();
            let parts = apportion::by_weight(traffic.mbps(), &vec![1; ends.len()]);
            demands.extend(ends.into_iter().zip(parts).filter(|&(_, mbps)| mbps > 0).map(|(to, mbps)| RawDemand {
                id: format!("{}.{to}.{}", demand.from.text, demand.service.text).into(),
                to: to.into(),
                traffic: Bandwidth::from_mbps(mbps).to_string().into(),
                ..demand.clone()
            }));
        }
        raw.demands = demands;
    }
    raw.demands.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topology::raw::RawSite;

    fn raw() -> RawTopology {
        let site = |(id, territory, roles): (&str, &str, &[&str])| RawSite {
            id: id.into(),
            territory: territory.into(),
            roles: roles.iter().copied().collect(),
            ..RawSite::default()
        };
        let sites: [(&str, &str, &[&str]); 5] = [
            ("a1", "A", &["hub"]),
            ("b1", "B", &["hub"]),
            ("b2", "B", &["channel"]),
            ("b3", "B", &["hub", "pop"]),
            ("b4", "B", &["hub"]),
        ];
        let demand = |to: &str, traffic: &str| RawDemand {
            id: "d".into(),
            from: "a1".into(),
            to: to.into(),
            service: "internet".into(),
            traffic: traffic.into(),
            ..RawDemand::default()
        };
        RawTopology {
            sites: sites.map(site).into(),
            demands: [("b4", "1 Gbit/s"), ("b1", "2 Mbit/s"), ("b1", "much"), ("B", "3 Mbit/s")]
                .map(|(to, mbps)| demand(to, mbps))
                .into(),
            ..RawTopology::default()
        }
    }

    #[test]
    fn each_demand_goes_to_its_end_first_then_to_hubs_of_that_territory_and_totals_stay() {
        let mut raw = raw();
        assert_eq!(spread(&mut raw, 1), 4);
        assert_eq!(format!("{raw:?}"), format!("{:?}", self::raw()), "one place is what there was");
        assert_eq!(spread(&mut raw, 3), 7);
        let told = |demand: &RawDemand| [&demand.id, &demand.to, &demand.traffic].map(|entry| entry.text.to_string());
        let expected = [
            ["a1.b4.internet", "b4", "334 Mbit/s"],
            ["a1.b1.internet", "b1", "333 Mbit/s"],
            ["a1.b3.internet", "b3", "333 Mbit/s"],
            // Two Mbit/s are too few for three places.
            ["a1.b1.internet", "b1", "1 Mbit/s"],
            ["a1.b3.internet", "b3", "1 Mbit/s"],
            ["d", "b1", "much"],
            ["d", "B", "3 Mbit/s"],
        ];
        assert_eq!(raw.demands.iter().map(told).collect::<Vec<_>>(), expected);
        // There are three hubs and no more.
        assert_eq!(spread(&mut self::raw(), 9), 7);
    }
}
