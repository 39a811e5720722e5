//! Which outages a failure study asks of: every element of a kind, events by name, areas, planned works; and what is
//! found of each.

use crate::failure::blame::Blame;
use crate::failure::exhaustive::Exhaustive;
use crate::failure::geography::{self, Reach};
use crate::failure::impact::Restoration;
use crate::failure::isolation::Isolation;
use crate::failure::outages::{Counting, Element, ElementKind, OutageSet, elements, named, names};
use crate::failure::worst_circle::WorstCircle;
use crate::file::{Entry, Interval, Number, suggest};
use crate::problem::{Place, Problem, Problems, code};
use crate::scenario::raw::{RawFailure, RawReach};
use crate::scenario::words::{CIRCLE_MEASURES, ELEMENTS, IMPACTS, Impacts, RANKS};
use crate::topology::{Area, SegmentId, Topology};
use crate::units::{Date, Length, Position};

const TRIP: Number = Number { name: "utilisation in per cent", interval: Interval::closed(1.0, 1e6) };
const RADIUS: Number = Number { name: "distance in km", interval: Interval::closed(0.0, 20_000.0) };
const LATITUDE: Number = Number { name: "latitude in degrees", interval: Interval::closed(-90.0, 90.0) };
const LONGITUDE: Number = Number { name: "longitude in degrees", interval: Interval::closed(-180.0, 360.0) };

/// How many of the worst outages are told where the study does not say.
const WORST: usize = 10;

/// What a study asks of outages: each part `None` where it asks for none, or something is wrong.
#[derive(Default)]
pub(super) struct Asked {
    pub(super) exhaustive: Option<Exhaustive>,
    pub(super) blame: Option<Blame>,
    pub(super) isolation: Option<Isolation>,
    pub(super) worst_circle: Option<WorstCircle>,
}

/// What a study asks of outages.
pub(super) fn asked(
    raw: &RawFailure,
    restoration: Restoration,
    known: Option<(&Topology, Date)>,
    problems: &mut Problems,
) -> Asked {
    let kind = raw.each.word("kind of element", ELEMENTS, problems);
    let together = raw.together.whole("number of elements", 1, 6, problems);
    let is_whole = raw.whole_cable.boolean(problems).unwrap_or(false);
    let measure = raw.rank.word("ranking", RANKS, problems).unwrap_or_default();
    let worst = raw.worst.whole("number of outages", 0, 10_000, problems).and_then(|worst| usize::try_from(worst).ok());
    let counting = if is_whole { Counting::WholeCables } else { Counting::Segments };
    let reaches: Vec<(String, Reach)> = raw.area.iter().filter_map(|area| reach(area, problems)).collect();
    let has_any = !raw.each.is_blank() || raw.events.0.is_some() || !raw.maintenance.entries().is_empty() || !raw.area.is_empty();
    let is_blame = raw.blame.boolean(problems).unwrap_or(false);
    let cut_sets = raw.cut_sets.whole("number of elements", 1, 4, problems).and_then(|size| usize::try_from(size).ok());
    let radius = raw.worst_circle_km.number(RADIUS, problems).and_then(Length::from_km);
    let circle_measure = raw.worst_circle_by.word("measure of circles", CIRCLE_MEASURES, problems).unwrap_or_default();
    check_use(raw, has_any, problems);
    let Some((topology, day)) = known else { return Asked::default() };
    let look = |entry: &Entry, problems: &mut Problems| element(entry, (topology, day), counting, problems);
    let cutting = cut_sets.map(|_| elements(topology, day, kind.unwrap_or(ElementKind::Cable), counting));
    let mut failing = kind.map_or_else(Vec::new, |kind| elements(topology, day, kind, counting));
    for event in raw.events.0.iter().flatten() {
        let parts: Vec<Element> = event.iter().filter_map(|entry| look(entry, problems)).collect();
        failing.extend((!parts.is_empty()).then(|| Element::together(&parts)));
    }
    for (name, reach) in reaches {
        failing.push(Element::new(name, (topology, day), geography::hit(topology, day, &reach), counting));
    }
    let works: Vec<Element> = raw.maintenance.entries().iter().filter_map(|entry| look(entry, problems)).collect();
    let mut down: Vec<SegmentId> =
        raw.down.entries().iter().filter_map(|entry| look(entry, problems)).flat_map(|element| element.segments).collect();
    down.sort_unstable();
    down.dedup();
    let together = together.and_then(|count| usize::try_from(count).ok()).unwrap_or(1);
    let set = if works.is_empty() { OutageSet::every(failing, together) } else { OutageSet::planned(works, failing) };
    let blame = is_blame.then(|| Blame { down: down.clone(), restoration });
    let isolation = cut_sets.zip(cutting).map(|(size_max, elements)| Isolation { elements, size_max, down: down.clone() });
    let worst_circle = radius.map(|radius| WorstCircle { radius, measure: circle_measure, down: down.clone(), restoration });
    let exhaustive = has_any.then(|| Exhaustive { set, down, restoration, measure, worst: worst.unwrap_or(WORST) });
    Asked { exhaustive, blame, isolation, worst_circle }
}

/// What becomes of traffic whose route is lost, in outages and in years.
pub(super) fn restoration(raw: &RawFailure, problems: &mut Problems) -> Restoration {
    let trip = raw.trip_percent.number(TRIP, problems).map(|percent| percent / 100.0);
    let word = raw.impact.word("impact", IMPACTS, problems).unwrap_or(Impacts::Reroute);
    if trip.is_some() && word != Impacts::Cascade {
        let problem = raw.trip_percent.problem(code::KEY_DOES_NOT_APPLY, "`trip_percent` is of cascades", "does not apply");
        problems.push(problem.help("write `impact = \"cascade\"`, or leave it out"));
    }
    match word {
        Impacts::Lost => Restoration::None,
        Impacts::Connectivity | Impacts::Reroute => Restoration::Reroute,
        Impacts::WithinCapacity => Restoration::WithinCapacity,
        Impacts::Optimal => Restoration::Optimal,
        Impacts::Cascade => Restoration::Cascade { trip: trip.unwrap_or(1.0) },
    }
}

/// Keys of outages where no outage is asked for, and keys that do not go together.
fn check_use(raw: &RawFailure, has_any: bool, problems: &mut Problems) {
    let blame = |entry: &Entry, message: &str, help: &str, problems: &mut Problems| {
        if !entry.is_blank() {
            problems.push(entry.problem(code::KEY_DOES_NOT_APPLY, message, "does not apply").help(help));
        }
    };
    if !has_any {
        for (entry, key) in
            [(&raw.together, "together"), (&raw.whole_cable, "whole_cable"), (&raw.rank, "rank"), (&raw.worst, "worst")]
        {
            let help = "add `each`, `events`, `maintenance` or an area, or leave it out";
            blame(entry, &format!("`{key}` needs outages to be about"), help, problems);
        }
    }
    if raw.worst_circle_km.is_blank() {
        let help = "add `worst_circle_km`, or leave it out";
        blame(&raw.worst_circle_by, "`worst_circle_by` needs the radius of a circle", help, problems);
    }
    if !raw.maintenance.entries().is_empty() {
        let help = "each work is taken alone and with every single failure; leave `together` out";
        blame(&raw.together, "`together` does not go with planned works", help, problems);
    }
}

/// What an entry names.
fn element(entry: &Entry, (topology, day): (&Topology, Date), counting: Counting, problems: &mut Problems) -> Option<Element> {
    let text = entry.get()?;
    let found = named(topology, day, text, counting);
    if found.is_none() {
        let help = suggest(text, names(topology)).map_or_else(
            || "name a risk group, a cable, a segment, a site or a territory".to_owned(),
            |name| format!("did you mean `{name}`?"),
        );
        problems.push(entry.problem(code::UNKNOWN_ID, format!("nothing is called `{text}`"), "unknown").help(help));
    }
    found
}

/// An area and its name for people.
fn reach(raw: &RawReach, problems: &mut Problems) -> Option<(String, Reach)> {
    let points = |key: &str, lists: &Option<Vec<Vec<Entry>>>, problems: &mut Problems| -> Option<Vec<Position>> {
        let lists = lists.as_ref()?;
        Some(lists.iter().filter_map(|pair| point(pair, key, raw.place.as_ref(), problems)).collect())
    };
    let polygon = points("polygon", &raw.polygon.0, problems);
    let track = points("line", &raw.line.0, problems);
    let width = raw.width_km.number(RADIUS, problems);
    let [south, north] = [&raw.lat_from, &raw.lat_to].map(|entry| entry.number(LATITUDE, problems));
    let circle = raw.circle.as_ref().map(|circle| {
        let centre = position(&circle.lat, &circle.lon, problems);
        let radius = circle.radius_km.number(RADIUS, problems).and_then(Length::from_km);
        (centre, radius)
    });
    let name = raw.name.owned();
    let said = [circle.is_some(), polygon.is_some(), track.is_some(), south.or(north).is_some()];
    let mut wrong = |message: &str, help: &str| {
        let problem = Problem { place: raw.place.clone(), ..Problem::new(code::KEY_DOES_NOT_APPLY, message) };
        problems.push(problem.help(help));
        None
    };
    if said.iter().filter(|&&is_said| is_said).count() != 1 {
        return wrong("an area is a circle, a polygon, a line or a band of latitudes", "give exactly one of the four");
    }
    if track.is_some() != width.is_some() {
        return wrong("a line has a width, and nothing else has", "give `line` and `width_km` together");
    }
    match (circle, polygon, track) {
        (Some((centre, radius)), _, _) => {
            let area = Area::Circle { centre: centre?, radius: radius? };
            Some((name.unwrap_or_else(|| "circle".to_owned()), Reach::Area(area)))
        }
        (_, Some(corners), _) if corners.len() >= 3 => {
            Some((name.unwrap_or_else(|| "polygon".to_owned()), Reach::Area(Area::Polygon(corners))))
        }
        (_, Some(_), _) => wrong("a polygon has at least three corners", "write each corner as [latitude, longitude]"),
        (_, _, Some(points)) if !points.is_empty() => {
            Some((name.unwrap_or_else(|| "line".to_owned()), Reach::Track { points, width_m: width? * 1e3 }))
        }
        (_, _, Some(_)) => wrong("a line has at least one point", "write each point as [latitude, longitude]"),
        (None, None, None) => {
            let (south, north) = (south.unwrap_or(-90.0), north.unwrap_or(90.0));
            if south > north {
                return wrong("a band of latitudes runs from south to north", "exchange `lat_from` and `lat_to`");
            }
            Some((name.unwrap_or_else(|| format!("{south}° to {north}°")), Reach::Latitudes([south, north])))
        }
    }
}

fn point(pair: &[Entry], key: &str, place: Option<&Place>, problems: &mut Problems) -> Option<Position> {
    let [lat, lon] = pair else {
        let problem = Problem::new(code::BAD_POSITION, format!("a point of `{key}` has {} coordinates", pair.len()));
        let place = pair.first().and_then(|entry| entry.place.clone()).or_else(|| place.cloned());
        problems.push(Problem { place, ..problem }.help("write each as [latitude, longitude]"));
        return None;
    };
    position(lat, lon, problems)
}

fn position(lat: &Entry, lon: &Entry, problems: &mut Problems) -> Option<Position> {
    let (lat, lon) = (lat.number(LATITUDE, problems), lon.number(LONGITUDE, problems));
    Position::new(lat?, lon?)
}
