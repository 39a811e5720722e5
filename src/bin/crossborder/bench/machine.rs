//! What a benchmark was measured on, as far as the system tells (Linux); elsewhere it is unknown.

use std::fs;
use std::process::Command;

/// The most memory this program has held at once, MiB.
pub(super) fn peak_mib() -> Option<f64> {
    kib("/proc/self/status", "VmHWM:").map(|kib| kib / 1024.0)
}

/// Memory of the machine, GiB.
pub(super) fn memory_gib() -> Option<f64> {
    kib("/proc/meminfo", "MemTotal:").map(|kib| kib / 1024.0 / 1024.0)
}

/// The processor, as it calls itself.
pub(super) fn processor() -> Option<String> {
    let text = fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = text.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

/// The commit of the folder that the program was called in, if that is a repository.
pub(super) fn commit() -> Option<String> {
    let output = Command::new("git").args(["rev-parse", "--short=12", "HEAD"]).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}

fn kib(path: &str, key: &str) -> Option<f64> {
    let text = fs::read_to_string(path).ok()?;
    text.lines().find_map(|line| line.strip_prefix(key))?.trim().strip_suffix(" kB")?.parse().ok()
}
