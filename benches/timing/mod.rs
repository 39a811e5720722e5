//! What a run costs, measured so that a busy machine costs nobody anything.

use std::fs;
use std::time::{Duration, Instant};

/// Whether the benches are only to be tried, not timed.
#[allow(dead_code, reason = "each bench takes what it needs")]
pub(crate) fn is_trial() -> bool {
    let has = |word: &str| std::env::args().any(|argument| argument == word);
    has("--test") || !has("--bench")
}

/// Runs `work` and says how long this thread ran: from the scheduler where the system tells (Linux), else by the clock on
/// the wall.
#[allow(dead_code, reason = "each bench takes what it needs")]
pub(crate) fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let clock = Instant::now();
    let ran = || {
        let schedule = fs::read_to_string("/proc/thread-self/schedstat").ok();
        let running = schedule.and_then(|text| text.split(' ').next().and_then(|word| word.parse().ok()));
        running.map_or_else(|| clock.elapsed(), Duration::from_nanos)
    };
    let begin = ran();
    let result = work();
    (result, ran() - begin)
}

/// The least time of several runs of each, in turn, so that all meet the same machine; each says what a run of it took.
#[allow(dead_code, reason = "each bench takes what it needs")]
pub(crate) fn least_in_turn<const N: usize>(turns: usize, mut works: [&mut dyn FnMut() -> Duration; N]) -> [Duration; N] {
    let mut least = [Duration::MAX; N];
    for _ in 0..turns {
        for (least, work) in least.iter_mut().zip(&mut works) {
            *least = (*least).min(work());
        }
    }
    least
}
