//! The rules as predicates over a finished walk: what is unlawful about it, and where.
//!
//! Written from the rules' text and apart from `automaton`, so that each is a test of the other. It proposes no
//! other route.

use std::collections::BTreeMap;

use super::{Law, Query, Rule, Side};
use crate::topology::{CableKind, Role, Scope, SegmentId, Service, ShareLimit, ShareLimitOn, SiteId, TerritoryId, Transit};
use crate::units::Bandwidth;

/// A way through the graph: `segments[i]` joins `sites[i]` and `sites[i + 1]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Walk {
    /// Sites in order, ends included.
    pub sites: Vec<SiteId>,
    /// Segments in order; one fewer than sites.
    pub segments: Vec<SegmentId>,
    /// Sites whose gateways switch the traffic, where somebody claims them; `None` = those that make it lawful, if any.
    pub switched_at: Option<Vec<SiteId>>,
}

/// A rule broken, and where.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Violation {
    /// Position of the site in the walk.
    pub position: usize,
    /// Which rule.
    pub rule: Rule,
    /// Where.
    pub site: SiteId,
    /// What is wrong, in words.
    pub text: String,
}

/// Everything unlawful about a walk, in order of position and rule; empty = lawful.
///
/// # Panics
/// If the walk is not one: no sites, or a segment that does not join its neighbours.
#[must_use]
pub fn violations(law: &Law<'_>, query: &Query, walk: &Walk) -> Vec<Violation> {
    assert_eq!(walk.sites.len(), walk.segments.len() + 1, "a walk has one segment fewer than sites");
    for (pair, &segment) in walk.sites.windows(2).zip(&walk.segments) {
        let ends = law.topology().segment(segment).ends;
        assert!(ends == [pair[0], pair[1]] || ends == [pair[1], pair[0]], "a walk's segments join its sites");
    }
    if law.policy().is_physical() {
        return Vec::new();
    }
    let mut judge = Judge { law, query, walk, found: Vec::new() };
    judge.channel_gateways();
    judge.segments();
    let (Some(a), Some(b)) = (judge.territory(0), judge.territory(walk.sites.len() - 1)) else {
        judge.found.push(Violation {
            position: 0,
            rule: Rule::R1,
            site: walk.sites[0],
            text: "traffic begins or ends on the high seas".into(),
        });
        return judge.verdict();
    };
    if a == b {
        judge.domestic(a);
    } else if query.service == Service::BorderLocal && (law.binds(Rule::R8, a) || law.binds(Rule::R8, b)) {
        judge.border_local(a, b);
    } else {
        judge.border_gateways();
        judge.international(a, b);
    }
    judge.verdict()
}

struct Judge<'a, 'b> {
    law: &'b Law<'a>,
    query: &'b Query,
    walk: &'b Walk,
    found: Vec<Violation>,
}

impl Judge<'_, '_> {
    fn territory(&self, position: usize) -> Option<TerritoryId> {
        self.law.territory(self.walk.sites[position])
    }

    fn name(&self, position: usize) -> &str {
        &self.law.topology().site(self.walk.sites[position]).name
    }

    fn territory_name(&self, territory: TerritoryId) -> &str {
        &self.law.topology().territory(territory).name
    }

    fn is_international(&self, step: usize) -> bool {
        self.law.is_international(self.walk.sites[step], self.walk.sites[step + 1])
    }

    fn report(&mut self, rule: Rule, position: usize, text: String) {
        self.found.push(Violation { position, rule, site: self.walk.sites[position], text });
    }

    fn verdict(mut self) -> Vec<Violation> {
        self.found.sort();
        self.found.dedup();
        self.found
    }

    /// R1.
    fn channel_gateways(&mut self) {
        if !self.law.holds(Rule::R1) {
            return;
        }
        let last = self.walk.sites.len() - 1;
        for position in 0..=last {
            if !self.law.is_channel_only(self.walk.sites[position]) {
                continue;
            }
            if position == 0 || position == last {
                let word = if position == 0 { "begins" } else { "ends" };
                self.report(
                    Rule::R1,
                    position,
                    format!("traffic {word} at {}, which is only a channel gateway", self.name(position)),
                );
            } else if !self.is_international(position - 1) && !self.is_international(position) {
                self.report(
                    Rule::R1,
                    position,
                    format!("{} is only a channel gateway and would join two domestic segments", self.name(position)),
                );
            }
        }
    }

    /// R18 and R10.
    fn segments(&mut self) {
        for step in 0..self.walk.segments.len() {
            let segment = self.walk.segments[step];
            let topology = self.law.topology();
            if !topology.in_service(segment, self.law.policy().as_of) {
                let text = format!("segment {} is not in service on {}", topology.segment(segment).id, self.law.policy().as_of);
                self.report(Rule::R18, step, text);
            }
            if let Some(end) = self.law.unlicensed_end(segment, self.query.operator.as_deref()) {
                let position = if self.walk.sites[step] == end { step } else { step + 1 };
                let cable = &topology.cable(topology.segment(segment).cable).name;
                let operator = self.query.operator.as_deref().unwrap_or_default();
                self.report(Rule::R10, position, format!("{operator} is not licensed on {cable} at {}", self.name(position)));
            }
        }
    }

    /// R2, and R9 where only a border gateway stands at the border.
    fn border_gateways(&mut self) {
        for step in (0..self.walk.segments.len()).filter(|&step| self.is_international(step)).collect::<Vec<_>>() {
            for position in [step, step + 1] {
                let site = self.walk.sites[position];
                let Some(territory) = self.law.territory(site) else { continue };
                if !self.law.binds(Rule::R2, territory) || self.law.has_role(site, Role::Channel) {
                    continue;
                }
                if !self.law.has_role(site, Role::Border) {
                    self.report(Rule::R2, position, format!("{} is no channel or border gateway", self.name(position)));
                } else if self.law.binds(Rule::R9, territory) {
                    let text = format!(
                        "{} is only a border gateway and may not carry {}",
                        self.name(position),
                        self.query.service.word()
                    );
                    self.report(Rule::R9, position, text);
                }
            }
        }
    }

    /// Domestic traffic stays at home (R15) and goes to sea only through gateways (R2).
    fn domestic(&mut self, home: TerritoryId) {
        self.border_gateways();
        if let Some(position) = (0..self.walk.sites.len()).find(|&position| self.territory(position).is_some_and(|t| t != home)) {
            // Without R15 nothing else speaks of domestic traffic that goes abroad; it is held to stay all the same.
            self.report(Rule::R15, position, format!("domestic traffic of {} goes abroad", self.territory_name(home)));
        }
    }

    fn international(&mut self, a: TerritoryId, b: TerritoryId) {
        let last = self.walk.sites.len() - 1;
        let sea_is_home = !self.law.is_regulated(a);
        let at_home = |position: usize| {
            let territory = self.territory(position);
            territory == Some(a) || (territory.is_none() && sea_is_home)
        };
        let left = (0..=last).take_while(|&position| at_home(position)).count();
        let arrived = (0..=last).rev().take_while(|&position| self.territory(position) == Some(b)).last().unwrap_or(last);
        self.third_territories(a, left);
        let (origin, destination) = (0..left, arrived..last + 1);
        for (end, range, far, exit) in [(a, origin.clone(), b, left - 1), (b, destination.clone(), a, arrived)] {
            if self.law.needs_service_gateway(self.query.service, end) {
                let domestic = if end == a { self.walk.sites[0] } else { self.walk.sites[last] };
                self.service_gateway(end, range, Side { domestic, far: Some(far) }, exit);
            }
        }
        self.claimed_switching(&origin, &destination);
    }

    /// R12 and R15 after the first block, whose length is `left`.
    fn third_territories(&mut self, origin: TerritoryId, left: usize) {
        let mut blocks: Vec<TerritoryId> = Vec::new();
        for position in left..self.walk.sites.len() {
            let Some(territory) = self.territory(position) else { continue };
            if blocks.last() != Some(&territory) {
                let again = territory == origin || blocks.contains(&territory);
                if again && self.law.holds(Rule::R15) {
                    self.report(Rule::R15, position, format!("{} is entered twice", self.territory_name(territory)));
                }
                blocks.push(territory);
            }
            let leaves = position + 1 < self.walk.sites.len() && self.territory(position + 1) != Some(territory);
            if leaves && !self.law.may_transit(territory) {
                self.report(Rule::R12, position, format!("{} lets nothing through", self.territory_name(territory)));
            }
        }
    }

    /// R3–R6 and R10 at one end: some gateway among `range` may switch the traffic.
    fn service_gateway(&mut self, territory: TerritoryId, range: std::ops::Range<usize>, side: Side, exit: usize) {
        let claimed =
            |position: &usize| self.walk.switched_at.as_ref().is_none_or(|sites| sites.contains(&self.walk.sites[*position]));
        let mut nearest: Option<(usize, Vec<Rule>)> = None;
        for position in range.filter(claimed) {
            let site = self.walk.sites[position];
            if !self.law.is_service_gateway(site) {
                continue;
            }
            let refusals = self.law.refusals(site, self.query, side);
            if nearest.as_ref().is_none_or(|(_, best)| refusals.len() < best.len()) {
                nearest = Some((position, refusals));
            }
        }
        let service = self.query.service.word();
        match nearest {
            None => {
                let text = format!("{service} passes no service gateway of {}", self.territory_name(territory));
                self.report(Rule::R3, exit, text);
            }
            Some((position, refusals)) => {
                for rule in refusals {
                    let gateway = self.name(position);
                    let topology = self.law.topology();
                    let text = match rule {
                        Rule::R4 => format!("the gateway at {gateway} does not list {service}"),
                        Rule::R5 => format!("the gateway at {gateway} does not serve {}", topology.site(side.domestic).name),
                        Rule::R6 => {
                            let far = side.far.map_or("the high seas", |far| self.territory_name(far));
                            format!("the gateway at {gateway} does not serve traffic with {far}")
                        }
                        _ => format!(
                            "the gateway at {gateway} is not licensed to {}",
                            self.query.operator.as_deref().unwrap_or_default()
                        ),
                    };
                    self.report(rule, position, text);
                }
            }
        }
    }

    /// R3 (exactly one), R9, R12, R13 and R14 for gateways that somebody claims to use.
    fn claimed_switching(&mut self, origin: &std::ops::Range<usize>, destination: &std::ops::Range<usize>) {
        let Some(claimed) = &self.walk.switched_at else { return };
        let mut at_ends = [0usize; 2];
        let mut transits = 0u8;
        for position in 0..self.walk.sites.len() {
            let site = self.walk.sites[position];
            let Some(territory) = self.law.territory(site).filter(|_| claimed.contains(&site)) else { continue };
            if !self.law.is_service_gateway(site) && self.law.has_role(site, Role::Border) && self.law.binds(Rule::R9, territory)
            {
                let text = format!("the border gateway at {} serves only its own two areas", self.name(position));
                self.report(Rule::R9, position, text);
            } else if origin.contains(&position) || destination.contains(&position) {
                let end = usize::from(!origin.contains(&position));
                at_ends[end] += 1;
                if at_ends[end] == 2 && self.law.binds(Rule::R3, territory) {
                    let text = format!("switched twice in {}", self.territory_name(territory));
                    self.report(Rule::R3, position, text);
                }
            } else if self.law.is_regulated(territory) {
                transits += 1;
                self.service_transit(position, territory, transits);
            }
        }
    }

    fn service_transit(&mut self, position: usize, territory: TerritoryId, count: u8) {
        let site = self.walk.sites[position];
        if self.law.holds(Rule::R12) && self.law.topology().territory(territory).transit < Transit::Service {
            let text = format!("{} allows no switching of transit", self.territory_name(territory));
            self.report(Rule::R12, position, text);
        }
        let transit = Query { service: Service::Transit, ..self.query.clone() };
        let may_switch = self.law.has_role(site, Role::Comprehensive)
            && self.law.refusals(site, &transit, Side { domestic: site, far: None }).is_empty();
        if self.law.holds(Rule::R13) && !may_switch {
            let text = format!("the gateway at {} is not a comprehensive one that lists transit", self.name(position));
            self.report(Rule::R13, position, text);
        }
        let limit = self.law.policy().service_transit_max;
        if self.law.holds(Rule::R14) && count > limit {
            self.report(Rule::R14, position, format!("switched in transit {count} times, {limit} allowed"));
        }
    }

    /// R8 and R9: judged by the border gateway that comes nearest.
    fn border_local(&mut self, a: TerritoryId, b: TerritoryId) {
        let home = if self.law.binds(Rule::R8, a) { a } else { b };
        let scopes: Vec<&Scope> = self
            .law
            .border_scopes(self.query.operator.as_deref())
            .filter(|scope| self.law.territory(scope.site) == Some(home))
            .filter(|scope| scope.services.contains(&Service::BorderLocal) || !self.law.binds(Rule::R4, home))
            .collect();
        let judged = scopes.into_iter().map(|scope| self.by_border_gateway(scope, home == a, b));
        let nearest = judged.min_by_key(Vec::len);
        let none = || {
            let text = format!("no border gateway of {} serves this traffic", self.territory_name(home));
            vec![Violation { position: 0, rule: Rule::R8, site: self.walk.sites[0], text }]
        };
        let found = nearest.unwrap_or_else(none);
        self.found.extend(found);
    }

    fn by_border_gateway(&self, scope: &Scope, at_origin: bool, b: TerritoryId) -> Vec<Violation> {
        let mut found = Vec::new();
        let mut report =
            |rule, position: usize, text: String| found.push(Violation { position, rule, site: self.walk.sites[position], text });
        let gateway = &self.law.topology().site(scope.site).name;
        let crossings: Vec<usize> = (0..self.walk.segments.len()).filter(|&step| self.is_international(step)).collect();
        let direct = crossings.len() == 1 && self.territory(crossings[0] + 1) == Some(b);
        if !direct {
            report(
                Rule::R8,
                crossings.first().copied().unwrap_or(0),
                format!("not one direct circuit of the border gateway at {gateway}"),
            );
            return found;
        }
        let (near_end, far_end) = (crossings[0], crossings[0] + 1);
        let at_gateway = if at_origin { near_end } else { far_end };
        if self.walk.sites[at_gateway] != scope.site {
            report(Rule::R8, at_gateway, format!("the border is not crossed at the border gateway at {gateway}"));
        }
        for position in [near_end, far_end] {
            let site = self.walk.sites[position];
            let Some(territory) = self.law.territory(site) else { continue };
            let channel_will_do = !self.law.binds(Rule::R8, territory) && self.law.has_role(site, Role::Channel);
            if self.law.binds(Rule::R2, territory) && !self.law.has_role(site, Role::Border) && !channel_will_do {
                report(Rule::R2, position, format!("{} is no border gateway", self.name(position)));
            }
        }
        if self.law.holds(Rule::R9) {
            let (near, far) = if at_origin { (&scope.home, &scope.pair) } else { (&scope.pair, &scope.home) };
            for position in 0..self.walk.sites.len() {
                let area = if position <= near_end { near } else { far };
                if !self.law.is_in_area(self.walk.sites[position], area) {
                    report(
                        Rule::R9,
                        position,
                        format!("{} lies outside the area of the border gateway at {gateway}", self.name(position)),
                    );
                }
            }
        }
        found
    }
}

/// R11: traffic carried over several leased circuits joined end to end; `None` = lawful.
///
/// `legs` are the circuits in order, `service` is what they carry together. The rule binds where a regulated territory
/// is at either end of a leased leg.
#[must_use]
pub fn splice_violation(law: &Law<'_>, service: Service, legs: &[Query]) -> Option<Violation> {
    let binds =
        |leg: &Query| [leg.from, leg.to].into_iter().any(|site| law.territory(site).is_some_and(|t| law.binds(Rule::R11, t)));
    let leased = legs.iter().filter(|leg| leg.service == Service::Leased).count();
    let joint = legs.get(1)?;
    (leased > 0 && legs.iter().any(binds)).then(|| Violation {
        position: 1,
        rule: Rule::R11,
        site: joint.from,
        text: format!("{} over {leased} leased circuits spliced at {}", service.word(), law.topology().site(joint.from).name),
    })
}

/// R17: territories whose international traffic passes a limit on a medium or a neighbour.
///
/// Traffic counts for the territories where it begins and where it ends, by the segment on which it leaves or enters
/// and by the next territory it touches. The site is the territory's main site, or the first that carries it. No walk is
/// asked for where no territory has a limit.
#[must_use]
pub fn share_violations(law: &Law<'_>, routed: impl IntoIterator<Item = (Walk, Bandwidth)>) -> Vec<(TerritoryId, Violation)> {
    #[derive(Default)]
    struct Sums {
        total: u64,
        by_medium: BTreeMap<CableKind, u64>,
        by_neighbour: BTreeMap<TerritoryId, u64>,
        first: Option<SiteId>,
    }
    let is_limited = |home: TerritoryId| law.binds(Rule::R17, home) && !law.topology().territory(home).share_limits.is_empty();
    let limited: Vec<bool> = (0..law.topology().territories().len()).map(|i| is_limited(TerritoryId::from_index(i))).collect();
    if !limited.contains(&true) {
        return Vec::new();
    }
    let mut sums: BTreeMap<TerritoryId, Sums> = BTreeMap::new();
    for (walk, traffic) in routed {
        let forward: Vec<usize> = (0..walk.sites.len()).collect();
        let backward: Vec<usize> = forward.iter().rev().copied().collect();
        for order in [forward, backward] {
            let Some(home) = law.territory(walk.sites[order[0]]).filter(|home| limited[home.index()]) else { continue };
            let Some(step) = order.windows(2).find(|pair| law.territory(walk.sites[pair[1]]) != Some(home)) else { continue };
            let segment = walk.segments[step[0].min(step[1])];
            let neighbour = order.iter().filter_map(|&i| law.territory(walk.sites[i])).find(|&t| t != home);
            let sum = sums.entry(home).or_default();
            sum.total += traffic.mbps();
            let kind = law.topology().cable(law.topology().segment(segment).cable).kind;
            *sum.by_medium.entry(kind).or_default() += traffic.mbps();
            if let Some(neighbour) = neighbour {
                *sum.by_neighbour.entry(neighbour).or_default() += traffic.mbps();
            }
            sum.first.get_or_insert(walk.sites[order[0]]);
        }
    }
    let mut found = Vec::new();
    for (territory, sum) in sums {
        let entry = law.topology().territory(territory);
        let holds_now = |limit: &&ShareLimit| !law.holds(Rule::R18) || limit.validity.contains(law.policy().as_of);
        for limit in entry.share_limits.iter().filter(holds_now) {
            let (part, what) = match &limit.on {
                ShareLimitOn::Medium(kind) => (sum.by_medium.get(kind), format!("{} cables", kind.word())),
                ShareLimitOn::Neighbour(other) => (sum.by_neighbour.get(other), law.topology().territory(*other).name.clone()),
            };
            #[expect(clippy::cast_precision_loss, reason = "traffic is under 2^53 Mbit/s")]
            let percent = 100.0 * part.copied().unwrap_or(0) as f64 / sum.total.max(1) as f64;
            if percent > limit.max_percent {
                let text = format!(
                    "{percent:.1} % of the international traffic of {} goes by {what}, {} % allowed",
                    entry.name, limit.max_percent
                );
                let site = entry.main.or(sum.first).expect("traffic has an end");
                found.push((territory, Violation { position: 0, rule: Rule::R17, site, text }));
            }
        }
    }
    found
}
