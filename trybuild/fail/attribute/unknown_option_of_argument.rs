use fastmcp::prelude::*;

/// Does something.
#[tool]
fn add(#[arg(defualt = 5)] a: u8) -> u8 { a }

fn main() {}
