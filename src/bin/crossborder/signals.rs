//! Ctrl-C and its kin: the first asks a run to stop at its next step, the second kills.
//!
//! Only a study that looks at [`is_interrupted`] calls [`arm`]; until then the system's own ways hold, so that
//! reading a file or waiting for standard input stops at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use signal_hook::consts::signal::{SIGINT, SIGTERM};

/// The signals that came since [`arm`].
#[derive(Clone, Debug, Default)]
pub(crate) struct Interruption(Arc<AtomicUsize>);

impl Interruption {
    /// Takes Ctrl-C and termination over: the first is noted, the second ends the program with 128 + its number.
    ///
    /// Where the system refuses, its own ways go on to hold.
    pub(crate) fn arm() -> Self {
        let signalled = Self::default();
        for signal in [SIGINT, SIGTERM] {
            let was_asked = Arc::new(AtomicBool::new(false));
            let _ = signal_hook::flag::register_conditional_shutdown(signal, 128 + signal, Arc::clone(&was_asked));
            let _ = signal_hook::flag::register(signal, was_asked);
            let _ = signal_hook::flag::register_usize(signal, Arc::clone(&signalled.0), signal.unsigned_abs() as usize);
        }
        signalled
    }

    /// The signal that asked to stop.
    pub(crate) fn signal(&self) -> Option<u8> {
        let signal = self.0.load(Ordering::Relaxed);
        u8::try_from(signal).ok().filter(|&signal| signal > 0)
    }
}

/// Makes a full file-size limit an error that can be reported, as a full disk is.
pub(crate) fn prepare() {
    #[cfg(unix)]
    let _ = signal_hook::flag::register(signal_hook::consts::signal::SIGXFSZ, Arc::default());
}
