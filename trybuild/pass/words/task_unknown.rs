use fastmcp::prelude::*;

/// Does something.
#[tool(task = "required")]
fn purge() {}

fn main() {}
