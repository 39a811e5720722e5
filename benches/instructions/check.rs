//! Holds the instructions that valgrind counted against the table in `counts.json`: more than 3 % above it is a failure.
//!
//! ```text
//!   export CARGO_TARGET_DIR=../../target/instructions
//!   cargo bench --bench kernels -- --output-format=json | cargo run --bin check
//!   cargo bench --bench kernels -- --output-format=json | cargo run --bin check -- --write      the table anew
//! ```
//!
//! In this folder; it takes valgrind and `gungraun-runner` of the version in `Cargo.toml`. Counts differ by compiler and
//! target, so the table has a part for each, and one that it does not know is skipped with a word. Kernels in wide lanes run
//! with those that valgrind knows, which is AVX2 on any x86-64 that has it; without it they count more. It times nothing:
//! wall time on a shared machine misleads, counts do not.

use std::fs;
use std::io::{self, BufRead};
use std::process::{Command, ExitCode};

use serde_json::{Map, Value};

const TABLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/counts.json");
/// A count may rise by so much: what the system's library and the loader add from machine to machine.
const SLACK: f64 = 1.03;

fn main() -> ExitCode {
    let counted = counted();
    let compiler = compiler();
    let mut table: Map<String, Value> =
        fs::read(TABLE).map_or_else(|_| Map::new(), |text| serde_json::from_slice(&text).expect("the table is JSON"));
    if std::env::args().any(|argument| argument == "--write") {
        table.insert(compiler, counted.into());
        let text = serde_json::to_string_pretty(&table).expect("words and whole numbers");
        fs::write(TABLE, text + "\n").expect("the table can be written");
        return ExitCode::SUCCESS;
    }
    let Some(known) = table.get(&compiler).and_then(Value::as_object) else {
        println!("skipped: no counts are known for {compiler}");
        return ExitCode::SUCCESS;
    };
    let mut is_held = true;
    for name in known.keys().chain(counted.keys().filter(|name| !known.contains_key(*name))) {
        let [before, now] = [known, &counted].map(|counts| counts.get(name).and_then(Value::as_f64));
        let (Some(before), Some(now)) = (before, now) else {
            println!("{name}: {}", if now.is_none() { "was not counted" } else { "is not in the table" });
            is_held = false;
            continue;
        };
        let is_more = now > before * SLACK;
        println!("{name}: {now} instructions, {:+.2} %{}", (now / before - 1.0) * 100.0, if is_more { ": MORE" } else { "" });
        is_held &= !is_more;
    }
    if is_held { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Instructions by kernel, from what the runner prints: a line of JSON for each.
fn counted() -> Map<String, Value> {
    let lines = io::stdin().lock().lines().map(|line| line.expect("the runner prints text"));
    let count = |line: String| {
        let run: Value = serde_json::from_str(&line).ok()?;
        let name = format!("{}/{}", run["function_name"].as_str()?, run["id"].as_str()?);
        Some((name, run.pointer("/profiles/0/data/total/metrics/Ir/values/new")?.clone()))
    };
    lines.filter_map(count).collect()
}

/// Version and target of the compiler.
fn compiler() -> String {
    let output = Command::new("rustc").arg("-vV").output().expect("who runs cargo has rustc");
    let text = String::from_utf8(output.stdout).expect("rustc prints text");
    let word = |key: &str| text.lines().find_map(|line| line.strip_prefix(key)).unwrap_or("unknown").to_owned();
    format!("rustc {} {}", word("release: "), word("host: "))
}
