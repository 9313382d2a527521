use fastmcp::prelude::*;

/// Does something.
#[tool(access = scope("a") && (scope("a") || role("admin")))]
fn purge() {}

fn main() {}
