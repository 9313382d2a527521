use fastmcp::prelude::*;

/// Does something.
#[tool(input_schema = 7)]
fn search(text: String) -> String { text }

fn main() {}
