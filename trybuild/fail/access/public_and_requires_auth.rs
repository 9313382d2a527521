use fastmcp::prelude::*;

/// Does something.
#[tool(public, requires_auth)]
fn purge() {}

fn main() {}
