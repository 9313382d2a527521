use fastmcp::prelude::*;

/// Does something.
#[tool(access = role("admin", "editor"))]
fn purge() {}

fn main() {}
