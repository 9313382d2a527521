//! What a client is told before it calls.

use std::time::Duration;

use serde_json::{Value, json};

use crate::declared::*;

#[test]
fn the_entry_says_what_was_declared() {
    let add = tool("add");
    assert_eq!(add.title, Some("Sum"));
    assert_eq!(add.description, "Add two numbers.\n\nBoth may be negative.");
    assert_eq!(add.timeout, Some(Duration::from_secs(30)));
    assert!(add.plain);
    assert!(
        add.location.starts_with("fastmcp/tests/tools/declared.rs:"),
        "{}",
        add.location
    );
    let annotations = serde_json::to_value(add.annotations).unwrap();
    let expected = json!({"readOnlyHint": true, "destructiveHint": false, "idempotentHint": true});
    assert_eq!(annotations, expected);
    assert_eq!(tool("options.all").icons, ["https://example.com/i.png"]);
}

#[test]
fn the_schema_follows_the_signature() {
    let schema = (tool("add").input_schema)();
    let expected = r#"{"type":"object","properties":{"a":{"type":"number","format":"double","description":"The first number."},"b":{"type":"number","format":"double","description":"The second number.","default":1.5}},"required":["a"],"additionalProperties":false}"#;
    assert_eq!(serde_json::to_string(&schema).unwrap(), expected);
}

#[test]
fn optional_arguments_are_not_required_and_keep_their_order() {
    let schema = Value::Object((tool("options.all").input_schema)());
    assert_eq!(schema.get("required"), None);
    let properties: Vec<_> = schema["properties"].as_object().unwrap().keys().collect();
    assert_eq!(properties, ["zebra", "unit", "type", "periods"]);
    assert_eq!(schema["properties"]["zebra"]["x-mcp-header"], "Zebra");
    assert_eq!(tool("options.all").mirrored, [("zebra", "Zebra")]);
    assert_eq!(schema["properties"]["unit"]["default"], "day");
    assert_eq!(schema["properties"]["type"]["default"], "nobody");
    assert_eq!(schema["properties"]["unit"]["$ref"], "#/$defs/Unit");
    assert!(schema["$defs"]["Period"]["properties"]["days"].is_object());
}

#[test]
fn a_tool_without_arguments_takes_an_empty_object() {
    let schema = Value::Object((tool("blocks").input_schema)());
    assert_eq!(
        schema,
        json!({"type": "object", "properties": {}, "additionalProperties": false})
    );
}
