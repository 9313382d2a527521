use fastmcp::prelude::*;

/// Does something.
#[tool(destructive)]
fn purge() {}

fn main() {}
