//! `crossborder serve` as its users and its enemies meet it: over raw sockets, with its answers held against `cut`.

#![cfg(feature = "serve")]
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

#[path = "browser/packed.rs"]
mod packed;

use packed::unpack;

const SCENARIO: &str = "examples/scenarios/east-africa-cuts.toml";

/// A program that serves, until it is dropped.
struct Served {
    child: Child,
    port: u16,
    token: String,
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_crossborder"));
    command.current_dir(env!("CARGO_MANIFEST_DIR")).stdin(Stdio::null());
    command
}

fn serve(scenario: &str) -> Served {
    let mut child = program().args(["serve", "--quiet", scenario]).stdout(Stdio::piped()).spawn().unwrap();
    let mut link = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut link).unwrap();
    let rest = link.trim().strip_prefix("http://127.0.0.1:").unwrap_or_else(|| panic!("`{link}` is no link"));
    let (port, token) = rest.split_once('/').unwrap();
    let token = token.trim_end_matches('/').to_owned();
    assert_eq!(token.len(), 32, "{link}");
    Served { child, port: port.parse().unwrap(), token }
}

/// Status and body of an answer, and its head.
#[derive(Debug)]
struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Served {
    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        stream
    }

    /// Sends bytes as they are; an empty answer where the other side just closes.
    fn send(&self, bytes: &[u8]) -> Answer {
        let mut stream = self.connect();
        // It may close before it has heard all.
        let _ = stream.write_all(bytes);
        let mut text = Vec::new();
        let _ = stream.read_to_end(&mut text);
        let text = String::from_utf8(text).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or(("", ""));
        let status = head.split(' ').nth(1).map_or(0, |status| status.parse().unwrap());
        Answer { status, head: head.to_owned(), body: body.to_owned() }
    }

    fn get(&self, path: &str, lines: &str) -> Answer {
        self.send(format!("GET {path} HTTP/1.1\r\n{lines}\r\n").as_bytes())
    }

    fn host(&self) -> String {
        format!("Host: 127.0.0.1:{}\r\n", self.port)
    }

    fn page(&self, search: &str) -> Answer {
        self.get(&format!("/{}/{search}", self.token), &self.host())
    }

    fn ask(&self, changes: &Value, lost: &[&str]) -> Answer {
        let body = json!({"changes": changes, "lost": lost}).to_string();
        let lines = format!("{}Content-Type: application/json\r\nContent-Length: {}\r\n", self.host(), body.len());
        self.send(format!("POST /{}/answer HTTP/1.1\r\n{lines}\r\n{body}", self.token).as_bytes())
    }

    /// What is delivered, interrupted and without route, in Mbit/s; what is overloaded; the mean detour in microseconds.
    fn numbers(&self, changes: &Value, lost: &[&str]) -> [i64; 5] {
        let answer = self.ask(changes, lost);
        assert_eq!(answer.status, 200, "{}", answer.body);
        let body: Value = serde_json::from_str(&answer.body).unwrap();
        let numbers = unpack(body["answer"].as_str().unwrap());
        [numbers[0], numbers[1], numbers[2], numbers[7], numbers[10] - 1]
    }
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// The same numbers as [`Served::numbers`], from `crossborder cut`.
fn by_program(scenario: &Path, lost: &[&str]) -> [i64; 5] {
    let cut = |restore: &str| -> Value {
        let mut command = program();
        command.args(["cut", scenario.to_str().unwrap(), "--restore", restore, "--format", "json", "--quiet"]).args(lost);
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    };
    #[expect(clippy::cast_possible_truncation, reason = "traffic of one region")]
    let thousandths = |number: &Value| number.as_f64().map_or(-1, |number| (number * 1e3).round() as i64);
    let (free, tight) = (cut("reroute"), cut("within-capacity"));
    let [rerouted, within] = [&free, &tight].map(|report| &report["tables"]["rules"][0]);
    [
        thousandths(&tight["facts"]["routed_gbps"]) - thousandths(&within["unserved_gbps"]),
        thousandths(&rerouted["interrupted_gbps"]),
        thousandths(&rerouted["unserved_gbps"]),
        rerouted["overloaded"].as_i64().unwrap(),
        thousandths(&rerouted["stretch_mean_ms"]),
    ]
}

#[test]
fn strangers_are_turned_away() {
    let served = serve(SCENARIO);
    let (host, token) = (served.host(), &served.token);
    let page = served.page("");
    assert_eq!(page.status, 200, "{}", page.head);
    for line in
        ["Cache-Control: no-store", "X-Content-Type-Options: nosniff", "Referrer-Policy: no-referrer", "X-Frame-Options: DENY"]
    {
        assert!(page.head.contains(line), "{line}: {}", page.head);
    }
    assert!(!page.head.contains("Access-Control"), "{}", page.head);
    assert!(page.body.contains("connect-src 'self'; base-uri 'none'"), "the page may ask nobody else");
    let wrong = format!("/{}/", "0".repeat(32));
    for path in ["/", "/favicon.ico", &wrong, &format!("/{token}"), &format!("/{token}/../x"), &format!("/{token}/nothing"), "//"]
    {
        assert_eq!(served.get(path, &host).status, 404, "{path}");
    }
    let own = format!("/{token}/");
    for lines in
        ["Host: example.org\r\n".to_owned(), format!("Host: example.org:{}\r\n", served.port), "Host: 127.0.0.1\r\n".to_owned()]
    {
        assert_eq!(served.get(&own, &lines).status, 403, "{lines}");
    }
    assert_eq!(served.get(&own, &format!("Host: localhost:{}\r\n", served.port)).status, 200);
    assert_eq!(served.get(&own, &format!("{host}Origin: http://example.org\r\n")).status, 403);
    assert_eq!(served.get(&own, &format!("{host}Origin: null\r\n")).status, 403);
    assert_eq!(served.get(&own, &format!("{host}Origin: http://127.0.0.1:{}\r\n", served.port)).status, 200);
    let plain = format!("POST {own}answer HTTP/1.1\r\n{host}Content-Type: text/plain\r\nContent-Length: 2\r\n\r\n{{}}");
    assert_eq!(served.send(plain.as_bytes()).status, 415, "a form of a foreign page could send that");
    assert_eq!(served.get(&format!("{own}answer"), &host).status, 405);
}

#[test]
fn whatever_comes_is_answered_or_closed() {
    let served = serve(SCENARIO);
    let (host, token) = (served.host(), &served.token);
    let long = "x".repeat(20_000);
    assert_eq!(served.get(&format!("/{token}/?changes={long}"), &host).status, 431);
    assert_eq!(served.get(&format!("/{token}/"), &(host.clone() + &"A: b\r\n".repeat(100))).status, 431);
    let post = |length: usize, body: &str| {
        let lines = format!("{host}Content-Type: application/json\r\nContent-Length: {length}\r\n");
        served.send(format!("POST /{token}/answer HTTP/1.1\r\n{lines}\r\n{body}").as_bytes())
    };
    assert_eq!(post(300_000, &"x".repeat(300_000)).status, 413);
    let nested = "[".repeat(100_000);
    for body in
        ["", "{", "[]", "null", "{\"changes\":[],\"lost\":[1]}", "{\"changes\":[],\"lost\":[],\"more\":1}", "\u{0}", &nested]
    {
        assert_eq!(post(body.len(), body).status, 422, "{body:.40}");
    }
    for changes in ["[", "%5B%5D%00", "%5B%7B%7D%5D", &encoded("[{\"change\":\"cable\"}]"), &encoded("[{\"change\":\"demand\"}]")]
    {
        assert_eq!(served.page(&format!("?changes={changes}")).status, 422, "{changes}");
    }
    assert_eq!(served.page("?changes=%FF").status, 400);
    for garbage in [
        &b"\x16\x03\x01\x02\x00\x01\x00"[..],
        b"GET",
        b"\r\n\r\n\r\n",
        b"\0\0\0\0",
        b"GET / HTTP/9.9\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ] {
        let mut stream = served.connect();
        stream.write_all(garbage).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        let text = String::from_utf8(answer).unwrap();
        assert!(text.is_empty() || text.starts_with("HTTP/1.1 4"), "{garbage:?}: {text}");
    }
    let unknown = served.ask(&json!([]), &["cable:\u{1b}[31m"]);
    assert_eq!((unknown.status, unknown.body.contains('\u{1b}')), (422, false), "{unknown:?}");
    assert_eq!(served.page("").status, 200, "it still answers");
}

#[test]
fn who_dawdles_or_crowds_does_not_keep_others_out() {
    let served = serve(SCENARIO);
    let start = Instant::now();
    let mut slow = served.connect();
    slow.write_all(b"GET / HTTP/1.1\r\n").unwrap();
    let dawdler = thread::spawn(move || {
        // A byte now and then does not prolong it.
        let mut answer = String::new();
        while slow.write_all(b"A").is_ok() && start.elapsed() < Duration::from_secs(7) {
            thread::park_timeout(Duration::from_millis(200));
        }
        let _ = slow.read_to_string(&mut answer);
        answer
    });
    assert_eq!(served.page("").status, 200, "another is answered meanwhile");
    assert!(dawdler.join().unwrap().starts_with("HTTP/1.1 408"), "the slow one is told");
    let crowd: Vec<TcpStream> = (0..32).map(|_| served.connect()).collect();
    let refused = served.page("").status;
    assert_eq!(refused, 503, "one more than may come at a time");
    drop(crowd);
    let until = Instant::now() + Duration::from_secs(10);
    while served.page("").status != 200 {
        assert!(Instant::now() < until, "they have gone, and it answers nobody");
    }
    let often = (0..400).map(|_| served.ask(&json!([]), &[]).status).find(|&status| status != 200);
    assert_eq!(often, Some(429), "so many in a second are too many");
}

#[cfg(unix)]
#[test]
fn a_signal_ends_it_and_what_was_asked_is_answered() {
    for (signal, status) in [("INT", 130), ("TERM", 143)] {
        let mut served = serve(SCENARIO);
        let idle = served.connect();
        let kill = Command::new("kill").args([&format!("-{signal}"), &served.child.id().to_string()]).status().unwrap();
        assert!(kill.success());
        let start = Instant::now();
        assert_eq!(served.child.wait().unwrap().code(), Some(status), "{signal}");
        assert!(start.elapsed() < Duration::from_secs(3), "an idle connection keeps nobody");
        drop(idle);
    }
}

#[test]
fn answers_are_those_of_the_cut_in_several_tabs_at_once() {
    let served = serve(SCENARIO);
    let scenario = Path::new(SCENARIO);
    let sets: [&[&str]; 3] = [&["EASSy"], &["EASSy", "SEACOM"], &["EASSy", "SEACOM", "TEAMS"]];
    let tabs = sets.map(|set| set.iter().map(|id| format!("cable:{id}")).collect::<Vec<_>>());
    let found: Vec<[i64; 5]> = thread::scope(|scope| {
        let ask = |tab: &Vec<String>| served.numbers(&json!([]), &tab.iter().map(String::as_str).collect::<Vec<_>>());
        let asked: Vec<_> = tabs.iter().cycle().take(12).map(|tab| scope.spawn(move || ask(tab))).collect();
        asked.into_iter().map(|tab| tab.join().unwrap()).collect()
    });
    for (i, found) in found.iter().enumerate() {
        assert_eq!(*found, by_program(scenario, sets[i % 3]), "{:?}", sets[i % 3]);
    }
    assert!(found[0] != found[1] && found[1] != found[2], "{found:?}");
}

/// The changed scenario as the page saves it, beside the one that it is made from, for its paths count from there.
fn saved(served: &Served, changes: &Value, name: &str) -> (tempfile::TempDir, PathBuf) {
    let answer =
        served.get(&format!("/{}/scenario.toml?changes={}", served.token, encoded(&changes.to_string())), &served.host());
    assert_eq!(answer.status, 200, "{}", answer.body);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    let topologies = Path::new(env!("CARGO_MANIFEST_DIR")).join("topologies");
    fs::write(&path, answer.body.replace("../../topologies", topologies.to_str().unwrap())).unwrap();
    (folder, path)
}

#[test]
fn a_changed_network_answers_as_the_saved_scenario() {
    let served = serve(SCENARIO);
    let cable = json!({"change": "cable", "from": "Mombasa", "to": "Mumbai", "capacity_gbps": 4000, "kind": "submarine"});
    let short = json!({"change": "cable", "from": "Mombasa", "to": "Mumbai", "capacity_gbps": 4000, "kind": "submarine", "length_km": 4700});
    let physical = json!({"change": "policy", "profile": "physical"});
    let rule = json!({"change": "rule", "rule": "R2", "held": false});
    let lost = ["cable:EASSy", "cable:SEACOM"];
    let plain = served.numbers(&json!([]), &lost);
    for changes in [json!([cable]), json!([short]), json!([physical]), json!([rule, cable]), json!([cable, short, rule])] {
        let (_folder, path) = saved(&served, &changes, "changed.toml");
        let found = served.numbers(&changes, &lost);
        assert_eq!(found, by_program(&path, &["EASSy", "SEACOM"]), "{changes}");
        let page = served.page(&format!("?changes={}", encoded(&changes.to_string())));
        assert_eq!(page.status, 200);
        assert_eq!(page.body.matches("\"added-1\"").count() > 0, changes.to_string().contains("cable"), "the map has it");
    }
    assert_ne!(served.numbers(&json!([cable]), &lost), plain, "a cable makes a difference");
    assert_eq!(served.numbers(&json!([]), &lost), plain, "the scenario's own network is as it was");
}

#[test]
fn what_is_wrong_with_a_change_is_said_in_the_engine_s_words() {
    let served = serve(SCENARIO);
    for (change, words) in [
        (
            json!({"change": "cable", "from": "Mombassa", "to": "Mumbai", "capacity_gbps": 1, "kind": "submarine"}),
            "did you mean `Mombasa`?",
        ),
        (
            json!({"change": "cable", "from": "Mombasa", "to": "Mumbai", "capacity_gbps": 1, "kind": "submarine", "length_km": 5}),
            "too short",
        ),
        (json!({"change": "cable", "from": "Mombasa", "to": "Mumbai", "capacity_gbps": -1, "kind": "rope"}), "rope"),
        (json!({"change": "role", "site": "Mombasa", "role": "emperor", "held": true}), "emperor"),
        (json!({"change": "role", "site": "Atlantis", "role": "regional", "held": true}), "Atlantis"),
        (json!({"change": "policy", "profile": "none"}), "none"),
        (json!({"change": "rule", "rule": "R99", "held": false}), "R99"),
    ] {
        let answer = served.ask(&json!([change]), &[]);
        assert_eq!(answer.status, 422, "{change}");
        assert!(answer.body.contains("error") && answer.body.contains(words), "{change}: {}", answer.body);
    }
}

#[test]
fn a_gateway_that_takes_a_role_answers_as_the_saved_scenario() {
    let served = serve("examples/scenarios/belt-and-road-2017.toml");
    let role = |site: &str, role: &str, held: bool| json!({"change": "role", "site": site, "role": role, "held": held});
    let lost = ["cable:FEA"];
    let plain = served.numbers(&json!([]), &lost);
    for changes in [
        json!([role("Urumqi", "comprehensive", true)]),
        json!([role("Urumqi", "regional", false)]),
        json!([role("Kashgar", "regional", true)]),
        json!([role("Beijing", "comprehensive", false), role("Beijing", "comprehensive", true)]),
    ] {
        let (_folder, path) = saved(&served, &changes, "changed.toml");
        assert_eq!(served.numbers(&changes, &lost), by_program(&path, &["FEA"]), "{changes}");
    }
    assert_ne!(served.numbers(&json!([role("Beijing", "comprehensive", false)]), &lost), plain, "a gateway less is felt");
}

#[test]
fn shipped_topologies_answer_at_once() {
    let served = serve(SCENARIO);
    served.numbers(&json!([]), &["cable:EASSy"]);
    let start = Instant::now();
    served.numbers(&json!([]), &["cable:EASSy", "cable:SEACOM"]);
    // Loose, for other tests run beside this one; on an idle machine it is a few milliseconds.
    assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
}
