use fastmcp::prelude::*;

/// Does something.
#[tool(access = scope("notes:write") && role("admin"))]
fn purge() {}

fn main() {}
