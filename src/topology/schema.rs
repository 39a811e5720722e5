//! The JSON Schema of `topology.toml`, for editors that complete and check it.

use schemars::Schema;
use schemars::generate::SchemaSettings;
use serde_json::Value;

use crate::topology::raw::RawHead;

/// JSON Schema, draft-07, of a topology's `topology.toml`.
#[must_use]
pub fn schema() -> Value {
    tidy(SchemaSettings::draft07().into_generator().into_root_schema_for::<RawHead>())
}

/// Takes out `null`, which TOML does not have, and the mirrors' own prefix.
pub(crate) fn tidy(schema: Schema) -> Value {
    let mut value = schema.to_value();
    tidy_value(&mut value);
    value
}

fn tidy_value(value: &mut Value) {
    match value {
        Value::Object(map) => {
            if let Some(Value::Array(types)) = map.get_mut("type") {
                types.retain(|one| one != "null");
                if let [only] = types.as_slice() {
                    let only = only.clone();
                    map.insert("type".to_owned(), only);
                }
            }
            if let Some(Value::Array(choices)) = map.get_mut("anyOf") {
                choices.retain(|one| one.get("type") != Some(&Value::from("null")));
                if let [Value::Object(only)] = choices.as_slice() {
                    let only = only.clone();
                    map.remove("anyOf");
                    map.extend(only);
                }
            }
            for name in ["title", "$ref"] {
                if let Some(Value::String(text)) = map.get_mut(name) {
                    *text = text.replace("Raw", "");
                }
            }
            if let Some(Value::Object(definitions)) = map.get_mut("definitions") {
                *definitions = std::mem::take(definitions).into_iter().map(|(k, v)| (k.replace("Raw", ""), v)).collect();
            }
            map.values_mut().for_each(tidy_value);
        }
        Value::Array(values) => values.iter_mut().for_each(tidy_value),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
