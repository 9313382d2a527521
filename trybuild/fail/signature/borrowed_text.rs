use fastmcp::prelude::*;

/// Does something.
#[tool]
fn shout(text: &str) -> String { text.to_uppercase() }

fn main() {}
