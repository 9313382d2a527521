use fastmcp::prelude::*;

/// Does something.
#[tool(access = !role("guest"))]
fn purge() {}

fn main() {}
