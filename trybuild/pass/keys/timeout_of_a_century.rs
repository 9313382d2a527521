use fastmcp::prelude::*;

/// Does something.
#[tool(timeout = "1h")]
fn purge() {}

fn main() {}
