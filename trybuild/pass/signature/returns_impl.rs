use fastmcp::prelude::*;

/// Does something.
#[tool]
fn now() -> u8 { 5 }

fn main() {}
