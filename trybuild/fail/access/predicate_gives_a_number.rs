use fastmcp::prelude::*;

fn age(user: &AuthSession) -> usize { user.subject().len() }

/// Does something.
#[tool(access = age)]
fn purge() {}

fn main() {}
