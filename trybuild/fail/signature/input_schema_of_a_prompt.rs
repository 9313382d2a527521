use fastmcp::prelude::*;

/// Does something.
#[prompt(input_schema = "{}")]
fn search(text: String) -> String { text }

fn main() {}
