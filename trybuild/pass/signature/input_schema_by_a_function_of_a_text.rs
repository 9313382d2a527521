use fastmcp::prelude::*;

/// Does something.
#[tool(input_schema = schema)]
fn search(text: String) -> String { text }

/// Does something else.
#[tool(input_schema = serde_json::json!({"type": "object"}))]
fn nothing() {}

fn schema() -> serde_json::Value {
    serde_json::json!({"type": "object", "properties": {"text": {}}, "required": ["text"]})
}

fn main() {}
