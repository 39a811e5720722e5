//! The program as its users meet it: arguments, exit status, where things are written, and what it survives.
//!
//! What it computes is tested through the library.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const PACIFIC: &str = "topologies/pacific";
const ROUTE: [&str; 4] = ["route", PACIFIC, "TO", "FJ"];

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_crossborder"));
    command.current_dir(env!("CARGO_MANIFEST_DIR")).stdin(Stdio::null());
    for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "CROSSBORDER_THREADS", "CROSSBORDER_COLOR"] {
        command.env_remove(variable);
    }
    command
}

fn run(arguments: &[&str]) -> Output {
    program().args(arguments).output().unwrap()
}

fn shell(script: &str) -> Output {
    let mut command = Command::new("sh");
    command.current_dir(env!("CARGO_MANIFEST_DIR")).args(["-c", script, env!("CARGO_BIN_EXE_crossborder")]);
    command.output().unwrap()
}

fn out(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).unwrap()
}

fn err(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).unwrap()
}

/// Fails unless the exit status is as promised, and nothing panicked.
fn ends(output: &Output, status: i32) {
    assert_eq!(output.status.code(), Some(status), "stdout: {}\nstderr: {}", out(output), err(output));
    assert!(!err(output).contains("panicked"), "{}", err(output));
}

/// A copy of a small topology in which one file was changed.
fn changed(file: &str, change: impl FnOnce(String) -> Vec<u8>) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let original = Path::new(env!("CARGO_MANIFEST_DIR")).join(PACIFIC);
    for entry in fs::read_dir(original).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, folder.path().join(path.file_name().unwrap())).unwrap();
    }
    let path = folder.path().join(file);
    fs::write(&path, change(fs::read_to_string(&path).unwrap())).unwrap();
    folder
}

fn check(folder: &tempfile::TempDir) -> Output {
    run(&["check", folder.path().to_str().unwrap()])
}

#[test]
fn help_and_version_are_answers() {
    for arguments in [&["--help"][..], &["-h"], &["--version"], &["help", "route"], &["route", "--help"], &["man"]] {
        let output = run(arguments);
        ends(&output, 0);
        assert!(!out(&output).is_empty() && err(&output).is_empty(), "{arguments:?}");
    }
    assert!(out(&run(&["--help"])).contains("Exit status:"));
}

#[test]
fn wrong_usage_ends_with_2_and_says_what_is_right() {
    for (arguments, hint) in [
        (&["rout"][..], "route"),
        (&["route", PACIFIC, "TO", "FJ", "--servce", "voice"], "--service"),
        (&["route", PACIFIC, "TO", "FJ", "--service", "voic"], "voice"),
        (&["route", PACIFIC, "TO", "Suvaa"], "Suva"),
        (&["route", PACIFIC, "TO", "FJ", "--rule-off", "R99"], "R1 to R20"),
        (&["route", PACIFIC, "TO", "FJ", "--as-of", "2017-02-30"], "2017"),
        (&["route", PACIFIC, "TO", "FJ", "--avoid", "Atlantis"], "Atlantis"),
        (&["route", PACIFIC, "TO", "FJ", "--threads", "0"], "1 to 1024"),
        (&["route", PACIFIC, "TO", "FJ", "--set", "as_of=2024"], "scenario"),
        (&["route", PACIFIC, "TO"], "TO"),
        (&["explain", "E999"], "lists all codes"),
        (&[], "Usage"),
    ] {
        let output = run(arguments);
        ends(&output, 2);
        assert!(out(&output).is_empty(), "{arguments:?}: {}", out(&output));
        assert!(err(&output).contains(hint), "{arguments:?}: no `{hint}` in {}", err(&output));
    }
}

#[test]
fn a_missing_topology_is_named() {
    let output = run(&["show", "topologies/atlantis"]);
    ends(&output, 2);
    assert!(err(&output).contains("atlantis") && err(&output).contains("no such folder"), "{}", err(&output));
}

#[test]
fn a_typo_is_shown_at_its_line_and_column_with_what_was_meant() {
    let folder = changed("sites.csv", |text| text.replacen("channel", "chanel", 1).into_bytes());
    let output = check(&folder);
    ends(&output, 2);
    assert!(out(&output).contains("sites.csv:2:") && out(&output).contains("channel"), "{}", out(&output));
    let json = run(&["check", folder.path().to_str().unwrap(), "--format", "json"]);
    ends(&json, 2);
    let value: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(value["tables"]["problems"][0]["line"], 2);
    assert_eq!(value["tables"]["problems"][0]["code"], "E030");
}

#[test]
fn files_from_elsewhere_are_read_or_refused_with_a_reason() {
    let windows = changed("sites.csv", |text| text.replace('\n', "\r\n").into_bytes());
    let mark = changed("cables.csv", |text| format!("\u{feff}{text}").into_bytes());
    for folder in [&windows, &mark] {
        let output = run(&["show", folder.path().to_str().unwrap()]);
        ends(&output, 0);
        assert!(err(&output).contains("1 warning"), "{}", err(&output));
    }
    for (folder, code) in [
        (changed("sites.csv", |_| Vec::new()), "E009"),
        (changed("sites.csv", |_| vec![b'x'; 3 << 20]), "E003"),
        (changed("sites.csv", |text| [text.as_bytes(), b"\xff\xfe"].concat()), "E004"),
        (changed("sites.csv", |text| text.replacen(',', "\0", 1).into_bytes()), "E005"),
        (changed("topology.toml", |text| (text + "\n= 1\n").into_bytes()), "E006"),
        (changed("topology.toml", |_| vec![b'['; 100_000]), "E0"),
    ] {
        let output = check(&folder);
        ends(&output, 2);
        assert!(out(&output).contains(code), "no {code} in {}", out(&output));
    }
}

#[test]
fn every_truncation_of_a_table_is_read_or_refused() {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(PACIFIC).join("segments.csv")).unwrap();
    for end in (0..text.len()).step_by(997).filter(|&end| text.is_char_boundary(end)) {
        let output = check(&changed("segments.csv", |text| text.as_bytes()[..end].to_vec()));
        assert!(matches!(output.status.code(), Some(0 | 2)), "{end}: {}", err(&output));
    }
}

#[test]
fn flags_stand_before_or_after_the_verb() {
    let after = run(&[&ROUTE[..], &["--format", "csv"]].concat());
    let before = run(&[&["--format", "csv"], &ROUTE[..]].concat());
    ends(&after, 0);
    assert_eq!(after, before);
}

#[test]
fn no_thread_count_changes_the_answer() {
    let answer = |threads: &str| {
        let output = run(&["route", "topologies/east-africa", "UG", "GB", "-k", "20", "--format", "csv", "-j", threads]);
        ends(&output, 0);
        output.stdout
    };
    assert_eq!(answer("1"), answer("2"));
    assert_eq!(answer("1"), answer("8"));
}

#[test]
fn every_format_is_what_it_says() {
    let json: serde_json::Value = serde_json::from_slice(&run(&[&ROUTE[..], &["--format=json"]].concat()).stdout).unwrap();
    assert_eq!(json.as_object().unwrap().keys().next().unwrap(), "schema");
    assert!(json["facts"]["latency_ms"].as_f64().unwrap() > 1.0, "{json}");
    assert!(json["run"]["threads"].as_u64().unwrap() >= 1, "{json}");
    let lines = run(&[&ROUTE[..], &["--format=jsonl"]].concat());
    assert!(out(&lines).lines().all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok()));
    let markdown = run(&[&ROUTE[..], &["--format=markdown"]].concat());
    assert!(out(&markdown).starts_with("# ") && out(&markdown).contains("\n| --- |"));
}

#[test]
fn colour_is_for_terminals_and_for_those_who_ask() {
    let has_escapes = |output: Output| output.stdout.contains(&0x1b);
    assert!(!has_escapes(run(&ROUTE)));
    assert!(has_escapes(run(&[&ROUTE[..], &["--color", "always"]].concat())));
    assert!(has_escapes(program().args(ROUTE).env("CLICOLOR_FORCE", "1").output().unwrap()));
    let both = program().args(ROUTE).env("CLICOLOR_FORCE", "1").env("NO_COLOR", "1").output().unwrap();
    assert!(!has_escapes(both));
    assert!(!has_escapes(program().args(ROUTE).args(["--color", "never"]).env("CLICOLOR_FORCE", "1").output().unwrap()));
}

#[test]
fn a_closed_pipe_is_no_error() {
    let mut child = program().args(["completions", "bash"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    ends(&output, 0);
    assert_eq!(err(&output), "");
}

#[cfg(target_os = "linux")]
#[test]
fn what_cannot_be_written_ends_with_3() {
    for script in [
        "\"$0\" explain > /dev/full",
        "\"$0\" --help > /dev/full",
        "\"$0\" explain -o /dev/full",
        "\"$0\" explain -o /nowhere/x",
        "\"$0\" explain -o README.md/x",
    ] {
        let output = shell(script);
        ends(&output, 3);
    }
    ends(&shell("\"$0\" explain >&-"), 0);
    ends(&shell("\"$0\" explain E999 2> /dev/full"), 2);
    ends(&shell("\"$0\" explain E999 2>&-"), 2);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("answer.txt");
    let script = format!("ulimit -f 0; exec \"$0\" explain -o {}", target.display());
    let output = shell(&script);
    ends(&output, 3);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    fs::write(&target, "old").unwrap();
    ends(&shell(&script), 3);
    assert_eq!(fs::read_to_string(&target).unwrap(), "old");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn an_answer_file_holds_the_whole_answer() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("answer.csv");
    let output = run(&[&ROUTE[..], &["--format", "csv", "-o", target.to_str().unwrap()]].concat());
    ends(&output, 0);
    assert_eq!(out(&output), "");
    let direct = run(&[&ROUTE[..], &["--format", "csv"]].concat());
    assert_eq!(fs::read(&target).unwrap(), direct.stdout);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[cfg(unix)]
#[test]
fn a_link_keeps_pointing_where_it_does_and_a_file_keeps_its_permissions() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = tempfile::tempdir().unwrap();
    let (file, link) = (folder.path().join("file"), folder.path().join("link"));
    fs::write(&file, "old").unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    symlink(&file, &link).unwrap();
    ends(&run(&["explain", "-o", link.to_str().unwrap()]), 0);
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_ne!(fs::read_to_string(&file).unwrap(), "old");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
}

#[test]
fn an_input_is_never_overwritten() {
    let folder = changed("sites.csv", String::into_bytes);
    let sites = folder.path().join("sites.csv");
    let before = fs::read(&sites).unwrap();
    let (path, target) = (folder.path().to_str().unwrap(), sites.to_str().unwrap());
    for arguments in
        [&["show", path, "-o", target][..], &["check", path, "-o", target], &["route", path, "TO", "FJ", "-o", target]]
    {
        ends(&run(arguments), 2);
        assert_eq!(fs::read(&sites).unwrap(), before, "{arguments:?}");
    }
}

#[test]
fn a_dry_run_only_says_what_it_would_do() {
    let output = run(&[&ROUTE[..], &["--dry-run"]].concat());
    ends(&output, 0);
    assert!(out(&output).starts_with("What would be asked\n"), "{}", out(&output));
}

#[test]
fn the_manual_and_the_completions_know_every_verb() {
    let help = run(&["--help"]);
    let verbs: Vec<&str> = out(&help)
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.strip_prefix("  ").filter(|line| !line.starts_with(' '))?.split_whitespace().next())
        .filter(|verb| *verb != "help")
        .collect();
    assert!(verbs.contains(&"route"), "{verbs:?}");
    let completions = run(&["completions", "zsh"]);
    for verb in verbs {
        assert!(out(&completions).contains(verb), "{verb}");
        let manual = run(&["man", verb]);
        ends(&manual, 0);
        assert!(out(&manual).contains(&format!("crossborder\\-{verb}")), "{}", out(&manual));
    }
}

/// Tells whether a text is as shown, where a line `...` stands for any lines.
fn is_as_shown(text: &str, shown: &str) -> bool {
    let (text, shown): (Vec<&str>, Vec<&str>) = (text.lines().collect(), shown.lines().collect());
    let pieces: Vec<&[&str]> = shown.split(|line| *line == "...").collect();
    let mut rest = &text[..];
    for (i, piece) in pieces.iter().enumerate() {
        let is_last = i + 1 == pieces.len();
        let starts = match (i, is_last) {
            (0, true) => (rest.len() == piece.len()).then_some(0),
            (0, false) => Some(0),
            (_, true) => rest.len().checked_sub(piece.len()),
            (_, false) => (0..=rest.len()).find(|&start| rest[start..].starts_with(piece)),
        };
        match starts.filter(|&start| rest[start..].starts_with(piece)) {
            Some(start) => rest = &rest[start + piece.len()..],
            None => return false,
        }
    }
    true
}

#[test]
fn a_shown_text_is_compared_line_by_line() {
    assert!(is_as_shown("a\nb\n", "a\nb\n") && !is_as_shown("a\nb\nc\n", "a\nb\n") && !is_as_shown("a\n", "a\nb\n"));
    assert!(
        is_as_shown("a\nb\nc\n", "a\n...\n") && is_as_shown("a\nb\nc\n", "...\nb\n...\n") && is_as_shown("a\nb\n", "a\n...\nb\n")
    );
    assert!(!is_as_shown("a\nb\nc\n", "...\nb\n") && !is_as_shown("a\nb\n", "...\nc\n...\n"));
}

/// Runs each `$ crossborder …` of the `console` blocks, and compares what follows.
fn replay(document: &str) -> usize {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(document)).unwrap();
    let mut count = 0;
    for block in text.split("```console\n").skip(1).map(|rest| rest.split("```").next().unwrap()) {
        for (command, shown) in block.split("$ ").skip(1).map(|entry| entry.split_once('\n').unwrap()) {
            assert!(command.starts_with("crossborder "), "{document}: `{command}` is no command of ours");
            let output = shell(&format!("crossborder() {{ \"$0\" \"$@\"; }}; {command}"));
            ends(&output, 0);
            assert!(is_as_shown(out(&output), shown.trim_end()), "{document}: `{command}` now says\n{}", out(&output));
            count += 1;
        }
    }
    count
}

#[test]
fn the_readme_shows_what_the_program_says() {
    assert!(replay("README.md") >= 2);
}

/// Verbs for packagers, which the overview leaves out.
const UNLISTED: [&str; 3] = ["schema", "completions", "man"];

/// Every verb that the overview lists, so that none is forgotten: lines of two blanks and a word under `Commands:`.
fn verbs(overview: &str) -> Vec<&str> {
    let lines = overview.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let words = lines.filter_map(|line| line.strip_prefix("  ").filter(|rest| !rest.starts_with(' '))?.split(' ').next());
    words.filter(|word| *word != "help").collect()
}

#[test]
fn the_command_reference_is_what_help_says() {
    if !cfg!(feature = "serve") {
        return;
    }
    let mut text =
        "# Commands\n\nWhat `--help` says. Written by a test: `BLESS=1 cargo test --test program` writes it anew.\n".to_owned();
    let help = |verb: &str| {
        let arguments: Vec<&str> = [verb, "--help"].into_iter().filter(|word| !word.is_empty()).collect();
        let output = program().args(&arguments).env_remove("COLUMNS").output().unwrap();
        ends(&output, 0);
        out(&output).to_owned()
    };
    let overview = help("");
    let verbs = verbs(&overview);
    assert!(verbs.len() >= 9 && verbs.contains(&"convert"), "{verbs:?}");
    for verb in [""].into_iter().chain(verbs).chain(UNLISTED) {
        text += &format!("\n## {}\n\n```text\n{}```\n", ["crossborder", verb].join(" ").trim_end(), help(verb));
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/commands.md");
    if std::env::var_os("BLESS").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, &text).unwrap();
    }
    let documented = fs::read_to_string(&path).unwrap_or_default();
    assert!(documented == text, "docs/commands.md is not what help says; `BLESS=1 cargo test --test program` writes it anew");
}

/// The starter scenario in a folder of its own.
fn starter() -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("starter.toml").to_str().unwrap().to_owned();
    ends(&run(&["new", "-o", &path]), 0);
    (folder, path)
}

#[test]
fn the_starter_runs_and_is_not_overwritten() {
    let (_folder, path) = starter();
    let output = run(&["run", &path]);
    ends(&output, 0);
    assert!(out(&output).contains("Internet goes by way of the capital"));
    ends(&run(&["new", "-o", &path]), 2);
    ends(&run(&["check", &path]), 0);
}

#[test]
fn a_scenario_comes_from_standard_input_too() {
    let (_folder, path) = starter();
    let output = shell(&format!("\"$0\" new | \"$0\" run - --format csv && \"$0\" run {path} --format csv >&2"));
    ends(&output, 0);
    assert_eq!(out(&output), err(&output));
}

#[test]
fn a_failed_expectation_ends_with_1() {
    let (_folder, path) = starter();
    let output = run(&["run", &path, "--set", "policy.profile=physical"]);
    ends(&output, 1);
    assert!(out(&output).contains("Internet goes by way of the capital"), "the answer is given all the same");
}

#[test]
fn what_is_set_must_exist_and_make_sense() {
    let (_folder, path) = starter();
    for (set, hint) in [("as_of=", "as_of"), ("polcy.profile=physical", "policy"), ("nothing", "KEY=VALUE"), ("seed=-1", "seed")]
    {
        let output = run(&["run", &path, "--set", set]);
        ends(&output, 2);
        assert!(err(&output).contains(hint), "{set}: {}", err(&output));
    }
    let set = run(&["run", &path, "--set", "seed=7", "--format", "json"]);
    let seed = run(&["run", &path, "--seed", "7", "--format", "json"]);
    let seeds =
        [set, seed].map(|output| serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap()["facts"]["seed"].as_u64());
    assert_eq!(seeds, [Some(7), Some(7)]);
}

#[test]
fn a_run_can_be_repeated_from_its_manifest() {
    let (folder, path) = starter();
    let answer = folder.path().join("answer.json").to_str().unwrap().to_owned();
    let manifest = format!("{answer}.manifest.json");
    ends(&run(&["run", &path, "-o", &answer, "--format", "json", "-j", "1", "--set", "as_of=2027-01-01"]), 0);
    let recorded: serde_json::Value = serde_json::from_str(&fs::read_to_string(&manifest).unwrap()).unwrap();
    assert_eq!(recorded["inputs"][0]["path"], "starter.toml", "paths are seen from the manifest's folder");
    assert_eq!(recorded["as_of"], "2027-01-01");
    let again = run(&["run", "--verify", &manifest, "-j", "2"]);
    ends(&again, 0);
    fs::write(&path, fs::read_to_string(&path).unwrap().replace("length_km = 200", "length_km = 250")).unwrap();
    let differs = run(&["run", "--verify", &manifest]);
    ends(&differs, 1);
    assert!(out(&differs).contains("result") && out(&differs).contains("starter.toml"), "{}", out(&differs));
    fs::write(&manifest, "{}").unwrap();
    ends(&run(&["run", "--verify", &manifest]), 2);
}

#[test]
fn a_run_from_standard_input_can_be_repeated_too() {
    let folder = tempfile::tempdir().unwrap();
    let manifest = folder.path().join("manifest.json").to_str().unwrap().to_owned();
    ends(&shell(&format!("\"$0\" new | \"$0\" run - --manifest {manifest}")), 0);
    ends(&run(&["run", "--verify", &manifest]), 0);
}

#[test]
fn the_digest_is_that_of_the_answer_without_its_run() {
    let (folder, path) = starter();
    let answer = folder.path().join("answer.json").to_str().unwrap().to_owned();
    ends(&run(&["run", &path, "-o", &answer, "--format", "json"]), 0);
    let text = fs::read_to_string(&answer).unwrap();
    let (result, _) = text.split_once(",\n  \"run\": ").unwrap();
    let stripped = folder.path().join("stripped.json");
    fs::write(&stripped, format!("{result}\n}}\n")).unwrap();
    let sum = Command::new("sha256sum").arg(&stripped).output();
    let Ok(sum) = sum else { return };
    let manifest = fs::read_to_string(format!("{answer}.manifest.json")).unwrap();
    assert!(manifest.contains(out(&sum).split(' ').next().unwrap()), "{manifest}");
}

#[test]
fn a_dry_run_computes_nothing_and_writes_no_manifest() {
    let (folder, path) = starter();
    let answer = folder.path().join("plan.txt").to_str().unwrap().to_owned();
    ends(&run(&["run", &path, "--dry-run", "-o", &answer]), 0);
    assert!(fs::read_to_string(&answer).unwrap().contains("What would be computed"));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
}

#[test]
fn no_thread_count_changes_a_scenario_that_comes_with_the_program() {
    let scenario = "examples/scenarios/belt-and-road-2017.toml";
    let answer = |threads: &str| {
        let output = run(&["run", scenario, "--format", "markdown", "-j", threads]);
        ends(&output, 0);
        output.stdout
    };
    assert_eq!(answer("1"), answer("8"));
}
