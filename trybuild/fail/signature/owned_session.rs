use fastmcp::prelude::*;

/// Does something.
#[tool(requires_auth)]
fn whoami(user: AuthSession) -> String { user.subject().to_owned() }

fn main() {}
