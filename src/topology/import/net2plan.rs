//! Reads Net2Plan's `.n2p` (XML, all versions): one layer of nodes, links and demands, and its shared-risk groups.
//!
//! Of several layers the default one is read. Routes, times to failure and repair and all else are left out, with a
//! finding.

use std::collections::BTreeMap;

use roxmltree::Node;

use super::attributes::{Options, SiteDraft, SiteField};
use super::finding::{self, Findings};
use super::sketch::{Demand, Direction, Flow, Link, RiskGroup, Segment, Site, Sketch};
use super::text::{Refusal, admit, decode, number};
use super::xml::{child, children, parse};

/// Reads a file.
///
/// # Errors
/// If it is no XML, has a document type, or holds no network.
pub fn read(bytes: &[u8], options: &Options) -> Result<Sketch, Refusal> {
    let mut sketch = Sketch::default();
    let content = decode(bytes, &mut sketch.findings)?;
    let document = parse(&content)?;
    let root = document.root_element();
    if root.tag_name().name() != "network" {
        return Err(Refusal::new("there is no <network>", "check that it is a Net2Plan file"));
    }
    sketch.title = root.attribute("name").map(str::to_owned);
    // Until version 2 nodes and links stood in a part of their own, and demands in another.
    let nodes = child(root, "physicalTopology").unwrap_or(root);
    for (i, node) in children(nodes, "node").enumerate() {
        sketch.sites.push(site(node, i, options, &mut sketch.findings));
        admit(sketch.sites.len(), "nodes")?;
    }
    let layer = layer(root, &mut sketch.findings);
    let groups = risk_groups(root, &mut sketch);
    let unit = options.mbps_per_unit.unwrap_or(super::GBPS);
    let links_of = layer.or(child(root, "physicalTopology")).unwrap_or(root);
    let mut links = Vec::new();
    for element in children(links_of, "link") {
        links.push(link(element, unit, &groups, &mut sketch.findings));
        admit(links.len(), "links")?;
    }
    let demands = child(root, "demandSet").into_iter().flat_map(|set| children(set, "demandEntry"));
    let demands = demands.chain(layer.into_iter().flat_map(|layer| children(layer, "demand")));
    let flows: Vec<Flow> = demands.map(|demand| flow(demand, unit, &mut sketch.findings)).collect();
    admit(flows.len(), "demands")?;
    sketch.tell_sites_apart();
    sketch.connect(links, Direction::OneWay);
    sketch.offer(flows);
    Ok(sketch)
}

/// The first attribute there is of some names.
fn first<'a>(element: Node<'a, '_>, names: &[&str]) -> Option<&'a str> {
    names.iter().find_map(|&name| element.attribute(name))
}

fn site(node: Node<'_, '_>, position: usize, options: &Options, findings: &mut Findings) -> Site {
    let mut draft = SiteDraft::default();
    let own = node.attributes().map(|attribute| (attribute.name(), attribute.value()));
    let pairs = children(node, "attribute").filter_map(|pair| Some((pair.attribute("key")?, pair.attribute("value")?)));
    for (name, value) in own.chain(pairs) {
        match (name, options.site_field(name)) {
            ("id", _) => {}
            ("isUp" | "layersWithIconsDefined" | "description" | "mapLayout2NodeXYPositionMap", None) => {}
            (_, Some(field)) => draft.set(field, value, findings),
            (_, None) => findings.note(finding::ATTRIBUTE_DROPPED, || format!("node's {name}")),
        }
    }
    draft.set(SiteField::Key, node.attribute("id").unwrap_or(&position.to_string()), findings);
    draft.finish()
}

/// The default layer, else the first.
fn layer<'a, 'i>(root: Node<'a, 'i>, findings: &mut Findings) -> Option<Node<'a, 'i>> {
    let is_default = |layer: &Node<'_, '_>| layer.attribute("isDefaultLayer") == Some("true");
    let chosen = children(root, "layer").find(is_default).or(child(root, "layer"))?;
    for other in children(root, "layer").filter(|layer| *layer != chosen) {
        findings.note(finding::NOT_EXPLICIT, || format!("layer `{}`", other.attribute("name").unwrap_or_default()));
    }
    Some(chosen)
}

/// Adds the risk groups with their nodes; returns the groups of each link.
fn risk_groups(root: Node<'_, '_>, sketch: &mut Sketch) -> BTreeMap<String, Vec<String>> {
    let mut of_links: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let positions: BTreeMap<&str, usize> = sketch.sites.iter().enumerate().map(|(i, site)| (site.key.as_str(), i)).collect();
    for group in children(root, "srg") {
        let key = format!("srg-{}", group.attribute("id").unwrap_or_default());
        let words = |name| group.attribute(name).unwrap_or_default().split_whitespace();
        for link in words("links") {
            of_links.entry(link.to_owned()).or_default().push(key.clone());
        }
        let sites = words("nodes").filter_map(|node| positions.get(node).copied()).collect();
        sketch.findings.note(finding::ATTRIBUTE_DROPPED, || "risk group's times to failure and repair".to_owned());
        sketch.risk_groups.push(RiskGroup { key, segments: Vec::new(), sites });
    }
    of_links
}

fn link(element: Node<'_, '_>, unit: f64, groups: &BTreeMap<String, Vec<String>>, findings: &mut Findings) -> Link {
    let mut value = |names: &[&str]| number(first(element, names)?, &[], findings);
    let length = value(&["lengthInKm", "linkLengthInKm"]);
    let speed = value(&["propagationSpeedInKmPerSecond"]).filter(|&speed| speed > 0.0);
    let capacity = value(&["capacity", "linkCapacityInErlangs"]).filter(|&capacity| capacity > 0.0);
    if let Some(capacity) = capacity {
        findings.note(finding::CAPACITY_UNIT, || format!("{capacity} read as {} Mbit/s", capacity * unit));
    }
    let key = element.attribute("id").unwrap_or_default().to_owned();
    let risk_groups = groups.get(&key).cloned().unwrap_or_default();
    let segment = Segment {
        key,
        length_km: length,
        latency_ms: length.zip(speed).map(|(km, km_per_s)| km / km_per_s * 1e3),
        lit_mbps: capacity.map(|capacity| capacity * unit),
        ..Segment::default()
    };
    let ends = ["originNodeId", "destinationNodeId"].map(|end| element.attribute(end).unwrap_or_default().to_owned());
    Link { ends, segment, risk_groups, ..Link::default() }
}

fn flow(element: Node<'_, '_>, unit: f64, findings: &mut Findings) -> Flow {
    let traffic = first(element, &["offeredTraffic", "offeredTrafficInErlangs"]);
    let traffic = traffic.and_then(|traffic| number(traffic, &[], findings)).unwrap_or(0.0);
    findings.note(finding::TRAFFIC_UNIT, || format!("{traffic} read as {} Mbit/s", traffic * unit));
    let key = element.attribute("id").unwrap_or_default().to_owned();
    let ends = ["ingressNodeId", "egressNodeId"].map(|end| element.attribute(end).unwrap_or_default().to_owned());
    Flow { ends, demand: Demand { key, traffic_mbps: traffic * unit, ..Demand::default() } }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEW: &str = r#"<network name="N" version="5">
        <node id="2" xCoord="-3.7" yCoord="40.4" name="Madrid" population="3"><attribute key="country" value="Spain"/></node>
        <node id="3" xCoord="2.2" yCoord="41.4" name="Barcelona"/>
        <layer id="9" isDefaultLayer="false"><link id="7" originNodeId="2" destinationNodeId="3" capacity="1"/></layer>
        <layer id="1" isDefaultLayer="true">
          <link id="4" originNodeId="2" destinationNodeId="3" capacity="40.0" lengthInKm="500" propagationSpeedInKmPerSecond="200000.0"/>
          <link id="5" originNodeId="3" destinationNodeId="2" capacity="40.0" lengthInKm="500" propagationSpeedInKmPerSecond="200000.0"/>
          <demand id="6" ingressNodeId="2" egressNodeId="3" offeredTraffic="2.5"/>
        </layer>
        <srg id="8" nodes="3" links="4 5" meanTimeToFailInHours="1" meanTimeToRepairInHours="1"/></network>"#;

    const OLD: &str = r#"<network name="O"><physicalTopology><node name="a" xCoord="1" yCoord="2"/><node name="b"/>
        <link originNodeId="0" destinationNodeId="1" linkCapacityInErlangs="2" linkLengthInKm="9"/></physicalTopology>
        <demandSet><demandEntry ingressNodeId="1" egressNodeId="0" offeredTrafficInErlangs="0.5"/></demandSet></network>"#;

    #[test]
    fn the_default_layer_is_read_and_arcs_are_paired() {
        let sketch = read(NEW.as_bytes(), &Options::default()).unwrap();
        assert_eq!((sketch.sites.len(), sketch.segments.len(), sketch.demands.len()), (2, 1, 1));
        let segment = &sketch.segments[0];
        assert_eq!((segment.lit_mbps, segment.lit_back_mbps, segment.latency_ms), (Some(40_000.0), None, Some(2.5)));
        assert_eq!(sketch.sites[0].territory.as_deref(), Some("Spain"));
        assert_eq!(sketch.findings.count(finding::NOT_EXPLICIT), 1);
    }

    #[test]
    fn a_risk_group_has_each_segment_once() {
        let sketch = read(NEW.as_bytes(), &Options::default()).unwrap();
        assert_eq!((sketch.risk_groups[0].segments.as_slice(), sketch.risk_groups[0].sites.as_slice()), (&[0][..], &[1][..]));
    }

    #[test]
    fn old_versions_number_their_nodes() {
        let sketch = read(OLD.as_bytes(), &Options::default()).unwrap();
        assert_eq!((sketch.sites.len(), sketch.segments.len(), sketch.demands.len()), (2, 1, 1));
        assert_eq!(sketch.segments[0].length_km, Some(9.0));
        assert_eq!(sketch.demands[0].traffic_mbps, 500.0);
    }
}
