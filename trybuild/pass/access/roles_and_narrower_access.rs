use fastmcp::prelude::*;

/// Does something.
#[tool(access = role("admin"))]
fn purge() {}

fn main() {}
