//! Checkpoints of long runs as lines of JSON, so that a run can be stopped at any moment and go on to the same result.
//!
//! A run has parts, such as the years of one study and the snapshots of the next. The first line of a part says what it
//! is; each further line holds the totals of one block, in order. Every line carries a checksum that covers the lines
//! before it, too, so that what is torn, damaged or foreign is never taken for good. It makes and reads text; whoever
//! owns the file writes whole lines and syncs them.
//!
//! ```text
//!   {"check":"…","block_size":16,"format":2,"part":"years of storm","scenario":"…","seed":7,…}
//!   {"check":"…","block":0,"words":[…]}
//!   {"check":"…","block":1,"words":[…]}
//! ```

use std::io::{BufRead, Read};
use std::ops::ControlFlow;
use std::{error, fmt, io};

use serde_json::{Value, json};

use crate::failure::findings::{Findings, Shape};
use crate::failure::snapshots;
use crate::failure::timeline::{self, Timeline};

/// Format of the lines.
pub const FORMAT: u64 = 2;

/// What a part of a run is; a checkpoint of another run is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// Name of the part, its own within the run.
    pub part: String,
    /// Digest of all that decides the result: topology, date, policy, demands, hazards. Where it leaves out how many
    /// samples and which precision, a run can be prolonged.
    pub scenario: String,
    /// Of all chance.
    pub seed: u64,
    /// Samples per block.
    pub block: u64,
    /// How large the totals are, in numbers of the part's own.
    pub shape: Vec<u64>,
}

/// Writes the lines of a checkpoint; each ends in a line feed and belongs at the end of the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Journal {
    /// Checksum of the last line; 0 before the first.
    check: u64,
}

/// What a checkpoint held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resumed {
    /// How many parts were begun; all but the last of them were finished.
    pub begun: usize,
    /// To go on writing with.
    pub journal: Journal,
    /// So many bytes of the file are good; what follows is a torn line and must be cut off.
    pub good_bytes: u64,
}

/// Why a checkpoint cannot be used.
#[derive(Debug)]
#[non_exhaustive]
pub enum Refusal {
    /// It could not be read.
    Io(io::Error),
    /// It is no checkpoint.
    Alien,
    /// It belongs to another run: what differs, its value, and ours.
    Foreign {
        /// Key of the header.
        key: &'static str,
        /// In the checkpoint.
        theirs: String,
        /// Of this run.
        ours: String,
    },
    /// A line before the last is damaged; counted from 1.
    Damaged(u64),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => write!(f, "the checkpoint cannot be read: {error}"),
            Self::Alien => write!(f, "this is no checkpoint"),
            Self::Foreign { key, theirs, ours } => {
                write!(f, "the checkpoint belongs to another run: its {key} is {theirs}, not {ours}")
            }
            Self::Damaged(line) => write!(f, "line {line} of the checkpoint is damaged"),
        }
    }
}

impl error::Error for Refusal {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Self::Io(error) => Some(error),
            Self::Alien | Self::Foreign { .. } | Self::Damaged(_) => None,
        }
    }
}

impl Header {
    /// The header of a timeline, given its name and its scenario's digest.
    #[must_use]
    pub fn of(timeline: &Timeline<'_>, part: String, scenario: String) -> Self {
        let timeline::totals::Size { accounts, pools, shortfalls } = timeline.size();
        let shape = [accounts, pools, shortfalls].map(|count| count as u64).to_vec();
        Self { part, scenario, seed: timeline.spec.seed.0, block: timeline.spec.block, shape }
    }

    fn body(&self) -> Value {
        json!({
            "format": FORMAT,
            "version": env!("CARGO_PKG_VERSION"),
            "part": self.part,
            "scenario": self.scenario,
            "seed": self.seed,
            "block_size": self.block,
            "shape": self.shape,
        })
    }
}

impl Journal {
    /// The first line of a part.
    pub fn open(&mut self, header: &Header) -> String {
        self.seal(&header.body())
    }

    /// The line of a finished block of the part that was opened last: its number and its totals in words.
    pub fn line(&mut self, block: u64, words: &[u64]) -> String {
        self.seal(&json!({ "block": block, "words": words }))
    }

    fn seal(&mut self, body: &Value) -> String {
        let (check, line) = seal(self.check, body);
        self.check = check;
        line
    }
}

/// Reads a checkpoint of a run with these parts, in their order. What is empty or torn within its first line is begun anew.
///
/// `take` gets the position of a part and the words of its next block, and tells whether they are such. Blocks past what
/// is asked for are read all the same: they are good. O(bytes) time; memory is that of the longest line.
///
/// # Errors
/// If it is no checkpoint, belongs to another run, or is damaged before its last line.
pub fn read(file: &mut dyn BufRead, parts: &[Header], take: &mut dyn FnMut(usize, &[u64]) -> bool) -> Result<Resumed, Refusal> {
    let mut resumed = Resumed { begun: 0, journal: Journal::default(), good_bytes: 0 };
    let mut line = Vec::new();
    let mut blocks = 0;
    for number in 1.. {
        line.clear();
        let length = match number {
            1 => (&mut *file).take(HEADER_BYTES_MAX).read_until(b'\n', &mut line),
            _ => file.read_until(b'\n', &mut line),
        };
        let length = length.map_err(Refusal::Io)?;
        if length == 0 {
            break;
        }
        let check = resumed.journal.check;
        let opening = parts.get(resumed.begun).map(|header| seal(check, &header.body()));
        if let Some((sum, _)) = opening.as_ref().filter(|(_, text)| text.as_bytes() == line) {
            resumed.journal.check = *sum;
            resumed.begun += 1;
            blocks = 0;
        } else if let Some(part) = resumed.begun.checked_sub(1)
            && let Some((sum, words)) = block(&line, check, blocks)
            && take(part, &words)
        {
            resumed.journal.check = sum;
            blocks += 1;
        } else if number == 1 && opening.as_ref().is_some_and(|(_, text)| is_torn(text, &line)) {
            break;
        } else if let Some(refusal) = foreign(&line, check, parts.get(resumed.begun)) {
            return Err(refusal);
        } else if number == 1 {
            return Err(Refusal::Alien);
        } else if file.fill_buf().map_err(Refusal::Io)?.is_empty() {
            // A bad line is torn if nothing follows it.
            break;
        } else {
            return Err(Refusal::Damaged(number));
        }
        resumed.good_bytes += length as u64;
    }
    Ok(resumed)
}

fn is_torn(whole: &str, line: &[u8]) -> bool {
    line.len() < whole.len() && whole.as_bytes().starts_with(line)
}

/// The words of the block that a line holds, if it is whole, follows what `check` covers, and has that number.
fn block(line: &[u8], check: u64, number: u64) -> Option<(u64, Vec<u64>)> {
    let (sum, body) = open(line, check)?;
    let words = body["words"].as_array()?.iter().map(Value::as_u64).collect::<Option<Vec<u64>>>()?;
    (body["block"].as_u64()? == number).then_some((sum, words))
}

/// Says what a part's whole first line has that ours has not.
fn foreign(line: &[u8], check: u64, ours: Option<&Header>) -> Option<Refusal> {
    let (_, theirs) = open(line, check)?;
    theirs.get("format")?;
    let ours = ours.map_or(Value::Null, Header::body);
    let keys = ["format", "version", "scenario", "part", "seed", "block_size", "shape"];
    let key = keys.into_iter().find(|&key| theirs[key] != ours[key])?;
    Some(Refusal::Foreign { key, theirs: theirs[key].to_string(), ours: ours[key].to_string() })
}

/// No header is longer; what is, need not be read further.
const HEADER_BYTES_MAX: u64 = 4_096;

/// What a part had come to.
#[derive(Clone, Debug)]
pub enum Progress {
    /// Years of faults and repairs, and how large their totals are.
    Years(timeline::totals::Size, timeline::Progress),
    /// Snapshots.
    Snapshots(snapshots::Progress),
    /// Every outage of a set, and how large what is found of it is.
    Outages(Shape, Findings),
}

/// A part of a run, as far as it was kept.
#[derive(Clone, Debug)]
pub struct Part {
    /// What it is.
    pub header: Header,
    /// How many samples are asked for.
    pub of: u64,
    /// What it had come to.
    pub progress: Progress,
}

impl Part {
    /// Takes in the next block, whose first word is the number of its samples or outages. A last block that is not full is none if
    /// more is asked for now than was then.
    fn take(&mut self, words: &[u64]) -> bool {
        let blocks = match &self.progress {
            Progress::Years(_, progress) => progress.blocks,
            Progress::Snapshots(progress) => progress.lots,
            Progress::Outages(_, findings) => findings.done.div_ceil(self.header.block),
        };
        let left = self.of.saturating_sub(blocks.saturating_mul(self.header.block));
        let fits = words.first().is_some_and(|&samples| samples == self.header.block || samples == left);
        fits && match &mut self.progress {
            Progress::Years(size, progress) => progress.take(*size, words),
            Progress::Snapshots(progress) => progress.take(words),
            Progress::Outages(shape, findings) => findings.take(shape, words),
        }
    }
}

/// Takes what the parts of a run write; says no if the run is to break off.
pub type Write<'a> = dyn FnMut(&str) -> ControlFlow<()> + Send + 'a;

/// Goes with a run from part to part: gives each what was kept of it, and hands on what it keeps.
///
/// The run begins its parts in the order in which they were given.
pub struct Keeper<'a> {
    /// Those not begun by the run.
    parts: std::vec::IntoIter<Part>,
    /// How many of these the checkpoint holds the first lines of.
    opened: usize,
    journal: Journal,
    write: &'a mut Write<'a>,
}

impl<'a> Keeper<'a> {
    /// Begins anew.
    pub fn new(parts: Vec<Part>, write: &'a mut Write<'a>) -> Self {
        Self { parts: parts.into_iter(), opened: 0, journal: Journal::default(), write }
    }

    /// Goes on from a checkpoint; also returns how many of its bytes are good: what follows must be cut off before
    /// anything is written.
    ///
    /// # Errors
    /// As [`read`].
    pub fn resume(mut parts: Vec<Part>, file: &mut dyn BufRead, write: &'a mut Write<'a>) -> Result<(Self, u64), Refusal> {
        let headers: Vec<Header> = parts.iter().map(|part| part.header.clone()).collect();
        let Resumed { begun, journal, good_bytes } = read(file, &headers, &mut |part, words| parts[part].take(words))?;
        Ok((Self { parts: parts.into_iter(), opened: begun, journal, write }, good_bytes))
    }

    /// What was kept of the next part; `None` if nothing of this run is kept.
    pub fn begin(&mut self) -> Option<Progress> {
        let Part { header, progress, .. } = self.parts.next()?;
        match self.opened.checked_sub(1) {
            Some(left) => self.opened = left,
            // If this cannot be written, neither can the first block, which is told.
            None => drop((self.write)(&self.journal.open(&header))),
        }
        Some(progress)
    }

    /// Hands on a block of the part that was begun last.
    pub fn keep(&mut self, block: u64, words: &[u64]) -> ControlFlow<()> {
        let line = self.journal.line(block, words);
        (self.write)(&line)
    }
}

const OPENING: &[u8] = b"{\"check\":\"";

/// Puts a checksum before the object's own keys.
fn seal(before: u64, body: &Value) -> (u64, String) {
    let body = body.to_string();
    let check = checksum(before, &body.as_bytes()[1..]);
    (check, format!("{{\"check\":\"{check:016x}\",{}\n", &body[1..]))
}

/// Takes a sealed line apart: its checksum, and the object without it. `None` if anything is wrong with it.
fn open(line: &[u8], before: u64) -> Option<(u64, Value)> {
    let rest = line.strip_prefix(OPENING)?.strip_suffix(b"\n")?;
    let (check, rest) = rest.split_at_checked(16)?;
    let body = rest.strip_prefix(b"\",")?;
    let sum = checksum(before, body);
    if format!("{sum:016x}").as_bytes() != check {
        return None;
    }
    let object = [b"{", body].concat();
    Some((sum, serde_json::from_slice(&object).ok()?))
}

/// FNV-1a of 64 bits (Fowler, Noll and Vo 1991), continued from the line before.
fn checksum(before: u64, bytes: &[u8]) -> u64 {
    let start = 0xCBF2_9CE4_8422_2325 ^ before;
    bytes.iter().fold(start, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01B3))
}
