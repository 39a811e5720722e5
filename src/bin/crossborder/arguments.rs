//! What can be typed: the verbs, and the flags that every verb takes.
//!
//! It names and reads arguments; what they mean is in the file of each verb.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use clap::builder::{PossibleValuesParser, Styles, TypedValueParser, styling::AnsiColor};
use clap::{Args, Parser, Subcommand, ValueEnum};
use crossborder::report::Format;
use crossborder::topology::import::{self, Options, Request, UNITS};

use crate::failure::Failure;

const EXIT: &str = "\
Exit status:
    0  it ran, and every expectation held
    1  it ran, and an expectation failed or a repetition differs
    2  the input or the usage is wrong
    3  a file, the disk or the machine gave out
  130  interrupted (143 if told to terminate)

The answer goes to standard output, everything else to standard error.";

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

/// Simulator of international connectivity: gateways, cross-border cables, and the law that decides which routes are
/// allowed.
#[derive(Debug, Parser)]
#[command(name = "crossborder", version, styles = STYLES, after_help = EXIT, max_term_width = 110)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) verb: Verb,
    #[command(flatten)]
    pub(crate) global: Global,
}

/// What to do, in the order of use.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    Run(crate::run::Arguments),
    Report(crate::report::Arguments),
    #[cfg(feature = "serve")]
    Serve(crate::serve::Arguments),
    Route(crate::route::Arguments),
    Capacity(crate::capacity::Arguments),
    Cut(crate::cut::Arguments),
    Check(crate::check::Arguments),
    Show(crate::show::Arguments),
    Convert(crate::convert::Arguments),
    Explain(crate::explain::Arguments),
    New(crate::new::Arguments),
    Bench(crate::bench::Arguments),
    #[command(hide = true)]
    Schema(crate::schema::Arguments),
    #[command(hide = true)]
    Completions(crate::completions::Arguments),
    #[command(hide = true)]
    Man(crate::man::Arguments),
}

/// Flags that every verb takes, before or after its name.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Everywhere")]
pub(crate) struct Global {
    /// Work on so many threads; the answer is the same for any number [default: all processors]
    #[arg(short = 'j', long, value_name = "N", global = true, env = "CROSSBORDER_THREADS", hide_env_values = true)]
    #[arg(value_parser = threads)]
    pub(crate) threads: Option<NonZeroUsize>,
    /// Begin random draws from this seed instead of the scenario's
    #[arg(long, value_name = "N", global = true)]
    pub(crate) seed: Option<u64>,
    /// Change one value of the scenario, as in `--set as_of=2024-08-01` (repeatable)
    #[arg(long, value_name = "KEY=VALUE", global = true)]
    pub(crate) set: Vec<String>,
    /// Write the answer in this form [default: what the scenario says, else table]
    #[arg(long, value_name = "FORM", global = true, value_parser = format())]
    pub(crate) format: Option<Format>,
    /// Write the answer to this file, whole or not at all, instead of standard output
    #[arg(short = 'o', long, value_name = "FILE", global = true)]
    pub(crate) output: Option<PathBuf>,
    /// Stand headings out by colour
    #[arg(long, value_name = "WHEN", global = true, default_value = "auto", env = "CROSSBORDER_COLOR", hide_env_values = true)]
    pub(crate) color: When,
    /// Say nothing but errors
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Say what was done and how long it took
    #[arg(short, long, global = true)]
    pub(crate) verbose: bool,
    /// Read and check everything, say what would be done, and stop
    #[arg(long, global = true)]
    pub(crate) dry_run: bool,
}

impl Global {
    /// The form that was asked for.
    pub(crate) fn format(&self) -> Format {
        self.format.unwrap_or_default()
    }

    /// Refuses the flags that change a scenario, where there is none.
    pub(crate) fn takes_no_scenario_flags(&self) -> Result<(), Failure> {
        let flag = if self.seed.is_some() { "--seed" } else { "--set" };
        if self.seed.is_none() && self.set.is_empty() {
            return Ok(());
        }
        let help = "it changes a scenario, as in `crossborder run SCENARIO --set as_of=2024`";
        Err(Failure::Usage(format!("{flag} means nothing here"), Some(help.to_owned())))
    }
}

/// How a topology in another format is read; every verb that takes a topology takes these.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Reading other formats")]
pub(crate) struct Reading {
    /// Read it in this format [default: as its name and content tell]
    #[arg(long = "from", id = "read_from", value_name = "FORMAT", value_parser = readable())]
    pub(crate) format: Option<import::Format>,
    /// What columns or attributes mean, as in `--columns von=from,nach=to,laenge=length_km`
    #[arg(long, value_name = "THEIRS=OURS", value_delimiter = ',', value_parser = pair)]
    columns: Vec<(String, String)>,
    /// Names of the columns of a table of links without header, as in `--header from,to,length_km`
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    header: Option<Vec<String>>,
    /// Unit of capacities and demands where the file gives none [default: the format's usual one]
    #[arg(long, value_name = "UNIT", value_parser = unit())]
    unit: Option<f64>,
    /// File of nodes that belongs to it: a table, or GeoJSON points
    #[arg(long, value_name = "FILE")]
    nodes: Option<PathBuf>,
    /// File of demands that belongs to it: a table, or REPETITA's
    #[arg(long, value_name = "FILE")]
    demands: Option<PathBuf>,
}

impl Reading {
    /// What is to be read, and how.
    pub(crate) fn request(&self, path: &Path) -> Request {
        Request {
            path: path.to_owned(),
            from: self.format,
            name: None,
            nodes: self.nodes.clone(),
            demands: self.demands.clone(),
            options: Options {
                rename: self.columns.iter().cloned().collect(),
                mbps_per_unit: self.unit,
                header: self.header.clone(),
            },
        }
    }

    /// Tells whether anything is said.
    pub(crate) fn is_said(&self) -> bool {
        let Request { from, nodes, demands, options, .. } = self.request(Path::new(""));
        from.is_some() || nodes.is_some() || demands.is_some() || options != Options::default()
    }
}

fn readable() -> impl TypedValueParser<Value = import::Format> {
    let find = |word: String| import::Format::ALL.into_iter().find(|format| format.word() == word);
    let words = PossibleValuesParser::new(import::Format::ALL.map(import::Format::word));
    words.map(move |word| find(word).expect("clap takes no word but these"))
}

fn unit() -> impl TypedValueParser<Value = f64> {
    let find = |word: String| UNITS.into_iter().find(|(unit, _)| *unit == word).map(|(_, mbps)| mbps);
    PossibleValuesParser::new(UNITS.map(|(unit, _)| unit)).map(move |word| find(word).expect("clap takes no word but these"))
}

fn pair(text: &str) -> Result<(String, String), &'static str> {
    let pair = text.split_once('=').filter(|(theirs, ours)| !theirs.is_empty() && !ours.is_empty());
    pair.map(|(theirs, ours)| (theirs.to_owned(), ours.to_owned())).ok_or("write THEIRS=OURS, as in `cost=length_km`")
}

/// When to use colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum When {
    /// On a terminal, unless `NO_COLOR` is set; everywhere if `CLICOLOR_FORCE` is
    Auto,
    /// Everywhere
    Always,
    /// Nowhere
    Never,
}

impl From<When> for anstream::ColorChoice {
    fn from(when: When) -> Self {
        match when {
            When::Auto => Self::Auto,
            When::Always => Self::Always,
            When::Never => Self::Never,
        }
    }
}

fn threads(text: &str) -> Result<NonZeroUsize, &'static str> {
    let threads = text.parse().ok().filter(|threads: &NonZeroUsize| threads.get() <= 1024);
    threads.ok_or("not a number of threads from 1 to 1024")
}

fn format() -> impl TypedValueParser<Value = Format> {
    PossibleValuesParser::new(Format::ALL.map(Format::word)).map(|word| {
        let found = Format::ALL.into_iter().find(|format| format.word() == word);
        found.expect("clap takes no word but these")
    })
}
