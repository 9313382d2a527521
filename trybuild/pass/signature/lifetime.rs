use fastmcp::prelude::*;

/// Does something.
#[tool(requires_auth)]
fn purge(_user: &AuthSession) {}

fn main() {}
