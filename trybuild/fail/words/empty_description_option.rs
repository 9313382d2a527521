use fastmcp::prelude::*;

#[tool(description = " ")]
fn purge() {}

fn main() {}
