use fastmcp::prelude::*;

/// Does something.
#[tool]
fn add(#[arg(name = "x")] #[arg(default = 5)] a: u8) -> u8 { a }

fn main() {}
