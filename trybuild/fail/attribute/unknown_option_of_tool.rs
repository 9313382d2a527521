use fastmcp::prelude::*;

/// Does something.
#[tool(readonly)]
fn purge() {}

fn main() {}
