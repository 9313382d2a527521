use fastmcp::prelude::*;

/// Does something.
#[tool(read_only, destructive)]
fn purge() {}

fn main() {}
