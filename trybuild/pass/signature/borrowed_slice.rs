use fastmcp::prelude::*;

/// Does something.
#[tool]
fn sum(numbers: Vec<u32>) -> u32 {
    numbers.iter().sum()
}

fn main() {}
