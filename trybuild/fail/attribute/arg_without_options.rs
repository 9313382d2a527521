use fastmcp::prelude::*;

/// Does something.
#[tool]
fn add(#[arg] a: u8) -> u8 { a }

fn main() {}
