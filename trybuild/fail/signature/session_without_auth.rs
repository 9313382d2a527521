use fastmcp::prelude::*;

type User = AuthSession;

/// Who is calling.
#[tool]
async fn whoami(_user: &User) -> String { String::new() }

fn main() {}
