use fastmcp::prelude::*;

/// Does something.
#[tool(access = role("admin") | role("editor"))]
fn purge() {}

fn main() {}
