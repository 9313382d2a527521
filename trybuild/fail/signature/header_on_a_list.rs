use fastmcp::prelude::*;

/// Does something.
#[tool]
fn find(#[arg(header = "Regions")] regions: Vec<String>) -> usize { regions.len() }

fn main() {}
