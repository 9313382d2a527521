use fastmcp::prelude::*;

/// Does something.
#[tool(roles = ["admin", editor])]
fn purge() {}

fn main() {}
