use fastmcp::prelude::*;

/// Does something.
#[tool]
fn add(a: impl Into<u8>) -> u8 { a.into() }

fn main() {}
