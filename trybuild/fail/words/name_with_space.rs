use fastmcp::prelude::*;

/// Does something.
#[tool(name = "delete all")]
fn purge() {}

fn main() {}
