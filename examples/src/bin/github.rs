//! Sign-in with GitHub; set `GITHUB_CLIENT_ID` and `GITHUB_CLIENT_SECRET`.

use fastmcp::prelude::*;

/// The caller's GitHub id, which survives a rename.
#[tool(requires_auth, read_only)]
fn whoami(user: &AuthSession) -> String {
    user.subject().to_owned()
}

/// How long the caller's own GitHub token is: a tool would call GitHub's API with it.
#[tool(requires_auth, read_only)]
async fn token_length(user: &AuthSession) -> Result<usize> {
    Ok(user.access_token().await?.expose().len())
}

/// A server for GitHub users.
#[server(auth = github)]
struct Repositories;

#[tokio::main]
async fn main() -> fastmcp::Result<()> {
    Repositories.serve().await
}
