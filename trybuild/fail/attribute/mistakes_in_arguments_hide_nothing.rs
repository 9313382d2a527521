use fastmcp::prelude::*;

/// Does something.
#[tool(timeout = 30)]
fn add(#[arg(defualt = 1)] a: u8, #[arg] b: u8, #[arg(name = "")] c: u8) -> u8 { a + b + c }

fn main() {}
