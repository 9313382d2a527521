//! The product with a login; provider and store come from the environment.

use fastmcp::prelude::*;

/// Repeat a text.
#[tool(requires_auth, read_only)]
fn echo(text: String) -> String {
    text
}

/// A server with a login.
#[server(auth = custom)]
struct SignedIn;

#[tokio::main]
async fn main() -> fastmcp::Result<()> {
    SignedIn.serve().await
}
