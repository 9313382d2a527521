use fastmcp::prelude::*;

/// Does something.
#[tool]
fn now() -> std::time::Duration { std::time::Duration::ZERO }

fn main() {}
