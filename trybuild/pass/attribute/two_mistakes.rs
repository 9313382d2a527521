use fastmcp::prelude::*;

/// Does something.
#[tool(requires_auth, roles = ["admin"])]
fn purge() {}

fn main() {}
