use fastmcp::prelude::*;

/// Does something.
#[tool(requires_auth)]
fn purge<'a>(_user: &'a AuthSession) {}

fn main() {}
