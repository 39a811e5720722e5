//! Which territories a network has, and where their sites are.

use std::cmp::Reverse;
use std::f64::consts::TAU;

use super::{Land, Network, slug, to_count};
use crate::random::Draws;
use crate::topology::gazetteer::City;
use crate::topology::geography::EARTH_RADIUS_M;
use crate::topology::grid::{Grid, Vector, dot, vector};
use crate::units::Position;

/// Countries without a coast (ISO 3166 codes; general knowledge). The two on the Caspian alone are among them.
const LANDLOCKED: &str = "AD AF AM AT AZ BF BI BO BT BW BY CF CH CZ ET HU KG KZ LA LI LS LU MD MK ML MN MW NE NP PY RS RW SK SM SS \
    SZ TD TJ TM UG UZ VA XK ZM ZW";

/// A city is at the rim if no other within so far lies in a sector of this width.
const RIM_KM: f64 = 500.0;
const RIM_SECTOR: f64 = TAU / 3.0;

impl Network {
    /// Draws so many territories, the more people the sooner (Efraimidis and Spirakis 2006), and their law.
    pub(super) fn choose_lands(&mut self, count: usize) {
        let key = |(at, country): (usize, &crate::topology::gazetteer::Country)| {
            country.capital?;
            let weight = f64::from(country.population_thousand.max(1)).powf(0.7);
            // The greatest u^(1/w) are chosen; the logarithm keeps small weights apart.
            let key = self.draws(&format!("choose {}", country.code)).exponential(1.0) / weight;
            Some((key, at))
        };
        let mut keys: Vec<(f64, usize)> = self.world.countries().iter().enumerate().filter_map(key).collect();
        keys.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        keys.truncate(count);
        keys.sort_by_key(|&(_, at)| at);
        for (_, country) in keys {
            let code = self.world.countries()[country].code.clone();
            let mut draws = self.draws(&format!("law {code}"));
            let regime = *pick(&["strict", "licensed", "licensed", "open", "open", "open"], &mut draws);
            let transit = *pick(&["none", "transmission", "transmission", "service", "service"], &mut draws);
            self.lands.push(Land { code, country, regime, transit, hubs: Vec::new(), landings: Vec::new() });
        }
    }

    /// Shares a number out among territories, at least one each, the rest in proportion to a power of their people.
    fn shares(&self, lands: &[usize], total: usize, power: f64) -> Vec<usize> {
        let people = |land: &usize| f64::from(self.world.countries()[self.lands[*land].country].population_thousand.max(1));
        let weights: Vec<f64> = lands.iter().map(|land| people(land).powf(power)).collect();
        let sum: f64 = weights.iter().sum();
        let rest = total.saturating_sub(lands.len());
        #[expect(clippy::cast_precision_loss, reason = "at most the number of sites")]
        let exact: Vec<f64> = weights.iter().map(|weight| weight / sum * rest as f64).collect();
        let mut shares: Vec<usize> = exact.iter().map(|share| 1 + to_count(share.floor())).collect();
        // The largest remainders take what is left.
        let mut order: Vec<usize> = (0..lands.len()).collect();
        order.sort_by(|&a, &b| exact[b].fract().total_cmp(&exact[a].fract()).then(a.cmp(&b)));
        let mut left = total.saturating_sub(shares.iter().sum());
        for &at in order.iter().cycle() {
            if left == 0 || order.is_empty() {
                break;
            }
            shares[at] += 1;
            left -= 1;
        }
        shares
    }

    /// The cities of a territory, the greatest first.
    fn cities(&self, land: usize) -> Vec<City> {
        let code = &self.lands[land].code;
        let mut cities: Vec<City> = self.world.cities().iter().filter(|city| city.country == *code).cloned().collect();
        cities.sort_by_key(|city| Reverse(city.population_thousand));
        cities
    }

    /// Puts so many landing stations beside cities at the rim of territories with a coast.
    pub(super) fn land_cables(&mut self, count: usize) {
        let coastal: Vec<usize> =
            (0..self.lands.len()).filter(|&land| LANDLOCKED.split(' ').all(|code| code != self.lands[land].code)).collect();
        let shares = self.shares(&coastal, count.max(coastal.len()), 0.4);
        let all: Vec<Vector> = self.world.cities().iter().map(|city| vector(city.position)).collect();
        let mut grid = Grid::new(RIM_KM);
        all.iter().enumerate().for_each(|(number, &city)| grid.add(number, city));
        for (&land, share) in coastal.iter().zip(shares) {
            let cities = self.cities(land);
            let rim: Vec<&City> = cities.iter().filter(|city| is_rim(city, &all, &grid)).collect();
            let rim = if rim.is_empty() { cities.iter().collect() } else { rim };
            for number in 0..share {
                let city = rim[number % rim.len()];
                let code = self.lands[land].code.clone();
                let mut draws = self.draws(&format!("landing {code} {number}"));
                let position = beside(city.position, 1.0 + draws.uniform() * 24.0, draws.uniform());
                let (id, name) =
                    (format!("{code}-{}-landing", slug(&city.name)), format!("{} landing {}", city.name, number + 1));
                let spot = self.spot(id, name, Some(land), position);
                self.give_role(spot, "channel");
                self.lands[land].landings.push(spot);
            }
        }
    }

    /// Gives every territory its capital, and so many hubs in all: its cities first, then places around them.
    pub(super) fn settle(&mut self, count: usize) {
        let lands: Vec<usize> = (0..self.lands.len()).collect();
        let shares = self.shares(&lands, count, 0.6);
        for (land, share) in lands.into_iter().zip(shares) {
            let capital = self.world.countries()[self.lands[land].country].capital.expect("only such were chosen");
            let capital = self.world.cities()[capital].clone();
            let mut cities = vec![capital.clone()];
            cities.extend(self.cities(land).into_iter().filter(|city| *city != capital));
            for number in 0..share {
                self.hub(land, &cities, number);
            }
        }
    }

    fn hub(&mut self, land: usize, cities: &[City], number: usize) {
        let code = self.lands[land].code.clone();
        let mut draws = self.draws(&format!("hub {code} {number}"));
        let (city, position) = match cities.get(number) {
            Some(city) => (city, city.position),
            None => {
                // Around the greater of two, so that great cities have more.
                let one = || u32::try_from(cities.len()).expect("a small number");
                let at = draws.below(one()).min(draws.below(one()));
                let city = &cities[usize::try_from(at).expect("a small number")];
                let km = draws.lognormal(12.0, 0.8).clamp(2.0, 80.0);
                (city, beside(city.position, km, draws.uniform()))
            }
        };
        let (id, name) = (format!("{code}-{}", slug(&city.name)), city.name.clone());
        let spot = self.spot(id, name, Some(land), position);
        self.give_role(spot, "hub");
        let is_open = self.lands[land].regime == "open";
        match number {
            0 => self.give_role(spot, "comprehensive"),
            1..=3 if is_open => self.give_role(spot, "pop"),
            1 if !is_open => self.regional(spot),
            _ => {}
        }
        self.lands[land].hubs.push(spot);
    }

    /// Makes a hub a regional gateway, for voice and data.
    fn regional(&mut self, spot: usize) {
        self.give_role(spot, "regional");
        self.scopes.push(crate::topology::raw::RawScope {
            site: self.spots[spot].id.as_str().into(),
            role: "regional".into(),
            services: ["voice", "data"].into_iter().collect(),
            source: super::sources(),
            confidence: "low".into(),
            ..Default::default()
        });
    }
}

pub(super) fn pick<'w, T>(of: &'w [T], draws: &mut Draws) -> &'w T {
    let count = u32::try_from(of.len()).expect("a small number");
    &of[usize::try_from(draws.below(count)).expect("a small number")]
}

/// The place so far from another, in a direction that is a share of the circle; to 0.0001 degrees, 11 metres.
fn beside(place: Position, km: f64, turn: f64) -> Position {
    let angle = km * 1e3 / EARTH_RADIUS_M;
    let (sin, cos) = (turn * TAU).sin_cos();
    let lat = (place.lat() + (angle * cos).to_degrees()).clamp(-89.9, 89.9);
    let lon = place.lon() + (angle * sin).to_degrees() / lat.to_radians().cos().max(0.01);
    let round = |degrees: f64| (degrees * 1e4).round() / 1e4;
    Position::new(round(lat), round(lon)).expect("the latitude is kept on Earth")
}

/// Tells whether a wide sector around a city holds no other city nearby.
fn is_rim(city: &City, all: &[Vector], grid: &Grid) -> bool {
    let here = vector(city.position);
    let near = (RIM_KM * 1e3 / EARTH_RADIUS_M).cos();
    let east = [-here[1], here[0], 0.0];
    let north = [-here[2] * here[0], -here[2] * here[1], here[0] * here[0] + here[1] * here[1]];
    let mut bearings: Vec<f64> = grid
        .near(here)
        .map(|number| all[number])
        .filter(|there| (near..1.0 - 1e-9).contains(&dot(here, *there)))
        .map(|there| dot(there, east).atan2(dot(there, north)))
        .collect();
    bearings.sort_by(f64::total_cmp);
    let last = bearings.first().map(|first| first + TAU);
    let gaps = bearings.iter().copied().chain(last).collect::<Vec<_>>();
    gaps.windows(2).map(|pair| pair[1] - pair[0]).fold(0.0, f64::max) >= RIM_SECTOR || bearings.len() < 2
}
