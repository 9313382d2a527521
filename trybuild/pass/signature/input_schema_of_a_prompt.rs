use fastmcp::prelude::*;

/// Does something.
#[prompt]
fn search(text: String) -> String { text }

fn main() {}
