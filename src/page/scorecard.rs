//! How each territory stands: its gateways and cables, its traffic, and the single losses that hurt it most.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::answers::{Answers, KINDS, Loss};
use super::markup::escape;
use crate::policy::Law;
use crate::topology::{CableKind, Regime, Role, SiteId, Territory, TerritoryId, Transit};

/// Worst losses on a card, of each kind.
const WORST: usize = 5;

/// Losses that cut off which a card names; the rest is counted.
const NAMED: usize = 12;

/// One territory.
struct Card<'a> {
    territory: &'a Territory,
    /// Gateways of each class on the day.
    gateways: [usize; 4],
    /// Cables that leave it, at sea and on land.
    cables: [usize; 2],
    /// Sites where submarine cables land.
    landings: usize,
    /// Of all segments in service that leave it, one way; Mbit/s.
    capacity_mbps: u64,
    routed_mbps: u64,
    unserved_mbps: u64,
    /// By kind: positions of the worst losses, the worst first, with what is then not served.
    worst: Vec<Vec<(usize, u64)>>,
    /// By kind: positions of losses that cut it off.
    isolating: Vec<Vec<usize>>,
}

const CLASSES: [Role; 4] = [Role::Comprehensive, Role::Regional, Role::Border, Role::Channel];

fn card<'a>(law: &Law<'a>, answers: &Answers, id: TerritoryId) -> Card<'a> {
    let (topology, day) = (law.topology(), law.policy().as_of);
    let is_here = |site: SiteId| topology.site(site).territory == Some(id);
    let sites = || topology.sites().map(|(site, _)| site).filter(|&site| is_here(site));
    let count = |role: Role| sites().filter(|&site| topology.site(site).has_role(role, day)).count();
    let (mut cables, mut landings, mut capacity_mbps) = ([BTreeSet::new(), BTreeSet::new()], BTreeSet::new(), 0);
    for (segment_id, segment) in topology.segments().filter(|&(segment, _)| topology.in_service(segment, day)) {
        let inside: Vec<SiteId> = segment.ends.into_iter().filter(|&end| is_here(end)).collect();
        let [end] = inside[..] else { continue };
        let is_land = topology.cable(segment.cable).kind != CableKind::Submarine;
        cables[usize::from(is_land)].insert(segment.cable);
        if !is_land {
            landings.insert(end);
        }
        let lane = 2 * segment_id.index() + usize::from(segment.ends[0] != end);
        capacity_mbps += answers.capacities[lane].unwrap_or(0);
    }
    let toll =
        |answer: usize| answers.answers[answer].tolls.iter().find(|toll| toll.territory == id).map_or(0, |t| t.unserved_mbps);
    let unserved_mbps = answers.sound.tolls.iter().find(|toll| toll.territory == id).map_or(0, |toll| toll.unserved_mbps);
    let of_kind =
        |kind: &str| -> Vec<(usize, &Loss)> { answers.losses.iter().enumerate().filter(|(_, loss)| loss.kind == kind).collect() };
    let worst = |kind: &str| -> Vec<(usize, u64)> {
        let mut losses: Vec<(usize, u64)> = of_kind(kind).iter().map(|&(i, loss)| (i, toll(loss.answer))).collect();
        losses.retain(|&(_, unserved)| unserved > unserved_mbps);
        losses.sort_by_key(|&(i, unserved)| (Reverse(unserved), i));
        losses.truncate(WORST);
        losses
    };
    let isolating = |kind: &str| -> Vec<usize> {
        let isolates = |loss: &Loss| answers.answers[loss.answer].isolated.binary_search(&id).is_ok();
        of_kind(kind).into_iter().filter(|(_, loss)| isolates(loss)).map(|(i, _)| i).collect()
    };
    Card {
        territory: topology.territory(id),
        gateways: CLASSES.map(count),
        cables: cables.map(|cables| cables.len()),
        landings: landings.len(),
        capacity_mbps,
        routed_mbps: answers.routed_of[id.index()],
        unserved_mbps,
        worst: KINDS.iter().map(|(kind, _)| worst(kind)).collect(),
        isolating: KINDS.iter().map(|(kind, _)| isolating(kind)).collect(),
    }
}

/// All territories with anything to say, in order of id.
fn all<'a>(law: &Law<'a>, answers: &Answers) -> Vec<(TerritoryId, Card<'a>)> {
    let count = law.topology().territories().len();
    let cards = crate::parallel::map(count, || (), |(), i| card(law, answers, TerritoryId::from_index(i)));
    let cards = cards.into_iter().enumerate().map(|(i, card)| (TerritoryId::from_index(i), card));
    let says = |card: &Card<'_>| card.routed_mbps > 0 || card.capacity_mbps > 0 || card.gateways != [0; 4];
    cards.filter(|(_, card)| says(card)).collect()
}

const fn regime(regime: Regime) -> &'static str {
    match regime {
        Regime::Strict => "strict",
        Regime::Licensed => "licensed",
        Regime::Open => "open",
    }
}

const fn transit(transit: Transit) -> &'static str {
    match transit {
        Transit::None => "no transit",
        Transit::Transmission => "transit by transmission",
        Transit::Service => "transit by service",
    }
}

/// What the page's scripts make cards of: losses by their position in order of kind.
pub(super) fn cards(law: &Law<'_>, answers: &Answers) -> Value {
    let one = |(id, card): (TerritoryId, Card<'_>)| {
        json!({
            "territory": id.0,
            "law": format!("{}, {}", regime(card.territory.regime), transit(card.territory.transit)),
            "gateways": card.gateways,
            "cables": card.cables,
            "landings": card.landings,
            "capacity": card.capacity_mbps,
            "routed": card.routed_mbps,
            "unserved": card.unserved_mbps,
            "worst": card.worst.iter().map(|losses| losses.iter().map(|(i, mbps)| json!([i, mbps])).collect()).collect::<Vec<Vec<Value>>>(),
            "isolating": card.isolating.iter().map(|losses| json!([losses.len(), losses.iter().take(NAMED).collect::<Vec<_>>()])).collect::<Vec<_>>(),
        })
    };
    all(law, answers).into_iter().map(one).collect()
}

/// The same at a glance, as a section of the page.
pub(super) fn section(law: &Law<'_>, answers: &Answers) -> String {
    format!(
        r#"    <section aria-labelledby="scorecards"><h2 id="scorecards">Territories</h2>
    <p class="note">Gateways by class: C comprehensive, R regional, B border, N channel. A name opens its scorecard, which prints on one page.</p>
{}
    </section>"#,
        table(law, answers)
    )
}

/// One row for each territory.
fn table(law: &Law<'_>, answers: &Answers) -> String {
    let mut rows = String::new();
    for (id, card) in all(law, answers) {
        let worst = card.worst[0].first().map(|&(i, mbps)| (&answers.losses[i], mbps));
        #[expect(clippy::cast_precision_loss, reason = "below 2^53 Mbit/s")]
        let percent = |mbps: u64| {
            if card.routed_mbps == 0 { "–".to_owned() } else { format!("{:.0}", 100.0 * mbps as f64 / card.routed_mbps as f64) }
        };
        #[expect(clippy::cast_precision_loss, reason = "below 2^53 Mbit/s")]
        let gbps = |mbps: u64| crate::report::Value::from(mbps as f64 / 1e3).for_people(1).into_owned();
        let cells = [
            format!("<button type=\"button\" class=\"link\" data-card=\"{}\">{}</button>", id.0, escape(&card.territory.name)),
            regime(card.territory.regime).to_owned(),
            card.gateways.map(|count| count.to_string()).join("\u{a0}·\u{a0}"),
            card.cables[0].to_string(),
            card.cables[1].to_string(),
            gbps(card.capacity_mbps),
            gbps(card.routed_mbps),
            worst.map_or_else(|| "–".to_owned(), |(loss, _)| escape(&loss.element.name)),
            worst.map_or_else(|| percent(card.unserved_mbps), |(_, mbps)| percent(mbps)),
            card.isolating[0].len().to_string(),
        ];
        let cells: Vec<String> = cells
            .iter()
            .enumerate()
            .map(|(i, cell)| match i {
                0 => format!("<th scope=\"row\">{cell}</th>"),
                1 | 2 | 7 => format!("<td>{cell}</td>"),
                _ => format!("<td class=\"n\">{cell}</td>"),
            })
            .collect();
        rows += &format!("<tr>{}</tr>\n", cells.concat());
    }
    let heads = [
        ("Territory", false),
        ("Regime", false),
        ("Gateways C · R · B · N", false),
        ("Sea cables", true),
        ("Land cables", true),
        ("Capacity Gbit/s", true),
        ("Traffic Gbit/s", true),
        ("Worst cable", false),
        ("Then not served %", true),
        ("Cables that isolate", true),
    ];
    let heads =
        heads.map(|(head, is_number)| format!("<th scope=\"col\"{}>{head}</th>", if is_number { " class=\"n\"" } else { "" }));
    format!(
        "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"Territories\"><table><thead><tr>{}</tr></thead>\n<tbody>\n{rows}</tbody></table></div>",
        heads.concat()
    )
}
