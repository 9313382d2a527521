use fastmcp::prelude::*;

/// Does something.
#[tool]
fn now() -> u64 { 0 }

fn main() {}
