//! The JSON Schema of scenario files, for editors that complete and check them.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Value, json};

use crate::scenario::raw::RawScenario;
use crate::topology::raw::{RawCable, RawDemand, RawRiskGroup, RawScope, RawSegment, RawSite, RawSource, RawTerritory};
use crate::topology::schema::tidy;

/// JSON Schema, draft-07, of a scenario file.
#[must_use]
pub fn schema() -> Value {
    tidy(SchemaSettings::draft07().into_generator().into_root_schema_for::<RawScenario>())
}

/// One edit: the keys of the thing it adds, changes or removes, and the verb.
pub(super) struct RawEdit;

impl JsonSchema for RawEdit {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "RawEdit".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let things = [
            ("site", RawSite::json_schema(generator)),
            ("cable", RawCable::json_schema(generator)),
            ("segment", RawSegment::json_schema(generator)),
            ("demand", RawDemand::json_schema(generator)),
            ("territory", RawTerritory::json_schema(generator)),
            ("scope", RawScope::json_schema(generator)),
            ("risk-group", RawRiskGroup::json_schema(generator)),
            ("source", RawSource::json_schema(generator)),
        ];
        let mut choices: Vec<Value> = Vec::new();
        for (kind, thing) in &things {
            let names = if *kind == "scope" { ["site", "role"].as_slice() } else { &["id"] };
            choices.push(with_verb("add", kind, thing.clone().to_value(), None));
            choices.push(with_verb("change", kind, thing.clone().to_value(), Some(names)));
        }
        let kinds: Vec<&str> = things.iter().map(|(kind, _)| *kind).collect();
        choices.push(json!({
            "type": "object",
            "description": "Removes a thing and what cannot be without it.",
            "properties": {
                "remove": { "type": "string", "enum": kinds },
                "id": { "type": "string", "description": "Which one." },
                "site": { "type": "string", "description": "Of a scope: its site." },
                "role": { "type": "string", "description": "Of a scope: its role." },
            },
            "required": ["remove"],
            "additionalProperties": false,
        }));
        json_schema!({ "description": "Adds, changes or removes one thing.", "oneOf": choices })
    }
}

/// A thing's schema with a verb before its keys; `required` replaces what the thing itself requires.
fn with_verb(verb: &str, kind: &str, mut thing: Value, required: Option<&[&str]>) -> Value {
    thing["description"] = json!(format!("{verb}: {kind}"));
    thing["properties"][verb] = json!({ "type": "string", "const": kind });
    let required = match (required, thing["required"].take()) {
        (Some(names), _) => names.iter().map(|&name| json!(name)).collect(),
        (None, Value::Array(names)) => names,
        (None, _) => Vec::new(),
    };
    thing["required"] = [json!(verb)].into_iter().chain(required).collect();
    thing
}
