use fastmcp::prelude::*;

/// Does something.
#[tool(timeout = "36500d")]
fn purge() {}

fn main() {}
