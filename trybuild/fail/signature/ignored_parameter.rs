use fastmcp::prelude::*;

/// Does something.
#[tool]
fn add(_: u8) -> u8 { 0 }

fn main() {}
