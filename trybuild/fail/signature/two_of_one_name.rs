use fastmcp::prelude::*;

/// Does something.
#[tool]
fn add(a: u8, a: u8) -> u8 {
    a
}

fn main() {}
