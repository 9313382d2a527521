use fastmcp::prelude::*;

/// Does something.
#[tool]
fn find(#[arg(header = "Region")] region: String) -> usize { region.len() }

fn main() {}
