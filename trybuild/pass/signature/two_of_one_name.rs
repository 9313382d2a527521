use fastmcp::prelude::*;

/// Does something.
#[tool]
fn add(a: u8, _b: u8) -> u8 {
    a
}

fn main() {}
