//! The schemas, and what a value is by one of their definitions.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use jsonschema::Validator;
use serde_json::{Value, json};

/// The served revisions, the newest first.
pub(super) const REVISIONS: [&str; 4] = ["2026-07-28", "2025-11-25", "2025-06-18", "2025-03-26"];

/// The name of the extension's schema, beside the revisions.
pub(super) const TASKS: &str = "the tasks extension";

const TEXTS: [(&str, &str); 5] = [
    ("2026-07-28", include_str!("../../schema/2026-07-28.json")),
    ("2025-11-25", include_str!("../../schema/2025-11-25.json")),
    ("2025-06-18", include_str!("../../schema/2025-06-18.json")),
    ("2025-03-26", include_str!("../../schema/2025-03-26.json")),
    (TASKS, include_str!("../../schema/tasks.json")),
];

/// The first of these names that the schema defines.
pub(super) fn first(schema: &'static str, names: [&'static str; 2]) -> &'static str {
    let (_, definitions) = definitions(schema);
    let mut names = names.into_iter();
    let known = names.find(|name| definitions.get(name).is_some());
    known.unwrap_or_else(|| panic!("no such definition in {schema}"))
}

/// The definition of what a server sends by that method.
pub(super) fn named(revision: &'static str, kind: &str, method: &str) -> Option<String> {
    let (_, definitions) = definitions(revision);
    let all = definitions.get(format!("Server{kind}"))?["anyOf"].as_array()?;
    let names = all
        .iter()
        .filter_map(|one| one["$ref"].as_str()?.rsplit('/').next());
    let mut names =
        names.filter(|name| definitions[*name]["properties"]["method"]["const"] == method);
    names.next().map(str::to_owned)
}

/// What is wrong with `value` as that definition.
pub(super) fn against(schema: &'static str, name: &str, value: &Value) -> Result<(), String> {
    let problems: Vec<_> = validator(schema, name)
        .iter_errors(value)
        .map(|error| format!("{} at `{}`", error, error.instance_path()))
        .collect();
    if problems.is_empty() {
        return Ok(());
    }
    Err(format!("no {name} of {schema}: {}", problems.join("; ")))
}

fn validator(schema: &'static str, name: &str) -> Arc<Validator> {
    type Key = (&'static str, String);
    static READY: OnceLock<Mutex<HashMap<Key, Arc<Validator>>>> = OnceLock::new();
    let ready = READY.get_or_init(Mutex::default);
    let mut ready = ready.lock().unwrap_or_else(PoisonError::into_inner);
    let validator = ready.entry((schema, name.to_owned())).or_insert_with(|| {
        let (place, definitions) = definitions(schema);
        assert!(definitions.get(name).is_some(), "`{name}` in {schema}");
        let draft = if place == "$defs" {
            "https://json-schema.org/draft/2020-12/schema"
        } else {
            "http://json-schema.org/draft-07/schema#"
        };
        let whole = json!({
            "$schema": draft, "$ref": format!("#/{place}/{name}"), place: definitions,
        });
        let built = jsonschema::options()
            .should_validate_formats(true)
            .build(&whole);
        Arc::new(built.expect("a schema"))
    });
    Arc::clone(validator)
}

/// Where definitions stand in a schema, and they.
fn definitions(schema: &'static str) -> (&'static str, &'static Value) {
    static READ: OnceLock<Vec<(&str, Value)>> = OnceLock::new();
    let read = READ.get_or_init(|| {
        let parse = |text| serde_json::from_str(text).expect("a schema is JSON");
        TEXTS.map(|(name, text)| (name, parse(text))).into()
    });
    let mut read = read.iter();
    let (_, whole) = read
        .find(|(name, _)| *name == schema)
        .expect("a known schema");
    let places = ["$defs", "definitions"].into_iter();
    let mut places = places.filter_map(|place| Some((place, whole.get(place)?)));
    places.next().expect("a schema has definitions")
}
