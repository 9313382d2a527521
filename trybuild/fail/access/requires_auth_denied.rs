use fastmcp::prelude::*;

/// Does something.
#[tool(requires_auth = false, roles = ["admin"])]
fn purge() {}

fn main() {}
