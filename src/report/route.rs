//! The route study in people's words: one line per demand, and every step where there is but one.
//!
//! It computes nothing that the study did not find.

use super::{Column, Report, Table, Value};
use crate::policy::{Law, Policy, Profile, Rule, Violation};
use crate::route::{Answer, Common, Disjoint, Outcome, Spec, Way, WhyNot};
use crate::topology::{SiteId, TerritoryId, Topology};

/// Tells what a route study found.
#[must_use]
pub fn report(law: &Law<'_>, spec: &Spec, outcome: &Outcome) -> Report {
    let topology = law.topology();
    let title = match &outcome.answers[..] {
        [one] => title(topology, one),
        many => format!("Routes of {} demands in {} on {}", many.len(), topology.name(), law.policy().as_of),
    };
    let mut report = Report::new("route", title);
    report.fact("as_of", "As of", law.policy().as_of.to_string());
    report.fact("policy", "Policy", policy(topology, law.policy()));
    report.fact("metric", "Shortest by", spec.metric.word());
    if let [answer] = &outcome.answers[..] {
        one(&mut report, law, answer);
    } else {
        summary(&mut report, outcome);
    }
    report.tables.push(routes(law, spec, outcome));
    if let [answer] = &outcome.answers[..] {
        for (i, way) in answer.ways.iter().enumerate() {
            let key = if i == 0 { "steps".into() } else { format!("steps_{}", i + 1) };
            report.tables.push(steps(law, key, &format!("Route {}", i + 1), way));
        }
        if let Some(physical) =
            answer.physical.as_ref().filter(|physical| answer.ways.first().is_some_and(|way| way.sites != physical.sites))
        {
            report.tables.push(steps(law, "steps_physical".into(), "Physical route", physical));
        }
    }
    if spec.equal_cost {
        report.tables.push(equal_cost(law, outcome));
    }
    if let Some(kind) = spec.disjoint {
        report.tables.push(pairs(law, kind, outcome));
    }
    let unlawful: Vec<_> = outcome.answers.iter().filter_map(|answer| Some((answer, answer.why_not.as_ref()?))).collect();
    if !unlawful.is_empty() {
        report.tables.push(violations(topology, &unlawful));
        report.tables.push(remedies(topology, &unlawful));
    }
    for (territory, violation) in &outcome.shares {
        report.note(format!("{} in {}: {}", violation.rule.code(), topology.territory(*territory).name, violation.text));
    }
    report
}

/// A policy in words: `lawful without R4, avoiding RU`.
#[must_use]
pub fn policy(topology: &Topology, policy: &Policy) -> String {
    let profiles = [Profile::Lawful, Profile::Emergency, Profile::Physical];
    let mut words = match profiles.into_iter().find(|profile| profile.rules() == policy.rules) {
        Some(profile) => profile.word().to_owned(),
        None => {
            let off: Vec<_> = Rule::ALL.into_iter().filter(|&rule| !policy.rules.has(rule)).map(Rule::code).collect();
            format!("lawful without {}", off.join(", "))
        }
    };
    if !policy.avoid.is_empty() {
        words = format!("{words}, avoiding {}", territories(topology, &policy.avoid));
    }
    words
}

/// Adds which rules forbid the shortest physical route of each demand that has a lawful one, and where.
pub fn explain(report: &mut Report, law: &Law<'_>, outcome: &Outcome) {
    let columns = vec![
        Column::text("demand", "Demand"),
        Column::text("rule", "Rule"),
        Column::text("site", "At"),
        Column::text("violation", "What forbids the shortest physical route"),
    ];
    let mut table = Table::new("forbidden", "Why not the shortest physical route", columns);
    for answer in outcome.answers.iter().filter(|answer| answer.why_not.is_none()) {
        let Some(physical) = &answer.physical else { continue };
        for Violation { rule, site, text, .. } in crate::policy::violations(law, &answer.request.query, &physical.walk()) {
            let site = law.topology().site(site).name.as_str();
            table.push(vec![answer.request.name.as_str().into(), rule.code().into(), site.into(), text.into()]);
        }
    }
    if table.rows().is_empty() {
        report.note("No rule forbids the shortest physical route.");
    } else {
        report.tables.push(table);
    }
}

fn title(topology: &Topology, answer: &Answer) -> String {
    let query = &answer.request.query;
    let name = |site: SiteId| &topology.site(site).name;
    let operator = query.operator.as_ref().map(|operator| format!(" by {operator}")).unwrap_or_default();
    format!("{} from {} to {}{operator}", query.service.word(), name(query.from), name(query.to))
}

fn one(report: &mut Report, law: &Law<'_>, answer: &Answer) {
    let topology = law.topology();
    let Some(way) = answer.ways.first() else {
        report.fact("lawful", "Lawful route", false);
        if answer.why_not.as_ref().is_some_and(|why| why.physical.is_none()) {
            report.note("No cable in service joins the two, lawful or not.");
        }
        return;
    };
    report.fact("lawful", "Lawful route", true);
    report.quantity("latency_ms", "Latency one way", way.latency.ms(), 2);
    report.quantity("round_trip_ms", "Round trip", 2.0 * way.latency.ms(), 2);
    report.quantity("length_km", "Length", way.length.km(), 0);
    report.fact("switched_at", "Service gateways", names(topology, &way.switched_at));
    report.fact("borders", "Border gateways", names(topology, &way.border_sites(law)));
    report.fact("third_territories", "Third territories", territories(topology, &way.third_territories(topology)));
    if let Some(hairpin) = answer.hairpin {
        report.quantity("hairpin_km", "Hairpin, the law's detour", hairpin.length_km, 0);
        report.quantity("hairpin_ms", "Hairpin one way", hairpin.latency_ms, 2);
    }
    if let Some(within) = answer.within_bound {
        report.fact("within_bound", "Within its latency bound", within);
    }
    if answer.hairpin.is_some_and(|hairpin| hairpin.length_km > 0.0) {
        let is_again = |position: &usize| way.sites[..*position].contains(&way.sites[*position]);
        let twice: Vec<SiteId> = (0..way.sites.len()).filter(is_again).map(|position| way.sites[position]).collect();
        if !twice.is_empty() {
            report.note(format!("The route passes {} twice: out to the service gateway and back.", names(topology, &twice)));
        }
    }
}

fn summary(report: &mut Report, outcome: &Outcome) {
    let answers = &outcome.answers;
    report.fact("demands", "Demands", answers.len());
    report.fact("lawful", "With a lawful route", answers.iter().filter(|answer| !answer.ways.is_empty()).count());
    let only_physical = answers.iter().filter(|answer| answer.why_not.as_ref().is_some_and(|why| why.physical.is_some())).count();
    report.fact("only_physical", "With a physical route only", only_physical);
    let detours: Vec<_> = answers.iter().filter_map(|answer| answer.hairpin).filter(|hairpin| hairpin.length_km > 0.5).collect();
    report.fact("detoured", "Made longer by law", detours.len());
    let longest = detours.iter().map(|hairpin| hairpin.length_km).fold(0.0, f64::max);
    report.quantity("hairpin_max_km", "Longest hairpin", longest, 0);
    let late = answers.iter().filter(|answer| answer.within_bound == Some(false)).count();
    report.fact("past_bound", "Past their latency bound", late);
}

fn routes(law: &Law<'_>, spec: &Spec, outcome: &Outcome) -> Table {
    let mut columns = vec![
        Column::text("demand", "Demand"),
        Column::text("from", "From"),
        Column::text("to", "To"),
        Column::text("service", "Service"),
        Column::number("rank", "Rank", 0),
        Column::number("latency_ms", "Latency", 2),
        Column::number("length_km", "Length", 0),
        Column::number("hops", "Hops", 0),
    ];
    if spec.compare {
        columns.push(Column::number("physical_ms", "Physical", 2));
        columns.push(Column::number("hairpin_km", "Hairpin", 0));
    }
    columns.push(Column::text("switched_at", "Service gateways"));
    columns.push(Column::text("borders", "Border gateways"));
    columns.push(Column::text("third_territories", "Third territories"));
    let mut table = Table::new("routes", "Routes", columns);
    let rows = crate::parallel::map(outcome.answers.len(), || (), |(), i| rows(law, spec, &outcome.answers[i]));
    rows.into_iter().flatten().for_each(|row| table.push(row));
    table
}

/// The routes of one demand; one row without any where there are none.
fn rows(law: &Law<'_>, spec: &Spec, answer: &Answer) -> Vec<Vec<Value>> {
    let topology = law.topology();
    let query = &answer.request.query;
    let ways: Vec<Option<&Way>> = if answer.ways.is_empty() { vec![None] } else { answer.ways.iter().map(Some).collect() };
    let row = |(i, way): (usize, Option<&Way>)| {
        let mut row: Vec<Value> = vec![
            answer.request.name.as_str().into(),
            topology.site(query.from).name.as_str().into(),
            topology.site(query.to).name.as_str().into(),
            query.service.word().into(),
            way.map(|_| i + 1).into(),
            way.map(|way| way.latency.ms()).into(),
            way.map(|way| way.length.km()).into(),
            way.map(|way| way.segments.len()).into(),
        ];
        if spec.compare {
            row.push(answer.physical.as_ref().map(|way| way.latency.ms()).into());
            let against = |physical: &Way| way.map(|way| way.length.km() - physical.length.km());
            row.push(answer.physical.as_ref().and_then(against).into());
        }
        row.push(way.map(|way| names(topology, &way.switched_at)).into());
        row.push(way.map(|way| names(topology, &way.border_sites(law))).into());
        row.push(way.map(|way| territories(topology, &way.third_territories(topology))).into());
        row
    };
    ways.into_iter().enumerate().map(row).collect()
}

fn equal_cost(law: &Law<'_>, outcome: &Outcome) -> Table {
    let topology = law.topology();
    let columns = vec![Column::text("demand", "Demand"), Column::number("rank", "Rank", 0), Column::text("way", "By")];
    let mut table = Table::new("equal_cost", "Routes of least cost", columns);
    for answer in &outcome.answers {
        for (i, way) in answer.equal_cost.iter().enumerate() {
            table.push(vec![answer.request.name.as_str().into(), (i + 1).into(), names(topology, &way.sites).into()]);
        }
    }
    table
}

fn pairs(law: &Law<'_>, kind: Disjoint, outcome: &Outcome) -> Table {
    let topology = law.topology();
    let columns = vec![
        Column::text("demand", "Demand"),
        Column::truth("disjoint", "Disjoint"),
        Column::truth("proven", "Proven best"),
        Column::number("shared", "Shared", 0),
        Column::number("shared_least", "Shared at least", 0),
        Column::number("first_ms", "First", 2),
        Column::number("second_ms", "Second", 2),
        Column::text("first", "First by"),
        Column::text("second", "Second by"),
        Column::text("in_common", "In common"),
    ];
    let mut table = Table::new("disjoint", format!("Pairs of routes that share no {}", kind.word().replace('-', " ")), columns);
    for answer in &outcome.answers {
        let Some(pair) = &answer.disjoint else { continue };
        let common: Vec<&str> = pair
            .shared
            .iter()
            .map(|common| match *common {
                Common::Segment(segment) => topology.segment(segment).id.as_str(),
                Common::Site(site) => topology.site(site).name.as_str(),
                Common::RiskGroup(group) => topology.risk_groups()[group].id.as_str(),
            })
            .collect();
        let way = |i: usize| pair.ways.as_ref().map(|ways| &ways[i]);
        table.push(vec![
            answer.request.name.as_str().into(),
            (pair.ways.is_some() && pair.shared.is_empty()).into(),
            pair.is_proven.into(),
            pair.ways.is_some().then_some(pair.shared.len()).into(),
            pair.ways.is_some().then_some(pair.bound.shared).into(),
            way(0).map(|way| way.latency.ms()).into(),
            way(1).map(|way| way.latency.ms()).into(),
            way(0).map(|way| names(topology, &way.sites)).into(),
            way(1).map(|way| names(topology, &way.sites)).into(),
            common.join(", ").into(),
        ]);
    }
    table
}

fn steps(law: &Law<'_>, key: String, heading: &str, way: &Way) -> Table {
    let topology = law.topology();
    let columns = vec![
        Column::text("from", "From"),
        Column::text("to", "To"),
        Column::text("territory", "In"),
        Column::text("cable", "Cable"),
        Column::text("kind", "Kind"),
        Column::number("length_km", "Length", 0),
        Column::number("latency_ms", "Latency", 2),
        Column::number("capacity_gbps", "Capacity", 0),
        Column::text("at_end", "At its end"),
    ];
    let cables: Vec<_> =
        way.segments.iter().map(|&segment| topology.cable(topology.segment(segment).cable).name.as_str()).collect();
    let mut table = Table::new(key, format!("{heading}, step by step ({} cables)", distinct(&cables)), columns);
    let borders = way.border_sites(law);
    for ((pair, &segment), cable) in way.sites.windows(2).zip(&way.segments).zip(cables) {
        let segment = topology.segment(segment);
        let to = topology.site(pair[1]);
        let forward = segment.ends[0] == pair[0];
        let capacity = if forward { segment.capacity } else { segment.capacity_back.unwrap_or(segment.capacity) };
        let mut at_end = Vec::new();
        if way.switched_at.contains(&pair[1]) {
            at_end.push("service gateway");
        }
        if borders.contains(&pair[1]) {
            at_end.push("border");
        }
        table.push(vec![
            topology.site(pair[0]).name.as_str().into(),
            to.name.as_str().into(),
            to.territory.map_or("high seas", |territory| topology.territory(territory).code.as_str()).into(),
            cable.into(),
            topology.cable(segment.cable).kind.word().into(),
            segment.length.km().into(),
            segment.latency.ms().into(),
            capacity.on(law.policy().capacity).gbps().into(),
            at_end.join(", ").into(),
        ]);
    }
    table
}

fn violations(topology: &Topology, unlawful: &[(&Answer, &WhyNot)]) -> Table {
    let columns = vec![
        Column::text("demand", "Demand"),
        Column::text("rule", "Rule"),
        Column::text("site", "At"),
        Column::text("violation", "What forbids the shortest physical route"),
    ];
    let mut table = Table::new("violations", "No lawful route", columns);
    for (answer, why) in unlawful {
        for Violation { rule, site, text, .. } in &why.violations {
            table.push(vec![
                answer.request.name.as_str().into(),
                rule.code().into(),
                topology.site(*site).name.as_str().into(),
                text.as_str().into(),
            ]);
        }
        if why.physical.is_none() {
            table.push(vec![
                answer.request.name.as_str().into(),
                Value::Unknown,
                Value::Unknown,
                "no cable in service joins the two".into(),
            ]);
        }
    }
    table
}

fn remedies(topology: &Topology, unlawful: &[(&Answer, &WhyNot)]) -> Table {
    let columns = vec![
        Column::text("demand", "Demand"),
        Column::text("without", "Without"),
        Column::number("latency_ms", "Latency", 2),
        Column::number("length_km", "Length", 0),
        Column::text("way", "Would go by"),
    ];
    let mut table = Table::new("remedies", "Fewest rules whose suspension opens a way", columns);
    for (answer, why) in unlawful {
        for (rules, way) in &why.remedies {
            let codes: Vec<_> = rules.iter().map(|rule| rule.code()).collect();
            table.push(vec![
                answer.request.name.as_str().into(),
                codes.join(" and ").into(),
                way.latency.ms().into(),
                way.length.km().into(),
                names(topology, &way.sites).into(),
            ]);
        }
    }
    table
}

fn names(topology: &Topology, sites: &[SiteId]) -> String {
    sites.iter().map(|&site| topology.site(site).name.as_str()).collect::<Vec<_>>().join(", ")
}

fn territories(topology: &Topology, territories: &[TerritoryId]) -> String {
    territories.iter().map(|&territory| topology.territory(territory).code.as_str()).collect::<Vec<_>>().join(", ")
}

fn distinct(names: &[&str]) -> usize {
    let mut names = names.to_vec();
    names.sort_unstable();
    names.dedup();
    names.len()
}
