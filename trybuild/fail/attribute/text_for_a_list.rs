use fastmcp::prelude::*;

/// Does something.
#[tool(roles = "editor")]
fn purge() {}

fn main() {}
