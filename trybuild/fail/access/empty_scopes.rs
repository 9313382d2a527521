use fastmcp::prelude::*;

/// Does something.
#[tool(scopes = [])]
fn purge() {}

fn main() {}
