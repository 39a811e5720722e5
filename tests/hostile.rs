//! Files as they come from other programs, other systems and other people's mistakes: a message, never a panic.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crossborder::problem::render::{Colour, text};
use crossborder::problem::{Problems, Severity};
use crossborder::topology::{Topology, build, read};
use tempfile::TempDir;

const TABLES: [&str; 5] = ["topology.toml", "sites.csv", "cables.csv", "segments.csv", "demands.csv"];

fn base() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/problems/base")
}

/// The small sound topology, with the text of each file changed.
fn changed(change: impl Fn(&str, String) -> Vec<u8>) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in TABLES {
        let text = fs::read_to_string(base().join(name)).unwrap();
        fs::write(folder.path().join(name), change(name, text)).unwrap();
    }
    folder
}

fn load(folder: &Path) -> (Option<Topology>, Problems) {
    let mut problems = Problems::new();
    let raw = read::folder(folder, &mut problems, &mut Vec::new());
    let topology = raw.and_then(|raw| build::topology(raw, &mut problems));
    (topology, problems)
}

fn codes(problems: &Problems) -> Vec<&'static str> {
    problems.list().iter().map(|problem| problem.code.0).collect::<BTreeSet<_>>().into_iter().collect()
}

/// All that a topology holds, as text.
fn dump(topology: &Topology) -> String {
    format!("{topology:?}")
}

#[test]
fn the_base_is_sound() {
    let (topology, problems) = load(&base());
    assert!(problems.is_empty() && topology.is_some(), "{}", text(&problems, "it", Colour::Plain));
}

#[test]
fn windows_line_ends_and_byte_order_marks_change_nothing_but_are_mentioned() {
    let sound = dump(&load(&base()).0.unwrap());
    let folder = changed(|_, text| format!("\u{feff}{}", text.replace('\n', "\r\n")).into_bytes());
    let (topology, problems) = load(folder.path());
    assert_eq!(codes(&problems), ["W001", "W002"]);
    assert_eq!(problems.count(Severity::Warning), 2 * TABLES.len());
    assert_eq!(dump(&topology.unwrap()), sound);
}

#[test]
fn quotes_blank_lines_and_spaces_around_cells_change_nothing() {
    let sound = dump(&load(&base()).0.unwrap());
    let folder = changed(|name, text| {
        let quoted = |line: &str| line.split(',').map(|cell| format!("\" {cell}\"")).collect::<Vec<_>>().join(",");
        match name {
            "topology.toml" => text.into_bytes(),
            _ => format!("\n{}\n  \n", text.lines().map(quoted).collect::<Vec<_>>().join("\n\n")).into_bytes(),
        }
    });
    let (topology, problems) = load(folder.path());
    assert!(problems.is_empty(), "{}", text(&problems, "it", Colour::Plain));
    assert_eq!(dump(&topology.unwrap()), sound);
}

#[test]
fn the_order_of_rows_and_columns_changes_nothing() {
    let sound = dump(&load(&base()).0.unwrap());
    let folder = changed(|name, text| {
        let turned = |line: &str| line.split(',').rev().collect::<Vec<_>>().join(",");
        match name {
            "topology.toml" => text.into_bytes(),
            _ => {
                let (header, rows) = text.split_once('\n').unwrap();
                let rows: String = rows.lines().rev().map(|row| turned(row) + "\n").collect();
                format!("{}\n{rows}", turned(header)).into_bytes()
            }
        }
    });
    assert_eq!(dump(&load(folder.path()).0.unwrap()), sound);
}

#[test]
fn an_empty_file_of_each_kind_is_named() {
    for name in TABLES {
        let folder = changed(|file, text| if file == name { Vec::new() } else { text.into_bytes() });
        let (topology, problems) = load(folder.path());
        assert!(topology.is_none(), "{name}");
        assert!(text(&problems, "it", Colour::Plain).contains(name), "{}", text(&problems, "it", Colour::Plain));
    }
}

#[test]
fn a_table_with_semicolons_or_tabs_is_said_to_be_one() {
    for (separator, word) in [(";", "semicolons"), ("\t", "tabs")] {
        let folder = changed(|name, text| match name {
            "sites.csv" => text.replace(',', separator).into_bytes(),
            _ => text.into_bytes(),
        });
        let shown = text(&load(folder.path()).1, "it", Colour::Plain);
        assert!(shown.contains(word), "{shown}");
    }
}

#[test]
fn utf_16_is_said_to_be_utf_16() {
    let folder = changed(|_, text| {
        text.encode_utf16().fold(vec![0xff, 0xfe], |mut bytes, unit| {
            bytes.extend(unit.to_le_bytes());
            bytes
        })
    });
    let (topology, problems) = load(folder.path());
    assert!(topology.is_none());
    assert_eq!(codes(&problems), ["E004"]);
    assert!(text(&problems, "it", Colour::Plain).contains("UTF-16"));
}

#[test]
fn a_line_of_a_gigabyte_is_refused_before_it_is_read() {
    let folder = changed(|_, text| text.into_bytes());
    let file = fs::File::create(folder.path().join("sites.csv")).unwrap();
    file.set_len(1 << 30).unwrap();
    let start = std::time::Instant::now();
    let (topology, problems) = load(folder.path());
    assert!(topology.is_none());
    assert_eq!(codes(&problems), ["E003"]);
    assert!(start.elapsed().as_secs() < 5, "reading went on past the limit");
}

#[cfg(unix)]
#[test]
fn a_pipe_in_place_of_a_file_is_refused_and_not_waited_for() {
    let folder = changed(|_, text| text.into_bytes());
    let path = folder.path().join("cables.csv");
    fs::remove_file(&path).unwrap();
    if !std::process::Command::new("mkfifo").arg(&path).status().is_ok_and(|status| status.success()) {
        println!("skipped: no mkfifo here");
        return;
    }
    assert_eq!(codes(&load(folder.path()).1), ["E002"]);
}

#[test]
fn every_mistake_of_every_file_is_reported_in_one_run() {
    let folder = changed(|name, text| {
        let text = match name {
            "topology.toml" => text.replace("title", "titel").replace("\"none\"", "\"nun\""),
            "sites.csv" => text.replace("20,hub,,", "20,hubb,,").replace(",10,24,", ",110,24,"),
            "cables.csv" => text.replace("2005,2030", "2030,2005"),
            "segments.csv" => text.replace("40 Gbit/s", "40") + "East.1,East,Alba,Brehma,x,\n",
            _ => text + "\"never closed,\n",
        };
        text.into_bytes()
    });
    let (_, problems) = load(folder.path());
    assert_eq!(codes(&problems), ["E007", "E012", "E021", "E030", "E033", "E034", "E036"]);
    assert_eq!(problems.count(Severity::Error), 8);
}

#[test]
fn nobody_is_blamed_for_naming_what_could_not_be_read() {
    // The row of Brema has a cell too many; the segment and the demand that name it are sound.
    let folder = changed(|name, text| match name {
        "sites.csv" => text.replace("Brema City", "Brema, City").into_bytes(),
        _ => text.into_bytes(),
    });
    assert_eq!(codes(&load(folder.path()).1), ["E008"]);
}

#[test]
fn no_damage_to_a_file_makes_a_panic() {
    // Bytes are changed, put in, taken out and doubled by a fixed series of SplitMix64 (Steele, Lea and Flood 2014).
    let mut state = 20_170_601u64;
    let mut below = |bound: usize| {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((z ^ (z >> 31)) >> 33).unwrap() % bound
    };
    const PIECES: [&str; 18] =
        ["\"", ",", "\n", "\r", "\0", "+", "@", "..", "=", "[", "]]", "-1", "1e999", "é", "\u{202e}", ";", " ", "NaN"];
    let folder = changed(|_, text| text.into_bytes());
    let mut broken = 0;
    for _ in 0..600 {
        let name = TABLES[below(TABLES.len())];
        let mut bytes = fs::read(base().join(name)).unwrap();
        for _ in 0..=below(3) {
            let at = below(bytes.len());
            match below(4) {
                0 => bytes[at] = u8::try_from(below(256)).unwrap(),
                1 => drop(bytes.splice(at..at, PIECES[below(PIECES.len())].bytes())),
                2 => drop(bytes.drain(at..bytes.len().min(at + 1 + below(9)))),
                _ => drop(bytes.splice(at..at, bytes.clone())),
            }
        }
        fs::write(folder.path().join(name), &bytes).unwrap();
        let (topology, problems) = load(folder.path());
        assert_eq!(topology.is_none(), problems.has_errors());
        assert!(!text(&problems, "it", Colour::Plain).contains('\0'));
        broken += usize::from(topology.is_none());
        fs::copy(base().join(name), folder.path().join(name)).unwrap();
    }
    assert!(broken > 200, "{broken}");
}
