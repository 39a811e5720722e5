//! One topology on one day under one policy: who may do what at each site.
//!
//! It answers about single sites and segments; walks are judged in `check`, searched through `automaton`.

use petgraph::visit::EdgeRef;

use super::{Policy, Rule, RuleSet};
use crate::topology::{Regime, Role, Scope, SegmentId, Service, SiteId, TerritoryId, Topology, Transit};

/// Whose traffic: between which sites, for what, carried by whom.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Query {
    /// Where it begins.
    pub from: SiteId,
    /// Where it ends.
    pub to: SiteId,
    /// What it is for.
    pub service: Service,
    /// Who carries it; `None` = nobody in particular, and R10 is not asked.
    pub operator: Option<String>,
}

/// Which end of the traffic a service gateway serves: its own site there, and the territory at the other end.
#[derive(Clone, Copy, Debug)]
pub struct Side {
    /// The demand's end in the gateway's territory.
    pub domestic: SiteId,
    /// The territory at the other end.
    pub far: Option<TerritoryId>,
}

/// One topology on one day under one policy.
#[derive(Clone, Debug)]
pub struct Law<'a> {
    topology: &'a Topology,
    policy: &'a Policy,
    /// One bit per [`Role`], in the order of [`Role::ALL`], by site.
    roles: Vec<u8>,
    /// Scopes of each site that hold, by site.
    scopes: Vec<Vec<&'a Scope>>,
    /// Service gateways by territory, ascending.
    gateways: Vec<Vec<SiteId>>,
    /// By segment: in service, both ends too, and in no territory to be avoided.
    usable: Vec<bool>,
    /// What is out of service beyond what the topology says.
    lost: Vec<SegmentId>,
    /// By site, apart from all else that a site is, because every step of a route asks for it.
    territories: Vec<Option<TerritoryId>>,
    /// By territory: the rules that bind there.
    bound: Vec<RuleSet>,
}

impl<'a> Law<'a> {
    /// Gathers what holds on the policy's day.
    #[must_use]
    pub fn new(topology: &'a Topology, policy: &'a Policy) -> Self {
        let day = policy.as_of;
        let dated = policy.rules.has(Rule::R18) || policy.is_physical();
        let mut roles = vec![0u8; topology.site_count()];
        let mut scopes = vec![Vec::new(); topology.site_count()];
        for (id, site) in topology.sites() {
            for (bit, role) in Role::ALL.into_iter().enumerate() {
                let held = if dated { site.has_role(role, day) } else { site.roles.iter().any(|&(r, _)| r == role) };
                roles[id.index()] |= u8::from(held) << bit;
            }
        }
        for scope in topology.scopes() {
            if !dated || scope.validity.contains(day) {
                scopes[scope.site.index()].push(scope);
            }
        }
        let allowed = |site: SiteId| topology.site(site).territory.is_none_or(|t| !policy.avoid.contains(&t));
        let usable = topology
            .segments()
            .map(|(id, segment)| topology.in_service(id, day) && segment.ends.into_iter().all(allowed))
            .collect();
        let gateways = vec![Vec::new(); topology.territories().len()];
        let territories = topology.sites().map(|(_, site)| site.territory).collect();
        let (bound, lost) = (Vec::new(), Vec::new());
        let mut law = Self { topology, policy, roles, scopes, gateways, usable, lost, territories, bound };
        let binding = |territory: TerritoryId| {
            let regime = law.regime(territory);
            policy.rules.iter().filter(|&rule| binds_under(regime, rule)).fold(RuleSet::NONE, RuleSet::with)
        };
        law.bound = (0..topology.territories().len()).map(TerritoryId::from_index).map(binding).collect();
        for (id, site) in topology.sites() {
            if let Some(territory) = site.territory.filter(|_| law.is_service_gateway(id)) {
                law.gateways[territory.index()].push(id);
            }
        }
        law
    }

    /// The same law while some segments are out of service.
    #[must_use]
    pub fn without(&self, lost: impl IntoIterator<Item = SegmentId>) -> Self {
        let mut law = self.clone();
        law.lost.extend(lost);
        law.lost.iter().for_each(|segment| law.usable[segment.index()] = false);
        law
    }

    /// What another policy makes of the same topology, while the same segments are out of service.
    #[must_use]
    pub fn under<'b>(&self, policy: &'b Policy) -> Law<'b>
    where
        'a: 'b,
    {
        Law::new(self.topology, policy).without(self.lost.iter().copied())
    }

    /// The topology.
    #[must_use]
    pub fn topology(&self) -> &'a Topology {
        self.topology
    }

    /// The policy.
    #[must_use]
    pub fn policy(&self) -> &'a Policy {
        self.policy
    }

    /// Tells whether a rule holds.
    #[must_use]
    pub fn holds(&self, rule: Rule) -> bool {
        self.policy.rules.has(rule)
    }

    /// Tells whether the site has the role on the day.
    #[must_use]
    pub fn has_role(&self, site: SiteId, role: Role) -> bool {
        self.roles[site.index()] >> role as u8 & 1 == 1
    }

    /// Tells whether a channel gateway is all the site is.
    #[must_use]
    pub fn is_channel_only(&self, site: SiteId) -> bool {
        self.roles[site.index()] == 1 << Role::Channel as u8
    }

    /// Tells whether the site has a service gateway, of whatever scope.
    #[must_use]
    pub fn is_service_gateway(&self, site: SiteId) -> bool {
        self.has_role(site, Role::Comprehensive) || self.has_role(site, Role::Regional)
    }

    /// The service gateways of a territory, of whatever scope, ascending.
    pub fn service_gateways(&self, territory: TerritoryId) -> impl Iterator<Item = SiteId> {
        self.gateways[territory.index()].iter().copied()
    }

    /// The territory of a site; `None` on the high seas.
    #[must_use]
    pub fn territory(&self, site: SiteId) -> Option<TerritoryId> {
        self.territories[site.index()]
    }

    /// The territory's regime; an open one counts as licensed where R20 is off.
    #[must_use]
    pub fn regime(&self, territory: TerritoryId) -> Regime {
        match self.topology.territory(territory).regime {
            Regime::Open if !self.holds(Rule::R20) => Regime::Licensed,
            regime => regime,
        }
    }

    /// Tells whether gateways bind there: a strict or licensed regime.
    #[must_use]
    pub fn is_regulated(&self, territory: TerritoryId) -> bool {
        self.regime(territory) != Regime::Open
    }

    /// Tells whether a rule binds under the territory's regime (gateways.md 2.3).
    #[must_use]
    pub fn binds(&self, rule: Rule, territory: TerritoryId) -> bool {
        self.bound[territory.index()].has(rule)
    }

    /// Tells whether the segment is in service and touches no territory to be avoided.
    #[must_use]
    pub fn is_usable(&self, segment: SegmentId) -> bool {
        self.usable[segment.index()]
    }

    /// Tells whether a segment leaves a territory: its ends are not both in the same one.
    #[must_use]
    pub fn is_international(&self, from: SiteId, to: SiteId) -> bool {
        let (from, to) = (self.territory(from), self.territory(to));
        from.is_none() || from != to
    }

    /// Tells whether traffic may cross the territory (R12).
    #[must_use]
    pub fn may_transit(&self, territory: TerritoryId) -> bool {
        !self.holds(Rule::R12) || self.topology.territory(territory).transit >= Transit::Transmission
    }

    /// Tells whether the service needs a service gateway in the territory (R3, R20).
    #[must_use]
    pub fn needs_service_gateway(&self, service: Service, territory: TerritoryId) -> bool {
        matches!(service, Service::Voice | Service::Internet | Service::Data) && self.binds(Rule::R3, territory)
    }

    /// The rules by which this gateway may not switch the service for that end; empty = it may.
    ///
    /// Where the gateway has several licences, those of the licence that comes nearest.
    #[must_use]
    pub fn refusals(&self, gateway: SiteId, query: &Query, side: Side) -> Vec<Rule> {
        let Some(territory) = self.territory(gateway) else { return vec![Rule::R3] };
        if !self.is_service_gateway(gateway) {
            return vec![Rule::R3];
        }
        let mut nearest: Option<Vec<Rule>> = None;
        let mut consider = |refusals: Vec<Rule>| {
            if nearest.as_ref().is_none_or(|best| refusals.len() < best.len()) {
                nearest = Some(refusals);
            }
        };
        let mut comprehensive_scope = false;
        for scope in &self.scopes[gateway.index()] {
            if matches!(scope.role, Role::Comprehensive | Role::Regional) && self.has_role(gateway, scope.role) {
                comprehensive_scope |= scope.role == Role::Comprehensive;
                consider(self.scope_refusals(scope, territory, query, side));
            }
        }
        if self.has_role(gateway, Role::Comprehensive) && !comprehensive_scope {
            let listed = matches!(query.service, Service::Voice | Service::Internet | Service::Data);
            consider(if listed || !self.binds(Rule::R4, territory) { Vec::new() } else { vec![Rule::R4] });
        }
        nearest.unwrap_or_else(|| vec![Rule::R4])
    }

    fn scope_refusals(&self, scope: &Scope, territory: TerritoryId, query: &Query, side: Side) -> Vec<Rule> {
        let domestic = self.topology.site(side.domestic);
        let covers_domestic = scope
            .domestic
            .as_ref()
            .is_none_or(|zones| zones.iter().any(|zone| domestic.zone.as_ref() == Some(zone) || domestic.id == *zone));
        let covers_far = scope.far.as_ref().is_none_or(|far| side.far.is_some_and(|territory| far.contains(&territory)));
        let licensed = query.operator.as_ref().is_none_or(|operator| {
            scope.operators.is_empty() || scope.operators.contains(operator) || !self.licenses(territory, operator)
        });
        [
            (Rule::R4, scope.services.contains(&query.service)),
            (Rule::R5, covers_domestic),
            (Rule::R6, covers_far),
            (Rule::R10, licensed),
        ]
        .into_iter()
        .filter(|&(rule, fulfilled)| !fulfilled && self.binds(rule, territory))
        .map(|(rule, _)| rule)
        .collect()
    }

    /// Tells whether the territory licenses the operator by name, at any gateway on the day: there R10 binds it.
    #[must_use]
    pub fn licenses(&self, territory: TerritoryId, operator: &str) -> bool {
        let scopes = self.scopes.iter().flatten();
        scopes
            .into_iter()
            .any(|scope| self.territory(scope.site) == Some(territory) && scope.operators.iter().any(|o| o == operator))
    }

    /// The end of a segment at which R10 keeps the operator off it, if there is one.
    ///
    /// R10 binds where the end's territory is regulated and licenses the operator by name: there the cable's licensees,
    /// if listed, and those to whom the channel gateway is open, if listed, must include it.
    #[must_use]
    pub fn unlicensed_end(&self, segment: SegmentId, operator: Option<&str>) -> Option<SiteId> {
        let operator = operator?;
        let segment = self.topology.segment(segment);
        let licensees = &self.topology.cable(segment.cable).licensees;
        segment.ends.into_iter().find(|&end| {
            let Some(territory) = self.territory(end) else { return false };
            if !self.binds(Rule::R10, territory) || !self.licenses(territory, operator) {
                return false;
            }
            let open_to: Vec<_> = self.scopes[end.index()].iter().filter(|scope| scope.role == Role::Channel).collect();
            let at_cable = licensees.is_empty() || licensees.iter().any(|l| l == operator);
            let at_gateway = open_to.is_empty() || open_to.iter().any(|scope| scope.operators.iter().any(|o| o == operator));
            !(at_cable && at_gateway)
        })
    }

    /// Scopes of the border gateways that hold on the day and, where R10 binds, license the operator.
    pub fn border_scopes(&self, operator: Option<&str>) -> impl Iterator<Item = &'a Scope> {
        self.scopes.iter().flatten().copied().filter(move |scope| {
            scope.role == Role::Border
                && self.has_role(scope.site, Role::Border)
                && operator.is_none_or(|operator| {
                    let territory = self.territory(scope.site);
                    scope.operators.is_empty()
                        || scope.operators.iter().any(|o| o == operator)
                        || !territory.is_some_and(|t| self.binds(Rule::R10, t) && self.licenses(t, operator))
                })
        })
    }

    /// Tells whether a site lies in an area given by zones and site ids.
    #[must_use]
    pub fn is_in_area(&self, site: SiteId, area: &[String]) -> bool {
        let site = self.topology.site(site);
        area.iter().any(|place| site.zone.as_ref() == Some(place) || site.id == *place)
    }

    /// Usable segments that end at a site, ascending, with their other end; a loop comes twice.
    pub fn segments_at(&self, site: SiteId) -> impl Iterator<Item = (SegmentId, SiteId)> {
        let mut found: Vec<_> = self
            .topology
            .graph()
            .edges(site.into())
            .map(|edge| (SegmentId::from_index(edge.id().index()), SiteId::from_index(edge.target().index())))
            .filter(|&(segment, _)| self.is_usable(segment))
            .collect();
        found.sort_unstable();
        found.into_iter()
    }
}

/// Whether a rule binds under a regime, if it holds at all.
const fn binds_under(regime: Regime, rule: Rule) -> bool {
    match regime {
        Regime::Strict => true,
        Regime::Licensed => !matches!(rule, Rule::R5 | Rule::R6 | Rule::R8 | Rule::R9),
        Regime::Open => {
            !matches!(rule, Rule::R2 | Rule::R3 | Rule::R4 | Rule::R5 | Rule::R6 | Rule::R8 | Rule::R9 | Rule::R10 | Rule::R11)
        }
    }
}
