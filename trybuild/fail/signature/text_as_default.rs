use fastmcp::prelude::*;

/// Does something.
#[tool]
fn search(#[arg(default = "10")] limit: u32) -> u32 { limit }

fn main() {}
