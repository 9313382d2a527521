use fastmcp::prelude::*;

/// Does something.
#[tool]
fn purge() {}

fn main() {}
