use fastmcp::prelude::*;

/// Does something.
#[tool(public)]
fn whoami(user: Option<&AuthSession>) -> String { user.map_or("nobody", |it| it.subject()).to_owned() }

fn main() {}
