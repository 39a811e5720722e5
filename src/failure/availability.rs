//! Closed forms for components that alternate between up and down: alone, in time, and as k out of n with few crews.
//!
//! Steady state depends on the means alone; what is said of a moment or a first failure assumes exponential times.
//! Networks of components are in `algorithm::reliability`; queues of ships for unlike faults are simulated, not here.

use crate::algorithm::reliability::Downtime;

/// A component that is repaired whenever it fails.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Renewal {
    /// Mean time from repair to the next failure, hours (not between failures).
    pub mean_up_h: f64,
    /// Mean time from failure to repair, hours.
    pub mean_down_h: f64,
}

impl Renewal {
    /// Share of time up in the long run.
    #[must_use]
    pub fn availability(self) -> f64 {
        self.mean_up_h / (self.mean_up_h + self.mean_down_h)
    }

    /// Share of time down and failures per hour in the long run.
    #[must_use]
    pub fn downtime(self) -> Downtime {
        let cycle = self.mean_up_h + self.mean_down_h;
        Downtime { probability: self.mean_down_h / cycle, frequency: 1.0 / cycle }
    }

    /// Probability of being up after `hours`, if it is up now.
    #[must_use]
    pub fn availability_after(self, hours: f64) -> f64 {
        self.availability() + self.downtime().probability * (-self.rate() * hours).exp()
    }

    /// Mean share of time up during the next `hours`, if it is up now.
    #[must_use]
    pub fn availability_during(self, hours: f64) -> f64 {
        let decay = self.rate() * hours;
        self.availability() - self.downtime().probability * (-decay).exp_m1() / decay
    }

    /// Variance of the hours down during `hours` that begin at a random moment: how far single runs scatter.
    #[must_use]
    pub fn downtime_variance(self, hours: f64) -> f64 {
        let rate = self.rate();
        let decay = rate * hours;
        2.0 * self.availability() * self.downtime().probability * (decay + (-decay).exp_m1()) / (rate * rate)
    }

    /// How fast the past is forgotten, per hour.
    fn rate(self) -> f64 {
        1.0 / self.mean_up_h + 1.0 / self.mean_down_h
    }
}

impl Downtime {
    /// Mean length of one outage, in the unit of time of the frequency.
    #[must_use]
    pub fn mean_down(self) -> f64 {
        self.probability / self.frequency
    }

    /// Mean time between two outages, from the end of one to the beginning of the next.
    #[must_use]
    pub fn mean_up(self) -> f64 {
        (1.0 - self.probability) / self.frequency
    }
}

/// Like components of which some must be up, mended by a number of crews; those that find no crew wait.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pool {
    /// How many components.
    pub size: u32,
    /// How many must be up for the whole to be up.
    pub needed: u32,
    /// How many can be mended at once.
    pub crews: u32,
    /// Each component; the time down without waiting.
    pub component: Renewal,
}

/// The long run of a [`Pool`].
#[derive(Clone, Debug, PartialEq)]
pub struct PoolMeasures {
    /// Of the whole, per hour.
    pub downtime: Downtime,
    /// Mean hours until the whole first fails, all components being up at first.
    pub first_failure_h: f64,
    /// Probability of 0, 1, ... `size` components down.
    pub down_counts: Vec<f64>,
    /// Mean number of components down.
    pub mean_down: f64,
    /// Mean number of components that wait for a crew.
    pub mean_waiting: f64,
}

impl Pool {
    /// Solves the birth-and-death process (the machine repairman, Feller 1957, XVII.7). O(size) time.
    ///
    /// # Panics
    /// Unless 1 ≤ needed ≤ size and there is a crew.
    #[must_use]
    pub fn measures(self) -> PoolMeasures {
        assert!((1..=self.size).contains(&self.needed), "some of the components are needed");
        assert!(self.crews > 0, "without crews nothing is ever mended");
        let fails = |down: u32| f64::from(self.size - down) / self.component.mean_up_h;
        let mends = |down: u32| f64::from(down.min(self.crews)) / self.component.mean_down_h;
        let mut down_counts = vec![1.0];
        for down in 1..=self.size {
            let before = down_counts[down as usize - 1];
            down_counts.push(before * fails(down - 1) / mends(down));
        }
        let total: f64 = down_counts.iter().sum();
        down_counts.iter_mut().for_each(|count| *count /= total);
        let spare = self.size - self.needed;
        // Time to go from one count to the next higher, going back and forth in between.
        let mut climb = 0.0;
        let mut first_failure_h = 0.0;
        for down in 0..=spare {
            climb = (1.0 + if down == 0 { 0.0 } else { mends(down) * climb }) / fails(down);
            first_failure_h += climb;
        }
        let mean = |weight: &dyn Fn(u32) -> u32| {
            (0..).zip(&down_counts).map(|(down, probability)| f64::from(weight(down)) * probability).sum::<f64>()
        };
        PoolMeasures {
            downtime: Downtime {
                probability: down_counts[spare as usize + 1..].iter().sum(),
                frequency: down_counts[spare as usize] * fails(spare),
            },
            first_failure_h,
            mean_down: mean(&|down| down),
            mean_waiting: mean(&|down| down.saturating_sub(self.crews)),
            down_counts,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CABLE: Renewal = Renewal { mean_up_h: 900.0, mean_down_h: 100.0 };

    #[test]
    fn time_forgets_how_it_began() {
        assert_eq!(CABLE.availability_after(0.0), 1.0);
        assert!((CABLE.availability_after(1e6) - 0.9).abs() < 1e-15);
        assert!((CABLE.availability_during(1e-6) - 1.0).abs() < 1e-9);
        assert!((CABLE.availability_during(1e9) - 0.9).abs() < 1e-6);
    }

    #[test]
    fn with_a_crew_for_each_the_pool_is_binomial() {
        let pool = Pool { size: 3, needed: 1, crews: 3, component: CABLE };
        let measures = pool.measures();
        for (got, expected) in measures.down_counts.iter().zip([0.729, 0.243, 0.027, 0.001]) {
            assert!((got - expected).abs() < 1e-15);
        }
        let parallel = CABLE.downtime().and(CABLE.downtime()).and(CABLE.downtime());
        assert!((measures.downtime.frequency / parallel.frequency - 1.0).abs() < 1e-14);
        assert_eq!(measures.mean_waiting, 0.0);
    }

    #[test]
    fn one_component_first_fails_after_its_mean_time_up() {
        let measures = Pool { size: 1, needed: 1, crews: 1, component: CABLE }.measures();
        assert!((measures.first_failure_h - 900.0).abs() < 1e-12);
        assert!((measures.downtime.mean_down() - 100.0).abs() < 1e-12);
        assert!((measures.downtime.mean_up() - 900.0).abs() < 1e-12);
    }

    #[test]
    fn fewer_crews_make_longer_outages() {
        let [one, two] = [1, 2].map(|crews| Pool { size: 4, needed: 2, crews, component: CABLE }.measures());
        assert!(one.downtime.probability > two.downtime.probability);
        assert!(one.mean_waiting > 0.0);
    }
}
