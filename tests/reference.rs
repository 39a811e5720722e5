//! The reference files and the JSON Schemas: complete, accepted, and in step with the code.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fs;
use std::path::{Path, PathBuf};

use crossborder::problem::render::{Colour, text};
use crossborder::{scenario, topology};
use serde_json::Value;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn toml(path: &str) -> Value {
    let text = fs::read_to_string(root().join(path)).unwrap();
    serde_json::to_value(toml::from_str::<toml::Table>(&text).unwrap()).unwrap()
}

/// Every scenario and topology file of the repository, with the schema it is to satisfy.
fn files() -> Vec<(String, Value)> {
    let mut found = Vec::new();
    for folder in ["examples", "topologies"] {
        let mut folders = vec![PathBuf::from(folder)];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(root().join(&folder)).unwrap() {
                let path = folder.join(entry.unwrap().file_name());
                if root().join(&path).is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|extension| extension == "toml") {
                    let is_topology = path.file_name().unwrap() == "topology.toml";
                    let schema = if is_topology { topology::schema::schema() } else { scenario::schema() };
                    found.push((path.to_str().unwrap().to_owned(), schema));
                }
            }
        }
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found
}

/// A validator for as much of JSON Schema as ours use; says where and why a value does not fit.
fn misfit(schema: &Value, value: &Value, whole: &Value) -> Result<(), String> {
    if let Some(Value::String(name)) = schema.get("$ref") {
        let definition = name.strip_prefix("#/definitions/").unwrap();
        return misfit(&whole["definitions"][definition], value, whole);
    }
    for choices in ["anyOf", "oneOf"] {
        if let Some(Value::Array(schemas)) = schema.get(choices) {
            let fits = schemas.iter().filter(|schema| misfit(schema, value, whole).is_ok()).count();
            if fits == 0 || choices == "oneOf" && fits > 1 {
                return Err(format!("{value} fits {fits} of {choices}"));
            }
        }
    }
    let is_of = |kind: &str| match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "number" => value.is_number(),
        "integer" => value.is_u64() || value.is_i64(),
        other => panic!("type {other} is not known here"),
    };
    if schema.get("type").and_then(Value::as_str).is_some_and(|kind| !is_of(kind)) {
        return Err(format!("{value} is no {}", schema["type"]));
    }
    if schema.get("enum").is_some_and(|words| !words.as_array().unwrap().contains(value)) {
        return Err(format!("{value} is none of {}", schema["enum"]));
    }
    if schema.get("const").is_some_and(|only| only != value) {
        return Err(format!("{value} is not {}", schema["const"]));
    }
    if let Some(number) = value.as_f64() {
        let (low, high) = (schema.get("minimum").and_then(Value::as_f64), schema.get("maximum").and_then(Value::as_f64));
        if low.is_some_and(|low| number < low) || high.is_some_and(|high| number > high) {
            return Err(format!("{value} is out of range"));
        }
    }
    if let (Some(items), Some(values)) = (schema.get("items"), value.as_array()) {
        values.iter().try_for_each(|value| misfit(items, value, whole))?;
    }
    let Some(table) = value.as_object() else { return Ok(()) };
    for name in schema.get("required").and_then(Value::as_array).into_iter().flatten() {
        if !table.contains_key(name.as_str().unwrap()) {
            return Err(format!("{name} is missing"));
        }
    }
    for (key, value) in table {
        match (schema.get("properties").and_then(|known| known.get(key)), schema.get("additionalProperties")) {
            (Some(known), _) => misfit(known, value, whole).map_err(|why| format!("{key}: {why}"))?,
            (None, Some(Value::Bool(false))) => return Err(format!("unknown key {key}")),
            (None, Some(schema)) => misfit(schema, value, whole).map_err(|why| format!("{key}: {why}"))?,
            (None, None) => {}
        }
    }
    Ok(())
}

#[test]
fn the_reference_scenario_loads_without_problem_or_warning() {
    let loaded = scenario::load(&root().join("examples/reference/scenario.toml"), &[]);
    let loaded = loaded.unwrap_or_else(|problems| panic!("{}", text(&problems, "it", Colour::Plain)));
    assert!(loaded.warnings.is_empty(), "{}", text(&loaded.warnings, "it", Colour::Plain));
    assert_eq!((loaded.studies.len(), loaded.expectations.len()), (8, 2));
    assert_eq!(loaded.inputs.len(), 8);
}

#[test]
fn the_reference_files_show_every_key() {
    let scenario = fs::read_to_string(root().join("examples/reference/scenario.toml")).unwrap();
    let topology = fs::read_to_string(root().join("examples/reference/topology/topology.toml")).unwrap();
    let shown = |text: &str, key: &str| {
        let is_key = |line: &str| line.trim_start_matches(['#', ' ', '[', '{']).starts_with(&format!("{key} ="));
        let in_line = format!(" {key} = ");
        text.contains(&format!("[{key}]"))
            || text.contains(&format!(".{key}]"))
            || text.contains(&in_line)
            || text.lines().any(is_key)
    };
    let mut missing = Vec::new();
    let mut check = |schema: &Value, text: &str, file: &str| {
        for key in schema["properties"].as_object().into_iter().flat_map(serde_json::Map::keys) {
            if !shown(text, key) {
                missing.push(format!("{file}: {key}"));
            }
        }
    };
    let schema = topology::schema::schema();
    check(&schema, &topology, "topology.toml");
    schema["definitions"].as_object().unwrap().values().for_each(|part| check(part, &topology, "topology.toml"));
    let schema = scenario::schema();
    check(&schema, &scenario, "scenario.toml");
    for part in ["Reading", "Policy", "Demands", "Hazards", "Ship", "Expect", "Query", "Output"] {
        check(&schema["definitions"][part], &scenario, "scenario.toml");
    }
    let studies = schema["definitions"]["Study"]["oneOf"].as_array().unwrap();
    assert_eq!(studies.len(), 3);
    studies.iter().for_each(|study| check(study, &scenario, "scenario.toml"));
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn the_reference_tables_have_every_column() {
    use crossborder::topology::raw::{RawCable, RawDemand, RawSegment, RawSite};
    let tables = [
        ("sites.csv", RawSite::KEYS),
        ("cables.csv", RawCable::KEYS),
        ("segments.csv", RawSegment::KEYS),
        ("demands.csv", RawDemand::KEYS),
    ];
    for (table, keys) in tables {
        let text = fs::read_to_string(root().join("examples/reference/topology").join(table)).unwrap();
        assert_eq!(text.lines().next().unwrap().split(',').collect::<Vec<_>>(), keys, "{table}");
        for (i, key) in keys.iter().enumerate() {
            let mut reader = csv::Reader::from_reader(text.as_bytes());
            assert!(reader.records().any(|row| !row.unwrap()[i].is_empty()), "{table}: no row gives {key}");
        }
    }
}

/// The columns of a table as the reference's README explains them.
fn columns(name: &str) -> String {
    let schema = scenario::schema();
    let edits = schema["definitions"]["Edit"]["oneOf"].as_array().unwrap();
    let add = edits.iter().find(|edit| edit["properties"]["add"]["const"] == name).unwrap();
    let line = |(key, property): (&String, &Value)| format!("| `{key}` | {} |\n", property["description"].as_str().unwrap());
    add["properties"].as_object().unwrap().iter().filter(|(key, _)| *key != "add").map(line).collect()
}

#[test]
fn the_readme_explains_every_column_as_the_schema_does() {
    let readme = fs::read_to_string(root().join("examples/reference/README.md")).unwrap();
    for table in ["site", "cable", "segment", "demand"] {
        let columns = columns(table);
        assert!(readme.contains(&columns), "examples/reference/README.md should say of {table}s:\n{columns}");
    }
}

#[test]
fn the_schemas_in_the_repository_are_those_of_the_code() {
    for (file, schema) in [("topology", topology::schema::schema()), ("scenario", scenario::schema())] {
        let path = format!("schemas/{file}.schema.json");
        let text = serde_json::to_string_pretty(&schema).unwrap() + "\n";
        let found = fs::read_to_string(root().join(&path)).unwrap_or_default();
        assert!(found == text, "{path} is out of date: run `crossborder schema {file} > {path}`");
    }
}

#[test]
fn every_file_in_the_repository_satisfies_its_schema() {
    let files = files();
    assert!(files.len() >= 8, "{files:?}");
    for (path, schema) in files {
        assert_eq!(misfit(&schema, &toml(&path), &schema), Ok(()), "{path}");
    }
}

#[test]
fn the_schemas_refuse_what_the_reader_refuses() {
    let schema = scenario::schema();
    let good = toml("examples/reference/scenario.toml");
    let spoilt = |pointer: &str, value: Value| {
        let mut bad = good.clone();
        *bad.pointer_mut(pointer).unwrap() = value;
        misfit(&schema, &bad, &schema)
    };
    assert!(spoilt("/format", 2.into()).is_err());
    assert!(spoilt("/policy/profile", "lawfull".into()).is_err());
    assert!(spoilt("/study/0/kind", "rout".into()).is_err());
    assert!(spoilt("/study/0/k", "3".into()).is_err());
    assert!(spoilt("/edit/0/add", "sight".into()).is_err());
    assert!(spoilt("/policy", serde_json::json!({ "profil": "lawful" })).is_err());
}
