use fastmcp::prelude::*;

/// Does something.
#[tool]
fn purge<T>(_what: T) {}

fn main() {}
