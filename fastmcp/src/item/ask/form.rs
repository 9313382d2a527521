//! The schema of a form: one flat object of text, numbers, yes or no, and choices (2026-07-28,
//! client/elicitation, "Requested Schema").
//!
//! A type says more than a form can: what is only advice (`format` of a number, `uniqueItems`) is
//! left out, what would have to be enforced (`pattern`, a nested object) is refused, so that nobody
//! believes in a check that no client makes.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

use crate::item::Schema;

/// The formats of text that the specification names.
const FORMATS: [&str; 4] = ["email", "uri", "date", "date-time"];
/// What may stand beside every kind of field.
const LABELS: [&str; 3] = ["title", "description", "default"];
/// What no client checks and no person sees.
const ADVICE: [&str; 8] = [
    "format",
    "uniqueItems",
    "examples",
    "deprecated",
    "readOnly",
    "writeOnly",
    "$comment",
    "additionalProperties",
];

/// The form of `T`.
pub(super) fn of<T: JsonSchema>() -> Result<Schema, String> {
    let mut settings = SchemaSettings::draft2020_12();
    settings.inline_subschemas = true;
    let schema = settings.into_generator().into_root_schema_for::<T>();
    let name = T::schema_name();
    let whole = schema
        .as_object()
        .filter(|whole| whole.get("type") == Some(&json!("object")));
    let whole = whole.ok_or_else(|| {
        format!("`{name}` is no form: derive `JsonSchema` for a struct with named fields")
    })?;
    let properties = whole.get("properties").and_then(Value::as_object);
    let mut fields = Schema::new();
    for (field, schema) in properties.into_iter().flatten() {
        let flat = schema
            .as_object()
            .ok_or_else(|| "takes any value".to_owned());
        let flat = flat.and_then(|schema| flattened(schema.clone()));
        let flat = flat.map_err(|problem| {
            format!(
                "field `{field}` of `{name}` {problem}; a form has text, numbers, `bool`, enums \
                 without data, and lists of such enums"
            )
        })?;
        fields.insert(field.clone(), Value::Object(flat));
    }
    let mut form = Schema::new();
    form.insert("type".to_owned(), json!("object"));
    form.insert("properties".to_owned(), Value::Object(fields));
    if let Some(required) = whole.get("required") {
        form.insert("required".to_owned(), required.clone());
    }
    Ok(form)
}

/// A form that was written by hand: checked, and sent as it is.
pub(super) fn written(schema: Value) -> Result<Schema, String> {
    let Value::Object(form) = schema else {
        return Err("the schema of a form is an object".to_owned());
    };
    let properties = form.get("properties").and_then(Value::as_object);
    let (Some(properties), Some("object")) = (properties, form.get("type").and_then(Value::as_str))
    else {
        return Err("the schema of a form has `type: \"object\"` and `properties`".to_owned());
    };
    for (name, field) in properties {
        let kind = field.get("type").and_then(Value::as_str);
        let is_flat = match kind {
            Some("string" | "number" | "integer" | "boolean") => true,
            Some("array") => field.get("items").is_some_and(is_choice),
            _ => false,
        };
        if !is_flat {
            return Err(format!(
                "property `{name}` is neither text, a number, a boolean, a choice nor a list of choices"
            ));
        }
    }
    Ok(form)
}

fn is_choice(schema: &Value) -> bool {
    ["enum", "anyOf", "oneOf"]
        .iter()
        .any(|key| schema.get(key).is_some_and(Value::is_array))
}

/// A field as a form has it.
fn flattened(schema: Schema) -> Result<Schema, String> {
    let schema = without_null(schema);
    if let Some(choice) = choice(&schema)? {
        let mut field = Schema::new();
        field.insert("type".to_owned(), json!("string"));
        field.extend(choice.written("oneOf"));
        return kept(&schema, field, &[]);
    }
    let kind = schema
        .get("type")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let mut field = Schema::new();
    field.insert("type".to_owned(), json!(kind));
    match kind {
        "string" => {
            let format = schema.get("format").filter(|format| {
                format
                    .as_str()
                    .is_some_and(|format| FORMATS.contains(&format))
            });
            field.extend(format.map(|format| ("format".to_owned(), format.clone())));
            kept(&schema, field, &["minLength", "maxLength"])
        }
        "integer" | "number" => kept(&schema, field, &["minimum", "maximum"]),
        "boolean" => kept(&schema, field, &[]),
        "array" => {
            let items = schema.get("items").and_then(Value::as_object);
            let items = items.ok_or_else(|| "is a list".to_owned())?;
            let choice = choice(items)?
                .ok_or_else(|| "is a list of other things than choices".to_owned())?;
            let mut one = Schema::new();
            if choice.titles.is_none() {
                one.insert("type".to_owned(), json!("string"));
            }
            one.extend(choice.written("anyOf"));
            field.insert("items".to_owned(), Value::Object(one));
            kept(&schema, field, &["minItems", "maxItems"])
        }
        "object" => Err("is an object".to_owned()),
        _ => Err("is of no plain type".to_owned()),
    }
}

/// `field` with the labels and bounds of `schema`; fails for a bound that a form does not know.
fn kept(schema: &Schema, mut field: Schema, bounds: &[&str]) -> Result<Schema, String> {
    for (key, value) in schema {
        let word = key.as_str();
        if LABELS.contains(&word) || bounds.contains(&word) {
            if !value.is_null() {
                field.insert(key.clone(), value.clone());
            }
        } else if !ADVICE.contains(&word)
            && !["type", "enum", "const", "oneOf", "anyOf", "items"].contains(&word)
            && !word.starts_with("x-")
        {
            return Err(format!("has `{word}`, which no form can enforce"));
        }
    }
    Ok(field)
}

/// The schema of what an optional value is when it is there.
fn without_null(mut schema: Schema) -> Schema {
    let null = json!({ "type": "null" });
    for key in ["anyOf", "oneOf"] {
        let Some(Value::Array(mut ways)) = schema.get(key).cloned() else {
            continue;
        };
        let before = ways.len();
        ways.retain(|way| *way != null);
        if let (true, [Value::Object(only)]) = (ways.len() < before, &ways[..]) {
            schema.remove(key);
            for (key, value) in only {
                schema.entry(key.clone()).or_insert_with(|| value.clone());
            }
            return schema;
        }
    }
    if let Some(Value::Array(kinds)) = schema.get_mut("type") {
        kinds.retain(|kind| kind != "null");
        if let [kind] = &kinds[..] {
            let kind = kind.clone();
            schema.insert("type".to_owned(), kind);
        }
    }
    if let Some(Value::Array(values)) = schema.get_mut("enum") {
        values.retain(|value| !value.is_null());
    }
    schema
}

/// Texts to choose from.
struct Choice {
    values: Vec<String>,
    /// One for each value, if any has one.
    titles: Option<Vec<String>>,
}

impl Choice {
    fn written(self, list: &str) -> Schema {
        let mut schema = Schema::new();
        match self.titles {
            None => schema.insert("enum".to_owned(), json!(self.values)),
            Some(titles) => {
                let pairs = self.values.iter().zip(titles);
                let pairs = pairs.map(|(value, title)| json!({ "const": value, "title": title }));
                schema.insert(list.to_owned(), pairs.collect())
            }
        };
        schema
    }
}

/// The choice that a schema gives, if it gives one; fails for one among other things than texts.
fn choice(schema: &Schema) -> Result<Option<Choice>, String> {
    let mut found: Vec<(String, Option<String>)> = Vec::new();
    let ways = ["oneOf", "anyOf"]
        .iter()
        .find_map(|key| schema.get(*key)?.as_array());
    let whole = [Value::Object(schema.clone())];
    let is_choice = ways.is_some() || schema.contains_key("enum") || schema.contains_key("const");
    if !is_choice {
        return Ok(None);
    }
    let no_text = || "has choices that are no texts".to_owned();
    for way in ways.map_or(&whole[..], Vec::as_slice) {
        let title = ["title", "description"]
            .iter()
            .find_map(|key| way.get(key)?.as_str());
        let title = title.filter(|_| ways.is_some());
        match (way.get("const"), way.get("enum").and_then(Value::as_array)) {
            (Some(Value::String(value)), _) => {
                found.push((value.clone(), title.map(str::to_owned)));
            }
            (None, Some(values)) => {
                for value in values {
                    found.push((value.as_str().ok_or_else(no_text)?.to_owned(), None));
                }
            }
            _ => return Err(no_text()),
        }
    }
    let is_titled = found.iter().any(|(_, title)| title.is_some());
    let titles = is_titled.then(|| {
        let titles = found
            .iter()
            .map(|(value, title)| title.as_ref().unwrap_or(value).clone());
        titles.collect()
    });
    Ok(Some(Choice {
        values: found.into_iter().map(|(value, _)| value).collect(),
        titles,
    }))
}

#[cfg(test)]
#[path = "form_tests.rs"]
mod tests;
