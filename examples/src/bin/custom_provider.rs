//! Any OAuth 2.0 provider, described by `OAUTH_…` variables alone.

use fastmcp::prelude::*;
use serde_json::json;

/// Repeat a text.
#[tool(requires_auth, read_only)]
fn echo(text: String) -> String {
    text
}

/// What the server knows about the caller.
#[tool(requires_auth, read_only)]
fn whoami(user: &AuthSession) -> String {
    let (scopes, roles) = (user.scopes(), user.roles());
    json!({ "subject": user.subject(), "client": user.client_id(), "scopes": scopes, "roles": roles })
        .to_string()
}

/// The first characters of the provider's token, to show that a tool has it.
#[tool(requires_auth, read_only)]
async fn upstream_token_hint(user: &AuthSession) -> Result<String> {
    Ok(user
        .access_token()
        .await?
        .expose()
        .chars()
        .take(4)
        .collect())
}

/// Something for admins.
#[tool(roles = ["admin"])]
fn admin_only() -> &'static str {
    "you are an admin"
}

/// Write a note.
#[tool(scopes = ["notes:write"])]
async fn write_note(app: &Custom, text: String) -> String {
    let mut notes = app.notes.lock().await;
    notes.push(text);
    format!("note {} is written", notes.len())
}

/// A server behind any provider.
#[server(auth = custom, roles = ["admin"], scopes = ["notes:write"])]
#[derive(Default)]
struct Custom {
    notes: tokio::sync::Mutex<Vec<String>>,
}

#[tokio::main]
async fn main() -> fastmcp::Result<()> {
    Custom::default().serve().await
}
