//! GraphML: an undirected multigraph with declared attributes, one line per node and edge.

use std::fmt::Write as _;

use super::attributes::{Attributes, Cell, SEGMENT, SITE, cables, native_parts, segment, site};
use crate::topology::import::{Findings, finding};
use crate::topology::raw::RawTopology;

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">\n";

/// The file.
pub(super) fn text(raw: &RawTopology, findings: &mut Findings) -> String {
    let mut out = HEAD.to_owned();
    let parts = native_parts(raw);
    keys(&mut out, "node", SITE);
    keys(&mut out, "edge", SEGMENT);
    keys(&mut out, "graph", &[("name", false)]);
    for (name, _) in &parts {
        keys(&mut out, "graph", &[(*name, false)]);
    }
    out.push_str("  <graph edgedefault=\"undirected\">\n");
    let mut writer = Writer { out, findings };
    writer.data("graph", &vec![("name", Cell::Text(raw.head.title.text.to_string()))], "    ", "\n");
    for (name, text) in parts {
        writer.data("graph", &vec![(name, Cell::Text(text))], "    ", "\n");
    }
    for row in &raw.sites {
        let id = writer.escaped(&row.id.text);
        let _ = write!(writer.out, "    <node id=\"{id}\">");
        writer.data("node", &site(row), "", "");
        writer.out.push_str("</node>\n");
    }
    let cables = cables(raw);
    for row in &raw.segments {
        let [id, a, b] = [&row.id, &row.a, &row.b].map(|entry| writer.escaped(&entry.text));
        let _ = write!(writer.out, "    <edge id=\"{id}\" source=\"{a}\" target=\"{b}\">");
        writer.data("edge", &segment(row, cables.get(row.cable.text.as_str()).copied()), "", "");
        writer.out.push_str("</edge>\n");
    }
    writer.out + "  </graph>\n</graphml>\n"
}

fn keys(out: &mut String, whose: &str, names: &[(&str, bool)]) {
    for (name, is_number) in names {
        let kind = if *is_number { "double" } else { "string" };
        let _ = writeln!(out, "  <key id=\"{whose}_{name}\" for=\"{whose}\" attr.name=\"{name}\" attr.type=\"{kind}\"/>");
    }
}

struct Writer<'f> {
    out: String,
    findings: &'f mut Findings,
}

impl Writer<'_> {
    fn data(&mut self, whose: &str, attributes: &Attributes, before: &str, after: &str) {
        for (name, value) in attributes {
            let value = self.escaped(&value.to_text());
            let _ = write!(self.out, "{before}<data key=\"{whose}_{name}\">{value}</data>{after}");
        }
    }

    /// Text as XML 1.0 holds it, in elements and in attributes.
    fn escaped(&mut self, text: &str) -> String {
        let mut escaped = String::with_capacity(text.len());
        for c in text.chars() {
            match c {
                '&' => escaped.push_str("&amp;"),
                '<' => escaped.push_str("&lt;"),
                '>' => escaped.push_str("&gt;"),
                '"' => escaped.push_str("&quot;"),
                '\r' => escaped.push_str("&#13;"),
                '\n' | '\t' => escaped.push(c),
                '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {
                    self.findings.note(finding::BAD_CHARACTER, || format!("U+{:04X} in `{}`", u32::from(c), text.escape_debug()));
                    escaped.push('\u{fffd}');
                }
                c => escaped.push(c),
            }
        }
        escaped
    }
}
