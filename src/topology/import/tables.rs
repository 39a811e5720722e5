//! Reads CSV tables of nodes, links and demands, whatever their separator, columns and header.
//!
//! The separator is the one of comma, semicolon, tab and blanks that splits the first line into most cells. Columns
//! are known by their names; the user may rename them, or name those of the links where there is no header.

use std::collections::BTreeSet;
use std::str::Lines;

use csv::{Reader, ReaderBuilder, StringRecord};

use super::attributes::{LinkDraft, LinkField, Options, SiteDraft, SiteField};
use super::finding::{self, Findings};
use super::sketch::{Direction, Flow, Link, Site, Sketch};
use super::text::{Refusal, admit, decode};
use crate::file::unguarded;

/// The tables of a network; only the links must be there.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tables<'a> {
    /// One row per node. Without it the ends of links are the nodes.
    pub nodes: Option<&'a [u8]>,
    /// One row per link.
    pub links: &'a [u8],
    /// One row per demand.
    pub demands: Option<&'a [u8]>,
}

/// Reads the tables.
///
/// # Errors
/// If a table has no header, or not the columns that say what joins what.
pub fn read(tables: &Tables<'_>, options: &Options) -> Result<Sketch, Refusal> {
    let mut sketch = Sketch::default();
    let links = links(tables.links, options, &mut sketch.findings)?;
    sketch.sites = match tables.nodes {
        Some(nodes) => sites(nodes, options, &mut sketch.findings)?,
        None => ends_as_sites(&links),
    };
    sketch.tell_sites_apart();
    sketch.connect(links, Direction::Both);
    if let Some(demands) = tables.demands {
        let flows = flows(demands, options, &mut sketch.findings)?;
        sketch.offer(flows);
    }
    Ok(sketch)
}

fn ends_as_sites(links: &[Link]) -> Vec<Site> {
    let mut known = BTreeSet::new();
    let ends = links.iter().flat_map(|link| &link.ends).filter(|end| known.insert(end.as_str()));
    ends.map(|end| Site { key: end.clone(), ..Site::default() }).collect()
}

fn sites(bytes: &[u8], options: &Options, findings: &mut Findings) -> Result<Vec<Site>, Refusal> {
    let text = decode(bytes, findings)?;
    let mut table = Table::open("nodes", &text, None, |name| options.site_field(name), findings)?;
    table.needs(SiteField::Key, "id")?;
    let mut sites = Vec::new();
    while table.advance(findings)? {
        let mut draft = SiteDraft::default();
        for (field, cell) in table.cells() {
            draft.set(field, cell, findings);
        }
        sites.push(draft.finish());
        admit(sites.len(), "nodes")?;
    }
    Ok(sites)
}

fn links(bytes: &[u8], options: &Options, findings: &mut Findings) -> Result<Vec<Link>, Refusal> {
    let text = decode(bytes, findings)?;
    let find = |name: &str| options.link_field(name);
    let mut table = Table::open("links", &text, options.header.as_deref(), find, findings)?;
    table.needs(LinkField::From, "from")?;
    table.needs(LinkField::To, "to")?;
    let unit = options.mbps_per_unit.unwrap_or(super::GBPS);
    let mut links = Vec::new();
    while table.advance(findings)? {
        links.push(draft(&table, findings).finish(unit, findings));
        admit(links.len(), "links")?;
    }
    Ok(links)
}

fn flows(bytes: &[u8], options: &Options, findings: &mut Findings) -> Result<Vec<Flow>, Refusal> {
    let text = decode(bytes, findings)?;
    let mut table = Table::open("demands", &text, None, |name| options.demand_field(name), findings)?;
    table.needs(LinkField::From, "from")?;
    table.needs(LinkField::To, "to")?;
    let unit = options.mbps_per_unit.unwrap_or(super::GBPS);
    let mut flows = Vec::new();
    while table.advance(findings)? {
        flows.push(draft(&table, findings).finish_demand(unit, findings));
        admit(flows.len(), "demands")?;
    }
    Ok(flows)
}

fn draft(table: &Table<'_, LinkField>, findings: &mut Findings) -> LinkDraft {
    let mut draft = LinkDraft::default();
    for (field, cell) in table.cells() {
        draft.set(field, cell, findings);
    }
    draft
}

/// A table whose columns are known, row by row.
struct Table<'t, F> {
    what: &'static str,
    rows: Rows<'t>,
    fields: Vec<Option<F>>,
    row: StringRecord,
    count: u64,
}

enum Rows<'t> {
    Separated(Box<Reader<&'t [u8]>>),
    Blanks(Lines<'t>),
}

impl<'t, F: Copy + PartialEq> Table<'t, F> {
    fn open(
        what: &'static str,
        text: &'t str,
        header: Option<&[String]>,
        find: impl Fn(&str) -> Option<F>,
        findings: &mut Findings,
    ) -> Result<Self, Refusal> {
        let rows = rows(text);
        let mut table = Self { what, rows, fields: Vec::new(), row: StringRecord::new(), count: 0 };
        let names: Vec<String> = match header {
            Some(names) => names.to_vec(),
            None if table.step()? => table.row.iter().map(|name| name.trim().to_owned()).collect(),
            None => return Err(Refusal::new(format!("the table of {what} is empty"), "its first line names the columns")),
        };
        for name in &names {
            let field = find(name);
            // Of two columns of one meaning the first is read.
            let is_new = field.is_none_or(|field| !table.fields.contains(&Some(field)));
            if field.is_none() || !is_new {
                findings.note(finding::ATTRIBUTE_DROPPED, || format!("column `{name}` of {what}"));
            }
            table.fields.push(field.filter(|_| is_new));
        }
        Ok(table)
    }

    fn needs(&self, field: F, name: &str) -> Result<(), Refusal> {
        if self.fields.contains(&Some(field)) {
            return Ok(());
        }
        let message = format!("the table of {} has no column `{name}`", self.what);
        Err(Refusal::new(message, format!("add it, or say which column it is, as in `--columns theirs={name}`")))
    }

    /// Goes to the next row that is not blank; false at the end.
    fn step(&mut self) -> Result<bool, Refusal> {
        loop {
            self.count += 1;
            let is_there = match &mut self.rows {
                Rows::Separated(reader) => reader
                    .read_record(&mut self.row)
                    .map_err(|error| Refusal::new(format!("the table of {}: {error}", self.what), "check its quotes"))?,
                Rows::Blanks(lines) => {
                    self.row.clear();
                    let line = lines.next();
                    line.into_iter().flat_map(str::split_whitespace).for_each(|cell| self.row.push_field(cell));
                    line.is_some()
                }
            };
            if !is_there || self.row.iter().any(|cell| !cell.is_empty()) {
                return Ok(is_there);
            }
        }
    }

    fn advance(&mut self, findings: &mut Findings) -> Result<bool, Refusal> {
        let is_there = self.step()?;
        if is_there && self.row.len() != self.fields.len() {
            let (there, wanted) = (self.row.len(), self.fields.len());
            findings.note(finding::RAGGED_ROW, || format!("row {} of {}: {there} cells, not {wanted}", self.count, self.what));
        }
        Ok(is_there)
    }

    fn cells(&self) -> impl Iterator<Item = (F, &str)> {
        self.fields.iter().zip(&self.row).filter_map(|(field, cell)| Some(((*field)?, unguarded(cell))))
    }
}

/// Splits at whatever splits the first line into most cells; ties go to the comma.
fn rows(text: &str) -> Rows<'_> {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let count = |separator| first.matches(separator).count();
    let (best, separator) = [(count(','), b','), (count(';'), b';'), (count('\t'), b'\t')]
        .into_iter()
        .reduce(|best, other| if other.0 > best.0 { other } else { best })
        .expect("three separators");
    if best == 0 && first.split_whitespace().count() > 1 {
        return Rows::Blanks(text.lines());
    }
    let reader = ReaderBuilder::new().has_headers(false).flexible(true).delimiter(separator).from_reader(text.as_bytes());
    Rows::Separated(Box::new(reader))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_links(links: &str, options: &Options) -> Result<Sketch, Refusal> {
        read(&Tables { links: links.as_bytes(), ..Tables::default() }, options)
    }

    #[test]
    fn any_separator_will_do() {
        for text in
            ["a,b,length_km\nx,y,5\n", "a;b;length_km\nx;y;5\n", "a\tb\tlength_km\nx\ty\t5\n", "a b  length_km\n\nx y 5\n"]
        {
            let sketch = read_links(text, &Options::default()).unwrap();
            assert_eq!((sketch.sites.len(), sketch.segments[0].length_km), (2, Some(5.0)), "{text}");
        }
    }

    #[test]
    fn columns_can_be_renamed_and_named() {
        let rename = [("von", "from"), ("nach", "to"), ("weit", "length_km")];
        let rename = rename.map(|(theirs, ours)| (theirs.to_owned(), ours.to_owned())).into();
        let sketch = read_links("von,nach,weit,farbe\nx,y,5,rot\n", &Options { rename, ..Options::default() }).unwrap();
        assert_eq!(sketch.segments[0].length_km, Some(5.0));
        assert_eq!(sketch.findings.count(finding::ATTRIBUTE_DROPPED), 1);

        let header = Some(["u", "v", "capacity_gbps", "latency_us", "length_km", "risk_group"].map(str::to_owned).to_vec());
        let sketch =
            read_links("0 417 2200 449 80.7 420\n0 636 1200 314 52.5 420\n", &Options { header, ..Options::default() }).unwrap();
        assert_eq!(sketch.segments[0].latency_ms, Some(0.449));
        assert_eq!(sketch.risk_groups[0].segments, [0, 1]);
    }

    #[test]
    fn a_cable_gathers_what_its_links_tell() {
        let links = "id,a,b,kind,system,capacity_tbps,capacity_src,fibre_pairs,rfs_year,planned\n\
            L0,x,y,submarine,asc,54.0,reported,6,2016.0,False\nL1,y,z,submarine,asc,15.36,imputed,,2016,True\nL2,x,z,backhaul,,1,,,,\n";
        let sketch = read_links(links, &Options::default()).unwrap();
        let cable = &sketch.cables[0];
        assert_eq!(
            (cable.key.as_str(), cable.kind, cable.fibre_pairs, cable.is_planned),
            ("asc", Some("submarine"), Some(6), true)
        );
        assert_eq!((sketch.cables.len(), sketch.cables[1].kind), (2, Some("terrestrial")));
        let [first, second, _] = &sketch.segments[..] else { panic!() };
        assert_eq!((first.lit_mbps, first.imputed_mbps), (Some(54e6), None));
        assert_eq!((second.lit_mbps, second.imputed_mbps), (None, Some(15.36e6)));
    }

    #[test]
    fn nodes_and_demands_come_along() {
        let tables = Tables {
            nodes: Some(b"id,kind,name,country,lon,lat\nx,landing,\"X, Y\",SG,103.9,1.3\ny,branching_unit,,,104,2\n"),
            links: b"a,b\nx,y\n",
            demands: Some(b"src,dst,tbps\nx,y,0.000164\ny,x,0\n"),
        };
        let sketch = read(&tables, &Options::default()).unwrap();
        assert_eq!(sketch.sites[0].name.as_deref(), Some("X, Y"));
        assert_eq!(sketch.demands.len(), 1);
        assert!((sketch.demands[0].traffic_mbps - 164.0).abs() < 1e-9);
    }

    #[test]
    fn ragged_rows_are_read_as_far_as_they_go() {
        let sketch = read_links("a,b,length_km\nx,y\nx,z,5,6\n\n", &Options::default()).unwrap();
        assert_eq!((sketch.segments.len(), sketch.findings.count(finding::RAGGED_ROW)), (2, 2));
    }

    #[test]
    fn tables_without_ends_are_refused() {
        for text in ["", "0,1,5\n", "from,length\nx,5\n"] {
            assert!(read_links(text, &Options::default()).is_err(), "{text}");
        }
    }
}
