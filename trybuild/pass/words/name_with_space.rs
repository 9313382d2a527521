use fastmcp::prelude::*;

/// Does something.
#[tool(name = "delete_all")]
fn purge() {}

fn main() {}
