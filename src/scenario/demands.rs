//! Where a scenario's demands come from: the topology, a table, the scenario itself, or a model; then grown and scaled.

use std::path::Path;

use crate::demand::{self, Gravity, Growth, Profile, Request};
use crate::file::{self, Entry, Input, Interval, Matrix, Number};
use crate::problem::{Problem, Problems, code};
use crate::scenario::DemandSource;
use crate::scenario::places::Places;
use crate::scenario::raw::{RawDemands, RawScenario};
use crate::scenario::words::USES;
use crate::topology::raw::{RawDemand, RawTopology};
use crate::topology::words::{REGIONS, SERVICES};
use crate::topology::{Service, Topology};
use crate::units::{Date, Length};

const SCALE: Number = Number { name: "scale", interval: Interval::closed(0.0, 1e6) };
const DECAY: Number = Number { name: "distance in km", interval: Interval::closed(1.0, 1e6) };
const GROWTH: Number = Number { name: "growth in per cent a year", interval: Interval::closed(-99.0, 1000.0) };

/// Puts the demands of a table and of the scenario beside those of the topology, to be checked as one.
pub(super) fn gather(
    raw: &mut RawScenario,
    base: &Path,
    parts: &mut RawTopology,
    problems: &mut Problems,
    inputs: &mut Vec<Input>,
) {
    let settings = raw.demands.clone().unwrap_or_default();
    if settings.r#use.get().is_some_and(|word| word != "topology") {
        parts.demands.clear();
    }
    if let Some(table) = settings.file.get()
        && let Some(file) = file::read(&base.join(table), problems, inputs)
    {
        let required = ["id", "from", "to", "service", "traffic"];
        parts.demands.extend(file::table(file, &required, &mut parts.broken, problems));
    }
    for (i, mut demand) in std::mem::take(&mut raw.demand).into_iter().enumerate() {
        if demand.id.is_blank() {
            demand.id = format!("demand-{}", i + 1).into();
        }
        parts.demands.push(demand);
    }
}

/// Puts the demands of a square table beside all others, to be checked as one; a name that nothing has is said once.
pub(super) fn gather_matrix(
    raw: &RawScenario,
    base: &Path,
    parts: &mut RawTopology,
    problems: &mut Problems,
    inputs: &mut Vec<Input>,
) {
    let settings = raw.demands.clone().unwrap_or_default();
    let Some(file) = settings.matrix.get().and_then(|table| file::read(&base.join(table), problems, inputs)) else { return };
    let Matrix { corner, columns, rows } = file::matrix(file, problems);
    let places = Places::claimed(parts);
    let named: Vec<bool> = columns.iter().map(|column| places.named(column, problems)).collect();
    let is_named = |name: &Entry| columns.iter().zip(&named).any(|(column, named)| *named && column.text == name.text);
    let service = if settings.service.is_blank() { Service::Internet.word().into() } else { settings.service.clone() };
    for (from, cells) in rows.iter().filter(|(from, _)| is_named(from)) {
        for (to, cell) in columns.iter().zip(cells).filter(|(to, _)| is_named(to)) {
            if cell.text.parse::<f64>().map_or(cell.is_blank(), |number| number == 0.0) {
                continue;
            }
            let traffic = Entry { text: format!("{} {}", cell.text, corner.text).trim_end().into(), ..cell.clone() };
            parts.demands.push(RawDemand {
                id: Entry { text: format!("{}.{}", from.text, to.text).into(), ..cell.clone() },
                from: Entry { place: cell.place.clone(), ..from.clone() },
                to: Entry { place: cell.place.clone(), ..to.clone() },
                service: service.clone(),
                traffic,
                place: cell.place.clone(),
                ..RawDemand::default()
            });
        }
    }
}

/// All that is asked for on the day.
pub(super) fn requests(
    settings: Option<&RawDemands>,
    as_of: Option<Date>,
    (places, topology): (&Places, Option<&Topology>),
    problems: &mut Problems,
) -> Vec<Request> {
    let settings = settings.cloned().unwrap_or_default();
    let source = settings.r#use.word("use of demands", USES, problems).unwrap_or_default();
    let generated = model(&settings, source, places, problems);
    let growth = growth(&settings, as_of, problems);
    let scale = settings.scale.number(SCALE, problems);
    let hour = settings.hour_utc.whole("hour", 0, 23, problems).and_then(|hour| u8::try_from(hour).ok());
    let is_busiest = settings.busy_hour.boolean(problems).unwrap_or(false);
    if is_busiest && !settings.hour_utc.is_blank() {
        let problem = settings.hour_utc.problem(code::KEY_DOES_NOT_APPLY, "`hour_utc` does not apply with `busy_hour`", "");
        problems.push(problem.help("leave one of them out"));
    }
    let (Some(topology), Some(day)) = (topology, as_of) else { return Vec::new() };
    let mut requests = demand::offered(topology, day);
    requests.extend(generated(topology));
    if let Some((growth, years)) = growth {
        requests = growth.after(topology, &requests, years);
    }
    if let Some(scale) = scale {
        requests = demand::scale(&requests, scale);
    }
    let profile = Profile::evening();
    let hour = if is_busiest { Some(demand::busy_hour(topology, &requests, &profile)) } else { hour };
    if let Some(hour) = hour {
        requests = demand::at_hour(topology, &requests, &profile, hour);
    }
    requests
}

/// What makes requests where the scenario asks for a model.
fn model(
    settings: &RawDemands,
    source: DemandSource,
    places: &Places,
    problems: &mut Problems,
) -> impl Fn(&Topology) -> Vec<Request> + use<> {
    let service = settings.service.word("service class", SERVICES, problems).unwrap_or(Service::Internet);
    let decay = settings.decay_km.number(DECAY, problems).and_then(Length::from_km);
    let total = settings.total.bandwidth(problems);
    let from = places.end(&settings.from, problems);
    let is_one = source == DemandSource::OneToMany;
    let is_even = is_one || source == DemandSource::Uniform;
    let of_source = [
        (&settings.from, "from", is_one),
        (&settings.total, "total", is_even),
        (&settings.decay_km, "decay_km", source == DemandSource::Gravity),
        (&settings.service, "service", is_even || source == DemandSource::Gravity || !settings.matrix.is_blank()),
    ];
    for (entry, key, applies) in of_source {
        if !entry.is_blank() && !applies {
            let problem = entry.problem(code::KEY_DOES_NOT_APPLY, format!("`{key}` does not apply to these demands"), "");
            problems.push(problem.help("it belongs to demands that `use` has generated otherwise; leave it out"));
        }
    }
    if is_even && settings.total.is_blank() {
        let problem = settings.r#use.problem(code::MISSING_VALUE, "`total` is missing", "these demands have a total");
        problems.push(problem.help("give the total traffic, such as `total = \"1 Tbit/s\"`"));
    }
    if is_one && settings.from.is_blank() {
        let problem = settings.r#use.problem(code::MISSING_VALUE, "`from` is missing", "these demands begin somewhere");
        problems.push(problem.help("name a site or a territory"));
    }
    move |topology| match source {
        DemandSource::Topology | DemandSource::None => Vec::new(),
        DemandSource::Gravity => demand::gravity(topology, &Gravity { service, decay, ..Gravity::internet() }).requests,
        DemandSource::Uniform => demand::uniform(topology, &demand::main_sites(topology), service, total.unwrap_or_default()),
        DemandSource::OneToMany => from.map_or_else(Vec::new, |from| {
            demand::one_to_many(topology, from, &demand::main_sites(topology), service, total.unwrap_or_default())
        }),
    }
}

/// Rates and years of growth, where any rate is given.
fn growth(settings: &RawDemands, as_of: Option<Date>, problems: &mut Problems) -> Option<(Growth, u32)> {
    let rate = |entry: &Entry, problems: &mut Problems| entry.number(GROWTH, problems).map(|percent| percent / 100.0);
    let general = rate(&settings.growth_percent, problems);
    let mut growth = Growth::at(general.unwrap_or(0.0))?;
    for (region, percent) in &settings.growth_percent_by_region.0 {
        let known = Entry { form: file::Form::Plain, ..region.clone() }.word("region", REGIONS, problems);
        if let (Some(()), Some(rate)) = (known, rate(percent, problems)) {
            growth = growth.with_region(region.text.to_string(), rate)?;
        }
    }
    for (service, percent) in &settings.growth_percent_by_service.0 {
        let known = service.word("service class", SERVICES, problems);
        if let (Some(service), Some(rate)) = (known, rate(percent, problems)) {
            growth = growth.with_service(service, rate)?;
        }
    }
    let is_asked =
        general.is_some() || !settings.growth_percent_by_region.0.is_empty() || !settings.growth_percent_by_service.0.is_empty();
    let year = settings.year.whole("year", 1850, 2200, problems).and_then(|year| i16::try_from(year).ok());
    if is_asked && settings.year.is_blank() {
        let problem = Problem::new(code::MISSING_VALUE, "`year` is missing");
        let place = settings.growth_percent.place.clone().or_else(|| settings.place.clone());
        problems.push(Problem { place, ..problem }.help("say which year the traffic is of, such as `year = 2017`"));
    }
    if !is_asked && !settings.year.is_blank() {
        let problem = settings.year.problem(code::KEY_DOES_NOT_APPLY, "`year` does not apply without growth", "");
        problems.push(problem.help("give `growth_percent`, or leave it out"));
    }
    let (year, as_of) = (year?, as_of?);
    match u32::try_from(i32::from(as_of.year()) - i32::from(year)) {
        Ok(years) if is_asked => Some((growth, years)),
        Ok(_) => None,
        Err(_) => {
            let message = format!("the traffic is of {year}, after the scenario's day {as_of}");
            let problem = settings.year.problem(code::OUTSIDE_DATES, message, "");
            problems.push(problem.help("traffic grows forward only; give an earlier year or a later `as_of`"));
            None
        }
    }
}
