use fastmcp::prelude::*;

/// Does something.
#[tool(roles = ["admin"])]
fn purge() {}

fn main() {}
