use fastmcp::prelude::*;

/// Does something.
#[tool(roles = ["admin"], access = role("admin") || scope("notes:write"))]
fn purge() {}

fn main() {}
