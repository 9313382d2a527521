use fastmcp::prelude::*;

/// Does something.
#[tool(access = rolle("admin"))]
fn purge() {}

fn main() {}
