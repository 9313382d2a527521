use fastmcp::prelude::*;

const SCHEMA: &str =
    r#"{"type":"object","properties":{"text":{"type":"string"}},"required":["text"]}"#;

/// Does something. Only the schema says what is sent, so the type needs none.
#[tool(input_schema = SCHEMA)]
fn search(text: Text) -> String { text.0 }

#[derive(Deserialize)]
struct Text(String);

fn main() {}
