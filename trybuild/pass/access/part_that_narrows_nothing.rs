use fastmcp::prelude::*;

/// Does something.
#[tool(access = scope("a"))]
fn purge() {}

fn main() {}
