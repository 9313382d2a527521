use fastmcp::prelude::*;

/// Does something.
#[tool(access = role("admin") || scope("notes:write"))]
fn purge() {}

fn main() {}
