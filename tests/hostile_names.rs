//! Names that try to do harm, through the built program: to whoever opens its tables in a spreadsheet or watches its terminal.
//!
//! What they do in a page is looked at by `browser.rs`; files that are no topology at all are the business of `hostile.rs`.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// Each stands as the name of a site, a cable and a demand.
const NAMES: [&str; 13] = [
    "</script><script>alert(1)</script>",
    "\\\"'><img src=x onerror=alert(1)>",
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "''=1",
    "\t=1",
    "a\n=1",
    "\u{a0}=1",
    "ab\u{202e}cd\u{7}\u{1b}[31mred\u{1b}]0;owned\u{7}\u{9b}2J",
    "over\rwritten\u{8}\u{8}",
    "long",
];

/// A chain of sites with those names, and a scenario of it that asks every kind of study.
struct Hostile {
    folder: TempDir,
}

impl Hostile {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let topology = folder.path().join("t");
        fs::create_dir(&topology).unwrap();
        let quoted = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
        let [mut sites, mut cables, mut segments, mut demands] = [
            "id,name,territory,lat,lon,roles\n",
            "id,name,kind\n",
            "id,cable,a,b,length_km,lit\n",
            "id,from,to,service,traffic,note\nall,AA,BB,internet,3 Gbit/s,=1\n",
        ]
        .map(str::to_owned);
        for (i, name) in NAMES.into_iter().enumerate() {
            let name = quoted(&if name == "long" { name.repeat(2500) } else { name.to_owned() });
            let territory = ["AA", "BB"][i % 2];
            sites += &format!("s{i},{name},{territory},{i},{i},hub+comprehensive+channel\n");
            if i > 0 {
                let before = i - 1;
                cables += &format!("c{i},{name},terrestrial\n");
                segments += &format!("e{i},c{i},s{before},s{i},200,1 Gbit/s\n");
                demands += &format!("d{i},s0,s{i},internet,1 Gbit/s,{name}\n");
            }
        }
        let territory = |id: &str, name: &str, main: &str| {
            format!(
                "[[territory]]\nid = \"{id}\"\nname = \"{name}\"\nregime = \"open\"\ntransit = \"transmission\"\nmain = \"{main}\"\n"
            )
        };
        let title = r"\u001b[31m=<script>alert(1)</script>\u202e";
        let head = format!("format = 1\nname = \"hostile\"\ntitle = \"{title}\"\n")
            + &territory("AA", r"=\u001b[2JA\u202e", "s0")
            + &territory("BB", "+1+1", "s1");
        for (file, text) in [
            ("topology.toml", &head),
            ("sites.csv", &sites),
            ("cables.csv", &cables),
            ("segments.csv", &segments),
            ("demands.csv", &demands),
        ] {
            fs::write(topology.join(file), text).unwrap();
        }
        let scenario = format!(
            "format = 1\nname = \"h\"\ndescription = \"{title}\"\ntopology = \"t\"\nas_of = \"2024\"\n\
            [[study]]\nkind = \"route\"\n[[study]]\nkind = \"capacity\"\n[[study]]\nkind = \"failure\"\neach = \"cable\"\n"
        );
        fs::write(folder.path().join("s.toml"), scenario).unwrap();
        Self { folder }
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_crossborder"));
        command.args(arguments).current_dir(self.folder.path()).stdin(Stdio::null()).env_remove("CLICOLOR_FORCE");
        command.output().unwrap()
    }

    /// What it says where it ends well.
    fn said(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }
}

/// Cells of a table as any spreadsheet reads them (RFC 4180).
fn cells(table: &str) -> Vec<String> {
    let (mut cells, mut cell, mut is_quoted) = (Vec::new(), String::new(), false);
    let mut characters = table.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '"' if is_quoted && characters.peek() == Some(&'"') => cell.extend(characters.next()),
            '"' => is_quoted = !is_quoted,
            ',' | '\n' if !is_quoted => cells.push(std::mem::take(&mut cell)),
            c => cell.push(c),
        }
    }
    cells
}

fn holds_no_formula(table: &str, what: &str) {
    let cells = cells(table);
    assert!(cells.len() > 1, "{what}: {table}");
    for cell in cells {
        let is_formula = cell.trim_start().starts_with(['=', '+', '-', '@']) && cell.parse::<f64>().is_err();
        assert!(!is_formula, "{what}: {cell:?}");
    }
}

fn holds_no_formulas(folder: &Path) {
    let tables = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let tables: Vec<PathBuf> = tables.filter(|path| path.extension().is_some_and(|extension| extension == "csv")).collect();
    assert!(tables.len() >= 3, "{tables:?}");
    for path in tables {
        holds_no_formula(&fs::read_to_string(&path).unwrap(), &path.display().to_string());
    }
}

#[test]
fn no_cell_of_any_table_is_a_formula() {
    let hostile = Hostile::new();
    for arguments in [&["run", "s.toml"][..], &["show", "t"], &["cut", "s.toml", "c3"], &["route", "t", "s0", "s5"]] {
        holds_no_formula(&hostile.said(&[arguments, &["--format", "csv"]].concat()), arguments[0]);
    }
    hostile.said(&["report", "s.toml", "-o", "page.html", "--figures", "figures"]);
    holds_no_formulas(&hostile.at("figures"));
    for format in ["csv", "native"] {
        hostile.said(&["convert", "t", format, "--to", format]);
        holds_no_formulas(&hostile.at(format));
    }
}

#[test]
fn a_guarded_table_reads_back_to_the_same_names() {
    let hostile = Hostile::new();
    hostile.said(&["convert", "t", "once"]);
    hostile.said(&["convert", "once", "twice"]);
    for file in ["sites.csv", "cables.csv", "demands.csv"] {
        let [once, twice] = ["once", "twice"].map(|folder| fs::read_to_string(hostile.at(folder).join(file)).unwrap());
        assert_eq!(once, twice, "{file}");
    }
}

#[test]
fn a_terminal_is_told_letters_alone() {
    let hostile = Hostile::new();
    let broken =
        fs::read_to_string(hostile.at("t/segments.csv")).unwrap() + "e99,\u{1b}[31mc99\u{202e},s0,s\u{7}1,200,1\u{9b} Gbit/s\n";
    fs::create_dir(hostile.at("broken")).unwrap();
    for file in ["topology.toml", "sites.csv", "cables.csv", "demands.csv"] {
        fs::copy(hostile.at("t").join(file), hostile.at("broken").join(file)).unwrap();
    }
    fs::write(hostile.at("broken/segments.csv"), broken).unwrap();
    let evil = "\u{1b}]0;owned\u{7}\u{202e}";
    let told: [&[&str]; 14] = [
        &["check", "t"],
        &["show", "t"],
        &["run", "s.toml"],
        &["run", "s.toml", "--verbose"],
        &["cut", "s.toml", "c3", "c10"],
        &["cut", "t", "c10"],
        &["route", "t", "s0", "s10"],
        &["capacity", "t"],
        &["convert", "t", "out", "--to", "graphml", "--verbose"],
        &["check", "broken"],
        &["check", evil],
        &["cut", "t", evil],
        &["route", "t", "s0", evil],
        &["run", "s.toml", "--set", evil],
    ];
    for arguments in told {
        let output = hostile.run(arguments);
        for said in [output.stdout, output.stderr].map(|said| String::from_utf8(said).unwrap()) {
            let found = said.chars().find(|&c| c.is_control() && c != '\n' || ('\u{202a}'..='\u{202e}').contains(&c));
            assert_eq!(found, None, "{arguments:?}: {said:?}");
        }
        assert!(output.status.code().is_some_and(|code| code <= 2), "{arguments:?}: {}", output.status);
    }
}
