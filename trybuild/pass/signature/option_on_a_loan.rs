use fastmcp::prelude::*;

/// Does something.
#[tool]
fn add(_cx: &Context) {}

fn main() {}
