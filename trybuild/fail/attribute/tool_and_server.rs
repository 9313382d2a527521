use fastmcp::prelude::*;

/// Does something.
#[tool]
#[server]
fn purge() {}

fn main() {}
