//! Node-link JSON, as networkx writes it with `edges="edges"`: one line per node and edge.

use serde_json::{Map, Value, json};

use super::attributes::{Attributes, Cell, cables, native_parts, segment, site};
use crate::topology::raw::RawTopology;

/// The file.
pub(super) fn text(raw: &RawTopology) -> String {
    let mut graph = Map::new();
    if let Some(title) = raw.head.title.get() {
        graph.insert("name".to_owned(), json!(title));
    }
    graph.extend(native_parts(raw).into_iter().map(|(name, text)| (name.to_owned(), json!(text))));
    let node = |row| {
        let attributes = site(row);
        let mut object = Map::from_iter([("id".to_owned(), json!(row.id.text.as_str()))]);
        // TopoHub and networkx's drawing take positions so.
        let number = |name| attributes.iter().find(|(known, _)| *known == name).map(|(_, value)| json(value));
        if let (Some(lon), Some(lat)) = (number("lon"), number("lat")) {
            object.insert("pos".to_owned(), json!([lon, lat]));
        }
        object.extend(object_of(&attributes));
        Value::Object(object)
    };
    let cables = cables(raw);
    let edge = |row: &crate::topology::raw::RawSegment| {
        let ends = [("source", &row.a), ("target", &row.b), ("key", &row.id), ("id", &row.id)];
        let mut object: Map<_, _> = ends.iter().map(|(name, entry)| ((*name).to_owned(), json!(entry.text.as_str()))).collect();
        object.extend(object_of(&segment(row, cables.get(row.cable.text.as_str()).copied())));
        Value::Object(object)
    };
    let nodes: Vec<String> = raw.sites.iter().map(|row| node(row).to_string()).collect();
    let edges: Vec<String> = raw.segments.iter().map(|row| edge(row).to_string()).collect();
    format!(
        "{{\"directed\":false,\"multigraph\":true,\"graph\":{},\n\"nodes\":[\n{}\n],\n\"edges\":[\n{}\n]}}\n",
        Value::Object(graph),
        nodes.join(",\n"),
        edges.join(",\n"),
    )
}

/// A value as JSON; whole numbers stay whole.
pub(super) fn json(value: &Cell) -> Value {
    match value {
        Cell::Text(text) => json!(text),
        #[expect(clippy::cast_possible_truncation, reason = "whole and below 2^53")]
        Cell::Number(number) if number.fract() == 0.0 && number.abs() < 9e15 => json!(*number as i64),
        Cell::Number(number) => json!(number),
    }
}

/// Attributes as members of an object.
pub(super) fn object_of(attributes: &Attributes) -> Map<String, Value> {
    attributes.iter().map(|(name, value)| ((*name).to_owned(), json(value))).collect()
}
