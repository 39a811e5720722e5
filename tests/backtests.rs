//! Historic events, and what the model says of them.
//!
//! One rule for all: the rows below hold a report against a number by the words of the report alone. What is firm must
//! hold. What misses stays in the table of the folder's README, with its reason; nothing is fitted to make it hold.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use crossborder::algorithm::multicommodity::{Commodity, Duplex, EXACT, Question, max_carried};
use crossborder::demand::Request;
use crossborder::network::{Metric, Outage, compile};
use crossborder::policy::{Law, Query};
use crossborder::route::search;
use crossborder::scenario::{self, Scenario};
use crossborder::study;
use crossborder::topology::SegmentId;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/scenarios/backtests")
}

fn scenario(event: &str) -> Scenario {
    let loaded = scenario::load(&folder().join(event).with_extension("toml"), &[]);
    loaded.unwrap_or_else(|problems| panic!("{:#?}", problems.list()))
}

/// Which number a report is held against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Measure {
    /// Traffic whose way crossed what was cut: what falls silent at once.
    Lost,
    /// Traffic that no lawful way left has room for: what nobody could have restored.
    Unserved,
}

/// What a report says, by its words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Claim {
    /// Everything is gone.
    All,
    /// At least half is.
    Most,
    /// Less than half is.
    Less,
    /// Something is.
    Something,
    /// Nothing is.
    Nothing,
}

impl Claim {
    /// A per cent is where something and everything begin: figures of reports are no finer.
    fn holds(self, percent: f64) -> bool {
        match self {
            Self::All => percent >= 99.0,
            Self::Most => percent >= 50.0,
            Self::Less => percent < 50.0,
            Self::Something => percent >= 1.0,
            Self::Nothing => percent < 1.0,
        }
    }
}

/// What became of the traffic of an event.
struct Impact {
    scenario: Scenario,
    /// By request, Mbit/s.
    lost: Vec<f64>,
    /// By request, Mbit/s.
    unserved: Vec<f64>,
}

impl Impact {
    /// Cuts a risk group of the scenario's topology: its segments, or all of the cables they belong to.
    fn of(scenario: Scenario, group: &str, whole_cables: bool) -> Self {
        let topology = &scenario.topology;
        let mut cut = topology.risk_groups().iter().find(|g| g.id == group).unwrap().segments.clone();
        if whole_cables {
            let cables: BTreeSet<_> = cut.iter().map(|&segment| topology.segment(segment).cable).collect();
            cut = topology.segments().filter(|(_, segment)| cables.contains(&segment.cable)).map(|(id, _)| id).collect();
        }
        let law = Law::new(topology, &scenario.policy);
        let (lost, unserved) = (lost(&law, &scenario.demands, &cut), unserved(&law, &scenario.demands, &cut));
        Self { lost, unserved, scenario }
    }

    /// Of all traffic that begins or ends at one of these sites or territories, per cent.
    fn percent(&self, measure: Measure, places: &[&str]) -> f64 {
        let topology = &self.scenario.topology;
        let is_there = |site| {
            let site = topology.site(site);
            let code = site.territory.map(|territory| topology.territory(territory).code.as_str());
            places.iter().any(|place| site.id == *place || code == Some(place))
        };
        let amounts = match measure {
            Measure::Lost => &self.lost,
            Measure::Unserved => &self.unserved,
        };
        let (mut offered, mut gone) = (0.0, 0.0);
        for (request, amount) in self.scenario.demands.iter().zip(amounts) {
            if is_there(request.query.from) || is_there(request.query.to) {
                offered += mbps(request);
                gone += amount;
            }
        }
        assert!(offered > 0.0, "no traffic of {places:?}");
        100.0 * gone / offered
    }
}

#[expect(clippy::cast_precision_loss, reason = "below 2^53 Mbit/s")]
fn mbps(request: &Request) -> f64 {
    request.traffic.mbps() as f64
}

fn queries(requests: &[Request]) -> Vec<Query> {
    requests.iter().map(|request| request.query.clone()).collect()
}

fn lost(law: &Law<'_>, requests: &[Request], cut: &[SegmentId]) -> Vec<f64> {
    let ways = search::shortest(law, Metric::Latency, &queries(requests));
    let is_hit = |way: &crossborder::route::Way| way.segments.iter().any(|segment| cut.contains(segment));
    ways.iter().zip(requests).map(|(way, request)| if way.as_ref().is_some_and(is_hit) { mbps(request) } else { 0.0 }).collect()
}

fn unserved(law: &Law<'_>, requests: &[Request], cut: &[SegmentId]) -> Vec<f64> {
    let left = law.without(cut.iter().copied());
    let compiled = compile(&left, Metric::Latency, &queries(requests));
    let commodities: Vec<Commodity<'_>> = requests
        .iter()
        .zip(&compiled.of_query)
        .map(|(request, &network)| Commodity {
            network,
            from: std::slice::from_ref(&request.query.from),
            to: std::slice::from_ref(&request.query.to),
            amount_mbps: mbps(request),
            weight: 1.0,
            cost_limit: None,
        })
        .collect();
    let sound = Outage::none_of(&compiled.networks[0]);
    let question =
        Question { networks: &compiled.networks, outage: &sound, duplex: Duplex::Full, commodities: &commodities, gap: EXACT };
    let solution = max_carried(&question);
    let mut unserved: Vec<f64> = requests.iter().map(mbps).collect();
    for share in &solution.shares {
        unserved[share.commodity] -= share.fraction * mbps(&requests[share.commodity]);
    }
    // Fractions sum to one but for their last digits.
    unserved.into_iter().map(|mbps| if mbps.abs() < 1e-6 { 0.0 } else { mbps }).collect()
}

/// One thing that a report says, and what the model says of it.
struct Row {
    event: &'static str,
    places: &'static [&'static str],
    reported: &'static str,
    measure: Measure,
    claim: Claim,
    /// Why it misses, where it does.
    miss: &'static str,
}

const fn row(
    event: &'static str,
    places: &'static [&'static str],
    reported: &'static str,
    (measure, claim): (Measure, Claim),
    miss: &'static str,
) -> Row {
    Row { event, places, reported, measure, claim, miss }
}

/// The events, with the risk group that was cut.
const EVENTS: [(&str, &str); 9] = [
    ("hengchun-2006", "Hengchun-2006"),
    ("mediterranean-2008", "Sicily-2008"),
    ("northern-marianas-2015", "CNMI-2015"),
    ("tonga-2022", "Tonga-2022"),
    ("egypt-2022", "Egypt-2022"),
    ("matsu-2023", "Matsu-cables"),
    ("west-africa-2024", "Abidjan-2024"),
    ("baltic-2024", "Baltic-2024"),
    ("matsu-2025", "Matsu-cables"),
];

use Claim::{All, Less, Most, Nothing, Something};
use Measure::{Lost, Unserved};

const ONE_WAY: &str = "all voice goes the one shortest way, which crosses the cut; in truth part of it went elsewhere";

#[rustfmt::skip]
const ROWS: &[Row] = &[
    row("hengchun-2006", &["US"], "voice capacity -60 %", (Lost, Most), ""),
    row("hengchun-2006", &["JP"], "voice capacity -90 %", (Lost, Most),
        "the shortest way in the model is APCN-2, north of the fault; the operator used the south as well"),
    row("hengchun-2006", &["CN"], "voice capacity -85 %", (Lost, Most), ""),
    row("hengchun-2006", &["VN"], "voice capacity -85 %", (Lost, Most), ""),
    row("hengchun-2006", &["ID", "MY", "PH", "SG", "TH"], "voice capacity -98 %", (Lost, Most),
        "the model's C2C leaves Taiwan by the strait, west of the fault; where its cut legs ran is not known"),
    row("mediterranean-2008", &["MV"], "100 % out of service", (Lost, All), ""),
    row("mediterranean-2008", &["IN"], "82 % out of service", (Lost, Most), ""),
    row("mediterranean-2008", &["QA"], "73 % out of service", (Lost, Most), ""),
    row("mediterranean-2008", &["DJ"], "71 % out of service", (Lost, Most), ""),
    row("mediterranean-2008", &["AE"], "68 % out of service", (Lost, Most), ""),
    row("mediterranean-2008", &["ZM"], "62 % out of service", (Lost, Most),
        "Zambia had no cable, and where its satellite links ended is not known; the model takes South Africa"),
    row("mediterranean-2008", &["SA"], "55 % out of service", (Lost, Most), ""),
    row("mediterranean-2008", &["EG"], "52 % out of service", (Lost, Most), ""),
    row("mediterranean-2008", &["PK"], "51 % out of service", (Lost, Most), ""),
    row("mediterranean-2008", &["MY"], "42 % out of service", (Lost, Less), ONE_WAY),
    row("mediterranean-2008", &["TW"], "39 % out of service", (Lost, Less), ONE_WAY),
    row("mediterranean-2008", &["YE"], "38 % out of service", (Lost, Less), ONE_WAY),
    row("mediterranean-2008", &["SY"], "36 % out of service", (Lost, Less), ""),
    row("mediterranean-2008", &["LB"], "16 % out of service", (Lost, Less), ""),
    row("northern-marianas-2015", &["Saipan"], "no voice and no data", (Unserved, All), ""),
    row("northern-marianas-2015", &["MP"], "no voice and no data", (Unserved, All),
        "Tinian and Rota lie on Guam's side of the fault and keep their way; the report speaks of the islands as one"),
    row("tonga-2022", &["TO"], "everything lost", (Lost, All), ""),
    row("tonga-2022", &["TO"], "satellite alone for 38 days", (Unserved, Most), ""),
    row("egypt-2022", &["ET"], "traffic -90 %", (Lost, Most), ""),
    row("egypt-2022", &["PK"], "traffic -25 %", (Lost, Less),
        "the one shortest way crosses Egypt on AAE-1; in truth several cables shared the traffic"),
    row("egypt-2022", &["SO"], "affected", (Lost, Something), ""),
    row("egypt-2022", &["DJ"], "affected", (Lost, Something), ""),
    row("egypt-2022", &["TZ"], "affected", (Lost, Something), ""),
    row("egypt-2022", &["MG"], "affected", (Lost, Something), ""),
    row("matsu-2023", &["TW"], "the microwave link was too small", (Unserved, Something), ""),
    row("matsu-2025", &["TW"], "nothing noticed", (Unserved, Nothing), ""),
    row("west-africa-2024", &["GM"], "whole again in half an hour", (Unserved, Nothing), ""),
    row("west-africa-2024", &["GN"], "whole again in half an hour", (Unserved, Nothing), ""),
    row("west-africa-2024", &["SL"], "whole again in 47 minutes", (Unserved, Nothing), ""),
    row("west-africa-2024", &["LR"], "out for more than 12 hours", (Unserved, Most),
        "Liberia lies north of the fault on ACE as the other three; what else failed there is not known"),
    row("west-africa-2024", &["CI"], "among the worst hit, for days", (Unserved, Most), SOUTH),
    row("west-africa-2024", &["BJ"], "among the worst hit, for days", (Unserved, Most), SOUTH),
    row("west-africa-2024", &["GH"], "among the worst hit, for days", (Unserved, Most), SOUTH),
    row("west-africa-2024", &["CI"], "affected", (Lost, Something), ""),
    row("west-africa-2024", &["BJ"], "affected", (Lost, Something), ""),
    row("west-africa-2024", &["GH"], "affected", (Lost, Something), ""),
    row("west-africa-2024", &["NG"], "affected", (Lost, Something), ""),
    row("west-africa-2024", &["TG"], "affected", (Lost, Something), ""),
    row("west-africa-2024", &["CM"], "affected", (Lost, Something), ""),
    row("west-africa-2024", &["NA"], "affected", (Lost, Something), ""),
    row("west-africa-2024", &["ZA"], "affected", (Lost, Something), ""),
    row("west-africa-2024", &["NE"], "out for two hours", (Unserved, Something),
        "the shortest way in the model runs over Burkina Faso and Mali to Dakar, north of the fault"),
    row("baltic-2024", &["LT"], "BCS East-West carried about a third", (Lost, Less), ""),
    row("baltic-2024", &["LT"], "nothing noticed", (Unserved, Nothing), ""),
    row("baltic-2024", &["FI"], "nothing noticed", (Unserved, Nothing), ""),
];

const SOUTH: &str =
    "rerouted as well as can be, all of it finds room by South Africa and Equiano; who had a contract for that way is not known";

/// Every row with what was found: per cent, and whether it holds.
fn found() -> Vec<(&'static Row, f64, bool)> {
    let impacts = EVENTS.map(|(event, group)| (event, Impact::of(scenario(event), group, false)));
    let of = |row: &'static Row| {
        let (_, impact) = impacts.iter().find(|(event, _)| *event == row.event).unwrap();
        let percent = impact.percent(row.measure, row.places);
        (row, percent, row.claim.holds(percent))
    };
    ROWS.iter().map(of).collect()
}

/// Agreement of two orders, Kendall's tau-b (1945): pairs in the same order less those in the other, ties allowed for.
fn tau_b(pairs: &[(f64, f64)]) -> f64 {
    let (mut agree, mut first, mut second) = (0.0, 0.0, 0.0);
    for (i, a) in pairs.iter().enumerate() {
        for b in &pairs[..i] {
            let [x, y] = [sign(a.0 - b.0), sign(a.1 - b.1)];
            agree += x * y;
            first += x.abs();
            second += y.abs();
        }
    }
    agree / f64::sqrt(first * second)
}

fn sign(x: f64) -> f64 {
    if x.abs() < 1e-9 { 0.0 } else { x.signum() }
}

/// Of the fourteen territories of December 2008, what was reported and what was found, per cent.
fn fourteen(found: &[(&'static Row, f64, bool)]) -> Vec<(f64, f64)> {
    let reported = |row: &Row| row.reported.split(' ').next().unwrap().parse::<f64>().unwrap();
    let rows = found.iter().filter(|(row, ..)| row.event == "mediterranean-2008");
    let pairs: Vec<_> = rows.map(|(row, percent, _)| (reported(row), *percent)).collect();
    assert_eq!(pairs.len(), 14);
    pairs
}

/// Of all ways to deal out what was found among the fourteen, the part that agrees at least as well with the reports.
fn chance(pairs: &[(f64, f64)]) -> f64 {
    let observed = tau_b(pairs);
    let count = u32::try_from(pairs.len()).unwrap();
    let small = pairs.iter().filter(|(_, found)| *found < 50.0).count();
    let deals = (0u32..1 << count).filter(|deal| deal.count_ones() as usize == small);
    let (mut all, mut as_good) = (0.0, 0.0);
    for deal in deals {
        let dealt: Vec<_> =
            (0..).zip(pairs).map(|(i, &(reported, _))| (reported, if deal >> i & 1 == 1 { 0.0 } else { 100.0 })).collect();
        all += 1.0;
        as_good += f64::from(u8::from(tau_b(&dealt) >= observed - 1e-9));
    }
    as_good / all
}

fn table(found: &[(&'static Row, f64, bool)]) -> String {
    let mut text =
        "| event | where | reported | measure | simulated, % | | why it misses |\n|---|---|---|---|---:|---|---|\n".to_owned();
    for (row, percent, holds) in found {
        let measure = match row.measure {
            Lost => "lost",
            Unserved => "unserved",
        };
        let (event, places, reported, miss) = (row.event, row.places.join(", "), row.reported, row.miss);
        let verdict = if *holds { "held" } else { "**missed**" };
        let tail = if miss.is_empty() { "|".to_owned() } else { format!("{miss} |") };
        writeln!(text, "| [{event}]({event}.toml) | {places} | {reported} | {measure} | {percent:.1} | {verdict} | {tail}")
            .unwrap();
    }
    let held = found.iter().filter(|(.., holds)| *holds).count();
    writeln!(text, "\n{held} of {} held.\n", found.len()).unwrap();
    let fourteen = fourteen(found);
    let (tau, chance) = (tau_b(&fourteen), 100.0 * chance(&fourteen));
    let verdict = if chance <= 5.0 { "held" } else { "missed" };
    writeln!(text, "Order of the fourteen territories of December 2008: Kendall's tau-b {tau:.2}, which {chance:.0} % of all orders reach: {verdict} (at most 5 %).\n").unwrap();
    writeln!(
        text,
        "Whole cables lost rather than segments, off Abidjan in 2024:\n\n| where | lost, % | unserved, % |\n|---|---:|---:|"
    )
    .unwrap();
    let whole = Impact::of(scenario("west-africa-2024"), "Abidjan-2024", true);
    for place in NORTH_OF_THE_FAULT {
        let [lost, unserved] = [Lost, Unserved].map(|measure| whole.percent(measure, &[place]));
        writeln!(text, "| {place} | {lost:.1} | {unserved:.1} |").unwrap();
    }
    text
}

/// Reported as whole again within the hour, on 14 March 2024.
const NORTH_OF_THE_FAULT: [&str; 3] = ["GM", "GN", "SL"];

#[test]
fn the_table_of_the_readme_is_what_is_found() {
    let found = found();
    for (row, percent, holds) in &found {
        assert_eq!(
            row.miss.is_empty(),
            *holds,
            "{} {:?}: {percent} %: a miss has a reason, nothing else has",
            row.event,
            row.places
        );
    }
    let table = table(&found);
    let readme = fs::read_to_string(folder().join("README.md")).unwrap();
    assert!(readme.contains(&table), "put this into {}/README.md:\n\n{table}", folder().display());
}

#[test]
fn the_studies_of_the_scenarios_find_the_same_and_keep_what_they_promise() {
    for (event, group) in EVENTS {
        let impact = Impact::of(scenario(event), group, false);
        let report = study::run(&impact.scenario, || true);
        assert!(report.holds() && !report.expectations.is_empty(), "{event}: {:?}", report.expectations);
        for row in ROWS.iter().filter(|row| row.event == event) {
            let key = format!("territories.{}.interrupted_percent", row.places[0]);
            if let ([place], Some(percent)) = (row.places, report.parts[0].number(&key)) {
                let ours = impact.percent(Lost, &[place]);
                assert!((percent - ours).abs() < 1e-9, "{event} {place}: {percent} and {ours}");
            }
        }
    }
}

#[test]
fn segments_spare_those_north_of_the_fault_and_whole_cables_do_not() {
    let of = |whole_cables| Impact::of(scenario("west-africa-2024"), "Abidjan-2024", whole_cables);
    let (segments, whole) = (of(false), of(true));
    for place in NORTH_OF_THE_FAULT {
        assert_eq!(segments.percent(Lost, &[place]), 0.0, "{place}");
        assert_eq!(segments.percent(Unserved, &[place]), 0.0, "{place}");
        assert_eq!(whole.percent(Lost, &[place]), 100.0, "{place}");
    }
    assert!(whole.percent(Unserved, &NORTH_OF_THE_FAULT) > 50.0);
}

#[test]
fn the_second_cable_of_the_northern_marianas_carries_what_the_first_lost() {
    let overrides = [("as_of".to_owned(), "2018-01-01".to_owned())];
    let later = scenario::load(&folder().join("northern-marianas-2015.toml"), &overrides).unwrap();
    assert_eq!(Impact::of(later, "CNMI-2015", false).percent(Unserved, &["MP"]), 0.0);
}
