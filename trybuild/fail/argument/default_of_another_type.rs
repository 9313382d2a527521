use fastmcp::prelude::*;

/// Finds something.
#[tool]
fn search(#[arg(default = [1, 2])] pages: Vec<u32>) -> usize { pages.len() }

fn main() {}
