use fastmcp::prelude::*;

/// Does something.
#[tool(scopes = ["notes:write"])]
fn purge() {}

fn main() {}
