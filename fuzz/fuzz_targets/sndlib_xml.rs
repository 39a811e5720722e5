//! Fuzzes the reader `sndlib_xml`; see `readers.rs`.

#![no_main]

#[path = "../readers.rs"]
mod readers;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| readers::run("sndlib_xml", bytes));
