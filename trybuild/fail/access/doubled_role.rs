use fastmcp::prelude::*;

/// Does something.
#[tool(roles = ["admin", "admin"])]
fn purge() {}

fn main() {}
