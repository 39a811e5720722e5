//! Links on land: domestic ones, those across borders, and what it takes to make one network of all.

use petgraph::unionfind::UnionFind;

use super::places::pick;
use super::{Line, Network};
use crate::random::Draws;
use crate::topology::enrich::system_mbps;
use crate::topology::geography::EARTH_RADIUS_M;
use crate::topology::grid::{TwoNearest, Vector, dot, km, position};
use crate::topology::raw::RawScope;

/// Median of length over great circle on land: the middle of 1.2 to 1.5, the usual span on plain terrain.
const ROUTE_FACTOR: f64 = 1.35;
/// How likely a site has a second link to those made before it.
const SECOND: f64 = 0.45;
/// So many links share a domestic cable.
const LINKS_PER_CABLE: usize = 20;
/// Neighbours are joined where their sites are within so far.
const BORDER_KM: f64 = 1_500.0;
/// One more crossing for so many sites of the smaller neighbour, up to a number.
const SITES_PER_CROSSING: usize = 150;
const CROSSINGS: usize = 12;
/// A longer domestic hop, the middle of which is near no city of the country, goes through the sea.
const SHORT_KM: f64 = 100.0;

impl Network {
    /// Joins the sites of each territory: every one to the nearest made before it, some to the second nearest too.
    pub(super) fn join_lands(&mut self) {
        for land in 0..self.lands.len() {
            let code = self.lands[land].code.clone();
            let mut draws = self.draws(&format!("domestic {code}"));
            let country: Vec<Vector> = self
                .world
                .cities()
                .iter()
                .filter(|city| city.country == code)
                .map(|city| crate::topology::grid::vector(city.position))
                .collect();
            let members: Vec<usize> = self.lands[land].hubs.iter().chain(&self.lands[land].landings).copied().collect();
            let (mut cable, mut links) = (None, 0);
            let mut before = TwoNearest::new();
            for &site in &members {
                let [first, second] = before.ask(self.spots[site].vector).map(|near| near.map(|number| members[number]));
                before.add(self.spots[site].vector);
                let second = second.filter(|_| draws.happens(SECOND));
                for other in first.into_iter().chain(second) {
                    if self.is_by_sea([site, other], &country) {
                        self.lay(&format!("{code}-sea"), &[site, other], &mut 0, &mut draws);
                        continue;
                    }
                    if links % LINKS_PER_CABLE == 0 {
                        cable = Some(self.land_line(&format!("{code}-land"), &mut draws));
                    }
                    links += 1;
                    self.span(cable.expect("the first link makes one"), [other, site], ROUTE_FACTOR, &mut draws);
                }
            }
        }
    }

    fn is_by_sea(&self, [a, b]: [usize; 2], country: &[Vector]) -> bool {
        let [a, b] = [a, b].map(|spot| self.spots[spot].vector);
        let far = km(a, b);
        if far <= SHORT_KM {
            return false;
        }
        let middle = crate::topology::grid::vector(position([0, 1, 2].map(|i| a[i] + b[i])));
        let near = ((far / 6.0).max(SHORT_KM) * 1e3 / EARTH_RADIUS_M).cos();
        country.iter().all(|city| dot(*city, middle) < near)
    }

    /// A cable on land of a drawn year, of one to four systems.
    fn land_line(&mut self, word: &str, draws: &mut Draws) -> usize {
        let year = 2000 + draws.below(26);
        let systems = u64::from(1 + draws.below(4));
        let mbps = systems * system_mbps("terrestrial", i32::try_from(year).ok(), None).expect("a kind of cable");
        self.line(word, "terrestrial", year, mbps, draws)
    }

    fn line(&mut self, word: &str, kind: &'static str, year: u32, mbps: u64, draws: &mut Draws) -> usize {
        let id = self.id(word.to_owned());
        let owners = Self::owners(draws);
        self.lines.push(Line { id, kind, year, fibre_pairs: None, owners, design_mbps: mbps, lit_mbps: mbps });
        self.lines.len() - 1
    }

    /// Joins neighbours where their hubs are nearest, the larger ones at several places.
    pub(super) fn cross_borders(&mut self) {
        let mut links = Vec::new();
        for (i, land) in self.lands.iter().enumerate() {
            for other in &self.lands[i + 1..] {
                let neighbours = &self.world.countries()[land.country].neighbours;
                if !neighbours.contains(&other.code) {
                    continue;
                }
                let count = 1 + land.hubs.len().min(other.hubs.len()) / SITES_PER_CROSSING;
                let mut hubs = TwoNearest::new();
                other.hubs.iter().for_each(|&hub| hubs.add(self.spots[hub].vector));
                let nearest = |&here: &usize| {
                    let [there, _] = hubs.ask(self.spots[here].vector);
                    let there = other.hubs[there?];
                    Some((km(self.spots[here].vector, self.spots[there].vector), here, there))
                };
                let mut pairs: Vec<(f64, usize, usize)> = land.hubs.iter().filter_map(nearest).collect();
                pairs.sort_by(|a, b| a.0.total_cmp(&b.0).then((a.1, a.2).cmp(&(b.1, b.2))));
                let mut taken: Vec<usize> = Vec::new();
                for (_, here, there) in pairs.into_iter().filter(|(far, ..)| *far <= BORDER_KM) {
                    if taken.len() < count.min(CROSSINGS) && !taken.contains(&there) {
                        taken.push(there);
                        links.push((format!("{}-{}", land.code, other.code), [here, there]));
                    }
                }
            }
        }
        for (word, ends) in links {
            let mut draws = self.draws(&format!("border {word} {}", self.spots[ends[0]].id));
            let cable = self.land_line(&word, &mut draws);
            self.span(cable, ends, ROUTE_FACTOR, &mut draws);
            for [own, far] in [ends, [ends[1], ends[0]]] {
                self.border(own, far);
            }
        }
    }

    fn border(&mut self, own: usize, far: usize) {
        if self.spots[own].roles.contains(&"border") {
            return;
        }
        self.give_role(own, "border");
        self.give_role(own, "channel");
        let id = |spot: usize| self.spots[spot].id.as_str();
        let scope = RawScope {
            site: id(own).into(),
            role: "border".into(),
            home: [id(own)].into_iter().collect(),
            pair: [id(far)].into_iter().collect(),
            source: super::sources(),
            confidence: "low".into(),
            ..RawScope::default()
        };
        self.scopes.push(scope);
    }

    /// Joins what does not hang together to the first territory's part: by a cable between the nearest landings, or by
    /// satellite where there is no coast.
    pub(super) fn join_all(&mut self) {
        let mut together = UnionFind::<usize>::new(self.spots.len());
        for span in &self.spans {
            together.union(span.ends[0], span.ends[1]);
        }
        let core = self.lands[0].hubs[0];
        for land in 1..self.lands.len() {
            let capital = self.lands[land].hubs[0];
            if together.equiv(core, capital) {
                continue;
            }
            let landings = |is_core: bool| {
                let all = self.lands.iter().flat_map(|land| &land.landings).copied();
                all.filter(|&at| together.equiv(at, if is_core { core } else { capital })).collect::<Vec<_>>()
            };
            let (here, there) = (landings(false), landings(true));
            let pairs = here.iter().flat_map(|&a| there.iter().map(move |&b| (a, b)));
            let far = |&(a, b): &(usize, usize)| km(self.spots[a].vector, self.spots[b].vector);
            let nearest = pairs.min_by(|a, b| far(a).total_cmp(&far(b)).then(a.cmp(b)));
            let mut draws = self.draws(&format!("join {}", self.lands[land].code));
            match nearest {
                Some((a, b)) => self.lay("sea-join", &[a, b], &mut 0, &mut draws),
                None => {
                    let cable = self.line("satellite", "satellite", 2015, *pick(&[100, 200, 500], &mut draws), &mut draws);
                    self.spans.push(super::Span { cable, ends: [core, capital], km: 75_000.0 });
                    [core, capital].into_iter().for_each(|spot| self.give_role(spot, "channel"));
                }
            }
            together.union(core, capital);
        }
    }
}
