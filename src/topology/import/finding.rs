//! What an importer dropped or guessed: counted by code, with the first examples, so that nothing goes without a word.
//!
//! It knows no format. A finding never stops an import; whoever wants that turns findings into errors.

use std::collections::BTreeMap;

use crate::problem::{Code, Place, Problem, Problems};

/// So many examples of each kind are kept.
const EXAMPLES: usize = 3;
/// No example is longer than this many characters.
const EXAMPLE_LENGTH: usize = 120;

/// One kind of finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind {
    /// Its stable code.
    pub code: Code,
    /// What was found and what was made of it, without the count.
    pub what: &'static str,
}

macro_rules! kinds {
    ($($name:ident = $code:literal, $what:literal;)*) => {
        $(#[doc = $what] pub const $name: Kind = Kind { code: Code($code), what: $what };)*

        /// Every kind, in order of code.
        pub const ALL: &[Kind] = &[$($name),*];
    };
}

kinds! {
    LATIN_1 = "W101", "text that is not UTF-8; read as Latin-1";
    NUMBER_AS_TEXT = "W102", "numbers written as text; read as numbers";
    BAD_NUMBER = "W103", "values that are no number; left out";
    NO_VALUE = "W104", "words that stand for `unknown`; left out";
    ATTRIBUTE_DROPPED = "W105", "attributes that the model has no place for; left out";
    DUPLICATE_KEY = "W106", "ids given twice; the later thing got an id of its own";
    DUPLICATE_NAME = "W107", "names given to several sites; told apart by a number in the id";
    RAGGED_ROW = "W108", "rows with too many or too few cells; the cells that are there were read";
    COUNT_DIFFERS = "W109", "counts that a file says wrongly; the rows that are there were read";
    END_BY_NAME = "W110", "ends that name a site by its name instead of its id; taken as that site";
    END_UNKNOWN = "W111", "segments with an end that no site is; left out";
    LOOP_DROPPED = "W112", "segments from a site to itself; left out";
    UNDECLARED_PARALLEL = "W113", "parallel segments in a graph not marked as a multigraph; all kept";
    ARCS_MERGED = "W114", "pairs of opposite arcs; made one segment each";
    ONE_WAY = "W115", "arcs without an opposite; made segments with no capacity back";
    GROUP_UNKNOWN = "W116", "members of risk groups that nothing is; left out";
    END_BY_POSITION = "W117", "ends that name no site; taken as the site where the line ends";
    END_MADE = "W118", "ends of lines where no site is; a site was made there";
    OFF_EARTH = "W119", "single coordinates that are not on Earth; taken as unknown";
    NO_POSITION = "W120", "sites without coordinates; placed near their neighbours";
    NULL_ISLAND = "W121", "coordinates 0 0; taken as unknown";
    PLANE_POSITION = "W122", "coordinates that are not on Earth (pixels or metres of a drawing); fitted into a small box";
    MERCATOR = "W123", "coordinates in metres of Web Mercator (EPSG:3857); turned into degrees";
    LOST_SIGN = "W124", "longitudes that lost their minus sign, as the names of the places tell; negated";
    POSITIONS_DIFFER = "W125", "places given twice with different coordinates; the first was taken";
    NO_GEOMETRY = "W126", "features without coordinates; left out";
    LENGTH_GUESSED = "W130", "segments without length; great circle times a route factor";
    LENGTH_IMPOSSIBLE = "W131", "lengths that the ends' coordinates do not allow; great circle times a route factor";
    LENGTH_UNIT = "W132", "lengths without unit; read as kilometres or metres, whichever fits the coordinates";
    CAPACITY_UNIT = "W133", "capacities without unit; read in the unit stated";
    TRAFFIC_UNIT = "W134", "demands without unit; read in the unit stated";
    ROUNDED = "W135", "bandwidths that are not whole Mbit/s; rounded, but never to nothing";
    MODULES = "W136", "links with a choice of capacity modules; the largest, once, was taken as design capacity";
    LATENCY_UNIT = "W137", "latencies without unit; read as milliseconds";
    DEMAND_DROPPED = "W140", "demands that end where they begin, or at nothing, or are of nothing; left out";
    TERRITORY_UNKNOWN = "W141", "names of countries that no territory is known by; given a code of their own";
    NO_TERRITORY = "W142", "sites without territory; put into the territory ZZ";
    CABLE_PLANNED = "W150", "cables that are only planned; kept with their date, or left out if they have none";
    ONE_LANDING = "W152", "cables with fewer than two landings";
    CABLE_IN_PIECES = "W153", "cables whose lines do not hang together; kept in pieces";
    ENDS_JOINED = "W154", "ends of lines joined over a gap";
    DATE_LINE_JOINED = "W155", "lines cut at the 180th meridian; joined";
    LANDING_FAR = "W156", "landings more than a kilometre from their cable's line; the line was led there";
    LANDING_LOOSE = "W157", "landings too far from their cable's line; left unconnected";
    LOOSE_END = "W158", "ends of lines at no landing; kept as branching units";
    TWIN_PLACES = "W159", "landings on the same spot; kept apart and joined by a segment of no length";
    LENGTH_SCALED = "W160", "cables whose drawn length was scaled to the declared one";
    LENGTH_NOT_SCALED = "W161", "cables whose declared length does not fit the drawn one; the drawn one was kept";
    LANDING_OPEN = "W162", "landings that are not decided yet; kept where they are drawn";
    NO_LINE = "W163", "cables with landings but no line; left out";
    LENGTH_DRAWN = "W164", "cables without declared length; the drawn one times the usual factor was taken";
    DRAWN_TWICE = "W165", "cables with the same piece of line drawn twice; it was taken once";
    NOT_EXPLICIT = "W170", "parts that need expansion (blueprints, groups, patterns, rules); left out";
    FILE_SKIPPED = "W171", "files that are none of this format; left out";
    NOT_HELD = "W180", "parts that the format written has no place for; left out";
    BAD_CHARACTER = "W181", "characters that the format written cannot hold; replaced by U+FFFD";
}

/// How often something was found, and the first examples.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What it is.
    pub kind: Kind,
    /// How often.
    pub count: u64,
    /// The first few, for people.
    pub examples: Vec<String>,
}

impl Finding {
    /// The examples in words.
    #[must_use]
    pub fn such_as(&self) -> String {
        format!("such as: {}", self.examples.join("; "))
    }
}

/// All that was dropped or guessed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings(BTreeMap<Code, Finding>);

impl Findings {
    /// Counts one; the example is made only while examples are wanted.
    pub fn note(&mut self, kind: Kind, example: impl FnOnce() -> String) {
        let finding = self.0.entry(kind.code).or_insert_with(|| Finding { kind, count: 0, examples: Vec::new() });
        finding.count += 1;
        if finding.examples.len() < EXAMPLES {
            let example: String = example().chars().take(EXAMPLE_LENGTH).collect();
            if !finding.examples.contains(&example) {
                finding.examples.push(example);
            }
        }
    }

    /// How often something of this kind was found.
    #[must_use]
    pub fn count(&self, kind: Kind) -> u64 {
        self.0.get(&kind.code).map_or(0, |finding| finding.count)
    }

    /// All findings in order of code.
    pub fn iter(&self) -> impl Iterator<Item = &Finding> {
        self.0.values()
    }

    /// Tells whether nothing was dropped or guessed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Makes each kind a warning about the file that was read.
    pub fn warn(&self, path: &str, problems: &mut Problems) {
        if self.is_empty() {
            return;
        }
        let file = problems.add_file(path, "");
        for finding in self.iter() {
            let problem = Problem::new(finding.kind.code, format!("{} × {}", finding.count, finding.kind.what));
            problems.push(problem.at(Place { file, span: 0..0 }, "").help(finding.such_as()));
        }
    }

    /// Adds what another part of the import found.
    pub fn extend(&mut self, other: Self) {
        for (code, finding) in other.0 {
            match self.0.get_mut(&code) {
                Some(own) => {
                    own.count += finding.count;
                    own.examples.extend(finding.examples);
                    own.examples.truncate(EXAMPLES);
                }
                None => {
                    self.0.insert(code, finding);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_given_once_and_in_order() {
        assert!(ALL.windows(2).all(|pair| pair[0].code < pair[1].code));
    }

    #[test]
    fn findings_count_all_and_keep_the_first_different_examples() {
        let mut findings = Findings::default();
        for example in ["a", "a", "b", "c", "d"] {
            findings.note(LOOP_DROPPED, || example.to_owned());
        }
        let finding = findings.iter().next().unwrap();
        assert_eq!((finding.count, finding.examples.join(" ")), (5, "a b c".to_owned()));
    }
}
