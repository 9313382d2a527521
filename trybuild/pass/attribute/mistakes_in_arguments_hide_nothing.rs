use fastmcp::prelude::*;

/// Does something.
#[tool(timeout = "30s")]
fn add(#[arg(default = 1)] a: u8, b: u8, #[arg(name = "c")] c: u8) -> u8 { a + b + c }

fn main() {}
