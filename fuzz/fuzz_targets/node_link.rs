//! Fuzzes the reader `node_link`; see `readers.rs`.

#![no_main]

#[path = "../readers.rs"]
mod readers;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| readers::run("node_link", bytes));
