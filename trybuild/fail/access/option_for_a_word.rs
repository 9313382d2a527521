use fastmcp::prelude::*;

/// Does something.
#[tool(access = requires_auth && role("admin"))]
fn purge() {}

fn main() {}
