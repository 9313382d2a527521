use fastmcp::prelude::*;

fn age(user: &AuthSession) -> bool { user.subject().len() > 18 }

/// Does something.
#[tool(access = age)]
fn purge() {}

fn main() {}
