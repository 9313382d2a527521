use fastmcp::prelude::*;

/// Does something.
#[tool(timeout = "5 min")]
fn purge() {}

fn main() {}
