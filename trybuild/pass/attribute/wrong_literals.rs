use fastmcp::prelude::*;

/// Does something.
#[tool(name = "purge", read_only = true, icons = ["https://example.com/a.png"])]
fn purge() {}

fn main() {}
