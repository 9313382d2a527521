use fastmcp::prelude::*;

/// Does something.
#[tool(timeout = "30s")]
fn purge() {}

fn main() {}
