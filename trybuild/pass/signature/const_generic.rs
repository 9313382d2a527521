use fastmcp::prelude::*;

/// Does something.
#[tool]
fn purge(_what: [u8; 4]) {}

fn main() {}
