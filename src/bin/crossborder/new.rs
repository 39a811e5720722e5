//! `new`: a commented scenario to begin from, which runs as it is; or a synthetic topology of any size.

use std::path::PathBuf;

use clap::Args;
use crossborder::problem::Problems;
use crossborder::report::Report;
use crossborder::topology::export::{self, Format};
use crossborder::topology::synthetic::{self, SITES, Wish};
use crossborder::{demand, file};

use crate::answer;
use crate::arguments::Global;
use crate::failure::{Ending, Failure};

/// What the starter says; a test runs it.
const STARTER: &str = include_str!("starter.toml");

/// There are hardly more hubs in a territory.
const PLACES_MAX: usize = 1_000;

/// Write a commented scenario to begin from, which runs as it is
#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// Make a synthetic topology instead, from real cities and borders: so many sites (100 to 100000), drawn by that seed
    /// [default: 1], with users in so many places of each territory [default: 1], as in `--synthetic sites=20000 seed=7
    /// places=6 -o world`
    #[arg(long, value_name = "KEY=N", num_args = 1..=3)]
    synthetic: Vec<String>,
}

pub(crate) fn run(arguments: &Arguments, global: &Global) -> Result<Ending, Failure> {
    global.takes_no_scenario_flags()?;
    if !arguments.synthetic.is_empty() {
        return synthesize(wished(&arguments.synthetic)?, global);
    }
    if let Some(path) = global.output.as_ref().filter(|path| path.is_file()) {
        return Err(exists(path));
    }
    answer::deliver(STARTER.as_bytes(), &[], global)?;
    Ok(Ending::Done)
}

fn exists(path: &std::path::Path) -> Failure {
    let help = Some("name a new one, or remove the old one".to_owned());
    Failure::Usage(format!("`{}` exists and will not be overwritten", path.display()), help)
}

/// A synthetic topology that is asked for.
struct Wished {
    network: Wish,
    /// How many places of each territory have demands.
    places: usize,
}

/// Reads `sites=20000 seed=7 places=6`, in any order.
fn wished(words: &[String]) -> Result<Wished, Failure> {
    const KEYS: [&str; 3] = ["sites", "seed", "places"];
    let wrong = |message: String, help: &str| Err(Failure::Usage(message, Some(help.to_owned())));
    let mut numbers = [None; KEYS.len()];
    for word in words {
        let Some((key, value)) = word.split_once('=') else {
            return wrong(format!("`{word}` is no KEY=N"), "write it as in `--synthetic sites=20000 seed=7`");
        };
        let Some(place) = KEYS.iter().position(|known| *known == key) else {
            let near = file::suggest(key, KEYS)
                .map_or("known are sites, seed and places".to_owned(), |key| format!("did you mean `{key}`?"));
            return wrong(format!("a synthetic topology has no `{key}`"), &near);
        };
        let Ok(number) = value.parse::<u64>() else {
            return wrong(format!("`{value}` is no number for `{key}`"), "write a whole number without sign or separators");
        };
        if numbers[place].replace(number).is_some() {
            return wrong(format!("`{key}` is given twice"), "leave one of them out");
        }
    }
    let [sites, seed, places] = numbers;
    let range = format!("from {} to {}", SITES.start(), SITES.end());
    let Some(sites) = sites else {
        return wrong("`sites` is missing".to_owned(), &format!("say how many, {range}, as in `sites=20000`"));
    };
    let Some(sites) = u32::try_from(sites).ok().filter(|sites| SITES.contains(sites)) else {
        return wrong(format!("{sites} sites are too many or too few"), &format!("it takes {range}"));
    };
    match usize::try_from(places.unwrap_or(1)).ok().filter(|places| (1..=PLACES_MAX).contains(places)) {
        Some(places) => Ok(Wished { network: Wish { sites, seed: seed.unwrap_or(1) }, places }),
        None => wrong("users are in too many places or in none".to_owned(), &format!("it takes from 1 to {PLACES_MAX}")),
    }
}

/// Makes the topology, writes it, and says what it has.
fn synthesize(Wished { network: wish, places }: Wished, global: &Global) -> Result<Ending, Failure> {
    let mut raw = synthetic::network(wish);
    let out = global.output.clone().unwrap_or_else(|| PathBuf::from(format!("synthetic-{}", wish.sites)));
    let Some(format) = Format::of_path(&out) else {
        let help = "give it no extension for a native folder, or that of a format, such as .graphml or .geojson";
        return Err(Failure::Usage(format!("the extension of `{}` stands for no format", out.display()), Some(help.to_owned())));
    };
    if out.exists() {
        return Err(exists(&out));
    }
    let mut problems = Problems::new();
    if demand::impute(&mut raw, &mut problems).is_none() {
        return Err(Failure::Input(problems, raw.head.name.text.to_string()));
    }
    demand::spread(&mut raw, places);
    let mut report = Report::new("new", format!("synthetic topology of {} sites, seed {}", wish.sites, wish.seed));
    report.fact("territories", "Territories", raw.head.territory.len());
    report.fact("sites", "Sites", raw.sites.len());
    report.fact("cables", "Cables", raw.cables.len());
    report.fact("segments", "Segments", raw.segments.len());
    report.fact("risk_groups", "Risk groups", raw.head.risk_group.len());
    report.fact("demands", "Demands", raw.demands.len());
    report.fact("written", "Written to", out.display().to_string());
    if !global.dry_run {
        let (files, _) = export::write(&raw, format);
        answer::topology(&out, format, &files, &[])?;
    }
    // The folder is where the output goes; what it has is the answer.
    answer::report(&report, None, &[], &Global { output: None, ..global.clone() })?;
    Ok(Ending::Done)
}
