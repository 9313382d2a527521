use fastmcp::prelude::*;

/// Does something.
#[tool]
fn add(pair: (u8, u8)) -> u8 { pair.0 + pair.1 }

fn main() {}
