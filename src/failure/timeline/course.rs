//! The course of one sample: faults, events and repairs in order of time, and the outages between them.
//!
//! Faults of a part form a Poisson process in absolute time, and those that come while it is down are void: as up times
//! are exponential, that is the same in law as to wait anew after each repair, and yet no repair ever moves a fault. So
//! what is added to a model changes no other part's faults. It judges no loss (see `meter`).

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::ControlFlow;

use crate::failure::hazard::HOURS_PER_YEAR;
use crate::failure::timeline::model::{Event, Fault, Hit, Model, PartId, PoolId, Time};
use crate::failure::timeline::pool::{Duty, Sent};
use crate::network::Outage;
use crate::random::{Draws, Seed, Stream};
use crate::units::Position;

/// A finished repair, from fault to service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finished {
    /// What was mended.
    pub part: PartId,
    /// By whom; `None` = somebody.
    pub pool: Option<PoolId>,
    /// When it broke.
    pub broke: Time,
    /// When it was in service again.
    pub mended: Time,
    /// Until the fault was found.
    pub detection: Time,
    /// Until one might begin.
    pub permit: Time,
    /// For a crew.
    pub wait: Time,
    /// The crew on its way.
    pub transit: Time,
    /// Hands on the part.
    pub work: Time,
    /// Waiting for weather.
    pub weather: Time,
}

/// What is told as time goes on.
#[derive(Clone, Copy, Debug)]
pub enum News<'a> {
    /// The same segments are out of service all through `from..to`; spans follow each other without gaps, and
    /// neighbours may be alike.
    Span {
        /// Inclusive.
        from: Time,
        /// Exclusive.
        to: Time,
        /// What is out of service.
        outage: &'a Outage,
    },
    /// A fault of a part, which breaks if it was up.
    Fault {
        /// Which part.
        part: PartId,
        /// When.
        at: Time,
        /// Whether the part was down already, so that nothing comes of it.
        is_void: bool,
    },
    /// A part is in service again.
    Mended(Finished),
}

/// In the order in which things of one moment happen: crews are free before they are called, and both before new faults.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Mended,
    Ready,
    Fault,
    Event,
}

/// A repair under way.
#[derive(Clone, Copy, Debug)]
struct Repairing {
    /// As it will have been, so far as it is known.
    course: Finished,
    place: Option<Position>,
    ship: usize,
}

/// The draws of one part, event or hit.
#[derive(Clone, Debug)]
struct Chance {
    stream: Stream,
    /// In the present sample, once any was needed.
    draws: Option<Draws>,
}

impl Chance {
    fn of(&mut self, sample: u64) -> &mut Draws {
        self.draws.get_or_insert_with(|| self.stream.at(sample))
    }
}

/// The course of samples of a model, with its scratch space; O(parts + segments + what events hit).
#[derive(Clone, Debug)]
pub struct Course<'a> {
    model: &'a Model,
    /// At each part.
    faults: Vec<Chance>,
    /// At each event.
    events: Vec<Chance>,
    /// At each event, at each hit.
    hits: Vec<Vec<Chance>>,
    /// By moment, kind, and part or event; no two are alike, so there is one order.
    queue: BinaryHeap<Reverse<(Time, Kind, u32)>>,
    /// At each part that is down.
    repairs: Vec<Option<Repairing>>,
    duties: Vec<Duty<'a>>,
    outage: Outage,
    /// At each segment: how many of the parts that take it down are down.
    lost_by: Vec<u32>,
    sample: u64,
    /// Since when the outage is what it is.
    from: Time,
    /// Nothing happens from then on.
    until: Time,
    /// Whether the listener has heard enough.
    flow: ControlFlow<()>,
}

impl<'a> Course<'a> {
    /// Prepares the streams.
    #[must_use]
    pub fn new(model: &'a Model, seed: Seed) -> Self {
        let chance = |name: &str| Chance { stream: Stream::new(seed, name), draws: None };
        let of_event = |event: &Event| {
            let of_hit = |hit: &Hit| chance(&format!("event {} hits {}", event.name, hit.name));
            event.hits.iter().map(of_hit).collect()
        };
        Self {
            faults: model.parts().iter().map(|part| chance(&format!("faults of {}", part.name))).collect(),
            events: model.events().iter().map(|event| chance(&format!("event {}", event.name))).collect(),
            hits: model.events().iter().map(of_event).collect(),
            queue: BinaryHeap::new(),
            repairs: vec![None; model.parts().len()],
            duties: model.pools().iter().map(|(_, pool)| Duty::new(pool)).collect(),
            outage: Outage::none(model.segment_count()),
            lost_by: vec![0; model.segment_count()],
            sample: 0,
            from: Time::ZERO,
            until: Time::ZERO,
            flow: ControlFlow::Continue(()),
            model,
        }
    }

    /// The model whose course it is.
    #[must_use]
    pub const fn model(&self) -> &'a Model {
        self.model
    }

    /// Runs a sample from all up until a moment, or until `hear` breaks off.
    ///
    /// O((parts + things that happen) log parts) time.
    pub fn run(&mut self, sample: u64, until: Time, hear: &mut impl FnMut(News<'_>) -> ControlFlow<()>) {
        self.begin(sample, until);
        while let Some(Reverse((now, kind, id))) = self.queue.pop()
            && self.flow.is_continue()
        {
            match kind {
                Kind::Mended => self.mended(now, PartId(id), hear),
                Kind::Ready => self.ready(now, PartId(id)),
                Kind::Fault => self.fault(now, PartId(id), hear),
                Kind::Event => self.event(now, id as usize, hear),
            }
        }
        self.close_span(until, hear);
    }

    /// All up, everybody free, and the first fault and event of each.
    fn begin(&mut self, sample: u64, until: Time) {
        self.queue.clear();
        self.repairs.fill(None);
        self.duties.iter_mut().for_each(Duty::reset);
        self.outage = Outage::none(self.model.segment_count());
        self.lost_by.fill(0);
        (self.sample, self.from, self.until, self.flow) = (sample, Time::ZERO, until, ControlFlow::Continue(()));
        for chance in self.faults.iter_mut().chain(&mut self.events).chain(self.hits.iter_mut().flatten()) {
            chance.draws = None;
        }
        for part in 0..self.faults.len() {
            self.plan_fault(Time::ZERO, PartId::from_index(part));
        }
        for event in 0..self.events.len() {
            self.plan_event(Time::ZERO, event);
        }
    }

    fn plan_fault(&mut self, now: Time, part: PartId) {
        let rate = self.model.parts()[part.index()].faults_per_year;
        if rate > 0.0 {
            let gap_h = self.faults[part.index()].of(self.sample).exponential(HOURS_PER_YEAR / rate);
            self.push(now.after(Time::from_hours(gap_h)), Kind::Fault, part.0);
        }
    }

    fn plan_event(&mut self, now: Time, event: usize) {
        let rate = self.model.events()[event].per_year;
        if rate > 0.0 {
            let gap_h = self.events[event].of(self.sample).exponential(HOURS_PER_YEAR / rate);
            self.push(now.after(Time::from_hours(gap_h)), Kind::Event, u32::try_from(event).expect("fewer than 2^32 events"));
        }
    }

    fn push(&mut self, at: Time, kind: Kind, id: u32) {
        if at < self.until {
            self.queue.push(Reverse((at, kind, id)));
        }
    }

    fn fault(&mut self, now: Time, part: PartId, hear: &mut impl FnMut(News<'_>) -> ControlFlow<()>) {
        // Drawn whether it is void or not, so that the part's next faults do not depend on repairs.
        let fault = self.model.draw_fault(part, self.faults[part.index()].of(self.sample));
        self.plan_fault(now, part);
        self.breaks(now, part, fault, hear);
    }

    fn event(&mut self, now: Time, event: usize, hear: &mut impl FnMut(News<'_>) -> ControlFlow<()>) {
        for (i, hit) in self.model.events()[event].hits.iter().enumerate() {
            let draws = self.hits[event][i].of(self.sample);
            if draws.happens(hit.probability) {
                let parts = self.model.hit_parts(event, i);
                let part = parts[draws.below(u32::try_from(parts.len()).expect("fewer than 2^32 parts")) as usize];
                let fault = self.model.draw_fault(part, draws);
                self.breaks(now, part, fault, hear);
            }
        }
        self.plan_event(now, event);
    }

    /// A part breaks, if it is not down already.
    fn breaks(&mut self, now: Time, part: PartId, fault: Fault, hear: &mut impl FnMut(News<'_>) -> ControlFlow<()>) {
        let is_void = self.repairs[part.index()].is_some();
        self.tell(News::Fault { part, at: now, is_void }, hear);
        if is_void {
            return;
        }
        let Fault { pool, detection, permit, work, weather, place } = fault;
        let [mended, wait, transit] = [Time::ZERO; 3];
        let course = Finished { part, pool, broke: now, mended, detection, permit, wait, transit, work, weather };
        self.repairs[part.index()] = Some(Repairing { course, place, ship: 0 });
        for &segment in &self.model.parts()[part.index()].segments {
            if self.lost_by[segment.index()] == 0 {
                self.close_span(now, hear);
                self.outage.lose(segment);
            }
            self.lost_by[segment.index()] += 1;
        }
        self.push(now.after(detection).after(permit), Kind::Ready, part.0);
    }

    /// One may begin: somebody is sent, or the part waits.
    fn ready(&mut self, now: Time, part: PartId) {
        let Repairing { course, place, .. } = self.repairs[part.index()].expect("only what is down gets ready");
        let sent = match course.pool {
            Some(pool) => self.duties[pool.index()].request(now, part, place),
            None => Some(Sent { ship: 0, transit: Time::ZERO }),
        };
        if let Some(sent) = sent {
            self.send(now, part, sent);
        }
    }

    fn send(&mut self, now: Time, part: PartId, sent: Sent) {
        let repairing = self.repairs[part.index()].as_mut().expect("only what is down is mended");
        let course = &mut repairing.course;
        repairing.ship = sent.ship;
        course.transit = sent.transit;
        course.wait = now.since(course.broke.after(course.detection).after(course.permit));
        course.mended = now.after(course.transit).after(course.work).after(course.weather);
        let mended = course.mended;
        self.push(mended, Kind::Mended, part.0);
    }

    fn mended(&mut self, now: Time, part: PartId, hear: &mut impl FnMut(News<'_>) -> ControlFlow<()>) {
        let Repairing { course, place, ship } = self.repairs[part.index()].take().expect("only what is down is mended");
        for &segment in &self.model.parts()[part.index()].segments {
            if self.lost_by[segment.index()] == 1 {
                self.close_span(now, hear);
                self.outage.restore(segment);
            }
            self.lost_by[segment.index()] -= 1;
        }
        self.tell(News::Mended(course), hear);
        let Some(pool) = course.pool else { return };
        let (duty, repairs) = (&mut self.duties[pool.index()], &self.repairs);
        duty.release(now, ship, place);
        let place = |part: PartId| repairs[part.index()].as_ref().and_then(|repairing| repairing.place);
        if let Some((part, sent)) = duty.next(now, place) {
            self.send(now, part, sent);
        }
    }

    /// Tells of the outage as it was until now; it is about to change, or time is up.
    fn close_span(&mut self, now: Time, hear: &mut impl FnMut(News<'_>) -> ControlFlow<()>) {
        if self.from < now && self.flow.is_continue() {
            self.flow = hear(News::Span { from: self.from, to: now, outage: &self.outage });
        }
        self.from = now;
    }

    fn tell(&mut self, news: News<'_>, hear: &mut impl FnMut(News<'_>) -> ControlFlow<()>) {
        if self.flow.is_continue() {
            self.flow = hear(news);
        }
    }
}

#[cfg(test)]
mod tests;
