use fastmcp::prelude::*;

/// Does something.
#[tool(name = "purge", read_only)]
fn purge() {}

fn main() {}
