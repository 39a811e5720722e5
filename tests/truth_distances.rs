//! Distances against the known cases of `09_geo`.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a test stops at the first surprise and says what it ran")]

mod truth;

use crossborder::topology::geography::{EARTH_RADIUS_M, geodesic_m, great_circle_m};
use crossborder::units::Position;
use serde_json::Value;

/// A coordinate as the cases write it: a number, or the name of one that JSON has not.
fn coordinate(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| value.as_str().unwrap().parse().unwrap())
}

fn ends(point: &Value) -> [Option<Position>; 2] {
    let c: Vec<f64> = point.as_array().unwrap().iter().map(coordinate).collect();
    [Position::new(c[0], c[1]), Position::new(c[2], c[3])]
}

/// How far a distance may move because a double holds the file's decimals only to the nearest: half a unit in the last
/// place of each coordinate, on the ground. The expected values come from the decimals themselves, so for places a few
/// hundred metres apart this alone exceeds the stated 1e-12.
fn rounding_of_input_m(ends: [Position; 2]) -> f64 {
    let degrees: f64 = ends.iter().map(|end| end.lat().abs() + end.lon().abs()).sum::<f64>() * f64::EPSILON / 2.0;
    EARTH_RADIUS_M * degrees.to_radians()
}

/// Asserts |ours - theirs| within the case's own tolerance (a millimetre and 1e-12 where it states none) and the
/// rounding of the coordinates; tells whether the case's own sufficed.
fn compare(case: &truth::Case, kind: &str, ends: [Position; 2], [ours, theirs]: [f64; 2]) -> bool {
    let tolerance = |key: &str, default: f64| case.value["tolerance"][key].as_f64().unwrap_or(default);
    let stated = match kind {
        "wgs84_geodesic_m" => tolerance("wgs84_abs_m", 1e-3),
        _ => tolerance("great_circle_abs_m", theirs * tolerance("great_circle_rel", 1e-12)),
    };
    let (error, rounding) = ((ours - theirs).abs(), rounding_of_input_m(ends));
    assert!(error <= stated + rounding, "{}: {kind} {ours} is not {theirs} within {stated} + {rounding}", case.name);
    error <= stated
}

#[test]
fn every_published_distance_comes_out() {
    let Some(cases) = truth::cases("09_geo") else { return };
    let (mut distances, mut within_stated) = (0, 0);
    for case in &cases {
        let points = case.value["query"]["points"].as_array().unwrap();
        if case.value["query"]["op"] == "reject" {
            for point in points {
                assert!(ends(point).contains(&None), "{}: {point} is no pair of places", case.name);
            }
            continue;
        }
        for (kind, distance) in [("wgs84_geodesic_m", geodesic_m as fn(_, _) -> _), ("great_circle_m", great_circle_m)] {
            let expected = case.value["expect"][kind].as_array().unwrap();
            assert_eq!(expected.len(), points.len(), "{}", case.name);
            for (point, theirs) in points.iter().zip(expected) {
                let [a, b] = ends(point).map(|end| end.unwrap_or_else(|| panic!("{}: {point} is on Earth", case.name)));
                let values = [distance(a, b), theirs.as_f64().unwrap()];
                within_stated += usize::from(compare(case, kind, [a, b], values));
                distances += 1;
            }
        }
    }
    println!("{} cases of 09_geo, {distances} distances, {within_stated} within the stated tolerance alone", cases.len());
}
