use fastmcp::prelude::*;

/// Does something.
#[tool]
fn now() -> impl std::fmt::Display { 5 }

fn main() {}
