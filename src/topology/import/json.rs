//! What all readers of JSON share: attributes cut down to single values, so that memory stays bounded whatever a file
//! nests in them, and refusals that say where.

use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::attributes::{LinkDraft, LinkField, Options, SiteDraft, SiteField};
use super::finding::{self, Findings};
use super::text::{COUNT_LIMIT, Refusal};

/// More attributes than this no thing has.
const ATTRIBUTES: usize = 1_000;
/// More numbers than this in a list make it no single value.
const NUMBERS: usize = 4;

/// A value as far as attributes need it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Scalar {
    /// Nothing.
    Null,
    /// A text, written in quotes.
    Text(String),
    /// A number or boolean, as text.
    Plain(String),
    /// A short list of numbers.
    Numbers(Vec<f64>),
    /// A short list of texts.
    Texts(Vec<String>),
    /// Something larger, not kept.
    Other,
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ScalarVisitor)
    }
}

struct ScalarVisitor;

impl<'de> Visitor<'de> for ScalarVisitor {
    type Value = Scalar;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Scalar, E> {
        Ok(Scalar::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Scalar, E> {
        Ok(Scalar::Plain(value.to_string()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Scalar, E> {
        Ok(Scalar::Plain(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Scalar, E> {
        Ok(Scalar::Plain(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Scalar, E> {
        Ok(Scalar::Plain(value.to_string()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Scalar, E> {
        Ok(Scalar::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Scalar, E> {
        Ok(Scalar::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Scalar, A::Error> {
        let (mut numbers, mut texts, mut is_short) = (Vec::new(), Vec::new(), true);
        while is_short && let Some(item) = items.next_element::<Self::Value>()? {
            match item {
                Scalar::Plain(number) if texts.is_empty() => match number.parse() {
                    Ok(number) if numbers.len() < NUMBERS => numbers.push(number),
                    _ => is_short = false,
                },
                Scalar::Text(text) if numbers.is_empty() && texts.len() < ATTRIBUTES => texts.push(text),
                _ => is_short = false,
            }
        }
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(match (is_short, texts.is_empty()) {
            (false, _) => Scalar::Other,
            (true, true) => Scalar::Numbers(numbers),
            (true, false) => Scalar::Texts(texts),
        })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut pairs: A) -> Result<Scalar, A::Error> {
        while pairs.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Scalar::Other)
    }
}

/// The attributes of a thing in the order of the file; nothing where the file says `null`.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Attributes(pub(super) Vec<(String, Scalar)>);

impl Attributes {
    /// The text of an attribute, be it a number.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        match &self.0.iter().find(|(known, _)| known == name)?.1 {
            Scalar::Text(text) | Scalar::Plain(text) => Some(text),
            Scalar::Null | Scalar::Numbers(_) | Scalar::Texts(_) | Scalar::Other => None,
        }
    }
}

impl<'de> Deserialize<'de> for Attributes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pairs;
        impl<'de> Visitor<'de> for Pairs {
            type Value = Attributes;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("attributes")
            }

            fn visit_unit<E>(self) -> Result<Attributes, E> {
                Ok(Attributes::default())
            }

            /// Where a thing is only named, that is its id.
            fn visit_str<E>(self, id: &str) -> Result<Attributes, E> {
                Ok(Attributes(vec![("id".to_owned(), Scalar::Text(id.to_owned()))]))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut pairs: A) -> Result<Attributes, A::Error> {
                let mut found = Vec::new();
                while let Some(pair) = pairs.next_entry()? {
                    found.push(pair);
                    if found.len() > ATTRIBUTES {
                        return Err(A::Error::custom(format_args!("more than {ATTRIBUTES} attributes")));
                    }
                }
                Ok(Attributes(found))
            }
        }
        deserializer.deserialize_any(Pairs)
    }
}

/// A list of things, refused when there are absurdly many.
#[derive(Clone, Debug)]
pub(super) struct Things<T>(pub(super) Vec<T>);

impl<T> Default for Things<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Things<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct List<T>(Vec<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for List<T> {
            type Value = Things<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list")
            }

            fn visit_seq<A: SeqAccess<'de>>(mut self, mut items: A) -> Result<Things<T>, A::Error> {
                while let Some(item) = items.next_element()? {
                    self.0.push(item);
                    if self.0.len() > COUNT_LIMIT {
                        return Err(A::Error::custom(format_args!("more than {COUNT_LIMIT} things in a list")));
                    }
                }
                Ok(Things(self.0))
            }
        }
        deserializer.deserialize_seq(List(Vec::new()))
    }
}

/// The coordinates of a geometry: points, grouped into lines, however deep the format nests them.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Coordinates {
    /// Longitude and latitude (or x and y) of every point; heights are left out.
    pub(super) points: Vec<[f64; 2]>,
    /// Where each line begins in `points`; a single point is a line of one.
    pub(super) starts: Vec<usize>,
}

impl Coordinates {
    /// The lines, each with its points.
    pub(super) fn lines(&self) -> impl Iterator<Item = &[[f64; 2]]> {
        let ends = self.starts.iter().skip(1).copied().chain([self.points.len()]);
        self.starts.iter().zip(ends).map(|(&start, end)| &self.points[start..end])
    }
}

impl<'de> Deserialize<'de> for Coordinates {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut coordinates = Self::default();
        match (Nest { found: &mut coordinates, is_new_line: true }).deserialize(deserializer)? {
            Nested::Nothing | Nested::Point | Nested::Lines => Ok(coordinates),
            Nested::Number(_) => Err(D::Error::custom("a number where coordinates should be")),
        }
    }
}

struct Nest<'c> {
    found: &'c mut Coordinates,
    /// A point found here begins a line.
    is_new_line: bool,
}

enum Nested {
    Nothing,
    Number(f64),
    Point,
    Lines,
}

impl<'de> DeserializeSeed<'de> for Nest<'_> {
    type Value = Nested;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Nested, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Nest<'_> {
    type Value = Nested;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("coordinates")
    }

    fn visit_unit<E>(self) -> Result<Nested, E> {
        Ok(Nested::Nothing)
    }

    #[expect(clippy::cast_precision_loss, reason = "no coordinate has 53 bits before the point")]
    fn visit_i64<E>(self, value: i64) -> Result<Nested, E> {
        Ok(Nested::Number(value as f64))
    }

    #[expect(clippy::cast_precision_loss, reason = "no coordinate has 53 bits before the point")]
    fn visit_u64<E>(self, value: u64) -> Result<Nested, E> {
        Ok(Nested::Number(value as f64))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Nested, E> {
        Ok(Nested::Number(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Nested, A::Error> {
        let (mut x, mut kind, mut is_new_line) = (None, Nested::Nothing, true);
        loop {
            let Some(item) = items.next_element_seed(Nest { found: &mut *self.found, is_new_line })? else { return Ok(kind) };
            match (item, x) {
                (Nested::Number(number), None) => x = Some(number),
                (Nested::Number(y), Some(x)) => {
                    if self.is_new_line {
                        self.found.starts.push(self.found.points.len());
                    }
                    self.found.points.push([x, y]);
                    while items.next_element::<IgnoredAny>()?.is_some() {}
                    return Ok(Nested::Point);
                }
                (Nested::Point, None) => (kind, is_new_line) = (Nested::Lines, false),
                (Nested::Lines | Nested::Nothing, None) => kind = Nested::Lines,
                (Nested::Point | Nested::Lines | Nested::Nothing, Some(_)) => {
                    return Err(A::Error::custom("a coordinate that is no number"));
                }
            }
        }
    }
}

/// Gives a site one attribute.
pub(super) fn set_site(draft: &mut SiteDraft, name: &str, value: &Scalar, options: &Options, findings: &mut Findings) {
    match (options.site_field(name), value) {
        (_, Scalar::Null) => {}
        (Some(field), Scalar::Plain(text)) => draft.set(field, text, findings),
        (Some(field), Scalar::Text(text)) => {
            if matches!(field, SiteField::Latitude | SiteField::Longitude) && text.parse::<f64>().is_ok() {
                findings.note(finding::NUMBER_AS_TEXT, || format!("{name}: \"{text}\""));
            }
            draft.set(field, text, findings);
        }
        (_, Scalar::Numbers(numbers)) if name == "pos" && numbers.len() >= 2 => {
            draft.set(SiteField::Longitude, &numbers[0].to_string(), findings);
            draft.set(SiteField::Latitude, &numbers[1].to_string(), findings);
        }
        _ => findings.note(finding::ATTRIBUTE_DROPPED, || format!("node's {name}")),
    }
}

/// Gives a link one attribute.
pub(super) fn set_link(draft: &mut LinkDraft, name: &str, value: &Scalar, options: &Options, findings: &mut Findings) {
    match (options.link_field(name), value) {
        (_, Scalar::Null) => {}
        (Some(field), Scalar::Plain(text)) => draft.set(field, text, findings),
        (Some(field), Scalar::Text(text)) => {
            if field.is_quantity() && text.parse::<f64>().is_ok() {
                findings.note(finding::NUMBER_AS_TEXT, || format!("{name}: \"{text}\""));
            }
            draft.set(field, text, findings);
        }
        (Some(field @ LinkField::RiskGroups), Scalar::Texts(texts)) => draft.set(field, &texts.join("+"), findings),
        _ => findings.note(finding::ATTRIBUTE_DROPPED, || format!("link's {name}")),
    }
}

/// Parses a document.
///
/// # Errors
/// If it is no JSON or not of the shape wanted, nested too deep or too large; says where.
pub(super) fn parse<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, Refusal> {
    serde_json::from_str(text).map_err(|error| Refusal::new(error.to_string(), "check that the file is whole and of this format"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<Vec<[f64; 2]>> {
        parse::<Coordinates>(text).unwrap().lines().map(<[_]>::to_vec).collect()
    }

    #[test]
    fn coordinates_are_lines_of_points_however_deep_they_are_nested() {
        assert_eq!(lines("[1, 2.5, 99]"), [[[1.0, 2.5]]]);
        assert_eq!(lines("[[1, 2], [3, 4]]"), [[[1.0, 2.0], [3.0, 4.0]]]);
        assert_eq!(lines("[[[1, 2], [3, 4]], [[5, 6], [7, 8]]]"), [[[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0], [7.0, 8.0]]]);
        assert_eq!(lines("[]"), [[[0.0; 2]; 0]; 0]);
        assert!(parse::<Coordinates>("[[1, [2]]]").is_err());
        assert!(parse::<Coordinates>(&"[".repeat(10_000)).is_err());
    }

    #[test]
    fn attributes_keep_single_values_only() {
        let attributes: Attributes =
            parse(r#"{"a": 1, "b": "x", "c": {"d": [1]}, "e": [1, 2.5], "f": ["x"], "g": [[1]], "h": null}"#).unwrap();
        let expected = [
            Scalar::Plain("1".to_owned()),
            Scalar::Text("x".to_owned()),
            Scalar::Other,
            Scalar::Numbers(vec![1.0, 2.5]),
            Scalar::Texts(vec!["x".to_owned()]),
            Scalar::Other,
            Scalar::Null,
        ];
        assert!(attributes.0.iter().map(|(_, value)| value).eq(&expected), "{attributes:?}");
    }
}
