use fastmcp::prelude::*;

/// Does something.
#[tool(access = "admin")]
fn purge() {}

fn main() {}
