use fastmcp::prelude::*;

/// Does something.
#[tool]
fn find(#[arg(header = "My Region")] region: String) -> usize { region.len() }

fn main() {}
