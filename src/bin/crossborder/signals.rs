//! What the system may send: a file-size limit that is full becomes an error that can be reported.

use std::sync::Arc;

/// Makes a full file-size limit an error that can be reported, as a full disk is.
pub(crate) fn prepare() {
    #[cfg(unix)]
    let _ = signal_hook::flag::register(signal_hook::consts::signal::SIGXFSZ, Arc::default());
}
