//! `serve SCENARIO`: the page of a run against the live engine, on this machine alone, until told to stop.
//!
//! It listens on 127.0.0.1 and answers whoever knows the secret in the link it prints (see [`gate`]). It reads no file
//! but the scenario's and writes none. What is asked goes to a [`worlds::Worlds`]; nothing about networks is decided here.

mod gate;
mod http;
mod worlds;

use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use clap::Args;
use crossborder::scenario::change::Change;
use crossborder::study;
use serde::Deserialize;

use crate::arguments::Global;
use crate::failure::{Ending, Failure};
use crate::signals::Interruption;
use crate::{answer, report, run, talk};
use gate::Gate;
use http::{Content, Method, Request, Response, Status};
use worlds::{Origin, Question, Worlds};

/// Connections at a time; one more is told to come back.
const CONNECTIONS: usize = 32;

/// How often a signal is looked for.
const LOOK: Duration = Duration::from_millis(50);

/// Run a scenario and show it as a page that asks the engine: any set of cuts, added cables, other gateways, other law
///
/// Prints the link of the page and answers on 127.0.0.1 alone, and only whoever knows the link, until Ctrl-C.
#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// Scenario file; `-` reads one from standard input, whose paths count from here
    scenario: PathBuf,
    /// Listen on this port [default: one that is free]
    #[arg(long, value_name = "PORT", default_value_t = 0, hide_default_value = true)]
    port: u16,
}

pub(crate) fn run(arguments: &Arguments, global: &Global) -> Result<Ending, Failure> {
    if let Some(format) = global.format {
        let help = "`crossborder run` writes the other forms".to_owned();
        return Err(Failure::Usage(format!("a page is HTML, not {}", format.word()), Some(help)));
    }
    let scenario = run::open(&arguments.scenario, &global.set, global)?;
    let paths = run::paths(&scenario);
    if global.dry_run {
        answer::report(&study::plan(&scenario), None, &paths, global)?;
        return Ok(Ending::Done);
    }
    let (found, _, interruption) = run::work(&scenario, None, global)?;
    if let Some(signal) = interruption.signal() {
        return Ok(Ending::Interrupted(signal));
    }
    let refused = |error: std::io::Error| Failure::Machine(format!("port {} of 127.0.0.1: {error}", arguments.port));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, arguments.port)).map_err(refused)?;
    let port = listener.local_addr().map_err(refused)?.port();
    let gate = Gate::new(port).map_err(|reason| Failure::Machine(format!("no secret for the link: {reason}")))?;
    let base = arguments.scenario.parent().unwrap_or(Path::new("")).to_owned();
    let manifest = report::manifest(&arguments.scenario.display().to_string(), &scenario, &found);
    let worlds = Worlds::new(Origin { scenario, report: found, manifest, base, threads: global.threads });
    answer::deliver(format!("{}\n", gate.link()).as_bytes(), &paths, global)?;
    talk::remark("open the link in a browser; Ctrl-C stops", global);
    let signal = listen(&listener, &interruption, &gate, &worlds);
    Ok(Ending::Interrupted(signal))
}

/// Answers until a signal comes; what is being answered then is finished.
fn listen(listener: &TcpListener, interruption: &Interruption, gate: &Gate, worlds: &Worlds) -> u8 {
    let open = AtomicUsize::new(0);
    let is_over = || interruption.signal().is_some();
    thread::scope(|scope| {
        // A connection to itself wakes the listener up.
        scope.spawn(|| {
            while !is_over() {
                thread::sleep(LOOK);
            }
            listener.local_addr().and_then(TcpStream::connect)
        });
        for stream in listener.incoming() {
            if is_over() {
                break;
            }
            let Ok(stream) = stream else {
                thread::sleep(LOOK);
                continue;
            };
            if open.fetch_add(1, Ordering::Relaxed) >= CONNECTIONS {
                open.fetch_sub(1, Ordering::Relaxed);
                http::refuse(&stream, Status::Busy);
                continue;
            }
            let (open, is_over) = (&open, &is_over);
            let talk = move || {
                converse(&stream, is_over, gate, worlds);
                open.fetch_sub(1, Ordering::Relaxed);
            };
            // Where the system gives no thread, the connection closes.
            if thread::Builder::new().spawn_scoped(scope, talk).is_err() {
                open.fetch_sub(1, Ordering::Relaxed);
            }
        }
    });
    interruption.signal().unwrap_or(0)
}

/// Reads one request, answers it, and closes.
fn converse(stream: &TcpStream, is_over: &dyn Fn() -> bool, gate: &Gate, worlds: &Worlds) {
    match http::read(stream, is_over) {
        Ok(request) => http::write(stream, &gate.admit(&request).and_then(|path| respond(&request, path, worlds))),
        Err(Some(status)) => http::refuse(stream, status),
        Err(None) => {}
    }
}

/// A set of cuts in a network with changes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    changes: Vec<Change>,
    lost: Vec<String>,
}

fn respond(request: &Request, path: &str, worlds: &Worlds) -> Result<Response, Status> {
    let reply = |content, reply: Result<String, String>| match reply {
        Ok(text) => Response { status: Status::Done, content, body: text },
        Err(problem) => Response { status: Status::Wrong, content: Content::Text, body: problem },
    };
    let changes = || match request.parameter("changes")? {
        Some(json) => Ok(Change::list(&json)),
        None => Ok(Ok(Vec::new())),
    };
    let (content, question) = match (path, request.method) {
        ("", Method::Get) => (Content::Page, Question::Page),
        ("scenario.toml", Method::Get) => (Content::Scenario, Question::Scenario),
        ("answer", Method::Post) if !request.is_json() => return Err(Status::NotJson),
        ("answer", Method::Post) => {
            let (changes, lost) = match serde_json::from_slice(&request.body) {
                Ok(Asked { changes, lost }) => (changes, lost),
                Err(error) => return Ok(reply(Content::Text, Err(format!("this is no question: {error}\n")))),
            };
            let found = worlds.ask(&changes, Question::Cut(lost)).ok_or(Status::Failed)?;
            return Ok(reply(Content::Json, found.map(|packed| format!("{{\"answer\":\"{packed}\"}}\n"))));
        }
        ("" | "scenario.toml" | "answer", Method::Get | Method::Post) => return Err(Status::OtherMethod),
        _ => return Err(Status::Nothing),
    };
    match changes()? {
        Ok(changes) => Ok(reply(content, worlds.ask(&changes, question).ok_or(Status::Failed)?)),
        Err(problem) => Ok(reply(content, Err(problem + "\n"))),
    }
}
