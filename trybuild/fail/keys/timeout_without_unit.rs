use fastmcp::prelude::*;

/// Does something.
#[tool(timeout = 30)]
fn purge() {}

fn main() {}
