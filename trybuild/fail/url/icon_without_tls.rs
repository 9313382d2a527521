use fastmcp::prelude::*;

/// Does something.
#[tool(icons = ["http://example.com/icon.png"])]
fn purge() {}

fn main() {}
