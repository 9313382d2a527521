use fastmcp::prelude::*;

/// Does something.
#[tool(access = scope && role("admin"))]
fn purge() {}

fn main() {}
