use fastmcp::prelude::*;

/// Does something.
#[tool]
struct Purge;

fn main() {}
