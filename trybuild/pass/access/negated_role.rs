use fastmcp::prelude::*;

/// Does something.
#[tool(access = role("member"))]
fn purge() {}

fn main() {}
