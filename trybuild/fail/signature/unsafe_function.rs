use fastmcp::prelude::*;

/// Does something.
#[tool]
unsafe fn purge() {}

fn main() {}
