//! Work on so many threads, and what the answer's `run` block says of it.

use std::time::Instant;

use crossborder::parallel;
use crossborder::report::Run;

use crate::arguments::Global;
use crate::failure::Failure;
use crate::talk;

/// Does the work on the threads that were asked for, and takes its time.
pub(crate) fn timed<T: Send>(global: &Global, work: impl FnOnce() -> T + Send) -> Result<(T, Run), Failure> {
    let start = Instant::now();
    let (result, threads) = parallel::with_threads(global.threads, || (work(), parallel::threads()))
        .map_err(|reason| Failure::Machine(format!("no threads to work on: {reason}")))?;
    let elapsed_s = start.elapsed().as_secs_f64();
    talk::detail(&format!("worked {elapsed_s:.3} s on {threads} threads"), global);
    let host = format!("{} {}", std::env::consts::OS, std::env::consts::ARCH);
    Ok((result, Run { version: env!("CARGO_PKG_VERSION").to_owned(), threads, elapsed_s, host }))
}
