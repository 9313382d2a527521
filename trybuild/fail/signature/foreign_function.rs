use fastmcp::prelude::*;

/// Does something.
#[tool]
extern "C" fn purge() {}

fn main() {}
