//! The first run: sign-in, consent and roles, without an account anywhere.

use fastmcp::prelude::*;

/// Add two numbers. Open to everybody, signed in or not.
#[tool(public, read_only, idempotent)]
fn add(a: f64, b: f64) -> f64 {
    a + b
}

/// Say hello to whoever is signed in.
#[tool(requires_auth, read_only)]
fn hello(user: &AuthSession) -> String {
    format!("Hello, {}!", user.subject())
}

/// Forget everything. For admins.
#[tool(roles = ["admin"], destructive)]
fn reset() -> &'static str {
    "Everything is forgotten."
}

/// A server to play with.
#[server(auth = dev, roles = ["admin", "editor"])]
struct Quickstart;

const OPEN: &str = r#"{"jsonrpc": "2.0", "id": 1, "method": "tools/call",
    "params": {"name": "add", "arguments": {"a": 1, "b": 2}}}"#;

#[tokio::main]
#[allow(clippy::print_stdout, reason = "this is what a first-time user reads")]
async fn main() -> fastmcp::Result<()> {
    let server = Quickstart.into_server();
    let url = server.url();
    println!("Add this URL to your MCP client, and sign in when it asks:\n  {url}");
    println!(
        "Or call the open tool:\n  curl {url} -H 'Content-Type: application/json' -d '{OPEN}'\n"
    );
    server.serve().await
}
