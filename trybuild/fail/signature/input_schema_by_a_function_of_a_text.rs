use fastmcp::prelude::*;

/// Does something.
#[tool(input_schema = schema)]
fn search(text: String) -> String { text }

fn schema(_: &str) -> serde_json::Value { serde_json::Value::Null }

fn main() {}
