//! What all readers of XML share: a bounded parser and steps to children by name, whatever their namespace.

use roxmltree::{Document, Node, ParsingOptions};

use super::text::Refusal;

/// No document may have more elements and texts than this, so that memory stays bounded.
const NODES: u32 = 24_000_000;

/// Parses a document; one with a document type is refused, and with it entity bombs and files from elsewhere.
///
/// # Errors
/// If it is no XML, has a document type, or is too large.
pub(super) fn parse(text: &str) -> Result<Document<'_>, Refusal> {
    let options = ParsingOptions { nodes_limit: NODES, ..ParsingOptions::default() };
    Document::parse_with_options(text, options).map_err(|error| match error {
        roxmltree::Error::DtdDetected => {
            Refusal::new("the file has a document type, which may hide an entity bomb", "delete the <!DOCTYPE ...> part")
        }
        roxmltree::Error::NodesLimitReached => Refusal::new(
            format!("the file has more than {NODES} elements"),
            "split it, or leave out what the study does not need",
        ),
        error => Refusal::new(format!("not XML: {error}"), "check that the file is whole"),
    })
}

/// The children of that name.
pub(super) fn children<'a, 'i>(node: Node<'a, 'i>, name: &'static str) -> impl Iterator<Item = Node<'a, 'i>> {
    node.children().filter(move |child| child.is_element() && child.tag_name().name() == name)
}

/// The first child of that name.
pub(super) fn child<'a, 'i>(node: Node<'a, 'i>, name: &'static str) -> Option<Node<'a, 'i>> {
    children(node, name).next()
}

/// The text of the first child of that name.
pub(super) fn text<'a>(node: Node<'a, '_>, name: &'static str) -> Option<&'a str> {
    child(node, name)?.text().map(str::trim)
}
