//! `show TOPOLOGY`: what it holds on a day, and what must not be lost.

use std::path::PathBuf;

use clap::Args;
use crossborder::report;
use crossborder::units::{Date, parse_date};

use crate::arguments::{Global, Reading};
use crate::failure::{Ending, Failure};
use crate::{answer, load};

/// Show a topology: counts, layers, gateways, territories, weak spots
#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// Folder of the topology, or a file in another format
    topology: PathBuf,
    /// As of this day: 2017, 2017-06 or 2017-06-01 [default: the last on which anything of it begins]
    #[arg(long, value_name = "DAY", value_parser = parse_date)]
    as_of: Option<Date>,
    #[command(flatten)]
    reading: Reading,
}

pub(crate) fn run(arguments: &Arguments, global: &Global) -> Result<Ending, Failure> {
    global.takes_no_scenario_flags()?;
    let loaded = load::topology(&arguments.topology, &arguments.reading, global)?;
    let day = load::day(&loaded.topology, arguments.as_of);
    let report = report::show::report(&loaded.topology, day);
    answer::report(&report, None, &loaded.paths(), global)?;
    Ok(Ending::Done)
}
