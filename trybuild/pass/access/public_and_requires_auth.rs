use fastmcp::prelude::*;

/// Does something.
#[tool(requires_auth)]
fn purge() {}

fn main() {}
