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
#[server(auth = dev(allow_release), roles = ["admin", "editor"])]
struct Quickstart;

#[tokio::main]
async fn main() -> fastmcp::Result<()> {
    Quickstart
        .into_server()
        .on_listening(next_steps)
        .serve()
        .await
}

#[allow(clippy::print_stdout, reason = "this is what a first-time user reads")]
fn next_steps(url: &str) {
    let call = r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"add","arguments":{"a":1,"b":2}}}"#;
    println!(
        "
1. Add this URL to your MCP client, and sign in when it asks:

     {url}

   Claude Code:  claude mcp add --transport http quickstart {url}
                 then type /mcp and choose quickstart

2. Sign in with the role `admin` ticked, and your client is shown `reset`; without it, it is not.
   To be somebody else, forget the login in your client: in Claude Code, /mcp, quickstart,
   Clear authentication.

3. Or call the open tool, which needs no sign-in:

     curl {url} -H 'Content-Type: application/json' -d '{call}'

Ctrl-C stops the server.
"
    );
}
