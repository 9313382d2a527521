use fastmcp::prelude::*;

/// Does something.
#[tool(scopes = ["notes:read", "notes:write"])]
fn purge() {}

fn main() {}
