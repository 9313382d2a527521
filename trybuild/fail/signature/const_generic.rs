use fastmcp::prelude::*;

/// Does something.
#[tool]
fn purge<const N: usize>(_what: [u8; N]) {}

fn main() {}
