use fastmcp::prelude::*;

/// Does something.
#[tool]
fn search(#[arg(default = vec![1, 2])] pages: Vec<u32>) -> usize { pages.len() }

fn main() {}
