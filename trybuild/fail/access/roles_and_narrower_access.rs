use fastmcp::prelude::*;

/// Does something.
#[tool(roles = ["admin", "editor"], access = role("admin"))]
fn purge() {}

fn main() {}
