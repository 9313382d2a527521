use fastmcp::prelude::*;

/// Does something.
#[tool(access = role("admin") || scope("a"))]
fn purge() {}

fn main() {}
