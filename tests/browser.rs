//! Pages in a real browser: looked at, clicked, cut, printed and timed by `tests/browser/page.mjs`, and the page that
//! `serve` shows by `tests/browser/live.mjs`.
//!
//! It needs Node, Debian's Chromium and the two packages of `tests/browser/package.json` under `target/browser`, which
//! `.ci/run` installs; where one of them is missing it says so and checks nothing.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

/// The cut whose numbers are compared; it interrupts, but leaves everybody a route.
const CUT: &str = "FEA";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn program(arguments: &[&str]) {
    let output = Command::new(env!("CARGO_BIN_EXE_crossborder")).arg("--quiet").args(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn read(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

/// Why there is no browser to test with; `None` where there is one.
fn missing() -> Option<&'static str> {
    let answers = |program: &str| Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success());
    let chromium = std::env::var("CROSSBORDER_CHROMIUM").unwrap_or_else(|_| "/usr/bin/chromium".to_owned());
    match () {
        () if !answers("node") => Some("node"),
        () if !answers(&chromium) => Some("chromium"),
        () if !modules().join("playwright-core").exists() => Some("playwright-core under target/browser (see .ci/run)"),
        () => None,
    }
}

fn modules() -> PathBuf {
    root().join("target/browser/node_modules")
}

/// A page of a synthetic topology of so many sites, and how many cables it has.
fn synthetic(folder: &Path, sites: usize, page: &str) -> usize {
    let topology = folder.join(format!("sites-{sites}"));
    program(&["new", "--synthetic", &format!("sites={sites}"), "-o", text(&topology)]);
    let scenario = folder.join(format!("sites-{sites}.toml"));
    let head = format!("format = 1\nname = \"synthetic\"\ntopology = \"{}\"\nas_of = \"2030\"\n", text(&topology));
    // From one place to all, for it is size and drawing that are looked at.
    let demands = "[demands]\nuse = \"one-to-many\"\nfrom = \"CN\"\ntotal = \"1 Tbit/s\"\n";
    fs::write(&scenario, format!("{head}{demands}[[study]]\nkind = \"capacity\"\n")).unwrap();
    program(&["report", text(&scenario), "-o", text(&folder.join(page))]);
    fs::read_to_string(topology.join("cables.csv")).unwrap().lines().count() - 1
}

/// A scenario of the Pacific with names that try to do harm.
fn hostile(folder: &Path) -> PathBuf {
    let scenario = folder.join("hostile.toml");
    let names = [
        "</script><script>window.harmed = 1</script>",
        "\\\"><img src=x onerror=window.harmed=2>",
        "'; window.harmed = 3; //",
        "=cmd|' /C calc'!A0",
        "abc\\u202edef\\u0007\\u001b[31m",
        &"long".repeat(2500),
    ];
    let mut text = format!(
        "format = 1\nname = \"hostile\"\ndescription = \"{}\"\ntopology = \"{}\"\nas_of = \"2022\"\n",
        names[0],
        self::text(&root().join("topologies/pacific"))
    );
    for (i, name) in names.iter().enumerate() {
        text += &format!(
            "[[edit]]\nadd = \"site\"\nid = \"s{i}\"\nname = \"{name}\"\nterritory = \"FJ\"\nlat = -{i}\nlon = 17{i}\nroles = \"channel\"\n"
        );
        text += &format!("[[edit]]\nadd = \"cable\"\nid = \"c{i}\"\nname = \"{name}\"\nkind = \"submarine\"\n");
        let to = if i == 0 { 1 } else { 0 };
        text += &format!(
            "[[edit]]\nadd = \"segment\"\nid = \"e{i}\"\ncable = \"c{i}\"\na = \"s{i}\"\nb = \"s{to}\"\nlength_km = 900\n"
        );
    }
    text += "[[study]]\nkind = \"route\"\npairs = [[\"s0\", \"s1\"]]\n";
    fs::write(&scenario, text).unwrap();
    scenario
}

#[test]
fn a_reader_sees_cuts_and_mends_in_a_real_browser() {
    if let Some(missing) = missing() {
        eprintln!("skipped: no {missing}");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let scenario = root().join("examples/scenarios/belt-and-road-2017.toml");
    let at = |name: &str| folder.join(name);
    program(&["report", text(&scenario), "-o", text(&at("page.html"))]);
    program(&["run", text(&scenario), "--format", "json", "-o", text(&at("report.json"))]);
    for (restore, name) in [("reroute", "free.json"), ("within-capacity", "tight.json")] {
        program(&["cut", text(&scenario), CUT, "--restore", restore, "--format", "json", "-o", text(&at(name))]);
    }
    let free = read(&at("free.json"));
    let cut = json!({"element": CUT, "reroute": free, "within_capacity": read(&at("tight.json"))});
    let digest = read(&at("report.json.manifest.json"))["result_sha256"].clone();
    let run = json!({"report": read(&at("report.json")), "digest": digest, "routed_gbps": free["facts"]["routed_gbps"]});
    fs::write(at("cut.json"), cut.to_string()).unwrap();
    fs::write(at("run.json"), run.to_string()).unwrap();
    program(&["report", text(&hostile(folder)), "-o", text(&at("hostile.html"))]);
    let cables = synthetic(folder, 1_080, "cables-600.html");
    let bytes = fs::metadata(at("cables-600.html")).unwrap().len();
    assert!((550..700).contains(&cables), "{cables} cables");
    assert!(bytes < 500_000, "{bytes} bytes for {cables} cables");
    let cables = synthetic(folder, 29_000, "cables-6000.html");
    assert!(cables >= 6000, "{cables} cables");
    eprintln!("{}", drive("page.mjs", folder, &[]));
}

/// Has a browser driven by a script; what it says, which is what fails where anything does not hold.
fn drive(script: &str, folder: &Path, more: &[&str]) -> String {
    let script = root().join("tests/browser").join(script);
    let output = Command::new("node").arg(script).arg(modules()).arg(folder).args(more).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    assert!(output.status.success(), "{said}");
    said
}

/// What `crossborder cut` says of a scenario, as `live.mjs` reads it.
fn cut(folder: &Path, scenario: &Path, elements: &[&str]) -> Value {
    let told = |restore: &str| {
        let out = folder.join("cut-told.json");
        let arguments = ["cut", text(scenario), "--restore", restore, "--format", "json", "-o", text(&out)];
        program(&[&arguments, elements].concat());
        read(&out)
    };
    let (free, tight) = (told("reroute"), told("within-capacity"));
    let rules = |report: &Value| report["tables"]["rules"][0].clone();
    json!({"routed_gbps": free["facts"]["routed_gbps"], "reroute": rules(&free), "within_capacity": rules(&tight)})
}

#[cfg(feature = "serve")]
#[test]
fn a_planner_cuts_and_changes_in_a_real_browser() {
    if let Some(missing) = missing() {
        eprintln!("skipped: no {missing}");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let scenario = root().join("examples/scenarios/belt-and-road-2017.toml");
    let cuts = ["FEA", "AAE1"];
    // The same changes by hand, as edits of the file.
    let edited = |name: &str, edits: &str| {
        let path = folder.join(name);
        let head = fs::read_to_string(&scenario).unwrap().replace("../../topologies", text(&root().join("topologies")));
        fs::write(&path, format!("{head}\n{edits}")).unwrap();
        cut(folder, &path, &cuts)
    };
    let cable = "[[edit]]\nadd = \"cable\"\nid = \"mine\"\nkind = \"terrestrial\"\n\
        [[edit]]\nadd = \"segment\"\nid = \"mine-1\"\ncable = \"mine\"\na = \"Budapest\"\nb = \"Vienna\"\nlength_km = 215\nlit = \"20 Tbit/s\"\n";
    let role = "[[edit]]\nchange = \"site\"\nid = \"Urumqi\"\nroles = [\"hub\", \"regional@2012-05-21\", \"comprehensive\"]\n";
    let told = json!({
        "cuts": cuts,
        "names": ["FLAG Europe-Asia", "Asia-Africa-Europe 1"],
        "plain": cut(folder, &scenario, &cuts),
        "cable": {"from": "Budapest", "to": "Vienna", "capacity": "20000", "length": "215"},
        "with_cable": edited("cable.toml", cable),
        "role": {"site": "Urumqi", "role": "comprehensive"},
        "with_role": edited("role.toml", role),
    });
    assert_ne!(told["plain"], told["with_cable"], "the cable is felt");
    assert_ne!(told["plain"], told["with_role"], "the role is felt");
    fs::write(folder.join("live.json"), told.to_string()).unwrap();
    let ours = Served::new(&scenario);
    let hostile = Served::new(&hostile(folder));
    eprintln!("{}", drive("live.mjs", folder, &[&ours.link, &hostile.link]));
}

/// A scenario that is served until this is dropped.
#[cfg(feature = "serve")]
struct Served {
    child: std::process::Child,
    link: String,
}

#[cfg(feature = "serve")]
impl Served {
    fn new(scenario: &Path) -> Self {
        use std::io::{BufRead as _, BufReader};

        let mut serve = Command::new(env!("CARGO_BIN_EXE_crossborder"));
        let mut child = serve.args(["--quiet", "serve", text(scenario)]).stdout(std::process::Stdio::piped()).spawn().unwrap();
        let mut link = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut link).unwrap();
        Self { child, link: link.trim().to_owned() }
    }
}

#[cfg(feature = "serve")]
impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
