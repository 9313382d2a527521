use fastmcp::prelude::*;

/// Does something.
#[tool]
fn search(#[arg(default = [1, 2])] pages: Vec<u32>) -> usize { pages.len() }

fn main() {}
