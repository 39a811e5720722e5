//! When it is full: the year in which each cable, gateway and risk group is exhausted, and what would put it off.
//!
//! Traffic grows at constant rates on the routes it has; with planned cables, it is routed anew in every year in which
//! anything changes. Nobody reacts to scarcity, so the years are those in which something has to be done.

use super::load::{Loads, Usage};
use super::place::{self, Mode, Placement};
use super::safety::{Safety, safety};
use super::upgrade::{Step, steps};
use crate::demand::{Growth, growth_factor};
use crate::policy::{Law, Policy};
use crate::topology::{RiskGroupId, Topology};
use crate::units::{Date, Validity};

/// What is asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Spec {
    /// The traffic on the policy's day, and how it is routed; it is placed as offered, whatever the mode.
    pub placement: place::Spec,
    /// How it grows.
    pub growth: Growth,
    /// How many years to look ahead.
    pub years: u32,
    /// The utilisation that counts as full; 1 is all of it.
    pub full: f64,
}

/// What was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// With what is in service on the policy's day, and nothing else.
    pub alone: Course,
    /// With everything as it comes into service and leaves it.
    pub planned: Course,
    /// For each cable that is full in `alone`: the cheapest step that helps; in order of year, then of cable.
    pub steps: Vec<Step>,
    /// How much traffic may grow until the loss of some cable overloads another.
    pub safety: Safety,
}

/// How it goes from year to year.
#[derive(Clone, Debug, PartialEq)]
pub struct Course {
    /// The policy's year, and so many after it.
    pub years: Vec<Year>,
    /// First year in which each cable has a full segment; `None` = not in the years looked at. Length = cables.
    pub cables: Vec<Option<i16>>,
    /// First year in which switching, or all segments across the border in one direction, are full at each gateway.
    /// Length = sites.
    pub gateways: Vec<Option<i16>>,
    /// First year in which all segments of each risk group, taken together, are full. Length = risk groups.
    pub groups: Vec<Option<i16>>,
}

/// One year.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Year {
    /// Calendar year.
    pub year: i16,
    /// Asked for.
    pub offered_mbps: f64,
    /// With a route, whether there is room or not.
    pub routed_mbps: f64,
    /// Highest utilisation of any lane or service gateway.
    pub worst: f64,
}

/// Answers a study of growth. Deterministic at any thread count.
///
/// # Panics
/// If the last year is past 9999, or `full` is not positive.
#[must_use]
pub fn run(topology: &Topology, policy: &Policy, spec: &Spec) -> Outcome {
    assert!(spec.full > 0.0, "full is more than nothing");
    let law = Law::new(topology, policy);
    let placement = place::Spec { mode: Mode::Offered, ..spec.placement.clone() };
    let now = place::run(&law, &placement).placements;
    let growing = Growing::of(&law, spec, &now);
    let loads: Vec<Loads> = (0..=spec.years).map(|years| growing.after(years)).collect();
    let mut alone = Course::new(topology);
    for (years, loads) in (0..).zip(&loads) {
        alone.add(&law, spec.full, growing.year(policy.as_of, years, loads.worst(&law)), loads);
    }
    Outcome {
        steps: steps(&law, spec.full, &alone, &loads),
        safety: safety(&law, spec, &now),
        planned: planned(topology, policy, spec, now),
        alone,
    }
}

fn planned(topology: &Topology, policy: &Policy, spec: &Spec, now: Vec<Placement>) -> Course {
    let mut course = Course::new(topology);
    let mut placements = now;
    let mut before = policy.as_of;
    for years in 0..=spec.years {
        let day = years_on(policy.as_of, years);
        let policy_then = Policy { as_of: day, ..policy.clone() };
        let law = Law::new(topology, &policy_then);
        if anything_changes(topology, before, day) {
            placements = place::run(&law, &place::Spec { mode: Mode::Offered, ..spec.placement.clone() }).placements;
        }
        let growing = Growing::of(&law, spec, &placements);
        let loads = growing.after(years);
        course.add(&law, spec.full, growing.year(policy.as_of, years, loads.worst(&law)), &loads);
        before = day;
    }
    course
}

impl Course {
    fn new(topology: &Topology) -> Self {
        Self {
            years: Vec::new(),
            cables: vec![None; topology.cables().len()],
            gateways: vec![None; topology.site_count()],
            groups: vec![None; topology.risk_groups().len()],
        }
    }

    fn add(&mut self, law: &Law<'_>, full: f64, year: Year, loads: &Loads) {
        let is_full = |usage: Usage| usage.utilisation().is_some_and(|utilisation| utilisation >= full);
        let note = |first: &mut Option<i16>, is_full: bool| {
            if is_full {
                first.get_or_insert(year.year);
            }
        };
        for lane in loads.lanes(law) {
            let cable = law.topology().segment(lane.lane.segment()).cable;
            note(&mut self.cables[cable.index()], is_full(lane.usage));
        }
        for gateway in loads.gateways(law) {
            let usages = [gateway.switched, gateway.outward, gateway.inward];
            note(&mut self.gateways[gateway.site.index()], usages.into_iter().any(is_full));
        }
        for (i, first) in self.groups.iter_mut().enumerate() {
            note(first, is_full(loads.group(law, RiskGroupId::from_index(i))));
        }
        self.years.push(year);
    }
}

/// Loads by rate of growth, so that those of any year are a sum of a few.
///
/// Each request grows by itself, without the rounding to whole Mbit/s of `Growth::after`.
#[derive(Clone, Debug)]
pub(super) struct Growing {
    classes: Vec<Class>,
    none: Loads,
}

#[derive(Clone, Debug)]
struct Class {
    rate: f64,
    loads: Loads,
    offered_mbps: f64,
    routed_mbps: f64,
}

impl Growing {
    pub(super) fn of(law: &Law<'_>, spec: &Spec, placements: &[Placement]) -> Self {
        let requests = &spec.placement.requests;
        let classes = spec.growth.classes(law.topology(), requests);
        let class = |(rate, members): (f64, Vec<usize>)| Class {
            rate,
            loads: Loads::of(law, members.iter().map(|&i| &placements[i])),
            #[expect(clippy::cast_precision_loss, reason = "below 2^53 Mbit/s")]
            offered_mbps: members.iter().map(|&i| requests[i].traffic.mbps() as f64).sum(),
            routed_mbps: members.iter().map(|&i| placements[i].carried_mbps()).sum(),
        };
        Self { classes: classes.into_iter().map(class).collect(), none: Loads::of(law, []) }
    }

    /// All loads after some years.
    pub(super) fn after(&self, years: u32) -> Loads {
        let grown = |class: &Class| class.loads.scaled(growth_factor(class.rate, years));
        self.classes.iter().fold(self.none.clone(), |sum, class| sum.plus(&grown(class)))
    }

    fn year(&self, as_of: Date, years: u32, worst: f64) -> Year {
        let sum = |mbps: fn(&Class) -> f64| -> f64 {
            self.classes.iter().map(|class| mbps(class) * growth_factor(class.rate, years)).sum()
        };
        let [offered_mbps, routed_mbps] = [sum(|class| class.offered_mbps), sum(|class| class.routed_mbps)];
        Year { year: years_on(as_of, years).year(), offered_mbps, routed_mbps, worst }
    }
}

fn years_on(day: Date, years: u32) -> Date {
    let year = i64::from(day.year()) + i64::from(years);
    let year = i16::try_from(year).ok().filter(|year| *year <= 9999).expect("growth ends before the year 10000");
    // The 29th of February has no anniversary in most years.
    Date::new(year, day.month(), day.day()).unwrap_or_else(|_| Date::constant(year, 3, 1))
}

/// Tells whether anything dated begins or ends after one day and not after another.
fn anything_changes(topology: &Topology, after: Date, until: Date) -> bool {
    let falls_between = |day: Option<Date>| day.is_some_and(|day| after < day && day <= until);
    let changes = |validity: Validity| falls_between(validity.from) || falls_between(validity.to);
    topology.sites().any(|(_, site)| changes(site.validity) || site.roles.iter().any(|&(_, validity)| changes(validity)))
        || topology.segments().any(|(_, segment)| changes(segment.validity))
        || topology.scopes().iter().any(|scope| changes(scope.validity))
}
