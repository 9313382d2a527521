use fastmcp::prelude::*;

/// Does something.
#[tool(task = "require")]
fn purge() {}

fn main() {}
