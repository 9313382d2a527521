use fastmcp::prelude::*;

/// Does something.
#[tool(requires_aut, roles = [])]
fn purge() {}

fn main() {}
