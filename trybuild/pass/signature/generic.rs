use fastmcp::prelude::*;

/// Does something.
#[tool]
fn purge(_what: String) {}

fn main() {}
