//! How likely each part is down at a random moment, and which go down together: the model of years without its course.
//!
//! A part has the share of time that its faults and the mean length of its repair imply; common causes add to it.
//! Nobody waits for a ship or a crew here, so where they are scarce this is too hopeful: years say how much.
//!
//! ```text
//!   age of a common cause   0 ────────┬──────────────┬─────────> a year
//!   cable A, if it was hit  ── down ──┘              │             both are down until the first is mended
//!   cable B, if it was hit  ───────── down ──────────┘
//! ```

use std::collections::BTreeMap;

use crate::algorithm::block::Block;
use crate::failure::hazard::HOURS_PER_YEAR;
use crate::failure::likely::{LikelyChoice, LikelyChoices};
use crate::failure::sample::{Component, Sampler};
use crate::failure::timeline::model::{Model, PartId};
use crate::parallel;
use crate::random::{Binomial, Seed, Stream};

/// A cause is looked for so far back; a repair that takes longer in the mean is taken to take this long.
const LOOK_BACK_H: f64 = HOURS_PER_YEAR;

/// So many combinations of what one common cause may have broken are told apart; the others remain unlisted.
const OUTCOMES_MAX: usize = 4_096;

/// What may be down at a random moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Moment {
    /// At each part: probability of being down by a fault of its own.
    pub own: Vec<f64>,
    /// Common causes in order of name.
    pub causes: Vec<Cause>,
}

/// A common cause.
#[derive(Clone, Debug, PartialEq)]
pub struct Cause {
    /// Identity; it decides the cause's draws.
    pub name: String,
    /// Probability that it struck within the time looked back.
    pub struck: f64,
    /// What it may have hit.
    pub hits: Vec<Strike>,
}

/// One of the things a common cause may have hit.
#[derive(Clone, Debug, PartialEq)]
pub struct Strike {
    /// Identity; with the cause's name it decides the draws.
    pub name: String,
    /// Given the cause, each hit on its own.
    pub probability: f64,
    /// Parts of which one breaks, all equally likely; each with the probability that the cause struck so recently that
    /// the part would not yet be mended.
    pub parts: Vec<(PartId, f64)>,
}

impl Moment {
    /// The long run of a model; O(parts + what its causes hit).
    #[must_use]
    pub fn of(model: &Model) -> Self {
        let down_h = parallel::map(model.parts().len(), || (), |(), part| model.mean_down_h(PartId::from_index(part)));
        let own = model.parts().iter().zip(&down_h).map(|(part, &hours)| share(part.faults_per_year, hours)).collect();
        let cause = |(i, event): (usize, &crate::failure::timeline::model::Event)| {
            let parts = |hit| {
                let parts = model.hit_parts(i, hit).iter();
                parts.map(|&part| (part, share(event.per_year, down_h[part.index()].min(LOOK_BACK_H)))).collect()
            };
            let strike = |(hit, known): (usize, &crate::failure::timeline::model::Hit)| Strike {
                name: known.name.clone(),
                probability: known.probability,
                parts: parts(hit),
            };
            let hits = event.hits.iter().enumerate().map(strike).collect();
            Cause { name: event.name.clone(), struck: share(event.per_year, LOOK_BACK_H), hits }
        };
        Self { own, causes: model.events().iter().enumerate().map(cause).collect() }
    }
}

/// Share of time down of what fails so often while up and is down so long.
fn share(per_year: f64, hours: f64) -> f64 {
    let load = per_year * hours / HOURS_PER_YEAR;
    load / (1.0 + load)
}

/// Draws moments, 512 at a time.
#[derive(Clone, Debug)]
pub struct Moments {
    own: Sampler,
    causes: Vec<CauseDraws>,
}

#[derive(Clone, Debug)]
struct CauseDraws {
    cause: Cause,
    stream: Stream,
    count: Binomial,
    /// At each hit.
    hits: Vec<Stream>,
}

impl Moments {
    /// Prepares tables and streams; `names` are those of the parts.
    #[must_use]
    pub fn new(seed: Seed, moment: &Moment, names: &[&str]) -> Self {
        let components: Vec<Component<'_>> =
            names.iter().zip(&moment.own).map(|(name, &unavailability)| Component { name, unavailability }).collect();
        let states = u16::try_from(Block::STATES).expect("512");
        let prepare = |cause: &Cause| CauseDraws {
            stream: Stream::new(seed, &cause.name),
            count: Binomial::new(states, cause.struck),
            hits: cause.hits.iter().map(|hit| Stream::new(seed, &format!("{}: {}", cause.name, hit.name))).collect(),
            cause: cause.clone(),
        };
        Self { own: Sampler::new(seed, &components), causes: moment.causes.iter().map(prepare).collect() }
    }

    /// Draws block `index`: for each part, the states in which it is down.
    ///
    /// The draws of a part depend on its own faults alone, those of a hit on its cause's rate and its own: what is added
    /// to a model changes nothing of the others.
    pub fn draw(&self, index: u64, down: &mut Vec<Block>) {
        self.own.draw(index, down);
        for CauseDraws { cause, stream, count, hits } in &self.causes {
            let mut draws = stream.at(index);
            let mut block = Block::NONE;
            let number = count.draw(&mut draws);
            draws.choose(number, &mut block.0);
            let struck: Vec<(usize, f64)> = block.states().map(|state| (state, draws.uniform() * cause.struck)).collect();
            for (hit, stream) in cause.hits.iter().zip(hits) {
                let longest = hit.parts.iter().map(|&(_, until)| until).fold(0.0, f64::max);
                let mut draws = None;
                for &(state, age) in struck.iter().filter(|&&(_, age)| age < longest) {
                    let draws = draws.get_or_insert_with(|| stream.at(index));
                    if draws.happens(hit.probability) {
                        let chosen = draws.below(u32::try_from(hit.parts.len()).expect("fewer than 2^32 parts"));
                        let (part, until) = hit.parts[chosen as usize];
                        if age < until {
                            down[part.index()].insert(state);
                        }
                    }
                }
            }
        }
    }
}

/// What a common cause may have left broken, the likeliest first, with probabilities; rarer combinations are left out.
#[must_use]
pub fn outcomes(cause: &Cause) -> Vec<(Vec<PartId>, f64)> {
    let mut ages: Vec<f64> = cause.hits.iter().flat_map(|hit| hit.parts.iter().map(|&(_, until)| until)).collect();
    ages.push(0.0);
    ages.sort_by(f64::total_cmp);
    ages.dedup();
    let longest = ages.last().copied().unwrap_or(0.0);
    let mut sum: BTreeMap<Vec<PartId>, f64> = BTreeMap::from([(Vec::new(), 1.0 - longest)]);
    for bounds in ages.windows(2) {
        // Between these ages the same parts would still be down.
        let choices_of: Vec<(Vec<PartId>, Vec<f64>)> = cause.hits.iter().map(|hit| choices(hit, bounds[0])).collect();
        let mut likely = LikelyChoices::new(&choices_of.iter().map(|(_, odds)| odds.clone()).collect::<Vec<_>>());
        let usual = likely.usual().to_vec();
        for LikelyChoice { unusual, probability } in likely.by_ref().take(OUTCOMES_MAX) {
            let mut chosen = usual.clone();
            unusual.iter().for_each(|&(hit, outcome)| chosen[hit as usize] = outcome);
            let broken = chosen.iter().zip(&choices_of).filter(|(outcome, _)| **outcome > 0);
            let mut broken: Vec<PartId> = broken.map(|(&outcome, (parts, _))| parts[outcome as usize - 1]).collect();
            broken.sort_unstable();
            broken.dedup();
            *sum.entry(broken).or_default() += probability * (bounds[1] - bounds[0]);
        }
    }
    let mut outcomes: Vec<(Vec<PartId>, f64)> = sum.into_iter().collect();
    outcomes.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    outcomes.truncate(OUTCOMES_MAX);
    outcomes
}

/// What a hit does if the cause is of that age: nothing, or one of the parts that would not be mended yet.
#[expect(clippy::cast_precision_loss, reason = "few parts")]
fn choices(hit: &Strike, age: f64) -> (Vec<PartId>, Vec<f64>) {
    let each = hit.probability / hit.parts.len() as f64;
    let parts: Vec<PartId> = hit.parts.iter().filter(|&&(_, until)| until > age).map(|&(part, _)| part).collect();
    let mut odds = vec![(1.0 - each * parts.len() as f64).max(0.0)];
    odds.resize(1 + parts.len(), each);
    (parts, odds)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cause() -> Cause {
        let hit = |name: &str, parts: &[(u32, f64)]| Strike {
            name: name.to_owned(),
            probability: 0.5,
            parts: parts.iter().map(|&(part, until)| (PartId(part), until)).collect(),
        };
        let hits = vec![hit("a", &[(0, 0.02)]), hit("b", &[(1, 0.02), (2, 0.05)]), hit("c", &[(3, 0.05)])];
        Cause { name: "slide".to_owned(), struck: 0.1, hits }
    }

    #[test]
    fn outcomes_of_a_cause_are_all_there_is_and_give_each_part_its_share() {
        let outcomes = outcomes(&cause());
        let total: f64 = outcomes.iter().map(|(_, p)| p).sum();
        assert!((total - 1.0).abs() < 1e-12, "{total}");
        let of = |wanted: &[u32]| -> f64 {
            let holds = |parts: &[PartId]| wanted.iter().all(|&part| parts.contains(&PartId(part)));
            outcomes.iter().filter(|(parts, _)| holds(parts)).map(|(_, p)| p).sum()
        };
        for (parts, expected) in [
            (&[0][..], 0.5 * 0.02),
            (&[1], 0.25 * 0.02),
            (&[2], 0.25 * 0.05),
            (&[3], 0.5 * 0.05),
            (&[0, 3], 0.25 * 0.02),
            (&[2, 3], 0.125 * 0.05),
            (&[1, 2], 0.0),
            (&[0, 1, 3], 0.0625 * 0.02),
        ] {
            assert!((of(parts) - expected).abs() < 1e-12, "{parts:?}: {} is not {expected}", of(parts));
        }
    }

    #[test]
    fn draws_agree_with_the_outcomes_and_a_new_cable_changes_no_others() {
        let moment = Moment { own: vec![0.0; 5], causes: vec![cause()] };
        let mut more = moment.clone();
        more.causes[0].hits.insert(1, Strike { name: "new".to_owned(), probability: 0.9, parts: vec![(PartId(4), 0.09)] });
        let names = ["p0", "p1", "p2", "p3", "p4"];
        let [one, two] = [&moment, &more].map(|moment| Moments::new(Seed(3), moment, &names));
        let [mut down, mut with] = [Vec::new(), Vec::new()];
        let (blocks, mut both, mut new) = (2_000u32, 0, 0);
        for index in 0..u64::from(blocks) {
            one.draw(index, &mut down);
            two.draw(index, &mut with);
            assert_eq!(down[..4], with[..4]);
            both += (down[0] & down[3]).count();
            new += with[4].count();
        }
        let n = f64::from(blocks * 512);
        for (count, p) in [(both, 0.25 * 0.02), (new, 0.9 * 0.09)] {
            assert!((f64::from(count) - n * p).abs() < 4.0 * (n * p).sqrt(), "{count} is not {}", n * p);
        }
    }
}
