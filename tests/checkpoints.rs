//! Long runs that are interrupted, killed and resumed: the program ends with the bytes of an unbroken run, or says why not.
//!
//! Runs take a second or so. The moments at which they are stopped are spread by the clock, but what must hold does not
//! depend on where they fall.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
#![cfg(unix)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// Two studies on a small topology: enough years to be caught at work.
const YEARS: u32 = 4_000;

struct Bench {
    folder: tempfile::TempDir,
}

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let topology = Path::new(env!("CARGO_MANIFEST_DIR")).join("topologies/pacific");
        let text = format!(
            "format = 1\nname = \"kept\"\ntopology = \"{}\"\nas_of = \"2022\"\nseed = 5\n\
             [[study]]\nkind = \"failure\"\nname = \"a\"\nyears = {YEARS}\n\
             [[study]]\nkind = \"failure\"\nname = \"b\"\nyears = 500\n",
            topology.display()
        );
        fs::write(folder.path().join("scenario.toml"), text).unwrap();
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn start(&self, arguments: &[&str]) -> Started {
        let mut command = Command::new(env!("CARGO_BIN_EXE_crossborder"));
        command.current_dir(self.folder.path()).args(["run", "scenario.toml", "--format", "json"]).args(arguments);
        // The answer is longer than a pipe holds, and nobody reads while the run is watched.
        let answer = tempfile::NamedTempFile::new_in(self.folder.path()).unwrap().keep().unwrap();
        let child = command.stdin(Stdio::null()).stdout(answer.0).stderr(Stdio::piped()).spawn().unwrap();
        Started { child, answer: answer.1 }
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.start(arguments).end()
    }

    /// Waits until the checkpoint has so many lines or the program has ended, then sends it a signal.
    fn stop(&self, mut started: Started, lines: usize, signal: &str) -> Output {
        let deadline = Instant::now() + Duration::from_secs(120);
        let count = || fs::read(self.path("kept")).map_or(0, |bytes| bytes.iter().filter(|&&byte| byte == b'\n').count());
        while count() < lines && started.child.try_wait().unwrap().is_none() {
            assert!(Instant::now() < deadline, "the checkpoint never had {lines} lines");
        }
        let _ = Command::new("kill").args([signal, &started.child.id().to_string()]).stderr(Stdio::null()).status().unwrap();
        started.end()
    }
}

/// A run under way, and the file of its answer.
struct Started {
    child: Child,
    answer: PathBuf,
}

impl Started {
    fn end(self) -> Output {
        let output = self.child.wait_with_output().unwrap();
        let stdout = fs::read(&self.answer).unwrap();
        fs::remove_file(self.answer).unwrap();
        Output { stdout, ..output }
    }
}

/// The answer without what differs from run to run.
fn result(output: &Output) -> String {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    text.split("\"run\": {").next().unwrap().to_owned()
}

/// -1 = killed.
fn ends(output: &Output, status: i32) {
    let words = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code().unwrap_or(-1), status, "{words}");
    assert!(!words.contains("panicked"), "{words}");
}

#[test]
fn killed_at_any_moment_a_run_goes_on_to_the_bytes_of_an_unbroken_one() {
    let bench = Bench::new();
    let whole = bench.run(&["--checkpoint", "whole"]);
    ends(&whole, 0);
    assert_eq!(result(&whole), result(&bench.run(&[])), "keeping changes nothing");
    let lines = fs::read_to_string(bench.path("whole")).unwrap().lines().count();
    let (mut kills, mut kept) = (0, 0);
    let last = loop {
        // Every resumed run is killed a few lines further on, until one is faster than the signal.
        kept += 1 + kills % 40;
        let output = bench.stop(bench.start(&["--checkpoint", "kept", "--resume"]), kept, "-KILL");
        if output.status.code() == Some(0) {
            break output;
        }
        kills += 1;
    };
    assert!(kills >= 20, "{kills} kills in {lines} lines");
    assert_eq!(result(&last), result(&whole));
    assert_eq!(fs::read(bench.path("kept")).unwrap(), fs::read(bench.path("whole")).unwrap());
    // What is finished is told again without being run.
    assert_eq!(result(&bench.run(&["--checkpoint", "kept", "--resume", "--threads", "1"])), result(&whole));
}

/// One study of so many outages that it is caught at work.
fn of_outages() -> Bench {
    let bench = Bench::new();
    let text = fs::read_to_string(bench.path("scenario.toml")).unwrap();
    let head = text.split_once("[[study]]").unwrap().0;
    let study = "[[study]]\nkind = \"failure\"\neach = \"segment\"\ntogether = 5\nworst = 20\nblame = true\n";
    fs::write(bench.path("scenario.toml"), format!("{head}{study}")).unwrap();
    bench
}

#[test]
fn outages_by_the_hundred_thousand_go_on_from_where_they_were_killed_or_interrupted() {
    let bench = of_outages();
    let whole = bench.run(&["--checkpoint", "whole"]);
    ends(&whole, 0);
    assert_eq!(result(&whole), result(&bench.run(&[])), "keeping changes nothing");
    let lines = fs::read_to_string(bench.path("whole")).unwrap().lines().count();
    assert!(lines > 20, "{lines} lines");
    ends(&bench.stop(bench.start(&["--checkpoint", "kept"]), lines / 4, "-KILL"), -1);
    let told = bench.stop(bench.start(&["--checkpoint", "kept", "--resume"]), lines / 2, "-INT");
    ends(&told, 130);
    let partial: serde_json::Value = serde_json::from_slice(&told.stdout).unwrap();
    let notes = partial["parts"][0]["notes"].to_string();
    let kept = fs::read_to_string(bench.path("kept")).unwrap().lines().count() - 1;
    assert!(notes.contains(&format!("interrupted after {} of", kept * 4_096)), "{kept} kept: {notes}");
    let last = bench.run(&["--checkpoint", "kept", "--resume", "--threads", "1"]);
    ends(&last, 0);
    assert_eq!(result(&last), result(&whole));
    assert_eq!(fs::read(bench.path("kept")).unwrap(), fs::read(bench.path("whole")).unwrap());
}

#[test]
fn an_interrupted_run_says_how_far_it_came_and_goes_on() {
    let bench = Bench::new();
    let whole = bench.run(&[]);
    for (signal, status, lines) in [("-INT", 130, 2), ("-TERM", 143, 100)] {
        let _ = fs::remove_file(bench.path("kept"));
        let asked = bench.stop(bench.start(&["--checkpoint", "kept"]), lines, signal);
        ends(&asked, status);
        let partial: serde_json::Value = serde_json::from_slice(&asked.stdout).unwrap();
        let part = &partial["parts"][0];
        assert_eq!((&partial["complete"], &part["complete"]), (&false.into(), &false.into()));
        let years = part["facts"]["simulated_years"].as_u64().unwrap();
        let kept = fs::read_to_string(bench.path("kept")).unwrap().lines().count() as u64 - 1;
        assert_eq!(years, 16 * kept, "what is told is what is kept");
        assert!(years < u64::from(YEARS) && part["notes"][0].as_str().unwrap().contains("interrupted after"));
        assert!(String::from_utf8_lossy(&asked.stderr).contains("--resume"));
        let resumed = bench.run(&["--checkpoint", "kept", "--resume"]);
        ends(&resumed, 0);
        assert_eq!(result(&resumed), result(&whole));
    }
}

#[test]
fn what_is_no_checkpoint_of_this_run_is_refused_with_its_reason_and_left_alone() {
    let bench = Bench::new();
    let short = ["--set", "study.0.years=40", "--set", "study.1.years=20"];
    let run = |more: &[&str]| bench.run(&[&short[..], more].concat());
    ends(&run(&["--checkpoint", "kept"]), 0);
    let good = fs::read(bench.path("kept")).unwrap();
    let refused = |arguments: &[&str], reason: &str| {
        let before = fs::read(bench.path("kept")).unwrap();
        let output = run(&[&["--checkpoint", "kept"][..], arguments].concat());
        ends(&output, 2);
        let words = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(words.contains(reason), "no `{reason}` in {words}");
        assert_eq!(fs::read(bench.path("kept")).unwrap(), before, "{reason}");
    };
    refused(&[], "is there already");
    refused(&["--resume", "--seed", "6"], "another run");
    refused(&["--resume", "--set", "hazards.station_work_h=9"], "its scenario is");
    refused(&["--resume", "--set", "study.0.years=48"], "its scenario is");
    let mut damaged = good.clone();
    let middle = damaged.len() / 2;
    damaged[middle] ^= 4;
    fs::write(bench.path("kept"), damaged).unwrap();
    refused(&["--resume"], "is damaged");
    for alien in ["hello\n", "{\"check\":\"0\"}\n", "\u{0}"] {
        fs::write(bench.path("kept"), alien).unwrap();
        refused(&["--resume"], "no checkpoint");
    }
    let whole = result(&run(&[]));
    for length in (0..good.len()).step_by(good.len() / 12) {
        fs::write(bench.path("kept"), &good[..length]).unwrap();
        let output = run(&["--checkpoint", "kept", "--resume"]);
        ends(&output, 0);
        assert_eq!(result(&output), whole, "torn after {length} bytes");
        assert_eq!(fs::read(bench.path("kept")).unwrap(), good, "torn after {length} bytes");
    }
}

#[test]
fn a_single_sampling_can_be_prolonged() {
    let bench = Bench::new();
    let text = fs::read_to_string(bench.path("scenario.toml")).unwrap();
    let one = text.rsplit_once("[[study]]").unwrap().0;
    fs::write(bench.path("scenario.toml"), one).unwrap();
    ends(&bench.run(&["--set", "study.0.years=64", "--checkpoint", "kept"]), 0);
    let longer = bench.run(&["--set", "study.0.years=160", "--checkpoint", "kept", "--resume"]);
    ends(&longer, 0);
    assert_eq!(result(&longer), result(&bench.run(&["--set", "study.0.years=160"])));
}

#[test]
fn nothing_to_keep_and_nowhere_to_keep_it_are_said() {
    let bench = Bench::new();
    let output = bench.run(&["--checkpoint", "no/such/folder/kept"]);
    ends(&output, 3);
    let text = fs::read_to_string(bench.path("scenario.toml")).unwrap();
    let head = text.split_once("[[study]]").unwrap().0;
    fs::write(bench.path("scenario.toml"), format!("{head}[[study]]\nkind = \"route\"\n")).unwrap();
    let output = bench.run(&["--checkpoint", "kept"]);
    ends(&output, 2);
    assert!(String::from_utf8_lossy(&output.stderr).contains("outages, `years` or `samples`"));
    assert!(!bench.path("kept").exists());
    ends(&bench.run(&["--resume"]), 2);
}

#[test]
fn a_full_disk_ends_with_3_and_leaves_a_checkpoint_to_go_on_from() {
    let bench = Bench::new();
    let whole = bench.run(&[]);
    // 200 blocks of 512 bytes.
    let program = env!("CARGO_BIN_EXE_crossborder");
    let script = format!("ulimit -f 200; exec {program} run scenario.toml --checkpoint kept");
    let output = Command::new("sh").current_dir(bench.folder.path()).args(["-c", &script]).output().unwrap();
    ends(&output, 3);
    assert!(String::from_utf8_lossy(&output.stderr).contains("kept"), "{}", String::from_utf8_lossy(&output.stderr));
    let resumed = bench.run(&["--checkpoint", "kept", "--resume"]);
    ends(&resumed, 0);
    assert_eq!(result(&resumed), result(&whole));
}
