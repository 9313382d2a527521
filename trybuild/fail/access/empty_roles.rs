use fastmcp::prelude::*;

/// Does something.
#[tool(roles = [])]
fn purge() {}

fn main() {}
