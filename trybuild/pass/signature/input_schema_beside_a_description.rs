use fastmcp::prelude::*;

/// Does something.
#[tool(input_schema = r#"{"type":"object","properties":{"text":{"description":"What to look for."}},"required":["text"]}"#)]
fn search(text: String) -> String { text }

fn main() {}
