//! The legal-path grammar (gateways.md 1.6) as a finite automaton over the sites that a route visits.
//!
//! A network is the product of the graph with one of these. It says which steps are lawful from which state; it holds
//! no graph and finds nothing.
//!
//! ```text
//!  international      Before ──service gateway of A──▶ After ──leaves A──▶ Abroad ──service gateway of B──▶ Switched
//!                     (in A)                           (in A)             (sea, third territories, B)      (in B)
//!  where A needs none, routes begin in After; where B needs none, they end Abroad
//!  domestic           After, in A or on the high seas
//!  border-local       Near(g) ──direct circuit of border gateway g──▶ Far(g), each within its area
//! ```
//! Beside the phase, a state remembers whether a channel gateway was reached by a domestic segment (R1: it must go on
//! by an international one) and, for chosen territories, whether they were left (R15). Switching in a third territory
//! (R12–R14) opens no way that transmission does not, so it needs no state; `violations` judges it where it is claimed.

use std::collections::BTreeMap;

use super::{Law, Query, Rule, Side};
use crate::topology::{Role, SegmentId, Service, SiteId, TerritoryId};

/// State of the automaton, packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct State(pub u32);

/// One lawful step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// State after it.
    pub state: State,
    /// The site whose service gateway switches the traffic on arrival, if this step is that.
    pub switch: Option<SiteId>,
}

const BEFORE: u32 = 0;
const AFTER: u32 = 1;
const ABROAD: u32 = 2;
const SWITCHED: u32 = 3;

/// A border gateway's direct circuits, seen from the traffic.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Crossing {
    gateway: SiteId,
    at_origin: bool,
    near: Vec<String>,
    far: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Shape {
    Physical,
    Domestic,
    International {
        /// Gateways that may switch it at home; `None` = it needs none.
        at_origin: Option<Vec<SiteId>>,
        /// By territory where it may end: gateways that may switch it there; `None` = it needs none.
        at_destination: BTreeMap<TerritoryId, Option<Vec<SiteId>>>,
    },
    BorderLocal {
        destination: TerritoryId,
        crossings: Vec<Crossing>,
    },
    /// No lawful route can begin or end there.
    Empty,
}

/// The grammar for one class of traffic.
#[derive(Clone, Debug)]
pub struct Automaton<'a> {
    law: &'a Law<'a>,
    shape: Shape,
    operator: Option<String>,
    origin: Option<TerritoryId>,
    /// Territories whose re-entry is watched by states, ascending.
    watched: Vec<TerritoryId>,
}

impl<'a> Automaton<'a> {
    /// The grammar for a query.
    #[must_use]
    pub fn new(law: &'a Law<'a>, query: &Query) -> Self {
        let (origin, destination) = (law.territory(query.from), law.territory(query.to));
        let shape = if law.policy().is_physical() {
            Shape::Physical
        } else {
            match (origin, destination) {
                (Some(a), Some(b)) if a == b => Shape::Domestic,
                (Some(a), Some(b)) => international(law, query, a, b),
                _ => Shape::Empty,
            }
        };
        let origin = origin.filter(|_| shape != Shape::Physical);
        Self { law, shape, operator: query.operator.clone(), origin, watched: Vec::new() }
    }

    /// Takes in another class of the same law if one product can serve both; says whether it could.
    ///
    /// Classes go together when they differ only in where they may end, and agree on the gateways there.
    pub fn absorb(&mut self, other: &Self) -> bool {
        if self.shape == Shape::Physical && other.shape == Shape::Physical {
            return true;
        }
        let alike = self.operator == other.operator && self.origin == other.origin && self.watched == other.watched;
        match (&mut self.shape, &other.shape) {
            _ if !alike => false,
            (
                Shape::International { at_origin, at_destination },
                Shape::International { at_origin: origin, at_destination: destination },
            ) => {
                let agree = *at_origin == *origin
                    && destination
                        .iter()
                        .all(|(territory, gateways)| at_destination.get(territory).is_none_or(|known| known == gateways));
                if agree {
                    for (&territory, gateways) in destination {
                        at_destination.entry(territory).or_insert_with(|| gateways.clone());
                    }
                }
                agree
            }
            (mine, other) => *mine == *other,
        }
    }

    /// The same grammar, with states that also watch that the territory is not entered again once it was left (R15).
    ///
    /// # Panics
    /// Past fifteen watched territories, whose states would not fit.
    #[must_use]
    pub fn watching(mut self, territory: TerritoryId) -> Self {
        if let Err(place) = self.watched.binary_search(&territory) {
            self.watched.insert(place, territory);
        }
        assert!(self.watched.len() <= 15, "at most fifteen watched territories fit a state");
        self
    }

    /// Territories that states watch, ascending.
    #[must_use]
    pub fn watched(&self) -> &[TerritoryId] {
        &self.watched
    }

    /// The law it was made for.
    #[must_use]
    pub fn law(&self) -> &'a Law<'a> {
        self.law
    }

    /// Who carries the traffic, if anybody in particular.
    #[must_use]
    pub fn operator(&self) -> &Option<String> {
        &self.operator
    }

    /// The territory it begins in; `None` under physics, which asks for none, and on the high seas.
    #[must_use]
    pub fn origin(&self) -> Option<TerritoryId> {
        self.origin
    }

    /// Tells whether the segment may be used at all: in service, and open to the operator (R10).
    #[must_use]
    pub fn allows(&self, segment: SegmentId) -> bool {
        self.law.is_usable(segment) && self.law.unlicensed_end(segment, self.operator.as_deref()).is_none()
    }

    /// The states in which a route may begin at a site, and whether the site's own service gateway switches it.
    #[must_use]
    pub fn starts(&self, site: SiteId) -> Vec<(State, bool)> {
        if self.shape == Shape::Physical {
            return vec![(State(0), false)];
        }
        if self.law.territory(site) != self.origin || !self.may_be_end_of_traffic(site) {
            return Vec::new();
        }
        let state = |phase| self.enter(self.pack(phase, false, 0), site);
        match &self.shape {
            Shape::Physical | Shape::Empty => Vec::new(),
            Shape::Domestic | Shape::International { at_origin: None, .. } => {
                state(AFTER).map(|s| (s, false)).into_iter().collect()
            }
            Shape::International { at_origin: Some(gateways), .. } => {
                let switched = gateways.contains(&site).then(|| state(AFTER)).flatten();
                state(BEFORE).map(|s| (s, false)).into_iter().chain(switched.map(|s| (s, true))).collect()
            }
            Shape::BorderLocal { crossings, .. } => (0..)
                .zip(crossings)
                .filter(|(_, crossing)| self.is_in(site, &crossing.near))
                .filter_map(|(i, _)| state(2 * i).map(|s| (s, false)))
                .collect(),
        }
    }

    /// Tells whether a route may end at a site in a state.
    #[must_use]
    pub fn is_end(&self, state: State, site: SiteId) -> bool {
        let territory = self.law.territory(site);
        let (phase, ..) = self.unpack(state);
        match &self.shape {
            Shape::Physical => true,
            Shape::Empty => false,
            _ if !self.may_be_end_of_traffic(site) => false,
            Shape::Domestic => territory == self.origin,
            Shape::International { at_destination, .. } => match territory.and_then(|territory| at_destination.get(&territory)) {
                None => false,
                Some(None) => phase == ABROAD,
                Some(Some(_)) => phase == SWITCHED,
            },
            Shape::BorderLocal { destination, .. } => territory == Some(*destination) && phase % 2 == 1,
        }
    }

    /// Adds the lawful steps from a state at `from` over a segment to `to`; none, one or two.
    ///
    /// The segment must be one that [`Automaton::allows`].
    pub fn steps(&self, state: State, from: SiteId, to: SiteId, steps: &mut Vec<Step>) {
        if self.shape == Shape::Physical {
            steps.push(Step { state, switch: None });
            return;
        }
        let (phase, came_by_domestic, watch) = self.unpack(state);
        let international = self.law.is_international(from, to);
        if came_by_domestic && !international {
            return;
        }
        let domestic_at_channel = self.law.holds(Rule::R1) && !international && self.law.is_channel_only(to);
        let mut push = |phase: u32, switch: Option<SiteId>| {
            steps.extend(self.enter(self.pack(phase, domestic_at_channel, watch), to).map(|state| Step { state, switch }));
        };
        match &self.shape {
            Shape::Physical | Shape::Empty => {}
            Shape::Domestic => {
                let stays = self.law.territory(to).is_none_or(|territory| Some(territory) == self.origin);
                if stays && (!international || self.is_gateway_crossing(from, to)) {
                    push(AFTER, None);
                }
            }
            Shape::International { at_origin, at_destination } => {
                if let Some(next) = self.next_phase(phase, from, to, international) {
                    push(next, None);
                    let gateways = match next {
                        BEFORE => at_origin.as_ref(),
                        ABROAD => self.law.territory(to).and_then(|territory| at_destination.get(&territory)?.as_ref()),
                        _ => None,
                    };
                    if gateways.is_some_and(|gateways| gateways.contains(&to)) {
                        push(next + 1, Some(to));
                    }
                }
            }
            Shape::BorderLocal { destination, crossings } => {
                let crossing = &crossings[phase as usize / 2];
                if phase % 2 == 0 && international {
                    if self.crosses(crossing, from, to, *destination) {
                        push(phase + 1, None);
                    }
                } else if !international && self.is_in(to, if phase % 2 == 0 { &crossing.near } else { &crossing.far }) {
                    push(phase, None);
                }
            }
        }
    }

    /// The phase after a step of international traffic, before any switching at `to`; `None` if unlawful.
    fn next_phase(&self, phase: u32, from: SiteId, to: SiteId, international: bool) -> Option<u32> {
        if !international {
            return Some(phase);
        }
        if phase == SWITCHED || !self.is_gateway_crossing(from, to) {
            return None;
        }
        let (left, entered) = (self.law.territory(from), self.law.territory(to));
        let regulated_origin = self.origin.is_some_and(|origin| self.law.is_regulated(origin));
        match phase {
            BEFORE => None,
            AFTER if entered == self.origin => Some(AFTER),
            AFTER if entered.is_none() && !regulated_origin => Some(AFTER),
            AFTER => Some(ABROAD),
            _ => {
                let leaves_lawfully = left.is_none_or(|territory| self.law.may_transit(territory));
                let returns = entered.is_some() && entered == self.origin && self.law.holds(Rule::R15);
                (leaves_lawfully && !returns).then_some(ABROAD)
            }
        }
    }

    /// R2 (and R9) for both ends of an international segment.
    fn is_gateway_crossing(&self, from: SiteId, to: SiteId) -> bool {
        [from, to].into_iter().all(|end| {
            let Some(territory) = self.law.territory(end) else { return true };
            !self.law.binds(Rule::R2, territory)
                || self.law.has_role(end, Role::Channel)
                || (self.law.has_role(end, Role::Border) && !self.law.binds(Rule::R9, territory))
        })
    }

    /// R8 and R2 for the one international step of border-local traffic.
    fn crosses(&self, crossing: &Crossing, from: SiteId, to: SiteId, destination: TerritoryId) -> bool {
        let at_gateway = if crossing.at_origin { from == crossing.gateway } else { to == crossing.gateway };
        let is_gateway = |site: SiteId| {
            self.law.territory(site).is_some_and(|territory| {
                let binds_border = self.law.binds(Rule::R8, territory);
                !self.law.binds(Rule::R2, territory)
                    || self.law.has_role(site, Role::Border)
                    || (!binds_border && self.law.has_role(site, Role::Channel))
            })
        };
        at_gateway
            && self.law.territory(to) == Some(destination)
            && is_gateway(from)
            && is_gateway(to)
            && self.is_in(to, &crossing.far)
    }

    fn is_in(&self, site: SiteId, area: &[String]) -> bool {
        !self.law.holds(Rule::R9) || self.law.is_in_area(site, area)
    }

    /// R1 for the two ends of the traffic.
    fn may_be_end_of_traffic(&self, site: SiteId) -> bool {
        !(self.law.holds(Rule::R1) && self.law.is_channel_only(site))
    }

    /// Notes the arrival at a site in the watched part of the state; `None` if it enters a territory that was left.
    fn enter(&self, state: State, site: SiteId) -> Option<State> {
        let Some(territory) = self.law.territory(site) else { return Some(state) };
        let (phase, flag, watch) = self.unpack(state);
        let mut entered = 0;
        for (i, &watched) in (0u32..).zip(&self.watched) {
            let digit = watch / 3u32.pow(i) % 3;
            let next = match (watched == territory, digit) {
                (true, 2) => return None,
                (true, _) => 1,
                (false, 1) => 2,
                (false, digit) => digit,
            };
            entered += next * 3u32.pow(i);
        }
        Some(self.pack(phase, flag, entered))
    }

    fn phases(&self) -> u32 {
        match &self.shape {
            Shape::BorderLocal { crossings, .. } => 2 * u32::try_from(crossings.len()).expect("few border gateways"),
            _ => 4,
        }
    }

    fn pack(&self, phase: u32, came_by_domestic: bool, watch: u32) -> State {
        State((watch * 2 + u32::from(came_by_domestic)) * self.phases() + phase)
    }

    fn unpack(&self, state: State) -> (u32, bool, u32) {
        let (rest, phase) = (state.0 / self.phases().max(1), state.0 % self.phases().max(1));
        (phase, rest % 2 == 1, rest / 2)
    }
}

fn international(law: &Law<'_>, query: &Query, a: TerritoryId, b: TerritoryId) -> Shape {
    let border_binds = law.binds(Rule::R8, a) || law.binds(Rule::R8, b);
    if query.service == Service::BorderLocal && border_binds {
        return border_local(law, query, a, b);
    }
    let gateways = |territory: TerritoryId, domestic: SiteId, far: TerritoryId| {
        law.needs_service_gateway(query.service, territory).then(|| {
            let side = Side { domestic, far: Some(far) };
            law.service_gateways(territory).filter(|&site| law.refusals(site, query, side).is_empty()).collect()
        })
    };
    Shape::International {
        at_origin: gateways(a, query.from, b),
        at_destination: BTreeMap::from([(b, gateways(b, query.to, a))]),
    }
}

fn border_local(law: &Law<'_>, query: &Query, a: TerritoryId, b: TerritoryId) -> Shape {
    let home = if law.binds(Rule::R8, a) { a } else { b };
    let crossings: Vec<_> = law
        .border_scopes(query.operator.as_deref())
        .filter(|scope| law.territory(scope.site) == Some(home))
        .filter(|scope| scope.services.contains(&Service::BorderLocal) || !law.binds(Rule::R4, home))
        .map(|scope| {
            let at_origin = home == a;
            let (near, far) = if at_origin { (&scope.home, &scope.pair) } else { (&scope.pair, &scope.home) };
            Crossing { gateway: scope.site, at_origin, near: near.clone(), far: far.clone() }
        })
        .filter(|crossing| {
            !law.holds(Rule::R9) || (law.is_in_area(query.from, &crossing.near) && law.is_in_area(query.to, &crossing.far))
        })
        .collect();
    if crossings.is_empty() { Shape::Empty } else { Shape::BorderLocal { destination: b, crossings } }
}
