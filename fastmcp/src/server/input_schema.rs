//! A schema that is written by hand, against the function that it stands for: what it offers to
//! clients must be what the function takes, or calls that the one allows the other refuses.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::item::WrittenSchema;

/// How deep a schema is read, which ends one that leads back to itself.
const DEPTH: usize = 32;

/// Keywords whose value is data and no schema, whatever is in it.
const DATA: [&str; 4] = ["const", "default", "enum", "examples"];
/// Keywords whose value has a schema under each name.
const NAMED: [&str; 5] = [
    "$defs",
    "definitions",
    "dependentSchemas",
    "patternProperties",
    "properties",
];

/// Something that is wrong, and what to do about it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) words: String,
    pub(super) help: String,
}

fn fault(words: impl Into<String>, help: impl Into<String>) -> Fault {
    Fault {
        words: words.into(),
        help: help.into(),
    }
}

/// Everything that is wrong with it.
pub(super) fn faults(written: &WrittenSchema) -> Vec<Fault> {
    let schema = match serde_json::from_str((written.text)().as_str()) {
        Ok(Value::Object(schema)) => schema,
        Ok(_) => {
            let help = "write an object: `{ \"type\": \"object\", \"properties\": { … } }`";
            return vec![fault("`input_schema` is no JSON object", help)];
        }
        Err(error) => {
            let words = format!("`input_schema` is not JSON: {error}");
            return vec![fault(words, "correct it at the place that is named")];
        }
    };
    let mut found = Vec::new();
    if schema.get("type").is_none_or(|kind| kind != "object") {
        found.push(fault(
            "`input_schema` does not say that arguments are an object",
            "write `\"type\": \"object\"` at its root",
        ));
    }
    let whole = Value::Object(schema);
    references(&whole, &mut found);
    parameters(written, &whole, &mut found);
    found
}

/// Names that the schema offers, against those that the function takes.
fn parameters(written: &WrittenSchema, whole: &Value, found: &mut Vec<Fault>) {
    let reader = Reader { whole };
    let mut offered = BTreeSet::new();
    reader.offered(whole, DEPTH, &mut offered);
    let always = reader.required(whole, DEPTH);
    for parameter in written.parameters {
        let name = parameter.name;
        if !offered.contains(name) {
            found.push(fault(
                format!("`input_schema` offers no `{name}`, which the function takes"),
                format!("write it among its `properties`: `\"{name}\": {{ … }}`"),
            ));
        } else if !always.contains(name) && (parameter.must_be_sent)() {
            found.push(fault(
                format!("`input_schema` lets clients leave out `{name}`, which must be sent"),
                "write it into `required`, or take an `Option<…>`, or give it a `default`",
            ));
        }
        header(parameter.header, name, whole, found);
    }
    let taken = |name: &&str| written.parameters.iter().any(|it| it.name == *name);
    for name in offered.iter().filter(|name| !taken(name)) {
        found.push(fault(
            format!("`input_schema` offers `{name}`, which the function does not take"),
            "take a parameter of that name, or remove it from the schema",
        ));
    }
    for open in [
        "additionalProperties",
        "unevaluatedProperties",
        "patternProperties",
    ] {
        if whole.get(open).is_some_and(|value| *value != false) {
            found.push(fault(
                format!("`{open}` lets clients send arguments that the function does not take"),
                format!("write `\"{open}\": false`, or leave it out"),
            ));
        }
    }
}

/// The header in which clients repeat an argument, as the schema and as the function has it.
fn header(taken: Option<&str>, name: &str, whole: &Value, found: &mut Vec<Fault>) {
    let property = whole.get("properties").and_then(|all| all.get(name));
    let told = property.and_then(|property| property.get("x-mcp-header"));
    match (taken, told) {
        (None, None) => {}
        (Some(taken), told) if told.is_some_and(|told| told == taken) => {}
        (Some(taken), _) => found.push(fault(
            format!("`input_schema` does not name the header of `{name}`, which is checked"),
            format!("write `\"x-mcp-header\": \"{taken}\"` into that property"),
        )),
        (None, Some(told)) => found.push(fault(
            format!("`input_schema` names a header for `{name}`, which nothing checks"),
            format!("write `#[arg(header = {told})]` at the parameter, or remove it there"),
        )),
    }
}

/// Reads a schema by what its keywords do to one object: those that apply in place are part of it.
struct Reader<'a> {
    whole: &'a Value,
}

impl<'a> Reader<'a> {
    /// Every name that some way through the schema mentions.
    fn offered(&self, part: &'a Value, depth: usize, names: &mut BTreeSet<&'a str>) {
        let Some(schema) = part.as_object().filter(|_| depth > 0) else {
            return;
        };
        let properties = schema.get("properties").and_then(Value::as_object);
        names.extend(
            properties
                .into_iter()
                .flat_map(Map::keys)
                .map(String::as_str),
        );
        names.extend(required_here(schema));
        let lists = ["allOf", "anyOf", "oneOf"];
        let lists = lists
            .iter()
            .filter_map(|list| schema.get(*list)?.as_array());
        let single = ["if", "then", "else"];
        let single = single.iter().filter_map(|word| schema.get(*word));
        let dependent = schema.get("dependentSchemas").and_then(Value::as_object);
        let dependent = dependent.into_iter().flat_map(Map::values);
        let parts = lists.flatten().chain(single).chain(dependent);
        for part in parts.chain(self.referred(schema)) {
            self.offered(part, depth - 1, names);
        }
    }

    /// The names that are required whichever way is taken.
    fn required(&self, part: &'a Value, depth: usize) -> BTreeSet<&'a str> {
        let Some(schema) = part.as_object().filter(|_| depth > 0) else {
            return BTreeSet::new();
        };
        let of = |part| self.required(part, depth - 1);
        let mut names: BTreeSet<_> = required_here(schema).collect();
        let all = schema.get("allOf").and_then(Value::as_array);
        for part in all.into_iter().flatten().chain(self.referred(schema)) {
            names.append(&mut of(part));
        }
        for choice in ["anyOf", "oneOf"] {
            let ways = schema.get(choice).and_then(Value::as_array);
            let common = ways.into_iter().flatten().map(of);
            names.extend(
                common
                    .reduce(|one, other| &one & &other)
                    .into_iter()
                    .flatten(),
            );
        }
        if let (Some(_), Some(then), Some(other)) =
            (schema.get("if"), schema.get("then"), schema.get("else"))
        {
            names.append(&mut (&of(then) & &of(other)));
        }
        names
    }

    /// What the schema takes over from another place in it.
    fn referred(&self, schema: &'a Map<String, Value>) -> Option<&'a Value> {
        place(self.whole, schema.get("$ref")?.as_str()?)
    }
}

fn required_here(schema: &Map<String, Value>) -> impl Iterator<Item = &str> {
    let names = schema.get("required").and_then(Value::as_array);
    names.into_iter().flatten().filter_map(Value::as_str)
}

/// Every reference in the schema leads to a place in it: clients follow none to another address.
fn references(whole: &Value, found: &mut Vec<Fault>) {
    let mut all = BTreeSet::new();
    words(whole, "$ref", &mut all);
    for reference in all {
        if !reference.starts_with('#') {
            found.push(fault(
                format!("`\"$ref\": \"{reference}\"` leads out of `input_schema`"),
                "move what it names to `$defs`, and write `#/$defs/…`: clients fetch no schema",
            ));
        } else if place(whole, reference).is_none() {
            found.push(fault(
                format!("`\"$ref\": \"{reference}\"` leads nowhere in `input_schema`"),
                "name a definition, such as `#/$defs/address`, or an `$anchor`",
            ));
        }
    }
}

/// The place that a reference names: by a JSON Pointer (RFC 6901), or by an `$anchor`.
fn place<'a>(whole: &'a Value, reference: &str) -> Option<&'a Value> {
    let name = reference.strip_prefix('#')?;
    if name.is_empty() || name.starts_with('/') {
        return whole.pointer(name);
    }
    anchored(whole, name)
}

fn anchored<'a>(part: &'a Value, name: &str) -> Option<&'a Value> {
    let is_it = |word| part.get(word).is_some_and(|anchor| anchor == name);
    if is_it("$anchor") || is_it("$dynamicAnchor") {
        return Some(part);
    }
    let inside = schemas(part);
    inside.into_iter().find_map(|part| anchored(part, name))
}

/// The values of one keyword, wherever it stands.
fn words<'a>(part: &'a Value, keyword: &str, found: &mut BTreeSet<&'a str>) {
    found.extend(part.get(keyword).and_then(Value::as_str));
    let inside = schemas(part).into_iter();
    inside.for_each(|part| words(part, keyword, found));
}

/// What may be schemas in a value: all of it but data.
fn schemas(part: &Value) -> Vec<&Value> {
    let mut found: Vec<_> = part.as_array().into_iter().flatten().collect();
    for (keyword, value) in part.as_object().into_iter().flatten() {
        match value.as_object() {
            Some(named) if NAMED.contains(&keyword.as_str()) => found.extend(named.values()),
            _ if DATA.contains(&keyword.as_str()) => {}
            _ => found.push(value),
        }
    }
    found
}

#[cfg(test)]
#[path = "input_schema_tests.rs"]
mod tests;
