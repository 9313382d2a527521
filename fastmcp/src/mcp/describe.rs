//! Items as lists show them, each described once, at start.

use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

use crate::item::{Annotations, PromptEntry, ResourceEntry, Schema, ToolEntry};

/// `Tool` in the MCP schema.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Tool<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    description: &'a str,
    input_schema: Box<RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    output_schema: Option<Schema>,
    #[serde(skip_serializing_if = "Option::is_none")]
    annotations: Option<Annotations>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    icons: Vec<Icon<'a>>,
}

/// `Resource` or `ResourceTemplate` in the MCP schema.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Resource<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    uri: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    uri_template: Option<&'a str>,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    #[serde(skip_serializing_if = "str::is_empty")]
    description: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    mime_type: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<u64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    icons: Vec<Icon<'a>>,
}

/// `Prompt` in the MCP schema.
#[derive(Serialize)]
struct Prompt<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    #[serde(skip_serializing_if = "str::is_empty")]
    description: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    arguments: Vec<Argument<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    icons: Vec<Icon<'a>>,
}

/// `PromptArgument` in the MCP schema.
#[derive(Serialize)]
struct Argument<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    description: &'a str,
    required: bool,
}

#[derive(Serialize)]
struct Icon<'a> {
    src: &'a str,
}

fn icons<'a>(addresses: &[&'a str]) -> Vec<Icon<'a>> {
    addresses.iter().map(|src| Icon { src }).collect()
}

pub(crate) fn tool(entry: &ToolEntry) -> String {
    let hints = entry.annotations;
    let any_hint = [
        hints.read_only,
        hints.destructive,
        hints.idempotent,
        hints.open_world,
    ]
    .iter()
    .any(Option::is_some);
    let tool = Tool {
        name: entry.name,
        title: entry.title,
        description: entry.description,
        input_schema: input_schema(entry),
        output_schema: (entry.output_schema)(),
        annotations: any_hint.then_some(hints),
        icons: icons(entry.icons),
    };
    serde_json::to_string(&tool).unwrap_or_default()
}

/// What was written by hand, to the letter; else what was made of the types.
fn input_schema(entry: &ToolEntry) -> Box<RawValue> {
    if let Some(written) = entry.written.and_then(|written| written.line()) {
        return written;
    }
    let mut schema = (entry.input_schema)();
    // The schema of MCP wants an object here, whatever a generator left out.
    schema.entry("type").or_insert_with(|| "object".into());
    to_raw_value(&schema).unwrap_or_default()
}

pub(crate) fn resource(entry: &ResourceEntry) -> String {
    let template = entry.is_template();
    let resource = Resource {
        uri: (!template).then_some(entry.uri),
        uri_template: template.then_some(entry.uri),
        name: entry.name,
        title: entry.title,
        description: entry.description,
        mime_type: entry.mime_type,
        // A template has no size: each of its resources has one of its own.
        size: entry.size.filter(|_| !template),
        icons: icons(entry.icons),
    };
    serde_json::to_string(&resource).unwrap_or_default()
}

pub(crate) fn prompt(entry: &PromptEntry) -> String {
    let arguments = entry.arguments.iter().map(|argument| Argument {
        name: argument.name,
        description: argument.description,
        required: (argument.required)(),
    });
    let prompt = Prompt {
        name: entry.name,
        title: entry.title,
        description: entry.description,
        arguments: arguments.collect(),
        icons: icons(entry.icons),
    };
    serde_json::to_string(&prompt).unwrap_or_default()
}
