//! Reads SNDlib's XML (Orlowski et al. 2010): nodes, links with modules of capacity, demands.
//!
//! Costs, admissible paths and hop limits are left out, with a finding. Only this form says whether coordinates are
//! degrees or pixels.

use roxmltree::Node;

use super::attributes::Options;
use super::finding::{self, Findings};
use super::sketch::{Demand, Direction, Flow, Link, Segment, Site, Sketch, Spot};
use super::text::{Refusal, admit, decode, number};
use super::xml::{child, children, parse, text};

/// Reads a file.
///
/// # Errors
/// If it is no XML, has a document type, or holds no network.
pub fn read(bytes: &[u8], options: &Options) -> Result<Sketch, Refusal> {
    let mut sketch = Sketch::default();
    let content = decode(bytes, &mut sketch.findings)?;
    let document = parse(&content)?;
    let root = document.root_element();
    let Some(structure) = child(root, "networkStructure").filter(|_| root.tag_name().name() == "network") else {
        return Err(Refusal::new("there is no <network> with a <networkStructure>", "check that it is an SNDlib file"));
    };
    let unit = options.mbps_per_unit.unwrap_or(super::MBPS);
    let mut links = Vec::new();
    if let Some(nodes) = child(structure, "nodes") {
        sketch.is_plane = nodes.attribute("coordinatesType") == Some("pixel");
        for node in children(nodes, "node") {
            sketch.sites.push(site(node, &mut sketch.findings));
            admit(sketch.sites.len(), "nodes")?;
        }
    }
    for element in child(structure, "links").into_iter().flat_map(|all| children(all, "link")) {
        links.push(link(element, unit, &mut sketch.findings));
        admit(links.len(), "links")?;
    }
    let mut flows = Vec::new();
    for element in child(root, "demands").into_iter().flat_map(|all| children(all, "demand")) {
        flows.push(flow(element, unit, &mut sketch.findings));
        admit(flows.len(), "demands")?;
    }
    sketch.tell_sites_apart();
    sketch.connect(links, Direction::Both);
    sketch.offer(flows);
    Ok(sketch)
}

fn id(element: Node<'_, '_>) -> String {
    element.attribute("id").unwrap_or_default().to_owned()
}

fn ends(element: Node<'_, '_>) -> [String; 2] {
    ["source", "target"].map(|end| text(element, end).unwrap_or_default().to_owned())
}

fn value(element: Node<'_, '_>, name: &'static str, findings: &mut Findings) -> Option<f64> {
    number(text(element, name)?, &[], findings)
}

fn site(element: Node<'_, '_>, findings: &mut Findings) -> Site {
    let spot = child(element, "coordinates").and_then(|coordinates| {
        Some(Spot::Plane { x: value(coordinates, "x", findings)?, y: value(coordinates, "y", findings)? })
    });
    Site { key: id(element), spot: spot.unwrap_or_default(), ..Site::default() }
}

fn link(element: Node<'_, '_>, unit: f64, findings: &mut Findings) -> Link {
    let installed = child(element, "preInstalledModule").and_then(|module| value(module, "capacity", findings));
    let modules: Vec<f64> = child(element, "additionalModules")
        .into_iter()
        .flat_map(|modules| children(modules, "addModule"))
        .filter_map(|module| value(module, "capacity", findings))
        .collect();
    for name in ["routingCost", "setupCost"].into_iter().filter(|name| child(element, name).is_some()) {
        findings.note(finding::ATTRIBUTE_DROPPED, || format!("link's {name}"));
    }
    let segment = capacities(id(element), installed, &modules, unit, findings);
    Link { ends: ends(element), segment, ..Link::default() }
}

/// A segment with what is installed as lit, and that with the largest module once as design capacity.
pub(super) fn capacities(key: String, installed: Option<f64>, modules: &[f64], unit: f64, findings: &mut Findings) -> Segment {
    let installed = installed.filter(|&capacity| capacity > 0.0);
    let largest = modules.iter().copied().reduce(f64::max);
    if modules.len() > 1 {
        findings.note(finding::MODULES, || format!("{key}: {} modules", modules.len()));
    }
    if let Some(capacity) = installed.or(largest) {
        findings.note(finding::CAPACITY_UNIT, || format!("{capacity} read as {} Mbit/s", capacity * unit));
    }
    let design = largest.map(|largest| (largest + installed.unwrap_or(0.0)) * unit);
    Segment { key, lit_mbps: installed.map(|capacity| capacity * unit), design_mbps: design, ..Segment::default() }
}

fn flow(element: Node<'_, '_>, unit: f64, findings: &mut Findings) -> Flow {
    for name in ["maxPathLength", "admissiblePaths", "routingUnit"].into_iter().filter(|name| child(element, name).is_some()) {
        if !(name == "routingUnit" && text(element, name) == Some("1")) {
            findings.note(finding::ATTRIBUTE_DROPPED, || format!("demand's {name}"));
        }
    }
    let traffic = value(element, "demandValue", findings).unwrap_or(0.0);
    findings.note(finding::TRAFFIC_UNIT, || format!("{traffic} read as {} Mbit/s", traffic * unit));
    Flow { ends: ends(element), demand: Demand { key: id(element), traffic_mbps: traffic * unit, ..Demand::default() } }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: &str = r#"<?xml version="1.0" encoding="ISO-8859-1"?>
        <network xmlns="http://sndlib.zib.de/network" version="1.0"><networkStructure>
          <nodes coordinatesType="pixel">
            <node id="A"><coordinates><x>1.0</x><y>2.0</y></coordinates></node><node id="B"/>
          </nodes>
          <links><link id="L"><source>A</source><target>B</target>
            <preInstalledModule><capacity>5.0</capacity><cost>0</cost></preInstalledModule>
            <additionalModules><addModule><capacity>155.0</capacity></addModule><addModule><capacity>622</capacity></addModule>
            </additionalModules></link></links></networkStructure>
          <demands><demand id="D"><source>A</source><target>B</target><demandValue>3.5</demandValue><maxPathLength>2</maxPathLength>
          </demand></demands></network>"#;

    #[test]
    fn links_have_what_is_installed_and_what_could_be() {
        let sketch = read(TWO.as_bytes(), &Options::default()).unwrap();
        let segment = &sketch.segments[0];
        assert_eq!((segment.lit_mbps, segment.design_mbps), (Some(5.0), Some(627.0)));
        assert_eq!(sketch.findings.count(finding::MODULES), 1);
    }

    #[test]
    fn pixels_are_pixels_and_demands_are_read() {
        let sketch = read(TWO.as_bytes(), &Options::default()).unwrap();
        assert!(sketch.is_plane);
        assert_eq!(sketch.sites[0].spot, Spot::Plane { x: 1.0, y: 2.0 });
        assert_eq!(sketch.demands[0].traffic_mbps, 3.5);
        assert_eq!(sketch.findings.count(finding::ATTRIBUTE_DROPPED), 1);
    }
}
