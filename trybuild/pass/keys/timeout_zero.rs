use fastmcp::prelude::*;

/// Does something.
#[tool(timeout = "1ms")]
fn purge() {}

fn main() {}
