use fastmcp::prelude::*;

/// Does something.
#[tool(access = scope("notes:size"))]
fn purge() {}

fn main() {}
