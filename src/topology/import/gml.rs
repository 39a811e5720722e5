//! Reads GML (Himsolt 1997): lists of keys with values in brackets, as the Topology Zoo and networkx write them.
//!
//! It wants no `multigraph` flag for parallel edges and no unique labels, for real files have neither. Lists inside
//! nodes and edges (drawings) are left out.

use super::attributes::{LinkDraft, Options, SiteDraft};
use super::finding;
use super::sketch::{Direction, Link, Sketch};
use super::text::{Refusal, admit, decode};

/// Lists may not be nested deeper than this.
const DEPTH: usize = 32;

/// Reads a file.
///
/// # Errors
/// If brackets or quotes do not match, or it holds no graph.
pub fn read(bytes: &[u8], options: &Options) -> Result<Sketch, Refusal> {
    let mut sketch = Sketch::default();
    let text = decode(bytes, &mut sketch.findings)?;
    let mut reader = Reader { options, sketch, links: Vec::new(), is_directed: false, is_multigraph: false };
    let mut tokens = Tokens { text: &text, at: 0 };
    let mut stack: Vec<List> = Vec::new();
    let mut has_graph = false;
    while let Some(token) = tokens.next()? {
        match token {
            Token::Close => match stack.pop() {
                Some(list) => reader.close(list)?,
                None => return Err(tokens.refuse("a `]` too many")),
            },
            Token::Word(key) => {
                let value = tokens.next()?.ok_or_else(|| tokens.refuse("the file ends in the middle"))?;
                match value {
                    Token::Open if stack.len() == DEPTH => return Err(tokens.refuse("lists are nested too deep")),
                    Token::Open => {
                        let list = reader.open(key, stack.last());
                        has_graph |= matches!(list, List::Graph);
                        stack.push(list);
                    }
                    Token::Word(value) => reader.take(key, value, &mut stack.last_mut()),
                    Token::Text(value) => reader.take(key, &unescape(value), &mut stack.last_mut()),
                    Token::Close => return Err(tokens.refuse("a key without a value")),
                }
            }
            Token::Open | Token::Text(_) => return Err(tokens.refuse("a value without a key")),
        }
    }
    if !stack.is_empty() {
        return Err(tokens.refuse("a `[` is never closed"));
    }
    if !has_graph {
        return Err(Refusal::new("there is no `graph [ ... ]`", "check that it is a GML file"));
    }
    Ok(reader.finish())
}

enum Token<'a> {
    Open,
    Close,
    Word(&'a str),
    Text(&'a str),
}

struct Tokens<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Tokens<'a> {
    fn next(&mut self) -> Result<Option<Token<'a>>, Refusal> {
        loop {
            let rest = &self.text[self.at..];
            let Some(first) = rest.chars().next() else { return Ok(None) };
            match first {
                '#' => self.at += rest.find('\n').unwrap_or(rest.len()),
                '[' | ']' => {
                    self.at += 1;
                    return Ok(Some(if first == '[' { Token::Open } else { Token::Close }));
                }
                '"' => {
                    let Some(end) = rest[1..].find('"') else { return Err(self.refuse("a quote is never closed")) };
                    self.at += end + 2;
                    return Ok(Some(Token::Text(&rest[1..=end])));
                }
                c if c.is_whitespace() => self.at += c.len_utf8(),
                _ => {
                    let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '[' | ']' | '"')).unwrap_or(rest.len());
                    self.at += end;
                    return Ok(Some(Token::Word(&rest[..end])));
                }
            }
        }
    }

    fn refuse(&self, what: &str) -> Refusal {
        let line = self.text[..self.at].matches('\n').count() + 1;
        Refusal::new(format!("line {line}: {what}"), "check that it is a GML file and whole")
    }
}

/// Character entities of ISO 8859, as GML has them in strings.
fn unescape(value: &str) -> String {
    const NAMED: [(&str, char); 5] = [("amp", '&'), ("quot", '"'), ("lt", '<'), ("gt", '>'), ("apos", '\'')];
    let mut text = String::with_capacity(value.len());
    let mut rest = value;
    while let Some(at) = rest.find('&') {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        let entity = rest.find(';').filter(|&end| end < 12).map(|end| (&rest[1..end], end));
        let character = entity.and_then(|(name, end)| {
            let named = NAMED.iter().find(|(known, _)| *known == name).map(|&(_, c)| c);
            let numbered = name.strip_prefix('#').and_then(|number| match number.strip_prefix('x') {
                Some(hex) => u32::from_str_radix(hex, 16).ok(),
                None => number.parse().ok(),
            });
            Some((named.or(numbered.and_then(char::from_u32))?, end))
        });
        let (character, length) = character.map_or(('&', 1), |(character, end)| (character, end + 1));
        text.push(character);
        rest = &rest[length..];
    }
    text.push_str(rest);
    text
}

/// What an open bracket began.
enum List {
    Graph,
    Node(Box<SiteDraft>),
    Edge(Box<LinkDraft>),
    Other,
}

struct Reader<'o> {
    options: &'o Options,
    sketch: Sketch,
    links: Vec<Link>,
    is_directed: bool,
    is_multigraph: bool,
}

impl Reader<'_> {
    fn open(&mut self, key: &str, parent: Option<&List>) -> List {
        match (key, parent) {
            ("graph", None) => List::Graph,
            ("node", Some(List::Graph)) => List::Node(Box::default()),
            ("edge", Some(List::Graph)) => List::Edge(Box::default()),
            _ => {
                self.sketch.findings.note(finding::ATTRIBUTE_DROPPED, || format!("list `{key}`"));
                List::Other
            }
        }
    }

    fn take(&mut self, key: &str, value: &str, list: &mut Option<&mut List>) {
        let findings = &mut self.sketch.findings;
        let whose = match list {
            Some(List::Node(site)) => match self.options.site_field(key) {
                Some(field) => return site.set(field, value, findings),
                None => "node",
            },
            Some(List::Edge(link)) => match self.options.link_field(key) {
                Some(field) => return link.set(field, value, findings),
                None => "edge",
            },
            Some(List::Graph) => match key {
                "directed" => return self.is_directed = value == "1",
                "multigraph" => return self.is_multigraph = value == "1",
                "label" | "name" => return self.sketch.title = Some(value.to_owned()),
                _ => "graph",
            },
            Some(List::Other) | None => return,
        };
        findings.note(finding::ATTRIBUTE_DROPPED, || format!("{whose} attribute `{key}`"));
    }

    fn close(&mut self, list: List) -> Result<(), Refusal> {
        match list {
            List::Node(site) => {
                self.sketch.sites.push(site.finish());
                admit(self.sketch.sites.len(), "nodes")
            }
            List::Edge(link) => {
                let link = link.finish(self.options.mbps_per_unit.unwrap_or(super::GBPS), &mut self.sketch.findings);
                self.links.push(link);
                admit(self.links.len(), "edges")
            }
            List::Graph | List::Other => Ok(()),
        }
    }

    fn finish(mut self) -> Sketch {
        let direction = if self.is_directed { Direction::OneWay } else { Direction::Both };
        self.sketch.tell_sites_apart();
        self.sketch.connect(self.links, direction);
        if !self.is_multigraph {
            self.sketch.note_parallel();
        }
        self.sketch
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topology::import::sketch::Spot;

    const TWO: &str = r#"
        # two towns and two cables
        graph [ label "Two" Access 0
          node [ id 0 label "A &amp; B" Country "Elbonia" Latitude -3.5 Longitude 100 graphics [ x 1 ] ]
          node [ id 1 label "C" ]
          edge [ source 0 target 1 LinkSpeed "2.5" LinkSpeedUnits "G" LinkSpeedRaw 2500000000.0 ]
          edge [ source 1 target 0 ]
          edge [ source 1 target 9 ]
        ]"#;

    #[test]
    fn parallel_edges_need_no_flag() {
        let sketch = read(TWO.as_bytes(), &Options::default()).unwrap();
        assert_eq!(sketch.segments.len(), 2);
        assert_eq!(sketch.findings.count(finding::UNDECLARED_PARALLEL), 1);
        assert_eq!(sketch.findings.count(finding::END_UNKNOWN), 1);
    }

    #[test]
    fn attributes_of_the_zoo_are_understood() {
        let sketch = read(TWO.as_bytes(), &Options::default()).unwrap();
        let site = &sketch.sites[0];
        assert_eq!((site.name.as_deref(), site.territory.as_deref()), (Some("A & B"), Some("Elbonia")));
        assert_eq!(site.spot, Spot::Plane { x: 100.0, y: -3.5 });
        assert_eq!(sketch.segments[0].lit_mbps, Some(2_500.0));
        assert_eq!(sketch.title.as_deref(), Some("Two"));
        assert_eq!(sketch.findings.count(finding::ATTRIBUTE_DROPPED), 2);
    }

    #[test]
    fn broken_files_are_refused() {
        let deep = "a [ ".repeat(100_000);
        for text in ["graph [", "graph ]", "graph [ node ]", "graph [ label \"x ]", "", "\"a\" 1", deep.as_str()] {
            assert!(read(text.as_bytes(), &Options::default()).is_err(), "{}", &text[..text.len().min(20)]);
        }
    }
}
