//! Parallel loops that give the same bytes at any thread count; the only user of rayon.
//!
//! Work is cut into fixed blocks, and results are taken in order. It never sums floats in the order of completion.

use std::num::NonZeroUsize;

use rayon::prelude::*;

/// Runs `work` with so many threads for its loops; by default with one per processor.
///
/// # Errors
/// If the system gives no threads, in its words.
pub fn with_threads<T: Send>(threads: Option<NonZeroUsize>, work: impl FnOnce() -> T + Send) -> Result<T, String> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads.map_or(0, NonZeroUsize::get)).build();
    Ok(pool.map_err(|error| error.to_string())?.install(work))
}

/// How many threads the loops have.
#[must_use]
pub fn threads() -> usize {
    rayon::current_num_threads()
}

/// Maps `0..count` in parallel and returns the results in order; `state` makes the scratch space of one worker.
pub fn map<S, T: Send>(
    count: usize,
    state: impl Fn() -> S + Sync + Send,
    work: impl Fn(&mut S, usize) -> T + Sync + Send,
) -> Vec<T> {
    (0..count).into_par_iter().map_init(state, work).collect()
}

/// Folds fixed blocks of `0..count` in parallel, then merges the blocks' results in order on one thread.
///
/// `block` is part of the result where floats are summed: never derive it from the thread count.
pub fn fold_blocks<T: Send>(
    count: usize,
    block: usize,
    fold: impl Fn(std::ops::Range<usize>) -> T + Sync + Send,
    merge: impl FnMut(T, T) -> T,
) -> Option<T> {
    assert!(block > 0, "a block holds at least one item");
    let starts: Vec<usize> = (0..count).step_by(block).collect();
    let parts: Vec<T> = starts.into_par_iter().map(|start| fold(start..count.min(start + block))).collect();
    parts.into_iter().reduce(merge)
}
