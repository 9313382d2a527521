use fastmcp::prelude::*;

/// Does something.
#[tool(read_only, idempotent)]
fn purge() {}

fn main() {}
