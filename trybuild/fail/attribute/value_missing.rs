use fastmcp::prelude::*;

/// Does something.
#[tool(name =, read_only)]
fn purge() {}

fn main() {}
