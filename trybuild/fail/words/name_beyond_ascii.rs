use fastmcp::prelude::*;

/// Does something.
#[tool]
fn größe() -> u8 { 0 }

fn main() {}
