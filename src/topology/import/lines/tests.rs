//! Toy drawings worked by hand.

use super::*;

/// Places along a line, as `lat lon` pairs.
fn line(points: &[(f64, f64)]) -> Vec<Position> {
    points.iter().map(|&(lat, lon)| Position::new(lat, lon).unwrap()).collect()
}

fn drawn<'a>(lines: &[&[(f64, f64)]], landings: &[(f64, f64)]) -> Drawn<'a> {
    let landings = line(landings).into_iter().enumerate().collect();
    Drawn { name: "cable", lines: lines.iter().map(|points| line(points)).collect(), landings }
}

/// Ends as words: `0` is the first landing, `j0` the first joint; sorted.
fn ends(derived: &Derived) -> Vec<String> {
    let word = |end: End| match end {
        End::Landing(site) => site.to_string(),
        End::Joint(joint) => format!("j{joint}"),
    };
    let mut all: Vec<String> = derived
        .segments
        .iter()
        .map(|span| {
            let mut words = span.ends.map(word);
            words.sort();
            words.join("-")
        })
        .collect();
    all.sort();
    all
}

#[test]
fn a_branch_begins_at_a_shared_vertex() {
    // 0 ---- * ---- 1
    //        |
    //        2
    let cable =
        drawn(&[&[(0.0, 0.0), (0.0, 2.0), (0.0, 4.0)], &[(0.0, 2.0), (-2.0, 2.0)]], &[(0.0, 0.0), (0.0, 4.0), (-2.0, 2.0)]);
    let mut findings = Findings::default();
    let derived = derive(&cable, &mut findings);
    assert_eq!(ends(&derived), ["0-j0", "1-j0", "2-j0"]);
    assert!(findings.is_empty(), "{findings:?}");
}

#[test]
fn lines_that_merely_cross_are_not_joined() {
    let cable =
        drawn(&[&[(0.0, 0.0), (0.0, 4.0)], &[(-2.0, 2.0), (2.0, 2.0)]], &[(0.0, 0.0), (0.0, 4.0), (-2.0, 2.0), (2.0, 2.0)]);
    let mut findings = Findings::default();
    assert_eq!(ends(&derive(&cable, &mut findings)), ["0-1", "2-3"]);
    assert_eq!(findings.count(finding::CABLE_IN_PIECES), 1);
}

#[test]
fn a_cut_at_the_180th_meridian_is_no_gap() {
    let cable =
        drawn(&[&[(10.0, 170.0), (10.0, 180.0)], &[(10.000_01, -179.9998), (10.0, -170.0)]], &[(10.0, 170.0), (10.0, -170.0)]);
    let mut findings = Findings::default();
    let derived = derive(&cable, &mut findings);
    assert_eq!(ends(&derived), ["0-1"]);
    assert!((derived.segments[0].drawn_km - 2_193.0).abs() < 5.0, "{}", derived.segments[0].drawn_km);
}

#[test]
fn a_gap_at_the_meridian_is_told_apart_from_others() {
    let cable = drawn(&[&[(10.0, 170.0), (10.0, 179.99)], &[(10.0, -179.99), (10.0, -170.0)]], &[(10.0, 170.0), (10.0, -170.0)]);
    let mut findings = Findings::default();
    assert_eq!(ends(&derive(&cable, &mut findings)), ["0-1"]);
    assert_eq!(findings.count(finding::DATE_LINE_JOINED), 1);
}

#[test]
fn ends_are_joined_over_small_gaps_only() {
    // 0.05 degrees of longitude at the equator are 5.6 km, 0.2 degrees 22 km.
    for (gap, joined) in [(0.05, true), (0.2, false)] {
        let cable = drawn(&[&[(0.0, 0.0), (0.0, 1.0)], &[(0.0, 1.0 + gap), (0.0, 2.0)]], &[(0.0, 0.0), (0.0, 2.0)]);
        let mut findings = Findings::default();
        let derived = derive(&cable, &mut findings);
        assert_eq!(ends(&derived) == ["0-1"], joined);
        assert_eq!(findings.count(finding::ENDS_JOINED), u64::from(joined));
        assert_eq!(findings.count(finding::LOOSE_END), if joined { 0 } else { 2 });
    }
}

#[test]
fn an_end_that_stops_short_of_a_trunk_is_joined_to_it() {
    let cable = drawn(&[&[(0.0, 0.0), (0.0, 4.0)], &[(0.05, 2.0), (2.0, 2.0)]], &[(0.0, 0.0), (0.0, 4.0), (2.0, 2.0)]);
    let mut findings = Findings::default();
    assert_eq!(ends(&derive(&cable, &mut findings)), ["0-j0", "1-j0", "2-j0"]);
    assert_eq!(findings.count(finding::ENDS_JOINED), 1);
}

#[test]
fn a_line_is_led_to_landings_off_it() {
    // 0.2 degrees of latitude are 22 km; 2 degrees are too far.
    let cable = drawn(&[&[(0.0, 0.0), (0.0, 2.0), (0.0, 4.0)]], &[(0.0, 0.0), (0.0, 4.0), (0.2, 1.0), (2.0, 2.0)]);
    let mut findings = Findings::default();
    let derived = derive(&cable, &mut findings);
    assert_eq!(ends(&derived), ["0-j0", "1-j0", "2-j0"]);
    assert_eq!(findings.count(finding::LANDING_FAR), 1);
    assert_eq!(findings.count(finding::LANDING_LOOSE), 1);
}

#[test]
fn a_landing_on_the_way_cuts_the_line() {
    let cable = drawn(&[&[(0.0, 0.0), (0.0, 2.0), (0.0, 4.0)]], &[(0.0, 0.0), (0.0, 2.0), (0.0, 4.0)]);
    assert_eq!(ends(&derive(&cable, &mut Findings::default())), ["0-1", "1-2"]);
}

#[test]
fn two_landings_on_one_spot_are_joined_by_nothing() {
    let cable = drawn(&[&[(0.0, 0.0), (0.0, 2.0)]], &[(0.0, 0.0), (0.0, 0.0), (0.0, 2.0)]);
    let mut findings = Findings::default();
    let derived = derive(&cable, &mut findings);
    assert_eq!(ends(&derived), ["0-1", "0-2"]);
    assert_eq!(derived.segments[0].drawn_km, 0.0);
    assert_eq!(findings.count(finding::TWIN_PLACES), 1);
}

#[test]
fn a_line_drawn_twice_is_one() {
    let points: &[(f64, f64)] = &[(0.0, 0.0), (0.0, 1.0), (0.0, 2.0)];
    let cable = drawn(&[points, points], &[(0.0, 0.0), (0.0, 2.0)]);
    let mut findings = Findings::default();
    assert_eq!(ends(&derive(&cable, &mut findings)), ["0-1"]);
    assert_eq!(findings.count(finding::DRAWN_TWICE), 1);
}

#[test]
fn a_ring_closes_and_the_order_of_lines_changes_nothing() {
    let (a, b): (&[_], &[_]) = (&[(0.0, 0.0), (0.0, 2.0), (2.0, 2.0)], &[(2.0, 2.0), (2.0, 0.0), (0.0, 0.0)]);
    let landings = [(0.0, 0.0), (2.0, 2.0)];
    for lines in [[a, b], [b, a]] {
        assert_eq!(ends(&derive(&drawn(&lines, &landings), &mut Findings::default())), ["0-1", "0-1"]);
    }
}

#[test]
fn two_lines_may_come_ashore_side_by_side() {
    // Both lines stop 3 to 4 km from the landing, 5 km apart.
    let cable = drawn(&[&[(0.0, 0.0), (0.0, 0.97)], &[(0.03, 1.03), (2.0, 2.0)]], &[(0.0, 0.0), (0.0, 1.0), (2.0, 2.0)]);
    let mut findings = Findings::default();
    assert_eq!(ends(&derive(&cable, &mut findings)), ["0-1", "1-2"]);
    assert_eq!((findings.count(finding::LANDING_FAR), findings.count(finding::ENDS_JOINED)), (1, 1));
}
