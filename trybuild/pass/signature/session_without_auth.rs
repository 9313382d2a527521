use fastmcp::prelude::*;

type User = AuthSession;

/// Who is calling.
#[tool(requires_auth)]
async fn whoami(_user: &User) -> String { String::new() }

fn main() {}
