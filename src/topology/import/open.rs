//! Opens a topology in any format: finds the files that belong together, reads them, and makes their claims.
//!
//! What cannot be read is a problem; what was dropped or guessed is a finding, and whoever asked decides what to make of
//! it.

use std::path::{Path, PathBuf};

use super::attributes::Options;
use super::claim::claim;
use super::finding::Findings;
use super::format::{Format, beginning};
use super::sketch::Sketch;
use super::tables::Tables;
use super::text::Refusal;
use super::{folder, geojson, gml, graphml, net2plan, netgraph, node_link, repetita, sndlib, sndlib_xml, submarine_map, tables};
use crate::file::{self, FILE_LIMIT, Input};
use crate::problem::{Place, Problem, Problems, code};
use crate::topology::raw::RawTopology;
use crate::topology::read;

/// Names that the table of links has in a folder of tables.
pub(super) const LINK_TABLES: [&str; 2] = ["links.csv", "edges.csv"];
/// Name of the table of nodes.
const NODES: &str = "nodes.csv";
/// Name of the table of demands.
const DEMANDS: &str = "demands.csv";

/// What is to be read, and what the user says about it.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// The file or folder.
    pub path: PathBuf,
    /// Its format; `None` = as name and content tell.
    pub from: Option<Format>,
    /// Name that a foreign topology gets; `None` = that of the file or folder.
    pub name: Option<String>,
    /// A file of nodes that belongs to it: a table, or GeoJSON points.
    pub nodes: Option<PathBuf>,
    /// A file of demands that belongs to it: a table, or REPETITA's.
    pub demands: Option<PathBuf>,
    /// Names and units.
    pub options: Options,
}

impl Request {
    /// A topology of which the user says nothing but where it is.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), ..Self::default() }
    }

    /// Tells whether the user says anything that a native folder has no use for.
    fn is_foreign(&self) -> bool {
        self.nodes.is_some() || self.demands.is_some() || self.options != Options::default()
    }
}

/// What was read.
#[derive(Debug)]
pub struct Opened {
    /// The claims, not yet checked.
    pub raw: RawTopology,
    /// The format they were in.
    pub format: Format,
    /// What was dropped or guessed.
    pub findings: Findings,
}

/// Reads a topology in any format that [`Format`] has.
///
/// Remembers each file in `inputs`. `None`, with the problems, if it cannot be read at all. No more than [`FILE_LIMIT`]
/// bytes are held of all files together.
pub fn open(request: &Request, problems: &mut Problems, inputs: &mut Vec<Input>) -> Option<Opened> {
    let path = native_folder(&request.path);
    if let Some([packer, unpacker]) = beginning(path).and_then(|bytes| file::compression(&bytes)) {
        let problem = Problem::new(code::NOT_OF_FORMAT, format!("the file is compressed with {packer}"));
        refuse(path, problem.help(format!("unpack it first, as in `{unpacker} {}`", path.display())), problems);
        return None;
    }
    let Some(format) = request.from.or_else(|| Format::of(path)).or_else(|| nothing_there(path)) else {
        let problem = Problem::new(code::UNKNOWN_KIND, "neither name nor content tells what format this is in");
        let words = Format::ALL.map(Format::word).join(", ");
        refuse(path, problem.help(format!("say it, as in `crossborder show --from gml FILE`; known are {words}")), problems);
        return None;
    };
    if format == Format::Native && request.is_foreign() && path.exists() {
        let problem = Problem::new(code::KEY_DOES_NOT_APPLY, "a native folder has columns, units and tables of its own");
        let help = "leave out what is said of columns, header, unit, nodes and demands, or say what else it is with `--from`";
        refuse(path, problem.help(help), problems);
        return None;
    }
    if format == Format::Native {
        let raw = read::folder(path, problems, inputs)?;
        return Some(Opened { raw, format, findings: Findings::default() });
    }
    let mut files = Files { problems, inputs, bytes: 0 };
    match sketch(request, format, &mut files)? {
        Ok(sketch) => {
            let own = || path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
            let name = request.name.clone().or_else(own).unwrap_or_default();
            let (raw, findings) = claim(sketch, &name, problems);
            Some(Opened { raw, format, findings })
        }
        Err(Refusal { message, help }) => {
            let looks = beginning(path)
                .and_then(|bytes| Format::of_content(&String::from_utf8_lossy(&bytes)))
                .filter(|other| *other != format);
            let help = looks.map_or(help, |other| format!("it looks like {0}: say `--from {0}`", other.word()));
            refuse(path, Problem::new(code::NOT_OF_FORMAT, message).help(help), problems);
            None
        }
    }
}

/// The folder that is meant where its `topology.toml` is named.
fn native_folder(path: &Path) -> &Path {
    match path.file_name() {
        Some(name) if name == "topology.toml" => path.parent().unwrap_or(Path::new(".")),
        _ => path,
    }
}

/// What is not there was to be a native folder: reading it says that it is missing.
fn nothing_there(path: &Path) -> Option<Format> {
    (!path.exists()).then_some(Format::Native)
}

fn refuse(path: &Path, problem: Problem, problems: &mut Problems) {
    let file = problems.add_file(path.display().to_string(), "");
    problems.push(problem.at(Place { file, span: 0..0 }, ""));
}

/// Reads the files of a format; `None` if one of them cannot be opened, which is a problem then.
fn sketch(request: &Request, format: Format, files: &mut Files<'_>) -> Option<Result<Sketch, Refusal>> {
    let Request { path, nodes, demands, options, .. } = request;
    let aside = |given: &Option<PathBuf>, name: &str| given.clone().or_else(|| beside(path, name));
    Some(match format {
        Format::Native => unreachable!("native folders are read elsewhere"),
        Format::Csv => {
            let links = if path.is_dir() {
                LINK_TABLES.map(|name| path.join(name)).into_iter().find(|path| path.is_file())
            } else {
                None
            };
            let links = files.read(&links.unwrap_or_else(|| path.clone()))?;
            let nodes = files.read_if(aside(nodes, NODES))?;
            let demands = files.read_if(aside(demands, DEMANDS))?;
            tables::read(&Tables { nodes: nodes.as_deref(), links: &links, demands: demands.as_deref() }, options)
        }
        Format::GraphMl => graphml::read(&files.read(path)?, options),
        Format::Gml => gml::read(&files.read(path)?, options),
        Format::NodeLink => node_link::read(&files.read(path)?, options),
        Format::GeoJson => {
            let mut all = files.read_if(nodes.clone())?.into_iter().collect::<Vec<_>>();
            if path.is_dir() {
                all.extend(files.read_all(path, "geojson")?.into_iter().map(|(_, bytes)| bytes));
            } else {
                all.push(files.read(path)?);
            }
            geojson::read(&all.iter().map(Vec::as_slice).collect::<Vec<_>>(), options)
        }
        Format::SubmarineMap => {
            let all = files.read_all(path, "json")?;
            submarine_map::read(all.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())))
        }
        Format::Sndlib => {
            let bytes = files.read(path)?;
            let is_xml = bytes.iter().find(|byte| !byte.is_ascii_whitespace()) != Some(&b'?');
            if is_xml { sndlib_xml::read(&bytes, options) } else { sndlib::read(&bytes, options) }
        }
        Format::Repetita => {
            let graph = files.read(path)?;
            // Of several sets of demands, as `Abilene.0000.demands`, the first.
            let beside = ["demands", "0000.demands"].map(|end| path.with_extension(end));
            let demands = demands.clone().or_else(|| beside.into_iter().find(|path| path.is_file()));
            repetita::read(&graph, files.read_if(demands)?.as_deref(), options)
        }
        Format::Net2Plan => net2plan::read(&files.read(path)?, options),
        Format::NetGraph => netgraph::read(&files.read(path)?, options),
    })
}

/// A file of that name in a folder of tables, if it is there.
fn beside(folder: &Path, name: &str) -> Option<PathBuf> {
    Some(folder.join(name)).filter(|path| folder.is_dir() && path.is_file())
}

/// Reads files and keeps count of their bytes.
struct Files<'p> {
    problems: &'p mut Problems,
    inputs: &'p mut Vec<Input>,
    bytes: usize,
}

impl Files<'_> {
    fn read(&mut self, path: &Path) -> Option<Vec<u8>> {
        let bytes = file::read_bytes(path, self.problems, self.inputs)?;
        self.bytes += bytes.len();
        if self.bytes > FILE_LIMIT {
            let message = format!("the files together are longer than {} MiB", FILE_LIMIT >> 20);
            let problem = Problem::new(code::TOO_LARGE, message);
            refuse(path, problem.help("leave out what the study does not need"), self.problems);
            return None;
        }
        Some(bytes)
    }

    /// The bytes of a file that may be there; the outer `None` if it cannot be read.
    #[expect(clippy::option_option, reason = "no file is an answer, an unreadable one is not")]
    fn read_if(&mut self, path: Option<PathBuf>) -> Option<Option<Vec<u8>>> {
        path.map_or(Some(None), |path| self.read(&path).map(Some))
    }

    /// Every file of a folder with that extension, or the file itself.
    fn read_all(&mut self, path: &Path, extension: &str) -> Option<Vec<(String, Vec<u8>)>> {
        if !path.is_dir() {
            return Some(vec![(path.display().to_string(), self.read(path)?)]);
        }
        let Some(names) = folder::names(path) else {
            let problem = Problem::new(code::UNREADABLE, "the folder cannot be listed, or holds more files than any map has");
            refuse(path, problem.help("name the folder of one topology"), self.problems);
            return None;
        };
        let is_wanted = |name: &&String| Path::new(name).extension().is_some_and(|own| own == extension);
        names.iter().filter(is_wanted).map(|name| Some((name.clone(), self.read(&path.join(name))?))).collect()
    }
}
