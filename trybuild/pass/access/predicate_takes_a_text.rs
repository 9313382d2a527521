use fastmcp::prelude::*;

fn is_ann(user: &AuthSession) -> bool { user.subject() == "ann" }

/// Does something.
#[tool(access = role("admin") || is_ann)]
fn purge() {}

fn main() {}
