use fastmcp::prelude::*;

/// Does something.
#[tool(public)]
fn purge() {}

fn main() {}
