//! Checkpoints of a timeline as lines of JSON, so that a run can be stopped at any moment and go on to the same result.
//!
//! The first line says what the run is; each further line holds the totals of one block, in order. Every line carries a
//! checksum that covers the lines before it, too, so that what is torn, damaged or foreign is never taken for good. It
//! makes and reads text; whoever owns the file writes whole lines and syncs them.
//!
//! ```text
//!   {"check":"…","format":1,"version":"0.1.0","scenario":"…","seed":7,…}
//!   {"check":"…","block":0,"words":[…]}
//!   {"check":"…","block":1,"words":[…]}
//! ```

use std::io::{BufRead, Read};
use std::{error, fmt, io};

use serde_json::{Value, json};

use crate::failure::timeline::totals::{Size, Totals};
use crate::failure::timeline::{Progress, Timeline};

/// Format of the lines.
pub const FORMAT: u64 = 1;

/// What a run is; a checkpoint of another run is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// Digest of all that decides the result: topology, date, policy, demands, hazards, windows. The number of samples
    /// and the precision may differ, so that a run can be prolonged.
    pub scenario: String,
    /// Of all chance.
    pub seed: u64,
    /// Samples per block.
    pub block: u64,
    /// Of the totals.
    pub size: Size,
}

/// Writes the lines of a checkpoint; what it returns ends in a line feed and belongs at the end of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Journal {
    /// Checksum of the last line.
    check: u64,
}

/// What a checkpoint held.
#[derive(Clone, Debug, PartialEq)]
pub struct Resumed {
    /// To go on from.
    pub progress: Progress,
    /// To go on writing with; `None` = the file is to be begun anew.
    pub journal: Option<Journal>,
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
            Self::Alien => write!(f, "this is no checkpoint of a timeline"),
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
    /// The header of a run, given its scenario's digest.
    #[must_use]
    pub fn of(timeline: &Timeline<'_>, scenario: String) -> Self {
        Self { scenario, seed: timeline.spec.seed.0, block: timeline.spec.block, size: timeline.size() }
    }

    fn body(&self) -> Value {
        json!({
            "format": FORMAT,
            "version": env!("CARGO_PKG_VERSION"),
            "scenario": self.scenario,
            "seed": self.seed,
            "block": self.block,
            "accounts": self.size.accounts,
            "pools": self.size.pools,
            "shortfalls": self.size.shortfalls,
        })
    }
}

impl Journal {
    /// Begins a checkpoint: the journal, and its first line.
    #[must_use]
    pub fn begin(header: &Header) -> (Self, String) {
        let (check, line) = seal(0, &header.body());
        (Self { check }, line)
    }

    /// The line of a finished block.
    pub fn line(&mut self, block: u64, totals: &Totals) -> String {
        let (check, line) = seal(self.check, &json!({ "block": block, "words": totals.to_words() }));
        self.check = check;
        line
    }
}

/// Reads a checkpoint of this run. What is empty or torn within its first line is begun anew.
///
/// Blocks past what `timeline` asks for are read all the same: they are good. O(bytes) time; memory is that of the
/// longest line and the totals.
///
/// # Errors
/// If it is no checkpoint, belongs to another run, or is damaged before its last line.
pub fn read(file: &mut dyn BufRead, timeline: &Timeline<'_>, header: &Header) -> Result<Resumed, Refusal> {
    let (journal, first) = Journal::begin(header);
    let mut resumed = Resumed { progress: timeline.start(), journal: None, good_bytes: 0 };
    let mut line = Vec::new();
    (&mut *file).take(HEADER_BYTES_MAX).read_until(b'\n', &mut line).map_err(Refusal::Io)?;
    if line != first.as_bytes() {
        if line.len() < first.len() && first.as_bytes().starts_with(&line) {
            return Ok(resumed);
        }
        return Err(foreign(&line, header));
    }
    let mut check = journal.check;
    resumed.good_bytes = first.len() as u64;
    loop {
        line.clear();
        let length = file.read_until(b'\n', &mut line).map_err(Refusal::Io)?;
        let Some((sum, totals)) = block(&line, check, resumed.progress.blocks, header.size) else {
            // A bad line is torn if nothing follows it.
            if file.fill_buf().map_err(Refusal::Io)?.is_empty() {
                resumed.journal = Some(Journal { check });
                return Ok(resumed);
            }
            return Err(Refusal::Damaged(resumed.progress.blocks + 2));
        };
        check = sum;
        resumed.progress.totals.merge(&totals);
        resumed.progress.blocks += 1;
        resumed.good_bytes += length as u64;
    }
}

/// The block that a line holds, if it is whole, follows what `check` covers, and has that number.
fn block(line: &[u8], check: u64, number: u64, size: Size) -> Option<(u64, Totals)> {
    let (sum, body) = open(line, check)?;
    let words = body["words"].as_array()?.iter().map(Value::as_u64).collect::<Option<Vec<u64>>>()?;
    let totals = Totals::from_words(size, &words)?;
    (body["block"].as_u64()? == number).then_some((sum, totals))
}

/// Says what a first line has that ours has not.
fn foreign(line: &[u8], header: &Header) -> Refusal {
    let Some((_, theirs)) = open(line, 0) else { return Refusal::Alien };
    let ours = header.body();
    let keys = ["format", "version", "scenario", "seed", "block", "accounts", "pools", "shortfalls"];
    let differs = keys.into_iter().find(|&key| theirs[key] != ours[key]);
    differs.map_or(Refusal::Alien, |key| Refusal::Foreign { key, theirs: theirs[key].to_string(), ours: ours[key].to_string() })
}

/// No header is longer; what is, need not be read further.
const HEADER_BYTES_MAX: u64 = 4_096;

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
