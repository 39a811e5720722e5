//! A short fuzz run over every reader: seeds of the long one, damaged by a fixed series, through the library.
//!
//! The long run is in `fuzz/`. A failure prints the reader and the input, which goes to the seeds once the bug is mended.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

#[path = "../fuzz/readers.rs"]
mod readers;

/// So many damaged inputs for each reader; `FUZZ_RUNS` in the environment asks for more.
const RUNS: usize = 300;

/// What files of these formats are made of, and what they should not be.
const PIECES: [&str; 40] = [
    "\"",
    ",",
    "\n",
    "\r",
    "\0",
    "+",
    "@",
    "..",
    "=",
    "[",
    "]]",
    "{",
    "}",
    "(",
    ")",
    "<",
    ">",
    "</",
    "&amp;",
    "&",
    "-1",
    "1e999",
    "-0",
    "NaN",
    "180",
    "-90.0001",
    "18446744073709551616",
    "1e-320",
    "é",
    "\u{202e}",
    ";",
    " ",
    ":",
    "- ",
    "'",
    "\\",
    "0",
    "1",
    "=== ",
    "null",
];

/// A fixed series: `SplitMix64` (Steele, Lea and Flood 2014).
struct Series(u64);

impl Series {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((z ^ (z >> 31)) >> 33).unwrap() % bound
    }

    fn damage(&mut self, seed: &[u8]) -> Vec<u8> {
        let mut bytes = seed.to_vec();
        for _ in 0..=self.below(4) {
            let at = self.below(bytes.len() + 1);
            let end = bytes.len().min(at + 1 + self.below(12));
            match self.below(6) {
                0 if at < bytes.len() => bytes[at] = u8::try_from(self.below(256)).unwrap(),
                1 | 2 => drop(bytes.splice(at..at, PIECES[self.below(PIECES.len())].bytes())),
                3 => drop(bytes.drain(at..end)),
                4 => drop(bytes.splice(at..end, PIECES[self.below(PIECES.len())].bytes())),
                _ => {
                    let from = self.below(bytes.len() + 1);
                    let piece = bytes[from..bytes.len().min(from + 200)].to_vec();
                    bytes.splice(at..at, piece);
                }
            }
        }
        bytes
    }
}

fn seeds(reader: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds").join(reader);
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.iter().map(|path| std::fs::read(path).unwrap()).collect()
}

fn holds(name: &str, bytes: &[u8]) {
    let outcome = catch_unwind(AssertUnwindSafe(|| readers::run(name, bytes)));
    assert!(outcome.is_ok(), "{name}: {:?}", String::from_utf8_lossy(bytes));
}

#[test]
fn no_damage_to_a_file_of_any_format_makes_a_panic() {
    let runs = std::env::var("FUZZ_RUNS").ok().and_then(|runs| runs.parse().ok()).unwrap_or(RUNS);
    for (number, (name, _)) in readers::READERS.iter().enumerate() {
        let seeds = seeds(name);
        assert!(!seeds.is_empty(), "{name} has seeds");
        seeds.iter().for_each(|seed| holds(name, seed));
        let mut series = Series(u64::try_from(number).unwrap());
        for _ in 0..runs {
            let seed = &seeds[series.below(seeds.len())];
            holds(name, &series.damage(seed));
        }
    }
}

#[test]
fn each_reader_has_its_fuzz_target() {
    let manifest = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/Cargo.toml")).unwrap();
    for (name, _) in readers::READERS {
        assert!(manifest.contains(&format!("path = \"fuzz_targets/{name}.rs\"")), "{name}");
    }
    assert_eq!(manifest.matches("[[bin]]").count(), readers::READERS.len());
}
