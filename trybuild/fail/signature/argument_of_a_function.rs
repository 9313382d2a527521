use fastmcp::prelude::*;

/// Does something.
#[tool]
fn apply(how: fn(u32) -> u32) -> u32 {
    how(1)
}

fn main() {}
