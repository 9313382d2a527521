use fastmcp::prelude::*;

struct Fault;

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("no clock")
    }
}

/// Does something.
#[tool]
fn now() -> Result<String, Fault> { Err(Fault) }

fn main() {}
