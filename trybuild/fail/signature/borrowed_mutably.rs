use fastmcp::prelude::*;

/// Does something.
#[tool]
fn count(cx: &mut Context) { drop(cx) }

fn main() {}
