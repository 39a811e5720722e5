//! Reads SNDlib's native text (Orlowski et al. 2010): sections of nodes, links and demands in parentheses.
//!
//! Costs, admissible paths and hop limits are left out, with a finding. The file does not tell degrees from pixels.

use super::attributes::Options;
use super::finding::{self, Findings};
use super::sketch::{Demand, Direction, Flow, Link, Site, Sketch, Spot};
use super::sndlib_xml::capacities;
use super::text::{Refusal, admit, decode, lines, number};

/// Reads a file.
///
/// # Errors
/// If it does not begin as such a file does, or a row is cut.
pub fn read(bytes: &[u8], options: &Options) -> Result<Sketch, Refusal> {
    let mut sketch = Sketch::default();
    let content = decode(bytes, &mut sketch.findings)?;
    if !content.trim_start().starts_with("?SNDlib native format; type: network") {
        return Err(Refusal::new(
            "the file does not begin with `?SNDlib native format; type: network`",
            "check that it is an SNDlib network",
        ));
    }
    let unit = options.mbps_per_unit.unwrap_or(super::MBPS);
    let (mut section, mut links, mut flows) = ("", Vec::new(), Vec::new());
    for (line_number, line) in lines(&content, "#").skip(1) {
        if let Some(name) = line.strip_suffix('(').map(str::trim).filter(|name| !name.contains(char::is_whitespace))
            && section.is_empty()
        {
            section = name;
            continue;
        }
        if line == ")" {
            section = "";
            continue;
        }
        let cut = || Refusal::new(format!("line {line_number}: this row of {section} is cut"), "check that the file is whole");
        match section {
            "NODES" => sketch.sites.push(node(line, &mut sketch.findings)),
            "LINKS" => links.push(link(line, unit, &mut sketch.findings).ok_or_else(cut)?),
            "DEMANDS" => flows.push(demand(line, unit, &mut sketch.findings).ok_or_else(cut)?),
            "META" => {}
            other => sketch.findings.note(finding::ATTRIBUTE_DROPPED, || format!("section {other}")),
        }
        admit(sketch.sites.len().max(links.len()).max(flows.len()), "rows")?;
    }
    sketch.tell_sites_apart();
    sketch.connect(links, Direction::Both);
    sketch.offer(flows);
    Ok(sketch)
}

/// Splits `id ( a b ) rest` into its three parts.
fn parts(row: &str) -> Option<(&str, &str, &str)> {
    let (id, rest) = row.split_once('(')?;
    let (inside, rest) = rest.split_once(')')?;
    Some((id.trim(), inside.trim(), rest.trim()))
}

fn ends(inside: &str) -> Option<[String; 2]> {
    let mut words = inside.split_whitespace().map(str::to_owned);
    Some([words.next()?, words.next()?])
}

/// `id [( x y )]`
fn node(row: &str, findings: &mut Findings) -> Site {
    let (id, inside, _) = parts(row).unwrap_or((row, "", ""));
    let mut numbers = inside.split_whitespace().filter_map(|word| number(word, &[], findings));
    let spot = match (numbers.next(), numbers.next()) {
        (Some(x), Some(y)) => Spot::Plane { x, y },
        _ => Spot::Unknown,
    };
    Site { key: id.to_owned(), spot, ..Site::default() }
}

/// `id ( from to ) installed its_cost routing_cost setup_cost ( {capacity cost}* )`
fn link(row: &str, unit: f64, findings: &mut Findings) -> Option<Link> {
    let (id, inside, rest) = parts(row)?;
    let (fixed, modules) = rest.split_once('(')?;
    let installed = number(fixed.split_whitespace().next()?, &[], findings);
    let is_cost = |cost: &str| cost.parse() != Ok(0.0_f64);
    for (name, _) in ["routing cost", "setup cost"].iter().zip(fixed.split_whitespace().skip(2)).filter(|(_, cost)| is_cost(cost))
    {
        findings.note(finding::ATTRIBUTE_DROPPED, || format!("link's {name}"));
    }
    let capacities_only = modules.trim_end_matches(')').split_whitespace().step_by(2);
    let modules: Vec<f64> = capacities_only.filter_map(|word| number(word, &[], findings)).collect();
    let segment = capacities(id.to_owned(), installed, &modules, unit, findings);
    Some(Link { ends: ends(inside)?, segment, ..Link::default() })
}

/// `id ( from to ) routing_unit value max_path_length`
fn demand(row: &str, unit: f64, findings: &mut Findings) -> Option<Flow> {
    let (id, inside, rest) = parts(row)?;
    let mut words = rest.split_whitespace();
    let _routing_unit = words.next()?;
    let traffic = number(words.next()?, &[], findings).unwrap_or(0.0);
    findings.note(finding::TRAFFIC_UNIT, || format!("{traffic} read as {} Mbit/s", traffic * unit));
    if words.next().is_some_and(|limit| limit != "UNLIMITED") {
        findings.note(finding::ATTRIBUTE_DROPPED, || "demand's maxPathLength".to_owned());
    }
    let demand = Demand { key: id.to_owned(), traffic_mbps: traffic * unit, ..Demand::default() };
    Some(Flow { ends: ends(inside)?, demand })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: &str = "?SNDlib native format; type: network; version: 1.0\n# two\nMETA (\n unit = MBITPERSEC\n)\n\
        NODES (\n  A ( 1.00 -2.5 )\n  B\n)\nLINKS (\n L1 ( A B ) 0.00 0.00 7.00 0.00 ( 155.00 960.00 622.00 2880.00 )\n)\n\
        DEMANDS (\n  D ( B A ) 1 12.50 UNLIMITED\n)\nADMISSIBLE_PATHS (\n D ( P_0 ( L1 ) )\n)\n";

    #[test]
    fn the_native_form_reads_as_the_xml_does() {
        let sketch = read(TWO.as_bytes(), &Options::default()).unwrap();
        assert_eq!(sketch.sites[0].spot, Spot::Plane { x: 1.0, y: -2.5 });
        assert_eq!((sketch.segments[0].lit_mbps, sketch.segments[0].design_mbps), (None, Some(622.0)));
        let demand = &sketch.demands[0];
        assert_eq!((demand.from, demand.to, demand.traffic_mbps), (1, 0, 12.5));
        assert_eq!(sketch.findings.count(finding::ATTRIBUTE_DROPPED), 2);
    }

    #[test]
    fn cut_rows_are_refused_with_their_line() {
        let cut = TWO.replace(" 0.00 ( 155", " 155");
        let refusal = read(cut.as_bytes(), &Options::default()).unwrap_err();
        assert!(refusal.message.starts_with("line 11:"), "{}", refusal.message);
        assert!(read(b"NODES (", &Options::default()).is_err());
    }
}
