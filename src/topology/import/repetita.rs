//! Reads REPETITA's `.graph` and `.demands` (Gay, Schaus, Vissicchio 2017): tables of nodes, arcs and demands.
//!
//! Capacity and traffic are in kbit/s, delays in microseconds, as the program that reads them elsewhere has it.
//! Weights of routing protocols are left out, with a finding.

use super::attributes::Options;
use super::finding;
use super::sketch::{Demand, Direction, Flow, Link, Segment, Site, Sketch, Spot};
use super::text::{Refusal, admit, decode, lines, number};

/// Mbit/s in a kbit/s.
const KBPS: f64 = 1e-3;

/// Reads a graph and, if there is one, its file of demands.
///
/// # Errors
/// If the first line is not `NODES n`, or a row is cut.
pub fn read(graph: &[u8], demands: Option<&[u8]>, options: &Options) -> Result<Sketch, Refusal> {
    let mut sketch = Sketch::default();
    let unit = options.mbps_per_unit.unwrap_or(KBPS);
    let mut links = Vec::new();
    for table in tables(&decode(graph, &mut sketch.findings)?)? {
        for (line, row) in &table.rows {
            let words: Vec<&str> = row.split_whitespace().collect();
            match (table.name, words.as_slice()) {
                ("NODES", [label, x, y]) => {
                    let [x, y] = [x, y].map(|word| number(word, &[], &mut sketch.findings));
                    let spot = x.zip(y).map_or(Spot::Unknown, |(x, y)| Spot::Plane { x, y });
                    let key = sketch.sites.len().to_string();
                    sketch.sites.push(Site { key, name: Some((*label).to_owned()), spot, ..Site::default() });
                }
                ("EDGES", [label, from, to, weight, capacity, delay]) => {
                    let mut read = |word| number(word, &[], &mut sketch.findings);
                    let segment = Segment {
                        key: (*label).to_owned(),
                        lit_mbps: read(capacity).map(|capacity| capacity * unit),
                        latency_ms: read(delay).map(|us| us / 1e3),
                        ..Segment::default()
                    };
                    sketch.findings.note(finding::ATTRIBUTE_DROPPED, || format!("edge's weight {weight}"));
                    links.push(Link { ends: [(*from).to_owned(), (*to).to_owned()], segment, ..Link::default() });
                }
                (name @ ("NODES" | "EDGES"), _) => return Err(cut(*line, name)),
                (name, _) => sketch.findings.note(finding::ATTRIBUTE_DROPPED, || format!("table {name}")),
            }
        }
        admit(table.rows.len(), "rows")?;
        note_count(&table, &mut sketch);
    }
    sketch.connect(links, Direction::OneWay);
    if let Some(demands) = demands {
        let text = decode(demands, &mut sketch.findings)?;
        let mut flows = Vec::new();
        for table in tables(&text)?.into_iter().filter(|table| table.name == "DEMANDS") {
            admit(table.rows.len(), "demands")?;
            note_count(&table, &mut sketch);
            for (line, row) in &table.rows {
                let mut words = row.split_whitespace().map(str::to_owned);
                let (Some(key), Some(from), Some(to), Some(traffic)) = (words.next(), words.next(), words.next(), words.next())
                else {
                    return Err(cut(*line, table.name));
                };
                let traffic_mbps = number(&traffic, &[], &mut sketch.findings).unwrap_or(0.0) * unit;
                flows.push(Flow { ends: [from, to], demand: Demand { key, traffic_mbps, ..Demand::default() } });
            }
        }
        sketch.offer(flows);
    }
    Ok(sketch)
}

struct Table<'a> {
    name: &'a str,
    count: usize,
    rows: Vec<(usize, &'a str)>,
}

/// Cuts a text into its tables: a line with name and count, a line with column names, rows.
fn tables(text: &str) -> Result<Vec<Table<'_>>, Refusal> {
    let mut tables: Vec<Table<'_>> = Vec::new();
    for (number, line) in lines(text, "#") {
        let mut words = line.split_whitespace();
        let head = (words.next(), words.next().and_then(|word| word.parse().ok()), words.next());
        if let (Some(name @ ("NODES" | "EDGES" | "DEMANDS")), Some(count), None) = head {
            tables.push(Table { name, count, rows: Vec::new() });
        } else if let Some(table) = tables.last_mut() {
            if !line.starts_with("label ") {
                table.rows.push((number, line));
            }
        } else {
            return Err(Refusal::new(
                format!("line {number}: a table begins with `NODES`, `EDGES` or `DEMANDS` and the count of its rows"),
                "check that it is a REPETITA file",
            ));
        }
    }
    if tables.is_empty() {
        return Err(Refusal::new("the file is empty", "check that it is a REPETITA file"));
    }
    Ok(tables)
}

fn cut(line: usize, name: &str) -> Refusal {
    Refusal::new(format!("line {line}: this row of {name} has too few or too many cells"), "check that the file is whole")
}

fn note_count(table: &Table<'_>, sketch: &mut Sketch) {
    let (said, there) = (table.count, table.rows.len());
    if said != there {
        sketch.findings.note(finding::COUNT_DIFFERS, || format!("{}: {said} said, {there} there", table.name));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GRAPH: &str = "NODES 2\nlabel x y\nA 1.0 2.0\nB 0 0\n\nEDGES 3\nlabel src dst weight bw delay\n\
        e0 0 1 1 500000 2219\ne1 1 0 1 400000 2219\ne2 0 1 1 1 1\n";

    #[test]
    fn arcs_become_segments_in_mbps_and_ms() {
        let sketch = read(GRAPH.as_bytes(), None, &Options::default()).unwrap();
        let segment = &sketch.segments[0];
        assert_eq!((segment.lit_mbps, segment.lit_back_mbps, segment.latency_ms), (Some(500.0), Some(400.0), Some(2.219)));
        assert_eq!(sketch.segments.len(), 2);
        assert_eq!(sketch.findings.count(finding::ONE_WAY), 1);
    }

    #[test]
    fn demands_to_oneself_are_dropped_and_counts_are_compared() {
        let demands = b"DEMANDS 3\nlabel src dst bw\nd0 0 0 10\nd1 0 1 2380\n";
        let sketch = read(GRAPH.as_bytes(), Some(demands), &Options::default()).unwrap();
        assert_eq!(sketch.demands.len(), 1);
        assert_eq!(sketch.demands[0].traffic_mbps, 2.38);
        assert_eq!(sketch.findings.count(finding::DEMAND_DROPPED), 1);
        assert_eq!(sketch.findings.count(finding::COUNT_DIFFERS), 1);
    }

    #[test]
    fn cut_rows_are_refused() {
        assert!(read(b"NODES 1\nlabel x y\nA 1.0\n", None, &Options::default()).is_err());
        assert!(read(b"A 1.0\n", None, &Options::default()).is_err());
        assert!(read(b"", None, &Options::default()).is_err());
    }
}
