//! Who may ask, and how often: a secret in the link, the right host, no foreign page, so many requests a second.
//!
//! A page from elsewhere that a browser has open can send requests here, too. It does not know the secret; it cannot
//! read answers, for none allows another origin; and a name that is made to point here does not pass for this host.

use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use super::http::{Request, Status};

/// Requests that may come at once, and that come back every second.
const BURST: f64 = 120.0;
const PER_SECOND: f64 = 60.0;

/// One for each run of the program.
pub(super) struct Gate {
    secret: String,
    port: u16,
    /// Requests that are still allowed, and when that was so.
    allowed: Mutex<(f64, Instant)>,
}

impl Gate {
    /// With a secret of 128 bits from the system's generator.
    pub(super) fn new(port: u16) -> Result<Self, getrandom::Error> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes)?;
        let secret = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Self { secret, port, allowed: Mutex::new((BURST, Instant::now())) })
    }

    /// What a browser opens.
    pub(super) fn link(&self) -> String {
        format!("http://127.0.0.1:{}/{}/", self.port, self.secret)
    }

    /// The path behind the secret, for a request that may be answered.
    pub(super) fn admit<'r>(&self, request: &'r Request) -> Result<&'r str, Status> {
        let hosts = ["127.0.0.1", "localhost"].map(|name| format!("{name}:{}", self.port));
        if !hosts.contains(&request.host) {
            return Err(Status::OtherHost);
        }
        if request.origin.as_ref().is_some_and(|origin| !hosts.iter().any(|host| *origin == format!("http://{host}"))) {
            return Err(Status::OtherHost);
        }
        let (secret, path) = request.path.strip_prefix('/').and_then(|path| path.split_once('/')).ok_or(Status::Nothing)?;
        if !is_same(secret.as_bytes(), self.secret.as_bytes()) {
            return Err(Status::Nothing);
        }
        if self.is_too_often() {
            return Err(Status::TooOften);
        }
        Ok(path)
    }

    fn is_too_often(&self) -> bool {
        let mut allowed = self.allowed.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let (before, at) = *allowed;
        let left = (before + PER_SECOND * now.duration_since(at).as_secs_f64()).min(BURST);
        let is_too_often = left < 1.0;
        *allowed = (if is_too_often { left } else { left - 1.0 }, now);
        is_too_often
    }
}

/// Compares in a time that does not tell where the first difference is.
fn is_same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |differences, (a, b)| differences | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_differ_from_run_to_run_and_are_compared_whole() {
        let [a, b] = [Gate::new(1), Gate::new(1)].map(|gate| gate.map(|gate| gate.secret).unwrap_or_default());
        assert!(a.len() == 32 && a != b);
        assert!(is_same(b"abc", b"abc") && !is_same(b"abc", b"abd") && !is_same(b"abc", b"ab") && !is_same(b"", b"a"));
    }
}
