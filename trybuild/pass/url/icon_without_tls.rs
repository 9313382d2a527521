use fastmcp::prelude::*;

/// Does something.
#[tool(icons = ["https://example.com/icon.png"])]
fn purge() {}

fn main() {}
