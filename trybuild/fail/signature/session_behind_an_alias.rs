use fastmcp::prelude::*;

type User<'a> = &'a AuthSession;

/// Does something.
#[tool(requires_auth)]
async fn whoami(user: User<'_>) -> String {
    user.subject().to_owned()
}

fn main() {}
