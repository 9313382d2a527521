use fastmcp::prelude::*;

/// Does something.
#[tool]
fn size() -> u8 { 0 }

fn main() {}
