use fastmcp::prelude::*;

/// Does something.
#[tool]
fn add(#[arg(description = "Progress.")] _cx: &Context) {}

fn main() {}
