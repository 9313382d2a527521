//! Sign-in with Google; set `GOOGLE_CLIENT_ID` and `GOOGLE_CLIENT_SECRET`.

use fastmcp::{prelude::*, provider::Identity};

/// Who is signed in.
#[tool(requires_auth, read_only)]
fn whoami(user: &AuthSession) -> String {
    user.subject().to_owned()
}

/// Restart the service. For operators.
#[tool(roles = ["operator"], destructive)]
fn restart() -> &'static str {
    "restarting"
}

/// A server for the people of one company.
#[server(auth = google, roles = ["operator"], roles_from = roles_of)]
struct Service;

/// Google knows people, not roles: we say who is what, from a verified identity.
fn roles_of(person: &Identity) -> Vec<&'static str> {
    match person.verified_email() {
        Some(mail) if mail.ends_with("@ops.example.com") => vec!["operator"],
        _ => vec![],
    }
}

#[tokio::main]
async fn main() -> fastmcp::Result<()> {
    Service.serve().await
}
