use fastmcp::prelude::*;

/// Does something.
#[tool(read_only)]
#[tool(idempotent)]
fn count() -> u8 { 0 }

fn main() {}
