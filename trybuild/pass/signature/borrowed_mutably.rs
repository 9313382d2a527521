use fastmcp::prelude::*;

/// Does something.
#[tool]
fn count(_cx: &Context) {}

fn main() {}
