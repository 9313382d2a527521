use fastmcp::prelude::*;

struct Fault;

/// Does something.
#[tool]
fn now() -> Result<String, Fault> { Err(Fault) }

fn main() {}
