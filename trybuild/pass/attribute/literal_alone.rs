use fastmcp::prelude::*;

/// Does something.
#[tool(name = "purge")]
fn purge() {}

fn main() {}
