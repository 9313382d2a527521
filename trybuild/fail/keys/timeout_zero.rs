use fastmcp::prelude::*;

/// Does something.
#[tool(timeout = "0s")]
fn purge() {}

fn main() {}
