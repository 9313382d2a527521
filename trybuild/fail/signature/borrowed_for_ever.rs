use fastmcp::prelude::*;

/// Does something.
#[tool]
fn shout(text: &'static str) -> String { text.to_uppercase() }

fn main() {}
