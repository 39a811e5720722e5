//! The networks that are asked about: the scenario's own and changed ones, each with an engine that stays ready.
//!
//! Each lives on a thread that owns all of it and answers one question after the other; tabs with the same changes share
//! one. Those that were not asked for longest go when there are too many. It knows nothing of connections.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use crossborder::page::{Manifest, Subject, live};
use crossborder::parallel;
use crossborder::problem::render::{self, Colour};
use crossborder::report::{Report, plain};
use crossborder::scenario::Scenario;
use crossborder::scenario::change::{self, Change};
use crossborder::study;

/// Networks that stay ready at a time.
const READY: usize = 6;

/// The name under which a changed scenario is saved.
pub(super) const SAVED: &str = "changed.toml";

/// What all is made from.
pub(super) struct Origin {
    pub(super) scenario: Scenario,
    pub(super) report: Report,
    pub(super) manifest: Manifest,
    /// The folder that paths of the scenario count from.
    pub(super) base: PathBuf,
    pub(super) threads: Option<NonZeroUsize>,
}

/// What can be asked about one network.
pub(super) enum Question {
    /// Its page.
    Page,
    /// It as a scenario, in TOML.
    Scenario,
    /// What it does to lose these at once, packed for the page.
    Cut(Vec<String>),
}

/// The answer, or what is wrong with the changes or the question, in words.
type Reply = Result<String, String>;

type Asked = (Question, Sender<Reply>);

/// All of them.
pub(super) struct Worlds {
    origin: Arc<Origin>,
    /// By their changes; the one asked last stands last.
    ready: Mutex<Vec<(String, Sender<Asked>)>>,
}

impl Worlds {
    /// Makes the scenario's own ready.
    pub(super) fn new(origin: Origin) -> Self {
        let worlds = Self { origin: Arc::new(origin), ready: Mutex::new(Vec::new()) };
        let _ = worlds.ask(&[], Question::Scenario);
        worlds
    }

    /// Asks about the network with these changes; `None` if no thread answers.
    pub(super) fn ask(&self, changes: &[Change], question: Question) -> Option<Reply> {
        let (reply, answer) = channel();
        self.find(changes)?.send((question, reply)).ok()?;
        answer.recv().ok()
    }

    fn find(&self, changes: &[Change]) -> Option<Sender<Asked>> {
        let key = Change::json(changes);
        let mut ready = self.ready.lock().unwrap_or_else(PoisonError::into_inner);
        let known = ready.iter().position(|(known, _)| *known == key).map(|at| ready.remove(at));
        let (key, world) = match known {
            Some(world) => world,
            None => (key, self.open(changes)?),
        };
        ready.push((key, world.clone()));
        if ready.len() > READY {
            ready.remove(0);
        }
        Some(world)
    }

    fn open(&self, changes: &[Change]) -> Option<Sender<Asked>> {
        let (world, questions) = channel();
        let (origin, changes) = (Arc::clone(&self.origin), changes.to_vec());
        let work = move || parallel::with_threads(origin.threads, || live(&origin, &changes, questions));
        thread::Builder::new().spawn(work).ok().map(|_| world)
    }
}

/// Answers questions about one network until nobody can ask any more.
fn live(origin: &Origin, changes: &[Change], questions: Receiver<Asked>) {
    if changes.is_empty() {
        let subject = Subject::of_scenario(&origin.scenario, &origin.report, origin.manifest.clone());
        return attend(&subject, changes, &origin.scenario, questions);
    }
    match change::changed(&origin.scenario, &origin.base, changes) {
        Ok(scenario) => {
            let report = study::unrun(&scenario);
            let manifest =
                Manifest { source: SAVED.to_owned(), result_sha256: "nothing was run".to_owned(), ..origin.manifest.clone() };
            attend(&Subject::of_scenario(&scenario, &report, manifest), changes, &scenario, questions);
        }
        Err(problems) => {
            let text = render::text(&problems, "the changed scenario", Colour::Plain);
            questions.into_iter().for_each(|(_, reply)| drop(reply.send(Err(text.clone()))));
        }
    }
}

fn attend(subject: &Subject<'_>, changes: &[Change], scenario: &Scenario, questions: Receiver<Asked>) {
    live::open(subject, changes, |live| {
        for (question, reply) in questions {
            let answer = match question {
                Question::Page => Ok(live.page().to_owned()),
                Question::Scenario => Ok(scenario.effective.clone()),
                Question::Cut(keys) => {
                    live.answer(&keys).map_err(|key| format!("nothing here that can be cut is called `{}`\n", plain(key)))
                }
            };
            // Whoever asked may have gone.
            let _ = reply.send(answer);
        }
    });
}
