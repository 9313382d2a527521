use fastmcp::prelude::*;

/// Does something.
#[tool(public)]
fn whoami(user: &AuthSession) -> String { user.subject().to_owned() }

fn main() {}
