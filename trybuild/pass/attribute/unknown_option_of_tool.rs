use fastmcp::prelude::*;

/// Does something.
#[tool(read_only)]
fn purge() {}

fn main() {}
