use fastmcp::prelude::*;

/// Does something.
#[tool(name = "")]
fn purge() {}

fn main() {}
