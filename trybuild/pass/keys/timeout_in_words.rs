use fastmcp::prelude::*;

/// Does something.
#[tool(timeout = "5m")]
fn purge() {}

fn main() {}
