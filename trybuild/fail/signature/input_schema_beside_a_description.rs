use fastmcp::prelude::*;

/// Does something.
#[tool(input_schema = r#"{"type":"object","properties":{"text":{}},"required":["text"]}"#)]
fn search(#[arg(description = "What to look for.")] text: String) -> String { text }

fn main() {}
