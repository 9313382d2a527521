use fastmcp::prelude::*;

/// Does something.
#[tool(name = 5, read_only = "yes", icons = "a.png")]
fn purge() {}

fn main() {}
