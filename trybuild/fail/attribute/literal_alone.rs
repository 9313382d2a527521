use fastmcp::prelude::*;

/// Does something.
#[tool("purge")]
fn purge() {}

fn main() {}
