use fastmcp::prelude::*;

/// Does something.
#[tool(access = role("admin") || scope("a") || role("admin"))]
fn purge() {}

fn main() {}
