//! Submarine cables: chains of landings, some of them reached by way of branching units.

use super::places::pick;
use super::{Line, Network, to_count};
use crate::random::Draws;
use crate::topology::enrich::generation_mbps;
use crate::topology::grid::{Vector, km, position, vector};
use crate::units::Position;

/// So many other landings are looked at for the next one of a chain.
const LOOK_AT: u32 = 256;
/// Share of middle landings that a branching unit reaches.
const BRANCHED: f64 = 0.55;
/// Cables per landing, beyond those that it takes to reach each.
const CABLES: f64 = 0.4;

/// What kind of chain: how likely, how many landings it has at least, how likely it goes on past those, and the median
/// distance between landings in km.
struct Chain {
    likely: f64,
    landings: usize,
    goes_on: f64,
    leg_km: f64,
}

/// Pairs of neighbours, regional systems, systems across oceans.
const CHAINS: [Chain; 3] = [
    Chain { likely: 0.45, landings: 2, goes_on: 0.0, leg_km: 250.0 },
    Chain { likely: 0.35, landings: 3, goes_on: 0.5, leg_km: 500.0 },
    Chain { likely: 0.20, landings: 3, goes_on: 0.7, leg_km: 1_400.0 },
];
/// No chain has more landings.
const LONGEST: usize = 24;

/// Route factor by distance: median of systems with two landings, up to 500 km, up to 1,500 km, above.
fn factor(km: f64) -> f64 {
    match km {
        ..500.0 => 1.13,
        500.0..1_500.0 => 1.22,
        _ => 1.09,
    }
}

impl Network {
    /// Lays cables until each landing is on one, and some more; makes at most so many branching units.
    pub(super) fn lay_cables(&mut self, mut joints: usize) {
        let landings: Vec<usize> = self.lands.iter().flat_map(|land| &land.landings).copied().collect();
        if landings.len() < 2 {
            return;
        }
        #[expect(clippy::cast_precision_loss, reason = "at most the number of sites")]
        let at_least = to_count(landings.len() as f64 * CABLES);
        let mut is_reached = vec![false; self.spots.len()];
        // A fixed shuffle, so that neighbours are not served one after the other.
        let mut order: Vec<(u64, usize)> =
            landings.iter().map(|&at| (self.draws(&format!("order {}", self.spots[at].id)).bits(), at)).collect();
        order.sort_unstable();
        let mut waiting = order.into_iter().map(|(_, at)| at);
        for number in 1.. {
            let mut draws = self.draws(&format!("cable {number}"));
            let start = match waiting.find(|&at| !is_reached[at]) {
                Some(at) => at,
                None if number > at_least => break,
                None => *pick(&landings, &mut draws),
            };
            let chain = self.chain(start, &landings, &mut draws);
            chain.iter().for_each(|&at| is_reached[at] = true);
            self.lay(&format!("sea-{number}"), &chain, &mut joints, &mut draws);
            is_reached.resize(self.spots.len(), true);
        }
    }

    /// Landings of a cable, each about a leg further, mostly straight on and rather in another territory.
    fn chain(&self, start: usize, landings: &[usize], draws: &mut Draws) -> Vec<usize> {
        let mut at = draws.uniform();
        let kind = CHAINS.iter().find(|chain| {
            at -= chain.likely;
            at < 0.0
        });
        let kind = kind.unwrap_or(&CHAINS[0]);
        let mut count = kind.landings;
        while count < LONGEST && draws.happens(kind.goes_on) {
            count += 1;
        }
        let mut chain = vec![start];
        while chain.len() < count {
            let leg = draws.lognormal(kind.leg_km, 0.7);
            let Some(next) = self.next(&chain, leg, landings, draws) else { break };
            chain.push(next);
        }
        chain
    }

    fn next(&self, chain: &[usize], leg_km: f64, landings: &[usize], draws: &mut Draws) -> Option<usize> {
        let last = chain[chain.len() - 1];
        let here = &self.spots[last];
        let before = chain.len().checked_sub(2).map(|at| self.spots[chain[at]].vector);
        let few = landings.len() <= usize::try_from(LOOK_AT).expect("a small number");
        let candidates: Vec<usize> = if few { landings.to_vec() } else { (0..LOOK_AT).map(|_| *pick(landings, draws)).collect() };
        let near = self.lands[here.land.expect("landings are on land")].landings.iter().copied().filter(|_| !few);
        let score = |at: usize| {
            let there = &self.spots[at];
            let far = km(here.vector, there.vector).max(1.0);
            let home = if there.land == here.land { 0.7 } else { 0.0 };
            // Going back towards where the cable comes from costs.
            let back = before.map_or(0.0, |before| if km(before, there.vector) < far { 1.0 } else { 0.0 });
            (far / leg_km).ln().abs() + home + back
        };
        let free = candidates.into_iter().chain(near).filter(|at| !chain.contains(at));
        free.map(|at| (score(at), at)).min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1))).map(|(_, at)| at)
    }

    /// Lays a cable along a chain of landings.
    pub(super) fn lay(&mut self, word: &str, chain: &[usize], joints: &mut usize, draws: &mut Draws) {
        if chain.len() < 2 {
            return;
        }
        let cable = self.sea_line(word, draws);
        let mut trunk = chain[0];
        for at in 1..chain.len() {
            let landing = chain[at];
            let next = chain.get(at + 1).copied();
            let branch = next.filter(|_| *joints > 0 && draws.happens(BRANCHED));
            let Some(next) = branch else {
                self.leg(cable, [trunk, landing], draws);
                trunk = landing;
                continue;
            };
            *joints -= 1;
            let vectors = [trunk, next, landing].map(|spot| self.spots[spot].vector);
            let place = between(vectors, 0.15 + 0.25 * draws.uniform());
            let id = format!("{word}-BU");
            let name = format!("{word} branching unit");
            let joint = self.spot(id, name, None, place);
            self.give_role(joint, "branching-unit");
            self.leg(cable, [trunk, joint], draws);
            self.leg(cable, [joint, landing], draws);
            trunk = joint;
        }
    }

    fn leg(&mut self, cable: usize, ends: [usize; 2], draws: &mut Draws) {
        let [a, b] = ends.map(|end| self.spots[end].vector);
        self.span(cable, ends, factor(km(a, b)), draws);
    }

    /// A submarine cable of a drawn year and number of fibre pairs, of which a drawn part is lit.
    fn sea_line(&mut self, word: &str, draws: &mut Draws) -> usize {
        // Later years are likelier: three quarters after the middle.
        let year = 1998 + u32::try_from(to_count(28.0 * draws.uniform().sqrt())).expect("a small number").min(27);
        let pairs = match year {
            ..2010 => pick(&[2, 2, 4, 4, 8], draws),
            2010..2018 => pick(&[2, 4, 4, 6, 8], draws),
            _ => pick(&[4, 8, 12, 16, 24], draws),
        };
        let design_mbps = u64::from(*pairs) * generation_mbps(i32::try_from(year).ok());
        #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
        let waves = to_count((design_mbps as f64 * (0.1 + 0.6 * draws.uniform()) / 1e4).round()).max(1);
        let id = self.id(word.to_owned());
        self.lines.push(Line {
            id,
            kind: "submarine",
            year,
            fibre_pairs: Some(*pairs),
            owners: Self::owners(draws),
            design_mbps,
            lit_mbps: 10_000 * waves as u64,
        });
        self.lines.len() - 1
    }
}

/// A place on the way from a landing to the middle of the trunk that passes it; to 0.0001 degrees.
fn between([trunk, next, landing]: [Vector; 3], share: f64) -> Position {
    let middle = [0, 1, 2].map(|i| trunk[i] + next[i]);
    let to_middle = vector(position(middle));
    let mixed = position([0, 1, 2].map(|i| landing[i] * (1.0 - share) + to_middle[i] * share));
    let round = |degrees: f64| (degrees * 1e4).round() / 1e4;
    Position::new(round(mixed.lat()).clamp(-89.9, 89.9), round(mixed.lon())).expect("the latitude is kept on Earth")
}
