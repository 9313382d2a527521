use fastmcp::prelude::*;

/// Does something.
#[tool(roles = ["admin"], access = role("admin") && scope("a"))]
fn purge() {}

fn main() {}
