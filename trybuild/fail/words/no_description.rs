use fastmcp::prelude::*;

#[tool]
fn purge() {}

fn main() {}
