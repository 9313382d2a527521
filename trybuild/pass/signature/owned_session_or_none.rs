use fastmcp::prelude::*;

/// Does something.
#[tool]
fn whoami(user: Option<&AuthSession>) -> String { user.map_or_else(String::new, |it| it.subject().to_owned()) }

fn main() {}
