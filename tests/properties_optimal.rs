//! Optimal flows of many demands against the same programs solved exactly, with every route written out.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

#[expect(dead_code, reason = "its random questions are for other tests")]
mod oracle;
#[path = "oracle/simplex.rs"]
mod simplex;

use crossborder::algorithm::Route;
use crossborder::algorithm::multicommodity::{Commodity, Duplex, EXACT, Question, Solution, max_carried, max_concurrent};
use crossborder::network::{LaneId, Network, Outage, UNLIMITED};
use crossborder::topology::{SegmentId, SiteId};
use proptest::prelude::*;

/// Ends, Mbit/s, weight, limit of cost.
type Demand = ([SiteId; 2], u32, u32, Option<u64>);

#[derive(Clone, Debug)]
struct Case {
    network: Network,
    outage: Outage,
    duplex: Duplex,
    demands: Vec<Demand>,
}

/// Up to 6 sites; parallel segments, loops, lanes of no capacity and without limit, demands of nothing, worth nothing, from
/// a site to itself, and several between the same two sites.
fn cases() -> impl Strategy<Value = Case> {
    let capacity = prop_oneof![4 => 1u64..=9, 1 => Just(0), 1 => Just(UNLIMITED)];
    let segment = (0u32..6, 0u32..6, 1u32..=3, [capacity.clone(), capacity]);
    let demand = (0u32..4, 1u32..6, 0u32..=9, 0u32..=4, prop::option::weighted(0.3, 1u64..=6));
    let segments = prop::collection::vec(segment, 0..=8);
    (segments, prop::collection::vec(demand, 0..=4), any::<bool>(), prop::option::weighted(0.2, 0usize..8)).prop_map(
        |(segments, demands, is_shared, lost)| {
            let even = |[there, back]: [u64; 2]| if is_shared { [there; 2] } else { [there, back] };
            let list: Vec<_> = segments.into_iter().map(|(a, b, cost, c)| (SiteId(a), SiteId(b), cost, even(c))).collect();
            let lost = lost.filter(|&lost| lost < list.len()).map(SegmentId::from_index);
            let demand = |(a, b, amount, weight, limit)| ([SiteId(a), SiteId(b)], amount, weight, limit);
            Case {
                network: Network::of_sites(6, &list),
                outage: Outage::of(list.len(), lost),
                duplex: if is_shared { Duplex::Shared } else { Duplex::Full },
                demands: demands.into_iter().map(demand).collect(),
            }
        },
    )
}

fn ask(case: &Case, how: fn(&Question<'_>) -> Solution) -> Solution {
    let commodity = |(ends, amount, weight, cost_limit): &'static Demand| Commodity {
        network: 0,
        from: &ends[..1],
        to: &ends[1..],
        amount_mbps: f64::from(*amount),
        weight: f64::from(*weight),
        cost_limit: *cost_limit,
    };
    let commodities: Vec<_> = case.demands.clone().leak().iter().map(commodity).collect();
    let networks = std::slice::from_ref(&case.network);
    how(&Question { networks, outage: &case.outage, duplex: case.duplex, commodities: &commodities, gap: EXACT })
}

/// The program with a variable for every route of every demand.
struct Program {
    /// Demands with traffic, by position, with their routes.
    routes: Vec<(usize, Vec<Route>)>,
    /// A row for each limited resource, over the routes in order; its capacity.
    rows: Vec<(Vec<i128>, i128)>,
    unroutable: Vec<usize>,
}

fn program(case: &Case) -> Program {
    let Case { network, outage, duplex, demands } = case;
    let lane = |arc| network.arc(arc).lane;
    let mut routes = Vec::new();
    for (i, &(ends, amount, _, limit)) in demands.iter().enumerate().filter(|(_, demand)| demand.1 > 0) {
        assert!(amount > 0);
        let question = oracle::Question { network: network.clone(), outage: outage.clone(), ends };
        let mut all = oracle::all_routes(&question);
        all.retain(|route| limit.is_none_or(|limit| route.cost <= limit));
        all.retain(|route| route.arcs.iter().all(|&arc| network.lane_capacity(lane(arc)) > 0));
        routes.push((i, all));
    }
    let unroutable = routes.iter().filter(|(_, all)| all.is_empty()).map(|&(i, _)| i).collect();
    routes.retain(|(_, all)| !all.is_empty());
    let resource = |arc| match duplex {
        Duplex::Full => lane(arc).index(),
        Duplex::Shared => lane(arc).index() & !1,
    };
    let mut rows = Vec::new();
    for i in 0..network.segment_count() * 2 {
        let capacity = network.lane_capacity(LaneId::from_index(i));
        let all = routes.iter().flat_map(|(_, all)| all);
        let row: Vec<_> = all.map(|route| route.arcs.iter().filter(|&&arc| resource(arc) == i).count() as i128).collect();
        if capacity != UNLIMITED && row.iter().any(|&uses| uses > 0) {
            rows.push((row, i128::from(capacity)));
        }
    }
    Program { routes, rows, unroutable }
}

/// A row with one in the columns of each demand's routes.
fn of_demand(program: &Program) -> Vec<Vec<i128>> {
    let mark = |wanted: usize| {
        let ones = program.routes.iter().enumerate().flat_map(move |(k, (_, all))| vec![i128::from(k == wanted); all.len()]);
        ones.collect()
    };
    (0..program.routes.len()).map(mark).collect()
}

fn assert_attained(ours: &Solution, exact: f64) -> Result<(), TestCaseError> {
    prop_assert!(ours.gap() <= EXACT, "gap {}", ours.gap());
    // The optimum lies between the routing and the bound, and both lie where it is.
    prop_assert!(ours.value <= exact * (1.0 + 1e-9) && exact <= ours.bound * (1.0 + 1e-9), "{exact} and {ours:?}");
    prop_assert!(ours.value >= exact * (1.0 - 2.0 * EXACT), "{exact} and {ours:?}");
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn multipliers_are_those_of_exact_arithmetic(case in cases()) {
        let ours = ask(&case, max_concurrent);
        let program = program(&case);
        prop_assert_eq!(&ours.unroutable, &program.unroutable);
        // The first variable is the multiplier; no demand may get less than its multiple.
        let (mut rows, mut limits) = (Vec::new(), Vec::new());
        for (marks, (i, _)) in of_demand(&program).into_iter().zip(&program.routes) {
            let minus = marks.into_iter().map(|mark| -mark);
            rows.push(std::iter::once(i128::from(case.demands[*i].1)).chain(minus).collect::<Vec<_>>());
            limits.push(0);
        }
        for (row, capacity) in &program.rows {
            rows.push(std::iter::once(0).chain(row.iter().copied()).collect());
            limits.push(*capacity);
        }
        let variables = 1 + program.routes.iter().map(|(_, all)| all.len()).sum::<usize>();
        let gain: Vec<_> = (0..variables).map(|i| i128::from(i == 0)).collect();
        match simplex::maximum(&gain, &rows, &limits) {
            Some(exact) => assert_attained(&ours, exact.value())?,
            None => prop_assert!(ours.value.is_infinite() && ours.bound.is_infinite(), "{:?}", ours),
        }
    }

    #[test]
    fn totals_are_those_of_exact_arithmetic(case in cases()) {
        let ours = ask(&case, max_carried);
        let program = program(&case);
        prop_assert_eq!(&ours.unroutable, &program.unroutable);
        let offered = program.routes.iter().map(|(i, _)| i128::from(case.demands[*i].1));
        let limits: Vec<_> = offered.chain(program.rows.iter().map(|&(_, capacity)| capacity)).collect();
        let rows: Vec<_> = of_demand(&program).into_iter().chain(program.rows.iter().map(|(row, _)| row.clone())).collect();
        let worth = program.routes.iter().flat_map(|(i, all)| vec![i128::from(case.demands[*i].2); all.len()]);
        let exact = simplex::maximum(&worth.collect::<Vec<_>>(), &rows, &limits).unwrap();
        assert_attained(&ours, exact.value())?;
    }
}

#[test]
fn the_oracle_finds_a_known_vertex() {
    // max 3x + 5y, x ≤ 4, 2y ≤ 12, 3x + 2y ≤ 18: 36 at (2, 6).
    let rows = [vec![1, 0], vec![0, 2], vec![3, 2]];
    assert_eq!(simplex::maximum(&[3, 5], &rows, &[4, 12, 18]), Some(simplex::Fraction::whole(36)));
    assert_eq!(simplex::maximum(&[1, 1], &[vec![1, 0]], &[4]), None);
}
