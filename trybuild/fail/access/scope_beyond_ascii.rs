use fastmcp::prelude::*;

/// Does something.
#[tool(access = scope("notizen:größe"))]
fn purge() {}

fn main() {}
