use fastmcp::prelude::*;

/// Does something.
#[tool(public, roles = ["admin"])]
fn purge() {}

fn main() {}
