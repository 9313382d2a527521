use fastmcp::prelude::*;

/// Does something.
#[tool]
fn add(a: u8, #[arg(name = "a")] b: u8) -> u8 { a + b }

fn main() {}
