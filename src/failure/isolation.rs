//! Which few failures cut a territory off from all it exchanges traffic with: minimal cut sets of its fibre.
//!
//! They are of the fibre alone: where rules forbid what the fibre could do, fewer failures may already be enough. How
//! likely a set is, and what less than isolation does, is asked elsewhere (see `bounds` and `sweep`).

use std::collections::BTreeSet;

use crate::algorithm::cut_sets::cut_sets;
use crate::demand::Request;
use crate::failure::outages::Element;
use crate::network::{Network, VertexId};
use crate::parallel;
use crate::policy::Law;
use crate::topology::{SegmentId, SiteId, TerritoryId};

/// Territories searched between one look at whether to go on and the next.
const ROUND: usize = 16;

/// What is asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Isolation {
    /// What may fail; an element is lost as a whole.
    pub elements: Vec<Element>,
    /// Elements that fail together, at most.
    pub size_max: usize,
    /// Out of service from the beginning.
    pub down: Vec<SegmentId>,
}

/// What cuts one territory off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CutOff {
    /// Which.
    pub territory: TerritoryId,
    /// Positions of elements whose loss leaves no way from any of its ends of traffic to any at the far side, none of them
    /// superfluous; by size, then lexicographic. The empty set alone where there is no way to begin with.
    pub sets: Vec<Vec<usize>>,
}

/// What was found of the territories searched so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// In order of id; territories without traffic to others are left out.
    pub territories: Vec<CutOff>,
    /// How many there are to search.
    pub of: usize,
}

/// Finds the cut sets of every territory that has traffic to others, until `goes_on` says no.
///
/// A territory is cut off when no site in it at which such traffic begins or ends reaches any site at the other end of
/// it. O(that of [`cut_sets`]) for each. The same result at any number of threads.
#[must_use]
pub fn run(law: &Law<'_>, requests: &[Request], asked: &Isolation, goes_on: impl Fn() -> bool) -> Outcome {
    let (topology, day) = (law.topology(), law.policy().as_of);
    let mut is_there: Vec<bool> = topology.segments().map(|(id, _)| topology.in_service(id, day)).collect();
    asked.down.iter().for_each(|segment| is_there[segment.index()] = false);
    // What is not there is a loop: it keeps its number and leads nowhere.
    let segments = topology.segments().zip(is_there).map(|((_, segment), is_there)| {
        let [a, b] = segment.ends;
        (a, if is_there { b } else { a }, 1, [1; 2])
    });
    let network = Network::of_sites(topology.site_count(), &segments.collect::<Vec<_>>());
    let groups: Vec<Vec<SegmentId>> = asked.elements.iter().map(|element| element.segments.clone()).collect();
    let ends = ends(law, requests);
    let mut territories = Vec::with_capacity(ends.len());
    for round in ends.chunks(ROUND) {
        if !goes_on() {
            break;
        }
        territories.extend(parallel::map(
            round.len(),
            || (),
            |(), i| {
                let Ends { territory, within, beyond } = &round[i];
                CutOff { territory: *territory, sets: cut_sets(&network, &groups, [within, beyond], asked.size_max) }
            },
        ));
    }
    Outcome { territories, of: ends.len() }
}

/// Where a territory's traffic to others begins and ends.
struct Ends {
    territory: TerritoryId,
    within: Vec<VertexId>,
    beyond: Vec<VertexId>,
}

fn ends(law: &Law<'_>, requests: &[Request]) -> Vec<Ends> {
    let mut of: Vec<[BTreeSet<SiteId>; 2]> = vec![Default::default(); law.topology().territories().len()];
    for request in requests {
        let ends = [request.query.from, request.query.to];
        let territories = ends.map(|site| law.territory(site));
        if territories[0] != territories[1] {
            for (i, territory) in territories.into_iter().enumerate() {
                if let Some(territory) = territory {
                    of[territory.index()][0].insert(ends[i]);
                    of[territory.index()][1].insert(ends[1 - i]);
                }
            }
        }
    }
    let vertices = |sites: BTreeSet<SiteId>| sites.into_iter().map(|site| VertexId::from_index(site.index())).collect();
    let all = of.into_iter().enumerate().filter(|(_, [within, _])| !within.is_empty());
    all.map(|(i, [within, beyond])| Ends {
        territory: TerritoryId::from_index(i),
        within: vertices(within),
        beyond: vertices(beyond),
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::impact::{Assessor, Restoration, Spec, networks};
    use crate::failure::outages::{Counting, ElementKind, elements};
    use crate::network::Metric;
    use crate::policy::{Policy, Profile, Query};
    use crate::testing::{day, random_international};
    use crate::topology::{Service, Topology};
    use crate::units::Bandwidth;

    fn all_pairs(topology: &Topology) -> Vec<Request> {
        let sites: Vec<SiteId> = topology.sites().map(|(site, _)| site).collect();
        let pairs = sites.iter().flat_map(|&from| sites.iter().map(move |&to| (from, to))).filter(|(from, to)| from != to);
        let query = |(from, to)| Query { from, to, service: Service::Leased, operator: None };
        pairs.map(|pair| Request { traffic: Bandwidth::from_mbps(1), ..Request::question("", query(pair)) }).collect()
    }

    /// Every set of at most three elements that isolates a territory, smallest first, and has no isolating part.
    fn by_hand(assessor: &Assessor<'_>, elements: &[Element], territory: TerritoryId) -> Vec<Vec<usize>> {
        let mut worker = assessor.worker();
        let mut isolates = |set: u32| {
            let lost = elements.iter().enumerate().filter(|(i, _)| set >> i & 1 == 1);
            let mut lost: Vec<SegmentId> = lost.flat_map(|(_, element)| element.segments.iter().copied()).collect();
            lost.sort_unstable();
            lost.dedup();
            worker.assess(&lost).isolated.contains(&territory)
        };
        let mut found: Vec<u32> = Vec::new();
        for size in 1..=3 {
            for set in (0..1u32 << elements.len()).filter(|set| set.count_ones() == size) {
                if found.iter().all(|&smaller| smaller & !set != 0) && isolates(set) {
                    found.push(set);
                }
            }
        }
        let mut sets: Vec<Vec<usize>> =
            found.into_iter().map(|set| (0..elements.len()).filter(|i| set >> i & 1 == 1).collect()).collect();
        sets.sort_by(|a: &Vec<usize>, b| a.len().cmp(&b.len()).then_with(|| a.cmp(b)));
        sets
    }

    #[test]
    fn sets_are_those_whose_outage_isolates_the_territory() {
        let mut seen = 0;
        for seed in 0..80 {
            let topology = random_international(seed);
            let policy = Policy::new(Profile::Physical, day());
            let law = Law::new(&topology, &policy);
            let requests = all_pairs(&topology);
            let mut elements = elements(&topology, day(), ElementKind::Segment, Counting::Segments);
            elements.truncate(11);
            let asked = Isolation { elements, size_max: 3, down: Vec::new() };
            let spec = Spec { requests: requests.clone(), metric: Metric::Hops, restoration: Restoration::Reroute };
            let compiled = networks(&law, &spec);
            let assessor = Assessor::new(&law, &spec, &compiled);
            let found = run(&law, &requests, &asked, || true);
            assert_eq!(found.territories.len(), found.of);
            for CutOff { territory, sets } in found.territories.iter().filter(|cut| cut.sets != [Vec::<usize>::new()]) {
                assert_eq!(*sets, by_hand(&assessor, &asked.elements, *territory), "seed {seed}, {territory:?}");
                seen += sets.len();
            }
        }
        assert!(seen > 100, "{seen}");
    }

    #[test]
    fn what_is_down_is_gone_before_the_search() {
        let topology = random_international(2);
        let policy = Policy::new(Profile::Physical, day());
        let law = Law::new(&topology, &policy);
        let down = topology.segments().map(|(id, _)| id).collect();
        let asked = Isolation { elements: Vec::new(), size_max: 1, down };
        let found = run(&law, &all_pairs(&topology), &asked, || true);
        assert!(!found.territories.is_empty() && found.territories.iter().all(|cut| cut.sets == [Vec::<usize>::new()]));
    }
}
