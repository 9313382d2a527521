use fastmcp::prelude::*;

#[tool(description = "Delete every note.")]
fn purge() {}

fn main() {}
